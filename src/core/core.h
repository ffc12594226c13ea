/*
 * core: what every room may include: nginx's base types, and hidden symbols,
 * so that rooms can use short names inside one shared object.
 */

#ifndef GAVEL_CORE_H
#define GAVEL_CORE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#pragma GCC visibility push(hidden)

#endif
