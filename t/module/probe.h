/*
 * probe: what the files of the test module share.
 */

#ifndef PROBE_H
#define PROBE_H

#include "pg/pg.h"
#include "redis/redis.h"
#include "task/task.h"
#include <ngx_http.h>


typedef struct {
    gavel_flow_t          flow;
    ngx_http_request_t   *r;
    gavel_reply_t         reply;
    ngx_str_t             text;         /* what the steps answer */
    u_char               *last;
    ngx_uint_t            left;         /* operations under way */
    gavel_pg_op_t       **ops;
    ngx_uint_t            nops;
    struct {
        ngx_msec_t        ms;
        ngx_msec_t        twice;
    } nap;
} probe_t;

typedef struct {
    ngx_str_t             path;
    const gavel_step_pt  *steps;
} probe_path_t;

/* Ends with an empty path. */
extern const probe_path_t  probe_paths[];

/* Adds to the answer. */
void probe_say(probe_t *p, const char *fmt, ...);

/* An argument of the request, unescaped; data NULL if it is not there. */
ngx_str_t probe_arg(probe_t *p, const char *name);

/* The last step of most paths. */
ngx_int_t probe_answer(gavel_flow_t *f);

/* Cuts the text before the next separator off. */
ngx_str_t probe_cut(ngx_str_t *text, u_char separator);

/* For gavel_pg_on_connect() and gavel_redis_on_change(). */
void probe_connected(void *data);
void probe_redis_changed(ngx_uint_t up);

/* cluster.c */

ngx_int_t probe_cluster_create(ngx_cycle_t *cycle);
void probe_cluster_destroy(void);

extern const gavel_step_pt  claim_steps[];
extern const gavel_step_pt  seize_steps[];
extern const gavel_step_pt  read_steps[];
extern const gavel_step_pt  release_steps[];
extern const gavel_step_pt  mine_steps[];
extern const gavel_step_pt  send_steps[];
extern const gavel_step_pt  got_steps[];
extern const gavel_step_pt  counter_steps[];
extern const gavel_step_pt  now_steps[];

#endif
