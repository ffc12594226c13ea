/* needs: engine times -ljansson */

/*
 * logs: recorded auctions, in the form of the export: a draft of three teams,
 * a live sale, and a timed sale with hidden maxima.  Today's engine must read
 * them, fold them, write the same bytes, and come to the same head, for ever.
 *
 *   logs.t write DIR        plays the three again and records them
 */

#include <jansson.h>

#include "tap.h"
#include "world.h"


static world_t  w;

static const struct {
    const char  *name, *head;
    uint32_t     sold, unsold;
} logs[] = {
    { "draft", "95b36b5c7af530287991a55d1c446cbf"
      "1ea3d6b015a2c585c951d1cc47dc6af4", 7, 0 },
    { "live", "5d92fbfedee9a55f26e633aa43b820ca"
      "c33147ad756284c014149afb3c1535f0", 4, 1 },
    { "timed", "e45477e063d338a09a3ea36dc705296c"
      "14f463e5dbd45137002b7b04a0dfb580", 4, 2 },
};

#define LOGS  (sizeof(logs) / sizeof(logs[0]))


/* --- replay --- */


static void
hex(const unsigned char *p, size_t n, char *out)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        (void) snprintf(out + 2 * i, 3, "%02x", p[i]);
    }
}


static void
unhex(const char *text, unsigned char *p, size_t n)
{
    size_t    i;
    unsigned  v;

    for (i = 0; i < n; i++) {
        p[i] = sscanf(text + 2 * i, "%2x", &v) == 1 ? (unsigned char) v : 0;
    }
}


static const char *
line_replay(auction_t **a, const char *text)
{
    char            again[EVENT_TEXT_MAX], digits[2 * ENGINE_HASH_LEN + 1];
    size_t          n;
    json_t         *line;
    event_t         e;
    int64_t         id;
    const char     *pub, *priv, *hash, *nonce, *wrong;
    unsigned char   salt[ENGINE_NONCE_LEN], head[ENGINE_HASH_LEN];

    line = json_loads(text, 0, NULL);
    priv = "";
    nonce = "";
    wrong = NULL;

    if (line == NULL
        || json_unpack(line, "{s:s,s:s,s?s,s?s}", "public", &pub, "hash",
                       &hash, "private", &priv, "nonce", &nonce) != 0)
    {
        json_decref(line);
        return "a line that is none";
    }

    unhex(nonce, salt, ENGINE_NONCE_LEN);

    if (event_parse(&e, &id, pub, strlen(pub), priv, strlen(priv)) != 0) {
        wrong = "cannot be read";

    } else if (evolve(a, &e, NULL) != 0) {
        wrong = "is not legal any more";

    } else {
        memcpy(e.nonce, salt, ENGINE_NONCE_LEN);
        n = event_public(&e, id, again, sizeof(again));

        if (n != strlen(pub) || memcmp(again, pub, n) != 0) {
            wrong = "is written in another way";
        }

        event_hash((*a)->head, pub, strlen(pub), priv[0] ? salt : NULL, priv,
                   strlen(priv), head);
        event_seal(*a, head, NULL);
        hex(head, ENGINE_HASH_LEN, digits);

        if (strcmp(digits, hash) != 0) {
            wrong = "has another hash";
        }
    }

    if (wrong != NULL) {
        printf("# %s\n", pub);
    }

    json_decref(line);

    return wrong;
}


static void
replay(size_t i)
{
    char         path[64], head[2 * ENGINE_HASH_LEN + 1];
    FILE        *f;
    int64_t      lines;
    uint32_t     k, sold, unsold;
    auction_t   *a;
    const char  *wrong;
    static char  text[16384];

    (void) snprintf(path, sizeof(path), "t/unit/logs/%s.jsonl", logs[i].name);
    f = fopen(path, "r");
    a = auction_create(5);
    wrong = f == NULL ? "there is no such log" : NULL;
    lines = 0;

    while (wrong == NULL && fgets(text, sizeof(text), f) != NULL) {
        wrong = line_replay(&a, text);
        lines++;
    }

    if (f != NULL) {
        (void) fclose(f);
    }

    for (k = 0, sold = 0, unsold = 0; k < a->nlots; k++) {
        sold += auction_lots(a)[k].status == LOT_SOLD;
        unsold += auction_lots(a)[k].status == LOT_UNSOLD;
    }

    ok(wrong == NULL, logs[i].name);

    if (wrong != NULL) {
        printf("# line %lld %s\n", (long long) lines, wrong);
    }

    hex(a->head, ENGINE_HASH_LEN, head);
    is_str(head, logs[i].head, "the head");
    is_int(sold, logs[i].sold, "sold");
    is_int(unsold, logs[i].unsold, "unsold");
    free(a);
}


