/* needs: engine times */

/*
 * rounds: what comes next when the block is empty: turns, cycles of what went
 * unsold, the reverse round, the rest for the last team, points for the
 * broke, and what the host assigns.
 */

#include "tap.h"
#include "world.h"


/* What the clock does next, at its time; its first event's type, or 0. */

static int
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

static int
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


static lot_t *
block(world_t *w)
{
    return w->a->current != 0 ? &auction_lots(w->a)[w->a->current - 1] : NULL;
}


static gavel_code_t
nominate(world_t *w, int64_t who, int64_t lot)
{
    command_t  c;

    c = command(w, CMD_NOMINATE, who);
    c.lot_id = lot;

    return give(w, &c);
}


static gavel_code_t
assign(world_t *w, int64_t lot, int64_t team, int64_t price)
{
    command_t  c;

    c = command(w, CMD_LOT_ASSIGN, OWNER);
    c.lot_id = lot;
    c.team_id = team;
    c.amount = price;

    return give(w, &c);
}


static gavel_code_t
suspend(world_t *w, int64_t team, int64_t on)
{
    command_t  c;

    c = command(w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = team;
    c.amount = on;

    return give(w, &c);
}


static void
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


static int64_t
lot_id(world_t *w, int n)
{
    return auction_lots(w->a)[n - 1].id;
}


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


static void
cycles(void)
{
    world_t   w;
    event_t   e;
    int64_t   start;

    draft_of(&w, "{\"cycles\":2,\"auto_next_ms\":1000,"
             "\"cycle_duration_ms\":5000,\"cycle_base_percent\":50}", 3,
             1000);
    (void) add_lot(&w, 4, 1);
    world_start(&w);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) tick_to(&w, EV_LOT_UNSOLD);

    memset(&e, 0, sizeof(e));
    e.type = EV_CYCLE_STARTED;
    e.epoch = 1;
    e.seq = w.a->seq + 1;
    e.ts = w.a->ts;
    e.cycle = 1;
    e.count = 2;
    is_int(evolve(&w.a, &e, w.j), -1, "no cycle while a lot waits");

    (void) tick_to(&w, EV_LOT_UNSOLD);
    is_int(w.n, 1, "the last lot of the queue does not end it");
    start = w.now;
    is_int(tick(&w), EV_CYCLE_STARTED, "the unsold come again");
    is_int(w.now, start + 1000, "after auto_next_ms");
    is_int(w.ev[0].cycle, 1, "a first time");
    is_int(w.ev[0].count, 3, "three of them");
    is_int(w.ev[1].type, EV_LOT_OPENED, "and the first opens");
    is_int(block(&w)->number, 2, "in their order");
    is_int(block(&w)->base_price, 50, "at half the price");
    is_int(block(&w)->ends_at, w.now + 5000, "on the cycle's clock");
    is_int(block(&w)->round, 2, "a new round");
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) tick(&w);
    is_int(block(&w)->number, 3, "the next");
    (void) bid(&w, LEE, 50);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    is_int(block(&w)->base_price, 1, "what was at least 1 stays so");
    (void) tick_to(&w, EV_LOT_UNSOLD);

    is_int(tick(&w), EV_CYCLE_STARTED, "a second cycle");
    is_int(w.ev[0].count, 2, "of two");
    is_int(block(&w)->base_price, 50, "half of the first price, not less");
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) tick(&w);
    is_int(block(&w)->number, 4, "each once a cycle");
    is_int(tick(&w), EV_LOT_UNSOLD, "unsold for good");
    is_int(w.n, 2, "and");
    is_int(w.ev[1].type, EV_AUCTION_ENDED, "that was all");
    is_int(w.ev[1].sold, 2, "two sold");
    is_int(w.ev[1].unsold, 2, "two not");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* without a clock */

    draft_of(&w, "{\"cycles\":1}", 1, 1000);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    is_int(w.a->status, AUCTION_LIVE, "not the end");
    is_int(auction_deadline(w.a, NULL), 0, "the host's turn");
    is_int(add_lot(&w, 1, 100), 0, "28: he comes again anyway");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the next");
    is_int(w.ev[0].type, EV_CYCLE_STARTED, "is the cycle");
    is_int(w.ev[1].type, EV_LOT_OPENED, "and its first");
    is_int(tick(&w), EV_LOT_UNSOLD, "unsold again");
    is_int(w.a->status, AUCTION_ENDED, "the end");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* goods come again, too */

    world_open(&w, MODE_LIVE, "{\"cycles\":1,\"auto_next_ms\":0,"
               "\"auto_end\":true}");
    (void) add_lot(&w, 1, 100);
    world_start(&w);
    ok(tick_to(&w, EV_CYCLE_STARTED), "a cycle in a live sale");
    ok(tick_to(&w, EV_AUCTION_ENDED), "and its end");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
