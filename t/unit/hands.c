/* needs: engine times */

/*
 * hands: what the host may do with a lot that is on the block, or was.
 */

#include "tap.h"
#include "world.h"


static int
lot_command(world_t *w, command_type_t type, int64_t lot_id, int64_t amount)
{
    command_t  c;

    c = command(w, type, OWNER);
    c.lot_id = lot_id;
    c.amount = amount;

    return give(w, &c);
}


static team_t *
team(world_t *w, int64_t id)
{
    return team_find(w->a, id);
}


/* What viewers see of it: the lot that an undo would take. */

static int64_t
undoable(world_t *w)
{
    char        *text, *at;
    size_t       len;
    long long    id;

    len = state_text(w->a, NULL, 0);
    text = malloc(len + 1);
    len = state_text(w->a, text, len);
    text[len] = '\0';
    at = strstr(text, "\"undo_lot_id\":");
    id = at == NULL ? -1 : strtoll(at + strlen("\"undo_lot_id\":"), NULL, 10);
    free(text);

    return id;
}


/* X-11, T-33, invariant 24: what the hammer did is taken back to the point. */

static void
undo_sale(void)
{
    int64_t    lot;
    world_t    w;
    command_t  c;

    lot = world_draft(&w, NULL);

    is_int(bid(&w, KIM, 150), GAVEL_OK, "a bid");
    is_int(team(&w, 101)->held, 150, "is held");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 0, 0), GAVEL_illegal_transition,
           "an open lot needs no undo");
    is_int(undoable(&w), 0, "and viewers see that");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(undoable(&w), lot, "which may be undone");
    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "paused");
    is_int(undoable(&w), lot, "as soon as it goes on");
    is_int(host(&w, CMD_RESUME), GAVEL_OK, "it does");
    is_int(team(&w, 101)->spent, 150, "paid");
    is_int(team(&w, 101)->roster, 1, "on the roster");
    is_int(lot_command(&w, CMD_LOT_REOPEN, auction_lots(w.a)[1].id, 0),
           GAVEL_illegal_transition, "another lot was not closed");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 12345, 0), GAVEL_not_found,
           "no such lot");

    w.now += 3000;
    c = command(&w, CMD_LOT_REOPEN, OWNER);
    c.lot_id = lot;
    c.ms = 20000;
    is_int(give(&w, &c), GAVEL_OK, "undo");
    is_int(w.ev[0].type, EV_LOT_REOPENED, "told");
    is_int(w.ev[0].ends_at, w.now + 20000, "with so much time");
    is_int(team(&w, 101)->spent, 0, "points are back");
    is_int(team(&w, 101)->held, 150, "and held");
    is_int(team(&w, 101)->roster, 0, "the roster too");
    is_int(team(&w, 101)->leads, 1, "the bid leads again");
    is_int(bid(&w, KIM, 200), GAVEL_already_leading, "as before");
    is_int(bid(&w, LEE, 160), GAVEL_OK, "and can be beaten");
    is_int(team(&w, 101)->held, 0, "released once");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold again");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the next lot");
    is_int(lot_command(&w, CMD_LOT_REOPEN, lot, 0), GAVEL_illegal_transition,
           "T-33: too late for an undo");
    is_int(undoable(&w), 0, "which viewers see");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "no bid: unsold");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 0, 0), GAVEL_OK, "undo that");
    is_int(w.a->current, 2, "on the block again");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "unsold after all");
    is_int(lot_command(&w, CMD_LOT_REQUEUE, auction_lots(w.a)[1].id, 0),
           GAVEL_OK, "to the queue");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 0, 0), GAVEL_illegal_transition,
           "T-33: no undo after the lot was touched");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


static void
queue(void)
{
    lot_t    *lots;
    world_t   w;

    (void) world_draft(&w, NULL);
    lots = auction_lots(w.a);

    is_int(lot_command(&w, CMD_LOT_REQUEUE, lots[0].id, 0),
           GAVEL_illegal_transition, "an open lot stays");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "unsold");
    lots = auction_lots(w.a);
    is_int(lot_command(&w, CMD_LOT_REQUEUE, lots[0].id, 0), GAVEL_OK,
           "requeued");
    lots = auction_lots(w.a);
    is_int(lots[0].status, LOT_QUEUED, "it waits");
    is_int(lots[0].position, 3, "behind the others");
    is_int(lots[1].position, 1, "which move up");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "open");
    is_int(w.ev[0].lot_id, auction_lots(w.a)[1].id, "the second");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "bid");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(lot_command(&w, CMD_LOT_REQUEUE, auction_lots(w.a)[1].id, 0),
           GAVEL_illegal_transition, "what is sold is undone, not requeued");
    is_int(lot_command(&w, CMD_LOT_REQUEUE, 1, 0), GAVEL_not_found,
           "no such lot");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


