/*
 * evolve_bids: what events do to leaders, purses and teams.
 */

#include "engine/inner.h"

#include <string.h>


static team_t *
leading_team(const auction_t *a, const lot_t *lot)
{
    return lot->leader_team != NOBODY ? team_find(a, lot->leader_team) : NULL;
}


int
hold_keep(auction_t *a, const lot_t *lot, journal_t *j)
{
    team_t  *t;

    t = leading_team(a, lot);

    return t == NULL || journal_keep(j, a, t, sizeof(team_t)) == 0 ? 0 : -1;
}


void
hold_release(auction_t *a, const lot_t *lot)
{
    team_t  *t;

    t = leading_team(a, lot);

    if (t != NULL) {
        t->held -= lot_cost(lot);
        t->leads--;
        role_count(a, t, lot, -1);
    }
}


void
hold_take(auction_t *a, team_t *t, const lot_t *lot)
{
    t->held += lot_cost(lot);
    t->leads++;
    role_count(a, t, lot, 1);
}


void
sale_take(auction_t *a, team_t *t, const lot_t *lot)
{
    t->spent += lot_cost(lot);
    t->budget += lot_bonus(lot);
    t->roster++;
    role_count(a, t, lot, 1);
}


void
sale_undo(auction_t *a, team_t *t, const lot_t *lot)
{
    t->spent -= lot_cost(lot);
    t->budget -= lot_bonus(lot);
    t->roster--;
    role_count(a, t, lot, -1);
}


/* The same judgement as decide's, on what the event tells. */

static int
bid_stands(const auction_t *a, const lot_t *lot, const team_t *t,
    const event_t *e)
{
    int64_t      ends_at;
    duel_t       result;
    uint32_t     extensions;
    challenge_t  ch;

    if (a->status != AUCTION_LIVE || lot == NULL || lot->status != LOT_OPEN
        || e->round != (int64_t) lot->round
        || e->bid_id != born_id(a, e->seq)
        || e->at < 1 || e->at >= lot->ends_at
        || lot->reacts != REACTS_NOBODY
        || e->count != (int64_t) lot->bid_count + 1
        || e->reserve_met != lot_reserve_met(lot, e->price)
        || (e->max_amount != 0) != (e->how == HOW_MAX)
        || !bidder_sound(a, t, e) || (t != NULL && has_folded(a, lot, t)))
    {
        return 0;
    }

    ch.bidder = e->bidder;
    ch.team = t;
    ch.how = e->how;
    ch.value = e->how == HOW_MAX ? e->max_amount : e->amount;
    ch.at = e->at;

    switch (e->how) {

    case HOW_BUY_NOW:
        if (e->amount != lot_cap(a, lot)) {
            return 0;
        }

        result.outbid = 0;
        result.exhausted = 0;
        result.amount = e->amount;
        result.price = e->amount;
        break;

    case HOW_MAX:
        if (a->rules.no_proxy) {
            return 0;
        }

        /* fall through */

    case HOW_MANUAL:
    case HOW_BEHALF:
    case HOW_BOT:
        if (lot_cap(a, lot) != 0 && ch.value >= lot_cap(a, lot)) {
            return 0;
        }

        duel(a, lot, &ch, &result);
        break;

    default:
        return 0;
    }

    if (bid_check(a, lot, &ch).code != GAVEL_OK
        || result.exhausted != 0
        || e->outbid != result.outbid
        || e->amount != result.amount || e->price != result.price)
    {
        return 0;
    }

    clock_after_bid(&a->rules.clock, lot, e->at, &ends_at, &extensions);

    return e->ends_at == ends_at && e->extensions == (int64_t) extensions;
}


static int
bid_kept(auction_t *a, lot_t *lot, const event_t *e, journal_t *j)
{
    bid_t  bid;

    if (!e->outbid && e->how != HOW_BUY_NOW && lot->leader != NOBODY
        && leader_beaten(a, lot, lot->price, j) != 0)
    {
        return -1;
    }

    bid.id = e->bid_id;
    bid.bidder = e->bidder;
    bid.team = e->team_id;
    bid.amount = e->amount;
    bid.max = e->how == HOW_MAX ? e->max_amount : e->amount;
    bid.at = e->at;
    bid.since = e->bid_id;
    bid.flags = e->how == HOW_MAX ? 0 : BID_HAND;

    return bid_remember(a, lot, &bid, j);
}


int
evolve_bid_accepted(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t       after, *lot;
    team_t     *t;
    auction_t  *a;

    a = *ap;

    if (a->rules.format != FORMAT_OPEN) {
        return a->rules.format == FORMAT_DUTCH ? evolve_dutch_bid(ap, e, j)
                                               : -1;
    }

    lot = lot_find(a, e->lot_id);
    t = e->team_id != NOBODY ? team_find(a, e->team_id) : NULL;

    if (!bid_stands(a, lot, t, e)) {
        return -1;
    }

    after = *lot;
    lot_gets_bid(&after, e);

    if (e->min_next != lot_min_next(a, &after) || bids_room(ap, j) != 0) {
        return -1;
    }

    a = *ap;                                     /* the block may have moved */
    lot = lot_find(a, e->lot_id);
    t = after.leader_team != NOBODY ? team_find(a, after.leader_team) : NULL;

    if (hold_keep(a, lot, j) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0)
        || journal_keep(j, a, lot, sizeof(lot_t)) != 0)
    {
        return -1;
    }

    hold_release(a, lot);

    if (bid_kept(a, lot, e, j) != 0) {
        return -1;
    }

    lot_gets_bid(lot, e);

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    return 0;
}


