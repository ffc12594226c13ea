/*
 * inv_life: invariants of the life of auctions and lots.
 */

#include <string.h>

#include "tools/invariants.h"

#define TO(status)  (1u << (status))


/* What the state machines of auctions and lots (C.3) draw. */

static const uint32_t  auction_moves[AUCTION_ABORTED + 1] = {
    [AUCTION_VOID] =      TO(AUCTION_DRAFT),
    [AUCTION_DRAFT] =     TO(AUCTION_SCHEDULED) | TO(AUCTION_CANCELLED),
    [AUCTION_SCHEDULED] = TO(AUCTION_DRAFT) | TO(AUCTION_LOBBY)
                          | TO(AUCTION_LIVE) | TO(AUCTION_CANCELLED),
    [AUCTION_LOBBY] =     TO(AUCTION_SCHEDULED) | TO(AUCTION_LIVE)
                          | TO(AUCTION_CANCELLED),
    [AUCTION_LIVE] =      TO(AUCTION_PAUSED) | TO(AUCTION_ENDING)
                          | TO(AUCTION_ENDED) | TO(AUCTION_CANCELLED)
                          | TO(AUCTION_ABORTED),
    [AUCTION_PAUSED] =    TO(AUCTION_LIVE) | TO(AUCTION_CANCELLED)
                          | TO(AUCTION_ABORTED),
    [AUCTION_ENDING] =    TO(AUCTION_ENDED),
    [AUCTION_ENDED] =     TO(AUCTION_SETTLED),
};

static const uint32_t  lot_moves[LOT_ASSIGNED + 1] = {
    [LOT_QUEUED] =    TO(LOT_OPEN) | TO(LOT_WITHDRAWN) | TO(LOT_VOIDED)
                      | TO(LOT_ASSIGNED),
    [LOT_OPEN] =      TO(LOT_FROZEN) | TO(LOT_SOLD) | TO(LOT_UNSOLD)
                      | TO(LOT_LOCKED) | TO(LOT_RESERVE) | TO(LOT_VOIDED),
    [LOT_FROZEN] =    TO(LOT_OPEN) | TO(LOT_SOLD) | TO(LOT_UNSOLD)
                      | TO(LOT_WITHDRAWN) | TO(LOT_LOCKED) | TO(LOT_RESERVE)
                      | TO(LOT_VOIDED),
    [LOT_LOCKED] =    TO(LOT_OPEN) | TO(LOT_SOLD) | TO(LOT_UNSOLD)
                      | TO(LOT_RESERVE) | TO(LOT_VOIDED),
    [LOT_RESERVE] =   TO(LOT_SOLD) | TO(LOT_UNSOLD) | TO(LOT_VOIDED),
    [LOT_SOLD] =      TO(LOT_OFFERED) | TO(LOT_QUEUED) | TO(LOT_OPEN),
    [LOT_UNSOLD] =    TO(LOT_OFFERED) | TO(LOT_QUEUED) | TO(LOT_OPEN)
                      | TO(LOT_ASSIGNED),
    [LOT_OFFERED] =   TO(LOT_SOLD) | TO(LOT_UNSOLD),
    [LOT_ASSIGNED] =  TO(LOT_QUEUED),
};


static const char *
lot_moved(const lot_t *was, const lot_t *is)
{
    return was->status != is->status
           && !(lot_moves[was->status] & TO(is->status))
           ? "a lot goes a way that is not drawn" : NULL;
}


const char *
moves_as_drawn(const step_t *s)
{
    uint32_t     i;
    const char  *wrong;

    if (s->was->status != s->is->status
        && !(auction_moves[s->was->status] & TO(s->is->status)))
    {
        return "the auction goes a way that is not drawn";
    }

    if (s->lot != NULL && s->lot_was != NULL) {
        return lot_moved(s->lot_was, s->lot);
    }

    if (s->e->type >= EV_LOT_QUEUED && s->e->type != EV_CYCLE_STARTED) {
        return NULL;
    }

    for (wrong = NULL, i = 0; i < s->was->nlots && wrong == NULL; i++) {
        wrong = lot_moved(&auction_lots(s->was)[i], &auction_lots(s->is)[i]);
    }

    return wrong;
}


