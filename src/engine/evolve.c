/*
 * evolve: the fold.  An event is checked against the state as if it came
 * from a stranger, then it changes the fields that it owns.
 *
 * Whatever goes wrong on the way, the journal's mark brings the block back;
 * without a journal every change comes after the last check.
 */

#include "engine/inner.h"

#include <string.h>


static int auction_created(auction_t **ap, const event_t *e, journal_t *j);
static int auction_updated(auction_t **ap, const event_t *e, journal_t *j);
static int auction_scheduled(auction_t **ap, const event_t *e, journal_t *j);
static int auction_unscheduled(auction_t **ap, const event_t *e, journal_t *j);
static int auction_lobby(auction_t **ap, const event_t *e, journal_t *j);
static int auction_started(auction_t **ap, const event_t *e, journal_t *j);
static int auction_paused(auction_t **ap, const event_t *e, journal_t *j);
static int auction_resumed(auction_t **ap, const event_t *e, journal_t *j);
static int auction_ending(auction_t **ap, const event_t *e, journal_t *j);
static int auction_ended(auction_t **ap, const event_t *e, journal_t *j);
static int auction_cancelled(auction_t **ap, const event_t *e, journal_t *j);
static int auction_aborted(auction_t **ap, const event_t *e, journal_t *j);
static int auction_recovered(auction_t **ap, const event_t *e, journal_t *j);


static const evolver_pt  rows[EV_MAX] = {
    [EV_AUCTION_CREATED] = auction_created,
    [EV_AUCTION_UPDATED] = auction_updated,
    [EV_AUCTION_SCHEDULED] = auction_scheduled,
    [EV_AUCTION_UNSCHEDULED] = auction_unscheduled,
    [EV_AUCTION_LOBBY] = auction_lobby,
    [EV_AUCTION_STARTED] = auction_started,
    [EV_AUCTION_PAUSED] = auction_paused,
    [EV_AUCTION_RESUMED] = auction_resumed,
    [EV_AUCTION_ENDING] = auction_ending,
    [EV_AUCTION_ENDED] = auction_ended,
    [EV_AUCTION_CANCELLED] = auction_cancelled,
    [EV_AUCTION_ABORTED] = auction_aborted,
    [EV_AUCTION_RECOVERED] = auction_recovered,
    [EV_LOT_QUEUED] = evolve_lot_queued,
    [EV_LOT_CHANGED] = evolve_lot_changed,
    [EV_LOT_MOVED] = evolve_lot_moved,
    [EV_LOT_WITHDRAWN] = evolve_lot_withdrawn,
    [EV_LOT_OPENED] = evolve_lot_opened,
    [EV_LOT_TIMER] = evolve_lot_timer,
    [EV_LOT_FROZEN] = evolve_lot_frozen,
    [EV_LOT_RESUMED] = evolve_lot_resumed,
    [EV_LOT_SOLD] = evolve_lot_sold,
    [EV_LOT_UNSOLD] = evolve_lot_unsold,
    [EV_BID_ACCEPTED] = evolve_bid_accepted,
    [EV_TEAM_JOINED] = evolve_team_joined,
    [EV_TEAM_LEADER] = evolve_team_leader,
    [EV_TEAM_SUSPENDED] = evolve_team_suspended,
    [EV_TEAM_LEFT] = evolve_team_left,
    [EV_POINTS_GRANTED] = evolve_points_granted,

    /* evolve_proxy.c */
    [EV_BID_REACTIVE] = evolve_bid_reactive,
    [EV_AUTO_BID_SET] = evolve_auto_bid_set,
    [EV_AUTO_BID_CANCELLED] = evolve_auto_bid_cancelled,
    [EV_BID_VOIDED] = evolve_bid_voided,

    [EV_SEALED_SUBMITTED] = evolve_sealed_submitted,
    [EV_SEALED_LOCKED] = evolve_sealed_locked,
    [EV_SEALED_REVEALED] = evolve_sealed_revealed,
    [EV_SEALED_REBID] = evolve_sealed_rebid,
    [EV_LOT_RESERVE_NOT_MET] = evolve_lot_reserve_not_met,
    [EV_LOT_OFFERED] = evolve_lot_offered,
    [EV_OFFER_CLOSED] = evolve_offer_closed,

    [EV_LOT_ASKED] = evolve_lot_asked,
    [EV_LOT_WARNED] = evolve_lot_warned,
    [EV_LOT_CLOSING] = evolve_lot_closing,
    [EV_LOT_REQUEUED] = evolve_lot_requeued,
    [EV_LOT_REOPENED] = evolve_lot_reopened,
    [EV_AUCTION_SETTLED] = evolve_auction_settled,

    [EV_LOT_FOLDED] = evolve_lot_folded,
    [EV_LOT_ASSIGNED] = evolve_lot_assigned,
    [EV_TURN_STARTED] = evolve_turn_started,
    [EV_CYCLE_STARTED] = evolve_cycle_started,
    [EV_TEAM_MOVED] = evolve_team_moved,
    [EV_DRAW_COMMITTED] = evolve_draw_committed,
    [EV_DRAW_REVEALED] = evolve_draw_revealed,
};


