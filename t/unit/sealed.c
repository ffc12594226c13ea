/* needs: engine times */

/*
 * sealed: bids that nobody sees before all are in.
 */

#include "tap.h"
#include "world.h"


static world_t  w;


static lot_t *
lot_at(uint32_t i)
{
    return &auction_lots(w.a)[i];
}


static gavel_code_t
clock_says(void)
{
    command_t  c;

    if (auction_deadline(w.a, &c) == 0) {
        return GAVEL_internal;
    }

    return give(&w, &c);
}


/* Whether this number can be read anywhere before it should be. */

static int
can_be_read(const char *number)
{
    char    *text;
    int      found;
    size_t   i, len;

    len = state_text(w.a, NULL, 0);
    text = malloc(len + 1);
    len = state_text(w.a, text, len);
    text[len] = '\0';

    found = len == 0 || strstr(text, number) != NULL;
    free(text);

    for (i = 0; i < w.log_n; i++) {
        w.log[i].text[w.log[i].len] = '\0';
        found |= strstr(w.log[i].text, number) != NULL;
    }

    return found;
}


static void
secrecy(void)
{
    (void) world_draft(&w, "{\"format\":\"sealed\"}");

    is_int(bid(&w, KIM, 777), GAVEL_OK, "a team submits");
    is_int(w.n, 1, "one event");
    is_int(w.ev[0].type, EV_SEALED_SUBMITTED, "of its own type");
    is_int(w.ev[0].count, 1, "one submission");
    is_int(w.ev[0].team_id, 101, "of whom, is public");
    ok(!can_be_read("777"), "15: nobody reads its amount");
    ok(strstr(w.log[w.log_n - 1].hidden, "777") != NULL, "but its private "
       "part has it");
    ok(strstr(w.log[w.log_n - 1].text, "\"bidder_id\"") == NULL
       && strstr(w.log[w.log_n - 1].text, "\"actor\"") == NULL,
       "nor who it was");
    ok(strstr(w.log[w.log_n - 1].hidden, "\"actor\":11,") != NULL,
       "but the log knows");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held: that is public");
    is_int(lot_at(0)->leader, NOBODY, "nobody leads");
    is_int(lot_at(0)->price, 0, "there is no price");
    is_int(lot_at(0)->ends_at, w.now + 15000, "no time is added");

    is_int(bid(&w, KIM, 888), GAVEL_OK, "T-06: again");
    is_int(w.ev[0].count, 1, "which replaces the first");
    is_int(lot_at(0)->nbids, 1, "that is gone");
    is_int(bid(&w, LEE, 0), GAVEL_OK, "another passes");
    is_int(w.ev[0].count, 2, "which counts, and looks the same");
    is_int(w.n, 1, "one is missing");
    ok(!can_be_read("888"), "15: still nothing to read");

    is_int(bid(&w, PARK, 200), GAVEL_OK, "the last");
    is_int(w.n, 2, "of all teams");
    is_int(w.ev[1].type, EV_SEALED_LOCKED, "locks at once");
    is_int(lot_at(0)->status, LOT_LOCKED, "locked");
    is_int(bid(&w, KIM, 900), GAVEL_after_end, "too late");
    ok(!can_be_read("888"), "15: and nothing to read");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition,
           "27: it keeps the block");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_illegal_transition,
           "the hammer has fallen");
    is_int(host(&w, CMD_LOT_ACCEPT), GAVEL_illegal_transition, "no reserve");
    is_int(auction_deadline(w.a, NULL), 0, "the host reveals, nobody else");

    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "revealed");
    is_int(w.n, 3, "two amounts and the sale");
    is_int(w.ev[0].amount, 200, "the least first");
    is_int(w.ev[0].rank, 2, "second");
    is_int(w.ev[1].amount, 888, "the best last");
    is_int(w.ev[1].rank, 1, "first");
    is_int(w.ev[2].type, EV_LOT_SOLD, "sold");
    is_int(w.ev[2].how, HOW_SEALED, "sealed");
    is_int(w.ev[2].price, 888, "at what was bid");
    is_int(w.ev[2].bidder, KIM, "to who bid it");
    is_int(team_find(w.a, 101)->spent, 888, "paid");
    is_int(team_find(w.a, 101)->held, 0, "nothing held");
    is_int(team_find(w.a, 103)->held, 0, "T-24: nor of the others");
    is_int(team_find(w.a, 103)->leads, 0, "who lead nothing");
    is_int(w.a->current, 0, "the block is free");

    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the next lot");
    is_int(lot_at(1)->nbids, 0, "T-20: without bids");
    is_int(lot_at(1)->hidden_bids, 0, "T-20: or secrets");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
