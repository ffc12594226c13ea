/* needs: engine times */

/*
 * sealed_money: sealed bids of anybody, for money; and the second price.
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


/* A sale by sealed bids, for money. */

static void
world_sale(const char *rules, int64_t reserve)
{
    command_t  c;

    world_open(&w, MODE_LIVE, rules);

    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.reserve = reserve;
    w.broken |= give(&w, &c) != GAVEL_OK;

    (void) add_lot(&w, 2, 100);
    world_start(&w);
    w.broken |= host(&w, CMD_LOT_OPEN) != GAVEL_OK;
}


static void
money(void)
{
    int64_t    i;
    command_t  c;

    world_sale("{\"format\":\"sealed\"}", 0);
    is_int(bid(&w, 1001, 150), GAVEL_OK, "anybody");
    is_int(w.ev[0].team_id, NOBODY, "of no team");
    is_int(bid(&w, 1002, 150), GAVEL_OK, "the same");
    is_int(bid(&w, 1003, 120), GAVEL_OK, "less");
    is_int(bid(&w, 1003, 130), GAVEL_OK, "T-06: a little more");
    is_int(lot_at(0)->bid_count, 3, "three live submissions");
    is_int(bid(&w, OWNER, 150), GAVEL_own_auction, "not the owner");
    w.now = lot_at(0)->ends_at;
    (void) clock_says();
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[w.n - 1].type, EV_SEALED_REBID, "a tie");
    is_int(bid(&w, 1003, 200), GAVEL_not_authorized, "not who lost");
    is_int(bid(&w, 1004, 200), GAVEL_not_authorized, "not who was not there");
    is_int(bid(&w, 1002, 151), GAVEL_OK, "one of the tied");
    is_int(w.n, 1, "money waits for the clock");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "or the hammer");
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(0)->leader, 1002, "wins");
    is_int(lot_at(0)->price, 151, "at his bid");

    (void) host(&w, CMD_LOT_OPEN);

    for (i = 0; i < ENGINE_MAX_SEALED; i++) {
        w.broken |= bid(&w, 2000 + i, 100 + i % 500) != GAVEL_OK;
    }

    is_int(lot_at(1)->nbids, ENGINE_MAX_SEALED, "as many as there may be");
    is_int(bid(&w, 1001, 150), GAVEL_limit_reached, "one too many");
    is_int(bid(&w, 2000, 1000), GAVEL_OK, "but the others may change");
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(host(&w, CMD_LOT_REVEAL), GAVEL_OK, "revealed");
    is_int(w.n, ENGINE_MAX_SEALED + 1, "all of them");
    is_int(lot_at(1)->leader, 2000, "the best");
    is_int(lot_at(1)->nbids, ENGINE_LOT_BIDS, "some are remembered");
    is_int(lot_at(1)->hidden_bids, 0, "none of them in secret");

    for (i = 1; i < ENGINE_MAX_SEALED; i++) {
        w.broken |= w.ev[i].amount < w.ev[i - 1].amount;
    }

    ok(!w.broken, "8: amounts rise");

    c = command(&w, CMD_LOT_OFFER, OWNER);
    c.lot_id = lot_at(1)->id;
    is_int(give(&w, &c), GAVEL_OK, "a second chance");
    is_int(w.ev[0].bidder, 2499, "for the earlier of the next best");
    is_int(w.ev[0].price, 599, "at his bid");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);

    world_sale("{\"format\":\"sealed\",\"reserve_wait_ms\":0}", 500);
    (void) bid(&w, 1001, 499);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[1].type, EV_LOT_UNSOLD, "below the reserve: unsold");
    world_close(&w);

    world_sale("{\"format\":\"sealed\",\"reserve_wait_ms\":-1}", 500);
    (void) bid(&w, 1001, 499);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(w.ev[1].type, EV_LOT_RESERVE_NOT_MET, "or the host decides");
    is_int(lot_at(0)->status, LOT_RESERVE, "waits");
    is_int(auction_deadline(w.a, NULL), 0, "as long as he wants");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition, "on the block");
    is_int(host(&w, CMD_LOT_ACCEPT), GAVEL_OK, "he sells");
    is_int(w.ev[0].price, 499, "at that");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


/* Many lots at once, until the auction remembers as much as it may. */

