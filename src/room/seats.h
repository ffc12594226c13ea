/*
 * seats: how many sockets one person and one address may have open.
 */

#ifndef GAVEL_SEATS_H
#define GAVEL_SEATS_H

#include "room/session.h"

void gavel_seats_create(void);

/* Takes a seat for the session; 0: all are taken.  On this worker, and not
 * counted while rate limits are off.  The user's is for s->identity, once. */
ngx_uint_t gavel_seats_address(gavel_session_t *s);
ngx_uint_t gavel_seats_user(gavel_session_t *s);

/* Gives back what the session took. */
void gavel_seats_leave(gavel_session_t *s);

#endif
