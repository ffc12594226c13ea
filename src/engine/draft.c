/*
 * draft: who still needs players when nobody bids for them: a hand of the
 * host that assigns, the last team that takes the rest, and teams whose
 * points are spent.
 *
 * What is dealt out follows from the state alone, one lot after another:
 * deal_next() tells the next one, to who decides and to who checks.
 */

#include "engine/inner.h"

#include <string.h>


#define DEALS_AT_ONCE  256


static int
was_taken(const uint8_t *taken, uint32_t i)
{
    return taken != NULL && taken[i];
}


int
team_has_room(const team_t *t)
{
    return !t->gone && t->roster + t->leads < t->slots;
}


int
anyone_has_room(const auction_t *a, const team_t *teams)
{
    uint32_t  i;

    for (i = 0; i < a->nteams; i++) {
        if (team_has_room(&teams[i])) {
            return 1;
        }
    }

    return 0;
}


/*
 * The least that will be asked, by role, for the lots that are still to come:
 * those that wait; if none does, those of the next cycle; if there will be
 * none, what went unsold, at what it was last offered for.
 */

void
asks_of(const auction_t *a, const uint8_t *taken, asks_t *asks)
{
    int        next;
    lot_t     *lot;
    int64_t    least;
    uint32_t   i, status, role;

    memset(asks, 0, sizeof(asks_t));

    for (i = 0; i <= ENGINE_QUOTAS; i++) {
        asks->least[i] = -1;
    }

    next = 0;
    status = LOT_QUEUED;

    if (!queue_holds(a, taken)) {
        status = LOT_UNSOLD;
        next = cycle_lots(a, taken) != 0;
        asks->last = !next;
    }

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status != status || was_taken(taken, i)) {
            continue;
        }

        role = role_of(a, lot);
        least = next ? cycle_base(a, lot) : lot->base_price;

        if (next ? cycle_bonus(a) != 0 : lot->bonus != 0) {
            least = 0;                           /* it needs no points */

        } else if (least < 1) {
            least = 1;
        }

        if (asks->least[role] == -1 || least < asks->least[role]) {
            asks->least[role] = least;
        }
    }
}


int
team_can_bid(const auction_t *a, const team_t *t, const asks_t *asks)
{
    uint32_t  i;

    if (!team_has_room(t) || t->suspended) {
        return 0;
    }

    for (i = 0; i <= a->rules.nquotas; i++) {

        if (asks->least[i] != -1 && !role_full_of(a, t, i)
            && asks->least[i] <= purse_limit_role(a, t, i))
        {
            return 1;
        }
    }

    return 0;
}


/* Some have room, and none of them has the points for any lot to come. */

int
everyone_broke(const auction_t *a, const team_t *teams, const asks_t *asks)
{
    int        room;
    uint32_t   i, some;

    for (i = 0, some = 0; i <= a->rules.nquotas; i++) {
        some |= asks->least[i] != -1;
    }

    for (i = 0, room = 0; i < a->nteams; i++) {

        if (team_can_bid(a, &teams[i], asks)) {
            return 0;
        }

        room |= team_has_room(&teams[i]) && !teams[i].suspended;
    }

    return some && room;
}


/* The only team with room, or NULL.  One that is suspended may come back, so
 * it counts; but it gets nothing. */

static const team_t *
last_with_room(const auction_t *a, const team_t *teams)
{
    uint32_t       i;
    const team_t  *t;

    for (i = 0, t = NULL; i < a->nteams; i++) {

        if (!team_has_room(&teams[i])) {
            continue;
        }

        if (t != NULL) {
            return NULL;
        }

        t = &teams[i];
    }

    return t == NULL || t->suspended ? NULL : t;
}


/* The first lot in the queue that the team may have, or of those that went
 * unsold. */

static lot_t *
lot_for(const auction_t *a, const team_t *t, const uint8_t *taken)
{
    lot_t      *lot, *queued, *unsold;
    uint32_t    i;

    queued = NULL;
    unsold = NULL;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if ((lot->status != LOT_QUEUED && lot->status != LOT_UNSOLD)
            || was_taken(taken, i) || role_full_of(a, t, role_of(a, lot)))
        {
            continue;
        }

        if (lot->status == LOT_QUEUED) {

            if (queued == NULL || lot->position < queued->position) {
                queued = lot;
            }

        } else if ((unsold == NULL || lot->position < unsold->position)
                   && !player_elsewhere(a, lot))
        {
            unsold = lot;
        }
    }

    return queued != NULL ? queued : unsold;
}


/* Who has the fewest players is next, of these the first by seat. */

static int
comes_before(const team_t *t, const team_t *other)
{
    return t->roster != other->roster ? t->roster < other->roster
                                      : t->seat < other->seat;
}


static lot_t *
share_of_the_broke(const auction_t *a, const team_t *teams,
    const uint8_t *taken, const team_t **to)
{
    lot_t     *lot;
    uint32_t   i, best;
    uint64_t   without;

    without = 0;

    for ( ;; ) {
        best = a->nteams;

        for (i = 0; i < a->nteams; i++) {

            if (team_has_room(&teams[i]) && !teams[i].suspended
                && !(without & UINT64_C(1) << i)
                && (best == a->nteams
                    || comes_before(&teams[i], &teams[best])))
            {
                best = i;
            }
        }

        if (best == a->nteams) {
            return NULL;
        }

        *to = &teams[best];
        lot = lot_for(a, *to, taken);

        if (lot != NULL) {
            return lot;
        }

        without |= UINT64_C(1) << best;          /* its quotas are full */
    }
}


