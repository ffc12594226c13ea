/*
 * lane: what waits for a client and may be dropped.
 *
 * A queue of few items beside the one of state.  An item with a key takes the
 * place of an older one with the same key, so that a client that fell behind
 * gets the newest of such values once.  It knows neither messages nor nginx.
 */

#ifndef GAVEL_LANE_H
#define GAVEL_LANE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    void      *data;
    size_t     cost;                 /* bytes */
    uint64_t   key;                  /* 0: nothing takes its place */
} lane_item_t;

typedef struct {
    uint32_t     head, count, size;  /* size: a power of two */
    size_t       bytes;              /* cost of all */
    lane_item_t  items[];
} lane_t;

/*
 * Puts an item behind the others, or into the place of the one with its key.
 * *lane may be NULL and may move.  *old is the item that had the place, or
 * has no data.  -1: no memory, nothing has changed.
 */
int lane_put(lane_t **lane, const lane_item_t *item, lane_item_t *old);

/* Takes the oldest item out; 0: there is none (lane may be NULL).  The last
 * one frees the lane. */
int lane_take(lane_t **lane, lane_item_t *oldest);

/* The i-th, oldest first; NULL behind the last (lane may be NULL). */
const lane_item_t *lane_peek(const lane_t *lane, uint32_t i);

/* Bytes of the lane itself. */
size_t lane_memory(const lane_t *lane);

#endif
