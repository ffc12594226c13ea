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

/* For how many ms nobody was counted under this key, as far as this worker
 * knows: at most since it hears of the others, and two minutes are as long as
 * any.  0: somebody is, or Redis is away and nobody knows. */
int64_t gavel_presence_absent(uint64_t key);

/*
 * Anything else of an auction that workers count, and all shall know: kind is
 * one of these, id says more.  The key takes the auction's place above.
 */
#define GAVEL_COUNT_LEADER    1      /* id: a leader: his sockets */
#define GAVEL_COUNT_REFUSED   2      /* id: gavel_code_t: bids refused */
#define GAVEL_COUNT_QUEUE     3      /* id: 0: commands waiting at the home */
#define GAVEL_COUNT_HOST      4      /* id: 0: sockets of its host */

uint64_t gavel_presence_key(uint64_t auction, ngx_uint_t kind, uint64_t id);

/* So many more here, or fewer. */
void gavel_presence_add(uint64_t key, ngx_int_t n);

/* One more, of those of the last minutes: begins anew after a quiet while. */
void gavel_presence_hit(uint64_t key);

/* Of the workers where it is followed exactly one writes down how many they
 * are: is it this one? */
ngx_uint_t gavel_presence_first(uint64_t auction);

#endif
