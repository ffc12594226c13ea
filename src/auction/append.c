/*
 * append: one batch's compare-and-set, and what follows from its answer.
 *
 * `done` comes after the sync of the lane: only then is a result a commit.
 * Whatever the answer, each command of the batch either leaves with its own
 * answer or goes back to the head of its queue to be decided again.
 */

#include "auction/host.h"

#define APPEND_STALE_RUN  8            /* more in a row is not fair (13) */


static void host_appended(gavel_pg_op_t *op);


/* Request ids to look for: of refused commands. */

static void
append_requests(host_batch_t *b)
{
    int64_t           actors[HOST_SYNC_COMMANDS];
    ngx_str_t         text;
    ngx_uint_t        i, n;
    const command_t  *commands[HOST_SYNC_COMMANDS], *c;

    for (n = 0, i = 0; i < b->nitems; i++) {
        c = &b->items[i].s->command;

        if (c->request_len != 0 && b->items[i].n == 0) {
            actors[n] = c->actor;
            commands[n++] = c;
        }
    }

    text = host_row_ints(b->pool, actors, n);
    gavel_pg_op_str(b->op, &text);
    text = host_row_requests(b->pool, commands, n);
    gavel_pg_op_str(b->op, &text);
}


/* Called while the state has the batch's events in it; the log's head of
 * before is the one the first event was sealed on. */

ngx_int_t
host_append(gavel_auction_t *a)
{
    ngx_str_t      text, more;
    host_batch_t  *b = a->batch;

    static u_char  none[ENGINE_HASH_LEN];

    b->pool = ngx_create_pool(16384, host.log);
    if (b->pool == NULL || host_rows_more(b, &more) != NGX_OK) {
        return NGX_ERROR;
    }

    /* nothing fails from here on: an operation must be sent */

    b->op = gavel_pg_op(gavel_pg, "append");
    if (b->op == NULL) {
        return NGX_ERROR;
    }

    b->op->done = host_appended;
    b->op->data = a;
    b->sent = ngx_current_msec;

    gavel_pg_op_int(b->op, a->id);
    gavel_pg_op_int(b->op, b->epoch);
    gavel_pg_op_int(b->op, b->seq);
    host_row_hex(b->op, b->pool, b->seq ? b->head : none, ENGINE_HASH_LEN);
    gavel_pg_op_int(b->op, ENGINE_REV);

    text.data = gavel_worker_id;
    text.len = GAVEL_WORKER_ID_LEN;
    gavel_pg_op_str(b->op, &text);

    text.data = (u_char *) (a->stale >= 2 && !gavel_cluster_connected()
                            ? "t" : "f");
    text.len = 1;
    gavel_pg_op_str(b->op, &text);
    gavel_pg_op_int(b->op, b->not_before);

    append_requests(b);
    host_rows_write(b, &more);

    return NGX_OK;
}


/* The batch is over; its commands are in `items` still. */

static void
append_put_back(gavel_auction_t *a, host_batch_t *b)
{
    ngx_uint_t  i;

    for (i = b->nitems; i-- > 0; ) {
        ngx_queue_insert_head(&a->commands, &b->items[i].s->queue);
    }

    b->nitems = 0;
}


void
host_requeue(gavel_auction_t *a, ngx_msec_t wait)
{
    host_batch_t  *b = a->batch;

    a->batch = NULL;
    append_put_back(a, b);
    host_batch_free(b);

    if (wait != 0) {
        host_timer(&a->retry, wait);
    }
}


/* --- the answers --- */


static void
append_first(gavel_submission_t *s, const event_t *e)
{
    s->event = *e;
    s->epoch = e->epoch;
    s->seq = e->seq;
}


/* Rule 3: a request id that is in the log gets its first answer again. */

static ngx_uint_t
append_known(host_batch_t *b, host_item_t *item, PGresult *res)
{
    int               row;
    u_char            body[ENGINE_HASH_LEN];
    int64_t           id;
    event_t           e;
    ngx_str_t         text, public, private;
    const command_t  *c = &item->s->command;

    for (row = 0; c->request_len != 0 && row < PQntuples(res); row++) {

        if (ngx_strcmp(PQgetvalue(res, row, 0), "known") != 0
            || gavel_pg_int(res, row, 5) != c->actor)
        {
            continue;
        }

        text = gavel_pg_text(res, row, 6);

        if (text.len != c->request_len
            || ngx_memcmp(text.data, c->request_id, text.len) != 0)
        {
            continue;
        }

        text = gavel_pg_text(res, row, 7);

        if (host_hex(&text, body, ENGINE_HASH_LEN) == NGX_OK
            && ngx_memcmp(body, item->s->body_hash, ENGINE_HASH_LEN) != 0)
        {
            host_finish(item->s, GAVEL_request_id_reused);
            return 1;
        }

        public = gavel_pg_text(res, row, 8);
        private = gavel_pg_text(res, row, 9);

        if (event_parse(&e, &id, (char *) public.data, public.len,
                        (char *) private.data, private.len)
            != 0)
        {
            host_finish(item->s, GAVEL_engine_halted);
            return 1;
        }

        append_first(item->s, &e);
        item->s->replayed = 1;
        host_finish(item->s, GAVEL_OK);
        return 1;
    }

    return 0;
}


