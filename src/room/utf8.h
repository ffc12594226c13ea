/*
 * utf8: checks UTF-8 that comes in pieces.  Plain C.
 */

#ifndef GAVEL_UTF8_H
#define GAVEL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* UTF-8, byte by byte: state 0 is between characters; returns the new state,
 * or UTF8_BAD. */
#define UTF8_BAD  1
uint32_t utf8_check(uint32_t state, const unsigned char *p, size_t len);

#endif
