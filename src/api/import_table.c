/*
 * import_table: a file of players or lots as rows that the import knows.
 *
 * A thread does it, so nothing here is nginx's: the file becomes UTF-8, its
 * records become objects with our own names, and the objects one JSON text,
 * which goes to PostgreSQL as it is.
 */

#include "api/import_table.h"
#include "api/import_row.h"
#include "core/charset.h"
#include "core/csv.h"

#include <stdlib.h>
#include <string.h>


typedef struct {
    column_t     column[CSV_CELLS];
    json_t      *header[CSV_CELLS];     /* strings, borrowed from shown */
    int          n;
    json_t      *shown;
} layout_t;

static gavel_code_t read_csv(import_table_t *t, char *text, json_t *rows,
    json_t *shown);
static gavel_code_t read_json(import_table_t *t, const char *text, size_t len,
    json_t *rows, json_t *shown);


void
import_table_read(void *table)
{
    import_table_t *t = table;

    char    *text;
    size_t   len;
    json_t  *rows, *shown;

    rows = json_array();
    shown = json_object();

    if (charset_utf8(t->file, t->len, &text, &len, &t->encoding) != 0) {
        t->code = GAVEL_bad_request;
        t->detail = "The file is not UTF-8, UTF-16 or CP949.";

    } else {
        t->code = t->json ? read_json(t, text, len, rows, shown)
                          : read_csv(t, text, rows, shown);
        free(text);
    }

    if (t->code == GAVEL_OK) {
        t->lines = json_array_size(rows);
        t->rows = json_dumps(rows, JSON_COMPACT);
        t->columns = json_dumps(shown, JSON_COMPACT);

        if (t->rows == NULL || t->columns == NULL) {
            t->code = GAVEL_internal;

        } else {
            t->rows_len = strlen(t->rows);
            t->columns_len = strlen(t->columns);
        }
    }

    json_decref(rows);
    json_decref(shown);

    free(t->file);
    t->file = NULL;
}


void
import_table_free(import_table_t *t)
{
    free(t->file);
    free(t->rows);
    free(t->columns);

    t->file = NULL;
    t->rows = NULL;
    t->columns = NULL;
}


/* A header; false if nothing in it is known, so that it is none.  Names of
 * positions may as well be a player's. */

static int
layout_read(layout_t *l, csv_in_t *in, int n)
{
    int         i, known;
    json_t     *as;
    column_t    column;

    for (i = 0, known = 0; i < n; i++) {
        column = import_column(in->cells[i].text);

        known += column > COLUMN_KNOWN && column != COLUMN_LANE;
        l->column[i] = column;
        l->header[i] = json_string(in->cells[i].text);

        as = import_column_name(column)
             ? json_string(import_column_name(column)) : json_null();

        if (in->cells[i].len) {
            json_object_set_new(l->shown, in->cells[i].text, as);

        } else {
            json_decref(as);
        }
    }

    l->n = n;

    return known;
}


static int
layout_headless(layout_t *l, int n)
{
    int  i;

    if (n < 5 || n > 9) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        l->column[i] = import_headless[i];
        json_decref(l->header[i]);
        l->header[i] = json_string(import_column_name(import_headless[i]));
        json_object_set(l->shown, json_string_value(l->header[i]),
                        l->header[i]);
    }

    l->n = n;

    return 1;
}


static gavel_code_t
record_read(csv_in_t *in, const layout_t *l, int n, json_t *rows)
{
    int        i;
    import_row_t  r;

    if (json_array_size(rows) == IMPORT_LINES) {
        return GAVEL_limit_reached;
    }

    import_row_begin(&r, in->line);

    for (i = 0; i < n && i < l->n; i++) {
        if (in->cells[i].len) {
            import_row_cell(&r, l->column[i], json_string_value(l->header[i]),
                      in->cells[i].text);
        }
    }

    import_row_end(&r, rows);

    return GAVEL_OK;
}


static gavel_code_t
read_records(import_table_t *t, csv_in_t *in, layout_t *l, json_t *rows)
{
    int           n;
    gavel_code_t  code;

    n = csv_record(in);

    if (n > 0 && !layout_read(l, in, n)) {
        json_object_clear(l->shown);

        if (!layout_headless(l, n)) {
            t->detail = "The first line names no column that is known.";
            return GAVEL_bad_request;
        }

        code = record_read(in, l, n, rows);
        if (code != GAVEL_OK) {
            return code;
        }
    }

    while (n > 0) {
        n = csv_record(in);

        code = n > 0 ? record_read(in, l, n, rows) : GAVEL_OK;
        if (code != GAVEL_OK) {
            t->detail = "A file has at most 2,000 lines.";
            return code;
        }
    }

    if (n < 0) {
        t->detail = "A quote does not end, or a line has too many cells.";
        return GAVEL_bad_request;
    }

    return GAVEL_OK;
}


static gavel_code_t
read_csv(import_table_t *t, char *text, json_t *rows, json_t *shown)
{
    int            i;
    csv_in_t      *in;
    layout_t       layout;
    gavel_code_t   code;

    in = malloc(sizeof(csv_in_t));
    if (in == NULL) {
        return GAVEL_internal;
    }

    memset(&layout, 0, sizeof(layout_t));
    layout.shown = shown;

    csv_open(in, text);
    t->separator = in->separator;

    code = read_records(t, in, &layout, rows);

    for (i = 0; i < CSV_CELLS; i++) {
        json_decref(layout.header[i]);
    }

    free(in);

    return code;
}


/* An array of objects, or an object with one as "lots". */

static gavel_code_t
read_json(import_table_t *t, const char *text, size_t len, json_t *rows,
    json_t *shown)
{
    size_t        i;
    json_t       *body, *list, *lot, *value;
    column_t      column;
    import_row_t     r;
    const char   *key;

    body = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    if (body == NULL) {
        return GAVEL_invalid_json;
    }

    list = json_is_object(body) ? json_object_get(body, "lots") : body;

    if (!json_is_array(list) || json_array_size(list) > IMPORT_LINES) {
        t->detail = "It must be a list of at most 2,000 lots.";
        t->code = json_is_array(list) ? GAVEL_limit_reached
                                      : GAVEL_bad_request;
        json_decref(body);
        return t->code;
    }

    json_array_foreach(list, i, lot) {
        import_row_begin(&r, i + 1);

        json_object_foreach(lot, key, value) {
            column = import_column(key);
            json_object_set_new(shown, key, import_column_name(column)
                ? json_string(import_column_name(column)) : json_null());
            import_row_value(&r, column, key, value);
        }

        import_row_end(&r, rows);
    }

    json_decref(body);

    return GAVEL_OK;
}
