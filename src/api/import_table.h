/*
 * import_table: a file of players or lots as rows that the import knows.
 */

#ifndef GAVEL_IMPORT_TABLE_H
#define GAVEL_IMPORT_TABLE_H

#include "core/codes.h"

#include <stddef.h>

#define IMPORT_LINES  2000
#define IMPORT_ROLE   24             /* bytes of a position that quotas know */

/* What a line can be told to be wrong; its text is in import_result.c. */
typedef enum {
    IMPORT_FINE = 0, IMPORT_REQUIRED, IMPORT_NUMBER, IMPORT_LENGTH,
    IMPORT_ADDRESS, IMPORT_KIND, IMPORT_TWICE, IMPORT_FIXED, IMPORT_GROWS,
    IMPORT_LEADER
} import_wrong_t;

typedef struct {
    char          *file;         /* malloc()ed; the file as it came */
    size_t         len;
    int            json;         /* an array of objects, not CSV */

    gavel_code_t   code;         /* GAVEL_OK, or why there are no rows */
    const char    *detail;       /* of an error; static */
    const char    *encoding;     /* static */
    char           separator;    /* 0: JSON */
    char          *rows;         /* malloc()ed JSON: an array of objects */
    size_t         rows_len;
    char          *columns;      /* malloc()ed JSON: names as they came, and
                                    what they were taken for, or null */
    size_t         columns_len;
    unsigned       lines;
} import_table_t;

/*
 * Reads file; runs in a thread.  A row has "line" and what of "lot_id",
 * "external_id", "title", "description", "image_url", "kind", "base_price",
 * "duration_ms", "reserve", "buy_now", "ceiling", "quantity", "pot", "role",
 * "attributes" and "leader" (true) the file says; one that
 * is wrong has "wrong" (import_wrong_t) and "field".
 */
void import_table_read(void *table);
void import_table_free(import_table_t *t);

#endif