static int
in_order(const auction_t *a, const event_t *e)
{
    int64_t  epoch;

    epoch = a->epoch + (e->type == EV_AUCTION_RECOVERED);

    return e->seq == a->seq + 1 && e->epoch == epoch && e->ts >= a->ts
           && e->ts >= 1 && e->ts <= MAX_TIME_MS
           && e->seq < INT64_C(1) << ENGINE_ID_SHIFT
           && (a->status == AUCTION_VOID) == (e->type == EV_AUCTION_CREATED);
}


int
evolve(auction_t **ap, const event_t *e, journal_t *j)
{
    size_t  mark;

    if ((unsigned) e->type >= EV_MAX || rows[e->type] == NULL
        || !in_order(*ap, e))
    {
        return -1;
    }

    mark = journal_mark(j);

    /* The places in the log first, the conditions of sale are kept by who
     * changes them. */

    if (journal_keep(j, *ap, *ap, offsetof(auction_t, rules)) != 0
        || journal_keep(j, *ap, &(*ap)->current,
                        sizeof(auction_t) - offsetof(auction_t, current)) != 0
        || rows[e->type](ap, e, j) != 0)
    {
        journal_rewind(j, ap, mark);
        return -1;
    }

    (*ap)->seq = e->seq;
    (*ap)->epoch = e->epoch;
    (*ap)->ts = e->ts;

    return 0;
}


static int
auction_created(auction_t **ap, const event_t *e, journal_t *j)
{
    auction_t   *a;
    const char  *what;

    a = *ap;

    if (auction_mode_name(e->mode) == NULL || e->user_id < 1
        || !rules_valid(&e->rules, e->mode, &what)
        || e->starts_at < 0 || e->ends_at < 0
        || journal_keep(j, a, &a->rules, sizeof(rules_t)) != 0)
    {
        return -1;
    }

    a->mode = e->mode;
    a->owner = e->user_id;
    a->starts_at = e->starts_at;
    a->ends_at = e->ends_at;
    a->status = AUCTION_DRAFT;
    a->rules_version = 1;
    rules_copy(&a->rules, &e->rules);

    return 0;
}


static int
auction_updated(auction_t **ap, const event_t *e, journal_t *j)
{
    auction_t   *a;
    const char  *what;

    a = *ap;

    if (a->status != AUCTION_DRAFT && a->status != AUCTION_SCHEDULED) {
        return -1;
    }

    if (e->rules.clock.preset != 0
        && (!rules_valid(&e->rules, a->mode, &what)
            || journal_keep(j, a, &a->rules, sizeof(rules_t)) != 0))
    {
        return -1;
    }

    if (e->starts_at == 0 && a->status == AUCTION_SCHEDULED) {
        return -1;
    }

    if (e->rules.clock.preset != 0
        && journal_keep(j, a, auction_teams(a),
                        a->nteams * sizeof(team_t)) != 0)
    {
        return -1;
    }

    if (e->starts_at != -1) {
        a->starts_at = e->starts_at;
    }

    if (e->ends_at != -1) {
        a->ends_at = e->ends_at;
    }

    if (e->rules.clock.preset != 0) {
        rules_copy(&a->rules, &e->rules);
        a->rules_version++;
        roles_recount(a);
    }

    return 0;
}


static int
auction_scheduled(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) j;

    if (((*ap)->status != AUCTION_DRAFT && (*ap)->status != AUCTION_LOBBY)
        || e->starts_at < 1)
    {
        return -1;
    }

    (*ap)->status = AUCTION_SCHEDULED;
    (*ap)->starts_at = e->starts_at;
    draw_forget(*ap);

    return 0;
}


static int
move_status(auction_t *a, auction_status_t from, auction_status_t to)
{
    if (a->status != from) {
        return -1;
    }

    a->status = to;

    return 0;
}


static int
auction_unscheduled(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) e;
    (void) j;

    if (move_status(*ap, AUCTION_SCHEDULED, AUCTION_DRAFT) != 0) {
        return -1;
    }

    draw_forget(*ap);

    return 0;
}


static int
auction_lobby(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) e;
    (void) j;

    return move_status(*ap, AUCTION_SCHEDULED, AUCTION_LOBBY);
}


