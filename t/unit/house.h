/*
 * house: the rules of hidden maxima and holds a second time, slow and obvious,
 * as spec/field.md tells them.
 *
 * A lot is the list of all that was ever promised for it.  After each command
 * the list is sorted: the highest promise leads, of equal ones the earlier,
 * and the price is what the best promise of somebody else makes it pay.
 * Purses are added up anew each time from the lots that a team leads or won.
 */

#ifndef GAVEL_HOUSE_H
#define GAVEL_HOUSE_H

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

#define PEOPLE    4
#define LOTS      6
#define PROMISES  256
#define NOONE     PEOPLE
#define STEP      10
#define LEAST     10                 /* min_price */


typedef struct {
    int      who, gone, order;
    int64_t  worth;                  /* at most */
    int64_t  named;                  /* by hand; 0: a maximum only */
} promise_t;

typedef struct {
    int64_t    id, base, reserve, take, price;
    int        open, sold, winner;
    int        leader;               /* a promise, or -1 */
    promise_t  said[PROMISES];
    int        nsaid;
    struct {
        int64_t  id;
        int      promise;
    }          told[PROMISES];
    int        ntold;
    promise_t  before[PEOPLE];       /* pre-bids; worth 0: none */
} house_lot_t;

typedef struct {
    int          draft, always, refuses, needs;
    int64_t      budget[PEOPLE];
    house_lot_t  lots[LOTS];
    int          order;
} house_t;


static house_t  h;


/* --- purses --- */


static int64_t
purse(int who, const house_lot_t *without)
{
    int      i;
    int64_t  left;

    left = h.budget[who];

    for (i = 0; i < LOTS; i++) {
        if (&h.lots[i] == without) {
            continue;
        }

        if (h.lots[i].sold && h.lots[i].winner == who) {
            left -= h.lots[i].price;
        }

        if (h.lots[i].open && h.lots[i].leader >= 0
            && h.lots[i].said[h.lots[i].leader].who == who)
        {
            left -= h.lots[i].price;
        }
    }

    return left;
}


static int
players(int who, const house_lot_t *without)
{
    int  i, n;

    for (i = 0, n = 0; i < LOTS; i++) {
        n += &h.lots[i] != without
             && ((h.lots[i].sold && h.lots[i].winner == who)
                 || (h.lots[i].open && h.lots[i].leader >= 0
                     && h.lots[i].said[h.lots[i].leader].who == who));
    }

    return n;
}


static int64_t
affords(int who, const house_lot_t *lot)
{
    int64_t  still;

    if (!h.draft) {
        return ENGINE_MAX_AMOUNT;
    }

    still = h.needs - players(who, lot) - 1;
    still = purse(who, lot) - (still > 0 ? LEAST * still : 0);

    return still > 0 && players(who, lot) < LOTS ? still : 0;
}


static gavel_code_t
pays(int who, const house_lot_t *lot, int64_t amount)
{
    if (h.draft && amount > purse(who, lot)) {
        return GAVEL_budget_exceeded;
    }

    if (amount > affords(who, lot)) {
        return GAVEL_reserve_violation;
    }

    return GAVEL_OK;
}


/* --- the list, sorted --- */


static int
higher(const void *one, const void *two)
{
    const promise_t  *a = one, *b = two;

    if (a->worth != b->worth) {
        return a->worth > b->worth ? -1 : 1;
    }

    return a->order - b->order;
}


/* Who leads, and what he pays.  `worths` is what each promise counts for. */

