/* needs: engine times */

/*
 * proxies: hidden maxima, pre-bids, reserves, buy-now prices and bids on
 * behalf, as a room sees them.
 */

#include "tap.h"
#include "world.h"


#define LOT  (&auction_lots(w.a)[0])


static gavel_code_t
auto_bid(world_t *w, int64_t who, int64_t max)
{
    command_t  c;

    c = command(w, CMD_AUTO_BID, who);
    c.amount = max;
    c.lot_id = auction_lots(w->a)[0].id;

    return give(w, &c);
}


static gavel_code_t
cancel(world_t *w, int64_t who)
{
    command_t  c;

    c = command(w, CMD_AUTO_BID_CANCEL, who);
    c.lot_id = auction_lots(w->a)[0].id;

    return give(w, &c);
}


static gavel_code_t
buy(world_t *w, int64_t who)
{
    command_t  c;

    c = command(w, CMD_BUY_NOW, who);

    return give(w, &c);
}


/* A live sale with steps of 10 and one lot of 100. */

static void
sale(world_t *w, const char *more, int64_t reserve, int64_t buy_now, int open)
{
    char       rules[512];
    command_t  c;

    (void) snprintf(rules, sizeof(rules), "{\"ladder\":10%s}", more);
    world_open(w, MODE_LIVE, rules);

    c = command(w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.reserve = reserve != 0 ? reserve : -1;
    c.buy_now = buy_now != 0 ? buy_now : -1;
    w->broken |= give(w, &c) != GAVEL_OK;

    c.item_id = 2;
    c.reserve = -1;
    c.buy_now = -1;
    w->broken |= give(w, &c) != GAVEL_OK;

    world_start(w);

    if (open) {
        w->broken |= host(w, CMD_LOT_OPEN) != GAVEL_OK;
    }
}


/* Whether the room could read this number in what is told of an event. */

static int
shows(const world_t *w, uint32_t i, const char *number)
{
    char  text[EVENT_TEXT_MAX];

    text[event_public(&w->ev[i], 5, text, sizeof(text) - 1)] = '\0';

    return strstr(text, number) != NULL;
}


static int
keeps(const world_t *w, uint32_t i, const char *number)
{
    char  text[EVENT_PRIVATE_MAX];

    text[event_private(&w->ev[i], text, sizeof(text) - 1)] = '\0';

    return strstr(text, number) != NULL;
}


static void
duels(void)
{
    world_t  w;

    sale(&w, "", 0, 0, 1);

    is_int(auto_bid(&w, KIM, 77777), GAVEL_OK, "Kim: 77777 at most");
    is_int(w.n, 1, "one event");
    is_int(w.ev[0].type, EV_BID_ACCEPTED, "a bid");
    is_int(w.ev[0].how, HOW_MAX, "by a maximum");
    is_int(w.ev[0].price, 100, "at the base price");
    is_int(w.ev[0].amount, 100, "is all that is told");
    ok(!shows(&w, 0, "77777"), "the maximum is hidden");
    ok(keeps(&w, 0, "\"max_amount\":77777"), "in the private part");

    w.now += 100;
    is_int(bid(&w, LEE, 109), GAVEL_too_low, "a raise is a raise");
    is_int(w.r.min_next, 110, "which betrays nothing");
    is_int(bid(&w, LEE, 200), GAVEL_OK, "Lee: 200 is accepted");
    is_int(w.n, 2, "and answered in the same moment");
    is_int(w.ev[0].type, EV_BID_ACCEPTED, "Lee first");
    is_int(w.ev[0].amount, 200, "at 200");
    is_int(w.ev[0].outbid, 1, "outbid at once");
    is_int(w.ev[0].price, 210, "with the price that follows");
    is_int(w.ev[0].min_next, 220, "T-57: and the next, in the ack");
    is_int(w.ev[0].actor, LEE, "Lee asked for it");
    is_int(w.ev[1].type, EV_BID_REACTIVE, "then Kim's maximum");
    is_int(w.ev[1].bidder, KIM, "Kim's");
    is_int(w.ev[1].amount, 210, "one step over it");
    is_int(w.ev[1].price, 210, "is the price");
    is_int(w.ev[1].actor, NOBODY, "nobody asked");
    is_int(w.ev[1].bid_id, LOT->leader_bid, "a bid of its own");
    ok(!shows(&w, 0, "77777") && !shows(&w, 1, "77777"), "still hidden");
    is_int(LOT->bid_count, 3, "three bids");
    is_int(event_that_answers(w.ev, w.n), 0, "the first answers");

    is_int(bid(&w, KIM, 1000), GAVEL_already_leading,
           "T-03, T-50: nobody outbids himself");
    is_int(auto_bid(&w, KIM, 77777), GAVEL_already_leading,
           "T-50: nor names the same again");

    is_int(auto_bid(&w, LEE, 77777), GAVEL_OK, "Lee: the same maximum");
    is_int(LOT->leader, KIM, "the earlier wins");
    is_int(LOT->price, 77777, "at that price");
    is_int(w.ev[0].amount, 77777, "Lee at 77777");
    is_int(w.ev[1].amount, 77777, "Kim too");

    is_int(bid(&w, PARK, 77778), GAVEL_too_low, "and then a step again");
    is_int(bid(&w, PARK, 77787), GAVEL_OK, "Park: 77787");
    is_int(w.n, 1, "there is no maximum left to tell");
    is_int(LOT->leader, PARK, "leads");
    is_int(cancel(&w, KIM), GAVEL_not_found, "a used-up maximum is gone");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
exhausted(void)
{
    world_t  w;

    sale(&w, "", 0, 0, 1);

    (void) auto_bid(&w, KIM, 333);
    is_int(bid(&w, LEE, 335), GAVEL_OK, "more than Kim's maximum, by hand");
    is_int(w.n, 2, "two events");
    is_int(w.ev[0].type, EV_BID_REACTIVE, "Kim's last bid first");
    is_int(w.ev[0].amount, 333, "at the maximum");
    is_int(w.ev[1].type, EV_BID_ACCEPTED, "then Lee's");
    is_int(w.ev[1].price, 335, "any more beats it");
    is_int(event_that_answers(w.ev, w.n), 1, "the second answers");
    is_int(w.ev[1].actor, LEE, "it has the actor");
    is_int(w.ev[0].actor, NOBODY, "the first has none");
    is_int(LOT->leader, LEE, "Lee leads");
    is_int(LOT->exhausted, 0, "and a raise is a raise again");
    is_int(lot_min_next(w.a, LOT), 345, "of a step");

    is_int(auto_bid(&w, KIM, 500), GAVEL_OK, "Kim: 500 at most");
    is_int(LOT->price, 345, "one step over Lee");
    is_int(auto_bid(&w, PARK, 505), GAVEL_OK, "Park: 505 at most");
    is_int(LOT->price, 505, "a step over Kim is more than that");
    is_int(auto_bid(&w, LEE, 1000), GAVEL_OK, "Lee: 1000");
    is_int(w.n, 1, "Park had nothing left");
    is_int(LOT->price, 515, "one step");
    ok(!w.broken, "evolved");

    /* what a stranger might write in the log */

    event_t  e = w.ev[0];
    e.seq = w.a->seq + 1;
    e.bid_id += 1;
    e.type = EV_BID_REACTIVE;
    e.count = (int64_t) LOT->bid_count + 1;
    e.amount = e.price = 600;
    e.min_next = 610;
    is_int(evolve(&w.a, &e, w.j), -1, "a reaction to nothing is refused");
    world_close(&w);
}


static void
own_maximum(void)
{
    world_t  w;

    sale(&w, "", 0, 0, 1);

    (void) auto_bid(&w, KIM, 300);
    (void) bid(&w, LEE, 200);
    is_int(LOT->price, 210, "Kim leads at 210");

    is_int(auto_bid(&w, KIM, 500), GAVEL_OK, "T-03: Kim: 500");
    is_int(w.n, 1, "one event");
    is_int(w.ev[0].type, EV_AUTO_BID_SET, "of which");
    ok(shows(&w, 0, "\"type\":\"hidden\",\"data\":{}"), "nothing is seen");
    ok(!shows(&w, 0, "actor"), "not even by whom");
    ok(keeps(&w, 0, "\"max_amount\":500"), "it is kept");
    is_int(LOT->price, 210, "T-03: one's own raise never moves the price");
    is_int(LOT->leader_max, 500, "up to 500");

    is_int(auto_bid(&w, KIM, 209), GAVEL_too_low, "not below the price");
    is_int(w.r.min_next, 210, "which is the least");
    is_int(auto_bid(&w, KIM, 210), GAVEL_OK, "down to it");
    is_int(cancel(&w, KIM), GAVEL_not_found, "then there is none");
    is_int(auto_bid(&w, KIM, 400), GAVEL_OK, "and up again");
    is_int(cancel(&w, KIM), GAVEL_leading, "who leads is bound by it");
    is_int(LOT->price, 210, "all that at the same price");
    (void) bid(&w, LEE, 390);
    is_int(LOT->price, 400, "as far as it goes");

    is_int(auto_bid(&w, OWNER, 900), GAVEL_own_auction, "6: the owner");
    is_int(auto_bid(&w, NOBODY, 900), GAVEL_not_authorized, "5: a guest");
    is_int(auto_bid(&w, LEE, 405), GAVEL_too_low, "10: too low");
    is_int(auto_bid(&w, LEE, 0), GAVEL_invalid_amount, "9: nothing");
    is_int(auto_bid(&w, LEE, ENGINE_MAX_AMOUNT + 1), GAVEL_invalid_amount,
           "9: too much");
    is_int(auto_bid(&w, LEE, ENGINE_MAX_AMOUNT), GAVEL_OK, "all there is");
    is_int(LOT->price, 410, "for one step");
    is_int(auto_bid(&w, PARK, ENGINE_MAX_AMOUNT), GAVEL_OK, "against all");
    is_int(LOT->leader, LEE, "the earlier");
    is_int(lot_min_next(w.a, LOT), ENGINE_MAX_AMOUNT, "there is no more");
    is_int(bid(&w, KIM, ENGINE_MAX_AMOUNT), GAVEL_too_low, "for nobody");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, ",\"no_proxy\":true", 0, 0, 1);
    is_int(auto_bid(&w, KIM, 500), GAVEL_illegal_transition,
           "a sale without maxima");
    world_close(&w);
}


/* T-19: points are held at the price; a maximum needs no more than is there,
 * and what is held already counts. */

static void
purses(void)
{
    world_t    w;
    command_t  c;

    (void) world_draft(&w, "{\"no_proxy\":false,\"one_at_a_time\":false}");

    is_int(auto_bid(&w, KIM, 1001), GAVEL_budget_exceeded, "13: the purse");
    is_int(auto_bid(&w, KIM, 600), GAVEL_OK, "Kim: 600 of 1000");
    is_int(team_find(w.a, 101)->held, 100, "only the price is held");
    is_int(bid(&w, LEE, 300), GAVEL_lot_not_open, "which lot?");
    is_int(bid_on(&w, LOT->id, LEE, 300), GAVEL_OK, "Lee: 300");
    is_int(team_find(w.a, 101)->held, 310, "and then that");
    is_int(team_find(w.a, 102)->held, 0, "nothing of who was outbid");

    is_int(auto_bid(&w, KIM, 1000), GAVEL_OK,
           "T-19: a raise needs only the difference");
    is_int(auto_bid(&w, KIM, 320), GAVEL_OK, "T-19: less needs nothing");
    is_int(team_find(w.a, 101)->held, 310, "310 are held");
    is_int(auto_bid(&w, KIM, 1000), GAVEL_OK, "all of it");

    /* what is held elsewhere cannot answer */

    c = command(&w, CMD_LOT_OPEN, OWNER);
    c.lot_id = auction_lots(w.a)[1].id;
    (void) give(&w, &c);
    is_int(bid_on(&w, c.lot_id, KIM, 400), GAVEL_OK, "Kim: 400 for another");
    is_int(bid_on(&w, LOT->id, LEE, 700), GAVEL_OK, "Lee: 700");
    is_int(w.ev[0].amount, 600, "Kim can answer up to 600");
    is_int(LOT->leader, LEE, "Lee leads");
    is_int(LOT->price, 700, "at 700");
    is_int(team_find(w.a, 101)->held, 400, "Kim holds only the other lot");
    is_int(auto_bid(&w, PARK, 710), GAVEL_budget_exceeded, "Park has 300");

    c = command(&w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = 102;
    c.amount = 1;
    (void) auto_bid(&w, LEE, 900);
    (void) give(&w, &c);
    is_int(auto_bid(&w, LEE, 950), GAVEL_team_suspended, "5: suspended");
    (void) host(&w, CMD_PAUSE);
    is_int(auto_bid(&w, KIM, 950), GAVEL_auction_paused, "2: paused");
    (void) host(&w, CMD_RESUME);
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
pre_bids(void)
{
    world_t  w;

    sale(&w, "", 0, 0, 0);

    is_int(auto_bid(&w, KIM, 99), GAVEL_below_base, "at least the base price");
    is_int(auto_bid(&w, KIM, 400), GAVEL_OK, "Kim waits with 400");
    ok(shows(&w, 0, "\"type\":\"hidden\",\"data\":{}"), "which nobody sees");
    is_int(LOT->hidden_bids, 1, "one waits");
    is_int(auto_bid(&w, KIM, 400), GAVEL_already_exists, "once");
    is_int(auto_bid(&w, KIM, 500), GAVEL_OK, "with 500");
    is_int(LOT->hidden_bids, 1, "in place of it");
    is_int(auto_bid(&w, OWNER, 500), GAVEL_own_auction, "not the owner");
    is_int(auto_bid(&w, NOBODY, 500), GAVEL_not_authorized, "nor a guest");
    is_int(auto_bid(&w, LEE, 500), GAVEL_OK, "Lee with 500");
    is_int(auto_bid(&w, PARK, 300), GAVEL_OK, "Park with 300");
    is_int(cancel(&w, STRANGER), GAVEL_not_found, "who does not wait");
    is_int(cancel(&w, PARK), GAVEL_OK, "Park goes");
    is_int(auto_bid(&w, PARK, 200), GAVEL_OK, "and comes back with 200");

    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the lot opens");
    is_int(w.n, 3, "and two are put to work");
    is_int(w.ev[1].type, EV_BID_REACTIVE, "first the second");
    is_int(w.ev[1].bidder, LEE, "Lee");
    is_int(w.ev[1].price, 500, "with all of it");
    is_int(w.ev[2].bidder, KIM, "then Kim, who was earlier");
    is_int(w.ev[2].price, 500, "at the same");
    is_int(LOT->leader, KIM, "Kim leads");
    is_int(LOT->hidden_bids, 0, "nobody waits");
    is_int(LOT->bid_count, 2, "two bids are told");
    is_int(cancel(&w, PARK), GAVEL_not_found, "Park's is gone");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 0, 0, 0);
    (void) auto_bid(&w, KIM, 400);
    (void) auto_bid(&w, LEE, 250);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(LOT->price, 260, "one step over the second");
    is_int(LOT->leader_max, 400, "and 400 at most");
    is_int(bid(&w, LEE, 350), GAVEL_OK, "Lee: 350");
    is_int(LOT->price, 360, "it goes on working");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 350, 0, 0);
    (void) auto_bid(&w, KIM, 400);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.n, 2, "one alone");
    is_int(LOT->price, 350, "meets the reserve");
    is_int(w.ev[1].reserve_met, 1, "which the room is told");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 500, 0, 0);
    (void) auto_bid(&w, KIM, 400);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(LOT->price, 100, "or begins at the base price");
    is_int(w.ev[1].reserve_met, 0, "and does not");
    world_close(&w);
}


