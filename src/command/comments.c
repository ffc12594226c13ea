/*
 * comments: lines of chats, stored in batches.
 *
 * What arrives while a batch is on its way to PostgreSQL makes the next one,
 * so that a busy chat costs one commit for many lines and a quiet one does
 * not wait.  Acknowledged when it is durable, and told to all workers then.
 */

#include "command/comments.h"
#include "core/metrics.h"
#include "pg/pg.h"
#include "redis/redis.h"

#define COMMENTS_BATCH   512
#define COMMENTS_QUEUE   8192            /* more is busy */


typedef struct {
    u_char           *start, *pos;
} comments_column_t;

typedef struct {
    ngx_queue_t       waiting;           /* gavel_comment_t */
    ngx_uint_t        nwaiting;
    ngx_event_t       turn;              /* posted */
    gavel_pg_op_t    *op;                /* the batch that is under way */
    gavel_comment_t  *batch[COMMENTS_BATCH];     /* NULL: has left */
    ngx_uint_t        n;
} comments_t;


static void comments_turn(ngx_event_t *ev);
static void comments_send(void);
static void comments_done(gavel_pg_op_t *op);
static void comments_publish(PGresult *res);
static void comments_detach(void *data);
static void comments_metrics(gavel_metrics_t *m);


static uint64_t          comments_stored, comments_batches;
static comments_t        comments;
static ngx_connection_t  comments_ident;         /* events log its fd */


void
gavel_comments_create(void)
{
    comments_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&comments, sizeof(comments_t));
    ngx_queue_init(&comments.waiting);

    comments.turn.handler = comments_turn;
    comments.turn.data = &comments_ident;
    comments.turn.log = ngx_cycle->log;

    gavel_metrics_add(comments_metrics);
}


void
gavel_comments_destroy(void)
{
    if (comments.turn.posted) {
        ngx_delete_posted_event(&comments.turn);
    }

    if (comments.op != NULL) {
        gavel_pg_detach(comments.op);
        comments.op = NULL;
    }
}


ngx_int_t
gavel_flow_comment(gavel_flow_t *f, gavel_comment_t *c)
{
    if (comments.nwaiting >= COMMENTS_QUEUE) {
        c->code = GAVEL_busy;
        return NGX_OK;
    }

    c->flow = f;
    c->code = GAVEL_unavailable;
    ngx_queue_insert_tail(&comments.waiting, &c->queue);
    comments.nwaiting++;

    ngx_post_event(&comments.turn, &ngx_posted_events);

    return gavel_flow_wait(f, comments_detach, c);
}


/* Its client has left; a line that is under way is stored all the same. */

static void
comments_detach(void *data)
{
    gavel_comment_t  *c = data;

    ngx_uint_t  i;

    for (i = 0; i < comments.n; i++) {
        if (comments.batch[i] == c) {
            comments.batch[i] = NULL;
            return;
        }
    }

    ngx_queue_remove(&c->queue);
    comments.nwaiting--;
}


static void
comments_turn(ngx_event_t *ev)
{
    if (comments.op == NULL && comments.nwaiting) {
        comments_send();
    }
}


static void
column_text(comments_column_t *c, const ngx_str_t *text)
{
    size_t  i;

    *c->pos = (c->pos == c->start) ? '{' : ',';
    c->pos++;
    *c->pos++ = '"';

    for (i = 0; i < text->len; i++) {
        if (text->data[i] == '"' || text->data[i] == '\\') {
            *c->pos++ = '\\';
        }

        *c->pos++ = text->data[i];
    }

    *c->pos++ = '"';
}


static void
column_id(comments_column_t *c, uint64_t id)
{
    *c->pos = (c->pos == c->start) ? '{' : ',';
    c->pos = ngx_sprintf(c->pos + 1, "%uL", id);
}


static ngx_int_t
column_open(comments_column_t *c, ngx_pool_t *pool, size_t size)
{
    c->start = ngx_pnalloc(pool, size + 1);
    c->pos = c->start;

    return c->start ? NGX_OK : NGX_ERROR;
}


static void
column_param(comments_column_t *c, gavel_pg_op_t *op)
{
    ngx_str_t  text;

    *c->pos++ = '}';
    text.data = c->start;
    text.len = c->pos - c->start;

    gavel_pg_op_str(op, &text);
}


/* Takes a batch out of the queue and writes it as four columns. */

static ngx_int_t
comments_write(gavel_pg_op_t *op, ngx_pool_t *pool)
{
    size_t              texts, ids;
    ngx_uint_t          i;
    ngx_queue_t        *q;
    gavel_comment_t    *c;
    comments_column_t   columns[4];

    texts = 0;
    ids = 0;

    while (!ngx_queue_empty(&comments.waiting) && comments.n < COMMENTS_BATCH)
    {
        q = ngx_queue_head(&comments.waiting);
        ngx_queue_remove(q);
        comments.nwaiting--;

        c = ngx_queue_data(q, gavel_comment_t, queue);
        comments.batch[comments.n++] = c;
        texts += 2 * c->text.len + 4;
        ids += 2 * c->request_id.len + 4;
    }

    if (column_open(&columns[0], pool, comments.n * (NGX_INT64_LEN + 1))
           != NGX_OK
        || column_open(&columns[1], pool, comments.n * (NGX_INT64_LEN + 1))
           != NGX_OK
        || column_open(&columns[2], pool, texts) != NGX_OK
        || column_open(&columns[3], pool, ids) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < comments.n; i++) {
        c = comments.batch[i];

        column_id(&columns[0], c->auction);
        column_id(&columns[1], c->user);
        column_text(&columns[2], &c->text);
        column_text(&columns[3], &c->request_id);
    }

    for (i = 0; i < 4; i++) {
        column_param(&columns[i], op);
    }

    return NGX_OK;
}