gauntlet(void)
{
    command_t  c;

    (void) world_draft(&w, "{\"format\":\"sealed\",\"roster_min\":1,"
                           "\"reserve_all\":true,\"min_price\":10}");

    is_int(bid(&w, KIM, 99), GAVEL_below_base, "below the base price");
    is_int(w.r.min_next, 100, "which is");
    is_int(bid(&w, KIM, -1), GAVEL_invalid_amount, "a debt");
    is_int(bid(&w, KIM, ENGINE_MAX_AMOUNT + 1), GAVEL_invalid_amount, "much");
    is_int(bid(&w, KIM, 1001), GAVEL_budget_exceeded, "more than there is");
    is_int(bid(&w, KIM, 991), GAVEL_reserve_violation, "all but a slot");
    is_int(w.r.max_bid, 990, "which costs 10");
    is_int(bid(&w, OWNER, 100), GAVEL_not_authorized, "the host");
    is_int(bid(&w, STRANGER, 100), GAVEL_not_authorized, "a stranger");
    is_int(bid(&w, STRANGER, 0), GAVEL_not_authorized, "who passes");

    c = command(&w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = 101;
    c.amount = 1;
    (void) give(&w, &c);
    is_int(bid(&w, KIM, 100), GAVEL_team_suspended, "suspended");

    (void) bid(&w, LEE, 100);
    (void) bid(&w, PARK, 100);
    is_int(lot_at(0)->status, LOT_LOCKED, "a suspended team is not waited "
           "for");
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(0)->status, LOT_OPEN, "T-01: equal bids, no sale");
    is_int(lot_at(0)->round, 2, "but another round");
    world_close(&w);
}


static void
times(void)
{
    int64_t  end;

    (void) world_draft(&w, "{\"format\":\"sealed\",\"reveal_ms\":5000}");
    end = lot_at(0)->ends_at;

    w.now = end - 1;
    is_int(bid(&w, KIM, 100), GAVEL_OK, "-1 ms: in time");
    is_int(lot_at(0)->ends_at, end, "which moves nothing");
    is_int(close_lot(&w, lot_at(0)->id, 1), GAVEL_illegal_transition,
           "-1 ms: not over");
    w.now = end;
    is_int(bid(&w, LEE, 100), GAVEL_after_end, "0 ms: late");
    w.now = end + 1;
    is_int(bid(&w, LEE, 100), GAVEL_after_end, "+1 ms: late");
    w.now = end;
    is_int(auction_deadline(w.a, NULL), end, "the clock knows");
    is_int(clock_says(), GAVEL_OK, "0 ms: over");
    is_int(lot_at(0)->status, LOT_LOCKED, "locked");
    is_int(w.n, 1, "no more than that");
    is_int(clock_says(), GAVEL_illegal_transition, "the reveal waits");
    is_int(auction_deadline(w.a, NULL), end + 5000, "so long");

    w.now = end + 4999;
    is_int(clock_says(), GAVEL_illegal_transition, "-1 ms");

    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "29: a pause");
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_illegal_transition, "is total");
    is_int(auction_deadline(w.a, NULL), 0, "29: and stops the time");
    w.now += 1000;
    (void) host(&w, CMD_RESUME);
    is_int(auction_deadline(w.a, NULL), end + 6000, "29: which goes on");
    w.now = end + 5999;
    is_int(clock_says(), GAVEL_illegal_transition, "-1 ms");
    w.now = end + 6000;
    is_int(clock_says(), GAVEL_OK, "0 ms: revealed");
    is_int(lot_at(0)->status, LOT_SOLD, "sold");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 150);
    is_int(host(&w, CMD_LOT_HOLD), GAVEL_OK, "a lot is held");
    is_int(bid(&w, LEE, 150), GAVEL_lot_not_open, "no bids");
    w.now += 60000;
    is_int(host(&w, CMD_LOT_RESUME), GAVEL_OK, "and goes on");
    is_int(bid(&w, LEE, 160), GAVEL_OK, "with its time");
    is_int(lot_at(1)->nbids, 2, "and its bids");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "the hammer");
    is_int(w.ev[0].type, EV_SEALED_LOCKED, "locks");
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "the host need not wait");
    is_int(lot_at(1)->leader, LEE, "the better bid");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 0);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[0].type, EV_LOT_UNSOLD, "all passed");
    is_int(w.ev[0].how, HOW_SEALED, "unsold");
    is_int(w.a->status, AUCTION_ENDED, "the last");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
