/*
 * lane: a short queue in which the newest of a kind is enough.
 */

#include "room/lane.h"

#include <stdlib.h>


#define LANE_SMALL  4


static int lane_grow(lane_t **lane);
static lane_item_t *lane_at(lane_t *l, uint32_t i);
static lane_item_t *lane_find(lane_t *l, uint64_t key);


int
lane_put(lane_t **lane, const lane_item_t *item, lane_item_t *old)
{
    lane_t       *l;
    lane_item_t  *place;

    old->data = NULL;
    place = lane_find(*lane, item->key);

    if (place != NULL) {
        *old = *place;
        (*lane)->bytes += item->cost - old->cost;
        *place = *item;

        return 0;
    }

    if ((*lane == NULL || (*lane)->count == (*lane)->size)
        && lane_grow(lane) == -1)
    {
        return -1;
    }

    l = *lane;
    *lane_at(l, l->count++) = *item;
    l->bytes += item->cost;

    return 0;
}


int
lane_take(lane_t **lane, lane_item_t *oldest)
{
    lane_t  *l;

    l = *lane;

    if (l == NULL) {
        return 0;
    }

    *oldest = *lane_at(l, 0);
    l->head++;
    l->count--;
    l->bytes -= oldest->cost;

    if (l->count == 0) {
        free(l);
        *lane = NULL;
    }

    return 1;
}


const lane_item_t *
lane_peek(const lane_t *lane, uint32_t i)
{
    return (lane != NULL && i < lane->count)
           ? &lane->items[(lane->head + i) & (lane->size - 1)] : NULL;
}


size_t
lane_memory(const lane_t *lane)
{
    return lane ? sizeof(lane_t) + lane->size * sizeof(lane_item_t) : 0;
}


static lane_item_t *
lane_at(lane_t *l, uint32_t i)
{
    return &l->items[(l->head + i) & (l->size - 1)];
}


static lane_item_t *
lane_find(lane_t *l, uint64_t key)
{
    uint32_t  i;

    if (l == NULL || key == 0) {
        return NULL;
    }

    for (i = 0; i < l->count; i++) {
        if (lane_at(l, i)->key == key) {
            return lane_at(l, i);
        }
    }

    return NULL;
}


static int
lane_grow(lane_t **lane)
{
    lane_t    *l, *old;
    uint32_t   i, size;

    old = *lane;
    size = old ? old->size * 2 : LANE_SMALL;

    l = malloc(sizeof(lane_t) + size * sizeof(lane_item_t));
    if (l == NULL) {
        return -1;
    }

    l->head = 0;
    l->count = old ? old->count : 0;
    l->bytes = old ? old->bytes : 0;
    l->size = size;

    for (i = 0; i < l->count; i++) {
        l->items[i] = *lane_at(old, i);
    }

    free(old);
    *lane = l;

    return 0;
}
