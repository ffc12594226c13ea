/*
 * watcher: tells when a worker begins to shut down gracefully.
 */

#ifndef GAVEL_WATCHER_H
#define GAVEL_WATCHER_H

#include "core/core.h"

/* handler is called once, from the event loop, when nginx closes its idle
 * connections: on quit and on reload.  Takes a slot of worker_connections. */
ngx_int_t gavel_watcher_create(ngx_cycle_t *cycle, void (*handler)(void));
void gavel_watcher_destroy(void);

#endif
