/*
 * ws: the connection of a WebSocket, once it is one: bytes to frames, and
 * queued messages to bytes.
 */

#include "room/ws.h"
#include "room/deflate.h"
#include "room/place.h"
#include "room/protocol.h"
#include "room/utf8.h"


/* An idle socket has no buffer: all of a worker read into this one. */
#define GAVEL_WS_BUFFER   16384
#define GAVEL_WS_READS    16         /* then others have their turn */
#define GAVEL_WS_CHAIN    64         /* messages in one write */


static void gavel_ws_read(ngx_event_t *rev);
static void gavel_ws_write(ngx_event_t *wev);
static void gavel_ws_frames(gavel_session_t *s, u_char *p, u_char *last);
static void gavel_ws_frame(gavel_session_t *s, frame_t *f);
static void gavel_ws_compressed(gavel_session_t *s, frame_t *f);
static void gavel_ws_closed(gavel_session_t *s, frame_t *f);
static void gavel_ws_pong(gavel_session_t *s, frame_t *f);
static ngx_int_t gavel_ws_write_some(gavel_session_t *s);
static ngx_chain_t *gavel_ws_chain(gavel_session_t *s);
static size_t gavel_ws_written(gavel_session_t *s);
static void gavel_ws_say_close(gavel_session_t *s);
static void gavel_ws_say_slow(gavel_session_t *s, ngx_uint_t keep,
    u_char *reason);


static u_char       gavel_ws_buffer[GAVEL_WS_BUFFER];
static ngx_buf_t    gavel_ws_bufs[GAVEL_WS_CHAIN];
static ngx_chain_t  gavel_ws_links[GAVEL_WS_CHAIN];


void
gavel_ws_begin(gavel_session_t *s, ngx_connection_t *c)
{
    c->data = s;
    c->read->handler = gavel_ws_read;
    c->write->handler = gavel_ws_write;
    c->log->action = "following auctions";

    gavel_session_attach(s, c);
    gavel_protocol_hello(s);
}


static void
gavel_ws_read(ngx_event_t *rev)
{
    ssize_t            n;
    ngx_uint_t         i;
    ngx_connection_t  *c;
    gavel_session_t   *s;

    c = rev->data;
    s = c->data;

    if (c->close) {
        c->close = 0;
        gavel_session_doom(s, c->error ? CLOSE_ABNORMAL : GAVEL_CLOSE_DRAIN,
                           "draining");
        return;
    }

    for (i = 0; i < GAVEL_WS_READS; i++) {

        n = c->recv(c, gavel_ws_buffer, GAVEL_WS_BUFFER);

        if (n == NGX_AGAIN) {
            if (ngx_handle_read_event(rev, 0) != NGX_OK) {
                gavel_session_doom(s, CLOSE_ABNORMAL, "");
            }

            return;
        }

        if (n == NGX_ERROR || n == 0) {
            gavel_session_doom(s, CLOSE_ABNORMAL, "");
            return;
        }

        gavel_ws_input(s, gavel_ws_buffer, n);
    }

    ngx_post_event(rev, &ngx_posted_events);
}


/* The bytes may be overwritten. */

void
gavel_ws_input(gavel_session_t *s, u_char *p, size_t len)
{
    s->heard = gavel_pulse_now();
    s->pinged = 0;

    gavel_room_metrics.memory -= frame_reader_memory(&s->reader);

    gavel_ws_frames(s, p, p + len);

    gavel_room_metrics.memory += frame_reader_memory(&s->reader);

    if (!frame_reader_open(&s->reader)) {
        s->unfinished = 0;

    } else if (s->unfinished == 0) {
        s->unfinished = ngx_max(s->heard, 1);
        gavel_pulse_sooner(s);
    }
}


/* What comes after we said goodbye is only looked through for the answer. */

static void
gavel_ws_frames(gavel_session_t *s, u_char *p, u_char *last)
{
    frame_t  f;

    for ( ;; ) {
        switch (frame_read(&s->reader, &p, last, &f)) {

        case FRAME_MORE:
            return;

        case FRAME_FAILED:
            gavel_session_doom(s, s->reader.error, "");
            return;

        case FRAME_READY:
            break;
        }

        if (!(f.opcode & 8)) {
            s->unfinished = 0;
        }

        gavel_ws_frame(s, &f);
    }
}


static void
gavel_ws_frame(gavel_session_t *s, frame_t *f)
{
    ngx_str_t  text;

    if (f->opcode == FRAME_CLOSE) {
        gavel_ws_closed(s, f);
        return;
    }

    if (s->doom) {
        return;
    }

    switch (f->opcode) {

    case FRAME_TEXT:
        if (f->compressed) {
            gavel_ws_compressed(s, f);
            return;
        }

        text.data = f->data;
        text.len = f->len;
        gavel_protocol_message(s, &text);
        return;

    case FRAME_PING:
        gavel_ws_pong(s, f);
        return;

    case FRAME_PONG:
        return;

    default:
        gavel_session_doom(s, CLOSE_UNSUPPORTED, "text only");
    }
}


