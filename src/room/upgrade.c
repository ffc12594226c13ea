/*
 * upgrade: makes a WebSocket of a request, and gives the request back.
 *
 * The answer 101 goes the usual way through nginx's filters.  When it has
 * left, from a posted event, the request is freed as nginx frees one before
 * it keeps a connection alive: the connection is then the session's alone,
 * without the request's pool and buffers (PROTOCOL 26).  So the access log
 * has a line of the upgrade, not of the end.
 */

#include "room/deflate.h"
#include "room/handshake.h"
#include "room/hub.h"
#include "room/place.h"
#include "room/protocol.h"
#include "room/seats.h"
#include "room/ws.h"

#include <ngx_sha1.h>


#define GAVEL_UPGRADE_REQUIRED  426


typedef struct {
    ngx_http_request_t  *request;
    gavel_session_t     *session;        /* NULL: it is on its own */
    ngx_event_t          posted;
    uint64_t             auction;        /* to follow at once, or 0 */
    gavel_place_t        place;
} gavel_upgrade_t;


static ngx_uint_t gavel_upgrade_check(ngx_http_request_t *r);
static deflate_terms_t gavel_upgrade_deflate(ngx_http_request_t *r);
static ngx_int_t gavel_upgrade_refuse(ngx_http_request_t *r,
    ngx_uint_t status);
static ngx_uint_t gavel_upgrade_has_token(const ngx_str_t *value,
    const char *token);
static ngx_uint_t gavel_upgrade_key(const ngx_str_t *key);
static ngx_int_t gavel_upgrade_answer(ngx_http_request_t *r,
    ngx_uint_t protocol, deflate_terms_t terms);
static ngx_int_t gavel_upgrade_accept(ngx_http_request_t *r,
    ngx_str_t *accept);
static void gavel_upgrade_path(ngx_http_request_t *r, gavel_upgrade_t *u);
static void gavel_upgrade_cleanup(void *data);
static gavel_upgrade_t *gavel_upgrade_of(ngx_http_request_t *r);
static void gavel_upgrade_write(ngx_http_request_t *r);
static void gavel_upgrade_posted(ngx_event_t *ev);
static void gavel_upgrade_detach(ngx_http_request_t *r);
static void gavel_upgrade_begin(gavel_upgrade_t *u, ngx_connection_t *c,
    u_char *early, size_t len);
static void gavel_upgrade_free_chain(ngx_connection_t *c, ngx_chain_t *cl);


