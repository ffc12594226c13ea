/*
 * flow: work that waits, told as an array of small steps.
 *
 * A flow runs its steps in order.  A step starts at most one wait (a SQL
 * call, a task in the thread pool, a command to an auction) and returns what
 * the call that starts the wait returned; the completion runs the next step.
 * A step that needs no wait returns NGX_OK.  A flow ends by gavel_flow_answer
 * or gavel_flow_refuse, or by running out of steps (then the outcome is an
 * empty 204), and calls `done` exactly once, from the event loop, never from
 * within gavel_flow_run of its own caller unless nothing waited.
 *
 * Ownership: a flow lives in its pool.  When the pool is destroyed before the
 * flow has ended (the client has left), the wait is detached: its completion
 * is dropped, no further step runs, and `done` is not called.  A flow which
 * must finish without its client gets a pool of its own.
 */

#ifndef GAVEL_FLOW_H
#define GAVEL_FLOW_H

#include "core/core.h"
#include "core/errors.h"

typedef struct gavel_flow_s     gavel_flow_t;
typedef struct gavel_outcome_s  gavel_outcome_t;

/* NGX_OK: next step; NGX_AGAIN: waits; NGX_DONE: answered or refused;
 * NGX_ERROR: the outcome is `internal`. */
typedef ngx_int_t (*gavel_step_pt)(gavel_flow_t *f);
typedef void (*gavel_flow_done_pt)(gavel_flow_t *f);

/* What a command came to, in whatever dialect it is told. */
struct gavel_outcome_s {
    gavel_code_t    code;        /* GAVEL_OK, or why not */
    ngx_uint_t      status;      /* HTTP status; 0: 200, or the code's */
    ngx_str_t       body;        /* JSON, ready to send; may be empty */
    ngx_str_t       detail;      /* of an error: for people; may be empty */
    ngx_str_t       errors;      /* of an error: JSON object, by parameter */
    ngx_str_t       extra;       /* of an error: more JSON members,
                                    `"min_next":120`; no braces */
    ngx_str_t       etag;        /* with its quotes; may be empty */
    ngx_str_t       location;    /* of something created; may be empty */
    ngx_str_t       type;        /* content type if not JSON */
    ngx_uint_t      retry_ms;    /* Retry-After, when not 0 */
    ngx_array_t    *cookies;     /* of ngx_str_t: Set-Cookie values; or NULL */
    ngx_str_t       file;        /* the name to keep it under; may be empty */
    const gavel_step_pt  *more;  /* the body goes on: a flow of these steps
                                    answers with its next part; or NULL */
    unsigned        no_store:1;  /* a credential: Cache-Control: no-store */
};

struct gavel_flow_s {
    ngx_pool_t           *pool;
    ngx_log_t            *log;
    void                 *data;      /* the steps' own */
    gavel_outcome_t       outcome;

    const gavel_step_pt  *step;      /* the rest is flow.c's */
    gavel_flow_done_pt    done;
    void                 *owner;     /* of done */
    void                (*detach)(void *wait);
    void                 *wait;
    ngx_pool_cleanup_t   *cleanup;
    unsigned              running:1;
    unsigned              woken:1;
    unsigned              ended:1;
};

/* Starts; steps and done see f->data and f->owner.  f is zeroed but for
 * pool, log, data, owner. */
void gavel_flow_run(gavel_flow_t *f, const gavel_step_pt *steps,
    gavel_flow_done_pt done);

/* For the rooms that start waits: registers what undoes a wait, returns
 * NGX_AGAIN; later gavel_flow_wake() runs the next step, or
 * gavel_flow_fail() ends the flow with a code. */
ngx_int_t gavel_flow_wait(gavel_flow_t *f, void (*detach)(void *wait),
    void *wait);
void gavel_flow_wake(gavel_flow_t *f);
void gavel_flow_fail(gavel_flow_t *f, gavel_code_t code);

/* As gavel_flow_wake(), but the step that waited runs once more. */
void gavel_flow_again(gavel_flow_t *f);

/* For steps: both return NGX_DONE.  body must live as long as the pool. */
ngx_int_t gavel_flow_answer(gavel_flow_t *f, ngx_uint_t status,
    const ngx_str_t *body);
ngx_int_t gavel_flow_refuse(gavel_flow_t *f, gavel_code_t code);

#endif
