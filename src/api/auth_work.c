/*
 * auth_work: what the flows of auth have in common: what they start with, how
 * they ask the database, and how they give tokens.
 */

#include "api/auth_work.h"
#include "command/params.h"


static ngx_int_t auth_tell(gavel_flow_t *f, json_t *session);
static ngx_uint_t auth_cookies(gavel_call_t *call);


ngx_int_t
gavel_auth_begin(gavel_call_t *call)
{
    gavel_auth_work_t  *w;

    w = ngx_pcalloc(call->flow.pool, sizeof(gavel_auth_work_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    call->work = w;

    if (gavel_refresh_new(call->flow.pool, &w->refresh) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_str_set(&call->params_text, "{}");

    gavel_auth_set(call, "refresh_hash", &w->refresh.hash);
    gavel_auth_set(call, "device", &call->device);
    json_object_set_new(call->params, "lifetime",
                        json_integer(gavel_refresh_lifetime()));

    return NGX_OK;
}


ngx_int_t
gavel_auth_sql(gavel_flow_t *f, const char *function, uint64_t actor)
{
    gavel_call_t  *call = f->data;

    if (gavel_params_write(call) != GAVEL_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_sql(f, &auth_work(call)->reply, function, actor,
                          &call->params_text, GAVEL_PG_READ);
}


void
gavel_auth_set(gavel_call_t *call, const char *name, const ngx_str_t *value)
{
    json_object_set_new(call->params, name,
                        json_stringn((char *) value->data, value->len));
}


ngx_int_t
gavel_auth_user(gavel_auth_work_t *w, ngx_pool_t *pool)
{
    json_t     *found;
    ngx_str_t   hash;

    if (w->reply.code != GAVEL_OK) {
        return NGX_OK;
    }

    found = gavel_json_parse(&w->reply.body);
    w->user = json_integer_value(json_object_get(found, "id"));

    hash.data = (u_char *) json_string_value(json_object_get(found, "hash"));
    hash.len = json_string_length(json_object_get(found, "hash"));

    w->hash.len = hash.len;
    w->hash.data = ngx_pstrdup(pool, &hash);

    json_decref(found);

    return (w->hash.data != NULL) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
gavel_auth_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    json_t              *session;
    ngx_int_t            rc;
    gavel_auth_work_t   *w;

    w = auth_work(call);

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    session = gavel_json_parse(&w->reply.body);
    rc = auth_tell(f, session);
    json_decref(session);

    return rc;
}


/* session: {"user":{..},"roles":bits,"session":id} */

static ngx_int_t
auth_tell(gavel_flow_t *f, json_t *session)
{
    gavel_call_t  *call = f->data;

    char               *text;
    uint64_t            user, id;
    ngx_str_t           access, csrf, raw, *refresh;
    gavel_json_t        j;

    id = json_integer_value(json_object_get(session, "session"));
    user = json_integer_value(json_object_get(
                                  json_object_get(session, "user"), "id"));
    refresh = &auth_work(call)->refresh.text;

    if (gavel_token_issue(f->pool, user,
                          json_integer_value(json_object_get(session,
                                                             "roles")),
                          id, &access)
        != NGX_OK
        || gavel_csrf_token(f->pool, id, &csrf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    text = json_dumps(json_object_get(session, "user"), JSON_COMPACT);
    if (text == NULL) {
        return NGX_ERROR;
    }

    raw.data = (u_char *) text;
    raw.len = ngx_strlen(text);

    gavel_json_init(&j, f->pool, 2048);
    gavel_json_open(&j, NULL, '{');

    if (auth_cookies(call)) {
        gavel_json_str(&j, "csrf", &csrf);

    } else {
        gavel_json_str(&j, "access", &access);
        gavel_json_str(&j, "refresh", refresh);
        gavel_json_cstr(&j, "token_type", "Bearer");
    }

    gavel_json_int(&j, "expires_in", gavel_access_lifetime());
    gavel_json_raw(&j, "user", &raw);
    gavel_json_close(&j, '}');

    free(text);

    if (j.failed
        || (auth_cookies(call)
            && gavel_cookies_set(f->pool, &f->outcome.cookies, &access,
                                 refresh, &csrf)
               != NGX_OK))
    {
        return NGX_ERROR;
    }

    f->outcome.no_store = 1;
    raw = gavel_json_text(&j);

    return gavel_flow_answer(f, call->command->status, &raw);
}


static ngx_uint_t
auth_cookies(gavel_call_t *call)
{
    return gavel_call_int(call, "cookies", call->cookies) == 1;
}
