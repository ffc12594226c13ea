/*
 * run: the way of a call through guard and parameters to its executor.
 */

#include "command/command.h"
#include "command/engine.h"
#include "command/guard.h"
#include "command/once.h"
#include "command/params.h"


static gavel_code_t gavel_run_request_id(gavel_call_t *call, json_t *raw);
static void gavel_run_refuse(gavel_call_t *call, gavel_code_t code);
static void gavel_run_done(gavel_flow_t *f);
static ngx_int_t gavel_sql_ask(gavel_flow_t *f);
static ngx_int_t gavel_sql_answer(gavel_flow_t *f);


static const gavel_step_pt  gavel_sql_steps[] = {
    gavel_sql_ask,
    gavel_sql_answer,
    NULL
};


void
gavel_command_run(gavel_call_t *call, json_t *raw)
{
    gavel_code_t         code;
    const gavel_step_pt  *steps;

    call->flow.data = call;
    call->flow.owner = call;

    code = gavel_run_request_id(call, raw);

    if (code == GAVEL_OK) {
        code = gavel_guard(call);
    }

    if (code == GAVEL_OK) {
        code = gavel_params_check(call, raw);
    }

    if (code != GAVEL_OK) {
        gavel_run_refuse(call, code);
        return;
    }

    switch (call->command->executor) {

    case GAVEL_EXEC_ENGINE:
        steps = gavel_engine_steps;
        break;

    case GAVEL_EXEC_FLOW:
        steps = call->command->steps;
        break;

    default:
        steps = gavel_sql_steps;
    }

    gavel_flow_run(&call->flow, steps, gavel_run_done);
}


/* A request id is 1 to 64 printable ASCII characters. */

static gavel_code_t
gavel_run_request_id(gavel_call_t *call, json_t *raw)
{
    size_t   i;
    json_t  *value;

    value = json_object_get(raw, "request_id");

    if (call->request_id.len == 0 && value != NULL && !json_is_null(value)) {

        if (!json_is_string(value) || json_string_length(value) == 0) {
            return GAVEL_bad_request;
        }

        call->request_id.len = json_string_length(value);
        call->request_id.data = ngx_pnalloc(call->flow.pool,
                                            call->request_id.len);
        if (call->request_id.data == NULL) {
            return GAVEL_internal;
        }

        ngx_memcpy(call->request_id.data, json_string_value(value),
                   call->request_id.len);
    }

    for (i = 0; i < call->request_id.len; i++) {
        if (i == ENGINE_REQUEST_LEN || call->request_id.data[i] <= ' '
            || call->request_id.data[i] > '~')
        {
            ngx_str_null(&call->request_id);
            ngx_str_set(&call->flow.outcome.detail,
                        "A request id has 1 to 64 printable characters.");
            return GAVEL_bad_request;
        }
    }

    return GAVEL_OK;
}


static void
gavel_run_refuse(gavel_call_t *call, gavel_code_t code)
{
    call->flow.outcome.code = code;
    call->done(call);
}


static void
gavel_run_done(gavel_flow_t *f)
{
    gavel_call_t  *call = f->owner;

    call->done(call);
}


static ngx_int_t
gavel_sql_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_code_t     code;
    gavel_reply_t   *reply;
    gavel_pg_lane_t  lane;

    reply = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (reply == NULL) {
        return NGX_ERROR;
    }

    call->work = reply;

    if (call->command->flags & GAVEL_CMD_ONCE) {
        return gavel_flow_once(f, reply, call->command->sql, NULL);
    }

    code = gavel_params_write(call);
    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    lane = (call->command->flags & GAVEL_CMD_REPLICA) ? GAVEL_PG_REPLICA
                                                      : GAVEL_PG_READ;

    if (call->command->flags & GAVEL_CMD_HOT) {
        return gavel_flow_sql_shared(f, reply, call->command->sql,
                                     call->identity.user, &call->params_text,
                                     lane);
    }

    return gavel_flow_sql(f, reply, call->command->sql, call->identity.user,
                          &call->params_text, lane);
}


static ngx_int_t
gavel_sql_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    return gavel_flow_reply(f, call->work);
}
