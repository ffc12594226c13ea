/* needs: engine times */

/*
 * corners: limits, texts in all scripts, and words for what there is not.
 */

#include "tap.h"
#include "world.h"


static world_t  w;


/* A reason in JSON, as a log may have it. */

static int
reads(const char *reason, const char *as)
{
    char     text[1024];
    event_t  e;
    int64_t  id;

    (void) snprintf(text, sizeof(text), "{\"v\":1,\"auction_id\":5,\"epoch\":1,"
                    "\"seq\":9,\"ts\":\"2025-10-09T08:53:20.000Z\",\"type\":"
                    "\"auction.cancelled\",\"data\":{\"reason\":\"%s\"}}",
                    reason);

    if (event_parse(&e, &id, text, strlen(text), "", 0) != 0) {
        return 0;
    }

    return as == NULL || (e.reason_len == strlen(as)
                          && memcmp(e.reason, as, e.reason_len) == 0);
}


static int
quotas(const char *members, rules_t *r)
{
    char         text[512];
    const char  *what;

    (void) snprintf(text, sizeof(text), "{\"quotas\":{%s}}", members);

    return rules_parse(r, MODE_TEAM_DRAFT, text, strlen(text), &what) == 0;
}


static void
scripts(void)
{
    rules_t      r;
    const char  *what;

    /* rules are of clients, who may escape; a log is canonical */

    ok(quotas("\"\\u00e9\\u20ac\\ud83d\\ude00\":[0,1]", &r)
       && strcmp(r.quotas[0].role, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")
          == 0, "escapes of two, three and four bytes");
    ok(!quotas("\"\\ud83d\\u0041\":[0,1]", &r), "half a pair");
    ok(!quotas("\"\\ud83dxx\":[0,1]", &r), "half a pair, and no more");
    ok(!quotas("\"\\ude00\":[0,1]", &r), "the other half");
    ok(!quotas("\"\\u00g0\":[0,1]", &r), "no hex");
    ok(rules_parse(&r, MODE_LIVE, "{\"quotas\":{\"\\u12", 16, &what) != 0,
       "cut in an escape");
    ok(rules_parse(&r, MODE_LIVE, "{\"quotas\":5}", 12, &what) != 0,
       "quotas that are none");
    ok(quotas("", &r) && r.nquotas == 0, "no quotas");
    ok(!quotas("\"a\":[0]", &r), "a quota of one number");
    ok(!quotas("\"a\":[0,1", &r), "and no end");
    ok(!quotas("\"1\":[0,1],\"2\":[0,1],\"3\":[0,1],\"4\":[0,1],\"5\":[0,1],"
               "\"6\":[0,1],\"7\":[0,1],\"8\":[0,1],\"9\":[0,1]", &r),
       "too many quotas");
    ok(!quotas("\"1\":[0,1],\"1\":[0,1]", &r), "one quota twice");
    ok(!quotas("\"123456789012345678901234\":[0,1]", &r), "a name too long");

    ok(reads("\xea\xb2\xbd\xeb\xa7\xa4", "\xea\xb2\xbd\xeb\xa7\xa4"),
       "three bytes");
    ok(reads("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"), "four bytes");
    ok(!reads("\xf5\x80\x80\x80", NULL), "beyond Unicode");
    ok(!reads("\xf0\x8f\x80\x80", NULL), "too long a form");
    ok(!reads("\xed\xa0\x80", NULL), "a surrogate");
    ok(!reads("\xe2\x82", NULL), "cut short");
}


static void
limits(void)
{
    int        good;
    int64_t    i;
    rules_t    bad;
    command_t  c;

    /* teams */

    world_open(&w, MODE_TEAM_DRAFT, NULL);

    for (i = 0, good = 1; i < ENGINE_MAX_TEAMS; i++) {
        good &= add_team(&w, 1 + i, 1000 + i, 100) == GAVEL_OK;
    }

    ok(good && add_team(&w, 900, 900, 100) == GAVEL_limit_reached,
       "64 teams");

    rules_default(&bad, MODE_TEAM_DRAFT);
    bad.auto_end = 7;
    c = command(&w, CMD_UPDATE, OWNER);
    c.rules = &bad;
    is_int(give(&w, &c), GAVEL_invalid_rules, "rules that are none");

    /* an engine of another revision does not decide */

    w.a->engine_rev++;
    is_int(host(&w, CMD_PUBLISH), GAVEL_engine_halted, "another revision");
    w.a->engine_rev--;

    /* the end of ids, and of time */

    w.a->seq = (INT64_C(1) << ENGINE_ID_SHIFT) - 3;
    is_int(host(&w, CMD_PUBLISH), GAVEL_limit_reached, "no more ids");
    w.a->seq = 3;
    w.now = INT64_C(253402300800000);
    c = command(&w, CMD_PUBLISH, OWNER);
    c.at = T0;
    is_int(give(&w, &c), GAVEL_internal, "after the year 9999");
    w.broken = 0;
    world_close(&w);

    /* lots */

    world_open(&w, MODE_TIMED, NULL);
    w.keeps_log = 0;

    for (i = 0, good = 1; i < ENGINE_MAX_LOTS; i++) {
        good &= add_lot(&w, 1 + i, 100) != 0;
        journal_clear(w.j);
    }

    ok(good && add_lot(&w, 99999, 100) == 0
       && w.r.code == GAVEL_limit_reached, "10,000 lots");
    world_close(&w);
}


static void
creation(void)
{
    rules_t     r;
    event_t     ev[ENGINE_EVENTS];
    refusal_t   why;
    command_t   c;
    auction_t  *a;

    a = auction_create(1);
    memset(&c, 0, sizeof(c));
    c.type = CMD_CREATE;
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;
    c.at = T0;
    c.mode = MODE_LIVE;

    ok(decide(a, &c, T0, ev, &why) == 0 && why.code == GAVEL_invalid_params,
       "nobody's");
    c.user_id = OWNER;
    c.starts_at = T0 + 10;
    c.ends_at = T0 + 10;
    ok(decide(a, &c, T0, ev, &why) == 0 && why.code == GAVEL_invalid_params,
       "ends as it starts");
    c.ends_at = 0;
    c.mode = 9;
    ok(decide(a, &c, T0, ev, &why) == 0 && why.code == GAVEL_invalid_params,
       "no mode");
    c.mode = MODE_LIVE;
    rules_default(&r, MODE_LIVE);
    r.bots = 1;
    c.rules = &r;
    ok(decide(a, &c, T0, ev, &why) == 0 && why.code == GAVEL_invalid_rules,
       "bots of a real auction");
    c.rules = NULL;
    ok(decide(a, &c, T0, ev, &why) == 1, "the rules of the mode");
    free(a);
}


static void
words(void)
{
    char     text[256];
    event_t  e;

    memset(&e, 0, sizeof(e));

    ok(event_name(EV_MAX) == NULL && event_type("no", 2) == 0
       && auction_status_name(99) == NULL && lot_status_name(99) == NULL
       && auction_mode_name(99) == NULL && auction_mode("no", 2) == 0
       && transfer_name(99) == NULL && account_name(99) == NULL,
       "no words for what there is not");
    ok(event_public(&e, 1, text, sizeof(text)) == 0
       && event_private(&e, text, sizeof(text)) == 0,
       "no text of no event");
    is_str(account_name(ACCOUNT_HELD), "held", "an account");
    is_str(transfer_name(TRANSFER_CAPTURE), "capture", "a transfer");

    (void) world_draft(&w, NULL);
    ok(journal_size(w.j) > 0, "a journal has a size");
    journal_clear(w.j);
    is_int((int64_t) journal_size(w.j), 0, "and none when it is cleared");
    world_close(&w);
}


/* The hammer cannot be undone when the points have gone elsewhere. */

static void
undo_too_late(void)
{
    event_t    ev[ENGINE_EVENTS];
    int64_t    first;
    refusal_t  why;
    command_t  c;

    first = world_draft(&w, "{\"roster_max\":1}");
    (void) bid(&w, KIM, 500);
    (void) host(&w, CMD_LOT_PASS);
    is_int(lot_find(w.a, first)->status, LOT_UNSOLD, "passed at 500");

    c = command(&w, CMD_LOT_REOPEN, OWNER);
    is_int(decide(w.a, &c, w.now, ev, &why), 1, "it could be undone");

    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 101;
    c.amount = -600;
    is_int(give(&w, &c), GAVEL_OK, "Kim's points are taken");
    is_int(host(&w, CMD_LOT_REOPEN), GAVEL_reserve_violation,
           "so he cannot lead again");
    ev[0].seq = w.a->seq + 1;
    is_int(evolve(&w.a, &ev[0], w.j), -1, "nor by a log");
    world_close(&w);

    /* nor what was assigned, when the slot could not be paid again */

    world_open(&w, MODE_TEAM_DRAFT, "{\"roster_min\":1}");
    (void) add_team(&w, 101, KIM, 100);
    (void) add_team(&w, 102, LEE, 100);
    first = add_lot(&w, 1, 10);
    (void) add_lot(&w, 2, 10);
    world_start(&w);

    c = command(&w, CMD_LOT_ASSIGN, OWNER);
    c.lot_id = first;
    c.team_id = 101;
    is_int(give(&w, &c), GAVEL_OK, "assigned");
    c.type = CMD_LOT_REQUEUE;
    is_int(decide(w.a, &c, w.now, ev, &why), 1, "it could go back");
    c.type = CMD_POINTS_GRANT;
    c.amount = -100;
    is_int(give(&w, &c), GAVEL_OK, "all points are taken");
    ev[0].seq = w.a->seq + 1;
    is_int(evolve(&w.a, &ev[0], w.j), -1, "now it cannot");
    world_close(&w);
}


/* What a reverse round has paid may be gone when it is taken back. */

static void
bonus_is_gone(void)
{
    event_t    ev[ENGINE_EVENTS];
    refusal_t  why;
    command_t  c;

    (void) world_draft(&w, "{\"cycles\":1,\"reverse_bonus\":500,"
                           "\"auto_next_ms\":0,\"auto_end\":false}");

    while (w.a->cycle == 0 && auction_deadline(w.a, &c) != 0) {
        w.now = c.at > w.now ? c.at : w.now;
        (void) give(&w, &c);
    }

    is_int(bid(&w, KIM, 1), GAVEL_OK, "a bid in the reverse round");
    is_int(host(&w, CMD_LOT_HAMMER), GAVEL_OK, "sold");
    is_int(purse_available(team_find(w.a, 101)), 1499, "the bonus is paid");

    c = command(&w, CMD_LOT_REOPEN, OWNER);
    is_int(decide(w.a, &c, w.now, ev, &why), 1, "it could be undone");

    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 101;
    c.amount = -1400;
    is_int(give(&w, &c), GAVEL_OK, "points are taken");
    is_int(host(&w, CMD_LOT_REOPEN), GAVEL_budget_exceeded, "so it cannot");

    ev[0].seq = w.a->seq + 1;
    is_int(evolve(&w.a, &ev[0], w.j), -1, "nor by a log");
    world_close(&w);
}


/* A unit that was not sold and is taken by an underbidder is sold then. */

static void
unit_by_offer(void)
{
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"reserve_wait_ms\":0}");
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.reserve = 900;
    c.quantity = 2;
    (void) give(&w, &c);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, 100);

    w.now = auction_lots(w.a)[0].ends_at;
    is_int(close_lot(&w, auction_lots(w.a)[0].id, 1), GAVEL_OK, "unsold");

    c = command(&w, CMD_LOT_OFFER, OWNER);
    c.lot_id = auction_lots(w.a)[0].id;
    is_int(give(&w, &c), GAVEL_OK, "offered to Kim");

    c.type = CMD_OFFER_CLOSE;
    c.round = 7;
    is_int(give(&w, &c), GAVEL_illegal_transition, "no such round");

    c = command(&w, CMD_OFFER_ANSWER, KIM);
    c.lot_id = auction_lots(w.a)[0].id;
    c.amount = 1;
    is_int(give(&w, &c), GAVEL_OK, "he takes it");
    is_int(auction_lots(w.a)[0].units, 1, "one unit is sold");
    world_close(&w);
}


