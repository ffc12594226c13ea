/*
 * body: reads the body of a request into memory.
 */

#ifndef GAVEL_BODY_H
#define GAVEL_BODY_H

#include "core/core.h"
#include <ngx_http.h>

/* The context of a request of ours begins with its body. */
typedef struct {
    ngx_str_t     text;          /* in r->pool */
    size_t        size;          /* room in text */
    size_t        max;           /* more is 413 */
    void        (*ready)(ngx_http_request_t *r, ngx_int_t rc);
} gavel_body_t;

/* Reads; body->ready is called once, perhaps from inside, with NGX_OK or an
 * HTTP status (400, 408, 413, 500).  NGX_DONE: and the request holds a count
 * for whoever finalizes it then; else a status, and ready is not called. */
ngx_int_t gavel_body_read(ngx_http_request_t *r, gavel_body_t *body);

#endif
