/* needs: engine times */

/*
 * property: thousands of random commands in each mode.  After every one the
 * invariants of the domain hold, speculation can be taken back to the byte,
 * and at the end the log alone gives the same state and the same head.
 *
 *   property.t [SEED [COMMANDS]]
 */

#include <stdlib.h>
#include <time.h>

#include "tap.h"
#include "world.h"


static uint64_t  seed;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static int64_t
some_lot(world_t *w)
{
    if (w->a->nlots == 0 || pick(8) == 0) {
        return pick(2) ? 0 : pick(1000);
    }

    return auction_lots(w->a)[pick(w->a->nlots)].id;
}


static int64_t
open_lot(world_t *w)
{
    uint32_t  i, from;

    from = (uint32_t) pick(1000);

    for (i = 0; i < w->a->nlots; i++) {
        if (auction_lots(w->a)[(i + from) % w->a->nlots].status == LOT_OPEN) {
            return auction_lots(w->a)[(i + from) % w->a->nlots].id;
        }
    }

    return 0;
}


static int64_t
some_amount(world_t *w, int64_t lot_id)
{
    lot_t  *lot;

    lot = lot_find(w->a, lot_id);

    switch (pick(10)) {
    case 0:  return pick(2000);
    case 1:  return -pick(10);
    case 2:  return ENGINE_MAX_AMOUNT + pick(3) - 1;
    default: return lot != NULL ? lot_min_next(w->a, lot) + pick(3) - 1
                                : 10 + pick(500);
    }
}


/* Some bid of the lot, told or not. */

static int64_t
some_bid(world_t *w, int64_t lot_id)
{
    lot_t     *lot;
    bid_t     *bid;
    uint32_t   i;

    lot = lot_find(w->a, lot_id);

    if (lot == NULL || lot->last_bid == 0) {
        return pick(1000);
    }

    i = lot->last_bid;

    for (bid = &auction_bids(w->a)[i - 1]; bid->prev != 0 && pick(3);
         bid = &auction_bids(w->a)[bid->prev - 1])
    {
        /* void */
    }

    return bid->id;
}


/* Maxima and what may be done about them. */

static void
bid_otherwise(world_t *w, command_t *c)
{
    static const int  ways[] = { CMD_AUTO_BID, CMD_AUTO_BID, CMD_AUTO_BID,
                                 CMD_AUTO_BID_CANCEL, CMD_BUY_NOW,
                                 CMD_BID_BEHALF, CMD_BID_RETRACT,
                                 CMD_BID_VOID };

    c->type = ways[pick(8)];
    c->lot_id = pick(3) ? open_lot(w) : some_lot(w);
    c->round = 0;
    c->at = w->now;
    c->actor = c->type == CMD_BID_BEHALF || c->type == CMD_BID_VOID
               ? OWNER : KIM + pick(4);
    c->user_id = KIM + pick(4);
    c->team_id = pick(2) ? 0 : 100 + pick(5);
    c->amount = some_amount(w, c->lot_id) + pick(2) * pick(300);
    c->bid_id = pick(2) ? 0 : some_bid(w, c->lot_id);
}


