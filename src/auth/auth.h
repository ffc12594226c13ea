/*
 * auth: who somebody is: passwords, tokens, sessions.
 *
 * Access tokens are RS256 JWTs of 15 minutes, verified here without asking
 * anybody; refresh tokens are opaque, rotated, and kept as hashes.
 */

#ifndef GAVEL_AUTH_H
#define GAVEL_AUTH_H

#include "core/core.h"
#include "core/flow.h"

#define GAVEL_ROLE_MEMBER   1
#define GAVEL_ROLE_SELLER   2
#define GAVEL_ROLE_ADMIN    4
#define GAVEL_ROLE_SUPPORT  8

typedef struct {
    uint64_t      user;             /* 0: a guest */
    ngx_uint_t    roles;            /* GAVEL_ROLE_* */
    uint64_t      session;          /* refresh family */
    time_t        expires;          /* of the token, UTC seconds */
    unsigned      cookie:1;         /* came by cookie: CSRF applies */
} gavel_identity_t;

typedef struct {
    ngx_str_t     keys;             /* folder: KID.pem private keys, secret */
    ngx_str_t     issuer;
    time_t        access_lifetime;  /* s */
    time_t        refresh_lifetime;
    ngx_uint_t    bcrypt_cost;      /* 4 to 15 */
    unsigned      cookie_secure:1;
} gavel_auth_conf_t;

/* Reads the keys: in the master at start and reload, so the folder needs not
 * be readable by workers.  The newest key (by name) signs; all verify. */
ngx_int_t gavel_auth_init(ngx_conf_t *cf, const gavel_auth_conf_t *conf);

/*
 * A bearer token to an identity.  GAVEL_OK, invalid_token or token_expired.
 * Verified tokens are remembered in a small per-worker cache.
 */
gavel_code_t gavel_token_verify(const ngx_str_t *token, gavel_identity_t *id);

/* {"keys":[...]} for /.well-known/jwks.json; lives as long as the cycle. */
const ngx_str_t *gavel_auth_jwks(void);

/* CSRF: a token bound to the session, for cookie mode (header X-CSRF-Token,
 * readable cookie gavel_csrf). */
ngx_uint_t gavel_csrf_valid(const gavel_identity_t *id,
    const ngx_str_t *token);

#define GAVEL_COOKIE_ACCESS   "gavel_access"
#define GAVEL_COOKIE_REFRESH  "gavel_refresh"
#define GAVEL_COOKIE_CSRF     "gavel_csrf"

/*
 * Flows of the auth commands; their data is the gavel_call_t of the command
 * room (f->data), so the steps are declared here and rows name them.
 */
extern const gavel_step_pt  gavel_register_steps[];
extern const gavel_step_pt  gavel_login_steps[];
extern const gavel_step_pt  gavel_refresh_steps[];
extern const gavel_step_pt  gavel_logout_steps[];
extern const gavel_step_pt  gavel_change_password_steps[];

#endif
