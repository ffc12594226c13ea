/*
 * engine: the executor of commands that an auction's engine decides.
 *
 * The engine's command is filled from the parameters by their names; a row
 * with names of its own brings a `prepare`.
 */

#include "command/engine.h"
#include "command/params.h"
#include "cluster/presence.h"
#include <openssl/rand.h>

/* A worker that has just begun knows the time after a few samples, ms. */

#define GAVEL_TIME_WAIT  1000
#define GAVEL_TIME_LOOK  10


typedef struct {
    gavel_flow_t  *flow;
    ngx_event_t    timer;
    ngx_msec_t     until;
} gavel_engine_wait_t;


static void gavel_engine_look(ngx_event_t *ev);
static void gavel_engine_leave(void *data);
static ngx_int_t gavel_engine_submit(gavel_flow_t *f);
static ngx_int_t gavel_engine_answer(gavel_flow_t *f);
static void gavel_engine_params(gavel_call_t *call, command_t *c);
static gavel_code_t gavel_engine_request_id(gavel_call_t *call, command_t *c);
static int64_t gavel_engine_time(gavel_call_t *call, const char *name);


const gavel_step_pt  gavel_engine_steps[] = {
    gavel_engine_submit,
    gavel_engine_answer,
    NULL
};


static ngx_int_t
gavel_engine_submit(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    return gavel_flow_engine(f, call->command->engine,
                             call->command->prepare);
}


ngx_int_t
gavel_flow_engine(gavel_flow_t *f, command_type_t type,
    gavel_prepare_pt prepare)
{
    gavel_call_t  *call = f->data;

    gavel_code_t         code;
    gavel_submission_t  *s, *draft;

    if (gavel_cluster_now() < 0) {
        return gavel_flow_time(f);
    }

    /* written where the answer will be, as it may yet be refused */

    draft = ngx_pcalloc(f->pool, sizeof(gavel_submission_t));
    if (draft == NULL) {
        return NGX_ERROR;
    }

    code = gavel_engine_fill(call, type, prepare, draft);
    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    s = gavel_engine_submission(draft);
    if (s == NULL) {
        return gavel_flow_refuse(f, GAVEL_busy);
    }

    call->answer = draft;

    return gavel_flow_submit(f, s, draft);
}


