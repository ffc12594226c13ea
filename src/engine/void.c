/*
 * void: a bid is taken away, by who made it or by the host, and the price is
 * found again from what is left.
 *
 * Bids of one maximum (what was named, and what the house bid for it) are one
 * promise and go together.  Of the promises that are left the best leads; its
 * price is what the second makes it pay, and never above what it was.
 */

#include "engine/inner.h"

#include <string.h>


/* Bids that count: the last word of each promise. */

static int
counts(const bid_t *bid, const bid_t *gone)
{
    return !(bid->flags & (BID_PRE|BID_SEALED|BID_VOID|BID_SPENT))
           && bid->since != gone->since;
}


static int
same_bidder(const bid_t *a, const bid_t *b)
{
    return a->team != NOBODY ? a->team == b->team : a->bidder == b->bidder;
}


/* What was named by hand when the promise was made; 0: a maximum only. */

static int64_t
named(const auction_t *a, const lot_t *lot, const bid_t *promise)
{
    const bid_t  *bid;

    bid = bid_find(a, lot, promise->since);

    return bid != NULL && (bid->flags & BID_HAND) ? bid->amount : 0;
}


/* What a promise is worth today; 0: it cannot be kept any more. */

static int64_t
worth(const auction_t *a, const lot_t *lot, const bid_t *bid)
{
    int64_t  most;
    team_t  *t;

    if (bid->team == NOBODY) {
        return bid->max;
    }

    t = team_find(a, bid->team);

    if (t == NULL || t->gone || t->suspended || has_folded(a, lot, t)) {
        return 0;
    }

    most = max_possible_bid(a, t, lot);
    most = bid->max < most ? bid->max : most;

    return most >= lot->base_price && most >= named(a, lot, bid) ? most : 0;
}


/* A promise becomes less; of nothing all its bids are spent. */

static int
promise_cut(auction_t *a, const lot_t *lot, bid_t *last, int64_t most,
    journal_t *j)
{
    int64_t   since;
    bid_t    *bid;

    since = last->since;

    if (journal_keep(j, a, last, sizeof(bid_t)) != 0) {
        return -1;
    }

    last->max = most;

    for (bid = bid_newest(a, lot); most == 0 && bid != NULL;
         bid = bid_before(a, bid))
    {
        if (bid->since != since) {
            continue;
        }

        if (journal_keep(j, a, bid, sizeof(bid_t)) != 0) {
            return -1;
        }

        bid->flags |= BID_SPENT;
        bid->flags &= ~(uint32_t) BID_HAND;
    }

    return 0;
}


static int
stands_behind(const lot_t *lot, const bid_t *bid)
{
    return !(bid->flags & (BID_PRE|BID_SEALED|BID_VOID|BID_SPENT))
           && bid->id != lot->leader_bid;
}


/* What a team could not pay when it was asked to, it does not owe later. */

int
promises_cut(auction_t *a, lot_t *lot, journal_t *j)
{
    bid_t    *bid;
    int64_t   most;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (stands_behind(lot, bid)) {
            most = worth(a, lot, bid);

            if (most < bid->max && promise_cut(a, lot, bid, most, j) != 0) {
                return -1;
            }
        }
    }

    return 0;
}


/* The leader has no promise that is higher than this any more. */

int
promises_lowered(auction_t *a, lot_t *lot, int64_t max, journal_t *j)
{
    bid_t  *bid;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (stands_behind(lot, bid) && bid->max > max
            && (lot->leader_team != NOBODY ? bid->team == lot->leader_team
                                           : bid->bidder == lot->leader)
            && promise_cut(a, lot, bid, named(a, lot, bid), j) != 0)
        {
            return -1;
        }
    }

    return 0;
}


/* Who is beaten has shown all that he could pay: more he did not promise.
 * Only where purses decide can that be less than he named. */

int
leader_beaten(auction_t *a, lot_t *lot, int64_t shown, journal_t *j)
{
    bid_t  *bid;

    if (lot->leader_max <= shown) {
        return 0;
    }

    bid = bid_find(a, lot, lot->leader_bid);

    if (bid != NULL) {

        if (journal_keep(j, a, bid, sizeof(bid_t)) != 0) {
            return -1;
        }

        bid->max = shown;
    }

    return promises_lowered(a, lot, shown, j);
}


