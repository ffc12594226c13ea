/*
 * seats: how many sockets one person and one address may have open.
 */

#ifndef GAVEL_SEATS_H
#define GAVEL_SEATS_H

#include "room/session.h"

/* The memory that workers share: nginx's init of its zone, and a worker's. */
ngx_int_t gavel_seats_init(ngx_shm_zone_t *zone, void *old);
void gavel_seats_create(ngx_shm_zone_t *zone);

/* Takes a seat for the session; 0: all are taken.  On this node, and not
 * counted while rate limits are off.  The user's is for s->identity, once. */
ngx_uint_t gavel_seats_address(gavel_session_t *s);
ngx_uint_t gavel_seats_user(gavel_session_t *s);

/* Gives back what the session took. */
void gavel_seats_leave(gavel_session_t *s);

#endif
