/*
 * nominate: the teams call the players, one after another, by their seats.
 */

#include "engine/inner.h"


uint32_t
teams_present(const auction_t *a)
{
    team_t    *t;
    uint32_t   i, n;

    t = auction_teams(a);

    for (i = 0, n = 0; i < a->nteams; i++) {
        n += !t[i].gone;
    }

    return n;
}


/* Seats are 1..n of the teams that are present: there is one. */

uint32_t
team_at_seat(const auction_t *a, uint32_t seat)
{
    team_t    *t;
    uint32_t   i;

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {
        if (!t[i].gone && t[i].seat == seat) {
            return i;
        }
    }

    return 0;                        /* unreachable: seats have no gap */
}


refusal_t
decide_team_move(decision_t *d)
{
    team_t           *t;
    int64_t           last;
    event_t          *e;
    const auction_t  *a;

    a = d->a;
    t = team_find(a, d->c->team_id);

    if (t == NULL || t->gone) {
        return REFUSE(not_found);
    }

    if (!auction_prepares(a)) {
        return REFUSE(illegal_transition);
    }

    if (d->c->position < 1) {
        return REFUSE_WITH(invalid_params, "position");
    }

    last = teams_present(a);

    e = decision_event(d, EV_TEAM_MOVED);
    e->team_id = t->id;
    e->position = d->c->position < last ? d->c->position : last;

    return ACCEPT;
}


/* Whose turn is the turn-th, 0, 1, ...: seats 1..n again and again, or there
 * and back. */

static uint32_t
seat_of_turn(const auction_t *a, uint32_t turn, uint32_t n)
{
    uint32_t  round, place;

    round = turn / n;
    place = turn % n;

    return a->rules.nomination == NOMINATE_SNAKE && round % 2 == 1
           ? n - place : place + 1;
}


/* Who is full or suspended is passed over; and who would have to bid for what
 * he calls, but has not the points for any of it. */

static int
may_call(const auction_t *a, const team_t *t, const asks_t *asks)
{
    if (a->rules.nominator_bids) {
        return team_can_bid(a, t, asks);
    }

    return team_has_room(t) && !t->suspended;
}


/* The number of the next turn, 1, 2, ..., and the index of its team.  0:
 * there is none.  `teams` as in deal_next(). */

uint32_t
turn_next(const auction_t *a, const team_t *teams, const asks_t *asks,
    uint32_t *team)
{
    uint32_t  turn, from, n, i, k;

    n = teams_present(a);

    /* a turn that ended because nothing was left is the first to come again */

    from = a->turns - (a->on_turn != 0);

    if (a->mode != MODE_TEAM_DRAFT || a->rules.nomination == NOMINATE_NONE
        || n == 0)
    {
        return 0;
    }

    /* in two rounds each comes twice, so nobody is missed */

    for (i = 0; i < 2 * n; i++) {
        turn = from + i;
        k = team_at_seat(a, seat_of_turn(a, turn, n));

        if (may_call(a, &teams[k], asks)) {

            if (team != NULL) {
                *team = k;
            }

            return turn + 1;
        }
    }

    return 0;
}


/* A turn ends when its team may not call any more, or nothing is left. */

int
turn_stands(const auction_t *a)
{
    asks_t  asks;

    if (a->on_turn == 0 || !queue_holds(a, NULL)) {
        return 0;
    }

    asks_of(a, NULL, &asks);

    return may_call(a, &auction_teams(a)[a->on_turn - 1], &asks);
}


/* Who calls a player offers the least for him.  The lot is as lot.opened will
 * leave it. */

static refusal_t
caller_bids(decision_t *d, const lot_t *lot, const team_t *team,
    int64_t ends_at)
{
    lot_t        opened;
    command_t    c;
    refusal_t    r;
    challenge_t  ch;

    opened = *lot;
    lot_begins(&opened);
    opened.opened_at = d->now;
    opened.ends_at = ends_at;
    opened.hard_end = clock_hard_end(&d->a->rules.clock, d->now, ends_at);

    c = *d->c;
    c.actor = team->leader;
    c.at = d->now;
    c.round = opened.round;

    r = bidder_check(d->a, &opened, team, &c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    ch.bidder = team->leader;
    ch.team = team;
    ch.how = HOW_MANUAL;
    ch.value = lot_min_next(d->a, &opened);
    ch.at = d->now;

    return bid_places(d, &opened, &ch);
}


static int
acts_for(const decision_t *d, const team_t *team)
{
    const command_t  *c;

    c = d->c;

    return (c->actor != NOBODY
            && (c->actor == team->leader || c->actor == d->a->owner))
           || (c->actor_roles & (ACTOR_ADMIN|ACTOR_SERVER));
}


refusal_t
decide_nominate(decision_t *d)
{
    lot_t            *lot;
    team_t           *team;
    int64_t           ends_at;
    const auction_t  *a;

    a = d->a;

    if (a->status == AUCTION_PAUSED)           return REFUSE(auction_paused);

    if (a->status != AUCTION_LIVE || block_is_taken(a) || a->on_turn == 0) {
        return REFUSE(illegal_transition);
    }

    team = &auction_teams(a)[a->on_turn - 1];
    lot = lot_find(a, d->c->lot_id);

    if (!acts_for(d, team))                    return REFUSE(not_authorized);
    if (team->suspended)                       return REFUSE(team_suspended);
    if (lot == NULL)                           return REFUSE(not_found);
    if (lot->status != LOT_QUEUED)             return REFUSE(
                                                   illegal_transition);

    if (a->turn_ends_at != 0 && d->c->at >= a->turn_ends_at) {
        return REFUSE(after_end);
    }

    ends_at = d->now + lot_duration(a, lot);
    lot_opens(d, lot, ends_at);

    return a->rules.nominator_bids ? caller_bids(d, lot, team, ends_at)
                                   : ACCEPT;
}


/* A lot that is open again takes the turn back that had begun behind it. */

void
turn_back(auction_t *a)
{
    if (a->on_turn != 0) {
        a->on_turn = 0;
        a->turn_ends_at = 0;
        a->turns--;
    }
}


/* The time of an outage is given back: the turn is told again. */

void
turn_gains(decision_t *d, int64_t ms)
{
    event_t  *e;

    e = decision_event(d, EV_TURN_STARTED);
    e->team_id = auction_teams(d->a)[d->a->on_turn - 1].id;
    e->number = d->a->turns;
    e->until = d->a->turn_ends_at + ms;
}
