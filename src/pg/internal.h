/*
 * internal: what the files of pg share: the client, its lanes, operations.
 */

#ifndef GAVEL_PG_INTERNAL_H
#define GAVEL_PG_INTERNAL_H

#include "pg/pg.h"
#include "core/fd.h"
#include "core/metrics.h"
#include "core/name.h"

#define PG_STATEMENTS   64       /* buckets of the statements of a lane */
#define PG_MESSAGE     200       /* bytes kept of an error's message */

/* ms; the server's own timeout is given so long to tell itself */
#define PG_TIMEOUT_GRACE  500

typedef struct pg_op_s         pg_op_t;
typedef struct pg_lane_s       pg_lane_t;
typedef struct pg_statement_s  pg_statement_t;

/*
 * An operation is in exactly one place: its maker's hands, one of the three
 * queues of a lane, the client's finished queue, or its free list.
 */
struct pg_op_s {
    gavel_pg_op_t     op;              /* first: what others see */
    gavel_pg_t       *pg;              /* whose free list it goes back to */
    ngx_queue_t       link;
    pg_statement_t   *statement;       /* of its lane's connection */
    u_char           *text;            /* copied parameters, each with \0 */
    size_t            text_size;
    unsigned          sync:1;          /* a sync follows it */
    unsigned          prepare:1;       /* not a call: prepares statement */
    unsigned          overflow:1;      /* too many parameters */
    u_char            error[PG_MESSAGE];
    u_char            ints[GAVEL_PG_MAX_PARAMS][NGX_INT64_LEN + 1];
};

/* PREPARING is believed to succeed: calls go out behind it. */
typedef enum {
    PG_UNPREPARED = 0,
    PG_PREPARING,
    PG_PREPARED,
    PG_REFUSED
} pg_prepared_t;

struct pg_statement_s {
    pg_statement_t   *next;
    const char       *function;
    ngx_uint_t        nparams;
    char             *name;
    char             *sql;
    pg_prepared_t     state;
    char              sqlstate[6];     /* why it was refused */
    u_char            error[PG_MESSAGE];
};

/*
 *   DOWN -> CONNECTING -> READY -> DRAINING -> CONNECTING
 *     ^---------'-----------'---------'
 *
 * Only pg_lane_move() changes the state.
 */
typedef enum {
    PG_DOWN = 0,                       /* waits for its next attempt */
    PG_CONNECTING,
    PG_READY,
    PG_DRAINING,                       /* will reconnect when it is idle */
    PG_CLOSED                          /* for ever: the worker goes away */
} pg_state_t;

struct pg_lane_s {
    void             *ident[4];        /* for nginx's debug log of timers */
    gavel_pg_t       *pg;
    pg_state_t        state;
    unsigned          bid:1;
    unsigned          hopeful:1;       /* was up a moment ago, or begins:
                                          operations may wait for it */
    unsigned          proven:1;        /* this connection synced once */
    unsigned          timer:1;         /* the silence timer runs */
    unsigned          waits:1;         /* for a lookup */

    PGconn           *conn;
    gavel_fd_t       *fd;
    int               socket;
    void             *ssl;
    ngx_pool_t       *pool;            /* of this connection: statements */
    pg_statement_t   *statements[PG_STATEMENTS];

    ngx_queue_t       gathered;        /* for the next sync (bid lanes) */
    ngx_queue_t       waiting;         /* whole syncs, not yet sent */
    ngx_queue_t       sent;            /* on the wire, oldest first */
    ngx_uint_t        pending;         /* in the three queues */

    pg_op_t          *current;         /* whose results come; NULL: a sync */
    pg_op_t          *culprit;         /* who failed in this sync */
    ngx_uint_t        nulls;           /* in a row, before a sync */
    unsigned          failed:1;        /* this sync did */
    unsigned          stale:1;         /* it is: reconnect */
    char              sqlstate[6];     /* why it failed */
    u_char            error[PG_MESSAGE];

    ngx_msec_t        since;           /* head of sent came up to be next */
    ngx_msec_t        up;              /* since when it is */
    ngx_event_t       retry;
    ngx_msec_t        backoff;
    ngx_uint_t        first_host;      /* of the next attempt, modulo all */
};

struct gavel_pg_s {
    void                  *ident[4];
    const gavel_pg_conf_t *conf;
    ngx_log_t             *log;
    pg_lane_t             *lanes;      /* read lanes, then bid lanes */
    ngx_uint_t             nlanes;
    gavel_name_t          *names;      /* of the hosts */
    ngx_queue_t            finished;   /* `done` is to be called */
    ngx_queue_t            refused;    /* the same, in a later turn */
    ngx_event_t            finish;     /* posted */
    ngx_event_t            later;      /* a timer */
    ngx_queue_t            free;
    ngx_uint_t             nfree;
    void                 (*on_connect)(void *data);
    void                  *on_connect_data;
    gavel_pg_stats_t       stats;
    unsigned               away:1;     /* was told to the log */
};


/* connection.c */

/* Of a zeroed lane; begins to connect. */
void pg_lane_init(pg_lane_t *lane, gavel_pg_t *pg, ngx_uint_t bid);

void pg_lane_move(pg_lane_t *lane, pg_state_t state);

/* The lookup of a host's name has ended: data is the client. */
void pg_names_news(void *data);

/* The connection is of no use any more; why is for the log. */
void pg_lane_lost(pg_lane_t *lane, const char *why);

/* lane.c */

/* Sends what waits, as far as the state allows. */
void pg_lane_pump(pg_lane_t *lane);

/* Takes what came. */
void pg_lane_read(pg_lane_t *lane);
void pg_lane_flush(pg_lane_t *lane);

/* results.c */

/* NGX_ERROR: the connection is broken. */
ngx_int_t pg_results(pg_lane_t *lane);

/* op.c */

void pg_op_finish(pg_op_t *op, gavel_pg_status_t status);
void pg_op_refuse(pg_op_t *op, gavel_pg_status_t status);
void pg_op_recycle(pg_op_t *op);
pg_op_t *pg_op_take(gavel_pg_t *pg);

/* Copies the parameters; NGX_DECLINED with sqlstate and message in the
 * operation if PostgreSQL could not take them. */
ngx_int_t pg_op_copy(pg_op_t *op);

/* Copies libpq's message (of one line) into buffer of PG_MESSAGE. */
void pg_message(u_char *buffer, const char *message);

void pg_finish_handler(ngx_event_t *ev);
void pg_later_handler(ngx_event_t *ev);

/* flow_sql.c */

/* Tells a flow that waits for a function's (status, code, body, etag) what
 * came, or why nothing did. */
void pg_flow_told(gavel_flow_t *f, gavel_reply_t *reply,
    const gavel_pg_op_t *op);

/* metrics.c */
void gavel_pg_metrics(gavel_metrics_t *m);

#endif
