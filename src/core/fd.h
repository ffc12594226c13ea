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
#define GAVEL_FD_CLOSE     8      /* only reported: the worker shuts down, and
                                     this fd is idle; may be ignored */
#define GAVEL_FD_ABORT    16      /* only reported: worker_shutdown_timeout has
                                     passed, close now */

typedef struct gavel_fd_s  gavel_fd_t;

/* Called with one of the bits above.  May detach the fd it is called for.
 * READ and WRITE are also reported for a broken connection. */
typedef void (*gavel_fd_handler_pt)(void *data, ngx_uint_t what);

/* Takes a slot of worker_connections; NULL if there is none left.  The fd
 * lives until gavel_fd_detach(). */
gavel_fd_t *gavel_fd_attach(int fd, gavel_fd_handler_pt handler, void *data,
    ngx_log_t *log);

/* Sets the interest to exactly mask (GAVEL_FD_READ|WRITE); idempotent. */
ngx_int_t gavel_fd_want(gavel_fd_t *f, ngx_uint_t mask);

/* Arms (or with 0 disarms) the timeout, in milliseconds.  It is cancelable:
 * who has work under way holds the keeper (core/keeper.h). */
void gavel_fd_timeout(gavel_fd_t *f, ngx_msec_t ms);

/* The handler of an idle fd gets GAVEL_FD_CLOSE when the worker begins to
 * shut down gracefully. */
void gavel_fd_idle(gavel_fd_t *f, ngx_uint_t on);

/* The library has closed the descriptor already, as libpq does with a broken
 * one: the kernel knows nothing of it any more.  Only gavel_fd_detach() may
 * follow. */
void gavel_fd_closed(gavel_fd_t *f);

/* Forgets the descriptor, which must still be open, unless the interest is
 * 0 or gavel_fd_closed() was called. */
void gavel_fd_detach(gavel_fd_t *f);

#endif
