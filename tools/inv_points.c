/*
 * inv_points: invariants of purses, holds and rosters.
 */

#include <string.h>

#include "tools/invariants.h"


static const team_t  nothing;


/* A team before the event; one that had left or is new had nothing. */

static const team_t *
before(const step_t *s, uint32_t i)
{
    const team_t  *t;

    t = i < s->was->nteams ? &auction_teams(s->was)[i] : &nothing;

    return t->gone ? &nothing : t;
}


static const team_t *
after(const step_t *s, uint32_t i)
{
    const team_t  *t;

    t = &auction_teams(s->is)[i];

    return t->gone ? &nothing : t;
}


static int64_t
available(const team_t *t)
{
    return t->budget - t->held - t->spent;
}


const char *
purses_sum_up(const step_t *s)
{
    uint32_t       i;
    const team_t  *t;

    for (i = 0; i < s->is->nteams; i++) {
        t = after(s, i);

        if (t->held < 0 || t->spent < 0 || t->budget < 0
            || available(t) < 0)
        {
            return "a purse is overdrawn";
        }
    }

    return NULL;
}


/* The ledger's entries of this event, replayed on balances of its own. */

const char *
entries_sum_to_zero(const step_t *s)
{
    int64_t        account[ACCOUNT_SPENT + 1];
    uint32_t       i, k, n;
    transfer_t     t[ENGINE_TRANSFERS];
    const team_t  *was, *is;

    for (i = 0; i < s->is->nteams; i++) {
        was = before(s, i);
        is = after(s, i);

        if (was->budget == is->budget && was->held == is->held
            && was->spent == is->spent)
        {
            continue;
        }

        n = purse_transfers(i < s->was->nteams ? &auction_teams(s->was)[i]
                                               : NULL,
                            &auction_teams(s->is)[i], s->e, t);

        account[ACCOUNT_BANK] = -was->budget;
        account[ACCOUNT_AVAILABLE] = available(was);
        account[ACCOUNT_HELD] = was->held;
        account[ACCOUNT_SPENT] = was->spent;

        for (k = 0; k < n && k < ENGINE_TRANSFERS; k++) {
            account[t[k].from] -= t[k].amount;
            account[t[k].to] += t[k].amount;
        }

        if (account[ACCOUNT_BANK] != -is->budget
            || account[ACCOUNT_AVAILABLE] != available(is)
            || account[ACCOUNT_HELD] != is->held
            || account[ACCOUNT_SPENT] != is->spent)
        {
            return "the entries do not give the balances";
        }
    }

    return NULL;
}


static int64_t
all_holds(const auction_t *a, int64_t team)
{
    int64_t   sum;
    uint32_t  i;

    for (sum = 0, i = 0; i < a->nlots; i++) {
        sum += lot_holds(&auction_lots(a)[i], team);
    }

    return sum;
}


/* What is held changes by this lot alone; who has nothing to do with it keeps
 * what he had.  Without a lot all of them are counted. */

const char *
hold_is_the_leaders(const step_t *s)
{
    int64_t        held;
    uint32_t       i;
    const team_t  *was, *is;

    for (i = 0; i < s->is->nteams; i++) {
        was = before(s, i);
        is = &auction_teams(s->is)[i];

        if (s->lot != NULL && s->lot_was != NULL) {
            held = was->held - lot_holds(s->lot_was, is->id)
                   + lot_holds(s->lot, is->id);

        } else if (was->held == is->held && s->e->type >= EV_LOT_QUEUED) {
            continue;

        } else {
            held = all_holds(s->is, is->id);
        }

        if (held != is->held) {
            return "something else than the leader's price is held";
        }

        if (s->e->type == EV_LOT_SOLD && s->lot->leader_team == is->id
            && is->spent - was->spent
               != (s->lot->bonus == 0 ? s->e->price : 0))
        {
            return "the sale's price was not captured";
        }
    }

    return NULL;
}


const char *
outbid_gives_back(const step_t *s)
{
    uint32_t       i;
    const team_t  *was, *is;

    if (s->lot == NULL || s->lot_was == NULL
        || s->lot_was->leader_team == NOBODY
        || s->lot_was->leader_team == s->lot->leader_team
        || (s->e->type != EV_BID_ACCEPTED && s->e->type != EV_BID_REACTIVE
            && s->e->type != EV_BID_VOIDED))
    {
        return NULL;
    }

    for (i = 0; i < s->was->nteams; i++) {
        was = before(s, i);
        is = after(s, i);

        if (was->id == s->lot_was->leader_team
            && (was->held - is->held != lot_holds(s->lot_was, was->id)
                || was->spent != is->spent || was->budget != is->budget))
        {
            return "who was outbid did not get back what was held";
        }
    }

    return NULL;
}


