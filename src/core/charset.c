/*
 * charset: a file's bytes as UTF-8, whatever a spreadsheet wrote.
 */

#include "core/charset.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>


/* libc checks UTF-8 while it "converts" it to the same.  No character grows
 * by more than from 2 bytes to 3. */

static char *
convert(const char *from, const char *in, size_t len, size_t *out_len)
{
    char     *text, *src, *dst;
    size_t    left, room, rc;
    iconv_t   cd;

    cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t) -1) {
        return NULL;
    }

    room = len + len / 2 + 4;
    text = malloc(room + 1);

    if (text == NULL) {
        iconv_close(cd);
        return NULL;
    }

    src = (char *) in;
    dst = text;
    left = len;

    rc = iconv(cd, &src, &left, &dst, &room);
    iconv_close(cd);

    if (rc == (size_t) -1 || left != 0
        || memchr(text, '\0', dst - text) != NULL)
    {
        free(text);
        return NULL;
    }

    *dst = '\0';
    *out_len = dst - text;

    return text;
}


int
charset_utf8(const char *in, size_t len, char **text, size_t *text_len,
    const char **name)
{
    if (len >= 2 && memcmp(in, "\xff\xfe", 2) == 0) {
        *name = "UTF-16LE";
        *text = convert(*name, in + 2, len - 2, text_len);
        return *text ? 0 : -1;
    }

    if (len >= 2 && memcmp(in, "\xfe\xff", 2) == 0) {
        *name = "UTF-16BE";
        *text = convert(*name, in + 2, len - 2, text_len);
        return *text ? 0 : -1;
    }

    if (len >= 3 && memcmp(in, "\xef\xbb\xbf", 3) == 0) {
        in += 3;
        len -= 3;
    }

    *name = "UTF-8";
    *text = convert(*name, in, len, text_len);

    if (*text == NULL) {
        *name = "CP949";
        *text = convert(*name, in, len, text_len);
    }

    return *text ? 0 : -1;
}
