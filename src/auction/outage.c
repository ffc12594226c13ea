/*
 * outage: time in which nobody could append, and its giving back.
 *
 * Who saw PostgreSQL go may be gone when it is back: killed meanwhile, or on
 * a machine that lost its power together with the database.  So the database
 * itself tells: every worker leaves a sign of life there twice a second, and
 * a gap between two signs is an outage, for workers, too, that were born in
 * it or after it.  Only who heard from the database within the last second
 * closes a lot; before the first answer behind an outage nobody does.  Nor is
 * anything else decided then, while a lot is open: time is owed by whoever
 * appends first, and he has to know.
 */

#include "auction/host.h"

#define OUTAGE_EVERY   400         /* ms: a sign is not older than this */
#define OUTAGE_FRESH   1000        /* ms: for so long an answer holds */
#define OUTAGE_SILENT  1500        /* ms: it may be one */
#define OUTAGE_MIN     1000        /* ms that are given back */
#define OUTAGE_JOIN    5000        /* ms: two outages are one */
#define OUTAGE_NEAR    60000       /* ms: deadlines that an outage hit */
#define OUTAGE_LATE    100         /* ms: by which a sign may be late */
#define OUTAGE_CLOCKS  20          /* ms: by which two clocks may differ */


static void
outage_heard(gavel_pg_op_t *op)
{
    host.asking_alive = 0;

    if (op->status != GAVEL_PG_DONE || PQntuples(op->res) != 1) {
        return;
    }

    host.alive = 1;
    host.alive_at = host.alive_sent;
    host.outage_since = gavel_pg_int(op->res, 0, 0);
    host.outage_until = gavel_pg_int(op->res, 0, 1);
    host.outage_gap = gavel_pg_int(op->res, 0, 2);
}


void
host_sign(void)
{
    gavel_pg_op_t  *op;

    if (host.asking_alive || !gavel_pg_ready(gavel_pg)
        || (op = gavel_pg_op(gavel_pg, "sign")) == NULL)
    {
        return;
    }

    gavel_pg_op_int(op, OUTAGE_EVERY);
    gavel_pg_op_int(op, OUTAGE_MIN);
    gavel_pg_op_int(op, OUTAGE_JOIN);

    op->done = outage_heard;
    host.asking_alive = 1;
    host.alive_sent = ngx_current_msec;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
}


ngx_uint_t
host_alive(void)
{
    return host.alive && ngx_current_msec - host.alive_at <= OUTAGE_FRESH;
}


ngx_uint_t
host_silent(const gavel_auction_t *a)
{
    return (!host.alive || ngx_current_msec - host.alive_at > OUTAGE_SILENT)
           && auction_first_end(a->state) != 0;
}


/* When it was last written to.  What was decided in an outage, by who did not
 * know of it yet, was written when that had ended: it comes first, and leaves
 * what is owed as it was. */

static int64_t
outage_written(const gavel_auction_t *a)
{
    int64_t  last;

    last = (a->opened_seq == a->state->seq) ? a->opened_after
                                            : a->state->ts;

    if (last > host.outage_gap + OUTAGE_EVERY + OUTAGE_LATE
        && last < host.outage_until - OUTAGE_CLOCKS
        && a->recovered_at <= host.outage_gap)
    {
        return host.outage_gap;
    }

    return last;
}


/* What is owed for an outage: an auction whose newest event is behind it owes
 * nothing; that a new epoch was opened does not count.  A deadline within it
 * leaves what was left as it began; one behind it moves by the outage's
 * length. */

static ngx_uint_t
outage_owed(const gavel_auction_t *a, int64_t since, int64_t until,
    int64_t now, command_t *c)
{
    int64_t  at, last;

    last = outage_written(a);
    since = ngx_max(since, last);
    at = auction_first_end(a->state);

    if (until - since < OUTAGE_MIN || at == 0
        || at < since || at > until + OUTAGE_NEAR)
    {
        return 0;
    }

    ngx_memzero(c, sizeof(command_t));
    c->type = CMD_RECOVER;
    c->ms = (at > until ? until : now) - since;
    c->starts_at = -1;
    c->ends_at = -1;

    return 1;
}


/* Rule 16: whoever appends first after an outage gives its time back, once.
 * If this append fails too, the outage goes on from where it began; so does
 * one that this auction alone has. */

ngx_uint_t
host_recovery(gavel_auction_t *a, command_t *c, int64_t now)
{
    int64_t  since = host.outage_since, until = host.outage_until;

    if (a->down_since != 0 && a->down_since <= until) {
        since = ngx_min(since, a->down_since);
        until = now;
    }

    return outage_owed(a, since, until, now, c)
           || (a->down_since != 0
               && outage_owed(a, a->down_since, now, now, c));
}
