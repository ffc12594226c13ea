/*
 * keys: reads the folder of keys at configuration, in the master.
 *
 * NAME.pem are RSA private keys: all of them verify, the last by name signs,
 * and NAME is the `kid`.  A key is rotated by adding one with a later name
 * and reloading; the old file may go when the last token it signed is dead.
 * `secret` is what refresh tokens and CSRF tokens are derived from.
 */

#include "auth/keys.h"
#include "core/json.h"
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#define GAVEL_KEY_BITS    2048
#define GAVEL_SECRET_MAX  4096


static ngx_int_t gavel_keys_list(ngx_conf_t *cf, gavel_auth_t *auth,
    ngx_str_t *folder);
static ngx_int_t gavel_keys_load(ngx_conf_t *cf, gavel_auth_t *auth,
    ngx_str_t *folder, u_char *name, size_t len);
static EVP_PKEY *gavel_key_read(ngx_conf_t *cf, char *path);
static int gavel_key_no_password(char *buf, int size, int rwflag, void *data);
static int ngx_libc_cdecl gavel_key_cmp(const void *one, const void *two);
static ngx_int_t gavel_secret_read(ngx_conf_t *cf, gavel_auth_t *auth,
    ngx_str_t *folder);
static ngx_int_t gavel_jwks_write(ngx_conf_t *cf, gavel_auth_t *auth);
static ngx_int_t gavel_jwks_number(ngx_pool_t *pool, EVP_PKEY *key,
    const char *name, ngx_str_t *text);
static void gavel_auth_cleanup(void *data);


gavel_auth_t  *gavel_auth;


ngx_int_t
gavel_auth_init(ngx_conf_t *cf, const gavel_auth_conf_t *conf)
{
    ngx_str_t            folder;
    gavel_auth_t        *auth;
    ngx_pool_cleanup_t  *cln;

    if (conf->keys.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no \"gavel_keys\" is defined");
        return NGX_ERROR;
    }

    auth = ngx_pcalloc(cf->pool, sizeof(gavel_auth_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (auth == NULL || cln == NULL
        || ngx_array_init(&auth->keys, cf->pool, 4, sizeof(gavel_key_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    auth->conf = *conf;
    auth->previous = gavel_auth;
    gavel_auth = auth;

    cln->handler = gavel_auth_cleanup;
    cln->data = auth;

    folder = conf->keys;

    if (ngx_conf_full_name(cf->cycle, &folder, 1) != NGX_OK
        || gavel_keys_list(cf, auth, &folder) != NGX_OK
        || gavel_secret_read(cf, auth, &folder) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_jwks_write(cf, auth);
}


static ngx_int_t
gavel_keys_list(ngx_conf_t *cf, gavel_auth_t *auth, ngx_str_t *folder)
{
    size_t      len;
    u_char     *name;
    ngx_int_t   rc;
    ngx_dir_t   dir;

    if (ngx_open_dir(folder, &dir) == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot open the keys folder \"%V\"", folder);
        return NGX_ERROR;
    }

    rc = NGX_OK;

    while (rc == NGX_OK && ngx_read_dir(&dir) == NGX_OK) {
        name = ngx_de_name(&dir);
        len = ngx_de_namelen(&dir);

        if (len > 4 && name[0] != '.'
            && ngx_strncmp(&name[len - 4], ".pem", 4) == 0)
        {
            rc = gavel_keys_load(cf, auth, folder, name, len);
        }
    }

    (void) ngx_close_dir(&dir);

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (auth->keys.nelts == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no *.pem key in the keys folder \"%V\"", folder);
        return NGX_ERROR;
    }

    ngx_qsort(auth->keys.elts, auth->keys.nelts, sizeof(gavel_key_t),
              gavel_key_cmp);

    return NGX_OK;
}


static ngx_int_t
gavel_keys_load(ngx_conf_t *cf, gavel_auth_t *auth, ngx_str_t *folder,
    u_char *name, size_t len)
{
    size_t        i;
    u_char       *path;
    gavel_key_t  *key;

    for (i = 0; i < len; i++) {
        if ((name[i] | 0x20) >= 'a' && (name[i] | 0x20) <= 'z') {
            continue;
        }

        if ((name[i] < '0' || name[i] > '9')
            && ngx_strlchr((u_char *) "-._", (u_char *) "-._" + 3, name[i])
               == NULL)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "a key's name may have letters, digits and "
                               "\"-._\" only: \"%*s\"", len, name);
            return NGX_ERROR;
        }
    }

    path = ngx_pnalloc(cf->pool, folder->len + 1 + len + 1);
    key = ngx_array_push(&auth->keys);

    if (path == NULL || key == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(path, "%V/%*s%Z", folder, len, name);

    key->kid.data = path + folder->len + 1;
    key->kid.len = len - 4;
    key->key = gavel_key_read(cf, (char *) path);

    return (key->key != NULL) ? NGX_OK : NGX_ERROR;
}


static EVP_PKEY *
gavel_key_read(ngx_conf_t *cf, char *path)
{
    BIO       *bio;
    EVP_PKEY  *key;

    bio = BIO_new_file(path, "r");
    if (bio == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "cannot open the key \"%s\"", path);
        return NULL;
    }

    key = PEM_read_bio_PrivateKey(bio, NULL, gavel_key_no_password, NULL);
    BIO_free(bio);

    if (key == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no private key in \"%s\"", path);
        return NULL;
    }

    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA
        || EVP_PKEY_get_bits(key) < GAVEL_KEY_BITS)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "not an RSA key of %d bits or more: \"%s\"",
                           GAVEL_KEY_BITS, path);
        EVP_PKEY_free(key);
        return NULL;
    }

    return key;
}


