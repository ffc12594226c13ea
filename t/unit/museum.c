/* needs: engine times */

/*
 * museum: what went wrong for others, and for ourselves, each by its number,
 * where no other test tells it.
 */

#include <time.h>

#include "tap.h"
#include "world.h"


#define LOT(i)  (&auction_lots(w.a)[i])

static world_t  w;


/* The first bid ended the auction: a time zone between two clocks. */

static int
bid_far_from_home(void)
{
    int                       good;
    size_t                    i;
    int64_t                   lot;
    static const char *const  zones[] = { "Asia/Seoul", "America/New_York",
                                          "Pacific/Kiritimati", "UTC" };

    good = 1;

    for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {

        (void) setenv("TZ", zones[i], 1);
        tzset();

        lot = world_draft(&w, NULL);
        good &= bid(&w, KIM, 100) == GAVEL_OK
                && lot_find(w.a, lot)->status == LOT_OPEN
                && lot_find(w.a, lot)->ends_at == T0 + 15000
                && strstr(w.log[w.log_n - 1].text,
                          "2025-10-09T08:53:35.000Z") != NULL;
        world_close(&w);
    }

    (void) setenv("TZ", "UTC", 1);
    tzset();

    return good;
}


/* The payment of a bid failed, but the price had moved. */

static int
bid_beyond_the_purse(void)
{
    int  good;

    (void) world_draft(&w, NULL);

    good = bid(&w, PARK, 310) == GAVEL_budget_exceeded
           && LOT(0)->price == 0 && LOT(0)->leader == NOBODY
           && bid(&w, PARK, 300) == GAVEL_OK
           && team_of(w.a, PARK)->held == 300 && LOT(0)->price == 300;

    world_close(&w);

    return good;
}


/* An extension that could never come about. */

static int
each_clock_extends(void)
{
    int                       good;
    char                      rules[160];
    size_t                    i;
    int64_t                   end;
    static const char *const  presets[] = { "reset_to", "always_reset",
                                            "extend_end_by", "extend_to" };

    good = 1;

    for (i = 0; i < 4; i++) {

        (void) snprintf(rules, sizeof(rules), "{\"clock\":{\"preset\":\"%s\","
                        "\"duration_ms\":9000,\"window_ms\":4000,"
                        "\"extend_ms\":4000}}", presets[i]);

        (void) world_draft(&w, rules);
        end = LOT(0)->ends_at;
        w.now = end - 1;

        good &= bid(&w, KIM, 100) == GAVEL_OK && LOT(0)->ends_at > end
                && LOT(0)->extensions == 1;
        world_close(&w);
    }

    return good;
}


/* A channel of last values lost one, and later ones did not fit any more. */

static int
lost_event_is_seen(void)
{
    int         good;
    event_t     e;
    int64_t     id;
    auction_t  *a;

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    a = auction_copy(w.a);
    (void) bid(&w, LEE, 110);
    (void) bid(&w, KIM, 120);

    good = event_parse(&e, &id, w.log[w.log_n - 1].text,
                       w.log[w.log_n - 1].len, "", 0) == 0
           && evolve(&a, &e, NULL) == -1
           && event_parse(&e, &id, w.log[w.log_n - 2].text,
                          w.log[w.log_n - 2].len, "", 0) == 0
           && evolve(&a, &e, NULL) == 0
           && evolve(&a, &e, NULL) == -1;

    free(a);
    world_close(&w);

    return good;
}


/* A restart lost the auction: here the log is it, cut anywhere and gone on
 * with from a snapshot. */

