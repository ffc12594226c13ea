/*
 * charset: a file's bytes as UTF-8.
 */

#ifndef GAVEL_CHARSET_H
#define GAVEL_CHARSET_H

#include <stddef.h>

/*
 * UTF-8 with or without its mark, UTF-16 with one, else CP949, which Korean
 * spreadsheets write (EUC-KR is a part of it).  *text is malloc()ed, ends
 * with a NUL and has no mark; *name says what the file was.  -1: it is none
 * of these, or has a NUL inside, or there is no memory.  May run in a thread.
 */
int charset_utf8(const char *in, size_t len, char **text, size_t *text_len,
    const char **name);

#endif