ties(void)
{
    int64_t  first;

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 250);
    first = w.ev[0].bid_id;
    (void) bid(&w, LEE, 250);
    (void) bid(&w, PARK, 120);
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "two are equal");
    is_int(w.n, 4, "three amounts");
    is_int(w.ev[2].bid_id, first, "the earlier is the better");
    is_int(w.ev[3].type, EV_SEALED_REBID, "and another round");
    is_int(w.ev[3].round, 2, "of its own");
    is_int(w.ev[3].base_price, 250, "from there");
    is_int(w.ev[3].count, 2, "among two");
    is_int(w.ev[3].ends_at, w.now + 15000, "for so long");
    is_int(lot_at(0)->status, LOT_OPEN, "open");
    is_int(lot_at(0)->base_price, 100, "the base price stays");
    is_int(lot_min_next(w.a, lot_at(0)), 250, "but is not the floor");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held");
    is_int(bid(&w, PARK, 300), GAVEL_not_authorized, "not the third");
    is_int(bid(&w, KIM, 249), GAVEL_below_base, "not below");
    is_int(bid(&w, KIM, 250), GAVEL_OK, "the same again");
    is_int(w.ev[0].count, 1, "counts in this round");
    is_int(bid(&w, LEE, 250), GAVEL_OK, "both");
    is_int(w.n, 2, "all the tied: locked");
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "tied again");
    is_int(w.ev[2].type, EV_SEALED_REBID, "again");
    is_int(lot_at(0)->round, 3, "as often as it takes");
    (void) bid(&w, KIM, 299);
    ok(!can_be_read("299"), "15: secret again");
    (void) bid(&w, LEE, 310);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(0)->status, LOT_SOLD, "sold");
    is_int(lot_at(0)->price, 310, "to the better");
    is_int(w.ev[w.n - 1].round, 3, "of this round");
    is_int(team_find(w.a, 102)->spent, 310, "paid");

    (void) host(&w, CMD_LOT_OPEN);
    is_int(bid(&w, PARK, 110), GAVEL_OK, "T-20: everybody again");
    (void) bid(&w, KIM, 110);
    (void) bid(&w, LEE, 0);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(1)->round, 2, "tied");
    is_int(bid(&w, LEE, 500), GAVEL_not_authorized, "who passed is out");
    w.now = lot_at(1)->ends_at;
    (void) clock_says();
    is_int(lot_at(1)->status, LOT_LOCKED, "neither says a word");
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(1)->status, LOT_SOLD, "T-08: the state advances");
    is_int(lot_at(1)->leader, PARK, "the earlier has it");
    is_int(lot_at(1)->price, 110, "at what he bid");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, PARK, 110);
    (void) bid(&w, KIM, 110);
    (void) bid(&w, LEE, 110);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[w.n - 1].count, 3, "three are tied");
    is_int(bid(&w, PARK, 0), GAVEL_OK, "one steps back");
    is_int(bid(&w, KIM, 120), GAVEL_OK, "one raises");
    w.now = lot_at(2)->ends_at;
    (void) clock_says();
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[0].amount, 110, "one left his bid standing");
    is_int(w.ev[0].bidder, LEE, "which is told");
    is_int(w.ev[0].kept, 1, "as what it is");
    is_int(w.ev[1].kept, 0, "unlike the raise");
    is_int(lot_at(2)->leader, KIM, "the raise wins");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    (void) world_draft(&w, "{\"format\":\"sealed\",\"tie\":\"earlier\"}");
    (void) bid(&w, LEE, 110);
    (void) bid(&w, KIM, 110);
    (void) bid(&w, LEE, 110);
    (void) bid(&w, PARK, 0);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(0)->leader, KIM, "the earlier live submission wins");
    world_close(&w);
}


