/* needs: engine times */

/*
 * proxy_model: the rules of hidden maxima and holds as house.h tells them,
 * compared with decide() over many random sequences.
 *
 *   proxy_model.t [SEED [COMMANDS]]
 */

#include <stdlib.h>
#include <time.h>

#include "tap.h"
#include "world.h"
#include "house.h"


static uint64_t  seed;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static void
begin(world_t *w)
{
    int        i;
    char       rules[512];
    command_t  c;

    memset(&h, 0, sizeof(h));

    h.draft = (int) pick(2);
    h.always = (int) pick(2);
    h.refuses = (int) pick(2);
    h.needs = (int) pick(4);

    (void) snprintf(rules, sizeof(rules),
                    "{\"ladder\":%d,\"min_price\":%d,\"roster_min\":%d,"
                    "\"roster_max\":%d,\"one_at_a_time\":false,"
                    "\"no_proxy\":false,\"buy_now\":\"%s\","
                    "\"over_cap_refused\":%s,\"retract\":\"window\","
                    "\"retract_ms\":1000000,\"auto_end\":false,"
                    "\"clock\":{\"preset\":\"hard\",\"duration_ms\":"
                    "3600000}}",
                    STEP, LEAST, h.draft ? h.needs : 0, LOTS,
                    h.always ? "always" : "until_bid",
                    h.refuses ? "true" : "false");

    world_open(w, h.draft ? MODE_TEAM_DRAFT : MODE_LIVE, rules);
    w->keeps_log = 0;

    for (i = 0; i < PEOPLE && h.draft; i++) {
        h.budget[i] = 300 + pick(700);
        w->broken |= add_team(w, 101 + i, KIM + i, h.budget[i]) != GAVEL_OK;
    }

    for (i = 0; i < 3 * LOTS; i++) {             /* enough for all rosters */
        c = command(w, CMD_LOT_ADD, OWNER);
        c.item_id = i + 1;
        c.base_price = LEAST + pick(5) * 7;

        if (i < LOTS) {
            h.lots[i].base = c.base_price;
            h.lots[i].leader = -1;

            if (!h.draft && pick(3) == 0) {
                c.reserve = h.lots[i].reserve = 50 + pick(300);
            }

            if (!h.draft && pick(3) == 0) {
                c.buy_now = h.lots[i].take = 350 + pick(100);
            }
        }

        w->broken |= give(w, &c) != GAVEL_OK;

        if (i < LOTS) {
            h.lots[i].id = w->ev[0].lot_id;
        }
    }

    world_start(w);
}


/* Which of the bids that are told is which promise's. */

static void
listen(const world_t *w, house_lot_t *lot, int old)
{
    int             k;
    uint32_t        i;
    const event_t  *e;

    for (i = 0; i < w->n; i++) {
        e = &w->ev[i];

        if (w->ev[0].type == EV_LOT_OPENED) {
            k = (int) i - 1;

        } else if (e->type == EV_BID_ACCEPTED) {
            k = lot->nsaid - 1;

        } else {
            k = i == 0 ? old : lot->leader;
        }

        if ((e->type == EV_BID_ACCEPTED && e->how != HOW_BUY_NOW)
            || e->type == EV_BID_REACTIVE)
        {
            lot->told[lot->ntold].id = e->bid_id;
            lot->told[lot->ntold++].promise = k;
        }
    }
}


static const char *
tell(const house_lot_t *m, const lot_t *lot, const char *what)
{
    int  i;

    printf("# lot of base %lld, reserve %lld, taken at %lld: price %lld, "
           "expected %lld; leader %lld up to %lld\n", (long long) m->base,
           (long long) m->reserve, (long long) m->take,
           (long long) lot->price, (long long) m->price,
           (long long) lot->leader, (long long) lot->leader_max);

    for (i = 0; i < m->nsaid; i++) {
        printf("#   %s%d: %lld by hand, %lld at most%s\n",
               i == m->leader ? "*" : " ", KIM + m->said[i].who,
               (long long) m->said[i].named, (long long) m->said[i].worth,
               m->said[i].gone ? ", void" : "");
    }

    return what;
}


