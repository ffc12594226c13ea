/* needs: engine times */

/*
 * formats: thousands of random commands of every kind in each mode and each
 * format.  What was decided is legal, what was refused has changed nothing,
 * what was only supposed can be taken back to the byte, nobody reads what is
 * sealed, and the log alone gives the same bytes.
 *
 *   formats.t [SEED [COMMANDS]]
 */

#include <time.h>

#include "tap.h"
#include "world.h"


#define SECRET  7000000              /* of this size are sealed amounts */

static world_t   w;
static uint64_t  seed;
static uint32_t  told[EV_MAX];


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static lot_t *
some_lot(void)
{
    return &auction_lots(w.a)[pick(w.a->nlots)];
}


static lot_t *
lot_of(uint32_t status)
{
    lot_t     *lot;
    uint32_t   i, from;

    from = (uint32_t) pick(w.a->nlots);

    for (i = 0; i < w.a->nlots; i++) {
        lot = &auction_lots(w.a)[(i + from) % w.a->nlots];

        if (lot->status == status) {
            return lot;
        }
    }

    return some_lot();
}


static int64_t
some_amount(const lot_t *lot)
{
    int64_t  least;

    least = lot_min_next(w.a, lot);

    switch (pick(8)) {
    case 0:  return 0;
    case 1:  return least - 1;
    case 2:  return pick(300);
    default: return least + pick(4);
    }
}


static command_t
some_bid(void)
{
    lot_t      *lot;
    command_t   c;

    lot = lot_of(LOT_OPEN);
    c = command(&w, pick(5) ? CMD_BID : CMD_AUTO_BID, KIM + pick(4));
    c.lot_id = lot->id;
    c.amount = some_amount(lot);
    c.at = w.now - pick(20);

    return c;
}


/* What the host does in a lot's state. */

static command_t
some_step(void)
{
    lot_t      *lot;
    command_t   c;

    lot = some_lot();
    c = command(&w, CMD_LOT_OPEN, OWNER);

    switch (lot->status) {

    case LOT_OPEN:
        c.type = pick(3) ? CMD_LOT_HAMMER : CMD_LOT_HOLD;
        break;

    case LOT_FROZEN:
        c.type = pick(3) ? CMD_LOT_RESUME : CMD_LOT_HAMMER;
        break;

    case LOT_LOCKED:
        c.type = CMD_LOT_REVEAL;
        break;

    case LOT_RESERVE:
        c.type = pick(2) ? CMD_LOT_ACCEPT : CMD_LOT_PASS;
        break;

    case LOT_OFFERED:
        c.type = pick(2) ? CMD_OFFER_ANSWER : CMD_OFFER_CLOSE;
        c.actor = c.type == CMD_OFFER_ANSWER ? lot->offer_to : OWNER;
        break;

    case LOT_SOLD:
        c.type = pick(2) ? CMD_LOT_OFFER : CMD_LOT_OPEN;
        break;

    case LOT_UNSOLD:
        c.type = pick(2) ? CMD_LOT_REQUEUE : CMD_LOT_OFFER;
        break;
    }

    c.lot_id = c.type == CMD_LOT_OPEN && pick(4) ? 0 : lot->id;
    c.amount = pick(2);

    return c;
}


static command_t
anything(void)
{
    command_t  c;

    w.now += pick(12) == 0 ? pick(6000) : pick(400);

    switch (pick(8)) {

    case 0:
        if (auction_deadline(w.a, &c) != 0) {
            w.now = c.at > w.now ? c.at + pick(3) - 1 : w.now;
            w.now = w.now > w.a->ts ? w.now : w.a->ts;
            return c;
        }

        /* fall through */

    case 1:
    case 2:
    case 3:
        return some_bid();

    case 4:
    case 5:
        return some_step();
    }

    c = command(&w, 1 + (command_type_t) pick(CMD_MAX - 1), OWNER);

    if (((c.type == CMD_CANCEL || c.type == CMD_ABORT || c.type == CMD_END)
         && pick(30))
        || (c.type == CMD_PAUSE && pick(4)) || c.type == CMD_CREATE)
    {
        c.type = CMD_RESUME;
    }

    c.lot_id = pick(3) ? some_lot()->id : 0;
    c.bid_id = pick(2) ? 0 : some_lot()->leader_bid;
    c.round = pick(3);
    c.amount = pick(400) - 100;
    c.base_price = pick(200) - 1;
    c.ceiling = pick(300) - 1;
    c.reserve = pick(3) ? -1 : pick(300);
    c.quantity = pick(3) ? -1 : pick(4);
    c.ms = pick(9000);
    c.item_id = 1 + pick(500);
    c.position = pick(8);
    c.team_id = 101 + pick(4);
    c.user_id = KIM + pick(4);
    c.slots = pick(6);
    c.actor_roles = pick(8) ? 0 : ACTOR_SERVER;
    c.actor = pick(4) ? OWNER : KIM + pick(4);

    return c;
}


