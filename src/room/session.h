/*
 * session: one client: who it is, what it follows, what waits for it.
 *
 * Lifetime: a session is freed only by the turn (turn.c), at the end of a
 * turn of the event loop.  Everybody else who finds that it must end says so
 * by gavel_session_doom(), also from inside a loop over sessions.
 */

#ifndef GAVEL_SESSION_H
#define GAVEL_SESSION_H

#include "core/core.h"
#include "core/errors.h"
#include "core/metrics.h"
#include "auth/auth.h"

#include "room/frame.h"
#include "room/lane.h"
#include "room/message.h"
#include "room/room.h"

#define GAVEL_CLOSE_SLOW      4000   /* back-pressure: come back and resume */
#define GAVEL_CLOSE_AUTH      4001   /* a token is required, or has expired */
#define GAVEL_CLOSE_FORBIDDEN 4002
#define GAVEL_CLOSE_RATE      4003
#define GAVEL_CLOSE_DRAIN     4004   /* the server goes: come back, resume */
#define GAVEL_CLOSE_PROTOCOL  4005
#define GAVEL_CLOSE_REPLACED  4006

#define GAVEL_RING_SMALL      4

typedef struct gavel_session_s  gavel_session_t;

struct gavel_session_s {

    /* what every event touches lies together: two lines of the cache */

    ngx_connection_t     *connection;
    gavel_message_t     **ring;          /* what waits, oldest at head */
    lane_t               *lane;          /* what waits and may be dropped */
    size_t                bytes;         /* cost of all in the ring */
    size_t                offset;        /* of the head already written */
    uint32_t              head, count, size;     /* size: a power of two */
    uint32_t              sent;          /* messages */
    uint32_t              progress;      /* when a write last succeeded */
    uint32_t              written;       /* to, in ms (gavel_gather) */
    uint16_t              doom;          /* close code, once doomed */
    uint16_t              refusal;       /* gavel_code_t: why a stream ends,
                                            or does not begin */
    unsigned              form:2;        /* gavel_form_t */
    unsigned              dirty:2;       /* gavel_dirty_t; 0: not queued */
    unsigned              ended:1;       /* the close frame is written */
    unsigned              answered:1;    /* the peer's close came */
    unsigned              left:1;        /* ... before there was one of ours */
    unsigned              pinged:1;
    unsigned              blocked:1;     /* the socket took not all */
    unsigned              korean:1;
    unsigned              seat_user:1;   /* seats.c */
    unsigned              seat_address:1;
    unsigned              protocol:1;    /* offered the protocol "gavel" */
    ngx_queue_t           turn;          /* while dirty or doomed */
    gavel_message_t      *small[GAVEL_RING_SMALL];

    ngx_http_request_t   *request;       /* of a stream: it keeps its own */
    void                 *stream;        /* of a stream: sse.c's */
    uint64_t              number;        /* on this worker */

    ngx_queue_t           wheel;         /* always: of one slot */
    ngx_queue_t           subscriptions;
    ngx_queue_t           lines;         /* of chats and the own channel */
    ngx_queue_t           calls;         /* unanswered commands */

    gavel_identity_t      identity;
    frame_reader_t        reader;

    const char           *reason;        /* of the close; static */
    uint32_t              due;           /* when the pulse looks at it, s */
    uint32_t              heard;         /* when the peer last spoke */
    uint32_t              closing;       /* give up then; before: when to go
                                            in a drain, ms */
    uint32_t              begun;         /* when it opened */
    uint32_t              unfinished;    /* when a message began; 0: none */
    uint32_t              refilled;      /* the frame allowance, ngx_time() */
    uint32_t              allowance;
    uint32_t              received;      /* messages */
    uint16_t              nsubscriptions;
    uint16_t              nlines;
    uint16_t              nconsoles;
    uint16_t              ncalls;

    ngx_str_t             address;       /* the client's, behind proxies too */
};

/* Those two lines, for a loop over many. */
#define gavel_session_prefetch(s)                                             \
    (gavel_prefetch(s),                                                       \
     gavel_prefetch((const u_char *) (s) + NGX_CPU_CACHE_LINE))

/* What a write reads of its connection. */
#define gavel_connection_prefetch(c)                                          \
    (gavel_prefetch(c),                                                       \
     gavel_prefetch(&(c)->log),                                               \
     gavel_prefetch(&(c)->ssl),                                               \
     gavel_prefetch(&(c)->start_time))           /* `buffered` is behind it */

/* Does it follow as many channels, of whatever kind, as one may? */
#define gavel_session_full(s)                                                 \
    ((ngx_uint_t) (s)->nsubscriptions + (s)->nlines + (s)->nconsoles          \
     >= gavel_room_conf.max_subscriptions)

extern gavel_room_conf_t  gavel_room_conf;
extern ngx_uint_t         gavel_draining;

/* metrics.c */
void gavel_room_metrics_write(gavel_metrics_t *m);

/* r's client, not yet attached to a connection.  NULL: no memory. */
gavel_session_t *gavel_session_create(ngx_http_request_t *r,
    gavel_form_t form);

/* Forgets everything of a session at once: only for the turn, or for one
 * that was never attached.  The connection is not touched. */
