/*
 * frame: the framing of RFC 6455, whole, split at every byte, and malformed.
 *
 * needs: room/frame room/utf8 */

#include <stdlib.h>
#include <string.h>

#include "room/frame.h"
#include "room/utf8.h"

#include "tap.h"


#define LIMIT   32768

typedef struct {
    unsigned char  bytes[3 * LIMIT];
    size_t         len;
} wire_t;


static wire_t  wire;


/* A frame as a client writes it; flags: FIN is 0x80, RSV1 0x40. */

static void
put(unsigned first, const void *data, size_t len)
{
    static const unsigned char  mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
    unsigned char              *p = wire.bytes + wire.len;
    size_t                      i;

    *p++ = first;

    if (len < 126) {
        *p++ = 0x80 | len;

    } else if (len < 65536) {
        *p++ = 0x80 | 126;
        *p++ = len >> 8;
        *p++ = len;

    } else {
        *p++ = 0x80 | 127;

        for (i = 0; i < 8; i++) {
            *p++ = (unsigned long long) len >> (56 - 8 * i);
        }
    }

    memcpy(p, mask, 4);
    p += 4;

    for (i = 0; i < len; i++) {
        *p++ = ((const unsigned char *) data)[i] ^ mask[i & 3];
    }

    wire.len = p - wire.bytes;
}


static void
put_text(unsigned first, const char *text)
{
    put(first, text, strlen(text));
}


/*
 * Reads the wire in pieces of n bytes and writes what came as one line:
 * "t:hello p:x c:1000:bye !1002".
 */

static const char *
heard(size_t n)
{
    static char      line[4 * LIMIT];
    char            *out = line;
    size_t           at, len;
    frame_t          f;
    unsigned char   *p, *last, *copy;
    frame_status_t   rc;
    frame_reader_t   r;

    frame_reader_init(&r, LIMIT);
    line[0] = '\0';

    for (at = 0; at < wire.len; at += n) {
        len = n < wire.len - at ? n : wire.len - at;

        copy = malloc(len);
        memcpy(copy, wire.bytes + at, len);
        p = copy;
        last = p + len;

        while ((rc = frame_read(&r, &p, last, &f)) == FRAME_READY) {
            if (out != line) {
                *out++ = ' ';
            }

            *out++ = f.opcode == FRAME_TEXT ? 't'
                     : f.opcode == FRAME_BINARY ? 'b'
                     : f.opcode == FRAME_PING ? 'p'
                     : f.opcode == FRAME_PONG ? 'o' : 'c';

            if (f.opcode == FRAME_CLOSE) {
                out += sprintf(out, ":%u", f.code);
            }

            *out++ = ':';

            if (f.len > 100) {
                out += sprintf(out, "%zu", f.len);

            } else if (f.len) {
                memcpy(out, f.data, f.len);
                out += f.len;
            }

            *out = '\0';
        }

        free(copy);

        if (rc == FRAME_FAILED) {
            sprintf(out, "%s!%u", out == line ? "" : " ", r.error);
            break;
        }
    }

    frame_reader_free(&r);

    return line;
}


/* The same for every size of pieces. */

static void
hears(const char *expected, const char *name)
{
    char    what[128];
    size_t  n;

    for (n = 1; n < wire.len && n < 40; n++) {
        if (strcmp(heard(n), expected) != 0) {
            sprintf(what, "%.100s, by %zu", name, n);
            is_str(heard(n), expected, what);
            wire.len = 0;
            return;
        }
    }

    is_str(heard(wire.len), expected, name);
    wire.len = 0;
}


static void
raw(const char *bytes, size_t len)
{
    memcpy(wire.bytes + wire.len, bytes, len);
    wire.len += len;
}


