/*
 * pulse: the one timer of all sessions of a worker.
 *
 * Once a second it looks at the sessions of one slot of a wheel: those that
 * are due then.  A session that finds something due sooner moves to an
 * earlier slot; what moves later is found out when its slot comes.  The timer
 * runs while there is a session.
 */

#include "room/session.h"
#include "room/console.h"
#include "room/handshake.h"
#include "room/hub.h"
#include "room/lines.h"

#include "auth/standing.h"
#include "core/keeper.h"


#define GAVEL_WHEEL       64         /* slots, a power of two */
#define GAVEL_DRAIN_TICK  100        /* ms */


static void gavel_pulse_handler(ngx_event_t *ev);
static void gavel_pulse_review(gavel_session_t *s, void *data);
static void gavel_pulse_turn(void);
static void gavel_pulse_tick(gavel_session_t *s, uint32_t now);
static void gavel_pulse_ping(gavel_session_t *s);
static uint32_t gavel_pulse_due(gavel_session_t *s, uint32_t now);
static void gavel_pulse_place(gavel_session_t *s, uint32_t due);
static void gavel_pulse_jitter(gavel_session_t *s, void *data);
static void gavel_pulse_drain_one(gavel_session_t *s, void *elapsed);


static ngx_event_t       gavel_pulse;
static ngx_connection_t  gavel_pulse_ident;     /* events log its fd */
static ngx_queue_t       gavel_wheel[GAVEL_WHEEL];
static ngx_uint_t        gavel_watched;             /* sessions */
static uint32_t          gavel_seen;             /* the last second done */
static ngx_msec_t        gavel_drain_start;
static ngx_uint_t        gavel_reviewed;         /* the version looked at */


void
gavel_pulse_create(void)
{
    ngx_uint_t  i;

    gavel_pulse_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&gavel_pulse, sizeof(ngx_event_t));
    gavel_pulse.handler = gavel_pulse_handler;
    gavel_pulse.data = &gavel_pulse_ident;
    gavel_pulse.log = ngx_cycle->log;
    gavel_pulse.cancelable = 1;

    for (i = 0; i < GAVEL_WHEEL; i++) {
        ngx_queue_init(&gavel_wheel[i]);
    }

    gavel_seen = gavel_pulse_now();
}


uint32_t
gavel_pulse_now(void)
{
    return ngx_current_msec / 1000;
}


void
gavel_pulse_add(gavel_session_t *s)
{
    gavel_watched++;
    gavel_keep();                        /* this worker stays until it ends */

    gavel_pulse_place(s, gavel_pulse_due(s, gavel_pulse_now()));

    if (!gavel_pulse.timer_set) {
        gavel_seen = gavel_pulse_now();
        ngx_add_timer(&gavel_pulse, 1000);
    }

    if (gavel_draining) {
        gavel_pulse_jitter(s, NULL);
        ngx_add_timer(&gavel_pulse, GAVEL_DRAIN_TICK);
    }
}


void
gavel_pulse_remove(gavel_session_t *s)
{
    ngx_queue_remove(&s->wheel);
    gavel_release();

    if (--gavel_watched == 0 && gavel_pulse.timer_set) {
        ngx_del_timer(&gavel_pulse);
    }
}


void
gavel_pulse_sooner(gavel_session_t *s)
{
    uint32_t  due;

    due = gavel_pulse_due(s, gavel_pulse_now());

    if (due < s->due) {
        ngx_queue_remove(&s->wheel);
        gavel_pulse_place(s, due);
    }
}


static void
gavel_pulse_place(gavel_session_t *s, uint32_t due)
{
    s->due = due;
    ngx_queue_insert_tail(&gavel_wheel[due & (GAVEL_WHEEL - 1)], &s->wheel);
}


/* the earliest time at which something could have to be done, in s */

static uint32_t
gavel_pulse_due(gavel_session_t *s, uint32_t now)
{
    time_t    left;
    uint32_t  due;

    due = now + GAVEL_WHEEL - 1;

    if (s->ended) {
        due = ngx_min(due, s->closing);

    } else {
        if (!gavel_form_is_stream(s->form)) {
            due = ngx_min(due, s->heard + gavel_room_conf.ping / 1000
                               + (s->pinged ? gavel_room_conf.pong / 1000
                                            : 0));

            if (s->unfinished) {
                due = ngx_min(due, s->unfinished
                                   + gavel_room_conf.message_timeout / 1000);
            }
        }

        if (s->identity.user) {
            left = ngx_max(s->identity.expires - ngx_time(), 0);
            due = ngx_min((time_t) due, now + left);
        }

        if (s->blocked) {
            due = ngx_min(due, s->progress
                               + gavel_room_conf.send_timeout / 1000);
        }
    }

    return ngx_max(due, now + 1);
}


static void
gavel_pulse_handler(ngx_event_t *ev)
{
    ngx_msec_t  elapsed;

    if (gavel_draining) {
        elapsed = ngx_current_msec - gavel_drain_start;
        gavel_pulse_each(gavel_pulse_drain_one, &elapsed);
    }

    if (gavel_reviewed != gavel_standing_version) {
        gavel_reviewed = gavel_standing_version;
        gavel_pulse_each(gavel_pulse_review, NULL);
    }

    while (gavel_seen != gavel_pulse_now()) {
        gavel_seen++;
        gavel_pulse_turn();
    }

    gavel_hub_heartbeat(gavel_pulse_now());

    if (gavel_watched) {
        ngx_add_timer(ev, gavel_draining ? GAVEL_DRAIN_TICK : 1000);
    }
}