/* Amounts of this size are given to sealed bids only, and never raised. */

static int
seen_too_early(void)
{
    char      *text, number[24];
    int        seen;
    bid_t     *bid;
    lot_t     *lot;
    size_t     len;
    uint32_t   i;

    len = state_text(w.a, NULL, 0);
    text = malloc(len + 1);
    len = state_text(w.a, text, len);
    text[len] = '\0';
    seen = len == 0;

    for (i = 0; i < w.a->nbids; i++) {

        bid = &auction_bids(w.a)[i];

        if (bid->lot == 0 || !(bid->flags & BID_SEALED)
            || (bid->flags & BID_KEPT) || bid->max < SECRET)
        {
            continue;
        }

        lot = &auction_lots(w.a)[bid->lot - 1];

        (void) snprintf(number, sizeof(number), ":%lld",
                        (long long) bid->max);
        seen |= bid->amount != 0 || lot->leader_bid == bid->id
                || strstr(text, number) != NULL;
    }

    free(text);

    return seen;
}


static const char *
unsound(void)
{
    lot_t     *lot;
    team_t    *t;
    char      *copy;
    int64_t    held;
    uint32_t   i, k, on;
    auction_t *b;

    on = 0;
    lot = auction_lots(w.a);

    for (i = 0; i < w.a->nlots; i++) {
        on += lot[i].status == LOT_OPEN || lot[i].status == LOT_FROZEN
              || lot[i].status == LOT_LOCKED || lot[i].status == LOT_RESERVE;

        if (lot[i].status == LOT_OFFERED && lot[i].before != LOT_SOLD
            && lot[i].before != LOT_UNSOLD)
        {
            return "an offer of nothing";
        }

        if (lot[i].quantity != 0 && lot[i].units > lot[i].quantity) {
            return "more units than there are";
        }

        if (lot[i].status == LOT_SOLD && lot[i].price < 1) {
            return "10: sold for nothing";
        }
    }

    if (w.a->rules.one_at_a_time && on > 1) {
        return "27: two on the block";
    }

    for (k = 0; k < w.a->nteams; k++) {
        t = &auction_teams(w.a)[k];
        held = 0;

        for (i = 0; i < w.a->nlots; i++) {
            if (lot[i].leader_team == t->id && lot[i].bonus == 0
                && (lot[i].status == LOT_OPEN || lot[i].status == LOT_FROZEN
                    || lot[i].status == LOT_RESERVE))
            {
                held += lot[i].price;
            }
        }

        if (t->held != held || purse_available(t) < 0) {
            return "16, 18: holds";
        }
    }

    if (seen_too_early()) {
        return "15: a sealed amount can be read";
    }

    if (pick(50) == 0) {
        copy = malloc(w.a->size);
        (void) state_save(w.a, copy, w.a->size);
        b = state_load(copy, w.a->size);
        free(copy);

        if (b == NULL) {
            return "a snapshot that does not load";
        }

        free(b);
    }

    return NULL;
}


static void
begin(uint32_t mode, const char *rules)
{
    int64_t    i;
    command_t  c;

    world_open(&w, mode, rules);

    for (i = 0; i < 10; i++) {
        c = command(&w, CMD_LOT_ADD, OWNER);
        c.item_id = 1000 + i;
        c.base_price = 10 + pick(90);
        c.ceiling = c.base_price + pick(200);

        if (mode != MODE_TEAM_DRAFT && w.a->rules.format != FORMAT_DUTCH) {
            c.reserve = pick(2) ? 0 : c.base_price + 1 + pick(80);
        }

        if (mode != MODE_TEAM_DRAFT) {
            c.quantity = pick(3) ? 0 : 2 + pick(3);
        }

        w.broken |= give(&w, &c) != GAVEL_OK;
    }

    for (i = 0; i < 4 && mode == MODE_TEAM_DRAFT; i++) {
        (void) add_team(&w, 101 + i, KIM + i, 400 + pick(2000));
    }

    world_start(&w);
}


static const char *
step(command_t *c)
{
    const char  *bad;
    auction_t   *was;

    bad = NULL;
    was = auction_copy(w.a);

    if (pick(6) == 0) {                          /* it was not committed */
        w.keeps_log = 0;
        journal_clear(w.j);
        (void) give(&w, c);
        journal_undo(w.j, &w.a);
        w.keeps_log = 1;

        if (w.a->size != was->size || memcmp(w.a, was, was->size) != 0) {
            bad = "undo gives other bytes";
        }
    }

    if (give(&w, c) != GAVEL_OK
        && (w.a->size != was->size || memcmp(w.a, was, was->size) != 0))
    {
        bad = "12: a refusal changed something";
    }

    free(was);

    if (w.broken) {
        printf("# command %d in status %u\n", (int) c->type, w.a->status);
        return "7: decided, but not legal";
    }

    return bad != NULL ? bad : unsound();
}


