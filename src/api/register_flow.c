/*
 * register_flow: a new account and its first session.
 */

#include "api/auth.h"
#include "api/auth_work.h"
#include "task/task.h"


static ngx_int_t register_hash(gavel_flow_t *f);
static ngx_uint_t register_named(gavel_call_t *call);
static ngx_uint_t username_invisible(const u_char *p, size_t len);
static ngx_uint_t username_valid(const ngx_str_t *name);
static ngx_int_t register_refuse(gavel_flow_t *f, const char *name,
    const char *en, const char *ko);
static ngx_int_t register_store(gavel_flow_t *f);


const gavel_step_pt  gavel_register_steps[] = {
    register_hash,          /* bcrypt in the thread pool */
    register_store,         /* the account and its first session */
    gavel_auth_answer,
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

    if (gavel_auth_begin(call) != NGX_OK) {
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


/* Names that look alike are somebody else's: U+0080 to U+00A0, U+00AD,
 * U+2000 to U+200F, U+2028 to U+202F, U+205F to U+206F, U+3164, U+FEFF. */

static ngx_uint_t
username_invisible(const u_char *p, size_t len)
{
    if (p[0] == 0xc2 && len >= 2) {
        return p[1] <= 0xa0 || p[1] == 0xad;
    }

    if (len < 3) {
        return 0;
    }

    if (p[0] == 0xe2 && p[1] == 0x80) {
        return p[2] <= 0x8f || (p[2] >= 0xa8 && p[2] <= 0xaf);
    }

    return (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0x9f && p[2] <= 0xaf)
           || ngx_memcmp(p, "\xe3\x85\xa4", 3) == 0
           || ngx_memcmp(p, "\xef\xbb\xbf", 3) == 0;
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

        if (c >= 0x80 && username_invisible(name->data + i, name->len - i)) {
            return 0;
        }

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
    gavel_auth_set(call, "password_hash", &hash);

    return gavel_auth_sql(f, "account_register", 0);
}
