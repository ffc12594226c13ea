/* needs: engine times */

/*
 * clocks: each preset around its bounds, ladders at theirs, and times as
 * they are written.
 */

#include "tap.h"
#include "world.h"

#include "core/times.h"


typedef struct {
    const char  *name, *rules;
    int64_t      left;               /* before the end, when the bid comes */
    int64_t      gain;               /* of the end */
} clock_case_t;


#define LIVE(clock)  "{\"clock\":{\"duration_ms\":30000," clock "}}"

static const clock_case_t  cases[] = {
    { "hard", LIVE("\"preset\":\"hard\""), 1, 0 },

    { "reset_to, above", LIVE("\"preset\":\"reset_to\",\"window_ms\":10000"),
      10001, 0 },
    { "reset_to, at", LIVE("\"preset\":\"reset_to\",\"window_ms\":10000"),
      10000, 0 },
    { "reset_to, below", LIVE("\"preset\":\"reset_to\",\"window_ms\":10000"),
      9999, 1 },
    { "reset_to, last ms", LIVE("\"preset\":\"reset_to\",\"window_ms\":10000"),
      1, 9999 },
    { "reset_to, shorter than what is left",
      LIVE("\"preset\":\"reset_to\",\"window_ms\":10000,\"extend_ms\":5000"),
      9000, 0 },

    { "always_reset", LIVE("\"preset\":\"always_reset\""), 29999, 1 },
    { "always_reset, at once", LIVE("\"preset\":\"always_reset\""), 30000, 0 },
    { "always_reset to 10 s",
      LIVE("\"preset\":\"always_reset\",\"extend_ms\":10000"), 20000, 0 },

    { "extend_end_by, above",
      LIVE("\"preset\":\"extend_end_by\",\"window_ms\":5000"), 5001, 0 },
    { "extend_end_by, at",
      LIVE("\"preset\":\"extend_end_by\",\"window_ms\":5000"), 5000, 5000 },
    { "extend_end_by, below",
      LIVE("\"preset\":\"extend_end_by\",\"window_ms\":5000"), 4999, 5000 },

    { "extend_to, above",
      LIVE("\"preset\":\"extend_to\",\"window_ms\":5000,\"extend_ms\":9000"),
      5001, 0 },
    { "extend_to, at",
      LIVE("\"preset\":\"extend_to\",\"window_ms\":5000,\"extend_ms\":9000"),
      5000, 4000 },
    { "extend_to, below",
      LIVE("\"preset\":\"extend_to\",\"window_ms\":5000,\"extend_ms\":9000"),
      4999, 4001 },

    { "a hard end",
      LIVE("\"preset\":\"reset_to\",\"window_ms\":10000,"
           "\"hard_end_ms\":33000"), 1, 3000 },
    { "a hard end at the end",
      LIVE("\"preset\":\"reset_to\",\"window_ms\":10000,"
           "\"hard_end_ms\":30000"), 1, 0 },
};


static void
presets(void)
{
    size_t               i;
    world_t              w;
    int64_t              lot, end;
    const clock_case_t  *k;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        k = &cases[i];

        world_open(&w, MODE_LIVE, k->rules);
        lot = add_lot(&w, 1, 100);
        world_start(&w);
        (void) host(&w, CMD_LOT_OPEN);

        end = lot_find(w.a, lot)->ends_at;
        w.now = end - k->left;

        (void) bid(&w, KIM, 100);
        is_int(w.r.code, GAVEL_OK, k->name);
        is_int(lot_find(w.a, lot)->ends_at - end, k->gain, "moves the end by");
        is_int(lot_find(w.a, lot)->extensions, k->gain != 0, "extensions");
        ok(!w.broken, "evolved");

        world_close(&w);
    }
}


/* By price instead of time: the step of 100 grows to 1 + 4 times in the last
 * 10 s, and the end stays. */

