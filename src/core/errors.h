/*
 * errors: what a code of codes.h looks like to a client.
 */

#ifndef GAVEL_ERRORS_H
#define GAVEL_ERRORS_H

#include "core/core.h"
#include "core/codes.h"

typedef struct {
    ngx_str_t    code;       /* "too_low" */
    ngx_uint_t   status;     /* HTTP status */
    ngx_str_t    en;
    ngx_str_t    ko;
} gavel_error_t;

/* The row of a code; never NULL (GAVEL_OK and strangers give "internal"). */
const gavel_error_t *gavel_error(gavel_code_t code);

/* The code of a name as SQL functions answer it; GAVEL_internal if unknown. */
gavel_code_t gavel_error_code(const ngx_str_t *name);

#endif
