/*
 * lane: sends the operations of one connection, a whole sync at a time.
 *
 * Each function is prepared on each connection when it is first called.  The
 * preparing has a sync of its own before that of the call, so that a failing
 * call cannot take a neighbour's statement with it.
 */

#include "pg/internal.h"

#include <openssl/ssl.h>


static ngx_int_t lane_send_sync(pg_lane_t *lane);
static ngx_int_t lane_prepare_all(pg_lane_t *lane);
static ngx_int_t lane_prepare(pg_lane_t *lane, pg_statement_t *st);
static pg_statement_t *lane_statement(pg_lane_t *lane, pg_op_t *op);
static pg_statement_t *lane_statement_create(pg_lane_t *lane, pg_op_t *op);
static ngx_int_t lane_call(pg_lane_t *lane, pg_op_t *op);
static void lane_sent(pg_lane_t *lane, pg_op_t *op);


void
pg_lane_pump(pg_lane_t *lane)
{
    if (lane->state != PG_READY || ngx_queue_empty(&lane->waiting)) {
        return;
    }

    while (!ngx_queue_empty(&lane->waiting)) {

        if (lane_send_sync(lane) != NGX_OK) {
            pg_lane_lost(lane, PQerrorMessage(lane->conn));
            return;
        }
    }

    pg_lane_flush(lane);
}


/* The operations up to the next sync; all of them count as sent as soon as
 * one of them may have reached the server. */

