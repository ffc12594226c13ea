/* needs: engine times */

/*
 * dutch: a price that falls until somebody takes it.
 */

#include <time.h>

#include "tap.h"
#include "world.h"


#define RULES  "{\"format\":\"dutch\",\"dutch_drop\":50,"                      \
               "\"dutch_every_ms\":1000,\"one_at_a_time\":true}"

static world_t   w;
static uint64_t  seed;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static lot_t *
lot_at(uint32_t i)
{
    return &auction_lots(w.a)[i];
}


static gavel_code_t
add(int64_t base, int64_t ceiling, int64_t quantity)
{
    command_t  c;

    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = base;
    c.ceiling = ceiling;
    c.quantity = quantity;

    return give(&w, &c);
}


/* A sale of a lot that falls from 500 to 100 in 8 seconds, of 30. */

static int64_t
world_sale(int64_t quantity)
{
    world_open(&w, MODE_LIVE, RULES);
    w.broken |= add(100, 500, quantity) != GAVEL_OK;
    w.broken |= add(100, 100, -1) != GAVEL_OK;
    world_start(&w);
    w.broken |= host(&w, CMD_LOT_OPEN) != GAVEL_OK;

    return w.now;
}


/* The price that is asked at `at`. */

static int64_t
asked(int64_t at)
{
    command_t  c;

    c = command(&w, CMD_BID, 1001);
    c.at = at;
    c.amount = 1;

    return give(&w, &c) == GAVEL_too_low ? w.r.min_next : -1;
}


