/*
 * presence: how many follow each auction, in the whole cluster.
 */

#ifndef GAVEL_PRESENCE_H
#define GAVEL_PRESENCE_H

#include "cluster/cluster.h"

#define GAVEL_PRESENCE_TICK  500     /* ms */

/* So many follow the auction on this worker; told to the others at the next
 * tick. */
void gavel_presence_here(uint64_t auction, ngx_uint_t viewers);

/* So many follow it in the cluster, as far as this worker has heard; while
 * Redis is away, on this node. */
ngx_uint_t gavel_presence(uint64_t auction);

/* Of the workers where it is followed exactly one writes down how many they
 * are: is it this one? */
ngx_uint_t gavel_presence_first(uint64_t auction);

#endif
