/*
 * parts: what the files of this room show each other.
 */

#ifndef GAVEL_CLUSTER_PARTS_H
#define GAVEL_CLUSTER_PARTS_H

#include "cluster/cluster.h"
#include "core/times.h"
#include "redis/redis.h"

/* NULL until the room is created and once it is destroyed. */
extern ngx_log_t   *gavel_cluster_log;

/* The worker is going away: it takes no home any more. */
extern ngx_uint_t   gavel_cluster_draining;

/* Housekeeping timers do not keep a worker alive that shuts down. */
void gavel_cluster_timer(ngx_event_t *ev, ngx_event_handler_pt handler);

/* Zeroed memory of the node, in the master, always in the same order; NULL:
 * there is no more. */
void *gavel_shared(size_t size);

void gavel_time_share(void);
ngx_int_t gavel_time_create(ngx_cycle_t *cycle);
void gavel_time_destroy(void);

ngx_int_t gavel_inbox_create(ngx_cycle_t *cycle);
void gavel_inbox_destroy(void);

ngx_int_t gavel_home_create(ngx_cycle_t *cycle);
void gavel_home_release_all(void);
void gavel_home_destroy(void);

ngx_int_t gavel_presence_create(ngx_cycle_t *cycle);
void gavel_presence_destroy(void);

ngx_int_t gavel_counter_create(ngx_cycle_t *cycle);
void gavel_counter_destroy(void);

#endif
