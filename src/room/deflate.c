/*
 * deflate: negotiates, compresses and decompresses as RFC 7692 has it.
 */

#include "room/deflate.h"
#include "room/frame.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>


#define DEFLATE_WINDOW_BITS  15

/* what a sync flush ends with, and the wire leaves out */
#define DEFLATE_TAIL         4


typedef struct {
    const unsigned char  *p, *last;
} scan_t;

typedef struct {
    const unsigned char  *data;
    size_t                len;
} word_t;


static int scan_extension(scan_t *s, deflate_terms_t *terms);
static int scan_param(scan_t *s, word_t *name, word_t *value);
static int scan_quoted(scan_t *s, word_t *word);
static int scan_token(scan_t *s, word_t *word);
static int scan_char(scan_t *s, unsigned char c);
static int is_token(unsigned char c);
static int is_word(const word_t *word, const char *text);
static int deflate_param(const word_t *name, const word_t *value,
    unsigned *seen);
static int deflate_bits(const word_t *value);
static int deflate_begin(void);
static uint16_t deflate_inflate(unsigned char *p, size_t n, size_t limit,
    unsigned char **data, size_t *size);


static z_stream        packer, unpacker;
static int             packer_there, unpacker_there;
static unsigned char  *packed_data;
static size_t          packed_size;


deflate_terms_t
deflate_negotiate(const unsigned char *header, size_t len)
{
    scan_t           s = { header, header + len };
    deflate_terms_t  terms, first;

    first = DEFLATE_NONE;

    do {
        if (!scan_extension(&s, &terms)) {
            return DEFLATE_MALFORMED;
        }

        if (first == DEFLATE_NONE) {
            first = terms;
        }

    } while (scan_char(&s, ','));

    return s.p == s.last ? first : DEFLATE_MALFORMED;
}


static int
scan_extension(scan_t *s, deflate_terms_t *terms)
{
    int       good;
    word_t    name, value;
    unsigned  seen;

    if (!scan_token(s, &name)) {
        return 0;
    }

    good = is_word(&name, "permessage-deflate");
    seen = 0;

    while (scan_char(s, ';')) {
        if (!scan_param(s, &name, &value)) {
            return 0;
        }

        good = good && deflate_param(&name, &value, &seen);
    }

    *terms = !good ? DEFLATE_NONE
             : (seen & 4) ? DEFLATE_WINDOW : DEFLATE_PLAIN;

    return 1;
}


/* name, or name=value; data NULL: there is no value */

static int
scan_param(scan_t *s, word_t *name, word_t *value)
{
    value->data = NULL;
    value->len = 0;

    if (!scan_token(s, name)) {
        return 0;
    }

    if (!scan_char(s, '=')) {
        return 1;
    }

    return scan_char(s, '"') ? scan_quoted(s, value) : scan_token(s, value);
}


/* what stands in quotes has to be a token, too */

static int
scan_quoted(scan_t *s, word_t *word)
{
    word->data = s->p;

    while (s->p < s->last && is_token(*s->p)) {
        s->p++;
    }

    word->len = s->p - word->data;

    return word->len > 0 && scan_char(s, '"');
}


static int
scan_token(scan_t *s, word_t *word)
{
    while (s->p < s->last && (*s->p == ' ' || *s->p == '\t')) {
        s->p++;
    }

    word->data = s->p;

    while (s->p < s->last && is_token(*s->p)) {
        s->p++;
    }

    word->len = s->p - word->data;

    while (s->p < s->last && (*s->p == ' ' || *s->p == '\t')) {
        s->p++;
    }

    return word->len > 0;
}


static int
scan_char(scan_t *s, unsigned char c)
{
    while (s->p < s->last && c != '"' && (*s->p == ' ' || *s->p == '\t')) {
        s->p++;
    }

    if (s->p == s->last || *s->p != c) {
        return 0;
    }

    s->p++;

    return 1;
}


static int
is_token(unsigned char c)
{
    return c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"/[]?={}", c) == NULL;
}


static int
is_word(const word_t *word, const char *text)
{
    return word->len == strlen(text)
           && memcmp(word->data, text, word->len) == 0;
}


/* May an offer with this parameter be taken? */

static int
deflate_param(const word_t *name, const word_t *value, unsigned *seen)
{
    int       good;
    unsigned  bit;

    if (is_word(name, "server_no_context_takeover")) {
        bit = 1;
        good = value->data == NULL;

    } else if (is_word(name, "client_no_context_takeover")) {
        bit = 2;
        good = value->data == NULL;

    } else if (is_word(name, "server_max_window_bits")) {
        bit = 4;
        good = deflate_bits(value) == DEFLATE_WINDOW_BITS;

    } else if (is_word(name, "client_max_window_bits")) {
        bit = 8;
        good = value->data == NULL || deflate_bits(value) > 0;

    } else {
        return 0;
    }

    good = good && !(*seen & bit);
    *seen |= bit;

    return good;
}


