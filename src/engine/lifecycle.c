/*
 * lifecycle: an auction from draft to its end, as the host and the clock
 * drive it.
 */

#include "engine/inner.h"

#include <string.h>


#define AWARD_WAIT_MS  600000
#define SETTLE_MS      600000


static void
add_reason(event_t *e, const command_t *c)
{
    e->reason_len = c->reason_len;
    memcpy(e->reason, c->reason, c->reason_len);
}


/* The clock must not be early; people may. */

static int
clock_is_early(const decision_t *d, int64_t at)
{
    return d->c->origin == ORIGIN_SERVER && d->c->actor == NOBODY
           && d->now < at;
}


refusal_t
decide_create(decision_t *d)
{
    rules_t           rules;
    event_t          *e;
    const char       *what;
    const command_t  *c;

    c = d->c;

    if (auction_mode_name(c->mode) == NULL) {
        return REFUSE_WITH(invalid_params, "mode");
    }

    if (c->rules != NULL) {

        if (!rules_valid(c->rules, c->mode, &what)) {
            return REFUSE_WITH(invalid_rules, what);
        }

        rules_copy(&rules, c->rules);

    } else {
        rules_default(&rules, c->mode);
    }

    e = decision_event(d, EV_AUCTION_CREATED);

    e->mode = c->mode;
    e->user_id = c->user_id != NOBODY ? c->user_id : c->actor;
    e->starts_at = c->starts_at > 0 ? c->starts_at : 0;
    e->ends_at = c->ends_at > 0 ? c->ends_at : 0;
    e->rules = rules;

    if (e->user_id < 1 || e->user_id > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "owner_id");
    }

    if (e->ends_at != 0 && e->ends_at <= e->starts_at) {
        return REFUSE_WITH(invalid_params, "ends_at");
    }

    return ACCEPT;
}


refusal_t
decide_update(decision_t *d)
{
    int64_t           starts_at, ends_at;
    event_t          *e;
    const char       *what;
    const auction_t  *a;
    const command_t  *c;

    a = d->a;
    c = d->c;

    if (a->status != AUCTION_DRAFT && a->status != AUCTION_SCHEDULED) {
        return REFUSE(illegal_transition);
    }

    if (c->rules != NULL && !rules_valid(c->rules, a->mode, &what)) {
        return REFUSE_WITH(invalid_rules, what);
    }

    starts_at = c->starts_at >= 0 ? c->starts_at : a->starts_at;
    ends_at = c->ends_at >= 0 ? c->ends_at : a->ends_at;

    if (starts_at == 0 && a->status == AUCTION_SCHEDULED) {
        return REFUSE_WITH(invalid_params, "starts_at");
    }

    if (ends_at != 0 && ends_at <= starts_at) {
        return REFUSE_WITH(invalid_params, "ends_at");
    }

    e = decision_event(d, EV_AUCTION_UPDATED);

    e->starts_at = c->starts_at;
    e->ends_at = c->ends_at;

    if (c->rules != NULL) {
        rules_copy(&e->rules, c->rules);

        if (a->status == AUCTION_SCHEDULED && a->drawn == 0
            && draw_needed(c->rules))
        {
            draw_commits(d);
        }
    }

    return ACCEPT;
}


/* From the lobby this is a postponement. */

refusal_t
decide_publish(decision_t *d)
{
    int64_t           starts_at;
    event_t          *e;
    const auction_t  *a;

    a = d->a;

    if (a->status != AUCTION_DRAFT && a->status != AUCTION_LOBBY) {
        return REFUSE(illegal_transition);
    }

    starts_at = d->c->starts_at > 0 ? d->c->starts_at : a->starts_at;

    if (starts_at == 0) {
        return REFUSE_WITH(not_ready, "The time of the start is not set.");
    }

    if (a->ends_at != 0 && a->ends_at <= starts_at) {
        return REFUSE_WITH(not_ready, "The end lies before the start.");
    }

    e = decision_event(d, EV_AUCTION_SCHEDULED);
    e->starts_at = starts_at;

    if (draw_needed(&a->rules)) {
        draw_commits(d);
    }

    return ACCEPT;
}


