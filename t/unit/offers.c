/* needs: engine times */

/*
 * offers: below the reserve, units of a lot, and second chances.
 */

#include <time.h>

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

    return auction_deadline(w.a, &c) != 0 ? give(&w, &c) : GAVEL_internal;
}


static void
add(int64_t item, int64_t reserve, int64_t quantity)
{
    command_t  c;

    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = item;
    c.base_price = 1000;
    c.reserve = reserve;
    c.quantity = quantity;
    w.broken |= give(&w, &c) != GAVEL_OK;
}


/* A sale with a lot on the block and another behind it. */

static void
world_sale(const char *rules, int64_t reserve, int64_t quantity)
{
    world_open(&w, MODE_LIVE, rules);
    add(1, reserve, quantity);
    add(2, -1, -1);
    world_start(&w);
    w.broken |= host(&w, CMD_LOT_OPEN) != GAVEL_OK;
}


static gavel_code_t
of_lot(command_type_t type, int64_t who, int64_t amount)
{
    command_t  c;

    c = command(&w, type, who);
    c.lot_id = lot_at(0)->id;
    c.amount = amount;

    return give(&w, &c);
}


static void
closed(int64_t amount)
{
    (void) bid(&w, 1001, amount);
    w.now = lot_at(0)->ends_at;
    w.broken |= clock_says() != GAVEL_OK;
}


static void
reserves(void)
{
    int64_t    end;
    command_t  c;

    world_sale("{\"reserve_wait_ms\":60000}", 5000, -1);
    (void) bid(&w, 1001, 4999);
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_reserve_not_met,
           "the host is asked");
    is_int(of_lot(CMD_LOT_HAMMER, OWNER, 1), GAVEL_OK, "and insists");
    is_int(w.ev[0].how, HOW_HAMMER, "sold");
    is_int(w.ev[0].price, 4999, "below");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":60000}", 5000, -1);
    closed(5000);
    is_int(w.ev[0].type, EV_LOT_SOLD, "met: sold");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":0}", 5000, -1);
    closed(4999);
    is_int(w.ev[0].type, EV_LOT_UNSOLD, "not met: unsold");
    is_int(w.ev[0].how, HOW_CLOCK, "by the clock");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":60000}", 5000, -1);
    end = lot_at(0)->ends_at;
    closed(4999);
    is_int(w.ev[0].type, EV_LOT_RESERVE_NOT_MET, "or the host is asked");
    is_int(w.ev[0].price, 4999, "about this");
    is_int(w.ev[0].until, end + 60000, "for so long");
    is_int(lot_at(0)->status, LOT_RESERVE, "he decides");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition,
           "27: it keeps the block");
    is_int(bid(&w, 1002, 6000), GAVEL_after_end, "no more bids");
    is_int(of_lot(CMD_LOT_ACCEPT, 1001, 0), GAVEL_not_authorized,
           "the bidder cannot");
    is_int(auction_deadline(w.a, NULL), end + 60000, "the clock waits");
    w.now = end + 59999;
    is_int(clock_says(), GAVEL_illegal_transition, "-1 ms");
    (void) host(&w, CMD_PAUSE);
    w.now += 100;
    (void) host(&w, CMD_RESUME);
    w.now = end + 60099;
    is_int(clock_says(), GAVEL_illegal_transition, "29: paused for so long");
    w.now = end + 60100;
    is_int(clock_says(), GAVEL_OK, "0 ms");
    is_int(w.ev[0].type, EV_LOT_UNSOLD, "unsold");
    is_int(of_lot(CMD_LOT_ACCEPT, OWNER, 0), GAVEL_illegal_transition,
           "too late");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the next");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":-1}", 5000, -1);
    closed(4999);
    is_int(auction_deadline(w.a, NULL), 0, "no limit");
    is_int(of_lot(CMD_LOT_ACCEPT, OWNER, 0), GAVEL_OK, "he takes it");
    is_int(w.ev[0].how, HOW_ACCEPTED, "sold");
    is_int(of_lot(CMD_LOT_ACCEPT, OWNER, 0), GAVEL_illegal_transition,
           "once");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":-1}", 5000, -1);
    closed(4999);
    is_int(host(&w, CMD_LOT_PASS), GAVEL_OK, "or leaves it");
    is_int(lot_at(0)->status, LOT_UNSOLD, "unsold");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":-1}", 5000, -1);
    closed(4999);
    is_int(host(&w, CMD_END), GAVEL_OK, "or ends it all");
    is_int(lot_at(0)->status, LOT_UNSOLD, "unsold");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    ok(!w.broken, "evolved");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":-1}", 5000, -1);
    closed(4999);
    c = command(&w, CMD_END, OWNER);
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "softly");
    is_int(w.a->status, AUCTION_ENDING, "it waits for his word");
    is_int(of_lot(CMD_LOT_ACCEPT, OWNER, 0), GAVEL_OK, "sold");
    is_int(w.a->status, AUCTION_ENDED, "ended");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":-1}", 5000, -1);
    closed(4999);
    is_int(host(&w, CMD_CANCEL), GAVEL_OK, "or calls it off");
    is_int(lot_at(0)->status, LOT_VOIDED, "void");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
