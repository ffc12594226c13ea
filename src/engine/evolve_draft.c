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
