/*
 * reply: an outcome becomes an HTTP response.
 */

#ifndef GAVEL_REPLY_H
#define GAVEL_REPLY_H

#include "command/command.h"
#include <ngx_http.h>

/* Sends the call's outcome.  call->command may be NULL when no row was found;
 * allow: methods for a 405.  Returns what the request is finalized with. */
ngx_int_t gavel_reply(ngx_http_request_t *r, gavel_call_t *call,
    ngx_uint_t allow);

/* More of a body whose outcome said so; part and pool stay until it is sent.
 * Returns what ngx_http_output_filter does. */
ngx_int_t gavel_reply_part(ngx_http_request_t *r, ngx_pool_t *pool,
    const ngx_str_t *part, ngx_uint_t last);

/* Answers OPTIONS. */
ngx_int_t gavel_reply_preflight(ngx_http_request_t *r, ngx_uint_t allow);

/* A request header that nginx has no field for; empty if it is not there. */
ngx_str_t gavel_request_header(ngx_http_request_t *r, const char *name);

#endif