ngx_int_t
gavel_flow_time(gavel_flow_t *f)
{
    gavel_engine_wait_t  *w;

    w = ngx_pcalloc(f->pool, sizeof(gavel_engine_wait_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->flow = f;
    w->until = ngx_current_msec + GAVEL_TIME_WAIT;
    w->timer.handler = gavel_engine_look;
    w->timer.data = w;
    w->timer.log = f->log;
    w->timer.cancelable = 1;

    ngx_add_timer(&w->timer, GAVEL_TIME_LOOK);

    return gavel_flow_wait(f, gavel_engine_leave, w);
}


static void
gavel_engine_look(ngx_event_t *ev)
{
    gavel_engine_wait_t *w = ev->data;

    if (gavel_cluster_now() >= 0) {
        gavel_flow_again(w->flow);

    } else if ((ngx_msec_int_t) (w->until - ngx_current_msec) > 0) {
        ngx_add_timer(ev, GAVEL_TIME_LOOK);

    } else {
        gavel_flow_fail(w->flow, GAVEL_busy);
    }
}


static void
gavel_engine_leave(void *data)
{
    gavel_engine_wait_t *w = data;

    if (w->timer.timer_set) {
        ngx_del_timer(&w->timer);
    }
}


gavel_submission_t *
gavel_engine_submission(const gavel_submission_t *draft)
{
    gavel_submission_t  *s;

    s = gavel_submission_new();
    if (s == NULL) {
        return NULL;
    }

    s->auction_id = draft->auction_id;
    s->command = draft->command;
    ngx_memcpy(s->body_hash, draft->body_hash, sizeof(s->body_hash));

    if (s->command.rules == &draft->rules) {
        s->rules = draft->rules;
        s->command.rules = &s->rules;
    }

    return s;
}


gavel_code_t
gavel_engine_fill(gavel_call_t *call, command_type_t type,
    gavel_prepare_pt prepare, gavel_submission_t *s)
{
    command_t     *c;
    gavel_code_t   code;

    c = &s->command;

    s->auction_id = gavel_call_int(call, "auction",
                                   gavel_call_int(call, "auction_id", 0));

    c->type = type;
    c->origin = call->origin ? call->origin : ORIGIN_REST;
    c->actor = call->identity.user;
    c->actor_roles = (call->identity.roles & GAVEL_ROLE_ADMIN) ? ACTOR_ADMIN
                                                               : 0;
    c->at = (call->at > 0) ? call->at : gavel_cluster_now();

    if (c->at < 0) {                       /* nobody knows what time it is */
        return GAVEL_busy;
    }

    code = gavel_engine_request_id(call, c);
    if (code != GAVEL_OK) {
        return code;
    }

    code = gavel_params_digest(call);
    if (code != GAVEL_OK) {
        return code;
    }

    ngx_memcpy(s->body_hash, call->body_hash, sizeof(s->body_hash));

    gavel_engine_params(call, c);

    if (prepare != NULL) {
        code = prepare(call, s);
        if (code != GAVEL_OK) {
            return code;
        }
    }

    return s->auction_id ? GAVEL_OK : GAVEL_not_found;
}


static void
gavel_engine_params(gavel_call_t *call, command_t *c)
{
    ngx_str_t  reason, role;

    c->lot_id = gavel_call_int(call, "lot",
                               gavel_call_int(call, "lot_id", 0));
    c->team_id = gavel_call_int(call, "team",
                                gavel_call_int(call, "team_id", 0));
    c->user_id = gavel_call_int(call, "user",
                                gavel_call_int(call, "user_id", 0));
    c->item_id = gavel_call_int(call, "item",
                                gavel_call_int(call, "item_id", 0));

    c->round = gavel_call_int(call, "round", 0);
    c->position = gavel_call_int(call, "position", 0);
    c->slots = gavel_call_int(call, "slots", 0);
    c->ms = gavel_call_int(call, "ms",
                           gavel_call_int(call, "duration_ms", 0));

    /* -1 is "as the rules say" */

    c->amount = gavel_call_int(call, "amount",
                               (c->type == CMD_TEAM_ADD) ? -1 : 0);
    c->base_price = gavel_call_int(call, "base_price", -1);

    c->bid_id = gavel_call_int(call, "bid_id", 0);
    c->reserve = gavel_call_int(call, "reserve", -1);
    c->buy_now = gavel_call_int(call, "buy_now", -1);
    c->ceiling = gavel_call_int(call, "ceiling", -1);
    c->quantity = gavel_call_int(call, "quantity", -1);
    c->pot = gavel_call_int(call, "pot", -1);

    role = gavel_call_str(call, "role");
    c->has_role = gavel_call_has(call, "role");
    c->role_len = ngx_min(role.len, ENGINE_ROLE_LEN);    /* then refused */

    if (c->role_len) {
        ngx_memcpy(c->role, role.data, c->role_len);
    }

    c->starts_at = gavel_engine_time(call, "starts_at");
    c->ends_at = gavel_engine_time(call, "ends_at");

    reason = gavel_call_str(call, "reason");
    c->reason_len = ngx_min(reason.len, ENGINE_REASON_LEN);

    while (c->reason_len < reason.len && c->reason_len
           && (reason.data[c->reason_len] & 0xc0) == 0x80)
    {
        c->reason_len--;                   /* never half a character */
    }

    if (c->reason_len) {
        ngx_memcpy(c->reason, reason.data, c->reason_len);
    }
}


/* -1: not given; 0: null, take it away */

static int64_t
gavel_engine_time(gavel_call_t *call, const char *name)
{
    return gavel_call_int(call, name, gavel_call_has(call, name) ? 0 : -1);
}


static gavel_code_t
gavel_engine_request_id(gavel_call_t *call, command_t *c)
{
    u_char  random[16];

    if (call->request_id.len) {
        c->request_len = call->request_id.len;
        ngx_memcpy(c->request_id, call->request_id.data, c->request_len);
        return GAVEL_OK;
    }

    if (RAND_bytes(random, sizeof(random)) != 1) {
        return GAVEL_internal;
    }

    ngx_hex_dump((u_char *) c->request_id, random, sizeof(random));
    c->request_len = 2 * sizeof(random);

    return GAVEL_OK;
}


static ngx_int_t
gavel_engine_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t  ack;

    if (call->answer->code != GAVEL_OK) {
        if (call->answer->command.type == CMD_BID) {
            gavel_presence_hit(gavel_presence_key(call->answer->auction_id,
                                                  GAVEL_COUNT_REFUSED,
                                                  call->answer->code));
        }

        return gavel_engine_refuse(f, call->answer);
    }

    ack = gavel_outcome_ack(f->pool, call->answer);
    if (ack.len == 0) {
        return NGX_ERROR;
    }

    return gavel_flow_answer(f, call->command->status, &ack);
}


/* A refusal carries the numbers that a bidder needs for his next try. */

ngx_int_t
gavel_engine_refuse(gavel_flow_t *f, const gavel_submission_t *s)
{
    u_char           *p, *last;
    gavel_outcome_t  *o;

    o = &f->outcome;

    p = ngx_pnalloc(f->pool, 128);
    if (p == NULL) {
        return NGX_ERROR;
    }

    last = p + 128;
    o->extra.data = p;

    if (s->min_next >= 0) {
        p = ngx_slprintf(p, last, "\"min_next\":%L,", s->min_next);
    }

    if (s->max_bid >= 0) {
        p = ngx_slprintf(p, last, "\"max_bid\":%L,", s->max_bid);
    }

    if (s->seq > 0) {
        p = ngx_slprintf(p, last, "\"seq\":%L,", s->seq);
    }

    o->extra.len = (p > o->extra.data) ? p - o->extra.data - 1 : 0;

    if (s->retry_ms > 0) {
        o->retry_ms = s->retry_ms;
    }

    if (s->detail != NULL) {
        o->detail.data = (u_char *) s->detail;
        o->detail.len = ngx_strlen(s->detail);
    }

    return gavel_flow_refuse(f, s->code);
}
