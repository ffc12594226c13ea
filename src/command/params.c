/*
 * params: what came with a call, checked against the call's row.
 *
 * All parameters are looked at, and all errors are told together.
 */

#include "command/params.h"
#include "core/times.h"
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>


static json_t *gavel_params_find(json_t *raw, const gavel_param_t *param);
static ngx_uint_t gavel_params_named(const gavel_param_t *param,
    const char *name);
static gavel_code_t gavel_params_owner(gavel_call_t *call, json_t *raw);
static void gavel_params_wrong(gavel_call_t *call, json_t *errors,
    const gavel_param_t *param, gavel_wrong_t wrong);
static gavel_code_t gavel_params_refuse(gavel_call_t *call, json_t *errors,
    gavel_code_t code);
static void gavel_params_origin(const gavel_call_t *call, json_t *all);
static gavel_code_t gavel_params_dump(gavel_call_t *call, json_t *value,
    ngx_str_t *text);
static void gavel_params_free(void *data);


/* Members by which clients of older protocols say who they are. */

static const char  *gavel_owner_names[] = {
    "userId", "user_id", "bidderId", "bidder_id", NULL
};


gavel_code_t
gavel_params_check(gavel_call_t *call, json_t *raw)
{
    json_t               *value, *errors;
    gavel_code_t          code;
    gavel_wrong_t         wrong;
    ngx_pool_cleanup_t   *cln;
    const gavel_param_t  *param;

    call->params = json_object();
    errors = json_object();
    cln = ngx_pool_cleanup_add(call->flow.pool, 0);

    if (call->params == NULL || errors == NULL || cln == NULL) {
        json_decref(call->params);
        json_decref(errors);
        call->params = NULL;
        return GAVEL_internal;
    }

    cln->handler = gavel_params_free;
    cln->data = call->params;
    code = GAVEL_OK;

    for (param = call->command->params;
         param != NULL && param->name != NULL;
         param++)
    {
        wrong = GAVEL_WRONG_MISSING;
        value = gavel_params_find(raw, param);

        if (value == NULL || json_is_null(value)) {

            if (!(param->flags & GAVEL_REQUIRED)) {
                if (value != NULL) {
                    json_object_set(call->params, param->name, value);
                }

                continue;
            }

            value = NULL;

        } else if ((param->flags & GAVEL_IN_PATH) && json_is_string(value)) {

            /* an object by a name that it cannot have is not there */

            value = gavel_param_read(param, value, &wrong);
            if (value == NULL) {
                json_decref(errors);
                return GAVEL_not_found;
            }

        } else {
            value = gavel_param_read(param, value, &wrong);
        }

        if (value != NULL) {
            json_object_set_new(call->params, param->name, value);
            continue;
        }

        gavel_params_wrong(call, errors, param, wrong);

        code = (wrong == GAVEL_WRONG_AMOUNT
                && (code == GAVEL_OK || code == GAVEL_invalid_amount))
               ? GAVEL_invalid_amount : GAVEL_invalid_params;
    }

    json_object_del(call->params, "request_id");     /* is the call's own */

    code = gavel_params_refuse(call, errors, code);

    return (code != GAVEL_OK) ? code : gavel_params_owner(call, raw);
}


gavel_code_t
gavel_params_query(gavel_call_t *call, json_t *query)
{
    json_t               *errors;
    ngx_uint_t            places;
    gavel_code_t          code;
    const gavel_param_t  *param;

    errors = json_object();
    if (errors == NULL) {
        return GAVEL_internal;
    }

    code = GAVEL_OK;

    for (param = call->command->params;
         param != NULL && param->name != NULL;
         param++)
    {
        places = param->flags & (GAVEL_IN_QUERY|GAVEL_IN_BODY);

        if ((param->flags & GAVEL_SECRET) && places == GAVEL_IN_BODY
            && gavel_params_find(query, param) != NULL)
        {
            gavel_params_wrong(call, errors, param, GAVEL_WRONG_PLACE);
            code = GAVEL_invalid_params;
        }
    }

    return gavel_params_refuse(call, errors, code);
}


static json_t *
gavel_params_find(json_t *raw, const gavel_param_t *param)
{
    char         name[64];
    size_t       len;
    json_t      *value;
    const char  *p, *end;

    value = json_object_get(raw, param->name);

    for (p = param->alias; value == NULL && p != NULL; p = end) {
        end = strchr(p, '|');
        len = (end != NULL) ? (size_t) (end - p) : ngx_strlen(p);

        ngx_cpystrn((u_char *) name, (u_char *) p,
                    ngx_min(len + 1, sizeof(name)));
        value = json_object_get(raw, name);

        if (end != NULL) {
            end++;
        }
    }

    return value;
}


