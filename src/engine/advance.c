/*
 * advance: what comes next when the block is empty: the rest for the last
 * team, points for those who have none, a turn, a lot, another cycle of what
 * went unsold, or the end.
 *
 * The clock asks for it (CMD_ADVANCE); where it does not run the host does,
 * with lot.open without a lot.
 */

#include "engine/inner.h"

#include <string.h>


typedef enum { STEP_NONE = 0, STEP_DEAL, STEP_BONUS, STEP_TURN, STEP_OPEN,
               STEP_END } step_t;


static int
was_taken(const uint8_t *taken, uint32_t i)
{
    return taken != NULL && taken[i];
}


int
queue_holds(const auction_t *a, const uint8_t *taken)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (lot[i].status == LOT_QUEUED && !was_taken(taken, i)) {
            return 1;
        }
    }

    return 0;
}


/* How many lots another cycle would bring; 0: there is none. */

uint32_t
cycle_lots(const auction_t *a, const uint8_t *taken)
{
    lot_t     *lot;
    uint32_t   i, n;

    if (a->cycle >= a->rules.cycles || !a->rules.one_at_a_time) {
        return 0;
    }

    lot = auction_lots(a);

    for (i = 0, n = 0; i < a->nlots; i++) {
        n += lot[i].status == LOT_UNSOLD && !was_taken(taken, i);
    }

    return n;
}


/* What the next cycle pays for taking a lot: the last one may be a reverse
 * round, in which one bids what one gives up of it. */

int64_t
cycle_bonus(const auction_t *a)
{
    return a->cycle + 1 == a->rules.cycles ? a->rules.reverse_bonus : 0;
}


/* The base price that a lot will have in the next cycle. */

int64_t
cycle_base(const auction_t *a, const lot_t *lot)
{
    int64_t  percent, part;

    if (cycle_bonus(a) != 0) {
        return 0;
    }

    percent = a->rules.cycle_base_percent != 0 ? a->rules.cycle_base_percent
                                               : 100;

    part = lot->start_base / 100 * percent
           + lot->start_base % 100 * percent / 100;

    return part == 0 && lot->start_base > 0 ? 1 : part;
}


/*
 * Whether the auction goes on when this lot, the last of its queue, has left:
 * what went unsold may come again or be given away.  `unsold`: this lot will
 * be one of them.
 */

int
more_to_come(const auction_t *a, const lot_t *gone, int unsold)
{
    int        draft, some, room;
    lot_t     *lot;
    uint32_t   i;

    draft = a->mode == MODE_TEAM_DRAFT;

    if (a->status != AUCTION_LIVE || !a->rules.one_at_a_time) {
        return 0;
    }

    if (a->cycle >= a->rules.cycles
        && !(draft && (a->rules.auto_fill || a->rules.broke == BROKE_ASSIGN)))
    {
        return 0;
    }

    some = unsold;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots && !some; i++) {
        some = &lot[i] != gone && lot[i].status == LOT_UNSOLD;
    }

    /* who leads a lot that is not sold has its place free again */

    room = !draft || (unsold && gone->leader != NOBODY)
           || anyone_has_room(a, auction_teams(a));

    return some && room;
}


static step_t
next_step(const auction_t *a)
{
    int            draft;
    asks_t         asks;
    const team_t  *to;

    draft = a->mode == MODE_TEAM_DRAFT;

    if (a->status != AUCTION_LIVE || !a->rules.one_at_a_time
        || a->current != 0 || block_is_taken(a))
    {
        return STEP_NONE;
    }

    if (draft && !anyone_has_room(a, auction_teams(a))) {
        return a->rules.auto_end ? STEP_END : STEP_NONE;
    }

    if (draft && deal_next(a, auction_teams(a), NULL, &to) != NULL) {
        return STEP_DEAL;
    }

    if (draft && bonus_is_due(a)) {
        return STEP_BONUS;
    }

    if (!queue_holds(a, NULL) && cycle_lots(a, NULL) == 0) {
        return a->rules.auto_end ? STEP_END : STEP_NONE;
    }

    if (turn_stands(a)) {
        return STEP_OPEN;
    }

    asks_of(a, NULL, &asks);

    return turn_next(a, auction_teams(a), &asks, NULL) != 0 ? STEP_TURN
                                                            : STEP_OPEN;
}


/* When the clock will do it; 0: never. */