static ngx_int_t
lane_send_sync(pg_lane_t *lane)
{
    pg_op_t      *op;
    ngx_int_t     rc;
    ngx_uint_t    sync;
    ngx_queue_t  *q;

    if (lane_prepare_all(lane) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    do {
        q = ngx_queue_head(&lane->waiting);
        ngx_queue_remove(q);

        op = ngx_queue_data(q, pg_op_t, link);
        sync = op->sync;

        lane_sent(lane, op);
        lane->pg->stats.sent++;

        if (rc == NGX_OK) {
            rc = lane_call(lane, op);
        }

    } while (!sync);

    if (rc != NGX_OK || PQpipelineSync(lane->conn) != 1) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
lane_prepare_all(pg_lane_t *lane)
{
    pg_op_t         *op;
    ngx_queue_t     *q;
    pg_statement_t  *st;

    q = ngx_queue_head(&lane->waiting);

    for ( ;; ) {
        op = ngx_queue_data(q, pg_op_t, link);

        st = lane_statement(lane, op);
        if (st == NULL) {
            return NGX_ERROR;
        }

        op->statement = st;

        if (st->state == PG_UNPREPARED || st->state == PG_REFUSED) {
            if (lane_prepare(lane, st) != NGX_OK) {
                return NGX_ERROR;
            }
        }

        if (op->sync) {
            return NGX_OK;
        }

        q = ngx_queue_next(q);
    }
}


static ngx_int_t
lane_prepare(pg_lane_t *lane, pg_statement_t *st)
{
    pg_op_t  *op;

    op = pg_op_take(lane->pg);
    if (op == NULL) {
        return NGX_ERROR;
    }

    op->prepare = 1;
    op->sync = 1;
    op->statement = st;

    lane_sent(lane, op);
    st->state = PG_PREPARING;

    if (PQsendPrepare(lane->conn, st->name, st->sql, 0, NULL) != 1
        || PQpipelineSync(lane->conn) != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static pg_statement_t *
lane_statement(pg_lane_t *lane, pg_op_t *op)
{
    ngx_uint_t       key;
    pg_statement_t  *st;

    key = ngx_hash_key((u_char *) op->op.function,
                       ngx_strlen(op->op.function));

    for (st = lane->statements[key % PG_STATEMENTS]; st; st = st->next) {

        if (st->nparams == op->op.nparams
            && ngx_strcmp(st->function, op->op.function) == 0)
        {
            return st;
        }
    }

    st = lane_statement_create(lane, op);
    if (st == NULL) {
        return NULL;
    }

    st->next = lane->statements[key % PG_STATEMENTS];
    lane->statements[key % PG_STATEMENTS] = st;

    return st;
}


static pg_statement_t *
lane_statement_create(pg_lane_t *lane, pg_op_t *op)
{
    size_t           len;
    u_char          *p;
    ngx_uint_t       i;
    pg_statement_t  *st;

    len = ngx_strlen(op->op.function);

    st = ngx_pcalloc(lane->pool, sizeof(pg_statement_t));
    if (st == NULL) {
        return NULL;
    }

    st->function = op->op.function;
    st->nparams = op->op.nparams;

    st->name = ngx_pnalloc(lane->pool, len + sizeof("_48"));
    if (st->name == NULL) {
        return NULL;
    }

    p = ngx_sprintf((u_char *) st->name, "%s_%ui", st->function, st->nparams);
    *p = '\0';

    st->sql = ngx_pnalloc(lane->pool, sizeof("SELECT * FROM gavel.()") + len
                                      + st->nparams * (sizeof("$48,") - 1));
    if (st->sql == NULL) {
        return NULL;
    }

    p = ngx_sprintf((u_char *) st->sql, "SELECT * FROM gavel.%s(",
                    st->function);

    for (i = 1; i <= st->nparams; i++) {
        p = ngx_sprintf(p, i == 1 ? "$%ui" : ",$%ui", i);
    }

    *p++ = ')';
    *p = '\0';

    return st;
}


static ngx_int_t
lane_call(pg_lane_t *lane, pg_op_t *op)
{
    ngx_uint_t   i;
    const char  *values[GAVEL_PG_MAX_PARAMS];

    for (i = 0; i < op->op.nparams; i++) {
        values[i] = (const char *) op->op.params[i].data;
    }

    if (PQsendQueryPrepared(lane->conn, op->statement->name, op->op.nparams,
                            values, NULL, NULL, 0)
        != 1)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
lane_sent(pg_lane_t *lane, pg_op_t *op)
{
    if (ngx_queue_empty(&lane->sent)) {
        lane->current = op;
        lane->since = ngx_current_msec;

        /* one timer looks at the oldest sync, however many there are */

        if (!lane->timer) {
            lane->timer = 1;
            gavel_fd_timeout(lane->fd, lane->pg->conf->statement_timeout
                                       + PG_TIMEOUT_GRACE);
        }
    }

    ngx_queue_insert_tail(&lane->sent, &op->link);
}


void
pg_lane_flush(pg_lane_t *lane)
{
    int         rc;
    ngx_uint_t  want;

    rc = PQflush(lane->conn);

    if (rc == -1) {
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    /* only while there is something to write, or the loop would spin */

    want = (rc == 1) ? GAVEL_FD_READ|GAVEL_FD_WRITE : GAVEL_FD_READ;

    if (gavel_fd_want(lane->fd, want) != NGX_OK) {
        pg_lane_lost(lane, "event loop");
    }
}


void
pg_lane_read(pg_lane_t *lane)
{
    if (PQconsumeInput(lane->conn) != 1) {
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    /* decrypted bytes inside OpenSSL do not make the descriptor readable */

    while (lane->ssl && SSL_pending(lane->ssl) > 0) {

        if (PQconsumeInput(lane->conn) != 1) {
            pg_lane_lost(lane, PQerrorMessage(lane->conn));
            return;
        }
    }

    if (pg_results(lane) != NGX_OK
        || PQstatus(lane->conn) == CONNECTION_BAD)
    {
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    if (lane->stale) {
        lane->stale = 0;
        pg_lane_move(lane, PG_DRAINING);
    }

    if (lane->state == PG_DRAINING && ngx_queue_empty(&lane->sent)) {
        pg_lane_move(lane, PG_CONNECTING);
        return;
    }

    pg_lane_flush(lane);
}
