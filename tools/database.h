/*
 * database: what the files that talk to PostgreSQL share.  One connection,
 * one question at a time; only functions of the schema are called.
 */

#ifndef GAVEL_TOOLS_DATABASE_H
#define GAVEL_TOOLS_DATABASE_H

#include <libpq-fe.h>

#include "tools/verify.h"

extern PGconn  *database;

/* An array as PostgreSQL reads it, growing. */
typedef struct {
    char    *p;
    size_t   len, cap;
    size_t   n;                      /* members */
    int      failed;                 /* no memory */
} array_t;

void array_add(array_t *a, const char *text, size_t len);  /* NULL: null */
void array_add_int(array_t *a, int64_t v);
const char *array_text(array_t *a);  /* "{...}" */
void array_clear(array_t *a);
void array_free(array_t *a);

/* A statement; NULL: it failed, and that is told as a problem.  PQclear(). */
PGresult *ask(report_t *r, const char *sql, int n, const char *const *v);
int tell(report_t *r, const char *sql);          /* without an answer */

int64_t cell_int(PGresult *res, int row, int column);      /* NULL: 0 */
text_t cell(PGresult *res, int row, int column);
int cell_bytes(PGresult *res, int row, int column, unsigned char *out,
    size_t size);                    /* -1: not so many */

/* compare.c: the tables beside the log, and what is written of them. */
int compare_tables(replay_t *r);     /* how many are not as they should be */
void compare_head(replay_t *r, PGresult *head);
void rebuild_tables(replay_t *r);

#endif
