/*
 * json: reading bodies with jansson, writing JSON into a growing buffer.
 */

#include "core/json.h"
#include "core/times.h"


#define JSON_MAX_DEPTH  16


static ngx_uint_t json_too_deep(const ngx_str_t *text);
static u_char *json_reserve(gavel_json_t *j, size_t size);
static u_char *json_member(gavel_json_t *j, const char *key, size_t size);
static u_char *json_escape(u_char *dst, const u_char *src, size_t len);
static size_t json_utf8_length(const u_char *p, const u_char *last);


json_t *
gavel_json_parse(const ngx_str_t *text)
{
    /* jansson recurses; a client must not choose how deep */

    if (json_too_deep(text)) {
        return NULL;
    }

    return json_loadb((const char *) text->data, text->len,
                      JSON_DECODE_ANY|JSON_REJECT_DUPLICATES, NULL);
}


static ngx_uint_t
json_too_deep(const ngx_str_t *text)
{
    u_char      *p, *last;
    ngx_uint_t   depth, quoted;

    depth = 0;
    quoted = 0;
    last = text->data + text->len;

    for (p = text->data; p < last; p++) {

        if (quoted) {
            if (*p == '\\') {
                p++;

            } else if (*p == '"') {
                quoted = 0;
            }

            continue;
        }

        switch (*p) {

        case '"':
            quoted = 1;
            break;

        case '{':
        case '[':
            if (++depth > JSON_MAX_DEPTH) {
                return 1;
            }
            break;

        case '}':
        case ']':
            if (depth == 0) {
                return 0;          /* jansson says what is wrong */
            }
            depth--;
            break;
        }
    }

    return 0;
}


void
gavel_json_init(gavel_json_t *j, ngx_pool_t *pool, size_t size)
{
    ngx_memzero(j, sizeof(gavel_json_t));

    j->pool = pool;
    (void) json_reserve(j, size);
}


ngx_str_t
gavel_json_text(gavel_json_t *j)
{
    ngx_str_t  text;

    text.data = j->start;
    text.len = j->pos - j->start;

    return text;
}


void
gavel_json_open(gavel_json_t *j, const char *key, char bracket)
{
    u_char  *p;

    p = json_member(j, key, 1);
    if (p == NULL) {
        return;
    }

    *p++ = bracket;
    j->pos = p;
    j->comma = 0;
}


void
gavel_json_close(gavel_json_t *j, char bracket)
{
    u_char  *p;

    p = json_reserve(j, 1);
    if (p == NULL) {
        return;
    }

    *p++ = bracket;
    j->pos = p;
    j->comma = 1;
}


void
gavel_json_int(gavel_json_t *j, const char *key, int64_t value)
{
    u_char  *p;

    p = json_member(j, key, NGX_INT64_LEN);
    if (p == NULL) {
        return;
    }

    j->pos = ngx_sprintf(p, "%L", value);
}


void
gavel_json_bool(gavel_json_t *j, const char *key, ngx_uint_t value)
{
    ngx_str_t  text;

    if (value) {
        ngx_str_set(&text, "true");

    } else {
        ngx_str_set(&text, "false");
    }

    gavel_json_raw(j, key, &text);
}


void
gavel_json_null(gavel_json_t *j, const char *key)
{
    ngx_str_t  text = ngx_string("null");

    gavel_json_raw(j, key, &text);
}


void
gavel_json_str(gavel_json_t *j, const char *key, const ngx_str_t *value)
{
    u_char  *p;

    p = json_member(j, key, value->len * 6 + 2);
    if (p == NULL) {
        return;
    }

    *p++ = '"';
    p = json_escape(p, value->data, value->len);
    *p++ = '"';

    j->pos = p;
}


void
gavel_json_cstr(gavel_json_t *j, const char *key, const char *value)
{
    ngx_str_t  text;

    text.data = (u_char *) value;
    text.len = ngx_strlen(value);

    gavel_json_str(j, key, &text);
}


