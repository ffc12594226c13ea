/*
 * share: what many ask at the same moment is asked once.
 *
 * Who asks while the same is under way already must not be told that answer:
 * it may have been read before something that he knows of.  He waits for it
 * to come, and is answered by one question for all who came meanwhile.  So an
 * answer is never older than its question, and of one question a worker has
 * one under way, however many ask.
 */

#include "pg/internal.h"


#define SHARE_BUCKETS  64


typedef struct {
    ngx_queue_t       link;
    ngx_queue_t       asked;           /* waits, for what is under way */
    ngx_queue_t       later;           /* waits, for the next */
    const char       *function;
    uint64_t          actor;
    ngx_str_t         params;
    gavel_pg_lane_t   lane;
} share_t;

typedef struct {
    ngx_queue_t       link;
    gavel_flow_t     *flow;
    gavel_reply_t    *reply;
} share_wait_t;


static ngx_queue_t *share_bucket(const char *function, uint64_t actor,
    const ngx_str_t *params);
static share_t *share_find(ngx_queue_t *bucket, const share_t *like);
static share_t *share_create(ngx_queue_t *bucket, const share_t *like);
static ngx_int_t share_ask(share_t *s);
static void share_done(gavel_pg_op_t *op);
static void share_move(ngx_queue_t *to, ngx_queue_t *from);
static void share_tell(ngx_queue_t *waits, gavel_pg_op_t *op);
static void share_detach(void *wait);


static ngx_queue_t  share_buckets[SHARE_BUCKETS];


ngx_int_t
gavel_flow_sql_shared(gavel_flow_t *f, gavel_reply_t *reply,
    const char *function, uint64_t actor, const ngx_str_t *params,
    gavel_pg_lane_t lane)
{
    share_t        like, *s;
    ngx_queue_t   *bucket;
    share_wait_t  *w;

    w = ngx_palloc(f->pool, sizeof(share_wait_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(reply, sizeof(gavel_reply_t));

    w->flow = f;
    w->reply = reply;

    like.function = function;
    like.actor = actor;
    like.params = *params;
    like.lane = lane;

    bucket = share_bucket(function, actor, params);
    s = share_find(bucket, &like);

    if (s) {
        ngx_queue_insert_tail(&s->later, &w->link);

    } else {
        s = share_create(bucket, &like);
        if (s == NULL) {
            return NGX_ERROR;
        }

        ngx_queue_insert_tail(&s->asked, &w->link);
    }

    return gavel_flow_wait(f, share_detach, w);
}


static ngx_queue_t *
share_bucket(const char *function, uint64_t actor, const ngx_str_t *params)
{
    ngx_uint_t    key;
    ngx_queue_t  *bucket;

    key = ngx_hash_key(params->data, params->len);
    key = ngx_hash(key, actor);
    key = ngx_hash(key, (uintptr_t) function);

    bucket = &share_buckets[key % SHARE_BUCKETS];

    if (bucket->next == NULL) {
        ngx_queue_init(bucket);
    }

    return bucket;
}


static share_t *
share_find(ngx_queue_t *bucket, const share_t *like)
{
    share_t      *s;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, share_t, link);

        if (s->function == like->function && s->actor == like->actor
            && s->lane == like->lane && s->params.len == like->params.len
            && ngx_memcmp(s->params.data, like->params.data,
                          like->params.len)
               == 0)
        {
            return s;
        }
    }

    return NULL;
}


/* One allocation: the question, then its parameters. */

static share_t *
share_create(ngx_queue_t *bucket, const share_t *like)
{
    share_t  *s;

    s = ngx_alloc(sizeof(share_t) + like->params.len, gavel_pg->log);
    if (s == NULL) {
        return NULL;
    }

    *s = *like;
    s->params.data = (u_char *) (s + 1);
    ngx_memcpy(s->params.data, like->params.data, like->params.len);

    ngx_queue_init(&s->asked);
    ngx_queue_init(&s->later);

    if (share_ask(s) != NGX_OK) {
        ngx_free(s);
        return NULL;
    }

    ngx_queue_insert_tail(bucket, &s->link);

    return s;
}


static ngx_int_t
share_ask(share_t *s)
{
    gavel_pg_op_t  *op;

    op = gavel_pg_op(gavel_pg, s->function);
    if (op == NULL) {
        return NGX_ERROR;
    }

    op->done = share_done;
    op->data = s;

    gavel_pg_op_int(op, (int64_t) s->actor);
    gavel_pg_op_str(op, &s->params);

    gavel_pg_send(gavel_pg, s->lane, s->actor, op);

    return NGX_OK;
}


/* Whoever is told may ask again at once: the next question is on its way
 * before. */

static void
share_done(gavel_pg_op_t *op)
{
    share_t      *s = op->data;
    ngx_queue_t   told, refused;

    share_move(&told, &s->asked);
    ngx_queue_init(&refused);

    if (!ngx_queue_empty(&s->later) && share_ask(s) == NGX_OK) {
        share_move(&s->asked, &s->later);

    } else {

        /* any who are left: there is no memory for another question */

        share_move(&refused, &s->later);

        ngx_queue_remove(&s->link);
        ngx_free(s);
    }

    share_tell(&told, op);

    op->status = GAVEL_PG_FULL;
    share_tell(&refused, op);
}


static void
share_move(ngx_queue_t *to, ngx_queue_t *from)
{
    ngx_queue_init(to);

    if (!ngx_queue_empty(from)) {
        ngx_queue_add(to, from);
        ngx_queue_init(from);
    }
}


static void
share_tell(ngx_queue_t *waits, gavel_pg_op_t *op)
{
    ngx_queue_t   *q;
    share_wait_t  *w;

    while (!ngx_queue_empty(waits)) {
        q = ngx_queue_head(waits);
        ngx_queue_remove(q);

        w = ngx_queue_data(q, share_wait_t, link);
        pg_flow_told(w->flow, w->reply, op);
    }
}


static void
share_detach(void *wait)
{
    share_wait_t  *w = wait;

    ngx_queue_remove(&w->link);
}
