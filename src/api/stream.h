/*
 * stream: a body that is longer than memory should be.
 */

#ifndef GAVEL_STREAM_H
#define GAVEL_STREAM_H

#include "command/command.h"
#include <ngx_http.h>

/*
 * The call's outcome has been sent and said that there is more: runs
 * outcome.more again and again, each time in a pool of its own and when the
 * part before has left, with the call as f->data.  A part is the outcome's
 * body, and the last one's has no `more`.  finalize is called at the end; a
 * part that fails closes the connection, so that nobody takes the file for
 * whole.  NGX_DONE, or an error for who called.
 */
ngx_int_t gavel_stream(ngx_http_request_t *r, gavel_call_t *call,
    void (*finalize)(ngx_http_request_t *r, ngx_int_t rc));

#endif