static void
messages(void)
{
    static char  big[LIMIT + 1];

    memset(big, 'x', sizeof(big));

    put_text(0x81, "hello");
    hears("t:hello", "a text");

    put_text(0x81, "");
    hears("t:", "an empty text");

    put_text(0x81, "one");
    put_text(0x82, "two");
    put_text(0x81, "three");
    hears("t:one b:two t:three", "several in a row");

    put_text(0x01, "he");
    put_text(0x00, "");
    put_text(0x00, "ll");
    put_text(0x80, "o");
    hears("t:hello", "fragments");

    put_text(0x01, "he");
    put_text(0x89, "now?");
    put_text(0x00, "ll");
    put_text(0x8a, "");
    put_text(0x80, "o");
    hears("p:now? o: t:hello", "control frames between fragments");

    put_text(0x01, "");
    put_text(0x80, "");
    hears("t:", "empty fragments");

    put(0x81, big, 125);
    put(0x81, big, 126);
    put(0x81, big, LIMIT);
    hears("t:125 t:126 t:32768", "lengths up to the limit");

    put(0x01, big, LIMIT - 1);
    put(0x80, big, 1);
    hears("t:32768", "fragments up to the limit");
}


static void
malformed(void)
{
    static char  big[70000];

    raw("\x81\x05hello", 7);
    hears("!1002", "no mask");

    raw("\x81\x00", 2);
    hears("!1002", "no mask on an empty one");

    put_text(0xc1, "x");
    hears("!1002", "RSV1");
    put_text(0xa1, "x");
    hears("!1002", "RSV2");
    put_text(0x91, "x");
    hears("!1002", "RSV3");
    put_text(0x83, "x");
    hears("!1002", "opcode 3");
    put_text(0x87, "x");
    hears("!1002", "opcode 7");
    put_text(0x8b, "x");
    hears("!1002", "opcode 11");
    put_text(0x8f, "x");
    hears("!1002", "opcode 15");

    put(0x89, big, 126);
    hears("!1002", "a ping of 126 bytes");
    put_text(0x09, "x");
    hears("!1002", "a ping in fragments");
    put_text(0x80, "x");
    hears("!1002", "a continuation of nothing");
    put_text(0x01, "x");
    put_text(0x81, "y");
    hears("!1002", "a text inside a text");
    put_text(0x81, "x");
    put_text(0x80, "y");
    hears("t:x !1002", "a continuation behind the end");

    raw("\x81\xfe\x00\x7dxxxx", 8);
    hears("!1002", "125 in two bytes");
    raw("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xffxxxx", 14);
    hears("!1002", "65535 in eight bytes");
    raw("\x81\xff\x80\x00\x00\x00\x00\x01\x00\x00xxxx", 14);
    hears("!1002", "the highest bit of a length");

    put(0x81, big, LIMIT + 1);
    hears("!1009", "too large");
    raw("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xffxxxx", 14);
    hears("!1009", "far too large");
    put(0x01, big, LIMIT);
    put(0x80, big, 1);
    hears("!1009", "too large by fragments");

    put_text(0x81, "before");
    put_text(0xc1, "x");
    put_text(0x81, "after");
    hears("t:before !1002", "nothing is heard behind a failure");
}


static void
closes(void)
{
    put(0x88, "", 0);
    hears("c:1005:", "a close without a code");
    put(0x88, "\x03\xe8", 2);
    hears("c:1000:", "1000");
    put(0x88, "\x03\xe9" "bye", 5);
    hears("c:1001:bye", "a reason");
    put(0x88, "\x0f\xa0", 2);
    hears("c:4000:", "4000");
    put(0x88, "\x0b\xb8", 2);
    hears("c:3000:", "3000");
    put(0x88, "\x03", 1);
    hears("!1002", "half a code");
    put(0x88, "\x03\xe7", 2);
    hears("!1002", "999");
    put(0x88, "\x03\xec", 2);
    hears("!1002", "1004");
    put(0x88, "\x03\xed", 2);
    hears("!1002", "1005");
    put(0x88, "\x03\xee", 2);
    hears("!1002", "1006");
    put(0x88, "\x03\xf7", 2);
    hears("!1002", "1015");
    put(0x88, "\x07\xd0", 2);
    hears("!1002", "2000");
    put(0x88, "\x13\x88", 2);
    hears("!1002", "5000");
    put(0x88, "\x03\xe8\xff", 3);
    hears("!1007", "a reason that is no UTF-8");
}


