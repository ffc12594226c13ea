/* needs: engine times */

/*
 * roster: what may be bid so that a roster can be filled, positions and their
 * quotas, and folds.
 */

#include "tap.h"
#include "world.h"


static int64_t
add_player(world_t *w, int64_t item, int64_t base, const char *role,
    int64_t pot)
{
    command_t  c;

    c = command(w, CMD_LOT_ADD, OWNER);
    c.item_id = item;
    c.base_price = base;
    c.pot = pot;
    c.has_role = 1;
    c.role_len = (uint32_t) strlen(role);
    memcpy(c.role, role, c.role_len);

    return give(w, &c) == GAVEL_OK ? w->ev[0].lot_id : 0;
}


static gavel_code_t
open_lot(world_t *w, int64_t lot)
{
    command_t  c;

    c = command(w, CMD_LOT_OPEN, OWNER);
    c.lot_id = lot;

    return give(w, &c);
}


static gavel_code_t
fold(world_t *w, int64_t who)
{
    return give(w, &(command_t) { .type = CMD_FOLD, .actor = who,
                                  .origin = ORIGIN_WS, .at = w->now,
                                  .starts_at = -1, .ends_at = -1 });
}


static gavel_code_t
of_team(world_t *w, command_type_t type, int64_t team, int64_t amount)
{
    command_t  c;

    c = command(w, type, OWNER);
    c.team_id = team;
    c.amount = amount;

    return give(w, &c);
}


/* Both readings of the maximum bid. */

static void
maximum_bid(void)
{
    int        i;
    world_t    w;

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":5,\"roster_max\":6}");
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 50);
    for (i = 1; i <= 12; i++) {
        (void) add_lot(&w, i, 10);
    }
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(max_possible_bid(w.a, team_find(w.a, 101), NULL), 960,
           "slots - 1: the player fills one of the five");
    is_int(bid(&w, KIM, 961), GAVEL_reserve_violation, "not more");
    is_int(w.r.max_bid, 960, "which is told");
    is_int(bid(&w, LEE, 11), GAVEL_reserve_violation, "a purse at its least");
    is_int(bid(&w, LEE, 10), GAVEL_OK, "still bids the least price");
    is_int(bid(&w, KIM, 960), GAVEL_OK, "the maximum stands");
    is_int(of_team(&w, CMD_POINTS_GRANT, 101, -1), GAVEL_reserve_violation,
           "nothing may be taken away now");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(max_possible_bid(w.a, team_find(w.a, 101), NULL), 10,
           "then the rest at the least price");
    ok(!w.broken, "evolved");
    world_close(&w);

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":5,\"roster_max\":6,"
               "\"reserve_all\":true}");
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 50);
    for (i = 1; i <= 12; i++) {
        (void) add_lot(&w, i, 10);
    }
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready,
           "all slots: a purse at its least could not bid");
    is_int(of_team(&w, CMD_POINTS_GRANT, 102, 10), GAVEL_OK, "one more");
    is_int(host(&w, CMD_START), GAVEL_OK, "is enough");
    (void) host(&w, CMD_LOT_OPEN);
    is_int(max_possible_bid(w.a, team_find(w.a, 101), NULL), 950,
           "all slots: the five are kept");
    is_int(bid(&w, KIM, 951), GAVEL_reserve_violation, "not more");
    is_int(bid(&w, LEE, 10), GAVEL_OK, "the least");
    is_int(bid(&w, KIM, 950), GAVEL_OK, "the maximum stands");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(max_possible_bid(w.a, team_find(w.a, 101), NULL), 10,
           "and so on to the last");
    ok(!w.broken, "evolved");
    world_close(&w);
}


#define QUOTAS  "\"quotas\":{\"GK\":[1,1],\"FW\":[1,2]}"

