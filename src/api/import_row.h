/*
 * import_row: one line of a file, cell by cell.
 */

#ifndef GAVEL_IMPORT_ROW_H
#define GAVEL_IMPORT_ROW_H

#include "api/import_columns.h"

#include <jansson.h>

typedef struct {
    json_t      *row, *attributes, *first, *rest;    /* positions */
    const char  *nickname, *name, *tag, *title;      /* borrowed */
} import_row_t;

/* A line has a begin, cells or values of a JSON object in any order, and an
 * end, at which it is appended to rows.  Texts are UTF-8 and outlive the
 * line. */
void import_row_begin(import_row_t *r, unsigned line);
void import_row_cell(import_row_t *r, column_t column, const char *header,
    const char *text);
void import_row_value(import_row_t *r, column_t column, const char *header,
    json_t *value);
void import_row_end(import_row_t *r, json_t *rows);

#endif
