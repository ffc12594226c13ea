/*
 * proxy: hidden maxima.
 *
 * A bidder names the most that he would pay, and the house bids for him, as
 * little as it can.  Only two count at any time: who leads and who challenges
 * him; everybody else has been beaten by one of them.  The price is one step
 * over the second, never above the winner's maximum; of equal maxima the
 * earlier wins.  What the house bids for somebody is a bid of its own in the
 * log (bid.reactive), so that the room can follow how a price came about.
 *
 * A maximum for a lot that is still in the queue (a pre-bid) waits there
 * unseen, until the lot opens and the best two are put to work.
 */

#include "engine/inner.h"


/* The most that the leader could answer with now: points that his team holds
 * elsewhere are not his to bid, and a suspended team bids no more. */

int64_t
leader_most(const auction_t *a, const lot_t *lot)
{
    int64_t  most, purse;
    team_t  *t;

    most = lot->leader_max > lot->price ? lot->leader_max : lot->price;

    if (lot->leader_team == NOBODY || most == lot->price) {
        return most;
    }

    t = team_find(a, lot->leader_team);
    purse = t != NULL && !t->suspended && !t->gone
            ? max_possible_bid(a, t, lot) : 0;

    most = most < purse ? most : purse;

    return most > lot->price ? most : lot->price;
}


static int64_t
lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}


static int64_t
greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}


/* A maximum that meets the reserve lifts the price to it. */

static int64_t
lifted(const lot_t *lot, int64_t price, int64_t max)
{
    return max >= lot->reserve ? greater(price, lot->reserve) : price;
}


/* spec/domain.md C.5: M is the leader's maximum, v what the challenger says
 * (it passed bid_check: at least the least), m if that is a maximum. */

void
duel(const auction_t *a, const lot_t *lot, const challenge_t *ch, duel_t *out)
{
    int64_t  v, most, left, least;

    v = ch->value;
    left = lot->ends_at - ch->at;
    least = lot_least(a, lot, ch->at);
    most = lot->leader != NOBODY ? leader_most(a, lot) : 0;

    out->outbid = v <= most;
    out->exhausted = 0;

    if (out->outbid) {
        out->amount = v;
        out->price = v == most ? most
                     : lesser(most, ladder_next(&a->rules, v, left));
        out->price = lifted(lot, out->price, most);
        return;
    }

    if (most > lot->price && lot->leader != NOBODY) {
        out->exhausted = most;
    }

    out->price = v;

    if (ch->how == HOW_MAX) {

        if (out->exhausted != 0 || lot->exhausted) {
            least = greater(least, ladder_next(&a->rules, most, left));
        }

        out->price = lifted(lot, lesser(v, least), v);
    }

    out->amount = out->price;
}


void
lot_gets_bid(lot_t *lot, const event_t *e)
{
    lot->price = e->price;
    lot->bid_count = (uint32_t) e->count;
    lot->ends_at = e->ends_at;
    lot->extensions = (uint32_t) e->extensions;
    lot->ask = 0;
    lot->warned = 0;
    lot->was = 0;
    lot->exhausted = 0;
    lot->reacts = e->outbid ? REACTS_LEADER : REACTS_NOBODY;

    if (!e->outbid) {
        lot->leader = e->bidder;
        lot->leader_team = e->team_id;
        lot->leader_bid = e->bid_id;
        lot->leader_max = e->how == HOW_MAX ? e->max_amount : e->price;
    }
}


/* `pre` is the pre-bid that is put to work, or NULL: the leader's maximum.
 * The second of two pre-bids shows all that it has, and the best answers. */

