/*
 * close: how a lot goes off the block.
 */

#include "engine/inner.h"


void
lot_closes(decision_t *d, const lot_t *lot, how_t how)
{
    event_t  *e;

    e = decision_event(d, lot->leader != NOBODY ? EV_LOT_SOLD : EV_LOT_UNSOLD);

    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = how;

    if (lot->leader != NOBODY) {
        e->bidder = lot->leader;
        e->team_id = lot->leader_team;
        e->price = lot->price;
        e->bid_id = lot->leader_bid;
        e->bonus = lot->bonus;
    }
}


/* Only now is it known whether a bid moved the end: look again. */

refusal_t
decide_lot_close(decision_t *d)
{
    lot_t  *lot;

    lot = lot_find(d->a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if ((d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING)
        || lot->status != LOT_OPEN
        || (int64_t) lot->round != d->c->round
        || d->now < lot->ends_at)
    {
        return REFUSE(illegal_transition);
    }

    lot_closes(d, lot, HOW_CLOCK);
    end_if_last(d, lot);

    return ACCEPT;
}


refusal_t
decide_lot_hammer(decision_t *d)
{
    lot_t  *lot;

    if (d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (!lot_on_roll(lot)) {
        return REFUSE(illegal_transition);
    }

    lot_closes(d, lot, HOW_HAMMER);
    end_if_last(d, lot);

    return ACCEPT;
}
