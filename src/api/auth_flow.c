/*
 * auth_flow: registering, logging in, staying in and logging out, told as
 * flows.
 *
 * They live with their rows because their data is the call; what is worth
 * being careful about (passwords, tokens, cookies) is the auth room's.
 */

#include "api/auth.h"
#include "command/params.h"
#include "pg/pg.h"
#include "task/task.h"

#define GAVEL_REFRESH_GRACE  10      /* s */


typedef struct {
    gavel_refresh_t     refresh;     /* what the client will hold */
    gavel_refresh_t     shown;       /* what it showed */
    gavel_password_t    password;
    gavel_reply_t       reply;
    uint64_t            user;
    ngx_str_t           hash;        /* the user's, as stored */
} gavel_auth_work_t;

#define auth_work(call)  ((gavel_auth_work_t *) (call)->work)


static ngx_int_t register_hash(gavel_flow_t *f);
static ngx_int_t register_store(gavel_flow_t *f);
static ngx_int_t login_find(gavel_flow_t *f);
static ngx_int_t login_match(gavel_flow_t *f);
static ngx_int_t login_open(gavel_flow_t *f);
static ngx_int_t refresh_rotate(gavel_flow_t *f);
static ngx_int_t refresh_answer(gavel_flow_t *f);
static ngx_int_t logout_close(gavel_flow_t *f);
static ngx_int_t logout_answer(gavel_flow_t *f);
static ngx_int_t change_find(gavel_flow_t *f);
static ngx_int_t change_match(gavel_flow_t *f);
static ngx_int_t change_hash(gavel_flow_t *f);
static ngx_int_t change_store(gavel_flow_t *f);
static ngx_int_t change_answer(gavel_flow_t *f);
static ngx_int_t session_answer(gavel_flow_t *f);
static ngx_int_t jwks_answer(gavel_flow_t *f);

static ngx_int_t auth_begin(gavel_call_t *call);
static ngx_int_t auth_sql(gavel_flow_t *f, const char *function,
    uint64_t actor);
static void auth_set(gavel_call_t *call, const char *name,
    const ngx_str_t *value);
static ngx_uint_t auth_cookies(gavel_call_t *call);
static ngx_int_t auth_tell(gavel_flow_t *f, json_t *session);
static ngx_int_t auth_user(gavel_auth_work_t *w, ngx_pool_t *pool);
static ngx_uint_t register_named(gavel_call_t *call);
static ngx_uint_t username_valid(const ngx_str_t *name);
static ngx_int_t register_refuse(gavel_flow_t *f, const char *name,
    const char *en, const char *ko);


const gavel_step_pt  gavel_register_steps[] = {
    register_hash,          /* bcrypt in the thread pool */
    register_store,         /* the account and its first session */
    session_answer,
    NULL
};

const gavel_step_pt  gavel_login_steps[] = {
    login_find,             /* by user name, e-mail or phone */
    login_match,            /* nobody's password costs the same time */
    login_open,             /* a new family of refresh tokens */
    session_answer,
    NULL
};

const gavel_step_pt  gavel_refresh_steps[] = {
    refresh_rotate,
    refresh_answer,
    NULL
};

