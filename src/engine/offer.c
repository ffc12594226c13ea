/*
 * offer: a second chance.  What was not sold, or not paid for, is offered to
 * the next best bidder at his own bid, once, for some time.
 *
 * While it is offered a lot keeps the round, the leader and the price of what
 * happened before; the offer is the round after that one, and becomes the
 * lot's when it is taken.
 */

#include "engine/inner.h"


static int
offers_go_on(const auction_t *a)
{
    return a->status == AUCTION_LIVE || a->status == AUCTION_ENDING
           || a->status == AUCTION_ENDED;
}


static int
is_told(const bid_t *bid)
{
    return bid->amount > 0
           && !(bid->flags & (BID_PRE|BID_SEALED|BID_VOID|BID_PASS));
}


static int
had_a_chance(const auction_t *a, const lot_t *lot, int64_t bidder)
{
    bid_t  *bid;

    if (lot->status == LOT_SOLD && lot->leader == bidder) {
        return 1;
    }

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {
        if (bid->bidder == bidder && (bid->flags & BID_OFFERED)) {
            return 1;
        }
    }

    return 0;
}


int
may_offer(const auction_t *a, const lot_t *lot, const bid_t *bid)
{
    return a->mode != MODE_TEAM_DRAFT && offers_go_on(a)
           && (lot->status == LOT_SOLD || lot->status == LOT_UNSOLD)
           && is_told(bid)
           && bid->bidder != a->owner
           && !had_a_chance(a, lot, bid->bidder);
}


int64_t
offer_until(const auction_t *a, int64_t now)
{
    return now + (a->rules.offer_ms != 0 ? a->rules.offer_ms : DAY_MS);
}


static const bid_t *
last_word(const auction_t *a, const lot_t *lot, int64_t bidder)
{
    const bid_t  *bid;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {
        if (bid->bidder == bidder && is_told(bid)) {
            break;
        }
    }

    return bid;
}


/* Nobody is asked for more than he stands for today: before a void the house
 * may have bid more for him than his maximum became since. */

int64_t
offer_price(const auction_t *a, const lot_t *lot, const bid_t *bid)
{
    int64_t       price;
    const bid_t  *last;

    last = last_word(a, lot, bid->bidder);
    price = bid->amount;

    if (last != NULL) {                          /* one that is told has one */
        price = last->amount < price ? last->amount : price;
        price = last->max < price ? last->max : price;
    }

    return price;
}


/* A sealed bid is a promise of its own. */

static int64_t
promised(const bid_t *bid)
{
    return bid->since != 0 ? bid->since : bid->id;
}


/* Of equal bids the earlier promise is the better one; of one bidder's, his
 * last word. */

static bid_t *
underbid(const auction_t *a, const lot_t *lot)
{
    int64_t   price, most;
    bid_t    *bid, *best;

    best = NULL;
    most = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (!may_offer(a, lot, bid)
            || bid != last_word(a, lot, bid->bidder))
        {
            continue;
        }

        price = offer_price(a, lot, bid);

        if (best == NULL || price > most
            || (price == most && promised(bid) < promised(best)))
        {
            best = bid;
            most = price;
        }
    }

    return best;
}


refusal_t
decide_lot_offer(decision_t *d)
{
    lot_t            *lot;
    bid_t            *bid;
    event_t          *e;
    const auction_t  *a;

    a = d->a;

    if (a->status == AUCTION_PAUSED) {
        return REFUSE(auction_paused);
    }

    lot = lot_find(a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (a->mode == MODE_TEAM_DRAFT || !offers_go_on(a)
        || (lot->status != LOT_SOLD && lot->status != LOT_UNSOLD))
    {
        return REFUSE(illegal_transition);
    }

    bid = d->c->bid_id != 0 ? bid_find(a, lot, d->c->bid_id)
                            : underbid(a, lot);

    if (bid == NULL && d->c->bid_id != 0) {
        return REFUSE(not_found);
    }

    if (bid == NULL || !may_offer(a, lot, bid)) {
        return REFUSE_WITH(illegal_transition,
                           "There is nobody to offer it to.");
    }

    e = decision_event(d, EV_LOT_OFFERED);

    e->lot_id = lot->id;
    e->round = (int64_t) lot->round + 1;
    e->bid_id = bid->id;
    e->bidder = bid->bidder;
    e->team_id = bid->team;
    e->price = offer_price(a, lot, bid);
    e->until = offer_until(a, d->now);

    return ACCEPT;
}


static void
closes(decision_t *d, const lot_t *lot, how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_OFFER_CLOSED);
    e->lot_id = lot->id;
    e->round = (int64_t) lot->round + 1;
    e->how = how;
}


/* The round of the sale that the taking of the offer replaces; 0: none. */

int64_t
offer_supersedes(const lot_t *lot)
{
    return lot->before == LOT_SOLD ? lot->round : 0;
}


static void
taken(decision_t *d, const lot_t *lot)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_SOLD);

    e->lot_id = lot->id;
    e->round = (int64_t) lot->round + 1;
    e->how = HOW_OFFER;
    e->bidder = lot->offer_to;
    e->team_id = lot->offer_team;
    e->price = lot->offer_price;
    e->bid_id = lot->offer_bid;
    e->supersedes = offer_supersedes(lot);
}


/* Back to what it was before. */

void
offer_drop(lot_t *lot)
{
    lot->status = lot->before;
    lot->before = 0;
    lot->offer_to = NOBODY;
    lot->offer_team = NOBODY;
    lot->offer_bid = 0;
    lot->offer_price = 0;
    lot->offer_until = 0;
}


static refusal_t
offer_named(const decision_t *d, lot_t **lot)
{
    if (d->a->status == AUCTION_PAUSED) {
        return REFUSE(auction_paused);
    }

    *lot = lot_find(d->a, d->c->lot_id);

    if (*lot == NULL) {
        return REFUSE(not_found);
    }

    return offers_go_on(d->a) && (*lot)->status == LOT_OFFERED
           ? ACCEPT : REFUSE(illegal_transition);
}


/* In time is who answered in time, as with bids. */

refusal_t
decide_offer_answer(decision_t *d)
{
    lot_t      *lot;
    refusal_t   r;

    r = offer_named(d, &lot);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (d->c->actor == NOBODY || d->c->actor != lot->offer_to) {
        return REFUSE(not_authorized);
    }

    if (d->c->at >= lot->offer_until) {
        return REFUSE(after_end);
    }

    switch (d->c->amount) {

    case 0:
        closes(d, lot, HOW_DECLINED);
        return ACCEPT;

    case 1:
        taken(d, lot);
        return ACCEPT;

    default:
        return REFUSE_WITH(invalid_params, "accept");
    }
}


refusal_t
decide_offer_close(decision_t *d)
{
    lot_t      *lot;
    refusal_t   r;

    r = offer_named(d, &lot);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (d->c->round != 0 && d->c->round != (int64_t) lot->round + 1) {
        return REFUSE(illegal_transition);
    }

    if (!clock_speaks(d->c)) {
        closes(d, lot, HOW_WITHDRAWN);
        return ACCEPT;
    }

    if (d->now < lot->offer_until) {
        return REFUSE(illegal_transition);
    }

    closes(d, lot, HOW_EXPIRED);

    return ACCEPT;
}