reverse(void)
{
    world_t   w;
    lot_t    *lot;

    draft_of(&w, "{\"cycles\":1,\"reverse_bonus\":300,\"auto_next_ms\":0}",
             3, 100);
    world_start(&w);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    ok(tick_to(&w, EV_CYCLE_STARTED), "two went unsold");
    lot = block(&w);
    is_int(lot->base_price, 0, "in the reverse round the base price is 0");
    is_int(lot->bonus, 300, "and there is a bonus");
    is_int(purse_available(team_find(w.a, 101)), 0, "who has no points");
    is_int(max_possible_bid(w.a, team_find(w.a, 101), lot), 300,
           "may give up all of it");
    is_int(bid(&w, KIM, 10), GAVEL_OK, "and bids");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held");
    is_int(bid(&w, LEE, 290), GAVEL_OK, "a higher one");
    is_int(lot_min_next(w.a, lot), 300, "the least is never above it");
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(w.ev[0].bonus, 300, "told with the sale");
    is_int(team_find(w.a, 102)->budget, 110, "paid the rest of the bonus");
    is_int(team_find(w.a, 102)->spent, 0, "nothing spent");
    is_int(team_find(w.a, 102)->roster, 1, "and the player");
    is_int(host(&w, CMD_LOT_REOPEN), GAVEL_OK, "undone");
    is_int(team_find(w.a, 102)->budget, 100, "24: to the point");
    is_int(bid(&w, PARK, 300), GAVEL_OK, "all of it");
    is_int(w.n, 2, "sells at once");
    is_int(w.ev[1].type, EV_LOT_SOLD, "sold");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* dfbd9170: never while another team can still bid. */

static void
filling(void)
{
    world_t   w;
    event_t   e;

    draft_of(&w, "{\"auto_fill\":true,\"auto_next_ms\":0,\"roster_max\":2}",
             8, 1000);
    world_start(&w);
    (void) tick(&w);                                         /* 1: unsold */
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);                                /* 2: Kim */
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);                                /* 3: Kim */
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    (void) bid(&w, LEE, 100);                                /* 4: Lee */
    (void) tick_to(&w, EV_LOT_SOLD);

    memset(&e, 0, sizeof(e));
    e.type = EV_LOT_ASSIGNED;
    e.epoch = 1;
    e.seq = w.a->seq + 1;
    e.ts = w.a->ts;
    e.lot_id = lot_id(&w, 5);
    e.team_id = 103;
    e.how = HOW_AUTO;
    is_int(evolve(&w.a, &e, w.j), -1, "not while Lee can still bid");

    is_int(tick(&w), EV_LOT_OPENED, "two have room: the next lot");
    (void) bid(&w, LEE, 100);                                /* 5: Lee */
    (void) tick_to(&w, EV_LOT_SOLD);

    is_int(tick(&w), EV_LOT_ASSIGNED, "one has room: it takes the rest");
    is_int(w.n, 3, "up to its slots");
    is_int(w.ev[0].lot_id, lot_id(&w, 6), "from the queue");
    is_int(w.ev[1].team_id, 103, "Park");
    is_int(w.ev[1].price, 0, "for nothing");
    is_int(w.ev[2].type, EV_AUCTION_ENDED, "and that is the end");
    is_int(w.ev[2].unsold, 1, "one went unsold");
    is_int(team_find(w.a, 103)->roster, 2, "full");
    is_int(team_find(w.a, 103)->spent, 0, "and has not paid");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* from the unsold, by the host, and not to a suspended team */

    draft_of(&w, "{\"auto_fill\":true,\"roster_max\":1}", 3, 1000);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, LEE, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    is_int(w.a->status, AUCTION_LIVE, "one is left for Park");
    (void) suspend(&w, 103, 1);
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "who is suspended");
    is_int(w.a->status, AUCTION_ENDED, "nothing more happens");
    is_int(team_find(w.a, 103)->roster, 0, "for him");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"auto_fill\":true,\"roster_max\":1}", 3, 1000);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) assign(&w, lot_id(&w, 2), 101, 0);
    (void) assign(&w, lot_id(&w, 3), 102, 0);
    is_int(w.a->status, AUCTION_LIVE, "the last of the queue is given away");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the host goes on");
    is_int(w.ev[0].type, EV_LOT_ASSIGNED, "and Park");
    is_int(w.ev[0].lot_id, lot_id(&w, 1), "gets the unsold one");
    is_int(w.a->status, AUCTION_ENDED, "the end");
    is_int(w.a->broke, 0, "no bonus");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
