/*
 * password_flow: what takes a password that is known: logging in, and
 * changing it.
 */

#include "api/auth.h"
#include "api/auth_work.h"
#include "auth/standing.h"
#include "command/params.h"
#include "task/task.h"


static ngx_int_t login_find(gavel_flow_t *f);
static ngx_int_t login_match(gavel_flow_t *f);
static ngx_int_t login_open(gavel_flow_t *f);
static ngx_int_t change_find(gavel_flow_t *f);
static ngx_int_t change_match(gavel_flow_t *f);
static ngx_int_t change_hash(gavel_flow_t *f);
static ngx_int_t change_store(gavel_flow_t *f);
static ngx_int_t change_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_login_steps[] = {
    login_find,             /* by user name, e-mail or phone */
    login_match,            /* nobody's password costs the same time */
    login_open,             /* a new family of refresh tokens */
    gavel_auth_answer,
    NULL
};

const gavel_step_pt  gavel_change_password_steps[] = {
    change_find,
    change_match,
    change_hash,
    change_store,           /* ends all other sessions */
    change_answer,
    NULL
};


static ngx_int_t
login_find(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    u_char              buf[32];
    ngx_str_t           identifier, phone, password;
    gavel_auth_work_t  *w;

    if (gavel_auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    password = gavel_call_str(call, "password");
    gavel_password_set(&w->password, &password, NULL);
    json_object_del(call->params, "password");

    identifier = gavel_call_str(call, "identifier");

    if (gavel_phone_normal(&identifier, buf, &phone) == NGX_OK) {
        gavel_auth_set(call, "phone", &phone);
    }

    return gavel_auth_sql(f, "account_login", 0);
}


static ngx_int_t
login_match(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (gavel_auth_user(w, f->pool) != NGX_OK) {
        return NGX_ERROR;
    }

    if (w->hash.len == GAVEL_BCRYPT_LEN) {
        ngx_memcpy(w->password.hash, w->hash.data, GAVEL_BCRYPT_LEN);
    }

    return gavel_flow_task(f, gavel_password_match, &w->password,
                           sizeof(gavel_password_t));
}


static ngx_int_t
login_open(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           fresh;
    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (w->user == 0 || !w->password.ok) {
        return gavel_flow_refuse(f, GAVEL_credentials);
    }

    if (w->password.fresh[0] != '\0') {
        fresh.data = (u_char *) w->password.fresh;
        fresh.len = GAVEL_BCRYPT_LEN;
        gavel_auth_set(call, "password_hash", &fresh);
        gavel_auth_set(call, "old_hash", &w->hash);
    }

    return gavel_auth_sql(f, "session_open", w->user);
}


static ngx_int_t
change_find(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (gavel_auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_sql(f, &auth_work(call)->reply, "account_hash",
                          call->identity.user, &call->params_text,
                          GAVEL_PG_READ);
}


static ngx_int_t
change_match(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           password;
    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    if (gavel_auth_user(w, f->pool) != NGX_OK) {
        return NGX_ERROR;
    }

    password = gavel_call_str(call, "current");
    gavel_password_set(&w->password, &password, &w->hash);

    return gavel_flow_task(f, gavel_password_match, &w->password,
                           sizeof(gavel_password_t));
}


static ngx_int_t
change_hash(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           password;
    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (!w->password.ok) {
        return gavel_flow_refuse(f, GAVEL_credentials);
    }

    password = gavel_call_str(call, "new");
    gavel_password_set(&w->password, &password, NULL);

    return gavel_flow_task(f, gavel_password_hash, &w->password,
                           sizeof(gavel_password_t));
}


static ngx_int_t
change_store(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           hash;
    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (!w->password.ok) {
        return NGX_ERROR;
    }

    json_object_del(call->params, "current");
    json_object_del(call->params, "new");

    hash.data = (u_char *) w->password.hash;
    hash.len = GAVEL_BCRYPT_LEN;
    gavel_auth_set(call, "password_hash", &hash);

    return gavel_auth_sql(f, "account_password", call->identity.user);
}


static ngx_int_t
change_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (auth_work(call)->reply.code == GAVEL_OK) {
        gavel_standing_changed();
    }

    return gavel_flow_reply(f, &auth_work(call)->reply);
}