static void
append_refused(host_item_t *item)
{
    gavel_submission_t  *s = item->s;

    s->min_next = item->refusal.min_next;
    s->max_bid = item->refusal.max_bid;
    s->detail = item->refusal.detail;

    host_finish(s, item->refusal.code);
}


/* Durable.  First the submitters, then Redis, then who observes. */

static void
append_ok(gavel_auction_t *a, host_batch_t *b, PGresult *res)
{
    uint32_t      i;
    ngx_uint_t    n;
    host_item_t  *item;

    a->stale = 0;
    a->failures = 0;
    a->alone = 0;
    a->single = 0;
    a->down_since = 0;

    gavel_auction_metrics.appends++;
    gavel_auction_metrics.events += b->nevents;

    for (n = 0; n < b->nitems; n++) {
        item = &b->items[n];

        if (item->n != 0) {
            append_first(item->s, &b->events[item->answer]);

            if (item->s->command.type == CMD_LOT_CLOSE) {
                gavel_auction_metrics.closes++;
            }

            host_finish(item->s, GAVEL_OK);

        } else if (!append_known(b, item, res)) {
            append_refused(item);
        }
    }

    b->nitems = 0;

    if (b->nevents != 0) {
        host_publish(a, b->records, b->nevents);
    }

    for (i = 0; i < b->nevents && !a->reload; i++) {
        host_feed_take(a, b->records[i], &b->events[i]);
    }

    host_arm(a);
}


static void
append_duplicate(gavel_auction_t *a, host_batch_t *b, PGresult *res)
{
    ngx_uint_t  i, left;

    for (left = 0, i = 0; i < b->nitems; i++) {
        if (!append_known(b, &b->items[i], res)) {
            b->items[left++] = b->items[i];
        }
    }

    b->nitems = left;
    append_put_back(a, b);
}


/* A close that came too soon for the primary's clock waits; the others do
 * not. */

static void
append_early(gavel_auction_t *a, host_batch_t *b, int64_t now)
{
    ngx_uint_t           i, left;
    gavel_submission_t  *s;

    gavel_auction_metrics.early++;

    for (left = 0, i = 0; i < b->nitems; i++) {
        s = b->items[i].s;

        if (s->command.actor_roles == ACTOR_SERVER && s->ticket != 0
            && (int64_t) s->ticket > now)
        {
            host_finish(s, GAVEL_busy);
            continue;
        }

        b->items[left++] = b->items[i];
    }

    b->nitems = left;
    append_put_back(a, b);
    host_timer(&a->deadline, ngx_max(b->not_before - now, 1) + 1);
}


/* Somebody else was there first: a home reads the hint again (rule 12). */

static ngx_msec_t
append_stale(gavel_auction_t *a, PGresult *res, ngx_uint_t reserved)
{
    gavel_auction_metrics.stale++;
    a->stale++;

    if (a->stale > APPEND_STALE_RUN) {
        ngx_log_error(NGX_LOG_NOTICE, host.log, 0,
                      "auction %uL: stale %ui times in a row",
                      a->id, a->stale);
    }

    (void) host_rows(a, res);

    /* Was a tail lost at all?  The log says so, not who had less of it. */

    if (host_ended(a)) {
        a->reload = 1;
    }

    host_home_doubt(a);

    return reserved ? 5 + ngx_random() % 20 : 0;
}


static void
append_answer(gavel_auction_t *a, host_batch_t *b, PGresult *res)
{
    int          row = PQntuples(res) - 1;
    char        *answer = (row < 0) ? "" : PQgetvalue(res, row, 0);
    ngx_msec_t   wait = 0;

    if (ngx_strcmp(answer, "ok") == 0) {
        append_ok(a, b, res);

    } else if (ngx_strcmp(answer, "duplicate") == 0) {
        append_duplicate(a, b, res);

    } else if (ngx_strcmp(answer, "early") == 0) {
        append_early(a, b, gavel_pg_int(res, row, 3));

    } else if (ngx_strcmp(answer, "busy") == 0) {
        gavel_auction_metrics.busy++;
        wait = 1 + ngx_random() % 5;

    } else if (ngx_strcmp(answer, "stale") == 0) {
        wait = append_stale(a, res, 0);

    } else if (ngx_strcmp(answer, "reserved") == 0) {
        wait = append_stale(a, res, 1);

    } else if (ngx_strcmp(answer, "newer") == 0) {
        a->halted = 1;

    } else {
        a->reload = 1;                           /* diverged */
    }

    append_put_back(a, b);

    if (wait != 0) {
        host_timer(&a->retry, wait);
    }
}


