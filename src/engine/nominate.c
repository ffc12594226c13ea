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

    return 0;
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