static void
memory(void)
{
    int64_t    i, k;
    command_t  c;

    world_open(&w, MODE_TIMED, "{\"format\":\"sealed\"}");
    w.keeps_log = 0;

    for (i = 0; i < 65; i++) {
        (void) add_lot(&w, 1 + i, 100);
    }

    world_start(&w);

    for (i = 0; i < 64; i++) {
        for (k = 0; k < ENGINE_MAX_SEALED; k++) {
            journal_clear(w.j);
            w.broken |= bid_on(&w, lot_at((uint32_t) i)->id, 1000 + k,
                               100 + k) != GAVEL_OK;
        }
    }

    is_int(w.a->nbids, ENGINE_MAX_BIDS, "all that may be remembered");
    is_int(bid_on(&w, lot_at(64)->id, 1000, 100), GAVEL_limit_reached,
           "and one more");
    is_int(bid_on(&w, lot_at(0)->id, 1000, 5000), GAVEL_OK,
           "who is there may change");

    c = command(&w, CMD_LOT_HAMMER, OWNER);
    c.lot_id = lot_at(0)->id;
    w.broken |= give(&w, &c) != GAVEL_OK;
    c.type = CMD_LOT_REVEAL;
    is_int(give(&w, &c), GAVEL_OK, "a lot is revealed");
    is_int(w.ev[w.n - 1].bidder, 1000, "sold");
    is_int(bid_on(&w, lot_at(64)->id, 1000, 100), GAVEL_OK,
           "which leaves room for others");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* The price of the best of these bids (0: none) by Vickrey's rule. */

static int64_t
vickrey(int64_t a, int64_t b, int64_t c, int64_t reserve)
{
    int64_t  price;

    world_sale("{\"format\":\"vickrey\",\"tie\":\"earlier\","
               "\"reserve_wait_ms\":0}", reserve);

    (void) (a != 0 ? bid(&w, 1001, a) : 0);
    (void) (b != 0 ? bid(&w, 1002, b) : 0);
    (void) (c != 0 ? bid(&w, 1003, c) : 0);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_REVEAL);

    price = w.ev[w.n - 1].type == EV_LOT_SOLD ? w.ev[w.n - 1].price : -1;

    ok(!w.broken && world_replays(&w), "evolves, and again");
    world_close(&w);

    return price;
}


static void
second_price(void)
{
    is_int(vickrey(300, 200, 150, 0), 200, "the second best is the price");
    is_int(vickrey(200, 150, 300, 0), 200, "in any order");
    is_int(vickrey(300, 0, 0, 0), 100, "alone: the base price");
    is_int(vickrey(300, 300, 100, 0), 300, "equal: that");
    is_int(vickrey(300, 200, 0, 250), 250, "at least the reserve");
    is_int(vickrey(300, 280, 0, 250), 280, "or more");
    is_int(vickrey(250, 100, 0, 250), 250, "just met");
    is_int(vickrey(249, 240, 0, 250), -1, "just not met");
    is_int(vickrey(0, 0, 0, 0), -1, "nobody");

    (void) world_draft(&w, "{\"format\":\"vickrey\"}");
    (void) bid(&w, KIM, 400);
    (void) bid(&w, LEE, 250);
    (void) bid(&w, PARK, 200);
    (void) host(&w, CMD_LOT_REVEAL);
    is_int(lot_at(0)->leader, KIM, "points, too");
    is_int(team_find(w.a, 101)->spent, 250, "cost the second best");
    is_int(team_find(w.a, 102)->held, 0, "nobody else holds any");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* A maximum for a lot that was then sold by sealed bids is worth nothing. */

static void
another_format(void)
{
    world_t      w;
    rules_t      r;
    command_t    c;
    const char  *what;

    world_open(&w, MODE_LIVE, NULL);
    (void) add_lot(&w, 1, 100);
    (void) host(&w, CMD_PUBLISH);

    c = command(&w, CMD_AUTO_BID, KIM);
    c.lot_id = auction_lots(w.a)[0].id;
    c.amount = 500;
    is_int(give(&w, &c), GAVEL_OK, "a maximum");

    c = command(&w, CMD_UPDATE, OWNER);
    is_int(rules_parse(&r, MODE_LIVE, "{\"format\":\"sealed\"}", 19, &what),
           0, "other rules");
    c.rules = &r;
    is_int(give(&w, &c), GAVEL_OK, "are in force");

    (void) host(&w, CMD_START);
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the lot opens");
    is_int(w.n, 1, "and nothing else is told");
    is_int(auction_lots(w.a)[0].nbids, 0, "the maximum is forgotten");
    is_int(auction_lots(w.a)[0].hidden_bids, 0, "and not counted");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    money();
    memory();
    second_price();

    another_format();

    return done_testing();
}