static int
leads_another(const auction_t *a, int64_t user_id, int64_t team_id)
{
    team_t  *t;

    t = team_of(a, user_id);

    return t != NULL && t->id != team_id;
}


/* A team that had left may come back: as a new one. */

int
evolve_team_joined(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t     *t;
    auction_t  *a;

    a = *ap;
    t = team_find(a, e->team_id);

    if (a->mode != MODE_TEAM_DRAFT || !auction_prepares(a)
        || e->team_id < 1 || e->user_id < 0
        || (t != NULL && !t->gone)
        || (t == NULL && a->nteams == ENGINE_MAX_TEAMS)
        || leads_another(a, e->user_id, e->team_id)
        || e->budget < 0 || e->budget > ENGINE_MAX_AMOUNT
        || e->slots < 1 || e->slots > MAX_SLOTS)
    {
        return -1;
    }

    if (t == NULL && a->nteams == a->teams_cap
        && (journal_keep_all(j, a) != 0
            || state_grow(ap, a->nlots, a->nteams + 1, a->nbids) != 0))
    {
        return -1;
    }

    a = *ap;

    if (t == NULL) {
        t = &auction_teams(a)[a->nteams];
    }

    if (journal_keep(j, a, t, sizeof(team_t)) != 0) {
        return -1;
    }

    if (t == &auction_teams(a)[a->nteams]) {
        a->nteams++;
    }

    memset(t, 0, sizeof(team_t));

    t->id = e->team_id;
    t->leader = e->user_id;
    t->budget = e->budget;
    t->slots = (uint32_t) e->slots;
    t->seat = teams_present(a);

    return 0;
}


static team_t *
team_present(const auction_t *a, int64_t team_id)
{
    team_t  *t;

    t = team_find(a, team_id);

    return t == NULL || t->gone || auction_over(a) ? NULL : t;
}


int
evolve_team_leader(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t  *t;

    t = team_present(*ap, e->team_id);

    if (t == NULL || e->user_id < 0
        || leads_another(*ap, e->user_id, e->team_id)
        || journal_keep(j, *ap, t, sizeof(team_t)) != 0)
    {
        return -1;
    }

    t->leader = e->user_id;

    return 0;
}


int
evolve_team_suspended(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t  *t;

    t = team_present(*ap, e->team_id);

    if (t == NULL || e->amount < 0 || e->amount > 1
        || journal_keep(j, *ap, t, sizeof(team_t)) != 0)
    {
        return -1;
    }

    t->suspended = (uint32_t) e->amount;

    return 0;
}


/* What it would have paid goes with it: who comes back is another team. */

static int
maxima_left(auction_t *a, int64_t team_id, journal_t *j)
{
    int        rc;
    lot_t     *lot;
    bid_t     *bid;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0, rc = 0; i < a->nlots && rc == 0; i++, lot++) {

        bid = lot->hidden_bids != 0 ? pre_bid_of(a, lot, NOBODY, team_id)
                                    : NULL;

        if (bid != NULL) {
            rc = journal_keep(j, a, lot, sizeof(lot_t)) != 0
                 ? -1 : bid_drop(a, lot, bid, j);
            lot->hidden_bids -= rc == 0;
        }
    }

    return rc;
}


int
evolve_team_left(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t    *t, *teams;
    uint32_t   i;

    t = team_present(*ap, e->team_id);
    teams = auction_teams(*ap);

    if (t == NULL || !auction_prepares(*ap) || t->roster != 0
        || journal_keep(j, *ap, teams, (*ap)->nteams * sizeof(team_t)) != 0
        || maxima_left(*ap, e->team_id, j) != 0)
    {
        return -1;
    }

    /* those behind it move up */

    for (i = 0; i < (*ap)->nteams; i++) {
        if (teams[i].seat > t->seat) {
            teams[i].seat--;
        }
    }

    t->seat = 0;
    t->gone = 1;

    return 0;
}


int
evolve_points_granted(auction_t **ap, const event_t *e, journal_t *j)
{
    team_t  *t;

    t = team_present(*ap, e->team_id);

    if (t == NULL || e->amount == 0
        || e->amount < -ENGINE_MAX_AMOUNT || e->amount > ENGINE_MAX_AMOUNT
        || !purse_holds(*ap, t, e->amount)
        || purse_available(t) + e->amount < 0
        || e->balance != purse_available(t) + e->amount
        || (e->how != 0 && !bonus_follows(*ap, e, t))
        || journal_keep(j, *ap, t, sizeof(team_t)) != 0)
    {
        return -1;
    }

    t->budget += e->amount;

    if (e->how == HOW_BROKE) {
        (*ap)->broke = (*ap)->cycle << 8 | (bonuses_paid(*ap) + 1);
    }

    return 0;
}
