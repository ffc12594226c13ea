/*
 * request: what an HTTP request says besides its path.
 */

#ifndef GAVEL_REQUEST_H
#define GAVEL_REQUEST_H

#include "api/router.h"
#include <ngx_http.h>

/* Who asks, from where, in which language, with which keys: fills the call
 * (its command may be NULL).  A bearer token that is no good is an error but
 * for commands that open a session; a cookie that is no good is no cookie. */
gavel_code_t gavel_request_caller(ngx_http_request_t *r, gavel_call_t *call);

/* Everything that came as parameters: query, body, an alias's own values and
 * the path, the later winning.  body may be empty.  Secrets are refused in a
 * query.  The caller json_decref()s *raw, also of a refusal. */
gavel_code_t gavel_request_params(ngx_http_request_t *r,
    const gavel_match_t *match, const ngx_str_t *body, json_t **raw);

/* The call of a request of ours. */
gavel_call_t *gavel_request_call(ngx_http_request_t *r);

#endif