broke(void)
{
    world_t   w;
    event_t   e;

    draft_of(&w, "{\"broke\":\"bonus\",\"broke_bonus\":500,"
             "\"auto_next_ms\":0,\"cycles\":1}", 6, 100);
    world_start(&w);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    (void) bid(&w, LEE, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    is_int(tick(&w), EV_LOT_OPENED, "Park can still bid");

    memset(&e, 0, sizeof(e));
    e.type = EV_POINTS_GRANTED;
    e.epoch = 1;
    e.seq = w.a->seq + 1;
    e.ts = w.a->ts;
    e.team_id = 101;
    e.amount = 500;
    e.balance = 500;
    e.how = HOW_BROKE;
    is_int(evolve(&w.a, &e, w.j), -1, "so nobody gets points");

    (void) bid(&w, PARK, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    e = w.ev[0];
    is_int(tick(&w), EV_POINTS_GRANTED, "now everyone is broke");
    is_int(w.n, 4, "three grants, then");
    is_int(w.ev[3].type, EV_LOT_OPENED, "the next lot");
    is_int(w.ev[1].how, HOW_BROKE, "how");
    is_int(team_find(w.a, 102)->budget, 600, "500 more");
    (void) bid(&w, KIM, 500);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    (void) bid(&w, LEE, 500);
    (void) tick_to(&w, EV_LOT_SOLD);
    (void) tick(&w);
    (void) bid(&w, PARK, 450);
    (void) tick_to(&w, EV_LOT_SOLD);
    is_int(w.a->status, AUCTION_ENDED, "sold out");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"broke\":\"bonus\",\"broke_bonus\":5,"
             "\"auto_next_ms\":0,\"cycles\":1}", 3, 50);
    world_start(&w);
    is_int(tick(&w), EV_POINTS_GRANTED, "broke from the start");
    ok(tick_to(&w, EV_LOT_UNSOLD), "it was not enough");
    is_int(tick(&w), EV_LOT_OPENED, "once a cycle");
    ok(tick_to(&w, EV_POINTS_GRANTED), "and again");
    is_int(w.n, 5, "as the cycle begins");
    is_int(w.ev[0].type, EV_CYCLE_STARTED, "but once in it");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"broke\":\"assign\",\"auto_next_ms\":0,"
             "\"roster_max\":3}", 5, 50);
    world_start(&w);
    is_int(tick(&w), EV_LOT_ASSIGNED, "dealt out");
    is_int(w.n, 6, "all five, then the end");
    is_int(w.ev[0].team_id, 101, "by seat");
    is_int(w.ev[2].team_id, 103, "one each");
    is_int(w.ev[3].team_id, 101, "and from the first again");
    is_int(w.ev[5].type, EV_AUCTION_ENDED, "the end");
    is_int(w.ev[5].unsold, 0, "nobody is left");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* with roster_min the points that were kept back come free again */

    world_open(&w, MODE_TEAM_DRAFT, "{\"broke\":\"assign\","
               "\"auto_next_ms\":0,\"roster_min\":2,\"roster_max\":3,"
               "\"min_price\":60}");
    (void) add_team(&w, 101, KIM, 120);
    (void) add_team(&w, 102, LEE, 120);
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    (void) add_lot(&w, 3, 100);
    (void) add_lot(&w, 4, 100);
    world_start(&w);
    is_int(tick(&w), EV_LOT_ASSIGNED, "nobody can pay 100");
    is_int(w.n, 1, "but with one player Kim can: no more is dealt");
    is_int(tick(&w), EV_LOT_OPENED, "and the auction goes on");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "with his bid");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
