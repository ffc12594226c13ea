/*
 * keeper: what keeps a worker alive that shuts down gracefully.
 *
 * nginx leaves when no timer is left that is not cancelable.  All of Gavel's
 * timers are cancelable but one, which is not while anything is under way: a
 * flow, a statement, a task, a session (PROTOCOL 27).
 */

#ifndef GAVEL_KEEPER_H
#define GAVEL_KEEPER_H

#include "core/core.h"

/* Something began, something ended: always in pairs.  Both are cheap. */
void gavel_keep(void);
void gavel_release(void);

/* How many things are under way. */
ngx_uint_t gavel_kept(void);

#endif
