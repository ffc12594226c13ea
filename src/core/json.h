/*
 * json: reading bodies with jansson, writing JSON into a growing buffer.
 */

#ifndef GAVEL_JSON_H
#define GAVEL_JSON_H

#include "core/core.h"
#include <jansson.h>

/* Parses one JSON value; depth at most 16, duplicate keys refused.  The
 * caller json_decref()s it.  NULL if it is not JSON (or not UTF-8). */
json_t *gavel_json_parse(const ngx_str_t *text);

/* A writer: text in pool memory, doubled when full.  After a failed
 * allocation `failed` is set and further writes do nothing. */
typedef struct {
    ngx_pool_t  *pool;
    u_char      *start;
    u_char      *pos;
    u_char      *end;
    unsigned     failed:1;
    unsigned     comma:1;        /* the next member needs one */
} gavel_json_t;

void gavel_json_init(gavel_json_t *j, ngx_pool_t *pool, size_t size);
ngx_str_t gavel_json_text(gavel_json_t *j);         /* what was written */

/* Structure; `key` is a C string and may be NULL inside arrays. */
void gavel_json_open(gavel_json_t *j, const char *key, char bracket);
void gavel_json_close(gavel_json_t *j, char bracket);
void gavel_json_int(gavel_json_t *j, const char *key, int64_t value);
void gavel_json_bool(gavel_json_t *j, const char *key, ngx_uint_t value);
void gavel_json_null(gavel_json_t *j, const char *key);
void gavel_json_str(gavel_json_t *j, const char *key, const ngx_str_t *value);
void gavel_json_cstr(gavel_json_t *j, const char *key, const char *value);
void gavel_json_time(gavel_json_t *j, const char *key, int64_t ms);
void gavel_json_raw(gavel_json_t *j, const char *key, const ngx_str_t *json);

#endif
