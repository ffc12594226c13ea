/*
 * evolve_draft: what the events of a draft do to its lots and teams.
 */

#include "engine/inner.h"

#include <string.h>


int
evolve_lot_folded(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_find(a, e->team_id);

    if (lot == NULL || t == NULL || a->mode != MODE_TEAM_DRAFT
        || a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || a->rules.format == FORMAT_SEALED
        || a->rules.format == FORMAT_VICKREY
        || e->round != (int64_t) lot->round
        || t->gone || t->suspended
        || lot->leader_team == t->id || has_folded(a, lot, t)
        || journal_keep(j, a, lot, sizeof(lot_t)) != 0)
    {
        return -1;
    }

    lot->folded |= UINT64_C(1) << (t - auction_teams(a));

    return 0;
}


/* The team takes that seat; those between move by one. */

int
evolve_team_moved(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t     *t, *moved;
    uint32_t    i, from, to;
    auction_t  *a;

    a = *ap;
    moved = team_find(a, e->team_id);
    t = auction_teams(a);

    if (moved == NULL || moved->gone || !auction_prepares(a)
        || e->position < 1 || e->position > (int64_t) teams_present(a)
        || journal_keep(j, a, t, a->nteams * sizeof(team_t)) != 0)
    {
        return -1;
    }

    from = moved->seat;
    to = (uint32_t) e->position;

    for (i = 0; i < a->nteams; i++, t++) {

        if (from < to && t->seat > from && t->seat <= to) {
            t->seat--;

        } else if (from > to && t->seat < from && t->seat >= to) {
            t->seat++;
        }
    }

    moved->seat = to;

    return 0;
}


int
evolve_draw_committed(auction_t **ap, const event_t *e, journal_t *j)
{
    auction_t      *a;
    unsigned char   digest[ENGINE_HASH_LEN];

    (void) j;

    a = *ap;
    digest_of(e->seed, ENGINE_NONCE_LEN, digest);

    if (a->status != AUCTION_SCHEDULED || a->drawn != 0
        || !draw_needed(&a->rules) || !e->has_seed || !e->has_digest
        || memcmp(digest, e->digest, ENGINE_HASH_LEN) != 0)
    {
        return -1;
    }

    a->drawn = 1;
    memcpy(a->seed, e->seed, ENGINE_NONCE_LEN);

    return 0;
}


int
evolve_draw_revealed(auction_t **ap, const event_t *e, journal_t *j)
{
    uint32_t   *at, i, seat[ENGINE_MAX_TEAMS];
    auction_t  *a;

    a = *ap;

    if ((a->status != AUCTION_SCHEDULED && a->status != AUCTION_LOBBY)
        || a->drawn != 1 || !draw_needed(&a->rules)
        || !e->has_seed || !e->has_digest
        || memcmp(e->seed, a->seed, ENGINE_NONCE_LEN) != 0
        || memcmp(e->digest, a->head, ENGINE_HASH_LEN) != 0
        || journal_keep(j, a, auction_lots(a), a->nlots * sizeof(lot_t)) != 0
        || journal_keep(j, a, auction_teams(a),
                        a->nteams * sizeof(team_t)) != 0)
    {
        return -1;
    }

    at = draw_of(a, e->seed, e->digest, seat);

    for (i = 0; i < a->nlots; i++) {
        auction_lots(a)[at[i]].position = i + 1;
    }

    for (i = 0; i < a->nteams; i++) {
        auction_teams(a)[i].seat = seat[i];
    }

    a->drawn = 2;

    return 0;
}


/* What is dealt out is what deal_next() deals out; what the host gives is
 * asked of the same check as his command. */

