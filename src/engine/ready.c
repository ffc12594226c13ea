/*
 * ready: may an auction begin?  A draft may when each of its teams can fill
 * its roster: with its points, its slots, and the players that there are.
 */

#include "engine/inner.h"

#include <string.h>


/* Players by quota, those of none at 0: how many wait in the queue, are still
 * missing, and may be taken at most. */

typedef struct {
    int64_t  queued[ENGINE_QUOTAS + 1];
    int64_t  missing[ENGINE_QUOTAS + 1];
    int64_t  room[ENGINE_QUOTAS + 1];
} players_t;


static void
count_queued(const auction_t *a, players_t *p)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {
        if (lot->status == LOT_QUEUED) {
            p->queued[role_of(a, lot)]++;
        }
    }
}


static void
count_wanted(const auction_t *a, const team_t *t, players_t *p)
{
    uint32_t        i;
    const quota_t  *q;

    for (i = 0; i < a->rules.nquotas; i++) {
        q = &a->rules.quotas[i];

        if (t->roles[i] < q->min) {
            p->missing[i + 1] += q->min - t->roles[i];
        }

        if (t->roles[i] < q->max) {
            p->room[i + 1] += q->max - t->roles[i];
        }
    }
}


static refusal_t
team_ready(const auction_t *a, const team_t *t)
{
    uint32_t  i;

    for (i = 0; i < a->rules.nquotas; i++) {
        if (t->roles[i] > a->rules.quotas[i].max) {
            return REFUSE_WITH(not_ready, "A team has more players of a "
                               "position than its quota.");
        }
    }

    /* who has no leader in a rehearsal is a bot */

    if (t->leader == NOBODY && !a->rules.rehearsal) {
        return REFUSE_WITH(not_ready, "A team has no leader.");
    }

    if ((int64_t) t->roster + slots_required(a, t) > t->slots) {
        return REFUSE_WITH(not_ready,
                           "A team has fewer slots than it must fill.");
    }

    if (purse_available(t) < purse_reserve(a, t)) {
        return REFUSE_WITH(not_ready,
                           "A team cannot afford its least roster.");
    }

    return ACCEPT;
}


/* All together: each position, and all of them. */

static refusal_t
players_suffice(const auction_t *a, const players_t *p, int64_t slots)
{
    int64_t   usable, all;
    uint32_t  i;

    usable = p->queued[0];
    all = p->queued[0];

    for (i = 1; i <= a->rules.nquotas; i++) {

        if (p->queued[i] < p->missing[i]) {
            return REFUSE_WITH(not_ready,
                               "There are too few players of a position.");
        }

        usable += p->queued[i] < p->room[i] ? p->queued[i] : p->room[i];
        all += p->queued[i];
    }

    if (all < slots) {
        return REFUSE_WITH(not_ready,
                           "There are fewer lots than slots to fill.");
    }

    if (usable < slots) {
        return REFUSE_WITH(not_ready,
                           "The quotas leave too few players to fill all "
                           "slots.");
    }

    return ACCEPT;
}


static refusal_t
teams_ready(const auction_t *a)
{
    team_t     *t;
    int64_t     slots;
    uint32_t    i, n;
    players_t   p;
    refusal_t   r;

    memset(&p, 0, sizeof(p));
    t = auction_teams(a);
    n = 0;
    slots = 0;

    for (i = 0; i < a->nteams; i++, t++) {

        if (t->gone) {
            continue;
        }

        r = team_ready(a, t);
        if (r.code != GAVEL_OK) {
            return r;
        }

        n++;
        slots += slots_required(a, t);
        count_wanted(a, t, &p);
    }

    if (n < 2) {
        return REFUSE_WITH(not_ready, "There are fewer than two teams.");
    }

    count_queued(a, &p);

    return players_suffice(a, &p, slots);
}


refusal_t
auction_ready(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i;

    if (lot_next_in_queue(a) == NULL) {
        return REFUSE_WITH(not_ready, "There is no lot.");
    }

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (lot[i].status == LOT_QUEUED && !dutch_ready(a, &lot[i])) {
            return REFUSE_WITH(not_ready, "A lot has no price to fall from.");
        }
    }

    return a->mode == MODE_TEAM_DRAFT ? teams_ready(a) : ACCEPT;
}