void
lot_gets_reaction(const auction_t *a, lot_t *lot, const event_t *e,
    const bid_t *pre)
{
    int  second;

    if (pre != NULL) {
        second = lot->leader == NOBODY
                 && pre != pre_bid_best(a, lot, NOBODY, NOBODY);

        lot->leader = e->bidder;
        lot->leader_team = e->team_id;
        lot->leader_max = second ? e->price : pre->max;
        lot->reacts = second ? REACTS_PRE_BID : REACTS_NOBODY;

    } else if (lot->reacts == REACTS_LEADER) {
        lot->reacts = REACTS_NOBODY;

        if (lot->ask <= e->price) {              /* has been said */
            lot->ask = 0;
        }

    } else {
        lot->was = lot->price;
        lot->exhausted = 1;
        lot->leader_max = e->price;
    }

    lot->leader_bid = e->bid_id;
    lot->price = e->price;
    lot->bid_count = (uint32_t) e->count;
}


/* What the leader must answer when it is his turn. */

int64_t
reaction_due(const auction_t *a, const lot_t *lot)
{
    return lifted(lot, lot->price, leader_most(a, lot));
}


/* The house bids; `after` is the lot as it is then. */

void
reaction(decision_t *d, lot_t *after, int64_t bidder, int64_t team,
    int64_t price, const bid_t *pre)
{
    event_t  *e;

    e = decision_event(d, EV_BID_REACTIVE);

    e->bid_id = born_id(d->a, e->seq);
    e->lot_id = after->id;
    e->round = after->round;
    e->bidder = bidder;
    e->team_id = team;
    e->amount = price;
    e->price = price;
    e->count = (int64_t) after->bid_count + 1;
    e->reserve_met = lot_reserve_met(after, price);

    lot_gets_reaction(d->a, after, e, pre);
    e->min_next = lot_min_next(d->a, after);
}


bid_t *
pre_bid_of(const auction_t *a, const lot_t *lot, int64_t bidder, int64_t team)
{
    bid_t  *bid;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {
        if ((bid->flags & BID_PRE)
            && (team != NOBODY ? bid->team == team : bid->bidder == bidder))
        {
            break;
        }
    }

    return bid;
}


/* What a pre-bid is worth when the lot opens; 0: nothing any more. */

static int64_t
pre_bid_most(const auction_t *a, const lot_t *lot, const bid_t *bid)
{
    int64_t  most;
    team_t  *t;

    most = bid->max;

    if (lot->buy_now != 0) {
        most = lesser(most, lot->buy_now);
    }

    if (bid->team != NOBODY) {
        t = team_find(a, bid->team);

        if (t == NULL || t->gone || t->suspended) {
            return 0;
        }

        most = lesser(most, max_possible_bid(a, t, lot));
    }

    return most >= lot->base_price ? most : 0;
}


/* The best of all but one; of equal ones the earlier. */

bid_t *
pre_bid_best(const auction_t *a, const lot_t *lot, int64_t but,
    int64_t but_team)
{
    bid_t    *bid, *best;
    int64_t   most, top;

    best = NULL;
    top = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (!(bid->flags & BID_PRE)
            || (but_team != NOBODY ? bid->team == but_team
                                   : bid->bidder == but))
        {
            continue;
        }

        most = pre_bid_most(a, lot, bid);

        if (most > 0
            && (most > top || (most == top && bid->id < best->id)))
        {
            top = most;
            best = bid;
        }
    }

    return best;
}


/* The next pre-bid that is put to work, and at which price; or NULL. */

bid_t *
pre_bid_reacts(const auction_t *a, const lot_t *lot, int64_t *price)
{
    bid_t    *best, *second;
    int64_t   most;

    if (lot->reacts == REACTS_PRE_BID) {
        best = pre_bid_best(a, lot, lot->leader, lot->leader_team);

        if (best != NULL) {
            most = pre_bid_most(a, lot, best);
            *price = most == lot->price ? most
                     : lesser(most, ladder_next(&a->rules, lot->price,
                                                NO_CLOCK));
            *price = lifted(lot, *price, most);
        }

        return best;
    }

    if (lot->hidden_bids == 0 || lot->bid_count != 0
        || lot->leader != NOBODY
        || a->rules.no_proxy || a->rules.format != FORMAT_OPEN)
    {
        return NULL;
    }

    best = pre_bid_best(a, lot, NOBODY, NOBODY);

    if (best == NULL) {
        return NULL;
    }

    most = pre_bid_most(a, lot, best);
    second = pre_bid_best(a, lot, best->bidder, best->team);

    if (second != NULL) {
        *price = pre_bid_most(a, lot, second);
        return second;
    }

    *price = lifted(lot, lot_least(a, lot, NO_CLOCK), most);

    return best;
}