void gavel_session_free(gavel_session_t *s);

/* From now on the session counts, is watched over and may be sent to. */
void gavel_session_attach(gavel_session_t *s, ngx_connection_t *c);

/* Puts a reference of its own to m into the queue; m may be NULL (no
 * memory).  An urgent one is written before those of others, which may also
 * wait for more (gavel_gather).  Too much that the socket would not take
 * dooms the session. */
void gavel_session_send(gavel_session_t *s, gavel_message_t *m,
    ngx_uint_t urgent);

/*
 * Best effort: for what is no state (chat, presence, heartbeats).  Puts a
 * reference of its own to m, which may be NULL, into the session's second
 * queue.  It is written when all state is, and never closes a slow client:
 * of what waits the oldest is dropped beyond GAVEL_LANE_MOST messages or
 * gavel_room_conf.max_lane bytes.  A key other than 0 says that only the
 * newest of its kind matters: m takes the place of one with the same key
 * that was not written yet.  May be called in loops over sessions.
 */
void gavel_session_offer(gavel_session_t *s, gavel_message_t *m,
    uint64_t key);

#define GAVEL_LANE_MOST  64          /* messages */

/* Keys: a kind, and the id of the auction or person that it is about. */
#define GAVEL_KEY_HEARTBEAT  1
#define GAVEL_KEY_PRESENCE   2
#define GAVEL_KEY_TIME       3
#define GAVEL_KEY_HOST       4
#define GAVEL_KEY_HOSTING    5
#define GAVEL_KEY_CHAT       6

#define gavel_key(kind, id)  (((uint64_t) (kind) << 56) | (uint64_t) (id))

/* Its socket took not all, or took all again. */
void gavel_session_blocked(gavel_session_t *s, ngx_uint_t blocked);

/* All state is written, or about to be: what was offered follows it. */
void gavel_session_promote(gavel_session_t *s);

/* JSON text that only this session gets, as state. */
void gavel_session_text(gavel_session_t *s, const ngx_str_t *text);

/* {"type":"error",...} */
void gavel_session_error(gavel_session_t *s, gavel_code_t code,
    const char *detail, const ngx_str_t *channel, const ngx_str_t *request_id);

/* The same as the last words of one that is doomed. */
ngx_int_t gavel_session_farewell(gavel_session_t *s, gavel_code_t code);

/* The session ends at the end of this turn with this close code; what waits
 * is written before, but for CLOSE_ABNORMAL (there is nobody any more) and
 * GAVEL_CLOSE_SLOW.  The first doom counts.  reason is static. */
void gavel_session_doom(gavel_session_t *s, uint16_t code,
    const char *reason);

/* The same whatever waits, also for one that is doomed: its last words. */
ngx_int_t gavel_session_push(gavel_session_t *s, gavel_message_t *m);

/* The n oldest messages are written. */
void gavel_session_shift(gavel_session_t *s, ngx_uint_t n);
void gavel_session_clear(gavel_session_t *s, ngx_uint_t keep);
void gavel_session_clear_lane(gavel_session_t *s);

/* turn: writes and ends.  The smaller the sooner. */
typedef enum {
    GAVEL_DIRTY_URGENT = 1,              /* before all others */
    GAVEL_DIRTY_NOW,                     /* when it is its turn */
    GAVEL_DIRTY_LATER                    /* NOW, when gavel_gather has passed */
} gavel_dirty_t;

void gavel_turn_dirty(gavel_session_t *s, gavel_dirty_t when);
void gavel_turn_doomed(gavel_session_t *s);
void gavel_turn_forget(gavel_session_t *s);
void gavel_turn_create(void);
void gavel_turn_run(void);
void gavel_turn_post(void);              /* there is something to write */
void gavel_turn_destroy(void);

/* gather: whose turn it is of those that may wait. */
ngx_int_t gavel_gather_create(ngx_log_t *log);
void gavel_gather_add(gavel_session_t *s);
void gavel_gather_rest(void);        /* nobody whose turn it was is left */
void gavel_gather_destroy(void);

/* pulse: time.  A worker with sessions has one timer, which looks at each
 * session when it is due. */
void gavel_pulse_create(void);
void gavel_pulse_add(gavel_session_t *s);
void gavel_pulse_sooner(gavel_session_t *s);    /* something is due earlier */
void gavel_pulse_remove(gavel_session_t *s);
void gavel_pulse_drain(void);
void gavel_pulse_destroy(void);                 /* ends all sessions */
uint32_t gavel_pulse_now(void);                 /* s, monotonic */

/* All sessions that count; visit may doom, but not free. */
void gavel_pulse_each(void (*visit)(gavel_session_t *s, void *data),
    void *data);

/* The transports.  _flush writes what the socket takes; _end says goodbye:
 * NGX_DONE when the session is over, NGX_AGAIN when it waits for its peer. */
void gavel_ws_flush(gavel_session_t *s);
ngx_int_t gavel_ws_end(gavel_session_t *s);
void gavel_ws_gone(gavel_session_t *s);          /* closes the socket */
void gavel_sse_flush(gavel_session_t *s);
ngx_int_t gavel_sse_end(gavel_session_t *s);
void gavel_sse_gone(gavel_session_t *s);

#endif