static int
auction_started(auction_t **ap, const event_t *e, journal_t *j)
{
    auction_t  *a;

    (void) j;
    a = *ap;

    if ((a->status != AUCTION_SCHEDULED && a->status != AUCTION_LOBBY)
        || auction_ready(a).code != GAVEL_OK
        || (draw_needed(&a->rules) && a->drawn != 2))
    {
        return -1;
    }

    a->status = AUCTION_LIVE;
    a->started_at = e->ts;

    if (a->rules.one_at_a_time && a->rules.auto_next_ms >= 0) {
        a->next_open_at = e->ts + a->rules.auto_next_ms;
    }

    return 0;
}


static int
auction_paused(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) j;

    if (move_status(*ap, AUCTION_LIVE, AUCTION_PAUSED) != 0) {
        return -1;
    }

    (*ap)->before_pause = AUCTION_LIVE;
    (*ap)->paused_at = e->ts;

    return 0;
}


/* Everything that ran goes on where it stood; what is frozen has kept its
 * remainder anyway. */

static int
auction_resumed(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    uint32_t    i;
    auction_t  *a;

    a = *ap;
    lot = auction_lots(a);

    if (a->status != AUCTION_PAUSED || e->ms != e->ts - a->paused_at
        || journal_keep(j, a, lot, a->nlots * sizeof(lot_t)) != 0)
    {
        return -1;
    }

    a->status = AUCTION_LIVE;
    a->before_pause = 0;
    a->paused_at = 0;

    if (a->next_open_at != 0) {
        a->next_open_at += e->ms;
    }

    if (a->turn_ends_at != 0) {
        a->turn_ends_at += e->ms;
    }

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status != LOT_FROZEN) {
            lot_shift(lot, e->ms);
        }
    }

    return 0;
}


/* Lots that were open wait for the host's award. */

static int
auction_ending(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    uint32_t    i;
    auction_t  *a;

    a = *ap;
    lot = auction_lots(a);

    if (journal_keep(j, a, lot, a->nlots * sizeof(lot_t)) != 0
        || move_status(a, AUCTION_LIVE, AUCTION_ENDING) != 0)
    {
        return -1;
    }

    for (i = 0; i < a->nlots; i++, lot++) {
        if (lot->status == LOT_OPEN) {
            lot->status = LOT_FROZEN;
            lot->frozen_at = e->ts;
        }
    }

    a->ending_at = e->ts;
    a->next_open_at = 0;
    a->undo_lot = 0;

    return 0;
}


static int
auction_ended(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    int64_t     sold, unsold;
    uint32_t    i;
    auction_t  *a;

    (void) j;
    a = *ap;
    lot = auction_lots(a);
    sold = 0;
    unsold = 0;

    for (i = 0; i < a->nlots; i++) {

        if (lot_on_roll(&lot[i])) {
            return -1;
        }

        sold += lot_result(&lot[i]) == LOT_SOLD;
        unsold += lot_result(&lot[i]) == LOT_UNSOLD;
    }

    if ((a->status != AUCTION_LIVE && a->status != AUCTION_ENDING)
        || e->sold != sold || e->unsold != unsold)
    {
        return -1;
    }

    a->status = AUCTION_ENDED;
    a->ended_at = e->ts;
    a->next_open_at = 0;
    a->current = 0;

    return 0;
}


static int
auction_cancelled(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    uint32_t    i;
    auction_t  *a;

    (void) e;
    a = *ap;
    lot = auction_lots(a);

    if ((!auction_prepares(a) && a->status != AUCTION_LIVE
         && a->status != AUCTION_PAUSED)
        || journal_keep(j, a, lot, a->nlots * sizeof(lot_t)) != 0
        || journal_keep(j, a, auction_teams(a),
                        a->nteams * sizeof(team_t)) != 0)
    {
        return -1;
    }

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot_on_roll(lot)) {
            hold_release(a, lot);
        }

        if (lot_on_roll(lot) || lot->status == LOT_QUEUED) {
            lot->status = LOT_VOIDED;
            lot->frozen_at = 0;
            lot->offer_until = 0;
        }

        if (lot->status == LOT_OFFERED) {
            offer_drop(lot);
        }
    }

    a->status = AUCTION_CANCELLED;
    a->paused_at = 0;
    a->before_pause = 0;
    a->next_open_at = 0;
    a->current = 0;

    return 0;
}


/* The log stays as it is; people decide what becomes of it. */

static int
auction_aborted(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) e;
    (void) j;

    if ((*ap)->status != AUCTION_LIVE && (*ap)->status != AUCTION_PAUSED) {
        return -1;
    }

    (*ap)->status = AUCTION_ABORTED;
    (*ap)->next_open_at = 0;

    return 0;
}


static int
auction_recovered(auction_t **ap, const event_t *e, journal_t *j)
{
    (void) ap;
    (void) e;
    (void) j;

    return 0;                        /* the envelope's epoch is all of it */
}
