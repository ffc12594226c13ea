/*
 * task: work that would block, in nginx's thread pool "gavel".
 */

#ifndef GAVEL_TASK_H
#define GAVEL_TASK_H

#include "core/flow.h"

/* At configuration: the pool must be declared (PROTOCOL 28), else nginx says
 * so and does not start. */
ngx_int_t gavel_task_init(ngx_conf_t *cf);

/* Tasks that wait or run in this worker. */
ngx_uint_t gavel_tasks(void);

/*
 * Runs work(arg) in a thread, then the flow's next step.  work may touch only
 * arg, whose `size` bytes are copied in before and copied back after, so a
 * flow whose pool is gone meanwhile costs nothing.  A full queue ends the
 * flow with `busy`.
 */
ngx_int_t gavel_flow_task(gavel_flow_t *f, void (*work)(void *arg), void *arg,
    size_t size);

/* The same for work that is given memory, or makes some: from now on it is
 * the task's (only the copy knows it) until the next step runs; when nobody
 * waits any more drop(copy) frees it.  A refusal leaves it the caller's. */
ngx_int_t gavel_flow_task_with(gavel_flow_t *f, void (*work)(void *arg),
    void (*drop)(void *arg), void *arg, size_t size);

#endif
