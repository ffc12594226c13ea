/* needs: engine times */

/*
 * bids: the gauntlet row by row, and what the bugs of others taught.
 */

#include "tap.h"
#include "world.h"


static void
rows_in_order(void)
{
    world_t     w;
    int64_t     lot;
    command_t   c;

    lot = world_draft(&w, "{\"roster_min\":1,\"roster_max\":2,"
                          "\"min_price\":50}");

    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "the host pauses");
    is_int(bid(&w, STRANGER, -5), GAVEL_auction_paused, "2: paused");
    is_int(host(&w, CMD_RESUME), GAVEL_OK, "the host resumes");

    is_int(bid_on(&w, lot + 1, KIM, 0), GAVEL_wrong_lot,
           "3: another lot is on the block");
    is_int(bid_on(&w, 12345, KIM, 0), GAVEL_lot_not_open, "3: no such lot");

    c = command(&w, CMD_BID, KIM);
    c.lot_id = lot;
    c.round = 2;
    c.amount = 100;
    is_int(give(&w, &c), GAVEL_wrong_lot, "3: another round");

    is_int(host(&w, CMD_LOT_HOLD), GAVEL_OK, "the host freezes the lot");
    is_int(bid(&w, KIM, 100), GAVEL_lot_not_open, "3: frozen");
    is_int(host(&w, CMD_LOT_RESUME), GAVEL_OK, "the host goes on");

    w.now = lot_find(w.a, lot)->ends_at;
    is_int(bid(&w, STRANGER, -1), GAVEL_after_end, "4: at the end is after");
    w.now = T0;

    is_int(bid(&w, NOBODY, -1), GAVEL_not_authorized, "5: a guest");
    is_int(bid(&w, STRANGER, -1), GAVEL_not_authorized,
           "5: who leads no team");
    is_int(bid(&w, OWNER, -1), GAVEL_not_authorized, "5: owner, no team");

    c = command(&w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = 101;
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "a team is suspended");
    is_int(bid(&w, KIM, -1), GAVEL_team_suspended, "5: suspended");
    c.amount = 0;
    is_int(give(&w, &c), GAVEL_OK, "and comes back");

    is_int(bid(&w, KIM, 0), GAVEL_invalid_amount, "9: zero");
    is_int(bid(&w, KIM, -10), GAVEL_invalid_amount, "9: negative");
    is_int(bid(&w, KIM, ENGINE_MAX_AMOUNT + 1), GAVEL_invalid_amount,
           "9: above 2^53-1");

    is_int(bid(&w, KIM, 99), GAVEL_below_base, "10: below the base price");
    is_int(w.r.min_next, 100, "10: says the base price");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "a first bid at the base price");
    is_int(bid(&w, KIM, -1), GAVEL_already_leading,
           "8: the leader cannot raise himself, before 9");
    is_int(bid(&w, LEE, 100), GAVEL_too_low, "10: the same again (T-05)");
    is_int(bid(&w, LEE, 109), GAVEL_too_low, "10: below the raise");
    is_int(w.r.min_next, 110, "10: says the least raise");
    is_int(bid(&w, LEE, 1001), GAVEL_budget_exceeded, "13: over the purse");
    is_int(w.r.max_bid, 1000, "13: says the most");
    is_int(bid(&w, LEE, 1000), GAVEL_OK, "14: the last required slot may "
                                         "take all");

    ok(!w.broken, "all decided events evolved");
    world_close(&w);
}


