/*
 * hash: the chain that ties every event to all before it.
 */

#include <openssl/evp.h>
#include <string.h>

#include "engine/inner.h"


/* The digest is looked up once a process; openssl's default look-up takes a
 * lock and a search each time. */

static EVP_MD      *sha256;
static EVP_MD_CTX  *context;


static int
prepare(void)
{
    if (sha256 == NULL) {
        sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    }

    if (context == NULL) {
        context = EVP_MD_CTX_new();
    }

    return sha256 != NULL && context != NULL ? 0 : -1;
}


void
digest_of(const void *p, size_t len, unsigned char out[ENGINE_HASH_LEN])
{
    memset(out, 0, ENGINE_HASH_LEN);

    if (prepare() == 0
        && (EVP_DigestInit_ex2(context, sha256, NULL) != 1
            || EVP_DigestUpdate(context, p, len) != 1
            || EVP_DigestFinal_ex(context, out, NULL) != 1))
    {
        memset(out, 0, ENGINE_HASH_LEN);
    }
}


/* SHA-256 of "": what stands for the private part when there is none. */

static const unsigned char  of_nothing[ENGINE_HASH_LEN] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
    0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
    0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55
};


void
event_hash(const unsigned char prev[ENGINE_HASH_LEN], const char *pub,
    size_t pub_len, const unsigned char *nonce, const char *priv,
    size_t priv_len, unsigned char out[ENGINE_HASH_LEN])
{
    unsigned char  hidden[ENGINE_HASH_LEN], before[ENGINE_HASH_LEN];

    memcpy(before, prev, sizeof(before));        /* out may be prev */
    memset(out, 0, ENGINE_HASH_LEN);
    memcpy(hidden, of_nothing, sizeof(hidden));

    if (prepare() != 0) {
        return;
    }

    if (priv_len != 0
        && (EVP_DigestInit_ex2(context, sha256, NULL) != 1
            || EVP_DigestUpdate(context, nonce, ENGINE_NONCE_LEN) != 1
            || EVP_DigestUpdate(context, priv, priv_len) != 1
            || EVP_DigestFinal_ex(context, hidden, NULL) != 1))
    {
        return;
    }

    if (EVP_DigestInit_ex2(context, sha256, NULL) != 1
        || EVP_DigestUpdate(context, before, sizeof(before)) != 1
        || EVP_DigestUpdate(context, pub, pub_len) != 1
        || EVP_DigestUpdate(context, hidden, sizeof(hidden)) != 1
        || EVP_DigestFinal_ex(context, out, NULL) != 1)
    {
        memset(out, 0, ENGINE_HASH_LEN);
    }
}


void
event_seal(auction_t *a, const unsigned char hash[ENGINE_HASH_LEN],
    journal_t *j)
{
    if (journal_keep(j, a, a->head, ENGINE_HASH_LEN) == 0) {
        memcpy(a->head, hash, ENGINE_HASH_LEN);
    }
}
