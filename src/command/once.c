/*
 * once: a SQL function whose answer is kept under the call's request id.
 *
 * The function and its kept answer are one transaction, gavel.once().  A
 * refusal is not kept.
 */

#include "command/once.h"
#include "command/params.h"


static ngx_int_t gavel_once_key(gavel_call_t *call, const char *part,
    ngx_str_t *key);


ngx_int_t
gavel_flow_once(gavel_flow_t *f, gavel_reply_t *reply, const char *function,
    const char *part)
{
    gavel_call_t  *call = f->data;

    u_char         hex[64];
    ngx_str_t      key, hash, text;
    gavel_code_t   code;
    gavel_json_t   j;

    code = gavel_params_write(call);

    if (code == GAVEL_OK) {
        code = gavel_params_digest(call);
    }

    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    if (call->request_id.len == 0 || call->identity.user == 0) {
        return gavel_flow_sql(f, reply, function, call->identity.user,
                              &call->params_text, GAVEL_PG_READ);
    }

    if (gavel_once_key(call, part, &key) != NGX_OK) {
        return NGX_ERROR;
    }

    hash.data = hex;
    hash.len = ngx_hex_dump(hex, call->body_hash, 32) - hex;

    gavel_json_init(&j, f->pool, call->params_text.len + 256);
    gavel_json_open(&j, NULL, '{');
    gavel_json_cstr(&j, "function", function);
    gavel_json_str(&j, "key", &key);
    gavel_json_str(&j, "body_hash", &hash);
    gavel_json_raw(&j, "params", &call->params_text);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);

    return gavel_flow_sql(f, reply, "once", call->identity.user, &text,
                          GAVEL_PG_READ);
}


/* A request id has no spaces: "ID PART" is nobody else's. */

static ngx_int_t
gavel_once_key(gavel_call_t *call, const char *part, ngx_str_t *key)
{
    if (part == NULL) {
        *key = call->request_id;
        return NGX_OK;
    }

    key->len = call->request_id.len + 1 + ngx_strlen(part);
    key->data = ngx_pnalloc(call->flow.pool, key->len);

    if (key->data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(key->data, "%V %s", &call->request_id, part);

    return NGX_OK;
}
