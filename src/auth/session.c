/*
 * session: what a client holds of its session: the refresh token, the CSRF
 * token, and the cookies that carry them.
 */

#include "auth/keys.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#define GAVEL_REFRESH_BYTES  32
#define GAVEL_REFRESH_LEN    43          /* of these in base64url */
#define GAVEL_REFRESH_PATH   "/api/v1/auth"


static ngx_int_t gavel_refresh_from(ngx_pool_t *pool,
    u_char raw[GAVEL_REFRESH_BYTES], gavel_refresh_t *token);
static ngx_int_t gavel_cookie_add(ngx_pool_t *pool, ngx_array_t **cookies,
    const char *name, const ngx_str_t *value, const char *rest, time_t age);


ngx_int_t
gavel_refresh_new(ngx_pool_t *pool, gavel_refresh_t *token)
{
    u_char  raw[GAVEL_REFRESH_BYTES];

    if (RAND_bytes(raw, GAVEL_REFRESH_BYTES) != 1) {
        return NGX_ERROR;
    }

    return gavel_refresh_from(pool, raw, token);
}


ngx_int_t
gavel_refresh_read(ngx_pool_t *pool, const ngx_str_t *text,
    gavel_refresh_t *token)
{
    u_char     raw[GAVEL_REFRESH_LEN];
    ngx_str_t  src, dst;

    src = *text;
    dst.data = raw;

    if (text->len != GAVEL_REFRESH_LEN
        || ngx_decode_base64url(&dst, &src) != NGX_OK
        || dst.len != GAVEL_REFRESH_BYTES)
    {
        return NGX_DECLINED;
    }

    return gavel_refresh_from(pool, raw, token);
}


ngx_int_t
gavel_refresh_next(ngx_pool_t *pool, const gavel_refresh_t *token,
    gavel_refresh_t *next)
{
    u_char  raw[GAVEL_REFRESH_BYTES];

    gavel_auth_mac("refresh", token->text.data, token->text.len, raw);

    return gavel_refresh_from(pool, raw, next);
}


static ngx_int_t
gavel_refresh_from(ngx_pool_t *pool, u_char raw[GAVEL_REFRESH_BYTES],
    gavel_refresh_t *token)
{
    u_char     hash[SHA256_DIGEST_LENGTH];
    ngx_str_t  src;

    token->text.data = ngx_pnalloc(pool, GAVEL_REFRESH_LEN + 1);
    token->hash.data = ngx_pnalloc(pool, 2 * SHA256_DIGEST_LENGTH);

    if (token->text.data == NULL || token->hash.data == NULL) {
        return NGX_ERROR;
    }

    src.data = raw;
    src.len = GAVEL_REFRESH_BYTES;
    ngx_encode_base64url(&token->text, &src);

    SHA256(raw, GAVEL_REFRESH_BYTES, hash);
    token->hash.len = ngx_hex_dump(token->hash.data, hash, sizeof(hash))
                      - token->hash.data;

    return NGX_OK;
}


ngx_int_t
gavel_csrf_token(ngx_pool_t *pool, uint64_t session, ngx_str_t *token)
{
    u_char     mac[32], id[NGX_INT64_LEN], *p;
    ngx_str_t  src;

    p = ngx_sprintf(id, "%uL", session);
    gavel_auth_mac("csrf", id, p - id, mac);

    token->data = ngx_pnalloc(pool, ngx_base64_encoded_length(sizeof(mac)));
    if (token->data == NULL) {
        return NGX_ERROR;
    }

    src.data = mac;
    src.len = sizeof(mac);
    ngx_encode_base64url(token, &src);

    return NGX_OK;
}


ngx_uint_t
gavel_csrf_valid(const gavel_identity_t *id, const ngx_str_t *token)
{
    u_char     mac[32], session[NGX_INT64_LEN], text[64], *p;
    ngx_str_t  src, dst;

    p = ngx_sprintf(session, "%uL", id->session);
    gavel_auth_mac("csrf", session, p - session, mac);

    src.data = mac;
    src.len = sizeof(mac);
    dst.data = text;
    ngx_encode_base64url(&dst, &src);

    return token->len == dst.len
           && CRYPTO_memcmp(token->data, dst.data, dst.len) == 0;
}


ngx_int_t
gavel_cookies_set(ngx_pool_t *pool, ngx_array_t **cookies,
    const ngx_str_t *access, const ngx_str_t *refresh, const ngx_str_t *csrf)
{
    time_t  lifetime;

    lifetime = gavel_refresh_lifetime();

    if (gavel_cookie_add(pool, cookies, GAVEL_COOKIE_ACCESS, access,
                         "; Path=/; HttpOnly", gavel_access_lifetime())
        != NGX_OK
        || gavel_cookie_add(pool, cookies, GAVEL_COOKIE_REFRESH, refresh,
                            "; Path=" GAVEL_REFRESH_PATH "; HttpOnly",
                            lifetime)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_cookie_add(pool, cookies, GAVEL_COOKIE_CSRF, csrf,
                            "; Path=/", lifetime);
}


ngx_int_t
gavel_cookies_clear(ngx_pool_t *pool, ngx_array_t **cookies)
{
    ngx_str_t  none;

    ngx_str_null(&none);

    if (gavel_cookie_add(pool, cookies, GAVEL_COOKIE_ACCESS, &none,
                         "; Path=/; HttpOnly", 0)
        != NGX_OK
        || gavel_cookie_add(pool, cookies, GAVEL_COOKIE_REFRESH, &none,
                            "; Path=" GAVEL_REFRESH_PATH "; HttpOnly", 0)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_cookie_add(pool, cookies, GAVEL_COOKIE_CSRF, &none,
                            "; Path=/", 0);
}


static ngx_int_t
gavel_cookie_add(ngx_pool_t *pool, ngx_array_t **cookies, const char *name,
    const ngx_str_t *value, const char *rest, time_t age)
{
    size_t      len;
    ngx_str_t  *cookie;

    if (*cookies == NULL) {
        *cookies = ngx_array_create(pool, 3, sizeof(ngx_str_t));
        if (*cookies == NULL) {
            return NGX_ERROR;
        }
    }

    cookie = ngx_array_push(*cookies);
    if (cookie == NULL) {
        return NGX_ERROR;
    }

    len = ngx_strlen(name) + 1 + value->len + ngx_strlen(rest)
          + sizeof("; SameSite=Strict; Max-Age=; Secure") + NGX_TIME_T_LEN;

    cookie->data = ngx_pnalloc(pool, len);
    if (cookie->data == NULL) {
        return NGX_ERROR;
    }

    cookie->len = ngx_snprintf(cookie->data, len,
                               "%s=%V%s; SameSite=Strict; Max-Age=%T%s",
                               name, value, rest, age,
                               gavel_auth->conf.cookie_secure ? "; Secure"
                                                              : "")
                  - cookie->data;

    return NGX_OK;
}


ngx_uint_t
gavel_cookies_secure(void)
{
    return gavel_auth->conf.cookie_secure;
}
