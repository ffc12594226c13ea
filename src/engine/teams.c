/*
 * teams: who bids in a draft, and the points they get.
 */

#include "engine/inner.h"

#include <string.h>


static refusal_t
team_named(const decision_t *d, team_t **t)
{
    *t = team_find(d->a, d->c->team_id);

    if (*t == NULL || (*t)->gone) {
        return REFUSE(not_found);
    }

    return auction_over(d->a) ? REFUSE(illegal_transition) : ACCEPT;
}


/* One person leads one team. */

static int
leads_another(const auction_t *a, int64_t user_id, int64_t team_id)
{
    team_t  *t;

    t = team_of(a, user_id);

    return t != NULL && t->id != team_id;
}


refusal_t
decide_team_add(decision_t *d)
{
    team_t           *t;
    int64_t           budget, slots;
    event_t          *e;
    const auction_t  *a;
    const command_t  *c;

    a = d->a;
    c = d->c;

    if (a->mode != MODE_TEAM_DRAFT || !auction_prepares(a)) {
        return REFUSE(illegal_transition);
    }

    budget = c->amount == -1 ? a->rules.start_budget : c->amount;
    slots = c->slots == 0 ? a->rules.roster_max : c->slots;

    if (c->team_id < 1 || c->team_id > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "team_id");
    }

    if (c->user_id < 0 || c->user_id > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "leader_id");
    }

    if (budget < 0 || budget > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "budget");
    }

    if (slots < 1 || slots > MAX_SLOTS) {
        return REFUSE_WITH(invalid_params, "slots");
    }

    t = team_find(a, c->team_id);

    if ((t != NULL && !t->gone) || leads_another(a, c->user_id, c->team_id)) {
        return REFUSE(already_exists);
    }

    if (t == NULL && a->nteams == ENGINE_MAX_TEAMS) {
        return REFUSE(limit_reached);
    }

    e = decision_event(d, EV_TEAM_JOINED);

    e->team_id = c->team_id;
    e->user_id = c->user_id;
    e->budget = budget;
    e->slots = slots;

    return ACCEPT;
}


refusal_t
decide_team_leader(decision_t *d)
{
    team_t     *t;
    event_t    *e;
    refusal_t   r;

    r = team_named(d, &t);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (d->c->user_id < 0 || d->c->user_id > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "leader_id");
    }

    if (leads_another(d->a, d->c->user_id, t->id)) {
        return REFUSE(already_exists);
    }

    e = decision_event(d, EV_TEAM_LEADER);
    e->team_id = t->id;
    e->user_id = d->c->user_id;

    return ACCEPT;
}


refusal_t
decide_team_suspend(decision_t *d)
{
    team_t     *t;
    event_t    *e;
    refusal_t   r;

    r = team_named(d, &t);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (d->c->amount != 0 && d->c->amount != 1) {
        return REFUSE_WITH(invalid_params, "suspended");
    }

    e = decision_event(d, EV_TEAM_SUSPENDED);
    e->team_id = t->id;
    e->amount = d->c->amount;

    return ACCEPT;
}


refusal_t
decide_team_remove(decision_t *d)
{
    team_t     *t;
    refusal_t   r;

    r = team_named(d, &t);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (!auction_prepares(d->a)) {
        return REFUSE(illegal_transition);
    }

    if (t->roster != 0) {
        return REFUSE_WITH(illegal_transition, "The team has players.");
    }

    decision_event(d, EV_TEAM_LEFT)->team_id = t->id;

    return ACCEPT;
}


refusal_t
decide_points_grant(decision_t *d)
{
    team_t           *t;
    int64_t           left;
    event_t          *e;
    refusal_t         r;
    const command_t  *c;

    c = d->c;

    r = team_named(d, &t);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (c->amount == 0 || c->amount < -ENGINE_MAX_AMOUNT
        || c->amount > ENGINE_MAX_AMOUNT
        || !purse_holds(d->a, t, c->amount))
    {
        return REFUSE(invalid_amount);
    }

    left = purse_available(t) + c->amount;

    if (c->amount < 0 && left < 0) {
        return REFUSE(budget_exceeded);
    }

    /* once it has begun, what is taken must leave enough for the roster */

    if (c->amount < 0 && !auction_prepares(d->a)
        && left < purse_reserve(d->a, t))
    {
        return REFUSE(reserve_violation);
    }

    e = decision_event(d, EV_POINTS_GRANTED);

    e->team_id = t->id;
    e->amount = c->amount;
    e->balance = left;
    e->reason_len = c->reason_len;
    memcpy(e->reason, c->reason, c->reason_len);

    return ACCEPT;
}