/* OpenSSL would ask the terminal */

static int
gavel_key_no_password(char *buf, int size, int rwflag, void *data)
{
    return 0;
}


static int ngx_libc_cdecl
gavel_key_cmp(const void *one, const void *two)
{
    const gavel_key_t  *a = one;
    const gavel_key_t  *b = two;

    return (int) ngx_memn2cmp(a->kid.data, b->kid.data, a->kid.len,
                              b->kid.len);
}


static ngx_int_t
gavel_secret_read(ngx_conf_t *cf, gavel_auth_t *auth, ngx_str_t *folder)
{
    u_char   *path, buf[GAVEL_SECRET_MAX];
    ssize_t   n;
    ngx_fd_t  fd;

    path = ngx_pnalloc(cf->pool, folder->len + sizeof("/secret"));
    if (path == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(path, "%V/secret%Z", folder);

    fd = ngx_open_file(path, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "cannot open \"%s\"", path);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, buf, sizeof(buf));
    ngx_close_file(fd);

    if (n < GAVEL_SECRET_LEN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%s\" must have %d random bytes or more", path,
                           GAVEL_SECRET_LEN);
        return NGX_ERROR;
    }

    SHA256(buf, n, auth->secret);
    ngx_explicit_memzero(buf, sizeof(buf));

    return NGX_OK;
}


static ngx_int_t
gavel_jwks_write(ngx_conf_t *cf, gavel_auth_t *auth)
{
    ngx_str_t      n, e;
    ngx_uint_t     i;
    gavel_key_t   *key;
    gavel_json_t   j;

    gavel_json_init(&j, cf->pool, 1024);
    gavel_json_open(&j, NULL, '{');
    gavel_json_open(&j, "keys", '[');

    key = auth->keys.elts;

    for (i = 0; i < auth->keys.nelts; i++) {

        if (gavel_jwks_number(cf->pool, key[i].key, OSSL_PKEY_PARAM_RSA_N, &n)
            != NGX_OK
            || gavel_jwks_number(cf->pool, key[i].key, OSSL_PKEY_PARAM_RSA_E,
                                 &e)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        gavel_json_open(&j, NULL, '{');
        gavel_json_cstr(&j, "kty", "RSA");
        gavel_json_cstr(&j, "use", "sig");
        gavel_json_cstr(&j, "alg", "RS256");
        gavel_json_str(&j, "kid", &key[i].kid);
        gavel_json_str(&j, "n", &n);
        gavel_json_str(&j, "e", &e);
        gavel_json_close(&j, '}');
    }

    gavel_json_close(&j, ']');
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    auth->jwks = gavel_json_text(&j);

    return NGX_OK;
}


static ngx_int_t
gavel_jwks_number(ngx_pool_t *pool, EVP_PKEY *key, const char *name,
    ngx_str_t *text)
{
    BIGNUM     *number;
    ngx_str_t   bytes;

    number = NULL;

    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        return NGX_ERROR;
    }

    bytes.len = BN_num_bytes(number);
    bytes.data = ngx_pnalloc(pool, bytes.len);
    text->data = ngx_pnalloc(pool, ngx_base64_encoded_length(bytes.len));

    if (bytes.data == NULL || text->data == NULL) {
        BN_free(number);
        return NGX_ERROR;
    }

    BN_bn2bin(number, bytes.data);
    BN_free(number);

    ngx_encode_base64url(text, &bytes);

    return NGX_OK;
}


/* A reload that failed leaves the keys in force that were before. */

static void
gavel_auth_cleanup(void *data)
{
    gavel_auth_t  *auth = data;

    ngx_uint_t    i;
    gavel_key_t  *key;

    if (gavel_auth == auth) {
        gavel_auth = auth->previous;
    }

    key = auth->keys.elts;

    for (i = 0; i < auth->keys.nelts; i++) {
        EVP_PKEY_free(key[i].key);
    }

    ngx_explicit_memzero(auth->secret, GAVEL_SECRET_LEN);
}


const gavel_key_t *
gavel_key_find(const u_char *kid, size_t len)
{
    ngx_uint_t          i;
    const gavel_key_t  *key;

    key = gavel_auth->keys.elts;

    for (i = 0; i < gavel_auth->keys.nelts; i++) {
        if (key[i].kid.len == len && ngx_memcmp(key[i].kid.data, kid, len) == 0)
        {
            return &key[i];
        }
    }

    return NULL;
}


void
gavel_auth_mac(const char *purpose, const u_char *data, size_t len,
    u_char mac[32])
{
    u_char      text[128], *p;
    unsigned    n;

    p = ngx_cpystrn(text, (u_char *) purpose, 64);
    *p++ = ':';

    if (len > (size_t) (text + sizeof(text) - p)) {
        len = text + sizeof(text) - p;
    }

    p = ngx_cpymem(p, data, len);

    HMAC(EVP_sha256(), gavel_auth->secret, GAVEL_SECRET_LEN, text, p - text,
         mac, &n);
}


const ngx_str_t *
gavel_auth_jwks(void)
{
    return &gavel_auth->jwks;
}


time_t
gavel_access_lifetime(void)
{
    return gavel_auth->conf.access_lifetime;
}


time_t
gavel_refresh_lifetime(void)
{
    return gavel_auth->conf.refresh_lifetime;
}