static void
reserve_and_roster(void)
{
    world_t    w;
    team_t    *t;

    (void) world_draft(&w, "{\"roster_min\":1,\"roster_max\":1,"
                           "\"min_price\":50}");

    is_int(bid(&w, KIM, 200), GAVEL_OK, "a bid");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the next lot");
    is_int(bid(&w, KIM, 100), GAVEL_roster_full, "15: the roster is full");

    t = team_find(w.a, 101);
    is_int(max_possible_bid(w.a, t, NULL), 0, "a full roster may bid 0");
    world_close(&w);

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":3,\"roster_max\":3,"
                                    "\"min_price\":50}");
    (void) add_team(&w, 101, KIM, 400);
    (void) add_team(&w, 102, LEE, 149);
    for (int i = 1; i <= 6; i++) {
        (void) add_lot(&w, i, 50);
    }
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready,
           "a team cannot afford its least roster");

    command_t  c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 102;
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "it gets a point");
    is_int(w.ev[0].balance, 150, "balance");
    is_int(host(&w, CMD_START), GAVEL_OK, "and the draft starts");
    (void) host(&w, CMD_LOT_OPEN);

    is_int(bid(&w, KIM, 301), GAVEL_reserve_violation, "14: the reserve");
    is_int(w.r.max_bid, 300, "14: available - 50 x (3 - 1)");
    is_int(bid(&w, KIM, 300), GAVEL_OK, "14: exactly the most");
    is_int(max_possible_bid(w.a, team_find(w.a, 101),
                            &auction_lots(w.a)[0]), 300,
           "its own hold on the lot counts as free for this lot");
    c.team_id = 101;
    c.amount = -1;
    is_int(give(&w, &c), GAVEL_reserve_violation,
           "points that the roster needs cannot be taken");
    c.team_id = 103;
    is_int(give(&w, &c), GAVEL_not_found, "no such team");
    ok(!w.broken, "all decided events evolved");
    world_close(&w);
}


static void
money_modes(void)
{
    world_t  w;
    int64_t  a, b;

    world_open(&w, MODE_LIVE, NULL);
    a = add_lot(&w, 1, 100);
    b = add_lot(&w, 2, 100);
    is_int(bid_on(&w, a, KIM, 100), GAVEL_not_found, "3: a draft");
    world_start(&w);
    is_int(bid(&w, KIM, 100), GAVEL_lot_not_open, "3: an empty block");
    (void) host(&w, CMD_LOT_OPEN);
    is_int(bid(&w, OWNER, 100), GAVEL_own_auction, "6: the owner");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "anybody else may");
    is_int(w.ev[0].min_next, 200, "min_next after it");

    w.now += 1000;
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "hammer");
    is_int(w.ev[0].type, EV_LOT_SOLD, "sold");
    is_int(w.ev[0].bidder, KIM, "to the leader");
    is_int(bid_on(&w, a, LEE, 200), GAVEL_after_end,
           "a bid after the sale is late (T-51)");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the second");
    ok(!w.broken && b != 0, "all decided events evolved");

    command_t  c = command(&w, CMD_BID, LEE);
    c.amount = 100;
    c.at = w.now - 1;
    is_int(give(&w, &c), GAVEL_wrong_lot,
           "a bid for `the lot' stamped before this one opened");
    world_close(&w);
}


static void
grid(void)
{
    world_t  w;

    world_open(&w, MODE_LIVE, "{\"ladder\":[[0,10],[100,25]],"
                              "\"on_grid\":true,\"clock\":"
                              "{\"preset\":\"hard\"}}");
    (void) add_lot(&w, 1, 55);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);

    is_int(bid(&w, KIM, 57), GAVEL_invalid_increment, "11: off the ladder");
    is_int(bid(&w, KIM, 55), GAVEL_OK, "the base price is always on it");
    is_int(w.ev[0].min_next, 70, "the next raise is rounded up to the grid");
    is_int(bid(&w, LEE, 65), GAVEL_too_low, "10 before 11");
    is_int(bid(&w, LEE, 75), GAVEL_invalid_increment, "11");
    is_int(bid(&w, LEE, 90), GAVEL_OK, "on the grid");
    is_int(w.ev[0].min_next, 100, "at the bound");
    is_int(bid(&w, KIM, 110), GAVEL_invalid_increment, "the next tier binds");
    is_int(bid(&w, KIM, 125), GAVEL_OK, "and this is on it");
    world_close(&w);

    world_open(&w, MODE_LIVE, "{\"strict_increment\":1,\"ladder\":10}");
    (void) add_lot(&w, 1, 100);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 100);
    is_int(bid(&w, LEE, 110), GAVEL_too_low, "strict: more than the step");
    is_int(bid(&w, LEE, 111), GAVEL_OK, "strict: one more");
    is_int(bid(&w, KIM, ENGINE_MAX_AMOUNT), GAVEL_OK, "all there is");
    is_int(w.ev[0].min_next, ENGINE_MAX_AMOUNT, "min_next stays exact");
    is_int(bid(&w, LEE, ENGINE_MAX_AMOUNT), GAVEL_too_low, "nobody tops it");
    ok(!w.broken, "all decided events evolved");
    world_close(&w);
}


