/*
 * console: what only an auction's host sees beside it.
 */

#ifndef GAVEL_CONSOLE_H
#define GAVEL_CONSOLE_H

#include "room/session.h"

void gavel_console_create(void);
void gavel_console_destroy(void);

/* "host:7"; 0: another channel. */
uint64_t gavel_console_channel(const ngx_str_t *channel);

/* The session hears of it when it is known whether it may. */
gavel_code_t gavel_console_subscribe(gavel_session_t *s, uint64_t auction);
ngx_uint_t gavel_console_unsubscribe(gavel_session_t *s, uint64_t auction);
void gavel_console_leave(gavel_session_t *s);

/* Somebody has lost a role: he is refused what he may not see any more. */
void gavel_console_review(gavel_session_t *s);

#endif
