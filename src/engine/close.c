/*
 * close: how a lot goes off the block: sold, unsold, or below its reserve and
 * then by the host's word.  What may be is asked here by decide and by evolve.
 */

#include "engine/inner.h"


int
reserve_met(const lot_t *lot)
{
    return lot->reserve == 0 || lot->price >= lot->reserve;
}


/* A command of the clock, which must not be early; people may. */

int
clock_speaks(const command_t *c)
{
    return c->origin == ORIGIN_SERVER && c->actor == NOBODY;
}


static int
in_session(const auction_t *a)
{
    return a->status == AUCTION_LIVE || a->status == AUCTION_ENDING;
}


/* --- what is told --- */


static void
tell_sold(decision_t *d, const lot_t *lot, how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_SOLD);

    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = how;
    e->bidder = lot->leader;
    e->team_id = lot->leader_team;
    e->price = lot->price;
    e->bid_id = lot->leader_bid;
    e->bonus = lot->bonus;
}


static void
tell_unsold(decision_t *d, const lot_t *lot, how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_UNSOLD);

    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = how;
}


int64_t
reserve_until(const auction_t *a, int64_t now)
{
    return a->rules.reserve_wait_ms > 0 ? now + a->rules.reserve_wait_ms : 0;
}


static void
tell_reserve(decision_t *d, const lot_t *lot, how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_RESERVE_NOT_MET);

    e->lot_id = lot->id;
    e->round = lot->round;
    e->how = how;
    e->bidder = lot->leader;
    e->price = lot->price;
    e->until = reserve_until(d->a, d->now);
}


/* The next of several units comes at once: first in the queue, and where all
 * lots are sold side by side it opens there and then. */

int
units_left(const auction_t *a, const lot_t *lot)
{
    return a->status == AUCTION_LIVE && lot->quantity > lot->units + 1;
}


void
lot_sells(decision_t *d, const lot_t *lot, const lot_t *as, how_t how)
{
    event_t  *e;

    tell_sold(d, as, how);

    if (how == HOW_END) {
        return;
    }

    if (!units_left(d->a, lot)) {
        end_if_last(d, lot);
        return;
    }

    e = decision_event(d, EV_LOT_REQUEUED);

    e->lot_id = lot->id;
    e->round = as->round;
    e->how = HOW_UNIT;
    e->base_price = lot->base_price;
    e->position = 1;

    if (!d->a->rules.one_at_a_time) {
        lot_opens(d, as, d->now + lot_duration(d->a, lot));
    }
}


void
lot_passes(decision_t *d, const lot_t *lot, how_t how)
{
    tell_unsold(d, lot, how);

    if (how != HOW_END) {
        end_if_last(d, lot);
    }
}


/*
 * The time is over, or the auction: `as` is the lot with the leader and the
 * price that it has after what this decision has told so far.
 */

void
lot_falls(decision_t *d, const lot_t *lot, const lot_t *as, how_t how)
{
    if (as->leader != NOBODY && reserve_met(as)) {
        lot_sells(d, lot, as, how);

    } else if (as->leader == NOBODY || how == HOW_END
               || d->a->rules.reserve_wait_ms == 0)
    {
        lot_passes(d, lot, how);

    } else {
        tell_reserve(d, as, how);
    }
}


/* Whatever state it is in, it has a result now: the auction ends. */

void
lot_closes(decision_t *d, const lot_t *lot, how_t how)
{
    if (!format_sealed(d->a) || lot->status == LOT_RESERVE) {
        lot_falls(d, lot, lot, how);
        return;
    }

    if (lot->status != LOT_LOCKED) {
        sealed_locks(d, lot);
    }

    sealed_reveals(d, lot, how);
}


/* How many events that gives at most. */

uint32_t
lot_closes_room(const auction_t *a, const lot_t *lot)
{
    if (!lot_on_roll(lot)) {
        return 0;
    }

    return format_sealed(a) ? 2 + lot->nbids : 1;
}


/* --- what is asked for --- */


/* Only now is it known whether a bid moved the end: look again. */

refusal_t
decide_lot_close(decision_t *d)
{
    lot_t           *lot;
    command_type_t   what;

    lot = lot_find(d->a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (!in_session(d->a)
        || (int64_t) lot->round != d->c->round
        || lot_due(d->a, lot, &what) == 0 || what != CMD_LOT_CLOSE
        || d->now < lot_due(d->a, lot, &what))
    {
        return REFUSE(illegal_transition);
    }

    if (lot->status == LOT_RESERVE) {            /* the host said nothing */
        lot_passes(d, lot, HOW_CLOCK);

    } else if (format_sealed(d->a)) {
        sealed_locks(d, lot);

    } else {
        lot_falls(d, lot, lot, HOW_CLOCK);
    }

    return ACCEPT;
}


refusal_t
decide_lot_hammer(decision_t *d)
{
    lot_t  *lot;

    if (!in_session(d->a)) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_OPEN && lot->status != LOT_FROZEN) {
        return REFUSE(illegal_transition);
    }

    if (format_sealed(d->a)) {
        sealed_locks(d, lot);

    } else if (lot->leader == NOBODY) {
        lot_passes(d, lot, HOW_HAMMER);

    } else if (!reserve_met(lot) && d->c->amount != 1) {
        return REFUSE(reserve_not_met);

    } else {
        lot_sells(d, lot, lot, HOW_HAMMER);
    }

    return ACCEPT;
}


/* The host sells what stayed below its reserve. */

refusal_t
decide_lot_accept(decision_t *d)
{
    lot_t  *lot;

    if (!in_session(d->a)) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_RESERVE || lot->leader == NOBODY) {
        return REFUSE(illegal_transition);       /* his bid may be void */
    }

    lot_sells(d, lot, lot, HOW_ACCEPTED);

    return ACCEPT;
}


