/*
 * reply: an outcome becomes an HTTP response: status, headers, body.
 *
 * Nothing here knows a resource.  What may be cached, which origins may read
 * an answer and how an error looks is the same for all of them.
 */

#include "api/api.h"
#include "api/cache.h"
#include "api/reply.h"


static ngx_int_t reply_send(ngx_http_request_t *r, const ngx_str_t *body,
    ngx_uint_t more);
static ngx_int_t reply_file(ngx_http_request_t *r, const ngx_str_t *name);
static ngx_int_t reply_headers(ngx_http_request_t *r, gavel_call_t *call,
    gavel_outcome_t *o);
static ngx_int_t reply_cors(ngx_http_request_t *r);
static ngx_int_t reply_allow(ngx_http_request_t *r, const char *name,
    ngx_uint_t allow);
static ngx_int_t reply_etag(ngx_http_request_t *r, const ngx_str_t *etag);
static ngx_table_elt_t *reply_header(ngx_http_request_t *r, const char *name,
    const ngx_str_t *value);
static ngx_int_t reply_text(ngx_http_request_t *r, const char *name,
    const char *value);


static const struct {
    ngx_uint_t   method;
    const char  *name;
} method_names[] = {
    { NGX_HTTP_GET, "GET" },
    { NGX_HTTP_HEAD, "HEAD" },
    { NGX_HTTP_POST, "POST" },
    { NGX_HTTP_PUT, "PUT" },
    { NGX_HTTP_PATCH, "PATCH" },
    { NGX_HTTP_DELETE, "DELETE" },
    { NGX_HTTP_OPTIONS, "OPTIONS" },
    { 0, NULL }
};


ngx_int_t
gavel_reply(ngx_http_request_t *r, gavel_call_t *call, ngx_uint_t allow)
{
    ngx_str_t         body;
    gavel_outcome_t  *o;

    o = &call->flow.outcome;
    body = o->body;

    if (o->code != GAVEL_OK) {
        if (o->status == 0) {
            o->status = gavel_error(o->code)->status;
        }

        body = gavel_outcome_problem(call, o);
        if (body.len == 0) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ngx_str_set(&o->type, "application/problem+json");

    } else if (o->status == 0) {
        o->status = body.len ? NGX_HTTP_OK : NGX_HTTP_NO_CONTENT;
    }

    if (o->type.len == 0) {
        ngx_str_set(&o->type, "application/json");
    }

    r->headers_out.status = o->status;
    r->headers_out.content_type = o->type;
    r->headers_out.content_type_len = o->type.len;
    r->headers_out.content_type_lowcase = NULL;

    if (reply_headers(r, call, o) != NGX_OK
        || reply_cors(r) != NGX_OK
        || (o->code == GAVEL_method_not_allowed
            && reply_allow(r, "Allow", allow) != NGX_OK))
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return reply_send(r, &body, o->code == GAVEL_OK && o->more);
}


