/*
 * probe: what the two files of the test module share.
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

/* Cuts the text before the next separator off. */
ngx_str_t probe_cut(ngx_str_t *text, u_char separator);

/* For gavel_pg_on_connect() and gavel_redis_on_change(). */
void probe_connected(void *data);
void probe_redis_changed(ngx_uint_t up);

#endif
