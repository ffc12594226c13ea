/*
 * feed: brings an auction's events into seq order on this worker.
 *
 * Redis delivers most of them at once and in order, some late, some twice,
 * some never.  A feed applies each event to the cached state and hands it to
 * the observer exactly once and in order; what is missing it takes from
 * PostgreSQL.  Once a second (ten times while Redis is away) the places of
 * all watched auctions are compared with the primary's, so that a lost
 * publish heals itself.  It knows no client.
 */

#include "auction/host.h"

#define FEED_VERSION  1


static ngx_str_t
feed_channel(ngx_pool_t *pool, uint64_t id)
{
    u_char     buf[NGX_INT64_LEN];
    ngx_str_t  text;

    text.data = buf;
    text.len = ngx_sprintf(buf, "%uL", id) - buf;

    return gavel_redis_key(pool, "auction", &text);
}


/* NGX_DECLINED: it is known already; NGX_ERROR: it does not follow. */

ngx_int_t
host_apply(gavel_auction_t *a, host_record_t *r, const event_t *e)
{
    u_char           hash[ENGINE_HASH_LEN];
    int64_t          before = a->state->ts;
    uint32_t         status = a->state->status;
    host_record_t  **place;

    if (e->seq <= a->state->seq) {
        return NGX_DECLINED;
    }

    event_hash(a->state->head, (char *) r->record.text.data,
               r->record.text.len, r->private.len ? r->nonce : NULL,
               (char *) r->private.data, r->private.len, hash);

    if (e->seq != a->state->seq + 1
        || ngx_memcmp(hash, r->record.hash, ENGINE_HASH_LEN) != 0
        || evolve(&a->state, e, NULL) != 0)
    {
        ngx_log_error(NGX_LOG_WARN, host.log, 0,
                      "auction %uL: event %L does not follow %L",
                      a->id, e->seq, a->state->seq);
        return NGX_ERROR;
    }

    event_seal(a->state, hash, NULL);

    if (e->type == EV_AUCTION_RECOVERED) {
        a->opened_seq = e->seq;
        a->opened_after = before;
        a->opened_at = e->ts;
    }

    if (e->type == EV_LOT_TIMER && e->how == HOW_RECOVERY) {
        a->recovered_at = e->ts;
    }

    if (e->type == EV_AUCTION_CANCELLED && status == AUCTION_DRAFT) {
        a->hidden = 1;
    }

    place = &a->ring[e->seq % HOST_RING];

    if (*place != NULL) {
        host_record_free(*place);
    }

    *place = r;
    r->record.refs++;

    return NGX_OK;
}


/* One that waited, if it is next; else what waits in vain is dropped. */

static host_record_t *
feed_next(gavel_auction_t *a)
{
    host_record_t  *r;

    while (!ngx_queue_empty(&a->early)) {
        r = ngx_queue_data(ngx_queue_head(&a->early), host_record_t, queue);

        if (r->record.seq > a->state->seq + 1) {
            return NULL;
        }

        ngx_queue_remove(&r->queue);
        a->nearly--;

        if (r->record.seq == a->state->seq + 1) {
            return r;
        }

        host_record_free(r);
    }

    return NULL;
}


/* The next event, applied and told. */

void
host_feed_take(gavel_auction_t *a, host_record_t *r, const event_t *e)
{
    ngx_int_t  rc = host_apply(a, r, e);

    if (rc == NGX_ERROR) {
        host_reload(a, 0);
        return;
    }

    if (rc == NGX_OK && host.observer != NULL) {
        host.observer->event(a, &r->record);
    }
}


static void
feed_drain(gavel_auction_t *a)
{
    event_t         e;
    int64_t         id;
    host_record_t  *r;

    while (!a->reload && (r = feed_next(a)) != NULL) {

        if (event_parse(&e, &id, (char *) r->record.text.data,
                        r->record.text.len, (char *) r->private.data,
                        r->private.len)
            == 0)
        {
            host_feed_take(a, r, &e);

        } else {
            a->halted = 1;
        }

        host_record_free(r);
    }

    if (ngx_queue_empty(&a->early)) {
        if (a->gap.timer_set) {
            ngx_del_timer(&a->gap);
        }

    } else if (!a->gap.timer_set && !a->halted) {
        ngx_add_timer(&a->gap, 20 + ngx_random() % 40);
    }

    host_arm(a);
}


