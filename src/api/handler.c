/*
 * handler: the way of a request through the API: route, body, call, reply.
 *
 * The call and everything about it lives in the request's pool.  While it
 * waits the request is watched for a client that leaves; then the pool goes,
 * and with it the wait.
 */

#include "api/api.h"
#include "api/body.h"
#include "api/cache.h"
#include "api/reply.h"
#include "api/request.h"
#include "api/router.h"
#include "api/stream.h"
#include "cluster/cluster.h"
#include "command/guard.h"


typedef struct {
    gavel_body_t    body;                /* first: see body.h */
    gavel_match_t   match;
    gavel_call_t    call;
    unsigned        inside:1;            /* the handler is on the stack */
} api_ctx_t;


static ngx_int_t api_refuse(ngx_http_request_t *r, gavel_code_t code);
static ngx_uint_t api_has_body(ngx_http_request_t *r);
static ngx_uint_t api_takes(ngx_http_request_t *r,
    const gavel_command_t *row);
static void api_body_ready(ngx_http_request_t *r, ngx_int_t rc);
static void api_run(ngx_http_request_t *r);
static void api_call_done(gavel_call_t *call);
static void api_finalize(ngx_http_request_t *r, ngx_int_t rc);


ngx_int_t
gavel_api_handler(ngx_http_request_t *r)
{
    ngx_int_t      rc;
    api_ctx_t     *ctx;
    gavel_call_t  *call;
    gavel_code_t   code;

    ctx = ngx_pcalloc(r->pool, sizeof(api_ctx_t));
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_gavel_module);

    call = &ctx->call;
    call->flow.pool = r->pool;
    call->flow.log = r->connection->log;
    call->done = api_call_done;
    call->data = r;

    gavel_router_find(r->method, &r->uri, &ctx->match);

    if (r->method == NGX_HTTP_OPTIONS && ctx->match.allow) {
        rc = ngx_http_discard_request_body(r);

        return rc == NGX_OK ? gavel_reply_preflight(r, ctx->match.allow) : rc;
    }

    if (ctx->match.route) {
        call->command = ctx->match.route->command;
    }

    code = gavel_request_caller(r, call);

    if (ctx->match.route == NULL) {
        code = ctx->match.allow ? GAVEL_method_not_allowed
                                : GAVEL_unknown_path;

    } else if (code == GAVEL_OK && !api_takes(r, call->command)) {
        code = GAVEL_unsupported_type;
    }

    if (code == GAVEL_OK && !api_has_body(r) && gavel_cache_find(r, call)) {
        code = gavel_guard(call);

        if (code == GAVEL_OK) {
            return gavel_reply(r, call, ctx->match.allow);
        }
    }

    if (code != GAVEL_OK) {
        return api_refuse(r, code);
    }

    ctx->inside = 1;

    if (api_has_body(r)) {
        ctx->body.max = GAVEL_API_BODY_MAX;
        ctx->body.ready = api_body_ready;

        rc = gavel_body_read(r, &ctx->body);

        if (rc != NGX_DONE) {

            if (r->request_body) {
                r->keepalive = 0;            /* the rest of it is unread */
            }

            return api_refuse(r, rc == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE
                                 ? GAVEL_too_large : GAVEL_bad_request);
        }

    } else {
        r->main->count++;
        api_run(r);
    }

    ctx->inside = 0;

    return NGX_DONE;
}


/* Answers before there was a call; the body, if any, is of no interest. */

static ngx_int_t
api_refuse(ngx_http_request_t *r, gavel_code_t code)
{
    ngx_int_t   rc;
    api_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gavel_module);

    if (!r->reading_body && r->request_body == NULL) {
        rc = ngx_http_discard_request_body(r);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    ctx->call.flow.outcome.code = code;

    return gavel_reply(r, &ctx->call, ctx->match.allow);
}


static ngx_uint_t
api_has_body(ngx_http_request_t *r)
{
    return r->headers_in.content_length_n > 0 || r->headers_in.chunked;
}


/* Only JSON, and what does not say what it is; a file may be text, too. */