/* Teams: what they can still pay when the lot opens. */

static void
pre_bids_of_teams(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT, "{\"no_proxy\":false,\"roster_min\":1}");
    (void) add_team(&w, 101, KIM, 500);
    (void) add_team(&w, 102, LEE, 500);
    (void) add_team(&w, 103, PARK, 500);
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    (void) add_lot(&w, 3, 100);
    world_start(&w);
    is_int(auto_bid(&w, STRANGER, 200), GAVEL_not_authorized, "no team");
    is_int(auto_bid(&w, KIM, 501), GAVEL_budget_exceeded, "no such purse");
    is_int(auto_bid(&w, KIM, 500), GAVEL_OK, "all of it");
    is_int(auto_bid(&w, LEE, 400), GAVEL_OK, "Lee: 400");
    is_int(auto_bid(&w, PARK, 450), GAVEL_OK, "Park: 450");

    c = command(&w, CMD_TEAM_SUSPEND, OWNER);
    c.team_id = 103;
    c.amount = 1;
    (void) give(&w, &c);
    is_int(auto_bid(&w, PARK, 300), GAVEL_team_suspended, "suspended");
    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 101;
    c.amount = -150;
    (void) give(&w, &c);

    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the lot opens");
    is_int(LOT->leader, LEE, "Lee can pay more");
    is_int(LOT->price, 360, "than Kim's 350");
    is_int(team_find(w.a, 102)->held, 360, "which are held");
    is_int(team_find(w.a, 101)->held, 0, "of Lee only");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* Who waits when the conditions change, or the lot; and how many may. */

