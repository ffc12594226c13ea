/*
 * team_flow: the stories of teams: a name in the catalogue, a purse and a
 * leader in the log.
 */

#include "api/flows.h"
#include "api/teams.h"


typedef struct {
    gavel_reply_t   reply;
    int64_t         auction, id;
    unsigned        told:1;          /* the log was asked */
} team_work_t;


static ngx_int_t add_row(gavel_flow_t *f);
static ngx_int_t add_log(gavel_flow_t *f);
static ngx_int_t add_read(gavel_flow_t *f);
static ngx_int_t add_answer(gavel_flow_t *f);
static ngx_int_t patch_row(gavel_flow_t *f);
static ngx_int_t find_team(gavel_flow_t *f);
static ngx_int_t suspend_log(gavel_flow_t *f);
static ngx_int_t leader_log(gavel_flow_t *f);
static ngx_int_t move_log(gavel_flow_t *f);
static ngx_int_t remove_log(gavel_flow_t *f);
static ngx_int_t remove_answer(gavel_flow_t *f);
static ngx_int_t read_team(gavel_flow_t *f);
static ngx_int_t work_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_team_add_steps[] = {
    add_row,             /* its name */
    add_log,             /* its purse and leader */
    add_read,
    add_answer,
    NULL
};

const gavel_step_pt  gavel_team_update_steps[] = {
    patch_row,
    suspend_log,         /* if that was asked for */
    read_team,
    work_answer,
    NULL
};

const gavel_step_pt  gavel_team_leader_steps[] = {
    find_team,
    leader_log,
    read_team,
    work_answer,
    NULL
};

const gavel_step_pt  gavel_team_move_steps[] = {
    find_team,
    move_log,
    read_team,
    work_answer,
    NULL
};

const gavel_step_pt  gavel_team_remove_steps[] = {
    find_team,
    remove_log,
    remove_answer,
    NULL
};


static team_work_t *
work_create(gavel_call_t *call)
{
    call->work = ngx_pcalloc(call->flow.pool, sizeof(team_work_t));

    return call->work;
}


static ngx_int_t
ask(gavel_flow_t *f, const char *function)
{
    team_work_t  *w;

    w = work_create(f->data);

    return w ? gavel_flow_ask(f, &w->reply, function) : NGX_ERROR;
}


static ngx_int_t
add_row(gavel_flow_t *f)
{
    team_work_t  *w;

    w = work_create(f->data);

    return w ? gavel_flow_once(f, &w->reply, "team_create", NULL) : NGX_ERROR;
}


static ngx_int_t
patch_row(gavel_flow_t *f)
{
    return ask(f, "team_patch");
}


static ngx_int_t
find_team(gavel_flow_t *f)
{
    return ask(f, "team_find");
}


/* The catalogue's answer says of which auction the team is. */

static ngx_int_t
tell(gavel_flow_t *f, command_type_t type, gavel_prepare_pt prepare)
{
    gavel_call_t  *call = f->data;

    team_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->id = gavel_reply_int(&w->reply, "team_id", 0);
    w->auction = gavel_reply_int(&w->reply, "auction_id", 0);

    if (gavel_call_set(call, "team_id", w->id) != NGX_OK) {
        return NGX_ERROR;
    }

    if (type == 0) {
        return NGX_OK;
    }

    w->told = 1;

    return gavel_flow_engine(f, type, prepare);
}


static gavel_code_t
team_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    team_work_t  *w;

    w = call->work;
    s->auction_id = w->auction;

    return GAVEL_OK;
}


static gavel_code_t
add_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = gavel_call_int(call, "budget", -1);

    return team_prepare(call, s);
}


static gavel_code_t
suspend_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = json_is_true(json_object_get(call->params,
                                                     "suspended"));

    return team_prepare(call, s);
}


static ngx_int_t
add_log(gavel_flow_t *f)
{
    return tell(f, CMD_TEAM_ADD, add_prepare);
}


static ngx_int_t
add_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    team_work_t  *w;

    w = call->work;

    if (call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_once(f, &w->reply, "team_get", "answer");
}


static ngx_int_t
suspend_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (!gavel_call_has(call, "suspended")) {
        return tell(f, 0, NULL);
    }

    return tell(f, CMD_TEAM_SUSPEND, suspend_prepare);
}


static ngx_int_t
leader_log(gavel_flow_t *f)
{
    return tell(f, CMD_TEAM_LEADER, team_prepare);
}


static ngx_int_t
move_log(gavel_flow_t *f)
{
    return tell(f, CMD_TEAM_MOVE, team_prepare);
}


static ngx_int_t
remove_log(gavel_flow_t *f)
{
    return tell(f, CMD_TEAM_REMOVE, team_prepare);
}


static ngx_int_t
read_team(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    team_work_t  *w;

    w = call->work;

    if (w->told && call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_ask(f, &w->reply, "team_get");
}


static ngx_int_t
add_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    team_work_t  *w;

    w = call->work;

    return gavel_flow_created(f, &w->reply, "/api/v1/teams/", w->id);
}


static ngx_int_t
remove_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    if (call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_answer(f, 204, NULL);
}


static ngx_int_t
work_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    team_work_t  *w;

    w = call->work;

    return gavel_flow_reply(f, &w->reply);
}
