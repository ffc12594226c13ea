/*
 * compare: the tables beside a log against what it means, and their repair.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/database.h"

#define KEYS        3
#define CHUNK       10000            /* rows of one statement */


/* Rows of both sides are in the order of their key: members of the row. */
static const struct {
    const char   *name;
    int           nkeys, key[KEYS];
} keys[] = {
    { "lot",        1, { 0, 0, 0 } },
    { "lot_terms",  1, { 0, 0, 0 } },
    { "team",       1, { 0, 0, 0 } },
    { "bid",        1, { 0, 0, 0 } },
    { "sale",       2, { 0, 1, 0 } },
    { "roster",     1, { 0, 0, 0 } },
    { "ledger",     2, { 1, 2, 0 } },
    { "auto_bid",   2, { 2, 3, 0 } },
    { "sealed_bid", 3, { 0, 1, 2 } },
};


typedef struct {
    report_t     *report;
    const char   *table;
    char          check[24];
    int           k;                 /* of keys */
    PGresult     *res;               /* the stored row; NULL: no more */
    int           wrong;
} compare_t;

typedef struct {
    report_t     *report;
    const char   *table;
    char          id[24], seq[24];
    array_t       rows;
    int           first, failed;
} rebuild_t;


static int64_t
member(const char *row, int n)
{
    const char  *p;

    for (p = row + 1; n > 0 && *p != '\0'; p++) {
        n -= *p == ',';
    }

    return strtoll(p, NULL, 10);
}


static int
key_order(const compare_t *c, const char *one, const char *two)
{
    int      i;
    int64_t  a, b;

    for (i = 0; i < keys[c->k].nkeys; i++) {
        a = member(one, keys[c->k].key[i]);
        b = member(two, keys[c->k].key[i]);

        if (a != b) {
            return a < b ? -1 : 1;
        }
    }

    return 0;
}


/* The next stored row, from the wire. */

static void
next_row(compare_t *c)
{
    PQclear(c->res);

    c->res = PQgetResult(database);

    if (c->res == NULL || PQresultStatus(c->res) == PGRES_SINGLE_TUPLE) {
        return;
    }

    if (PQresultStatus(c->res) != PGRES_TUPLES_OK) {
        problem(c->report, 0, "database", "%s", PQerrorMessage(database));
        c->wrong++;
    }

    PQclear(c->res);
    c->res = NULL;

    while ((c->res = PQgetResult(database)) != NULL) {
        PQclear(c->res);
    }
}


static void
extra_rows(compare_t *c, const char *before)
{
    while (c->res != NULL
           && (before == NULL
               || key_order(c, PQgetvalue(c->res, 0, 0), before) < 0))
    {
        problem(c->report, 0, c->check, "a row that the log does not give: "
                "%s", PQgetvalue(c->res, 0, 0));
        c->wrong++;
        next_row(c);
    }
}


static void
compare_row(void *data, const char *text, size_t len)
{
    compare_t  *c = data;

    const char  *stored;

    extra_rows(c, text);

    if (c->res == NULL
        || key_order(c, PQgetvalue(c->res, 0, 0), text) != 0)
    {
        problem(c->report, 0, c->check, "a row is missing: %s", text);
        c->wrong++;
        return;
    }

    stored = PQgetvalue(c->res, 0, 0);

    if (strlen(stored) != len || memcmp(stored, text, len) != 0) {
        problem(c->report, 0, c->check, "stored %s, by the log %s", stored,
                text);
        c->wrong++;
    }

    next_row(c);
}


static int
compare_table(replay_t *r, const table_t *t, int k)
{
    char         id[24];
    compare_t    c;
    const char  *v[2] = { id, t->name };

    snprintf(id, sizeof(id), "%" PRId64, r->is->id);

    memset(&c, 0, sizeof(c));
    c.report = r->report;
    c.table = t->name;
    c.k = k;
    snprintf(c.check, sizeof(c.check), "table %s", t->name);

    if (PQsendQueryParams(database,
                          "SELECT * FROM gavel.verify_rows($1, $2)", 2, NULL,
                          v, NULL, NULL, 0)
        != 1
        || PQsetSingleRowMode(database) != 1)
    {
        problem(r->report, 0, "database", "%s", PQerrorMessage(database));
        return 1;
    }

    next_row(&c);
    t->write(&r->projection, r->is, compare_row, &c);
    extra_rows(&c, NULL);

    return c.wrong;
}


int
compare_tables(replay_t *r)
{
    int  k, wrong;

    for (wrong = 0, k = 0; tables[k].name != NULL; k++) {
        wrong += compare_table(r, &tables[k], k);
    }

    return wrong;
}


static void
same_int(report_t *r, PGresult *head, int column, const char *name,
    int64_t by_log)
{
    if (cell_int(head, 0, column) != by_log) {
        problem(r, 0, "table auction", "%s is %lld, by the log %lld", name,
                (long long) cell_int(head, 0, column), (long long) by_log);
    }
}


/* A clock is never late: the row is a lower bound of what is due. */

