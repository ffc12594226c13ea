/*
 * frame: takes RFC 6455 frames apart and writes their headers.
 */

#include "room/frame.h"
#include "room/utf8.h"

#include <stdlib.h>
#include <string.h>


/* What arrived of things that are not complete: rarely needed, so apart. */

struct frame_partial_s {
    unsigned char   head[FRAME_HEAD_MAX];
    unsigned char   control[FRAME_CONTROL_MAX];
    uint8_t         ncontrol;
    uint32_t        utf8;            /* state behind the last text byte */
    uint32_t        len, size;
    unsigned char  *data;
};


static frame_status_t frame_fail(frame_reader_t *r, uint16_t code);
static frame_partial_t *frame_partial(frame_reader_t *r);
static frame_status_t frame_read_head(frame_reader_t *r, unsigned char **p,
    unsigned char *last);
static size_t frame_head_size(const unsigned char *h);
static uint16_t frame_check_first(const frame_reader_t *r,
    const unsigned char *h);
static uint16_t frame_parse_head(frame_reader_t *r, const unsigned char *h);
static frame_status_t frame_read_control(frame_reader_t *r, unsigned char **p,
    unsigned char *last, frame_t *f);
static frame_status_t frame_control(frame_reader_t *r, unsigned char *data,
    size_t len, frame_t *f);
static frame_status_t frame_read_data(frame_reader_t *r, unsigned char **p,
    unsigned char *last, frame_t *f);
static int frame_is_text(const frame_reader_t *r);
static frame_status_t frame_keep(frame_reader_t *r, unsigned char *p,
    size_t len);
static frame_status_t frame_message(frame_reader_t *r, unsigned char *data,
    size_t len, frame_t *f);
static void frame_unmask(frame_reader_t *r, unsigned char *p, size_t len);


void
frame_reader_init(frame_reader_t *r, uint32_t limit)
{
    memset(r, 0, sizeof(frame_reader_t));
    r->limit = limit;
}


void
frame_reader_free(frame_reader_t *r)
{
    if (r->partial != NULL) {
        free(r->partial->data);
        free(r->partial);
        r->partial = NULL;
    }
}


int
frame_reader_open(const frame_reader_t *r)
{
    return r->nhead != 0 || r->payload || r->message != 0;
}


size_t
frame_reader_memory(const frame_reader_t *r)
{
    return r->partial ? sizeof(frame_partial_t) + r->partial->size : 0;
}


frame_status_t
frame_read(frame_reader_t *r, unsigned char **p, unsigned char *last,
    frame_t *f)
{
    frame_status_t  rc;

    if (r->error) {
        return FRAME_FAILED;
    }

    /* the last message was used by now, and nothing else is waiting */

    if (!frame_reader_open(r)) {
        frame_reader_free(r);
    }

    for ( ;; ) {
        if (!r->payload) {
            rc = frame_read_head(r, p, last);
            if (rc != FRAME_READY) {
                return rc;
            }
        }

        rc = (r->opcode & 8) ? frame_read_control(r, p, last, f)
                             : frame_read_data(r, p, last, f);

        /* the end of a fragment that is not the last is no message yet */

        if (rc != FRAME_MORE || r->payload || *p == last) {
            return rc;
        }
    }
}


static frame_status_t
frame_fail(frame_reader_t *r, uint16_t code)
{
    r->error = code;
    frame_reader_free(r);

    return FRAME_FAILED;
}


static frame_partial_t *
frame_partial(frame_reader_t *r)
{
    if (r->partial == NULL) {
        r->partial = calloc(1, sizeof(frame_partial_t));
    }

    return r->partial;
}


/* FRAME_READY: the header is complete and the payload follows */

static frame_status_t
frame_read_head(frame_reader_t *r, unsigned char **p, unsigned char *last)
{
    size_t          n, size;
    uint16_t        code;
    unsigned char  *h;

    if (r->nhead == 0 && (size_t) (last - *p) >= 2
        && (size_t) (last - *p) >= frame_head_size(*p))
    {
        h = *p;
        *p += frame_head_size(h);

        code = frame_check_first(r, h);
        if (code == 0) {
            code = frame_parse_head(r, h);
        }

        return code ? frame_fail(r, code) : FRAME_READY;
    }

    while (*p < last) {
        if (frame_partial(r) == NULL) {
            return frame_fail(r, CLOSE_INTERNAL);
        }

        h = r->partial->head;
        size = r->nhead < 2 ? 2 : frame_head_size(h);

        n = size - r->nhead;
        if (n > (size_t) (last - *p)) {
            n = last - *p;
        }

        memcpy(h + r->nhead, *p, n);
        r->nhead += n;
        *p += n;

        if (r->nhead < 2) {
            break;
        }

        /* what the first two bytes tell is refused without the others */

        code = frame_check_first(r, h);

        if (code == 0 && r->nhead == frame_head_size(h)) {
            code = frame_parse_head(r, h);
        }

        if (code) {
            return frame_fail(r, code);
        }

        if (r->payload) {
            return FRAME_READY;
        }
    }

    return FRAME_MORE;
}


