/*
 * submit: commands come in here, wait in bounded queues, and leave with
 * their answer.
 */

#include "auction/host.h"
#include "core/keeper.h"

#include <openssl/rand.h>


#define SUBMIT_NONCES  64            /* drawn at once */


static ngx_int_t submit_nonce(u_char nonce[ENGINE_NONCE_LEN]);


static ngx_queue_t  submit_free;

#define submission_of(q)  (ngx_queue_data(q, gavel_submission_t, queue))


gavel_submission_t *
gavel_submission_new(void)
{
    ngx_queue_t         *q;
    gavel_submission_t  *s;

    if (submit_free.next != NULL && !ngx_queue_empty(&submit_free)) {
        q = ngx_queue_head(&submit_free);
        ngx_queue_remove(q);
        s = submission_of(q);

    } else {
        s = ngx_alloc(sizeof(gavel_submission_t), ngx_cycle->log);
        if (s == NULL) {
            return NULL;
        }
    }

    ngx_memzero(s, sizeof(gavel_submission_t));

    s->min_next = -1;
    s->max_bid = -1;
    s->retry_ms = -1;

    return s;
}


/* Counted from here on until it leaves, in the queue and in a batch. */

static void
submit_enter(gavel_auction_t *a, gavel_submission_t *s)
{
    s->home = a;
    a->ncommands++;
}


static void
submit_leave(gavel_submission_t *s)
{
    gavel_auction_t  *a = s->home;

    host.ncommands--;

    if (a != NULL) {
        s->home = NULL;
        a->ncommands--;
    }
}


/* Tells the answer, at most once, and takes the submission back. */

void
host_finish(gavel_submission_t *s, gavel_code_t code)
{
    s->code = code;

    if (code == GAVEL_OK) {
        gavel_auction_metrics.accepted++;

    } else {
        gavel_auction_metrics.refused++;

        if (code == GAVEL_after_end) {
            gavel_auction_metrics.late_bids++;
        }

        if ((code == GAVEL_busy || code == GAVEL_unavailable)
            && s->retry_ms < 0)
        {
            s->retry_ms = 1000;
        }
    }

    submit_leave(s);

    if (!s->detached && s->done != NULL) {
        s->done(s);
    }

    host_submission_drop(s);
    gavel_release();
}


void
host_submission_drop(gavel_submission_t *s)
{
    if (submit_free.next == NULL) {
        ngx_queue_init(&submit_free);
    }

    ngx_queue_insert_head(&submit_free, &s->queue);
}


/* A command of a client always has a request id and a nonce: a retry within
 * the cluster must find its first try. */

static ngx_int_t
submit_complete(gavel_submission_t *s)
{
    u_char      id[ENGINE_NONCE_LEN];        /* public: not the nonce */
    command_t  *c = &s->command;

    if (submit_nonce(c->nonce) != NGX_OK) {
        return NGX_ERROR;
    }

    if (c->request_len == 0 && c->actor != NOBODY) {

        if (submit_nonce(id) != NGX_OK) {
            return NGX_ERROR;
        }

        c->request_id[0] = '~';
        ngx_hex_dump((u_char *) c->request_id + 1, id, sizeof(id));
        c->request_len = 1 + 2 * sizeof(id);
    }

    if (c->at == 0) {
        c->at = gavel_cluster_now();
    }

    if (c->rules != NULL && c->rules != &s->rules) {
        s->rules = *c->rules;
        c->rules = &s->rules;
    }

    return NGX_OK;
}


/* Sixteen random bytes cost OpenSSL as much as a thousand. */

static ngx_int_t
submit_nonce(u_char nonce[ENGINE_NONCE_LEN])
{
    u_char  *next;

    static u_char      drawn[SUBMIT_NONCES * ENGINE_NONCE_LEN];
    static ngx_uint_t  left;

    if (left == 0) {
        if (RAND_bytes(drawn, sizeof(drawn)) != 1) {
            return NGX_ERROR;
        }

        left = SUBMIT_NONCES;
    }

    next = drawn + --left * ENGINE_NONCE_LEN;

    ngx_memcpy(nonce, next, ENGINE_NONCE_LEN);
    ngx_explicit_memzero(next, ENGINE_NONCE_LEN);

    return NGX_OK;
}


static void
submit_later(ngx_event_t *ev)
{
    gavel_submission_t  *s = ev->data;
    gavel_code_t         code = (gavel_code_t) s->code;

    ngx_free(ev);
    host_finish(s, code);
}


/* done is never called from inside a submit. */

static void
submit_refuse(gavel_submission_t *s, gavel_code_t code)
{
    ngx_event_t  *ev = ngx_alloc(sizeof(ngx_event_t), host.log);

    s->code = code;

    if (ev == NULL) {
        host_finish(s, code);
        return;
    }

    host_event(ev, submit_later, s);
    ngx_post_event(ev, &ngx_posted_events);
}


void
gavel_auction_submit(gavel_submission_t *s)
{
    gavel_auction_t  *a;

    gavel_keep();
    host.ncommands++;

    s->born = ngx_current_msec;

    if (submit_complete(s) != NGX_OK) {
        submit_refuse(s, GAVEL_internal);
        return;
    }

    if (gavel_cluster_now() < 0 || s->command.at < 0
        || host.ncommands > HOST_WORKER_MAX)
    {
        submit_refuse(s, GAVEL_busy);
        return;
    }

    a = host_auction(s->auction_id);
    if (a == NULL || a->ncommands >= HOST_QUEUE_MAX) {
        submit_refuse(s, GAVEL_busy);
        return;
    }

    host_route(a, s);
}


