/*
 * bid_flow: a maximum that is named by its id: whose lot it is for is the
 * projection's to say, what becomes of it the log's.
 */

#include "api/bids.h"
#include "api/flows.h"


static ngx_int_t find_rule(gavel_flow_t *f);
static ngx_int_t update_log(gavel_flow_t *f);
static ngx_int_t cancel_log(gavel_flow_t *f);
static ngx_int_t read_rule(gavel_flow_t *f);
static ngx_int_t update_answer(gavel_flow_t *f);
static ngx_int_t cancel_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_auto_bid_update_steps[] = {
    find_rule,           /* is it his? */
    update_log,
    read_rule,
    update_answer,
    NULL
};

const gavel_step_pt  gavel_auto_bid_cancel_steps[] = {
    find_rule,
    cancel_log,
    cancel_answer,
    NULL
};


static ngx_int_t
find_rule(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, call->work, "auto_bid_get");
}


static gavel_code_t
rule_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->auction_id = gavel_reply_int(call->work, "auction_id", 0);
    s->command.lot_id = gavel_reply_int(call->work, "lot_id", 0);
    s->command.amount = gavel_call_int(call, "max_amount", 0);

    return GAVEL_OK;
}


static ngx_int_t
tell(gavel_flow_t *f, command_type_t type)
{
    gavel_call_t  *call = f->data;

    gavel_reply_t  *reply = call->work;

    if (reply->code != GAVEL_OK) {
        return gavel_flow_reply(f, reply);
    }

    return gavel_flow_engine(f, type, rule_prepare);
}


static ngx_int_t
update_log(gavel_flow_t *f)
{
    return tell(f, CMD_AUTO_BID);
}


static ngx_int_t
cancel_log(gavel_flow_t *f)
{
    return tell(f, CMD_AUTO_BID_CANCEL);
}


static ngx_int_t
read_rule(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_ask(f, call->work, "auto_bid_get");
}


static ngx_int_t
update_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    return gavel_flow_reply(f, call->work);
}


static ngx_int_t
cancel_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_answer(f, 204, NULL);
}