static int64_t
settle(const house_lot_t *lot, const int64_t *worths, int *leader)
{
    int        i, n;
    int64_t    price, by_hand;
    promise_t  all[PROMISES];

    n = 0;

    for (i = 0; i < lot->nsaid; i++) {
        if (!lot->said[i].gone && worths[i] > 0) {
            all[n] = lot->said[i];
            all[n].worth = worths[i];
            all[n].gone = i;
            n++;
        }
    }

    *leader = -1;

    if (n == 0) {
        return 0;
    }

    qsort(all, (size_t) n, sizeof(promise_t), higher);
    *leader = all[0].gone;

    price = lot->base;

    for (i = 1; i < n; i++) {
        if (all[i].who != all[0].who) {
            price = all[i].worth == all[0].worth ? all[0].worth
                                                 : all[i].worth + STEP;
            break;
        }
    }

    by_hand = 0;

    for (i = 0; i < lot->nsaid; i++) {
        if (!lot->said[i].gone && lot->said[i].who == all[0].who
            && lot->said[i].named > by_hand)
        {
            by_hand = lot->said[i].named;
        }
    }

    price = by_hand > price ? by_hand : price;

    if (lot->reserve <= all[0].worth && price < lot->reserve) {
        price = lot->reserve;
    }

    return price < all[0].worth ? price : all[0].worth;
}


static int64_t
cap_of(const house_lot_t *lot)
{
    if (lot->take <= lot->price || (lot->leader >= 0 && !h.always)) {
        return 0;
    }

    return lot->take;
}


static void
sell(house_lot_t *lot, int who, int64_t price)
{
    lot->open = 0;
    lot->sold = 1;
    lot->winner = who;
    lot->price = price;
}


/* --- what can be done --- */


static int64_t
most_of_leader(const house_lot_t *lot)
{
    int64_t           most;
    const promise_t  *p;

    p = &lot->said[lot->leader];
    most = affords(p->who, lot);
    most = p->worth < most ? p->worth : most;

    return most > lot->price ? most : lot->price;
}


/* The leader wants to pay more, or less. */

static gavel_code_t
changes(house_lot_t *lot, int64_t max)
{
    int         i;
    int64_t     cap;
    promise_t  *p;

    p = &lot->said[lot->leader];
    cap = cap_of(lot);

    if (max == p->worth) {
        return GAVEL_already_leading;
    }

    if (max < 1) {
        return GAVEL_invalid_amount;
    }

    if (max < lot->price) {
        return GAVEL_too_low;
    }

    if (cap != 0 && max > cap && h.refuses) {
        return GAVEL_over_cap;
    }

    if (max > p->worth
        && pays(p->who, lot, cap != 0 && max > cap ? cap : max) != GAVEL_OK)
    {
        return pays(p->who, lot, cap != 0 && max > cap ? cap : max);
    }

    if (cap != 0 && max >= cap) {
        sell(lot, p->who, cap);
        return GAVEL_OK;
    }

    /* it is his only one from now on */

    for (i = 0; i < lot->nsaid; i++) {
        if (lot->said[i].who == p->who && lot->said[i].worth > max) {
            lot->said[i].worth = lot->said[i].named;
        }
    }

    p->worth = max;

    if (most_of_leader(lot) >= lot->reserve && lot->price < lot->reserve) {
        lot->price = lot->reserve;
    }

    return GAVEL_OK;
}


static gavel_code_t
offers(house_lot_t *lot, int who, int64_t value, int by_hand)
{
    int            i, old;
    int64_t        least, cap, worths[PROMISES];
    promise_t     *p;
    gavel_code_t   code;

    if (lot->leader >= 0 && lot->said[lot->leader].who == who) {
        return by_hand ? GAVEL_already_leading : changes(lot, value);
    }

    if (value < 1) {
        return GAVEL_invalid_amount;
    }

    cap = cap_of(lot);
    least = lot->leader < 0 ? lot->base : lot->price + STEP;

    if (cap != 0 && least > cap) {
        least = cap;
    }

    if (value < least) {
        return lot->leader < 0 ? GAVEL_below_base : GAVEL_too_low;
    }

    if (cap != 0 && value > cap && h.refuses) {
        return GAVEL_over_cap;
    }

    code = pays(who, lot, cap != 0 && value > cap ? cap : value);

    if (code != GAVEL_OK) {
        return code;
    }

    if (cap != 0 && value >= cap) {
        sell(lot, who, cap);
        return GAVEL_OK;
    }

    old = lot->leader;

    p = &lot->said[lot->nsaid++];
    p->who = who;
    p->gone = 0;
    p->order = h.order++;
    p->worth = value;
    p->named = by_hand ? value : 0;

    memset(worths, 0, sizeof(worths));

    for (i = 0; i < lot->nsaid; i++) {
        worths[i] = lot->said[i].worth;
    }

    /* one purse for all that the leader promised */

    for (i = 0; old >= 0 && i < lot->nsaid; i++) {
        if (lot->said[i].who == lot->said[old].who
            && worths[i] > most_of_leader(lot))
        {
            worths[i] = most_of_leader(lot);
        }
    }

    lot->price = settle(lot, worths, &lot->leader);

    if (old >= 0 && lot->said[lot->leader].who == lot->said[old].who) {
        lot->leader = old;                       /* of his own the newest */
    }

    /* who is beaten has shown all that he could pay */

    for (i = 0; old >= 0 && lot->leader != old && i < lot->nsaid; i++) {
        if (lot->said[i].who == lot->said[old].who
            && lot->said[i].worth > worths[old])
        {
            lot->said[i].worth = i == old ? worths[old] : lot->said[i].named;
        }
    }

    return GAVEL_OK;
}


