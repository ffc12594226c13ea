/*
 * errors: the table of codes.h as nginx strings, and its search by name.
 */

#include "core/errors.h"


static const gavel_error_t  errors[GAVEL_NCODES] = {

    { ngx_string("internal"), 500, ngx_null_string, ngx_null_string },

#define X(code, status, en, ko)                                               \
    { ngx_string(#code), status, ngx_string(en), ngx_string(ko) },

    GAVEL_CODES(X)

#undef X
};


const gavel_error_t *
gavel_error(gavel_code_t code)
{
    if (code <= GAVEL_OK || code >= GAVEL_NCODES) {
        return &errors[GAVEL_internal];
    }

    return &errors[code];
}


gavel_code_t
gavel_error_code(const ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 1; i < GAVEL_NCODES; i++) {

        if (errors[i].code.len == name->len
            && ngx_memcmp(errors[i].code.data, name->data, name->len) == 0)
        {
            return i;
        }
    }

    return GAVEL_internal;
}