static void
gavel_ws_compressed(gavel_session_t *s, frame_t *f)
{
    uint16_t   code;
    ngx_str_t  text;

    gavel_room_metrics.inflated++;

    code = deflate_unpack(f->data, f->len, gavel_room_conf.max_frame,
                          &text.data, &text.len);

    if (code == 0 && utf8_check(0, text.data, text.len) != 0) {
        free(text.data);
        code = CLOSE_INVALID_UTF8;
    }

    if (code) {
        gavel_session_doom(s, code, "");
        return;
    }

    gavel_protocol_message(s, &text);
    free(text.data);
}


/* the peer begins to close, or answers our close */

static void
gavel_ws_closed(gavel_session_t *s, frame_t *f)
{
    s->answered = 1;

    if (s->ended) {
        gavel_turn_doomed(s);
        return;
    }

    if (s->doom == 0) {
        s->left = 1;
        gavel_session_doom(s, f->code, "");
    }
}


static void
gavel_ws_pong(gavel_session_t *s, frame_t *f)
{
    u_char            pong[FRAME_CONTROL_MAX + 2];
    size_t            n;
    gavel_message_t  *m;

    if (!gavel_protocol_allowed(s)) {
        gavel_session_doom(s, GAVEL_CLOSE_RATE, "too many frames");
        return;
    }

    n = frame_head(pong, FRAME_PONG, f->len);
    ngx_memcpy(pong + n, f->data, f->len);

    m = gavel_message_raw(pong, n + f->len);
    gavel_session_send(s, m, 1);
    gavel_message_free(m);
}


static void
gavel_ws_write(ngx_event_t *wev)
{
    ngx_connection_t  *c;
    gavel_session_t   *s;

    c = wev->data;
    s = c->data;

    gavel_ws_flush(s);

    if (s->ended && s->answered && s->count == 0 && !c->buffered) {
        gavel_turn_doomed(s);
    }
}


void
gavel_ws_flush(gavel_session_t *s)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = s->connection;
    rc = NGX_OK;

    if (s->lane != NULL && !s->blocked) {
        gavel_session_promote(s);
    }

    while (rc == NGX_OK && c->write->ready && (s->count || c->buffered)) {
        rc = gavel_ws_write_some(s);

        if (s->count == 0 && s->lane != NULL) {
            gavel_session_promote(s);
        }
    }

    if (rc == NGX_ERROR) {
        gavel_session_doom(s, CLOSE_ABNORMAL, "");
        return;
    }

    if (s->count == 0 && !c->buffered) {
        gavel_session_blocked(s, 0);

        /* After a malformed frame no answer can be understood: the peer
         * hears the end, and what it still sends is read and dropped, for
         * a reset would take our close frame away from it. */

        if (s->ended && s->reader.error) {
            (void) ngx_shutdown_socket(c->fd, NGX_WRITE_SHUTDOWN);
        }

#if (NGX_HTTP_SSL)
        if (c->ssl != NULL) {
            ngx_ssl_free_buffer(c);
        }
#endif

        return;
    }

    gavel_session_blocked(s, 1);

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        gavel_session_doom(s, CLOSE_ABNORMAL, "");
    }
}


/* One write; NGX_AGAIN when the socket is full. */

