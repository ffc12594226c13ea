/*
 * fold: a team says that it will not bid for the lot any more, and when all
 * others have said so the lot need not wait for its clock.
 *
 * Who counts as a rival is asked at each fold: a team that is here and not
 * suspended, has not folded and does not lead, whose roster has room and
 * whose quota of the position is not full, and that can pay the least amount
 * which would be accepted now.  Others could not bid anyway, so nobody has to
 * wait for them; points that a team gets later come too late for a lot that
 * has been hammered.
 */

#include "engine/inner.h"


static uint64_t
bit_of(const auction_t *a, const team_t *t)
{
    return UINT64_C(1) << (t - auction_teams(a));
}


int
has_folded(const auction_t *a, const lot_t *lot, const team_t *t)
{
    return (lot->folded & bit_of(a, t)) != 0;
}


int
lot_has_rivals(const auction_t *a, const lot_t *lot)
{
    team_t    *t;
    int64_t    least;
    uint32_t   i;

    /* a price that falls comes within the reach of more */

    least = a->rules.format == FORMAT_DUTCH ? dutch_least(lot)
                                            : lot_min_next(a, lot);
    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++, t++) {

        if (!t->gone && !t->suspended && !has_folded(a, lot, t)
            && lot->leader_team != t->id
            && max_possible_bid(a, t, lot) >= least)
        {
            return 1;
        }
    }

    return 0;
}


refusal_t
decide_fold(decision_t *d)
{
    lot_t             after, *lot;
    team_t           *team;
    event_t          *e;
    refusal_t         r;
    const auction_t  *a;

    a = d->a;

    lot = lot_named(d);
    team = a->mode == MODE_TEAM_DRAFT ? team_of(a, d->c->actor) : NULL;

    /* who may fold is who may bid */

    r = bidder_check(a, lot, team, d->c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (team == NULL || a->rules.format == FORMAT_SEALED
        || a->rules.format == FORMAT_VICKREY)
    {
        return REFUSE(illegal_transition);
    }

    if (lot->leader_team == team->id) {
        return REFUSE(already_leading);
    }

    e = decision_event(d, EV_LOT_FOLDED);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->team_id = team->id;

    after = *lot;
    after.folded |= bit_of(a, team);

    if (!lot_has_rivals(a, &after)) {
        lot_closes(d, lot, HOW_FOLDED);
    }

    return ACCEPT;
}
