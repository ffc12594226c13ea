/*
 * json: a small strict reader and writer for the engine's own texts.
 *
 * Numbers are whole and at most 2^53-1 in absolute value; strings are valid
 * UTF-8.  Both sides remember that they failed, so callers check once.
 */

#ifndef GAVEL_ENGINE_JSON_H
#define GAVEL_ENGINE_JSON_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    char        *p, *end;
    int          full;               /* it did not fit */
} json_out_t;

void json_raw(json_out_t *o, const char *s, size_t len);
void json_put(json_out_t *o, const char *s);           /* as it is */
void json_put_int(json_out_t *o, int64_t v);
void json_put_text(json_out_t *o, const char *s, size_t len);  /* quoted */
void json_put_time(json_out_t *o, int64_t ms);         /* 0: null */
void json_put_bool(json_out_t *o, int v);
void json_put_id(json_out_t *o, int64_t id);           /* 0: null */

typedef struct {
    const char  *p, *end;
} json_in_t;

/* All skip white space first and return 0, or -1 if something else stands
 * there. */
int json_get(json_in_t *in, char c);
int json_get_int(json_in_t *in, int64_t *v);
int json_get_bool(json_in_t *in, uint32_t *v);         /* true|false|1|0 */
int json_get_null(json_in_t *in);
int json_get_text(json_in_t *in, char *buf, size_t size, size_t *len);
int json_get_time(json_in_t *in, int64_t *ms);         /* null: 0 */
int json_get_id(json_in_t *in, int64_t *id);           /* null: 0 */
int json_end(json_in_t *in);                           /* nothing is left */
int json_peek(json_in_t *in);                          /* or -1 */

int utf8_valid(const char *s, size_t len);

#endif
