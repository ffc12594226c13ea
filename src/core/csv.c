/*
 * csv: records of a text as spreadsheets write them.
 */

#include "core/csv.h"

#include <string.h>


static int cell_quoted(csv_in_t *in, csv_cell_t *cell);
static void cell_plain(csv_in_t *in, csv_cell_t *cell);
static void cell_trim(csv_cell_t *cell);


void
csv_open(csv_in_t *in, char *text)
{
    int      quoted;
    char    *p;
    size_t   commas, semicolons, tabs;

    commas = semicolons = tabs = 0;
    quoted = 0;

    for (p = text; *p != '\0'; p++) {
        if (*p == '"') {
            quoted = !quoted;

        } else if (quoted) {
            continue;

        } else if (*p == '\n' || *p == '\r') {
            if (commas + semicolons + tabs) {
                break;
            }

        } else {
            commas += *p == ',';
            semicolons += *p == ';';
            tabs += *p == '\t';
        }
    }

    in->p = text;
    in->line = 0;
    in->next = 1;
    in->separator = tabs > commas && tabs >= semicolons ? '\t'
                    : semicolons > commas ? ';' : ',';
}


/* A line end of any system; p stands on its last byte then. */

static int
line_ends(csv_in_t *in)
{
    if (*in->p == '\r' && in->p[1] == '\n') {
        in->p++;
    }

    return *in->p == '\n' || *in->p == '\r';
}


int
csv_record(csv_in_t *in)
{
    int          n, any;
    csv_cell_t  *cell;

    for (n = 0, any = 0; *in->p != '\0'; /* void */ ) {

        if (n == 0) {
            in->line = in->next;
        }

        if (n == CSV_CELLS) {
            return -1;
        }

        cell = &in->cells[n++];

        while (*in->p == ' ') {
            in->p++;
        }

        if (*in->p == '"') {
            if (cell_quoted(in, cell) != 0) {
                return -1;
            }

        } else {
            cell_plain(in, cell);
        }

        any |= cell->len != 0;

        if (*in->p == in->separator) {
            in->p++;
            cell->text[cell->len] = '\0';

            if (*in->p != '\0') {
                continue;
            }

        } else if (line_ends(in)) {
            in->p++;
            in->next++;
        }

        cell->text[cell->len] = '\0';

        if (any) {
            return n;
        }

        n = 0;
    }

    return 0;
}


static void
cell_plain(csv_in_t *in, csv_cell_t *cell)
{
    char  stops[4];

    stops[0] = in->separator;
    stops[1] = '\r';
    stops[2] = '\n';
    stops[3] = '\0';

    cell->text = in->p;
    cell->len = strcspn(in->p, stops);
    in->p += cell->len;

    cell_trim(cell);
}


/* Two quotes are one; what stands behind the last one belongs to it, too. */

static int
cell_quoted(csv_in_t *in, csv_cell_t *cell)
{
    char  *dst, *src;

    src = in->p + 1;
    dst = in->p;
    cell->text = dst;

    for ( ;; ) {
        if (*src == '\0') {
            return -1;
        }

        if (*src == '"') {
            if (src[1] != '"') {
                src++;
                break;
            }

            src++;
        }

        if (*src == '\r' && src[1] == '\n') {
            src++;
        }

        in->next += *src == '\n' || *src == '\r';
        *dst++ = *src++;
    }

    while (*src != '\0' && *src != in->separator && *src != '\r'
           && *src != '\n')
    {
        *dst++ = *src++;
    }

    cell->len = dst - cell->text;
    in->p = src;

    cell_trim(cell);

    return 0;
}


static void
cell_trim(csv_cell_t *cell)
{
    size_t  quotes;

    while (cell->len && strchr(" \t\r\n", cell->text[0])) {
        cell->text++;
        cell->len--;
    }

    while (cell->len && strchr(" \t\r\n", cell->text[cell->len - 1])) {
        cell->len--;
    }

    quotes = strspn(cell->text, "'");

    if (quotes && quotes < cell->len && strchr("=+-@", cell->text[quotes])) {
        cell->text++;
        cell->len--;
    }
}
