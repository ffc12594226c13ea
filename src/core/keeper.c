/*
 * keeper: counts what is under way, and keeps the worker alive meanwhile.
 */

#include "core/keeper.h"


#define KEEPER_PERIOD  1000       /* ms; only how often an idle one is seen */


static void keeper_handler(ngx_event_t *ev);


/* nginx's debug log of timers looks for the descriptor of a connection */
static ngx_connection_t  keeper_connection = { .fd = (ngx_socket_t) -1 };

static ngx_event_t  keeper_event = {
    .data = &keeper_connection,
    .handler = keeper_handler
};

static ngx_uint_t  keeper_count;


void
gavel_keep(void)
{
    keeper_count++;
    keeper_event.cancelable = 0;

    if (!keeper_event.timer_set) {
        keeper_event.log = ngx_cycle->log;
        ngx_add_timer(&keeper_event, KEEPER_PERIOD);
    }
}


void
gavel_release(void)
{
    keeper_count--;

    if (keeper_count == 0) {

        /* left armed: a timer less to delete and add for each statement */

        keeper_event.cancelable = 1;
    }
}


ngx_uint_t
gavel_kept(void)
{
    return keeper_count;
}


static void
keeper_handler(ngx_event_t *ev)
{
    if (keeper_count) {
        ngx_add_timer(ev, KEEPER_PERIOD);
    }
}
