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

/* A stream of several channels: where it is when it has got what waits and
 * the event that is next, told as state; of others: nothing. */
void gavel_place_tell(gavel_session_t *s);

/* The same into the queue at once, whatever waits there. */
ngx_int_t gavel_place_push(gavel_session_t *s);

/* What a message is of: an auction's log, or lines of a kind. */
#define GAVEL_PLACE_AUCTION  1
#define GAVEL_PLACE_LINES    2

#define gavel_place_key(kind, id)  (((uint64_t) (kind) << 56) | (uint64_t) (id))

/*
 * The last frame of a socket that is to come back, {"type":"resume",...}: its
 * channels, each with its place, as subscribe takes them.  What waits behind
 * the `keep` oldest messages will not be sent, nor what may be dropped.
 * NULL: it follows nothing that has a place (or there is no memory).
 */
gavel_message_t *gavel_place_frame(gavel_session_t *s, ngx_uint_t keep);

/* An argument of the query, unescaped; empty if there is none. */
ngx_str_t gavel_query(ngx_http_request_t *r, const char *name);

#endif