static void
raises(void)
{
    size_t     i;
    world_t    w;
    int64_t    lot, end, next;
    char       name[64];
    command_t  c;

    static const struct {
        int64_t  left, step;
    } rows[] = {
        { 10001, 100 }, { 10000, 100 }, { 9999, 100 }, { 9976, 100 },
        { 9975, 101 }, { 9974, 101 }, { 5001, 299 }, { 5000, 300 },
        { 4999, 300 }, { 2, 499 }, { 1, 499 },
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_open(&w, MODE_LIVE, "{\"ladder\":100,\"clock\":{\"preset\":"
                                  "\"raise\",\"duration_ms\":30000,"
                                  "\"window_ms\":10000,"
                                  "\"raise_factor\":4}}");
        lot = add_lot(&w, 1, 1000);
        world_start(&w);
        (void) host(&w, CMD_LOT_OPEN);
        (void) bid(&w, KIM, 1000);

        end = lot_find(w.a, lot)->ends_at;
        w.now = end - rows[i].left;
        next = 1000 + rows[i].step;

        (void) snprintf(name, sizeof(name), "raise, %d ms before the end",
                        (int) rows[i].left);

        is_int(bid(&w, LEE, next - 1), GAVEL_too_low, name);
        is_int(w.r.min_next, next, "the least then");
        is_int(bid(&w, LEE, next), GAVEL_OK, "which is enough");
        is_int(w.ev[0].ends_at, end, "and the end stays");
        is_int(lot_min_next(w.a, lot_find(w.a, lot)), next + 100,
               "what is shown is the plain step");
        ok(!w.broken, "evolved");
        world_close(&w);
    }

    /* a maximum answers as one would have to by hand */

    world_open(&w, MODE_LIVE, "{\"ladder\":100,\"clock\":{\"preset\":"
                              "\"raise\",\"duration_ms\":30000,"
                              "\"window_ms\":10000,\"raise_factor\":4}}");
    lot = add_lot(&w, 1, 1000);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    c = command(&w, CMD_AUTO_BID, KIM);
    c.amount = 5000;
    (void) give(&w, &c);
    w.now = lot_find(w.a, lot)->ends_at - 5000;
    is_int(bid(&w, LEE, 1300), GAVEL_OK, "half of the window has gone");
    is_int(lot_find(w.a, lot)->price, 1600, "a step is three");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* the largest numbers */

    world_open(&w, MODE_LIVE, "{\"ladder\":9007199254740991,\"clock\":{"
                              "\"preset\":\"raise\",\"duration_ms\":"
                              "86400000,\"window_ms\":86400000,"
                              "\"raise_factor\":1000}}");
    lot = add_lot(&w, 1, ENGINE_MAX_AMOUNT - 1);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, KIM, ENGINE_MAX_AMOUNT - 1);
    w.now = lot_find(w.a, lot)->ends_at - 1;
    is_int(bid(&w, LEE, ENGINE_MAX_AMOUNT), GAVEL_too_low, "nothing overflows");
    world_close(&w);
}


static void
caps(void)
{
    int      i;
    world_t  w;
    int64_t  lot, end;

    world_open(&w, MODE_LIVE, LIVE("\"preset\":\"reset_to\",\"window_ms\":"
                                   "10000,\"max_extensions\":2"));
    lot = add_lot(&w, 1, 100);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);

    for (i = 0; i < 3; i++) {
        end = lot_find(w.a, lot)->ends_at;
        w.now = end - 1;
        is_int(bid(&w, i % 2 ? KIM : LEE, 100 * (i + 1)), GAVEL_OK, "a bid");
        is_int(lot_find(w.a, lot)->ends_at - end, i < 2 ? 9999 : 0,
               "extends twice, not thrice");
    }

    world_close(&w);
}


/* The stamp counts, not the time of the decision; T-13. */

static void
stamps(void)
{
    world_t    w;
    int64_t    lot, end;
    command_t  c;

    lot = world_draft(&w, NULL);
    end = lot_find(w.a, lot)->ends_at;

    c = command(&w, CMD_BID, KIM);
    c.amount = 100;
    c.at = end - 1;
    w.now = end + 40;
    is_int(give(&w, &c), GAVEL_OK, "arrived in time, decided later");
    is_int(w.ev[0].ends_at, end - 1 + 8000, "extended from the stamp");
    is_int(w.ev[0].at, end - 1, "the stamp is in the log");
    is_int(w.ev[0].ts, end + 40, "and so is the time of the decision");

    w.now = T0;
    is_int(bid(&w, LEE, 200), GAVEL_OK, "a clock that went back");
    is_int(w.ev[0].ts, end + 40, "does not take the log back");
    world_close(&w);
}


