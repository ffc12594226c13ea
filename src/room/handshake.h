/*
 * handshake: what WebSocket and SSE ask of a request before they begin.
 */

#ifndef GAVEL_HANDSHAKE_H
#define GAVEL_HANDSHAKE_H

#include "room/session.h"

/* The header of this name in lower case, or NULL. */
ngx_str_t *gavel_header(ngx_http_request_t *r, const char *name);

/* All lines of a header that is a list, as one; NULL also without memory. */
ngx_str_t *gavel_header_list(ngx_http_request_t *r, const char *name);

/*
 * Who asks, and may he from there?  GAVEL_OK and *id (user 0: a guest; a
 * token in a cookie that is not valid any more makes one, too), origin_denied,
 * rate_limited; invalid_token, token_expired or account_blocked of a token
 * that was shown on purpose.  *protocol: the subprotocol "gavel" was offered.
 */
gavel_code_t gavel_handshake_identity(ngx_http_request_t *r,
    gavel_identity_t *id, ngx_uint_t *protocol);

/* Lets a page of another origin read the answer, if it is one of ours. */
ngx_int_t gavel_handshake_cors(ngx_http_request_t *r);

/* Whose token is it, and may he come?  GAVEL_OK, invalid_token, token_expired
 * or account_blocked. */
gavel_code_t gavel_handshake_verify(const ngx_str_t *token,
    gavel_identity_t *id);

/* Closes who showed such a token: a socket by a code, a stream behind an
 * error. */
void gavel_handshake_doom(gavel_session_t *s, gavel_code_t code);

/* Sends an error as problem+json and returns what finalizes the request;
 * status 0: the code's own. */
ngx_int_t gavel_handshake_refuse(ngx_http_request_t *r, gavel_code_t code,
    ngx_uint_t status);

/* The id behind /name/ in the path; 0: there is none. */
uint64_t gavel_path_id(ngx_http_request_t *r, const char *name);

ngx_int_t gavel_header_add(ngx_http_request_t *r, const char *name,
    const ngx_str_t *value);

#endif
