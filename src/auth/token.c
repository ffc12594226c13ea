/*
 * token: access tokens, RS256 and nothing else.
 *
 * The signature is made and checked by OpenSSL directly: the algorithm is
 * fixed here and never taken from a token, so there is none to confuse.  A
 * token's own `alg` must say the same, before anything else is looked at.
 *
 * Times are judged without leeway; `nbf` is set half a minute back, so that a
 * token is good at once on a node whose clock is a little behind.
 */

#include "auth/keys.h"
#include "core/json.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#define GAVEL_TOKEN_MAX      4096    /* bytes */
#define GAVEL_TOKEN_SETTLE   30      /* s */

#define GAVEL_CACHE_SETS     256
#define GAVEL_CACHE_WAYS     4


typedef struct {
    u_char             digest[SHA256_DIGEST_LENGTH];
    gavel_identity_t   identity;     /* user 0: free */
    ngx_uint_t         used;
} gavel_token_slot_t;

typedef struct {
    ngx_str_t          header, claims, signature;      /* decoded */
    ngx_str_t          body;         /* what was signed */
} gavel_token_parts_t;


static ngx_int_t gavel_token_append(ngx_str_t *token, const ngx_str_t *part);
static ngx_int_t gavel_token_sign(const gavel_key_t *key, ngx_pool_t *pool,
    ngx_str_t *token);
static gavel_code_t gavel_token_check(const ngx_str_t *token,
    gavel_identity_t *id);
static ngx_int_t gavel_token_split(const ngx_str_t *token, u_char *buf,
    gavel_token_parts_t *parts);
static const gavel_key_t *gavel_token_key(const ngx_str_t *header);
static ngx_uint_t gavel_token_signed(const gavel_key_t *key,
    const gavel_token_parts_t *parts);
static gavel_code_t gavel_token_claims(const ngx_str_t *claims,
    gavel_identity_t *id);
static gavel_code_t gavel_token_judge(json_t *claims, gavel_identity_t *id);
static ngx_uint_t gavel_token_text(json_t *object, const char *name,
    const char *text, size_t len);
static gavel_token_slot_t *gavel_token_slot(const u_char *digest);


static gavel_token_slot_t  gavel_token_cache[GAVEL_CACHE_SETS]
                                            [GAVEL_CACHE_WAYS];
static ngx_uint_t          gavel_token_clock;


ngx_int_t
gavel_token_issue(ngx_pool_t *pool, uint64_t user, ngx_uint_t roles,
    uint64_t session, ngx_str_t *token)
{
    time_t        now;
    u_char        jti[16], hex[32], *p;
    ngx_str_t     header, claims;
    gavel_key_t  *key;
    u_char        buf[1024];

    key = gavel_auth->keys.elts;
    key += gavel_auth->keys.nelts - 1;
    now = ngx_time();

    if (gavel_auth->conf.issuer.len > 256 || key->kid.len > 128
        || RAND_bytes(jti, sizeof(jti)) != 1)
    {
        return NGX_ERROR;
    }

    ngx_hex_dump(hex, jti, sizeof(jti));

    header.data = buf;
    p = ngx_sprintf(buf, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%V\"}",
                    &key->kid);
    header.len = p - buf;

    claims.data = p;
    p = ngx_sprintf(p, "{\"iss\":\"%V\",\"sub\":\"%uL\",\"sid\":%uL,"
                    "\"roles\":%ui,\"iat\":%T,\"nbf\":%T,\"exp\":%T,"
                    "\"jti\":\"%*s\"}",
                    &gavel_auth->conf.issuer, user, session, roles, now,
                    now - GAVEL_TOKEN_SETTLE,
                    now + gavel_auth->conf.access_lifetime,
                    sizeof(hex), hex);
    claims.len = p - claims.data;

    token->len = 0;
    token->data = ngx_pnalloc(pool, GAVEL_TOKEN_MAX);
    if (token->data == NULL) {
        return NGX_ERROR;
    }

    gavel_token_append(token, &header);
    token->data[token->len++] = '.';
    gavel_token_append(token, &claims);

    return gavel_token_sign(key, pool, token);
}


