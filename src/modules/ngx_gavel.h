/*
 * ngx_gavel: the main configuration of Gavel, shared by its modules.
 */

#ifndef NGX_GAVEL_H
#define NGX_GAVEL_H

#include "core/core.h"
#include <ngx_http.h>

#include "pg/pg.h"
#include "redis/redis.h"
#include "api/api.h"
#include "auth/auth.h"

typedef struct {
    gavel_pg_conf_t       database;
    gavel_pg_conf_t       replica;          /* hosts NULL: there is none */
    gavel_redis_conf_t    redis;
    gavel_auth_conf_t     auth;
    gavel_api_t           api;
    ngx_flag_t            rate_limits;
    ngx_msec_t            cache;
    ngx_flag_t            cookie_secure;
    ngx_uint_t            bcrypt_cost;
    ngx_array_t          *cors_origins;     /* of ngx_str_t */
    ngx_resolver_t       *resolver;         /* of http, or NULL */
    unsigned              located:1;        /* some location is Gavel's */
} ngx_gavel_conf_t;

extern ngx_module_t  ngx_gavel;

#endif
