/*
 * router: which row a method and a path mean.
 */

#ifndef GAVEL_ROUTER_H
#define GAVEL_ROUTER_H

#include "command/command.h"

#define GAVEL_ROUTE_CAPTURES  4

typedef struct {
    const gavel_command_t  *command;
    const char             *path;        /* the pattern: names of captures */
    const char             *defaults;    /* JSON of an alias, or NULL */
} gavel_route_t;

typedef struct {
    const gavel_route_t    *route;       /* NULL: none for this method */
    ngx_uint_t              allow;       /* methods of this path; 0: unknown */
    ngx_uint_t              ncaptures;
    ngx_str_t               captures[GAVEL_ROUTE_CAPTURES];
} gavel_match_t;

/* At configuration, after all rows are registered; then the aliases. */
ngx_int_t gavel_router_create(ngx_conf_t *cf);
ngx_int_t gavel_router_alias(ngx_conf_t *cf, const gavel_alias_t *aliases);

/* HEAD is GET.  The captures point into uri. */
void gavel_router_find(ngx_uint_t method, const ngx_str_t *uri,
    gavel_match_t *m);

/* Calls f for each route, in the order of their registration. */
void gavel_router_each(void (*f)(ngx_uint_t method, const gavel_route_t *route,
    void *data), void *data);

/* The name of the n-th capture of a pattern. */
ngx_str_t gavel_route_name(const gavel_route_t *route, ngx_uint_t n);

#endif
