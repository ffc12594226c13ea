/*
 * openapi: the document of the API, made from the tables.
 */

#ifndef GAVEL_OPENAPI_H
#define GAVEL_OPENAPI_H

#include "core/core.h"

/* At configuration, after the router. */
ngx_int_t gavel_openapi_create(ngx_conf_t *cf);

/* The text, and an ETag for it; they live as long as the cycle. */
const ngx_str_t *gavel_openapi_text(void);
const ngx_str_t *gavel_openapi_etag(void);

/* schemas.c: what answers look like, as JSON; the last has no name. */
typedef struct {
    const char  *name;
    const char  *schema;
    const char  *example;
} gavel_schema_t;

extern const gavel_schema_t  gavel_auction_schemas[];
extern const gavel_schema_t  gavel_social_schemas[];
extern const gavel_schema_t  gavel_exchange_schemas[];
extern const gavel_schema_t *const  gavel_schemas[];       /* NULL ends */

#endif
