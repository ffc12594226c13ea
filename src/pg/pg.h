/*
 * pg: PostgreSQL in the event loop.
 *
 * One process has one client per database: some read lanes and one or more
 * bid lanes.  A lane is one connection in pipeline mode with a FIFO of
 * operations.  Every operation calls one SQL function by its name, prepared
 * once per connection as `SELECT * FROM gavel.<name>($1, ...)`; no other SQL
 * leaves the server.  Parameters travel as text, results as text.
 *
 * A read operation has its own sync.  On a bid lane the caller gathers
 * operations and syncs them together, and a result is provisional until its
 * sync came without an error before it (PROTOCOL 2): `done` is called then,
 * and only then.
 */

#ifndef GAVEL_PG_H
#define GAVEL_PG_H

#include "core/core.h"
#include "core/flow.h"
#include <libpq-fe.h>

#define GAVEL_PG_MAX_PARAMS  48

typedef struct gavel_pg_s      gavel_pg_t;       /* the client of a worker */
typedef struct gavel_pg_op_s   gavel_pg_op_t;

typedef enum {
    GAVEL_PG_READ = 0,           /* the primary, for everything that is not */
    GAVEL_PG_REPLICA,            /* a replica, if there is one; else READ */
    GAVEL_PG_BID                 /* the log; lane = key % lanes */
} gavel_pg_lane_t;

typedef enum {
    GAVEL_PG_DONE = 0,
    GAVEL_PG_ERROR,              /* the server said no: sqlstate, message */
    GAVEL_PG_ABORTED,            /* another operation of its sync failed, or
                                    the commit of several did: no effect;
                                    sqlstate says what stopped the sync */
    GAVEL_PG_LOST,               /* connection lost: the outcome is unknown */
    GAVEL_PG_AWAY,               /* never sent: no connection, had no effect */
    GAVEL_PG_FULL                /* never sent: the queue is full */
} gavel_pg_status_t;

typedef struct {
    ngx_str_t     host;          /* literal address or socket folder */
    ngx_str_t     name;          /* as configured, for verify-full */
    ngx_uint_t    port;
} gavel_pg_host_t;

typedef struct {
    ngx_array_t  *hosts;         /* of gavel_pg_host_t, resolved at start; names
                                    again when a connection was lost */
    ngx_str_t     dbname;
    ngx_str_t     user;
    ngx_str_t     password;      /* or password_file, read at connect */
    ngx_str_t     password_file;
    ngx_str_t     sslmode;       /* default "disable" */
    ngx_str_t     sslrootcert;
    ngx_str_t     target;        /* target_session_attrs: "read-write" */
    ngx_uint_t    read_lanes;    /* 2 */
    ngx_uint_t    bid_lanes;     /* 1; 0 for a replica */
    ngx_uint_t    queue;         /* operations waiting or under way a lane */
    ngx_msec_t    connect_timeout;      /* 3 s */
    ngx_msec_t    statement_timeout;    /* 5 s; the server's is the same:
                                           whoever ends it, the lane asks the
                                           next host */
    ngx_str_t     application_name;
} gavel_pg_conf_t;

/* A text parameter; data NULL is SQL NULL. */
typedef ngx_str_t  gavel_pg_param_t;

/* done gets the operation; it, res (libpq's; NULL unless GAVEL_PG_DONE) and
 * message are valid during the call only.  An operation whose `done` was
 * nulled is still carried out; its result is dropped. */
typedef void (*gavel_pg_done_pt)(gavel_pg_op_t *op);

struct gavel_pg_op_s {
    const char          *function;       /* name inside schema gavel; static */
    ngx_uint_t           nparams;
    gavel_pg_param_t     params[GAVEL_PG_MAX_PARAMS];
    gavel_pg_done_pt     done;
    void                *data;

    gavel_pg_status_t    status;
    PGresult            *res;
    char                 sqlstate[6];
    ngx_str_t            message;        /* for the log only */
};

gavel_pg_t *gavel_pg_create(const gavel_pg_conf_t *conf, ngx_cycle_t *cycle);
void gavel_pg_destroy(gavel_pg_t *pg);              /* in process exit */

