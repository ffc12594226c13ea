/*
 * journal: the bytes that evolve() overwrote, newest last, so that what was
 * only supposed can be taken back.  When the block grew the whole old block
 * is kept: that happens as often as its arrays double.
 *
 * A record is the bytes and behind them a footer, so that it is read from
 * its end.
 */

#include "engine/inner.h"

#include <stdlib.h>
#include <string.h>


struct journal_s {
    char    *data;
    size_t   len, cap;
};

typedef struct {
    uint32_t  at, len;               /* place in the block */
} footer_t;


journal_t *
journal_create(void)
{
    return calloc(1, sizeof(journal_t));
}


void
journal_destroy(journal_t *j)
{
    if (j != NULL) {
        free(j->data);
        free(j);
    }
}


void
journal_clear(journal_t *j)
{
    j->len = 0;
}


size_t
journal_size(const journal_t *j)
{
    return j->len;
}


size_t
journal_mark(const journal_t *j)
{
    return j != NULL ? j->len : 0;
}


static int
journal_add(journal_t *j, const void *p, const footer_t *f)
{
    char    *data;
    size_t   need, cap;

    need = j->len + f->len + sizeof(footer_t);

    if (need > j->cap) {
        cap = j->cap != 0 ? j->cap : 4096;

        while (cap < need) {
            cap *= 2;
        }

        data = realloc(j->data, cap);
        if (data == NULL) {
            return -1;
        }

        j->data = data;
        j->cap = cap;
    }

    memcpy(j->data + j->len, p, f->len);
    memcpy(j->data + j->len + f->len, f, sizeof(footer_t));
    j->len = need;

    return 0;
}


int
journal_keep(journal_t *j, const auction_t *a, const void *p, size_t len)
{
    footer_t  f;

    if (j == NULL) {
        return 0;
    }

    f.at = (uint32_t) ((const char *) p - (const char *) a);
    f.len = (uint32_t) len;

    return journal_add(j, p, &f);
}


int
journal_keep_all(journal_t *j, const auction_t *a)
{
    footer_t  f;

    if (j == NULL) {
        return 0;
    }

    f.at = 0;
    f.len = a->size;

    return journal_add(j, a, &f);
}


/* A block that grew keeps its larger memory; its size says less. */

void
journal_rewind(journal_t *j, auction_t **a, size_t mark)
{
    footer_t  f;

    if (j == NULL) {
        return;
    }

    while (j->len > mark) {
        j->len -= sizeof(footer_t);
        memcpy(&f, j->data + j->len, sizeof(footer_t));

        j->len -= f.len;
        memcpy((char *) *a + f.at, j->data + j->len, f.len);
    }
}


void
journal_undo(journal_t *j, auction_t **a)
{
    journal_rewind(j, a, 0);
}
