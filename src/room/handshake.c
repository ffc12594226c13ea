/*
 * handshake: who opens a socket or stream, from where, and how often.
 */

#include "room/handshake.h"

#include "auth/standing.h"
#include "cluster/cluster.h"
#include "command/guard.h"

#define GAVEL_HANDSHAKE_MINUTE  "60"     /* that is counted, in seconds */


static ngx_uint_t gavel_handshake_origin(ngx_http_request_t *r,
    ngx_uint_t *cookies);
static ngx_uint_t gavel_handshake_listed(const ngx_str_t *origin);
static ngx_uint_t gavel_handshake_rate(ngx_http_request_t *r);
static ngx_int_t gavel_handshake_token(ngx_http_request_t *r,
    ngx_str_t *token, ngx_uint_t *protocol);
static ngx_int_t gavel_handshake_subprotocol(const ngx_str_t *offer,
    ngx_str_t *token, ngx_uint_t *protocol);


/* The next line of this name behind one, or the first; NULL: no more. */

static ngx_str_t *
header_next(ngx_http_request_t *r, const char *name, const ngx_str_t *behind)
{
    size_t            len;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len != len
                || ngx_strncmp(h[i].lowcase_key, name, len) != 0)
            {
                continue;
            }

            if (behind == NULL) {
                return &h[i].value;
            }

            if (behind == &h[i].value) {
                behind = NULL;
            }
        }
    }

    return NULL;
}


ngx_str_t *
gavel_header(ngx_http_request_t *r, const char *name)
{
    return header_next(r, name, NULL);
}


ngx_str_t *
gavel_header_list(ngx_http_request_t *r, const char *name)
{
    u_char     *p;
    size_t      size;
    ngx_str_t  *line, *first, *all;

    first = header_next(r, name, NULL);

    if (first == NULL || header_next(r, name, first) == NULL) {
        return first;
    }

    size = sizeof(ngx_str_t);

    for (line = first; line; line = header_next(r, name, line)) {
        size += line->len + 2;
    }

    all = ngx_palloc(r->pool, size);
    if (all == NULL) {
        return NULL;
    }

    all->data = (u_char *) all + sizeof(ngx_str_t);
    p = all->data;

    for (line = first; line; line = header_next(r, name, line)) {
        p = ngx_sprintf(p, "%s%V", line == first ? "" : ", ", line);
    }

    all->len = p - all->data;

    return all;
}


gavel_code_t
gavel_handshake_identity(ngx_http_request_t *r, gavel_identity_t *id,
    ngx_uint_t *protocol)
{
    ngx_str_t   token;
    ngx_uint_t  cookies;

    ngx_memzero(id, sizeof(gavel_identity_t));
    *protocol = 0;

    if (!gavel_handshake_origin(r, &cookies)) {
        return GAVEL_origin_denied;
    }

    if (!gavel_handshake_rate(r)) {
        return GAVEL_rate_limited;
    }

    if (gavel_handshake_token(r, &token, protocol) == NGX_OK) {
        return gavel_handshake_verify(&token, id);
    }

    if (cookies && gavel_cookie_identity(&r->headers_in.headers, id)
        && gavel_standing(id) != GAVEL_OK)
    {
        ngx_memzero(id, sizeof(gavel_identity_t));
    }

    return GAVEL_OK;
}


gavel_code_t
gavel_handshake_verify(const ngx_str_t *token, gavel_identity_t *id)
{
    gavel_code_t  code;

    code = gavel_token_verify(token, id);

    return (code == GAVEL_OK) ? gavel_standing(id) : code;
}


/* A browser says from which page it comes: cookies are only for our own. */

