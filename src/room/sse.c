/*
 * sse: an auction as a stream of server-sent events.
 *
 * The same JSON as in frames; the id of an event is epoch:seq, so that a
 * browser that comes back says by itself where it was.  A stream keeps its
 * request and goes through nginx's filters, because it has to be chunked, or
 * framed by HTTP/2.
 */

#include "room/handshake.h"
#include "room/console.h"
#include "room/hub.h"
#include "room/lines.h"
#include "room/place.h"
#include "room/seats.h"


#define GAVEL_SSE_CHAT   1           /* channels beside the auction */
#define GAVEL_SSE_ME     2
#define GAVEL_SSE_HOST   4

#define GAVEL_SSE_BUFS   32          /* messages in one pass */
#define GAVEL_SSE_RETRY  "retry: 2000\n\n"


typedef struct {
    gavel_session_t     *session;    /* NULL: it is over */
    ngx_chain_t         *free;
    ngx_chain_t         *busy;       /* in the filters, oldest first */
    ngx_uint_t           given;      /* messages of the queue in busy */
    gavel_message_t    **held;       /* in the filters of a request that */
    ngx_uint_t           nheld;      /* outlives its session */
} gavel_stream_t;


static gavel_code_t gavel_sse_channels(ngx_http_request_t *r,
    const gavel_identity_t *id, ngx_uint_t *channels);
static ngx_int_t gavel_sse_follow(ngx_http_request_t *r, gavel_session_t *s,
    uint64_t auction, ngx_uint_t channels);
static gavel_code_t gavel_sse_subscribe(gavel_session_t *s, uint64_t auction,
    ngx_uint_t channels, const gavel_place_t *place);
static void gavel_sse_cleanup(void *data);
static void gavel_sse_write(ngx_http_request_t *r);
static ngx_int_t gavel_sse_header(gavel_session_t *s);
static ngx_int_t gavel_sse_pass(gavel_session_t *s, ngx_uint_t last);
static ngx_chain_t *gavel_sse_chain(gavel_session_t *s, gavel_stream_t *st,
    ngx_uint_t last);
static void gavel_sse_taken(gavel_session_t *s, gavel_stream_t *st);
static void gavel_sse_hold(gavel_session_t *s, gavel_stream_t *st);
static ngx_int_t gavel_sse_finish(gavel_session_t *s, ngx_int_t rc);