/* --- what the clock waits for, and what may be --- */


/* When the clock does something with this lot, and by which command; 0:
 * never. */

int64_t
lot_due(const auction_t *a, const lot_t *lot, command_type_t *what)
{
    switch (lot->status) {

    case LOT_OPEN:
        *what = CMD_LOT_CLOSE;
        return in_session(a) ? lot->ends_at : 0;

    case LOT_RESERVE:
        *what = CMD_LOT_CLOSE;
        return in_session(a) ? lot->offer_until : 0;

    case LOT_LOCKED:
        *what = CMD_LOT_REVEAL;
        return in_session(a) ? lot->offer_until : 0;

    case LOT_OFFERED:
        *what = CMD_OFFER_CLOSE;
        return in_session(a) || a->status == AUCTION_ENDED ? lot->offer_until
                                                           : 0;

    default:
        return 0;
    }
}


/* Time that was lost is given back: to whatever runs in this lot. */

void
lot_shift(lot_t *lot, int64_t ms)
{
    if (lot->status == LOT_OPEN || lot->status == LOT_FROZEN) {

        lot->ends_at = clock_later(lot->ends_at, ms);

        if (lot->hard_end != 0) {
            lot->hard_end += ms;
        }

        if (lot->falls_from != 0) {
            lot->falls_from += ms;
        }

    } else if (lot->offer_until != 0) {
        lot->offer_until += ms;
    }
}


/* What is offered again counts as what it was before. */

uint32_t
lot_result(const lot_t *lot)
{
    return lot->status == LOT_OFFERED ? lot->before : lot->status;
}


static int
all_revealed(const auction_t *a, const lot_t *lot)
{
    uint32_t  n;

    return lot->status == LOT_LOCKED && sealed_next(a, lot, &n) == NULL;
}


static int
time_is_over(const auction_t *a, const lot_t *lot, const event_t *e)
{
    return lot->status == LOT_OPEN && !format_sealed(a)
           && e->ts >= lot->ends_at;
}


static int
nobody_goes_on(const auction_t *a, const lot_t *lot)
{
    return lot->status == LOT_OPEN && lot->folded != 0
           && !format_sealed(a) && !lot_has_rivals(a, lot);
}


static int
ends_now(const auction_t *a, const lot_t *lot)
{
    return !format_sealed(a) || lot->status == LOT_RESERVE
           || all_revealed(a, lot);
}


static int
may_close(const auction_t *a, const lot_t *lot, const event_t *e)
{
    return lot_on_roll(lot) && in_session(a)
           && e->round == (int64_t) lot->round;
}


/* The event names the leader and his price; is it time to sell to him? */

int
may_sell(const auction_t *a, const lot_t *lot, const event_t *e)
{
    if (!may_close(a, lot, e) || lot->leader == NOBODY
        || e->bidder != lot->leader || e->team_id != lot->leader_team
        || e->price != lot->price || e->bid_id != lot->leader_bid
        || e->bonus != lot->bonus || e->supersedes != 0)
    {
        return 0;
    }

    switch (e->how) {

    case HOW_CLOCK:
        return time_is_over(a, lot, e) && reserve_met(lot);

    case HOW_HAMMER:
        return lot->status == LOT_OPEN || lot->status == LOT_FROZEN;

    case HOW_END:
        return ends_now(a, lot) && reserve_met(lot);

    case HOW_SEALED:
        return all_revealed(a, lot) && reserve_met(lot)
               && sealed_tied(a, lot) == 0;

    case HOW_FOLDED:
        return nobody_goes_on(a, lot) && reserve_met(lot);

    case HOW_ACCEPTED:
        return lot->status == LOT_RESERVE;

    case HOW_BUY_NOW:
        return lot->status == LOT_OPEN && a->rules.format == FORMAT_OPEN
               && lot->price != 0
               && lot->price == (lot->bonus != 0 ? lot->bonus
                                                 : lot->buy_now);

    default:
        return 0;
    }
}


int
may_pass(const auction_t *a, const lot_t *lot, const event_t *e)
{
    int  nothing;

    if (!may_close(a, lot, e)) {
        return 0;
    }

    nothing = lot->leader == NOBODY
              || (!reserve_met(lot) && a->rules.reserve_wait_ms == 0);

    switch (e->how) {

    case HOW_CLOCK:
        return (time_is_over(a, lot, e) && nothing)
               || (lot->status == LOT_RESERVE && lot->offer_until != 0
                   && e->ts >= lot->offer_until);

    case HOW_HAMMER:
        return (lot->status == LOT_OPEN || lot->status == LOT_FROZEN)
               && !format_sealed(a) && lot->leader == NOBODY;

    case HOW_PASS:
        return 1;

    case HOW_END:
        return ends_now(a, lot)
               && (lot->leader == NOBODY || !reserve_met(lot));

    case HOW_FOLDED:
        return nobody_goes_on(a, lot) && nothing;

    case HOW_SEALED:
        return all_revealed(a, lot) && nothing && sealed_tied(a, lot) == 0;

    default:
        return 0;
    }
}


int
may_wait_for_host(const auction_t *a, const lot_t *lot, const event_t *e)
{
    return may_close(a, lot, e) && lot->leader != NOBODY
           && e->bidder == lot->leader && e->price == lot->price
           && !reserve_met(lot) && a->rules.reserve_wait_ms != 0
           && e->until == reserve_until(a, e->ts)
           && ((e->how == HOW_CLOCK && time_is_over(a, lot, e))
               || (e->how == HOW_SEALED && all_revealed(a, lot)
                   && sealed_tied(a, lot) == 0));
}
