/* needs: engine times */

/*
 * proxy_model: the rules of hidden maxima and holds a second time, slow and
 * obvious, as spec/field.md tells them, and compared with decide() over many
 * random sequences.
 *
 * A lot is the list of all that was ever promised for it.  After each command
 * the list is sorted: the highest promise leads, of equal ones the earlier,
 * and the price is what the best promise of somebody else makes it pay.
 * Purses are added up anew each time from the lots that a team leads or won.
 *
 *   proxy_model.t [SEED [COMMANDS]]
 */

#include <stdlib.h>
#include <time.h>

#include "tap.h"
#include "world.h"


#define PEOPLE    4
#define LOTS      6
#define PROMISES  256
#define NOONE     PEOPLE
#define STEP      10
#define LEAST     10                 /* min_price */


typedef struct {
    int      who, gone, order;
    int64_t  worth;                  /* at most */
    int64_t  named;                  /* by hand; 0: a maximum only */
} promise_t;

typedef struct {
    int64_t    id, base, reserve, take, price;
    int        open, sold, winner;
    int        leader;               /* a promise, or -1 */
    promise_t  said[PROMISES];
    int        nsaid;
    struct {
        int64_t  id;
        int      promise;
    }          told[PROMISES];
    int        ntold;
    promise_t  before[PEOPLE];       /* pre-bids; worth 0: none */
} house_lot_t;

typedef struct {
    int          draft, always, refuses, needs;
    int64_t      budget[PEOPLE];
    house_lot_t  lots[LOTS];
    int          order;
} house_t;


static house_t   h;
static uint64_t  seed;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


/* --- purses --- */


static int64_t
purse(int who, const house_lot_t *without)
{
    int      i;
    int64_t  left;

    left = h.budget[who];

    for (i = 0; i < LOTS; i++) {
        if (&h.lots[i] == without) {
            continue;
        }

        if (h.lots[i].sold && h.lots[i].winner == who) {
            left -= h.lots[i].price;
        }

        if (h.lots[i].open && h.lots[i].leader >= 0
            && h.lots[i].said[h.lots[i].leader].who == who)
        {
            left -= h.lots[i].price;
        }
    }

    return left;
}


static int
players(int who, const house_lot_t *without)
{
    int  i, n;

    for (i = 0, n = 0; i < LOTS; i++) {
        n += &h.lots[i] != without
             && ((h.lots[i].sold && h.lots[i].winner == who)
                 || (h.lots[i].open && h.lots[i].leader >= 0
                     && h.lots[i].said[h.lots[i].leader].who == who));
    }

    return n;
}


static int64_t
affords(int who, const house_lot_t *lot)
{
    int64_t  still;

    if (!h.draft) {
        return ENGINE_MAX_AMOUNT;
    }

    still = h.needs - players(who, lot) - 1;
    still = purse(who, lot) - (still > 0 ? LEAST * still : 0);

    return still > 0 && players(who, lot) < LOTS ? still : 0;
}


static gavel_code_t
pays(int who, const house_lot_t *lot, int64_t amount)
{
    if (h.draft && amount > purse(who, lot)) {
        return GAVEL_budget_exceeded;
    }

    if (amount > affords(who, lot)) {
        return GAVEL_reserve_violation;
    }

    return GAVEL_OK;
}


/* --- the list, sorted --- */


static int
higher(const void *one, const void *two)
{
    const promise_t  *a = one, *b = two;

    if (a->worth != b->worth) {
        return a->worth > b->worth ? -1 : 1;
    }

    return a->order - b->order;
}


/* Who leads, and what he pays.  `worths` is what each promise counts for. */