static void
falling(void)
{
    int64_t  from;

    from = world_sale(-1);
    is_int(w.ev[0].min_next, 500, "it begins at the ceiling");
    is_int(asked(from), 500, "0 ms");
    is_int(asked(from + 999), 500, "-1 ms: not yet");
    is_int(asked(from + 1000), 450, "0 ms: one step");
    is_int(asked(from + 1001), 450, "+1 ms");
    is_int(asked(from + 7999), 150, "-1 ms: the last but one");
    is_int(asked(from + 8000), 100, "0 ms: the base price");
    is_int(asked(from + 29999), 100, "there it stays");
    is_int(asked(from + 30000), -1, "until the end");

    w.now = from + 2500;
    is_int(bid(&w, 1001, 399), GAVEL_too_low, "one too little");
    is_int(w.r.min_next, 400, "told what is asked");
    is_int(bid(&w, 1001, 0), GAVEL_invalid_amount, "nothing");
    is_int(bid(&w, OWNER, 400), GAVEL_own_auction, "the owner");
    is_int(bid(&w, 1001, 470), GAVEL_OK, "who says yes");
    is_int(w.n, 2, "has it at once");
    is_int(w.ev[0].type, EV_BID_ACCEPTED, "the bid");
    is_int(w.ev[0].price, 400, "at what is asked, not at what he said");
    is_int(w.ev[1].type, EV_LOT_SOLD, "and the sale");
    is_int(w.ev[1].price, 400, "at that");
    is_int(bid_on(&w, lot_at(0)->id, 1002, 500), GAVEL_after_end,
           "T-01: one sale");

    (void) host(&w, CMD_LOT_OPEN);
    is_int(asked(w.now), 100, "a lot that cannot fall");
    w.now = lot_at(1)->ends_at;
    is_int(close_lot(&w, lot_at(1)->id, 1), GAVEL_OK, "nobody took it");
    is_int(w.ev[0].type, EV_LOT_UNSOLD, "unsold");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
standing_still(void)
{
    int64_t    from;
    command_t  c;

    from = world_sale(-1);

    w.now = from + 1500;
    (void) host(&w, CMD_PAUSE);
    w.now += 10000;
    (void) host(&w, CMD_RESUME);
    is_int(asked(w.now), 450, "29: a pause");
    is_int(asked(from + 11999), 450, "-1 ms");
    is_int(asked(from + 12000), 400, "0 ms: is as if it were not");

    (void) host(&w, CMD_LOT_HOLD);
    w.now += 5000;
    (void) host(&w, CMD_LOT_RESUME);
    is_int(asked(from + 16999), 450, "a lot that is held, too: -1 ms");
    is_int(asked(from + 17000), 400, "0 ms");
    is_int(lot_at(0)->ends_at, from + 45000, "and its end");

    c = server(&w, CMD_RECOVER);
    c.ms = 2000;
    (void) give(&w, &c);
    is_int(asked(from + 18999), 450, "time given back: -1 ms");
    is_int(asked(from + 19000), 400, "0 ms");

    c = command(&w, CMD_LOT_EXTEND, OWNER);
    c.ms = 2000;
    (void) give(&w, &c);
    is_int(asked(from + 19000), 400, "more time does not raise the price");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
units(void)
{
    (void) world_sale(3);

    is_int(bid(&w, 1001, 500), GAVEL_OK, "the first unit");
    is_int(w.n, 3, "and the next");
    is_int(w.ev[2].type, EV_LOT_REQUEUED, "is queued");
    is_int(w.ev[2].how, HOW_UNIT, "as a unit");
    is_int(lot_at(0)->units, 1, "one sold");
    is_int(lot_at(0)->position, 1, "the next on the block");
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.ev[0].lot_id, lot_at(0)->id, "opens");
    is_int(w.ev[0].round, 2, "in a round of its own");
    is_int(w.ev[0].min_next, 500, "from the ceiling");
    (void) bid(&w, 1001, 500);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(bid(&w, 1002, 500), GAVEL_OK, "the last");
    is_int(w.n, 2, "no more");
    is_int(lot_at(0)->units, 3, "all sold");
    is_int(lot_at(0)->status, LOT_SOLD, "sold");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
terms(void)
{
    rules_t     r;
    command_t   c;
    const char  *what;

    world_open(&w, MODE_LIVE, RULES);
    is_int(add(100, 99, -1), GAVEL_invalid_params, "a ceiling below the base");
    is_int(add(100, 0, -1), GAVEL_invalid_params, "none");
    is_int(add(100, 100, -1), GAVEL_OK, "at the base");
    world_close(&w);

    world_open(&w, MODE_LIVE, NULL);
    (void) add(100, 0, -1);
    (void) rules_parse(&r, MODE_LIVE, RULES, strlen(RULES), &what);
    c = command(&w, CMD_UPDATE, OWNER);
    c.rules = &r;
    is_int(give(&w, &c), GAVEL_OK, "other rules");
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "for which it is not ready");
    world_close(&w);
}


static void
points(void)
{
    int64_t    i;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT, RULES);
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 120);

    for (i = 1; i < 3; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = i;
        c.base_price = 100;
        c.ceiling = 300;
        w.broken |= give(&w, &c) != GAVEL_OK;
    }

    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(bid(&w, STRANGER, 300), GAVEL_not_authorized, "no leader");
    is_int(bid(&w, LEE, 300), GAVEL_budget_exceeded, "not his points");
    w.now += 3999;
    is_int(bid(&w, LEE, 300), GAVEL_budget_exceeded, "-1 ms: still not");
    w.now += 1;
    is_int(bid(&w, LEE, 300), GAVEL_OK, "0 ms: now they are");
    is_int(team_find(w.a, 102)->spent, 100, "spent");
    is_int(team_find(w.a, 102)->held, 0, "not held");
    (void) host(&w, CMD_LOT_OPEN);
    w.now += 2000;
    is_int(bid(&w, KIM, 200), GAVEL_OK, "the price that he saw");
    is_int(team_find(w.a, 101)->spent, 200, "is what he pays");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "3: the log gives the same bytes");
    world_close(&w);
}


static void
strangers(void)
{
    event_t    ev[ENGINE_EVENTS], e;
    command_t  c;
    auction_t  *before;

    (void) world_sale(-1);
    w.now += 1000;
    c = command(&w, CMD_BID, 1001);
    c.amount = 450;
    is_int(decide(w.a, &c, w.now, ev, &w.r), 2, "decided");
    before = auction_copy(w.a);

    e = ev[0];
    e.price = e.amount = 449;
    is_int(evolve(&w.a, &e, w.j), -1, "a lower price");
    e.price = e.amount = 500;
    is_int(evolve(&w.a, &e, w.j), -1, "a higher price");
    e = ev[0];
    e.at = w.now - 1;
    is_int(evolve(&w.a, &e, w.j), -1, "the price of another time");
    e = ev[0];
    e.max_amount = 1000;
    is_int(evolve(&w.a, &e, w.j), -1, "a maximum");
    e = ev[0];
    e.bidder = OWNER;
    is_int(evolve(&w.a, &e, w.j), -1, "the owner");
    e = ev[1];
    e.seq--;
    is_int(evolve(&w.a, &e, w.j), -1, "a sale without a bid");
    ok(memcmp(before, w.a, w.a->size) == 0, "nothing has changed");
    is_int(evolve(&w.a, &ev[0], w.j), 0, "the bid");
    e = ev[0];
    e.seq++;
    e.bid_id++;
    is_int(evolve(&w.a, &e, w.j), -1, "no second");
    e = ev[1];
    e.price--;
    is_int(evolve(&w.a, &e, w.j), -1, "a sale at less");
    is_int(evolve(&w.a, &ev[1], w.j), 0, "the sale");

    free(before);
    world_close(&w);
}