const gavel_step_pt  gavel_logout_steps[] = {
    logout_close,
    logout_answer,
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

const gavel_step_pt  gavel_jwks_steps[] = {
    jwks_answer,
    NULL
};


static ngx_int_t
register_hash(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           name, password;
    gavel_auth_work_t  *w;

    if (!register_named(call)) {
        return register_refuse(f, "identifier",
                               "a username, email or phone is required",
                               "아이디, 이메일, 전화번호 중 하나가 필요합니다");
    }

    name = gavel_call_str(call, "username");

    if (name.len && !username_valid(&name)) {
        return register_refuse(f, "username",
                               "may have letters, digits, '_', '.' and '-', "
                               "and one letter at least",
                               "문자, 숫자, '_', '.', '-'만 쓸 수 있고 문자가 "
                               "하나 이상 있어야 합니다");
    }

    if (auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    password = gavel_call_str(call, "password");
    gavel_password_set(&w->password, &password, NULL);
    json_object_del(call->params, "password");

    return gavel_flow_task(f, gavel_password_hash, &w->password,
                           sizeof(gavel_password_t));
}


static ngx_uint_t
register_named(gavel_call_t *call)
{
    return gavel_call_str(call, "username").len
           || gavel_call_str(call, "email").len
           || gavel_call_str(call, "phone").len;
}


/* Never to be taken for an e-mail address or a phone number. */

static ngx_uint_t
username_valid(const ngx_str_t *name)
{
    u_char      c;
    size_t      i;
    ngx_uint_t  letters;

    letters = 0;

    for (i = 0; i < name->len; i++) {
        c = name->data[i];

        if (((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c >= 0x80) {
            letters++;

        } else if ((c < '0' || c > '9') && c != '_' && c != '.' && c != '-') {
            return 0;
        }
    }

    return letters > 0;
}


static ngx_int_t
register_refuse(gavel_flow_t *f, const char *name, const char *en,
    const char *ko)
{
    gavel_call_t  *call = f->data;

    gavel_json_t  j;

    gavel_json_init(&j, f->pool, 256);
    gavel_json_open(&j, NULL, '{');
    gavel_json_cstr(&j, name,
                    (call->locale.len == 2 && call->locale.data[0] == 'k')
                    ? ko : en);
    gavel_json_close(&j, '}');

    f->outcome.errors = gavel_json_text(&j);

    return gavel_flow_refuse(f, GAVEL_invalid_params);
}


static ngx_int_t
register_store(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t           hash;
    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (!w->password.ok) {
        return NGX_ERROR;
    }

    hash.data = (u_char *) w->password.hash;
    hash.len = GAVEL_BCRYPT_LEN;
    auth_set(call, "password_hash", &hash);

    return auth_sql(f, "account_register", 0);
}


static ngx_int_t
login_find(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    u_char              buf[32];
    ngx_str_t           identifier, phone, password;
    gavel_auth_work_t  *w;

    if (auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    password = gavel_call_str(call, "password");
    gavel_password_set(&w->password, &password, NULL);
    json_object_del(call->params, "password");

    identifier = gavel_call_str(call, "identifier");

    if (gavel_phone_normal(&identifier, buf, &phone) == NGX_OK) {
        auth_set(call, "phone", &phone);
    }

    return auth_sql(f, "account_login", 0);
}


static ngx_int_t
login_match(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (auth_user(w, f->pool) != NGX_OK) {
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
        auth_set(call, "password_hash", &fresh);
        auth_set(call, "old_hash", &w->hash);
    }

    return auth_sql(f, "session_open", w->user);
}


static ngx_int_t
refresh_rotate(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t           rc;
    ngx_str_t           text;
    gavel_auth_work_t  *w;

    if (auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    text = gavel_call_str(call, "refresh");
    call->cookies = (text.len == 0);       /* it goes as it came */

    if (call->cookies) {
        text = call->cookie_refresh;
    }

    rc = gavel_refresh_read(f->pool, &text, &w->shown);

    if (rc == NGX_DECLINED) {
        return gavel_flow_refuse(f, text.len ? GAVEL_invalid_token
                                             : GAVEL_not_authenticated);
    }

    if (rc != NGX_OK
        || gavel_refresh_next(f->pool, &w->shown, &w->refresh) != NGX_OK)
    {
        return NGX_ERROR;
    }

    json_object_del(call->params, "refresh");
    auth_set(call, "refresh_hash", &w->shown.hash);
    auth_set(call, "next_hash", &w->refresh.hash);
    json_object_set_new(call->params, "grace",
                        json_integer(GAVEL_REFRESH_GRACE));

    return auth_sql(f, "session_rotate", 0);
}


/* A browser is not left with cookies that are worth nothing. */

static ngx_int_t
refresh_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_auth_work_t  *w;

    w = auth_work(call);

    if (w->reply.code != GAVEL_OK && call->cookies
        && gavel_cookies_clear(f->pool, &f->outcome.cookies) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return session_answer(f);
}


static ngx_int_t
logout_close(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t           rc;
    ngx_str_t           text;
    gavel_auth_work_t  *w;

    if (auth_begin(call) != NGX_OK) {
        return NGX_ERROR;
    }

    w = auth_work(call);
    text = gavel_call_str(call, "refresh");

    if (text.len == 0) {
        text = call->cookie_refresh;
    }

    rc = gavel_refresh_read(f->pool, &text, &w->shown);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    json_object_del(call->params, "refresh");

    if (rc == NGX_OK) {
        auth_set(call, "refresh_hash", &w->shown.hash);

    } else if (call->identity.user == 0) {
        return NGX_OK;                     /* there is nobody to log out */

    } else {
        json_object_del(call->params, "refresh_hash");
    }

    return auth_sql(f, "session_close", call->identity.user);
}


static ngx_int_t
logout_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t  none;

    if ((call->identity.cookie || call->cookie_refresh.len)
        && gavel_cookies_clear(f->pool, &f->outcome.cookies) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_str_null(&none);

    return gavel_flow_answer(f, 204, &none);
}


static ngx_int_t
change_find(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (auth_begin(call) != NGX_OK) {
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

    if (auth_user(w, f->pool) != NGX_OK) {
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
    auth_set(call, "password_hash", &hash);

    return auth_sql(f, "account_password", call->identity.user);
}


static ngx_int_t
change_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    return gavel_flow_reply(f, &auth_work(call)->reply);
}


/* The last step of all that give tokens. */

static ngx_int_t
session_answer(gavel_flow_t *f)
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


static ngx_int_t
jwks_answer(gavel_flow_t *f)
{
    return gavel_flow_answer(f, 200, gavel_auth_jwks());
}


static ngx_uint_t
auth_cookies(gavel_call_t *call)
{
    return gavel_call_int(call, "cookies", call->cookies) == 1;
}


/* What every flow here starts with; the new token is of no use to some. */

static ngx_int_t
auth_begin(gavel_call_t *call)
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

    auth_set(call, "refresh_hash", &w->refresh.hash);
    auth_set(call, "device", &call->device);
    json_object_set_new(call->params, "lifetime",
                        json_integer(gavel_refresh_lifetime()));

    return NGX_OK;
}


static void
auth_set(gavel_call_t *call, const char *name, const ngx_str_t *value)
{
    json_object_set_new(call->params, name,
                        json_stringn((char *) value->data, value->len));
}


static ngx_int_t
auth_sql(gavel_flow_t *f, const char *function, uint64_t actor)
{
    gavel_call_t  *call = f->data;

    if (gavel_params_write(call) != GAVEL_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_sql(f, &auth_work(call)->reply, function, actor,
                          &call->params_text, GAVEL_PG_READ);
}


/* Reads {"id":..,"hash":..}; nobody is user 0. */

static ngx_int_t
auth_user(gavel_auth_work_t *w, ngx_pool_t *pool)
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