static ngx_uint_t
gavel_handshake_origin(ngx_http_request_t *r, ngx_uint_t *cookies)
{
    u_char      *host;
    ngx_str_t   *origin;
    ngx_uint_t   listed;

    *cookies = 1;

    origin = gavel_header(r, "origin");
    if (origin == NULL) {
        return 1;
    }

    host = (u_char *) ngx_strstr(origin->data, "://");

    if (host != NULL && r->headers_in.host != NULL
        && ngx_strcasecmp(host + 3, r->headers_in.host->value.data) == 0)
    {
        return 1;
    }

    listed = gavel_handshake_listed(origin);

    if (listed == 2) {
        *cookies = 0;
    }

    return listed != 0;
}


/* 1: among our origins; 2: all are, but without their cookies */

static ngx_uint_t
gavel_handshake_listed(const ngx_str_t *origin)
{
    ngx_str_t   *allowed;
    ngx_uint_t   i;

    if (gavel_room_conf.origins == NULL) {
        return 0;
    }

    allowed = gavel_room_conf.origins->elts;

    for (i = 0; i < gavel_room_conf.origins->nelts; i++) {

        if (allowed[i].len == origin->len
            && ngx_strncasecmp(allowed[i].data, origin->data, origin->len)
               == 0)
        {
            return 1;
        }

        if (allowed[i].len == 1 && allowed[i].data[0] == '*') {
            return 2;
        }
    }

    return 0;
}


