/*
 * protocol: the canonical WebSocket protocol: JSON frames with a type.
 */

#ifndef GAVEL_PROTOCOL_H
#define GAVEL_PROTOCOL_H

#include "room/session.h"

/* The first words of the server. */
void gavel_protocol_hello(gavel_session_t *s);

/* A whole message came. */
void gavel_protocol_message(gavel_session_t *s, const ngx_str_t *text);

/* May one more frame come now?  Counts it. */
ngx_uint_t gavel_protocol_allowed(gavel_session_t *s);

/* "auction:7", or "lot:29360133": the auction of it; 0: no channel. */
uint64_t gavel_channel_auction(const ngx_str_t *channel);

#endif
