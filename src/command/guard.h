/*
 * guard: may this caller make this call at all?
 */

#ifndef GAVEL_GUARD_H
#define GAVEL_GUARD_H

#include "command/command.h"

/* GAVEL_OK, or why not; rate_limited sets outcome.retry_ms. */
gavel_code_t gavel_guard(gavel_call_t *call);

/* Who counts as one by his address: of IPv6 a network of 64 bits, as nobody
 * is given less.  The answer is in buf, of NGX_INET6_ADDRSTRLEN bytes, or it
 * is the address. */
ngx_str_t gavel_guard_address(const ngx_str_t *address, u_char *buf);

#endif
