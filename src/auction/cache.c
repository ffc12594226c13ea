/*
 * cache: the auctions that this worker knows at the moment, and the pulse
 * that keeps them fresh or lets them go.
 */

#include "auction/host.h"
#include "cluster/presence.h"


static void host_tick(ngx_event_t *ev);

host_t                   host;
gavel_auction_metrics_t  gavel_auction_metrics;

static ngx_connection_t  host_connection;   /* events want one to log */


/* Timers of the room do not hold up a graceful exit; commands under way do,
 * through the client's connections. */

void
host_event(ngx_event_t *ev, ngx_event_handler_pt handler, void *data)
{
    ngx_memzero(ev, sizeof(ngx_event_t));
    ev->handler = handler;
    ev->data = data;
    ev->log = host.log;
    ev->cancelable = 1;
}


void
host_timer(ngx_event_t *ev, ngx_msec_t ms)
{
    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    ngx_add_timer(ev, ms);
}


ngx_int_t
gavel_auctions_create(ngx_cycle_t *cycle)
{
    ngx_memzero(&host, sizeof(host_t));

    host.log = cycle->log;
    host_connection.fd = (ngx_socket_t) -1;

    ngx_rbtree_init(&host.tree, &host.sentinel, ngx_rbtree_insert_value);
    ngx_queue_init(&host.ready);

    host_event(&host.turn, host_turn, &host_connection);
    host_event(&host.tick, host_tick, &host_connection);
    ngx_add_timer(&host.tick, 100);

    gavel_metrics_add(host_metrics);
    host_home_create();
    host_epoch_create();

    return NGX_OK;
}


void
gavel_auctions_drain(void)
{
    host.draining = 1;
}


void
gavel_auctions_destroy(void)
{
    host.draining = 1;

    if (host.tick.timer_set) {
        ngx_del_timer(&host.tick);
    }
}


gavel_auction_t *
host_find(uint64_t id)
{
    ngx_rbtree_node_t  *node = host.tree.root;

    while (node != &host.sentinel) {

        if (node->key == id) {
            return (gavel_auction_t *) node;
        }

        node = (id < node->key) ? node->left : node->right;
    }

    return NULL;
}


static void
host_retry(ngx_event_t *ev)
{
    void             **ident = ev->data;
    gavel_auction_t   *a = (gavel_auction_t *) ident;

    if (a->state == NULL || a->reload) {
        host_load(a);
        return;
    }

    host_ready(a);
}


gavel_auction_t *
host_auction(uint64_t id)
{
    gavel_auction_t  *a = host_find(id);

    if (a != NULL) {
        a->used = ngx_current_msec;
        return a;
    }

    a = ngx_calloc(sizeof(gavel_auction_t), host.log);
    if (a == NULL) {
        return NULL;
    }

    a->id = id;
    a->node.key = id;
    a->used = ngx_current_msec;
    a->text_seq = -1;

    ngx_queue_init(&a->commands);
    ngx_queue_init(&a->unrouted);
    ngx_queue_init(&a->views);
    ngx_queue_init(&a->replays);
    ngx_queue_init(&a->early);

    host_event(&a->retry, host_retry, a);
    host_event(&a->gap, host_gap, a);
    host_event(&a->deadline, host_deadline, a);

    ngx_rbtree_insert(&host.tree, &a->node);
    gavel_auction_metrics.cached++;

    return a;
}


void
host_forget(gavel_auction_t *a)
{
    ngx_uint_t  i;

    for (i = 0; i < HOST_RING; i++) {
        if (a->ring[i] != NULL) {
            gavel_record_free(&a->ring[i]->record);
            a->ring[i] = NULL;
        }
    }

    host_feed_clear(a);
    free(a->state);
    a->state = NULL;
    a->text_seq = -1;
}


static ngx_uint_t
host_idle(const gavel_auction_t *a)
{
    return a->views_open == 0 && a->watchers == 0 && a->ncommands == 0
           && a->batch == NULL && !a->loading && !a->filling && !a->claiming
           && !a->deadline.timer_set && ngx_queue_empty(&a->views)
           && ngx_queue_empty(&a->unrouted) && ngx_queue_empty(&a->replays)
           && ngx_current_msec - a->used > HOST_IDLE;
}


static void
host_evict(gavel_auction_t *a)
{
    if (!host_idle(a)) {
        return;
    }

    host_forget(a);

    if (a->retry.timer_set) {
        ngx_del_timer(&a->retry);
    }

    if (a->queued) {
        ngx_queue_remove(&a->ready);
    }

    if (gavel_home_mine(a->id)) {
        gavel_home_release(a->id);
    }

    ngx_rbtree_delete(&host.tree, &a->node);
    gavel_auction_metrics.cached--;

    ngx_free(a->rules.data);
    ngx_free(a->text.data);
    ngx_free(a);
}


/* visit may let its auction go. */

void
host_each(void (*visit)(gavel_auction_t *a))
{
    ngx_rbtree_node_t  *node, *next;

    if (host.tree.root == &host.sentinel) {
        return;
    }

    node = ngx_rbtree_min(host.tree.root, &host.sentinel);

    while (node != NULL) {
        next = ngx_rbtree_next(&host.tree, node);
        visit((gavel_auction_t *) node);
        node = next;
    }
}


static void
host_care(gavel_auction_t *a)
{
    host_drop_old(a);
    host_snapshot(a);
    host_arm(a);

    gavel_presence_here(gavel_presence_key(a->id, GAVEL_COUNT_QUEUE, 0),
                        gavel_home_mine(a->id) ? a->ncommands : 0);
    host_evict(a);
}


static void
host_return(gavel_auction_t *a)
{
    if (a->ncommands != 0 || a->reload) {
        host_load(a);
        host_ready(a);
    }
}


static void
host_tick(ngx_event_t *ev)
{
    ngx_uint_t  down = !gavel_pg_ready(gavel_pg);

    ngx_add_timer(ev, 100);
    host.ticks++;

    if (host.down && !down) {
        host_each(host_return);
    }

    host.down = down;

    if (!down) {
        host_epoch_ask();
    }

    if (host.ticks % 5 == 0 || !host_alive()) {
        host_sign();
    }

    host_home_tick();

    if (host.ticks % 10 == 0 || !gavel_cluster_connected()) {
        host_check();
    }

    if (host.ticks % 10 == 5) {
        host_due();
        host_each(host_care);
    }
}
