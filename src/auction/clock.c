/*
 * clock: deadlines are commands too, given by the worker that sees them due.
 *
 * The home of an auction gives them just after the deadline, when all that
 * was stamped before it has been decided; every other worker that knows the
 * auction steps in a second later.  Compare-and-set makes duplicates
 * harmless, and PostgreSQL's own clock keeps anybody from being early.
 */

#include "auction/host.h"

#define CLOCK_AHEAD    5000            /* ms: rows of `due` are taken */
#define CLOCK_DUE_MAX  200             /* rows at once */
#define CLOCK_POISONED 60000           /* ms: before it is tried again */


static ngx_uint_t  clock_asking;


/* A deadline beyond the timers' reach is looked at again in between. */

void
host_arm(gavel_auction_t *a)
{
    int64_t  at, now, ms;

    if (a->state == NULL || a->halted || a->reload) {
        return;
    }

    at = auction_deadline(a->state, NULL);
    now = gavel_cluster_now();

    if (at == 0 || now < 0) {
        if (a->deadline.timer_set) {
            ngx_del_timer(&a->deadline);
        }

        return;
    }

    if (at > now + HOST_IDLE) {

        /* The table of what is due brings it back in time. */

        if (a->deadline.timer_set) {
            ngx_del_timer(&a->deadline);
        }

        return;
    }

    ms = at - now;

    if (gavel_home_mine(a->id) || !gavel_cluster_connected()) {
        ms += HOST_CLOSE_DELAY;
    } else {
        ms += HOST_CLOSE_OTHERS + a->id % 7 * 20 + gavel_worker_id[0] % 16 * 20;
    }

    host_timer(&a->deadline, ngx_max(ms, 1));
}


/* Is this command of the server among those to be decided? */

ngx_uint_t
host_waits(gavel_auction_t *a, const command_t *c)
{
    ngx_queue_t         *q;
    gavel_submission_t  *s;

    for (q = ngx_queue_head(&a->commands);
         q != ngx_queue_sentinel(&a->commands);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, gavel_submission_t, queue);

        if (s->command.type == c->type
            && s->command.actor_roles == ACTOR_SERVER
            && s->command.lot_id == c->lot_id)
        {
            return 1;
        }
    }

    return 0;
}


/* What the clock wants cannot be written; perhaps a minute later, or when
 * somebody has changed something. */

void
host_poisoned(gavel_auction_t *a)
{
    a->poisoned = 1;
    a->poisoned_seq = a->state->seq;
    a->poisoned_at = ngx_current_msec;
}


static ngx_uint_t
clock_poisoned(gavel_auction_t *a)
{
    if (a->poisoned
        && (a->poisoned_seq != a->state->seq
            || ngx_current_msec - a->poisoned_at > CLOCK_POISONED))
    {
        a->poisoned = 0;
    }

    return a->poisoned;
}


void
host_deadline(ngx_event_t *ev)
{
    int64_t           at, now;
    command_t         c;
    gavel_auction_t  *a = ev->data;

    if (a->state == NULL || a->halted || a->reload || a->batch != NULL) {
        host_timer(ev, 20);
        host_load(a);
        return;
    }

    at = auction_deadline(a->state, &c);
    now = gavel_cluster_now();

    if (at == 0) {
        return;
    }

    if (now < 0) {
        host_timer(ev, 200);
        return;
    }

    if (now < at) {
        host_arm(a);
        return;
    }

    if (clock_poisoned(a)) {
        host_timer(ev, 1000);
        return;
    }

    if (!host_waits(a, &c)) {
        (void) host_internal(a, &c, at);
    }

    /* Until it is seen in the log. */

    host_timer(ev, 500);
}


/* --- what is due --- */


/* The bound in the table was reached before the deadline: raise it. */

static void
clock_move(gavel_auction_t *a)
{
    int64_t         at = auction_deadline(a->state, NULL);
    gavel_pg_op_t  *op = gavel_pg_op(gavel_pg, "log_due_move");

    if (op == NULL) {
        return;
    }

    gavel_pg_op_int(op, a->id);
    gavel_pg_op_int(op, a->state->seq);

    if (at != 0) {
        gavel_pg_op_int(op, at);
    } else {
        gavel_pg_op_null(op);
    }

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, a->id, op);
}


static void
clock_take(uint64_t id, int64_t due, int64_t now)
{
    int64_t           at;
    gavel_auction_t  *a = host_auction(id);

    if (a == NULL) {
        return;
    }

    if (!gavel_home_mine(id) && gavel_cluster_connected()
        && !host.draining && !a->halted)
    {
        host_claim(a);
    }

    if (a->state == NULL || a->reload) {
        host_load(a);
        return;
    }

    if (!gavel_home_mine(id) && gavel_cluster_connected()
        && now < due + HOST_CLOSE_OTHERS)
    {
        return;
    }

    at = auction_deadline(a->state, NULL);

    if (at == 0 || at > due) {

        /* Perhaps only because this worker has not heard of the latest. */

        if (a->filling || a->batch != NULL) {
            return;
        }

        clock_move(a);
        host_fill(a);
        return;
    }

    if (!a->deadline.timer_set) {
        host_arm(a);
    }
}


static void
clock_due(gavel_pg_op_t *op)
{
    int      row;
    int64_t  now = gavel_cluster_now();

    clock_asking = 0;

    if (op->status != GAVEL_PG_DONE || now < 0) {
        return;
    }

    for (row = 0; row < PQntuples(op->res); row++) {
        clock_take(gavel_pg_int(op->res, row, 0),
                   gavel_pg_int(op->res, row, 1), now);
    }
}


void
host_due(void)
{
    int64_t         now = gavel_cluster_now();
    gavel_pg_op_t  *op;

    if (now < 0 || clock_asking || !gavel_pg_ready(gavel_pg)
        || (op = gavel_pg_op(gavel_pg, "log_due")) == NULL)
    {
        return;
    }

    gavel_pg_op_int(op, now + CLOCK_AHEAD);
    gavel_pg_op_int(op, CLOCK_DUE_MAX);

    op->done = clock_due;
    clock_asking = 1;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
}
