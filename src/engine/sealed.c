/*
 * sealed: bids that nobody sees before all are in.
 *
 * A submission is a remembered bid with BID_SEALED, its amount in `max` and
 * none in `amount`, until it is revealed.  Nothing is held for it, because
 * what is held is public: whether it can still be paid is asked again when it
 * is revealed.  A tie at the top goes to another round among the tied, whose
 * bids stand (BID_KEPT) until they say something else.
 */

#include "engine/inner.h"


int
format_sealed(const auction_t *a)
{
    return a->rules.format == FORMAT_SEALED
           || a->rules.format == FORMAT_VICKREY;
}


/* The least that may be submitted: what was tied, or the base price. */

int64_t
sealed_floor(const lot_t *lot)
{
    if (lot->ask != 0) {
        return lot->ask;
    }

    return lot->base_price > 0 ? lot->base_price : 1;
}


static int
team_bit(const auction_t *a, const team_t *t, uint64_t set)
{
    return (set >> (t - auction_teams(a)) & 1) != 0;
}


/* A re-bid is among the tied only. */

static int
may_submit(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder)
{
    if (lot->eligible == 0) {
        return 1;
    }

    return t != NULL ? team_bit(a, t, lot->eligible)
                     : bid_of(a, lot, bidder, NOBODY) != NULL;
}


static int
room_for_one(const auction_t *a, const lot_t *lot)
{
    return lot->nbids < ENGINE_MAX_SEALED && bids_left(a);
}


/* The second half of the gauntlet, for sealed bids; t is NULL for money. */

refusal_t
sealed_check(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder, int64_t amount)
{
    refusal_t  r;

    if (!may_submit(a, lot, t, bidder)) {
        return REFUSE(not_authorized);
    }

    if (amount < 0 || amount > ENGINE_MAX_AMOUNT) {
        return REFUSE(invalid_amount);
    }

    if (amount != 0) {                           /* 0 passes */

        if (amount < sealed_floor(lot)) {
            return REFUSE_MIN(below_base, sealed_floor(lot));
        }

        r = t != NULL ? purse_check(a, t, lot, amount) : ACCEPT;
        if (r.code != GAVEL_OK) {
            return r;
        }
    }

    if (sealed_of(a, lot, t, bidder) == NULL && !room_for_one(a, lot)) {
        return REFUSE(limit_reached);
    }

    return ACCEPT;
}


/* The live submission of this team, or of this bidder. */

bid_t *
sealed_of(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder)
{
    return bid_of(a, lot, bidder, t != NULL ? t->id : NOBODY);
}


/* Submissions of this round: what stands from the one before is none. */

uint32_t
sealed_count(const auction_t *a, const lot_t *lot)
{
    bid_t     *bid;
    uint32_t   n;

    n = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {
        n += !(bid->flags & BID_KEPT);
    }

    return n;
}


/* As many as there will be when this team, or bidder, has submitted. */

uint32_t
sealed_count_with(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder)
{
    bid_t  *old;

    old = sealed_of(a, lot, t, bidder);

    return sealed_count(a, lot) + (old == NULL || (old->flags & BID_KEPT));
}


static int
may_still_submit(const auction_t *a, const lot_t *lot, const team_t *t)
{
    bid_t  *bid;

    if (t->gone || t->suspended || t->leader == NOBODY
        || team_bit(a, t, lot->folded)
        || (lot->eligible != 0 && !team_bit(a, t, lot->eligible))
        || max_possible_bid(a, t, lot) < sealed_floor(lot))
    {
        return 0;
    }

    bid = bid_of(a, lot, NOBODY, t->id);

    return bid == NULL || (bid->flags & BID_KEPT);
}


/* Whether everybody who can has submitted, with the team that does now. */

static int
all_have(const auction_t *a, const lot_t *lot, const team_t *now)
{
    team_t    *t;
    uint32_t   i;

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        if (&t[i] != now && may_still_submit(a, lot, &t[i])) {
            return 0;
        }
    }

    return 1;
}


void
sealed_locks(decision_t *d, const lot_t *lot)
{
    event_t  *e;

    e = decision_event(d, EV_SEALED_LOCKED);
    e->lot_id = lot->id;
    e->round = lot->round;
}


/* Who may bid here at all has been asked: bidder_check(). */

refusal_t
sealed_bid(decision_t *d, const lot_t *lot, const team_t *team,
    int64_t bidder)
{
    event_t          *e;
    refusal_t         r;
    const auction_t  *a;

    a = d->a;

    r = sealed_check(a, lot, team, bidder, d->c->amount);
    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_SEALED_SUBMITTED);

    e->bid_id = born_id(a, e->seq);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->bidder = bidder;
    e->team_id = team != NULL ? team->id : NOBODY;
    e->amount = d->c->amount;
    e->count = sealed_count_with(a, lot, team, bidder);
    e->at = d->c->at;

    if (team != NULL && all_have(a, lot, team)) {
        sealed_locks(d, lot);
    }

    return ACCEPT;
}


/* --- the reveal --- */


/* Points may have been taken since, or the team suspended. */

static int
still_good(const auction_t *a, const lot_t *lot, const bid_t *bid)
{
    team_t  *t;

    if (!(bid->flags & BID_SEALED) || (bid->flags & (BID_PASS|BID_VOID))) {
        return 0;
    }

    if (bid->team == NOBODY) {
        return 1;
    }

    t = team_find(a, bid->team);

    return t != NULL && !t->gone && !t->suspended
           && bid->max <= max_possible_bid(a, t, lot);
}


