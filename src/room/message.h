/*
 * message: something to send, encoded once and referenced by every queue
 * that holds it.
 */

#ifndef GAVEL_MESSAGE_H
#define GAVEL_MESSAGE_H

#include "core/core.h"
#include "core/json.h"

typedef enum {
    GAVEL_FORM_WS = 0,
    GAVEL_FORM_DEFLATE,              /* a WebSocket: large ones compressed */
    GAVEL_FORM_SSE,
    GAVEL_FORM_SSE_MANY,             /* of several channels: without ids */
    GAVEL_FORMS
} gavel_form_t;

#define gavel_form_is_stream(form)  ((form) >= GAVEL_FORM_SSE)

/* The kernel copies its bytes for each who gets it: faster if they begin on a
 * line of the cache. */
typedef struct {
    ngx_uint_t    refs;
    size_t        len;
    size_t        cost;              /* counted against a queue's limit */
    uint64_t      channel;           /* gavel_place_key(); 0: of none */
    int64_t       epoch, seq;        /* of its first event; else seq is -1 */
    u_char        data[] __attribute__((aligned(NGX_CPU_CACHE_LINE)));
} gavel_message_t;

/*
 * A message of these n pieces of JSON text, with one reference, which is the
 * caller's.  seq, unless negative, becomes the id of a server-sent event
 * (epoch:seq; of several channels: place.h).  NULL: no memory.
 */
gavel_message_t *gavel_message(gavel_form_t form, const ngx_str_t *pieces,
    ngx_uint_t n, int64_t epoch, int64_t seq);

/* {"type":"event","channel":channel,"event":event}, else as above. */
gavel_message_t *gavel_message_event(gavel_form_t form,
    const ngx_str_t *channel, const ngx_str_t *event, int64_t epoch,
    int64_t seq);

/* These messages, one behind the other, as one, which takes one place in a
 * queue.  Their references are taken.  NULL: no memory, also if a part is. */
gavel_message_t *gavel_message_join(gavel_message_t **parts, ngx_uint_t n);

/* The bytes as they are: a control frame, a comment. */
gavel_message_t *gavel_message_raw(const u_char *data, size_t len);

/* Drops one reference; NULL is fine. */
void gavel_message_free(gavel_message_t *m);

/* A writer for a small frame {"type":type,...}; one at a time: it is good
 * until the next.  _end gives the text. */
gavel_json_t *gavel_frame_begin(const char *type);
ngx_str_t gavel_frame_end(gavel_json_t *j);

/* "server_time":...: what clients set their clocks by. */
void gavel_frame_time(gavel_json_t *j);

ngx_int_t gavel_messages_create(ngx_log_t *log);
void gavel_messages_destroy(void);

#endif