refusal_t
decide_unpublish(decision_t *d)
{
    if (d->a->status != AUCTION_SCHEDULED) {
        return REFUSE(illegal_transition);
    }

    (void) decision_event(d, EV_AUCTION_UNSCHEDULED);

    return ACCEPT;
}


refusal_t
decide_lobby(decision_t *d)
{
    if (d->a->status != AUCTION_SCHEDULED
        || clock_is_early(d, d->a->starts_at))
    {
        return REFUSE(illegal_transition);
    }

    (void) decision_event(d, EV_AUCTION_LOBBY);

    return ACCEPT;
}


/* A timed sale opens all its lots at once; they end one after another. */

static void
lots_open(decision_t *d, const uint32_t *at)
{
    lot_t            *lot;
    int64_t           end, duration;
    uint32_t          i, n;
    const auction_t  *a;

    a = d->a;

    for (i = 0, n = 0; i < a->nlots; i++) {

        lot = &auction_lots(a)[at[i]];

        if (lot->status != LOT_QUEUED) {
            continue;
        }

        duration = lot_duration(a, lot);

        end = lot->duration_ms == 0 && a->ends_at > d->now
              ? a->ends_at : d->now + duration;

        lot_opens(d, lot, clock_later(end, n * a->rules.stagger_ms));
        n++;
    }
}


refusal_t
decide_start(decision_t *d)
{
    uint32_t         *at, seat[ENGINE_MAX_TEAMS];
    refusal_t         r;
    const auction_t  *a;

    a = d->a;

    if (a->status != AUCTION_SCHEDULED && a->status != AUCTION_LOBBY) {
        return REFUSE(illegal_transition);
    }

    if (clock_is_early(d, a->starts_at)) {
        return REFUSE(illegal_transition);
    }

    r = auction_ready(a);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (draw_needed(&a->rules)) {
        draw_reveals(d);
        at = draw_of(a, a->seed, a->head, seat);

    } else {
        at = lots_by_position(a);
    }

    (void) decision_event(d, EV_AUCTION_STARTED);

    if (a->mode == MODE_TIMED && !a->rules.one_at_a_time) {
        lots_open(d, at);
    }

    return ACCEPT;
}


refusal_t
decide_pause(decision_t *d)
{
    if (d->a->status != AUCTION_LIVE) {
        return REFUSE(illegal_transition);
    }

    (void) decision_event(d, EV_AUCTION_PAUSED);

    return ACCEPT;
}


refusal_t
decide_resume(decision_t *d)
{
    event_t  *e;

    if (d->a->status != AUCTION_PAUSED) {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_AUCTION_RESUMED);
    e->ms = d->now - d->a->paused_at;

    end_if_empty(d);

    return ACCEPT;
}


int64_t
amount_added(int64_t sum, int64_t v)
{
    return v > ENGINE_MAX_AMOUNT - sum ? ENGINE_MAX_AMOUNT : sum + v;
}


/* Sold, unsold and what was paid in all, which is no more than an amount can
 * be; 0 while a lot is still undecided.  In `price` is what older logs tell as
 * paid: the prices of the lots, of reverse rounds too, of units the last. */

int
auction_sums(const auction_t *a, event_t *e)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);
    e->amount = a->units_paid;

    for (i = 0; i < a->nlots; i++, lot++) {

        switch (lot->status) {

        case LOT_OFFERED:
            return 0;

        case LOT_UNSOLD:
            e->unsold++;
            break;

        case LOT_SOLD:
        case LOT_ASSIGNED:
            e->sold += lot->status == LOT_SOLD;
            e->amount = amount_added(e->amount, lot_cost(lot));
            e->price = amount_added(e->price, lot->price);
            break;
        }
    }

    return 1;
}


/* Sold and unsold lots, with those that this decision closes. */

