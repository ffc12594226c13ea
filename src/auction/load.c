/*
 * load: an auction's committed state from PostgreSQL: the newest snapshot
 * and the events behind it, folded and checked against the head of the log.
 */

#include "auction/host.h"

#include <openssl/sha.h>


/* What was known before, to see whether the log lost its tail. */
typedef struct {
    gavel_auction_t  *auction;
    int64_t           known_seq, known_epoch;
    u_char            known_head[ENGINE_HASH_LEN];
    ngx_uint_t        again;           /* it seemed so the last time */
    auction_t        *copy;            /* the newest snapshot, or nothing */
} load_t;


static ngx_uint_t
row_is(PGresult *res, int row, const char *kind)
{
    return ngx_strcmp(PQgetvalue(res, row, 0), kind) == 0;
}


static auction_t *
load_copy(PGresult *res, int row)
{
    u_char     *state, hash[SHA256_DIGEST_LENGTH], told[SHA256_DIGEST_LENGTH];
    size_t      size;
    ngx_str_t   text, sum;
    auction_t  *a;

    text = gavel_pg_text(res, row, 10);
    sum = gavel_pg_text(res, row, 11);

    if (text.len < 2) {
        return NULL;
    }

    size = text.len / 2 - 1;

    state = ngx_alloc(size, host.log);
    if (state == NULL) {
        return NULL;
    }

    a = NULL;

    if (host_hex(&text, state, size) == NGX_OK
        && host_hex(&sum, told, sizeof(told)) == NGX_OK
        && ngx_memcmp(SHA256(state, size, hash), told, sizeof(told)) == 0)
    {
        a = state_load((char *) state, size);
    }

    ngx_free(state);

    return a;
}


/* What the rows are folded on.  NGX_DECLINED: there is a snapshot, and it
 * cannot be believed; NGX_ERROR: no memory. */

static ngx_int_t
load_snapshot(load_t *l, PGresult *res)
{
    int  row;

    for (row = 0; row < PQntuples(res); row++) {

        if (row_is(res, row, "snapshot")) {
            l->copy = load_copy(res, row);
            return (l->copy != NULL) ? NGX_OK : NGX_DECLINED;
        }
    }

    l->copy = auction_create((int64_t) l->auction->id);

    return (l->copy != NULL) ? NGX_OK : NGX_ERROR;
}


static void
load_row(gavel_auction_t *a, PGresult *res, int row)
{
    ngx_str_t  text;

    a->missing = 0;
    a->hidden = gavel_pg_int(res, row, 4) == 1;
    a->owner = gavel_pg_int(res, row, 5);
    a->starts_at = gavel_pg_int(res, row, 3);
    a->ends_at = gavel_pg_int(res, row, 1);

    text = gavel_pg_text(res, row, 9);
    a->mode = auction_mode((char *) text.data, text.len);

    text = gavel_pg_text(res, row, 8);
    ngx_free(a->rules.data);
    a->rules.len = 0;
    a->rules.data = ngx_alloc(text.len + 1, host.log);

    if (a->rules.data != NULL) {
        ngx_memcpy(a->rules.data, text.data, text.len);
        a->rules.len = text.len;
    }
}


/* Folds the rows; what cannot be folded halts the auction on this worker. */

static void
load_fold(gavel_auction_t *a, PGresult *res)
{
    int             row;
    event_t         e;
    host_record_t  *r;

    for (row = 0; row < PQntuples(res); row++) {

        if (row_is(res, row, "row")) {
            load_row(a, res, row);

        } else if (row_is(res, row, "event") && !a->halted) {
            if (gavel_pg_int(res, row, 1) <= a->state->seq) {
                continue;
            }

            r = host_row_record(a->id, res, row, &e);

            if (r == NULL || host_apply(a, r, &e) != NGX_OK) {
                a->halted = 1;
            }

            if (r != NULL) {
                host_record_free(r);
            }
        }
    }
}


/* Is the event that was last seen here still in the log? */

static ngx_uint_t
load_lost_tail(const load_t *l, PGresult *res, int row)
{
    u_char     hash[ENGINE_HASH_LEN];
    ngx_str_t  text;

    if (l->known_seq <= 0 || gavel_pg_int(res, row, 2) > l->known_epoch) {
        return 0;
    }

    text = gavel_pg_text(res, row, 7);

    return host_hex(&text, hash, ENGINE_HASH_LEN) != NGX_OK
           || ngx_memcmp(hash, l->known_head, ENGINE_HASH_LEN) != 0;
}