static ngx_int_t
gavel_ws_write_some(gavel_session_t *s)
{
    off_t              sent;
    ssize_t            n;
    ngx_chain_t       *in, *rest;
    ngx_connection_t  *c;
    gavel_message_t   *m;

    c = s->connection;
    sent = c->sent;

    gavel_room_metrics.writes++;

    if (s->count == 1 && c->ssl == NULL) {
        m = s->ring[s->head];

        n = c->send(c, m->data + s->offset, m->len - s->offset);

        if (n == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (n > 0) {
            s->offset += n;

            if (s->offset == m->len) {
                gavel_session_shift(s, 1);
            }
        }

        rest = NULL;

    } else {
        in = gavel_ws_chain(s);

        rest = c->send_chain(c, in, 0);

        if (rest == NGX_CHAIN_ERROR) {
            return NGX_ERROR;
        }

        n = gavel_ws_written(s);
    }

    if (c->sent != sent) {
        gavel_room_metrics.bytes += c->sent - sent;
        s->progress = gavel_pulse_now();
    }

    return (n <= 0 && c->sent == sent) || rest != NULL ? NGX_AGAIN : NGX_OK;
}


static ngx_chain_t *
gavel_ws_chain(gavel_session_t *s)
{
    ngx_buf_t        *b;
    ngx_uint_t        i, n;
    gavel_message_t  *m;

    n = ngx_min(s->count, GAVEL_WS_CHAIN);

    for (i = 0; i < n; i++) {
        m = s->ring[(s->head + i) & (s->size - 1)];
        b = &gavel_ws_bufs[i];

        ngx_memzero(b, sizeof(ngx_buf_t));
        b->pos = m->data;
        b->last = m->data + m->len;
        b->memory = 1;
        b->flush = (i == n - 1);         /* TLS: what is buffered goes, too */

        gavel_ws_links[i].buf = b;
        gavel_ws_links[i].next = (i == n - 1) ? NULL : &gavel_ws_links[i + 1];
    }

    if (n == 0) {
        return NULL;                     /* only what TLS has buffered */
    }

    gavel_ws_bufs[0].pos += s->offset;

    return gavel_ws_links;
}


/* how far the chain was taken; returns the bytes */

static size_t
gavel_ws_written(gavel_session_t *s)
{
    size_t            n;
    ngx_buf_t        *b;
    ngx_uint_t        i, done, count;
    gavel_message_t  *m;

    n = 0;
    done = 0;
    count = ngx_min(s->count, GAVEL_WS_CHAIN);

    for (i = 0; i < count; i++) {
        m = s->ring[(s->head + i) & (s->size - 1)];
        b = &gavel_ws_bufs[i];

        if (b->pos < b->last) {
            if (i == 0) {
                n += (b->pos - m->data) - s->offset;
            } else {
                n += b->pos - m->data;
            }

            gavel_session_shift(s, done);
            s->offset = b->pos - m->data;

            return n;
        }

        n += m->len - (i == 0 ? s->offset : 0);
        done++;
    }

    gavel_session_shift(s, done);

    return n;
}


ngx_int_t
gavel_ws_end(gavel_session_t *s)
{
    if (s->doom == CLOSE_ABNORMAL) {
        gavel_ws_gone(s);
        return NGX_DONE;
    }

    if (!s->ended) {
        gavel_ws_say_close(s);
        gavel_ws_flush(s);

        if (s->doom == CLOSE_ABNORMAL) {
            gavel_ws_gone(s);
            return NGX_DONE;
        }
    }

    if (s->answered && s->count == 0 && !s->connection->buffered) {
        gavel_ws_gone(s);
        return NGX_DONE;
    }

    return NGX_AGAIN;
}


static void
gavel_ws_say_close(gavel_session_t *s)
{
    u_char            text[FRAME_CONTROL_MAX + 2], reason[FRAME_CONTROL_MAX];
    size_t            n;
    ngx_uint_t        keep;
    gavel_message_t  *m, *places;

    s->ended = 1;
    s->closing = gavel_pulse_now()
                 + ngx_max(gavel_room_conf.close_timeout / 1000, 1);

    keep = s->count;
    places = NULL;
    ngx_cpystrn(reason, (u_char *) s->reason, sizeof(reason));

    if (s->doom == GAVEL_CLOSE_SLOW) {

        /* what waits is dropped */

        keep = s->offset ? 1 : 0;
        gavel_ws_say_slow(s, keep, reason);
        places = gavel_place_frame(s, keep);

    } else if (s->doom == GAVEL_CLOSE_DRAIN) {

        /* not all at once: each comes back after a while of its own */

        ngx_sprintf(reason, "retry_ms=%i%Z", (ngx_int_t) ngx_random() % 3000);
        places = gavel_place_frame(s, keep);
    }

    gavel_session_clear(s, keep);
    gavel_session_clear_lane(s);         /* nothing follows a close */

    if (s->doom == CLOSE_NO_CODE) {
        n = frame_head(text, FRAME_CLOSE, 0);

    } else {
        n = frame_close(text, s->doom, (char *) reason);
    }

    m = gavel_message_raw(text, n);

    if ((places != NULL && gavel_session_push(s, places) != NGX_OK)
        || gavel_session_push(s, m) != NGX_OK)
    {
        s->answered = 1;
    }

    gavel_message_free(places);
    gavel_message_free(m);
    gavel_pulse_sooner(s);
}


/* If what is dropped is of one log the reason says behind what place its
 * client can go on: "too slow: resume=EPOCH:SEQ". */

static void
gavel_ws_say_slow(gavel_session_t *s, ngx_uint_t keep, u_char *reason)
{
    ngx_uint_t        i;
    gavel_message_t  *m, *first;

    first = NULL;

    for (i = keep; i < s->count; i++) {
        m = s->ring[(s->head + i) & (s->size - 1)];

        if (m->channel >> 56 != GAVEL_PLACE_AUCTION) {
            continue;
        }

        if (first == NULL) {
            first = m;

        } else if (m->channel != first->channel) {
            return;
        }
    }

    if (first != NULL && first->seq > 0) {
        ngx_sprintf(reason, "%s=%L:%L%Z", s->reason, first->epoch,
                    first->seq - 1);
    }
}


void
gavel_ws_gone(gavel_session_t *s)
{
    ngx_http_close_connection(s->connection);
}