units(void)
{
    command_t  c;

    world_sale(NULL, -1, 2);
    (void) bid(&w, 1001, 1000);
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "a unit is sold");
    is_int(w.n, 2, "and what follows");
    is_int(w.ev[1].type, EV_LOT_REQUEUED, "is another");
    is_int(lot_at(0)->position, 1, "the next");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_illegal_transition,
           "nothing to offer while it is queued");

    c = command(&w, CMD_LOT_CHANGE, OWNER);
    c.lot_id = lot_at(0)->id;
    c.quantity = 1;
    is_int(give(&w, &c), GAVEL_invalid_params, "not fewer than are sold");
    c.quantity = 2;
    is_int(give(&w, &c), GAVEL_OK, "and one");

    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.a->current, 1, "it is on the block");
    is_int(bid(&w, 1001, 1000), GAVEL_OK, "for everybody again");
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(w.n, 1, "the last");
    is_int(w.ev[0].round, 2, "10: a sale for each round");
    is_int(lot_at(0)->units, 2, "both sold");
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.a->current, 2, "then the next lot");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sale(NULL, -1, 3);
    (void) bid(&w, 1001, 1000);
    (void) host(&w, CMD_END);
    is_int(lot_at(0)->status, LOT_SOLD, "at the end of all");
    is_int(lot_at(0)->units, 1, "no other unit comes");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* Three bidders: 1001 wins, 1003 is next, 1002 third. */

static void
world_sold(const char *rules)
{
    world_sale(rules, -1, -1);
    (void) bid(&w, 1001, 1000);
    (void) bid(&w, 1002, 1500);
    (void) bid(&w, 1003, 2000);
    (void) bid(&w, 1001, 3000);
    (void) host(&w, CMD_LOT_HAMMER);
}