ngx_int_t
gavel_sse_handler(ngx_http_request_t *r)
{
    uint64_t             auction;
    ngx_uint_t           protocol, channels;
    gavel_code_t         code;
    gavel_stream_t      *st;
    gavel_session_t     *s;
    gavel_identity_t     identity;
    ngx_pool_cleanup_t  *cln;

    if (r->method != NGX_HTTP_GET) {
        return gavel_handshake_refuse(r, GAVEL_method_not_allowed, 0);
    }

    if (gavel_draining) {
        return gavel_handshake_refuse(r, GAVEL_unavailable, 0);
    }

    auction = gavel_path_id(r, "/auctions/");
    if (auction == 0) {
        return gavel_handshake_refuse(r, GAVEL_not_found, 0);
    }

    code = gavel_handshake_identity(r, &identity, &protocol);

    if (code == GAVEL_OK) {
        code = gavel_sse_channels(r, &identity, &channels);
    }

    if (code != GAVEL_OK) {
        return gavel_handshake_refuse(r, code, 0);
    }

    st = ngx_pcalloc(r->pool, sizeof(gavel_stream_t));
    cln = ngx_pool_cleanup_add(r->pool, 0);
    s = gavel_session_create(r, channels ? GAVEL_FORM_SSE_MANY
                                         : GAVEL_FORM_SSE);

    if (st == NULL || cln == NULL || s == NULL) {
        if (s != NULL) {
            gavel_session_free(s);
        }

        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    st->session = s;
    cln->handler = gavel_sse_cleanup;
    cln->data = st;

    s->request = r;
    s->stream = st;
    s->identity = identity;

    if (!gavel_seats_address(s) || !gavel_seats_user(s)) {
        st->session = NULL;
        gavel_session_free(s);

        return gavel_handshake_refuse(r, GAVEL_rate_limited, 0);
    }

    return gavel_sse_follow(r, s, auction, channels);
}


/* channels=chat,me: what else of the auction, and of whom asks */

static gavel_code_t
gavel_sse_channels(ngx_http_request_t *r, const gavel_identity_t *id,
    ngx_uint_t *channels)
{
    u_char      *p, *last, *end;
    ngx_str_t    text;
    ngx_uint_t   i;

    static const struct {
        ngx_str_t   name;
        ngx_uint_t  bit;
    } known[] = {
        { ngx_string("auction"), 0 },
        { ngx_string("chat"), GAVEL_SSE_CHAT },
        { ngx_string("me"), GAVEL_SSE_ME },
        { ngx_string("host"), GAVEL_SSE_HOST },
        { ngx_null_string, 0 }
    };

    *channels = 0;

    text = gavel_query(r, "channels");
    last = text.data + text.len;

    for (p = text.data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, ',');
        end = end ? end : last;

        for (i = 0; known[i].name.len; i++) {
            if ((size_t) (end - p) == known[i].name.len
                && ngx_strncmp(p, known[i].name.data, end - p) == 0)
            {
                break;
            }
        }

        if (known[i].name.len == 0) {
            return GAVEL_invalid_params;
        }

        *channels |= known[i].bit;
    }

    return id->user == 0 && (*channels & (GAVEL_SSE_ME|GAVEL_SSE_HOST))
           ? GAVEL_not_authenticated : GAVEL_OK;
}


static ngx_int_t
gavel_sse_follow(ngx_http_request_t *r, gavel_session_t *s, uint64_t auction,
    ngx_uint_t channels)
{
    gavel_code_t      code;
    gavel_place_t     place;
    gavel_message_t  *m;

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    gavel_place_read(r, &place);

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = gavel_sse_write;

    gavel_session_attach(s, r->connection);

    m = gavel_message_raw((u_char *) GAVEL_SSE_RETRY,
                          sizeof(GAVEL_SSE_RETRY) - 1);

    code = (gavel_session_push(s, m) == NGX_OK)
           ? gavel_sse_subscribe(s, auction, channels, &place)
           : GAVEL_internal;

    if (code != GAVEL_OK) {
        s->refusal = code;
        gavel_session_doom(s, CLOSE_INTERNAL, "");
    }

    gavel_message_free(m);

    return NGX_DONE;
}


static gavel_code_t
gavel_sse_subscribe(gavel_session_t *s, uint64_t auction, ngx_uint_t channels,
    const gavel_place_t *place)
{
    gavel_code_t  code;

    code = gavel_hub_subscribe(s, auction, place->epoch, place->seq);

    if (code == GAVEL_OK && (channels & GAVEL_SSE_CHAT)) {
        code = gavel_lines_subscribe(s, GAVEL_LINES_CHAT, auction,
                                     place->chat);
    }

    if (code == GAVEL_OK && (channels & GAVEL_SSE_ME)) {
        code = gavel_lines_subscribe(s, GAVEL_LINES_ME, s->identity.user,
                                     place->me);
    }

    if (code == GAVEL_OK && (channels & GAVEL_SSE_HOST)) {
        code = gavel_console_subscribe(s, auction);
    }

    return code;
}


/* The request ends, whoever ended it: the session cannot stay. */

static void
gavel_sse_cleanup(void *data)
{
    gavel_stream_t  *st = data;

    gavel_session_t  *s;

    while (st->nheld) {
        gavel_message_free(st->held[--st->nheld]);
    }

    s = st->session;

    if (s == NULL) {
        return;
    }

    st->session = NULL;
    s->request = NULL;
    s->stream = NULL;

    gavel_session_doom(s, CLOSE_ABNORMAL, "");
}


