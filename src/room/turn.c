/*
 * turn: what is done once per turn of the event loop: sessions that are
 * doomed end, and sessions that have something to say are written to.
 *
 * Loops over sessions only mark; nothing is written, closed or freed in them.
 * With gavel_gather, gather.c says when it is a session's turn.
 *
 * An event for thousands is not written in one go: after some dozens
 * of sessions the loop looks at what came meanwhile, and whoever has something
 * urgent, an answer for instance, is written to before the others.  What
 * comes while an event goes round shares the writes that are still to come.
 */

#include "room/session.h"
#include "room/console.h"
#include "room/hub.h"
#include "room/lines.h"
#include "room/call.h"

#include "core/times.h"


#define TURN_WRITES  48          /* sessions, before the loop goes round */
#define TURN_AHEAD   3           /* of them on their way into the cache */


static void gavel_turn_handler(ngx_event_t *ev);
static void gavel_turn_write(void);
static void gavel_turn_rounds(void);
static void gavel_turn_write_some(ngx_queue_t *queue);
static void gavel_turn_ahead(const ngx_queue_t *queue);
static void gavel_turn_end_doomed(void);
static void gavel_turn_relieve(void);
static void gavel_turn_let_go(gavel_session_t *s, void *limit);
static void gavel_turn_count(const gavel_session_t *s);
static void gavel_turn_end(gavel_session_t *s);


static ngx_event_t       gavel_turn;
static ngx_connection_t  gavel_turn_ident;       /* events log its fd */
static ngx_uint_t        gavel_turn_going;
static ngx_queue_t       gavel_dirty_urgent;
static ngx_queue_t       gavel_dirty_now;
static ngx_queue_t       gavel_doomed;


void
gavel_turn_create(void)
{
    gavel_turn_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&gavel_turn, sizeof(ngx_event_t));
    gavel_turn.handler = gavel_turn_handler;
    gavel_turn.data = &gavel_turn_ident;
    gavel_turn.log = ngx_cycle->log;

    ngx_queue_init(&gavel_dirty_urgent);
    ngx_queue_init(&gavel_dirty_now);
    ngx_queue_init(&gavel_doomed);
}


void
gavel_turn_destroy(void)
{
    if (gavel_turn.posted) {
        ngx_delete_posted_event(&gavel_turn);
    }
}


/* In this turn of the loop, also when the rest of a round would have waited
 * for the next. */

void
gavel_turn_run(void)
{
    if (gavel_turn.posted) {
        ngx_delete_posted_event(&gavel_turn);
    }

    gavel_turn_post();
}


/* What there is to write while others are written to is left for the next
 * turn of the loop, or the loop would not go round before all is written. */

void
gavel_turn_post(void)
{
    ngx_post_event(&gavel_turn, gavel_turn_going ? &ngx_posted_next_events
                                                 : &ngx_posted_events);
}


void
gavel_turn_dirty(gavel_session_t *s, gavel_dirty_t when)
{
    if (when == GAVEL_DIRTY_LATER && gavel_room_conf.gather == 0) {
        when = GAVEL_DIRTY_NOW;
    }

    if (s->dirty && s->dirty <= when) {
        return;
    }

    if (s->dirty) {
        ngx_queue_remove(&s->turn);
    }

    s->dirty = when;

    switch (when) {

    case GAVEL_DIRTY_URGENT:
        ngx_queue_insert_tail(&gavel_dirty_urgent, &s->turn);
        gavel_turn_run();
        break;

    case GAVEL_DIRTY_NOW:
        ngx_queue_insert_tail(&gavel_dirty_now, &s->turn);
        gavel_turn_post();
        break;

    default:
        gavel_gather_add(s);
    }
}


void
gavel_turn_doomed(gavel_session_t *s)
{
    gavel_turn_forget(s);

    s->dirty = GAVEL_DIRTY_URGENT;
    ngx_queue_insert_tail(&gavel_doomed, &s->turn);

    gavel_turn_run();
}


void
gavel_turn_forget(gavel_session_t *s)
{
    if (s->dirty) {
        ngx_queue_remove(&s->turn);
        s->dirty = 0;
    }
}


static void
gavel_turn_handler(ngx_event_t *ev)
{
    gavel_turn_going = 1;

    gavel_turn_write();
    gavel_turn_end_doomed();

    if (gavel_room_metrics.queued > gavel_room_conf.max_worker) {
        gavel_turn_relieve();
    }

    gavel_calls_bury();
    gavel_hub_bury();

    gavel_turn_going = 0;
}


static void
gavel_turn_end_doomed(void)
{
    ngx_queue_t      *q;
    gavel_session_t  *s;

    while (!ngx_queue_empty(&gavel_doomed)) {
        q = ngx_queue_head(&gavel_doomed);
        s = ngx_queue_data(q, gavel_session_t, turn);

        ngx_queue_remove(q);
        s->dirty = 0;

        gavel_turn_end(s);
    }
}


