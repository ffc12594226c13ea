/* needs: engine times */

/*
 * events: canonical JSON both ways, rules as JSON, the hash chain, and texts
 * that are none.
 */

#include "tap.h"
#include "world.h"


#define PLAIN_HASH   "83fec1f602b7194b8ee745260cbde01e" \
                     "da9e828f14c6a065b181e2c96cbff173"
#define HIDDEN_HASH  "1cd04ef67eab43bfeb3e0611566f26db" \
                     "11f89e155cfef29d543640809ec6ed01"


/* An event with something in every member. */

static void
fill(event_t *e, event_type_t type)
{
    memset(e, 0, sizeof(event_t));

    e->type = type;
    e->epoch = 2;
    e->seq = 9;
    e->ts = T0;
    e->actor = KIM;
    e->request_len = 12;
    memcpy(e->request_id, "a\"b\\c\n\x01\xed\x95\x9c \x7f", 12);
    e->lot_id = INT64_C(5) << 22 | 3;
    e->round = 1;
    e->item_id = 4;
    e->number = 5;
    e->position = 6;
    e->bid_id = 7;
    e->bidder = 8;
    e->team_id = 9;
    e->user_id = 10;
    e->leader_bid = 11;
    e->amount = type == EV_TEAM_SUSPENDED ? 1 : -12;
    e->price = ENGINE_MAX_AMOUNT;
    e->min_next = 14;
    e->base_price = 15;
    e->count = 16;
    e->extensions = 17;
    e->ends_at = T0 + 1;
    e->starts_at = T0 + 2;
    e->at = T0 + 3;
    e->ms = 18;
    e->budget = 19;
    e->slots = 20;
    e->balance = 21;
    e->sold = 22;
    e->unsold = 23;
    e->mode = MODE_TIMED;
    e->origin = ORIGIN_CHAT;
    e->how = HOW_CLOCK;
    rules_default(&e->rules, MODE_TIMED);
    e->reason_len = 6;
    memcpy(e->reason, "\xec\x9d\xb4\xec\x9c\xa0", 6);
}


static void
round_trip(void)
{
    int       i, same, empty;
    char      buf[EVENT_TEXT_MAX], again[EVENT_TEXT_MAX];
    char      priv[EVENT_PRIVATE_MAX], priv_again[EVENT_PRIVATE_MAX];
    size_t    len, plen, k;
    event_t   e, back;
    int64_t   id;

    for (i = 1; i < EV_MAX; i++) {
        fill(&e, (event_type_t) i);

        len = event_public(&e, 5, buf, sizeof(buf));
        plen = event_private(&e, priv, sizeof(priv));
        same = len != 0 && event_parse(&back, &id, buf, len, priv, plen) == 0
               && id == 5 && event_public(&back, 5, again, sizeof(again)) == len
               && memcmp(buf, again, len) == 0 && back.type == e.type
               && event_private(&back, priv_again, sizeof(priv_again)) == plen
               && memcmp(priv, priv_again, plen) == 0;
        ok(same, event_name((event_type_t) i));
        is_int(event_type(event_name(i), strlen(event_name(i))), i, "by name");

        memset(&e, 0, offsetof(event_t, rules));
        e.type = i;
        e.epoch = 1;
        e.seq = 1;
        e.ts = T0;
        e.mode = MODE_LIVE;
        e.how = HOW_END;
        e.origin = ORIGIN_WS;
        e.reason_len = 0;
        e.starts_at = -1;
        e.rules.clock.preset = 0;

        len = event_public(&e, 5, buf, sizeof(buf));
        plen = event_private(&e, priv, sizeof(priv));
        same = len != 0 && event_parse(&back, &id, buf, len, priv, plen) == 0;
        ok(same, "with nothing in it");

        for (k = 0, empty = 0; k < len; k++) {
            empty += event_public(&e, 5, again, k) == 0;
            empty += event_parse(&back, &id, buf, k, priv, plen) == -1;
        }

        is_int(empty, 2 * (int64_t) len, "cut short anywhere it is nothing");

        for (k = 0, empty = 0; k < plen; k++) {
            empty += event_private(&e, again, k) == 0;
            empty += event_parse(&back, &id, buf, len, priv, k) == -1;
        }

        is_int(empty, 2 * (int64_t) plen, "so is the hidden part");
    }

    is_int(event_type("bid.acceptedx", 13), 0, "an unknown type");
}


static const char  bid_text[] =
    "{\"v\":1,\"auction_id\":5,\"epoch\":1,\"seq\":9,"
    "\"ts\":\"2025-10-09T08:53:20.000Z\",\"type\":\"bid.accepted\","
    "\"actor\":11,\"request_id\":\"r1\",\"data\":{\"bid_id\":20971529,"
    "\"lot_id\":20971525,\"round\":1,\"bidder_id\":11,\"team_id\":101,"
    "\"kind\":\"manual\",\"origin\":\"ws\",\"amount\":100,\"price\":100,"
    "\"min_next\":110,\"bid_count\":1,"
    "\"ends_at\":\"2025-10-09T08:53:35.000Z\",\"extensions\":0,"
    "\"at\":\"2025-10-09T08:53:20.000Z\"}}";


