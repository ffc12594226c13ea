/* needs: -lm */

/*
 * crowd: a simulation of the feed at sizes that no bench here can have: one
 * auction, its home, one Redis, the workers that follow, their watchers.
 *
 *     crowd [SECONDS]     a table; the same numbers each time
 *
 * Costs are those that were measured (docs/capacity.md says where).  A worker
 * is one core.  Events that come while it is busy leave in one write with the
 * next, as in room/turn.c; a message that Redis lost is found when the next
 * one comes, or by the look at the log once a second, as in auction/feed.c.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* microseconds */

#define SEND      6.80           /* a write to a socket */
#define EVENT     0.20           /* what one event adds for one watcher */
#define PUBLISH   6.0            /* Redis: a message, */
#define HEAR      1.1            /* and each subscriber of it */
#define NET       200.0          /* one way, and as much jitter on top */
#define JITTER    100.0
#define GAP_MIN   20000.0        /* a gap waits, */
#define GAP_MAX   60000.0
#define FILL      3000.0         /* then PostgreSQL is asked */
#define LOOK      1000000.0      /* what the log has is looked at */

#define LOSS      0.0001         /* of messages to one worker */
#define LOAD      0.70           /* of a core, as a worker is planned */

static uint64_t  seed;


static double
chance(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;

    return (double) (seed >> 11) / 9007199254740992.0;
}


static double
wait_exp(double mean)
{
    return -mean * log(1.0 - chance());
}


typedef struct {
    double   watchers;
    double   rate;               /* events a second */
    double   gather;             /* microseconds */
    long     workers;
    double   each;               /* watchers of one */
    long     n;                  /* events */
    double  *commit;
    double  *published;          /* Redis begins with it */
    double  *last;               /* the last watcher has it */
    double  *ready;              /* of one worker */
    double   busy;               /* of one worker, the last */
    long     lost;
} crowd_t;


/* Writes a second that a worker makes for each of its watchers: one for each
 * event, or for each gathering that has one. */

static double
crowd_writes(const crowd_t *c)
{
    double  per;

    if (c->gather == 0) {
        return c->rate;
    }

    per = c->gather / 1e6 + 1 / c->rate;

    return 1 / per;
}


static void
crowd_plan(crowd_t *c)
{
    double  cost;

    cost = (crowd_writes(c) * SEND + c->rate * EVENT) / 1e6;

    c->workers = (long) ceil(c->watchers * cost / LOAD);

    /* memory and descriptors of one worker end somewhere, too */

    if (c->watchers / c->workers > 50000) {
        c->workers = (long) ceil(c->watchers / 50000);
    }

    c->each = c->watchers / c->workers;
}


static int
crowd_open(crowd_t *c, double seconds)
{
    long    i;
    double  t, redis;

    c->n = (long) (c->rate * seconds);
    c->commit = calloc(4 * (c->n + 1), sizeof(double));

    if (c->commit == NULL) {
        return -1;
    }

    c->published = c->commit + c->n;
    c->last = c->published + c->n;
    c->ready = c->last + c->n;

    for (t = 0, redis = 0, i = 0; i < c->n; i++) {
        t += wait_exp(1e6 / c->rate);
        c->commit[i] = t;
        c->published[i] = (redis > t ? redis : t) + PUBLISH;
        redis = c->published[i] + c->workers * HEAR;
    }

    return 0;
}


/* When each event is next in order at the worker of this number. */

static void
crowd_arrive(crowd_t *c, long worker)
{
    long    i;
    double  at, next, look;

    look = chance() * LOOK;

    for (i = c->n - 1; i >= 0; i--) {
        at = c->published[i] + worker * HEAR + NET + wait_exp(JITTER);

        if (chance() < LOSS) {
            c->lost++;
            next = (i + 1 < c->n) ? c->ready[i + 1] + GAP_MIN
                                    + chance() * (GAP_MAX - GAP_MIN)
                                  : INFINITY;
            at = look + LOOK * ceil((at - look) / LOOK);
            at = (next < at ? next : at) + FILL;
        }

        c->ready[i] = at;
    }

    for (i = 1; i < c->n; i++) {
        if (c->ready[i] < c->ready[i - 1]) {
            c->ready[i] = c->ready[i - 1];
        }
    }
}


/* Turn by turn: what is there is written, one write for each watcher. */

static void
crowd_deliver(crowd_t *c)
{
    long    i, k;
    double  start, end;

    for (end = 0, c->busy = 0, i = 0; i < c->n; i = k) {
        start = c->ready[i] + c->gather;
        start = start > end ? start : end;

        for (k = i; k < c->n && c->ready[k] <= start; k++) { /* void */ }

        end = start + c->each * (SEND + (k - i) * EVENT);
        c->busy += end - start;

        for ( /* void */ ; i < k; i++) {
            if (end > c->last[i]) {
                c->last[i] = end;
            }
        }
    }

    c->busy /= end;
}


static int
compare(const void *one, const void *two)
{
    double  a = *(const double *) one, b = *(const double *) two;

    return (a > b) - (a < b);
}


static int
crowd_run(crowd_t *c, double seconds)
{
    long    i;
    double  redis;

    seed = 1;
    crowd_plan(c);

    if (crowd_open(c, seconds) != 0) {
        return -1;
    }

    for (i = 0; i < c->workers; i++) {
        crowd_arrive(c, i);
        crowd_deliver(c);
    }

    for (i = 0; i < c->n; i++) {
        c->last[i] -= c->commit[i];
    }

    qsort(c->last, c->n, sizeof(double), compare);

    redis = c->rate * (PUBLISH + c->workers * HEAR) / 1e6;

    printf("%10.0f %6.0f %6.0f %8ld %8.0f %6.0f%% %6.0f%% %6ld "
           "%8.0f %8.0f %8.0f\n", c->watchers, c->rate, c->gather / 1000,
           c->workers, c->each, 100 * c->busy, 100 * redis, c->lost,
           c->last[c->n / 2] / 1000, c->last[c->n * 99 / 100] / 1000,
           c->last[c->n - 1] / 1000);

    free(c->commit);

    return 0;
}


int
main(int argc, char **argv)
{
    size_t   i;
    double   seconds;
    crowd_t  c;

    static const double  cases[][3] = {
        { 1e5, 1, 0 }, { 1e5, 10, 0 }, { 1e5, 100, 0 },
        { 1e5, 100, 1e5 },
        { 1e6, 10, 0 }, { 1e6, 100, 1e5 },
        { 1e7, 1, 0 }, { 1e7, 10, 0 }, { 1e7, 10, 2.5e5 },
        { 1e7, 100, 2.5e5 }, { 1e7, 100, 0 }
    };

    seconds = argc > 1 ? atof(argv[1]) : 20;

    printf("%10s %6s %6s %8s %8s %7s %7s %6s %8s %8s %8s\n", "watchers",
           "ev/s", "gather", "workers", "each", "worker", "Redis", "lost",
           "p50", "p99", "max");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = (crowd_t) { .watchers = cases[i][0], .rate = cases[i][1],
                        .gather = cases[i][2] };

        if (crowd_run(&c, seconds) != 0) {
            return 1;
        }
    }

    return 0;
}