static void
second_chances(void)
{
    int64_t  end;

    world_sold("{\"offer_ms\":5000}");
    is_int(of_lot(CMD_LOT_OFFER, 1003, 0), GAVEL_not_authorized,
           "the host offers");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_OK, "who did not pay");
    is_int(w.ev[0].type, EV_LOT_OFFERED, "is passed over");
    is_int(w.ev[0].bidder, 1003, "for the next");
    is_int(w.ev[0].price, 2000, "at his own bid");
    is_int(w.ev[0].round, 2, "in a round of its own");
    is_int(w.ev[0].until, w.now + 5000, "for so long");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_illegal_transition, "once");
    is_int(host(&w, CMD_LOT_REOPEN), GAVEL_illegal_transition,
           "the hammer cannot be undone any more");
    is_int(of_lot(CMD_OFFER_ANSWER, 1002, 1), GAVEL_not_authorized,
           "nobody else can answer");
    is_int(of_lot(CMD_OFFER_ANSWER, OWNER, 1), GAVEL_not_authorized,
           "not the host");
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 2), GAVEL_invalid_params,
           "yes or no");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the block is free meanwhile");
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 0), GAVEL_OK, "no");
    is_int(w.ev[0].how, HOW_DECLINED, "declined");
    is_int(lot_at(0)->status, LOT_SOLD, "back to before");
    is_int(lot_at(0)->leader, 1001, "sold to the first");
    is_int(lot_at(0)->round, 1, "in that round");
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 1), GAVEL_illegal_transition,
           "never twice");

    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_OK, "another");
    is_int(w.ev[0].bidder, 1002, "the third");
    is_int(w.ev[0].price, 1500, "at his bid");
    is_int(of_lot(CMD_OFFER_ANSWER, 1002, 1), GAVEL_OK, "yes");
    is_int(w.ev[0].type, EV_LOT_SOLD, "sold");
    is_int(w.ev[0].how, HOW_OFFER, "by an offer");
    is_int(w.ev[0].bidder, 1002, "to him");
    is_int(w.ev[0].price, 1500, "at that");
    is_int(w.ev[0].round, 2, "in the round of the offer");
    is_int(w.ev[0].supersedes, 1, "instead of the first");
    is_int(lot_at(0)->leader, 1002, "so it stands");
    is_int(of_lot(CMD_OFFER_ANSWER, 1002, 1), GAVEL_illegal_transition,
           "T-02: once");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_illegal_transition,
           "nobody is left");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sold("{\"offer_ms\":5000}");
    end = w.now + 5000;
    (void) of_lot(CMD_LOT_OFFER, OWNER, 0);
    is_int(auction_deadline(w.a, NULL), end, "the clock waits");
    w.now = end - 1;
    is_int(clock_says(), GAVEL_illegal_transition, "-1 ms");
    w.now = end;
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 1), GAVEL_after_end, "0 ms: late");
    is_int(clock_says(), GAVEL_OK, "0 ms: over");
    is_int(w.ev[0].how, HOW_EXPIRED, "expired");
    is_int(clock_says(), GAVEL_internal, "once");

    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_OK, "another");
    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "29: a pause");
    is_int(of_lot(CMD_OFFER_ANSWER, 1002, 1), GAVEL_auction_paused, "total");
    w.now += 70000;
    (void) host(&w, CMD_RESUME);
    is_int(auction_deadline(w.a, NULL), end + 75000, "29: the time stood");
    is_int(of_lot(CMD_OFFER_CLOSE, OWNER, 0), GAVEL_OK, "the host may stop");
    is_int(w.ev[0].how, HOW_WITHDRAWN, "withdrawn");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
of_what_was_not_sold(void)
{
    command_t  c;

    world_sale("{\"offer_ms\":0,\"reserve_wait_ms\":0,\"settle_ms\":1000}",
               5000, -1);
    (void) bid(&w, 1002, 1500);
    closed(4000);
    is_int(lot_at(0)->status, LOT_UNSOLD, "unsold, with bids");
    (void) host(&w, CMD_END);
    is_int(w.a->status, AUCTION_ENDED, "the sale has ended");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_OK, "offered then");
    is_int(w.ev[0].bidder, 1001, "to the best");
    is_int(w.ev[0].until, w.now + 86400000, "for a day");
    is_int(auction_deadline(w.a, &c), w.now + 86400000, "which comes first");
    is_int(c.type, CMD_OFFER_CLOSE, "before all is final");
    is_int(of_lot(CMD_OFFER_ANSWER, 1001, 1), GAVEL_OK, "taken");
    is_int(w.ev[0].supersedes, 0, "instead of nothing");
    is_int(lot_at(0)->status, LOT_SOLD, "sold");
    w.now += 1000;
    is_int(clock_says(), GAVEL_OK, "final");
    is_int(w.ev[0].type, EV_AUCTION_SETTLED, "settled");
    is_int(w.ev[0].amount, 4000, "with it");
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_illegal_transition,
           "no more offers");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sold("{\"offer_ms\":5000}");
    (void) of_lot(CMD_LOT_OFFER, OWNER, 0);
    (void) host(&w, CMD_END);
    is_int(w.ev[w.n - 1].type, EV_AUCTION_ENDED, "an end with an offer open");
    is_int(w.ev[w.n - 1].sold, 1, "counts what was before");
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 1), GAVEL_OK, "which may be taken");
    is_int(w.ev[0].supersedes, 1, "after it");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sold("{\"offer_ms\":5000}");
    (void) of_lot(CMD_LOT_OFFER, OWNER, 0);
    (void) host(&w, CMD_CANCEL);
    is_int(lot_at(0)->status, LOT_SOLD, "a cancelled sale offers nothing");
    is_int(of_lot(CMD_OFFER_ANSWER, 1003, 1), GAVEL_illegal_transition,
           "any more");
    ok(!w.broken, "evolved");
    world_close(&w);

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    (void) bid(&w, LEE, 110);
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(of_lot(CMD_LOT_OFFER, OWNER, 0), GAVEL_illegal_transition,
           "points are paid at once");
    world_close(&w);
}