static const char *
differs(const world_t *w)
{
    int           i, k, n, leader;
    lot_t        *lot;
    team_t       *t;
    int64_t       held;
    house_lot_t  *m;

    for (i = 0; i < LOTS; i++) {
        m = &h.lots[i];
        lot = lot_find(w->a, m->id);

        if (m->sold && m->winner == NOONE) {
            if (lot->status != LOT_UNSOLD) {
                return "sold to nobody";
            }
            continue;
        }

        if (m->sold) {
            if (lot->status != LOT_SOLD || lot->price != m->price
                || lot->leader != KIM + m->winner)
            {
                return "another sale";
            }
            continue;
        }

        if (!m->open) {
            continue;
        }

        leader = m->leader < 0 ? NOBODY : KIM + m->said[m->leader].who;

        if (lot->leader != leader) {
            return tell(m, lot, "another leader");
        }

        if (lot->price != m->price) {
            return tell(m, lot, "another price");
        }

        if (m->leader >= 0 && lot->leader_max != m->said[m->leader].worth) {
            return tell(m, lot, "another maximum");
        }

        for (k = 0, n = 0; k < m->ntold; k++) {
            n += !m->said[m->told[k].promise].gone;
        }

        if (n != (int) lot->bid_count) {
            return tell(m, lot, "another number of bids");
        }
    }

    for (i = 0; i < PEOPLE && h.draft; i++) {
        t = team_find(w->a, 101 + i);
        held = purse(i, NULL);

        if (purse_available(t) != held) {
            return "another purse";
        }
    }

    return NULL;
}


/* The order in which a command tells its events. */

static const char *
told_wrong(const world_t *w)
{
    const event_t  *e;

    e = w->ev;

    if (e[0].type == EV_BID_REACTIVE
        && (w->n < 2 || e[1].type != EV_BID_ACCEPTED || e[1].outbid
            || e[1].price <= e[0].price))
    {
        return "an exhausted maximum is told before the bid that beats it";
    }

    if (e[0].type == EV_BID_ACCEPTED && e[0].outbid
        && (w->n != 2 || e[1].type != EV_BID_REACTIVE
            || e[1].price != e[0].price || e[1].amount != e[0].price
            || e[0].amount > e[0].price))
    {
        return "the leader answers at once";
    }

    return NULL;
}


static int64_t
some_value(const house_lot_t *lot)
{
    switch (pick(6)) {
    case 0:   return lot->base + pick(20) - 5;
    case 1:   return lot->price + STEP + pick(3) - 1;
    case 2:   return lot->reserve + pick(3) - 1;
    case 3:   return lot->take + pick(3) - 1;
    default:  return lot->price + pick(150);
    }
}


/* What might be done, and what the answer should be. */

typedef struct {
    house_lot_t   *lot;
    int            who;
    command_t      c;
    gavel_code_t   expected;
} turn_t;


static void
in_the_queue(turn_t *t)
{
    house_lot_t  *lot;

    lot = t->lot;

    switch (pick(8)) {

    case 0:
        t->c.type = CMD_LOT_OPEN;
        t->c.actor = OWNER;
        t->expected = GAVEL_OK;
        opens(lot);
        break;

    case 1:
        t->c.type = CMD_AUTO_BID_CANCEL;
        t->expected = lot->before[t->who].worth != 0 ? GAVEL_OK
                                                     : GAVEL_not_found;
        lot->before[t->who].worth = 0;
        break;

    default:
        t->c.type = CMD_AUTO_BID;
        t->c.amount = lot->base + pick(200) - 3;
        t->expected = waits(lot, t->who, t->c.amount);
        break;
    }
}


static void
hammered(turn_t *t)
{
    house_lot_t  *lot;

    lot = t->lot;

    t->c.type = CMD_LOT_HAMMER;
    t->c.actor = OWNER;
    t->c.amount = 1;
    t->expected = GAVEL_OK;

    sell(lot, lot->leader >= 0 ? lot->said[lot->leader].who : NOONE,
         lot->price);
}


static int
leads(const turn_t *t)
{
    return t->lot->leader >= 0
           && t->lot->said[t->lot->leader].who == t->who;
}