void
auction_ends(decision_t *d)
{
    lot_t     *lot, *given;
    int64_t    sold, unsold;
    event_t   *e;
    uint32_t   i;

    lot = auction_lots(d->a);
    sold = 0;
    unsold = 0;

    for (i = 0; i < d->a->nlots; i++) {
        sold += lot_result(&lot[i]) == LOT_SOLD;
        unsold += lot_result(&lot[i]) == LOT_UNSOLD;
    }

    for (i = 0; i < d->n; i++) {
        sold += d->ev[i].type == EV_LOT_SOLD;
        unsold += d->ev[i].type == EV_LOT_UNSOLD;

        if (d->ev[i].type == EV_LOT_ASSIGNED) {
            given = lot_find(d->a, d->ev[i].lot_id);
            unsold -= lot_result(given) == LOT_UNSOLD;
        }
    }

    e = decision_event(d, EV_AUCTION_ENDED);
    e->sold = sold;
    e->unsold = unsold;
}


refusal_t
decide_end(decision_t *d)
{
    lot_t     *lot;
    uint32_t   i;

    if (d->a->status != AUCTION_LIVE && d->a->status != AUCTION_ENDING) {
        return REFUSE(illegal_transition);
    }

    if (d->a->status == AUCTION_ENDING
        && clock_is_early(d, ending_until(d->a)))
    {
        return REFUSE(illegal_transition);
    }

    lot = auction_lots(d->a);

    if (d->c->amount == 1 && d->a->status == AUCTION_LIVE) {

        /* nobody bids any more, and the host awards each open lot */

        (void) decision_event(d, EV_AUCTION_ENDING);

        if (!block_is_taken(d->a)) {
            auction_ends(d);
        }

        return ACCEPT;
    }

    for (i = 0; i < d->a->nlots; i++) {
        if (lot_on_roll(&lot[i])) {
            lot_closes(d, &lot[i], HOW_END);
        }
    }

    auction_ends(d);

    return ACCEPT;
}


refusal_t
decide_cancel(decision_t *d)
{
    if (!auction_prepares(d->a) && d->a->status != AUCTION_LIVE
        && d->a->status != AUCTION_PAUSED)
    {
        return REFUSE(illegal_transition);
    }

    add_reason(decision_event(d, EV_AUCTION_CANCELLED), d->c);

    return ACCEPT;
}


refusal_t
decide_abort(decision_t *d)
{
    if (d->a->status != AUCTION_LIVE && d->a->status != AUCTION_PAUSED) {
        return REFUSE(illegal_transition);
    }

    add_reason(decision_event(d, EV_AUCTION_ABORTED), d->c);

    return ACCEPT;
}


/* What has ended is final. */

refusal_t
decide_settle(decision_t *d)
{
    event_t           sums, *e;
    const auction_t  *a;

    a = d->a;
    memset(&sums, 0, sizeof(sums));

    if (a->status != AUCTION_ENDED || d->now < settled_at(a)
        || !auction_sums(a, &sums))
    {
        return REFUSE(illegal_transition);
    }

    e = decision_event(d, EV_AUCTION_SETTLED);
    e->sold = sums.sold;
    e->unsold = sums.unsold;
    e->amount = sums.amount;
    e->has_digest = 1;
    memcpy(e->digest, a->head, ENGINE_HASH_LEN);

    return ACCEPT;
}


int64_t
ending_until(const auction_t *a)
{
    return a->ending_at + (a->rules.award_wait_ms != 0
                           ? a->rules.award_wait_ms : AWARD_WAIT_MS);
}


int64_t
settled_at(const auction_t *a)
{
    return a->ended_at + (a->rules.settle_ms != 0 ? a->rules.settle_ms
                                                  : SETTLE_MS);
}


refusal_t
decide_new_epoch(decision_t *d)
{
    event_t  *e;

    e = decision_event(d, EV_AUCTION_RECOVERED);
    e->epoch = d->a->epoch + 1;
    add_reason(e, d->c);

    return ACCEPT;
}
