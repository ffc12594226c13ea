/*
 * csv: records of a text as spreadsheets write them (RFC 4180, and the
 * separators of other countries).  Plain C.
 */

#ifndef GAVEL_CSV_H
#define GAVEL_CSV_H

#include <stddef.h>

#define CSV_CELLS  100           /* of a record; more is an error */

typedef struct {
    char      *text;             /* ends with a NUL */
    size_t     len;
} csv_cell_t;

typedef struct {
    char      *p;                /* NUL-ended text, which is changed */
    char       separator;
    unsigned   line;             /* of the record that was read last, from 1 */
    unsigned   next;             /* of the one after it */
    csv_cell_t cells[CSV_CELLS];
} csv_in_t;

/* Begins; the separator is the one of , ; and tab that the first record has
 * most of. */
void csv_open(csv_in_t *in, char *text);

/* The next record: how many cells it has, 0 at the end, -1 when it has too
 * many or a quote does not end.  A line with nothing in it is passed over.
 * Cells are without the spaces around them and, as spreadsheets were kept
 * from taking them for formulas by a quote in front, without that. */
int csv_record(csv_in_t *in);

#endif
