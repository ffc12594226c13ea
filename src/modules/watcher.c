/*
 * watcher: an idle connection without a socket, so that nginx calls it when
 * a worker begins to shut down gracefully (ngx_close_idle_connections).
 */

#include "modules/watcher.h"


/* not -1, which nginx takes for a free slot; never a descriptor */
#define GAVEL_WATCHER_FD  ((ngx_socket_t) -2)


static void gavel_watcher_handler(ngx_event_t *ev);


static ngx_connection_t   *gavel_watcher;
static void              (*gavel_watcher_call)(void);


ngx_int_t
gavel_watcher_create(ngx_cycle_t *cycle, void (*handler)(void))
{
    ngx_connection_t  *c;

    c = ngx_get_connection(0, cycle->log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->fd = GAVEL_WATCHER_FD;
    c->idle = 1;
    c->log = cycle->log;
    c->read->log = cycle->log;
    c->read->handler = gavel_watcher_handler;

    gavel_watcher = c;
    gavel_watcher_call = handler;

    return NGX_OK;
}


static void
gavel_watcher_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c = ev->data;

    if (!c->close || gavel_watcher == NULL) {
        return;
    }

    gavel_watcher_destroy();
    gavel_watcher_call();
}


void
gavel_watcher_destroy(void)
{
    ngx_connection_t  *c = gavel_watcher;

    if (c == NULL) {
        return;
    }

    gavel_watcher = NULL;

    c->idle = 0;
    c->fd = (ngx_socket_t) -1;
    ngx_free_connection(c);
}
