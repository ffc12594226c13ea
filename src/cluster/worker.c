/*
 * worker: this worker's name in the cluster, and the life of the room.
 */

#include "cluster/parts.h"
#include <openssl/rand.h>


u_char       gavel_worker_id[GAVEL_WORKER_ID_LEN];
ngx_log_t   *gavel_cluster_log;
ngx_uint_t   gavel_cluster_draining;

/* nginx's debug log reads the descriptor of a timer's connection */

static ngx_connection_t  worker_no_connection = { .fd = (ngx_socket_t) -1 };


void
gavel_cluster_timer(ngx_event_t *ev, ngx_event_handler_pt handler)
{
    ngx_memzero(ev, sizeof(ngx_event_t));

    ev->handler = handler;
    ev->data = &worker_no_connection;
    ev->log = gavel_cluster_log;
    ev->cancelable = 1;
}


/* Random, so that a worker which comes back after a crash is a stranger to
 * the homes of its former life. */

static ngx_int_t
worker_name(void)
{
    u_char  bytes[GAVEL_WORKER_ID_LEN / 2];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
        return NGX_ERROR;
    }

    ngx_hex_dump(gavel_worker_id, bytes, sizeof(bytes));

    return NGX_OK;
}


ngx_int_t
gavel_cluster_create(ngx_cycle_t *cycle)
{
    gavel_cluster_log = cycle->log;
    gavel_cluster_draining = 0;

    if (worker_name() != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                      "no random bytes for the worker's id");
        return NGX_ERROR;
    }

    if (gavel_time_create(cycle) != NGX_OK
        || gavel_inbox_create(cycle) != NGX_OK
        || gavel_home_create(cycle) != NGX_OK
        || gavel_counter_create(cycle) != NGX_OK
        || gavel_presence_create(cycle) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_log_error(NGX_LOG_INFO, cycle->log, 0, "worker %*s joins the cluster",
                  (size_t) GAVEL_WORKER_ID_LEN, gavel_worker_id);

    return NGX_OK;
}


void
gavel_cluster_drain(void)
{
    if (gavel_cluster_log == NULL || gavel_cluster_draining) {
        return;
    }

    gavel_cluster_draining = 1;
    gavel_home_release_all();
}


void
gavel_cluster_destroy(void)
{
    if (gavel_cluster_log == NULL) {
        return;
    }

    gavel_cluster_drain();

    gavel_presence_destroy();
    gavel_counter_destroy();
    gavel_home_destroy();
    gavel_inbox_destroy();
    gavel_time_destroy();

    gavel_cluster_log = NULL;
}