static ngx_uint_t
gavel_params_named(const gavel_param_t *param, const char *name)
{
    size_t       len;
    const char  *p;

    if (ngx_strcmp(param->name, name) == 0) {
        return 1;
    }

    len = ngx_strlen(name);

    for (p = param->alias; p != NULL; p = strchr(p, '|')) {
        p += (*p == '|');

        if (ngx_strncmp(p, name, len) == 0
            && (p[len] == '|' || p[len] == '\0'))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Who acts is in the token alone.  A client may say it again where the row
 * does not mean somebody else by it, but then it must be the same.
 */

static gavel_code_t
gavel_params_owner(gavel_call_t *call, json_t *raw)
{
    json_t               *value;
    int64_t               id;
    ngx_uint_t            i;
    const gavel_param_t  *param;

    if (call->command->who == GAVEL_BY_GUEST || !call->unsafe) {
        return GAVEL_OK;
    }

    for (i = 0; gavel_owner_names[i] != NULL; i++) {

        value = json_object_get(raw, gavel_owner_names[i]);
        if (value == NULL || json_is_null(value)) {
            continue;
        }

        for (param = call->command->params;
             param != NULL && param->name != NULL
             && !gavel_params_named(param, gavel_owner_names[i]);
             param++)
        {
            /* void */
        }

        if (param != NULL && param->name != NULL) {
            continue;
        }

        id = json_is_string(value)
             ? ngx_atoi((u_char *) json_string_value(value),
                        json_string_length(value))
             : json_integer_value(value);

        if (id != (int64_t) call->identity.user) {
            return GAVEL_not_authorized;
        }
    }

    return GAVEL_OK;
}


static void
gavel_params_wrong(gavel_call_t *call, json_t *errors,
    const gavel_param_t *param, gavel_wrong_t wrong)
{
    ngx_str_t  text;

    text = gavel_param_message(call, param, wrong);
    json_object_set_new(errors, param->name,
                        json_stringn((char *) text.data, text.len));
}


static gavel_code_t
gavel_params_refuse(gavel_call_t *call, json_t *errors, gavel_code_t code)
{
    if (code != GAVEL_OK
        && gavel_params_dump(call, errors, &call->flow.outcome.errors)
           != GAVEL_OK)
    {
        code = GAVEL_internal;
    }

    json_decref(errors);

    return code;
}


gavel_code_t
gavel_params_digest(gavel_call_t *call)
{
    SHA256_CTX    sha;
    ngx_str_t     text;
    gavel_code_t  code;

    code = gavel_params_dump(call, call->params, &text);
    if (code != GAVEL_OK) {
        return code;
    }

    SHA256_Init(&sha);
    SHA256_Update(&sha, call->command->name,
                  ngx_strlen(call->command->name) + 1);
    SHA256_Update(&sha, text.data, text.len);
    SHA256_Final(call->body_hash, &sha);

    return GAVEL_OK;
}


/* Where a call comes from: with it no two clients ask the same. */

static void
gavel_params_origin(const gavel_call_t *call, json_t *all)
{
    json_object_set_new(all, "_ip", json_stringn((char *) call->address.data,
                                                 call->address.len));
    json_object_set_new(all, "_session", json_integer(call->identity.session));

    if (call->request_id.len) {
        json_object_set_new(all, "_request_id",
                            json_stringn((char *) call->request_id.data,
                                         call->request_id.len));
    }
}


/* Names with an underscore in front are never a client's: rows have none. */

gavel_code_t
gavel_params_write(gavel_call_t *call)
{
    json_t        *all;
    gavel_code_t   code;

    all = json_copy(call->params);
    if (all == NULL) {
        return GAVEL_internal;
    }

    json_object_set_new(all, "_roles", json_integer(call->identity.roles));
    json_object_set_new(all, "_locale", json_stringn(
                                            (char *) call->locale.data,
                                            call->locale.len));

    if (!(call->command->flags & GAVEL_CMD_HOT)) {
        gavel_params_origin(call, all);
    }

    code = gavel_params_dump(call, all, &call->params_text);
    json_decref(all);

    return code;
}


static gavel_code_t
gavel_params_dump(gavel_call_t *call, json_t *value, ngx_str_t *text)
{
    size_t  len;

    text->data = ngx_pnalloc(call->flow.pool, 512);
    if (text->data == NULL) {
        return GAVEL_internal;
    }

    len = json_dumpb(value, (char *) text->data, 512,
                     JSON_COMPACT|JSON_SORT_KEYS);

    if (len > 512) {
        text->data = ngx_pnalloc(call->flow.pool, len);
        if (text->data == NULL) {
            return GAVEL_internal;
        }

        len = json_dumpb(value, (char *) text->data, len,
                         JSON_COMPACT|JSON_SORT_KEYS);
    }

    text->len = len;

    return len ? GAVEL_OK : GAVEL_internal;
}


static void
gavel_params_free(void *data)
{
    json_decref(data);
}


int64_t
gavel_call_int(gavel_call_t *call, const char *name, int64_t none)
{
    json_t   *value;
    int64_t   ms;

    value = json_object_get(call->params, name);

    if (json_is_integer(value)) {
        return json_integer_value(value);
    }

    if (json_is_boolean(value)) {
        return json_is_true(value);
    }

    if (json_is_string(value)) {
        ms = gavel_iso_parse((u_char *) json_string_value(value),
                             json_string_length(value));
        return (ms >= 0) ? ms : none;
    }

    return none;
}


ngx_str_t
gavel_call_str(gavel_call_t *call, const char *name)
{
    json_t     *value;
    ngx_str_t   text;

    value = json_object_get(call->params, name);

    text.data = (u_char *) json_string_value(value);
    text.len = json_string_length(value);

    return text;
}


ngx_uint_t
gavel_call_has(gavel_call_t *call, const char *name)
{
    return json_object_get(call->params, name) != NULL;
}