/* unmasked frames are refused before their missing mask matters */

static size_t
frame_head_size(const unsigned char *h)
{
    switch (h[1] & 0x7f) {
    case 126:
        return 8;
    case 127:
        return 14;
    default:
        return 6;
    }
}


static uint16_t
frame_check_first(const frame_reader_t *r, const unsigned char *h)
{
    unsigned  opcode = h[0] & 0x0f;

    if ((h[0] & 0x30) || !(h[1] & 0x80)) {           /* RSV, no mask */
        return CLOSE_PROTOCOL;
    }

    /* the first frame of a message says that all of it is compressed */

    if ((h[0] & FRAME_COMPRESSED)
        && (!r->deflate || (opcode & 8) || opcode == FRAME_CONTINUATION))
    {
        return CLOSE_PROTOCOL;
    }

    if (opcode & 8) {
        if (opcode > FRAME_PONG || !(h[0] & 0x80)
            || (h[1] & 0x7f) > FRAME_CONTROL_MAX)
        {
            return CLOSE_PROTOCOL;
        }

        return 0;
    }

    if (opcode > FRAME_BINARY) {
        return CLOSE_PROTOCOL;
    }

    /* a continuation must continue, and nothing else may come between */

    if ((opcode == FRAME_CONTINUATION) != (r->message != 0)) {
        return CLOSE_PROTOCOL;
    }

    return 0;
}


static uint16_t
frame_parse_head(frame_reader_t *r, const unsigned char *h)
{
    int       i;
    size_t    n;
    uint64_t  len, sofar;

    len = h[1] & 0x7f;
    n = 2;

    if (len == 126) {
        len = (uint64_t) h[2] << 8 | h[3];
        n = 4;

        if (len < 126) {
            return CLOSE_PROTOCOL;
        }

    } else if (len == 127) {
        len = 0;

        for (i = 2; i < 10; i++) {
            len = len << 8 | h[i];
        }

        n = 10;

        if (len < 65536 || (len >> 63)) {
            return CLOSE_PROTOCOL;
        }
    }

    r->opcode = h[0] & 0x0f;
    r->fin = h[0] >> 7;

    if (!(r->opcode & 8)) {
        sofar = r->message && r->partial ? r->partial->len : 0;

        if (len > r->limit - sofar) {
            return CLOSE_TOO_BIG;
        }

        if (r->opcode != FRAME_CONTINUATION) {
            r->message = r->opcode;
            r->compressed = (h[0] & FRAME_COMPRESSED) != 0;
        }
    }

    memcpy(r->mask, h + n, 4);
    r->left = len;
    r->phase = 0;
    r->nhead = 0;
    r->payload = 1;

    return 0;
}


static frame_status_t
frame_read_control(frame_reader_t *r, unsigned char **p, unsigned char *last,
    frame_t *f)
{
    size_t            n;
    unsigned char    *data;
    frame_partial_t  *part;

    n = last - *p;

    if (n > r->left) {
        n = r->left;
    }

    data = *p;
    *p += n;
    r->left -= n;

    frame_unmask(r, data, n);

    if (r->left == 0 && (r->partial == NULL || r->partial->ncontrol == 0)) {
        return frame_control(r, data, n, f);
    }

    part = frame_partial(r);
    if (part == NULL) {
        return frame_fail(r, CLOSE_INTERNAL);
    }

    memcpy(part->control + part->ncontrol, data, n);
    part->ncontrol += n;

    if (r->left) {
        return FRAME_MORE;
    }

    n = part->ncontrol;
    part->ncontrol = 0;

    return frame_control(r, part->control, n, f);
}


static frame_status_t
frame_control(frame_reader_t *r, unsigned char *data, size_t len, frame_t *f)
{
    r->payload = 0;

    f->opcode = r->opcode;
    f->data = data;
    f->len = len;
    f->code = 0;
    f->compressed = 0;

    if (r->opcode != FRAME_CLOSE) {
        return FRAME_READY;
    }

    if (len == 0) {
        f->code = CLOSE_NO_CODE;
        return FRAME_READY;
    }

    if (len == 1) {
        return frame_fail(r, CLOSE_PROTOCOL);
    }

    f->code = data[0] << 8 | data[1];
    f->data += 2;
    f->len -= 2;

    if (!frame_code_valid(f->code)) {
        return frame_fail(r, CLOSE_PROTOCOL);
    }

    if (utf8_check(0, f->data, f->len) != 0) {
        return frame_fail(r, CLOSE_INVALID_UTF8);
    }

    return FRAME_READY;
}


