/*
 * verify: a log is replayed row by row, from wherever the rows come.
 */

#ifndef GAVEL_VERIFY_H
#define GAVEL_VERIFY_H

#include "engine/engine.h"
#include "tools/invariants.h"

/* --- what was found --- */

#define PROBLEMS_KEPT  50            /* of one log; all are counted */

typedef struct {
    int64_t          seq;            /* 0: not of an event */
    char             check[24];      /* "chain", "invariant 8", "table lot" */
    char             text[400];
} problem_t;

typedef struct {
    int64_t          id;
    problem_t        problems[PROBLEMS_KEPT];
    uint32_t         nproblems;      /* may be more */
    char             unchecked[300]; /* what could not be; empty: nothing */
    char             note[200];
    int64_t          epoch, seq, events;
    unsigned char    head[ENGINE_HASH_LEN];
    int              rebuilt, loaded;
} report_t;

void problem(report_t *r, int64_t seq, const char *check, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/* --- rows --- */

typedef struct {
    const char      *p;
    size_t           len;
} text_t;

/* An event as it is kept.  Texts are the source's. */
typedef struct {
    int64_t          seq;
    text_t           pub, priv;
    int              secret;         /* a private part that is not shown, */
    unsigned char    digest[ENGINE_HASH_LEN];       /* its digest is this */
    unsigned char    nonce[ENGINE_NONCE_LEN];
    unsigned char    hash[ENGINE_HASH_LEN];
    int              columns;        /* the members below are there: */
    int64_t          epoch, ts, type, actor;
    text_t           request;
} row_t;

/* A snapshot that is due at its seq. */
typedef struct {
    int64_t          seq, rev;
    unsigned char   *state;          /* malloc'ed */
    size_t           size;
    unsigned char    hash[ENGINE_HASH_LEN];
} snapshot_t;

#define SNAPSHOTS_MAX  8

/* --- projections: what the log means to the tables beside it --- */

/* A row of integers; what is 0 and may be NULL in the table is written so. */
typedef struct {
    int64_t          v[11];
} fact_t;

typedef struct {
    fact_t          *rows;
    size_t           n, cap;
} facts_t;

typedef struct {
    facts_t          bids, voids, sales, rosters, ledger, autos, sealed;
    int              failed;         /* no memory */
} projection_t;

void projection_event(projection_t *p, const step_t *s);
void projection_close(projection_t *p);

/* The tables by name, each row as PostgreSQL writes a composite, sorted by
 * key.  take is called with each. */
typedef void (*take_pt)(void *data, const char *text, size_t len);

typedef struct {
    const char      *name;
    void           (*write)(projection_t *p, const auction_t *a, take_pt take,
                            void *data);
} table_t;

extern const table_t  tables[];      /* up to name NULL */

/* --- the replay --- */

typedef struct {
    report_t        *report;
    auction_t       *was, *is;       /* was: one event behind */
    unsigned char    head[ENGINE_HASH_LEN];
    int64_t          seq, epoch;
    int              blind;          /* the state is not known any more */
    book_t           book;
    projection_t     projection;
    snapshot_t       snapshots[SNAPSHOTS_MAX];
    uint32_t         nsnapshots;
} replay_t;

int replay_open(replay_t *r, report_t *report, int64_t id);  /* -1: memory */
void replay_close(replay_t *r);
void replay_row(replay_t *r, const row_t *row);
void replay_check(replay_t *r);      /* all of the state: after each page */
void replay_end(replay_t *r);

int hex_read(const char *p, size_t len, unsigned char *out, size_t size);
void hex_write(const unsigned char *p, size_t len, char *out);   /* and 0 */

/* --- sources --- */

/* file.c: 0, or -1 when the file could not be read (told as a problem).
 * each, if not NULL, gets the rows as well. */
int file_replay(const char *path, replay_t *r, report_t *report,
    int (*each)(void *data, const row_t *row), void *data);

/* database.c */
int database_open(const char *conninfo);         /* -1: told on stderr */
void database_close(void);
int database_ids(int64_t **ids, size_t *n);      /* all that have a log */
void database_verify(int64_t id, report_t *report, int rebuild);
void database_load(const char *path, report_t *report);

/* report.c */
void report_print(const report_t *r, size_t n, int json);
int report_status(const report_t *r);            /* 0, 1: wrong, 2: partly */

#endif
