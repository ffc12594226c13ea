/*
 * op: operations: their parameters, their free list, the call of `done`.
 *
 * `done` runs from an event of its own, never from within libpq's functions
 * nor from gavel_pg_send(): the requester may send, sync and finalize as he
 * likes.  What the server answered is told in the same turn of the loop, what
 * was never sent in a later one, so that who tries again at once does not
 * stop the loop.
 */

#include "pg/internal.h"
#include "core/keeper.h"


#define PG_KEEP_FREE  256        /* operations kept for reuse */
#define PG_KEEP_TEXT  4096       /* bytes of parameters kept with each */


static ngx_str_t *op_param(gavel_pg_op_t *op);
static void op_reject(pg_op_t *op, const char *sqlstate, const char *message);
static void op_tell(gavel_pg_t *pg, ngx_queue_t *queue);


gavel_pg_op_t *
gavel_pg_op(gavel_pg_t *pg, const char *function)
{
    pg_op_t  *op;

    op = pg_op_take(pg);
    if (op == NULL) {
        return NULL;
    }

    op->op.function = function;

    return &op->op;
}


pg_op_t *
pg_op_take(gavel_pg_t *pg)
{
    u_char       *text;
    size_t        size;
    pg_op_t      *op;
    ngx_queue_t  *q;

    if (ngx_queue_empty(&pg->free)) {
        op = ngx_alloc(sizeof(pg_op_t), pg->log);
        if (op == NULL) {
            return NULL;
        }

        text = NULL;
        size = 0;

    } else {
        q = ngx_queue_head(&pg->free);
        ngx_queue_remove(q);
        pg->nfree--;

        op = ngx_queue_data(q, pg_op_t, link);
        text = op->text;
        size = op->text_size;
    }

    ngx_memzero(op, offsetof(pg_op_t, error));

    op->error[0] = '\0';
    op->text = text;
    op->text_size = size;
    op->pg = pg;

    return op;
}


void
pg_op_recycle(pg_op_t *op)
{
    gavel_pg_t  *pg = op->pg;

    if (op->text_size > PG_KEEP_TEXT || pg->nfree >= PG_KEEP_FREE) {
        ngx_free(op->text);
        op->text = NULL;
        op->text_size = 0;
    }

    if (pg->nfree >= PG_KEEP_FREE) {
        ngx_free(op);
        return;
    }

    ngx_queue_insert_head(&pg->free, &op->link);
    pg->nfree++;
}


void
gavel_pg_op_int(gavel_pg_op_t *op, int64_t value)
{
    pg_op_t    *o = (pg_op_t *) op;
    ngx_str_t  *param;

    param = op_param(op);

    if (param) {
        param->data = o->ints[op->nparams - 1];
        param->len = ngx_sprintf(param->data, "%L", value) - param->data;
    }
}


void
gavel_pg_op_str(gavel_pg_op_t *op, const ngx_str_t *value)
{
    ngx_str_t  *param;

    param = op_param(op);

    if (param) {
        param->len = value->len;
        param->data = value->len ? value->data : (u_char *) "";
    }
}


void
gavel_pg_op_null(gavel_pg_op_t *op)
{
    ngx_str_t  *param;

    param = op_param(op);

    if (param) {
        ngx_str_null(param);
    }
}


static ngx_str_t *
op_param(gavel_pg_op_t *op)
{
    if (op->nparams == GAVEL_PG_MAX_PARAMS) {
        ((pg_op_t *) op)->overflow = 1;
        return NULL;
    }

    return &op->params[op->nparams++];
}


void
gavel_pg_detach(gavel_pg_op_t *op)
{
    op->done = NULL;
    op->data = NULL;
}


ngx_int_t
pg_op_copy(pg_op_t *op)
{
    size_t       size;
    u_char      *p;
    ngx_str_t   *param;
    ngx_uint_t   i;

    if (op->overflow) {
        op_reject(op, "54023", "too many parameters");
        return NGX_DECLINED;
    }

    size = 0;

    for (i = 0; i < op->op.nparams; i++) {
        size += op->op.params[i].len + 1;
    }

    if (size > op->text_size) {
        p = ngx_alloc(size, op->pg->log);
        if (p == NULL) {
            op_reject(op, "53200", "out of memory");
            return NGX_DECLINED;
        }

        if (op->text) {
            ngx_free(op->text);
        }

        op->text = p;
        op->text_size = size;
    }

    p = op->text;

    for (i = 0; i < op->op.nparams; i++) {
        param = &op->op.params[i];

        if (param->data == NULL) {
            continue;
        }

        /* libpq would cut the text there, without a word */

        if (memchr(param->data, '\0', param->len) != NULL) {
            op_reject(op, "22021", "a text parameter contains a zero byte");
            return NGX_DECLINED;
        }

        ngx_memcpy(p, param->data, param->len);
        param->data = p;

        p += param->len;
        *p++ = '\0';
    }

    return NGX_OK;
}


static void
op_reject(pg_op_t *op, const char *sqlstate, const char *message)
{
    ngx_memcpy(op->op.sqlstate, sqlstate, 6);
    pg_message(op->error, message);
}


void
pg_message(u_char *buffer, const char *message)
{
    u_char  *p;

    (void) ngx_cpystrn(buffer, (u_char *) (message ? message : ""),
                       PG_MESSAGE);

    for (p = buffer; *p; p++) {
        if (*p == '\n' || *p == '\t') {
            *p = ' ';
        }
    }

    while (p > buffer && p[-1] == ' ') {
        *--p = '\0';
    }
}


void
pg_op_finish(pg_op_t *op, gavel_pg_status_t status)
{
    gavel_pg_t  *pg = op->pg;

    op->op.status = status;

    ngx_queue_insert_tail(&pg->finished, &op->link);
    ngx_post_event(&pg->finish, &ngx_posted_events);
}


void
pg_op_refuse(pg_op_t *op, gavel_pg_status_t status)
{
    gavel_pg_t  *pg = op->pg;

    op->op.status = status;

    if (status == GAVEL_PG_AWAY) {
        pg->stats.away++;

    } else if (status == GAVEL_PG_FULL) {
        pg->stats.full++;
    }

    ngx_queue_insert_tail(&pg->refused, &op->link);

    if (!pg->later.timer_set) {
        ngx_add_timer(&pg->later, 1);
    }
}


void
pg_finish_handler(ngx_event_t *ev)
{
    gavel_pg_t  *pg = ev->data;

    op_tell(pg, &pg->finished);
}


void
pg_later_handler(ngx_event_t *ev)
{
    gavel_pg_t  *pg = ev->data;

    ev->timedout = 0;
    op_tell(pg, &pg->refused);
}


/* Only of what is there now: what comes meanwhile posts the event anew. */

static void
op_tell(gavel_pg_t *pg, ngx_queue_t *queue)
{
    pg_op_t      *op;
    ngx_queue_t  *q, now;

    if (ngx_queue_empty(queue)) {
        return;
    }

    ngx_queue_init(&now);
    ngx_queue_add(&now, queue);
    ngx_queue_init(queue);

    while (!ngx_queue_empty(&now)) {
        q = ngx_queue_head(&now);
        ngx_queue_remove(q);

        op = ngx_queue_data(q, pg_op_t, link);

        op->op.message.data = op->error;
        op->op.message.len = ngx_strlen(op->error);

        if (op->op.done) {
            op->op.done(&op->op);
        }

        if (op->op.res) {
            PQclear(op->op.res);
            op->op.res = NULL;
        }

        gavel_release();
        pg_op_recycle(op);
    }
}
