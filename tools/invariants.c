/*
 * invariants: the list of them, and what they remember from event to event.
 */

#include <stdlib.h>
#include <string.h>

#include "tools/invariants.h"


const invariant_t  invariants[] = {
    {  1, "seq is gapless, an epoch is explicit",  seq_is_next },
    {  5, "a request id wins once",                request_is_new },
    {  8, "amounts of a round rise by the ladder", amounts_rise },
    {  9, "the best standing bid leads",           best_bid_leads },
    { 10, "a round is sold once, at a fair price", sold_once_and_fairly },
    { 11, "bids come in time, not from the owner", bid_in_time },
    { 13, "an end moves back only by a hand",      end_never_shrinks },
    { 14, "bids are never edited or deleted",      bids_stay },
    { 15, "what is hidden is not in public",       sealed_stays_sealed },
    { 16, "purses sum up and are not negative",    purses_sum_up },
    { 17, "entries sum to zero",                   entries_sum_to_zero },
    { 18, "only the leader's price is held",       hold_is_the_leaders },
    { 19, "an outbid gives back the hold",         outbid_gives_back },
    { 20, "the rest of a roster stays affordable", roster_stays_affordable },
    { 21, "rosters add up and fit",                rosters_add_up },
    { 22, "a user leads one team",                 one_team_each },
    { 24, "an undo gives back exactly",            undo_gives_back },
    { 25, "only drawn transitions occur",          moves_as_drawn },
    { 26, "rules are frozen at the start",         rules_stay },
    { 27, "one lot at a time",                     one_on_the_block },
    { 28, "a lot comes once a cycle",              once_a_cycle },
    { 29, "a pause stops all time",                pause_stops_time },
    { 30, "each team can fill its roster",         teams_can_fill },
    {  0, NULL, NULL }
};


void
book_open(book_t *b)
{
    memset(b, 0, sizeof(book_t));
}


void
book_close(book_t *b)
{
    free(b->lots);
    free(b->seen);
    memset(b, 0, sizeof(book_t));
}


int
book_room(book_t *b, const auction_t *is)
{
    uint32_t     cap;
    lot_book_t  *lots;

    if (is->nlots <= b->lots_cap) {
        return 0;
    }

    cap = is->nlots * 2 + 16;

    lots = realloc(b->lots, cap * sizeof(lot_book_t));
    if (lots == NULL) {
        return -1;
    }

    memset(lots + b->lots_cap, 0, (cap - b->lots_cap) * sizeof(lot_book_t));
    b->lots = lots;
    b->lots_cap = cap;

    return 0;
}


uint32_t
lot_index(const auction_t *a, const lot_t *lot)
{
    return (uint32_t) (lot - auction_lots(a));
}


int
lot_rolls(const lot_t *lot)
{
    return lot->status == LOT_OPEN || lot->status == LOT_FROZEN
           || lot->status == LOT_LOCKED || lot->status == LOT_RESERVE;
}


int64_t
lot_holds(const lot_t *lot, int64_t team)
{
    return lot_rolls(lot) && lot->leader_team == team && lot->bonus == 0
           ? lot->price : 0;
}


static const team_t *
team_at(const auction_t *a, int64_t id, uint32_t *i)
{
    for (*i = 0; *i < a->nteams; (*i)++) {
        if (auction_teams(a)[*i].id == id) {
            return &auction_teams(a)[*i];
        }
    }

    return NULL;
}


/* What the event gave to a team, or took from it. */

static void
note_roster(const step_t *s, lot_book_t *l)
{
    uint32_t       i;
    team_book_t   *b;
    const lot_t   *lot;
    const team_t  *t, *was;

    lot = s->e->type == EV_LOT_SOLD || s->e->type == EV_LOT_ASSIGNED
          ? s->lot : s->lot_was;
    t = lot->leader_team != NOBODY ? team_at(s->is, lot->leader_team, &i)
                                   : NULL;
    if (t == NULL) {
        return;
    }

    b = &s->book->teams[i];
    was = &auction_teams(s->was)[i];

    if (lot == s->lot) {
        b->roster++;
        b->spent += lot->bonus == 0 ? lot->price : 0;
        l->team = t->id;
        l->budget = t->budget - was->budget;
        l->held = t->held - was->held;
        l->spent = t->spent - was->spent;

    } else {
        b->roster--;
        b->spent -= lot->bonus == 0 ? lot->price : 0;
    }
}