static void
bought(turn_t *t)
{
    int64_t  cap;

    cap = cap_of(t->lot);

    t->c.type = CMD_BUY_NOW;
    t->expected = cap == 0 ? GAVEL_illegal_transition
                           : pays(t->who, t->lot, cap);

    if (t->expected == GAVEL_OK) {
        sell(t->lot, t->who, cap);
    }
}


static void
cancelled(turn_t *t)
{
    t->c.type = CMD_AUTO_BID_CANCEL;
    t->expected = leads(t) && t->lot->said[t->lot->leader].worth
                              > t->lot->price
                  ? GAVEL_leading : GAVEL_not_found;
}


static void
voided(turn_t *t)
{
    int  k;

    t->c.type = CMD_BID_VOID;
    t->c.actor = OWNER;
    t->expected = GAVEL_not_found;
    t->c.bid_id = 1;

    if (t->lot->ntold != 0) {
        k = (int) pick(t->lot->ntold);
        t->c.bid_id = t->lot->told[k].id;
        t->expected = undoes(t->lot, t->lot->told[k].promise);
    }
}


static void
retracted(turn_t *t)
{
    int  i, k;

    t->c.type = CMD_BID_RETRACT;
    t->expected = GAVEL_not_found;

    for (i = t->lot->ntold - 1; i >= 0; i--) {
        k = t->lot->told[i].promise;

        if (t->lot->said[k].who == t->who && !t->lot->said[k].gone) {
            t->expected = undoes(t->lot, k);
            return;
        }
    }
}


static void
on_the_block(turn_t *t)
{
    switch (pick(12)) {

    case 0:
        bought(t);
        break;

    case 1:
        cancelled(t);
        break;

    case 2:
        voided(t);
        break;

    case 3:
        retracted(t);
        break;

    case 4:
    case 5:
    case 6:
    case 7:
        t->c.type = CMD_AUTO_BID;
        t->expected = offers(t->lot, t->who, t->c.amount, 0);
        break;

    case 8:
        t->c.type = CMD_BID_BEHALF;
        t->c.actor = OWNER;
        t->c.user_id = KIM + t->who;

        /* fall through */

    default:
        t->expected = offers(t->lot, t->who, t->c.amount, 1);
    }
}


static const char *
turn(world_t *w, int64_t *accepted)
{
    int           old;
    turn_t        t;
    house_lot_t  *lot;

    lot = &h.lots[pick(LOTS)];
    old = lot->leader;

    t.lot = lot;
    t.who = (int) pick(PEOPLE);
    t.c = command(w, CMD_BID, KIM + t.who);
    t.c.lot_id = lot->id;
    t.c.amount = some_value(lot);

    if (lot->sold) {
        return NULL;
    }

    if (!lot->open) {
        in_the_queue(&t);

    } else if (lot->ntold > 100 || pick(60) == 0) {
        hammered(&t);

    } else {
        on_the_block(&t);
    }

    if (give(w, &t.c) != t.expected) {
        printf("# command %d, amount %lld: got code %d, expected %d\n",
               t.c.type, (long long) t.c.amount, w->r.code, t.expected);
        return "another answer";
    }

    if (t.expected != GAVEL_OK) {
        return differs(w);
    }

    ++*accepted;
    listen(w, lot, old);

    return told_wrong(w) != NULL ? told_wrong(w) : differs(w);
}


int
main(int argc, char **argv)
{
    int          i;
    int64_t      n, accepted, games;
    world_t      w;
    const char  *wrong;

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 60000;

    printf("# seed %llu\n", (unsigned long long) seed);

    accepted = 0;
    games = 0;
    wrong = NULL;

    while (n > 0 && wrong == NULL) {
        begin(&w);
        games++;

        for (i = 0; i < 400 && wrong == NULL; i++, n--) {
            wrong = w.broken ? "decided, but not legal" : turn(&w, &accepted);
            journal_clear(w.j);
        }

        world_close(&w);
    }

    if (!ok(wrong == NULL, "both come to the same")) {
        printf("# %s, in auction %lld\n", wrong, (long long) games);
    }

    printf("# %lld auctions, %lld commands accepted\n", (long long) games,
           (long long) accepted);
    ok(accepted > 1000, "and much was accepted");

    return done_testing();
}
