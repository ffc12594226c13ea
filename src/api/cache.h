/*
 * cache: answers that everybody gets alike, kept by a worker for a moment.
 */

#ifndef GAVEL_CACHE_H
#define GAVEL_CACHE_H

#include "command/command.h"
#include <ngx_http.h>

/* For how long, ms; 0: nothing is kept. */
extern ngx_msec_t  gavel_cache_time;

/* Is there an answer to this question of this caller?  Then it becomes the
 * call's outcome; its texts are the request's.  While one caller fetches a
 * new answer in place of one that has become old, the others get the old. */
ngx_uint_t gavel_cache_find(ngx_http_request_t *r, gavel_call_t *call);

/* Keeps the call's outcome, if it is one that others may be told. */
void gavel_cache_keep(ngx_http_request_t *r, const gavel_call_t *call);

/* May caches tell others what this call came to? */
ngx_uint_t gavel_cache_allowed(const gavel_call_t *call);

#endif
