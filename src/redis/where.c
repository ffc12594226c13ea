/*
 * where: which server connections go to: the one of the directive, its name
 * looked up again when a connection failed, or the master that the sentinels
 * tell.
 *
 * Both connections of a worker go to one server: what is published on one is
 * heard on the other.
 */

#include "redis/internal.h"
#include "core/name.h"

#define WHERE_PATIENCE  3        /* failures, and another sentinel is asked */

static gavel_name_t   where_server;
static ngx_uint_t     where_port;
static gavel_name_t  *where_sentinels;
static u_char         where_master[256];         /* the host that was told */


static void
where_news(void *data)
{
    redis_conn_try(&redis_commands);
    redis_conn_try(&redis_subscriber);
    redis_conn_try(&redis_sentinel);
}


static ngx_uint_t
where_asks(void)
{
    return redis_conf->sentinels != NULL;
}


static ngx_int_t
where_sentinels_init(void)
{
    ngx_uint_t           i;
    gavel_redis_host_t  *host;

    host = redis_conf->sentinels->elts;

    where_sentinels = ngx_calloc(redis_conf->sentinels->nelts
                                 * sizeof(gavel_name_t), redis_log);
    if (where_sentinels == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < redis_conf->sentinels->nelts; i++) {
        gavel_name_init(&where_sentinels[i], &host[i].name, &host[i].host,
                        where_news, NULL);
    }

    return NGX_OK;
}


ngx_int_t
redis_where_init(void)
{
    if (where_asks()) {
        return where_sentinels_init();
    }

    where_port = redis_conf->port;

    gavel_name_init(&where_server,
                    redis_conf->name.len ? &redis_conf->name
                                         : &redis_conf->host,
                    &redis_conf->host, where_news, NULL);

    return NGX_OK;
}


void
redis_where_close(void)
{
    ngx_uint_t  i;

    gavel_name_forget(&where_server);

    for (i = 0; where_asks() && i < redis_conf->sentinels->nelts; i++) {
        gavel_name_forget(&where_sentinels[i]);
    }
}


/* Its name, and the attempt that this would be. */

static gavel_name_t *
where_name(redis_conn_t *rc, ngx_uint_t *port, ngx_uint_t *turn)
{
    ngx_uint_t           n, i;
    gavel_redis_host_t  *host;

    if (rc != &redis_sentinel) {
        *port = where_port;
        *turn = redis_commands.turn;

        return &where_server;
    }

    host = redis_conf->sentinels->elts;
    n = redis_conf->sentinels->nelts;
    i = rc->turn % n;

    *port = host[i].port;
    *turn = rc->turn / n;

    return &where_sentinels[i];
}


ngx_int_t
redis_where(redis_conn_t *rc)
{
    u_char        *address;
    ngx_uint_t     port, turn;
    gavel_name_t  *name;

    /* whatever else its name may mean */

    if (rc == &redis_subscriber && redis_commands.state == REDIS_UP) {
        (void) ngx_cpystrn(rc->address, redis_commands.address,
                           sizeof(rc->address));
        rc->port = redis_commands.port;
        return NGX_OK;
    }

    name = where_name(rc, &port, &turn);

    if (name->host.len == 0 || gavel_name_pending(name)) {
        return NGX_AGAIN;
    }

    address = gavel_name_address(name, turn);

    if (address == NULL) {
        gavel_name_lookup(name, redis_conf->connect_timeout, redis_log);
        return NGX_AGAIN;
    }

    (void) ngx_cpystrn(rc->address, address, sizeof(rc->address));
    rc->port = port;

    return NGX_OK;
}


void
redis_where_doubt(redis_conn_t *rc)
{
    ngx_uint_t     port, turn;
    gavel_name_t  *name;

    name = where_name(rc, &port, &turn);

    gavel_name_lookup(name, redis_conf->connect_timeout, redis_log);

    if (rc != &redis_commands || !where_asks()) {
        return;
    }

    if (rc->turn && rc->turn % WHERE_PATIENCE == 0) {
        redis_conn_break(&redis_sentinel, "its master is none");
        return;
    }

    redis_sentinel_ask();
}


/* What it was waiting for longer and longer has come. */

static void
where_hurry(redis_conn_t *rc)
{
    rc->waits = (rc->state == REDIS_DOWN);

    redis_conn_try(rc);
}


void
redis_where_told(const ngx_str_t *host, ngx_uint_t port)
{
    ngx_str_t  master, unknown;

    if (host->len >= sizeof(where_master)) {
        return;
    }

    if (port == where_port && host->len == where_server.host.len
        && ngx_memcmp(host->data, where_master, host->len) == 0)
    {
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, redis_log, 0,
                  "gavel redis: the master is %V:%ui", host, port);

    gavel_name_forget(&where_server);
    ngx_memcpy(where_master, host->data, host->len);

    master.data = where_master;
    master.len = host->len;
    ngx_str_null(&unknown);

    gavel_name_init(&where_server, &master, &unknown, where_news, NULL);
    where_port = port;
    redis_commands.turn = 0;

    redis_wrong_server("another master");

    where_hurry(&redis_commands);
    where_hurry(&redis_subscriber);
}
