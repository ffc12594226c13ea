/*
 * redis: Redis in the event loop, one connection for commands and one for
 * subscriptions per worker.
 *
 * Redis carries hints, wake-ups and counters, never truth: everything here
 * may fail at any time.  Publishes are never queued while Redis is away
 * (PROTOCOL 14); commands fail at once.
 */

#ifndef GAVEL_REDIS_H
#define GAVEL_REDIS_H

#include "core/core.h"
#include <hiredis/hiredis.h>
#include <hiredis/async.h>

typedef struct {
    ngx_str_t     name;              /* as configured */
    ngx_str_t     host;              /* its literal address */
    ngx_uint_t    port;
} gavel_redis_host_t;

typedef struct {
    ngx_str_t     host;              /* literal address, or empty */
    ngx_str_t     name;              /* as configured, to be looked up again */
    ngx_uint_t    port;
    ngx_array_t  *sentinels;         /* of gavel_redis_host_t, or NULL: they */
    ngx_str_t     master;            /* know where this one is */
    ngx_str_t     sentinel_password;
    ngx_str_t     path;              /* of a Unix socket, or empty */
    ngx_str_t     password;
    ngx_str_t     prefix;            /* of all keys and channels: "gavel:" */
    ngx_uint_t    db;
    ngx_msec_t    connect_timeout;   /* 1 s */
    ngx_msec_t    command_timeout;   /* 1 s: then the connection is dropped */
} gavel_redis_conf_t;

ngx_int_t gavel_redis_create(const gavel_redis_conf_t *conf,
    ngx_cycle_t *cycle);
void gavel_redis_destroy(void);      /* what was sent before still goes out */

/* Are both connections up?  Cheap. */
ngx_uint_t gavel_redis_ready(void);

/* Is there a Redis at all, or does this server run without one? */
ngx_uint_t gavel_redis_wanted(void);

/* reply NULL: Redis is away or went away; reply->type may be an error.  The
 * handler is called later, never from inside the call, unless NULL. */
typedef void (*gavel_redis_done_pt)(redisReply *reply, void *data);

#define GAVEL_REDIS_ARGS  256           /* the most that a command has */

/* Arguments are binary; the first is the command.  Keys are NOT prefixed:
 * build them with gavel_redis_key().  NGX_ERROR: away, and the handler will
 * not be called. */
ngx_int_t gavel_redis_command(ngx_uint_t argc, const ngx_str_t *argv,
    gavel_redis_done_pt done, void *data);

/* Drops all outstanding handlers with this data (they will not be called). */
void gavel_redis_detach(void *data);

/* prefix + kind + ":" + id, in pool. */
ngx_str_t gavel_redis_key(ngx_pool_t *pool, const char *kind,
    const ngx_str_t *id);

/* Publishes; receivers arrive in done (reply->integer) if it is not NULL. */
ngx_int_t gavel_redis_publish(const ngx_str_t *channel,
    const ngx_str_t *message, gavel_redis_done_pt done, void *data);

/* Subscriptions survive reconnects.  message is valid during the call.
 * One handler a channel; subscribing again replaces it. */
typedef void (*gavel_redis_message_pt)(const ngx_str_t *message, void *data);
ngx_int_t gavel_redis_subscribe(const ngx_str_t *channel,
    gavel_redis_message_pt handler, void *data);
void gavel_redis_unsubscribe(const ngx_str_t *channel);

/* Called when Redis came (1) or went (0), in a turn of its own; after each
 * interruption, however short.  Up to 8 handlers; they are never removed. */
void gavel_redis_on_change(void (*handler)(ngx_uint_t up));

typedef struct {
    uint64_t      commands;      /* sent, publishes among them */
    uint64_t      refused;       /* not sent: away, or too many under way */
    uint64_t      failed;        /* sent, but the connection went away */
    uint64_t      messages;      /* received */
    uint64_t      connects;
    uint64_t      timeouts;      /* connections dropped for being silent */
    ngx_uint_t    pending;       /* commands under way */
    ngx_uint_t    channels;
} gavel_redis_stats_t;

void gavel_redis_stats(gavel_redis_stats_t *stats);

#endif
