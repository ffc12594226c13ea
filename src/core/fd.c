/*
 * fd: one foreign descriptor in nginx's event loop, level-triggered.
 *
 * Everything that is particular about descriptors of other libraries stands
 * here: interest is added and deleted with the same flags, never through
 * ngx_handle_read_event() (it would make the descriptor edge-triggered); the
 * descriptor is taken out of epoll before its connection is given back; and
 * nginx never closes it.  After a handler was called nothing of the fd is
 * touched, since it may have detached itself.
 */

#include "core/fd.h"


struct gavel_fd_s {
    ngx_connection_t     *connection;
    gavel_fd_handler_pt   handler;
    void                 *data;
};


static void fd_event_handler(ngx_event_t *ev);
static ngx_int_t fd_interest(ngx_event_t *ev, ngx_int_t event, ngx_uint_t on);


gavel_fd_t *
gavel_fd_attach(int fd, gavel_fd_handler_pt handler, void *data,
    ngx_log_t *log)
{
    gavel_fd_t        *f;
    ngx_connection_t  *c;

    f = ngx_alloc(sizeof(gavel_fd_t), log);
    if (f == NULL) {
        return NULL;
    }

    c = ngx_get_connection(fd, log);
    if (c == NULL) {
        ngx_free(f);
        return NULL;
    }

    c->data = f;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);

    c->read->log = log;
    c->write->log = log;
    c->read->handler = fd_event_handler;
    c->write->handler = fd_event_handler;
    c->write->cancelable = 1;

    f->connection = c;
    f->handler = handler;
    f->data = data;

    return f;
}


ngx_int_t
gavel_fd_want(gavel_fd_t *f, ngx_uint_t mask)
{
    ngx_connection_t  *c = f->connection;

    if (fd_interest(c->read, NGX_READ_EVENT, mask & GAVEL_FD_READ) != NGX_OK) {
        return NGX_ERROR;
    }

    return fd_interest(c->write, NGX_WRITE_EVENT, mask & GAVEL_FD_WRITE);
}


static ngx_int_t
fd_interest(ngx_event_t *ev, ngx_int_t event, ngx_uint_t on)
{
    if (on && !ev->active) {
        return ngx_add_event(ev, event, NGX_LEVEL_EVENT);
    }

    if (!on && ev->active) {
        return ngx_del_event(ev, event, 0);
    }

    return NGX_OK;
}


void
gavel_fd_timeout(gavel_fd_t *f, ngx_msec_t ms)
{
    ngx_event_t  *ev = f->connection->write;

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    if (ms) {
        ngx_add_timer(ev, ms);
    }
}


void
gavel_fd_idle(gavel_fd_t *f, ngx_uint_t on)
{
    f->connection->idle = on ? 1 : 0;
}


void
gavel_fd_closed(gavel_fd_t *f)
{
    ngx_connection_t  *c = f->connection;

    (void) ngx_del_event(c->read, NGX_READ_EVENT, NGX_CLOSE_EVENT);
    (void) ngx_del_event(c->write, NGX_WRITE_EVENT, NGX_CLOSE_EVENT);
}


void
gavel_fd_detach(gavel_fd_t *f)
{
    ngx_connection_t  *c = f->connection;

    (void) gavel_fd_want(f, 0);

    /* frees the slot, the timer and posted events; does not close the fd */

    c->shared = 1;
    ngx_close_connection(c);

    ngx_free(f);
}


static void
fd_event_handler(ngx_event_t *ev)
{
    gavel_fd_t        *f;
    ngx_uint_t         what;
    ngx_connection_t  *c;

    c = ev->data;
    f = c->data;

    if (c->close) {
        c->close = 0;
        what = c->error ? GAVEL_FD_ABORT : GAVEL_FD_CLOSE;

    } else if (ev->timedout) {
        ev->timedout = 0;
        what = GAVEL_FD_TIMEOUT;

    } else {
        what = ev->write ? GAVEL_FD_WRITE : GAVEL_FD_READ;
    }

    f->handler(f->data, what);
}