void
gavel_json_time(gavel_json_t *j, const char *key, int64_t ms)
{
    u_char  *p;

    p = json_member(j, key, GAVEL_ISO_LEN + 2);
    if (p == NULL) {
        return;
    }

    *p++ = '"';
    p = gavel_iso_write(p, ms);
    *p++ = '"';

    j->pos = p;
}


void
gavel_json_raw(gavel_json_t *j, const char *key, const ngx_str_t *json)
{
    u_char  *p;

    p = json_member(j, key, json->len);
    if (p == NULL) {
        return;
    }

    j->pos = ngx_cpymem(p, json->data, json->len);
}


/* Room for size more bytes; NULL if there is none. */

static u_char *
json_reserve(gavel_json_t *j, size_t size)
{
    size_t   used, wanted;
    u_char  *p;

    if (j->failed) {
        return NULL;
    }

    if ((size_t) (j->end - j->pos) >= size && j->start != NULL) {
        return j->pos;
    }

    used = j->pos - j->start;
    wanted = ngx_max(2 * (size_t) (j->end - j->start), used + size);

    p = ngx_pnalloc(j->pool, wanted ? wanted : 1);
    if (p == NULL) {
        j->failed = 1;
        return NULL;
    }

    if (used) {
        ngx_memcpy(p, j->start, used);
    }

    if (j->start) {
        (void) ngx_pfree(j->pool, j->start);
    }

    j->start = p;
    j->pos = p + used;
    j->end = p + wanted;

    return j->pos;
}


/* The comma and the key; the value of at most size bytes goes to where the
 * returned pointer points, and j->pos behind it. */

static u_char *
json_member(gavel_json_t *j, const char *key, size_t size)
{
    size_t   len;
    u_char  *p;

    len = key ? ngx_strlen(key) : 0;

    p = json_reserve(j, len * 6 + sizeof(",\"\":") - 1 + size);
    if (p == NULL) {
        return NULL;
    }

    if (j->comma) {
        *p++ = ',';
    }

    if (key) {
        *p++ = '"';
        p = json_escape(p, (const u_char *) key, len);
        *p++ = '"';
        *p++ = ':';
    }

    j->comma = 1;

    return p;
}


/* At most six bytes for each; what is not UTF-8 becomes U+FFFD. */

static u_char *
json_escape(u_char *dst, const u_char *src, size_t len)
{
    size_t          n;
    const u_char   *last;
    static u_char   hex[] = "0123456789abcdef";

    last = src + len;

    while (src < last) {

        if (*src == '"' || *src == '\\') {
            *dst++ = '\\';
            *dst++ = *src++;

        } else if (*src == '\n') {
            *dst++ = '\\';
            *dst++ = 'n';
            src++;

        } else if (*src < 0x20) {
            dst = ngx_cpymem(dst, "\\u00", 4);
            *dst++ = hex[*src >> 4];
            *dst++ = hex[*src & 0xf];
            src++;

        } else if (*src < 0x80) {
            *dst++ = *src++;

        } else {
            n = json_utf8_length(src, last);

            if (n) {
                dst = ngx_cpymem(dst, src, n);
                src += n;

            } else {
                dst = ngx_cpymem(dst, "\xEF\xBF\xBD", 3);
                src++;
            }
        }
    }

    return dst;
}


/* The length of the character at p, 0 if it is none (too long, a surrogate,
 * above U+10FFFF, cut off). */

static size_t
json_utf8_length(const u_char *p, const u_char *last)
{
    size_t      n, i;
    ngx_uint_t  low, high;

    low = 0x80;
    high = 0xBF;

    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        n = 2;

    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        n = 3;
        low = (p[0] == 0xE0) ? 0xA0 : 0x80;
        high = (p[0] == 0xED) ? 0x9F : 0xBF;

    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        n = 4;
        low = (p[0] == 0xF0) ? 0x90 : 0x80;
        high = (p[0] == 0xF4) ? 0x8F : 0xBF;

    } else {
        return 0;
    }

    if ((size_t) (last - p) < n || p[1] < low || p[1] > high) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) {
            return 0;
        }
    }

    return n;
}