static void
pauses(void)
{
    world_t    w;
    int64_t    lot, end;
    command_t  c;

    lot = world_draft(&w, NULL);
    end = lot_find(w.a, lot)->ends_at;

    w.now += 5000;
    (void) host(&w, CMD_PAUSE);
    is_int(auction_deadline(w.a, NULL), 0, "nothing runs while paused");
    w.now += 60000;
    is_int(close_lot(&w, lot, 1), GAVEL_illegal_transition,
           "nothing closes while paused");
    (void) host(&w, CMD_RESUME);
    is_int(w.ev[0].ms, 60000, "as long as the pause");
    is_int(lot_find(w.a, lot)->ends_at, end + 60000, "29: time stood still");
    is_int(auction_deadline(w.a, &c), end + 60000, "the deadline too");
    is_int(c.type, CMD_LOT_CLOSE, "to close");
    is_int(c.lot_id, lot, "this lot");

    (void) host(&w, CMD_LOT_HOLD);
    is_int(auction_deadline(w.a, NULL), 0, "a frozen lot has no deadline");
    w.now += 1000;
    (void) host(&w, CMD_PAUSE);
    w.now += 2000;
    (void) host(&w, CMD_RESUME);
    w.now += 3000;
    (void) host(&w, CMD_LOT_RESUME);
    is_int(lot_find(w.a, lot)->ends_at, end + 66000,
           "frozen, paused, resumed: what was left is left");

    c = command(&w, CMD_LOT_EXTEND, OWNER);
    c.ms = 7000;
    is_int(give(&w, &c), GAVEL_OK, "the host gives time");
    is_int(w.ev[0].ends_at, end + 73000, "7 s");
    is_int(w.ev[0].how, HOW_HOST, "by the host");
    c.ms = 0;
    is_int(give(&w, &c), GAVEL_invalid_params, "never none");
    c.ms = -1;
    is_int(give(&w, &c), GAVEL_invalid_params, "nor less");

    c = server(&w, CMD_RECOVER);
    c.ms = 500;
    is_int(give(&w, &c), GAVEL_OK, "the server gives back");
    is_int(w.ev[0].how, HOW_RECOVERY, "what was lost");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
auto_next(void)
{
    world_t    w;
    int64_t    at;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"auto_next_ms\":3000,\"auto_end\":true}");
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    is_int(auction_deadline(w.a, NULL), 0, "a draft waits for its host");
    (void) host(&w, CMD_PUBLISH);
    is_int(auction_deadline(w.a, &c), T0 + 60000, "scheduled");
    is_int(c.type, CMD_LOBBY, "to the lobby");
    is_int(give(&w, &c), GAVEL_illegal_transition, "the clock is not early");
    w.now = T0 + 60000;
    is_int(give(&w, &c), GAVEL_OK, "but on time");
    (void) host(&w, CMD_START);

    for (int i = 0; i < 2; i++) {
        at = auction_deadline(w.a, &c);
        is_int(at, w.now + 3000, "the next lot opens by itself");
        is_int(give(&w, &c), GAVEL_illegal_transition, "not early");
        w.now = at;
        is_int(give(&w, &c), GAVEL_OK, "opened");
        is_int(give(&w, &c), GAVEL_illegal_transition, "once");
        w.now = auction_deadline(w.a, &c);
        is_int(c.type, CMD_LOT_CLOSE, "then it closes");
        is_int(give(&w, &c), GAVEL_OK, "unsold");
        is_int(w.n, 1 + i, "the last lot ends the auction");
    }

    is_int(w.a->status, AUCTION_ENDED, "ended");
    is_int(w.ev[1].unsold, 2, "two unsold");
    (void) auction_deadline(w.a, &c);
    is_int(c.type, CMD_SETTLE, "what is left is to be settled");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
timed(void)
{
    int        i, told;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TIMED, "{\"stagger_ms\":10000}");
    is_int(w.a->rules.one_at_a_time, 0, "many lots at a time");
    (void) host(&w, CMD_PUBLISH);
    (void) auction_deadline(w.a, &c);
    is_int(c.type, CMD_LOBBY, "a sale without lots waits in the lobby");

    for (i = 1; i <= 3; i++) {
        (void) add_lot(&w, i, 100);
    }

    c = command(&w, CMD_LOT_MOVE, OWNER);
    c.lot_id = auction_lots(w.a)[2].id;
    c.position = 1;
    is_int(give(&w, &c), GAVEL_OK, "the last shall be first");

    c = command(&w, CMD_UPDATE, OWNER);
    c.ends_at = T0 + 1000000;
    is_int(give(&w, &c), GAVEL_OK, "an end is set");

    w.now = auction_deadline(w.a, &c);
    is_int(c.type, CMD_START, "it starts itself");
    is_int(give(&w, &c), GAVEL_OK, "started");
    is_int(w.n, 4, "and opens all lots");

    is_int(auction_lots(w.a)[2].ends_at, T0 + 1000000, "one after another");
    is_int(auction_lots(w.a)[0].ends_at, T0 + 1010000, "they end");
    is_int(auction_lots(w.a)[1].ends_at, T0 + 1020000, "in their order");

    w.now = T0 + 1000000 - 1000;
    is_int(bid_on(&w, auction_lots(w.a)[2].id, KIM, 100), GAVEL_OK, "a snipe");
    is_int(w.ev[0].ends_at, w.now + 120000, "two minutes more");

    for (i = 0, told = 0; i < 6; i++) {
        w.now = auction_deadline(w.a, &c);
        told += c.type == CMD_LOT_CLOSING;
        is_int(give(&w, &c), GAVEL_OK, "says so, and closes");
    }

    is_int(told, 3, "each lot is told once to be ending");

    is_int(w.a->status, AUCTION_ENDED, "the last one ends the sale");
    is_int(w.ev[1].sold, 1, "one sold");
    is_int(w.ev[1].unsold, 2, "two not");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
ladders(void)
{
    size_t       i;
    lot_t        lot;
    world_t      w;
    char         rules[64];

    static const struct {
        const char  *preset;
        int64_t      price, next;
    } rows[] = {
        { "whatnot", 2999, 3099 }, { "whatnot", 3000, 3200 },
        { "whatnot", 4999, 5199 }, { "whatnot", 5000, 5300 },
        { "whatnot", 10000, 10500 }, { "whatnot", 30000, 31000 },
        { "whatnot", 99999, 100999 }, { "whatnot", 100000, 102000 },
        { "whatnot", 200000, 205000 },
        { "yahoo_jp", 999, 1009 }, { "yahoo_jp", 1000, 1100 },
        { "yahoo_jp", 4999, 5099 }, { "yahoo_jp", 5000, 5250 },
        { "yahoo_jp", 50000, 51000 },
        { "trade_me", 2000, 2050 }, { "trade_me", 2001, 2101 },
        { "ebay", 99, 104 }, { "ebay", 100, 125 }, { "ebay", 12750, 13000 },
        { "ebay", 24999, 25249 }, { "ebay", 25000, 25500 },
        { "ebay", 500000, 510000 },
        { "maxsold", 3499, 3599 }, { "maxsold", 3500, 4000 },
        { "gunbroker", 999, 1024 }, { "gunbroker", 1000, 1100 },
        { "ipl", 99999, 104999 }, { "ipl", 100000, 110000 },
        { "kr5", 100, 105 }, { "kr10", 100, 110 }, { "kr50", 100, 150 },
        { "kr100", 100, 200 },
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void) snprintf(rules, sizeof(rules), "{\"ladder\":\"%s\"}",
                        rows[i].preset);
        world_open(&w, MODE_LIVE, rules);

        memset(&lot, 0, sizeof(lot));
        lot.leader = KIM;
        lot.price = rows[i].price;
        is_int(lot_min_next(w.a, &lot), rows[i].next, rows[i].preset);

        world_close(&w);
    }
}


