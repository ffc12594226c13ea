/* needs: engine times */

/*
 * rounds: what comes next when the block is empty: cycles of what went unsold,
 * the reverse round, the rest for the last team, points for the broke, and
 * what the host assigns.
 */

#include "tap.h"
#include "table.h"


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


static gavel_code_t
grant(world_t *w, uint64_t team, int64_t amount)
{
    command_t  c = command(w, CMD_POINTS_GRANT, OWNER);

    c.team_id = team;
    c.amount = amount;

    return give(w, &c);
}


/* A purse never holds more than the largest amount. */

static void
rich(void)
{
    world_t   w;
    team_t   *kim;

    draft_of(&w, "{\"cycles\":1,\"reverse_bonus\":300,\"auto_next_ms\":0}",
             3, 100);
    world_start(&w);
    (void) tick_to(&w, EV_CYCLE_STARTED);
    kim = team_find(w.a, 101);
    is_int(grant(&w, 101, ENGINE_MAX_AMOUNT - kim->budget - 299), GAVEL_OK,
           "points beyond what a bonus leaves room for");
    is_int(bid(&w, KIM, 1), GAVEL_budget_exceeded, "no bonus fits any more");
    is_int(grant(&w, 101, -1), GAVEL_OK, "one point less");
    is_int(bid(&w, KIM, 1), GAVEL_OK, "and it does");
    is_int(grant(&w, 101, 1), GAVEL_invalid_amount,
           "nothing is granted that leaves no room for it");
    is_int(grant(&w, 101, -1), GAVEL_OK, "less is no matter");
    is_int(grant(&w, 101, 1), GAVEL_OK, "and back");
    is_int(bid(&w, LEE, 20), GAVEL_OK, "outbid");
    is_int(grant(&w, 101, 1), GAVEL_OK, "it is");
    (void) host(&w, CMD_LOT_HAMMER);
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


/* What cannot be, whoever says so; and what nothing follows on. */

static void
limits(void)
{
    world_t    w;
    event_t    e;
    command_t  c;

    draft_of(&w, "{\"nomination\":\"straight\",\"nominator_bids\":true,"
             "\"auto_next_ms\":0,\"auto_end\":false}", 1, 1000);
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 101;
    (void) give(&w, &c);
    (void) add_team(&w, 101, OWNER, 1000);
    c = command(&w, CMD_TEAM_MOVE, OWNER);
    c.team_id = 101;
    c.position = 1;
    (void) give(&w, &c);
    e = w.ev[0];
    e.position = 4;
    e.seq = w.a->seq + 1;
    is_int(evolve(&w.a, &e, w.j), -1, "no fourth seat of three");
    world_start(&w);
    (void) tick(&w);
    is_int(nominate(&w, OWNER, lot_id(&w, 1)), GAVEL_own_auction,
           "who would bid in his own auction cannot call");
    (void) suspend(&w, 101, 1);
    (void) tick(&w);
    is_int(nominate(&w, LEE, lot_id(&w, 1)), GAVEL_OK, "the next does");
    is_int(nominate(&w, LEE, lot_id(&w, 1)), GAVEL_illegal_transition,
           "once");
    e = w.ev[0];
    e.type = EV_LOT_FOLDED;
    e.seq = w.a->seq + 1;
    e.lot_id = lot_id(&w, 1);
    e.round = 1;
    e.team_id = 102;
    is_int(evolve(&w.a, &e, w.j), -1, "the leader does not fold");
    e.type = EV_TURN_STARTED;
    e.number = 3;
    is_int(evolve(&w.a, &e, w.j), -1, "no turn while a lot is open");
    e.type = EV_LOT_ASSIGNED;
    e.how = HOW_AUTO;
    is_int(evolve(&w.a, &e, w.j), -1, "nothing is given away meanwhile");
    e.how = HOW_CLOCK;
    is_int(evolve(&w.a, &e, w.j), -1, "nor by the clock");
    e.lot_id = 4711;
    is_int(evolve(&w.a, &e, w.j), -1, "nor what there is not");
    (void) tick_to(&w, EV_LOT_SOLD);
    is_int(auction_deadline(w.a, NULL), 0, "sold out, and the host ends it");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition, "nothing left");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
edges(void)
{
    int        i;
    world_t    w;
    command_t  c;

    /* not more points than there can be */

    draft_of(&w, "{\"broke\":\"bonus\",\"broke_bonus\":10,\"min_price\":0,"
             "\"auto_next_ms\":0}", 2, 50);
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 103;
    (void) give(&w, &c);
    c.team_id = 102;
    (void) give(&w, &c);
    (void) add_team(&w, 102, LEE, ENGINE_MAX_AMOUNT);
    (void) assign(&w, lot_id(&w, 1), 102, ENGINE_MAX_AMOUNT);
    world_start(&w);
    is_int(tick(&w), EV_LOT_OPENED, "a bonus that does not fit is not paid");
    ok(!w.broken, "evolved");
    world_close(&w);

    draft_of(&w, "{\"broke\":\"bonus\",\"broke_bonus\":10,"
             "\"auto_next_ms\":0}", 2, 50);
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 101;
    (void) give(&w, &c);
    world_start(&w);
    is_int(tick(&w), EV_POINTS_GRANTED, "who has left");
    is_int(w.n, 3, "gets none");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* many are dealt in parts */

    world_open(&w, MODE_TEAM_DRAFT, "{\"broke\":\"assign\","
               "\"auto_next_ms\":0,\"roster_max\":200}");
    (void) add_team(&w, 101, KIM, 5);
    (void) add_team(&w, 102, LEE, 5);
    for (i = 1; i <= 300; i++) {
        (void) add_lot(&w, i, 10);
    }
    world_start(&w);
    is_int(tick(&w), EV_LOT_ASSIGNED, "300 players");
    is_int(w.n, 256, "many at once");
    is_int(tick(&w), EV_LOT_ASSIGNED, "then the rest");
    is_int(w.n, 45, "and the end");
    is_int(team_find(w.a, 102)->roster, 150, "evenly");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* a turn that nothing was left for comes again with the next cycle */

    draft_of(&w, "{\"nomination\":\"straight\",\"auto_next_ms\":0,"
             "\"cycles\":1,\"auto_end\":false}", 3, 1000);
    world_start(&w);
    (void) tick(&w);
    (void) nominate(&w, KIM, lot_id(&w, 1));
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) tick(&w);
    is_int(w.a->on_turn, 2, "Lee's turn");
    (void) assign(&w, lot_id(&w, 2), 101, 0);
    (void) assign(&w, lot_id(&w, 3), 101, 0);
    is_int(tick(&w), EV_CYCLE_STARTED, "nobody is left: the next cycle");
    is_int(w.ev[1].type, EV_TURN_STARTED, "begins");
    is_int(w.ev[1].team_id, 102, "with his turn");
    is_int(w.ev[1].number, 2, "which is the same");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* Nobody can take what is left: every team's quota is full. */

static void
full_quotas(void)
{
    int        i;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT,
               "{\"broke\":\"assign\",\"auto_next_ms\":1000,"
               "\"roster_max\":3,\"quotas\":{\"top\":[0,1]}}");
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);

    for (i = 1; i <= 4; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = i;
        c.base_price = 10;
        c.has_role = 1;
        c.role_len = 3;
        memcpy(c.role, "top", 3);
        (void) give(&w, &c);
    }

    world_start(&w);

    for (i = 0; i < 60 && w.a->status == AUCTION_LIVE
                && auction_deadline(w.a, &c) != 0; i++)
    {
        w.now = c.at > w.now ? c.at : w.now;
        (void) give(&w, &c);

        if (c.type == CMD_ADVANCE) {
            (void) bid(&w, i % 2 ? KIM : LEE, 10);
            (void) bid(&w, i % 2 ? LEE : KIM, 10);
        }
    }

    is_int(team_find(w.a, 101)->roster, 1, "one of a position");
    is_int(team_find(w.a, 102)->roster, 1, "each");
    is_int(w.a->status, AUCTION_ENDED, "what nobody may take ends unsold");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);
}


int
main(void)
{
    cycles();
    reverse();
    rich();
    filling();
    broke();
    assignment();
    limits();
    edges();
    full_quotas();

    return done_testing();
}
