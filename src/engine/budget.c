/*
 * budget: what a team still has, and how much of it may go into one lot so
 * that the rest of its roster can still be filled.
 *
 * In a reverse round nobody pays: a bid is what one gives up of the bonus, so
 * there the bonus is the limit, and nothing is held.
 */

#include "engine/inner.h"

#include <string.h>


int64_t
purse_available(const team_t *t)
{
    return t->budget - t->held - t->spent;
}


/* What its price costs who leads it, and who wins it. */

int64_t
lot_cost(const lot_t *lot)
{
    return lot->bonus != 0 ? 0 : lot->price;
}


/* What its winner is paid instead. */

int64_t
lot_bonus(const lot_t *lot)
{
    return lot->bonus != 0 ? lot->bonus - lot->price : 0;
}


static int
leads(const team_t *t, const lot_t *lot)
{
    return lot != NULL && lot->leader_team == t->id && lot_on_roll(lot);
}


/* Whether the purse can hold that much more, and what lots may bring that the
 * team leads in a reverse round. */

int
purse_holds(const auction_t *a, const team_t *t, int64_t more)
{
    return more <= 0
           || more <= ENGINE_MAX_AMOUNT - t->budget
                      - a->rules.reverse_bonus * t->leads;
}


/* Its own hold on this lot would be replaced by the new one. */

int64_t
purse_for(const auction_t *a, const team_t *t, const lot_t *lot)
{
    if (lot != NULL && lot->bonus != 0) {
        return purse_holds(a, t, leads(t, lot) ? 0 : lot->bonus)
               ? lot->bonus : 0;
    }

    return purse_available(t) + (leads(t, lot) ? lot->price : 0);
}


/*
 * The slots that a team must still fill when it has `more` players more than
 * it won and leads, one of them (if role is not 0) for the quota role - 1:
 * those up to the least roster, or the players that quotas still miss if
 * these are more.
 */

static int64_t
required(const auction_t *a, const team_t *t, int64_t more, uint32_t role)
{
    int64_t   taken, left, missing, has;
    uint32_t  i;

    taken = (int64_t) t->roster + t->leads + more;
    left = (int64_t) a->rules.roster_min - taken;
    missing = 0;

    for (i = 0; i < a->rules.nquotas; i++) {
        has = (int64_t) t->roles[i] + (role == i + 1 ? more : 0);

        if (has < a->rules.quotas[i].min) {
            missing += a->rules.quotas[i].min - has;
        }
    }

    if (missing > left) {
        left = missing;
    }

    return left > 0 ? left : 0;
}


int64_t
slots_required(const auction_t *a, const team_t *t)
{
    return required(a, t, 0, 0);
}


/* What the slots cost that must still be filled and are not led.  Whose
 * maximum bid keeps all empty slots needs one price more: with exactly their
 * cost it could not bid at all. */

int64_t
purse_reserve(const auction_t *a, const team_t *t)
{
    int64_t  slots;

    slots = required(a, t, 0, 0);

    if (slots > 0 && a->rules.reserve_all) {
        slots++;
    }

    return a->rules.min_price * slots;
}


/*
 * The maximum bid, of a purse for one more player of a role:
 *
 *     purse - min_price x (slots still required - 1)
 *
 * because the player that is bid for fills one of the required slots.  With
 * rules.reserve_all, as the help of NFL.com has it, all of them are kept, the
 * one that this player would fill too:
 *
 *     purse - min_price x slots still required
 *
 * With 1,000 points, a least price of 10 and 5 slots to fill that is 960 or
 * 950; with all required slots filled it is the whole purse both ways.
 */

static int64_t
limit(const auction_t *a, const team_t *t, int64_t purse, int64_t others,
    uint32_t role)
{
    int64_t  slots, left;

    slots = a->rules.reserve_all ? required(a, t, others, role)
                                 : required(a, t, others + 1, role);

    left = purse - a->rules.min_price * slots;

    return left > 0 ? left : 0;
}