static void
gavel_sse_write(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    gavel_stream_t      *st;

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {
        if (cln->handler == gavel_sse_cleanup) {
            break;
        }
    }

    st = (cln != NULL) ? cln->data : NULL;

    if (st != NULL && st->session != NULL) {
        gavel_sse_flush(st->session);
    }
}


void
gavel_sse_flush(gavel_session_t *s)
{
    ngx_int_t            rc;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = s->request;

    if (r == NULL || s->doom) {
        return;
    }

    c = r->connection;

    /* nothing is sent before the auction is known to exist */

    if (!r->header_sent && !gavel_hub_begun(s)) {
        return;
    }

    if (!r->header_sent && gavel_sse_header(s) != NGX_OK) {
        gavel_session_doom(s, CLOSE_ABNORMAL, "");
        return;
    }

    if (s->lane != NULL && !s->blocked) {
        gavel_session_promote(s);
    }

    do {
        rc = gavel_sse_pass(s, 0);

        if (rc == NGX_ERROR) {
            gavel_session_doom(s, CLOSE_ABNORMAL, "");
            return;
        }

        if (s->count == 0 && s->lane != NULL) {
            gavel_session_promote(s);
        }

    } while (rc == NGX_OK && s->count);

    if (s->count == 0 && !c->buffered) {
        gavel_session_blocked(s, 0);
        return;
    }

    gavel_session_blocked(s, 1);

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        gavel_session_doom(s, CLOSE_ABNORMAL, "");
    }
}


