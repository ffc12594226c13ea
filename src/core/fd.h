/*
 * fd: one foreign descriptor (libpq's, hiredis's, curl's) in the event loop.
 *
 * Level-triggered, because the libraries read only a part of what is there
 * (facts: engineering 4).  The adapter never closes the descriptor: detach
 * first, then let the library close it.
 */

#ifndef GAVEL_FD_H
#define GAVEL_FD_H

#include "core/core.h"

#define GAVEL_FD_READ      1
#define GAVEL_FD_WRITE     2
#define GAVEL_FD_TIMEOUT   4      /* only reported */
#define GAVEL_FD_CLOSE     8      /* only reported: the worker is going away */

typedef struct gavel_fd_s  gavel_fd_t;

/* Called with one of the bits above.  May detach the fd it is called for. */
typedef void (*gavel_fd_handler_pt)(void *data, ngx_uint_t what);

/* Takes a slot of worker_connections; NULL if there is none left. */
gavel_fd_t *gavel_fd_attach(int fd, gavel_fd_handler_pt handler, void *data,
    ngx_log_t *log);

/* Sets the interest to exactly mask (GAVEL_FD_READ|WRITE); idempotent. */
ngx_int_t gavel_fd_want(gavel_fd_t *f, ngx_uint_t mask);

/* Arms (or with 0 disarms) the timeout, in milliseconds. */
void gavel_fd_timeout(gavel_fd_t *f, ngx_msec_t ms);

/* An idle fd does not keep a worker alive that shuts down gracefully: its
 * handler gets GAVEL_FD_CLOSE then. */
void gavel_fd_idle(gavel_fd_t *f, ngx_uint_t on);

/* Forgets the descriptor, which must still be open. */
void gavel_fd_detach(gavel_fd_t *f);

#endif
