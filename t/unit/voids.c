/* needs: engine times */

/*
 * voids: bids that are taken away, by who made them or by the host.
 */

#include "tap.h"
#include "world.h"


static gavel_code_t
retract(world_t *w, int64_t who, int64_t bid_id)
{
    command_t  c;

    c = command(w, CMD_BID_RETRACT, who);
    c.bid_id = bid_id;

    return give(w, &c);
}


static gavel_code_t
void_bid(world_t *w, int64_t who, int64_t bid_id)
{
    command_t  c;

    c = command(w, CMD_BID_VOID, who);
    c.bid_id = bid_id;
    c.reason_len = 7;
    memcpy(c.reason, "mistake", 7);

    return give(w, &c);
}


static gavel_code_t
auto_bid(world_t *w, int64_t who, int64_t max)
{
    command_t  c;

    c = command(w, CMD_AUTO_BID, who);
    c.amount = max;

    return give(w, &c);
}


/* A live sale with one lot open, steps of 10 and a clock of 30 s. */

static lot_t *
live(world_t *w, const char *rules)
{
    world_open(w, MODE_LIVE, rules);
    (void) add_lot(w, 1, 100);
    world_start(w);
    w->broken |= host(w, CMD_LOT_OPEN) != GAVEL_OK;

    return &auction_lots(w->a)[0];
}


#define LOT  (&auction_lots(w.a)[0])
#define RETRACT(more)  "{\"ladder\":10,\"retract\":\"window\","               \
                       "\"retract_ms\":5000,\"retract_close_ms\":3000,"       \
                       "\"clock\":{\"preset\":\"reset_to\",\"duration_ms\":"  \
                       "30000,\"window_ms\":10000}" more "}"


static void
by_host(void)
{
    world_t    w;
    event_t    e;
    int64_t    first, second, lot;
    command_t  c;

    lot = world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    first = w.ev[0].bid_id;
    (void) bid(&w, LEE, 500);
    second = w.ev[0].bid_id;

    is_int(void_bid(&w, KIM, second), GAVEL_not_authorized, "not by bidders");
    is_int(void_bid(&w, OWNER, 12345), GAVEL_not_found, "no such bid");

    w.now += 1000;
    is_int(void_bid(&w, OWNER, second), GAVEL_OK, "T-17: the top bid is void");
    e = w.ev[0];
    is_int(e.type, EV_BID_VOIDED, "T-16: the room is told");
    is_int(e.how, HOW_HOST, "by the host");
    is_int(e.price, 100, "the price");
    is_int(e.min_next, 110, "the least raise");
    is_int(e.leader_bid, first, "and whose bid leads now");
    is_int(e.count, 1, "of one bid");
    is_int(e.ends_at, lot_find(w.a, lot)->ends_at, "the end stays");
    is_int(LOT->leader, KIM, "who led before leads again");
    is_int(team_find(w.a, 102)->held, 0, "the hold is gone");
    is_int(team_find(w.a, 101)->held, 100, "the other is back");
    is_int(void_bid(&w, OWNER, second), GAVEL_illegal_transition, "once");
    is_int(bid(&w, KIM, 500), GAVEL_already_leading, "he leads");
    is_int(bid(&w, LEE, 110), GAVEL_OK, "T-18: a void bid is no floor");

    (void) host(&w, CMD_LOT_HOLD);
    is_int(void_bid(&w, OWNER, w.ev[0].bid_id), GAVEL_not_found, "no bid");
    is_int(void_bid(&w, OWNER, LOT->leader_bid), GAVEL_OK,
           "of a frozen lot, too");
    is_int(void_bid(&w, OWNER, first), GAVEL_OK, "and the first");
    is_int(LOT->leader, NOBODY, "nobody leads");
    is_int(LOT->price, 0, "there is no price");
    is_int(LOT->bid_count, 0, "no bid counts");
    is_int(lot_min_next(w.a, LOT), 100, "the base price again");
    is_int(team_find(w.a, 101)->held + team_find(w.a, 102)->held, 0,
           "nothing is held");
    (void) host(&w, CMD_LOT_RESUME);
    is_int(bid(&w, PARK, 100), GAVEL_OK, "and again from there");
    ok(!w.broken, "evolved");

    /* what a stranger might write in the log */

    c = command(&w, CMD_BID_VOID, OWNER);
    c.bid_id = LOT->leader_bid;
    w.n = decide(w.a, &c, w.now, w.ev, &w.r);
    is_int(w.n, 1, "an event");

    e = w.ev[0];
    e.price = 50;
    is_int(evolve(&w.a, &e, w.j), -1, "another price is refused");
    e = w.ev[0];
    e.bidder = LEE;
    e.team_id = 102;
    is_int(evolve(&w.a, &e, w.j), -1, "another leader too");
    e = w.ev[0];
    e.count = 1;
    is_int(evolve(&w.a, &e, w.j), -1, "another count");
    e = w.ev[0];
    e.ends_at += 1;
    is_int(evolve(&w.a, &e, w.j), -1, "another end");
    e = w.ev[0];
    e.how = HOW_RETRACT;
    is_int(evolve(&w.a, &e, w.j), -1, "not by the bidder's own wish");
    e = w.ev[0];
    is_int(e.first_bid | e.last_bid, 0, "a bid alone names no others");
    e.first_bid = e.bid_id;
    e.last_bid = e.bid_id;
    is_int(evolve(&w.a, &e, w.j), -1, "nor may it");
    is_int(evolve(&w.a, &w.ev[0], w.j), 0, "as it was decided it is legal");
    world_close(&w);
}