static int64_t
settle(const house_lot_t *lot, const int64_t *worths, int *leader)
{
    int        i, n;
    int64_t    price, by_hand;
    promise_t  all[PROMISES];

    n = 0;

    for (i = 0; i < lot->nsaid; i++) {
        if (!lot->said[i].gone && worths[i] > 0) {
            all[n] = lot->said[i];
            all[n].worth = worths[i];
            all[n].gone = i;
            n++;
        }
    }

    *leader = -1;

    if (n == 0) {
        return 0;
    }

    qsort(all, (size_t) n, sizeof(promise_t), higher);
    *leader = all[0].gone;

    price = lot->base;

    for (i = 1; i < n; i++) {
        if (all[i].who != all[0].who) {
            price = all[i].worth == all[0].worth ? all[0].worth
                                                 : all[i].worth + STEP;
            break;
        }
    }

    by_hand = 0;

    for (i = 0; i < lot->nsaid; i++) {
        if (!lot->said[i].gone && lot->said[i].who == all[0].who
            && lot->said[i].named > by_hand)
        {
            by_hand = lot->said[i].named;
        }
    }

    price = by_hand > price ? by_hand : price;

    if (lot->reserve <= all[0].worth && price < lot->reserve) {
        price = lot->reserve;
    }

    return price < all[0].worth ? price : all[0].worth;
}


static int64_t
cap_of(const house_lot_t *lot)
{
    if (lot->take <= lot->price || (lot->leader >= 0 && !h.always)) {
        return 0;
    }

    return lot->take;
}


static void
sell(house_lot_t *lot, int who, int64_t price)
{
    lot->open = 0;
    lot->sold = 1;
    lot->winner = who;
    lot->price = price;
}


/* --- what can be done --- */


static int64_t
most_of_leader(const house_lot_t *lot)
{
    int64_t           most;
    const promise_t  *p;

    p = &lot->said[lot->leader];
    most = affords(p->who, lot);
    most = p->worth < most ? p->worth : most;

    return most > lot->price ? most : lot->price;
}


/* The leader wants to pay more, or less. */

static gavel_code_t
changes(house_lot_t *lot, int64_t max)
{
    int         i;
    int64_t     cap;
    promise_t  *p;

    p = &lot->said[lot->leader];
    cap = cap_of(lot);

    if (max == p->worth) {
        return GAVEL_already_leading;
    }

    if (max < lot->price) {
        return GAVEL_too_low;
    }

    if (cap != 0 && max > cap && h.refuses) {
        return GAVEL_over_cap;
    }

    if (max > p->worth
        && pays(p->who, lot, cap != 0 && max > cap ? cap : max) != GAVEL_OK)
    {
        return pays(p->who, lot, cap != 0 && max > cap ? cap : max);
    }

    if (cap != 0 && max >= cap) {
        sell(lot, p->who, cap);
        return GAVEL_OK;
    }

    /* it is his only one from now on */

    for (i = 0; i < lot->nsaid; i++) {
        if (lot->said[i].who == p->who && lot->said[i].worth > max) {
            lot->said[i].worth = lot->said[i].named;
        }
    }

    p->worth = max;

    if (most_of_leader(lot) >= lot->reserve && lot->price < lot->reserve) {
        lot->price = lot->reserve;
    }

    return GAVEL_OK;
}