static void
museum(void)
{
    int       i, won;
    size_t    len, len2;
    world_t   w;
    int64_t   lot, end;
    char      before[65536], after[65536];

    lot = world_draft(&w, NULL);

    for (i = 0, won = 0; i < 30; i++) {
        won += bid(&w, i % 3 == 0 ? KIM : i % 3 == 1 ? LEE : PARK, 100)
               == GAVEL_OK;
    }

    is_int(won, 1, "T-01, T-58: of equal bids one is accepted");
    is_int(lot_find(w.a, lot)->leader, KIM, "the first in the log");

    is_int(bid(&w, KIM, 500), GAVEL_already_leading,
           "T-03, T-50: clicks do not raise one's own bid");

    w.now = lot_find(w.a, lot)->ends_at - 1;
    end = lot_find(w.a, lot)->ends_at;
    len = state_save(w.a, before, sizeof(before));
    is_int(bid(&w, LEE, 105), GAVEL_too_low, "T-15: a refused bid");
    len2 = state_save(w.a, after, sizeof(after));
    ok(len == len2 && memcmp(before, after, len) == 0,
       "T-12, T-15: changes nothing, nor the clock");

    command_t  c = command(&w, CMD_BID, STRANGER);
    c.user_id = LEE;
    c.team_id = 102;
    c.amount = 200;
    is_int(give(&w, &c), GAVEL_not_authorized,
           "T-23: who bids is who is logged in, whatever the command names");

    is_int(bid(&w, LEE, 200), GAVEL_OK, "one ms before the end is in time");
    is_int(w.ev[0].ends_at, w.now + 8000, "T-57: the ack knows the new end");
    is_int(w.ev[0].actor, LEE, "the actor stands in the event");
    is_int(team_find(w.a, 101)->held, 0, "outbid: released");
    is_int(team_find(w.a, 102)->held, 200, "leads: held");

    w.now = end;
    is_int(close_lot(&w, lot, 1), GAVEL_illegal_transition,
           "T-38: a close that a bid has overtaken");
    w.now = lot_find(w.a, lot)->ends_at;
    is_int(close_lot(&w, lot, 2), GAVEL_illegal_transition, "not this round");
    is_int(bid(&w, KIM, 300), GAVEL_after_end, "T-08: at the end");
    is_int(close_lot(&w, lot, 1), GAVEL_OK, "T-08: the close goes on");
    is_int(w.n, 1, "one event");
    is_int(w.ev[0].how, HOW_CLOCK, "by the clock");
    is_int(close_lot(&w, lot, 1), GAVEL_illegal_transition, "T-02, T-25: "
           "again");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_lot_not_open,
           "T-25: nor by hammer");

    for (i = 0; i < 3; i++) {
        is_int(auction_teams(w.a)[i].held, 0, "T-24: nothing is held");
        is_int(auction_teams(w.a)[i].leads, 0, "nobody leads");
    }

    is_int(team_find(w.a, 102)->spent, 200, "captured is the price");
    is_int(team_find(w.a, 102)->roster, 1, "the player has joined");
    ok(!w.broken, "all decided events evolved");
    world_close(&w);
}


int
main(void)
{
    rows_in_order();
    reserve_and_roster();
    money_modes();
    grid();
    museum();

    return done_testing();
}
