/*
 * known: what this worker remembers of homes, and the names of their keys.
 */

#ifndef GAVEL_KNOWN_H
#define GAVEL_KNOWN_H

#include "cluster/parts.h"

#define HOME_LEASE  3000                     /* ms */
#define HOME_BATCH  (GAVEL_REDIS_ARGS - 5)   /* homes in one script */
#define HOME_KEY    128                      /* bytes of a key at most */

typedef struct {
    ngx_rbtree_node_t   node;
    ngx_queue_t         recent;              /* least recently used last */
    ngx_queue_t         held;                /* in homes_held, if mine */
    ngx_queue_t         asks;                /* home.c's; pin it */
    uint64_t            auction;
    int64_t             until;               /* monotonic ms; 0: not known */
    u_char              worker[GAVEL_WORKER_ID_LEN];
    unsigned            mine:1;
} home_t;

/* Homes of this worker. */
extern ngx_queue_t  homes_held;

ngx_int_t homes_create(ngx_cycle_t *cycle);

/* Valid until the next turn of the loop, or as long as it is held or has
 * asks.  get makes one up; NULL when there are too many. */
home_t *homes_find(uint64_t auction);
home_t *homes_get(uint64_t auction);

/* Drops answers that hold no more, some at a time. */
void homes_expire(void);

/* What Redis said: the lease ends no later than `until`. */
void home_learn(home_t *h, const redisReply *worker, int64_t until);

/* It is not ours any more. */
void home_lose(home_t *h);

/* The name of its key, in buf of HOME_KEY bytes. */
ngx_str_t home_key(u_char *buf, uint64_t auction);

/* A script with n keys, those of argv[3] on, and `more` arguments after them;
 * argv has 3 + n + more places, the first three are filled in here. */
ngx_int_t home_eval(const ngx_str_t *script, ngx_uint_t n, ngx_uint_t more,
    ngx_str_t *argv, gavel_redis_done_pt done, void *data);

/* Gives it back. */
void home_give_up(home_t *h);

/* The renewal of what is held. */
void homes_lease_create(void);
void homes_lease_destroy(void);

extern ngx_str_t  home_me;
extern ngx_str_t  home_lease;

#endif
