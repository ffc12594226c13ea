/* needs: engine times */

/*
 * draft: the rules of a draft of teams: what may be bid so that a roster can
 * be filled, positions, folds, and who gets what nobody bid for.
 */

#include <time.h>

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


/* --- whole drafts, played at random to their ends --- */


#define TEAMS    8
#define PLAYERS  60

static uint64_t  seed;

typedef struct {
    int64_t   budget[TEAMS];         /* what the events have granted */
    uint32_t  opened[PLAYERS];       /* cycle of the last lot.opened + 1 */
    int       turns, folds, cycles, autos, bonuses, reverse;
} record_t;

static record_t  seen;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static const char *
some_rules(void)
{
    int          cycles, min;
    static char  text[800];
    static const char *const  orders[] = { "fixed", "drawn", "pots",
                                           "rotation" };
    static const char *const  nominations[] = { "none", "straight",
                                                "snake" };
    static const char *const  brokes[] = { "none", "bonus", "assign" };

    cycles = (int) pick(3);
    min = 2 + (int) pick(4);

    snprintf(text, sizeof(text), "{\"roster_min\":%d,\"roster_max\":%d,"
             "\"order\":\"%s\",\"team_order\":\"%s\",\"nomination\":\"%s\","
             "\"nominator_bids\":%s,\"nomination_ms\":%d,\"cycles\":%d,"
             "\"cycle_duration_ms\":%d,\"cycle_base_percent\":%d,"
             "\"reverse_bonus\":%d,\"auto_fill\":%s,\"broke\":\"%s\","
             "\"broke_bonus\":150,\"auto_next_ms\":%d,\"reserve_all\":%s%s}",
             min, min + (int) pick(3), orders[pick(4)],
             pick(2) ? "fixed" : "drawn", nominations[pick(3)],
             pick(2) ? "true" : "false", (int) pick(2) * 5000, cycles,
             (int) pick(2) * 4000, (int) pick(2) * 50,
             cycles != 0 ? (int) pick(2) * 200 : 0,
             pick(2) ? "true" : "false", brokes[pick(3)],
             (int) pick(2) * 1000, pick(3) ? "false" : "true",
             pick(2) ? ",\"quotas\":{\"TOP\":[0,1],\"MID\":[1,2]}" : "");

    return text;
}


static void
prepare(world_t *w)
{
    int                        i;
    command_t                  c;
    static const char *const   roles[] = { "TOP", "JGL", "MID", "" };

    world_open(w, MODE_TEAM_DRAFT, some_rules());
    memset(&seen, 0, sizeof(seen));

    for (i = 0; i < PLAYERS; i++) {
        (void) add_player(w, 1 + i, 10 * (1 + pick(10)), roles[i % 4],
                          pick(4));
    }

    for (i = 0; i < TEAMS; i++) {
        seen.budget[i] = 150 + pick(800);
        (void) add_team(w, 101 + i, 201 + i, seen.budget[i]);
    }

    for (i = 0; i < TEAMS && pick(3); i++) {                 /* captains */
        c = command(w, CMD_LOT_ASSIGN, OWNER);
        c.lot_id = auction_lots(w->a)[i].id;
        c.team_id = 101 + i;
        c.amount = pick(60);
        (void) give(w, &c);
    }

    c = command(w, CMD_PUBLISH, OWNER);
    for (i = 0; i < ENGINE_NONCE_LEN; i++) {
        c.nonce[i] = (unsigned char) pick(256);
    }
    (void) give(w, &c);
}


static lot_t *
on_block(world_t *w)
{
    return w->a->current != 0 ? &auction_lots(w->a)[w->a->current - 1] : NULL;
}


/* Somebody does something sensible. */

