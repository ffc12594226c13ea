/*
 * auction_flow: the stories of a new auction, of its changes and of its end
 * as a page, each partly in the catalogue and partly in the log.
 */

#include "api/auctions.h"
#include "api/exchange.h"
#include "api/flows.h"
#include "api/lot_terms.h"
#include <ngx_http.h>


typedef struct {
    gavel_reply_t    reply;
    gavel_view_t     view;
    gavel_many_t     lots, teams;
    json_t          *queue;          /* of the lots to begin with */
    json_t          *joining;        /* and of the teams */
    int64_t          id;
    uint32_t         mode;
    rules_t          rules;
    unsigned         changed:1;      /* the log has to know */
    unsigned         based:1;        /* on a template or another auction */
} auction_work_t;


static ngx_int_t clone_base(gavel_flow_t *f);
static ngx_int_t create_base(gavel_flow_t *f);
static ngx_int_t create_row(gavel_flow_t *f);
static ngx_int_t create_log(gavel_flow_t *f);
static ngx_int_t create_teams(gavel_flow_t *f);
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
static void create_team(gavel_many_t *m, ngx_uint_t i, command_t *c);


const gavel_step_pt  gavel_auction_create_steps[] = {
    create_base,         /* what a template says, if there is one */
    create_row,          /* what people wrote; nobody sees it yet */
    create_log,          /* its first event, which its host makes */
    create_teams,
    create_lots,         /* those that came along, all at once */
    create_read,
    create_answer,
    NULL
};

const gavel_step_pt  gavel_clone_steps[] = {
    clone_base,          /* what the other auction says */
    create_row,
    create_log,
    create_teams,
    create_lots,
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
clone_base(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (gavel_call_set(call, "clone_of",
                       gavel_call_int(call, "auction_id", 0)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    json_object_del(call->params, "auction_id");

    return create_base(f);
}


static ngx_int_t
create_base(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = work_create(call);
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->based = gavel_call_int(call, "template_id", 0)
               || gavel_call_int(call, "clone_of", 0);

    return w->based ? gavel_flow_ask(f, &w->reply, "content_base") : NGX_OK;
}


/* What was not said is as it was there; of rules, each by itself. */

static ngx_int_t
base_take(gavel_call_t *call, auction_work_t *w)
{
    int      rc;
    json_t  *base, *rules, *said;

    base = gavel_reply_json(&w->reply);
    rules = json_object_get(base, "rules");
    said = json_object_get(call->params, "rules");

    rc = 0;

    if (json_is_object(rules) && json_is_object(said)) {
        rc = json_object_update_recursive(rules, said);
        json_object_del(call->params, "rules");
    }

    if (rc == 0) {
        rc = json_object_update_missing(call->params, base);
    }

    json_decref(base);

    return rc == 0 ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
create_row(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t        mode;
    gavel_code_t     code;
    auction_work_t  *w;

    w = call->work;

    if (w->based) {
        if (w->reply.code != GAVEL_OK) {
            return gavel_flow_reply(f, &w->reply);
        }

        if (base_take(call, w) != NGX_OK) {
            return NGX_ERROR;
        }
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
    w->joining = json_object_get(body, "teams");

    if (gavel_call_set(call, "auction_id", w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_flow_view(f, &w->view, w->id);
}


static ngx_int_t
create_teams(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    w->teams.each = create_team;
    w->teams.data = w->joining;
    w->teams.own = 1;

    return gavel_flow_many(f, &w->teams, CMD_TEAM_ADD,
                           json_array_size(w->joining));
}


static void
create_team(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    json_t  *team;

    team = json_array_get(m->data, i);

    c->team_id = gavel_json_member(team, "team_id", 0);
    c->user_id = gavel_json_member(team, "leader_id", 0);
    c->amount = gavel_json_member(team, "budget", -1);
    c->slots = gavel_json_member(team, "slots", 0);

    c->request_len = ngx_sprintf((u_char *) c->request_id, "copied-team-%L",
                                 c->team_id)
                     - (u_char *) c->request_id;
}


static ngx_int_t
create_lots(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    if (w->teams.refused.code != GAVEL_OK) {
        return gavel_engine_refuse(f, &w->teams.refused);
    }

    w->lots.each = create_lot;
    w->lots.data = w->queue;

    return gavel_flow_many(f, &w->lots, CMD_LOT_ADD,
                           json_array_size(w->queue));
}


static void
create_lot(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    json_t  *lot;

    lot = json_array_get(m->data, i);

    c->item_id = gavel_json_member(lot, "item_id", 0);
    gavel_lot_terms(c, lot, 0);
}


static ngx_uint_t
lots_wrong(const auction_work_t *w)
{
    gavel_code_t  code;

    code = w->lots.refused.code;

    return code != GAVEL_OK
           && gavel_error(code)->status < NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t
create_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    auction_work_t  *w;

    w = call->work;

    /* nobody wants a part of it; but who was too busy may be asked again */

    if (lots_wrong(w)) {
        return gavel_flow_ask(f, &w->reply, "auction_archive");
    }

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

    if (lots_wrong(w)) {
        return gavel_engine_refuse(f, &w->lots.refused);
    }

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
