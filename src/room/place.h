/*
 * place: where a client is in all that it follows, to come back to.
 */

#ifndef GAVEL_PLACE_H
#define GAVEL_PLACE_H

#include "room/session.h"

/* -1: nowhere, so that it begins with what is now. */
typedef struct {
    int64_t  epoch, seq;             /* of the auction */
    int64_t  chat, me;
} gavel_place_t;

/* What a request says in Last-Event-ID or last_event_id: "1:42", of a stream
 * of several channels "1:42,chat:17,me:5".  Nonsense is nowhere. */
void gavel_place_read(ngx_http_request_t *r, gavel_place_t *place);

/* A stream of several channels: the id of its next event, which is of the
 * best effort lane, or of the state.  Of others: nothing. */
void gavel_place_tell(gavel_session_t *s, ngx_uint_t best_effort);

/* An argument of the query, unescaped; empty if there is none. */
ngx_str_t gavel_query(ngx_http_request_t *r, const char *name);

#endif