static void
pre_bids_that_wait(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_LIVE, NULL);
    (void) add_lot(&w, 1, 100);
    is_int(auto_bid(&w, OWNER, 500), GAVEL_own_auction, "a draft");
    (void) host(&w, CMD_PUBLISH);
    is_int(auto_bid(&w, KIM, 500), GAVEL_OK, "scheduled");
    c = command(&w, CMD_LOT_CHANGE, OWNER);
    c.lot_id = LOT->id;
    c.base_price = 600;
    (void) give(&w, &c);
    (void) host(&w, CMD_START);
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "a lot that costs more now");
    is_int(LOT->leader, NOBODY, "is not for 500");
    is_int(cancel(&w, KIM), GAVEL_not_found, "nor to be cancelled");
    is_int(cancel(&w, NOBODY), GAVEL_not_authorized, "by nobody");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 0, 0, 0);
    for (int i = 0; i < ENGINE_MAX_SEALED; i++) {
        w.broken |= auto_bid(&w, 1000 + i, 100 + i) != GAVEL_OK;
    }
    is_int(auto_bid(&w, KIM, 5000), GAVEL_limit_reached, "so many may wait");
    is_int(auto_bid(&w, 1000, 5000), GAVEL_OK, "who waits may think again");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "and it opens");
    is_int(LOT->leader, 1000, "to the best");
    is_int(LOT->price, 100 + ENGINE_MAX_SEALED - 1 + 10, "over the second");
    is_int(LOT->nbids, 2, "the others are gone");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* a timed sale opens all at once */

    world_open(&w, MODE_TIMED, "{\"ladder\":10}");
    for (int i = 0; i < 20; i++) {
        (void) add_lot(&w, i + 1, 100);
    }
    (void) host(&w, CMD_PUBLISH);
    for (int i = 0; i < 20; i++) {
        c = command(&w, CMD_AUTO_BID, KIM);
        c.lot_id = auction_lots(w.a)[i].id;
        c.amount = 200;
        w.broken |= give(&w, &c) != GAVEL_OK;
        c.actor = LEE;
        c.amount = 150;
        w.broken |= give(&w, &c) != GAVEL_OK;
    }
    is_int(host(&w, CMD_START), GAVEL_OK, "twenty lots with two each");
    is_int(w.n, 61, "all in one decision");
    is_int(auction_lots(w.a)[19].price, 160, "the last, too");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
