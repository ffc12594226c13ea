/*
 * budget: what a team still has, and how much of it may go into one lot so
 * that the rest of its roster can still be filled.
 */

#include "engine/inner.h"


int64_t
purse_available(const team_t *t)
{
    return t->budget - t->held - t->spent;
}


static int
leads(const team_t *t, const lot_t *lot)
{
    return lot != NULL && lot->leader_team == t->id && lot_on_roll(lot);
}


/* Its own hold on this lot would be replaced by the new one. */

int64_t
purse_for(const team_t *t, const lot_t *lot)
{
    return purse_available(t) + (leads(t, lot) ? lot->price : 0);
}


static int64_t
required(const auction_t *a, int64_t taken)
{
    return taken < a->rules.roster_min ? a->rules.roster_min - taken : 0;
}


/* What the slots cost that must still be filled and are not led. */

int64_t
purse_reserve(const auction_t *a, const team_t *t)
{
    return a->rules.min_price * required(a, (int64_t) t->roster + t->leads);
}


/* available - min_price x (slots still required - 1). */

int64_t
purse_limit(const auction_t *a, const team_t *t, const lot_t *lot)
{
    int64_t  others, limit;

    others = (int64_t) t->roster + t->leads - leads(t, lot);
    limit = purse_for(t, lot) - a->rules.min_price * required(a, others + 1);

    return limit > 0 ? limit : 0;
}


int
roster_full(const team_t *t, const lot_t *lot)
{
    return t->roster + t->leads - (uint32_t) leads(t, lot) >= t->slots;
}


int64_t
max_possible_bid(const auction_t *a, const team_t *t, const lot_t *lot)
{
    return roster_full(t, lot) ? 0 : purse_limit(a, t, lot);
}