ngx_int_t
gavel_handshake_cors(ngx_http_request_t *r)
{
    ngx_str_t   *origin, value;
    ngx_uint_t   listed;

    origin = gavel_header(r, "origin");
    listed = origin ? gavel_handshake_listed(origin) : 0;

    if (listed == 0) {
        return NGX_OK;
    }

    if (listed == 2) {
        ngx_str_set(&value, "*");
        return gavel_header_add(r, "Access-Control-Allow-Origin", &value);
    }

    ngx_str_set(&value, "true");

    if (gavel_header_add(r, "Access-Control-Allow-Credentials", &value)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_header_add(r, "Access-Control-Allow-Origin", origin);
}


static ngx_uint_t
gavel_handshake_rate(ngx_http_request_t *r)
{
    u_char      text[sizeof("connect:") + NGX_SOCKADDR_STRLEN];
    u_char      net[NGX_INET6_ADDRSTRLEN];
    ngx_str_t   key, address;

    if (!gavel_rate_limits) {
        return 1;
    }

    address = gavel_guard_address(&r->connection->addr_text, net);

    key.data = text;
    key.len = ngx_snprintf(text, sizeof(text), "connect:%V", &address) - text;

    return gavel_counter_hit(&key) <= gavel_room_conf.connect_rate;
}


/* NGX_OK: a token was shown on purpose */

static ngx_int_t
gavel_handshake_token(ngx_http_request_t *r, ngx_str_t *token,
    ngx_uint_t *protocol)
{
    ngx_str_t  *value;

    value = gavel_header_list(r, "sec-websocket-protocol");

    if (value != NULL
        && gavel_handshake_subprotocol(value, token, protocol) == NGX_OK)
    {
        return NGX_OK;
    }

    value = gavel_header(r, "authorization");

    return value ? gavel_token_bearer(value, token) : NGX_DECLINED;
}


/* "gavel, bearer.TOKEN": a browser cannot send a header of its own */

static ngx_int_t
gavel_handshake_subprotocol(const ngx_str_t *offer, ngx_str_t *token,
    ngx_uint_t *protocol)
{
    u_char     *p, *last, *end;
    ngx_int_t   rc;

    rc = NGX_DECLINED;
    last = offer->data + offer->len;

    for (p = offer->data; p < last; p = end + 1) {

        while (p < last && (*p == ' ' || *p == '\t')) {
            p++;
        }

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        if (end - p >= 5 && ngx_strncmp(p, "gavel", 5) == 0
            && (end - p == 5 || p[5] == ' '))
        {
            *protocol = 1;

        } else if (end - p > 7 && ngx_strncmp(p, "bearer.", 7) == 0) {
            token->data = p + 7;
            token->len = end - token->data;

            while (token->len && token->data[token->len - 1] == ' ') {
                token->len--;
            }

            rc = NGX_OK;
        }
    }

    return rc;
}


/* The body of a refusal, as the interface's errors look. */

static ngx_str_t
gavel_handshake_problem(ngx_http_request_t *r, gavel_code_t code,
    ngx_uint_t status)
{
    ngx_str_t     *accept, none = ngx_null_string;
    gavel_call_t  *call;

    call = ngx_pcalloc(r->pool, sizeof(gavel_call_t));
    if (call == NULL) {
        return none;
    }

    accept = gavel_header(r, "accept-language");

    call->flow.pool = r->pool;
    call->flow.outcome.code = code;
    call->flow.outcome.status = status;
    call->locale = gavel_locale(accept ? accept : &none);

    return gavel_outcome_problem(call, &call->flow.outcome);
}


static ngx_int_t
gavel_handshake_headers(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_str_t  value;

    ngx_str_set(&value, "no-store");
    if (gavel_header_add(r, "Cache-Control", &value) != NGX_OK) {
        return NGX_ERROR;
    }

    switch (status) {

    case NGX_HTTP_NOT_ALLOWED:
        ngx_str_set(&value, "GET");
        return gavel_header_add(r, "Allow", &value);

    case NGX_HTTP_UNAUTHORIZED:
        ngx_str_set(&value, "Bearer");
        return gavel_header_add(r, "WWW-Authenticate", &value);

    case NGX_HTTP_TOO_MANY_REQUESTS:
        ngx_str_set(&value, GAVEL_HANDSHAKE_MINUTE);
        return gavel_header_add(r, "Retry-After", &value);

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        ngx_str_set(&value, "1");
        return gavel_header_add(r, "Retry-After", &value);
    }

    return NGX_OK;
}


void
gavel_handshake_doom(gavel_session_t *s, gavel_code_t code)
{
    s->refusal = code;

    switch (code) {

    case GAVEL_account_blocked:
        gavel_session_doom(s, GAVEL_CLOSE_FORBIDDEN, "account_blocked");
        return;

    case GAVEL_token_expired:
        gavel_session_doom(s, GAVEL_CLOSE_AUTH, "token_expired");
        return;

    case GAVEL_internal:
        gavel_session_doom(s, CLOSE_INTERNAL, "");
        return;

    default:
        gavel_session_doom(s, GAVEL_CLOSE_AUTH, "invalid_token");
    }
}


ngx_int_t
gavel_handshake_refuse(ngx_http_request_t *r, gavel_code_t code,
    ngx_uint_t status)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_str_t     text;
    ngx_chain_t   out;

    gavel_room_metrics.refused++;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    if (status == 0) {
        status = gavel_error(code)->status;
    }

    text = gavel_handshake_problem(r, code, status);
    b = ngx_calloc_buf(r->pool);

    if (text.len == 0 || b == NULL
        || gavel_handshake_headers(r, status) != NGX_OK
        || gavel_handshake_cors(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = text.len;
    ngx_str_set(&r->headers_out.content_type, "application/problem+json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b->pos = text.data;
    b->last = text.data + text.len;
    b->memory = 1;
    b->last_buf = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


uint64_t
gavel_path_id(ngx_http_request_t *r, const char *name)
{
    off_t    id;
    u_char  *p, *start, *last;
    size_t   len;

    len = ngx_strlen(name);
    last = r->uri.data + r->uri.len;

    p = ngx_strnstr(r->uri.data, (char *) name, r->uri.len);
    if (p == NULL) {
        return 0;
    }

    start = p + len;

    for (p = start; p < last && *p >= '0' && *p <= '9'; p++) { /* void */ }

    if (p == start || (p < last && *p != '/')) {
        return 0;
    }

    id = ngx_atoof(start, p - start);

    return id > 0 && id <= ENGINE_MAX_AMOUNT ? (uint64_t) id : 0;
}


ngx_int_t
gavel_header_add(ngx_http_request_t *r, const char *name,
    const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;

#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return NGX_OK;
}