static void
times(void)
{
    int64_t    price;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"format\":\"dutch\",\"dutch_drop\":10,"
               "\"dutch_every_ms\":1000,\"auto_next_ms\":5000}");
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.ceiling = 1000;
    (void) give(&w, &c);

    c = command(&w, CMD_UPDATE, OWNER);
    c.ends_at = T0 + 90000;
    is_int(give(&w, &c), GAVEL_OK, "an end");
    c = command(&w, CMD_PUBLISH, OWNER);
    c.starts_at = T0 + 90000;
    is_int(give(&w, &c), GAVEL_not_ready, "that lies before the start");
    world_start(&w);

    c = server(&w, CMD_LOT_OPEN);
    is_int(give(&w, &c), GAVEL_illegal_transition, "the clock is early");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "the host is not");

    w.now += 3000;
    (void) host(&w, CMD_PAUSE);
    price = lot_min_next_at(w.a, &auction_lots(w.a)[0], w.now);
    is_int(lot_min_next_at(w.a, &auction_lots(w.a)[0], w.now + 60000), price,
           "in a pause no price falls");
    is_str(event_shown_name(EV_AUTO_BID_SET), "hidden", "a hidden name");
    is_str(event_shown_name(EV_LOT_SOLD), "lot.sold", "and one that is not");

    c = command(&w, CMD_CANCEL, OWNER);
    c.reason_len = 2;
    memcpy(c.reason, "\xe2\x82", 2);
    is_int(give(&w, &c), GAVEL_bad_request, "a reason cut short");
    world_close(&w);
}