static void
bid_as_text(void)
{
    world_t    w;
    command_t  c;

    (void) world_draft(&w, NULL);
    c = command(&w, CMD_BID, KIM);
    c.amount = 100;
    c.request_len = 2;
    memcpy(c.request_id, "r1", 2);
    (void) give(&w, &c);

    w.log[w.log_n - 1].text[w.log[w.log_n - 1].len] = '\0';
    w.ev[0].seq = 9;
    w.ev[0].bid_id = 20971529;
    w.ev[0].lot_id = 20971525;

    char    buf[EVENT_TEXT_MAX];
    size_t  len = event_public(&w.ev[0], 5, buf, sizeof(buf));
    buf[len] = '\0';
    is_str(buf, bid_text, "a bid reads as the protocol says");
    world_close(&w);
}


/* Each row replaces one piece of a good text by a bad one. */

static void
malformed(void)
{
    char     buf[EVENT_TEXT_MAX], *at;
    size_t   i, j, len, bad;
    event_t  e;
    int64_t  id;

    static const char *const  swaps[][2] = {
        { "\"v\":1", "\"v\":2" }, { "\"v\":1", "\"v\":1.0" },
        { ":100,", ":1e2," }, { ":100,", ":\"100\"," }, { ":100,", ":0100," },
        { ":100,", ":100.5," }, { ":100,", ":1e309," }, { ":100,", ":-0," },
        { ":100,", ":9007199254740992," }, { ":100,", ":+100," },
        { ":100,", ":99999999999999999999999," }, { ":100,", ":null," },
        { ":100,", ":[100]," }, { ":100,", ": 100," }, { ":100,", ":," },
        { "\"ws\"", "\"telepathy\"" }, { "\"manual\"", "\"\"" },
        { "bid.accepted", "bid.imagined" }, { "bid.accepted", "" },
        { "bid_id", "bid_ie" }, { "\"seq\":9", "\"seq\":0" },
        { "\"seq\":9", "\"seq\":-9" }, { "\"epoch\":1", "\"epoch\":0" },
        { "\"auction_id\":5", "\"auction_id\":0" },
        { "08:53:20.000Z\",\"t", "08:53:20Z\",\"t" },
        { "08:53:20.000Z\",\"t", "08:53:60.000Z\",\"t" },
        { "}}", "},\"x\":1}" }, { "}}", "}} x" }, { "}}", ",\"x\":1}}" },
        { "}}", "}" }, { "\"r1\"", "\"r\xff\"" }, { "\"r1\"", "\"r\\u0031\"" },
        { "\"r1\"", "\"r\\ud800\"" }, { "\"r1\"", "\"\"" },
        { "\"r1\"", "\"\xc0\x80\"" }, { "\"r1\"", "\"\xed\xa0\x80\"" },
        { "\"r1\"", "\"r\n\"" }, { "\"r1\"", "\"r\\x\"" },
        { "\"actor\":11", "\"actor\":0" }, { "\"team_id\":101",
        "\"team_id\":0" }, { "\"round\":1,", "" }, { "{\"v\"", " {\"v\"" },
    };

    is_int(event_parse(&e, &id, bid_text, sizeof(bid_text) - 1, "", 0), 0,
           "a good text");
    is_int(event_parse(&e, &id, bid_text, sizeof(bid_text) - 1, "{}", 2), -1,
           "a hidden part that it does not have");

    for (i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
        at = strstr(bid_text, swaps[i][0]);
        len = (size_t) (at - bid_text);
        (void) snprintf(buf, sizeof(buf), "%.*s%s%s", (int) len, bid_text,
                        swaps[i][1], at + strlen(swaps[i][0]));
        is_int(event_parse(&e, &id, buf, strlen(buf), "", 0), -1,
               swaps[i][0]);
    }

    /* any byte, any value: never read past, never a different event */

    for (i = 0, bad = 0; i < sizeof(bid_text) - 1; i++) {
        for (j = 0; j < 256; j += 7) {
            memcpy(buf, bid_text, sizeof(bid_text));
            buf[i] = (char) j;

            if (event_parse(&e, &id, buf, sizeof(bid_text) - 1, "", 0) == 0) {
                char    again[EVENT_TEXT_MAX];
                size_t  n = event_public(&e, id, again, sizeof(again));

                bad += n != sizeof(bid_text) - 1 || memcmp(buf, again, n) != 0;
            }
        }
    }

    is_int((int64_t) bad, 0, "what is read is what was written");
}