static void
points(int64_t team, int64_t amount)
{
    command_t  c;

    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = team;
    c.amount = amount;
    w.broken |= give(&w, &c) != GAVEL_OK;
}


static void
what_changes(void)
{
    command_t  c;

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 900);
    (void) bid(&w, LEE, 300);
    (void) bid(&w, PARK, 200);
    points(101, -200);
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "points were taken");
    is_int(w.n, 3, "what cannot be paid is passed over");
    is_int(lot_at(0)->leader, LEE, "the next best has it");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 400);
    (void) bid(&w, LEE, 300);
    c = command(&w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = 101;
    c.amount = 1;
    (void) give(&w, &c);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(1)->leader, LEE, "nor what a suspended team said");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, LEE, 277);
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(host(&w, CMD_LOT_PASS), GAVEL_OK, "the host passes it");
    is_int(lot_at(2)->status, LOT_UNSOLD, "unsold");
    ok(!can_be_read("277"), "and nothing was revealed");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 777);
    (void) host(&w, CMD_LOT_HOLD);
    c = command(&w, CMD_LOT_WITHDRAW, OWNER);
    c.lot_id = lot_at(0)->id;
    is_int(give(&w, &c), GAVEL_OK, "withdrawn");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held");
    is_int(lot_at(0)->nbids, 0, "and nothing remembered");
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 777);
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(host(&w, CMD_CANCEL), GAVEL_OK, "cancelled");
    is_int(lot_at(1)->status, LOT_VOIDED, "void");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held");
    ok(!can_be_read("777"), "15: for ever");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
endings(void)
{
    command_t  c;

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 200);
    (void) bid(&w, LEE, 200);
    is_int(host(&w, CMD_END), GAVEL_OK, "the end of all");
    is_int(w.ev[0].type, EV_SEALED_LOCKED, "locks");
    is_int(w.ev[1].type, EV_SEALED_REVEALED, "reveals");
    is_int(w.ev[3].type, EV_LOT_SOLD, "and sells");
    is_int(w.ev[3].bidder, KIM, "a tie to the earlier");
    is_int(w.ev[4].sold, 1, "one sold");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 200);
    (void) bid(&w, LEE, 200);
    c = command(&w, CMD_END, OWNER);
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "a soft end");
    is_int(bid(&w, PARK, 250), GAVEL_lot_not_open, "no more bids");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK,
           "the host closes it");
    is_int(lot_at(0)->status, LOT_LOCKED, "locked");
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "reveals it");
    is_int(lot_at(0)->status, LOT_SOLD, "without another round");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    ok(!w.broken, "evolved");
    world_close(&w);

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 200);
    (void) give(&w, &c);
    w.now = auction_deadline(w.a, NULL);
    is_int(clock_says(), GAVEL_OK, "or the clock does it all");
    is_int(lot_at(0)->status, LOT_SOLD, "sold");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* What a stranger would like to have in the log. */

static int
passes(const event_t *e)
{
    int      result;
    char    *before;
    size_t   size;

    size = w.a->size;
    before = malloc(size);
    (void) state_save(w.a, before, size);

    result = evolve(&w.a, e, w.j) == 0
             || w.a->size != size || memcmp(w.a, before, size) != 0;

    free(before);

    return result;
}


static event_t
told(event_type_t type)
{
    event_t  e;

    memset(&e, 0, sizeof(e));

    e.type = type;
    e.epoch = 1;
    e.seq = w.a->seq + 1;
    e.ts = w.now;
    e.lot_id = lot_at(0)->id;
    e.round = lot_at(0)->round;
    e.how = HOW_SEALED;

    return e;
}


