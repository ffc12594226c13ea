/*
 * name: the addresses of one host, looked up again by nginx's resolver when
 * a connection to it was lost.  libpq and hiredis would block a worker.
 *
 * Without a `resolver` in http { } they stay what they were at configuration.
 */

#ifndef GAVEL_NAME_H
#define GAVEL_NAME_H

#include "core/core.h"

#define GAVEL_NAME_ADDRESSES  8

typedef struct {
    ngx_str_t             host;      /* its name, or an address */
    ngx_uint_t            n;         /* addresses; 0: none is known yet */
    u_char                addresses[GAVEL_NAME_ADDRESSES]
                                   [NGX_INET6_ADDRSTRLEN + 1];
    ngx_resolver_ctx_t   *ctx;       /* of the lookup under way */
    unsigned              inside:1;  /* of the call that began it */
    void                (*done)(void *data);
    void                 *data;
} gavel_name_t;

/* In worker init, before any name: NULL if there is none. */
void gavel_name_resolver(ngx_resolver_t *resolver);

/* host is referred to.  address is what is known of it, may be empty, and is
 * needless if the host is an address itself.  `done` is called at the end of
 * each lookup that did not end at once, whatever came of it. */
void gavel_name_init(gavel_name_t *name, const ngx_str_t *host,
    const ngx_str_t *address, void (*done)(void *data), void *data);

/* Begins to look it up, unless it is an address, or under way, or there is
 * no resolver; ms is the longest that it may take. */
void gavel_name_lookup(gavel_name_t *name, ngx_msec_t ms, ngx_log_t *log);

/* Is a lookup under way? */
ngx_uint_t gavel_name_pending(const gavel_name_t *name);

/* The address of this turn, with \0; NULL if none is known. */
u_char *gavel_name_address(gavel_name_t *name, ngx_uint_t turn);

/* `done` is not called any more. */
void gavel_name_forget(gavel_name_t *name);

#endif