static void
quotas(void)
{
    world_t   w;
    int64_t   gk, gk2, fw, fw2, any, any2;

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_max\":3," QUOTAS "}");
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);
    gk = add_player(&w, 1, 10, "GK", 0);
    fw = add_player(&w, 2, 10, "FW", 0);
    any = add_player(&w, 3, 10, "MF", 0);
    any2 = add_player(&w, 4, 10, "", 0);
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "one keeper for two teams");
    gk2 = add_player(&w, 5, 10, "GK", 0);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "one forward for two");
    fw2 = add_player(&w, 6, 10, "FW", 0);
    is_int(host(&w, CMD_START), GAVEL_OK, "enough of each");

    (void) open_lot(&w, gk);
    is_int(max_possible_bid(w.a, team_find(w.a, 101), NULL), 980,
           "a keeper and a forward are required, whatever roster_min is");
    (void) bid(&w, KIM, 10);
    is_int(team_find(w.a, 101)->roles[0], 1, "led counts");
    (void) bid(&w, LEE, 20);
    is_int(team_find(w.a, 101)->roles[0], 0, "outbid does not");
    (void) bid(&w, KIM, 30);
    (void) host(&w, CMD_LOT_HAMMER);
    is_int(team_find(w.a, 101)->roles[0], 1, "won counts");

    (void) open_lot(&w, gk2);
    is_int(bid(&w, KIM, 10), GAVEL_role_limit, "one keeper at most");
    is_int(max_possible_bid(w.a, team_find(w.a, 101),
                            lot_find(w.a, gk2)), 0, "no bid is possible");
    (void) host(&w, CMD_LOT_HAMMER);

    (void) open_lot(&w, any);
    is_int(bid(&w, KIM, 10), GAVEL_OK, "others count for none");
    (void) host(&w, CMD_LOT_HAMMER);
    (void) open_lot(&w, any2);
    is_int(bid(&w, KIM, 10), GAVEL_role_limit,
           "the last slot is for the forward that is missing");
    is_int(bid(&w, LEE, 10), GAVEL_OK, "who has two left may");
    (void) host(&w, CMD_LOT_HAMMER);
    (void) open_lot(&w, fw);
    is_int(bid(&w, KIM, 10), GAVEL_OK, "the forward");
    (void) host(&w, CMD_LOT_HAMMER);
    (void) open_lot(&w, fw2);
    is_int(bid(&w, KIM, 10), GAVEL_roster_full, "then it is full");
    is_int(bid(&w, LEE, 10), GAVEL_OK, "the other's forward");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* Rules that change behind a captain. */

static void
captains(void)
{
    world_t       w;
    rules_t       rules;
    command_t     c;
    const char   *what;
    static const char  one[] = "{\"roster_max\":3," QUOTAS "}";
    static const char  other[] = "{\"quotas\":{\"FW\":[0,2],"
                                 "\"GK\":[0,1]}}";

    world_open(&w, MODE_TEAM_DRAFT, NULL);
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);
    c = command(&w, CMD_LOT_ASSIGN, OWNER);
    c.team_id = 101;
    c.lot_id = add_player(&w, 1, 10, "GK", 0);
    (void) give(&w, &c);
    c.lot_id = add_player(&w, 2, 10, "GK", 0);
    (void) give(&w, &c);
    (void) add_player(&w, 3, 10, "GK", 0);
    (void) add_player(&w, 4, 10, "FW", 0);
    (void) add_player(&w, 5, 10, "FW", 0);

    c = command(&w, CMD_UPDATE, OWNER);
    (void) rules_parse(&rules, MODE_TEAM_DRAFT, one, sizeof(one) - 1, &what);
    c.rules = &rules;
    is_int(give(&w, &c), GAVEL_OK, "quotas come later");
    is_int(team_find(w.a, 101)->roles[0], 2, "and count captains");
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "who are too many");
    (void) rules_parse(&rules, MODE_TEAM_DRAFT, other, sizeof(other) - 1,
                       &what);
    (void) give(&w, &c);
    is_int(team_find(w.a, 101)->roles[1], 2, "by the quotas of now");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