void
host_feed_clear(gavel_auction_t *a)
{
    host_record_t  *r;

    while (!ngx_queue_empty(&a->early)) {
        r = ngx_queue_data(ngx_queue_head(&a->early), host_record_t, queue);
        ngx_queue_remove(&r->queue);
        host_record_free(r);
    }

    a->nearly = 0;

    if (a->gap.timer_set) {
        ngx_del_timer(&a->gap);
    }
}


void
host_gap(ngx_event_t *ev)
{
    gavel_auction_t  *a = ev->data;

    gavel_auction_metrics.filled++;
    host_fill(a);
}


/* Takes over the reference. */

static void
feed_offer(gavel_auction_t *a, host_record_t *r)
{
    ngx_queue_t    *q;
    host_record_t  *other;

    if (r->record.seq <= a->state->seq || a->nearly >= HOST_RING) {
        host_record_free(r);
        return;
    }

    for (q = ngx_queue_last(&a->early);
         q != ngx_queue_sentinel(&a->early);
         q = ngx_queue_prev(q))
    {
        other = ngx_queue_data(q, host_record_t, queue);

        if (other->record.seq == r->record.seq) {
            host_record_free(r);
            return;
        }

        if (other->record.seq < r->record.seq) {
            break;
        }
    }

    ngx_queue_insert_after(q, &r->queue);
    a->nearly++;
}


static const u_char *
feed_get(const u_char *p, void *to, size_t size)
{
    ngx_memcpy(to, p, size);
    return p + size;
}


/* Message: version, then for each event its seq, two lengths, nonce, hash
 * and both texts. */

static void
feed_message(const ngx_str_t *message, void *data)
{
    u_char            nonce[ENGINE_NONCE_LEN], hash[ENGINE_HASH_LEN];
    int64_t           id;
    event_t           e;
    uint32_t          len[2];
    ngx_str_t         public, private;
    const u_char     *p, *last;
    host_record_t    *r;
    gavel_auction_t  *a = data;

    p = message->data;
    last = p + message->len;

    if (a->state == NULL || a->reload || a->halted
        || p == last || *p++ != FEED_VERSION)
    {
        return;
    }

    while ((size_t) (last - p) >= sizeof(len) + sizeof(nonce) + sizeof(hash)) {
        p = feed_get(p, len, sizeof(len));
        p = feed_get(p, nonce, sizeof(nonce));
        p = feed_get(p, hash, sizeof(hash));

        if ((size_t) (last - p) < (size_t) len[0] + len[1]) {
            return;
        }

        public.data = (u_char *) p;
        public.len = len[0];
        private.data = (u_char *) p + len[0];
        private.len = len[1];
        p += len[0] + len[1];

        if (event_parse(&e, &id, (char *) public.data, public.len,
                        (char *) private.data, private.len)
            != 0)
        {
            /* who decides for it is to be somebody who knows it */

            a->halted = 1;
            host_fill(a);
            return;
        }

        if (e.seq > a->state->seq && (uint64_t) id == a->id) {
            r = host_record(a->id, &e, &public, &private, nonce, hash);

            if (r != NULL) {
                feed_offer(a, r);
            }
        }
    }

    feed_drain(a);
}


