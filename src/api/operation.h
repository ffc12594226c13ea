/*
 * operation: a method of a path, as the document of the API sees it.
 */

#ifndef GAVEL_OPERATION_H
#define GAVEL_OPERATION_H

#include "api/router.h"
#include "core/json.h"

typedef struct {
    ngx_uint_t            method;
    const gavel_route_t  *route;
} operation_t;

ngx_uint_t gavel_operation_takes_body(const operation_t *op);

/* Writes a response for each status that a refusal of it can have. */
void gavel_operation_errors(gavel_json_t *j, const operation_t *op);

#endif
