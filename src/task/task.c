/*
 * task: work that would block, in nginx's thread pool "gavel".
 *
 * The thread works on a copy, which belongs to the task and not to the flow:
 * a flow may end while its thread is still busy.
 */

#include "task/task.h"
#include "core/keeper.h"
#include <ngx_thread_pool.h>


/* nginx writes an error for each task that finds the queue full, so that is
 * not tried: as many as `thread_pool gavel threads=1 max_queue=64` takes. */

#define TASK_MAX  64


typedef struct {
    ngx_thread_task_t    task;       /* first: its event is ours */
    gavel_flow_t        *flow;       /* NULL: detached */
    void               (*work)(void *arg);
    void               (*drop)(void *arg);
    void                *arg;        /* the flow's */
    size_t               size;
    void                *copy;       /* the thread's */
} task_t;


static void task_thread(void *data, ngx_log_t *log);
static void task_done(ngx_event_t *ev);
static void task_detach(void *wait);
static void task_free(task_t *t);


static ngx_str_t   task_pool_name = ngx_string("gavel");
static ngx_uint_t  tasks;


/* A pool that nobody declares is refused by nginx when it has read all of
 * the configuration. */

ngx_int_t
gavel_task_init(ngx_conf_t *cf)
{
    return ngx_thread_pool_add(cf, &task_pool_name) ? NGX_OK : NGX_ERROR;
}


ngx_uint_t
gavel_tasks(void)
{
    return tasks;
}


ngx_int_t
gavel_flow_task(gavel_flow_t *f, void (*work)(void *arg), void *arg,
    size_t size)
{
    return gavel_flow_task_with(f, work, NULL, arg, size);
}


ngx_int_t
gavel_flow_task_with(gavel_flow_t *f, void (*work)(void *arg),
    void (*drop)(void *arg), void *arg, size_t size)
{
    task_t             *t;
    ngx_thread_pool_t  *pool;

    pool = ngx_thread_pool_get((ngx_cycle_t *) ngx_cycle, &task_pool_name);

    if (pool == NULL || tasks == TASK_MAX) {
        return gavel_flow_refuse(f, GAVEL_busy);
    }

    t = ngx_calloc(sizeof(task_t) + size, f->log);
    if (t == NULL) {
        return NGX_ERROR;
    }

    t->flow = f;
    t->work = work;
    t->drop = drop;
    t->arg = arg;
    t->size = size;
    t->copy = t + 1;
    ngx_memcpy(t->copy, arg, size);

    t->task.ctx = t;
    t->task.handler = task_thread;
    t->task.event.handler = task_done;
    t->task.event.data = t;
    t->task.event.log = ngx_cycle->log;

    if (ngx_thread_task_post(pool, &t->task) != NGX_OK) {
        task_free(t);
        return gavel_flow_refuse(f, GAVEL_busy);
    }

    tasks++;
    gavel_keep();

    return gavel_flow_wait(f, task_detach, t);
}


/* In the thread: nothing here may touch nginx. */

static void
task_thread(void *data, ngx_log_t *log)
{
    task_t  *t = data;

    t->work(t->copy);
}


static void
task_done(ngx_event_t *ev)
{
    task_t        *t = ev->data;
    gavel_flow_t  *f;

    tasks--;
    gavel_release();

    f = t->flow;

    if (f) {
        ngx_memcpy(t->arg, t->copy, t->size);

    } else if (t->drop) {
        t->drop(t->copy);
    }

    task_free(t);

    if (f) {
        gavel_flow_wake(f);
    }
}


static void
task_detach(void *wait)
{
    task_t  *t = wait;

    t->flow = NULL;
}


/* The copy may hold a password. */

static void
task_free(task_t *t)
{
    ngx_explicit_memzero(t->copy, t->size);
    ngx_free(t);
}