void
host_publish(gavel_auction_t *a, host_record_t **records, ngx_uint_t n)
{
    size_t           size;
    u_char          *p;
    uint32_t         len[2];
    ngx_str_t        message, channel;
    ngx_uint_t       i;
    ngx_pool_t      *pool;
    host_record_t   *r;

    if (!gavel_redis_ready()) {
        return;
    }

    pool = ngx_create_pool(1024, host.log);
    if (pool == NULL) {
        return;
    }

    size = 1;

    for (i = 0; i < n; i++) {
        size += sizeof(len) + ENGINE_NONCE_LEN + ENGINE_HASH_LEN
                + records[i]->record.text.len + records[i]->private.len;
    }

    message.data = ngx_pnalloc(pool, size);

    if (message.data != NULL) {
        p = message.data;
        *p++ = FEED_VERSION;

        for (i = 0; i < n; i++) {
            r = records[i];
            len[0] = r->record.text.len;
            len[1] = r->private.len;

            p = ngx_cpymem(p, len, sizeof(len));
            p = ngx_cpymem(p, r->nonce, ENGINE_NONCE_LEN);
            p = ngx_cpymem(p, r->record.hash, ENGINE_HASH_LEN);
            p = ngx_cpymem(p, r->record.text.data, r->record.text.len);
            p = ngx_cpymem(p, r->private.data, r->private.len);
        }

        message.len = p - message.data;
        channel = feed_channel(pool, a->id);

        (void) gavel_redis_publish(&channel, &message, NULL, NULL);
    }

    ngx_destroy_pool(pool);
}


/* Applies the events among the rows; how many there were. */

ngx_uint_t
host_rows(gavel_auction_t *a, PGresult *res)
{
    int             row, rows = PQntuples(res);
    event_t         e;
    ngx_uint_t      n, quiet;
    host_record_t  *r;

    quiet = rows > HOST_FILL_MAX;

    for (n = 0, row = 0; row < rows && !a->reload && !a->halted; row++) {

        if (ngx_strcmp(PQgetvalue(res, row, 0), "event") != 0) {
            continue;
        }

        n++;

        if (gavel_pg_int(res, row, 1) <= a->state->seq) {
            continue;
        }

        r = host_row_record(a->id, res, row, &e);

        if (r == NULL) {
            a->halted = 1;
            break;
        }

        if (!quiet) {
            host_feed_take(a, r, &e);

        } else if (host_apply(a, r, &e) == NGX_ERROR) {
            host_reload(a, 0);
        }

        host_record_free(r);
    }

    if (quiet && !a->reload && host.observer != NULL) {
        host.observer->reset(a);
    }

    if (!a->reload) {
        feed_drain(a);
    }

    return n;
}


/* Is what was read before still in the log? */

static ngx_uint_t
feed_diverged(gavel_auction_t *a, PGresult *res)
{
    u_char     hash[ENGINE_HASH_LEN];
    ngx_str_t  text;

    if (a->fill_seq == 0) {
        return 0;
    }

    if (PQntuples(res) == 0) {
        return 1;
    }

    text = gavel_pg_text(res, 0, 7);

    return host_hex(&text, hash, ENGINE_HASH_LEN) != NGX_OK
           || ngx_memcmp(hash, a->fill_head, ENGINE_HASH_LEN) != 0;
}


static void
feed_filled(gavel_pg_op_t *op)
{
    gavel_auction_t  *a = op->data;

    a->filling = 0;

    if (op->status != GAVEL_PG_DONE) {
        host_loaded(a, GAVEL_unavailable);
        return;
    }

    if (a->state == NULL || a->reload || feed_diverged(a, op->res)) {
        host_reload(a, 0);
        return;
    }

    if (host_rows(a, op->res) >= HOST_LOAD_MAX) {
        a->behind = 1;
    }

    if (a->reload) {
        return;
    }

    if (a->behind && !a->halted) {
        host_fill(a);
        return;
    }

    host_loaded(a, GAVEL_OK);
}


/* Asks the primary for what came after the cached state. */

void
host_fill(gavel_auction_t *a)
{
    gavel_pg_op_t  *op;

    if (a->filling || a->loading || a->state == NULL) {
        return;
    }

    op = gavel_pg_op(gavel_pg, a->sure ? "log_ask" : "log_fill");
    if (op == NULL) {
        host_loaded(a, GAVEL_busy);
        return;
    }

    a->sure = 0;
    a->filling = 1;
    a->behind = 0;
    a->fill_seq = a->state->seq;
    ngx_memcpy(a->fill_head, a->state->head, ENGINE_HASH_LEN);

    gavel_pg_op_int(op, a->id);
    gavel_pg_op_int(op, a->state->seq);
    gavel_pg_op_int(op, HOST_LOAD_MAX);

    op->done = feed_filled;
    op->data = a;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, a->id, op);
}