static void
pass_ask_warn(void)
{
    int64_t  lot;
    world_t  w;

    lot = world_draft(&w, NULL);

    is_int(lot_command(&w, CMD_LOT_ASK, 0, 40), GAVEL_OK, "a lower base");
    is_int(w.ev[0].min_next, 40, "is the next price");
    is_int(bid(&w, KIM, 30), GAVEL_below_base, "not less");
    is_int(w.r.min_next, 40, "says it");
    is_int(lot_command(&w, CMD_LOT_WARN, lot, 0), GAVEL_OK, "going once");
    is_int(w.ev[0].count, 1, "once");
    is_int(lot_command(&w, CMD_LOT_WARN, lot, 0), GAVEL_OK, "going twice");
    is_int(w.ev[0].count, 2, "twice");
    is_int(bid(&w, KIM, 40), GAVEL_OK, "stands");
    is_int(auction_lots(w.a)[0].warned, 0, "a bid ends the warnings");
    is_int(lot_command(&w, CMD_LOT_ASK, 0, 40), GAVEL_too_low,
           "not what is bid");
    is_int(lot_command(&w, CMD_LOT_ASK, 0, -1), GAVEL_invalid_amount,
           "not a price");
    is_int(lot_command(&w, CMD_LOT_PASS, lot, 0), GAVEL_OK, "passed");
    is_int(w.ev[0].type, EV_LOT_UNSOLD, "no sale");
    is_int(team(&w, 101)->held, 0, "points are free");
    is_int(team(&w, 101)->leads, 0, "nobody leads");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 0, 0), GAVEL_OK, "undo");
    is_int(team(&w, 101)->held, 40, "held as before");
    is_int(auction_lots(w.a)[0].leader, KIM, "he leads as before");
    is_int(lot_command(&w, CMD_LOT_PASS, 77, 0), GAVEL_not_found,
           "no such lot");
    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "paused");
    is_int(lot_command(&w, CMD_LOT_PASS, lot, 0), GAVEL_illegal_transition,
           "nothing while it is paused");
    is_int(lot_command(&w, CMD_LOT_WARN, lot, 0), GAVEL_illegal_transition,
           "no warning");
    is_int(lot_command(&w, CMD_LOT_ASK, lot, 90), GAVEL_illegal_transition,
           "no price");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


/* K-06: an end without award; the host hammers, or the rules do in time. */

static void
soft_end(void)
{
    int64_t    lot;
    world_t    w;
    command_t  c;

    lot = world_draft(&w, "{\"roster_min\":0}");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "a bid");

    c = command(&w, CMD_END, OWNER);
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "soft end");
    is_int(w.a->status, AUCTION_ENDING, "ending");
    is_int(bid(&w, LEE, 200), GAVEL_lot_not_open, "nobody bids any more");
    is_int(lot_command(&w, CMD_LOT_EXTEND, lot, 0), GAVEL_illegal_transition,
           "nothing is extended");
    is_int(auction_deadline(w.a, &c), w.now + 600000, "ten minutes");
    w.now += 599999;
    c.at = w.now;
    is_int(give(&w, &c), GAVEL_illegal_transition, "not early");
    is_int(lot_command(&w, CMD_LOT_HAMMER, lot, 0), GAVEL_OK, "awarded");
    is_int(w.n, 2, "and that was the last");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    is_int(team(&w, 101)->spent, 100, "paid");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);

    (void) world_draft(&w, "{\"roster_min\":0,\"award_wait_ms\":5000}");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "a bid");
    c = command(&w, CMD_END, OWNER);
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "soft end");
    w.now = auction_deadline(w.a, &c);
    is_int(give(&w, &c), GAVEL_OK, "no award in time");
    is_int(w.a->status, AUCTION_ENDED, "ended by the rules");
    is_int(team(&w, 101)->roster, 1, "to who led");

    is_int(auction_deadline(w.a, &c), w.now + 600000, "settled later");
    is_int(c.type, CMD_SETTLE, "by the clock");
    w.now += 599999;
    c.at = w.now;
    is_int(give(&w, &c), GAVEL_illegal_transition, "not early");
    w.now++;
    is_int(give(&w, &c), GAVEL_OK, "settled");
    is_int(w.ev[0].amount, 100, "for so much in all");
    is_int(w.a->status, AUCTION_SETTLED, "and final");
    is_int(auction_deadline(w.a, &c), 0, "nothing comes any more");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