static gavel_code_t
offers(house_lot_t *lot, int who, int64_t value, int by_hand)
{
    int            i, old;
    int64_t        least, cap, worths[PROMISES];
    promise_t     *p;
    gavel_code_t   code;

    if (!lot->open) {
        return GAVEL_after_end;
    }

    if (lot->leader >= 0 && lot->said[lot->leader].who == who) {
        return by_hand ? GAVEL_already_leading : changes(lot, value);
    }

    cap = cap_of(lot);
    least = lot->leader < 0 ? lot->base : lot->price + STEP;

    if (cap != 0 && least > cap) {
        least = cap;
    }

    if (value < least) {
        return lot->leader < 0 ? GAVEL_below_base : GAVEL_too_low;
    }

    if (cap != 0 && value > cap && h.refuses) {
        return GAVEL_over_cap;
    }

    code = pays(who, lot, cap != 0 && value > cap ? cap : value);

    if (code != GAVEL_OK) {
        return code;
    }

    if (cap != 0 && value >= cap) {
        sell(lot, who, cap);
        return GAVEL_OK;
    }

    old = lot->leader;

    p = &lot->said[lot->nsaid++];
    p->who = who;
    p->gone = 0;
    p->order = h.order++;
    p->worth = value;
    p->named = by_hand ? value : 0;

    memset(worths, 0, sizeof(worths));

    for (i = 0; i < lot->nsaid; i++) {
        worths[i] = lot->said[i].worth;
    }

    /* one purse for all that the leader promised */

    for (i = 0; old >= 0 && i < lot->nsaid; i++) {
        if (lot->said[i].who == lot->said[old].who
            && worths[i] > most_of_leader(lot))
        {
            worths[i] = most_of_leader(lot);
        }
    }

    lot->price = settle(lot, worths, &lot->leader);

    if (old >= 0 && lot->said[lot->leader].who == lot->said[old].who) {
        lot->leader = old;                       /* of his own the newest */
    }

    /* who is beaten has shown all that he could pay */

    for (i = 0; old >= 0 && lot->leader != old && i < lot->nsaid; i++) {
        if (lot->said[i].who == lot->said[old].who
            && lot->said[i].worth > worths[old])
        {
            lot->said[i].worth = i == old ? worths[old] : lot->said[i].named;
        }
    }

    return GAVEL_OK;
}


static gavel_code_t
waits(house_lot_t *lot, int who, int64_t max)
{
    promise_t     *p;
    gavel_code_t   code;

    p = &lot->before[who];

    if (p->worth != 0
        && p->worth == (lot->take != 0 && max > lot->take ? lot->take : max))
    {
        return GAVEL_already_exists;
    }

    if (max < lot->base) {
        return GAVEL_below_base;
    }

    if (lot->take != 0 && max > lot->take && h.refuses) {
        return GAVEL_over_cap;
    }

    if (lot->take != 0 && max > lot->take) {
        max = lot->take;
    }

    code = pays(who, lot, max);

    if (code == GAVEL_OK) {
        p->who = who;
        p->worth = max;
        p->order = h.order++;
    }

    return code;
}


/* The best two of those that waited; one alone pays the base price. */

static void
opens(house_lot_t *lot)
{
    int        i, n;
    int64_t    most, worths[PROMISES];
    promise_t  all[PEOPLE];

    lot->open = 1;

    for (i = 0, n = 0; i < PEOPLE; i++) {
        most = affords(i, lot);
        most = lot->before[i].worth < most ? lot->before[i].worth : most;

        if (most >= lot->base) {
            all[n] = lot->before[i];
            all[n].worth = most;
            n++;
        }
    }

    qsort(all, (size_t) n, sizeof(promise_t), higher);

    /* told in this order: the second, then the best */

    for (i = n < 2 ? n - 1 : 1; i >= 0; i--) {
        lot->said[lot->nsaid] = all[i];
        lot->said[lot->nsaid].named = 0;
        worths[lot->nsaid] = all[i].worth;

        if (i == 0) {
            lot->said[lot->nsaid].worth = lot->before[all[i].who].worth;
        }

        lot->nsaid++;
    }

    lot->price = settle(lot, worths, &lot->leader);
}


static gavel_code_t
undoes(house_lot_t *lot, int promise)
{
    int      i;
    int64_t  most, price, worths[PROMISES];

    if (lot->said[promise].gone) {
        return GAVEL_illegal_transition;
    }

    lot->said[promise].gone = 1;

    for (i = 0; i < lot->nsaid; i++) {
        most = affords(lot->said[i].who, lot);
        worths[i] = lot->said[i].worth < most ? lot->said[i].worth : most;

        if (worths[i] < lot->base || worths[i] < lot->said[i].named) {
            worths[i] = 0;
        }
    }

    price = settle(lot, worths, &lot->leader);
    lot->price = price < lot->price ? price : lot->price;

    /* what somebody could not pay now he does not owe later */

    for (i = 0; i < lot->nsaid; i++) {
        if (i != lot->leader && !lot->said[i].gone) {
            lot->said[i].worth = worths[i];

            if (worths[i] == 0) {
                lot->said[i].named = 0;
            }
        }
    }

    return GAVEL_OK;
}