static void
load_take(load_t *l, PGresult *res)
{
    int               row;
    int64_t           seq;
    ngx_str_t         text;
    u_char            hash[ENGINE_HASH_LEN];
    gavel_auction_t  *a = l->auction;

    a->state = l->copy;
    a->snapshot_seq = a->state->seq;
    a->halted = 0;
    a->missing = 1;
    a->snapshot_at = ngx_current_msec;

    if (l->known_seq < 0) {
        a->read_at = ngx_current_msec;
    }

    load_fold(a, res);

    for (row = 0; row < PQntuples(res); row++) {

        if (!row_is(res, row, "head")) {
            continue;
        }

        seq = gavel_pg_int(res, row, 1);
        a->due_at = gavel_pg_int(res, row, 3);
        a->lost_tail = load_lost_tail(l, res, row);

        if (gavel_pg_int(res, row, 4) > ENGINE_REV) {
            a->halted = 1;
        }

        text = gavel_pg_text(res, row, 11);

        if (seq == a->state->seq
            && (host_hex(&text, hash, ENGINE_HASH_LEN) != NGX_OK
                || ngx_memcmp(hash, a->state->head, ENGINE_HASH_LEN) != 0))
        {
            ngx_log_error(NGX_LOG_CRIT, host.log, 0,
                          "auction %uL: the log's head does not match its "
                          "events", a->id);
            a->halted = 1;
        }

        a->behind = seq > a->state->seq && !a->halted;
    }
}


/* Whoever made the auction is about to write its first event himself. */

static ngx_uint_t
load_create_waits(gavel_auction_t *a)
{
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&a->commands);
         q != ngx_queue_sentinel(&a->commands);
         q = ngx_queue_next(q))
    {
        if ((ngx_queue_data(q, gavel_submission_t, queue))->command.type
            == CMD_CREATE)
        {
            return 1;
        }
    }

    return 0;
}


/* The first event of a log is the server's own. */

static void
load_create(gavel_auction_t *a)
{
    command_t    c;
    rules_t      rules;
    const char  *what;

    if (a->state->seq != 0 || a->missing || a->creating
        || load_create_waits(a))
    {
        return;
    }

    ngx_memzero(&c, sizeof(command_t));

    c.type = CMD_CREATE;
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;
    c.mode = a->mode;
    c.user_id = a->owner;
    c.starts_at = a->starts_at;
    c.ends_at = a->ends_at;
    c.rules = &rules;

    if (rules_parse(&rules, a->mode, (char *) a->rules.data, a->rules.len,
                    &what)
        != 0)
    {
        rules_default(&rules, a->mode);
    }

    a->creating = (host_internal(a, &c, 0) == NGX_OK);

    if (!a->creating) {

        /* Perhaps the time is not known just now: who looks waits. */

        a->reload = 1;
        host_timer(&a->retry, 50);
    }
}


ngx_uint_t
host_ended(const gavel_auction_t *a)
{
    return a->state != NULL && a->lost_epoch >= a->state->epoch;
}


/* The end of an epoch is remembered until the next one is in the log: what
 * asks for it may fail, and then it is asked again. */

static void
load_epoch(load_t *l)
{
    command_t         c;
    gavel_auction_t  *a = l->auction;

    if (!a->lost_tail) {
        a->lost_epoch = 0;
        return;
    }

    a->lost_epoch = ngx_max(l->known_epoch, a->state->epoch);
    a->lost_seq = l->known_seq;
    ngx_memcpy(a->lost_head, l->known_head, ENGINE_HASH_LEN);

    ngx_memzero(&c, sizeof(command_t));
    c.type = CMD_NEW_EPOCH;
    c.round = a->state->epoch;         /* the one that ends */
    c.starts_at = -1;
    c.ends_at = -1;
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;

    if (host_waits(a, &c)) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, host.log, 0,
                  "auction %uL: the log lost its tail, at %L now: new epoch",
                  a->id, a->state->seq);

    if (host_internal(a, &c, 0) != NGX_OK) {

        /* Perhaps the time is not known just now. */

        a->reload = 1;
        host_timer(&a->retry, 50);
    }
}


/* Whoever follows was told all up to the event that was last seen here.  If
 * that is in the log still, he is told the rest, else to begin anew. */

