/*
 * evolve_lots: what events do to lots.
 */

#include "engine/inner.h"

#include <string.h>


static int
keep(journal_t *j, const auction_t *a, const lot_t *lot)
{
    return journal_keep(j, a, lot, sizeof(lot_t));
}


int
evolve_lot_queued(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;

    if (auction_over(a) || a->status == AUCTION_ENDING
        || a->nlots == ENGINE_MAX_LOTS
        || e->lot_id != born_id(a, e->seq)
        || e->number != (int64_t) a->nlots + 1 || e->position != e->number
        || e->item_id < 1 || terms_wrong(a, e) != NULL
        || (a->mode == MODE_TEAM_DRAFT && player_taken(a, e->item_id))
        || e->ms < 0 || e->ms > MAX_DURATION_MS)
    {
        return -1;
    }

    if (a->nlots == a->lots_cap
        && (journal_keep_all(j, a) != 0
            || state_grow(ap, a->nlots + 1, a->nteams, a->nbids) != 0))
    {
        return -1;
    }

    a = *ap;
    lot = &auction_lots(a)[a->nlots];

    if (keep(j, a, lot) != 0) {
        return -1;
    }

    memset(lot, 0, sizeof(lot_t));

    lot->id = e->lot_id;
    lot->item_id = e->item_id;
    lot->number = (uint32_t) e->number;
    lot->position = (uint32_t) e->position;
    lot->status = LOT_QUEUED;
    lot->duration_ms = e->ms;
    terms_to_lot(lot, e);

    a->nlots++;

    return 0;
}


int
evolve_lot_changed(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = lot_find(*ap, e->lot_id);

    if (lot == NULL || lot->status != LOT_QUEUED || auction_over(*ap)
        || terms_wrong(*ap, e) != NULL || keep(j, *ap, lot) != 0)
    {
        return -1;
    }

    terms_to_lot(lot, e);

    return 0;
}


/* The lot becomes the position-th of the queue; those between take the next
 * place each.  Lots that left the queue keep their places. */

int
evolve_lot_moved(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || lot->status != LOT_QUEUED || auction_over(a)
        || e->position < 1 || e->position > (int64_t) queue_length(a)
        || journal_keep(j, a, auction_lots(a), a->nlots * sizeof(lot_t)) != 0)
    {
        return -1;
    }

    queue_place(a, lot, (uint32_t) e->position);

    return 0;
}


/* Positions of all lots change: the caller has kept them. */

void
queue_place(auction_t *a, lot_t *lot, uint32_t nth)
{
    lot_t     *lots;
    uint32_t  *at, i, n, from, place, last;

    lots = auction_lots(a);
    at = lots_by_position(a);

    /* only those that wait; `from` is where the lot stands among them */

    for (i = 0, n = 0, from = 0; i < a->nlots; i++) {
        if (lots[at[i]].status == LOT_QUEUED) {
            from = &lots[at[i]] == lot ? n : from;
            at[n++] = at[i];
        }
    }

    last = nth - 1;
    place = lots[at[last]].position;

    if (last < from) {
        for (i = last; i < from; i++) {
            lots[at[i]].position = lots[at[i + 1]].position;
        }

    } else {
        for (i = last; i > from; i--) {
            lots[at[i]].position = lots[at[i - 1]].position;
        }
    }

    lot->position = place;
}


/* The lot leaves the block.  In a pause no time passes before the next. */

static void
clear_block(auction_t *a, const event_t *e)
{
    int64_t  since;

    a->current = 0;
    since = a->status == AUCTION_PAUSED ? a->paused_at : e->ts;

    if (a->status != AUCTION_ENDING && a->rules.one_at_a_time
        && a->rules.auto_next_ms >= 0)
    {
        a->next_open_at = since + a->rules.auto_next_ms;
    }
}


int
evolve_lot_withdrawn(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || auction_over(a)
        || (lot->status != LOT_QUEUED && lot->status != LOT_FROZEN)
        || hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0
        || bids_forget(a, lot, j) != 0)
    {
        return -1;
    }

    if (lot->status == LOT_FROZEN) {
        hold_release(a, lot);
        clear_block(a, e);
    }

    lot->status = LOT_WITHDRAWN;
    lot->frozen_at = 0;

    return 0;
}


/* Bids of the round before; maxima that wait for this one stay. */

static int
forget_round(auction_t *a, lot_t *lot, journal_t *j)
{
    bid_t  *bid, *older;

    for (bid = bid_newest(a, lot); bid != NULL; bid = older) {

        older = bid_before(a, bid);

        if (bid->flags & BID_PRE) {
            continue;
        }

        lot->hidden_bids -= (bid->flags & BID_SEALED) != 0;

        if (bid_drop(a, lot, bid, j) != 0) {
            return -1;
        }
    }

    return 0;
}


