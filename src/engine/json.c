/*
 * json: reads and writes the engine's texts, strictly and without memory of
 * its own.
 */

#include "engine/json.h"

#include <string.h>

#include "core/times.h"


#define MAX_SAFE  INT64_C(9007199254740991)


static int get_escape(json_in_t *in, char *buf, size_t *len);
static int get_hex(json_in_t *in, uint32_t *v);
static size_t utf8_put(char *p, uint32_t c);
static size_t utf8_len(const unsigned char *s, size_t len);
static void skip(json_in_t *in);


void
json_raw(json_out_t *o, const char *s, size_t len)
{
    if ((size_t) (o->end - o->p) < len) {
        o->full = 1;
        o->end = o->p;
        return;
    }

    memcpy(o->p, s, len);
    o->p += len;
}


void
json_put(json_out_t *o, const char *s)
{
    json_raw(o, s, strlen(s));
}


void
json_put_int(json_out_t *o, int64_t v)
{
    char       buf[24], *p;
    uint64_t   u;

    p = buf + sizeof(buf);
    u = v < 0 ? 0 - (uint64_t) v : (uint64_t) v;

    do {
        *--p = (char) ('0' + u % 10);
        u /= 10;
    } while (u != 0);

    if (v < 0) {
        *--p = '-';
    }

    json_raw(o, p, (size_t) (buf + sizeof(buf) - p));
}


void
json_put_text(json_out_t *o, const char *s, size_t len)
{
    char                buf[6];
    size_t              i;
    unsigned char       c;
    static const char   hex[] = "0123456789abcdef";

    json_raw(o, "\"", 1);

    for (i = 0; i < len; i++) {
        c = (unsigned char) s[i];

        if (c == '"' || c == '\\') {
            buf[0] = '\\';
            buf[1] = (char) c;
            json_raw(o, buf, 2);

        } else if (c < 0x20 || c == 0x7f) {
            memcpy(buf, "\\u00", 4);
            buf[4] = hex[c >> 4];
            buf[5] = hex[c & 15];
            json_raw(o, buf, 6);

        } else {
            json_raw(o, s + i, 1);
        }
    }

    json_raw(o, "\"", 1);
}


void
json_put_time(json_out_t *o, int64_t ms)
{
    char  buf[GAVEL_ISO_LEN + 2];

    if (ms == 0) {
        json_raw(o, "null", 4);
        return;
    }

    buf[0] = '"';
    (void) gavel_iso_write((unsigned char *) buf + 1, ms);
    buf[GAVEL_ISO_LEN + 1] = '"';

    json_raw(o, buf, sizeof(buf));
}


void
json_put_bool(json_out_t *o, int v)
{
    json_put(o, v ? "true" : "false");
}


void
json_put_id(json_out_t *o, int64_t id)
{
    if (id == 0) {
        json_raw(o, "null", 4);
        return;
    }

    json_put_int(o, id);
}


int
json_peek(json_in_t *in)
{
    skip(in);

    return in->p < in->end ? (unsigned char) *in->p : -1;
}


int
json_get(json_in_t *in, char c)
{
    if (json_peek(in) != (unsigned char) c) {
        return -1;
    }

    in->p++;

    return 0;
}


static int
get_word(json_in_t *in, const char *word)
{
    size_t  len;

    skip(in);
    len = strlen(word);

    if ((size_t) (in->end - in->p) < len || memcmp(in->p, word, len) != 0) {
        return -1;
    }

    in->p += len;

    return 0;
}


/* A number goes on to the next delimiter: 1.5, 1e309, 01 and 1x are none. */

int
json_get_int(json_in_t *in, int64_t *v)
{
    int          minus;
    int64_t      n;
    const char  *from;

    skip(in);

    minus = in->p < in->end && *in->p == '-';
    in->p += minus;
    from = in->p;

    for (n = 0; in->p < in->end && *in->p >= '0' && *in->p <= '9'; in->p++) {

        n = n * 10 + (*in->p - '0');

        if (n > MAX_SAFE) {
            return -1;
        }
    }

    if (in->p == from || (*from == '0' && in->p - from > 1)) {
        return -1;
    }

    if (in->p < in->end && strchr(",]} \t\r\n", *in->p) == NULL) {
        return -1;
    }

    if (minus && n == 0) {
        return -1;
    }

    *v = minus ? -n : n;

    return 0;
}


int
json_get_bool(json_in_t *in, uint32_t *v)
{
    int64_t  n;

    if (get_word(in, "true") == 0) {
        *v = 1;
        return 0;
    }

    if (get_word(in, "false") == 0) {
        *v = 0;
        return 0;
    }

    if (json_get_int(in, &n) != 0 || n < 0 || n > 1) {
        return -1;
    }

    *v = (uint32_t) n;

    return 0;
}


int
json_get_null(json_in_t *in)
{
    return get_word(in, "null");
}