static command_t
random_command(world_t *w)
{
    command_t           c;
    static const int    often[] = { CMD_BID, CMD_BID, CMD_BID, CMD_BID,
                                    CMD_LOT_OPEN, CMD_LOT_ADD, CMD_BID,
                                    CMD_LOT_OPEN, CMD_RESUME, CMD_START,
                                    CMD_PUBLISH, CMD_LOT_RESUME };
    static rules_t      rules;
    static const int64_t  people[] = { OWNER, KIM, LEE, PARK, STRANGER,
                                       NOBODY };

    w->now += pick(16) == 0 ? pick(9000) : pick(200);

    if (pick(14) == 0 && auction_deadline(w->a, &c) != 0) {

        if (c.at > w->now) {
            w->now = c.at + pick(3) - 1;
        }

        return c;
    }

    c = command(w, pick(3) ? often[pick(12)] : 1 + pick(CMD_MAX - 1), OWNER);

    if ((c.type == CMD_CANCEL || c.type == CMD_ABORT || c.type == CMD_END)
        && pick(40) != 0)
    {
        c.type = CMD_BID;
    }

    if ((c.type == CMD_PAUSE || c.type == CMD_LOT_HOLD) && pick(4) != 0) {
        c.type = CMD_BID;
    }

    c.at = w->now - pick(50);
    c.lot_id = pick(3) ? some_lot(w) : 0;

    if (c.type == CMD_LOT_OPEN && pick(4)) {
        c.lot_id = 0;
    }

    c.round = pick(2) ? 0 : pick(3);
    c.team_id = 100 + pick(6);
    c.user_id = people[pick(6)];
    c.item_id = pick(400);
    c.amount = some_amount(w, c.lot_id != 0 ? c.lot_id
                              : w->a->current == 0 ? 0
                              : auction_lots(w->a)[w->a->current - 1].id);
    c.base_price = pick(300) - 1;
    c.position = pick(10);
    c.ms = pick(20000) - 10;
    c.slots = pick(6);
    c.starts_at = pick(3) == 0 ? w->now + pick(100000) : -1;
    c.ends_at = pick(3) == 0 ? w->now + pick(200000) : -1;
    c.actor_roles = pick(10) == 0 ? ACTOR_SERVER : 0;
    c.request_len = (uint32_t) pick(5);
    memcpy(c.request_id, "abcde", 5);

    if (c.type == CMD_BID && pick(5) == 0) {
        bid_otherwise(w, &c);

    } else if (c.type == CMD_BID) {
        c.actor = people[pick(6)];

        /* most bids are meant well */

        if (pick(3)) {
            c.actor = KIM + pick(4);
            c.lot_id = open_lot(w);
            c.round = 0;
            c.at = w->now;
            c.amount = some_amount(w, c.lot_id);
        }

    } else if (pick(12) == 0) {
        c.actor = people[pick(6)];
    }

    if (c.type == CMD_UPDATE && pick(2)) {
        rules_default(&rules, w->a->mode);
        rules.roster_min = (uint32_t) pick(3);
        rules.clock.preset = 1 + pick(5);
        rules.clock.max_extensions = (uint32_t) pick(4);
        rules.auto_next_ms = pick(3000) - 1;
        rules.one_at_a_time = (uint32_t) pick(2);
        rules.auto_end = pick(4) == 0;
        rules.clock.hard_end_ms = pick(2) ? 0
                                  : rules.clock.duration_ms + pick(60000);
        c.rules = &rules;
    }

    return c;
}


static const char *
lot_sound(const auction_t *a, const lot_t *lot)
{
    if ((lot->status == LOT_OPEN || lot->status == LOT_FROZEN)
        && lot->hard_end != 0 && lot->ends_at > lot->hard_end)
    {
        return "13: beyond the hard end";
    }

    if (lot->status == LOT_ASSIGNED) {
        return NULL;             /* at any price, by hand */
    }

    if (lot->leader != NOBODY && lot->price < lot->base_price) {
        return "10: below the base price";
    }

    if (lot->leader == a->owner) {
        return "11: the owner leads";
    }

    if (lot->reacts != REACTS_NOBODY || lot->exhausted) {
        return "7: a maximum has not answered";
    }

    if (lot->status == LOT_OPEN && lot->leader != NOBODY
        && (lot->price > lot->leader_max
            || (a->mode != MODE_TEAM_DRAFT && lot->reserve != 0
                && lot->leader_max >= lot->reserve
                && lot->price < lot->reserve)))
    {
        return "10: a price that the maximum does not say";
    }

    if (lot->status == LOT_SOLD && lot->leader == NOBODY) {
        return "10: sold to nobody";
    }

    if ((lot->leader == NOBODY) != (lot->price == 0)) {
        return "9: a price without a leader";
    }

    return NULL;
}