readiness(void)
{
    int         i;
    world_t     w;
    command_t   c;

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":3,\"roster_max\":4,"
               "\"quotas\":{\"GK\":[0,1]}}");
    (void) add_team(&w, 103, PARK, 1000);
    (void) add_team(&w, 101, KIM, 1000);
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 103;
    (void) give(&w, &c);
    c = command(&w, CMD_TEAM_ADD, OWNER);
    c.team_id = 102;
    c.user_id = LEE;
    c.amount = 1000;
    c.slots = 2;
    (void) give(&w, &c);
    for (i = 0; i < 5; i++) {
        (void) add_player(&w, 1 + i, 10, "GK", 0);
    }
    (void) host(&w, CMD_PUBLISH);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "two slots for three");
    is_str(w.r.detail, "A team has fewer slots than it must fill.", "why");
    c.type = CMD_TEAM_REMOVE;
    (void) give(&w, &c);
    (void) add_team(&w, 102, LEE, 1000);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "five for six slots");
    is_str(w.r.detail, "There are fewer lots than slots to fill.", "why");
    (void) add_player(&w, 6, 10, "GK", 0);
    is_int(host(&w, CMD_START), GAVEL_not_ready, "six keepers");
    is_str(w.r.detail, "The quotas leave too few players to fill all slots.",
           "of which two can play");
    for (i = 0; i < 4; i++) {
        (void) add_player(&w, 10 + i, 10, "", 0);
    }
    is_int(host(&w, CMD_START), GAVEL_OK, "four others will do");
    world_close(&w);
}


static void
folds(void)
{
    world_t   w;
    int64_t   lot;
    event_t   e;

    lot = world_draft(&w, NULL);

    is_int(fold(&w, STRANGER), GAVEL_not_authorized, "who leads no team");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "Kim leads");
    is_int(fold(&w, KIM), GAVEL_already_leading, "the leader cannot fold");
    is_int(fold(&w, LEE), GAVEL_OK, "Lee folds");
    is_int(w.n, 1, "and that is all");
    is_int(fold(&w, LEE), GAVEL_folded, "once");
    is_int(bid(&w, LEE, 200), GAVEL_folded, "and for good");
    (void) host(&w, CMD_PAUSE);
    is_int(fold(&w, PARK), GAVEL_auction_paused, "not while it is paused");
    (void) host(&w, CMD_RESUME);

    memset(&e, 0, sizeof(e));
    e = w.ev[0];
    e.type = EV_LOT_SOLD;
    e.seq = w.a->seq + 1;
    e.lot_id = lot;
    e.round = 1;
    e.how = HOW_FOLDED;
    e.bidder = KIM;
    e.team_id = 101;
    e.price = 100;
    e.bid_id = lot_find(w.a, lot)->leader_bid;
    is_int(evolve(&w.a, &e, w.j), -1, "no sale while a rival is left");

    is_int(fold(&w, PARK), GAVEL_OK, "the last rival folds");
    is_int(w.n, 2, "and");
    is_int(w.ev[1].type, EV_LOT_SOLD, "the leader wins at once");
    is_int(w.ev[1].how, HOW_FOLDED, "how");
    is_int(team_find(w.a, 101)->roster, 1, "the player is his");

    (void) host(&w, CMD_LOT_OPEN);
    is_int(auction_lots(w.a)[1].status, LOT_OPEN, "the next");
    is_int(auction_lots(w.a)[1].folded, 0, "a new lot, no folds");
    (void) fold(&w, KIM);
    (void) fold(&w, LEE);
    is_int(fold(&w, PARK), GAVEL_OK, "all fold");
    is_int(w.ev[1].type, EV_LOT_UNSOLD, "unsold");
    is_int(w.ev[1].how, HOW_FOLDED, "how");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* who could not bid is no rival */

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 300);
    is_int(fold(&w, LEE), GAVEL_OK, "Park has 300 and is no rival");
    is_int(w.n, 2, "sold");
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 100);
    is_int(of_team(&w, CMD_TEAM_SUSPEND, 103, 1), GAVEL_OK, "suspended");
    is_int(fold(&w, PARK), GAVEL_team_suspended, "he need not fold");
    (void) fold(&w, LEE);
    is_int(w.n, 2, "and is no rival");
    ok(!w.broken, "evolved");
    world_close(&w);
}


int
main(void)
{
    maximum_bid();
    quotas();
    captains();
    readiness();
    folds();

    return done_testing();
}
