/*
 * lot_flow: the stories of lots that touch both the catalogue (the item) and
 * the log (the lot).
 */

#include "api/flows.h"
#include "api/lots.h"
#include <ngx_http.h>


typedef struct {
    gavel_reply_t   reply;
    gavel_many_t    moves;
    int64_t         id;              /* of the item, then of the lot */
    unsigned        priced:1;
} lot_work_t;


static ngx_int_t add_item(gavel_flow_t *f);
static ngx_int_t add_queue(gavel_flow_t *f);
static ngx_int_t add_drop(gavel_flow_t *f);
static ngx_int_t add_read(gavel_flow_t *f);
static ngx_int_t add_answer(gavel_flow_t *f);
static ngx_int_t update_price(gavel_flow_t *f);
static ngx_int_t update_item(gavel_flow_t *f);
static ngx_int_t reorder_check(gavel_flow_t *f);
static ngx_int_t reorder_move(gavel_flow_t *f);
static ngx_int_t reorder_read(gavel_flow_t *f);
static ngx_int_t work_answer(gavel_flow_t *f);
static gavel_code_t add_prepare(gavel_call_t *call, gavel_submission_t *s);
static gavel_code_t price_prepare(gavel_call_t *call, gavel_submission_t *s);
static void move_lot(gavel_many_t *m, ngx_uint_t i, command_t *c);


const gavel_step_pt  gavel_lot_add_steps[] = {
    add_item,            /* one of his own, or a new one */
    add_queue,
    add_drop,            /* a new item, if its lot was refused */
    add_read,
    add_answer,
    NULL
};

const gavel_step_pt  gavel_lot_update_steps[] = {
    update_price,        /* and other terms, if there are any: the log's */
    update_item,         /* the texts: the catalogue's */
    work_answer,
    NULL
};

const gavel_step_pt  gavel_lot_reorder_steps[] = {
    reorder_check,       /* is it his? */
    reorder_move,        /* one after the other to the front */
    reorder_read,
    work_answer,
    NULL
};


static lot_work_t *
work_create(gavel_call_t *call)
{
    call->work = ngx_pcalloc(call->flow.pool, sizeof(lot_work_t));

    return call->work;
}


static ngx_int_t
add_item(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_once(f, &w->reply, "lot_item", NULL);
}


static ngx_int_t
add_queue(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->id = gavel_reply_int(&w->reply, "item_id", 0);

    return gavel_flow_engine(f, CMD_LOT_ADD, add_prepare);
}


static gavel_code_t
add_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    lot_work_t  *w;

    w = call->work;
    s->command.item_id = w->id;

    return GAVEL_OK;
}


/* With a request id the item waits, as does once(), for the next try. */

static ngx_int_t
add_drop(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t    *w;
    gavel_code_t   code;

    w = call->work;
    code = call->answer->code;

    if (code == GAVEL_OK || call->request_id.len
        || gavel_call_has(call, "item_id")
        || gavel_error(code)->status >= NGX_HTTP_INTERNAL_SERVER_ERROR)
    {
        return NGX_OK;
    }

    if (gavel_call_set(call, "item_id", w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, &w->reply, "lot_item_drop");
}


static ngx_int_t
add_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    if (call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    w->id = call->answer->event.lot_id;

    if (gavel_call_set(call, "lot_id", w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_once(f, &w->reply, "lot_get", "answer");
}


static ngx_int_t
add_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    return gavel_flow_created(f, &w->reply, "/api/v1/lots/", w->id);
}


static ngx_int_t
update_price(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t         *w;
    const char *const  *name;

    static const char *const  terms[] = {
        "base_price", "reserve", "buy_now", "ceiling", "quantity", "pot",
        "role", NULL
    };

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    for (name = terms; *name != NULL; name++) {
        w->priced |= gavel_call_has(call, *name);
    }

    return w->priced ? gavel_flow_engine(f, CMD_LOT_CHANGE, price_prepare)
                     : NGX_OK;
}


static gavel_code_t
price_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->auction_id = s->command.lot_id >> ENGINE_ID_SHIFT;

    return GAVEL_OK;
}


static ngx_int_t
update_item(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    if (w->priced && call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_ask(f, &w->reply, "lot_patch");
}


static ngx_int_t
reorder_check(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, &w->reply, "auction_check");
}


static ngx_int_t
reorder_move(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    json_t      *lots;
    lot_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    lots = json_object_get(call->params, "lots");

    w->moves.each = move_lot;
    w->moves.data = lots;

    return gavel_flow_many(f, &w->moves, CMD_LOT_MOVE, json_array_size(lots));
}


static void
move_lot(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    c->lot_id = json_integer_value(json_array_get(m->data, i));
    c->position = i + 1;
}


static ngx_int_t
reorder_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    if (w->moves.refused.code != GAVEL_OK) {
        return gavel_engine_refuse(f, &w->moves.refused);
    }

    return gavel_flow_ask(f, &w->reply, "lot_list");
}


static ngx_int_t
work_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    lot_work_t  *w;

    w = call->work;

    return gavel_flow_reply(f, &w->reply);
}
