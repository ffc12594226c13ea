/*
 * api: the commands over HTTP.
 *
 * A router finds the row of a request, a request becomes a call, and the
 * outcome of the call becomes a reply.  What a command does is in the rows
 * and flows of one file per resource.
 */

#ifndef GAVEL_API_H
#define GAVEL_API_H

#include "core/core.h"
#include <ngx_http.h>

/* A larger body is answered 413. */
#define GAVEL_API_BODY_MAX  (1024 * 1024)

/* The module of the locations; it indexes the requests' contexts. */
extern ngx_module_t  ngx_http_gavel_module;

/* What a configuration makes of the rows. */
typedef struct {
    struct gavel_routes_s  *routes;
    ngx_array_t            *cors_origins;    /* of ngx_str_t, or NULL */
    ngx_str_t               openapi, openapi_etag;
} gavel_api_t;

/* The one that is being made, in the master.  A reload that fails has made
 * one, too, so each worker sets it to that of its cycle. */
extern gavel_api_t  *gavel_api;

/* Registers all rows, builds the router and the document of the API.
 * cors_origins: "*" allows all without credentials.  Run once in
 * postconfiguration; all memory is cf->pool's. */
ngx_int_t gavel_api_init(ngx_conf_t *cf, gavel_api_t *api,
    ngx_array_t *cors_origins);

/* The content handler of a location.  A body that says that it is larger than
 * client_max_body_size is refused by nginx before it comes here. */
ngx_int_t gavel_api_handler(ngx_http_request_t *r);

#endif
