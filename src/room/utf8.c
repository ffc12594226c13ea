/*
 * utf8: checks UTF-8 that comes in pieces.
 */

#include "room/utf8.h"

#include <string.h>


/*
 * The state holds how many bytes are still to come (bits 16 and up) and the
 * bounds of the next one (its low and high end differ behind E0, ED, F0 and
 * F4: no overlong forms, no surrogates, nothing above U+10FFFF).
 */

#define UTF8_STATE(more, lo, hi)                                              \
    ((uint32_t) (more) << 16 | (uint32_t) (lo) << 8 | (hi))

static uint32_t
utf8_lead(unsigned char c)
{
    if (c >= 0xc2 && c <= 0xdf)  return UTF8_STATE(1, 0x80, 0xbf);
    if (c == 0xe0)               return UTF8_STATE(2, 0xa0, 0xbf);
    if (c == 0xed)               return UTF8_STATE(2, 0x80, 0x9f);
    if (c >= 0xe1 && c <= 0xef)  return UTF8_STATE(2, 0x80, 0xbf);
    if (c == 0xf0)               return UTF8_STATE(3, 0x90, 0xbf);
    if (c >= 0xf1 && c <= 0xf3)  return UTF8_STATE(3, 0x80, 0xbf);
    if (c == 0xf4)               return UTF8_STATE(3, 0x80, 0x8f);

    return UTF8_BAD;
}


uint32_t
utf8_check(uint32_t state, const unsigned char *p, size_t len)
{
    uint32_t              more;
    uint64_t              wide;
    const unsigned char  *last;

    last = p + len;

    while (p < last && state != UTF8_BAD) {

        if (state == 0) {

            while (last - p >= 8) {
                memcpy(&wide, p, 8);

                if (wide & UINT64_C(0x8080808080808080)) {
                    break;
                }

                p += 8;
            }

            if (p == last) {
                break;
            }

            state = (*p < 0x80) ? 0 : utf8_lead(*p);
            p++;
            continue;
        }

        if (*p < (state >> 8 & 0xff) || *p > (state & 0xff)) {
            return UTF8_BAD;
        }

        more = (state >> 16) - 1;
        state = more ? UTF8_STATE(more, 0x80, 0xbf) : 0;
        p++;
    }

    return state;
}