static int
restarted_anywhere(void)
{
    int             good;
    size_t          cut, i;
    event_t         e;
    int64_t         id;
    auction_t      *a, *b;
    unsigned char   head[ENGINE_HASH_LEN];

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    (void) bid(&w, LEE, 110);
    (void) host(&w, CMD_LOT_HAMMER);
    good = 1;

    for (cut = 0; cut <= w.log_n; cut++) {

        a = auction_create(w.a->id);

        for (i = 0; i < w.log_n; i++) {

            if (i == cut) {
                b = state_load((const char *) a, a->size);
                free(a);
                a = b;
            }

            good &= event_parse(&e, &id, w.log[i].text, w.log[i].len,
                                w.log[i].hidden, w.log[i].hidden_len) == 0
                    && evolve(&a, &e, NULL) == 0;
            world_hash(a, &w.log[i], head);
            event_seal(a, head, NULL);
        }

        good &= a->size == w.a->size && memcmp(a, w.a, a->size) == 0;
        free(a);
    }

    world_close(&w);

    return good;
}


/* A player came twice in one cycle, or was given away while somebody could
 * still bid. */

static int
once_in_a_cycle(void)
{
    int        good;
    int64_t    lot, at;
    command_t  c;

    lot = world_draft(&w, "{\"cycles\":1,\"auto_next_ms\":100,"
                          "\"auto_fill\":true,\"broke\":\"assign\"}");
    good = 1;

    while (w.a->cycle == 0 && (at = auction_deadline(w.a, &c)) != 0) {

        w.now = at > w.now ? at : w.now;
        good &= give(&w, &c) == GAVEL_OK
                && w.ev[0].type != EV_LOT_ASSIGNED
                && (w.ev[0].type != EV_LOT_OPENED || w.ev[0].lot_id != lot
                    || w.a->cycle != 0);
    }

    good &= w.a->cycle == 1 && LOT(0)->round == 2 && LOT(1)->round == 1;
    world_close(&w);

    return good;
}


/* Hidden amounts were in the snapshot, and hidden by the client. */

static int
hidden_from_all(void)
{
    int        good;
    char       text[32768];
    size_t     n;
    command_t  c;

    world_open(&w, MODE_LIVE, NULL);

    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.reserve = 76543;
    (void) give(&w, &c);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);

    c = command(&w, CMD_AUTO_BID, KIM);
    c.amount = 54321;
    good = give(&w, &c) == GAVEL_OK;

    n = state_text(w.a, text, sizeof(text) - 1);
    text[n] = '\0';
    good &= n != 0 && strstr(text, "54321") == NULL
            && strstr(text, "76543") == NULL;

    n = w.log[w.log_n - 1].len;
    memcpy(text, w.log[w.log_n - 1].text, n);
    text[n] = '\0';
    good &= strstr(text, "54321") == NULL
            && strstr(w.log[w.log_n - 1].hidden, "54321") != NULL;

    world_close(&w);

    return good;
}


/* What was refused was stored, and every command folded the log again. */

static int
refusals_leave_nothing(void)
{
    int         i, good;
    size_t      n;
    auction_t  *was;

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    n = w.log_n;
    was = auction_copy(w.a);

    for (i = 0, good = 1; i < 1000; i++) {
        good &= bid(&w, LEE, 101) == GAVEL_too_low;
    }

    good &= w.log_n == n && memcmp(was, w.a, was->size) == 0;
    free(was);
    world_close(&w);

    return good;
}


/* Two hands wrote a roster; here only results do, and both agree. */

static int
one_writer_of_a_roster(void)
{
    int        good;
    int64_t    lot;
    command_t  c;

    lot = world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    (void) host(&w, CMD_LOT_HAMMER);

    c = command(&w, CMD_LOT_ASSIGN, OWNER);
    c.lot_id = lot;
    c.team_id = 102;
    good = give(&w, &c) == GAVEL_illegal_transition;

    c.lot_id = auction_lots(w.a)[1].id;
    c.amount = 50;
    good &= give(&w, &c) == GAVEL_OK
            && team_find(w.a, 101)->roster == 1
            && team_find(w.a, 102)->roster == 1
            && team_find(w.a, 101)->spent == 100
            && team_find(w.a, 102)->spent == 50;
    world_close(&w);

    return good;
}


/* --- our own, found by chance --- */