assignment(void)
{
    world_t    w;
    rules_t    rules;
    command_t  c;

    draft_of(&w, "{\"roster_min\":2,\"roster_max\":3,\"min_price\":100,"
             "\"auto_next_ms\":0}", 8, 300);
    is_int(assign(&w, lot_id(&w, 1), 101, 250), GAVEL_reserve_violation,
           "T-33: a captain too dear for the rest of the roster");
    is_int(w.r.max_bid, 200, "which is told");
    is_int(assign(&w, lot_id(&w, 1), 101, 301), GAVEL_budget_exceeded,
           "more than there is");
    is_int(assign(&w, lot_id(&w, 1), 101, -1), GAVEL_invalid_amount, "less");
    is_int(assign(&w, lot_id(&w, 1), 104, 1), GAVEL_not_found, "no team");
    is_int(assign(&w, 4711, 101, 1), GAVEL_not_found, "no lot");
    is_int(assign(&w, lot_id(&w, 1), 101, 150), GAVEL_OK, "a captain");
    is_int(w.ev[0].how, HOW_PRE, "before the start");
    is_int(team_find(w.a, 101)->spent, 150, "at the declared price");
    is_int(team_find(w.a, 101)->roster, 1, "on the roster");
    is_int(assign(&w, lot_id(&w, 1), 102, 1), GAVEL_illegal_transition,
           "once");
    is_int(add_lot(&w, 1, 100), 0, "28: nor as another lot");
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 101;
    is_int(give(&w, &c), GAVEL_illegal_transition,
           "a team with players stays");
    (void) suspend(&w, 102, 1);
    is_int(assign(&w, lot_id(&w, 2), 102, 1), GAVEL_team_suspended,
           "not to a suspended team");
    (void) suspend(&w, 102, 0);

    world_start(&w);
    (void) tick(&w);
    is_int(block(&w)->number, 2, "the captain is not called");
    is_int(assign(&w, lot_id(&w, 2), 103, 100), GAVEL_illegal_transition,
           "nor given what is on the block");
    (void) tick_to(&w, EV_LOT_UNSOLD);
    is_int(assign(&w, lot_id(&w, 2), 103, 100), GAVEL_OK,
           "unsold: by hand");
    is_int(w.ev[0].how, HOW_ASSIGN, "how");
    is_int(assign(&w, lot_id(&w, 3), 103, 0), GAVEL_OK, "from the queue");
    is_int(assign(&w, lot_id(&w, 4), 103, 0), GAVEL_OK, "the third");
    is_int(assign(&w, lot_id(&w, 5), 103, 0), GAVEL_roster_full, "full");
    is_int(host(&w, CMD_END), GAVEL_OK, "ended");
    is_int(assign(&w, lot_id(&w, 5), 102, 10), GAVEL_OK, "and still by hand");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* what was given comes back, unless that leaves a roster impossible */

    draft_of(&w, "{\"roster_min\":1,\"min_price\":100}", 6, 100);
    (void) assign(&w, lot_id(&w, 1), 101, 0);
    world_start(&w);
    (void) assign(&w, lot_id(&w, 2), 101, 50);
    c = command(&w, CMD_LOT_REQUEUE, OWNER);
    c.lot_id = lot_id(&w, 1);
    is_int(give(&w, &c), GAVEL_OK, "back to the pool");
    is_int(team_find(w.a, 101)->roster, 1, "with one player left");
    c.lot_id = lot_id(&w, 2);
    is_int(give(&w, &c), GAVEL_OK, "the other");
    is_int(team_find(w.a, 101)->spent, 0, "and its price");
    (void) assign(&w, lot_id(&w, 1), 102, 0);
    (void) assign(&w, lot_id(&w, 2), 102, 50);
    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 102;
    c.amount = -40;
    is_int(give(&w, &c), GAVEL_OK, "points are taken");
    c = command(&w, CMD_LOT_REQUEUE, OWNER);
    c.lot_id = lot_id(&w, 2);
    is_int(give(&w, &c), GAVEL_OK, "one goes back");
    c.lot_id = lot_id(&w, 1);
    is_int(give(&w, &c), GAVEL_reserve_violation, "T-33: the other cannot");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* handicaps, bots, and captains count for what a team needs */

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":2,\"roster_max\":3,"
               "\"min_price\":100}");
    (void) add_team(&w, 101, KIM, 150);
    (void) add_team(&w, 102, NOBODY, 900);
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    (void) add_lot(&w, 3, 100);
    (void) add_lot(&w, 4, 100);
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "150 for two at 100");
    is_int(assign(&w, lot_id(&w, 1), 101, 0), GAVEL_OK, "a captain");
    is_int(host(&w, CMD_START), GAVEL_not_ready, "a team has no leader");
    c = command(&w, CMD_UPDATE, OWNER);
    rules = w.a->rules;
    rules.rehearsal = 1;
    rules.bots = 1;
    c.rules = &rules;
    is_int(give(&w, &c), GAVEL_OK, "a rehearsal");
    is_int(host(&w, CMD_START), GAVEL_OK, "has bots for that");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    snake();
    straight();
    callers();
    cycles();
    reverse();
    filling();
    broke();
    assignment();

    return done_testing();
}