static command_t
some_move(world_t *w)
{
    lot_t      *lot;
    int64_t     what;
    command_t   c;

    lot = on_block(w);
    what = pick(40);
    c = command(w, CMD_BID, 201 + pick(TEAMS));

    if (w->a->status == AUCTION_PAUSED) {
        c = command(w, CMD_RESUME, OWNER);

    } else if (lot != NULL && what < 18) {
        c.amount = lot_min_next(w->a, lot) + (what == 0 ? pick(200) : 0);

    } else if (lot != NULL && what < 24) {
        c.type = CMD_FOLD;

    } else if (what == 24) {
        c = command(w, CMD_PAUSE, OWNER);

    } else if (what == 25) {
        c = command(w, CMD_LOT_REOPEN, OWNER);

    } else if (what == 26) {
        c = command(w, CMD_TEAM_SUSPEND, OWNER);
        c.team_id = 101 + pick(TEAMS);
        c.amount = pick(3) == 0;

    } else if (what == 27) {
        c = command(w, CMD_LOT_ASSIGN, OWNER);
        c.lot_id = auction_lots(w->a)[pick(PLAYERS)].id;
        c.team_id = 101 + pick(TEAMS);
        c.amount = pick(50);

    } else if (lot == NULL && w->a->on_turn != 0 && what < 36) {
        c = command(w, CMD_NOMINATE,
                    auction_teams(w->a)[w->a->on_turn - 1].leader);
        c.lot_id = auction_lots(w->a)[pick(PLAYERS)].id;

    } else if (auction_deadline(w->a, &c) != 0) {
        w->now = c.at > w->now ? c.at : w->now;
        c.at = w->now;

    } else {
        c = command(w, CMD_LOT_OPEN, OWNER);
    }

    return c;
}


static const char *
team_wrong(const auction_t *a, const team_t *t, int64_t granted)
{
    lot_t     *lot;
    int64_t    spent, missing, left;
    uint32_t   i, q, roster, roles[ENGINE_QUOTAS];

    memset(roles, 0, sizeof(roles));
    spent = 0;
    roster = 0;
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->leader_team != t->id
            || (lot->status != LOT_SOLD && lot->status != LOT_ASSIGNED
                && lot->status != LOT_OPEN))
        {
            continue;
        }

        roster += lot->status != LOT_OPEN;
        spent += lot->status == LOT_OPEN || lot->bonus != 0 ? 0 : lot->price;

        for (q = 0; q < a->rules.nquotas; q++) {
            roles[q] += strcmp(lot->role, a->rules.quotas[q].role) == 0;
        }
    }

    if (spent != t->spent || roster != t->roster) {
        return "21: prices are not what was spent";
    }

    if (granted != t->budget) {
        return "16: a budget that no event explains";
    }

    if (t->roster + t->leads > t->slots || purse_available(t) < 0) {
        return "21, 16: a roster or a purse beyond its bounds";
    }

    missing = 0;

    for (q = 0; q < a->rules.nquotas; q++) {

        if (roles[q] != t->roles[q] || roles[q] > a->rules.quotas[q].max) {
            return "21: a quota";
        }

        missing += roles[q] < a->rules.quotas[q].min
                   ? a->rules.quotas[q].min - roles[q] : 0;
    }

    if (t->roster + t->leads + missing > t->slots) {
        return "21: no slot for a position that is missing";
    }

    left = (int64_t) a->rules.roster_min - t->roster - t->leads;

    if (purse_available(t) < a->rules.min_price
                             * (left > missing ? left : missing))
    {
        return "20: the rest of the roster cannot be paid";
    }

    return NULL;
}


static const char *
events_wrong(world_t *w)
{
    lot_t     *lot;
    event_t   *e;
    uint32_t   i, n;

    for (i = 0; i < w->n; i++) {
        e = &w->ev[i];
        lot = lot_find(w->a, e->lot_id);
        n = lot != NULL ? lot->number - 1 : 0;

        switch (e->type) {

        case EV_LOT_OPENED:
            if (seen.opened[n] == lot->cycle + 1) {
                return "28: a player twice in a cycle";
            }
            seen.opened[n] = lot->cycle + 1;
            break;

        case EV_LOT_SOLD:
            if (e->bonus != 0) {
                seen.budget[e->team_id - 101] += e->bonus - e->price;
                seen.reverse++;
            }
            break;

        case EV_LOT_REOPENED:
            if (lot->bonus != 0 && lot->leader_team != NOBODY) {
                seen.budget[lot->leader_team - 101] -= lot->bonus
                                                       - lot->price;
            }
            break;

        case EV_LOT_REQUEUED:        /* an assignment was taken back */
            seen.opened[n] = 0;
            break;

        case EV_POINTS_GRANTED:
            seen.budget[e->team_id - 101] += e->amount;
            seen.bonuses++;
            break;

        default:
            seen.turns += e->type == EV_TURN_STARTED;
            seen.folds += e->type == EV_LOT_FOLDED;
            seen.cycles += e->type == EV_CYCLE_STARTED;
            seen.autos += e->type == EV_LOT_ASSIGNED && e->how == HOW_AUTO;
        }
    }

    return NULL;
}