static int
undoes(const step_t *s)
{
    if (s->lot_was->status != LOT_SOLD && s->lot_was->status != LOT_ASSIGNED)
    {
        return 0;
    }

    return s->e->type == EV_LOT_REOPENED
           || (s->e->type == EV_LOT_REQUEUED && s->e->how == HOW_HOST);
}


static void
note_lot(const step_t *s)
{
    lot_book_t  *l;

    l = &s->book->lots[lot_index(s->is, s->lot)];

    switch (s->e->type) {

    case EV_LOT_OPENED:
        l->cycle = s->is->cycle + 1;
        l->rules = s->is->rules_version;
        break;

    case EV_LOT_SOLD:
    case EV_LOT_ASSIGNED:
        l->sold_round = s->lot->round;
        note_roster(s, l);
        break;

    case EV_LOT_REOPENED:
    case EV_LOT_REQUEUED:
        if (undoes(s)) {
            note_roster(s, l);
        }

        l->sold_round = 0;
        l->cycle = s->e->type == EV_LOT_REQUEUED ? 0 : l->cycle;
        break;

    default:
        break;
    }
}


void
book_note(const step_t *s)
{
    uint32_t  i;
    lot_t    *lot;

    if (s->lot != NULL && s->lot_was != NULL) {
        note_lot(s);
        s->book->rolling += lot_rolls(s->lot);
        s->book->rolling -= lot_rolls(s->lot_was);
        return;
    }

    if (s->e->type >= EV_LOT_QUEUED) {
        return;                      /* what is new does not roll */
    }

    lot = auction_lots(s->is);

    for (s->book->rolling = 0, i = 0; i < s->is->nlots; i++) {
        s->book->rolling += lot_rolls(&lot[i]);
    }
}


static const char *
lots_hold(const auction_t *a, int *number, uint32_t *rolling)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {

        *rolling += lot_rolls(&lot[i]);

        if (lot[i].hard_end != 0 && lot_rolls(&lot[i])
            && lot[i].ends_at > lot[i].hard_end)
        {
            *number = 13;
            return "a lot ends behind its hard end";
        }

        if (lot[i].leader != NOBODY && lot[i].leader == a->owner
            && lot[i].status != LOT_ASSIGNED)
        {
            *number = 11;
            return "the owner leads";
        }
    }

    return NULL;
}


static const char *
teams_hold(const auction_t *a, const book_t *b, int *number)
{
    lot_t     *lot;
    team_t    *t;
    int64_t    held;
    uint32_t   i, k;

    t = auction_teams(a);
    lot = auction_lots(a);

    for (i = 0; i < a->nteams; i++) {

        for (held = 0, k = 0; k < a->nlots; k++) {
            held += lot_holds(&lot[k], t[i].id);
        }

        if (held != t[i].held) {
            *number = 18;
            return "a team holds more or less than it leads with";
        }

        if (!t[i].gone && (t[i].roster != b->teams[i].roster
                           || t[i].spent != b->teams[i].spent))
        {
            *number = 21;
            return "a roster is not what was sold and assigned";
        }
    }

    return NULL;
}


int
state_holds(const auction_t *a, const book_t *b, const char **why)
{
    int       number;
    uint32_t  rolling;

    number = 0;
    rolling = 0;

    *why = lots_hold(a, &number, &rolling);

    if (*why == NULL) {
        *why = teams_hold(a, b, &number);
    }

    if (*why == NULL && rolling != b->rolling) {
        *why = "lots have come to the block or left it unseen";
        number = 27;
    }

    if (*why == NULL && a->rules.one_at_a_time && rolling > 1) {
        *why = "more than one lot on the block";
        number = 27;
    }

    return number;
}
