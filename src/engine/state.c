/*
 * state: the block of memory that an auction is, and how to find one's way
 * in it.  Header, lots, teams; both arrays grow by doubling, so that the same
 * log gives the same bytes everywhere.
 */

#include "engine/inner.h"

#include <stdlib.h>
#include <string.h>


#define FIRST_LOTS   8
#define FIRST_TEAMS  4


static size_t
block_size(uint32_t lots, uint32_t teams)
{
    return sizeof(auction_t) + lots * sizeof(lot_t) + teams * sizeof(team_t);
}


auction_t *
auction_create(int64_t id)
{
    auction_t  *a;

    a = calloc(1, block_size(FIRST_LOTS, FIRST_TEAMS));
    if (a == NULL) {
        return NULL;
    }

    a->size = (uint32_t) block_size(FIRST_LOTS, FIRST_TEAMS);
    a->engine_rev = ENGINE_REV;
    a->id = id;
    a->epoch = 1;
    a->lots_cap = FIRST_LOTS;
    a->teams_cap = FIRST_TEAMS;
    a->lots_at = sizeof(auction_t);
    a->teams_at = a->lots_at + FIRST_LOTS * (uint32_t) sizeof(lot_t);

    return a;
}


auction_t *
auction_copy(const auction_t *a)
{
    auction_t  *b;

    b = malloc(a->size);
    if (b != NULL) {
        memcpy(b, a, a->size);
    }

    return b;
}


/* Makes room for so many lots and teams; -1 if there is no memory. */

int
state_grow(auction_t **ap, uint32_t lots, uint32_t teams)
{
    uint32_t    lots_cap, teams_cap;
    auction_t  *a, *b;

    a = *ap;
    lots_cap = a->lots_cap;
    teams_cap = a->teams_cap;

    while (lots_cap < lots) {
        lots_cap *= 2;
    }

    while (teams_cap < teams) {
        teams_cap *= 2;
    }

    b = calloc(1, block_size(lots_cap, teams_cap));
    if (b == NULL) {
        return -1;
    }

    memcpy(b, a, sizeof(auction_t));

    b->size = (uint32_t) block_size(lots_cap, teams_cap);
    b->lots_cap = lots_cap;
    b->teams_cap = teams_cap;
    b->teams_at = b->lots_at + lots_cap * (uint32_t) sizeof(lot_t);

    memcpy(auction_lots(b), auction_lots(a), a->nlots * sizeof(lot_t));
    memcpy(auction_teams(b), auction_teams(a), a->nteams * sizeof(team_t));

    free(a);
    *ap = b;

    return 0;
}


int64_t
born_id(const auction_t *a, int64_t seq)
{
    return a->id * (INT64_C(1) << ENGINE_ID_SHIFT) + seq;
}


/* Lots stand in the order in which they were queued, so their ids rise. */

lot_t *
lot_find(const auction_t *a, int64_t lot_id)
{
    lot_t     *lots;
    uint32_t   low, high, mid;

    lots = auction_lots(a);
    low = 0;
    high = a->nlots;

    while (low < high) {
        mid = low + (high - low) / 2;

        if (lots[mid].id < lot_id) {
            low = mid + 1;

        } else {
            high = mid;
        }
    }

    return low < a->nlots && lots[low].id == lot_id ? &lots[low] : NULL;
}


lot_t *
lot_on_block(const auction_t *a)
{
    return a->current != 0 ? &auction_lots(a)[a->current - 1] : NULL;
}


int
lot_on_roll(const lot_t *lot)
{
    return lot->status == LOT_OPEN || lot->status == LOT_FROZEN;
}


lot_t *
lot_next_in_queue(const auction_t *a)
{
    lot_t     *lot, *next;
    uint32_t   i;

    next = NULL;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status == LOT_QUEUED
            && (next == NULL || lot->position < next->position))
        {
            next = lot;
        }
    }

    return next;
}


/* Positions are always a permutation of 1..nlots: item p-1 of the result is
 * the index of the lot at position p.  It stands until the next call. */

uint32_t *
lots_by_position(const auction_t *a)
{
    lot_t            *lot;
    uint32_t          i;
    static uint32_t   at[ENGINE_MAX_LOTS];

    memset(at, 0, a->nlots * sizeof(uint32_t));
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        at[lot[i].position - 1] = i;
    }

    return at;
}


team_t *
team_find(const auction_t *a, int64_t team_id)
{
    team_t    *t;
    uint32_t   i;

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        if (t[i].id == team_id) {
            return &t[i];
        }
    }

    return NULL;
}


team_t *
team_of(const auction_t *a, int64_t user_id)
{
    team_t    *t;
    uint32_t   i;

    if (user_id == NOBODY) {
        return NULL;
    }

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        if (t[i].leader == user_id && !t[i].gone) {
            return &t[i];
        }
    }

    return NULL;
}


int
auction_prepares(const auction_t *a)
{
    return a->status == AUCTION_DRAFT || a->status == AUCTION_SCHEDULED
           || a->status == AUCTION_LOBBY;
}


int
auction_over(const auction_t *a)
{
    return a->status >= AUCTION_ENDED;
}
