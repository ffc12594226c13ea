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

/*
 * The token in the value of an Authorization header; it may be empty.
 * NGX_DECLINED: the header is another scheme's, and no business of ours.
 */
ngx_int_t gavel_token_bearer(const ngx_str_t *value, ngx_str_t *token);

/* {"keys":[...]} for /.well-known/jwks.json; lives as long as the cycle. */
const ngx_str_t *gavel_auth_jwks(void);

/* A new access token; NGX_ERROR: no memory. */
ngx_int_t gavel_token_issue(ngx_pool_t *pool, uint64_t user, ngx_uint_t roles,
    uint64_t session, ngx_str_t *token);

/* Claims (JSON) as a JWS of the signing key.  typ says what it is: it is not
 * "JWT", so that it is no access token. */
ngx_int_t gavel_token_proof(ngx_pool_t *pool, const char *typ,
    const ngx_str_t *claims, ngx_str_t *jws);

/*
 * Passwords: bcrypt in the thread pool.  The functions are work of
 * gavel_flow_task() and see nothing but their gavel_password_t.  More than 72
 * bytes, which bcrypt would cut, are hashed with SHA-256 first.
 */
#define GAVEL_PASSWORD_MAX  512              /* bytes: 128 characters */
#define GAVEL_BCRYPT_LEN    60

typedef struct {
    u_char        password[GAVEL_PASSWORD_MAX];
    size_t        len;
    char          hash[GAVEL_BCRYPT_LEN + 1];
    char          fresh[GAVEL_BCRYPT_LEN + 1];   /* match: a hash of the right
                                                    cost, if it had another */
    ngx_uint_t    cost;
    ngx_uint_t    ok;
} gavel_password_t;

/* Prepares: a hash that is empty is that of nobody, and takes as long. */
void gavel_password_set(gavel_password_t *p, const ngx_str_t *password,
    const ngx_str_t *hash);
void gavel_password_hash(void *password);        /* fills hash; ok */
void gavel_password_match(void *password);       /* ok; perhaps fresh */

/*
 * Refresh tokens: 256 random bits.  The successor of a token is derived from
 * it with the secret, so that everybody who shows the same token within the
 * grace gets the same successor, and nobody has to store it.
 */
typedef struct {
    ngx_str_t     text;             /* for the client */
    ngx_str_t     hash;             /* for the database, hexadecimal */
} gavel_refresh_t;

ngx_int_t gavel_refresh_new(ngx_pool_t *pool, gavel_refresh_t *token);
ngx_int_t gavel_refresh_read(ngx_pool_t *pool, const ngx_str_t *text,
    gavel_refresh_t *token);        /* NGX_DECLINED: not a token */
ngx_int_t gavel_refresh_next(ngx_pool_t *pool, const gavel_refresh_t *token,
    gavel_refresh_t *next);

/* CSRF: a token bound to the session, for cookie mode (header X-CSRF-Token,
 * readable cookie gavel_csrf).  Valid is also what has it among others, with
 * commas between: a page cannot know which of its cookies is ours. */
ngx_int_t gavel_csrf_token(ngx_pool_t *pool, uint64_t session,
    ngx_str_t *token);
ngx_uint_t gavel_csrf_valid(const gavel_identity_t *id,
    const ngx_str_t *token);

#define GAVEL_COOKIE_ACCESS   "gavel_access"
#define GAVEL_COOKIE_REFRESH  "gavel_refresh"
#define GAVEL_COOKIE_CSRF     "gavel_csrf"

#define GAVEL_COOKIE_TRIES    4              /* cookies of one name */

/* The cookies of a name among a request's headers, as they came: how many.
 * Values point into the headers; empty ones do not count. */
ngx_uint_t gavel_cookies_read(ngx_list_t *headers, const char *name,
    ngx_str_t values[GAVEL_COOKIE_TRIES]);

/* Whose the first cookie is that has a valid token which still holds; else,
 * whose the first with a token that is valid.  0: nobody's, a guest's. */
ngx_uint_t gavel_cookie_identity(ngx_list_t *headers, gavel_identity_t *id);

/* gavel_cookie_secure: clients come by https, whatever comes here. */
ngx_uint_t gavel_cookies_secure(void);

/* Set-Cookie values of a session, added to *cookies (made if NULL); without
 * tokens the three cookies are taken back.  NGX_ERROR: no memory. */
ngx_int_t gavel_cookies_set(ngx_pool_t *pool, ngx_array_t **cookies,
    const ngx_str_t *access, const ngx_str_t *refresh, const ngx_str_t *csrf);
ngx_int_t gavel_cookies_clear(ngx_pool_t *pool, ngx_array_t **cookies);

/* Seconds that a new access or refresh token lives. */
time_t gavel_access_lifetime(void);
time_t gavel_refresh_lifetime(void);

#endif
