/*
 * dutch: the price falls until somebody takes it.
 */

#include "engine/inner.h"


int64_t
dutch_least(const lot_t *lot)
{
    return lot->base_price > 0 ? lot->base_price : 1;
}


/* The price at `at`, ms.  While the lot is frozen or the auction is paused it
 * does not fall. */

int64_t
dutch_price(const auction_t *a, const lot_t *lot, int64_t at)
{
    int64_t  least, steps, drop;

    least = dutch_least(lot);
    drop = a->rules.dutch_drop;

    if (lot->falls_from == 0 || at <= lot->falls_from || drop == 0
        || a->rules.dutch_every_ms == 0)
    {
        return lot->ceiling > least ? lot->ceiling : least;
    }

    if (lot->status == LOT_FROZEN && at > lot->frozen_at) {
        at = lot->frozen_at;
    }

    if (a->status == AUCTION_PAUSED && at > a->paused_at) {
        at = a->paused_at;
    }

    steps = (at - lot->falls_from) / a->rules.dutch_every_ms;

    if (lot->ceiling <= least || steps > (lot->ceiling - least) / drop) {
        return least;
    }

    return lot->ceiling - steps * drop;
}


/* Whether a lot can be sold this way: it needs a price to fall from. */

int
dutch_fits(const auction_t *a, const lot_t *lot, int64_t base_price)
{
    return a->rules.format != FORMAT_DUTCH
           || (lot->ceiling > 0 && lot->ceiling >= base_price);
}


int
dutch_ready(const auction_t *a, const lot_t *lot)
{
    return dutch_fits(a, lot, lot->base_price);
}


/* Whoever takes the price at his stamp has the lot, at that price. */

refusal_t
dutch_bid(decision_t *d, const lot_t *lot, const team_t *team,
    int64_t bidder)
{
    lot_t             after;
    int64_t           price;
    event_t          *e;
    refusal_t         r;
    const auction_t  *a;

    a = d->a;

    if (d->c->amount < 1 || d->c->amount > ENGINE_MAX_AMOUNT) {
        return REFUSE(invalid_amount);
    }

    price = dutch_price(a, lot, d->c->at);

    if (d->c->amount < price) {
        return REFUSE_MIN(too_low, price);
    }

    r = team != NULL ? purse_check(a, team, lot, price) : ACCEPT;
    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_BID_ACCEPTED);

    e->bid_id = born_id(a, e->seq);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->bidder = bidder;
    e->team_id = team != NULL ? team->id : NOBODY;
    e->how = bidder == d->c->actor ? HOW_MANUAL : HOW_BEHALF;
    e->origin = d->c->origin;
    e->amount = price;
    e->price = price;
    e->min_next = price;
    e->count = 1;
    e->ends_at = lot->ends_at;
    e->extensions = lot->extensions;
    e->at = d->c->at;

    after = *lot;
    after.leader = e->bidder;
    after.leader_team = e->team_id;
    after.leader_bid = e->bid_id;
    after.price = price;

    lot_sells(d, lot, &after, HOW_HAMMER);

    return ACCEPT;
}
