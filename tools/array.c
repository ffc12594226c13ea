/*
 * array: rows and columns as PostgreSQL reads arrays.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/database.h"


static int
array_room(array_t *a, size_t more)
{
    char    *p;
    size_t   cap;

    if (a->len + more + 2 <= a->cap) {
        return 0;
    }

    cap = (a->len + more + 2) * 2;

    p = realloc(a->p, cap);
    if (p == NULL) {
        a->failed = 1;
        return -1;
    }

    a->p = p;
    a->cap = cap;

    return 0;
}


void
array_add(array_t *a, const char *text, size_t len)
{
    size_t  i;

    if (array_room(a, 2 * len + 8) != 0) {
        return;
    }

    a->p[a->len++] = a->n++ == 0 ? '{' : ',';

    if (text == NULL) {
        memcpy(a->p + a->len, "NULL", 4);
        a->len += 4;
        return;
    }

    a->p[a->len++] = '"';

    for (i = 0; i < len; i++) {

        if (text[i] == '"' || text[i] == '\\') {
            a->p[a->len++] = '\\';
        }

        a->p[a->len++] = text[i];
    }

    a->p[a->len++] = '"';
}


void
array_add_int(array_t *a, int64_t v)
{
    char  n[24];

    snprintf(n, sizeof(n), "%" PRId64, v);
    array_add(a, n, strlen(n));
}


const char *
array_text(array_t *a)
{
    if (a->failed || array_room(a, 2) != 0) {
        return NULL;
    }

    if (a->n == 0) {
        a->p[a->len++] = '{';
    }

    a->p[a->len] = '}';
    a->p[a->len + 1] = '\0';

    if (a->n == 0) {
        a->len = 0;
    }

    return a->p;
}


void
array_clear(array_t *a)
{
    a->len = 0;
    a->n = 0;
}


void
array_free(array_t *a)
{
    free(a->p);
    memset(a, 0, sizeof(array_t));
}
