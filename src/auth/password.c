/*
 * password: bcrypt through libcrypt, as work of the thread pool.
 *
 * Nothing here may touch what belongs to a worker's event loop: the functions
 * see their argument only.
 */

#include "auth/keys.h"
#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#define GAVEL_BCRYPT_BYTES   72      /* what bcrypt looks at */
#define GAVEL_BCRYPT_SALT    16


static ngx_uint_t gavel_bcrypt(const gavel_password_t *p, const char *setting,
    char *hash);
static ngx_uint_t gavel_bcrypt_fresh(const gavel_password_t *p, char *hash);
static ngx_uint_t gavel_bcrypt_cost(const char *hash);


/*
 * The hash of nobody: no password gives it, and it costs what a real one of
 * the configured cost does.
 */
static const char  gavel_password_nobody[] =
    "$2b$%02ui$........................................"
    ".............";


void
gavel_password_set(gavel_password_t *p, const ngx_str_t *password,
    const ngx_str_t *hash)
{
    ngx_memzero(p, sizeof(gavel_password_t));

    p->cost = gavel_auth->conf.bcrypt_cost;
    p->len = ngx_min(password->len, GAVEL_PASSWORD_MAX);
    ngx_memcpy(p->password, password->data, p->len);

    if (hash != NULL && hash->len == GAVEL_BCRYPT_LEN) {
        ngx_memcpy(p->hash, hash->data, hash->len);

    } else {
        ngx_snprintf((u_char *) p->hash, GAVEL_BCRYPT_LEN,
                     gavel_password_nobody, p->cost);
    }
}


void
gavel_password_hash(void *password)
{
    gavel_password_t  *p = password;

    p->ok = gavel_bcrypt_fresh(p, p->hash);

    ngx_explicit_memzero(p->password, GAVEL_PASSWORD_MAX);
}


void
gavel_password_match(void *password)
{
    gavel_password_t  *p = password;

    char  hash[GAVEL_BCRYPT_LEN + 1];

    p->ok = gavel_bcrypt(p, p->hash, hash)
            && CRYPTO_memcmp(hash, p->hash, GAVEL_BCRYPT_LEN) == 0;

    if (p->ok && gavel_bcrypt_cost(p->hash) != p->cost
        && !gavel_bcrypt_fresh(p, p->fresh))
    {
        p->fresh[0] = '\0';
    }

    ngx_explicit_memzero(p->password, GAVEL_PASSWORD_MAX);
}


static ngx_uint_t
gavel_bcrypt_fresh(const gavel_password_t *p, char *hash)
{
    char  random[GAVEL_BCRYPT_SALT], setting[CRYPT_GENSALT_OUTPUT_SIZE];

    if (RAND_bytes((u_char *) random, sizeof(random)) != 1
        || crypt_gensalt_rn("$2b$", p->cost, random, sizeof(random), setting,
                            sizeof(setting))
           == NULL)
    {
        return 0;
    }

    return gavel_bcrypt(p, setting, hash);
}


static ngx_uint_t
gavel_bcrypt(const gavel_password_t *p, const char *setting, char *hash)
{
    char                *text;
    u_char               digest[SHA256_DIGEST_LENGTH], phrase[80];
    ngx_str_t            src, dst;
    struct crypt_data   *data;

    ngx_memzero(phrase, sizeof(phrase));

    if (p->len > GAVEL_BCRYPT_BYTES) {
        SHA256(p->password, p->len, digest);
        src.data = digest;
        src.len = sizeof(digest);
        dst.data = phrase;
        ngx_encode_base64(&dst, &src);

    } else {
        ngx_memcpy(phrase, p->password, p->len);
    }

    data = calloc(1, sizeof(struct crypt_data));
    if (data == NULL) {
        return 0;
    }

    text = crypt_rn((char *) phrase, setting, data,
                    sizeof(struct crypt_data));

    if (text != NULL && ngx_strlen(text) == GAVEL_BCRYPT_LEN) {
        ngx_memcpy(hash, text, GAVEL_BCRYPT_LEN + 1);

    } else {
        text = NULL;
    }

    ngx_explicit_memzero(phrase, sizeof(phrase));
    ngx_explicit_memzero(data, sizeof(struct crypt_data));
    free(data);

    return text != NULL;
}


/* "$2b$12$...": two digits from the fifth on */

static ngx_uint_t
gavel_bcrypt_cost(const char *hash)
{
    return (hash[4] - '0') * 10 + (hash[5] - '0');
}
