/*
 * keys: what auth holds for as long as a configuration lives.
 */

#ifndef GAVEL_KEYS_H
#define GAVEL_KEYS_H

#include "auth/auth.h"
#include <openssl/evp.h>

#define GAVEL_SECRET_LEN  32

typedef struct {
    ngx_str_t             kid;
    EVP_PKEY             *key;       /* RSA, private, 2048 bits or more */
} gavel_key_t;

typedef struct gavel_auth_s  gavel_auth_t;

struct gavel_auth_s {
    gavel_auth_conf_t     conf;
    ngx_array_t           keys;      /* by name; the last one signs */
    ngx_str_t             jwks;
    u_char                secret[GAVEL_SECRET_LEN];
    gavel_auth_t         *previous;  /* in force again if this one fails */
};

extern gavel_auth_t  *gavel_auth;

/* NULL: no key of this name. */
const gavel_key_t *gavel_key_find(const u_char *kid, size_t len);

/* HMAC-SHA256 of purpose || data with the secret: one secret, but nothing
 * made for one purpose is good for another.  purpose is a C string. */
void gavel_auth_mac(const char *purpose, const u_char *data, size_t len,
    u_char mac[32]);

#endif
