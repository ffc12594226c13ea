/*
 * once: a SQL function whose answer is kept under the call's request id.
 */

#ifndef GAVEL_COMMAND_ONCE_H
#define GAVEL_COMMAND_ONCE_H

#include "command/command.h"
#include "pg/pg.h"

/*
 * As a step: asks a SQL function with the call's parameters as they are now.
 * With a request id the same call gets the same answer for 24 hours, and
 * another one with this id gets request_id_reused.  Flows that ask more than
 * once name every part but the first, which is NULL; a name has no spaces.
 */
ngx_int_t gavel_flow_once(gavel_flow_t *f, gavel_reply_t *reply,
    const char *function, const char *part);

#endif
