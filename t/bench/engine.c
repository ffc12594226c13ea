/* needs: engine times */

/*
 * engine: how many bids one core decides and folds, and how many events it
 * writes and hashes.  One JSON line each.
 *
 *   build/bench/engine [SECONDS]
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"


#define LOTS   500
#define TEAMS  20
#define OWNER  7
#define START  INT64_C(1760000000000)


static double
seconds(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static event_t  *events;


static void
give(auction_t **a, const command_t *c)
{
    uint32_t   i, n;
    refusal_t  r;

    n = decide(*a, c, c->at, events, &r);

    if (n == 0) {
        fprintf(stderr, "refused: %d %s\n", r.code,
                r.detail != NULL ? r.detail : "");
        exit(1);
    }

    for (i = 0; i < n; i++) {
        if (evolve(a, &events[i], NULL) != 0) {
            fprintf(stderr, "does not evolve\n");
            exit(1);
        }
    }
}


static command_t
command(command_type_t type, int64_t actor)
{
    command_t  c;

    memset(&c, 0, sizeof(c));
    c.type = type;
    c.origin = ORIGIN_WS;
    c.actor = actor;
    c.actor_roles = actor == NOBODY ? ACTOR_SERVER : 0;
    c.at = START;
    c.starts_at = -1;
    c.ends_at = -1;
    c.base_price = -1;

    return c;
}


/* A draft of many teams with all its lots open. */

static auction_t *
house(void)
{
    int            i;
    rules_t        rules;
    auction_t     *a;
    command_t      c;
    const char    *what;

    static const char  json[] =
        "{\"one_at_a_time\":false,\"ladder\":1,\"roster_max\":1000,"
        "\"clock\":{\"preset\":\"reset_to\",\"duration_ms\":3600000}}";

    a = auction_create(5);

    if (rules_parse(&rules, MODE_TEAM_DRAFT, json, sizeof(json) - 1, &what)
        != 0)
    {
        fprintf(stderr, "rules: %s\n", what);
        exit(1);
    }

    c = command(CMD_CREATE, NOBODY);
    c.mode = MODE_TEAM_DRAFT;
    c.user_id = OWNER;
    c.starts_at = START;
    c.rules = &rules;
    give(&a, &c);

    for (i = 0; i < TEAMS; i++) {
        c = command(CMD_TEAM_ADD, OWNER);
        c.team_id = 100 + i;
        c.user_id = 1000 + i;
        c.amount = ENGINE_MAX_AMOUNT;
        give(&a, &c);
    }

    for (i = 0; i < LOTS; i++) {
        c = command(CMD_LOT_ADD, OWNER);
        c.item_id = i + 1;
        give(&a, &c);
    }

    c = command(CMD_PUBLISH, OWNER);
    give(&a, &c);
    c = command(CMD_START, OWNER);
    give(&a, &c);

    for (i = 0; i < LOTS; i++) {
        c = command(CMD_LOT_OPEN, OWNER);
        c.lot_id = auction_lots(a)[i].id;
        give(&a, &c);
    }

    return a;
}


static void
line(const char *name, int64_t n, double took)
{
    printf("{\"name\":\"%s\",\"per_second\":%.0f}\n", name,
           (double) n / took);
}


static void
bids(auction_t **a, double limit)
{
    int64_t     n;
    lot_t      *lot;
    double      from;
    command_t   c;
    event_t     e;
    refusal_t   r;
    journal_t  *j;

    j = journal_create();
    c = command(CMD_BID, 1000);
    c.request_len = 16;
    memset(c.request_id, 'r', 16);
    from = seconds();

    for (n = 0; n % 4096 != 0 || seconds() - from < limit; n++) {
        lot = &auction_lots(*a)[n * 7 % LOTS];

        /* ids have room for four million events */

        if ((*a)->seq >= (INT64_C(1) << ENGINE_ID_SHIFT) - 64) {
            break;
        }

        c.actor = 1000 + (n + n / LOTS) % TEAMS;
        c.lot_id = lot->id;
        c.amount = lot_min_next(*a, lot);

        if (decide(*a, &c, START, &e, &r) != 1 || evolve(a, &e, j) != 0) {
            fprintf(stderr, "bid %lld: refused: %d\n", (long long) n, r.code);
            exit(1);
        }

        if (n % 256 == 0) {
            journal_clear(j);
        }
    }

    line("engine.bids", n, seconds() - from);
    journal_destroy(j);
}


static void
encoding(auction_t *a, double limit)
{
    char             text[EVENT_TEXT_MAX];
    size_t           len;
    double           from;
    int64_t          n, id;
    event_t          e, back;
    command_t        c;
    refusal_t        r;
    unsigned char    head[ENGINE_HASH_LEN];

    c = command(CMD_BID, 1000);
    c.request_len = 16;
    memset(c.request_id, 'r', 16);
    c.lot_id = auction_lots(a)[0].id;
    c.amount = lot_min_next(a, auction_lots(a));

    if (auction_lots(a)[0].leader == c.actor) {
        c.actor++;
    }

    if (decide(a, &c, START, &e, &r) != 1) {
        fprintf(stderr, "refused: %d\n", r.code);
        exit(1);
    }

    memset(head, 0, sizeof(head));
    len = 0;
    from = seconds();

    for (n = 0; n % 4096 != 0 || seconds() - from < limit; n++) {
        e.seq = n + 1;
        len = event_public(&e, 5, text, sizeof(text));
        event_hash(head, text, len, NULL, "", 0, head);
    }

    line("engine.encode_and_hash", n, seconds() - from);

    from = seconds();

    for (n = 0; n % 4096 != 0 || seconds() - from < limit; n++) {
        if (event_parse(&back, &id, text, len, "", 0) != 0) {
            exit(1);
        }
    }

    line("engine.parse", n, seconds() - from);
}


int
main(int argc, char **argv)
{
    double      limit;
    auction_t  *a;

    limit = argc > 1 ? atof(argv[1]) : 2;

    events = malloc((ENGINE_EVENTS + LOTS) * sizeof(event_t));
    if (events == NULL) {
        return 1;
    }

    a = house();
    bids(&a, limit);
    encoding(a, limit);

    free(a);
    free(events);

    return 0;
}
