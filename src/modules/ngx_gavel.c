/*
 * ngx_gavel: Gavel's main directives, and the life of its rooms in a worker.
 *
 * The one module with process init and exit: it creates the clients and rooms
 * bottom up, tells them when the worker begins to shut down, and destroys
 * them top down.
 */

#include "modules/ngx_gavel.h"
#include "modules/conf.h"
#include "modules/database.h"
#include "modules/ngx_gavel_room.h"
#include "modules/watcher.h"

#include "api/api.h"
#include "api/cache.h"
#include "api/notary.h"
#include "auction/auction.h"
#include "auth/standing.h"
#include "cluster/cluster.h"
#include "command/command.h"
#include "command/comments.h"
#include "room/room.h"
#include "core/name.h"
#include "task/task.h"


static void *ngx_gavel_create_conf(ngx_conf_t *cf);
static char *ngx_gavel_init_conf(ngx_conf_t *cf, void *conf);
static ngx_int_t ngx_gavel_postconfiguration(ngx_conf_t *cf);
static char *ngx_gavel_origins(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_gavel_init_process(ngx_cycle_t *cycle);
static void ngx_gavel_exit_process(ngx_cycle_t *cycle);
static ngx_uint_t ngx_gavel_serves(ngx_cycle_t *cycle);
static void ngx_gavel_drain(void);


static ngx_conf_num_bounds_t  ngx_gavel_cost_bounds = {
    ngx_conf_check_num_bounds, 4, 15
};


static ngx_command_t  ngx_gavel_commands[] = {

    { ngx_string("gavel_database"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      gavel_conf_database,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, database),
      NULL },

    { ngx_string("gavel_database_replica"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      gavel_conf_database,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, replica),
      NULL },

    { ngx_string("gavel_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      gavel_conf_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, redis),
      NULL },

    { ngx_string("gavel_keys"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, auth.keys),
      ngx_conf_set_str_slot },

    { ngx_string("gavel_issuer"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, auth.issuer),
      ngx_conf_set_str_slot },

    { ngx_string("gavel_access_lifetime"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, auth.access_lifetime),
      ngx_conf_set_sec_slot },

    { ngx_string("gavel_refresh_lifetime"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, auth.refresh_lifetime),
      ngx_conf_set_sec_slot },

    { ngx_string("gavel_bcrypt_cost"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, bcrypt_cost),
      ngx_conf_set_num_slot },

    { ngx_string("gavel_rate_limits"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, rate_limits),
      ngx_conf_set_flag_slot },

    { ngx_string("gavel_cache"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, cache),
      ngx_conf_set_msec_slot },

    { ngx_string("gavel_cookie_secure"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      gavel_conf_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, cookie_secure),
      ngx_conf_set_flag_slot },

    { ngx_string("gavel_cors_origins"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_gavel_origins,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_gavel_conf_t, cors_origins),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_gavel_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_gavel_postconfiguration,           /* postconfiguration */
    ngx_gavel_create_conf,                 /* create main configuration */
    ngx_gavel_init_conf,                   /* init main configuration */
    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */
    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_gavel = {
    NGX_MODULE_V1,
    &ngx_gavel_ctx,                        /* module context */
    ngx_gavel_commands,                    /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    gavel_cluster_share,                   /* init module */
    ngx_gavel_init_process,                /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_gavel_exit_process,                /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static void *
ngx_gavel_create_conf(ngx_conf_t *cf)
{
    ngx_gavel_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_gavel_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->auth.access_lifetime = NGX_CONF_UNSET;
    conf->auth.refresh_lifetime = NGX_CONF_UNSET;
    conf->bcrypt_cost = NGX_CONF_UNSET_UINT;
    conf->rate_limits = NGX_CONF_UNSET;
    conf->cache = NGX_CONF_UNSET_MSEC;
    conf->cookie_secure = NGX_CONF_UNSET;

    return conf;
}


static char *
ngx_gavel_init_conf(ngx_conf_t *cf, void *data)
{
    ngx_gavel_conf_t  *conf = data;

    ngx_conf_init_value(conf->auth.access_lifetime, 15 * 60);
    ngx_conf_init_value(conf->auth.refresh_lifetime, 30 * 24 * 60 * 60);
    ngx_conf_init_uint_value(conf->bcrypt_cost, 12);
    ngx_conf_init_value(conf->rate_limits, 1);
    ngx_conf_init_msec_value(conf->cache, 0);
    ngx_conf_init_value(conf->cookie_secure, 0);

    if (conf->auth.issuer.data == NULL) {
        ngx_str_set(&conf->auth.issuer, "gavel");
    }

    conf->auth.bcrypt_cost = conf->bcrypt_cost;
    conf->auth.cookie_secure = conf->cookie_secure;

    return ngx_conf_check_num_bounds(cf, &ngx_gavel_cost_bounds,
                                     &conf->bcrypt_cost);
}


/* one word may name several, separated by commas: a variable has one word */

static char *
ngx_gavel_origins(ngx_conf_t *cf, ngx_command_t *cmd, void *data)
{
    ngx_gavel_conf_t  *conf = data;

    u_char      *p, *last, *comma;
    ngx_str_t   *value, *origin;
    ngx_uint_t   i;

    if (conf->cors_origins != NULL) {
        return "is duplicate";
    }

    conf->cors_origins = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));
    if (conf->cors_origins == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (gavel_conf_env(cf, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        last = value[i].data + value[i].len;

        for (p = value[i].data; p < last; p = comma + 1) {
            comma = ngx_strlchr(p, last, ',');
            if (comma == NULL) {
                comma = last;
            }

            if (comma == p) {
                continue;
            }

            origin = ngx_array_push(conf->cors_origins);
            if (origin == NULL) {
                return NGX_CONF_ERROR;
            }

            origin->data = p;
            origin->len = comma - p;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_gavel_postconfiguration(ngx_conf_t *cf)
{
    ngx_gavel_conf_t          *conf;
    ngx_http_core_loc_conf_t  *clcf;

    conf = ngx_http_conf_get_module_main_conf(cf, ngx_gavel);

    if (conf->database.hosts == NULL) {
        if (conf->located) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "no \"gavel_database\" is defined");
            return NGX_ERROR;
        }

        return NGX_OK;                     /* loaded, but not in use */
    }

    if (conf->redis.prefix.data == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no \"gavel_redis\" is defined: say \"off\" "
                           "to run without it");
        return NGX_ERROR;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    conf->resolver = clcf->resolver;

    if (gavel_task_init(cf) != NGX_OK
        || gavel_auth_init(cf, &conf->auth) != NGX_OK
        || gavel_api_init(cf, &conf->api, conf->cors_origins) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_gavel_serves(ngx_cycle_t *cycle)
{
    ngx_gavel_conf_t  *conf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return 0;
    }

    conf = ngx_http_cycle_get_module_main_conf(cycle, ngx_gavel);

    return conf != NULL && conf->database.hosts != NULL;
}


static ngx_int_t
ngx_gavel_init_process(ngx_cycle_t *cycle)
{
    ngx_gavel_conf_t  *conf;
    gavel_room_conf_t  room;

    if (!ngx_gavel_serves(cycle)) {
        return NGX_OK;
    }

    conf = ngx_http_cycle_get_module_main_conf(cycle, ngx_gavel);

    gavel_api = &conf->api;
    gavel_rate_limits = conf->rate_limits;
    gavel_cache_time = conf->cache;

    gavel_name_resolver(conf->resolver);

    gavel_pg = gavel_pg_create(&conf->database, cycle);
    if (gavel_pg == NULL) {
        return NGX_ERROR;
    }

    gavel_pg_replica = gavel_pg;

    if (conf->replica.hosts != NULL) {
        gavel_pg_replica = gavel_pg_create(&conf->replica, cycle);
        if (gavel_pg_replica == NULL) {
            return NGX_ERROR;
        }
    }

    room = *(gavel_room_conf_t *)
               ngx_http_cycle_get_module_main_conf(cycle, ngx_gavel_room);
    room.origins = conf->cors_origins;

    if (gavel_redis_create(&conf->redis, cycle) != NGX_OK
        || gavel_standing_create(cycle) != NGX_OK
        || gavel_cluster_create(cycle) != NGX_OK
        || gavel_auctions_create(cycle) != NGX_OK
        || gavel_room_create(&room, cycle) != NGX_OK)
    {
        return NGX_ERROR;
    }

    gavel_comments_create();
    gavel_notary_create();

    return gavel_watcher_create(cycle, ngx_gavel_drain);
}


/* the worker was told to quit, or the configuration was reloaded */

static void
ngx_gavel_drain(void)
{
    gavel_room_drain();
    gavel_auctions_drain();
    gavel_cluster_drain();
}


static void
ngx_gavel_exit_process(ngx_cycle_t *cycle)
{
    if (!ngx_gavel_serves(cycle) || gavel_pg == NULL) {
        return;
    }

    gavel_watcher_destroy();
    gavel_notary_destroy();
    gavel_room_destroy();
    gavel_comments_destroy();
    gavel_auctions_destroy();
    gavel_cluster_destroy();
    gavel_standing_destroy();
    gavel_redis_destroy();

    if (gavel_pg_replica != gavel_pg) {
        gavel_pg_destroy(gavel_pg_replica);
    }

    gavel_pg_destroy(gavel_pg);
}