static void
comments_send(void)
{
    ngx_pool_t     *pool;
    gavel_pg_op_t  *op;

    pool = ngx_create_pool(4096, ngx_cycle->log);
    op = pool ? gavel_pg_op(gavel_pg, "chat_write") : NULL;

    if (op == NULL) {
        if (pool != NULL) {
            ngx_destroy_pool(pool);
        }

        return;                      /* the next line tries again */
    }

    comments.op = op;
    op->done = comments_done;

    if (comments_write(op, pool) != NGX_OK) {
        op->nparams = 0;             /* which the server refuses */
    }

    comments_batches++;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);      /* copies */

    ngx_destroy_pool(pool);
}


static void
comments_answer(gavel_comment_t *c, PGresult *res, int row)
{
    ngx_str_t  text;

    text = gavel_pg_text(res, row, 1);
    c->code = text.len ? gavel_error_code(&text) : GAVEL_OK;
    c->retry_ms = gavel_pg_int(res, row, 2);
    c->fresh = (*PQgetvalue(res, row, 6) == 't');

    text = gavel_pg_text(res, row, 5);

    if (text.len) {
        c->line.data = ngx_pstrdup(c->flow->pool, &text);
        c->line.len = c->line.data ? text.len : 0;
    }
}


static void
comments_done(gavel_pg_op_t *op)
{
    int               row;
    int64_t           i;
    ngx_uint_t        k;
    gavel_comment_t  *c;

    if (op->status == GAVEL_PG_DONE) {

        for (row = 0; row < PQntuples(op->res); row++) {
            i = gavel_pg_int(op->res, row, 0) - 1;

            if (i >= 0 && i < (int64_t) comments.n
                && comments.batch[i] != NULL)
            {
                comments_answer(comments.batch[i], op->res, row);
            }
        }

        comments_publish(op->res);
    }

    /* who is told may leave, or make others leave */

    for (k = 0; k < comments.n; k++) {
        c = comments.batch[k];
        comments.batch[k] = NULL;

        if (c == NULL) {
            continue;
        }

        if (op->status == GAVEL_PG_FULL) {
            c->code = GAVEL_busy;
        }

        gavel_flow_wake(c->flow);
    }

    comments.n = 0;
    comments.op = NULL;

    if (comments.nwaiting) {
        ngx_post_event(&comments.turn, &ngx_posted_events);
    }
}


/* The rows of one chat stand together, those that are new first and in the
 * order of their seq. */

static void
comments_publish(PGresult *res)
{
    int        row, rows, last;
    u_char    *p, *start;
    size_t     size;
    int64_t    auction;
    ngx_str_t  line, lines;

    rows = PQntuples(res);

    for (row = 0; row < rows; row = last) {
        auction = gavel_pg_int(res, row, 3);
        size = 0;

        for (last = row;
             last < rows && gavel_pg_int(res, last, 3) == auction;
             last++)
        {
            size += gavel_pg_text(res, last, 5).len + NGX_INT64_LEN + 2;
        }

        start = ngx_alloc(size, ngx_cycle->log);
        if (start == NULL) {
            continue;
        }

        for (p = start; row < last; row++) {

            if (*PQgetvalue(res, row, 6) != 't') {
                continue;
            }

            line = gavel_pg_text(res, row, 5);
            p = ngx_sprintf(p, "%L %V\n", gavel_pg_int(res, row, 4), &line);
            comments_stored++;
        }

        lines.data = start;
        lines.len = p - start;

        if (lines.len) {
            gavel_lines_publish("chat", auction, &lines);
        }

        ngx_free(start);
    }
}


ngx_str_t
gavel_lines_channel(ngx_pool_t *pool, const char *kind, uint64_t id)
{
    u_char     buf[NGX_INT64_LEN];
    ngx_str_t  text;

    text.data = buf;
    text.len = ngx_sprintf(buf, "%uL", id) - buf;

    return gavel_redis_key(pool, kind, &text);
}


void
gavel_lines_publish(const char *kind, uint64_t id, const ngx_str_t *lines)
{
    ngx_str_t    channel;
    ngx_pool_t  *pool;

    if (!gavel_redis_ready()) {
        return;
    }

    pool = ngx_create_pool(256, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    channel = gavel_lines_channel(pool, kind, id);

    if (channel.data != NULL) {
        (void) gavel_redis_publish(&channel, lines, NULL, NULL);
    }

    ngx_destroy_pool(pool);
}


static void
comments_metrics(gavel_metrics_t *m)
{
    gavel_metric(m, "gavel_comments_total", "Lines of chats stored.", NULL,
                 comments_stored);
    gavel_metric(m, "gavel_comments_batches_total",
                 "Statements that stored them.", NULL,
                 comments_batches);
}