/* Two prices of 2^53-1 and the end could not be read any more. */

static int
total_too_large(void)
{
    int        good;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"settle_ms\":1}");
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    world_start(&w);

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, ENGINE_MAX_AMOUNT);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, LEE, ENGINE_MAX_AMOUNT);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) host(&w, CMD_END);

    w.now += 10;
    c = server(&w, CMD_SETTLE);

    good = give(&w, &c) == GAVEL_OK && w.ev[0].amount == ENGINE_MAX_AMOUNT
           && world_replays(&w);
    world_close(&w);

    return good;
}


/* The host asked for 300, the leader's maximum met the reserve of 500, and
 * the next bid was still asked to be 300. */

static int
asked_and_passed_by(void)
{
    int        good;
    command_t  c;

    world_open(&w, MODE_LIVE, NULL);
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.reserve = 50000;
    (void) give(&w, &c);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);

    c = command(&w, CMD_AUTO_BID, KIM);
    c.amount = 200;
    (void) give(&w, &c);

    c = command(&w, CMD_LOT_ASK, OWNER);
    c.amount = 30000;
    (void) give(&w, &c);

    c = command(&w, CMD_AUTO_BID, KIM);
    c.amount = 60000;
    good = give(&w, &c) == GAVEL_OK && LOT(0)->price == 50000
           && lot_min_next(w.a, LOT(0)) > 50000
           && bid(&w, LEE, 30000) == GAVEL_too_low;
    world_close(&w);

    return good;
}


/* Asked for 0, which is 1, where 1 takes the lot: decided, but not legal. */

static int
asked_for_nothing(void)
{
    int        good;
    command_t  c;

    world_open(&w, MODE_LIVE, NULL);
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 0;
    c.buy_now = 1;
    (void) give(&w, &c);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);

    c = command(&w, CMD_LOT_ASK, OWNER);
    good = give(&w, &c) == GAVEL_invalid_amount && !w.broken;
    world_close(&w);

    return good;
}


/* What came again in a cycle still had the leader of the round before. */

static int
leader_of_yesterday(void)
{
    int        good;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"cycles\":1,\"auto_next_ms\":0,"
                              "\"reserve_wait_ms\":0}");
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.base_price = 100;
    c.reserve = 900;
    c.item_id = 1;
    (void) give(&w, &c);
    c.item_id = 2;
    (void) give(&w, &c);
    world_start(&w);

    while (w.a->cycle == 0 && auction_deadline(w.a, &c) != 0) {
        w.now = c.at > w.now ? c.at : w.now;
        (void) give(&w, &c);
        (void) bid(&w, KIM, 100);
    }

    good = LOT(1)->status == LOT_QUEUED && LOT(1)->leader == NOBODY
           && LOT(1)->price == 0 && LOT(1)->leader_bid == 0;
    world_close(&w);

    return good;
}


int
main(void)
{
    size_t               i;
    static const struct {
        const char  *name;
        int        (*holds)(void);
    } rows[] = {
        { "T-04: the zone of a server is no matter", bid_far_from_home },
        { "T-11: no price without its hold", bid_beyond_the_purse },
        { "T-14: each clock that extends does", each_clock_extends },
        { "T-21: an event that is missing is seen", lost_event_is_seen },
        { "T-28: the log is the auction", restarted_anywhere },
        { "T-30: once in a cycle, and given to nobody who can bid",
          once_in_a_cycle },
        { "T-34: what is hidden is not there", hidden_from_all },
        { "T-35: a refusal leaves nothing behind", refusals_leave_nothing },
        { "T-36: a roster has one writer", one_writer_of_a_roster },
        { "a total is no more than an amount can be", total_too_large },
        { "what was asked is said by a maximum, too", asked_and_passed_by },
        { "to ask for nothing is to ask for 1", asked_for_nothing },
        { "a new cycle knows nothing of an old leader",
          leader_of_yesterday },
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ok(rows[i].holds(), rows[i].name);
    }

    return done_testing();
}