uint32_t
prebids_room(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i, n;

    lot = auction_lots(a);

    for (i = 0, n = 0; i < a->nlots; i++) {
        n += lot[i].hidden_bids != 0 ? 2 : 0;
    }

    return n;
}


/* What follows lot.opened. */

void
prebids_resolve(decision_t *d, const lot_t *lot)
{
    bid_t    *pre;
    lot_t     after;
    int64_t   price;

    if (lot->hidden_bids == 0) {
        return;
    }

    after = *lot;
    lot_begins(&after);

    while ((pre = pre_bid_reacts(d->a, &after, &price)) != NULL) {
        reaction(d, &after, pre->bidder, pre->team, price, pre);
    }
}


/* A new round begins with nothing of an old one. */

void
lot_begins(lot_t *lot)
{
    lot->status = LOT_OPEN;
    lot->round++;
    lot->price = 0;
    lot->leader = NOBODY;
    lot->leader_team = NOBODY;
    lot->leader_bid = 0;
    lot->leader_max = 0;
    lot->bid_count = 0;
    lot->extensions = 0;
    lot->ask = 0;
    lot->was = 0;
    lot->warned = 0;
    lot->closing = 0;
    lot->exhausted = 0;
    lot->reacts = REACTS_NOBODY;
    lot->folded = 0;
    lot->eligible = 0;
    lot->offer_until = 0;
    lot->frozen_at = 0;
    lot->hard_end = 0;
}


/* Nobody pays more than the price that takes the lot. */

int64_t
pre_bid_value(const lot_t *lot, int64_t max)
{
    return lot->buy_now != 0 ? lesser(max, lot->buy_now) : max;
}


/* May a maximum of this size wait for a lot in the queue? */

refusal_t
pre_bid_check(const auction_t *a, const lot_t *lot, const challenge_t *ch)
{
    int           draft;
    lot_t         begun;
    const bid_t  *bid;

    draft = a->mode == MODE_TEAM_DRAFT;

    if (a->status == AUCTION_PAUSED)           return REFUSE(auction_paused);

    if (lot->status != LOT_QUEUED || a->rules.no_proxy
        || a->rules.format != FORMAT_OPEN
        || (!auction_prepares(a) && a->status != AUCTION_LIVE))
    {
        return REFUSE(illegal_transition);
    }

    if (ch->bidder < 1)                        return REFUSE(not_authorized);
    if (draft && ch->team == NULL)             return REFUSE(not_authorized);
    if (draft && ch->team->suspended)          return REFUSE(team_suspended);
    if (ch->bidder == a->owner)                return REFUSE(own_auction);

    bid = pre_bid_of(a, lot, ch->bidder, draft ? ch->team->id : NOBODY);

    if (bid == NULL
        && (lot->hidden_bids >= ENGINE_MAX_SEALED
            || (a->free_bid == 0 && a->nbids == ENGINE_MAX_BIDS)))
    {
        return REFUSE(limit_reached);
    }

    if (bid != NULL && bid->max == pre_bid_value(lot, ch->value)) {
        return REFUSE(already_exists);
    }

    begun = *lot;
    lot_begins(&begun);

    return amount_check(a, &begun, ch, lot_least(a, &begun, NO_CLOCK));
}


/* May the leader change his own?  Less than he has bid it cannot be. */

refusal_t
maximum_check(const auction_t *a, const lot_t *lot, const challenge_t *ch)
{
    challenge_t  more;

    if (ch->value == lot->leader_max) {
        return REFUSE(already_leading);
    }

    more = *ch;

    if (ch->value < lot->leader_max) {
        more.team = NULL;                        /* that needs no funds */
    }

    return amount_check(a, lot, &more, lot->price);
}


