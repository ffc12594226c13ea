/*
 * channel: a channel of lines in memory, and its followers on this worker.
 */

#ifndef GAVEL_CHANNEL_H
#define GAVEL_CHANNEL_H

#include "room/lines.h"
#include "command/comments.h"
#include "pg/pg.h"
#include "redis/redis.h"

#define LINES_RING     128           /* kept in memory */
#define LINES_SHOWN    50            /* of them in a snapshot */

typedef struct gavel_lines_s   gavel_lines_t;
typedef struct gavel_member_s  gavel_member_t;

struct gavel_lines_s {
    ngx_rbtree_node_t     node;      /* key: the auction's id, the user's */
    ngx_queue_t           queue;     /* of all */
    ngx_queue_t           members;
    ngx_pool_t           *pool;      /* that it lives in */
    gavel_lines_kind_t    kind;
    ngx_str_t             name;      /* "chat:7" */
    u_char                text[sizeof("chat:") + NGX_INT64_LEN];
    ngx_str_t             redis;     /* the channel there */

    int64_t               seq;       /* everything up to it is here */
    int64_t               head;      /* as the database last said */
    int64_t               from;      /* told up to it */
    ngx_uint_t            count;     /* in the ring: up to seq */
    ngx_str_t             ring[LINES_RING];      /* by seq; malloc'ed */

    uint64_t              owner;
    ngx_uint_t            slow_mode;
    ngx_msec_t            asked;
    unsigned              ready:1;   /* the first answer was there */
    unsigned              fresh:1;   /* it is being read */
    unsigned              open:1;    /* for anybody */
    unsigned              urgent:1;  /* something is missing: ask */
    unsigned              answered:1;
};

struct gavel_member_s {
    ngx_queue_t           of_lines;
    ngx_queue_t           of_session;
    gavel_lines_t        *lines;
    gavel_session_t      *session;
    int64_t               seq;       /* it has all up to it; -1: it comes
                                        from nowhere */
    unsigned              live:1;
    unsigned              asked:1;   /* it was ahead: the database was asked */
};

/* lines.c */
void gavel_lines_soon(ngx_msec_t ms);
void gavel_lines_settle(gavel_lines_t *l);

/* What the database says of the channel itself. */
void gavel_lines_head(gavel_lines_t *l, const PGresult *res, int row);

/* The next line; one that is known, or not the next, is passed over. */
void gavel_lines_take(gavel_lines_t *l, int64_t seq, const ngx_str_t *text);

/* The lines up to seq are not to be had: the channel goes on behind them, and
 * its followers begin anew when the answer is settled. */
void gavel_lines_skip(gavel_lines_t *l, int64_t seq);

/* Followers get what was taken since the last time. */
void gavel_lines_tell(gavel_lines_t *l);

/* Drops what is in memory. */
void gavel_lines_forget(gavel_lines_t *l);

/* May he see it?  Else he is told that there is no such channel. */
ngx_uint_t gavel_member_allowed(const gavel_member_t *m);

/* Begins: NGX_OK; NGX_AGAIN: it waits; NGX_DECLINED: it was refused, and is
 * to be dropped. */
ngx_int_t gavel_member_join(gavel_member_t *m);

#endif