ngx_int_t
gavel_ws_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_uint_t           protocol, status;
    gavel_code_t         code;
    deflate_terms_t      terms;
    gavel_upgrade_t     *u;
    gavel_identity_t     identity;
    ngx_pool_cleanup_t  *cln;

    status = gavel_upgrade_check(r);
    if (status != 0) {
        return gavel_upgrade_refuse(r, status);
    }

    terms = gavel_upgrade_deflate(r);
    if (terms == DEFLATE_MALFORMED) {
        return gavel_upgrade_refuse(r, NGX_HTTP_BAD_REQUEST);
    }

    code = gavel_handshake_identity(r, &identity, &protocol);

    if (code == GAVEL_origin_denied || code == GAVEL_rate_limited) {
        return gavel_handshake_refuse(r, code, 0);
    }

    u = ngx_pcalloc(r->pool, sizeof(gavel_upgrade_t));
    cln = ngx_pool_cleanup_add(r->pool, 0);

    if (u == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    u->session = gavel_session_create(r, terms == DEFLATE_NONE
                                         ? GAVEL_FORM_WS
                                         : GAVEL_FORM_DEFLATE);
    if (u->session == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    cln->handler = gavel_upgrade_cleanup;
    cln->data = u;

    if (!gavel_seats_address(u->session)) {
        return gavel_handshake_refuse(r, GAVEL_rate_limited, 0);
    }

    u->request = r;
    u->session->identity = identity;
    u->session->reader.deflate = (terms != DEFLATE_NONE);
    u->session->refusal = code;          /* told by a close code */
    u->posted.handler = gavel_upgrade_posted;
    u->posted.data = u;
    u->posted.log = r->connection->log;

    gavel_upgrade_path(r, u);

    rc = gavel_upgrade_answer(r, protocol, terms);
    if (rc == NGX_ERROR || rc > NGX_OK) {
        return rc;
    }

    r->main->count++;
    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = gavel_upgrade_write;

    ngx_post_event(&u->posted, &ngx_posted_events);

    return NGX_DONE;
}


/* 0, or the status of the refusal */

static ngx_uint_t
gavel_upgrade_check(ngx_http_request_t *r)
{
    ngx_str_t  *upgrade, *connection, *version, *key;

    if (r->method != NGX_HTTP_GET) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    if (gavel_draining) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    upgrade = gavel_header_list(r, "upgrade");
    connection = gavel_header_list(r, "connection");
    version = gavel_header_list(r, "sec-websocket-version");
    key = gavel_header_list(r, "sec-websocket-key");

    /* a version or key that stands there twice is none that we know */

    /* HTTP/2 has no Upgrade: whoever asks there has to come by HTTP/1.1 */

    if (upgrade == NULL || !gavel_upgrade_has_token(upgrade, "websocket")
        || version == NULL || version->len != 2
        || ngx_strncmp(version->data, "13", 2) != 0)
    {
        return GAVEL_UPGRADE_REQUIRED;
    }

    if (r->http_version != NGX_HTTP_VERSION_11
        || connection == NULL
        || !gavel_upgrade_has_token(connection, "upgrade")
        || key == NULL || !gavel_upgrade_key(key)
        || r->headers_in.content_length_n > 0 || r->headers_in.chunked)
    {
        return NGX_HTTP_BAD_REQUEST;
    }

    return 0;
}


static deflate_terms_t
gavel_upgrade_deflate(ngx_http_request_t *r)
{
    ngx_str_t        *offers;
    deflate_terms_t   terms;

    offers = gavel_header_list(r, "sec-websocket-extensions");

    if (offers == NULL) {
        return DEFLATE_NONE;
    }

    terms = deflate_negotiate(offers->data, offers->len);

    if (terms > DEFLATE_NONE && gavel_room_conf.deflate == 0) {
        return DEFLATE_NONE;
    }

    return terms;
}


static ngx_int_t
gavel_upgrade_refuse(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_str_t     version = ngx_string("13");
    gavel_code_t  code;

    switch (status) {

    case NGX_HTTP_NOT_ALLOWED:
        code = GAVEL_method_not_allowed;
        break;

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        code = GAVEL_unavailable;
        break;

    default:
        code = GAVEL_bad_request;
    }

    if (status == GAVEL_UPGRADE_REQUIRED
        && gavel_header_add(r, "Sec-WebSocket-Version", &version) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return gavel_handshake_refuse(r, code, status);
}


/* 16 bytes in base64 */

static ngx_uint_t
gavel_upgrade_key(const ngx_str_t *key)
{
    u_char     nonce[18];
    ngx_str_t  plain, text;

    if (key->len != 24) {
        return 0;
    }

    text = *key;
    plain.data = nonce;

    return ngx_decode_base64(&plain, &text) == NGX_OK && plain.len == 16;
}


/* is it one of a comma separated list? */

static ngx_uint_t
gavel_upgrade_has_token(const ngx_str_t *value, const char *token)
{
    u_char  *p, *last, *end;
    size_t   len;

    len = ngx_strlen(token);
    last = value->data + value->len;

    for (p = value->data; p < last; p = end + 1) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        if ((size_t) (end - p) >= len
            && ngx_strncasecmp(p, (u_char *) token, len) == 0
            && ((size_t) (end - p) == len || p[len] == ' '
                || p[len] == '\t'))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
gavel_upgrade_answer(ngx_http_request_t *r, ngx_uint_t protocol,
    deflate_terms_t terms)
{
    ngx_int_t   rc;
    ngx_str_t   accept;
    ngx_str_t   plain = ngx_string(DEFLATE_ANSWER);
    ngx_str_t   window = ngx_string(DEFLATE_ANSWER_WINDOW);
    ngx_str_t   websocket = ngx_string("websocket");
    ngx_str_t   gavel = ngx_string("gavel");

    if (gavel_upgrade_accept(r, &accept) != NGX_OK) {
        return NGX_ERROR;
    }

    r->headers_out.status = NGX_HTTP_SWITCHING_PROTOCOLS;
    r->keepalive = 0;

    if (gavel_header_add(r, "Upgrade", &websocket) != NGX_OK
        || gavel_header_add(r, "Sec-WebSocket-Accept", &accept) != NGX_OK
        || (protocol
            && gavel_header_add(r, "Sec-WebSocket-Protocol", &gavel)
               != NGX_OK)
        || (terms != DEFLATE_NONE
            && gavel_header_add(r, "Sec-WebSocket-Extensions",
                                terms == DEFLATE_WINDOW ? &window : &plain)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK) {
        return rc;
    }

    return ngx_http_send_special(r, NGX_HTTP_FLUSH);
}


static ngx_int_t
gavel_upgrade_accept(ngx_http_request_t *r, ngx_str_t *accept)
{
    u_char       digest[20];
    ngx_str_t   *key, hash;
    ngx_sha1_t   sha1;

    key = gavel_header(r, "sec-websocket-key");

    ngx_sha1_init(&sha1);
    ngx_sha1_update(&sha1, key->data, key->len);
    ngx_sha1_update(&sha1, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    ngx_sha1_final(digest, &sha1);

    hash.data = digest;
    hash.len = sizeof(digest);

    accept->data = ngx_pnalloc(r->pool, ngx_base64_encoded_length(20));
    if (accept->data == NULL) {
        return NGX_ERROR;
    }

    ngx_encode_base64(accept, &hash);

    return NGX_OK;
}


/* /ws/auction/7 and /ws/bids/29360133 are sockets that follow at once */

static void
gavel_upgrade_path(ngx_http_request_t *r, gavel_upgrade_t *u)
{
    u->auction = gavel_path_id(r, "/ws/auction/");

    if (u->auction == 0) {
        u->auction = gavel_path_id(r, "/ws/bids/") >> ENGINE_ID_SHIFT;
    }

    gavel_place_read(r, &u->place);
}


/* the request ends before it was given back: the client has left */

static void
gavel_upgrade_cleanup(void *data)
{
    gavel_upgrade_t  *u = data;

    if (u->posted.posted) {
        ngx_delete_posted_event(&u->posted);
    }

    if (u->session != NULL) {
        gavel_session_free(u->session);
        u->session = NULL;
    }
}


static gavel_upgrade_t *
gavel_upgrade_of(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {
        if (cln->handler == gavel_upgrade_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* the 101 did not leave at once */

static void
gavel_upgrade_write(ngx_http_request_t *r)
{
    gavel_upgrade_t  *u;

    u = gavel_upgrade_of(r);

    if (r->connection->write->timedout || u == NULL
        || ngx_http_output_filter(r, NULL) == NGX_ERROR)
    {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }

    ngx_post_event(&u->posted, &ngx_posted_events);
}


static void
gavel_upgrade_posted(ngx_event_t *ev)
{
    gavel_upgrade_t  *u = ev->data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = u->request;
    c = r->connection;

    if (r->out != NULL || c->buffered) {
        if (!c->write->timer_set) {
            ngx_add_timer(c->write, gavel_room_conf.send_timeout);
        }

        if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_ERROR);
            ngx_http_run_posted_requests(c);
        }

        return;
    }

    gavel_upgrade_detach(r);
}


/* What ngx_http_set_keepalive() does to a request and its buffers. */

static void
gavel_upgrade_detach(ngx_http_request_t *r)
{
    u_char                  *early;
    size_t                   len;
    ngx_buf_t               *b;
    gavel_upgrade_t          u;
    ngx_connection_t        *c;
    ngx_http_connection_t   *hc;

    c = r->connection;
    hc = r->http_connection;

    u = *gavel_upgrade_of(r);
    gavel_upgrade_of(r)->session = NULL;

    /* the client may have said more already, behind its handshake */

    b = r->header_in;
    len = b->last - b->pos;
    early = NULL;

    if (len) {
        early = ngx_alloc(len, c->log);

        if (early == NULL) {
            u.session->refusal = GAVEL_internal;
            len = 0;

        } else {
            ngx_memcpy(early, b->pos, len);
        }
    }

    if (c->read->timer_set) {
        ngx_del_timer(c->read);
    }

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }

    ngx_http_free_request(r, 0);

    c->data = hc;
    c->destroyed = 1;                    /* of HTTP: nobody looks for r */

    b = c->buffer;

    if (b != NULL && ngx_pfree(c->pool, b->start) == NGX_OK) {
        b->start = NULL;
        b->pos = NULL;
    }

    gavel_upgrade_free_chain(c, hc->free);
    hc->free = NULL;

    gavel_upgrade_free_chain(c, hc->busy);
    hc->busy = NULL;
    hc->nbusy = 0;

#if (NGX_HTTP_SSL)
    if (c->ssl != NULL) {
        ngx_ssl_free_buffer(c);
    }
#endif

    gavel_upgrade_begin(&u, c, early, len);
    ngx_free(early);
}


static void
gavel_upgrade_free_chain(ngx_connection_t *c, ngx_chain_t *cl)
{
    ngx_chain_t  *ln;

    while (cl != NULL) {
        ln = cl;
        cl = cl->next;

        (void) ngx_pfree(c->pool, ln->buf->start);
        ngx_free_chain(c->pool, ln);
    }
}


static void
gavel_upgrade_begin(gavel_upgrade_t *u, ngx_connection_t *c, u_char *early,
    size_t len)
{
    gavel_code_t      code;
    gavel_session_t  *s;

    s = u->session;

    (void) ngx_tcp_nodelay(c);

    gavel_ws_begin(s, c);

    if (s->refusal) {
        gavel_handshake_doom(s, s->refusal);
        s->refusal = 0;

    } else if (!gavel_seats_user(s)) {
        gavel_session_doom(s, GAVEL_CLOSE_RATE, "too many sockets");
    }

    if (u->auction && !s->doom) {
        code = gavel_hub_subscribe(s, u->auction, u->place.epoch,
                                   u->place.seq);

        if (code != GAVEL_OK) {
            gavel_session_error(s, code, NULL, NULL, NULL);
        }
    }

    if (len) {
        gavel_ws_input(s, early, len);
    }

    /* nginx may have read the socket's last event already */

    ngx_post_event(c->read, &ngx_posted_events);
}
