/*
 * ws: the connection of a WebSocket, and how a request becomes one.
 */

#ifndef GAVEL_WS_H
#define GAVEL_WS_H

#include "room/session.h"

/* The connection is the session's from now on; it says hello. */
void gavel_ws_begin(gavel_session_t *s, ngx_connection_t *c);

/* Bytes that came; they may be overwritten. */
void gavel_ws_input(gavel_session_t *s, u_char *p, size_t len);

#endif