static ngx_uint_t
api_takes(ngx_http_request_t *r, const gavel_command_t *row)
{
    size_t       len;
    u_char      *p;
    ngx_str_t    type;
    ngx_uint_t   i, n;

    static ngx_str_t  types[] = {
        ngx_string("application/json"),
        ngx_string("text/csv"),
        ngx_string("text/plain"),
        ngx_string("text/tab-separated-values"),
        ngx_string("application/vnd.ms-excel"),
        ngx_string("application/octet-stream")
    };

    if (!api_has_body(r) || r->headers_in.content_type == NULL) {
        return 1;
    }

    type = r->headers_in.content_type->value;

    p = ngx_strlchr(type.data, type.data + type.len, ';');
    len = p ? (size_t) (p - type.data) : type.len;

    while (len && type.data[len - 1] == ' ') {
        len--;
    }

    n = (row->flags & GAVEL_CMD_FILE) ? sizeof(types) / sizeof(types[0]) : 1;

    for (i = 0; i < n; i++) {
        if (len == types[i].len
            && ngx_strncasecmp(type.data, types[i].data, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
api_body_ready(ngx_http_request_t *r, ngx_int_t rc)
{
    gavel_code_t  code;

    switch (rc) {

    case NGX_OK:
        api_run(r);
        return;

    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
        code = GAVEL_too_large;
        break;

    case NGX_HTTP_REQUEST_TIME_OUT:
        code = GAVEL_request_timeout;
        break;

    case NGX_HTTP_BAD_REQUEST:
        code = GAVEL_bad_request;
        break;

    case NGX_HTTP_CLIENT_CLOSED_REQUEST:
        api_finalize(r, NGX_ERROR);
        return;

    default:
        code = GAVEL_internal;
    }

    r->keepalive = 0;                    /* the rest of the body is unread */

    api_finalize(r, api_refuse(r, code));
}


/* The request holds a count, which api_finalize() gives back. */

static void
api_run(ngx_http_request_t *r)
{
    json_t        *raw;
    int64_t        now;
    api_ctx_t     *ctx;
    gavel_code_t   code;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gavel_module);

    /* not when its header came: whoever sends the rest later asks later */

    now = gavel_cluster_now();
    ctx->call.at = ngx_max(now, 0);

    if (ctx->call.command->flags & GAVEL_CMD_FILE) {
        ctx->call.file = ctx->body.text;
        ngx_str_null(&ctx->body.text);

        if (r->headers_in.content_type) {
            ctx->call.file_type = r->headers_in.content_type->value;
        }
    }

    code = gavel_request_params(r, &ctx->match, &ctx->body.text, &raw);

    if (code != GAVEL_OK) {
        json_decref(raw);
        api_finalize(r, api_refuse(r, code));
        return;
    }

    r->read_event_handler = ngx_http_test_reading;

    gavel_command_run(&ctx->call, raw);

    json_decref(raw);
}


gavel_call_t *
gavel_request_call(ngx_http_request_t *r)
{
    api_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gavel_module);

    return &ctx->call;
}


static void
api_call_done(gavel_call_t *call)
{
    ngx_http_request_t *r = call->data;

    ngx_int_t   rc;
    api_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_gavel_module);

    if (!ctx->inside) {
        ngx_http_set_log_request(r->connection->log, r);
    }

    gavel_cache_keep(r, call);

    rc = gavel_reply(r, call, ctx->match.allow);

    if (call->flow.outcome.more && (rc == NGX_OK || rc == NGX_AGAIN)
        && call->flow.outcome.code == GAVEL_OK && !r->header_only)
    {
        rc = gavel_stream(r, call, api_finalize);

        if (rc == NGX_DONE) {
            return;
        }
    }

    api_finalize(r, rc);
}


static void
api_finalize(ngx_http_request_t *r, ngx_int_t rc)
{
    api_ctx_t         *ctx;
    ngx_uint_t         inside;
    ngx_connection_t  *c;

    c = r->connection;
    ctx = ngx_http_get_module_ctx(r, ngx_http_gavel_module);
    inside = ctx->inside;

    ngx_http_finalize_request(r, rc);

    if (!inside) {
        ngx_http_run_posted_requests(c);
    }
}
