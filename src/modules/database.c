/*
 * database: the directives that say where PostgreSQL and Redis are.
 *
 * Host names are resolved here, at configuration, because libpq and hiredis
 * would block a worker with it; later by nginx's resolver, if there is one.
 */

#include "modules/database.h"
#include "modules/conf.h"

#include "pg/pg.h"
#include "redis/redis.h"


typedef enum { GAVEL_ARG_STR, GAVEL_ARG_NUM, GAVEL_ARG_MSEC }
    gavel_arg_type_t;


typedef struct {
    const char         *name;
    gavel_arg_type_t    type;
    size_t              offset;
    ngx_int_t           min;         /* of NUM and MSEC */
} gavel_arg_t;


static char *gavel_conf_arg(ngx_conf_t *cf, const gavel_arg_t *args,
    const ngx_str_t *word, u_char *conf);
static char *gavel_conf_host(ngx_conf_t *cf, gavel_pg_conf_t *db,
    ngx_str_t *name, ngx_uint_t port);
static char *gavel_conf_sentinel(ngx_conf_t *cf, gavel_redis_conf_t *redis,
    ngx_str_t *value);
static ngx_int_t gavel_conf_address(ngx_conf_t *cf, ngx_str_t *name,
    ngx_uint_t *port, ngx_str_t *address);


static const gavel_arg_t  gavel_database_args[] = {
    { "dbname", GAVEL_ARG_STR, offsetof(gavel_pg_conf_t, dbname), 0 },
    { "user", GAVEL_ARG_STR, offsetof(gavel_pg_conf_t, user), 0 },
    { "password", GAVEL_ARG_STR, offsetof(gavel_pg_conf_t, password), 0 },
    { "password_file", GAVEL_ARG_STR,
      offsetof(gavel_pg_conf_t, password_file), 0 },
    { "sslmode", GAVEL_ARG_STR, offsetof(gavel_pg_conf_t, sslmode), 0 },
    { "sslrootcert", GAVEL_ARG_STR,
      offsetof(gavel_pg_conf_t, sslrootcert), 0 },
    { "target", GAVEL_ARG_STR, offsetof(gavel_pg_conf_t, target), 0 },
    { "read_lanes", GAVEL_ARG_NUM, offsetof(gavel_pg_conf_t, read_lanes), 1 },
    { "bid_lanes", GAVEL_ARG_NUM, offsetof(gavel_pg_conf_t, bid_lanes), 1 },
    { "queue", GAVEL_ARG_NUM, offsetof(gavel_pg_conf_t, queue), 16 },
    { "connect_timeout", GAVEL_ARG_MSEC,
      offsetof(gavel_pg_conf_t, connect_timeout), 1 },
    { "statement_timeout", GAVEL_ARG_MSEC,
      offsetof(gavel_pg_conf_t, statement_timeout), 1 },
    { NULL, 0, 0, 0 }
};


static const gavel_arg_t  gavel_redis_args[] = {
    { "password", GAVEL_ARG_STR, offsetof(gavel_redis_conf_t, password), 0 },
    { "sentinel_password", GAVEL_ARG_STR,
      offsetof(gavel_redis_conf_t, sentinel_password), 0 },
    { "prefix", GAVEL_ARG_STR, offsetof(gavel_redis_conf_t, prefix), 0 },
    { "db", GAVEL_ARG_NUM, offsetof(gavel_redis_conf_t, db), 0 },
    { "connect_timeout", GAVEL_ARG_MSEC,
      offsetof(gavel_redis_conf_t, connect_timeout), 1 },
    { "command_timeout", GAVEL_ARG_MSEC,
      offsetof(gavel_redis_conf_t, command_timeout), 1 },
    { NULL, 0, 0, 0 }
};


