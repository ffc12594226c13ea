/*
 * deflate: permessage-deflate (RFC 7692) without context takeover, so that a
 * message is compressed once for all who get it, and a session keeps nothing.
 */

#ifndef GAVEL_DEFLATE_H
#define GAVEL_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    DEFLATE_MALFORMED = -1,          /* the header itself is wrong */
    DEFLATE_NONE = 0,                /* nothing that we would do is offered */
    DEFLATE_PLAIN,                   /* taken: answer DEFLATE_ANSWER */
    DEFLATE_WINDOW                   /* taken: DEFLATE_ANSWER_WINDOW */
} deflate_terms_t;

#define DEFLATE_ANSWER                                                        \
    "permessage-deflate; server_no_context_takeover; "                        \
    "client_no_context_takeover"

#define DEFLATE_ANSWER_WINDOW  DEFLATE_ANSWER "; server_max_window_bits=15"

/* What becomes of a Sec-WebSocket-Extensions header: the first offer that
 * can be met.  One compressed message serves all, with the full window, so
 * who wants a smaller one gets none. */
deflate_terms_t deflate_negotiate(const unsigned char *header, size_t len);

/* Compresses a message of n bytes.  The result is good until the next call;
 * 0: it did not get smaller, or there is no memory. */
size_t deflate_pack(const unsigned char *data, size_t n,
    const unsigned char **packed);

/*
 * Decompresses a message to at most `limit` bytes, never more than that in
 * memory.  0, or the code to close with.  *data is the caller's, to free().
 */
uint16_t deflate_unpack(unsigned char *packed, size_t n, size_t limit,
    unsigned char **data, size_t *len);

/* Gives the memory of both back; the next call makes it again. */
void deflate_free(void);

#endif