static void
strangers(void)
{
    event_t  e, best;

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 250);
    best = w.ev[0];
    (void) bid(&w, LEE, 250);

    e = told(EV_SEALED_SUBMITTED);
    e.bid_id = (w.a->id << ENGINE_ID_SHIFT) + e.seq;
    e.bidder = PARK;
    e.team_id = 103;
    e.amount = 100;
    e.count = 3;
    e.at = w.now;

    e.count = 2;
    ok(!passes(&e), "a wrong count");
    e.count = 3;
    e.amount = 99;
    ok(!passes(&e), "below the base price");
    e.amount = 301;
    ok(!passes(&e), "more points than there are");
    e.amount = 100;
    e.team_id = NOBODY;
    ok(!passes(&e), "of no team");
    e.team_id = 103;
    e.at = lot_at(0)->ends_at;
    ok(!passes(&e), "too late");
    e.at = w.now;
    e.bidder = OWNER;
    ok(!passes(&e), "of the owner");
    e.bidder = LEE;
    ok(!passes(&e), "of another team's leader");
    e.bidder = PARK;
    e.bid_id++;
    ok(!passes(&e), "with another's id");

    e = told(EV_BID_ACCEPTED);
    e.bidder = PARK;
    e.team_id = 103;
    e.bid_id = (w.a->id << ENGINE_ID_SHIFT) + e.seq;
    e.amount = e.price = 100;
    e.min_next = 110;
    e.count = 1;
    e.at = w.now;
    e.ends_at = lot_at(0)->ends_at;
    ok(!passes(&e), "an open bid");

    e = told(EV_SEALED_REVEALED);
    e.bid_id = best.bid_id;
    e.bidder = KIM;
    e.team_id = 101;
    e.amount = 250;
    e.rank = 1;
    e.at = best.at;
    ok(!passes(&e), "a reveal before the lock");

    (void) host(&w, CMD_LOT_HAMMER);
    e.seq = w.a->seq + 1;
    ok(!passes(&e), "the best before the worst");
    e = told(EV_LOT_UNSOLD);
    ok(!passes(&e), "no sale, though there are bids");
    e.how = HOW_END;
    ok(!passes(&e), "not even at the end");

    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[2].type, EV_SEALED_REBID, "a tie");

    world_close(&w);
}


/* Between the reveals and what follows from them. */

static void
halfway(void)
{
    event_t    e, ev[ENGINE_EVENTS + 4];
    command_t  c;

    (void) world_draft(&w, "{\"format\":\"sealed\"}");
    (void) bid(&w, KIM, 250);
    (void) bid(&w, LEE, 250);
    (void) host(&w, CMD_LOT_HAMMER);

    c = command(&w, CMD_LOT_REVEAL, OWNER);
    is_int(decide(w.a, &c, w.now, ev, &w.r), 3, "decided");
    is_int(evolve(&w.a, &ev[0], w.j), 0, "one");
    e = ev[2];
    e.seq = w.a->seq + 1;
    ok(!passes(&e), "another round before all is told");
    is_int(evolve(&w.a, &ev[1], w.j), 0, "and the other");

    e = told(EV_LOT_SOLD);
    e.bidder = KIM;
    e.team_id = 101;
    e.price = 250;
    e.bid_id = lot_at(0)->leader_bid;
    ok(!passes(&e), "a sale of what is tied");
    e = ev[2];
    e.count = 3;
    ok(!passes(&e), "a tie of more");
    e = ev[2];
    e.base_price = 100;
    ok(!passes(&e), "another floor");
    e = ev[2];
    e.ends_at++;
    ok(!passes(&e), "another end");
    is_int(evolve(&w.a, &ev[2], w.j), 0, "as it was decided");
    is_int(team_find(w.a, 101)->held, 0, "nothing is held");

    world_close(&w);
}


int
main(void)
{
    secrecy();
    gauntlet();
    times();
    ties();
    what_changes();
    endings();
    strangers();
    halfway();

    return done_testing();
}
