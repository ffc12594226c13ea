/*
 * session_flow: what takes no password: staying in, logging out, and the keys
 * by which others know us.
 */

#include "api/auth.h"
#include "api/auth_work.h"
#include "api/flows.h"
#include "auth/standing.h"

#define GAVEL_REFRESH_GRACE  10      /* s */


static ngx_int_t refresh_begin(gavel_flow_t *f);
static ngx_int_t refresh_rotate(gavel_flow_t *f);
static void refresh_told(gavel_auth_work_t *w);
static ngx_int_t refresh_cookie(gavel_flow_t *f);
static ngx_int_t refresh_answer(gavel_flow_t *f);
static ngx_int_t logout_close(gavel_flow_t *f);
static ngx_int_t logout_answer(gavel_flow_t *f);
static ngx_int_t revoke_ask(gavel_flow_t *f);
static ngx_int_t revoke_answer(gavel_flow_t *f);
static ngx_int_t jwks_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_refresh_steps[] = {
    refresh_begin,
    refresh_cookie,              /* one of GAVEL_COOKIE_TRIES */
    refresh_cookie,
    refresh_cookie,
    refresh_cookie,
    refresh_answer,
    NULL
};

const gavel_step_pt  gavel_logout_steps[] = {
    logout_close,
    logout_answer,
    NULL
};

const gavel_step_pt  gavel_revoke_steps[] = {
    revoke_ask,
    revoke_answer,
    NULL
};

const gavel_step_pt  gavel_jwks_steps[] = {
    jwks_answer,
    NULL
};


/* A parameter: the hashes of all cookies that may be refresh tokens. */

static ngx_int_t
auth_held(gavel_call_t *call)
{
    json_t           *held;
    ngx_int_t         rc;
    ngx_uint_t        i;
    gavel_refresh_t   token;

    held = json_array();
    rc = NGX_OK;

    for (i = 0; i < GAVEL_COOKIE_TRIES && rc != NGX_ERROR; i++) {
        rc = gavel_refresh_read(call->flow.pool, &call->cookie_refresh[i],
                                &token);

        if (rc == NGX_OK) {
            json_array_append_new(held, json_stringn(
                                            (char *) token.hash.data,
                                            token.hash.len));
        }
    }

    json_object_set_new(call->params, "held", held);

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
refresh_begin(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t           rc;
    ngx_str_t           text;
    gavel_auth_work_t  *w;

    if (gavel_auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    text = gavel_call_str(call, "refresh");
    call->cookies = (text.len == 0);       /* it goes as it came */

    json_object_del(call->params, "refresh");
    json_object_set_new(call->params, "grace",
                        json_integer(GAVEL_REFRESH_GRACE));

    if (call->cookies) {
        w->reply.code = GAVEL_invalid_token;

        return call->cookie_refresh[0].len
               ? auth_held(call)
               : gavel_flow_refuse(f, GAVEL_not_authenticated);
    }

    rc = gavel_refresh_read(f->pool, &text, &w->shown);

    if (rc == NGX_DECLINED) {
        return gavel_flow_refuse(f, GAVEL_invalid_token);
    }

    return rc == NGX_OK ? refresh_rotate(f) : NGX_ERROR;
}


/* The next one, as long as there was none to go on with. */

static ngx_int_t
refresh_cookie(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t           rc;
    gavel_auth_work_t  *w;

    w = auth_work(call);
    refresh_told(w);

    if (!call->cookies || w->reply.code != GAVEL_invalid_token) {
        return NGX_OK;
    }

    rc = gavel_refresh_read(f->pool, &call->cookie_refresh[w->tried++],
                            &w->shown);

    if (rc == NGX_DECLINED) {
        return NGX_OK;
    }

    return rc == NGX_OK ? refresh_rotate(f) : NGX_ERROR;
}


static ngx_int_t
refresh_rotate(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (gavel_refresh_next(f->pool, &w->shown, &w->refresh) != NGX_OK) {
        return NGX_ERROR;
    }

    gavel_auth_set(call, "refresh_hash", &w->shown.hash);
    gavel_auth_set(call, "next_hash", &w->refresh.hash);

    return gavel_auth_sql(f, "session_rotate", 0);
}


/* A family that ended by a spent token has access tokens as well. */

static void
refresh_told(gavel_auth_work_t *w)
{
    if (w->reply.status == 410) {
        w->reply.status = 0;
        gavel_standing_changed();
    }
}


/* A browser is not left with cookies that are worth nothing. */

static ngx_int_t
refresh_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_auth_work_t  *w;

    w = auth_work(call);
    refresh_told(w);

    if (w->reply.code != GAVEL_OK && call->cookies
        && gavel_cookies_clear(f->pool, &f->outcome.cookies) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_auth_answer(f);
}


static ngx_int_t
logout_close(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t           rc;
    ngx_str_t           text;
    gavel_auth_work_t  *w;

    if (gavel_auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    text = gavel_call_str(call, "refresh");
    rc = gavel_refresh_read(f->pool, &text, &w->shown);

    if (rc == NGX_ERROR || (text.len == 0 && auth_held(call) != NGX_OK)) {
        return NGX_ERROR;
    }

    json_object_del(call->params, "refresh");

    if (rc == NGX_OK) {
        gavel_auth_set(call, "refresh_hash", &w->shown.hash);

    } else if (call->identity.user == 0
               && json_array_size(json_object_get(call->params, "held")) == 0)
    {
        return NGX_OK;                     /* there is nobody to log out */

    } else {
        json_object_del(call->params, "refresh_hash");
    }

    return gavel_auth_sql(f, "session_close", call->identity.user);
}


static ngx_int_t
logout_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t  none;

    if (auth_work(call)->reply.status == 204) {
        gavel_standing_changed();
    }

    if ((call->identity.cookie || call->cookie_refresh[0].len)
        && gavel_cookies_clear(f->pool, &f->outcome.cookies) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_null(&none);

    return gavel_flow_answer(f, 204, &none);
}


static ngx_int_t
revoke_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, call->work, "session_revoke");
}


static ngx_int_t
revoke_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_reply_t  *reply;

    reply = call->work;

    if (reply->code == GAVEL_OK) {
        gavel_standing_changed();
    }

    return gavel_flow_reply(f, reply);
}


static ngx_int_t
jwks_answer(gavel_flow_t *f)
{
    return gavel_flow_answer(f, 200, gavel_auth_jwks());
}