static void
feed_checked(gavel_pg_op_t *op)
{
    int               row;
    u_char            head[ENGINE_HASH_LEN];
    int64_t           seq;
    ngx_str_t         text;
    gavel_auction_t  *a;

    host.checking = 0;

    for (row = 0;
         op->status == GAVEL_PG_DONE && row < PQntuples(op->res);
         row++)
    {
        a = host_find(gavel_pg_int(op->res, row, 0));

        if (a == NULL || a->state == NULL || a->loading) {
            continue;
        }

        seq = gavel_pg_int(op->res, row, 1);
        text = gavel_pg_text(op->res, row, 3);

        if (seq < a->asked_seq
            || (seq == a->state->seq
                && host_hex(&text, head, ENGINE_HASH_LEN) == NGX_OK
                && ngx_memcmp(head, a->state->head, ENGINE_HASH_LEN) != 0))
        {
            host_reload(a, 0);

        } else if (seq > a->state->seq && !a->filling && !a->halted) {
            gavel_auction_metrics.healed++;
            host_fill(a);
        }
    }
}


static ngx_str_t  check_ids;
static size_t     check_size;


static void
feed_check_one(gavel_auction_t *a)
{
    if (a->watchers == 0 || a->state == NULL
        || check_ids.len + NGX_INT64_LEN + 2 > check_size)
    {
        return;
    }

    a->asked_seq = a->state->seq;
    check_ids.len = ngx_sprintf(check_ids.data + check_ids.len, "%s%uL",
                                check_ids.len == 1 ? "" : ",", a->id)
                    - check_ids.data;
}


void
host_check(void)
{
    gavel_pg_op_t  *op;

    if (host.checking || !gavel_pg_ready(gavel_pg)) {
        return;
    }

    check_size = 64 + gavel_auction_metrics.cached * 22;
    check_ids.data = ngx_alloc(check_size, host.log);
    check_ids.len = 1;

    if (check_ids.data == NULL) {
        return;
    }

    check_ids.data[0] = '{';
    host_each(feed_check_one);
    check_ids.data[check_ids.len++] = '}';

    if (check_ids.len > 2
        && (op = gavel_pg_op(gavel_pg, "log_heads")) != NULL)
    {
        gavel_pg_op_str(op, &check_ids);
        op->done = feed_checked;
        host.checking = 1;
        gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
    }

    ngx_free(check_ids.data);
}


/* Its name is kept: ending it needs no memory. */

static void
feed_subscribe(gavel_auction_t *a)
{
    ngx_pool_t  *pool = ngx_create_pool(256, host.log);

    if (pool == NULL) {
        return;
    }

    a->channel = feed_channel(pool, a->id);

    if (a->channel.data == NULL
        || gavel_redis_subscribe(&a->channel, feed_message, a) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return;
    }

    a->subscribed = pool;
}


static void
feed_unsubscribe(gavel_auction_t *a)
{
    if (a->subscribed == NULL) {
        return;
    }

    gavel_redis_unsubscribe(&a->channel);
    ngx_destroy_pool(a->subscribed);
    a->subscribed = NULL;
}


void
gavel_auction_watch(gavel_auction_t *a)
{
    if (a->watchers++ == 0) {
        feed_subscribe(a);
        host_fill(a);
    }
}


void
gavel_auction_unwatch(gavel_auction_t *a)
{
    a->used = ngx_current_msec;

    if (--a->watchers == 0) {
        feed_unsubscribe(a);
        host_feed_clear(a);
    }
}


void
gavel_auction_observe(const gavel_observer_t *observer)
{
    host.observer = observer;
}
