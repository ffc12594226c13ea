/* needs: engine times */

/*
 * turns: teams call players in turn, straight or in a snake.
 */

#include "tap.h"
#include "table.h"


static const int64_t  leader[] = { 0, KIM, LEE, PARK };


static void
snake(void)
{
    world_t    w;
    event_t    e;
    int        i;
    command_t  c;
    int64_t    until;
    static const int64_t  teams[] = { 101, 102, 103, 103, 102, 101, 101 };

    draft_of(&w, "{\"nomination\":\"snake\",\"nomination_ms\":20000,"
             "\"auto_next_ms\":3000,\"nominator_bids\":true}", 9, 1000);
    world_start(&w);
    is_int(nominate(&w, KIM, lot_id(&w, 3)), GAVEL_illegal_transition,
           "nobody's turn yet");
    is_int(tick(&w), EV_TURN_STARTED, "the first turn");
    is_int(w.now, w.a->started_at + 3000, "after auto_next_ms");
    is_int(w.ev[0].until, w.now + 20000, "with its time");

    e = w.ev[0];
    e.seq++;
    is_int(evolve(&w.a, &e, w.j), -1, "one turn at a time");

    is_int(nominate(&w, LEE, lot_id(&w, 3)), GAVEL_not_authorized,
           "it is Kim's turn");
    is_int(nominate(&w, STRANGER, lot_id(&w, 3)), GAVEL_not_authorized,
           "a stranger");
    is_int(nominate(&w, KIM, 4711), GAVEL_not_found, "no such player");
    (void) host(&w, CMD_PAUSE);
    until = w.a->turn_ends_at;
    is_int(nominate(&w, KIM, lot_id(&w, 3)), GAVEL_auction_paused, "paused");
    is_int(auction_deadline(w.a, NULL), 0, "pause is total");
    w.now += 12345;
    (void) host(&w, CMD_RESUME);
    is_int(w.a->turn_ends_at, until + 12345, "29: the turn's time came back");
    c = server(&w, CMD_RECOVER);
    c.ms = 700;
    is_int(give(&w, &c), GAVEL_OK, "an outage");
    is_int(w.a->turn_ends_at, until + 13045, "gives it back, too");
    is_int(auction_first_end(w.a), until + 13045, "it is one that counts");

    is_int(nominate(&w, KIM, lot_id(&w, 3)), GAVEL_OK, "Kim calls a player");
    is_int(w.n, 2, "and in the same decision");
    is_int(w.ev[1].type, EV_BID_ACCEPTED, "bids");
    is_int(w.ev[1].amount, 100, "the base price");
    is_int(w.ev[0].actor, KIM, "the nomination answers");
    is_int(block(&w)->leader, KIM, "he leads");
    is_int(w.a->on_turn, 0, "the turn is over");

    for (i = 1; i < 7; i++) {
        ok(tick_to(&w, EV_TURN_STARTED), "the next turn");
        is_int(w.ev[w.n - 1].team_id, teams[i], "there and back");
        is_int(w.ev[w.n - 1].number, i + 1, "its number");
        is_int(nominate(&w, i == 3 ? OWNER : leader[teams[i] - 100],
                        lot_id(&w, i == 6 ? 9 : i < 3 ? i : i + 1)),
               GAVEL_OK, "called");
        is_int(block(&w)->leader_team, teams[i], "for the team on turn");
    }
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
straight(void)
{
    world_t    w;
    int        i;
    int64_t    until;
    command_t  c;
    static const int64_t  teams[] = { 101, 102, 103, 101, 102, 103, 101 };

    draft_of(&w, "{\"nomination\":\"straight\",\"nomination_ms\":20000,"
             "\"auto_next_ms\":0}", 9, 1000);
    world_start(&w);

    for (i = 0; i < 7; i++) {
        ok(tick_to(&w, EV_TURN_STARTED), "a turn");
        is_int(w.ev[0].team_id, teams[i], "1, 2, 3, 1, 2, 3");
        until = w.a->turn_ends_at;
        w.now = until;
        is_int(nominate(&w, leader[teams[i] - 100], lot_id(&w, 9)),
               GAVEL_after_end, "too late");
        is_int(tick(&w), EV_LOT_OPENED, "the clock calls for him");
        is_int(w.now, until, "at its end");
        is_int(block(&w)->number, i + 1, "the queue's next");
        is_int(block(&w)->leader, NOBODY, "without a bid");
    }
    ok(!w.broken, "evolved");
    world_close(&w);

    /* who cannot call is passed over */

    draft_of(&w, "{\"nomination\":\"straight\",\"auto_next_ms\":0,"
             "\"roster_max\":1}", 9, 1000);
    world_start(&w);
    (void) tick(&w);
    is_int(auction_deadline(w.a, NULL), 0, "no limit of time");
    (void) nominate(&w, KIM, lot_id(&w, 1));
    (void) bid(&w, LEE, 100);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) tick(&w);
    is_int(w.ev[0].team_id, 103, "Lee is full: Park");
    (void) suspend(&w, 103, 1);
    is_int(nominate(&w, PARK, lot_id(&w, 2)), GAVEL_team_suspended, "not he");
    is_int(tick(&w), EV_TURN_STARTED, "suspended: the next at once");
    is_int(w.ev[0].team_id, 101, "Kim");

    /* a host without a clock */

    c = command(&w, CMD_LOT_OPEN, OWNER);
    is_int(give(&w, &c), GAVEL_OK, "the host opens for him");
    is_int(w.ev[0].type, EV_LOT_OPENED, "the queue's next");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
callers(void)
{
    world_t  w;

    draft_of(&w, "{\"nomination\":\"straight\",\"nominator_bids\":true,"
             "\"auto_next_ms\":0,\"min_price\":1}", 3, 150);
    world_start(&w);
    (void) tick(&w);
    (void) nominate(&w, KIM, lot_id(&w, 1));
    (void) host(&w, CMD_LOT_HAMMER);
    (void) tick(&w);
    (void) nominate(&w, LEE, lot_id(&w, 2));
    (void) bid(&w, PARK, 110);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) tick(&w);
    is_int(w.ev[0].team_id, 102, "who has no points for any is passed over");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"nomination\":\"straight\",\"nominator_bids\":true,"
             "\"auto_next_ms\":0,\"min_price\":1}", 2, 150);
    (void) add_lot(&w, 3, 200);
    world_start(&w);
    (void) tick(&w);
    is_int(nominate(&w, KIM, lot_id(&w, 3)), GAVEL_budget_exceeded,
           "a player whom he cannot pay");
    is_int(w.a->current, 0, "does not open");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"nomination\":\"straight\"}", 3, 150);
    world_start(&w);
    is_int(auction_deadline(w.a, NULL), 0, "no clock");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the host starts the turn");
    is_int(w.ev[0].type, EV_TURN_STARTED, "of the first team");
    (void) nominate(&w, KIM, lot_id(&w, 2));
    (void) bid(&w, LEE, 100);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.a->on_turn, 2, "Lee's turn");
    is_int(host(&w, CMD_LOT_REOPEN), GAVEL_OK, "undo");
    is_int(w.a->on_turn, 0, "takes it back");
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.a->on_turn, 2, "and he gets it again");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    snake();
    straight();
    callers();

    return done_testing();
}
