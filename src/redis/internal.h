/*
 * internal: what the files of redis share.
 */

#ifndef GAVEL_REDIS_INTERNAL_H
#define GAVEL_REDIS_INTERNAL_H

#include "redis/redis.h"
#include "core/fd.h"
#include "core/metrics.h"

/* GREETING: connected; AUTH, SELECT and PING are under way. */
typedef enum {
    REDIS_DOWN = 0,
    REDIS_CONNECTING,
    REDIS_GREETING,
    REDIS_UP,
    REDIS_CLOSED                      /* for ever: the worker goes away */
} redis_state_t;

typedef struct redis_conn_s  redis_conn_t;

/*
 * One connection.  hiredis frees its context by itself when it breaks, and
 * calls ev.cleanup before: `ac` is nulled there and nowhere else.
 */
struct redis_conn_s {
    void                 *ident[4];   /* for nginx's debug log of timers */
    const char           *name;
    redis_state_t         state;
    redisAsyncContext    *ac;
    gavel_fd_t           *fd;
    ngx_uint_t            mask;
    ngx_msec_t            backoff;
    ngx_event_t           retry;
    ngx_event_t           flush;      /* posted: writes what was said */
    ngx_event_t           broken;     /* posted: drop it outside callbacks */
    ngx_uint_t            turn;       /* attempts that failed */
    unsigned              flushing:1;
    unsigned              waits:1;    /* to be told where to go */
    u_char                address[NGX_INET6_ADDRSTRLEN + 1];
    ngx_uint_t            port;       /* where it is, or will be */
    u_char                why[128];

    /* the user's: when it is up; each command_timeout while it is; when it
     * is down again, before it is tried anew */
    void                (*up)(redis_conn_t *rc);
    void                (*sample)(redis_conn_t *rc);
    void                (*down)(redis_conn_t *rc);
};

/* Something of hiredis that is to be told later: a reply or a message. */
typedef struct {
    ngx_queue_t           link;
    redisReply           *reply;
    gavel_redis_done_pt   done;       /* NULL: nobody waits, or a message */
    void                 *data;
    ngx_msec_t            sent;
    unsigned              message:1;
} redis_item_t;

extern const gavel_redis_conf_t  *redis_conf;
extern ngx_log_t                 *redis_log;
extern gavel_redis_stats_t        redis_stats;
extern redis_conn_t               redis_commands;
extern redis_conn_t               redis_subscriber;
extern redis_conn_t               redis_sentinel;


/* connection.c */

/* The name, up, sample and down are set. */
void redis_conn_init(redis_conn_t *rc);

/* Not from a callback of hiredis. */
void redis_conn_drop(redis_conn_t *rc, const char *why);

/* The same from anywhere, a moment later. */
void redis_conn_break(redis_conn_t *rc, const char *why);
void redis_conn_close(redis_conn_t *rc);

/* There is news of where it should go: tries now, if it waits for that. */
void redis_conn_try(redis_conn_t *rc);

/* where.c */

ngx_int_t redis_where_init(void);
void redis_where_close(void);

/* Sets address and port; NGX_AGAIN: not known yet, redis_conn_try() will be
 * called. */
ngx_int_t redis_where(redis_conn_t *rc);

/* It was lost, or did not come up: where it is may have changed. */
void redis_where_doubt(redis_conn_t *rc);

/* An address and a port that a sentinel has told. */
void redis_where_told(const ngx_str_t *host, ngx_uint_t port);

/* sentinel.c */

/* Asks where the master is, if there is anybody to ask. */
void redis_sentinel_ask(void);

/* redis.c */

/* From a callback of hiredis: takes the reply out of its hands. */
void redis_keep(redis_conn_t *rc);

redis_item_t *redis_item(void);
void redis_item_free(redis_item_t *item);

/* Tells the item in the same turn of the loop. */
void redis_tell(redis_item_t *item);

/* Another server than we want: drops both connections, a moment later. */
void redis_wrong_server(const char *why);

/* This one is up: the other has to be on the same server. */
void redis_together(redis_conn_t *rc, redis_conn_t *other);

/* A connection went up or down. */
void redis_changed(ngx_uint_t went);

/* subscriptions.c */

void redis_subscriptions_init(void);
void redis_deliver(const redisReply *reply);
ngx_uint_t redis_channels(void);
ngx_uint_t redis_hearing(void);

/* metrics.c */
void gavel_redis_metrics(gavel_metrics_t *m);

#endif
