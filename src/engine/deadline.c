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


/* The first of the open lots to end. */

static lot_t *
next_to_end(const auction_t *a)
{
    lot_t     *lot, *first;
    uint32_t   i;

    first = NULL;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->status == LOT_OPEN
            && (first == NULL || lot->ends_at < first->ends_at))
        {
            first = lot;
        }
    }

    return first;
}


static int64_t
deadline_of_lots(const auction_t *a, command_t *c)
{
    lot_t  *lot, *tell;

    lot = next_to_end(a);
    tell = next_to_tell(a);

    if (tell != NULL && lot_closing_at(a, tell) < lot->ends_at
        && (a->next_open_at == 0 || lot_closing_at(a, tell) <= a->next_open_at))
    {
        c->type = CMD_LOT_CLOSING;
        c->lot_id = tell->id;
        c->round = tell->round;
        return lot_closing_at(a, tell);
    }

    if (lot != NULL
        && (a->next_open_at == 0 || lot->ends_at <= a->next_open_at))
    {
        c->type = CMD_LOT_CLOSE;
        c->lot_id = lot->id;
        c->round = lot->round;
        return lot->ends_at;
    }

    /* a frozen lot keeps the block */

    if (a->status == AUCTION_LIVE && a->next_open_at != 0 && a->current == 0
        && lot_next_in_queue(a) != NULL)
    {
        c->type = CMD_LOT_OPEN;
        return a->next_open_at;
    }

    return 0;
}


int64_t
auction_deadline(const auction_t *a, command_t *out)
{
    event_t    sums;
    int64_t    at;
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
        break;

    case AUCTION_ENDING:
        c.type = CMD_END;
        at = ending_until(a);
        break;

    case AUCTION_ENDED:
        c.type = CMD_SETTLE;
        at = a->rules.settle_ms >= 0 && auction_sums(a, &sums)
             ? settled_at(a) : 0;
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