int
json_get_text(json_in_t *in, char *buf, size_t size, size_t *len)
{
    char    part[4];
    size_t  n, k;

    if (json_get(in, '"') != 0) {
        return -1;
    }

    for (n = 0; in->p < in->end && *in->p != '"'; n += k) {

        if (*in->p >= ' ' && *in->p < 0x7f && *in->p != '\\') {
            part[0] = *in->p++;
            k = 1;

        } else if (*in->p == '\\') {

            if (get_escape(in, part, &k) != 0) {
                return -1;
            }

        } else {
            k = utf8_len((const unsigned char *) in->p,
                         (size_t) (in->end - in->p));

            if (k == 0 || (unsigned char) *in->p < 0x20) {
                return -1;
            }

            memcpy(part, in->p, k);
            in->p += k;
        }

        if (size - n < k) {
            return -1;
        }

        if (k == 1) {
            buf[n] = part[0];

        } else {
            memcpy(buf + n, part, k);
        }
    }

    *len = n;

    return json_get(in, '"');
}


static int
get_escape(json_in_t *in, char *buf, size_t *len)
{
    char         c;
    uint32_t     v, low;
    const char  *at;

    static const char  from[] = "\"\\/bfnrt";
    static const char  to[] = "\"\\/\b\f\n\r\t";

    in->p++;

    if (in->p == in->end) {
        return -1;
    }

    c = *in->p++;

    if (c != 'u') {
        at = c == '\0' ? NULL : strchr(from, c);

        if (at == NULL) {
            return -1;
        }

        buf[0] = to[at - from];
        *len = 1;

        return 0;
    }

    if (get_hex(in, &v) != 0 || (v >= 0xdc00 && v <= 0xdfff)) {
        return -1;
    }

    if (v >= 0xd800 && v <= 0xdbff) {

        if (in->end - in->p < 2 || in->p[0] != '\\' || in->p[1] != 'u') {
            return -1;
        }

        in->p += 2;

        if (get_hex(in, &low) != 0 || low < 0xdc00 || low > 0xdfff) {
            return -1;
        }

        v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
    }

    *len = utf8_put(buf, v);

    return 0;
}


static int
get_hex(json_in_t *in, uint32_t *v)
{
    int   i;
    char  c;

    if (in->end - in->p < 4) {
        return -1;
    }

    for (*v = 0, i = 0; i < 4; i++) {
        c = *in->p++;

        if (c >= '0' && c <= '9') {
            *v = *v * 16 + (uint32_t) (c - '0');

        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            *v = *v * 16 + (uint32_t) ((c | 0x20) - 'a' + 10);

        } else {
            return -1;
        }
    }

    return 0;
}


int
json_get_time(json_in_t *in, int64_t *ms)
{
    char    buf[GAVEL_ISO_LEN];
    size_t  len;

    if (json_get_null(in) == 0) {
        *ms = 0;
        return 0;
    }

    if (json_get_text(in, buf, sizeof(buf), &len) != 0
        || len != GAVEL_ISO_LEN)
    {
        return -1;
    }

    *ms = gavel_iso_parse((unsigned char *) buf, len);

    return *ms > 0 ? 0 : -1;
}


int
json_get_id(json_in_t *in, int64_t *id)
{
    if (json_get_null(in) == 0) {
        *id = 0;
        return 0;
    }

    return json_get_int(in, id);
}


int
json_end(json_in_t *in)
{
    return json_peek(in) == -1 ? 0 : -1;
}


static void
skip(json_in_t *in)
{
    while (in->p < in->end
           && (*in->p == ' ' || *in->p == '\t' || *in->p == '\n'
               || *in->p == '\r'))
    {
        in->p++;
    }
}


static size_t
utf8_put(char *p, uint32_t c)
{
    if (c < 0x80) {
        p[0] = (char) c;
        return 1;
    }

    if (c < 0x800) {
        p[0] = (char) (0xc0 | c >> 6);
        p[1] = (char) (0x80 | (c & 0x3f));
        return 2;
    }

    if (c < 0x10000) {
        p[0] = (char) (0xe0 | c >> 12);
        p[1] = (char) (0x80 | (c >> 6 & 0x3f));
        p[2] = (char) (0x80 | (c & 0x3f));
        return 3;
    }

    p[0] = (char) (0xf0 | c >> 18);
    p[1] = (char) (0x80 | (c >> 12 & 0x3f));
    p[2] = (char) (0x80 | (c >> 6 & 0x3f));
    p[3] = (char) (0x80 | (c & 0x3f));

    return 4;
}


/* Bytes of the character at s, or 0 if it is not one (overlong forms,
 * surrogates and what lies above U+10FFFF are none). */

static size_t
utf8_len(const unsigned char *s, size_t len)
{
    size_t    n, i;
    uint32_t  c;

    static const uint32_t  least[] = { 0, 0, 0x80, 0x800, 0x10000 };

    c = s[0];

    if (c < 0x80) {
        return 1;
    }

    if (c >= 0xc2 && c <= 0xdf) {
        n = 2;
        c &= 0x1f;

    } else if ((c & 0xf0) == 0xe0) {
        n = 3;
        c &= 0x0f;

    } else if (c >= 0xf0 && c <= 0xf4) {
        n = 4;
        c &= 0x07;

    } else {
        return 0;
    }

    if (len < n) {
        return 0;
    }

    for (i = 1; i < n; i++) {

        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }

        c = c << 6 | (s[i] & 0x3f);
    }

    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }

    return n;
}


int
utf8_valid(const char *s, size_t len)
{
    size_t  n;

    for ( /* void */ ; len > 0; s += n, len -= n) {
        n = utf8_len((const unsigned char *) s, len);

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}
