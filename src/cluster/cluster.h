/*
 * cluster: what a worker knows of the others: its own id, the cluster's time,
 * which worker is the home of which auction, and the way to its inbox.
 *
 * Everything here is a hint carried by Redis (PROTOCOL 11 to 17); when Redis
 * is away the answers say so and nothing waits.
 */

#ifndef GAVEL_CLUSTER_H
#define GAVEL_CLUSTER_H

#include "core/core.h"

#define GAVEL_WORKER_ID_LEN  16

extern u_char  gavel_worker_id[GAVEL_WORKER_ID_LEN];   /* random hex */

/* In the master, at each configuration: workers leave the time to those who
 * come after them. */
ngx_int_t gavel_cluster_share(ngx_cycle_t *cycle);

/* In process init, after the clients; destroy gives up all homes at once. */
ngx_int_t gavel_cluster_create(ngx_cycle_t *cycle);
void gavel_cluster_destroy(void);

/* The worker begins to shut down gracefully: homes are given up, none is
 * claimed any more. */
void gavel_cluster_drain(void);

/* Cluster time in ms: monotonic clock + offset to the primary's clock,
 * slewed, never stepping back while it is known; -1 while unknown (PROTOCOL
 * 15): before the first sample, after a jump by more than 20 ms until four
 * samples agree, and when PostgreSQL was away for a minute.  After a jump it
 * begins anew with the primary's time, even if that is earlier. */
int64_t gavel_cluster_now(void);

/* Is Redis there for this worker (its own beats come back)? */
ngx_uint_t gavel_cluster_connected(void);

/*
 * Homes.  claim: take the home of an auction if it is free, and learn who has
 * it.  `done` gets the worker id of the home (perhaps this one), or NULL when
 * Redis is away or silent for 250 ms, or when there is none and this worker
 * drains.  It may be called from inside: when the answer is cached, or NULL.
 * A home that is held is renewed every second until released; one that was
 * won after everybody who asked had left is given back.
 */
typedef void (*gavel_home_pt)(uint64_t auction, const u_char *worker,
    void *data);
void gavel_home_claim(uint64_t auction, gavel_home_pt done, void *data);

/* The same, but takes the home away from `silent`, by compare-and-set. */
void gavel_home_seize(uint64_t auction, const u_char *silent,
    gavel_home_pt done, void *data);

/* Reads who has it now, past the cache. */
void gavel_home_read(uint64_t auction, gavel_home_pt done, void *data);

ngx_uint_t gavel_home_mine(uint64_t auction);
void gavel_home_release(uint64_t auction);
void gavel_home_detach(void *data);          /* forget waiters with data */

/*
 * Inboxes.  Messages to one worker are gathered and published once per turn
 * of the loop, framed by length, in order.  A kind is one byte; one handler a
 * kind.  `lost` (may be NULL) is called later, once for each kind in it, when
 * the publish reached nobody or could not be sent.  NGX_ERROR: not taken
 * (Redis is away, longer than 1 MiB, or 16 MiB under way); `lost` will not be
 * called for it.
 */
typedef void (*gavel_inbox_pt)(const u_char *from, const ngx_str_t *message);
typedef void (*gavel_inbox_lost_pt)(const u_char *to);
void gavel_inbox_on(u_char kind, gavel_inbox_pt handler,
    gavel_inbox_lost_pt lost);
ngx_int_t gavel_inbox_send(const u_char *to, u_char kind,
    const ngx_str_t *message);

/* Shared counters of a sliding minute, for rate limits: every worker counts
 * at once in its own memory and tells Redis in the background, once per
 * 200 ms for all keys, so that asking never waits.  Returns how many of the
 * last 60 s are known in the cluster, this one included; alone when Redis is
 * away.  At most 65,536 keys; the least recently hit are forgotten first. */
uint64_t gavel_counter_hit(const ngx_str_t *key);

#endif