static void
compare_due(replay_t *r, PGresult *head)
{
    int64_t  due, stored;

    due = auction_deadline(r->is, NULL);
    stored = cell_int(head, 0, 5);

    if (cell_int(head, 0, 4) != stored
        || (due != 0 && (stored == 0 || stored > due)))
    {
        problem(r->report, 0, "table due",
                "the clock is to be asked at %lld (%lld), by the log at %lld",
                (long long) stored, (long long) cell_int(head, 0, 4),
                (long long) due);
    }
}


void
compare_head(replay_t *r, PGresult *head)
{
    unsigned char  hash[ENGINE_HASH_LEN];

    if (cell_int(head, 0, 3) > ENGINE_REV) {
        problem(r->report, 0, "engine",
                "the log is of engine %lld, this knows %d",
                (long long) cell_int(head, 0, 3), ENGINE_REV);
    }

    if (cell_int(head, 0, 0) != r->epoch || cell_int(head, 0, 1) != r->seq
        || cell_bytes(head, 0, 2, hash, ENGINE_HASH_LEN) != 0
        || memcmp(hash, r->head, ENGINE_HASH_LEN) != 0)
    {
        problem(r->report, 0, "head",
                "the log ends at %lld:%lld, its head says %lld:%lld or "
                "another hash", (long long) r->epoch, (long long) r->seq,
                (long long) cell_int(head, 0, 0),
                (long long) cell_int(head, 0, 1));
    }

    if (r->blind || r->is->status == AUCTION_VOID) {
        return;
    }

    if (strcmp(PQgetvalue(head, 0, 6), auction_status_name(r->is->status))
        != 0)
    {
        problem(r->report, 0, "table auction", "status is %s, by the log %s",
                PQgetvalue(head, 0, 6), auction_status_name(r->is->status));
    }

    same_int(r->report, head, 7, "starts_at", r->is->starts_at);
    same_int(r->report, head, 8, "ends_at", r->is->ends_at);
    same_int(r->report, head, 9, "started_at", r->is->started_at);
    same_int(r->report, head, 10, "ended_at", r->is->ended_at);
    same_int(r->report, head, 12, "owner_id", r->is->owner);

    if (strcmp(PQgetvalue(head, 0, 11), auction_mode_name(r->is->mode)) != 0
        || strcmp(PQgetvalue(head, 0, 13), "t") != 0)
    {
        problem(r->report, 0, "table auction",
                "mode or rules are not those of the log");
    }

    compare_due(r, head);
}


/* --- repair --- */


static void
rebuild_send(rebuild_t *b)
{
    PGresult    *res;
    const char  *v[5];

    v[0] = b->id;
    v[1] = b->seq;
    v[2] = b->table;
    v[3] = b->first ? "t" : "f";
    v[4] = array_text(&b->rows);

    if (b->failed || v[4] == NULL) {
        b->failed = 1;
        return;
    }

    res = ask(b->report,
              "SELECT * FROM gavel.verify_rebuild($1, $2, $3, $4, $5)", 5, v);

    b->failed = res == NULL;
    b->first = 0;
    PQclear(res);
    array_clear(&b->rows);
}


static void
rebuild_row(void *data, const char *text, size_t len)
{
    rebuild_t  *b = data;

    array_add(&b->rows, text, len);

    if (b->rows.n == CHUNK) {
        rebuild_send(b);
    }
}


static void
time_or_null(array_t *a, int64_t ms)
{
    if (ms != 0) {
        array_add_int(a, ms);

    } else {
        array_add(a, NULL, 0);
    }
}


static void
rebuild_auction(rebuild_t *b, const auction_t *a)
{
    char         rules[EVENT_TEXT_MAX];
    const char  *status;

    status = auction_status_name(a->status);

    b->table = "auction";
    array_add(&b->rows, status, strlen(status));
    time_or_null(&b->rows, a->starts_at);
    time_or_null(&b->rows, a->ends_at);
    time_or_null(&b->rows, a->started_at);
    time_or_null(&b->rows, a->ended_at);
    array_add(&b->rows, rules, rules_text(&a->rules, rules, sizeof(rules)));
    time_or_null(&b->rows, auction_deadline(a, NULL));
    rebuild_send(b);
}


/* Snapshots are written again by the server when it is time. */

void
rebuild_tables(replay_t *r)
{
    int        k;
    rebuild_t  b;

    memset(&b, 0, sizeof(b));
    b.report = r->report;
    snprintf(b.id, sizeof(b.id), "%" PRId64, r->is->id);
    snprintf(b.seq, sizeof(b.seq), "%" PRId64, r->seq);

    for (k = 0; tables[k].name != NULL && !b.failed; k++) {
        b.table = tables[k].name;
        b.first = 1;
        tables[k].write(&r->projection, r->is, rebuild_row, &b);
        rebuild_send(&b);
    }

    b.first = 1;
    rebuild_auction(&b, r->is);
    b.table = "snapshot";
    rebuild_send(&b);

    if (b.failed && r->report->nproblems == 0) {
        problem(r->report, 0, "memory", "there is not enough");
    }

    array_free(&b.rows);
}