static void
rules(void)
{
    char         buf[EVENT_TEXT_MAX];
    size_t       i, len;
    rules_t      r, back;
    uint32_t     mode;
    const char  *what;

    static const struct {
        const char  *json, *what;
    } rows[] = {
        { "", "rules" }, { "[]", "rules" }, { "{", "rules" },
        { "{} x", "rules" }, { "null", "rules" },
        { "{\"ladder\":0}", "ladder" }, { "{\"ladder\":-5}", "ladder" },
        { "{\"ladder\":\"nosuch\"}", "ladder" },
        { "{\"ladder\":[]}", "ladder" },
        { "{\"ladder\":[[5,10]]}", "ladder" },
        { "{\"ladder\":[[0,10],[0,20]]}", "ladder" },
        { "{\"ladder\":[[0,10],[100]]}", "ladder" },
        { "{\"ladder\":1.5}", "ladder" }, { "{\"ladder\":1e309}", "ladder" },
        { "{\"ladder\":[[0,1],[1,1],[2,1],[3,1],[4,1],[5,1],[6,1],[7,1],"
          "[8,1],[9,1],[10,1],[11,1],[12,1],[13,1],[14,1],[15,1],[16,1]]}",
          "ladder" },
        { "{\"min_price\":\"10\"}", "min_price" },
        { "{\"min_price\":-1}", "min_price" },
        { "{\"min_price\":9007199254740992}", "min_price" },
        { "{\"min_price\":1,\"min_price\":2}", "min_price" },
        { "{\"colour\":1}", "colour" },
        { "{\"clock\":{\"colour\":1}}", "clock.colour" },
        { "{\"clock\":{\"preset\":\"soft\"}}", "clock.preset" },
        { "{\"clock\":{\"duration_ms\":0}}", "clock.duration_ms" },
        { "{\"clock\":{\"hard_end_ms\":5}}", "clock.hard_end_ms" },
        { "{\"clock\":5}", "clock" },
        { "{\"roster_min\":9}", "roster_min" },
        { "{\"roster_max\":0}", "roster_max" },
        { "{\"roster_max\":4294967297}", "roster_max" },
        { "{\"auto_next_ms\":-2}", "auto_next_ms" },
        { "{\"auto_end\":2}", "auto_end" },
        { "{\"on_grid\":\"yes\"}", "on_grid" },
        { "{\"currency\":\"won\"}", "currency" },
        { "{\"currency\":\"LONGNAME\"}", "currency" },
        { "{\"currency\":\"\"}", "currency" },
        { "{\"a\\\"b\\u0007\":1}", "a?b?" },
    };

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        is_int(rules_parse(&r, MODE_TEAM_DRAFT, rows[i].json,
                           strlen(rows[i].json), &what), -1, rows[i].json);
        is_str(what, rows[i].what, "names it");
    }

    for (mode = MODE_TEAM_DRAFT; mode <= MODE_TIMED; mode++) {
        rules_default(&r, mode);
        len = rules_text(&r, buf, sizeof(buf));
        is_int(rules_parse(&back, mode, buf, len, &what), 0,
               "defaults are rules");
        ok(memcmp(&r, &back, sizeof(r)) == 0, "and come back the same");
        is_int(rules_text(&r, buf, len - 1), 0, "they need their room");
    }

    is_int(rules_parse(&r, MODE_LIVE, "{ }", 3, &what), 0, "nothing said");
    is_int(rules_parse(&r, MODE_LIVE,
                       "{\"clock\":{\"preset\":\"always_reset\"}}", 35, &what),
           0, "a preset alone");
    is_int(r.clock.extend_ms, 30000, "restarts the whole clock");
}


static void
chain(void)
{
    unsigned char  zero[32], nonce[16], a[32], b[32];
    char           hex[65];
    int            i;

    memset(zero, 0, sizeof(zero));
    memset(nonce, 7, sizeof(nonce));

    /* SHA-256(32 zeros || "abc" || SHA-256("")) */

    event_hash(zero, "abc", 3, NULL, "", 0, a);
    for (i = 0; i < 32; i++) {
        (void) snprintf(hex + 2 * i, 3, "%02x", a[i]);
    }
    is_str(hex, PLAIN_HASH, "without a private part");

    event_hash(zero, "abc", 3, nonce, "{\"max\":5}", 9, b);
    for (i = 0; i < 32; i++) {
        (void) snprintf(hex + 2 * i, 3, "%02x", b[i]);
    }
    is_str(hex, HIDDEN_HASH, "with one");

    nonce[0]++;
    event_hash(zero, "abc", 3, nonce, "{\"max\":5}", 9, a);
    ok(memcmp(a, b, 32) != 0, "the nonce hides it");
    event_hash(b, "abc", 3, nonce, "{\"max\":5}", 9, b);
    ok(memcmp(a, b, 32) != 0, "the chain binds it");
}


int
main(void)
{
    round_trip();
    bid_as_text();
    malformed();
    rules();
    chain();

    return done_testing();
}
