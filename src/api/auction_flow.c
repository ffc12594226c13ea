/*
 * auction_flow: the stories of a new auction, of its changes and of its end
 * as a page, each partly in the catalogue and partly in the log.
 */

#include "api/auctions.h"
#include "api/flows.h"


typedef struct {
    gavel_reply_t    reply;
    gavel_view_t     view;
    gavel_many_t     lots;
    json_t          *queue;          /* of the lots to begin with */
    int64_t          id;
    uint32_t         mode;
    rules_t          rules;
    unsigned         changed:1;      /* the log has to know */
} auction_work_t;


static ngx_int_t create_row(gavel_flow_t *f);
static ngx_int_t create_log(gavel_flow_t *f);
static ngx_int_t create_lots(gavel_flow_t *f);
static ngx_int_t create_read(gavel_flow_t *f);
static ngx_int_t create_answer(gavel_flow_t *f);
static ngx_int_t update_check(gavel_flow_t *f);
static ngx_int_t update_log(gavel_flow_t *f);
static ngx_int_t update_row(gavel_flow_t *f);
static ngx_int_t delete_check(gavel_flow_t *f);
static ngx_int_t delete_log(gavel_flow_t *f);
static ngx_int_t delete_row(gavel_flow_t *f);
static ngx_int_t work_answer(gavel_flow_t *f);
static gavel_code_t update_prepare(gavel_call_t *call, gavel_submission_t *s);
static void create_lot(gavel_many_t *m, ngx_uint_t i, command_t *c);


const gavel_step_pt  gavel_auction_create_steps[] = {
    create_row,          /* what people wrote; nobody sees it yet */
    create_log,          /* its first event, which its host makes */
    create_lots,         /* those that came along, all at once */
    create_read,
    create_answer,
    NULL
};

const gavel_step_pt  gavel_auction_update_steps[] = {
    update_check,        /* is it his, and as he saw it? */
    update_log,          /* rules and times, if there are any */
    update_row,          /* the texts */
    work_answer,
    NULL
};

const gavel_step_pt  gavel_auction_delete_steps[] = {
    delete_check,        /* is it his, and without bids? */
    delete_log,          /* cancelled, unless it has ended */
    delete_row,          /* and out of sight */
    work_answer,
    NULL
};


static auction_work_t *
work_create(gavel_call_t *call)
{
    call->work = ngx_pcalloc(call->flow.pool, sizeof(auction_work_t));

    return call->work;
}


static ngx_int_t
create_row(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t        mode;
    gavel_code_t     code;
    auction_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    mode = gavel_call_str(call, "mode");
    w->mode = mode.len ? auction_mode((char *) mode.data, mode.len)
                       : MODE_TIMED;

    code = gavel_call_rules(call, w->mode, &w->rules);
    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    return gavel_flow_once(f, &w->reply, "auction_create", NULL);
}


static void
queue_free(void *data)
{
    json_decref(data);
}


static ngx_int_t
create_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    json_t              *body;
    auction_work_t      *w;
    ngx_pool_cleanup_t  *cln;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    cln = ngx_pool_cleanup_add(f->pool, 0);
    body = cln ? gavel_reply_json(&w->reply) : NULL;

    if (body == NULL) {
        return NGX_ERROR;
    }

    cln->handler = queue_free;
    cln->data = body;

    w->id = json_integer_value(json_object_get(body, "id"));
    w->queue = json_object_get(body, "lots");

    if (gavel_call_set(call, "auction_id", w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_view(f, &w->view, w->id);
}


static ngx_int_t
create_lots(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    w->lots.each = create_lot;
    w->lots.data = w->queue;

    return gavel_flow_many(f, &w->lots, CMD_LOT_ADD,
                           json_array_size(w->queue));
}


static int64_t
member(json_t *object, const char *name, int64_t none)
{
    json_t  *value;

    value = json_object_get(object, name);

    return json_is_integer(value) ? json_integer_value(value) : none;
}


static void
create_lot(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    json_t  *lot;

    lot = json_array_get(m->data, i);

    c->item_id = member(lot, "item_id", 0);
    c->base_price = member(lot, "base_price", -1);
    c->ms = member(lot, "duration_ms", 0);
}


static ngx_int_t
create_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    if (w->lots.refused.code != GAVEL_OK) {
        return gavel_engine_refuse(f, &w->lots.refused);
    }

    return gavel_flow_once(f, &w->reply, "auction_get", "answer");
}


static ngx_int_t
create_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    return gavel_flow_created(f, &w->reply, "/api/v1/auctions/", w->id);
}


static ngx_int_t
update_check(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->changed = gavel_call_has(call, "rules")
                 || gavel_call_has(call, "starts_at")
                 || gavel_call_has(call, "ends_at");

    return gavel_flow_ask(f, &w->reply, "auction_check");
}


static ngx_int_t
update_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    json_t          *body, *mode;
    gavel_code_t     code;
    auction_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    if (!w->changed) {
        return NGX_OK;
    }

    body = gavel_reply_json(&w->reply);
    mode = json_object_get(body, "mode");

    if (mode == NULL) {
        json_decref(body);
        return NGX_ERROR;
    }

    code = gavel_call_rules(call, auction_mode(json_string_value(mode),
                                               json_string_length(mode)),
                            &w->rules);
    json_decref(body);

    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    return gavel_flow_engine(f, CMD_UPDATE, update_prepare);
}


static gavel_code_t
update_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    auction_work_t  *w;

    w = call->work;

    if (gavel_call_has(call, "rules")) {
        s->rules = w->rules;
        s->command.rules = &s->rules;
    }

    return GAVEL_OK;
}


static ngx_int_t
update_row(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    if (w->changed && call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_ask(f, &w->reply, "auction_patch");
}


static ngx_int_t
delete_check(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, &w->reply, "auction_delete_check");
}


static ngx_int_t
delete_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->changed = gavel_reply_int(&w->reply, "cancel", 0);

    return w->changed ? gavel_flow_engine(f, CMD_CANCEL, NULL) : NGX_OK;
}


static ngx_int_t
delete_row(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    if (w->changed && call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_ask(f, &w->reply, "auction_archive");
}


static ngx_int_t
work_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    return gavel_flow_reply(f, &w->reply);
}