static refusal_t
maximum_told(decision_t *d, const lot_t *lot, const challenge_t *ch,
    int64_t bid_id)
{
    event_t  *e;

    e = decision_event(d, EV_AUTO_BID_SET);

    e->bid_id = bid_id != 0 ? bid_id : born_id(d->a, e->seq);
    e->lot_id = lot->id;
    e->bidder = ch->bidder;
    e->team_id = ch->team != NULL ? ch->team->id : NOBODY;
    e->max_amount = ch->value;
    e->at = ch->at;

    return ACCEPT;
}


static refusal_t
leader_changes(decision_t *d, const lot_t *lot, const challenge_t *ch)
{
    lot_t      after;
    refusal_t  r;

    r = maximum_check(d->a, lot, ch);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (lot_cap(d->a, lot) != 0 && ch->value >= lot_cap(d->a, lot)) {
        return bid_bought(d, lot, ch);
    }

    (void) maximum_told(d, lot, ch, lot->leader_bid);

    after = *lot;
    lot_gets_maximum(d->a, &after, ch->value);

    if (after.reacts == REACTS_LEADER) {
        reaction(d, &after, lot->leader, lot->leader_team,
                 reaction_due(d->a, &after), NULL);
    }

    return ACCEPT;
}


/* Raising it does not raise the price, unless it meets the reserve now. */

void
lot_gets_maximum(const auction_t *a, lot_t *lot, int64_t max)
{
    lot->leader_max = max;

    if (reaction_due(a, lot) > lot->price) {
        lot->reacts = REACTS_LEADER;
    }
}


refusal_t
decide_auto_bid(decision_t *d)
{
    lot_t            *lot;
    refusal_t         r;
    challenge_t       ch;
    const auction_t  *a;

    a = d->a;
    lot = lot_meant(a, d->c);

    ch.bidder = d->c->actor;
    ch.team = a->mode == MODE_TEAM_DRAFT ? team_of(a, d->c->actor) : NULL;
    ch.how = HOW_MAX;
    ch.value = d->c->amount;
    ch.at = d->c->at;

    if (a->rules.no_proxy || a->rules.format != FORMAT_OPEN) {
        return REFUSE(illegal_transition);
    }

    if (lot != NULL && lot->status == LOT_QUEUED) {

        r = pre_bid_check(a, lot, &ch);
        if (r.code != GAVEL_OK) {
            return r;
        }

        ch.value = pre_bid_value(lot, ch.value);

        return maximum_told(d, lot, &ch, 0);
    }

    r = bidder_check(a, lot, ch.team, d->c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    return lot_leads(lot, ch.bidder, ch.team) ? leader_changes(d, lot, &ch)
                                              : bid_places(d, lot, &ch);
}


/* Only what waits can be taken back: who leads is bound by it, and who was
 * beaten has none left. */

refusal_t
decide_auto_bid_cancel(decision_t *d)
{
    lot_t    *lot;
    bid_t    *bid;
    team_t   *t;
    event_t  *e;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    t = d->a->mode == MODE_TEAM_DRAFT ? team_of(d->a, d->c->actor) : NULL;

    if (d->c->actor == NOBODY || (d->a->mode == MODE_TEAM_DRAFT && t == NULL))
    {
        return REFUSE(not_authorized);
    }

    if (lot_on_roll(lot) && lot->leader_max > lot->price
        && lot_leads(lot, d->c->actor, t))
    {
        return REFUSE(leading);
    }

    bid = lot->status == LOT_QUEUED && !auction_over(d->a)
          ? pre_bid_of(d->a, lot, d->c->actor, t != NULL ? t->id : NOBODY)
          : NULL;

    if (bid == NULL) {
        return REFUSE(not_found);
    }

    e = decision_event(d, EV_AUTO_BID_CANCELLED);
    e->bid_id = bid->id;
    e->lot_id = lot->id;
    e->bidder = bid->bidder;

    return ACCEPT;
}