/* --- failures --- */


static ngx_uint_t
append_transient(const char *sqlstate)
{
    static const char *const  classes[] = { "08", "53", "57", "40" };

    ngx_uint_t  i;

    for (i = 0; i < 4; i++) {
        if (ngx_strncmp(sqlstate, classes[i], 2) == 0) {
            return 1;
        }
    }

    return ngx_strcmp(sqlstate, "55P03") == 0
           || ngx_strcmp(sqlstate, "0A000") == 0
           || ngx_strcmp(sqlstate, "26000") == 0;
}


/* What the clock cannot do is not tried again at once: an open lot whose end
 * cannot be written is frozen while the auction goes on, of anything else the
 * auction is paused, and its host decides. */

static command_type_t
append_remedy(gavel_auction_t *a, const command_t *c)
{
    lot_t  *lot;

    if (c->actor_roles != ACTOR_SERVER || a->state == NULL
        || a->state->status != AUCTION_LIVE || c->type == CMD_PAUSE)
    {
        return 0;
    }

    lot = lot_find(a->state, c->lot_id);

    return (c->type == CMD_LOT_CLOSE || c->type == CMD_LOT_CLOSING)
           && lot != NULL && lot->status == LOT_OPEN
           ? CMD_LOT_HOLD : CMD_PAUSE;
}


/* Failed alone: `internal`, logged once. */

static void
append_poisoned(gavel_auction_t *a, host_batch_t *b, gavel_pg_op_t *op)
{
    command_t            c;
    gavel_submission_t  *s = b->items[0].s;

    ngx_log_error(NGX_LOG_ERR, host.log, 0,
                  "auction %uL: command %d cannot be appended: %s %V",
                  a->id, (int) s->command.type, op->sqlstate, &op->message);

    ngx_memzero(&c, sizeof(command_t));
    c.type = append_remedy(a, &s->command);
    c.lot_id = c.type == CMD_LOT_HOLD ? s->command.lot_id : 0;
    c.starts_at = -1;
    c.ends_at = -1;

    if (s->command.actor_roles == ACTOR_SERVER) {
        host_poisoned(a);
    }

    b->nitems = 0;
    a->single = 0;
    a->alone = 0;
    host_finish(s, GAVEL_internal);

    if (c.type != 0) {
        (void) host_internal(a, &c, 0);
    }
}


static ngx_msec_t
append_back_off(gavel_auction_t *a)
{
    ngx_uint_t  n = ngx_min(a->failures, 6);

    a->failures++;

    if (a->down_since == 0) {
        a->down_since = ngx_max(gavel_cluster_now(), 0);
    }

    return (10 << n) + ngx_random() % 20;
}


static void
append_failed(gavel_auction_t *a, host_batch_t *b, gavel_pg_op_t *op)
{
    if (op->status == GAVEL_PG_LOST) {
        gavel_auction_metrics.lost++;
        a->reload = 1;
        a->lock = 1;
        host_timer(&a->retry, append_back_off(a));

    } else if (op->status == GAVEL_PG_AWAY || op->status == GAVEL_PG_FULL
               || append_transient(op->sqlstate))
    {
        host_timer(&a->retry, append_back_off(a));

    } else if (!a->alone) {
        a->alone = 1;

    } else if (b->nitems > 1) {
        a->single = 1;

    } else if (op->status == GAVEL_PG_ERROR) {
        append_poisoned(a, b, op);
    }

    append_put_back(a, b);
}


static void
host_appended(gavel_pg_op_t *op)
{
    host_batch_t     *b;
    gavel_auction_t  *a = op->data;

    b = a->batch;
    a->batch = NULL;

    if (op->status == GAVEL_PG_DONE) {
        append_answer(a, b, op->res);
    } else {
        append_failed(a, b, op);
    }

    host_batch_free(b);

    host_drop_old(a);

    if (a->reload && !a->retry.timer_set) {
        host_load(a);
    }

    if (a->halted) {
        host_fail_commands(a, GAVEL_engine_halted);
    }

    host_ready(a);

    if (--host.flying == 0 && !ngx_queue_empty(&host.ready)
        && !host.turn.posted)
    {
        ngx_post_event(&host.turn, &ngx_posted_next_events);
    }
}
