/*
 * seen: what workers of one node leave for each other of presence, in memory
 * that the master made.
 *
 * Each worker has a slot that only it writes, with a version that is odd
 * while it does.  A slot that was not written for a while is a dead worker's
 * and may be taken.
 */

#include "cluster/parts.h"
#include "cluster/seen.h"

#define SEEN_SLOTS    128                /* workers, old and new ones */
#define SEEN_SILENCE  2000               /* ms */

typedef struct {
    ngx_atomic_t      owner;             /* process, 0: nobody */
    volatile int64_t  beat;              /* monotonic ms */
    ngx_atomic_t      version;
    volatile uint64_t n;
    seen_pair_t       pairs[SEEN_PAIRS];
} seen_slot_t;

static seen_slot_t  *seen_slots;         /* shared; NULL: none */
static seen_slot_t  *seen_mine;


void
gavel_seen_share(void)
{
    seen_slots = gavel_shared(SEEN_SLOTS * sizeof(seen_slot_t));
}


static ngx_uint_t
seen_dead(const seen_slot_t *s, int64_t now)
{
    return s->owner == 0 || now - s->beat > SEEN_SILENCE;
}


void
gavel_seen_create(void)
{
    int64_t             now;
    ngx_uint_t          i;
    seen_slot_t        *s;
    ngx_atomic_uint_t   owner;

    seen_mine = NULL;
    now = gavel_monotonic_ms();

    for (i = 0; seen_slots != NULL && i < SEEN_SLOTS; i++) {
        s = &seen_slots[i];
        owner = s->owner;

        if (seen_dead(s, now)
            && ngx_atomic_cmp_set(&s->owner, owner,
                                  (ngx_atomic_uint_t) ngx_pid))
        {
            s->beat = now;
            s->n = 0;
            s->version = 0;
            seen_mine = s;
            return;
        }
    }
}


void
gavel_seen_destroy(void)
{
    if (seen_mine != NULL) {
        seen_mine->n = 0;
        seen_mine->owner = 0;
        seen_mine = NULL;
    }
}


void
gavel_seen_begin(void)
{
    /* after a long stall somebody else may have taken it */

    if (seen_mine != NULL
        && seen_mine->owner != (ngx_atomic_uint_t) ngx_pid)
    {
        gavel_seen_create();
    }

    if (seen_mine == NULL) {
        return;
    }

    seen_mine->version++;
    ngx_memory_barrier();
    seen_mine->n = 0;
}


void
gavel_seen_add(uint64_t auction, ngx_uint_t viewers)
{
    if (seen_mine == NULL || seen_mine->n == SEEN_PAIRS) {
        return;
    }

    seen_mine->pairs[seen_mine->n].auction = auction;
    seen_mine->pairs[seen_mine->n].viewers = viewers;
    seen_mine->n++;
}


void
gavel_seen_end(void)
{
    if (seen_mine == NULL) {
        return;
    }

    ngx_memory_barrier();
    seen_mine->version++;
    seen_mine->beat = gavel_monotonic_ms();
}


void
gavel_seen_others(void (*visit)(uint64_t auction, ngx_uint_t viewers))
{
    int64_t             now;
    uint64_t            n;
    ngx_uint_t          i, k;
    seen_pair_t         pairs[SEEN_PAIRS];
    seen_slot_t        *s;
    ngx_atomic_uint_t   version;

    now = gavel_monotonic_ms();

    for (i = 0; seen_slots != NULL && i < SEEN_SLOTS; i++) {
        s = &seen_slots[i];

        if (s == seen_mine || seen_dead(s, now)) {
            continue;
        }

        version = s->version;
        ngx_memory_barrier();

        n = ngx_min(s->n, SEEN_PAIRS);
        ngx_memcpy(pairs, s->pairs, n * sizeof(seen_pair_t));

        ngx_memory_barrier();

        /* one that is being written is looked at the next time */

        if ((version & 1) || s->version != version) {
            continue;
        }

        for (k = 0; k < n; k++) {
            visit(pairs[k].auction, pairs[k].viewers);
        }
    }
}