/*
 * The lot that is given away next for nothing, and to whom; NULL: none, since
 * somebody can still bid, or nothing is left, or the rules do not say so.
 * `teams` are as many as a has; `taken` (by index, may be NULL) are lots that
 * do not count any more.
 */

lot_t *
deal_next(const auction_t *a, const team_t *teams, const uint8_t *taken,
    const team_t **to)
{
    lot_t   *lot;
    asks_t   asks;

    if (a->rules.auto_fill) {
        *to = last_with_room(a, teams);
        lot = *to != NULL ? lot_for(a, *to, taken) : NULL;

        if (lot != NULL) {
            return lot;
        }
    }

    if (a->rules.broke != BROKE_ASSIGN) {
        return NULL;
    }

    asks_of(a, taken, &asks);

    return everyone_broke(a, teams, &asks)
           ? share_of_the_broke(a, teams, taken, to) : NULL;
}


/* How many one decision deals at most; the clock goes on with the rest. */

uint32_t
deals_room(const auction_t *a)
{
    team_t    *t;
    uint32_t   i, room;

    if (a->mode != MODE_TEAM_DRAFT
        || (!a->rules.auto_fill && a->rules.broke != BROKE_ASSIGN))
    {
        return 0;
    }

    t = auction_teams(a);

    for (i = 0, room = 0; i < a->nteams && room < DEALS_AT_ONCE; i++) {
        room += team_has_room(&t[i]) ? t[i].slots - t[i].roster : 0;
    }

    return room < DEALS_AT_ONCE ? room : DEALS_AT_ONCE;
}


/* Points for all who have none: each team that is here, by index, once in a
 * cycle.  a->broke is the cycle << 8 | how many of them have got theirs. */

uint32_t
bonuses_paid(const auction_t *a)
{
    return a->broke >> 8 == a->cycle ? a->broke & 255 : 0;
}


int
bonus_is_due(const auction_t *a)
{
    team_t    *t;
    asks_t     asks;
    uint32_t   i;

    /* of this cycle, or of the one that is about to begin */

    if (a->rules.broke != BROKE_BONUS
        || (bonuses_paid(a) != 0 && queue_holds(a, NULL)))
    {
        return 0;
    }

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        if (!purse_holds(a, &t[i], a->rules.broke_bonus)) {
            return 0;
        }
    }

    asks_of(a, NULL, &asks);

    return !asks.last && everyone_broke(a, t, &asks);
}


/* Whether this grant is the next of such a bonus. */

int
bonus_follows(const auction_t *a, const event_t *e, const team_t *t)
{
    team_t    *teams;
    uint32_t   i, n;

    if (e->how != HOW_BROKE || a->status != AUCTION_LIVE
        || block_is_taken(a) || !queue_holds(a, NULL)
        || e->amount != a->rules.broke_bonus
        || (bonuses_paid(a) == 0 && !bonus_is_due(a)))
    {
        return 0;
    }

    teams = auction_teams(a);

    for (i = 0, n = 0; &teams[i] != t; i++) {
        n += !teams[i].gone;
    }

    return a->rules.broke == BROKE_BONUS && n == bonuses_paid(a);
}


/* May this lot be given to this team at this price?  Before the start a
 * captain is declared; what would make a roster impossible is refused. */

refusal_t
assign_check(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t price)
{
    if (a->mode != MODE_TEAM_DRAFT || a->status > AUCTION_ENDED
        || (lot->status != LOT_QUEUED && lot->status != LOT_UNSOLD))
    {
        return REFUSE(illegal_transition);
    }

    if (t->suspended) {
        return REFUSE(team_suspended);
    }

    if (price < 0 || price > ENGINE_MAX_AMOUNT) {
        return REFUSE(invalid_amount);
    }

    if (price > purse_available(t)) {
        return REFUSE_MAX(budget_exceeded, max_possible_bid(a, t, NULL));
    }

    if (roster_full(t, NULL)) {
        return REFUSE(roster_full);
    }

    if (role_full_of(a, t, role_of(a, lot))) {
        return REFUSE(role_limit);
    }

    if (price > purse_limit_role(a, t, role_of(a, lot))) {
        return REFUSE_MAX(reserve_violation,
                          purse_limit_role(a, t, role_of(a, lot)));
    }

    return ACCEPT;
}


void
lot_goes_to(decision_t *d, const lot_t *lot, const team_t *t, int64_t price,
    how_t how)
{
    event_t  *e;

    e = decision_event(d, EV_LOT_ASSIGNED);
    e->lot_id = lot->id;
    e->team_id = t->id;
    e->how = how;
    e->price = price;
}


refusal_t
decide_lot_assign(decision_t *d)
{
    lot_t      *lot;
    team_t     *t;
    refusal_t   r;

    lot = lot_find(d->a, d->c->lot_id);
    t = team_find(d->a, d->c->team_id);

    if (lot == NULL || t == NULL || t->gone) {
        return REFUSE(not_found);
    }

    if (player_elsewhere(d->a, lot)) {
        return REFUSE(already_exists);
    }

    r = assign_check(d->a, lot, t, d->c->amount);
    if (r.code != GAVEL_OK) {
        return r;
    }

    lot_goes_to(d, lot, t, d->c->amount,
                auction_prepares(d->a) ? HOW_PRE : HOW_ASSIGN);

    if (lot->status == LOT_QUEUED) {
        end_if_last(d, lot);
    }

    return ACCEPT;
}