reserves(void)
{
    world_t  w;

    sale(&w, "", 300, 0, 1);

    is_int(bid(&w, KIM, 150), GAVEL_OK, "below the reserve");
    is_int(w.ev[0].reserve_met, 0, "it is not met");
    is_int(auto_bid(&w, LEE, 250), GAVEL_OK, "Lee: 250 at most");
    is_int(LOT->price, 160, "does not meet it");

    is_int(auto_bid(&w, LEE, 400), GAVEL_OK, "Lee: 400");
    is_int(w.n, 2, "two events");
    is_int(w.ev[0].type, EV_AUTO_BID_SET, "the hidden one answers");
    is_int(event_that_answers(w.ev, w.n), 0, "it is the first");
    is_int(w.ev[1].type, EV_BID_REACTIVE, "then a bid");
    is_int(w.ev[1].price, 300, "of the reserve");
    is_int(w.ev[1].reserve_met, 1, "which is met");
    is_int(LOT->price, 300, "the price has jumped");
    is_int(bid(&w, KIM, 310), GAVEL_OK, "Kim: 310");
    is_int(LOT->price, 320, "and goes on from there");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 300, 0, 1);
    is_int(auto_bid(&w, KIM, 300), GAVEL_OK, "a first maximum of the reserve");
    is_int(LOT->price, 300, "is the price");
    ok(!shows(&w, 0, "reserve\":300"), "the reserve is not told");
    world_close(&w);

    sale(&w, "", 300, 0, 1);
    (void) auto_bid(&w, KIM, 250);
    is_int(auto_bid(&w, LEE, 350), GAVEL_OK, "over another's maximum");
    is_int(LOT->price, 300, "up to the reserve");
    is_int(bid(&w, PARK, 1000), GAVEL_OK, "by hand");
    is_int(LOT->price, 1000, "it is what it is");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