/* What has changed of an account is so for what only watches, too. */

static void
gavel_pulse_review(gavel_session_t *s, void *data)
{
    ngx_uint_t    roles;
    gavel_code_t  code;

    roles = s->identity.roles;
    code = gavel_standing(&s->identity);

    if (code != GAVEL_OK) {
        gavel_handshake_doom(s, code);

    } else if (roles & ~s->identity.roles) {
        gavel_join_review(s);
        gavel_lines_review(s);
        gavel_console_review(s);
    }
}


static void
gavel_pulse_turn(void)
{
    ngx_queue_t       due, *q, *slot;
    gavel_session_t  *s;

    slot = &gavel_wheel[gavel_seen & (GAVEL_WHEEL - 1)];

    if (ngx_queue_empty(slot)) {
        return;
    }

    ngx_queue_init(&due);
    ngx_queue_add(&due, slot);
    ngx_queue_init(slot);

    while (!ngx_queue_empty(&due)) {
        q = ngx_queue_head(&due);
        s = ngx_queue_data(q, gavel_session_t, wheel);
        ngx_queue_remove(q);

        gavel_pulse_tick(s, gavel_seen);
        gavel_pulse_place(s, gavel_pulse_due(s, gavel_seen));
    }
}


static void
gavel_pulse_tick(gavel_session_t *s, uint32_t now)
{
    if (s->ended) {
        if (now >= s->closing) {
            gavel_session_doom(s, CLOSE_ABNORMAL, "");
        }

        return;
    }

    if (s->blocked
        && now - s->progress >= gavel_room_conf.send_timeout / 1000)
    {
        gavel_session_doom(s, GAVEL_CLOSE_SLOW, "stalled: resume");
        return;
    }

    if (s->identity.user && s->identity.expires <= ngx_time()) {
        gavel_handshake_doom(s, GAVEL_token_expired);
        return;
    }

    if (gavel_form_is_stream(s->form)) {
        return;
    }

    if (s->unfinished
        && now - s->unfinished >= gavel_room_conf.message_timeout / 1000)
    {
        gavel_session_doom(s, GAVEL_CLOSE_PROTOCOL, "unfinished message");
        return;
    }

    if (now - s->heard < gavel_room_conf.ping / 1000) {
        return;
    }

    if (!s->pinged) {
        gavel_pulse_ping(s);
        return;
    }

    if (now - s->heard
        >= (gavel_room_conf.ping + gavel_room_conf.pong) / 1000)
    {
        gavel_session_doom(s, CLOSE_ABNORMAL, "no pong");
    }
}


static void
gavel_pulse_ping(gavel_session_t *s)
{
    u_char            head[FRAME_SERVER_HEAD];
    gavel_message_t  *m;

    m = gavel_message_raw(head, frame_head(head, FRAME_PING, 0));

    s->pinged = 1;

    gavel_session_send(s, m, 1);
    gavel_message_free(m);
}


/* The worker begins to go: each session gets its moment within conf.drain. */

void
gavel_pulse_drain(void)
{
    gavel_drain_start = ngx_current_msec;

    gavel_pulse_each(gavel_pulse_jitter, NULL);

    if (gavel_watched) {
        ngx_add_timer(&gavel_pulse, GAVEL_DRAIN_TICK);
    }
}


static void
gavel_pulse_jitter(gavel_session_t *s, void *data)
{
    if (!s->ended) {
        s->closing = ngx_random() % ngx_max(gavel_room_conf.drain, 1);
    }
}


static void
gavel_pulse_drain_one(gavel_session_t *s, void *elapsed)
{
    if (!s->doom && s->closing <= *(ngx_msec_t *) elapsed) {
        gavel_session_doom(s, GAVEL_CLOSE_DRAIN, "draining");
    }
}


void
gavel_pulse_each(void (*visit)(gavel_session_t *s, void *data), void *data)
{
    ngx_uint_t    i;
    ngx_queue_t  *q;

    for (i = 0; i < GAVEL_WHEEL; i++) {
        for (q = ngx_queue_head(&gavel_wheel[i]);
             q != ngx_queue_sentinel(&gavel_wheel[i]);
             q = ngx_queue_next(q))
        {
            visit(ngx_queue_data(q, gavel_session_t, wheel), data);
        }
    }
}


void
gavel_pulse_destroy(void)
{
    ngx_uint_t        i;
    ngx_queue_t      *head;
    gavel_session_t  *s;

    for (i = 0; i < GAVEL_WHEEL; i++) {
        head = &gavel_wheel[i];

        while (!ngx_queue_empty(head)) {
            s = ngx_queue_data(ngx_queue_head(head), gavel_session_t, wheel);

            if (!gavel_form_is_stream(s->form)) {
                gavel_session_doom(s, GAVEL_CLOSE_DRAIN, "going");

                if (gavel_ws_end(s) != NGX_DONE) {
                    gavel_ws_gone(s);
                }

            } else {
                gavel_sse_gone(s);
            }

            gavel_session_free(s);
        }
    }
}