/* All together wait for too much: those go for whom most waits, first who
 * has half of what one may have, then a quarter. */

static void
gavel_turn_relieve(void)
{
    size_t  limit;

    limit = gavel_room_conf.max_queue;

    while (limit && gavel_room_metrics.blocked
           && gavel_room_metrics.queued > gavel_room_conf.max_worker)
    {
        limit = (limit < 1024) ? 0 : limit / 2;

        gavel_pulse_each(gavel_turn_let_go, &limit);
        gavel_turn_end_doomed();
    }
}


static void
gavel_turn_let_go(gavel_session_t *s, void *limit)
{
    if (s->blocked && s->bytes > *(size_t *) limit) {
        gavel_session_doom(s, GAVEL_CLOSE_SLOW, "too slow: resume");
    }
}


/* What is urgent does not stop the others, however much it is. */

static void
gavel_turn_write(void)
{
    gavel_turn_write_some(&gavel_dirty_urgent);
    gavel_turn_write_some(&gavel_dirty_now);

    if (ngx_queue_empty(&gavel_dirty_now)) {
        gavel_turn_rounds();
    }

    if (ngx_queue_empty(&gavel_dirty_now)) {
        gavel_gather_rest();
    }

    if (!ngx_queue_empty(&gavel_dirty_urgent)
        || !ngx_queue_empty(&gavel_dirty_now))
    {
        gavel_turn_post();
    }
}


/* Of those to whom an event goes, as many are told as are fetched ahead. */

static void
gavel_turn_rounds(void)
{
    ngx_uint_t  n;

    n = ngx_queue_empty(&gavel_dirty_now) ? TURN_AHEAD : 1;

    while (n-- && gavel_round_next()) { /* void */ }
}


static void
gavel_turn_write_some(ngx_queue_t *queue)
{
    uint32_t          now;
    ngx_uint_t        n;
    ngx_queue_t      *q;
    gavel_session_t  *s;

    now = gavel_room_conf.gather ? (uint32_t) gavel_monotonic_ms() : 0;

    for (n = 0; n < TURN_WRITES; n++) {

        if (queue == &gavel_dirty_now) {
            gavel_turn_rounds();
        }

        if (ngx_queue_empty(queue)) {
            break;
        }

        q = ngx_queue_head(queue);
        s = ngx_queue_data(q, gavel_session_t, turn);

        ngx_queue_remove(q);
        s->dirty = 0;
        s->written = now;

        gavel_turn_ahead(queue);

        if (!gavel_form_is_stream(s->form)) {
            gavel_ws_flush(s);

        } else {
            gavel_sse_flush(s);
        }
    }
}


/* What the kernel does for one socket leaves little of the next session in
 * the cache: it is fetched meanwhile, of each of the next three a step of the
 * way from the session over its connection to the log. */

static void
gavel_turn_ahead(const ngx_queue_t *queue)
{
    ngx_uint_t              i;
    const ngx_queue_t      *q;
    const gavel_session_t  *s;

    q = ngx_queue_head(queue);

    for (i = 0; i < TURN_AHEAD && q != queue; i++, q = ngx_queue_next(q)) {
        s = ngx_queue_data(q, gavel_session_t, turn);

        switch (i) {

        case 0:
            gavel_prefetch(s->connection->write);
            gavel_prefetch(s->connection->log);
            break;

        case 1:
            gavel_connection_prefetch(s->connection);
            break;

        default:
            gavel_session_prefetch(s);
        }
    }
}


/* A client's code says nothing of us, whatever it is. */

static void
gavel_turn_count(const gavel_session_t *s)
{
    ngx_uint_t  n;

    n = s->doom % 1000;

    if (s->left) {
        gavel_room_metrics.left++;

    } else if (n < GAVEL_CLOSES && s->doom >= 4000) {
        gavel_room_metrics.closes_4000[n]++;

    } else if (n < GAVEL_CLOSES) {
        gavel_room_metrics.closes_1000[n]++;
    }
}


static void
gavel_turn_end(gavel_session_t *s)
{
    ngx_int_t   rc;
    ngx_uint_t  first;

    first = !s->ended;

    if (first) {
        gavel_turn_count(s);
    }

    rc = gavel_form_is_stream(s->form) ? gavel_sse_end(s) : gavel_ws_end(s);

    if (rc == NGX_DONE) {
        gavel_session_free(s);

    } else if (first) {
        gavel_hub_leave(s);
        gavel_lines_leave(s);
        gavel_console_leave(s);
        gavel_calls_forget(s);
    }
}