static gavel_code_t
waits(house_lot_t *lot, int who, int64_t max)
{
    promise_t     *p;
    gavel_code_t   code;

    p = &lot->before[who];

    if (p->worth != 0
        && p->worth == (lot->take != 0 && max > lot->take ? lot->take : max))
    {
        return GAVEL_already_exists;
    }

    if (max < lot->base) {
        return GAVEL_below_base;
    }

    if (lot->take != 0 && max > lot->take && h.refuses) {
        return GAVEL_over_cap;
    }

    if (lot->take != 0 && max > lot->take) {
        max = lot->take;
    }

    code = pays(who, lot, max);

    if (code == GAVEL_OK) {
        p->who = who;
        p->worth = max;
        p->order = h.order++;
    }

    return code;
}


/* The best two of those that waited; one alone pays the base price. */

static void
opens(house_lot_t *lot)
{
    int        i, n;
    int64_t    most, worths[PROMISES];
    promise_t  all[PEOPLE];

    lot->open = 1;

    for (i = 0, n = 0; i < PEOPLE; i++) {
        most = affords(i, lot);
        most = lot->before[i].worth < most ? lot->before[i].worth : most;

        if (most >= lot->base) {
            all[n] = lot->before[i];
            all[n].worth = most;
            n++;
        }
    }

    qsort(all, (size_t) n, sizeof(promise_t), higher);

    /* told in this order: the second, then the best */

    for (i = n < 2 ? n - 1 : 1; i >= 0; i--) {
        lot->said[lot->nsaid] = all[i];
        lot->said[lot->nsaid].named = 0;
        worths[lot->nsaid] = all[i].worth;

        if (i == 0) {
            lot->said[lot->nsaid].worth = lot->before[all[i].who].worth;
        }

        lot->nsaid++;
    }

    lot->price = settle(lot, worths, &lot->leader);
}


static gavel_code_t
undoes(house_lot_t *lot, int promise)
{
    int      i;
    int64_t  most, price, worths[PROMISES];

    if (lot->said[promise].gone) {
        return GAVEL_illegal_transition;
    }

    lot->said[promise].gone = 1;

    for (i = 0; i < lot->nsaid; i++) {
        most = affords(lot->said[i].who, lot);
        worths[i] = lot->said[i].worth < most ? lot->said[i].worth : most;

        if (worths[i] < lot->base || worths[i] < lot->said[i].named) {
            worths[i] = 0;
        }
    }

    price = settle(lot, worths, &lot->leader);
    lot->price = price < lot->price ? price : lot->price;

    /* what somebody could not pay now he does not owe later */

    for (i = 0; i < lot->nsaid; i++) {
        if (i != lot->leader && !lot->said[i].gone) {
            lot->said[i].worth = worths[i];

            if (worths[i] == 0) {
                lot->said[i].named = 0;
            }
        }
    }

    return GAVEL_OK;
}

#endif
