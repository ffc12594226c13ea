/*
 * load: a log from a file into an empty auction, in one transaction that is
 * taken back when anything of the log is not sound.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/database.h"

#define PAGE     500
#define COLUMNS  10


typedef struct {
    replay_t    *r;
    array_t      column[COLUMNS];
    size_t       n;
} load_t;


static int
load_open(load_t *l)
{
    char         id[24], owner[24];
    PGresult    *res;
    const char  *v[3] = { id, owner, auction_mode_name(l->r->is->mode) };

    if (l->r->blind || v[2] == NULL) {
        problem(l->r->report, 0, "load", "the log is not complete");
        return -1;
    }

    snprintf(id, sizeof(id), "%" PRId64, l->r->is->id);
    snprintf(owner, sizeof(owner), "%" PRId64, l->r->is->owner);

    res = ask(l->r->report,
              "SELECT * FROM gavel.verify_load_open($1, $2, $3)", 3, v);
    PQclear(res);

    return res != NULL ? 0 : -1;
}


static int
load_send(load_t *l)
{
    int          i;
    char         id[24];
    PGresult    *res;
    const char  *v[COLUMNS + 1];

    if (l->n == 0) {
        return 0;
    }

    snprintf(id, sizeof(id), "%" PRId64, l->r->is->id);
    v[0] = id;

    for (i = 0; i < COLUMNS; i++) {
        v[i + 1] = array_text(&l->column[i]);

        if (v[i + 1] == NULL) {
            problem(l->r->report, 0, "memory", "there is not enough");
            return -1;
        }
    }

    res = ask(l->r->report, "SELECT * FROM gavel.verify_load_events($1, $2, "
              "$3, $4, $5, $6, $7, $8, $9, $10, $11)", COLUMNS + 1, v);
    PQclear(res);

    for (i = 0; i < COLUMNS; i++) {
        array_clear(&l->column[i]);
    }

    l->n = 0;

    return res != NULL ? 0 : -1;
}


/* The row has just been replayed, so that its event is legal if no problem
 * is known. */

static int
load_row(void *data, const row_t *row)
{
    load_t  *l = data;

    char      hex[2 * ENGINE_HASH_LEN + 1];
    event_t   e;
    int64_t   id;

    if (report_status(l->r->report) != 0
        || event_parse(&e, &id, row->pub.p, row->pub.len, row->priv.p,
                       row->priv.len) != 0
        || (row->seq == 1 && load_open(l) != 0))
    {
        return -1;
    }

    array_add_int(&l->column[0], e.seq);
    array_add_int(&l->column[1], e.epoch);
    array_add_int(&l->column[2], e.type);
    array_add_int(&l->column[3], e.ts);

    if (e.actor != NOBODY) {
        array_add_int(&l->column[4], e.actor);

    } else {
        array_add(&l->column[4], NULL, 0);
    }

    array_add(&l->column[5], e.request_len != 0 ? e.request_id : NULL,
              e.request_len);
    array_add(&l->column[6], row->pub.p, row->pub.len);
    array_add(&l->column[7], row->priv.len != 0 ? row->priv.p : NULL,
              row->priv.len);

    hex_write(row->nonce, ENGINE_NONCE_LEN, hex);
    array_add(&l->column[8], row->priv.len != 0 ? hex : NULL,
              2 * ENGINE_NONCE_LEN);

    hex_write(row->hash, ENGINE_HASH_LEN, hex);
    array_add(&l->column[9], hex, 2 * ENGINE_HASH_LEN);

    return ++l->n == PAGE ? load_send(l) : 0;
}


static int
load_close(load_t *l)
{
    char         id[24], epoch[24], seq[24], rev[24];
    char         head[2 * ENGINE_HASH_LEN + 1];
    PGresult    *res;
    const char  *v[5] = { id, epoch, seq, head, rev };

    snprintf(id, sizeof(id), "%" PRId64, l->r->is->id);
    snprintf(epoch, sizeof(epoch), "%" PRId64, l->r->epoch);
    snprintf(seq, sizeof(seq), "%" PRId64, l->r->seq);
    snprintf(rev, sizeof(rev), "%d", ENGINE_REV);
    hex_write(l->r->head, ENGINE_HASH_LEN, head);

    res = ask(l->r->report, "SELECT * FROM gavel.verify_load_close($1, $2, "
              "$3, $4, $5)", 5, v);
    PQclear(res);

    return res != NULL ? 0 : -1;
}


void
database_load(const char *path, report_t *report)
{
    int       i;
    load_t    l;
    replay_t  r;

    memset(report, 0, sizeof(report_t));
    memset(&r, 0, sizeof(r));
    memset(&l, 0, sizeof(l));
    l.r = &r;

    if (tell(report, "BEGIN") != 0) {
        return;
    }

    if (file_replay(path, &r, report, load_row, &l) == 0
        && report_status(report) == 0
        && load_send(&l) == 0 && load_close(&l) == 0)
    {
        rebuild_tables(&r);
    }

    report->loaded = report_status(report) == 0;

    if (tell(report, report->loaded ? "COMMIT" : "ROLLBACK") != 0) {
        report->loaded = 0;
    }

    for (i = 0; i < COLUMNS; i++) {
        array_free(&l.column[i]);
    }

    replay_close(&r);
}