/* In `limit` a lot that the team leads already is not counted twice. */

int64_t
purse_limit(const auction_t *a, const team_t *t, const lot_t *lot)
{
    if (lot != NULL && lot->bonus != 0) {
        return purse_for(a, t, lot);
    }

    return limit(a, t, purse_for(a, t, lot), -leads(t, lot), role_of(a, lot));
}


int64_t
purse_limit_role(const auction_t *a, const team_t *t, uint32_t role)
{
    return limit(a, t, purse_available(t), 0, role);
}


/* Whether a sale or an assignment may be taken back: the bonus of a reverse
 * round may be spent by then, and a slot that is empty again has its cost. */

int
sale_may_undo(const auction_t *a, const team_t *t, const lot_t *lot,
    int reopens)
{
    team_t   was;
    int64_t  left;

    was = *t;
    was.budget -= lot_bonus(lot);
    was.spent -= lot_cost(lot);

    left = purse_available(&was);

    if (reopens) {                               /* he leads it again */
        return left >= lot_cost(lot);
    }

    was.roster--;
    role_count(a, &was, lot, -1);

    return auction_prepares(a) ? left >= 0 : left >= purse_reserve(a, &was);
}


int
roster_full(const team_t *t, const lot_t *lot)
{
    return t->roster + t->leads - (uint32_t) leads(t, lot) >= t->slots;
}


/* Whether a quota forbids one more player of this role: because its maximum
 * is reached, or because the slots behind it would no longer hold what other
 * quotas miss. */

static int
role_forbidden(const auction_t *a, const team_t *t, int64_t others,
    uint32_t role)
{
    int64_t   taken, missing, has;
    uint32_t  i;

    taken = (int64_t) t->roster + t->leads + others + 1;
    missing = 0;

    for (i = 0; i < a->rules.nquotas; i++) {
        has = (int64_t) t->roles[i] + (role == i + 1 ? others + 1 : 0);

        if (role == i + 1 && has > a->rules.quotas[i].max) {
            return 1;
        }

        if (has < a->rules.quotas[i].min) {
            missing += a->rules.quotas[i].min - has;
        }
    }

    return missing > 0 && taken + missing > t->slots;
}


int
role_full(const auction_t *a, const team_t *t, const lot_t *lot)
{
    return a->rules.nquotas != 0 && lot != NULL
           && role_forbidden(a, t, -leads(t, lot), role_of(a, lot));
}


int
role_full_of(const auction_t *a, const team_t *t, uint32_t role)
{
    return a->rules.nquotas != 0 && role_forbidden(a, t, 0, role);
}


int64_t
max_possible_bid(const auction_t *a, const team_t *t, const lot_t *lot)
{
    return roster_full(t, lot) || role_full(a, t, lot)
           ? 0 : purse_limit(a, t, lot);
}


/* The quota that a lot counts for, + 1; 0: none. */

uint32_t
role_of(const auction_t *a, const lot_t *lot)
{
    uint32_t  i;

    if (lot == NULL || lot->role[0] == '\0') {
        return 0;
    }

    for (i = 0; i < a->rules.nquotas; i++) {
        if (memcmp(a->rules.quotas[i].role, lot->role, ENGINE_ROLE_LEN) == 0)
        {
            return i + 1;
        }
    }

    return 0;
}


/* Captains count by the quotas that there are now. */

void
roles_recount(auction_t *a)
{
    lot_t     *lot;
    team_t    *t;
    uint32_t   i;

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        memset(t[i].roles, 0, sizeof(t[i].roles));
    }

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {
        t = lot->status == LOT_ASSIGNED ? team_find(a, lot->leader_team)
                                        : NULL;

        if (t != NULL) {
            role_count(a, t, lot, 1);
        }
    }
}


void
role_count(const auction_t *a, team_t *t, const lot_t *lot, int n)
{
    uint32_t  role;

    role = role_of(a, lot);

    if (role != 0) {
        t->roles[role - 1] += (uint32_t) n;
    }
}
