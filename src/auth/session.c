/*
 * session: what a client holds of its session: the refresh token and the CSRF
 * token.
 */

#include "auth/keys.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#define GAVEL_REFRESH_BYTES  32
#define GAVEL_REFRESH_LEN    43          /* of these in base64url */


static ngx_int_t gavel_refresh_from(ngx_pool_t *pool,
    u_char raw[GAVEL_REFRESH_BYTES], gavel_refresh_t *token);


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


/* Several are parted by commas. */

ngx_uint_t
gavel_csrf_valid(const gavel_identity_t *id, const ngx_str_t *token)
{
    u_char      mac[32], session[NGX_INT64_LEN], text[64], *p, *last, *end;
    ngx_str_t   src, dst;
    ngx_uint_t  n;

    p = ngx_sprintf(session, "%uL", id->session);
    gavel_auth_mac("csrf", session, p - session, mac);

    src.data = mac;
    src.len = sizeof(mac);
    dst.data = text;
    ngx_encode_base64url(&dst, &src);

    p = token->data;
    last = p + token->len;

    for (n = 0; p < last && n < GAVEL_COOKIE_TRIES; p = end + 1, n++) {
        end = ngx_strlchr(p, last, ',');
        end = end ? end : last;

        while (p < end && *p == ' ') {
            p++;
        }

        if ((size_t) (end - p) == dst.len
            && CRYPTO_memcmp(p, dst.data, dst.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}