static ngx_int_t
gavel_sse_header(gavel_session_t *s)
{
    ngx_int_t            rc;
    ngx_str_t            no_store = ngx_string("no-store");
    ngx_str_t            no = ngx_string("no");
    ngx_http_request_t  *r;

    r = s->request;

    r->headers_out.status = NGX_HTTP_OK;
    ngx_str_set(&r->headers_out.content_type, "text/event-stream");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    if (gavel_header_add(r, "Cache-Control", &no_store) != NGX_OK
        || gavel_header_add(r, "X-Accel-Buffering", &no) != NGX_OK
        || gavel_handshake_cors(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->disable_not_modified = 1;         /* it never is what it was */

    rc = ngx_http_send_header(r);

    return (rc == NGX_ERROR || rc > NGX_OK) ? NGX_ERROR : NGX_OK;
}


/* Gives what waits to the filters: NGX_OK when they took all of it. */

static ngx_int_t
gavel_sse_pass(gavel_session_t *s, ngx_uint_t last)
{
    off_t                sent;
    ngx_int_t            rc;
    ngx_chain_t         *out;
    gavel_stream_t      *st;
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = s->request;
    st = s->stream;
    c = r->connection;
    sent = c->sent;

    out = gavel_sse_chain(s, st, last);

    if (out == NGX_CHAIN_ERROR) {
        return NGX_ERROR;
    }

    gavel_room_metrics.writes++;

    rc = ngx_http_output_filter(r, out);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    ngx_chain_update_chains(r->pool, &st->free, &st->busy, &out,
                            (ngx_buf_tag_t) &gavel_sse_handler);
    gavel_sse_taken(s, st);

    if (c->sent != sent) {
        gavel_room_metrics.bytes += c->sent - sent;
        s->progress = gavel_pulse_now();
    }

    return (st->busy != NULL || c->buffered) ? NGX_AGAIN : NGX_OK;
}


static ngx_chain_t *
gavel_sse_chain(gavel_session_t *s, gavel_stream_t *st, ngx_uint_t last)
{
    ngx_buf_t        *b;
    ngx_uint_t        n;
    ngx_chain_t      *out, *cl, **ll;
    gavel_message_t  *m;

    out = NULL;
    ll = &out;

    for (n = 0; n < GAVEL_SSE_BUFS && st->given < s->count; n++) {

        cl = ngx_chain_get_free_buf(s->request->pool, &st->free);
        if (cl == NULL) {
            return NGX_CHAIN_ERROR;
        }

        m = s->ring[(s->head + st->given) & (s->size - 1)];
        b = cl->buf;

        ngx_memzero(b, sizeof(ngx_buf_t));
        b->tag = (ngx_buf_tag_t) &gavel_sse_handler;
        b->start = m->data;
        b->pos = m->data;
        b->last = m->data + m->len;
        b->end = b->last;
        b->memory = 1;

        st->given++;

        b->flush = (n == GAVEL_SSE_BUFS - 1 || st->given == s->count);
        b->last_buf = (last && st->given == s->count);

        cl->next = NULL;
        *ll = cl;
        ll = &cl->next;
    }

    return out;
}


/* what left the filters leaves the queue */

static void
gavel_sse_taken(gavel_session_t *s, gavel_stream_t *st)
{
    ngx_uint_t    busy;
    ngx_chain_t  *cl;

    busy = 0;

    for (cl = st->busy; cl != NULL; cl = cl->next) {
        busy++;
    }

    gavel_session_shift(s, st->given - busy);
    st->given = busy;
}


ngx_int_t
gavel_sse_end(gavel_session_t *s)
{
    u_char               text[32];
    size_t               n;
    ngx_int_t            rc;
    gavel_message_t     *m;
    gavel_stream_t      *st;
    ngx_http_request_t  *r;

    r = s->request;
    st = s->stream;

    if (r == NULL) {
        return NGX_DONE;                 /* the client has left */
    }

    if (s->refusal && !r->header_sent) {
        return gavel_sse_finish(s, gavel_handshake_refuse(r, s->refusal, 0));
    }

    if (s->doom == CLOSE_ABNORMAL || s->doom == CLOSE_INTERNAL
        || (!r->header_sent && gavel_sse_header(s) != NGX_OK))
    {
        return gavel_sse_finish(s, NGX_ERROR);
    }

    if (s->doom == GAVEL_CLOSE_SLOW) {

        /* it would not take the end either; it comes back with its last id */

        gavel_session_clear(s, st->given);
        return gavel_sse_finish(s, NGX_ERROR);
    }

    n = ngx_sprintf(text, "retry: %i\n\n",
                    500 + (ngx_int_t) ngx_random() % 3000)
        - text;

    m = gavel_message_raw(text, n);
    rc = gavel_session_push(s, m);
    gavel_message_free(m);

    if (rc != NGX_OK
        || (s->refusal && gavel_session_farewell(s, s->refusal) != NGX_OK))
    {
        return gavel_sse_finish(s, NGX_ERROR);
    }

    while (st->given < s->count) {
        if (gavel_sse_pass(s, 1) != NGX_OK) {
            return gavel_sse_finish(s, NGX_ERROR);
        }
    }

    return gavel_sse_finish(s, NGX_OK);
}


/* HTTP/2 may still have frames of them under way when the request ends. */

static void
gavel_sse_hold(gavel_session_t *s, gavel_stream_t *st)
{
    gavel_message_t  *m;

    if (st->given == 0) {
        return;
    }

    st->held = ngx_palloc(s->request->pool,
                          st->given * sizeof(gavel_message_t *));
    if (st->held == NULL) {
        return;
    }

    while (st->nheld < st->given) {
        m = s->ring[(s->head + st->nheld) & (s->size - 1)];
        m->refs++;
        st->held[st->nheld++] = m;
    }
}


/* The request goes its own way; the session is over. */

static ngx_int_t
gavel_sse_finish(gavel_session_t *s, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = s->request;
    c = r->connection;

    gavel_sse_hold(s, s->stream);
    gavel_sse_gone(s);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);

    return NGX_DONE;
}


void
gavel_sse_gone(gavel_session_t *s)
{
    gavel_stream_t  *st = s->stream;

    if (st != NULL) {
        st->session = NULL;
        s->stream = NULL;
        s->request = NULL;
    }
}
