/*
 * evolve_hands: what the host's hands and the end of an auction do to it.
 */

#include "engine/inner.h"

#include <string.h>


static int
keep(journal_t *j, const auction_t *a, const lot_t *lot)
{
    return journal_keep(j, a, lot, sizeof(lot_t));
}


static lot_t *
open_round(const auction_t *a, const event_t *e)
{
    lot_t  *lot;

    lot = lot_find(a, e->lot_id);

    return lot != NULL && a->status == AUCTION_LIVE
           && lot->status == LOT_OPEN && e->round == (int64_t) lot->round
           ? lot : NULL;
}


int
evolve_lot_asked(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = open_round(*ap, e);

    if (lot == NULL || (*ap)->rules.format != FORMAT_OPEN
        || e->min_next < 1 || !base_fits(lot, e->min_next))
    {
        return -1;
    }

    if (lot->leader == NOBODY
        ? e->base_price < 0
          || e->min_next != (e->base_price > 0 ? e->base_price : 1)
        : e->base_price != lot->base_price || e->min_next <= lot->price)
    {
        return -1;
    }

    if (keep(j, *ap, lot) != 0) {
        return -1;
    }

    if (lot->leader == NOBODY) {
        lot->base_price = e->base_price;

    } else {
        lot->ask = e->min_next;
    }

    return 0;
}


int
evolve_lot_warned(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = open_round(*ap, e);

    if (lot == NULL || e->count != (int64_t) lot->warned + 1
        || keep(j, *ap, lot) != 0)
    {
        return -1;
    }

    lot->warned++;

    return 0;
}


int
evolve_lot_closing(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = open_round(*ap, e);

    if (lot == NULL || e->ends_at != lot->ends_at
        || lot_closing_at(*ap, lot) == 0
        || e->ts < lot_closing_at(*ap, lot)
        || keep(j, *ap, lot) != 0)
    {
        return -1;
    }

    lot->closing = 1;

    return 0;
}


static int
may_requeue(const auction_t *a, const lot_t *lot, const event_t *e)
{
    team_t  *t;

    if (lot == NULL || auction_over(a) || !base_fits(lot, e->base_price)
        || !dutch_fits(a, lot, e->base_price)
        || e->round != (int64_t) lot->round)
    {
        return 0;
    }

    switch (e->how) {

    case HOW_UNIT:
        return lot->status == LOT_SOLD && lot->units < lot->quantity
               && e->position == 1 && e->base_price == lot->base_price;

    case HOW_HOST:
        t = lot->leader_team != NOBODY && lot->status != LOT_UNSOLD
            ? team_find(a, lot->leader_team) : NULL;

        if (t != NULL && !sale_may_undo(a, t, lot, 0)) {
            return 0;
        }

        if (lot->status == LOT_UNSOLD || lot->status == LOT_ASSIGNED) {
            return e->position >= 1
                   && e->position <= (int64_t) queue_length(a) + 1;
        }

        return lot->status == LOT_SOLD && a->status == AUCTION_LIVE
               && a->undo_lot == (uint32_t) (lot - auction_lots(a)) + 1
               && e->position == 1;
    }

    return 0;
}


int
evolve_lot_requeued(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (!may_requeue(a, lot, e)) {
        return -1;
    }

    t = lot->leader_team != NOBODY ? team_find(a, lot->leader_team) : NULL;

    if (journal_keep(j, a, auction_lots(a), a->nlots * sizeof(lot_t)) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0))
    {
        return -1;
    }

    if (e->how == HOW_HOST && lot->status != LOT_UNSOLD) {

        if (lot->status == LOT_SOLD && lot->quantity != 0) {
            lot->units--;
        }

        if (t != NULL) {
            sale_undo(a, t, lot);
        }
    }

    if (e->how == HOW_UNIT) {
        a->units_paid = amount_added(a->units_paid, lot->price);
    }

    lot->status = LOT_QUEUED;
    lot->base_price = e->base_price;
    lot->price = 0;
    lot->leader = NOBODY;
    lot->leader_team = NOBODY;
    lot->leader_bid = 0;
    lot->leader_max = 0;
    queue_place(a, lot, (uint32_t) e->position);

    a->undo_lot = 0;

    return 0;
}


int
evolve_lot_reopened(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || a->status != AUCTION_LIVE
        || a->undo_lot != (uint32_t) (lot - auction_lots(a)) + 1
        || a->rules.format != FORMAT_OPEN
        || (lot->status != LOT_SOLD && lot->status != LOT_UNSOLD)
        || e->round != (int64_t) lot->round
        || e->ends_at <= e->ts || e->ends_at > e->ts + MAX_DURATION_MS
        || e->ends_at > MAX_TIME_MS)
    {
        return -1;
    }

    t = lot->leader_team != NOBODY ? team_find(a, lot->leader_team) : NULL;

    if (lot->status == LOT_UNSOLD && t != NULL
        && lot->price > max_possible_bid(a, t, lot))
    {
        return -1;
    }

    if (lot->status == LOT_SOLD && t != NULL
        && !sale_may_undo(a, t, lot, 1))
    {
        return -1;
    }

    if (keep(j, a, lot) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0))
    {
        return -1;
    }

    if (lot->status == LOT_SOLD) {

        if (lot->quantity != 0) {
            lot->units--;
        }

        if (t != NULL) {
            sale_undo(a, t, lot);
        }
    }

    lot->status = LOT_OPEN;
    lot->ends_at = e->ends_at;
    lot->warned = 0;
    lot->closing = 0;
    lot->folded = 0;

    if (lot->hard_end != 0 && lot->hard_end < lot->ends_at) {
        lot->hard_end = lot->ends_at;
    }

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    if (a->rules.one_at_a_time) {
        a->current = a->undo_lot;
    }

    a->undo_lot = 0;
    a->next_open_at = 0;
    turn_back(a);

    return 0;
}


int
evolve_auction_settled(auction_t **ap, const event_t *e, journal_t *j)
{
    event_t     sums;
    auction_t  *a;

    (void) j;

    a = *ap;
    memset(&sums, 0, sizeof(sums));

    if (a->status != AUCTION_ENDED || !auction_sums(a, &sums)
        || e->sold != sums.sold || e->unsold != sums.unsold
        || (e->amount != sums.amount && e->amount != sums.price)
        || !e->has_digest
        || memcmp(e->digest, a->head, ENGINE_HASH_LEN) != 0)
    {
        return -1;
    }

    a->status = AUCTION_SETTLED;

    return 0;
}