int
evolve_lot_opened(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    int64_t     price;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || lot->status != LOT_QUEUED
        || a->status != AUCTION_LIVE
        || (a->rules.one_at_a_time && a->current != 0)
        || e->item_id != lot->item_id
        || e->round != (int64_t) lot->round + 1
        || e->base_price != lot->base_price
        || !dutch_ready(a, lot) || e->min_next != lot_first_price(a, lot)
        || e->ends_at <= e->ts
        || keep(j, a, lot) != 0 || forget_round(a, lot, j) != 0

        /* maxima that were meant for another format are worth nothing */

        || (a->rules.format != FORMAT_OPEN && bids_forget(a, lot, j) != 0))
    {
        return -1;
    }

    lot_begins(lot);
    lot->opened_at = e->ts;
    lot->ends_at = e->ends_at;
    lot->falls_from = a->rules.format == FORMAT_DUTCH ? e->ts : 0;
    lot->cycle = a->cycle;

    lot->hard_end = clock_hard_end(&a->rules.clock, e->ts, e->ends_at);

    a->undo_lot = 0;
    a->on_turn = 0;
    a->turn_ends_at = 0;

    if (a->rules.one_at_a_time) {
        a->current = (uint32_t) (lot - auction_lots(a)) + 1;
    }

    a->next_open_at = 0;

    return lot->hidden_bids != 0 && pre_bid_reacts(a, lot, &price) == NULL
           ? pre_bids_drop(a, lot, j) : 0;
}


int
evolve_lot_timer(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || lot->status != LOT_OPEN
        || (a->status != AUCTION_LIVE && a->status != AUCTION_ENDING)
        || e->round != (int64_t) lot->round
        || (e->how != HOW_HOST && e->how != HOW_RECOVERY)
        || e->ms < 1 || e->ms > MAX_DURATION_MS
        || e->ends_at != lot->ends_at + e->ms
        || e->ends_at > MAX_TIME_MS
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    lot->ends_at = e->ends_at;

    if (lot->hard_end != 0) {
        lot->hard_end += e->ms;
    }

    /* what the host gives is more time to take a lower price */

    if (e->how == HOW_RECOVERY && lot->falls_from != 0) {
        lot->falls_from += e->ms;
    }

    return 0;
}


int
evolve_lot_frozen(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = lot_find(*ap, e->lot_id);

    if (lot == NULL || lot->status != LOT_OPEN
        || ((*ap)->status != AUCTION_LIVE && (*ap)->status != AUCTION_ENDING)
        || keep(j, *ap, lot) != 0)
    {
        return -1;
    }

    lot->status = LOT_FROZEN;
    lot->frozen_at = e->ts;

    return 0;
}


int
evolve_lot_resumed(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t    *lot;
    int64_t   ms;

    lot = lot_find(*ap, e->lot_id);

    if (lot == NULL || lot->status != LOT_FROZEN
        || (*ap)->status != AUCTION_LIVE)
    {
        return -1;
    }

    ms = e->ts - lot->frozen_at;

    if (e->ends_at != clock_later(lot->ends_at, ms) || keep(j, *ap, lot) != 0) {
        return -1;
    }

    lot_shift(lot, ms);
    lot->status = LOT_OPEN;
    lot->frozen_at = 0;

    return 0;
}


/* The hold becomes the price. */

int
evolve_lot_sold(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    team_t     *t;
    auction_t  *a;

    if (e->how == HOW_OFFER) {
        return evolve_offer_taken(ap, e, j);
    }

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || !may_sell(a, lot, e)
        || hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0
        || sealed_forget(a, lot, j) != 0)
    {
        return -1;
    }

    hold_release(a, lot);

    t = lot->leader_team != NOBODY ? team_find(a, lot->leader_team) : NULL;

    if (t != NULL) {
        sale_take(a, t, lot);
    }

    if (lot->quantity != 0) {
        lot->units++;
    }

    lot->status = LOT_SOLD;
    lot->frozen_at = 0;
    lot->offer_until = 0;
    clear_block(a, e);
    a->undo_lot = (uint32_t) (lot - auction_lots(a)) + 1;

    return 0;
}


int
evolve_lot_unsold(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || !may_pass(a, lot, e)
        || hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0
        || sealed_forget(a, lot, j) != 0)
    {
        return -1;
    }

    hold_release(a, lot);

    lot->status = LOT_UNSOLD;
    lot->frozen_at = 0;
    lot->offer_until = 0;
    clear_block(a, e);
    a->undo_lot = (uint32_t) (lot - auction_lots(a)) + 1;

    return 0;
}
