/*
 * call: commands that come as frames, and their acknowledgements.
 */

#ifndef GAVEL_CALL_H
#define GAVEL_CALL_H

#include "command/command.h"
#include "room/session.h"

void gavel_calls_create(void);

/* Runs a row for this session; the ack is sent when it is known.  frame is
 * the caller's; at is the stamp of its arrival. */
void gavel_call_frame(gavel_session_t *s, const gavel_command_t *row,
    json_t *frame, int64_t at);

/* The session ends: commands to auctions go on, nobody hears of them. */
void gavel_calls_forget(gavel_session_t *s);

/* At the end of a turn: frees what is over. */
void gavel_calls_bury(void);

#endif
