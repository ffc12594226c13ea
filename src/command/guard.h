/*
 * guard: may this caller make this call at all?
 */

#ifndef GAVEL_GUARD_H
#define GAVEL_GUARD_H

#include "command/command.h"

/* GAVEL_OK, or why not; rate_limited sets outcome.retry_ms. */
gavel_code_t gavel_guard(gavel_call_t *call);

#endif