/* 8 to 15, or 0 */

static int
deflate_bits(const word_t *value)
{
    const unsigned char  *p = value->data;

    if (value->len == 1 && (*p == '8' || *p == '9')) {
        return *p - '0';
    }

    if (value->len == 2 && p[0] == '1' && p[1] >= '0' && p[1] <= '5') {
        return 10 + p[1] - '0';
    }

    return 0;
}


/* The cheapest level: it stands in the way of a worker's other work, and
 * JSON gets small anyway. */

static int
deflate_begin(void)
{
    if (packer_there) {
        return deflateReset(&packer) == Z_OK;
    }

    memset(&packer, 0, sizeof(z_stream));

    if (deflateInit2(&packer, Z_BEST_SPEED, Z_DEFLATED, -DEFLATE_WINDOW_BITS,
                     8, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return 0;
    }

    packer_there = 1;

    return 1;
}


size_t
deflate_pack(const unsigned char *data, size_t n,
    const unsigned char **packed)
{
    size_t          size;
    unsigned char  *p;

    if (n > UINT32_MAX / 2 || !deflate_begin()) {
        return 0;
    }

    /* what would not fit does not pay */

    size = n + DEFLATE_TAIL;

    if (size > packed_size) {
        p = realloc(packed_data, size);
        if (p == NULL) {
            return 0;
        }

        packed_data = p;
        packed_size = size;
    }

    packer.next_in = (unsigned char *) data;
    packer.avail_in = n;
    packer.next_out = packed_data;
    packer.avail_out = size;

    if (deflate(&packer, Z_SYNC_FLUSH) != Z_OK || packer.avail_out == 0) {
        return 0;
    }

    *packed = packed_data;

    return size - packer.avail_out - DEFLATE_TAIL;
}


uint16_t
deflate_unpack(unsigned char *packed, size_t n, size_t limit,
    unsigned char **data, size_t *len)
{
    uint16_t              code;
    static unsigned char  tail[DEFLATE_TAIL] = { 0, 0, 0xff, 0xff };

    if (!unpacker_there) {
        memset(&unpacker, 0, sizeof(z_stream));

        if (inflateInit2(&unpacker, -DEFLATE_WINDOW_BITS) != Z_OK) {
            return CLOSE_INTERNAL;
        }

        unpacker_there = 1;

    } else if (inflateReset(&unpacker) != Z_OK) {
        return CLOSE_INTERNAL;
    }

    *data = NULL;
    *len = 0;

    code = deflate_inflate(packed, n, limit, data, len);

    if (code == 0) {
        code = deflate_inflate(tail, DEFLATE_TAIL, limit, data, len);
    }

    /* the tail has to be what it says: an empty block behind the last one */

    if (code == 0 && !(unpacker.data_type & 128)) {
        code = CLOSE_INVALID_UTF8;
    }

    if (code) {
        free(*data);
        *data = NULL;
    }

    return code;
}


/* Takes all of n bytes, one output buffer at a time: *len has come so far. */

static uint16_t
deflate_inflate(unsigned char *p, size_t n, size_t limit,
    unsigned char **data, size_t *len)
{
    int             rc;
    size_t          room;
    unsigned char  *more;

    unpacker.next_in = p;
    unpacker.avail_in = n;

    for ( ;; ) {

        /* twice as much, but never more than one byte above the limit */

        room = *len < 512 ? 1024 : *len;

        if (room > limit + 1 - *len) {
            room = limit + 1 - *len;
        }

        more = realloc(*data, *len + room);
        if (more == NULL) {
            return CLOSE_INTERNAL;
        }

        *data = more;
        unpacker.next_out = *data + *len;
        unpacker.avail_out = room;

        rc = inflate(&unpacker, Z_SYNC_FLUSH);

        *len += room - unpacker.avail_out;

        if (*len > limit) {
            return CLOSE_TOO_BIG;
        }

        if (rc == Z_STREAM_END) {

            /* a block may call itself the last, and others follow */

            rc = inflateReset(&unpacker);
        }

        if (rc != Z_OK && rc != Z_BUF_ERROR) {
            return rc == Z_MEM_ERROR ? CLOSE_INTERNAL : CLOSE_INVALID_UTF8;
        }

        if (unpacker.avail_in == 0 && unpacker.avail_out != 0) {
            return 0;
        }
    }
}


void
deflate_free(void)
{
    if (packer_there) {
        (void) deflateEnd(&packer);
        packer_there = 0;
    }

    if (unpacker_there) {
        (void) inflateEnd(&unpacker);
        unpacker_there = 0;
    }

    free(packed_data);
    packed_data = NULL;
    packed_size = 0;
}
