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
#define FIRST_BIDS   16


static void
block_layout(auction_t *a, uint32_t lots, uint32_t teams, uint32_t bids)
{
    a->lots_cap = lots;
    a->teams_cap = teams;
    a->bids_cap = bids;
    a->lots_at = sizeof(auction_t);
    a->teams_at = a->lots_at + lots * (uint32_t) sizeof(lot_t);
    a->bids_at = a->teams_at + teams * (uint32_t) sizeof(team_t);
    a->size = a->bids_at + bids * (uint32_t) sizeof(bid_t);
}


auction_t *
auction_create(int64_t id)
{
    auction_t  *a, layout;

    block_layout(&layout, FIRST_LOTS, FIRST_TEAMS, FIRST_BIDS);

    a = calloc(1, layout.size);
    if (a == NULL) {
        return NULL;
    }

    block_layout(a, FIRST_LOTS, FIRST_TEAMS, FIRST_BIDS);

    a->engine_rev = ENGINE_REV;
    a->id = id;
    a->epoch = 1;

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


static uint32_t
doubled(uint32_t cap, uint32_t need)
{
    while (cap < need) {
        cap *= 2;
    }

    return cap;
}


/* Makes room for so many lots, teams and bids; -1 if there is no memory. */

int
state_grow(auction_t **ap, uint32_t lots, uint32_t teams, uint32_t bids)
{
    auction_t  *a, *b, layout;

    a = *ap;

    block_layout(&layout, doubled(a->lots_cap, lots),
                 doubled(a->teams_cap, teams), doubled(a->bids_cap, bids));

    b = calloc(1, layout.size);
    if (b == NULL) {
        return -1;
    }

    memcpy(b, a, sizeof(auction_t));
    block_layout(b, layout.lots_cap, layout.teams_cap, layout.bids_cap);

    memcpy(auction_lots(b), auction_lots(a), a->nlots * sizeof(lot_t));
    memcpy(auction_teams(b), auction_teams(a), a->nteams * sizeof(team_t));
    memcpy(auction_bids(b), auction_bids(a), a->nbids * sizeof(bid_t));

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


/* It has come up and has no result yet: it keeps the block, and the leader
 * his hold. */

int
lot_on_roll(const lot_t *lot)
{
    return lot->status == LOT_OPEN || lot->status == LOT_FROZEN
           || lot->status == LOT_LOCKED || lot->status == LOT_RESERVE;
}


int
block_is_taken(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (lot_on_roll(&lot[i])) {
            return 1;
        }
    }

    return 0;
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


uint32_t
queue_length(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i, n;

    lot = auction_lots(a);

    for (i = 0, n = 0; i < a->nlots; i++) {
        n += lot[i].status == LOT_QUEUED;
    }

    return n;
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
