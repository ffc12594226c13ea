/*
 * database: logs as PostgreSQL has them, page by page.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/database.h"

#define PAGE       2000              /* events */
#define PAGE_TEXT  "2000"


PGconn  *database;


int
database_open(const char *conninfo)
{
    database = PQconnectdb(conninfo != NULL ? conninfo : "");

    if (PQstatus(database) != CONNECTION_OK) {
        fprintf(stderr, "gavel-verify: %s", PQerrorMessage(database));
        database_close();
        return -1;
    }

    return 0;
}


void
database_close(void)
{
    PQfinish(database);
    database = NULL;
}


PGresult *
ask(report_t *r, const char *sql, int n, const char *const *v)
{
    PGresult  *res;

    res = PQexecParams(database, sql, n, NULL, v, NULL, NULL, 0);

    if (PQresultStatus(res) == PGRES_TUPLES_OK) {
        return res;
    }

    problem(r, 0, "database", "%s", PQerrorMessage(database));
    PQclear(res);

    return NULL;
}


int
tell(report_t *r, const char *sql)
{
    int        ok;
    PGresult  *res;

    res = PQexec(database, sql);
    ok = PQresultStatus(res) == PGRES_COMMAND_OK;

    if (!ok) {
        problem(r, 0, "database", "%s", PQerrorMessage(database));
    }

    PQclear(res);

    return ok ? 0 : -1;
}


int64_t
cell_int(PGresult *res, int row, int column)
{
    return strtoll(PQgetvalue(res, row, column), NULL, 10);
}


text_t
cell(PGresult *res, int row, int column)
{
    text_t  t;

    t.p = PQgetvalue(res, row, column);
    t.len = (size_t) PQgetlength(res, row, column);

    return t;
}


int
cell_bytes(PGresult *res, int row, int column, unsigned char *out,
    size_t size)
{
    text_t  t;

    t = cell(res, row, column);

    return t.len >= 2 && t.p[0] == '\\' && t.p[1] == 'x'
           ? hex_read(t.p + 2, t.len - 2, out, size) : -1;
}


int
database_ids(int64_t **ids, size_t *n)
{
    int         i, rows;
    void       *p;
    char        after[24];
    PGresult   *res;
    const char *v[2] = { after, PAGE_TEXT };

    *ids = NULL;
    *n = 0;

    do {
        snprintf(after, sizeof(after), "%" PRId64,
                 *n != 0 ? (*ids)[*n - 1] : 0);

        res = PQexecParams(database, "SELECT * FROM gavel.verify_ids($1, $2)",
                           2, NULL, v, NULL, NULL, 0);

        rows = PQresultStatus(res) == PGRES_TUPLES_OK ? PQntuples(res) : -1;
        p = rows > 0 ? realloc(*ids, (*n + (size_t) rows) * sizeof(int64_t))
                     : *ids;

        if (rows < 0 || (rows > 0 && p == NULL)) {
            fprintf(stderr, "gavel-verify: %s", PQerrorMessage(database));
            PQclear(res);
            return -1;
        }

        *ids = p;

        for (i = 0; i < rows; i++) {
            (*ids)[(*n)++] = cell_int(res, i, 0);
        }

        PQclear(res);

    } while (rows == PAGE);

    return 0;
}


/* Columns as gavel.log_events() returns them. */

static int
row_of(PGresult *res, int i, row_t *row)
{
    memset(row, 0, sizeof(row_t));

    row->columns = 1;
    row->seq = cell_int(res, i, 1);
    row->epoch = cell_int(res, i, 2);
    row->ts = cell_int(res, i, 3);
    row->type = cell_int(res, i, 4);
    row->actor = cell_int(res, i, 5);
    row->request = cell(res, i, 6);
    row->pub = cell(res, i, 8);
    row->priv = cell(res, i, 9);

    return cell_bytes(res, i, 11, row->hash, ENGINE_HASH_LEN) != 0
           || (row->priv.len != 0
               && cell_bytes(res, i, 10, row->nonce, ENGINE_NONCE_LEN) != 0)
           ? -1 : 0;
}


/* All events behind where the replay is; -1: the database failed. */

static int
read_events(replay_t *r)
{
    int          i, rows;
    char         id[24], after[24];
    row_t        row;
    PGresult    *res;
    const char  *v[3] = { id, after, PAGE_TEXT };

    snprintf(id, sizeof(id), "%" PRId64, r->is->id);

    do {
        snprintf(after, sizeof(after), "%" PRId64, r->seq);

        res = ask(r->report, "SELECT * FROM gavel.log_events($1, $2, $3)", 3,
                  v);
        if (res == NULL) {
            return -1;
        }

        rows = PQntuples(res);

        for (i = 0; i < rows; i++) {

            if (row_of(res, i, &row) != 0) {
                problem(r->report, row.seq, "unreadable",
                        "the hash or the nonce is not one");
            }

            replay_row(r, &row);
        }

        PQclear(res);
        replay_check(r);

    } while (rows == PAGE);

    return 0;
}


