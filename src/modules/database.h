/*
 * database: the directives that say where PostgreSQL and Redis are.
 */

#ifndef GAVEL_DATABASE_H
#define GAVEL_DATABASE_H

#include "core/core.h"

/* Setters; conf + cmd->offset is a gavel_pg_conf_t or gavel_redis_conf_t. */
char *gavel_conf_database(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *gavel_conf_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#endif
