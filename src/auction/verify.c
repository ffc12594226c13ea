/*
 * verify: replays a log from its first event, for whoever asks whether it is
 * sound: each event must follow the one before, be legal, and have the hash
 * that its bytes and all before it give.
 *
 * A page of events is folded in about a millisecond, then the loop goes on
 * with others until the next one is there.  The result is remembered for the
 * place of the log that it was made for; a log that goes on is replayed again
 * after a while only.
 */

#include "auction/host.h"

#define VERIFY_PAGE     500
#define VERIFY_KEPT     64             /* results */
#define VERIFY_RUNNING  2              /* at a time, of this worker */
#define VERIFY_WAIT     50000          /* events that a client waits for */
#define VERIFY_AGAIN    1000           /* ms, and more for long logs: */
#define VERIFY_REST     5              /* a ms for so many events */


typedef struct {
    ngx_queue_t         queue;         /* newest first */
    uint64_t            id;
    gavel_verified_t    last;
    ngx_msec_t          at;
    auction_t          *state;         /* of the replay that runs, or NULL */
    ngx_queue_t         waiters;
} verify_t;

typedef struct {
    ngx_queue_t         queue;
    gavel_flow_t       *flow;
    gavel_verified_t   *out;
} verify_wait_t;


static void verify_ask(verify_t *v);

static ngx_queue_t  verifies;
static ngx_uint_t   nverifies, running;


/* The least used one makes room; NULL: all are running, or no memory. */

static verify_t *
verify_of(uint64_t id)
{
    verify_t     *v;
    ngx_queue_t  *q;

    if (verifies.next == NULL) {
        ngx_queue_init(&verifies);
    }

    for (q = ngx_queue_head(&verifies);
         q != ngx_queue_sentinel(&verifies);
         q = ngx_queue_next(q))
    {
        v = ngx_queue_data(q, verify_t, queue);

        if (v->id == id) {
            ngx_queue_remove(q);
            ngx_queue_insert_head(&verifies, q);
            return v;
        }
    }

    if (nverifies == VERIFY_KEPT) {
        v = ngx_queue_data(ngx_queue_last(&verifies), verify_t, queue);

        if (v->state != NULL) {
            return NULL;
        }

        ngx_queue_remove(&v->queue);

    } else {
        v = ngx_alloc(sizeof(verify_t), host.log);
        if (v == NULL) {
            return NULL;
        }

        nverifies++;
    }

    ngx_memzero(v, sizeof(verify_t));
    v->id = id;
    ngx_queue_init(&v->waiters);
    ngx_queue_insert_head(&verifies, &v->queue);

    return v;
}


static void
verify_end(verify_t *v)
{
    ngx_queue_t     waiters;
    verify_wait_t  *w;

    free(v->state);
    v->state = NULL;
    v->at = ngx_current_msec;
    running--;

    if (ngx_queue_empty(&v->waiters)) {
        return;
    }

    ngx_queue_init(&waiters);
    ngx_queue_add(&waiters, &v->waiters);
    ngx_queue_init(&v->waiters);

    while (!ngx_queue_empty(&waiters)) {
        w = ngx_queue_data(ngx_queue_head(&waiters), verify_wait_t, queue);
        ngx_queue_remove(&w->queue);
        *w->out = v->last;
        gavel_flow_wake(w->flow);
    }
}


static void
verify_result(verify_t *v, ngx_uint_t ok)
{
    v->last.epoch = v->state->epoch;
    v->last.seq = v->state->seq;
    v->last.at = gavel_cluster_now();
    v->last.ok = ok;
    v->last.pending = 0;
    ngx_memcpy(v->last.head, v->state->head, ENGINE_HASH_LEN);

    if (!ok) {
        ngx_log_error(NGX_LOG_CRIT, host.log, 0,
                      "auction %uL: what follows event %L of its log is not "
                      "sound", v->id, v->state->seq);
    }
}


static ngx_int_t
verify_row(verify_t *v, PGresult *res, int row)
{
    u_char          hash[ENGINE_HASH_LEN];
    event_t         e;
    ngx_int_t       rc;
    host_record_t  *r;

    r = host_row_record(v->id, res, row, &e);
    if (r == NULL) {
        return NGX_ERROR;
    }

    event_hash(v->state->head, (char *) r->record.text.data,
               r->record.text.len, r->private.len ? r->nonce : NULL,
               (char *) r->private.data, r->private.len, hash);

    rc = e.seq == gavel_pg_int(res, row, 1)
         && ngx_memcmp(hash, r->record.hash, ENGINE_HASH_LEN) == 0
         && evolve(&v->state, &e, NULL) == 0
         ? NGX_OK : NGX_ERROR;

    if (rc == NGX_OK) {
        event_seal(v->state, hash, NULL);
    }

    host_record_free(r);

    return rc;
}


static void
verify_page(gavel_pg_op_t *op)
{
    int        row, rows;
    verify_t  *v = op->data;

    if (op->status != GAVEL_PG_DONE) {
        v->last.pending = 1;           /* nothing is known: ask again */
        verify_end(v);
        return;
    }

    rows = PQntuples(op->res);

    for (row = 0; row < rows; row++) {

        if (verify_row(v, op->res, row) != NGX_OK) {
            verify_result(v, 0);
            verify_end(v);
            return;
        }
    }

    if (rows == VERIFY_PAGE) {
        verify_ask(v);
        return;
    }

    verify_result(v, 1);
    verify_end(v);
}


static void
verify_ask(verify_t *v)
{
    gavel_pg_op_t  *op;

    op = gavel_pg_op(gavel_pg, "log_events");

    if (op == NULL) {
        v->last.pending = 1;
        verify_end(v);
        return;
    }

    gavel_pg_op_int(op, v->id);
    gavel_pg_op_int(op, v->state->seq);
    gavel_pg_op_int(op, VERIFY_PAGE);

    op->done = verify_page;
    op->data = v;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, v->id, op);
}


static void
verify_begin(verify_t *v)
{
    ngx_msec_t  rest;

    rest = ngx_max(VERIFY_AGAIN, v->last.seq / VERIFY_REST);

    if (running == VERIFY_RUNNING
        || (v->at != 0 && ngx_current_msec - v->at < rest
            && !v->last.pending))
    {
        return;
    }

    v->state = auction_create((int64_t) v->id);

    if (v->state != NULL) {
        running++;
        verify_ask(v);
    }
}


static void
verify_detach(void *wait)
{
    verify_wait_t  *w = wait;

    ngx_queue_remove(&w->queue);
}


ngx_int_t
gavel_flow_verify(gavel_flow_t *f, uint64_t id, int64_t epoch, int64_t seq,
    ngx_uint_t patient, gavel_verified_t *out)
{
    verify_t       *v;
    verify_wait_t  *w;

    ngx_memzero(out, sizeof(gavel_verified_t));
    out->pending = 1;

    v = verify_of(id);
    if (v == NULL) {
        return NGX_OK;
    }

    if (v->state == NULL
        && (v->last.epoch != epoch || v->last.seq != seq || !v->last.ok))
    {
        verify_begin(v);
    }

    if (v->state == NULL || (seq > VERIFY_WAIT && !patient)) {
        *out = v->last;
        out->pending = v->state != NULL || v->last.at == 0;
        return NGX_OK;
    }

    w = ngx_palloc(f->pool, sizeof(verify_wait_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->flow = f;
    w->out = out;
    ngx_queue_insert_tail(&v->waiters, &w->queue);

    return gavel_flow_wait(f, verify_detach, w);
}