static void
play(uint32_t mode, const char *rules, int64_t commands)
{
    uint32_t     i;
    int64_t      game;
    command_t    c;
    const char  *bad;

    bad = NULL;

    while (commands > 0 && bad == NULL) {

        begin(mode, rules);
        journal_clear(w.j);

        for (game = 0; game < 400 && bad == NULL
             && w.a->status < AUCTION_SETTLED; game++)
        {
            commands--;
            c = anything();

            if (c.type == CMD_BID && pick(3) == 0 && mode != MODE_TEAM_DRAFT
                && (w.a->rules.format == FORMAT_SEALED
                    || w.a->rules.format == FORMAT_VICKREY))
            {
                c.amount = SECRET + pick(SECRET);
            }

            bad = step(&c);

            for (i = 0; i < w.n; i++) {
                told[w.ev[i].type]++;
            }
        }

        if (bad == NULL && !world_replays(&w)) {
            bad = "3: replay differs";
        }

        world_close(&w);
    }

    if (!ok(bad == NULL, rules)) {
        printf("# %s\n", bad);
    }
}


int
main(int argc, char **argv)
{
    int64_t             n;
    uint32_t            i;
    static const struct {
        uint32_t     mode;
        const char  *rules;
    } games[] = {
        { MODE_TEAM_DRAFT, "{\"format\":\"sealed\",\"roster_min\":1}" },
        { MODE_TEAM_DRAFT, "{\"format\":\"sealed\",\"reveal_ms\":900,"
                           "\"cycles\":2,\"auto_next_ms\":300}" },
        { MODE_TEAM_DRAFT, "{\"format\":\"vickrey\",\"reveal_ms\":900,"
                           "\"tie\":\"earlier\",\"auto_fill\":true}" },
        { MODE_TEAM_DRAFT, "{\"format\":\"sealed\",\"nomination\":\"snake\","
                           "\"nomination_ms\":2000,\"cycles\":1}" },
        { MODE_TEAM_DRAFT, "{\"format\":\"dutch\",\"dutch_drop\":7,"
                           "\"dutch_every_ms\":500,\"auto_next_ms\":300}" },
        { MODE_TEAM_DRAFT, "{\"broke\":\"assign\",\"cycles\":1,"
                           "\"auto_next_ms\":100}" },
        { MODE_LIVE, "{\"format\":\"sealed\",\"reserve_wait_ms\":2000,"
                     "\"offer_ms\":3000}" },
        { MODE_LIVE, "{\"format\":\"sealed\",\"reveal_ms\":500,"
                     "\"tie\":\"earlier\",\"reserve_wait_ms\":0}" },
        { MODE_LIVE, "{\"format\":\"vickrey\",\"reserve_wait_ms\":-1,"
                     "\"auto_next_ms\":200,\"offer_ms\":2000}" },
        { MODE_LIVE, "{\"format\":\"dutch\",\"dutch_drop\":11,"
                     "\"dutch_every_ms\":300,\"offer_ms\":2000}" },
        { MODE_LIVE, "{\"reserve_wait_ms\":1500,\"offer_ms\":2000,"
                     "\"retract\":\"window\",\"retract_ms\":60000}" },
        { MODE_TIMED, "{\"format\":\"sealed\",\"reveal_ms\":500,"
                      "\"clock\":{\"preset\":\"hard\","
                      "\"duration_ms\":20000}}" },
        { MODE_TIMED, "{\"format\":\"dutch\",\"dutch_drop\":11,"
                      "\"dutch_every_ms\":300,\"clock\":{\"preset\":"
                      "\"hard\",\"duration_ms\":20000}}" },
        { MODE_TIMED, "{\"reserve_wait_ms\":1500,\"settle_ms\":2000,"
                      "\"offer_ms\":2000,\"clock\":{\"preset\":\"hard\","
                      "\"duration_ms\":20000}}" },
    };

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 42000;
    printf("# seed %llu\n", (unsigned long long) seed);

    for (i = 0; i < sizeof(games) / sizeof(games[0]); i++) {
        play(games[i].mode, games[i].rules,
             n * (int64_t) sizeof(games[0]) / (int64_t) sizeof(games));
    }

    ok(told[EV_SEALED_SUBMITTED] != 0 && told[EV_SEALED_LOCKED] != 0
       && told[EV_SEALED_REVEALED] != 0 && told[EV_SEALED_REBID] != 0,
       "sealed bids were revealed and tied");
    ok(told[EV_LOT_RESERVE_NOT_MET] != 0, "reserves were not met");
    ok(told[EV_LOT_OFFERED] != 0 && told[EV_OFFER_CLOSED] != 0,
       "second chances were offered and declined");
    ok(told[EV_LOT_REQUEUED] != 0, "units were sold");

    for (i = 1; i < EV_MAX; i++) {
        printf("# %6u %s\n", told[i], event_name(i));
    }

    return done_testing();
}
