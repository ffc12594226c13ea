/* needs: engine times */

/*
 * draft: whole drafts of 8 teams and 60 players, played at random to their
 * ends: they end, rosters, quotas and purses hold at every step, no player
 * comes twice in a cycle, and no lie about them is believed.
 *
 *   draft.t [SEED [DRAFTS]]
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


/* A change of any of these is one that a stranger made. */

typedef struct {
    event_type_t  type;
    uint32_t      how;               /* 0: any */
    size_t        at;
} liable_t;

static const liable_t  liable[] = {
    { EV_TURN_STARTED, 0, offsetof(event_t, team_id) },
    { EV_TURN_STARTED, 0, offsetof(event_t, number) },
    { EV_TURN_STARTED, 0, offsetof(event_t, until) },
    { EV_CYCLE_STARTED, 0, offsetof(event_t, cycle) },
    { EV_CYCLE_STARTED, 0, offsetof(event_t, count) },
    { EV_LOT_ASSIGNED, HOW_AUTO, offsetof(event_t, lot_id) },
    { EV_LOT_ASSIGNED, HOW_AUTO, offsetof(event_t, team_id) },
    { EV_LOT_ASSIGNED, HOW_AUTO, offsetof(event_t, price) },
    { EV_LOT_FOLDED, 0, offsetof(event_t, lot_id) },
    { EV_LOT_FOLDED, 0, offsetof(event_t, round) },
    { EV_POINTS_GRANTED, HOW_BROKE, offsetof(event_t, team_id) },
    { EV_POINTS_GRANTED, HOW_BROKE, offsetof(event_t, amount) },
    { EV_POINTS_GRANTED, HOW_BROKE, offsetof(event_t, balance) },
    { EV_LOT_SOLD, 0, offsetof(event_t, bonus) },
    { EV_LOT_SOLD, 0, offsetof(event_t, price) },
};


/* What would be decided, told by a liar to somebody without a journal. */

static const char *
lies_told(world_t *w, const command_t *c)
{
    int          refused;
    char        *before;
    event_t      e;
    int64_t      v;
    uint32_t     i, k, n;
    refusal_t    r;
    auction_t   *a;

    if (w->ev_cap < events_room(w->a, c)) {
        return NULL;
    }

    n = decide(w->a, c, w->now, w->ev, &r);
    a = auction_copy(w->a);
    before = NULL;
    refused = 1;

    for (i = 0; i < n; i++) {

        before = realloc(before, a->size);       /* it may grow */
        memcpy(before, a, a->size);

        for (k = 0; k < sizeof(liable) / sizeof(liable[0]); k++) {

            if (w->ev[i].type != liable[k].type
                || (liable[k].how != 0 && w->ev[i].how != liable[k].how))
            {
                continue;
            }

            e = w->ev[i];
            memcpy(&v, (char *) &e + liable[k].at, sizeof(v));
            v += pick(2) ? 1 : -1;
            memcpy((char *) &e + liable[k].at, &v, sizeof(v));

            if (evolve(&a, &e, NULL) != -1
                || memcmp(before, a, a->size) != 0)
            {
                printf("# %s, row %u\n", event_name(e.type), k);
                refused = 0;
            }
        }

        refused &= evolve(&a, &w->ev[i], NULL) == 0;
    }

    free(before);
    free(a);

    return refused ? NULL : "a lie was believed, or changed something";
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

        } else if (pick(4) == 0) {
            bad = lies_told(&w, &c);
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

    drafts(argc > 2 ? atoi(argv[2]) : 60);

    return done_testing();
}
