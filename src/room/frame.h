/*
 * frame: the framing of WebSocket (RFC 6455), over plain buffers.
 *
 * A reader takes bytes as they come and gives whole messages and control
 * frames.  It keeps nothing but 40 bytes between frames; only what arrived of
 * a message that is not complete yet is kept in memory of its own.  It knows
 * no socket and nothing of nginx.
 */

#ifndef GAVEL_FRAME_H
#define GAVEL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define FRAME_CONTINUATION    0
#define FRAME_TEXT            1
#define FRAME_BINARY          2
#define FRAME_CLOSE           8
#define FRAME_PING            9
#define FRAME_PONG           10

#define FRAME_COMPRESSED   0x40      /* beside an opcode: RSV1 */

#define FRAME_CONTROL_MAX   125
#define FRAME_HEAD_MAX       14      /* as a client writes it */
#define FRAME_SERVER_HEAD    10      /* as a server writes it: no mask */

#define CLOSE_NORMAL       1000
#define CLOSE_GOING_AWAY   1001
#define CLOSE_PROTOCOL     1002
#define CLOSE_UNSUPPORTED  1003
#define CLOSE_NO_CODE      1005      /* never on the wire */
#define CLOSE_ABNORMAL     1006      /* never on the wire */
#define CLOSE_INVALID_UTF8 1007
#define CLOSE_TOO_BIG      1009
#define CLOSE_INTERNAL     1011

typedef struct frame_partial_s  frame_partial_t;

typedef struct {
    frame_partial_t  *partial;       /* NULL between messages */
    uint64_t          left;          /* payload bytes still to come */
    uint32_t          limit;         /* bytes of a message at most */
    uint16_t          error;         /* close code, once it failed */
    uint8_t           nhead;         /* bytes of the header so far */
    uint8_t           opcode;        /* of the frame */
    uint8_t           message;       /* opcode of the open message, or 0 */
    uint8_t           fin;
    uint8_t           payload;       /* the header is complete */
    uint8_t           phase;         /* of the mask */
    uint8_t           deflate;       /* compressed messages may come */
    uint8_t           compressed;    /* the open one is */
    uint8_t           mask[4];
} frame_reader_t;

/* A message or a control frame.  The data lies in the caller's buffer or in
 * the reader: it is valid until the reader is called again. */
typedef struct {
    unsigned char    *data;
    size_t            len;
    uint16_t          opcode;        /* FRAME_TEXT .. FRAME_PONG */
    uint16_t          code;          /* of FRAME_CLOSE; data is the reason */
    uint16_t          compressed;    /* a text is not checked then */
} frame_t;

typedef enum {
    FRAME_MORE = 0,      /* everything was taken; more must come */
    FRAME_READY,         /* *f is a message or control frame */
    FRAME_FAILED         /* reader->error says with which code to close */
} frame_status_t;

/* Without ->deflate, which may be set then, no message may be compressed. */
void frame_reader_init(frame_reader_t *r, uint32_t limit);
void frame_reader_free(frame_reader_t *r);

/* Has a frame or a message begun that is not complete?  And the bytes of
 * memory that are kept for it. */
int frame_reader_open(const frame_reader_t *r);
size_t frame_reader_memory(const frame_reader_t *r);

/*
 * Takes bytes of [*p, last) until something is ready, and moves *p behind
 * them.  The bytes may be overwritten (they are unmasked in place).
 */
frame_status_t frame_read(frame_reader_t *r, unsigned char **p,
    unsigned char *last, frame_t *f);

/* Writes the header of a frame with FIN to p (FRAME_SERVER_HEAD bytes at
 * most); returns its length. */
size_t frame_head(unsigned char *p, unsigned opcode, uint64_t len);

/* Writes a whole close frame to p (FRAME_CONTROL_MAX + 2 bytes); the reason
 * is cut to what fits.  Returns its length. */
size_t frame_close(unsigned char *p, uint16_t code, const char *reason);

/* May a peer send this code? */
int frame_code_valid(uint16_t code);

#endif
