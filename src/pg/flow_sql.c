/*
 * flow_sql: calls of SQL functions as steps of a flow.
 *
 * The one place that says what an error of PostgreSQL is to a client: what
 * may be tried again is busy or unavailable, what his values caused is his,
 * and the rest is ours.
 */

#include "pg/internal.h"


typedef struct {
    gavel_flow_t     *flow;
    gavel_pg_op_t    *op;
    gavel_reply_t    *reply;
} sql_wait_t;


static void sql_done(gavel_pg_op_t *op);
static void sql_detach(void *wait);
static ngx_int_t sql_reply(gavel_flow_t *f, gavel_reply_t *reply,
    const gavel_pg_op_t *op);
static ngx_int_t sql_copy(gavel_flow_t *f, const PGresult *res, int col,
    ngx_str_t *text);
static gavel_code_t sql_code(const gavel_pg_op_t *op);


ngx_int_t
gavel_flow_sql(gavel_flow_t *f, gavel_reply_t *reply, const char *function,
    uint64_t actor, const ngx_str_t *params, gavel_pg_lane_t lane)
{
    sql_wait_t     *w;
    gavel_pg_op_t  *op;

    w = ngx_palloc(f->pool, sizeof(sql_wait_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    op = gavel_pg_op(gavel_pg, function);
    if (op == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(reply, sizeof(gavel_reply_t));

    w->flow = f;
    w->op = op;
    w->reply = reply;

    op->done = sql_done;
    op->data = w;

    gavel_pg_op_int(op, (int64_t) actor);

    if (params) {
        gavel_pg_op_str(op, params);

    } else {
        gavel_pg_op_null(op);
    }

    gavel_pg_send(gavel_pg, lane, actor, op);

    if (lane == GAVEL_PG_BID) {
        gavel_pg_sync(gavel_pg, actor);
    }

    return gavel_flow_wait(f, sql_detach, w);
}


static void
sql_detach(void *wait)
{
    sql_wait_t  *w = wait;

    gavel_pg_detach(w->op);
}


static void
sql_done(gavel_pg_op_t *op)
{
    sql_wait_t  *w = op->data;

    pg_flow_told(w->flow, w->reply, op);
}


void
pg_flow_told(gavel_flow_t *f, gavel_reply_t *reply, const gavel_pg_op_t *op)
{
    ngx_uint_t    level;
    gavel_code_t  code;

    if (op->status != GAVEL_PG_DONE) {
        code = sql_code(op);

        level = (code == GAVEL_internal) ? NGX_LOG_ERR : NGX_LOG_INFO;

        ngx_log_error(level, f->log, 0, "gavel pg: %s: %s %V",
                      op->function, op->sqlstate, &op->message);

        gavel_flow_fail(f, code);
        return;
    }

    if (sql_reply(f, reply, op) != NGX_OK) {
        gavel_flow_fail(f, GAVEL_internal);
        return;
    }

    gavel_flow_wake(f);
}


static ngx_int_t
sql_reply(gavel_flow_t *f, gavel_reply_t *reply, const gavel_pg_op_t *op)
{
    ngx_str_t        code;
    const PGresult  *res = op->res;

    if (PQntuples(res) != 1 || PQnfields(res) != 4) {
        ngx_log_error(NGX_LOG_ERR, f->log, 0,
                      "gavel pg: %s: not one row (status, code, body, etag)",
                      op->function);
        return NGX_ERROR;
    }

    reply->status = (ngx_uint_t) gavel_pg_int(res, 0, 0);

    code = gavel_pg_text(res, 0, 1);

    if (code.len) {
        reply->code = gavel_error_code(&code);
    }

    if (sql_copy(f, res, 2, &reply->body) != NGX_OK) {
        return NGX_ERROR;
    }

    return sql_copy(f, res, 3, &reply->etag);
}


static ngx_int_t
sql_copy(gavel_flow_t *f, const PGresult *res, int col, ngx_str_t *text)
{
    ngx_str_t  field;

    field = gavel_pg_text(res, 0, col);

    text->len = 0;
    text->data = (u_char *) "";

    if (field.len == 0) {
        return NGX_OK;
    }

    text->data = ngx_pstrdup(f->pool, &field);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = field.len;

    return NGX_OK;
}


static gavel_code_t
sql_code(const gavel_pg_op_t *op)
{
    static const struct {
        const char    *prefix;
        gavel_code_t   code;
    } codes[] = {
        { "40",    GAVEL_busy },             /* serialization, deadlock */
        { "55P03", GAVEL_busy },             /* lock not available */
        { "57014", GAVEL_busy },             /* statement timeout */
        { "26000", GAVEL_busy },             /* reconnects, then is well */
        { "0A000", GAVEL_busy },
        { "08",    GAVEL_unavailable },
        { "53",    GAVEL_unavailable },      /* resources */
        { "57",    GAVEL_unavailable },      /* operator intervention */
        { "22",    GAVEL_invalid_params },   /* a value that is no value */
        { "23505", GAVEL_already_exists },
    };

    ngx_uint_t  i;

    switch (op->status) {

    case GAVEL_PG_FULL:
        return GAVEL_busy;

    case GAVEL_PG_AWAY:
    case GAVEL_PG_LOST:
        return GAVEL_unavailable;

    default:
        break;
    }

    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (ngx_strncmp(op->sqlstate, codes[i].prefix,
                        ngx_strlen(codes[i].prefix))
            == 0)
        {
            return codes[i].code;
        }
    }

    return GAVEL_internal;
}


ngx_int_t
gavel_flow_reply(gavel_flow_t *f, const gavel_reply_t *reply)
{
    if (reply->code != GAVEL_OK) {
        f->outcome.errors = reply->body;
        return gavel_flow_refuse(f, reply->code);
    }

    f->outcome.etag = reply->etag;

    return gavel_flow_answer(f, reply->status, &reply->body);
}