static void
maxima(void)
{
    world_t  w;
    int64_t  kim, lee, park, ids[8];

    (void) live(&w, "{\"ladder\":10}");

    is_int(auto_bid(&w, KIM, 300), GAVEL_OK, "Kim: 300 at most");
    kim = w.ev[0].bid_id;
    is_int(bid(&w, LEE, 200), GAVEL_OK, "Lee: 200");
    lee = w.ev[0].bid_id;
    is_int(LOT->price, 210, "Kim leads at 210");

    is_int(void_bid(&w, OWNER, lee), GAVEL_OK, "Lee's is void");
    is_int(LOT->leader, KIM, "Kim leads on");
    is_int(LOT->price, 100, "T-17: at the base price");
    is_int(LOT->bid_count, 2, "two bids, both Kim's");

    is_int(bid(&w, LEE, 150), GAVEL_OK, "Lee: 150");
    is_int(LOT->price, 160, "Kim's maximum is still at work");
    is_int(auto_bid(&w, PARK, 400), GAVEL_OK, "Park: 400 at most");
    is_int(LOT->price, 310, "over Kim's 300");
    park = w.ev[1].bid_id;

    is_int(void_bid(&w, OWNER, park), GAVEL_OK, "Park's is void");
    is_int(LOT->leader, KIM, "Kim's maximum leads again");
    is_int(LOT->price, 160, "over Lee's 150");
    is_int(LOT->leader_max, 300, "300 at most");
    is_int(bid(&w, LEE, 250), GAVEL_OK, "Lee: 250");
    is_int(LOT->price, 260, "and it works");

    is_int(void_bid(&w, OWNER, LOT->leader_bid), GAVEL_OK,
           "what the house bid for Kim is void");
    is_int(LOT->leader, LEE, "with all of that maximum");
    is_int(event_voids(w.a, &w.ev[0], ids, 8), 5, "all five bids of it");
    is_int(ids[0], w.ev[0].bid_id, "the one that was named first");
    is_int(ids[4], kim, "and Kim's own last");
    is_int(w.ev[0].first_bid, kim, "the room is told the first");
    is_int(w.ev[0].last_bid, ids[0], "and the last of them");
    is_int(event_voids(w.a, &w.ev[0], ids, 2), 2, "or as many as asked for");
    w.ev[0].bid_id = 1;
    is_int(event_voids(w.a, &w.ev[0], ids, 8), 1, "of an unknown bid: itself");
    is_int(LOT->price, 250, "by hand: the amount itself");
    is_int(void_bid(&w, OWNER, kim), GAVEL_illegal_transition,
           "its first bid is void with it");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* of equal maxima the earlier, also after a void */

    (void) live(&w, "{\"ladder\":10}");
    (void) auto_bid(&w, KIM, 300);
    (void) auto_bid(&w, LEE, 300);
    is_int(LOT->leader, KIM, "Kim was earlier");
    (void) auto_bid(&w, PARK, 500);
    is_int(void_bid(&w, OWNER, LOT->leader_bid), GAVEL_OK, "Park's is void");
    is_int(LOT->leader, KIM, "Kim is still the earlier");
    is_int(LOT->price, 300, "at their maximum");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* nobody pays less than he named himself */

    (void) live(&w, "{\"ladder\":10}");
    (void) bid(&w, KIM, 150);
    (void) bid(&w, LEE, 160);
    lee = LOT->leader_bid;
    (void) auto_bid(&w, KIM, 400);
    is_int(LOT->price, 170, "170");
    (void) void_bid(&w, OWNER, lee);
    is_int(LOT->price, 150, "Kim bid 150 by hand");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
windows(void)
{
    world_t  w;
    int64_t  end, first;

    (void) live(&w, "{\"ladder\":10}");
    (void) bid(&w, KIM, 100);
    is_int(retract(&w, KIM, 0), GAVEL_illegal_transition,
           "bids are binding, if nothing else is said");
    world_close(&w);

    (void) live(&w, RETRACT(""));
    end = LOT->ends_at;
    is_int(retract(&w, KIM, 0), GAVEL_not_found, "nothing to take back");
    (void) bid(&w, KIM, 100);
    first = LOT->leader_bid;
    w.now += 5001;
    is_int(retract(&w, KIM, 0), GAVEL_illegal_transition, "+1 ms: too late");
    w.now -= 1;
    is_int(retract(&w, LEE, 0), GAVEL_not_found, "only one's own");
    is_int(retract(&w, NOBODY, 0), GAVEL_not_authorized, "by somebody");
    is_int(retract(&w, KIM, first), GAVEL_OK, "at 5 s to the ms");
    is_int(w.ev[0].how, HOW_RETRACT, "taken back");
    is_int(w.ev[0].actor, KIM, "by Kim");
    is_int(LOT->leader, NOBODY, "nobody leads");
    is_int(LOT->ends_at, end, "outside of the window: the end stays");

    w.now = end - 8000;
    (void) bid(&w, KIM, 100);
    end = LOT->ends_at;
    is_int(end, w.now + 10000, "a bid in the window");
    w.now += 1000;
    (void) bid(&w, LEE, 110);
    end = LOT->ends_at;
    w.now += 1500;
    is_int(retract(&w, KIM, first), GAVEL_illegal_transition,
           "not the one that was taken back");
    is_int(retract(&w, LEE, 0), GAVEL_OK, "Lee thinks better of it");
    is_int(LOT->leader, KIM, "T-17: Kim leads");
    is_int(LOT->ends_at, w.now + 10000, "T-16: the clock as for a bid");
    is_int(w.ev[0].ends_at, w.now + 10000, "which the room is told");
    is_int(bid(&w, LEE, 110), GAVEL_OK, "T-18: the same again is no raise");

    w.now = LOT->ends_at - 3001;
    (void) bid(&w, PARK, 120);
    w.now = LOT->ends_at - 5000;
    is_int(retract(&w, PARK, 0), GAVEL_OK, "5 s before the end");
    (void) bid(&w, PARK, 120);
    w.now = LOT->ends_at - 3000;
    (void) bid(&w, LEE, 5000);
    ok(!w.broken, "evolved");
    world_close(&w);

    /* T-16: near the end of a hard clock */

    (void) live(&w, "{\"ladder\":10,\"retract\":\"window\",\"retract_ms\":"
                    "60000,\"retract_close_ms\":3000,\"clock\":{\"preset\":"
                    "\"hard\",\"duration_ms\":30000}}");
    (void) bid(&w, KIM, 100);
    (void) bid(&w, LEE, 110);
    end = LOT->ends_at;
    w.now = end - 3000;
    is_int(retract(&w, LEE, 0), GAVEL_illegal_transition,
           "T-16: 3 s before the end it is too late");
    w.now = end - 3001;
    is_int(retract(&w, LEE, 0), GAVEL_OK, "a ms earlier not");
    is_int(LOT->ends_at, end, "a hard end does not move");
    w.now = end;
    is_int(retract(&w, KIM, 0), GAVEL_after_end, "after the end");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* What is not remembered cannot be found again. */

static void
deep(void)
{
    int      i;
    world_t  w;
    int64_t  first, top;

    (void) live(&w, "{\"ladder\":10}");

    (void) bid(&w, KIM, 100);
    first = LOT->leader_bid;

    for (i = 1; i <= ENGINE_LOT_BIDS; i++) {
        (void) bid(&w, i % 2 ? LEE : KIM, 100 + 10 * i);
    }

    is_int(LOT->nbids, ENGINE_LOT_BIDS, "so many are remembered");
    is_int(LOT->bid_count, ENGINE_LOT_BIDS + 1, "one more was made");
    is_int(void_bid(&w, OWNER, first), GAVEL_limit_reached, "not this one");

    for (i = ENGINE_LOT_BIDS; i > 1; i--) {
        top = LOT->leader_bid;
        w.broken |= void_bid(&w, OWNER, top) != GAVEL_OK;
    }

    is_int(LOT->price, 110, "back to the oldest that is remembered");
    is_int(void_bid(&w, OWNER, LOT->leader_bid), GAVEL_limit_reached,
           "and not below");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* Nor the second, whose bids made the price of a maximum. */

static void
deep_second(void)
{
    int            i;
    world_t        w;
    bid_t         *last;
    command_t      c;
    gavel_code_t   code;

    (void) live(&w, "{\"ladder\":10}");
    (void) auto_bid(&w, KIM, 1000000);

    for (i = 0; i < ENGINE_LOT_BIDS; i++) {
        (void) bid(&w, LEE, lot_min_next(w.a, LOT));
    }

    for (i = 0, code = GAVEL_OK; code == GAVEL_OK; i++) {
        last = &auction_bids(w.a)[LOT->last_bid - 1];

        while (last->bidder != LEE || (last->flags & BID_VOID)) {
            last = &auction_bids(w.a)[last->prev - 1];
        }

        c = command(&w, CMD_BID_VOID, OWNER);
        c.bid_id = last->id;
        code = give(&w, &c);
    }

    is_int(code, GAVEL_limit_reached, "the last one that is remembered stays");
    is_int(i, ENGINE_LOT_BIDS / 2, "all others went");
    ok(LOT->price > 1000, "the price is not lower than what is known");
    is_int(LOT->leader, KIM, "the leader is the same");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* An auction remembers so many bids in all; it goes on without. */

static void
full(void)
{
    int        i, k;
    world_t    w;
    lot_t     *last;
    command_t  c;

    world_open(&w, MODE_TIMED, "{\"ladder\":1,\"auto_end\":false}");
    w.keeps_log = 0;

    for (i = 0; i < ENGINE_MAX_BIDS / ENGINE_LOT_BIDS + 2; i++) {
        (void) add_lot(&w, i + 1, 100);
    }

    w.now += 60000;
    w.broken |= host(&w, CMD_PUBLISH) != GAVEL_OK;
    w.broken |= host(&w, CMD_START) != GAVEL_OK;

    for (i = 0; i < ENGINE_MAX_BIDS / ENGINE_LOT_BIDS; i++) {
        for (k = 0; k < ENGINE_LOT_BIDS; k++) {
            w.broken |= bid_on(&w, auction_lots(w.a)[i].id,
                               k % 2 ? KIM : LEE, 100 + k) != GAVEL_OK;
            journal_clear(w.j);
        }
    }

    is_int(w.a->nbids, ENGINE_MAX_BIDS, "so many bids are remembered");

    last = &auction_lots(w.a)[i];
    is_int(bid_on(&w, last->id, KIM, 100), GAVEL_OK, "one more is accepted");
    is_int(last->nbids, 0, "but not remembered");

    c = command(&w, CMD_AUTO_BID, LEE);
    c.lot_id = last->id;
    c.amount = 300;
    is_int(give(&w, &c), GAVEL_OK, "a maximum");
    is_int(bid_on(&w, last->id, PARK, 200), GAVEL_OK, "is at work");
    is_int(last->price, 201, "without being remembered");
    c.amount = 400;
    is_int(give(&w, &c), GAVEL_OK, "and can be changed");
    is_int(last->leader_max, 400, "to 400");
    is_int(bid_on(&w, last->id, PARK, 500), GAVEL_OK, "it was beaten");

    c = command(&w, CMD_BID_VOID, OWNER);
    c.lot_id = last->id;
    c.bid_id = last->leader_bid;
    is_int(give(&w, &c), GAVEL_limit_reached, "what is not remembered stays");

    is_int(bid_on(&w, auction_lots(w.a)[0].id, LEE, 500), GAVEL_OK,
           "another lot forgets its own oldest");
    is_int(auction_lots(w.a)[0].nbids, ENGINE_LOT_BIDS, "for it");

    /* lots that are over give way */

    journal_clear(w.j);

    for (k = 0; k < 2; k++) {
        c = command(&w, CMD_LOT_HAMMER, OWNER);
        c.lot_id = auction_lots(w.a)[k].id;
        w.broken |= give(&w, &c) != GAVEL_OK;
    }

    is_int(bid_on(&w, last->id, KIM, 600), GAVEL_OK, "a lot was sold");
    is_int(last->nbids, 1, "now there is room");
    is_int(auction_lots(w.a)[0].nbids, 0, "that it had");
    is_int(auction_lots(w.a)[1].nbids, ENGINE_LOT_BIDS,
           "but for what can be undone");
    journal_undo(w.j, &w.a);
    is_int(auction_lots(w.a)[0].nbids, ENGINE_LOT_BIDS, "and back");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    by_host();
    maxima();
    windows();
    deep();
    deep_second();
    full();

    return done_testing();
}