static void
texts(void)
{
    put_text(0x81, "\xea\xb2\xbd\xeb\xa7\xa4 \xf0\x9f\x94\xa8");
    hears("t:\xea\xb2\xbd\xeb\xa7\xa4 \xf0\x9f\x94\xa8", "UTF-8");

    put(0x01, "\xea\xb2", 2);
    put(0x89, "\xff", 1);
    put(0x00, "\xbd\xf0\x9f", 3);
    put(0x80, "\x94\xa8", 2);
    hears("p:\xff t:\xea\xb2\xbd\xf0\x9f\x94\xa8",
          "characters across fragments");

    put(0x81, "\xea\xb2", 2);
    hears("!1007", "half a character");
    put(0x01, "\xea\xb2", 2);
    put(0x80, "x", 1);
    hears("!1007", "a character broken by a fragment");
    put(0x01, "\xea\xb2", 2);
    put(0x80, "", 0);
    hears("!1007", "half a character at the end of fragments");
    put(0x81, "\xc0\x80", 2);
    hears("!1007", "overlong, two");
    put(0x81, "\xe0\x80\x80", 3);
    hears("!1007", "overlong, three");
    put(0x81, "\xf0\x80\x80\x80", 4);
    hears("!1007", "overlong, four");
    put(0x81, "\xed\xa0\x80", 3);
    hears("!1007", "a surrogate");
    put(0x81, "\xf4\x90\x80\x80", 4);
    hears("!1007", "above U+10FFFF");
    put(0x81, "\x80", 1);
    hears("!1007", "a tail without a head");
    put(0x81, "0123456789abcdef\xff", 17);
    hears("!1007", "behind plain letters");
    put(0x82, "\xff\xfe", 2);
    hears("b:\xff\xfe", "bytes are free in binary");
}


static void
writing(void)
{
    unsigned char  p[FRAME_CONTROL_MAX + 2];
    char           reason[200];

    is_int(frame_head(p, FRAME_TEXT, 125), 2, "a short head");
    is_int(p[0] << 8 | p[1], 0x817d, "of 125 bytes");
    is_int(frame_head(p, FRAME_TEXT, 126), 4, "a middle head");
    is_int(p[1] << 16 | p[2] << 8 | p[3], 0x7e007e, "of 126 bytes");
    is_int(frame_head(p, FRAME_TEXT, 65536), 10, "a long head");
    is_int(p[1] << 24 | p[7] << 16 | p[8] << 8 | p[9], 0x7f010000,
           "of 65536 bytes");

    is_int(frame_close(p, 4000, "resume"), 10, "a close");
    is_int(p[1] << 16 | p[2] << 8 | p[3], 0x080fa0,
           "with its code");

    memset(reason, 'x', sizeof(reason));
    reason[199] = '\0';
    is_int(frame_close(p, 1000, reason), FRAME_CONTROL_MAX + 2,
           "a reason is cut");
}


/* Whatever comes, in whatever pieces: no byte outside is touched. */

static void
noise(void)
{
    int     i;
    size_t  j;

    srand(6455);

    for (i = 0; i < 20000; i++) {
        wire.len = 1 + rand() % 64;

        for (j = 0; j < wire.len; j++) {
            wire.bytes[j] = rand();
        }

        if (i & 1) {
            wire.bytes[0] = (unsigned) (0x80 * (rand() & 1)) | (rand() % 11);
            wire.bytes[1] = 0x80 | (rand() % 20);
        }

        heard(1 + rand() % 8);
    }

    wire.len = 0;
    ok(1, "noise");
}


int
main(void)
{
    messages();
    malformed();
    closes();
    texts();
    writing();
    noise();

    return done_testing();
}


#ifdef FUZZ

/* clang -fsanitize=fuzzer,address -DFUZZ -Dmain=unused ... */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > sizeof(wire.bytes)) {
        return 0;
    }

    memcpy(wire.bytes, data + 1, size - 1);
    wire.len = size - 1;
    heard(1 + data[0] % 64);
    wire.len = 0;

    return 0;
}

#endif