/* --- against the engine --- */


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


static const char *
turn(world_t *w, int64_t *accepted)
{
    int            who, k, i, old;
    command_t      c;
    house_lot_t   *lot;
    gavel_code_t   expected;

    lot = &h.lots[pick(LOTS)];
    who = (int) pick(PEOPLE);
    old = lot->leader;

    c = command(w, CMD_BID, KIM + who);
    c.lot_id = lot->id;
    c.amount = some_value(lot);

    if (lot->sold) {
        return NULL;
    }

    if (!lot->open) {

        switch (pick(8)) {

        case 0:
            c.type = CMD_LOT_OPEN;
            c.actor = OWNER;
            opens(lot);
            expected = GAVEL_OK;
            break;

        case 1:
            c.type = CMD_AUTO_BID_CANCEL;
            expected = lot->before[who].worth != 0 ? GAVEL_OK
                                                   : GAVEL_not_found;
            lot->before[who].worth = 0;
            break;

        default:
            c.type = CMD_AUTO_BID;
            c.amount = lot->base + pick(200) - 3;
            expected = c.amount < 1 ? GAVEL_invalid_amount
                                    : waits(lot, who, c.amount);
            break;
        }

    } else if (lot->ntold > 100 || pick(60) == 0) {
        c.type = CMD_LOT_HAMMER;
        c.actor = OWNER;
        c.amount = 1;
        expected = GAVEL_OK;

        if (lot->leader >= 0) {
            sell(lot, lot->said[lot->leader].who, lot->price);

        } else {
            lot->open = 0;
            lot->sold = 1;
            lot->winner = NOONE;
        }

    } else {

        expected = GAVEL_invalid_amount;

        switch (pick(12)) {

        case 0:
            c.type = CMD_BUY_NOW;
            expected = cap_of(lot) == 0 ? GAVEL_illegal_transition
                                        : pays(who, lot, cap_of(lot));

            if (expected == GAVEL_OK) {
                sell(lot, who, cap_of(lot));
            }
            break;

        case 1:
            c.type = CMD_AUTO_BID_CANCEL;
            expected = lot->leader >= 0 && lot->said[lot->leader].who == who
                       && lot->said[lot->leader].worth > lot->price
                       ? GAVEL_leading : GAVEL_not_found;
            break;

        case 2:
            if (lot->ntold == 0) {
                return NULL;
            }

            c.type = CMD_BID_VOID;
            c.actor = OWNER;
            k = (int) pick(lot->ntold);
            c.bid_id = lot->told[k].id;
            expected = undoes(lot, lot->told[k].promise);
            break;

        case 3:
            c.type = CMD_BID_RETRACT;
            expected = GAVEL_not_found;

            for (i = lot->ntold - 1; i >= 0; i--) {
                k = lot->told[i].promise;

                if (lot->said[k].who == who && !lot->said[k].gone) {
                    expected = undoes(lot, k);
                    break;
                }
            }
            break;

        case 4:
        case 5:
        case 6:
        case 7:
            c.type = CMD_AUTO_BID;

            if (c.amount > 0) {
                expected = offers(lot, who, c.amount, 0);

            } else if (lot->leader >= 0
                       && lot->said[lot->leader].who == who)
            {
                expected = GAVEL_invalid_amount;
            }
            break;

        case 8:
            c.type = CMD_BID_BEHALF;
            c.actor = OWNER;
            c.user_id = KIM + who;

            /* fall through */

        default:
            if (lot->leader >= 0 && lot->said[lot->leader].who == who) {
                expected = GAVEL_already_leading;

            } else if (c.amount > 0) {
                expected = offers(lot, who, c.amount, 1);
            }
        }
    }

    if (give(w, &c) != expected) {
        printf("# command %d, amount %lld: got code %d, expected %d\n",
               c.type, (long long) c.amount, w->r.code, expected);
        return "another answer";
    }

    if (expected != GAVEL_OK) {
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
