/*
 * lots: the queue and the block.
 */

#include "engine/inner.h"

#include <string.h>


lot_t *
lot_named(const decision_t *d)
{
    return d->c->lot_id != 0 ? lot_find(d->a, d->c->lot_id)
                             : lot_on_block(d->a);
}


refusal_t
no_such_lot(const decision_t *d)
{
    return d->c->lot_id != 0 ? REFUSE(not_found) : REFUSE(lot_not_open);
}


/* Waits, is bid for, or has a team. */

static int
is_called(const lot_t *lot)
{
    return lot->status == LOT_QUEUED || lot->status == LOT_SOLD
           || lot->status == LOT_ASSIGNED || lot_on_roll(lot);
}


/* Who went unsold for good may have been called up anew: then his old lot is
 * history. */

int
player_elsewhere(const auction_t *a, const lot_t *lot)
{
    lot_t     *other;
    uint32_t   i;

    other = auction_lots(a);

    for (i = 0; a->mode == MODE_TEAM_DRAFT && i < a->nlots; i++, other++) {
        if (other->item_id == lot->item_id && other->id != lot->id
            && is_called(other))
        {
            return 1;
        }
    }

    return 0;
}


/* A player is auctioned once at a time, not again when sold, and not beside
 * himself when the next cycle brings him back. */

int
player_taken(const auction_t *a, int64_t item_id)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (lot[i].item_id == item_id
            && (is_called(&lot[i])
                || (lot[i].status == LOT_UNSOLD
                    && a->cycle < a->rules.cycles)))
        {
            return 1;
        }
    }

    return 0;
}


static refusal_t
terms_refused(const char *wrong)
{
    return strcmp(wrong, "base_price") == 0 ? REFUSE(invalid_amount)
                                            : REFUSE_WITH(invalid_params,
                                                          wrong);
}


refusal_t
decide_lot_add(decision_t *d)
{
    event_t          *e;
    const char       *wrong;
    const auction_t  *a;
    const command_t  *c;

    a = d->a;
    c = d->c;

    if (!auction_prepares(a) && a->status != AUCTION_LIVE
        && a->status != AUCTION_PAUSED)
    {
        return REFUSE(illegal_transition);
    }

    if (c->item_id < 1 || c->item_id > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "item_id");
    }

    if (c->ms < 0 || c->ms > MAX_DURATION_MS) {
        return REFUSE_WITH(invalid_params, "duration_ms");
    }

    if (a->nlots == ENGINE_MAX_LOTS) {
        return REFUSE(limit_reached);
    }

    if (a->mode == MODE_TEAM_DRAFT && player_taken(a, c->item_id)) {
        return REFUSE(already_exists);
    }

    e = decision_event(d, EV_LOT_QUEUED);

    e->lot_id = born_id(a, e->seq);
    e->item_id = c->item_id;
    e->number = (int64_t) a->nlots + 1;
    e->position = (int64_t) a->nlots + 1;
    e->base_price = c->base_price == -1 ? a->rules.min_price : c->base_price;
    e->ms = c->ms;
    terms_from_command(e, c, NULL);

    wrong = terms_wrong(a, e);

    return wrong == NULL ? ACCEPT : terms_refused(wrong);
}


/* Finds a lot that still waits in the queue of an auction that goes on. */

static refusal_t
lot_in_queue(const decision_t *d, lot_t **lot)
{
    *lot = lot_find(d->a, d->c->lot_id);

    if (*lot == NULL) {
        return REFUSE(not_found);
    }

    if (auction_over(d->a) || (*lot)->status != LOT_QUEUED) {
        return REFUSE(illegal_transition);
    }

    return ACCEPT;
}


refusal_t
decide_lot_change(decision_t *d)
{
    lot_t       *lot;
    event_t     *e;
    refusal_t    r;
    const char  *wrong;

    r = lot_in_queue(d, &lot);
    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_LOT_CHANGED);
    e->lot_id = lot->id;
    e->base_price = d->c->base_price == -1 ? lot->base_price
                                           : d->c->base_price;
    terms_from_command(e, d->c, lot);

    wrong = terms_wrong(d->a, e);

    return wrong == NULL ? ACCEPT : terms_refused(wrong);
}


refusal_t
decide_lot_move(decision_t *d)
{
    lot_t      *lot;
    int64_t     queued;
    event_t    *e;
    refusal_t   r;

    r = lot_in_queue(d, &lot);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (d->c->position < 1) {
        return REFUSE_WITH(invalid_params, "position");
    }

    queued = queue_length(d->a);

    e = decision_event(d, EV_LOT_MOVED);
    e->lot_id = lot->id;
    e->position = d->c->position < queued ? d->c->position : queued;

    return ACCEPT;
}


/* Whether nothing is left to sell when this lot is gone. */

static int
was_last(const auction_t *a, const lot_t *gone)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (&lot[i] != gone
            && (lot_on_roll(&lot[i])
                || (lot[i].status == LOT_QUEUED
                    && a->status != AUCTION_ENDING)))
        {
            return 0;
        }
    }

    return 1;
}


void
end_if_last(decision_t *d, const lot_t *gone)
{
    int  unsold;

    unsold = d->n != 0 && d->ev[d->n - 1].type == EV_LOT_UNSOLD;

    if (was_last(d->a, gone) && !more_to_come(d->a, gone, unsold)
        && (d->a->status == AUCTION_ENDING
            || (d->a->status == AUCTION_LIVE && d->a->rules.auto_end)))
    {
        auction_ends(d);
    }
}


/* What was withdrawn in a pause was the last, perhaps.  Where lots come one
 * after another the clock sees that, or the host. */