static void
strangers(void)
{
    event_t    ev[ENGINE_EVENTS], e;
    command_t  c;

    world_sold("{\"offer_ms\":5000}");
    c = command(&w, CMD_LOT_OFFER, OWNER);
    c.lot_id = lot_at(0)->id;
    (void) decide(w.a, &c, w.now, ev, &w.r);

    e = ev[0];
    e.price = 1;
    is_int(evolve(&w.a, &e, w.j), -1, "an offer at less");
    e = ev[0];
    e.bidder = 1002;
    is_int(evolve(&w.a, &e, w.j), -1, "to another");
    e = ev[0];
    e.round = 1;
    is_int(evolve(&w.a, &e, w.j), -1, "in a round that was");
    e = ev[0];
    e.until++;
    is_int(evolve(&w.a, &e, w.j), -1, "for longer");
    is_int(evolve(&w.a, &ev[0], w.j), 0, "as it was decided");

    c = command(&w, CMD_OFFER_ANSWER, 1003);
    c.lot_id = lot_at(0)->id;
    c.amount = 1;
    (void) decide(w.a, &c, w.now, ev, &w.r);
    e = ev[0];
    e.supersedes = 0;
    is_int(evolve(&w.a, &e, w.j), -1, "two sales of one thing");
    e = ev[0];
    e.bidder = 1002;
    is_int(evolve(&w.a, &e, w.j), -1, "a sale to another");
    e = ev[0];
    e.bonus = 1;
    is_int(evolve(&w.a, &e, w.j), -1, "with a present");
    e = ev[0];
    e.how = HOW_HAMMER;
    is_int(evolve(&w.a, &e, w.j), -1, "by the hammer");
    e = ev[0];
    e.type = EV_OFFER_CLOSED;
    e.how = HOW_EXPIRED;
    is_int(evolve(&w.a, &e, w.j), -1, "expired before its time");
    is_int(evolve(&w.a, &ev[0], w.j), 0, "as it was decided");
    world_close(&w);

    world_sale("{\"reserve_wait_ms\":60000}", 5000, -1);
    (void) bid(&w, 1001, 4000);
    w.now = lot_at(0)->ends_at;
    c = server(&w, CMD_LOT_CLOSE);
    c.lot_id = lot_at(0)->id;
    c.round = 1;
    (void) decide(w.a, &c, w.now, ev, &w.r);
    e = ev[0];
    e.until = 0;
    is_int(evolve(&w.a, &e, w.j), -1, "a wait without an end");
    e = ev[0];
    e.type = EV_LOT_UNSOLD;
    is_int(evolve(&w.a, &e, w.j), -1, "unsold, though the host may decide");
    e.type = EV_LOT_SOLD;
    e.team_id = NOBODY;
    e.bid_id = lot_at(0)->leader_bid;
    is_int(evolve(&w.a, &e, w.j), -1, "10: sold below the reserve");
    e.how = HOW_ACCEPTED;
    is_int(evolve(&w.a, &e, w.j), -1, "accepted before he was asked");
    is_int(evolve(&w.a, &ev[0], w.j), 0, "as it was decided");
    world_close(&w);
}


int
main(void)
{
    reserves();
    units();
    second_chances();
    of_what_was_not_sold();
    strangers();

    return done_testing();
}