/* Stamped, named and limited by the worker that it came from. */

void
host_submit_here(gavel_submission_t *s)
{
    gavel_auction_t  *a;

    gavel_keep();
    host.ncommands++;
    s->born = ngx_current_msec;

    a = host_auction(s->auction_id);

    if (a == NULL || host.ncommands > HOST_WORKER_MAX
        || gavel_cluster_now() < 0)
    {
        submit_refuse(s, GAVEL_busy);
        return;
    }

    host_enqueue(a, s);
}


void
gavel_submission_detach(gavel_submission_t *s)
{
    s->detached = 1;
    s->data = NULL;
}


/* To be decided by this worker, behind what came before. */

void
host_enqueue(gavel_auction_t *a, gavel_submission_t *s)
{
    if (a->ncommands >= HOST_QUEUE_MAX) {
        submit_refuse(s, GAVEL_busy);
        return;
    }

    if (a->halted && a->state != NULL) {
        submit_refuse(s, GAVEL_engine_halted);
        return;
    }

    submit_enter(a, s);
    a->used = ngx_current_msec;
    ngx_queue_insert_tail(&a->commands, &s->queue);

    host_load(a);
    host_ready(a);
}


static void
submit_internal_done(gavel_submission_t *s)
{
    gavel_auction_t  *a = host_find(s->auction_id);

    if (a != NULL && s->command.type == CMD_CREATE) {
        a->creating = 0;
        host_loaded(a, a->state == NULL ? GAVEL_unavailable : GAVEL_OK);
    }

    /* The end of an epoch still stands, or another one ended with it. */

    if (a != NULL && s->command.type == CMD_NEW_EPOCH && host_ended(a)
        && (s->code != GAVEL_OK || s->command.round < a->lost_epoch))
    {
        a->reload = 1;
        host_timer(&a->retry, 100);
    }
}


/* A command of the server itself, of the clock perhaps: then PostgreSQL does
 * not take it before `due`.  NGX_ERROR: it cannot be now. */

ngx_int_t
host_internal(gavel_auction_t *a, const command_t *c, int64_t due)
{
    gavel_submission_t  *s;

    if (gavel_cluster_now() < 0 || (s = gavel_submission_new()) == NULL) {
        return NGX_ERROR;
    }

    s->auction_id = a->id;
    s->command = *c;
    s->command.origin = ORIGIN_SERVER;
    s->command.actor_roles = ACTOR_SERVER;
    s->command.actor = NOBODY;
    s->command.at = 0;
    s->ticket = due;
    s->born = ngx_current_msec;
    s->done = submit_internal_done;

    if (submit_complete(s) != NGX_OK) {
        host_submission_drop(s);
        return NGX_ERROR;
    }

    gavel_keep();
    host.ncommands++;

    if (c->type == CMD_CREATE || c->type == CMD_NEW_EPOCH
        || c->type == CMD_RECOVER)
    {
        submit_enter(a, s);
        ngx_queue_insert_head(&a->commands, &s->queue);
        host_ready(a);

    } else {
        host_enqueue(a, s);
    }

    return NGX_OK;
}


void
host_fail_commands(gavel_auction_t *a, gavel_code_t code)
{
    gavel_submission_t  *s;

    while (!ngx_queue_empty(&a->commands)) {
        s = submission_of(ngx_queue_head(&a->commands));
        ngx_queue_remove(&s->queue);
        host_finish(s, code);
    }
}


/* Rule 15: nothing is decided that waited for longer than 5 s. */

void
host_drop_old(gavel_auction_t *a)
{
    ngx_queue_t         *q, *next;
    gavel_submission_t  *s;

    for (q = ngx_queue_head(&a->commands);
         q != ngx_queue_sentinel(&a->commands);
         q = next)
    {
        next = ngx_queue_next(q);
        s = submission_of(q);

        if (ngx_current_msec - s->born > HOST_AGE_MAX) {
            ngx_queue_remove(q);
            host_finish(s, host.down ? GAVEL_unavailable : GAVEL_busy);

            /* Whoever heard of it may have asked for anything. */

            next = ngx_queue_head(&a->commands);
        }
    }
}


typedef struct {
    gavel_flow_t        *flow;
    gavel_submission_t  *answer;
} submit_flow_t;


static void
submit_flow_done(gavel_submission_t *s)
{
    submit_flow_t  *w = s->data;

    *w->answer = *s;

    if (w->answer->command.rules != NULL) {
        w->answer->command.rules = &w->answer->rules;
    }

    gavel_flow_wake(w->flow);
}


static void
submit_flow_detach(void *wait)
{
    gavel_submission_detach(wait);
}


ngx_int_t
gavel_flow_submit(gavel_flow_t *f, gavel_submission_t *s,
    gavel_submission_t *answer)
{
    ngx_int_t       rc;
    submit_flow_t  *w = ngx_palloc(f->pool, sizeof(submit_flow_t));

    if (w == NULL) {
        return NGX_ERROR;
    }

    w->flow = f;
    w->answer = answer;
    s->done = submit_flow_done;
    s->data = w;

    rc = gavel_flow_wait(f, submit_flow_detach, s);
    gavel_auction_submit(s);

    return rc;
}