int64_t
advance_at(const auction_t *a)
{
    if (a->status != AUCTION_LIVE || a->current != 0
        || (a->next_open_at == 0 && a->on_turn == 0))
    {
        return 0;
    }

    if (a->on_turn != 0 && turn_stands(a)) {
        return a->turn_ends_at;
    }

    if (next_step(a) == STEP_NONE) {
        return 0;
    }

    return a->next_open_at != 0 ? a->next_open_at : a->ts;
}


static void
deals(decision_t *d)
{
    lot_t            *lot;
    team_t           *t, teams[ENGINE_MAX_TEAMS];
    uint32_t          room;
    const team_t     *to;
    const auction_t  *a;
    static uint8_t    taken[ENGINE_MAX_LOTS];

    a = d->a;

    memset(taken, 0, a->nlots);
    memcpy(teams, auction_teams(a), a->nteams * sizeof(team_t));

    for (room = deals_room(a); room > 0; room--) {
        lot = deal_next(a, teams, taken, &to);

        if (lot == NULL) {
            break;
        }

        lot_goes_to(d, lot, to, 0, HOW_AUTO);

        taken[lot - auction_lots(a)] = 1;
        t = &teams[to - teams];
        t->roster++;
        role_count(a, t, lot, 1);
    }

    if (a->rules.auto_end
        && (!anyone_has_room(a, teams)
            || (room > 0 && !queue_holds(a, taken)
                && cycle_lots(a, taken) == 0)))
    {
        auction_ends(d);
    }
}


static void
bonus_for_all(decision_t *d, team_t *teams)
{
    event_t   *e;
    uint32_t   i;

    for (i = 0; i < d->a->nteams; i++) {

        if (teams[i].gone) {
            continue;
        }

        e = decision_event(d, EV_POINTS_GRANTED);
        e->team_id = teams[i].id;
        e->amount = d->a->rules.broke_bonus;
        e->balance = purse_available(&teams[i]) + e->amount;
        e->how = HOW_BROKE;

        teams[i].budget += e->amount;
    }
}


/* The first of the queue, or, if it is empty, of the cycle that begins. */

static void
next_opens(decision_t *d, int cycle)
{
    lot_t             opens, *lot, *first;
    int64_t           ms;
    uint32_t          i;
    const auction_t  *a;

    a = d->a;
    lot = auction_lots(a);
    first = NULL;

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status == (cycle ? LOT_UNSOLD : LOT_QUEUED)
            && (first == NULL || lot->position < first->position))
        {
            first = lot;
        }
    }

    opens = *first;

    if (cycle) {
        opens.base_price = cycle_base(a, first);
        opens.bonus = cycle_bonus(a);
    }

    ms = cycle && a->rules.cycle_duration_ms != 0
         ? a->rules.cycle_duration_ms : lot_duration(a, first);

    lot_opens(d, &opens, d->now + ms);
}


static void
goes_on(decision_t *d, step_t step)
{
    int               cycle;
    team_t            teams[ENGINE_MAX_TEAMS];
    asks_t            asks;
    event_t          *e;
    uint32_t          turn, team;
    const auction_t  *a;

    a = d->a;
    cycle = !queue_holds(a, NULL);
    asks_of(a, NULL, &asks);
    memcpy(teams, auction_teams(a), a->nteams * sizeof(team_t));

    if (cycle) {
        e = decision_event(d, EV_CYCLE_STARTED);
        e->cycle = (int64_t) a->cycle + 1;
        e->count = cycle_lots(a, NULL);
    }

    if (step == STEP_BONUS) {
        bonus_for_all(d, teams);
    }

    turn = turn_stands(a) ? 0 : turn_next(a, teams, &asks, &team);

    if (turn == 0) {
        next_opens(d, cycle);
        return;
    }

    e = decision_event(d, EV_TURN_STARTED);
    e->team_id = teams[team].id;
    e->number = turn;
    e->until = a->rules.nomination_ms != 0 ? d->now + a->rules.nomination_ms
                                           : 0;
}


refusal_t
advances(decision_t *d)
{
    step_t  step;

    step = next_step(d->a);

    switch (step) {

    case STEP_NONE:
        return REFUSE_WITH(illegal_transition, "The queue is empty.");

    case STEP_DEAL:
        deals(d);
        break;

    case STEP_END:
        auction_ends(d);
        break;

    default:
        goes_on(d, step);
        break;
    }

    return ACCEPT;
}


refusal_t
decide_advance(decision_t *d)
{
    int64_t  at;

    at = advance_at(d->a);

    if (at == 0 || d->now < at) {
        return REFUSE(illegal_transition);
    }

    return advances(d);
}