static ngx_int_t
reply_send(ngx_http_request_t *r, const ngx_str_t *body, ngx_uint_t more)
{
    ngx_int_t  rc;

    if (r->headers_out.status == NGX_HTTP_NO_CONTENT) {
        r->header_only = 1;
        ngx_str_null(&r->headers_out.content_type);
        r->headers_out.content_type_len = 0;

    } else if (more) {
        ngx_http_clear_content_length(r);

    } else {
        r->headers_out.content_length_n = body->len;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return gavel_reply_part(r, r->pool, body, !more);
}


ngx_int_t
gavel_reply_part(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_str_t *part, ngx_uint_t last)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_calloc_buf(pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = part->data;
    b->last = part->data + part->len;
    b->memory = part->len ? 1 : 0;
    b->flush = !last;
    b->last_buf = last;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
reply_headers(ngx_http_request_t *r, gavel_call_t *call, gavel_outcome_t *o)
{
    u_char                     *p;
    ngx_str_t                  *cookie, text;
    ngx_uint_t                  i, cached;
    ngx_table_elt_t            *h;
    ngx_http_variable_value_t  *v;

    static ngx_str_t  request_id = ngx_string("request_id");

    cached = gavel_cache_allowed(call);

    if (reply_text(r, "Cache-Control", cached ? "public, max-age=1"
                                              : "no-store") != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* what goes to many is not the answer to one request */

    v = cached ? NULL
               : ngx_http_get_variable(r, &request_id,
                                       ngx_hash_key(request_id.data,
                                                    request_id.len));
    if (v && !v->not_found) {
        text.data = v->data;
        text.len = v->len;

        if (reply_header(r, "X-Request-Id", &text) == NULL) {
            return NGX_ERROR;
        }
    }

    /* nginx answers If-None-Match by itself; an If-Match was the command's, and
     * nginx would take the request's context away to refuse it */

    r->disable_not_modified = !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
                              || r->headers_in.if_match
                              || r->headers_in.if_unmodified_since;

    if (o->etag.len && o->code == GAVEL_OK && reply_etag(r, &o->etag) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (o->location.len) {
        h = reply_header(r, "Location", &o->location);
        if (h == NULL) {
            return NGX_ERROR;
        }
    }

    if (o->retry_ms) {
        p = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (p == NULL) {
            return NGX_ERROR;
        }

        text.data = p;
        text.len = ngx_sprintf(p, "%ui", (o->retry_ms + 999) / 1000) - p;

        if (reply_header(r, "Retry-After", &text) == NULL) {
            return NGX_ERROR;
        }
    }

    if (o->file.len && o->code == GAVEL_OK
        && reply_file(r, &o->file) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (o->status == NGX_HTTP_UNAUTHORIZED
        && reply_text(r, "WWW-Authenticate", "Bearer") != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (o->cookies) {
        cookie = o->cookies->elts;

        for (i = 0; i < o->cookies->nelts; i++) {
            if (reply_header(r, "Set-Cookie", &cookie[i]) == NULL) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


/* 1: with credentials; 2: "*", without */

static ngx_uint_t
origin_allowed(const ngx_str_t *origin)
{
    ngx_str_t    *o;
    ngx_uint_t    i;
    ngx_array_t  *origins;

    origins = gavel_api->cors_origins;

    if (origins == NULL || origin->len == 0) {
        return 0;
    }

    o = origins->elts;

    for (i = 0; i < origins->nelts; i++) {
        if (o[i].len == 1 && o[i].data[0] == '*') {
            return 2;
        }

        if (o[i].len == origin->len
            && ngx_strncasecmp(o[i].data, origin->data, origin->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
reply_cors(ngx_http_request_t *r)
{
    ngx_str_t   origin;
    ngx_uint_t  allowed;

    if (reply_text(r, "Vary", "Origin, Accept-Language, Authorization, Cookie")
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    origin = gavel_request_header(r, "origin");
    allowed = origin_allowed(&origin);

    if (allowed == 0) {
        return NGX_OK;
    }

    if (allowed == 2) {
        ngx_str_set(&origin, "*");
    }

    if (reply_header(r, "Access-Control-Allow-Origin", &origin) == NULL
        || reply_text(r, "Access-Control-Expose-Headers",
                      "ETag, Location, Retry-After, X-Request-Id") != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (allowed == 2) {
        return NGX_OK;
    }

    return reply_text(r, "Access-Control-Allow-Credentials", "true");
}


ngx_int_t
gavel_reply_preflight(ngx_http_request_t *r, ngx_uint_t allow)
{
    ngx_str_t  origin;

    r->headers_out.status = NGX_HTTP_NO_CONTENT;

    if (reply_allow(r, "Allow", allow) != NGX_OK || reply_cors(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    origin = gavel_request_header(r, "origin");

    if (origin_allowed(&origin)
        && (reply_allow(r, "Access-Control-Allow-Methods", allow) != NGX_OK
            || reply_text(r, "Access-Control-Allow-Headers",
                          "Authorization, Content-Type, Idempotency-Key, "
                          "If-Match, If-None-Match, Last-Event-ID, "
                          "X-CSRF-Token") != NGX_OK
            || reply_text(r, "Access-Control-Max-Age", "600") != NGX_OK))
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return reply_send(r, NULL, 0);
}


static ngx_int_t
reply_allow(ngx_http_request_t *r, const char *name, ngx_uint_t allow)
{
    u_char      *p;
    ngx_str_t    text;
    ngx_uint_t   i;

    p = ngx_pnalloc(r->pool, 64);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;
    allow |= NGX_HTTP_OPTIONS;

    for (i = 0; method_names[i].name; i++) {
        if (allow & method_names[i].method) {
            p = ngx_sprintf(p, "%s%s", p == text.data ? "" : ", ",
                            method_names[i].name);
        }
    }

    text.len = p - text.data;

    return reply_header(r, name, &text) ? NGX_OK : NGX_ERROR;
}


/* RFC 6266: the name in UTF-8 (RFC 5987), and for old clients what of it is
 * plain. */

static ngx_int_t
reply_file(ngx_http_request_t *r, const ngx_str_t *name)
{
    size_t      i;
    u_char     *p, c;
    ngx_str_t   text;

    static ngx_str_t  plain = ngx_string("attachment; filename=\"");
    static ngx_str_t  utf8 = ngx_string("\"; filename*=UTF-8''");

    p = ngx_pnalloc(r->pool, plain.len + utf8.len + 4 * name->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;
    p = ngx_cpymem(p, plain.data, plain.len);

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (c >= 0x80) {
            continue;
        }

        *p++ = c < 0x20 || c == 0x7f || ngx_strchr("\"\\/:*?<>|%", c) ? '_' : c;
    }

    p = ngx_cpymem(p, utf8.data, utf8.len);

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
            || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_')
        {
            *p++ = c;

        } else {
            p = ngx_sprintf(p, "%%%02Xi", (ngx_int_t) c);
        }
    }

    text.len = p - text.data;

    return reply_header(r, "Content-Disposition", &text) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
reply_etag(ngx_http_request_t *r, const ngx_str_t *etag)
{
    r->headers_out.etag = reply_header(r, "ETag", etag);

    return r->headers_out.etag ? NGX_OK : NGX_ERROR;
}


static ngx_table_elt_t *
reply_header(ngx_http_request_t *r, const char *name, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->value = *value;
    h->lowcase_key = NULL;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return h;
}


static ngx_int_t
reply_text(ngx_http_request_t *r, const char *name, const char *value)
{
    ngx_str_t  text;

    text.data = (u_char *) value;
    text.len = ngx_strlen(value);

    return reply_header(r, name, &text) ? NGX_OK : NGX_ERROR;
}


ngx_str_t
gavel_request_header(ngx_http_request_t *r, const char *name)
{
    size_t            len;
    ngx_str_t         none = ngx_null_string;
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    len = ngx_strlen(name);

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == len
                && ngx_strncasecmp(h[i].key.data, (u_char *) name, len) == 0)
            {
                return h[i].value;
            }
        }
    }

    return none;
}
