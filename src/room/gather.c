/*
 * gather: when sessions are written to whose events may wait for others
 * (gavel_gather).
 *
 * A session is written to once in that time, and at once if it was not for
 * so long.  A thousand that wait for the same event do not go together: every
 * millisecond it is the turn of a share of them, and between two shares the
 * worker rests.  So it is never busy with them for long, PostgreSQL finds a
 * processor, and a worker that has too many gathers more of their events
 * instead of doing nothing else.
 *
 * nginx's own timers are too coarse for this: their clock is that of the
 * scheduler's ticks, 4 ms on many systems.
 */

#include "room/session.h"

#include "core/fd.h"
#include "core/times.h"

#include <sys/timerfd.h>


#define GATHER_SHARES  7             /* of all sessions, one after the other */
#define GATHER_LEAST   24            /* sessions in a share */
#define GATHER_REST    1             /* ms between shares */


static void gavel_gather_arm(void);
static void gavel_gather_fired(void *data, ngx_uint_t what);
static void gavel_gather_share(void);
static ngx_msec_t gavel_gather_left(gavel_session_t *s, uint32_t now);


static ngx_queue_t  gavel_gather_queue;      /* first who waited longest */
static gavel_fd_t  *gavel_gather_fd;
static int          gavel_gather_timer = -1;
static ngx_uint_t   gavel_gather_armed;
static ngx_uint_t   gavel_gather_going;      /* a share is being written to */
static uint32_t     gavel_gather_over;       /* ms: since when none is */


ngx_int_t
gavel_gather_create(ngx_log_t *log)
{
    ngx_queue_init(&gavel_gather_queue);

    if (gavel_room_conf.gather == 0) {
        return NGX_OK;
    }

    gavel_gather_timer = timerfd_create(CLOCK_MONOTONIC,
                                        TFD_NONBLOCK|TFD_CLOEXEC);

    if (gavel_gather_timer == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "timerfd_create() failed");
        return NGX_ERROR;
    }

    gavel_gather_fd = gavel_fd_attach(gavel_gather_timer, gavel_gather_fired,
                                      NULL, log);

    if (gavel_gather_fd == NULL) {
        gavel_gather_destroy();
        return NGX_ERROR;
    }

    return gavel_fd_want(gavel_gather_fd, GAVEL_FD_READ);
}


void
gavel_gather_destroy(void)
{
    if (gavel_gather_fd != NULL) {
        gavel_fd_detach(gavel_gather_fd);
        gavel_gather_fd = NULL;
    }

    if (gavel_gather_timer != -1) {
        (void) close(gavel_gather_timer);
        gavel_gather_timer = -1;
    }

    gavel_gather_armed = 0;
    gavel_gather_going = 0;
}


void
gavel_gather_add(gavel_session_t *s)
{
    ngx_queue_insert_tail(&gavel_gather_queue, &s->turn);

    gavel_gather_arm();
}


void
gavel_gather_rest(void)
{
    if (gavel_gather_going) {
        gavel_gather_going = 0;
        gavel_gather_over = (uint32_t) gavel_monotonic_ms();
    }

    gavel_gather_arm();
}


static void
gavel_gather_arm(void)
{
    uint32_t           now;
    ngx_msec_t         wait;
    ngx_queue_t       *q;
    struct itimerspec  t;

    if (gavel_gather_armed || gavel_gather_going
        || ngx_queue_empty(&gavel_gather_queue))
    {
        return;
    }

    now = (uint32_t) gavel_monotonic_ms();
    q = ngx_queue_head(&gavel_gather_queue);
    wait = gavel_gather_left(ngx_queue_data(q, gavel_session_t, turn), now);

    if (now - gavel_gather_over < GATHER_REST) {
        wait = ngx_max(wait, GATHER_REST);
    }

    ngx_memzero(&t, sizeof(t));
    t.it_value.tv_sec = wait / 1000;
    t.it_value.tv_nsec = wait ? wait % 1000 * 1000000 : 1;

    gavel_gather_armed = 1;
    (void) timerfd_settime(gavel_gather_timer, 0, &t, NULL);
}


static void
gavel_gather_fired(void *data, ngx_uint_t what)
{
    uint64_t  times;

    if (what != GAVEL_FD_READ
        || read(gavel_gather_timer, &times, sizeof(times)) != sizeof(times))
    {
        return;
    }

    gavel_gather_armed = 0;
    gavel_gather_share();
}


static void
gavel_gather_share(void)
{
    uint32_t          now;
    ngx_uint_t        n;
    ngx_queue_t      *q;
    gavel_session_t  *s;

    now = (uint32_t) gavel_monotonic_ms();
    n = (gavel_room_metrics.sockets + gavel_room_metrics.streams)
        / ngx_min(gavel_room_conf.gather, GATHER_SHARES);
    n = ngx_max(n, GATHER_LEAST);

    for ( /* void */ ; n; n--) {

        if (ngx_queue_empty(&gavel_gather_queue)) {
            break;
        }

        q = ngx_queue_head(&gavel_gather_queue);
        s = ngx_queue_data(q, gavel_session_t, turn);

        if (gavel_gather_left(s, now) > 0) {
            break;
        }

        gavel_gather_going = 1;
        gavel_turn_dirty(s, GAVEL_DIRTY_NOW);
    }

    gavel_gather_arm();
}


/* ms until it may be written to again */

static ngx_msec_t
gavel_gather_left(gavel_session_t *s, uint32_t now)
{
    uint32_t  elapsed;

    elapsed = now - s->written;

    return elapsed < gavel_room_conf.gather ? gavel_room_conf.gather - elapsed
                                            : 0;
}