static const bid_t *
best(const auction_t *a, const lot_t *lot, const bid_t *gone,
    const bid_t *but, int64_t *value)
{
    int64_t       v;
    const bid_t  *bid, *top;

    top = NULL;
    *value = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (!counts(bid, gone) || (but != NULL && same_bidder(bid, but))) {
            continue;
        }

        v = worth(a, lot, bid);

        if (v > 0
            && (v > *value || (v == *value && bid->since < top->since)))
        {
            *value = v;
            top = bid;
        }
    }

    return top;
}


/* The most that this bidder has named by hand; nobody pays less. */

static int64_t
by_hand(const auction_t *a, const lot_t *lot, const bid_t *gone,
    const bid_t *top)
{
    int64_t       most;
    const bid_t  *bid;

    most = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if ((bid->flags & BID_HAND) && !(bid->flags & BID_VOID)
            && bid->since != gone->since && same_bidder(bid, top)
            && bid->amount > most)
        {
            most = bid->amount;
        }
    }

    return most;
}


/* Which bids go, and whether older ones have been forgotten. */

static void
bids_gone(const auction_t *a, const lot_t *lot, const bid_t *gone,
    standing_t *s, int *forgotten)
{
    int64_t       n, told;
    const bid_t  *bid;

    n = 0;
    told = 0;
    s->first = 0;
    s->last = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (bid->flags & (BID_PRE|BID_SEALED|BID_VOID)) {
            continue;
        }

        told++;

        if (bid->since == gone->since) {
            n++;
            s->first = bid->id;
            s->last = s->last != 0 ? s->last : bid->id;
        }
    }

    if (n == 1) {                        /* the event names it */
        s->first = 0;
        s->last = 0;
    }

    s->count = lot->bid_count - n;
    *forgotten = (int64_t) lot->bid_count > told;
}


/* May this bid be taken away, and what would be left?  What is not remembered
 * cannot be found again. */

refusal_t
void_check(const auction_t *a, const lot_t *lot, const bid_t *bid,
    standing_t *s)
{
    int           forgotten;
    int64_t       top, second, next;
    const bid_t  *under;

    if ((a->status != AUCTION_LIVE && a->status != AUCTION_PAUSED
         && a->status != AUCTION_ENDING)
        || !lot_on_roll(lot) || a->rules.format != FORMAT_OPEN
        || (bid->flags & BID_VOID))
    {
        return REFUSE(illegal_transition);
    }

    bids_gone(a, lot, bid, s, &forgotten);
    s->top = best(a, lot, bid, NULL, &top);
    s->price = 0;

    if (s->top == NULL) {
        return forgotten ? REFUSE(limit_reached) : ACCEPT;
    }

    under = best(a, lot, bid, s->top, &second);
    next = lot->base_price > 0 ? lot->base_price : 1;

    if (under != NULL) {
        next = second == top ? top
               : ladder_next(&a->rules, second, NO_CLOCK);

    } else if (forgotten && by_hand(a, lot, bid, s->top) < top) {
        return REFUSE(limit_reached);
    }

    s->price = by_hand(a, lot, bid, s->top);
    s->price = next > s->price ? next : s->price;

    if (top >= lot->reserve && s->price < lot->reserve) {
        s->price = lot->reserve;
    }

    s->price = s->price < top ? s->price : top;
    s->price = s->price < lot->price ? s->price : lot->price;

    return ACCEPT;
}


/* Who asks later than the round lasted learns only what the event says. */

uint32_t
event_voids(const auction_t *a, const event_t *e, int64_t *ids, uint32_t max)
{
    uint32_t      n;
    const lot_t  *lot;
    const bid_t  *bid, *gone;

    n = 0;
    ids[n++] = e->bid_id;

    lot = lot_find(a, e->lot_id);
    gone = lot != NULL ? bid_find(a, lot, e->bid_id) : NULL;

    if (gone == NULL) {
        return n;
    }

    for (bid = bid_newest(a, lot); bid != NULL && n < max;
         bid = bid_before(a, bid))
    {
        if (bid->since == gone->since && bid != gone) {
            ids[n++] = bid->id;
        }
    }

    return n;
}


/* The conditions of sale say for how long one may think better of it. */

refusal_t
retract_check(const auction_t *a, const lot_t *lot, const bid_t *bid,
    int64_t at)
{
    if (a->rules.retract != RETRACT_WINDOW) {
        return REFUSE_WITH(illegal_transition, "Bids are binding.");
    }

    if (a->status != AUCTION_LIVE || lot->status != LOT_OPEN) {
        return REFUSE(illegal_transition);
    }

    if (at >= lot->ends_at) {
        return REFUSE(after_end);
    }

    if (at > bid->at + a->rules.retract_ms) {
        return REFUSE_WITH(illegal_transition, "The bid is too old.");
    }

    if (lot->ends_at - at <= a->rules.retract_close_ms) {
        return REFUSE_WITH(illegal_transition, "The end is too near.");
    }

    return ACCEPT;
}