static const char *
all_wrong(world_t *w)
{
    uint32_t     i;
    const char  *bad;

    bad = w->broken ? "7: decided, but not legal" : events_wrong(w);

    for (i = 0; i < TEAMS && bad == NULL; i++) {
        bad = team_wrong(w->a, &auction_teams(w->a)[i], seen.budget[i]);
    }

    return bad;
}


/* What the last team left out though it would have been given the rest. */

static const char *
end_wrong(world_t *w)
{
    team_t    *t, *last;
    uint32_t   i, room;

    t = auction_teams(w->a);
    last = NULL;
    room = 0;

    for (i = 0; i < TEAMS; i++) {
        if (t[i].roster < t[i].slots) {
            last = &t[i];
            room++;
        }
    }

    if (room != 1 || last->suspended || !w->a->rules.auto_fill
        || w->a->rules.nquotas != 0)
    {
        return NULL;
    }

    for (i = 0; i < PLAYERS; i++) {
        if (auction_lots(w->a)[i].status == LOT_UNSOLD
            || auction_lots(w->a)[i].status == LOT_QUEUED)
        {
            return "a player is left, and one team has room";
        }
    }

    return NULL;
}


static const char *
tried_and_undone(world_t *w, const command_t *c)
{
    int           same;
    size_t        len, log_n;
    static char   before[1 << 20];

    journal_clear(w->j);
    log_n = w->log_n;
    len = state_save(w->a, before, sizeof(before));

    (void) give(w, c);
    journal_undo(w->j, &w->a);
    w->log_n = log_n;

    same = w->a->size == len && memcmp(w->a, before, len) == 0;

    return same ? NULL : "undo does not give the same bytes";
}


static const char *
play(int *started, record_t *sum)
{
    int          steps;
    world_t      w;
    command_t    c;
    const char  *bad;

    bad = NULL;
    prepare(&w);
    *started = host(&w, CMD_START) == GAVEL_OK;

    for (steps = 0; *started && w.a->status < AUCTION_ENDED; steps++) {

        if (steps == 20000) {
            bad = "it does not end";
        }

        if (bad != NULL) {
            break;
        }

        w.now += pick(700);
        c = some_move(&w);

        if (pick(8) == 0) {
            bad = tried_and_undone(&w, &c);
        }

        if (bad == NULL && give(&w, &c) == GAVEL_OK) {
            bad = all_wrong(&w);

        } else if (c.type == CMD_ADVANCE || c.type == CMD_LOT_CLOSE) {
            bad = "the clock is refused";

        } else if (c.type == CMD_LOT_OPEN && auction_deadline(w.a, NULL) == 0)
        {
            (void) host(&w, CMD_END);            /* as a host would */
        }
    }

    if (bad == NULL && *started) {
        bad = end_wrong(&w);
    }

    if (bad == NULL && !world_replays(&w)) {
        bad = "3: replay differs";
    }

    sum->turns += seen.turns;
    sum->folds += seen.folds;
    sum->cycles += seen.cycles;
    sum->autos += seen.autos;
    sum->bonuses += seen.bonuses;
    sum->reverse += seen.reverse;

    world_close(&w);

    return bad;
}


static void
drafts(int n)
{
    int          i, played, started;
    uint64_t     from;
    record_t     sum;
    const char  *bad;

    memset(&sum, 0, sizeof(sum));

    from = seed;

    for (i = 0, played = 0, bad = NULL; i < n && bad == NULL; i++) {
        from = seed;
        bad = play(&started, &sum);
        played += started;
    }

    if (!ok(bad == NULL, "whole drafts")) {
        printf("# %s, seed %llu\n", bad, (unsigned long long) from);
    }

    printf("# %d of %d began: %d turns, %d folds, %d cycles, %d bonuses, %d "
           "given, %d in reverse\n", played, i, sum.turns, sum.folds,
           sum.cycles, sum.bonuses, sum.autos, sum.reverse);
    ok(played > n / 4, "many of them began");
    ok(sum.turns && sum.folds && sum.cycles && sum.autos && sum.bonuses
       && sum.reverse, "and everything happened");
}


int
main(int argc, char **argv)
{
    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;

    printf("# seed %llu\n", (unsigned long long) seed);

    maximum_bid();
    quotas();
    captains();
    folds();
    drafts(argc > 2 ? atoi(argv[2]) : 60);

    return done_testing();
}
