/*
 * seen: what workers of one node leave for each other of presence.
 */

#ifndef GAVEL_SEEN_H
#define GAVEL_SEEN_H

#include "cluster/presence.h"

#define SEEN_PAIRS  1022             /* auctions of one worker */

typedef struct {
    uint64_t     auction;
    uint64_t     viewers;
} seen_pair_t;

/* In the master. */
void gavel_seen_share(void);

void gavel_seen_create(void);
void gavel_seen_destroy(void);

/* Begins a new list of this worker's; adds to it; shows it. */
void gavel_seen_begin(void);
void gavel_seen_add(uint64_t auction, ngx_uint_t viewers);
void gavel_seen_end(void);

/* Visits what all other workers of the node that live have shown. */
void gavel_seen_others(void (*visit)(uint64_t auction, ngx_uint_t viewers));

#endif
