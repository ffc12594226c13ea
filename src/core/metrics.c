/*
 * metrics: a registry of writers, so that who serves the text need not know
 * who counts.
 */

#include "core/metrics.h"

#define GAVEL_WRITERS_MAX  16


struct gavel_metrics_s {
    ngx_pool_t  *pool;
    u_char      *start, *last, *end;
    const char  *family;                 /* the last one told */
};


static ngx_int_t gavel_metrics_room(gavel_metrics_t *m, size_t len);


static gavel_metrics_pt  gavel_metrics_writers[GAVEL_WRITERS_MAX];
static ngx_uint_t        gavel_metrics_count;


void
gavel_metrics_add(gavel_metrics_pt writer)
{
    ngx_uint_t  i;

    for (i = 0; i < gavel_metrics_count; i++) {
        if (gavel_metrics_writers[i] == writer) {
            return;
        }
    }

    if (gavel_metrics_count < GAVEL_WRITERS_MAX) {
        gavel_metrics_writers[gavel_metrics_count++] = writer;
    }
}


void
gavel_metric(gavel_metrics_t *m, const char *name, const char *help,
    const char *labels, uint64_t value)
{
    size_t  len;

    len = ngx_strlen(name);

    if (gavel_metrics_room(m, 3 * len + ngx_strlen(help)
                              + (labels ? ngx_strlen(labels) : 0)
                              + 2 * NGX_INT64_LEN + 64)
        != NGX_OK)
    {
        return;
    }

    if (m->family == NULL || ngx_strcmp(m->family, name) != 0) {
        m->family = name;
        m->last = ngx_sprintf(m->last, "# HELP %s %s\n# TYPE %s %s\n",
                              name, help, name,
                              len > 6 && ngx_strcmp(name + len - 6, "_total")
                                         == 0 ? "counter" : "gauge");
    }

    m->last = ngx_sprintf(m->last, "%s{pid=\"%P\"%s%s} %uL\n", name, ngx_pid,
                          labels ? "," : "", labels ? labels : "", value);
}


static ngx_int_t
gavel_metrics_room(gavel_metrics_t *m, size_t len)
{
    size_t   size;
    u_char  *p;

    if (m->start == NULL) {
        return NGX_ERROR;
    }

    if ((size_t) (m->end - m->last) >= len) {
        return NGX_OK;
    }

    size = 2 * (m->end - m->start) + len;
    p = ngx_pnalloc(m->pool, size);

    if (p != NULL) {
        m->last = ngx_cpymem(p, m->start, m->last - m->start);
        m->end = p + size;
    }

    m->start = p;

    return p ? NGX_OK : NGX_ERROR;
}


ngx_str_t
gavel_metrics_text(ngx_pool_t *pool)
{
    ngx_str_t        text;
    ngx_uint_t       i;
    gavel_metrics_t  m;

    ngx_memzero(&m, sizeof(gavel_metrics_t));

    m.pool = pool;
    m.start = ngx_pnalloc(pool, 16384);
    m.last = m.start;
    m.end = m.start ? m.start + 16384 : NULL;

    for (i = 0; i < gavel_metrics_count; i++) {
        gavel_metrics_writers[i](&m);
    }

    text.data = m.start;
    text.len = m.start ? m.last - m.start : 0;

    return text;
}
