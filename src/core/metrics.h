/*
 * metrics: what the rooms count, told in one text for Prometheus.
 */

#ifndef GAVEL_METRICS_H
#define GAVEL_METRICS_H

#include "core/core.h"

typedef struct gavel_metrics_s  gavel_metrics_t;

/* Writes the metrics of a room, each family's samples side by side. */
typedef void (*gavel_metrics_pt)(gavel_metrics_t *m);

/* At process init; a writer that is there already is not added again. */
void gavel_metrics_add(gavel_metrics_pt writer);

/* A sample.  A name that ends in _total is a counter, any other a gauge;
 * labels are `code="4000"` or NULL.  help is told once per family. */
void gavel_metric(gavel_metrics_t *m, const char *name, const char *help,
    const char *labels, uint64_t value);

/* What all writers write, in the order of their coming.  The text is empty
 * if there was no memory. */
ngx_str_t gavel_metrics_text(ngx_pool_t *pool);

#endif