ngx_int_t
gavel_token_proof(ngx_pool_t *pool, const char *typ, const ngx_str_t *claims,
    ngx_str_t *jws)
{
    u_char        buf[512];
    ngx_str_t     header;
    gavel_key_t  *key;

    key = gavel_auth->keys.elts;
    key += gavel_auth->keys.nelts - 1;

    jws->len = 0;
    jws->data = ngx_pnalloc(pool, GAVEL_TOKEN_MAX);

    if (jws->data == NULL || key->kid.len > 128) {
        return NGX_ERROR;
    }

    header.data = buf;
    header.len = ngx_snprintf(buf, sizeof(buf), "{\"alg\":\"RS256\",\"typ\":"
                              "\"%s\",\"kid\":\"%V\"}", typ, &key->kid)
                 - buf;

    if (gavel_token_append(jws, &header) != NGX_OK) {
        return NGX_ERROR;
    }

    jws->data[jws->len++] = '.';

    return gavel_token_append(jws, claims) == NGX_OK
           ? gavel_token_sign(key, pool, jws) : NGX_ERROR;
}


static ngx_int_t
gavel_token_append(ngx_str_t *token, const ngx_str_t *part)
{
    ngx_str_t  src, dst;

    if (token->len + ngx_base64_encoded_length(part->len) > GAVEL_TOKEN_MAX) {
        return NGX_ERROR;
    }

    src = *part;
    dst.data = token->data + token->len;
    ngx_encode_base64url(&dst, &src);
    token->len += dst.len;

    return NGX_OK;
}


static ngx_int_t
gavel_token_sign(const gavel_key_t *key, ngx_pool_t *pool, ngx_str_t *token)
{
    int          rc;
    size_t       len;
    ngx_str_t    signature;
    EVP_MD_CTX  *ctx;

    len = EVP_PKEY_get_size(key->key);
    signature.data = ngx_pnalloc(pool, len);
    ctx = EVP_MD_CTX_new();

    if (signature.data == NULL || ctx == NULL) {
        EVP_MD_CTX_free(ctx);
        return NGX_ERROR;
    }

    rc = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key->key) == 1
         && EVP_DigestSign(ctx, signature.data, &len, token->data, token->len)
            == 1;

    EVP_MD_CTX_free(ctx);

    if (!rc) {
        return NGX_ERROR;
    }

    signature.len = len;
    token->data[token->len++] = '.';

    return gavel_token_append(token, &signature);
}


ngx_int_t
gavel_token_bearer(const ngx_str_t *value, ngx_str_t *token)
{
    size_t  len;

    len = sizeof("Bearer") - 1;

    if (value->len < len
        || ngx_strncasecmp(value->data, (u_char *) "Bearer", len) != 0
        || (value->len > len && value->data[len] != ' '))
    {
        return NGX_DECLINED;
    }

    while (len < value->len && value->data[len] == ' ') {
        len++;
    }

    token->data = value->data + len;
    token->len = value->len - len;

    return NGX_OK;
}


gavel_code_t
gavel_token_verify(const ngx_str_t *token, gavel_identity_t *id)
{
    u_char               digest[SHA256_DIGEST_LENGTH];
    gavel_code_t         code;
    gavel_token_slot_t  *slot;

    if (token->len == 0 || token->len > GAVEL_TOKEN_MAX) {
        return GAVEL_invalid_token;
    }

    SHA256(token->data, token->len, digest);
    slot = gavel_token_slot(digest);

    if (slot->identity.user == 0
        || ngx_memcmp(slot->digest, digest, sizeof(digest)) != 0)
    {
        code = gavel_token_check(token, id);
        if (code != GAVEL_OK) {
            return code;
        }

        ngx_memcpy(slot->digest, digest, sizeof(digest));
        slot->identity = *id;
    }

    slot->used = ++gavel_token_clock;
    *id = slot->identity;

    return (id->expires > ngx_time()) ? GAVEL_OK : GAVEL_token_expired;
}


/* The slot that has this token, else the one to give up for it. */

static gavel_token_slot_t *
gavel_token_slot(const u_char *digest)
{
    ngx_uint_t           i;
    gavel_token_slot_t  *set, *oldest;

    set = gavel_token_cache[digest[0] % GAVEL_CACHE_SETS];
    oldest = set;

    for (i = 0; i < GAVEL_CACHE_WAYS; i++) {
        if (ngx_memcmp(set[i].digest, digest, SHA256_DIGEST_LENGTH) == 0) {
            return &set[i];
        }

        if (set[i].used < oldest->used) {
            oldest = &set[i];
        }
    }

    return oldest;
}


static gavel_code_t
gavel_token_check(const ngx_str_t *token, gavel_identity_t *id)
{
    u_char                buf[GAVEL_TOKEN_MAX];
    const gavel_key_t    *key;
    gavel_token_parts_t   parts;

    if (gavel_token_split(token, buf, &parts) != NGX_OK) {
        return GAVEL_invalid_token;
    }

    key = gavel_token_key(&parts.header);

    if (key == NULL || !gavel_token_signed(key, &parts)) {
        return GAVEL_invalid_token;
    }

    return gavel_token_claims(&parts.claims, id);
}