buying(void)
{
    world_t  w;

    sale(&w, "", 0, 1000, 1);
    is_int(buy(&w, OWNER), GAVEL_own_auction, "6: the owner");
    is_int(buy(&w, KIM), GAVEL_OK, "bought");
    is_int(w.ev[0].type, EV_BID_ACCEPTED, "a bid");
    is_int(w.ev[0].how, HOW_BUY_NOW, "of that kind");
    is_int(w.ev[0].price, 1000, "at that price");
    is_int(w.ev[1].type, EV_LOT_SOLD, "and sold");
    is_int(w.ev[1].how, HOW_BUY_NOW, "so");
    is_int(LOT->status, LOT_SOLD, "to Kim");
    is_int(buy(&w, LEE), GAVEL_lot_not_open, "once");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 0, 1000, 1);
    (void) bid(&w, KIM, 100);
    is_int(buy(&w, LEE), GAVEL_illegal_transition, "only until a bid");
    is_int(bid(&w, LEE, 1500), GAVEL_OK, "then bids know no cap");
    is_int(LOT->price, 1500, "1500");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, ",\"buy_now\":\"always\"", 0, 1000, 1);
    (void) auto_bid(&w, KIM, 900);
    is_int(bid(&w, LEE, 995), GAVEL_OK, "995");
    is_int(lot_min_next(w.a, LOT), 1000, "the cap is the next step");
    is_int(auto_bid(&w, KIM, 5000), GAVEL_OK, "a maximum beyond it");
    is_int(w.ev[0].how, HOW_BUY_NOW, "buys");
    is_int(w.ev[0].price, 1000, "at the cap");
    is_int(w.ev[1].type, EV_LOT_SOLD, "at once");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, ",\"buy_now\":\"always\",\"over_cap_refused\":true", 0, 1000, 1);
    is_int(bid(&w, KIM, 1001), GAVEL_over_cap, "12: over the cap");
    is_int(w.r.max_bid, 1000, "which is told");
    is_int(auto_bid(&w, KIM, 1001), GAVEL_over_cap, "12: a maximum, too");
    is_int(auto_bid(&w, KIM, 999), GAVEL_OK, "below it");
    is_int(LOT->price, 100, "it waits");
    is_int(bid(&w, LEE, 1000), GAVEL_OK, "the cap itself");
    is_int(LOT->status, LOT_SOLD, "sells");
    is_int(LOT->leader, LEE, "over any maximum");
    ok(!w.broken, "evolved");
    world_close(&w);

    sale(&w, "", 0, 0, 1);
    is_int(buy(&w, KIM), GAVEL_illegal_transition, "no such price");
    world_close(&w);
}


