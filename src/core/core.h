/*
 * core: what every room may include: nginx's base types.  The linker hides
 * all our symbols (scripts/exports.map), so rooms can use short names.
 */

#ifndef GAVEL_CORE_H
#define GAVEL_CORE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#endif