char *
gavel_conf_database(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char             *rv;
    ngx_int_t         port;
    ngx_str_t        *word, value;
    ngx_uint_t        i;
    gavel_pg_conf_t  *db;

    db = (gavel_pg_conf_t *) ((u_char *) conf + cmd->offset);

    if (db->hosts != NULL) {
        return "is duplicate";
    }

    db->hosts = ngx_array_create(cf->pool, 2, sizeof(gavel_pg_host_t));
    if (db->hosts == NULL) {
        return NGX_CONF_ERROR;
    }

    db->read_lanes = 2;
    db->bid_lanes = 1;
    db->queue = 1024;
    db->connect_timeout = 3000;
    db->statement_timeout = 5000;
    ngx_str_set(&db->dbname, "gavel");
    ngx_str_set(&db->user, "gavel_app");
    ngx_str_set(&db->sslmode, "disable");
    ngx_str_set(&db->target, "read-write");
    ngx_str_set(&db->application_name, "gavel");

    if (ngx_strcmp(cmd->name.data, "gavel_database_replica") == 0) {
        db->bid_lanes = 0;
        ngx_str_set(&db->target, "any");
    }

    word = cf->args->elts;
    port = 5432;

    for (i = 1; i < cf->args->nelts; i++) {
        if (gavel_conf_named(&word[i], "port", &value) == NGX_OK) {
            if (gavel_conf_env(cf, &value) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            port = value.len ? ngx_atoi(value.data, value.len) : 5432;

            if (port < 1 || port > 65535) {
                goto invalid;
            }
        }
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (gavel_conf_named(&word[i], "port", &value) == NGX_OK) {
            continue;
        }

        if (gavel_conf_named(&word[i], "host", &value) == NGX_OK) {
            rv = gavel_conf_host(cf, db, &value, port);

        } else {
            rv = gavel_conf_arg(cf, gavel_database_args, &word[i],
                                (u_char *) db);
        }

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    if (db->hosts->nelts == 0) {
        return "names no host";
    }

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid port \"%V\"", &word[i]);

    return NGX_CONF_ERROR;
}


/* "/folder", "address", "name" or either of these with ":port" */

static char *
gavel_conf_host(ngx_conf_t *cf, gavel_pg_conf_t *db, ngx_str_t *name,
    ngx_uint_t port)
{
    gavel_pg_host_t  *host;

    if (gavel_conf_env(cf, name) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    host = ngx_array_push(db->hosts);
    if (host == NULL) {
        return NGX_CONF_ERROR;
    }

    host->name = *name;
    host->host = *name;
    host->port = port;

    if (name->len && name->data[0] == '/') {
        return NGX_CONF_OK;
    }

    if (gavel_conf_address(cf, &host->name, &host->port, &host->host)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* *name loses its ":port"; *address is a literal address */

static ngx_int_t
gavel_conf_address(ngx_conf_t *cf, ngx_str_t *name, ngx_uint_t *port,
    ngx_str_t *address)
{
    size_t      len;
    u_char     *text;
    ngx_url_t   u;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *name;
    u.default_port = (in_port_t) *port;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK || u.naddrs == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s in \"%V\"",
                           u.err ? u.err : "no address", &u.url);
        return NGX_ERROR;
    }

    text = ngx_pnalloc(cf->pool, NGX_SOCKADDR_STRLEN + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }

    len = ngx_sock_ntop(u.addrs[0].sockaddr, u.addrs[0].socklen, text,
                        NGX_SOCKADDR_STRLEN, 0);
    text[len] = '\0';

    address->data = text;
    address->len = len;
    *name = u.host;
    *port = ngx_inet_get_port(u.addrs[0].sockaddr);

    if (len && text[0] == '[') {           /* libpq wants it without */
        address->data++;
        address->len = ngx_strlchr(text, text + len, ']') - text - 1;
        address->data[address->len] = '\0';
    }

    return NGX_OK;
}


static char *
gavel_conf_arg(ngx_conf_t *cf, const gavel_arg_t *args, const ngx_str_t *word,
    u_char *conf)
{
    ngx_int_t           n;
    ngx_str_t           value;
    const gavel_arg_t  *arg;

    for (arg = args; arg->name != NULL; arg++) {
        if (gavel_conf_named(word, arg->name, &value) == NGX_OK) {
            break;
        }
    }

    if (arg->name == NULL) {
        goto invalid;
    }

    if (gavel_conf_env(cf, &value) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (value.len == 0) {
        return NGX_CONF_OK;
    }

    if (arg->type == GAVEL_ARG_STR) {
        *(ngx_str_t *) (conf + arg->offset) = value;
        return NGX_CONF_OK;
    }

    n = (arg->type == GAVEL_ARG_MSEC) ? ngx_parse_time(&value, 0)
                                      : ngx_atoi(value.data, value.len);

    if (n == NGX_ERROR || n < arg->min) {
        goto invalid;
    }

    *(ngx_uint_t *) (conf + arg->offset) = n;

    return NGX_CONF_OK;

invalid:

    /* the name only: the value may be a secret */

    n = ngx_strlchr(word->data, word->data + word->len, '=') != NULL
        ? ngx_strlchr(word->data, word->data + word->len, '=') - word->data
        : (ngx_int_t) word->len;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%*s\"",
                       (size_t) n, word->data);

    return NGX_CONF_ERROR;
}


char *
gavel_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                *rv;
    ngx_str_t           *word, value;
    ngx_uint_t           i;
    gavel_redis_conf_t  *redis;

    redis = (gavel_redis_conf_t *) ((u_char *) conf + cmd->offset);

    if (redis->prefix.data != NULL) {
        return "is duplicate";
    }

    ngx_str_set(&redis->prefix, "gavel:");
    redis->connect_timeout = 1000;
    redis->command_timeout = 1000;
    redis->port = 6379;

    word = cf->args->elts;

    if (gavel_conf_env(cf, &word[1]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_strncmp(word[1].data, "unix:", 5) == 0) {
        redis->path.data = word[1].data + 5;
        redis->path.len = word[1].len - 5;

    } else if (gavel_conf_named(&word[1], "master", &redis->master)
               == NGX_OK)
    {
        redis->sentinels = ngx_array_create(cf->pool, 3,
                                            sizeof(gavel_redis_host_t));
        if (redis->sentinels == NULL) {
            return NGX_CONF_ERROR;
        }

    } else if (word[1].len && ngx_strcmp(word[1].data, "off") != 0) {
        redis->name = word[1];

        if (gavel_conf_address(cf, &redis->name, &redis->port, &redis->host)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (gavel_conf_named(&word[i], "sentinel", &value) == NGX_OK) {
            rv = gavel_conf_sentinel(cf, redis, &value);

            if (rv != NGX_CONF_OK) {
                return rv;
            }

            continue;
        }

        rv = gavel_conf_arg(cf, gavel_redis_args, &word[i], (u_char *) redis);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    if (gavel_conf_env(cf, &redis->master) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (redis->sentinels != NULL
        && (redis->sentinels->nelts == 0 || redis->master.len == 0))
    {
        return "names a master and no \"sentinel\", or the other way round";
    }

    return NGX_CONF_OK;
}


static char *
gavel_conf_sentinel(ngx_conf_t *cf, gavel_redis_conf_t *redis,
    ngx_str_t *value)
{
    gavel_redis_host_t  *host;

    if (redis->sentinels == NULL) {
        return "has a \"sentinel\", but does not begin with \"master=\"";
    }

    if (gavel_conf_env(cf, value) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (value->len == 0) {
        return NGX_CONF_OK;
    }

    host = ngx_array_push(redis->sentinels);
    if (host == NULL) {
        return NGX_CONF_ERROR;
    }

    host->name = *value;
    host->port = 26379;

    if (gavel_conf_address(cf, &host->name, &host->port, &host->host)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
