/*
 * deadline: what the clock will do next.
 */

#include "engine/inner.h"

#include <string.h>


/* The first of the open lots that the room has not been told is ending. */

static lot_t *
next_to_tell(const auction_t *a)
{
    lot_t     *lot, *first;
    uint32_t   i;

    if (a->rules.clock.closing_ms == 0 || a->status != AUCTION_LIVE) {
        return NULL;
    }

    first = NULL;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot_closing_at(a, lot) != 0
            && (first == NULL || lot->ends_at < first->ends_at))
        {
            first = lot;
        }
    }

    return first;
}


int64_t
auction_first_end(const auction_t *a)
{
    lot_t     *lot;
    int64_t    first;
    uint32_t   i;

    if (a->status != AUCTION_LIVE && a->status != AUCTION_ENDING) {
        return 0;
    }

    first = a->status == AUCTION_LIVE ? a->turn_ends_at : 0;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {
        if (lot->status == LOT_OPEN && (first == 0 || lot->ends_at < first)) {
            first = lot->ends_at;
        }
    }

    return first;
}


/* The first of the lots to be closed, revealed, or no longer offered. */

static int64_t
next_due(const auction_t *a, command_t *c)
{
    lot_t           *lot;
    int64_t          at, first;
    uint32_t         i;
    command_type_t   what;

    first = 0;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        at = lot_due(a, lot, &what);

        if (at != 0 && (first == 0 || at < first)) {
            first = at;
            c->type = what;
            c->lot_id = lot->id;
            c->round = (int64_t) lot->round + (what == CMD_OFFER_CLOSE);
        }
    }

    return first;
}


static int64_t
deadline_of_lots(const auction_t *a, command_t *c)
{
    lot_t    *tell;
    int64_t   due, at;

    due = next_due(a, c);
    tell = next_to_tell(a);

    if (tell != NULL) {
        at = lot_closing_at(a, tell);

        if (at < due && (a->next_open_at == 0 || at <= a->next_open_at)) {
            c->type = CMD_LOT_CLOSING;
            c->lot_id = tell->id;
            c->round = tell->round;
            return at;
        }
    }

    at = advance_at(a);

    if (at != 0 && (due == 0 || at < due)) {
        c->type = CMD_ADVANCE;
        c->lot_id = 0;
        c->round = 0;
        return at;
    }

    return due;
}


/* An end of all, or what comes before it with a lot. */

static int64_t
deadline_of_end(const auction_t *a, command_t *c, command_type_t end,
    int64_t at)
{
    int64_t  due;

    due = next_due(a, c);

    if (due != 0 && (at == 0 || due < at)) {
        return due;
    }

    c->type = end;
    c->lot_id = 0;
    c->round = 0;

    return at;
}


int64_t
auction_deadline(const auction_t *a, command_t *out)
{
    event_t    sums;
    int64_t    at, bot;
    command_t  c;

    memset(&c, 0, sizeof(c));
    memset(&sums, 0, sizeof(sums));

    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;
    c.starts_at = -1;
    c.ends_at = -1;

    switch (a->status) {

    case AUCTION_SCHEDULED:

        /* a sale that cannot begin waits for its host in the lobby */

        c.type = a->mode == MODE_TIMED && auction_ready(a).code == GAVEL_OK
                 ? CMD_START : CMD_LOBBY;
        at = a->starts_at;
        break;

    case AUCTION_LIVE:
        at = deadline_of_lots(a, &c);
        bot = bot_due(a);

        if (bot != 0 && (at == 0 || bot < at)) {
            at = bot;
            c.type = CMD_BOT;
            c.lot_id = 0;
            c.round = 0;
        }

        break;

    case AUCTION_ENDING:
        at = deadline_of_end(a, &c, CMD_END, ending_until(a));
        break;

    case AUCTION_ENDED:
        at = deadline_of_end(a, &c, CMD_SETTLE,
                             a->rules.settle_ms >= 0
                             && auction_sums(a, &sums) ? settled_at(a) : 0);
        break;

    default:
        at = 0;
        break;
    }

    if (at != 0 && out != NULL) {
        c.at = at;
        *out = c;
    }

    return at;
}
