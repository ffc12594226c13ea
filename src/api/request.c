/*
 * request: what an HTTP request says besides its path: who asks, in which
 * language, under which keys, with which parameters.
 */

#include "api/request.h"
#include "api/reply.h"
#include "command/params.h"


#define DEVICE_MAX  200

static gavel_code_t request_identity(ngx_http_request_t *r,
    gavel_call_t *call);
static gavel_code_t request_query(ngx_http_request_t *r, json_t *raw);
static gavel_code_t request_body(const ngx_str_t *body, json_t *raw);
static gavel_code_t request_path(const gavel_match_t *match, json_t *raw);
static gavel_code_t request_condition(ngx_http_request_t *r,
    const gavel_command_t *row, json_t *raw);


gavel_code_t
gavel_request_caller(ngx_http_request_t *r, gavel_call_t *call)
{
    ngx_str_t  accept;

    accept = gavel_request_header(r, "accept-language");

    call->origin = ORIGIN_REST;
    call->address = r->connection->addr_text;
    call->locale = gavel_locale(&accept);
    call->request_id = gavel_request_header(r, "idempotency-key");
    call->csrf = gavel_request_header(r, "x-csrf-token");
    call->unsafe = !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD));
    call->cookies = gavel_cookies_read(&r->headers_in.headers,
                                       GAVEL_COOKIE_REFRESH,
                                       call->cookie_refresh)
                    != 0;

    if (r->headers_in.host) {
        call->host = r->headers_in.host->value;
    }

    /* behind a proxy that ends TLS the directive is what can be believed */

    call->secure = gavel_cookies_secure();
#if (NGX_HTTP_SSL)
    call->secure |= (r->connection->ssl != NULL);
#endif

    if (r->headers_in.user_agent) {
        call->device = r->headers_in.user_agent->value;
        call->device.len = ngx_min(call->device.len, DEVICE_MAX);
    }

    return request_identity(r, call);
}


/* A header of another scheme is the site's, as auth_basic's is. */

static gavel_code_t
request_identity(ngx_http_request_t *r, gavel_call_t *call)
{
    ngx_str_t     token;
    gavel_code_t  code;

    if (r->headers_in.authorization == NULL
        || gavel_token_bearer(&r->headers_in.authorization->value, &token)
           != NGX_OK)
    {
        (void) gavel_cookie_identity(&r->headers_in.headers, &call->identity);

        return GAVEL_OK;
    }

    code = gavel_token_verify(&token, &call->identity);

    if (code != GAVEL_OK) {
        ngx_memzero(&call->identity, sizeof(gavel_identity_t));
    }

    /* an old token must not stand in the way of a new one, nor of logging
     * out */

    if (call->command && call->unsafe && call->command->who == GAVEL_BY_GUEST)
    {
        return GAVEL_OK;
    }

    return code;
}


gavel_code_t
gavel_request_params(ngx_http_request_t *r, const gavel_match_t *match,
    const ngx_str_t *body, json_t **raw)
{
    json_t        *fixed;
    gavel_code_t   code;

    *raw = json_object();
    if (*raw == NULL) {
        return GAVEL_internal;
    }

    code = request_query(r, *raw);

    if (code == GAVEL_OK) {
        code = gavel_params_query(gavel_request_call(r), *raw);
    }

    if (code == GAVEL_OK && body->len) {
        code = request_body(body, *raw);
    }

    if (code == GAVEL_OK && match->route->defaults) {
        fixed = json_loads(match->route->defaults, 0, NULL);
        json_object_update_missing(*raw, fixed);
        json_decref(fixed);
    }

    if (code == GAVEL_OK) {
        code = request_path(match, *raw);
    }

    if (code == GAVEL_OK) {
        code = request_condition(r, match->route->command, *raw);
    }

    return code;
}


/* If-Match is a parameter of the rows that know one, and of no other. */

static gavel_code_t
request_condition(ngx_http_request_t *r, const gavel_command_t *row,
    json_t *raw)
{
    json_t               *string;
    ngx_str_t             etag;
    const gavel_param_t  *param;

    json_object_del(raw, "if_match");

    if (r->headers_in.if_match == NULL) {
        return GAVEL_OK;
    }

    etag = r->headers_in.if_match->value;

    for (param = row->params; param && param->name; param++) {
        if (ngx_strcmp(param->name, "if_match") != 0) {
            continue;
        }

        string = json_stringn((char *) etag.data, etag.len);

        if (string == NULL || json_object_set_new(raw, "if_match", string) != 0)
        {
            return GAVEL_bad_request;
        }
    }

    return GAVEL_OK;
}


/* "+" is a space in a query, and only there */

static ngx_str_t
query_unescape(ngx_pool_t *pool, u_char *p, u_char *last)
{
    u_char     *src, *dst;
    ngx_str_t   text;

    text.data = ngx_pnalloc(pool, last - p + 1);
    if (text.data == NULL) {
        text.len = 0;
        return text;
    }

    ngx_memcpy(text.data, p, last - p);

    src = text.data;
    last = src + (last - p);

    for (dst = src; dst < last; dst++) {
        if (*dst == '+') {
            *dst = ' ';
        }
    }

    dst = text.data;
    ngx_unescape_uri(&dst, &src, last - src, 0);

    text.len = dst - text.data;

    return text;
}


static gavel_code_t
request_query(ngx_http_request_t *r, json_t *raw)
{
    u_char     *p, *last, *end, *eq;
    json_t     *string;
    ngx_str_t   name, value;

    last = r->args.data + r->args.len;

    for (p = r->args.data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, '&');
        end = end ? end : last;

        eq = ngx_strlchr(p, end, '=');
        eq = eq ? eq : end;

        if (eq == p) {
            continue;
        }

        name = query_unescape(r->pool, p, eq);
        value = query_unescape(r->pool, ngx_min(eq + 1, end), end);

        if (name.data == NULL || value.data == NULL) {
            return GAVEL_internal;
        }

        name.data[name.len] = '\0';
        string = json_stringn((char *) value.data, value.len);

        if (string == NULL
            || json_object_set_new(raw, (char *) name.data, string) != 0)
        {
            return GAVEL_bad_request;          /* not UTF-8 */
        }
    }

    return GAVEL_OK;
}


static gavel_code_t
request_body(const ngx_str_t *body, json_t *raw)
{
    json_t        *json;
    gavel_code_t   code;

    json = gavel_json_parse(body);

    if (json == NULL) {
        return GAVEL_invalid_json;
    }

    code = GAVEL_OK;

    if (!json_is_object(json)) {
        code = GAVEL_bad_request;

    } else if (json_object_update(raw, json) != 0) {
        code = GAVEL_internal;
    }

    json_decref(json);

    return code;
}


/* what is not an id, or no word, is found out by the row's parameters */

static gavel_code_t
request_path(const gavel_match_t *match, json_t *raw)
{
    char        key[32];
    ngx_str_t   name, value;
    ngx_uint_t  i;

    for (i = 0; i < match->ncaptures; i++) {
        value = match->captures[i];
        name = gavel_route_name(match->route, i);

        ngx_cpystrn((u_char *) key, name.data,
                    ngx_min(name.len + 1, sizeof(key)));

        if (json_object_set_new(raw, key,
                                json_stringn((char *) value.data, value.len))
            != 0)
        {
            return GAVEL_not_found;            /* not UTF-8 */
        }
    }

    return GAVEL_OK;
}