/* Exactly three parts of plain base64url; all three fit into buf. */

static ngx_int_t
gavel_token_split(const ngx_str_t *token, u_char *buf,
    gavel_token_parts_t *parts)
{
    u_char      *p, *last, *dot;
    ngx_str_t    src, *part[3];
    ngx_uint_t   i;

    part[0] = &parts->header;
    part[1] = &parts->claims;
    part[2] = &parts->signature;

    p = token->data;
    last = p + token->len;

    if (ngx_strlchr(p, last, '=') != NULL) {       /* nginx would stop there */
        return NGX_ERROR;
    }

    for (i = 0; i < 3; i++) {
        dot = ngx_strlchr(p, last, '.');

        if ((dot == NULL) != (i == 2)) {
            return NGX_ERROR;
        }

        src.data = p;
        src.len = (dot != NULL ? dot : last) - p;
        part[i]->data = buf;

        if (src.len == 0 || ngx_decode_base64url(part[i], &src) != NGX_OK) {
            return NGX_ERROR;
        }

        buf += part[i]->len;

        if (i == 1) {
            parts->body.data = token->data;
            parts->body.len = dot - token->data;
        }

        p = (dot != NULL) ? dot + 1 : last;
    }

    return NGX_OK;
}


/* The key that a header names, if it is a header as we write it. */

static const gavel_key_t *
gavel_token_key(const ngx_str_t *header)
{
    json_t             *head, *kid;
    const gavel_key_t  *key;

    key = NULL;
    head = gavel_json_parse(header);
    kid = json_object_get(head, "kid");

    if (json_is_object(head)
        && gavel_token_text(head, "alg", "RS256", 5)
        && gavel_token_text(head, "typ", "JWT", 3)
        && json_object_get(head, "crit") == NULL
        && json_is_string(kid))
    {
        key = gavel_key_find((u_char *) json_string_value(kid),
                             json_string_length(kid));
    }

    json_decref(head);

    return key;
}


static ngx_uint_t
gavel_token_signed(const gavel_key_t *key, const gavel_token_parts_t *parts)
{
    ngx_uint_t   ok;
    EVP_MD_CTX  *ctx;

    ctx = EVP_MD_CTX_new();
    if (ctx == NULL) {
        return 0;
    }

    ok = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key->key) == 1
         && EVP_DigestVerify(ctx, parts->signature.data, parts->signature.len,
                             parts->body.data, parts->body.len)
            == 1;

    EVP_MD_CTX_free(ctx);
    ERR_clear_error();

    return ok;
}


static gavel_code_t
gavel_token_claims(const ngx_str_t *claims, gavel_identity_t *id)
{
    json_t        *object;
    gavel_code_t   code;

    object = gavel_json_parse(claims);

    code = json_is_object(object) ? gavel_token_judge(object, id)
                                  : GAVEL_invalid_token;

    json_decref(object);

    return code;
}


static gavel_code_t
gavel_token_judge(json_t *claims, gavel_identity_t *id)
{
    json_t     *sub, *sid, *roles, *nbf, *exp;
    ngx_int_t   user;

    sub = json_object_get(claims, "sub");
    sid = json_object_get(claims, "sid");
    roles = json_object_get(claims, "roles");
    nbf = json_object_get(claims, "nbf");
    exp = json_object_get(claims, "exp");

    if (!json_is_string(sub) || !json_is_integer(sid)
        || !json_is_integer(roles) || !json_is_integer(nbf)
        || !json_is_integer(exp)
        || !gavel_token_text(claims, "iss",
                             (char *) gavel_auth->conf.issuer.data,
                             gavel_auth->conf.issuer.len))
    {
        return GAVEL_invalid_token;
    }

    user = ngx_atoi((u_char *) json_string_value(sub),
                    json_string_length(sub));

    if (user <= 0 || json_integer_value(nbf) > ngx_time()) {
        return GAVEL_invalid_token;
    }

    ngx_memzero(id, sizeof(gavel_identity_t));

    id->user = user;
    id->roles = json_integer_value(roles);
    id->session = json_integer_value(sid);
    id->expires = json_integer_value(exp);

    return (id->expires > ngx_time()) ? GAVEL_OK : GAVEL_token_expired;
}


static ngx_uint_t
gavel_token_text(json_t *object, const char *name, const char *text,
    size_t len)
{
    json_t  *value;

    value = json_object_get(object, name);

    return json_is_string(value) && json_string_length(value) == len
           && ngx_memcmp(json_string_value(value), text, len) == 0;
}
