/*
 * decide: who may give which command, and to whom it is passed.
 */

#include "engine/inner.h"

#include <string.h>


typedef enum { ANYBODY = 1, HOST, ADMIN, SERVER } right_t;

typedef struct {
    right_t      right;
    decider_pt   decide;
} decider_row_t;


static const decider_row_t  rows[CMD_MAX] = {
    [CMD_CREATE] =        { SERVER,  decide_create },
    [CMD_UPDATE] =        { HOST,    decide_update },
    [CMD_PUBLISH] =       { HOST,    decide_publish },
    [CMD_UNPUBLISH] =     { HOST,    decide_unpublish },
    [CMD_LOBBY] =         { HOST,    decide_lobby },
    [CMD_START] =         { HOST,    decide_start },
    [CMD_PAUSE] =         { HOST,    decide_pause },
    [CMD_RESUME] =        { HOST,    decide_resume },
    [CMD_END] =           { HOST,    decide_end },
    [CMD_CANCEL] =        { HOST,    decide_cancel },
    [CMD_ABORT] =         { ADMIN,   decide_abort },
    [CMD_LOT_ADD] =       { HOST,    decide_lot_add },
    [CMD_LOT_CHANGE] =    { HOST,    decide_lot_change },
    [CMD_LOT_MOVE] =      { HOST,    decide_lot_move },
    [CMD_LOT_WITHDRAW] =  { HOST,    decide_lot_withdraw },
    [CMD_LOT_OPEN] =      { HOST,    decide_lot_open },
    [CMD_LOT_CLOSE] =     { SERVER,  decide_lot_close },
    [CMD_LOT_HAMMER] =    { HOST,    decide_lot_hammer },
    [CMD_LOT_EXTEND] =    { HOST,    decide_lot_extend },
    [CMD_LOT_HOLD] =      { HOST,    decide_lot_hold },
    [CMD_LOT_RESUME] =    { HOST,    decide_lot_resume },
    [CMD_BID] =           { ANYBODY, decide_bid },
    [CMD_TEAM_ADD] =      { HOST,    decide_team_add },
    [CMD_TEAM_LEADER] =   { HOST,    decide_team_leader },
    [CMD_TEAM_SUSPEND] =  { HOST,    decide_team_suspend },
    [CMD_TEAM_REMOVE] =   { HOST,    decide_team_remove },
    [CMD_POINTS_GRANT] =  { HOST,    decide_points_grant },
    [CMD_RECOVER] =       { SERVER,  decide_recover },
    [CMD_NEW_EPOCH] =     { SERVER,  decide_new_epoch },

    [CMD_AUTO_BID] =      { ANYBODY, decide_auto_bid },
    [CMD_AUTO_BID_CANCEL] = { ANYBODY, decide_auto_bid_cancel },
    [CMD_BUY_NOW] =       { ANYBODY, decide_buy_now },
    [CMD_BID_BEHALF] =    { HOST,    decide_bid_behalf },
    [CMD_BID_RETRACT] =   { ANYBODY, decide_bid_retract },
    [CMD_BID_VOID] =      { HOST,    decide_bid_void },

    [CMD_LOT_REVEAL] =    { HOST,    decide_lot_reveal },
    [CMD_LOT_ACCEPT] =    { HOST,    decide_lot_accept },
    [CMD_LOT_OFFER] =     { HOST,    decide_lot_offer },
    [CMD_OFFER_ANSWER] =  { ANYBODY, decide_offer_answer },
    [CMD_OFFER_CLOSE] =   { HOST,    decide_offer_close },

    [CMD_LOT_PASS] =      { HOST,    decide_lot_pass },
    [CMD_LOT_ASK] =       { HOST,    decide_lot_ask },
    [CMD_LOT_WARN] =      { HOST,    decide_lot_warn },
    [CMD_LOT_CLOSING] =   { SERVER,  decide_lot_closing },
    [CMD_LOT_REQUEUE] =   { HOST,    decide_lot_requeue },
    [CMD_LOT_REOPEN] =    { HOST,    decide_lot_reopen },

    [CMD_FOLD] =          { ANYBODY, decide_fold },
    [CMD_LOT_ASSIGN] =    { HOST,    decide_lot_assign },
    [CMD_NOMINATE] =      { ANYBODY, decide_nominate },
    [CMD_TEAM_MOVE] =     { HOST,    decide_team_move },

    [CMD_ADVANCE] =       { SERVER,  decide_advance },
    [CMD_SETTLE] =        { SERVER,  decide_settle },
    [CMD_BOT] =           { SERVER,  decide_bot },
};


static int
may(const auction_t *a, const command_t *c, right_t right)
{
    switch (right) {

    case ANYBODY:
        return 1;

    case HOST:
        return (c->actor_roles & (ACTOR_ADMIN|ACTOR_SERVER))
               || (c->actor != NOBODY && c->actor == a->owner);

    case ADMIN:
        return (c->actor_roles & (ACTOR_ADMIN|ACTOR_SERVER)) != 0;

    case SERVER:
        return (c->actor_roles & ACTOR_SERVER) != 0;
    }

    return 0;                        /* unreachable: those are all rights */
}


