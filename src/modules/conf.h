/*
 * conf: reading directive values that may come from the environment.
 */

#ifndef GAVEL_CONF_H
#define GAVEL_CONF_H

#include "core/core.h"

/*
 * Replaces "env:NAME" in *value by the variable's text (copied to the cycle's
 * pool) and makes nginx pass NAME on to its workers and to the next binary
 * (PROTOCOL 29).  A variable that is not set gives an empty string.
 * NGX_ERROR: no memory.
 */
ngx_int_t gavel_conf_env(ngx_conf_t *cf, ngx_str_t *value);

/* Splits "name=value": NGX_OK and *value if arg has this name, else
 * NGX_DECLINED. */
ngx_int_t gavel_conf_named(const ngx_str_t *arg, const char *name,
    ngx_str_t *value);

/* A directive's setter around nginx's slot in cmd->post: values may be
 * env:NAME, and an empty variable leaves the default. */
char *gavel_conf_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#endif