void
end_if_empty(decision_t *d)
{
    if (d->a->rules.auto_end && !d->a->rules.one_at_a_time
        && was_last(d->a, NULL))
    {
        auction_ends(d);
    }
}


refusal_t
decide_lot_withdraw(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    lot = lot_find(d->a, d->c->lot_id);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (auction_over(d->a)
        || (lot->status != LOT_QUEUED && lot->status != LOT_FROZEN))
    {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_LOT_WITHDRAWN);
    e->lot_id = lot->id;
    e->reason_len = d->c->reason_len;
    memcpy(e->reason, d->c->reason, d->c->reason_len);

    end_if_last(d, lot);

    return ACCEPT;
}


int64_t
lot_duration(const auction_t *a, const lot_t *lot)
{
    if (a->cycle != 0 && a->rules.cycle_duration_ms != 0) {
        return a->rules.cycle_duration_ms;
    }

    return lot->duration_ms != 0 ? lot->duration_ms
                                 : a->rules.clock.duration_ms;
}


/* What the first bid must be, when it opens. */

int64_t
lot_first_price(const auction_t *a, const lot_t *lot)
{
    if (a->rules.format == FORMAT_DUTCH) {
        return lot->ceiling;
    }

    return lot->base_price > 0 ? lot->base_price : 1;
}


void
lot_opens(decision_t *d, const lot_t *lot, int64_t ends_at)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_OPENED);

    e->lot_id = lot->id;
    e->item_id = lot->item_id;
    e->round = (int64_t) lot->round + 1;
    e->base_price = lot->base_price;
    e->min_next = lot_first_price(d->a, lot);
    e->ends_at = ends_at;

    if (lot->status == LOT_QUEUED && d->a->rules.format == FORMAT_OPEN) {
        prebids_resolve(d, lot);
    }
}


refusal_t
decide_lot_open(decision_t *d)
{
    lot_t            *lot;
    const auction_t  *a;

    a = d->a;

    if (a->status != AUCTION_LIVE
        || (a->rules.one_at_a_time && block_is_taken(a)))
    {
        return REFUSE(illegal_transition);
    }

    if (d->c->origin == ORIGIN_SERVER && d->c->actor == NOBODY
        && d->now < a->next_open_at)
    {
        return REFUSE(illegal_transition);
    }

    /* what the clock does when it runs */

    if (d->c->lot_id == 0
        && (lot_next_in_queue(a) == NULL || a->rules.nomination))
    {
        return advances(d);
    }

    lot = d->c->lot_id != 0 ? lot_find(a, d->c->lot_id)
                            : lot_next_in_queue(a);

    if (lot == NULL) {
        return REFUSE(not_found);
    }

    if (lot->status != LOT_QUEUED) {
        return REFUSE(illegal_transition);
    }

    if (!dutch_ready(a, lot)) {
        /* unreachable: the start asks for it, and no lot comes without */
        return REFUSE_WITH(not_ready, "The lot has no price to fall from.");
    }

    lot_opens(d, lot, d->now + lot_duration(a, lot));

    return ACCEPT;
}


static void
lot_gains(decision_t *d, const lot_t *lot, int64_t ms, how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_TIMER);

    e->lot_id = lot->id;
    e->round = lot->round;
    e->ends_at = lot->ends_at + ms;
    e->ms = ms;
    e->how = how;
}


static int
gain_is_sane(int64_t ms)
{
    return ms > 0 && ms <= MAX_DURATION_MS;
}


refusal_t
decide_lot_extend(decision_t *d)
{
    lot_t  *lot;

    if (d->a->status != AUCTION_LIVE) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_OPEN) {
        return REFUSE(illegal_transition);
    }

    if (!gain_is_sane(d->c->ms) || lot->ends_at + d->c->ms > MAX_TIME_MS) {
        return REFUSE_WITH(invalid_params, "ms");
    }

    lot_gains(d, lot, d->c->ms, HOW_HOST);

    return ACCEPT;
}


refusal_t
decide_recover(decision_t *d)
{
    lot_t     *lot;
    uint32_t   i;

    if (d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING) {
        return REFUSE(illegal_transition);
    }

    if (!gain_is_sane(d->c->ms)) {
        return REFUSE_WITH(invalid_params, "ms");
    }

    lot = auction_lots(d->a);

    for (i = 0; i < d->a->nlots; i++) {
        if (lot[i].status == LOT_OPEN
            && lot[i].ends_at + d->c->ms <= MAX_TIME_MS)
        {
            lot_gains(d, &lot[i], d->c->ms, HOW_RECOVERY);
        }
    }

    if (d->a->status == AUCTION_LIVE && d->a->turn_ends_at != 0) {
        turn_gains(d, d->c->ms);
    }

    return d->n != 0 ? ACCEPT : REFUSE(illegal_transition);
}


refusal_t
decide_lot_hold(decision_t *d)
{
    lot_t  *lot;

    if (d->a->status != AUCTION_LIVE) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_OPEN) {
        return REFUSE(illegal_transition);
    }

    decision_event(d, EV_LOT_FROZEN)->lot_id = lot->id;

    return ACCEPT;
}


refusal_t
decide_lot_resume(decision_t *d)
{
    lot_t    *lot;
    event_t  *e;

    if (d->a->status != AUCTION_LIVE) {
        return REFUSE(illegal_transition);
    }

    lot = lot_named(d);

    if (lot == NULL) {
        return no_such_lot(d);
    }

    if (lot->status != LOT_FROZEN) {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_LOT_RESUMED);
    e->lot_id = lot->id;
    e->ends_at = clock_later(lot->ends_at, d->now - lot->frozen_at);

    return ACCEPT;
}