/* What any command must be before its meaning is looked at. */

static refusal_t
command_check(const auction_t *a, const command_t *c)
{
    if (c->type < 1 || c->type >= CMD_MAX || rows[c->type].right == 0) {
        return REFUSE(unknown_command);
    }

    if (c->request_len > ENGINE_REQUEST_LEN
        || c->reason_len > ENGINE_REASON_LEN
        || !utf8_valid(c->request_id, c->request_len)
        || !utf8_valid(c->reason, c->reason_len)
        || c->origin < ORIGIN_REST || c->origin > ORIGIN_SERVER
        || c->actor < 0 || c->actor > ENGINE_MAX_AMOUNT
        || c->at < 1 || c->at > MAX_TIME_MS)
    {
        return REFUSE(bad_request);
    }

    if (c->starts_at < -1 || c->starts_at > MAX_TIME_MS
        || c->ends_at < -1 || c->ends_at > MAX_TIME_MS)
    {
        return REFUSE_WITH(invalid_params, "A time is out of range.");
    }

    if (a->engine_rev != ENGINE_REV) {
        return REFUSE(engine_halted);
    }

    if (a->seq + events_room(a, c) >= INT64_C(1) << ENGINE_ID_SHIFT) {
        return REFUSE(limit_reached);            /* ids have no more room */
    }

    if ((a->status == AUCTION_VOID) != (c->type == CMD_CREATE)) {
        return a->status == AUCTION_VOID ? REFUSE(not_found)
                                         : REFUSE(already_exists);
    }

    /* to anybody else a draft does not exist */

    if (a->status == AUCTION_DRAFT && !may(a, c, HOST)) {
        return REFUSE(not_found);
    }

    if (!may(a, c, rows[c->type].right)) {
        return REFUSE(not_authorized);
    }

    return rows[c->type].decide != NULL ? ACCEPT : REFUSE(unknown_command);
}


/* A result for every lot that is on roll. */

static uint32_t
room_of_results(const auction_t *a)
{
    uint32_t  i, n;

    for (i = 0, n = 0; i < a->nlots; i++) {
        n += lot_closes_room(a, &auction_lots(a)[i]);
    }

    return n;
}


uint32_t
events_room(const auction_t *a, const command_t *c)
{
    lot_t  *lot;

    switch (c->type) {

    case CMD_START:
        return ENGINE_EVENTS + a->nlots + prebids_room(a);

    case CMD_RECOVER:
        return ENGINE_EVENTS + a->nlots;

    case CMD_ADVANCE:
    case CMD_LOT_OPEN:
        return ENGINE_EVENTS + a->nteams + deals_room(a);

    case CMD_END:
        return ENGINE_EVENTS + room_of_results(a);

    case CMD_LOT_REVEAL:
        lot = c->lot_id != 0 ? lot_find(a, c->lot_id) : lot_on_block(a);
        return ENGINE_EVENTS + (lot != NULL ? lot_closes_room(a, lot) : 0);

    default:
        return ENGINE_EVENTS;
    }
}


uint32_t
decide(const auction_t *a, const command_t *c, int64_t now, event_t *ev,
    refusal_t *r)
{
    event_t     *answer;
    uint32_t     i;
    decision_t   d;

    *r = command_check(a, c);
    if (r->code != GAVEL_OK) {
        return 0;
    }

    d.a = a;
    d.c = c;
    d.now = now > a->ts ? now : a->ts;
    d.ev = ev;
    d.n = 0;

    if (d.now < 1 || d.now > MAX_TIME_MS) {
        *r = REFUSE(internal);
        return 0;
    }

    *r = rows[c->type].decide(&d);
    if (r->code != GAVEL_OK) {
        return 0;
    }

    answer = &ev[event_that_answers(ev, d.n)];
    answer->actor = c->actor;
    answer->request_len = c->request_len;
    memcpy(answer->request_id, c->request_id, c->request_len);

    /* one command gives at most one event with a private part */

    for (i = 0; i < d.n; i++) {
        memcpy(ev[i].nonce, c->nonce, ENGINE_NONCE_LEN);
    }

    return d.n;
}


uint32_t
event_that_answers(const event_t *ev, uint32_t n)
{
    return n > 1
           && ((ev[0].type == EV_BID_REACTIVE
                && ev[1].type == EV_BID_ACCEPTED)
               || (ev[0].type == EV_DRAW_REVEALED
                   && ev[1].type == EV_AUCTION_STARTED)) ? 1 : 0;
}


event_t *
decision_event(decision_t *d, event_type_t type)
{
    event_t  *e;

    e = &d->ev[d->n];
    memset(e, 0, sizeof(event_t));

    e->type = type;
    e->epoch = d->a->epoch;
    e->seq = d->a->seq + 1 + d->n;
    e->ts = d->now;

    d->n++;

    return e;
}