static void
behalf(void)
{
    world_t    w;
    command_t  c;

    sale(&w, "", 0, 0, 1);

    c = command(&w, CMD_BID_BEHALF, OWNER);
    c.user_id = KIM;
    c.amount = 150;
    is_int(give(&w, &c), GAVEL_OK, "the host bids for Kim");
    is_int(w.ev[0].how, HOW_BEHALF, "which is told");
    is_int(w.ev[0].bidder, KIM, "Kim's bid");
    is_int(w.ev[0].actor, OWNER, "by the host");
    is_int(give(&w, &c), GAVEL_already_leading, "the same gauntlet");
    c.user_id = OWNER;
    c.amount = 500;
    is_int(give(&w, &c), GAVEL_own_auction, "never for himself");
    c.user_id = NOBODY;
    is_int(give(&w, &c), GAVEL_not_authorized, "for somebody");
    c.user_id = LEE;
    c.actor = KIM;
    is_int(give(&w, &c), GAVEL_not_authorized, "only the host");
    ok(!w.broken, "evolved");
    world_close(&w);

    (void) world_draft(&w, NULL);
    c = command(&w, CMD_BID_BEHALF, OWNER);
    c.team_id = 102;
    c.amount = 150;
    is_int(give(&w, &c), GAVEL_OK, "for a team");
    is_int(w.ev[0].bidder, LEE, "its leader");
    is_int(w.ev[0].team_id, 102, "the team");
    c.team_id = 999;
    is_int(give(&w, &c), GAVEL_not_found, "no such team");
    c.team_id = 103;
    c.amount = 400;
    is_int(give(&w, &c), GAVEL_budget_exceeded, "its own purse");
    c.team_id = 0;
    c.user_id = STRANGER;
    is_int(give(&w, &c), GAVEL_not_authorized, "who leads no team");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* The host's next price overrides the ladder, for one bid. */

static void
asked(void)
{
    world_t    w;
    command_t  c;

    sale(&w, "", 0, 0, 1);
    (void) bid(&w, KIM, 100);

    c = command(&w, CMD_LOT_ASK, OWNER);
    c.amount = 500;
    is_int(give(&w, &c), GAVEL_OK, "500 are asked");
    is_int(lot_min_next(w.a, LOT), 500, "is the next price");
    is_int(bid(&w, LEE, 499), GAVEL_too_low, "not less");
    is_int(auto_bid(&w, LEE, 900), GAVEL_OK, "a maximum");
    is_int(LOT->price, 500, "at what is asked");
    is_int(LOT->ask, 0, "once");

    c.amount = 503;
    is_int(give(&w, &c), GAVEL_OK, "503: half a step");
    is_int(bid(&w, KIM, 503), GAVEL_OK, "will do");
    is_int(LOT->price, 513, "the answer is a step again");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    duels();
    exhausted();
    own_maximum();
    purses();
    pre_bids();
    pre_bids_of_teams();
    pre_bids_that_wait();
    reserves();
    buying();
    behalf();
    asked();

    return done_testing();
}