/* An auction remembers so many bids and no more. */

static void
memory_of_bids(void)
{
    int        good;
    int64_t    i, k;
    command_t  c;

    world_open(&w, MODE_TIMED, "{\"ladder\":1,\"clock\":{\"preset\":"
                               "\"hard\"}}");
    w.keeps_log = 0;

    for (i = 0; i < 520; i++) {
        (void) add_lot(&w, 1 + i, 1);
    }

    world_start(&w);

    for (i = 0, good = 1; i < 519; i++) {
        for (k = 0; k < ENGINE_LOT_BIDS + 1; k++) {
            good &= bid_on(&w, auction_lots(w.a)[i].id, KIM + k % 2, 1 + k)
                    == GAVEL_OK;
            journal_clear(w.j);
        }

        /* room is made by what is over */

        if (i == 515) {
            c = command(&w, CMD_LOT_HAMMER, OWNER);
            c.lot_id = auction_lots(w.a)[0].id;
            good &= give(&w, &c) == GAVEL_OK;
            c.lot_id = auction_lots(w.a)[1].id;
            good &= give(&w, &c) == GAVEL_OK;
        }
    }

    ok(good && !w.broken, "67,000 bids");
    is_int(w.a->nbids, ENGINE_MAX_BIDS, "of which so many are remembered");
    world_close(&w);
}


int
main(void)
{
    bonus_is_gone();
    unit_by_offer();
    times();
    memory_of_bids();
    scripts();
    limits();
    creation();
    words();
    undo_too_late();

    return done_testing();
}
