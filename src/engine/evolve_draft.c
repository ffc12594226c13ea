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