/* Players that it must still get beside those that it has and leads. */

static int64_t
still_needs(const auction_t *a, const team_t *t)
{
    int64_t   needs, has, missing;
    uint32_t  i;

    needs = (int64_t) a->rules.roster_min - t->roster - t->leads;

    for (missing = 0, i = 0; i < a->rules.nquotas; i++) {
        has = t->roles[i];
        missing += has < a->rules.quotas[i].min
                   ? a->rules.quotas[i].min - has : 0;
    }

    needs = needs > missing ? needs : missing;

    return needs > 0 ? needs : 0;
}


const char *
roster_stays_affordable(const step_t *s)
{
    uint32_t       i;
    const team_t  *t;

    if (s->e->type != EV_BID_ACCEPTED && s->e->type != EV_BID_REACTIVE) {
        return NULL;
    }

    for (i = 0; i < s->is->nteams; i++) {
        t = after(s, i);

        if (t->id == s->lot->leader_team && t->id != NOBODY
            && t->held > before(s, i)->held
            && available(t) < s->is->rules.min_price
                              * still_needs(s->is, t))
        {
            return "the rest of the roster cannot be paid any more";
        }
    }

    return NULL;
}


/* What the event must have done to who gets the lot, or loses it. */

static const lot_t *
changes_hands(const step_t *s, int *n)
{
    if (s->e->type == EV_LOT_SOLD || s->e->type == EV_LOT_ASSIGNED) {
        *n = 1;
        return s->lot;
    }

    *n = -1;

    return (s->e->type == EV_LOT_REOPENED
            || (s->e->type == EV_LOT_REQUEUED && s->e->how == HOW_HOST))
           && (s->lot_was->status == LOT_SOLD
               || s->lot_was->status == LOT_ASSIGNED)
           ? s->lot_was : NULL;
}


const char *
rosters_add_up(const step_t *s)
{
    int            n;
    int64_t        roster, spent;
    uint32_t       i, k;
    const lot_t   *lot;
    const team_t  *t;

    lot = changes_hands(s, &n);

    for (i = 0; i < s->is->nteams; i++) {
        t = after(s, i);

        if (t->id == NOBODY) {
            continue;
        }

        roster = s->book->teams[i].roster;
        spent = s->book->teams[i].spent;

        if (lot != NULL && lot->leader_team == t->id) {
            roster += n;
            spent += lot->bonus == 0 ? n * lot->price : 0;
        }

        if (t->roster != roster || t->spent != spent) {
            return "a roster is not what was sold and assigned";
        }

        if (t->roster > t->slots) {
            return "a roster has more players than slots";
        }

        for (k = 0; k < s->is->rules.nquotas; k++) {
            if (t->roles[k] > s->is->rules.quotas[k].max
                && t->roles[k] > before(s, i)->roles[k])
            {
                return "a position has more players than its quota";
            }
        }
    }

    return NULL;
}


const char *
one_team_each(const step_t *s)
{
    uint32_t       i, k;
    const team_t  *t;

    if (s->e->type != EV_TEAM_JOINED && s->e->type != EV_TEAM_LEADER) {
        return NULL;
    }

    for (i = 0; i < s->is->nteams; i++) {
        t = after(s, i);

        for (k = 0; k < i && t->leader != NOBODY; k++) {
            if (after(s, k)->leader == t->leader) {
                return "a user leads two teams";
            }
        }
    }

    return NULL;
}


const char *
undo_gives_back(const step_t *s)
{
    int                n;
    uint32_t           i;
    const team_t      *was, *is;
    const lot_book_t  *l;

    if (changes_hands(s, &n) == NULL || n > 0) {
        return NULL;
    }

    l = &s->book->lots[lot_index(s->is, s->lot)];

    for (i = 0; i < s->is->nteams; i++) {
        was = before(s, i);
        is = after(s, i);

        if (is->id == NOBODY || is->id != s->lot_was->leader_team) {
            continue;
        }

        if (l->team != is->id || was->spent - is->spent != l->spent
            || was->budget - is->budget != l->budget)
        {
            return "what was paid did not come back";
        }

        if (s->e->type == EV_LOT_REOPENED && was->held - is->held != l->held)
        {
            return "what was held before is not held again";
        }
    }

    return NULL;
}