/* Takes an operation from the client's free list, or NULL if memory is out.
 * It must be sent, and goes back by itself after `done`.  Parameters are
 * copied at send. */
gavel_pg_op_t *gavel_pg_op(gavel_pg_t *pg, const char *function);
void gavel_pg_op_int(gavel_pg_op_t *op, int64_t value);
void gavel_pg_op_str(gavel_pg_op_t *op, const ngx_str_t *value);
void gavel_pg_op_null(gavel_pg_op_t *op);

/* Sends.  `done` is always called later, never from inside.  On a bid lane
 * nothing is under way on the server before gavel_pg_sync(). */
void gavel_pg_send(gavel_pg_t *pg, gavel_pg_lane_t lane, uint64_t key,
    gavel_pg_op_t *op);
void gavel_pg_sync(gavel_pg_t *pg, uint64_t key);

/* Forgets the requester: `done` will not be called. */
void gavel_pg_detach(gavel_pg_op_t *op);

/* Is any primary connection up?  And the identity of the server that the bid
 * lane speaks to, changed by a promotion (PROTOCOL 23). */
ngx_uint_t gavel_pg_ready(gavel_pg_t *pg);

/* Called on each new bid lane connection, after it is usable. */
void gavel_pg_on_connect(gavel_pg_t *pg, void (*handler)(void *data),
    void *data);

/* What the client has done so far, of all its lanes. */
typedef struct {
    uint64_t      sent;          /* operations that went to the server */
    uint64_t      errors;        /* refused by it */
    uint64_t      lost;          /* outcome unknown */
    uint64_t      away;          /* never sent: no connection */
    uint64_t      full;          /* never sent: queue full */
    uint64_t      connects;      /* connections that came up */
    uint64_t      timeouts;      /* connections dropped for being silent */
    ngx_uint_t    pending;       /* operations waiting or under way now */
    ngx_uint_t    lanes;
    ngx_uint_t    lanes_up;
} gavel_pg_stats_t;

void gavel_pg_stats(gavel_pg_t *pg, gavel_pg_stats_t *stats);

/* Text of a field, empty if NULL, and its number, 0 if NULL; no copy. */
ngx_str_t gavel_pg_text(const PGresult *res, int row, int col);
int64_t gavel_pg_int(const PGresult *res, int row, int col);

/* The client of this worker and its replica client (the same if none). */
extern gavel_pg_t  *gavel_pg;
extern gavel_pg_t  *gavel_pg_replica;

/*
 * Flow steps.  The SQL functions of commands all have one shape,
 *
 *     gavel.<name>(actor bigint, params jsonb)
 *         returns (status int, code text, body text, etag text)
 *
 * code NULL is success; else it is a row of codes.h and body the JSON object
 * of `errors` (or NULL).  gavel_flow_sql runs one and keeps what came in
 * *reply (strings in the flow's pool).  A refusal by the function is not a
 * failure of the step; PostgreSQL being away ends the flow with
 * `unavailable` or `busy`.
 */
typedef struct {
    ngx_uint_t      status;
    gavel_code_t    code;
    ngx_str_t       body;
    ngx_str_t       etag;
} gavel_reply_t;

ngx_int_t gavel_flow_sql(gavel_flow_t *f, gavel_reply_t *reply,
    const char *function, uint64_t actor, const ngx_str_t *params,
    gavel_pg_lane_t lane);

/* The same for what only reads and many ask at the same moment: they share
 * a question, which is asked after the last of them asked.  params is not
 * NULL, lane is not GAVEL_PG_BID. */
ngx_int_t gavel_flow_sql_shared(gavel_flow_t *f, gavel_reply_t *reply,
    const char *function, uint64_t actor, const ngx_str_t *params,
    gavel_pg_lane_t lane);

/* The usual last step: tells the reply as the flow's outcome. */
ngx_int_t gavel_flow_reply(gavel_flow_t *f, const gavel_reply_t *reply);

#endif
