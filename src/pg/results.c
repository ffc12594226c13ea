/*
 * results: from libpq's results to outcomes of operations.
 *
 * In pipeline mode each call gives its results, then NULL, and each sync
 * gives PGRES_PIPELINE_SYNC.  A sync is a commit: what comes before it is
 * provisional, for a commit can fail after all calls have succeeded (then
 * an error comes between the last NULL and the sync).  So outcomes are only
 * decided, for all operations of a sync at once, when the sync is there.
 */

#include "pg/internal.h"


static ngx_int_t results_null(pg_lane_t *lane);
static ngx_int_t results_one(pg_lane_t *lane, PGresult *res);
static void results_error(pg_lane_t *lane, const PGresult *res);
static void results_sync(pg_lane_t *lane);
static void results_outcome(pg_lane_t *lane, pg_op_t *op, ngx_uint_t alone);
static void results_prepared(pg_lane_t *lane, pg_op_t *op);
static void results_refused_statement(pg_lane_t *lane, pg_statement_t *st);


ngx_int_t
pg_results(pg_lane_t *lane)
{
    PGresult  *res;

    while (!ngx_queue_empty(&lane->sent)) {

        /* PQgetResult() would block */

        if (PQisBusy(lane->conn)) {
            return NGX_OK;
        }

        res = PQgetResult(lane->conn);

        if (PQstatus(lane->conn) == CONNECTION_BAD) {
            PQclear(res);
            return NGX_ERROR;
        }

        if (res == NULL) {
            if (results_null(lane) != NGX_OK) {
                return NGX_ERROR;
            }

            continue;
        }

        if (results_one(lane, res) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* The results of one call have ended. */

static ngx_int_t
results_null(pg_lane_t *lane)
{
    ngx_queue_t  *q;

    if (lane->current == NULL) {

        /* one behind a failed commit; an idle libpq gives them for ever */

        return ++lane->nulls < 4 ? NGX_OK : NGX_ERROR;
    }

    if (lane->current->sync) {
        lane->current = NULL;
        lane->nulls = 0;
        return NGX_OK;
    }

    q = ngx_queue_next(&lane->current->link);

    lane->current = ngx_queue_data(q, pg_op_t, link);

    return NGX_OK;
}


/* Takes res over. */

static ngx_int_t
results_one(pg_lane_t *lane, PGresult *res)
{
    pg_op_t  *op = lane->current;

    switch (PQresultStatus(res)) {

    case PGRES_PIPELINE_SYNC:
        PQclear(res);

        if (op != NULL) {
            return NGX_ERROR;
        }

        results_sync(lane);
        return NGX_OK;

    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (op == NULL) {
            break;
        }

        PQclear(op->op.res);
        op->op.res = res;
        return NGX_OK;

    case PGRES_PIPELINE_ABORTED:
        PQclear(res);
        return NGX_OK;

    case PGRES_FATAL_ERROR:
        results_error(lane, res);
        PQclear(res);
        return NGX_OK;

    default:
        break;
    }

    PQclear(res);
    return NGX_ERROR;
}


static void
results_error(pg_lane_t *lane, const PGresult *res)
{
    char  *state, *where;

    if (lane->failed) {
        return;
    }

    lane->failed = 1;
    lane->culprit = lane->current;

    state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    (void) ngx_cpystrn((u_char *) lane->sqlstate,
                       (u_char *) (state ? state : "XX000"), 6);

    pg_message(lane->error, PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));

    /* a function was replaced, and the plans of this connection are of no
     * use any more; SQL functions may say 0A000 for reasons of their own */

    where = PQresultErrorField(res, PG_DIAG_SOURCE_FUNCTION);

    if (ngx_strcmp(lane->sqlstate, "26000") == 0
        || (ngx_strcmp(lane->sqlstate, "0A000") == 0 && where
            && ngx_strcmp(where, "RevalidateCachedQuery") == 0))
    {
        lane->stale = 1;
    }

    /* statement_timeout: as when the server says nothing at all */

    if (ngx_strcmp(lane->sqlstate, "57014") == 0) {
        lane->first_host++;
        lane->stale = 1;
    }
}


/* The oldest sync is over: decides all of its operations. */

static void
results_sync(pg_lane_t *lane)
{
    pg_op_t      *op;
    ngx_uint_t    sync, alone;
    ngx_queue_t  *q;

    op = ngx_queue_data(ngx_queue_head(&lane->sent), pg_op_t, link);
    alone = op->sync;

    if (lane->culprit && lane->culprit->statement->state == PG_REFUSED) {
        results_refused_statement(lane, lane->culprit->statement);
    }

    do {
        q = ngx_queue_head(&lane->sent);
        ngx_queue_remove(q);

        op = ngx_queue_data(q, pg_op_t, link);
        sync = op->sync;

        if (op->prepare) {
            results_prepared(lane, op);

        } else {
            results_outcome(lane, op, alone);
        }

    } while (!sync);

    lane->failed = 0;
    lane->culprit = NULL;
    lane->proven = 1;
    lane->since = ngx_current_msec;
    lane->current = NULL;

    if (!ngx_queue_empty(&lane->sent)) {
        q = ngx_queue_head(&lane->sent);
        lane->current = ngx_queue_data(q, pg_op_t, link);
    }
}


/* The call failed since its statement did: tell the better reason. */

static void
results_refused_statement(pg_lane_t *lane, pg_statement_t *st)
{
    if (ngx_strcmp(lane->sqlstate, "26000") != 0) {
        return;
    }

    ngx_memcpy(lane->sqlstate, st->sqlstate, sizeof(lane->sqlstate));
    ngx_memcpy(lane->error, st->error, PG_MESSAGE);

    lane->stale = 0;
}


static void
results_outcome(pg_lane_t *lane, pg_op_t *op, ngx_uint_t alone)
{
    gavel_pg_status_t  status;

    lane->pending--;

    if (!lane->failed) {
        pg_op_finish(op, GAVEL_PG_DONE);
        return;
    }

    status = (op == lane->culprit || alone) ? GAVEL_PG_ERROR
                                            : GAVEL_PG_ABORTED;

    if (status == GAVEL_PG_ERROR) {
        lane->pg->stats.errors++;
    }

    ngx_memcpy(op->op.sqlstate, lane->sqlstate, sizeof(lane->sqlstate));
    ngx_memcpy(op->error, lane->error, PG_MESSAGE);

    PQclear(op->op.res);
    op->op.res = NULL;

    pg_op_finish(op, status);
}


/* A statement was prepared, or refused: its function may come with the next
 * migration, so the next call tries again. */

static void
results_prepared(pg_lane_t *lane, pg_op_t *op)
{
    pg_statement_t  *st = op->statement;

    st->state = lane->failed ? PG_REFUSED : PG_PREPARED;

    if (lane->failed) {
        ngx_memcpy(st->sqlstate, lane->sqlstate, sizeof(st->sqlstate));
        ngx_memcpy(st->error, lane->error, PG_MESSAGE);
        lane->stale = 0;
    }

    PQclear(op->op.res);
    pg_op_recycle(op);
}