static frame_status_t
frame_read_data(frame_reader_t *r, unsigned char **p, unsigned char *last,
    frame_t *f)
{
    size_t          n;
    frame_status_t  rc;
    unsigned char  *data;

    n = last - *p;

    if (n > r->left) {
        n = r->left;
    }

    data = *p;
    *p += n;
    r->left -= n;

    frame_unmask(r, data, n);

    if (r->left == 0) {
        r->payload = 0;
    }

    /* one frame that lies here as a whole needs no copy */

    if (r->left == 0 && r->fin && r->opcode != FRAME_CONTINUATION
        && (r->partial == NULL || r->partial->len == 0))
    {
        if (frame_is_text(r) && utf8_check(0, data, n) != 0) {
            return frame_fail(r, CLOSE_INVALID_UTF8);
        }

        return frame_message(r, data, n, f);
    }

    rc = frame_keep(r, data, n);
    if (rc != FRAME_MORE || r->left || !r->fin) {
        return rc;
    }

    if (frame_is_text(r) && r->partial->utf8 != 0) {
        return frame_fail(r, CLOSE_INVALID_UTF8);
    }

    n = r->partial->len;
    r->partial->len = 0;
    r->partial->utf8 = 0;

    return frame_message(r, r->partial->data, n, f);
}


static int
frame_is_text(const frame_reader_t *r)
{
    return r->message == FRAME_TEXT && !r->compressed;
}


static frame_status_t
frame_keep(frame_reader_t *r, unsigned char *p, size_t len)
{
    uint32_t          size;
    unsigned char    *data;
    frame_partial_t  *part;

    part = frame_partial(r);
    if (part == NULL) {
        return frame_fail(r, CLOSE_INTERNAL);
    }

    if (len == 0) {
        return FRAME_MORE;
    }

    if (frame_is_text(r)) {
        part->utf8 = utf8_check(part->utf8, p, len);

        if (part->utf8 == UTF8_BAD) {
            return frame_fail(r, CLOSE_INVALID_UTF8);
        }
    }

    /* never more than came: a declared length costs nothing */

    if (len > part->size - part->len) {
        size = part->size ? part->size : 256;

        while (size - part->len < len) {
            size *= 2;
        }

        data = realloc(part->data, size);
        if (data == NULL) {
            return frame_fail(r, CLOSE_INTERNAL);
        }

        part->data = data;
        part->size = size;
    }

    memcpy(part->data + part->len, p, len);
    part->len += len;

    return FRAME_MORE;
}


static frame_status_t
frame_message(frame_reader_t *r, unsigned char *data, size_t len, frame_t *f)
{
    f->opcode = r->message;
    f->data = data;
    f->len = len;
    f->code = 0;
    f->compressed = r->compressed;

    r->message = 0;

    return FRAME_READY;
}


static void
frame_unmask(frame_reader_t *r, unsigned char *p, size_t len)
{
    size_t         i;
    uint32_t       word;
    uint64_t       wide, mask;
    unsigned char  key[4];

    for (i = 0; i < 4; i++) {
        key[i] = r->mask[(r->phase + i) & 3];
    }

    r->phase = (r->phase + len) & 3;

    memcpy(&word, key, 4);
    mask = (uint64_t) word << 32 | word;

    for ( /* void */ ; len >= 8; len -= 8, p += 8) {
        memcpy(&wide, p, 8);
        wide ^= mask;
        memcpy(p, &wide, 8);
    }

    for (i = 0; i < len; i++) {
        p[i] ^= key[i & 3];
    }
}


size_t
frame_head(unsigned char *p, unsigned opcode, uint64_t len)
{
    int  i;

    p[0] = 0x80 | opcode;

    if (len < 126) {
        p[1] = len;
        return 2;
    }

    if (len < 65536) {
        p[1] = 126;
        p[2] = len >> 8;
        p[3] = len;
        return 4;
    }

    p[1] = 127;

    for (i = 0; i < 8; i++) {
        p[2 + i] = len >> (56 - 8 * i);
    }

    return 10;
}


size_t
frame_close(unsigned char *p, uint16_t code, const char *reason)
{
    size_t  len;

    len = strlen(reason);

    if (len > FRAME_CONTROL_MAX - 2) {
        len = FRAME_CONTROL_MAX - 2;
    }

    p += frame_head(p, FRAME_CLOSE, len + 2);
    p[0] = code >> 8;
    p[1] = code;
    memcpy(p + 2, reason, len);

    return len + 4;
}


int
frame_code_valid(uint16_t code)
{
    return (code >= 1000 && code <= 1003)
           || (code >= 1007 && code <= 1014)
           || (code >= 3000 && code <= 4999);
}
