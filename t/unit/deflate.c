/*
 * deflate: what may be negotiated, and messages there and back; bombs and
 * nonsense.
 *
 * needs: room/deflate -lz */

#include <stdlib.h>
#include <string.h>

#include "room/deflate.h"
#include "room/frame.h"

#include "tap.h"


#define LIMIT  32768


/* what becomes of a header */
enum {
    MALFORMED = DEFLATE_MALFORMED,
    NONE = DEFLATE_NONE,
    PLAIN = DEFLATE_PLAIN,
    WINDOW = DEFLATE_WINDOW
};

static unsigned char  text[4 * LIMIT];


static int
terms(const char *header)
{
    return deflate_negotiate((const unsigned char *) header, strlen(header));
}


static void
test_negotiation(void)
{
    unsigned  i;

    static const struct {
        const char  *header;
        int          terms;
    } cases[] = {
        { "permessage-deflate", PLAIN },
        { "permessage-deflate; client_max_window_bits", PLAIN },
        { "permessage-deflate;client_max_window_bits=10", PLAIN },
        { "permessage-deflate; client_max_window_bits=\"15\"", PLAIN },
        { " permessage-deflate ; server_no_context_takeover ;\t"
          "client_no_context_takeover ", PLAIN },
        { "permessage-deflate; server_max_window_bits=15", WINDOW },
        { "x-webkit-deflate-frame, permessage-deflate", PLAIN },
        { "permessage-deflate; server_max_window_bits=10, permessage-deflate",
          PLAIN },
        { "permessage-deflate; server_max_window_bits=15, permessage-deflate",
          WINDOW },

        { "x-webkit-deflate-frame", NONE },
        { "permessage-bzip2; a=b; c", NONE },
        { "PerMessage-Deflate", NONE },
        { "permessage-deflate; server_max_window_bits=14", NONE },
        { "permessage-deflate; server_max_window_bits", NONE },
        { "permessage-deflate; server_max_window_bits=16", NONE },
        { "permessage-deflate; server_max_window_bits=015", NONE },
        { "permessage-deflate; client_max_window_bits=7", NONE },
        { "permessage-deflate; client_max_window_bits=08", NONE },
        { "permessage-deflate; client_max_window_bits=x", NONE },
        { "permessage-deflate; server_no_context_takeover=1", NONE },
        { "permessage-deflate; client_no_context_takeover=\"\"", MALFORMED },
        { "permessage-deflate; client_max_window_bits; "
          "client_max_window_bits=9", NONE },
        { "permessage-deflate; server_no_context_takeover; "
          "server_no_context_takeover", NONE },
        { "permessage-deflate; mystery", NONE },

        { "", MALFORMED },
        { ",permessage-deflate", MALFORMED },
        { "permessage-deflate,", MALFORMED },
        { "permessage-deflate;", MALFORMED },
        { "permessage-deflate; =10", MALFORMED },
        { "permessage-deflate; client_max_window_bits=", MALFORMED },
        { "permessage-deflate; client_max_window_bits=\"10", MALFORMED },
        { "permessage-deflate client_max_window_bits", MALFORMED },
        { "permessage-deflate; a=b=c", MALFORMED },
        { "permessage-deflate, \x7f", MALFORMED },
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(terms(cases[i].header), cases[i].terms, cases[i].header);
    }
}


/* there and back */

static int
survives(size_t n)
{
    int                   good;
    size_t                len, size;
    unsigned char        *data, copy[LIMIT];
    const unsigned char  *packed;

    size = deflate_pack(text, n, &packed);

    if (size == 0 || size >= n) {
        return 0;
    }

    memcpy(copy, packed, size);

    if (deflate_unpack(copy, size, n, &data, &len) != 0) {
        return 0;
    }

    good = len == n && memcmp(data, text, n) == 0;
    free(data);

    return good;
}


