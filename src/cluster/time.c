/*
 * time: asks the primary for its clock once a second and tells the cluster's
 * time from the answers.
 *
 * Workers of one machine have one monotonic clock: the best sample that any of
 * them took lately lies in shared memory.  It counts for all of them, so that
 * their times differ by less than a bad sample says; and those who come after
 * a reload or of a new binary know the time before their first connection.
 */

#include "cluster/parts.h"
#include "cluster/clock.h"
#include "pg/pg.h"

/* Early samples come quickly: the first of a connection is a slow one, and
 * after a jump nobody can bid here until several agree. */

#define TIME_QUICK     50
#define TIME_STEADY    1000
#define TIME_AWAY      250
#define TIME_FIRST     5                 /* until the first connection, */
#define TIME_START     1000              /* for so long */
#define TIME_LEFT      8000              /* what was left is believed */

typedef struct {
    gavel_clock_t     clock;
    ngx_event_t       timer;
    gavel_pg_op_t    *op;
    int64_t           sent;
    int64_t           born;
} worker_time_t;

/* The sample with the shortest round trip that any worker here took lately.
 * Who reads it looks at `heard` before and after. */

typedef struct {
    volatile int64_t  offset;            /* primary - monotonic, ms */
    volatile int64_t  round;             /* ms */
    volatile int64_t  heard;             /* monotonic ms; 0: nothing */
} time_left_t;

static worker_time_t  worker_time;
static time_left_t   *time_left;         /* shared; NULL: none */


static void
time_next(ngx_msec_t ms)
{
    ngx_add_timer(&worker_time.timer, ms);
}


void
gavel_time_share(void)
{
    time_left = gavel_shared(sizeof(time_left_t));
}


static void
time_leave(int64_t offset, int64_t round, int64_t heard)
{
    time_left->heard = 0;
    ngx_memory_barrier();

    time_left->offset = offset;
    time_left->round = round;
    ngx_memory_barrier();

    time_left->heard = heard;
}


/* NGX_DECLINED: nothing was left, or it is old. */

static ngx_int_t
time_look(int64_t now, int64_t *offset, int64_t *round)
{
    int64_t  heard;

    heard = time_left->heard;
    ngx_memory_barrier();

    *offset = time_left->offset;
    *round = time_left->round;
    ngx_memory_barrier();

    return heard != 0 && heard == time_left->heard && now - heard <= TIME_LEFT
           ? NGX_OK : NGX_DECLINED;
}


static void
time_inherit(gavel_clock_t *c)
{
    int64_t  now, sent, offset, round;

    now = gavel_monotonic_ms();

    if (time_left == NULL || time_look(now, &offset, &round) != NGX_OK) {
        return;
    }

    sent = now - round;

    (void) gavel_clock_sample(c, sent, now, sent + round / 2 + offset);
}


/* The better one of our sample and of what was left counts here, too. */

static void
time_compare(gavel_clock_t *c, int64_t offset, int64_t round, int64_t heard)
{
    int64_t  other, trip;

    if (time_left == NULL) {
        return;
    }

    if (!c->known) {
        time_left->heard = 0;
        return;
    }

    if (round > GAVEL_CLOCK_ROUND) {
        return;
    }

    if (time_look(heard, &other, &trip) == NGX_OK && trip < round) {
        gavel_clock_hint(c, other, trip, heard);
        return;
    }

    time_leave(offset, round, heard);
}


static void
time_told(gavel_pg_op_t *op)
{
    int64_t         heard, round, remote;
    worker_time_t  *t = op->data;

    heard = gavel_monotonic_ms();
    round = heard - t->sent;
    t->op = NULL;

    if (op->status != GAVEL_PG_DONE || PQntuples(op->res) != 1) {
        time_next(TIME_AWAY);
        return;
    }

    remote = gavel_pg_int(op->res, 0, 0);

    if (gavel_clock_sample(&t->clock, t->sent, heard, remote)) {
        ngx_log_error(NGX_LOG_WARN, gavel_cluster_log, 0,
                      "the primary's clock jumped: it and this worker's "
                      "time are apart by more than %d ms",
                      GAVEL_CLOCK_JUMP);
    }

    time_compare(&t->clock, remote - (t->sent + round / 2), round, heard);

    time_next(t->clock.known && t->clock.n >= GAVEL_CLOCK_SAMPLES
              ? TIME_STEADY : TIME_QUICK);
}


static void
time_ask(ngx_event_t *ev)
{
    worker_time_t  *t = &worker_time;

    /* the client of this worker may not be up yet, or not be configured */

    if (gavel_pg == NULL || !gavel_pg_ready(gavel_pg)) {
        time_next(gavel_monotonic_ms() - t->born < TIME_START ? TIME_FIRST
                                                              : TIME_AWAY);
        return;
    }

    t->op = gavel_pg_op(gavel_pg, "clock");

    if (t->op == NULL) {
        time_next(TIME_AWAY);
        return;
    }

    t->op->done = time_told;
    t->op->data = t;
    t->sent = gavel_monotonic_ms();

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, t->op);
}


ngx_int_t
gavel_time_create(ngx_cycle_t *cycle)
{
    ngx_memzero(&worker_time, sizeof(worker_time_t));

    worker_time.born = gavel_monotonic_ms();
    time_inherit(&worker_time.clock);

    gavel_cluster_timer(&worker_time.timer, time_ask);
    time_next(1);

    return NGX_OK;
}


void
gavel_time_destroy(void)
{
    worker_time_t  *t = &worker_time;

    if (t->timer.timer_set) {
        ngx_del_timer(&t->timer);
    }

    if (t->op != NULL) {
        gavel_pg_detach(t->op);
        t->op = NULL;
    }
}


int64_t
gavel_cluster_now(void)
{
    return gavel_clock_at(&worker_time.clock, gavel_monotonic_ms());
}