/* --- anything, in any order --- */


static command_t
anything(void)
{
    command_t         c;
    static const int  types[] = {
        CMD_BID, CMD_BID, CMD_BID, CMD_BID, CMD_LOT_OPEN, CMD_LOT_OPEN,
        CMD_LOT_HAMMER, CMD_PAUSE, CMD_RESUME, CMD_RESUME, CMD_LOT_HOLD,
        CMD_LOT_RESUME, CMD_LOT_RESUME, CMD_LOT_EXTEND, CMD_LOT_REQUEUE,
        CMD_LOT_OFFER, CMD_OFFER_ANSWER, CMD_OFFER_CLOSE, CMD_LOT_REOPEN,
        CMD_LOT_PASS, CMD_RECOVER
    };

    w.now += pick(2500);

    if (pick(8) == 0 && auction_deadline(w.a, &c) != 0) {
        w.now = w.now > c.at ? w.now : c.at + pick(3) - 1;
        w.now = w.now > w.a->ts ? w.now : w.a->ts;
        return c;
    }

    c = command(&w, types[pick(sizeof(types) / sizeof(types[0]))], OWNER);

    if (c.type == CMD_RECOVER) {
        c = server(&w, CMD_RECOVER);
    }

    c.ms = 1 + pick(3000);
    c.amount = pick(2);

    if (c.type == CMD_LOT_REQUEUE || c.type == CMD_LOT_OFFER
        || c.type == CMD_OFFER_ANSWER || c.type == CMD_OFFER_CLOSE)
    {
        c.lot_id = lot_at((uint32_t) pick(w.a->nlots))->id;
    }

    if (c.type == CMD_BID || c.type == CMD_OFFER_ANSWER) {
        c.actor = 1001 + pick(4);
    }

    if (c.type == CMD_BID) {
        c.amount = pick(520);
        c.at = w.now - pick(40);
    }

    return c;
}


static void
play(void)
{
    auction_t   *was;
    uint32_t     i, n, sales;
    command_t    c;
    const char  *bad;

    bad = NULL;
    sales = 0;

    for (n = 0; n < 40 && bad == NULL; n++) {

        (void) world_sale(pick(2) ? -1 : 4);
        journal_clear(w.j);

        for (i = 0; i < 200 && bad == NULL && w.a->status < AUCTION_ENDED;
             i++)
        {
            c = anything();
            was = auction_copy(w.a);

            w.keeps_log = 0;                     /* not committed */
            journal_clear(w.j);
            (void) give(&w, &c);
            journal_undo(w.j, &w.a);
            w.keeps_log = 1;

            if (w.a->size != was->size || memcmp(w.a, was, was->size) != 0) {
                bad = "undo gives other bytes";
            }

            if (give(&w, &c) != GAVEL_OK && memcmp(w.a, was, was->size) != 0)
            {
                bad = "12: a refusal changed something";
            }

            free(was);

            if (w.n > 1 && w.ev[1].type == EV_LOT_SOLD) {
                sales++;
                bad = w.ev[0].price < 100 || w.ev[0].price > c.amount
                      ? "10: a price that was not asked" : bad;
            }

            bad = w.broken ? "7: decided, but not legal" : bad;
        }

        if (bad == NULL && !world_replays(&w)) {
            bad = "3: replay differs";
        }

        world_close(&w);
    }

    if (!ok(bad == NULL, "anything, in any order")) {
        printf("# %s\n", bad);
    }

    ok(sales > 20, "and lots were sold");
}


int
main(int argc, char **argv)
{
    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    printf("# seed %llu\n", (unsigned long long) seed);

    falling();
    standing_still();
    units();
    terms();
    points();
    strangers();
    play();

    return done_testing();
}
