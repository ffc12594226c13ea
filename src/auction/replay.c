/*
 * replay: the events behind a seq, for a client that comes back.
 */

#include "auction/host.h"


typedef struct {
    ngx_queue_t       queue;
    gavel_replay_t   *replay;          /* NULL: its client has left */
    int64_t           after;
    ngx_uint_t        max;
    ngx_uint_t        asked;           /* the primary was, since it came */
} replay_wait_t;

typedef struct {
    gavel_auction_t  *auction;
    gavel_replay_t   *replay;
    int64_t           upto;
} replay_read_t;


static void
replay_tell(gavel_replay_t *r, gavel_code_t code)
{
    r->code = code;
    r->n = 0;
    r->records = NULL;
    r->wait = NULL;
    r->ready(r);
}


static ngx_uint_t
replay_memory(gavel_auction_t *a, int64_t after, gavel_replay_t *r)
{
    int64_t          seq;
    ngx_uint_t       n;
    host_record_t   *h;
    gavel_record_t  *records[HOST_RING];

    if (a->state->seq - after > HOST_RING) {
        return 0;
    }

    n = 0;

    for (seq = after + 1; seq <= a->state->seq; seq++) {
        h = a->ring[seq % HOST_RING];

        if (h == NULL || h->record.seq != seq) {
            return 0;
        }

        records[n++] = &h->record;
    }

    r->code = GAVEL_OK;
    r->records = records;
    r->n = n;
    r->wait = NULL;
    r->ready(r);

    return 1;
}


static void
replay_read(gavel_pg_op_t *op)
{
    int               row, rows;
    event_t           e;
    ngx_uint_t        i, n;
    host_record_t    *h;
    replay_read_t    *read = op->data;
    gavel_record_t  **records;
    gavel_replay_t   *r = read->replay;

    read->auction->views_open--;

    if (r == NULL) {
        ngx_free(read);
        return;
    }

    rows = (op->status == GAVEL_PG_DONE) ? PQntuples(op->res) : 0;
    records = ngx_alloc((rows + 1) * sizeof(gavel_record_t *), host.log);

    if (op->status != GAVEL_PG_DONE || records == NULL) {
        ngx_free(records);
        ngx_free(read);
        replay_tell(r, GAVEL_unavailable);
        return;
    }

    for (n = 0, row = 0; row < rows; row++) {
        if (gavel_pg_int(op->res, row, 1) > read->upto) {
            break;
        }

        h = host_row_record(read->auction->id, op->res, row, &e);
        if (h == NULL) {
            break;
        }

        records[n++] = &h->record;
    }

    ngx_free(read);

    r->code = GAVEL_OK;
    r->records = records;
    r->n = n;
    r->wait = NULL;
    r->ready(r);

    for (i = 0; i < n; i++) {
        gavel_record_free(records[i]);
    }

    ngx_free(records);
}


static void
replay_ask(gavel_auction_t *a, int64_t after, ngx_uint_t max,
    gavel_replay_t *r)
{
    gavel_pg_op_t  *op;
    replay_read_t  *read;

    read = ngx_calloc(sizeof(replay_read_t), host.log);
    op = (read == NULL) ? NULL : gavel_pg_op(gavel_pg, "log_events");

    if (op == NULL) {
        ngx_free(read);
        replay_tell(r, GAVEL_busy);
        return;
    }

    /* The records end where the cached state was: what comes later reaches
     * the client through the feed; it is asked again if it jumped. */

    read->auction = a;
    read->replay = r;
    read->upto = a->state->seq;
    a->views_open++;

    gavel_pg_op_int(op, a->id);
    gavel_pg_op_int(op, after);
    gavel_pg_op_int(op, max);

    op->done = replay_read;
    op->data = read;
    r->wait = &read->replay;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, a->id, op);
}


/* Some have heard more than this worker: the primary knows (rule 22).  What
 * was asked before they came does not count, nor what a server says that is
 * the primary no more. */

static void
replay_ask_primary(gavel_auction_t *a)
{
    ngx_queue_t  *q;

    a->sure = 1;

    if (a->filling) {
        a->behind = 1;
        return;
    }

    if (a->loading) {
        return;
    }

    for (q = ngx_queue_head(&a->replays);
         q != ngx_queue_sentinel(&a->replays);
         q = ngx_queue_next(q))
    {
        (ngx_queue_data(q, replay_wait_t, queue))->asked = 1;
    }

    host_fill(a);
}


void
gavel_auction_replay(gavel_auction_t *a, int64_t after, ngx_uint_t max,
    gavel_replay_t *r)
{
    replay_wait_t  *w;

    r->wait = NULL;

    if (a->state == NULL) {
        replay_tell(r, GAVEL_unavailable);
        return;
    }

    if (after > a->state->seq) {
        w = ngx_calloc(sizeof(replay_wait_t), host.log);
        if (w == NULL) {
            replay_tell(r, GAVEL_busy);
            return;
        }

        w->replay = r;
        w->after = after;
        w->max = max;
        r->wait = &w->replay;
        ngx_queue_insert_tail(&a->replays, &w->queue);

        replay_ask_primary(a);
        return;
    }

    if ((ngx_uint_t) (a->state->seq - after) > max) {
        replay_tell(r, GAVEL_limit_reached);
        return;
    }

    if (!replay_memory(a, after, r)) {
        replay_ask(a, after, max, r);
    }
}


void
gavel_replay_detach(gavel_replay_t *r)
{
    gavel_replay_t  **waiting = r->wait;

    if (waiting != NULL) {
        *waiting = NULL;
        r->wait = NULL;
    }
}


void
host_replays(gavel_auction_t *a, gavel_code_t code)
{
    ngx_queue_t      list;
    replay_wait_t   *w;
    gavel_replay_t  *r;

    if (ngx_queue_empty(&a->replays)) {
        return;
    }

    ngx_queue_init(&list);
    ngx_queue_add(&list, &a->replays);
    ngx_queue_init(&a->replays);

    while (!ngx_queue_empty(&list)) {
        w = ngx_queue_data(ngx_queue_head(&list), replay_wait_t, queue);
        ngx_queue_remove(&w->queue);
        r = w->replay;

        if (r == NULL) {
            ngx_free(w);
            continue;
        }

        if (code != GAVEL_OK && code != GAVEL_engine_halted) {
            replay_tell(r, code);

        } else if (a->state != NULL && w->after > a->state->seq
                   && !w->asked)
        {
            ngx_queue_insert_tail(&a->replays, &w->queue);
            continue;

        } else if (a->state == NULL || w->after > a->state->seq) {
            replay_tell(r, GAVEL_conflict);

        } else {
            gavel_auction_replay(a, w->after, w->max, r);
        }

        ngx_free(w);
    }

    if (!ngx_queue_empty(&a->replays)) {
        replay_ask_primary(a);
    }
}