static void
iso(void)
{
    size_t         i;
    unsigned char  buf[GAVEL_ISO_LEN + 1];

    static const struct {
        const char  *text;
        int64_t      ms;
    } rows[] = {
        { "1970-01-01T00:00:00.000Z", 0 },
        { "2000-02-29T23:59:59.999Z", INT64_C(951868799999) },
        { "2026-02-22T10:30:00.000Z", INT64_C(1771756200000) },
        { "2100-03-01T00:00:00.000Z", INT64_C(4107542400000) },
        { "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
    };

    static const struct {
        const char  *text;
        int64_t      ms;
    } forms[] = {
        { "2026-02-22T10:30:00Z", INT64_C(1771756200000) },
        { "2026-02-22T19:30:00+09:00", INT64_C(1771756200000) },
        { "2026-02-22T05:30:00.5-05:00", INT64_C(1771756200500) },
        { "2026-02-22T10:30:00.1239999Z", INT64_C(1771756200123) },
        { "2026-02-30T10:30:00Z", -1 }, { "2100-02-29T00:00:00Z", -1 },
        { "2026-02-22T24:00:00Z", -1 }, { "2026-02-22T10:60:00Z", -1 },
        { "2026-02-22T10:30:60Z", -1 }, { "2026-02-22T10:30:00", -1 },
        { "2026-02-22 10:30:00Z", -1 }, { "2026-02-22T10:30:00.Z", -1 },
        { "2026-02-22T10:30:00Zx", -1 }, { "2026-02-22T10:30:00+0900", -1 },
        { "2026-02-22T10:30:00+24:00", -1 }, { "2026-2-22T10:30:00.00Z", -1 },
        { "", -1 }, { "1969-12-31T23:59:59Z", -1 },
        { "2026-02-22T10:30:00.000", -1 },
    };

    buf[GAVEL_ISO_LEN] = '\0';

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void) gavel_iso_write(buf, rows[i].ms);
        is_str((char *) buf, rows[i].text, "written");
        is_int(gavel_iso_parse(buf, GAVEL_ISO_LEN), rows[i].ms, "and read");
    }

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        is_int(gavel_iso_parse((unsigned char *) forms[i].text,
                               strlen(forms[i].text)),
               forms[i].ms, forms[i].text);
    }

    ok(gavel_monotonic_ms() > 0, "a monotonic clock");
}


int
main(void)
{
    presets();
    raises();
    caps();
    stamps();
    pauses();
    auto_next();
    timed();
    ladders();
    iso();

    return done_testing();
}