static const char *
sound(const auction_t *a)
{
    lot_t       *lot;
    team_t      *t;
    int64_t      held, spent;
    uint32_t     i, k, roll, leads, roster;
    const char  *bad;

    lot = auction_lots(a);
    roll = 0;

    for (i = 0; i < a->nlots; i++) {

        roll += lot[i].status == LOT_OPEN || lot[i].status == LOT_FROZEN;
        bad = lot_sound(a, &lot[i]);

        if (bad != NULL) {
            return bad;
        }
    }

    if (a->rules.one_at_a_time && roll > 1) {
        return "27: two on the block";
    }

    if (roll != 0 && (a->status < AUCTION_LIVE || a->status == AUCTION_ENDED
                      || a->status == AUCTION_CANCELLED))
    {
        return "25: a lot runs outside of its auction";
    }

    for (k = 0; k < a->nteams; k++) {
        t = &auction_teams(a)[k];
        held = 0;
        spent = 0;
        leads = 0;
        roster = 0;

        for (i = 0; i < a->nlots; i++) {

            if (lot[i].leader_team != t->id) {
                continue;
            }

            if (lot[i].status == LOT_OPEN || lot[i].status == LOT_FROZEN) {
                held += lot[i].price;
                leads++;
            }

            if (lot[i].status == LOT_SOLD || lot[i].status == LOT_ASSIGNED) {
                spent += lot[i].price;
                roster++;
            }
        }

        if (held != t->held || spent != t->spent) {
            return "16, 18: holds are not what is led";
        }

        if (leads != t->leads || roster != t->roster
            || roster + leads > t->slots)
        {
            return "21: rosters";
        }

        if (purse_available(t) < 0) {
            return "16: a purse below zero";
        }

        if (a->status == AUCTION_LIVE && !t->gone
            && t->roster + t->leads < a->rules.roster_min
            && purse_available(t) < a->rules.min_price
               * (int64_t) (a->rules.roster_min - t->roster - t->leads))
        {
            return "20: the rest of a roster cannot be paid";
        }
    }

    return NULL;
}


/* What an accepted event may not do to the lot that it touches. */

static const char *
step_sound(const auction_t *before, const event_t *e)
{
    lot_t  *lot;

    lot = lot_find(before, e->lot_id);

    if (e->type != EV_BID_ACCEPTED) {
        return NULL;
    }

    if (lot == NULL || e->at >= lot->ends_at) {
        return "11: late";
    }

    /* the host may ask for less, and any more beats a maximum that is shown */

    if (lot->leader != NOBODY && lot->ask == 0 && !lot->exhausted
        && lot->buy_now == 0 && lot->bonus == 0
        && e->amount < lot->price + before->rules.ladder.steps[0].step)
    {
        return "8: a raise below the ladder";
    }

    if (e->ends_at < lot->ends_at) {
        return "13: the end came nearer";
    }

    if (before->rules.clock.max_extensions != 0
        && e->extensions > before->rules.clock.max_extensions)
    {
        return "13: too many extensions";
    }

    return NULL;
}


static char *
image(const auction_t *a, size_t *len)
{
    char  *p;

    *len = a->size;
    p = malloc(*len);
    (void) state_save(a, p, *len);

    return p;
}


static int
same(const auction_t *a, const char *p, size_t len)
{
    return a->size == len && memcmp(a, p, len) == 0;
}


static const char *const  conditions[] = {
    NULL,
    "{\"one_at_a_time\":false}",
    "{\"roster_min\":2,\"roster_max\":4,\"min_price\":120}",
    "{\"roster_min\":3,\"roster_max\":3,\"min_price\":90,"
    "\"one_at_a_time\":false,\"auto_end\":false}",
    "{\"auto_next_ms\":500,\"on_grid\":true,\"clock\":{\"preset\":"
    "\"always_reset\",\"duration_ms\":9000,\"max_extensions\":3}}",
    "{\"strict_increment\":true,\"clock\":{"
    "\"preset\":\"extend_end_by\","
    "\"duration_ms\":9000,\"window_ms\":4000,\"hard_end_ms\":20000}}",
    "{\"one_at_a_time\":true,\"auto_next_ms\":300,\"cycles\":2,"
    "\"cycle_base_percent\":50,\"order\":\"drawn\"}",
    "{\"one_at_a_time\":false,\"no_proxy\":false,\"buy_now\":\"always\","
    "\"retract\":\"window\",\"retract_ms\":60000}",
    "{\"no_proxy\":false,\"roster_min\":2,\"roster_max\":4,\"min_price\":50,"
    "\"over_cap_refused\":true,\"one_at_a_time\":false,"
    "\"retract\":\"window\",\"retract_ms\":9000,\"retract_close_ms\":1000,"
    "\"clock\":{\"preset\":\"raise\",\"duration_ms\":9000,"
    "\"window_ms\":8000,\"raise_factor\":3}}",
};

static const char *const  drafts[] = {
    "{\"nomination\":\"snake\",\"nominator_bids\":true,"
    "\"nomination_ms\":900,\"auto_next_ms\":200,\"team_order\":\"drawn\","
    "\"cycles\":2,\"reverse_bonus\":500,\"roster_max\":3}",
    "{\"auto_fill\":true,\"auto_next_ms\":0,\"broke\":\"bonus\","
    "\"broke_bonus\":100,\"order\":\"rotation\",\"roster_max\":2,"
    "\"cycles\":1}",
    "{\"nomination\":\"straight\",\"auto_next_ms\":100,"
    "\"broke\":\"assign\",\"roster_min\":2,\"reserve_all\":true}",
};