/* From the start on nothing of them changes; so a lot closes by those under
 * which it was opened. */

const char *
rules_stay(const step_t *s)
{
    const lot_book_t  *l;

    if (s->was->status != AUCTION_VOID && s->was->status != AUCTION_DRAFT
        && s->was->status != AUCTION_SCHEDULED
        && (s->was->rules_version != s->is->rules_version
            || memcmp(&s->was->rules, &s->is->rules, sizeof(rules_t)) != 0))
    {
        return "rules change behind the start";
    }

    if (s->lot == NULL || s->lot_was == NULL || !lot_rolls(s->lot_was)) {
        return NULL;
    }

    l = &s->book->lots[lot_index(s->is, s->lot)];

    return l->rules != s->is->rules_version
           ? "other rules than those that it was opened under" : NULL;
}


const char *
one_on_the_block(const step_t *s)
{
    uint32_t  rolling;

    if (!s->is->rules.one_at_a_time || s->lot == NULL || s->lot_was == NULL
        || !lot_rolls(s->lot) || lot_rolls(s->lot_was))
    {
        return NULL;
    }

    rolling = s->book->rolling + 1;

    return rolling > 1 ? "a second lot comes to the block" : NULL;
}


const char *
once_a_cycle(const step_t *s)
{
    return s->e->type == EV_LOT_OPENED
           && s->book->lots[lot_index(s->is, s->lot)].cycle
              == s->is->cycle + 1
           ? "a lot comes twice in one cycle" : NULL;
}


/* What was left as the time stopped is left as it goes on. */

static const char *
same_left(const lot_t *was, const lot_t *is, int64_t stopped, int64_t now)
{
    return was->ends_at - stopped != is->ends_at - now
           || (was->hard_end != 0
               && was->hard_end - stopped != is->hard_end - now)
           ? "time went on in a pause" : NULL;
}


const char *
pause_stops_time(const step_t *s)
{
    uint32_t      i;
    const char   *wrong;
    const lot_t  *was, *is;

    if (s->e->type == EV_LOT_RESUMED) {
        return same_left(s->lot_was, s->lot, s->lot_was->frozen_at,
                         s->e->ts);
    }

    if (s->e->type != EV_AUCTION_RESUMED) {
        return s->was->status == AUCTION_PAUSED && s->lot != NULL
               && s->lot_was != NULL && s->lot->status != s->lot_was->status
               && lot_rolls(s->lot) && !lot_rolls(s->lot_was)
               ? "a lot comes to the block in a pause" : NULL;
    }

    for (wrong = NULL, i = 0; i < s->is->nlots && wrong == NULL; i++) {
        was = &auction_lots(s->was)[i];
        is = &auction_lots(s->is)[i];

        if (was->status == LOT_OPEN) {
            wrong = same_left(was, is, s->was->paused_at, s->e->ts);

        } else if (was->status == LOT_FROZEN) {
            wrong = was->ends_at != is->ends_at
                    || was->frozen_at != is->frozen_at
                    ? "a frozen lot's time moved" : NULL;
        }
    }

    return wrong;
}


const char *
teams_can_fill(const step_t *s)
{
    int64_t        players, needs, all;
    uint32_t       i;
    const team_t  *t;

    if (s->e->type != EV_AUCTION_STARTED || s->is->mode != MODE_TEAM_DRAFT) {
        return NULL;
    }

    for (players = 0, i = 0; i < s->is->nlots; i++) {
        players += auction_lots(s->is)[i].status == LOT_QUEUED;
    }

    for (all = 0, i = 0; i < s->is->nteams; i++) {
        t = &auction_teams(s->is)[i];
        needs = (int64_t) s->is->rules.roster_min - t->roster;

        if (t->gone || needs <= 0) {
            continue;
        }

        all += needs;

        if (s->is->rules.roster_min > t->slots
            || t->budget - t->held - t->spent
               < needs * s->is->rules.min_price)
        {
            return "a team cannot fill its roster";
        }
    }

    return all > players ? "there are fewer players than places" : NULL;
}
