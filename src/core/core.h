/*
 * core: what every room may include: nginx's base types.  The linker hides
 * all our symbols (scripts/exports.map), so rooms can use short names.
 */

#ifndef GAVEL_CORE_H
#define GAVEL_CORE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

/* Into the cache, if p points to memory; else nothing. */
#define gavel_prefetch(p)  __builtin_prefetch(p)

#endif