/* Of equal amounts the later is worse. */

static int
worse(const bid_t *x, const bid_t *y)
{
    return x->max < y->max || (x->max == y->max && x->id > y->id);
}


/* The submission to be revealed next, or NULL; and how many there still are,
 * which is its rank. */

bid_t *
sealed_next(const auction_t *a, const lot_t *lot, uint32_t *n)
{
    bid_t  *bid, *next;

    next = NULL;
    *n = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (still_good(a, lot, bid)) {
            (*n)++;

            if (next == NULL || worse(bid, next)) {
                next = bid;
            }
        }
    }

    return next;
}


/* What the best pays. */

int64_t
sealed_price(const auction_t *a, const lot_t *lot, int64_t best,
    int64_t second)
{
    int64_t  price;

    if (a->rules.format == FORMAT_SEALED) {
        return best;
    }

    price = second != 0 ? second : sealed_floor(lot);

    return price < lot->reserve && best >= lot->reserve ? lot->reserve : price;
}


/* All of the lot's submissions that count, the worst first. */

static uint32_t
in_order(const auction_t *a, const lot_t *lot, const bid_t **row)
{
    bid_t     *bid;
    uint32_t   i, n;

    n = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (!still_good(a, lot, bid) || n == ENGINE_MAX_SEALED) {
            continue;
        }

        for (i = n++; i > 0 && worse(bid, row[i - 1]); i--) {
            row[i] = row[i - 1];
        }

        row[i] = bid;
    }

    return n;
}


/* Another round is worth it while at least one of the tied has spoken in
 * this one: what all have left standing goes to the earliest. */

static uint32_t
tied_at_top(const bid_t **row, uint32_t n)
{
    int       spoken;
    uint32_t  i;

    spoken = 0;

    for (i = 0; i < n && row[n - 1 - i]->max == row[n - 1]->max; i++) {
        spoken |= !(row[n - 1 - i]->flags & BID_KEPT);
    }

    return i > 1 && spoken ? i : 0;
}


/* The same, of what has been revealed. */

uint32_t
sealed_tied(const auction_t *a, const lot_t *lot)
{
    int        spoken;
    bid_t     *bid, *best;
    uint32_t   n;

    best = bid_find(a, lot, lot->leader_bid);

    if (a->rules.tie != TIE_REBID || a->status != AUCTION_LIVE
        || best == NULL)
    {
        return 0;
    }

    n = 0;
    spoken = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {
        if (sealed_is_tied(bid, best)) {
            n++;
            spoken |= !(bid->flags & BID_KEPT);
        }
    }

    return n > 1 && spoken ? n : 0;
}


int
sealed_is_tied(const bid_t *bid, const bid_t *best)
{
    return !(bid->flags & (BID_SEALED|BID_PASS|BID_VOID))
           && bid->amount == best->amount;
}


static void
ties(decision_t *d, const lot_t *lot, int64_t amount, uint32_t n)
{
    event_t  *e;

    e = decision_event(d, EV_SEALED_REBID);

    e->lot_id = lot->id;
    e->round = (int64_t) lot->round + 1;
    e->base_price = amount;
    e->count = n;
    e->ends_at = d->now + lot_duration(d->a, lot);
}


/* Tells every submission and then what follows: as `how` HOW_END with a
 * result in any case. */

void
sealed_reveals(decision_t *d, const lot_t *lot, how_t how)
{
    lot_t         after;
    event_t      *e;
    uint32_t      i, n, tied;
    const bid_t  *row[ENGINE_MAX_SEALED];

    n = in_order(d->a, lot, row);

    for (i = 0; i < n; i++) {
        e = decision_event(d, EV_SEALED_REVEALED);

        e->bid_id = row[i]->id;
        e->lot_id = lot->id;
        e->round = lot->round;
        e->rank = n - i;
        e->bidder = row[i]->bidder;
        e->team_id = row[i]->team;
        e->amount = row[i]->max;
        e->at = row[i]->at;
        e->kept = (row[i]->flags & BID_KEPT) != 0;
    }

    tied = how != HOW_END && d->a->rules.tie == TIE_REBID
           && d->a->status == AUCTION_LIVE ? tied_at_top(row, n) : 0;

    if (tied != 0) {
        ties(d, lot, row[n - 1]->max, tied);
        return;
    }

    after = *lot;

    if (n != 0) {
        after.leader = row[n - 1]->bidder;
        after.leader_team = row[n - 1]->team;
        after.leader_bid = row[n - 1]->id;
        after.price = sealed_price(d->a, lot, row[n - 1]->max,
                                   n > 1 ? row[n - 2]->max : 0);
    }

    lot_falls(d, lot, &after, how);
}


refusal_t
decide_lot_reveal(decision_t *d)
{
    lot_t  *lot;

    if (d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_LOCKED
        || (d->c->round != 0 && d->c->round != lot->round)
        || (clock_speaks(d->c)
            && (lot->offer_until == 0 || d->now < lot->offer_until)))
    {
        return REFUSE(illegal_transition);
    }

    sealed_reveals(d, lot, HOW_SEALED);

    return ACCEPT;
}