/* Those that this engine cannot know fail; older ones are read by nobody. */

static int
read_snapshots(replay_t *r)
{
    int           i;
    char          id[24];
    size_t        size;
    PGresult     *res;
    snapshot_t   *s;
    const char   *v[1] = { id };

    snprintf(id, sizeof(id), "%" PRId64, r->is->id);

    res = ask(r->report, "SELECT * FROM gavel.verify_snapshots($1)", 1, v);
    if (res == NULL) {
        return -1;
    }

    for (i = 0; i < PQntuples(res); i++) {

        if (cell_int(res, i, 1) < ENGINE_REV) {
            continue;
        }

        if (cell_int(res, i, 1) > ENGINE_REV || r->nsnapshots == SNAPSHOTS_MAX)
        {
            problem(r->report, cell_int(res, i, 0), "snapshot",
                    "of engine %lld, which is not known here, or too many",
                    (long long) cell_int(res, i, 1));
            continue;
        }

        s = &r->snapshots[r->nsnapshots++];
        size = cell(res, i, 2).len / 2 - 1;
        s->seq = cell_int(res, i, 0);
        s->size = size;
        s->state = malloc(size + 1);

        if (s->state == NULL
            || cell_bytes(res, i, 2, s->state, size) != 0
            || cell_bytes(res, i, 3, s->hash, ENGINE_HASH_LEN) != 0)
        {
            problem(r->report, s->seq, "snapshot", "it cannot be read");
        }
    }

    PQclear(res);

    return 0;
}


static int
check_rest(replay_t *r)
{
    size_t       len;
    char         id[24], rules[EVENT_TEXT_MAX];
    PGresult    *res;
    const char  *v[2] = { id, rules };

    snprintf(id, sizeof(id), "%" PRId64, r->is->id);
    strcpy(rules, "null");

    if (r->is->status != AUCTION_VOID) {
        len = rules_text(&r->is->rules, rules, sizeof(rules) - 1);
        rules[len] = '\0';
    }

    res = ask(r->report, "SELECT * FROM gavel.verify_head($1, $2)", 2, v);
    if (res == NULL) {
        return -1;
    }

    if (PQntuples(res) != 1) {
        problem(r->report, 0, "head", "the auction has no log");

    } else {
        compare_head(r, res);
    }

    PQclear(res);

    return r->blind ? 0 : compare_tables(r);
}


/* Is there something wrong beside what can be worked out again? */

static int
log_is_sound(const report_t *r)
{
    uint32_t  i;

    for (i = 0; i < r->nproblems && i < PROBLEMS_KEPT; i++) {
        if (strncmp(r->problems[i].check, "table", 5) != 0
            && strcmp(r->problems[i].check, "snapshot") != 0)
        {
            return 0;
        }
    }

    return r->nproblems <= PROBLEMS_KEPT && r->unchecked[0] == '\0';
}


static void
repair(replay_t *r)
{
    uint32_t  was;

    if (r->report->nproblems == 0) {
        return;
    }

    if (!log_is_sound(r->report)) {
        snprintf(r->report->note, sizeof(r->report->note),
                 "not rebuilt: the log itself is not sound");
        return;
    }

    was = r->report->nproblems;
    rebuild_tables(r);

    if (r->report->nproblems != was) {
        return;                      /* it failed: all is rolled back */
    }

    /* what was wrong is right now, if it is found so */

    r->report->nproblems = 0;
    (void) check_rest(r);
    r->report->rebuilt = r->report->nproblems == 0;
}


/* While a log is rebuilt nobody appends to it; it is caught up with before,
 * so that this takes as long as the tail and the tables. */

static void
verify(replay_t *r, int rebuild)
{
    char         id[24];
    PGresult    *res;
    const char  *v[1] = { id };

    snprintf(id, sizeof(id), "%" PRId64, r->is->id);

    if (rebuild && (read_events(r) != 0 || tell(r->report, "BEGIN") != 0)) {
        return;
    }

    if (!rebuild
        && tell(r->report, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
           != 0)
    {
        return;
    }

    if (rebuild) {
        res = ask(r->report, "SELECT * FROM gavel.verify_lock($1)", 1, v);
        PQclear(res);
    }

    if (read_snapshots(r) == 0 && read_events(r) == 0) {
        replay_end(r);
        (void) check_rest(r);

        if (rebuild) {
            repair(r);
        }
    }

    (void) tell(r->report, r->report->rebuilt ? "COMMIT" : "ROLLBACK");
}


void
database_verify(int64_t id, report_t *report, int rebuild)
{
    replay_t  r;

    memset(report, 0, sizeof(report_t));

    if (replay_open(&r, report, id) == 0) {
        verify(&r, rebuild);

    } else {
        problem(report, 0, "memory", "there is not enough");
    }

    replay_close(&r);
}