static void
terms(void)
{
    int        i;
    world_t    w;
    command_t  c;

    static const struct {
        int64_t  base, reserve, buy_now, ceiling, quantity, pot;
        int      code;
    } rows[] = {
        { 100, 500, 900, 0, 0, 0, GAVEL_OK },
        { 100, 100, 0, 0, 0, 0, GAVEL_invalid_params },
        { 100, 0, 100, 0, 0, 0, GAVEL_invalid_params },
        { 100, 500, 499, 0, 0, 0, GAVEL_invalid_params },
        { 100, 0, 0, 99, 0, 0, GAVEL_invalid_params },
        { 100, 0, 0, 100, 0, 0, GAVEL_OK },
        { 100, 0, 0, 0, 10000, 0, GAVEL_OK },
        { 100, 0, 0, 0, 10001, 0, GAVEL_invalid_params },
        { 100, 0, 0, 0, 1, 1000, GAVEL_OK },
        { 100, 0, 0, 0, 1, 1001, GAVEL_invalid_params },
        { 100, ENGINE_MAX_AMOUNT, ENGINE_MAX_AMOUNT, 0, 0, 0, GAVEL_OK },
        { 100, ENGINE_MAX_AMOUNT + 1, 0, 0, 0, 0, GAVEL_invalid_params },
        { 100, -2, 0, 0, 0, 0, GAVEL_invalid_params },
        { -2, 0, 0, 0, 0, 0, GAVEL_invalid_amount },
    };

    world_open(&w, MODE_LIVE, NULL);

    for (i = 0; i < (int) (sizeof(rows) / sizeof(rows[0])); i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = i + 1;
        c.base_price = rows[i].base;
        c.reserve = rows[i].reserve;
        c.buy_now = rows[i].buy_now;
        c.ceiling = rows[i].ceiling;
        c.quantity = rows[i].quantity;
        c.pot = rows[i].pot;
        is_int(give(&w, &c), rows[i].code, "terms of a lot");
    }

    c = command(&w, CMD_LOT_CHANGE, OWNER);
    c.lot_id = auction_lots(w.a)[0].id;
    c.reserve = 600;
    c.has_role = 1;
    c.role_len = 3;
    memcpy(c.role, "top", 3);
    is_int(give(&w, &c), GAVEL_OK, "changed");
    is_int(auction_lots(w.a)[0].reserve, 600, "what was named");
    is_int(auction_lots(w.a)[0].buy_now, 900, "what was not is as it was");
    is_str(auction_lots(w.a)[0].role, "top", "a position");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


/* Where lots are sold side by side the next unit opens at once; a price that
 * is asked for never takes the lot. */

static void
side_by_side(void)
{
    int64_t    lot;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TIMED, NULL);
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.quantity = 2;
    c.buy_now = 900;
    is_int(give(&w, &c), GAVEL_OK, "two units");
    lot = w.ev[0].lot_id;
    world_start(&w);

    is_int(lot_command(&w, CMD_LOT_ASK, lot, 900), GAVEL_invalid_amount,
           "what is asked takes no lot");
    is_int(bid_on(&w, lot, KIM, 100), GAVEL_OK, "a bid");
    is_int(lot_command(&w, CMD_LOT_HAMMER, lot, 0), GAVEL_OK, "sold");
    is_int(w.n, 3, "and the next unit is open");
    is_int(auction_lots(w.a)[0].status, LOT_OPEN, "at once");
    is_int(auction_lots(w.a)[0].round, 2, "as a round of its own");
    is_int(lot_command(&w, CMD_LOT_REOPEN, 0, 0), GAVEL_illegal_transition,
           "which ends the undo");
    is_int(lot_command(&w, CMD_LOT_HAMMER, lot, 0), GAVEL_OK, "nobody bids");
    is_int(w.a->status, AUCTION_ENDED, "the sale ends");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


int
main(void)
{
    undo_sale();
    queue();
    pass_ask_warn();
    soft_end();
    terms();
    side_by_side();

    return done_testing();
}