/* --- recording --- */


static void
at(int64_t ms)
{
    w.now = T0 + ms;
}


static gavel_code_t
does(command_type_t type, int64_t who, int64_t lot, int64_t amount)
{
    command_t  c;

    c = command(&w, type, who);
    c.lot_id = lot != 0 ? auction_lots(w.a)[lot - 1].id : 0;
    c.amount = amount;
    c.request_len = 6;
    memcpy(c.request_id, "click1", 6);
    memset(c.nonce, (int) w.log_n, ENGINE_NONCE_LEN);

    return give(&w, &c);
}


/* The clock does all that is due until then. */

static void
runs_until(int64_t ms)
{
    int64_t    due;
    command_t  c;

    while ((due = auction_deadline(w.a, &c)) != 0 && due <= T0 + ms) {
        w.now = due > w.now ? due : w.now;
        memset(c.nonce, 7, ENGINE_NONCE_LEN);

        if (give(&w, &c) != GAVEL_OK) {
            break;
        }
    }

    at(ms);
}


static void
play_draft(void)
{
    int64_t    i;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT, "{\"nomination\":\"snake\","
               "\"nomination_ms\":20000,\"auto_next_ms\":3000,\"cycles\":1,"
               "\"cycle_duration_ms\":5000,\"cycle_base_percent\":50,"
               "\"roster_min\":2,\"roster_max\":3,\"team_order\":\"drawn\","
               "\"auto_fill\":true,\"quotas\":{\"top\":[0,2]}}");

    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);
    (void) add_team(&w, 103, PARK, 900);

    for (i = 0; i < 9; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = 1 + i;
        c.base_price = 10 + 10 * (i % 3);
        c.has_role = 1;
        c.role_len = 3;
        memcpy(c.role, i % 2 ? "top" : "mid", 3);
        (void) give(&w, &c);
    }

    (void) does(CMD_PUBLISH, OWNER, 0, 0);
    (void) does(CMD_START, OWNER, 0, 0);
    runs_until(3100);

    for (i = 1; i <= 9 && w.a->status == AUCTION_LIVE; i++) {

        (void) does(CMD_NOMINATE, OWNER, i, 0);
        (void) does(CMD_BID, KIM + i % 3, i, lot_min_next(w.a,
                    &auction_lots(w.a)[i - 1]));
        at(w.now - T0 + 1200);
        (void) does(CMD_BID, KIM + (i + 1) % 3, i, 90 + 7 * i);
        (void) does(CMD_FOLD, KIM + (i + 2) % 3, i, 0);

        if (i == 2) {
            (void) does(CMD_PAUSE, OWNER, 0, 0);
            at(w.now - T0 + 60000);
            (void) does(CMD_RESUME, OWNER, 0, 0);
        }

        if (i == 3) {
            (void) does(CMD_LOT_HAMMER, OWNER, 3, 0);
            (void) does(CMD_LOT_REOPEN, OWNER, 3, 0);
            (void) does(CMD_BID, KIM + 2, 3, 300);
        }

        if (i == 4) {
            (void) does(CMD_LOT_PASS, OWNER, 4, 0);
        }

        runs_until(w.now - T0 + 18500);
    }

    runs_until(w.now - T0 + 3600000);
}


static void
play_live(void)
{
    int64_t    i;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"auto_next_ms\":2000,\"offer_ms\":5000,"
               "\"retract\":\"window\",\"retract_ms\":10000,"
               "\"clock\":{\"closing_ms\":5000,\"max_extensions\":5},"
               "\"settle_ms\":1000,\"auto_end\":true}");

    for (i = 0; i < 5; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = 100 + i;
        c.base_price = 1000 * (i + 1);
        c.reserve = i == 1 ? 9000 : -1;
        c.buy_now = i == 2 ? 8000 : -1;
        c.quantity = i == 3 ? 2 : -1;
        memset(c.nonce, (int) i, ENGINE_NONCE_LEN);
        (void) give(&w, &c);
    }

    (void) does(CMD_PUBLISH, OWNER, 0, 0);
    (void) does(CMD_START, OWNER, 0, 0);

    for (i = 1; i <= 5; i++) {
        runs_until(w.now - T0 + 2500);
        (void) does(CMD_BID, KIM, 0, 1000 * i);
        at(w.now - T0 + 900);
        (void) does(CMD_AUTO_BID, LEE, 0, 1000 * i + 2500);
        (void) does(CMD_BID, PARK, 0, 1000 * i + 1500);
        (void) does(CMD_LOT_WARN, OWNER, 0, 0);

        if (i == 3) {
            (void) does(CMD_BUY_NOW, KIM, 0, 0);
        }

        if (i == 5) {
            (void) does(CMD_BID, KIM, 0, 9000);
            (void) does(CMD_BID_RETRACT, KIM, 0, 0);
        }

        runs_until(w.now - T0 + 33000);

        if (i == 2) {
            (void) does(CMD_LOT_PASS, OWNER, 2, 0);
            (void) does(CMD_LOT_OFFER, OWNER, 2, 0);
            (void) does(CMD_OFFER_ANSWER, LEE, 2, 1);
        }
    }

    runs_until(w.now - T0 + 3600000);
}