static void
load_tell(load_t *l, PGresult *res)
{
    int               row;
    event_t           e;
    host_record_t    *r;
    gavel_auction_t  *a = l->auction;

    if (l->known_seq < 0 || a->missing || host.observer == NULL) {
        return;
    }

    if (a->lost_tail || l->again || a->halted
        || a->state->epoch != l->known_epoch
        || a->snapshot_seq > l->known_seq
        || a->state->seq - l->known_seq > HOST_FILL_MAX)
    {
        host.observer->reset(a);
        return;
    }

    for (row = 0; row < PQntuples(res); row++) {

        if (!row_is(res, row, "event")
            || gavel_pg_int(res, row, 1) <= l->known_seq)
        {
            continue;
        }

        r = host_row_record(a->id, res, row, &e);
        if (r == NULL) {
            host.observer->reset(a);
            return;
        }

        host.observer->event(a, &r->record);
        host_record_free(r);
    }
}


static void
load_done(gavel_pg_op_t *op)
{
    load_t           *l = op->data;
    ngx_int_t         rc;
    gavel_code_t      code;
    gavel_auction_t  *a = l->auction;

    a->loading = 0;
    rc = (op->status == GAVEL_PG_DONE) ? load_snapshot(l, op->res) : NGX_ERROR;

    if (rc == NGX_ERROR) {
        ngx_free(l);
        a->failures++;

        if (a->ncommands != 0) {
            host_timer(&a->retry, 100 + ngx_random() % 100);
        }

        host_loaded(a, GAVEL_unavailable);
        return;
    }

    if (rc == NGX_DECLINED) {
        ngx_log_error(NGX_LOG_ERR, host.log, 0,
                      "auction %uL: its snapshot is damaged, the whole log "
                      "is read", a->id);

        ngx_free(l);
        a->whole = 1;
        host_load(a);
        return;
    }

    a->reload = 0;
    a->lock = 0;
    a->whole = 0;
    gavel_auction_metrics.loads++;

    host_forget(a);
    load_take(l, op->res);

    code = a->missing ? GAVEL_not_found
         : a->halted ? GAVEL_engine_halted : GAVEL_OK;

    load_tell(l, op->res);

    if (code == GAVEL_OK) {
        load_epoch(l);
        load_create(a);
    }

    ngx_free(l);

    if (a->behind) {
        host_fill(a);
    }

    host_loaded(a, code);
}


void
host_load(gavel_auction_t *a)
{
    load_t         *l;
    gavel_pg_op_t  *op;

    if (a->loading || a->batch != NULL || (a->state != NULL && !a->reload)) {
        return;
    }

    l = ngx_calloc(sizeof(load_t), host.log);
    op = (l == NULL) ? NULL : gavel_pg_op(gavel_pg, "log_load");

    if (op == NULL) {
        ngx_free(l);
        host_loaded(a, GAVEL_busy);
        return;
    }

    l->auction = a;
    l->known_seq = -1;

    /* A log that seems to be another one is locked, which is a commit: one
     * that was the primary until its standby was promoted says nothing. */

    if (a->state != NULL) {
        a->lock = 1;
        l->known_seq = a->state->seq;
        l->known_epoch = a->state->epoch;
        ngx_memcpy(l->known_head, a->state->head, ENGINE_HASH_LEN);
    }

    /* Perhaps it was another server that had less. */

    if (host_ended(a)) {
        l->again = 1;
        l->known_seq = a->lost_seq;
        l->known_epoch = a->lost_epoch;
        ngx_memcpy(l->known_head, a->lost_head, ENGINE_HASH_LEN);
    }

    gavel_pg_op_int(op, a->id);
    gavel_pg_op_int(op, l->known_seq);
    gavel_pg_op_int(op, a->lock);
    gavel_pg_op_int(op, HOST_LOAD_MAX);
    gavel_pg_op_int(op, a->whole ? 0 : ENGINE_REV);

    op->done = load_done;
    op->data = l;

    a->loading = 1;
    gavel_pg_send(gavel_pg, GAVEL_PG_READ, a->id, op);
}


/* The cached state is in doubt: nothing is decided on it any more. */

void
host_reload(gavel_auction_t *a, ngx_uint_t lock)
{
    a->reload = 1;

    if (lock) {
        a->lock = 1;
    }

    host_load(a);
}