static int
may_assign(const auction_t *a, const lot_t *lot, const team_t *t,
    const event_t *e)
{
    const team_t  *to;

    if (lot == NULL || t == NULL || t->gone
        || a->mode != MODE_TEAM_DRAFT)
    {
        return 0;
    }

    switch (e->how) {

    case HOW_PRE:
        return auction_prepares(a)
               && assign_check(a, lot, t, e->price).code == GAVEL_OK;

    case HOW_ASSIGN:
        return !auction_prepares(a)
               && assign_check(a, lot, t, e->price).code == GAVEL_OK;

    case HOW_AUTO:
        return a->status == AUCTION_LIVE && !block_is_taken(a)
               && e->price == 0
               && deal_next(a, auction_teams(a), NULL, &to) == lot
               && to == t;
    }

    return 0;
}


int
evolve_lot_assigned(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_find(a, e->team_id);

    if (!may_assign(a, lot, t, e)
        || journal_keep(j, a, lot, sizeof(lot_t)) != 0
        || journal_keep(j, a, t, sizeof(team_t)) != 0
        || bids_forget(a, lot, j) != 0)
    {
        return -1;
    }

    lot->status = LOT_ASSIGNED;
    lot->price = e->price;
    lot->leader = t->leader;
    lot->leader_team = t->id;
    lot->leader_bid = 0;
    lot->leader_max = 0;
    lot->bid_count = 0;
    lot->bonus = 0;

    sale_take(a, t, lot);

    a->undo_lot = e->how == HOW_ASSIGN && a->status == AUCTION_LIVE
                  ? (uint32_t) (lot - auction_lots(a)) + 1 : 0;

    return 0;
}


static int
turn_gained(const auction_t *a, const event_t *e)
{
    return a->status == AUCTION_LIVE && a->turn_ends_at != 0
           && e->number == (int64_t) a->turns
           && e->team_id == auction_teams(a)[a->on_turn - 1].id
           && e->until > a->turn_ends_at
           && e->until <= a->turn_ends_at + MAX_DURATION_MS
           && e->until <= MAX_TIME_MS;
}


int
evolve_turn_started(auction_t **ap, const event_t *e, journal_t *j)
{
    asks_t      asks;
    int64_t     until;
    uint32_t    team;
    auction_t  *a;

    (void) j;

    a = *ap;

    if (turn_gained(a, e)) {
        a->turn_ends_at = e->until;
        return 0;
    }

    until = a->rules.nomination_ms != 0 ? e->ts + a->rules.nomination_ms : 0;

    if (a->status != AUCTION_LIVE || block_is_taken(a)
        || !queue_holds(a, NULL) || turn_stands(a) || e->until != until)
    {
        return -1;
    }

    asks_of(a, NULL, &asks);

    if (e->number < 1
        || e->number != (int64_t) turn_next(a, auction_teams(a), &asks, &team)
        || e->team_id != auction_teams(a)[team].id)
    {
        return -1;
    }

    a->turns = (uint32_t) e->number;
    a->on_turn = team + 1;
    a->turn_ends_at = until;
    a->next_open_at = 0;

    return 0;
}


/* What went unsold waits again, in its order. */

int
evolve_cycle_started(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    int64_t     bonus;
    uint32_t    i;
    auction_t  *a;

    a = *ap;
    lot = auction_lots(a);

    if (a->status != AUCTION_LIVE || block_is_taken(a)
        || queue_holds(a, NULL)
        || e->cycle != (int64_t) a->cycle + 1
        || e->count < 1 || e->count != (int64_t) cycle_lots(a, NULL)
        || (a->mode == MODE_TEAM_DRAFT
            && !anyone_has_room(a, auction_teams(a)))
        || journal_keep(j, a, lot, a->nlots * sizeof(lot_t)) != 0)
    {
        return -1;
    }

    bonus = cycle_bonus(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status != LOT_UNSOLD) {
            continue;
        }

        lot->status = LOT_QUEUED;
        lot->base_price = cycle_base(a, lot);
        lot->bonus = bonus;
        lot->price = 0;
        lot->leader = NOBODY;
        lot->leader_team = NOBODY;
        lot->leader_bid = 0;
        lot->leader_max = 0;
    }

    a->cycle++;
    a->undo_lot = 0;
    turn_back(a);

    return 0;
}