static void
play_timed(void)
{
    int64_t    i;
    command_t  c;

    world_open(&w, MODE_TIMED, "{\"stagger_ms\":30000,\"clock\":{\"preset\":"
               "\"extend_to\",\"duration_ms\":600000,\"window_ms\":120000}}");

    for (i = 0; i < 6; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = 500 + i;
        c.base_price = 100 + 50 * i;
        c.reserve = i == 4 ? 2000 : -1;
        memset(c.nonce, (int) i, ENGINE_NONCE_LEN);
        (void) give(&w, &c);
    }

    (void) does(CMD_PUBLISH, OWNER, 0, 0);
    (void) does(CMD_AUTO_BID, PARK, 1, 700);
    (void) does(CMD_AUTO_BID, LEE, 1, 500);
    (void) does(CMD_START, OWNER, 0, 0);

    for (i = 0; i < 5; i++) {
        at(10000 + 2000 * i);
        (void) does(CMD_AUTO_BID, KIM, 1 + i, 1000 + 100 * i);
        (void) does(CMD_BID, LEE, 1 + i, 400 + 10 * i);
        (void) does(CMD_AUTO_BID, PARK, 1 + i, 1000 + 100 * i);
    }

    runs_until(590000);
    (void) does(CMD_BID, STRANGER, 1, 1500);
    (void) does(CMD_AUTO_BID, KIM, 1, 1800);
    runs_until(650000);
    (void) does(CMD_BID, STRANGER, 3, 5000);
    runs_until(36000000);
}


static int
record(const char *dir, const char *name)
{
    char            path[4096], hash[2 * ENGINE_HASH_LEN + 1];
    char            nonce[2 * ENGINE_NONCE_LEN + 1], *text;
    FILE           *f;
    size_t          i;
    json_t         *line;
    auction_t      *a;
    event_t         e;
    int64_t         id;
    world_event_t  *row;
    unsigned char   head[ENGINE_HASH_LEN];

    (void) snprintf(path, sizeof(path), "%s/%s.jsonl", dir, name);
    f = fopen(path, "w");
    a = auction_create(w.a->id);

    for (i = 0; f != NULL && i < w.log_n; i++) {
        row = &w.log[i];
        (void) event_parse(&e, &id, row->text, row->len, row->hidden,
                           row->hidden_len);
        (void) evolve(&a, &e, NULL);
        world_hash(a, row, head);
        event_seal(a, head, NULL);
        hex(head, ENGINE_HASH_LEN, hash);
        hex(row->nonce, ENGINE_NONCE_LEN, nonce);

        line = json_pack("{s:i,s:s#,s:s}", "seq", (int) i + 1, "public",
                         row->text, (int) row->len, "hash", hash);

        if (row->hidden_len != 0) {
            (void) json_object_set_new(line, "private",
                                       json_stringn(row->hidden,
                                                    row->hidden_len));
            (void) json_object_set_new(line, "nonce", json_string(nonce));
        }

        text = json_dumps(line, JSON_COMPACT|JSON_PRESERVE_ORDER);
        fprintf(f, "%s\n", text);
        free(text);
        json_decref(line);
    }

    if (f != NULL) {
        (void) fclose(f);
        printf("# %s: %zu events, head %s\n", name, w.log_n, hash);
    }

    free(a);
    world_close(&w);

    return f != NULL;
}


int
main(int argc, char **argv)
{
    size_t  i;

    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        play_draft();
        ok(record(argv[2], "draft"), "draft");
        play_live();
        ok(record(argv[2], "live"), "live");
        play_timed();
        ok(record(argv[2], "timed"), "timed");

        return done_testing();
    }

    for (i = 0; i < LOGS; i++) {
        replay(i);
    }

    return done_testing();
}
