/*
 * view: what others may see of a cached auction, as current as the primary
 * was when they asked.
 */

#include "auction/host.h"


static void
view_tell(gavel_auction_t *a, ngx_queue_t *views, gavel_code_t code)
{
    ngx_queue_t   *q;
    gavel_view_t  *v;

    while (!ngx_queue_empty(views)) {
        q = ngx_queue_head(views);
        ngx_queue_remove(q);

        v = ngx_queue_data(q, gavel_view_t, queue);
        v->waiting = 0;

        if (a->state == NULL || code == GAVEL_not_found) {
            v->auction = NULL;
            a->views_open--;
        }

        v->ready(v, code);
    }
}


/* A load or a fill has come to its end. */

void
host_loaded(gavel_auction_t *a, gavel_code_t code)
{
    ngx_queue_t  views;

    if (code == GAVEL_OK
        && (a->filling || a->loading || a->creating || a->reload))
    {
        return;
    }

    if (code == GAVEL_not_found) {
        host_fail_commands(a, code);

    } else if (a->halted && a->state != NULL) {
        code = GAVEL_engine_halted;
        host_fail_commands(a, code);

        if (gavel_home_mine(a->id)) {
            gavel_home_release(a->id);
        }
    }

    ngx_queue_init(&views);

    if (!ngx_queue_empty(&a->views)) {
        ngx_queue_add(&views, &a->views);
        ngx_queue_init(&a->views);
    }

    view_tell(a, &views, code);
    host_replays(a, code);

    if (code == GAVEL_OK) {
        host_arm(a);
        host_ready(a);
    }

    if (code == GAVEL_not_found) {
        host_forget(a);

        if (host.observer != NULL) {
            host.observer->reset(a);
        }
    }
}


void
gavel_view_open(gavel_view_t *v, uint64_t auction_id)
{
    gavel_auction_t  *a = host_auction(auction_id);

    v->auction = a;
    v->waiting = 1;

    if (a == NULL) {
        v->waiting = 0;
        v->ready(v, GAVEL_busy);
        return;
    }

    a->views_open++;
    ngx_queue_insert_tail(&a->views, &v->queue);

    if (a->state == NULL || a->reload) {
        host_load(a);
        return;
    }

    /* A fill under way may have asked before this view did. */

    if (a->filling) {
        a->behind = 1;
        return;
    }

    host_fill(a);
}


void
gavel_view_close(gavel_view_t *v)
{
    if (v->auction == NULL) {
        return;
    }

    if (v->waiting) {
        ngx_queue_remove(&v->queue);
        v->waiting = 0;
    }

    v->auction->views_open--;
    v->auction->used = ngx_current_msec;
    v->auction = NULL;
}


static void
view_flow_ready(gavel_view_t *v, gavel_code_t code)
{
    gavel_flow_t  *f = v->data;

    if (code == GAVEL_OK || code == GAVEL_engine_halted) {
        gavel_flow_wake(f);
        return;
    }

    gavel_flow_fail(f, code);
}


static void
view_flow_detach(void *wait)
{
    gavel_view_close(wait);
}


static void
view_cleanup(void *data)
{
    gavel_view_close(data);
}


ngx_int_t
gavel_flow_view(gavel_flow_t *f, gavel_view_t *v, uint64_t auction_id)
{
    ngx_int_t            rc;
    ngx_pool_cleanup_t  *cleanup;

    ngx_memzero(v, sizeof(gavel_view_t));

    cleanup = ngx_pool_cleanup_add(f->pool, 0);
    if (cleanup == NULL) {
        return NGX_ERROR;
    }

    cleanup->handler = view_cleanup;
    cleanup->data = v;

    v->ready = view_flow_ready;
    v->data = f;

    rc = gavel_flow_wait(f, view_flow_detach, v);
    gavel_view_open(v, auction_id);

    return rc;
}


uint64_t
gavel_auction_id(const gavel_auction_t *a)
{
    return a->id;
}


const auction_t *
gavel_auction_state(const gavel_auction_t *a)
{
    return a->state;
}


ngx_uint_t
gavel_auction_public(const gavel_auction_t *a)
{
    return a->state != NULL && a->state->status > AUCTION_DRAFT && !a->hidden;
}


void *
gavel_auction_data(const gavel_auction_t *a)
{
    return a->data;
}


void
gavel_auction_set_data(gavel_auction_t *a, void *data)
{
    a->data = data;
}


const ngx_str_t *
gavel_auction_text(gavel_auction_t *a)
{
    size_t   size;
    u_char  *p;

    if (a->text_seq == a->state->seq && a->text_epoch == a->state->epoch) {
        return &a->text;
    }

    size = state_text(a->state, NULL, 0);

    if (size > a->text_size) {
        p = ngx_alloc(size * 2, host.log);
        if (p == NULL) {
            return NULL;
        }

        ngx_free(a->text.data);
        a->text.data = p;
        a->text_size = size * 2;
    }

    a->text.len = state_text(a->state, (char *) a->text.data, a->text_size);
    a->text_seq = a->state->seq;
    a->text_epoch = a->state->epoch;

    return &a->text;
}
