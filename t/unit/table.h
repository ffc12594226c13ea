/*
 * table.h: at the table of a draft: the clock goes on, teams call players, the
 * host gives some away.
 */

#ifndef GAVEL_TABLE_H
#define GAVEL_TABLE_H

#include "world.h"


/* What the clock does next, at its time; its first event's type, or 0. */

static inline int
tick(world_t *w)
{
    int64_t    at;
    command_t  c;

    at = auction_deadline(w->a, &c);

    if (at == 0) {
        return 0;
    }

    if (w->now < at) {
        w->now = at;
    }

    c.at = w->now;

    return give(w, &c) == GAVEL_OK ? (int) w->ev[0].type : 0;
}


/* Until something opens, or a turn begins, or nothing more happens. */

static inline int
tick_to(world_t *w, event_type_t type)
{
    int       i;
    uint32_t  k;

    for (i = 0; i < 50 && tick(w) != 0; i++) {
        for (k = 0; k < w->n; k++) {
            if (w->ev[k].type == type) {
                return 1;
            }
        }
    }

    return 0;
}


static inline lot_t *
block(world_t *w)
{
    return w->a->current != 0 ? &auction_lots(w->a)[w->a->current - 1] : NULL;
}


static inline gavel_code_t
nominate(world_t *w, int64_t who, int64_t lot)
{
    command_t  c;

    c = command(w, CMD_NOMINATE, who);
    c.lot_id = lot;

    return give(w, &c);
}


static inline gavel_code_t
assign(world_t *w, int64_t lot, int64_t team, int64_t price)
{
    command_t  c;

    c = command(w, CMD_LOT_ASSIGN, OWNER);
    c.lot_id = lot;
    c.team_id = team;
    c.amount = price;

    return give(w, &c);
}


static inline gavel_code_t
suspend(world_t *w, int64_t team, int64_t on)
{
    command_t  c;

    c = command(w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = team;
    c.amount = on;

    return give(w, &c);
}


static inline void
draft_of(world_t *w, const char *rules, int lots, int64_t budget)
{
    int  i;

    world_open(w, MODE_TEAM_DRAFT, rules);
    (void) add_team(w, 101, KIM, budget);
    (void) add_team(w, 102, LEE, budget);
    (void) add_team(w, 103, PARK, budget);

    for (i = 1; i <= lots; i++) {
        (void) add_lot(w, i, 100);
    }
}


static inline int64_t
lot_id(world_t *w, int n)
{
    return auction_lots(w->a)[n - 1].id;
}

#endif