static void
begin(world_t *w, uint32_t mode)
{
    int        i;
    command_t  c;

    world_open(w, mode, mode == MODE_TEAM_DRAFT && pick(3) == 0
                        ? drafts[pick(3)] : conditions[pick(9)]);

    for (i = 0; i < 12; i++) {
        c = command(w, CMD_LOT_ADD, OWNER);
        c.item_id = 1000 + i;
        c.base_price = pick(100);

        if (mode != MODE_TEAM_DRAFT) {
            c.reserve = pick(3) ? -1 : 101 + pick(300);
            c.buy_now = pick(4) ? -1 : 401 + pick(400);
        }

        (void) give(w, &c);
    }

    for (i = 0; i < 4 && mode == MODE_TEAM_DRAFT; i++) {
        (void) add_team(w, 100 + i, KIM + i, 500 + pick(2000));
    }

    if (pick(3)) {
        (void) host(w, CMD_PUBLISH);
        (void) host(w, CMD_START);
    }
}


static void
play(uint32_t mode, int64_t *left, int64_t *bids, const char **wrong)
{
    int           spec;
    char         *at_mark, *before;
    size_t        mark_len, before_len, log_n;
    world_t       w;
    uint32_t      i;
    command_t     c;
    auction_t    *was;
    const char   *bad;
    int64_t       commands;

    commands = 500;
    begin(&w, mode);
    bad = NULL;

    journal_clear(w.j);
    at_mark = image(w.a, &mark_len);
    log_n = w.log_n;

    while (commands-- > 0 && (*left)-- > 0 && bad == NULL
           && w.a->status < AUCTION_ENDED)
    {

        was = auction_copy(w.a);
        before = image(w.a, &before_len);
        c = random_command(&w);

        if (w.a->status < AUCTION_LIVE && pick(4) == 0
            && mode == MODE_TEAM_DRAFT)
        {
            (void) add_team(&w, 100 + pick(4), KIM + pick(4), pick(2000));
        }

        free(was);
        was = auction_copy(w.a);
        free(before);
        before = image(w.a, &before_len);

        if (give(&w, &c) != GAVEL_OK) {
            bad = same(w.a, before, before_len) ? NULL
                  : "12: a refusal changed something";

        } else {
            *bids += w.ev[0].type == EV_BID_ACCEPTED;
            bad = sound(w.a);

            for (i = 0; i < w.n && bad == NULL; i++) {
                bad = w.n == 1 ? step_sound(was, &w.ev[i]) : NULL;
            }
        }

        if (w.broken) {
            bad = "7: decided, but not legal";
        }

        spec = pick(20);

        if (spec == 0) {                     /* it was not committed */
            journal_undo(w.j, &w.a);
            w.log_n = log_n;

            if (!same(w.a, at_mark, mark_len)) {
                bad = "undo does not give the same bytes";
            }

        } else if (spec < 5) {               /* it was */
            journal_clear(w.j);
            free(at_mark);
            at_mark = image(w.a, &mark_len);
            log_n = w.log_n;
        }

        free(was);
        free(before);
    }

    if (bad == NULL && !world_replays(&w)) {
        bad = "3: replay differs";
    }

    free(at_mark);
    world_close(&w);
    *wrong = bad;
}


int
main(int argc, char **argv)
{
    int64_t        left, bids, n, games;
    const char    *wrong;
    uint32_t       mode;

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 21000;

    printf("# seed %llu\n", (unsigned long long) seed);

    for (mode = MODE_TEAM_DRAFT; mode <= MODE_TIMED; mode++) {
        bids = 0;
        games = 0;
        wrong = NULL;
        left = n / 3;

        while (left > 0 && wrong == NULL) {
            play(mode, &left, &bids, &wrong);
            games++;
        }

        if (!ok(wrong == NULL, auction_mode_name(mode))) {
            printf("# %s\n", wrong);
        }

        printf("# %lld auctions, %lld bids accepted\n",
               (long long) games, (long long) bids);
        ok(bids > n / 200, "and many bids were accepted");
    }

    return done_testing();
}
