/*
 * hands: what the host does with one lot beside opening and hammering it:
 * pass, the next price, fair warning, undo, and another place in the queue.
 */

#include "engine/inner.h"


#define MAX_WARNINGS   9
#define REOPEN_MS      10000         /* when no clock says better */


/* What a lot may be asked for: less than it takes to buy it at once. */

int
base_fits(const lot_t *lot, int64_t base)
{
    return base >= 0 && base <= ENGINE_MAX_AMOUNT
           && (lot->buy_now == 0 || base < lot->buy_now)
           && (lot->bonus == 0 || base < lot->bonus);
}


/* No sale, whatever was bid. */

refusal_t
decide_lot_pass(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if ((d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING)
        || (!lot_on_roll(lot) && lot->status != LOT_LOCKED
            && lot->status != LOT_RESERVE))
    {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_LOT_UNSOLD);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = HOW_PASS;

    end_if_last(d, lot);

    return ACCEPT;
}


/* The price that the next bid must reach: before the first it becomes the
 * base price (and may be lower), later it must be more than is bid. */

refusal_t
decide_lot_ask(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (d->a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || d->a->rules.format != FORMAT_OPEN)
    {
        return REFUSE(illegal_transition);
    }

    if (!base_fits(lot, d->c->amount)
        || (d->c->amount == 0 && !base_fits(lot, 1)))
    {
        return REFUSE(invalid_amount);
    }

    if (lot->leader != NOBODY && d->c->amount <= lot->price) {
        return REFUSE_MIN(too_low, lot->price + 1);
    }

    e = decision_event(d, EV_LOT_ASKED);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->base_price = lot->leader == NOBODY ? d->c->amount : lot->base_price;
    e->min_next = d->c->amount > 0 ? d->c->amount : 1;

    return ACCEPT;
}


refusal_t
decide_lot_warn(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (d->a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || lot->warned == MAX_WARNINGS)
    {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_LOT_WARNED);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->count = (int64_t) lot->warned + 1;

    return ACCEPT;
}


/* "Going, going": the clock tells once a round that a lot is about to end. */

refusal_t
decide_lot_closing(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    lot = lot_find(d->a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (d->a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || (int64_t) lot->round != d->c->round
        || lot_closing_at(d->a, lot) == 0
        || d->now < lot_closing_at(d->a, lot))
    {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_LOT_CLOSING);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->ends_at = lot->ends_at;

    return ACCEPT;
}


/* When to say so; 0: never, or it was said. */

int64_t
lot_closing_at(const auction_t *a, const lot_t *lot)
{
    int64_t  at;

    if (a->rules.clock.closing_ms == 0 || lot->closing
        || lot->status != LOT_OPEN)
    {
        return 0;
    }

    at = lot->ends_at - a->rules.clock.closing_ms;

    return at > lot->opened_at ? at : 0;
}


static refusal_t
may_requeue(const auction_t *a, const lot_t *lot)
{
    team_t  *t;

    if (player_elsewhere(a, lot)) {
        return REFUSE(already_exists);
    }

    t = lot->leader_team != NOBODY && lot->status != LOT_UNSOLD
        ? team_find(a, lot->leader_team) : NULL;

    if (t != NULL && !sale_may_undo(a, t, lot, 0)) {
        return REFUSE(reserve_violation);
    }

    return ACCEPT;
}


/* Back to the end of the queue: what was not sold, and what was assigned by
 * mistake, with its price given back. */

static refusal_t
requeues(decision_t *d, const lot_t *lot, int64_t position)
{
    event_t    *e;
    refusal_t   r;

    r = may_requeue(d->a, lot);

    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_LOT_REQUEUED);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = HOW_HOST;
    e->base_price = d->c->base_price == -1 ? lot->base_price
                                           : d->c->base_price;
    e->position = position;

    if (!base_fits(lot, e->base_price)
        || !dutch_fits(d->a, lot, e->base_price))
    {
        return REFUSE(invalid_amount);
    }

    return ACCEPT;
}


refusal_t
decide_lot_requeue(decision_t *d)
{
    lot_t  *lot;

    lot = lot_find(d->a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (auction_over(d->a) || d->a->status == AUCTION_ENDING
        || (lot->status != LOT_UNSOLD && lot->status != LOT_ASSIGNED))
    {
        return REFUSE(illegal_transition);
    }

    return requeues(d, lot, queue_length(d->a) + 1);
}


/* Its leader has the points to lead it again. */

static refusal_t
may_reopen(const auction_t *a, const lot_t *lot)
{
    team_t  *t;

    if (player_elsewhere(a, lot)) {
        return REFUSE(already_exists);
    }

    t = lot->leader_team != NOBODY ? team_find(a, lot->leader_team) : NULL;

    if (lot->status == LOT_UNSOLD && t != NULL
        && lot->price > max_possible_bid(a, t, lot))
    {
        return REFUSE_MAX(reserve_violation, max_possible_bid(a, t, lot));
    }

    if (lot->status == LOT_SOLD && t != NULL
        && !sale_may_undo(a, t, lot, 1))
    {
        return REFUSE(budget_exceeded);
    }

    return ACCEPT;
}


/* In the open format a hammer is taken back, else the lot goes to the queue. */

static int
undo_reopens(const auction_t *a, const lot_t *lot)
{
    return a->rules.format == FORMAT_OPEN && lot->status != LOT_ASSIGNED;
}


int64_t
lot_undoable(const auction_t *a)
{
    lot_t      *lot;
    refusal_t   r;

    if (a->undo_lot == 0
        || (a->status != AUCTION_LIVE && a->status != AUCTION_PAUSED))
    {
        return 0;
    }

    lot = &auction_lots(a)[a->undo_lot - 1];
    r = undo_reopens(a, lot) ? may_reopen(a, lot) : may_requeue(a, lot);

    return r.code == GAVEL_OK ? lot->id : 0;
}


/*
 * Undo of the last hammer, until anything else comes on the block.  In the
 * open format the lot is open again, with its leader and some more time; in
 * the others, whose bids cannot be unsaid, it is the next in the queue.
 */

refusal_t
decide_lot_reopen(decision_t *d)
{
    lot_t            *lot;
    int64_t           ms;
    event_t          *e;
    refusal_t         r;
    const auction_t  *a;

    a = d->a;

    if (a->status != AUCTION_LIVE || a->undo_lot == 0) {
        return REFUSE(illegal_transition);
    }

    lot = &auction_lots(a)[a->undo_lot - 1];

    if (d->c->lot_id != 0 && d->c->lot_id != lot->id) {
        return lot_find(a, d->c->lot_id) != NULL ? REFUSE(illegal_transition)
                                                 : REFUSE(not_found);
    }

    if (!undo_reopens(a, lot)) {
        return requeues(d, lot, 1);
    }

    r = may_reopen(a, lot);

    if (r.code != GAVEL_OK) {
        return r;
    }

    ms = d->c->ms > 0 ? d->c->ms
         : a->rules.clock.extend_ms > 0 ? a->rules.clock.extend_ms
         : REOPEN_MS;

    if (ms > MAX_DURATION_MS || d->now + ms > MAX_TIME_MS) {
        return REFUSE_WITH(invalid_params, "ms");
    }

    e = decision_event(d, EV_LOT_REOPENED);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->ends_at = d->now + ms;

    return ACCEPT;
}
