/*
 * flow: runs the steps of work that waits.
 *
 * One loop runs steps until one of them waits or ends the flow; a completion
 * enters the same loop again.  A wait that is over before its step returns
 * only leaves a mark, so that steps never nest.  The pool's cleanup detaches
 * the wait when the client has left; whoever completes later finds nobody.
 */

#include "core/flow.h"
#include "core/keeper.h"


#define FLOW_RETRY  1000          /* ms: Retry-After of a 503 that says none */


static void flow_steps(gavel_flow_t *f);
static void flow_step(gavel_flow_t *f);
static void flow_finish(gavel_flow_t *f);
static void flow_cleanup(void *data);


void
gavel_flow_run(gavel_flow_t *f, const gavel_step_pt *steps,
    gavel_flow_done_pt done)
{
    f->step = steps;
    f->done = done;
    f->detach = NULL;
    f->wait = NULL;
    f->running = 0;
    f->woken = 0;
    f->ended = 0;
    ngx_memzero(&f->outcome, sizeof(gavel_outcome_t));

    gavel_keep();

    f->cleanup = ngx_pool_cleanup_add(f->pool, 0);
    if (f->cleanup == NULL) {
        (void) gavel_flow_refuse(f, GAVEL_internal);
        flow_finish(f);
        return;
    }

    f->cleanup->handler = flow_cleanup;
    f->cleanup->data = f;

    flow_steps(f);
}


ngx_int_t
gavel_flow_wait(gavel_flow_t *f, void (*detach)(void *wait), void *wait)
{
    f->detach = detach;
    f->wait = wait;

    return NGX_AGAIN;
}


void
gavel_flow_wake(gavel_flow_t *f)
{
    f->detach = NULL;
    f->wait = NULL;

    if (f->running) {
        f->woken = 1;
        return;
    }

    flow_steps(f);
}


void
gavel_flow_again(gavel_flow_t *f)
{
    f->step--;
    gavel_flow_wake(f);
}


void
gavel_flow_fail(gavel_flow_t *f, gavel_code_t code)
{
    (void) gavel_flow_refuse(f, code);
    gavel_flow_wake(f);
}


ngx_int_t
gavel_flow_answer(gavel_flow_t *f, ngx_uint_t status, const ngx_str_t *body)
{
    f->outcome.code = GAVEL_OK;
    f->outcome.status = status;

    if (body) {
        f->outcome.body = *body;
    }

    f->ended = 1;

    return NGX_DONE;
}


ngx_int_t
gavel_flow_refuse(gavel_flow_t *f, gavel_code_t code)
{
    f->outcome.code = code;
    f->outcome.status = gavel_error(code)->status;

    if (f->outcome.status == 503 && f->outcome.retry_ms == 0) {
        f->outcome.retry_ms = FLOW_RETRY;
    }

    f->ended = 1;

    return NGX_DONE;
}


static void
flow_steps(gavel_flow_t *f)
{
    f->running = 1;

    while (!f->ended) {

        if (*f->step == NULL) {
            (void) gavel_flow_answer(f, 204, NULL);
            break;
        }

        flow_step(f);

        if (f->detach) {
            f->running = 0;
            return;
        }
    }

    f->running = 0;

    flow_finish(f);
}


/* Runs one step; what it may not return is an error of ours. */

static void
flow_step(gavel_flow_t *f)
{
    ngx_int_t  rc;

    f->woken = 0;

    rc = (*f->step++)(f);

    if (f->ended) {
        return;
    }

    switch (rc) {

    case NGX_OK:
        return;

    case NGX_AGAIN:
        if (f->detach || f->woken) {
            return;
        }

        ngx_log_error(NGX_LOG_ALERT, f->log, 0,
                      "gavel flow: a step waits for nothing");
        break;

    case NGX_DONE:
        ngx_log_error(NGX_LOG_ALERT, f->log, 0,
                      "gavel flow: a step is done without an outcome");
        break;
    }

    (void) gavel_flow_refuse(f, GAVEL_internal);
}


/* The flow may be gone, or run again, when `done` returns. */

static void
flow_finish(gavel_flow_t *f)
{
    void  (*detach)(void *wait);

    /* a step that started a wait, but ended the flow nevertheless */

    detach = f->detach;

    if (detach) {
        f->detach = NULL;
        detach(f->wait);
    }

    if (f->cleanup) {
        f->cleanup->handler = NULL;
        f->cleanup = NULL;
    }

    gavel_release();

    f->done(f);
}


static void
flow_cleanup(void *data)
{
    gavel_flow_t  *f = data;

    if (f->detach) {
        f->detach(f->wait);
        f->detach = NULL;
    }

    f->ended = 1;

    gavel_release();
}
