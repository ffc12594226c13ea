/*
 * conf: directive values that may come from the environment.
 */

#include "modules/conf.h"


typedef char *(*gavel_conf_set_pt)(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_int_t gavel_conf_keep_env(ngx_conf_t *cf, ngx_str_t *name);


ngx_int_t
gavel_conf_env(ngx_conf_t *cf, ngx_str_t *value)
{
    char       *text;
    ngx_str_t   name;

    if (value->len <= 4 || ngx_strncmp(value->data, "env:", 4) != 0) {
        return NGX_OK;
    }

    name.len = value->len - 4;
    name.data = ngx_pnalloc(cf->cycle->pool, name.len + 1);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    ngx_cpystrn(name.data, value->data + 4, name.len + 1);

    if (gavel_conf_keep_env(cf, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    text = getenv((char *) name.data);
    if (text == NULL) {
        text = "";
    }

    value->len = ngx_strlen(text);
    value->data = ngx_pnalloc(cf->cycle->pool, value->len + 1);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    ngx_cpystrn(value->data, (u_char *) text, value->len + 1);

    return NGX_OK;
}


/* what the `env` directive does: else a binary upgrade loses the variable */

static ngx_int_t
gavel_conf_keep_env(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_str_t        *var;
    ngx_uint_t        i;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cf->cycle->conf_ctx,
                                           ngx_core_module);
    var = ccf->env.elts;

    for (i = 0; i < ccf->env.nelts; i++) {
        if (var[i].len >= name->len
            && ngx_strncmp(var[i].data, name->data, name->len) == 0
            && (var[i].len == name->len || var[i].data[name->len] == '='))
        {
            return NGX_OK;
        }
    }

    var = ngx_array_push(&ccf->env);
    if (var == NULL) {
        return NGX_ERROR;
    }

    *var = *name;

    return NGX_OK;
}


ngx_int_t
gavel_conf_named(const ngx_str_t *arg, const char *name, ngx_str_t *value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (arg->len <= len
        || ngx_strncmp(arg->data, name, len) != 0
        || arg->data[len] != '=')
    {
        return NGX_DECLINED;
    }

    value->len = arg->len - len - 1;
    value->data = arg->data + len + 1;

    return NGX_OK;
}


char *
gavel_conf_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t          *value;
    ngx_uint_t          i;
    ngx_command_t       slot;
    gavel_conf_set_pt   set;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (gavel_conf_env(cf, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        if (value[i].len == 0) {
            return NGX_CONF_OK;
        }
    }

    slot = *cmd;
    slot.post = NULL;
    set = (gavel_conf_set_pt) cmd->post;

    return set(cf, &slot, conf);
}