void
lot_loses_bid(lot_t *lot, const event_t *e, const bid_t *top)
{
    lot->price = e->price;
    lot->leader = e->bidder;
    lot->leader_team = e->team_id;
    lot->leader_bid = e->leader_bid;
    lot->leader_max = top != NULL ? top->max : 0;
    lot->bid_count = (uint32_t) e->count;
    lot->ends_at = e->ends_at;
    lot->extensions = (uint32_t) e->extensions;
    lot->warned = 0;
    lot->ask = 0;
    lot->was = 0;
    lot->exhausted = 0;
    lot->reacts = REACTS_NOBODY;
}


static refusal_t
voids(decision_t *d, const lot_t *lot, const bid_t *bid, how_t how)
{
    lot_t        after;
    event_t     *e;
    uint32_t     extensions;
    refusal_t    r;
    standing_t   s;

    r = void_check(d->a, lot, bid, &s);
    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_BID_VOIDED);

    e->bid_id = bid->id;
    e->first_bid = s.first;
    e->last_bid = s.last;
    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = how;
    e->price = s.price;
    e->bidder = s.top != NULL ? s.top->bidder : NOBODY;
    e->team_id = s.top != NULL ? s.top->team : NOBODY;
    e->leader_bid = s.top != NULL ? s.top->id : 0;
    e->count = s.count;
    e->at = d->c->at;
    e->ends_at = lot->ends_at;
    extensions = lot->extensions;
    e->reason_len = d->c->reason_len;
    memcpy(e->reason, d->c->reason, d->c->reason_len);

    if (how == HOW_RETRACT) {                    /* others may think again */
        clock_after_bid(&d->a->rules.clock, lot, e->at, &e->ends_at,
                        &extensions);
    }

    e->extensions = extensions;

    after = *lot;
    lot_loses_bid(&after, e, s.top);
    e->min_next = lot_min_next(d->a, &after);

    return ACCEPT;
}


/* A bid that is told, or the reason why there is none. */

static refusal_t
bid_named(const decision_t *d, const lot_t *lot, bid_t **bid)
{
    *bid = bid_find(d->a, lot, d->c->bid_id);

    if (*bid == NULL) {
        return d->c->bid_id > lot->id && lot->bid_count > lot->nbids
               ? REFUSE(limit_reached) : REFUSE(not_found);
    }

    return (*bid)->flags & (BID_PRE|BID_SEALED) ? REFUSE(not_found) : ACCEPT;
}


refusal_t
decide_bid_void(decision_t *d)
{
    lot_t      *lot;
    bid_t      *bid;
    refusal_t   r;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    r = bid_named(d, lot, &bid);
    if (r.code != GAVEL_OK) {
        return r;
    }

    return voids(d, lot, bid, HOW_HOST);
}


/* The newest bid of his that stands. */

static bid_t *
last_standing(const auction_t *a, const lot_t *lot, int64_t bidder,
    const team_t *team)
{
    bid_t  *bid;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (!(bid->flags & (BID_PRE|BID_SEALED|BID_VOID))
            && (team != NULL ? bid->team == team->id
                             : bid->bidder == bidder))
        {
            break;
        }
    }

    return bid;
}


refusal_t
decide_bid_retract(decision_t *d)
{
    lot_t      *lot;
    bid_t      *bid;
    team_t     *t;
    refusal_t   r;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    t = d->a->mode == MODE_TEAM_DRAFT ? team_of(d->a, d->c->actor) : NULL;

    if (d->c->actor == NOBODY || (d->a->mode == MODE_TEAM_DRAFT && t == NULL))
    {
        return REFUSE(not_authorized);
    }

    bid = last_standing(d->a, lot, d->c->actor, t);

    if (bid == NULL) {
        return REFUSE(not_found);
    }

    if (d->c->bid_id != 0 && d->c->bid_id != bid->id) {
        return REFUSE_WITH(illegal_transition,
                           "Only one's last bid can be taken back.");
    }

    r = retract_check(d->a, lot, bid, d->c->at);
    if (r.code != GAVEL_OK) {
        return r;
    }

    return voids(d, lot, bid, HOW_RETRACT);
}
