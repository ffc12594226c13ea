/*
 * blocked: whose tokens are worth nothing any more, though they are valid.
 */

#ifndef GAVEL_BLOCKED_H
#define GAVEL_BLOCKED_H

#include "core/core.h"

/* In process init, after the clients. */
ngx_int_t gavel_blocked_create(ngx_cycle_t *cycle);
void gavel_blocked_destroy(void);

/* Is this account suspended, banned or erased, as far as is known here? */
ngx_uint_t gavel_blocked(uint64_t account);

/* Another number whenever others are blocked than before. */
extern ngx_uint_t  gavel_blocked_version;

/* Somebody was blocked, or let in again: all workers look at once. */
void gavel_blocked_changed(void);

#endif
