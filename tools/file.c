/*
 * file: a log as the export writes it, a line of JSON an event:
 *   {"seq":1,"public":"...","hash":"<hex>"[,"private":"...","nonce":"<hex>"]}
 * and of a private part that is not shown "private_hash":"<hex>".
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/json.h"
#include "tools/verify.h"


/* Members of a line, each of which stands there once or not at all; texts lie
 * in one room, which is as long as the line. */

enum {
    SEQ = 1, PUBLIC = 2, HASH = 4, PRIVATE = 8, NONCE = 16, PRIVATE_HASH = 32
};

static const struct {
    const char  *name;
    unsigned     member;
} members[] = {
    { "seq", SEQ }, { "public", PUBLIC }, { "hash", HASH },
    { "private", PRIVATE }, { "nonce", NONCE },
    { "private_hash", PRIVATE_HASH }
};


static unsigned
member_named(const char *name, size_t len)
{
    size_t  i;

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (strlen(members[i].name) == len
            && memcmp(members[i].name, name, len) == 0)
        {
            return members[i].member;
        }
    }

    return 0;
}


static int
member_read(json_in_t *in, unsigned member, row_t *row, char **room,
    size_t left)
{
    size_t  len;

    if (member == SEQ) {
        return json_get_int(in, &row->seq);
    }

    if (json_get_text(in, *room, left, &len) != 0) {
        return -1;
    }

    switch (member) {

    case HASH:
        return hex_read(*room, len, row->hash, ENGINE_HASH_LEN);

    case PRIVATE_HASH:
        row->secret = 1;
        return hex_read(*room, len, row->digest, ENGINE_HASH_LEN);

    case NONCE:
        return hex_read(*room, len, row->nonce, ENGINE_NONCE_LEN);

    case PUBLIC:
        row->pub.p = *room;
        row->pub.len = len;
        break;

    default: /* PRIVATE */
        row->priv.p = *room;
        row->priv.len = len;
    }

    *room += len;

    return 0;
}


/* Whatever is not as the export writes it is no row. */

static int
row_of(const char *line, size_t size, char *room, row_t *row)
{
    char       *end, name[16];
    size_t      len;
    unsigned    seen, member;
    json_in_t   in;

    memset(row, 0, sizeof(row_t));
    row->pub.p = row->priv.p = "";

    in.p = line;
    in.end = line + size;
    end = room + size;
    seen = 0;

    if (json_get(&in, '{') != 0) {
        return -1;
    }

    do {
        if (json_get_text(&in, name, sizeof(name), &len) != 0
            || (member = member_named(name, len)) == 0 || (seen & member)
            || json_get(&in, ':') != 0
            || member_read(&in, member, row, &room, (size_t) (end - room))
               != 0)
        {
            return -1;
        }

        seen |= member;

    } while (json_get(&in, ',') == 0);

    if (json_get(&in, '}') != 0 || json_end(&in) != 0) {
        return -1;
    }

    switch (seen & ~(unsigned) (SEQ|PUBLIC|HASH)) {

    case 0:
    case PRIVATE_HASH:
        break;

    case PRIVATE|NONCE:
        if (row->priv.len != 0) {
            break;
        }
        /* fall through */

    default:
        return -1;
    }

    return (seen & (SEQ|PUBLIC|HASH)) == (SEQ|PUBLIC|HASH) ? 0 : -1;
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
line_replay(const char *text, size_t len, long long n, replay_t *r,
    report_t *report, int (*each)(void *data, const row_t *row), void *data)
{
    int     rc;
    char   *room;
    row_t   row;

    room = malloc(len);

    if (room == NULL) {
        problem(report, 0, "memory", "there is not enough");
        return -1;
    }

    if (row_of(text, len, room, &row) != 0) {
        problem(report, 0, "unreadable", "line %lld is not one of a log", n);
        free(room);
        return -1;
    }

    rc = r->is != NULL ? 0 : begin(r, report, &row);

    if (rc == 0) {
        replay_row(r, &row);
        rc = each != NULL ? each(data, &row) : 0;
    }

    free(room);

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