static void
test_messages(void)
{
    size_t                n, failed;
    unsigned              seed = 1;
    const unsigned char  *packed;

    for (n = 0; n < sizeof(text); n++) {
        text[n] = "{\"seq\":12,\"price\":300}"[n % 22];
    }

    failed = 0;

    for (n = 40; n < LIMIT; n += 97) {
        failed += !survives(n);
    }

    is_int(failed, 0, "messages of many sizes come back");

    for (n = 0; n < 2000; n++) {
        seed = seed * 1103515245 + 12345;
        text[n] = seed >> 16;
    }

    is_int(deflate_pack(text, 2000, &packed), 0, "what is random stays");
    is_int(deflate_pack(text, 1, &packed), 0, "and what is tiny");
}


static uint16_t
unpack(const char *bytes, size_t n, size_t limit, const char *expected)
{
    size_t          len;
    uint16_t        code;
    unsigned char  *data, copy[LIMIT];

    memcpy(copy, bytes, n);

    code = deflate_unpack(copy, n, limit, &data, &len);

    if (code == 0) {
        code = len == strlen(expected) && memcmp(data, expected, len) == 0
               ? 0 : 1;
        free(data);
    }

    return code;
}


static void
test_foreign(void)
{
    size_t                n, size;
    unsigned              i, wild;
    unsigned char         copy[LIMIT];
    const unsigned char  *packed;

    /* the examples of RFC 7692, 7.2.3 */

    is_int(unpack("\xf2\x48\xcd\xc9\xc9\x07\x00", 7, 100, "Hello"), 0,
           "one block");
    is_int(unpack("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11, 100,
                  "Hello"),
           0, "a block without compression");
    is_int(unpack("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8, 100, "Hello"), 0,
           "a last block");
    is_int(unpack("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13,
                  100, "Hello"),
           0, "two blocks");
    is_int(unpack("\x02\x00", 2, 100, ""), 0, "an empty message");

    is_int(unpack("\xf2\x48\xcd\xc9\xc9\x07\x00", 7, 5, "Hello"), 0,
           "as much as may be");
    is_int(unpack("\xf2\x48\xcd\xc9\xc9\x07\x00", 7, 4, "Hello"), CLOSE_TOO_BIG,
           "a byte more");

    memset(text, ' ', sizeof(text));
    n = deflate_pack(text, sizeof(text), &packed);
    memcpy(copy, packed, n);
    ok(n < 1024, "a bomb is small");
    is_int(unpack((char *) copy, n, LIMIT, ""), CLOSE_TOO_BIG,
           "and does not go off");

    is_int(unpack("\xf2\x48\xcd\xc9", 4, 100, ""), CLOSE_INVALID_UTF8,
           "half a message");
    is_int(unpack("\x07", 1, 100, ""), CLOSE_INVALID_UTF8, "no block");
    is_int(unpack("\xf3\x48\xcd\xc9\xc9\x07\x00", 7, 100, ""),
           CLOSE_INVALID_UTF8, "nothing behind a last block");
    is_int(unpack("\xf2\x48\xcd\xc9\xc9\x07\x00", 7, 100, "Hello"), 0,
           "the next message begins anew");

    /* any byte of a message may be wrong: no limit is broken */

    for (i = 0; i < sizeof(text); i++) {
        text[i] = "{\"seq\":12,\"price\":300}"[(i * i / 50) % 22];
    }

    size = deflate_pack(text, 4000, &packed);
    memcpy(copy, packed, size);
    wild = 0;

    for (i = 0; i < size * 8; i++) {
        size_t          len;
        uint16_t        code;
        unsigned char  *data;

        copy[i / 8] ^= 1 << (i % 8);
        code = deflate_unpack(copy, size, 8000, &data, &len);
        copy[i / 8] ^= 1 << (i % 8);

        wild += code == 0 ? len > 8000
                          : code != CLOSE_TOO_BIG && code != CLOSE_INVALID_UTF8;
        if (code == 0) {
            free(data);
        }
    }

    is_int(wild, 0, "every bit that is wrong");

    deflate_free();
}


int
main(void)
{
    test_negotiation();
    test_messages();
    test_foreign();

    return done_testing();
}
