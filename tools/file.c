/*
 * file: a log as the export writes it, a line of JSON an event:
 *   {"seq":1,"public":"...","hash":"<hex>"[,"private":"...","nonce":"<hex>"]}
 * and of a private part that is not shown "private_hash":"<hex>".
 */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verify.h"


static int
hex_member(json_t *line, const char *name, unsigned char *out, size_t size)
{
    json_t  *v;

    v = json_object_get(line, name);

    return json_is_string(v)
           ? hex_read(json_string_value(v), json_string_length(v), out, size)
           : -1;
}


static int
text_member(json_t *line, const char *name, text_t *text)
{
    json_t  *v;

    v = json_object_get(line, name);
    text->p = json_is_string(v) ? json_string_value(v) : "";
    text->len = json_is_string(v) ? json_string_length(v) : 0;

    return json_is_string(v) ? 0 : -1;
}


/* Whatever is not as the export writes it is no row. */

static int
row_of(json_t *line, row_t *row)
{
    json_t  *seq;

    memset(row, 0, sizeof(row_t));

    seq = json_object_get(line, "seq");

    if (!json_is_integer(seq)
        || text_member(line, "public", &row->pub) != 0
        || hex_member(line, "hash", row->hash, ENGINE_HASH_LEN) != 0)
    {
        return -1;
    }

    row->seq = json_integer_value(seq);

    if (json_object_get(line, "private_hash") != NULL) {
        row->secret = 1;

        return json_object_get(line, "private") == NULL
               ? hex_member(line, "private_hash", row->digest,
                            ENGINE_HASH_LEN)
               : -1;
    }

    if (json_object_get(line, "private") == NULL) {
        return text_member(line, "private", &row->priv) == 0 ? -1 : 0;
    }

    return text_member(line, "private", &row->priv) == 0 && row->priv.len != 0
           ? hex_member(line, "nonce", row->nonce, ENGINE_NONCE_LEN) : -1;
}


/* The first event says whose log it is. */

static int
begin(replay_t *r, report_t *report, const row_t *row)
{
    char        buf[64];
    long long   id;

    snprintf(buf, sizeof(buf), "%.*s", (int) row->pub.len, row->pub.p);

    if (sscanf(buf, "{\"v\":1,\"auction_id\":%lld,", &id) != 1 || id < 1
        || id > ENGINE_MAX_AMOUNT >> ENGINE_ID_SHIFT)
    {
        problem(report, row->seq, "unreadable", "not an event's text");
        return -1;
    }

    if (replay_open(r, report, id) != 0) {
        problem(report, 0, "memory", "there is not enough");
        return -1;
    }

    return 0;
}


static int
line_replay(char *text, size_t len, long long n, replay_t *r,
    report_t *report, int (*each)(void *data, const row_t *row), void *data)
{
    int            rc;
    row_t          row;
    json_t        *line;
    json_error_t   error;

    line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

    if (!json_is_object(line) || row_of(line, &row) != 0) {
        problem(report, 0, "unreadable", "line %lld is not one of a log", n);
        json_decref(line);
        return -1;
    }

    rc = r->is != NULL ? 0 : begin(r, report, &row);

    if (rc == 0) {
        replay_row(r, &row);
        rc = each != NULL ? each(data, &row) : 0;
    }

    json_decref(line);

    return rc;
}


int
file_replay(const char *path, replay_t *r, report_t *report,
    int (*each)(void *data, const row_t *row), void *data)
{
    int         rc;
    FILE       *f;
    char       *line;
    size_t      size;
    ssize_t     len;
    long long   n;

    f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");

    if (f == NULL) {
        problem(report, 0, "unreadable", "%s: %s", path, strerror(errno));
        return -1;
    }

    line = NULL;
    size = 0;
    rc = 0;

    for (n = 1; rc == 0 && (len = getline(&line, &size, f)) > 0; n++) {
        rc = line_replay(line, (size_t) len, n, r, report, each, data);

        if (n % 2000 == 0 && rc == 0) {
            replay_check(r);
        }
    }

    if (ferror(f)) {
        problem(report, 0, "unreadable", "%s: %s", path, strerror(errno));
        rc = -1;
    }

    if (r->is == NULL && rc == 0) {
        problem(report, 0, "unreadable", "%s holds no event", path);
        rc = -1;
    }

    free(line);

    if (f != stdin) {
        fclose(f);
    }

    if (r->is != NULL) {
        replay_end(r);
    }

    return rc;
}
