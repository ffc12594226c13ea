/*
 * rules: conditions of sale by chance, from the whole of what rules may say.
 * A bit of the mask says which member leaves its default, and by the seed
 * and its number its value follows, so that clearing a bit changes no other.
 */

#include "play/play.h"


#define VALUES  6

typedef struct {
    size_t    at;
    int       wide;                  /* 64 bits */
    int       n;
    int64_t   v[VALUES];
} member_t;

#define NARROW(name)  offsetof(rules_t, name), 0
#define WIDE(name)    offsetof(rules_t, name), 1

static const member_t  members[] = {
    { NARROW(format), 3, { FORMAT_SEALED, FORMAT_VICKREY, FORMAT_DUTCH } },
    { NARROW(strict_increment), 1, { 1 } },
    { NARROW(on_grid), 1, { 1 } },
    { NARROW(clock.preset), 6, { 1, 2, 3, 4, 5, 6 } },
    { WIDE(clock.duration_ms), 4, { 1000, 3000, 9000, 20000 } },
    { WIDE(clock.window_ms), 4, { 0, 500, 4000, 9000 } },
    { WIDE(clock.extend_ms), 4, { 0, 300, 4000, 8000 } },
    { NARROW(clock.max_extensions), 3, { 1, 2, 5 } },
    { WIDE(clock.hard_end_ms), 3, { 20000, 30000, 90000 } },
    { NARROW(clock.raise_factor), 3, { 1, 3, 1000 } },
    { NARROW(clock.closing_ms), 4, { 300, 1000, 5000, 86400000 } },
    { WIDE(min_price), 5, { 0, 1, 10, 120, 40 } },
    { NARROW(roster_min), 4, { 1, 2, 3, 2 } },
    { NARROW(roster_max), 4, { 1, 2, 3, 6 } },
    { WIDE(start_budget), 5, { 0, 100, 500, 2000, ENGINE_MAX_AMOUNT } },
    { WIDE(auto_next_ms), 4, { 0, 100, 700, 3000 } },
    { NARROW(auto_end), 2, { 0, 1 } },
    { NARROW(one_at_a_time), 2, { 0, 1 } },
    { WIDE(stagger_ms), 2, { 1, 700 } },
    { NARROW(tie), 1, { TIE_EARLIER } },
    { WIDE(reveal_ms), 3, { 1, 300, 3000 } },
    { WIDE(dutch_drop), 4, { 1, 7, 50, ENGINE_MAX_AMOUNT } },
    { WIDE(dutch_every_ms), 3, { 100, 500, 3000 } },
    { NARROW(no_proxy), 2, { 0, 1 } },
    { NARROW(buy_now), 1, { BUY_ALWAYS } },
    { NARROW(over_cap_refused), 1, { 1 } },
    { WIDE(reserve_wait_ms), 4, { -1, 0, 1, 2000 } },
    { WIDE(offer_ms), 2, { 500, 3000 } },
    { NARROW(retract), 1, { RETRACT_WINDOW } },
    { WIDE(retract_ms), 3, { 0, 900, 20000 } },
    { WIDE(retract_close_ms), 2, { 500, 3000 } },
    { NARROW(reserve_all), 1, { 1 } },
    { NARROW(order), 3, { ORDER_DRAWN, ORDER_POTS, ORDER_ROTATION } },
    { NARROW(nomination), 2, { NOMINATE_STRAIGHT, NOMINATE_SNAKE } },
    { NARROW(team_order), 1, { TEAMS_DRAWN } },
    { NARROW(nominator_bids), 1, { 1 } },
    { WIDE(nomination_ms), 3, { 1, 500, 4000 } },
    { NARROW(cycles), 4, { 1, 2, 3, 100 } },
    { WIDE(cycle_duration_ms), 2, { 1000, 5000 } },
    { NARROW(cycle_base_percent), 3, { 1, 50, 100 } },
    { WIDE(reverse_bonus), 3, { 1, 50, 500 } },
    { NARROW(auto_fill), 1, { 1 } },
    { NARROW(broke), 2, { BROKE_BONUS, BROKE_ASSIGN } },
    { WIDE(broke_bonus), 3, { 10, 100, ENGINE_MAX_AMOUNT } },
    { WIDE(award_wait_ms), 2, { 1, 2000 } },
    { WIDE(settle_ms), 3, { -1, 1, 3000 } },
    { NARROW(rehearsal), 1, { 1 } },
    { NARROW(bots), 2, { 1, 3 } },
};

#define MEMBERS   (sizeof(members) / sizeof(members[0]))
#define QUOTAS    (MEMBERS)
#define LADDER    (MEMBERS + 1)
#define CURRENCY  (MEMBERS + 2)


/* splitmix64, by Vigna (public domain). */

uint64_t
play_mix(uint64_t seed, uint64_t n)
{
    uint64_t  x;

    x = seed + (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);

    return x ^ (x >> 31);
}


static void
put(rules_t *r, const member_t *m, int64_t v)
{
    char  *p;

    p = (char *) r + m->at;

    if (m->wide) {
        *(int64_t *) p = v;

    } else {
        *(uint32_t *) p = (uint32_t) v;
    }
}


static void
quotas(rules_t *r, uint64_t chance)
{
    uint32_t                  i;
    static const char *const  names[] = { "top", "mid", "bot" };

    r->nquotas = 1 + (uint32_t) (chance % 3);

    for (i = 0; i < r->nquotas; i++) {
        memset(r->quotas[i].role, 0, ENGINE_ROLE_LEN);
        memcpy(r->quotas[i].role, names[i], 3);
        r->quotas[i].max = 1 + (uint32_t) (chance >> (8 + 4 * i)) % 3;
        r->quotas[i].min = (uint32_t) (chance >> (32 + 4 * i)) % 2;
    }
}


static void
ladder(rules_t *r, uint64_t chance)
{
    static const ladder_t  ladders[] = {
        { 1, { { 0, 1 } } },
        { 1, { { 0, 5 } } },
        { 3, { { 0, 5 }, { 100, 10 }, { 500, 50 } } },
        { 2, { { 0, 7 }, { 101, 13 } } },
        { 2, { { 0, 30 }, { 150, 4 } } },
        { 1, { { 0, ENGINE_MAX_AMOUNT } } },
    };

    r->ladder = ladders[chance % 6 == 5 && chance % 7 ? 2 : chance % 6];
}


/* What rules must not say together. */

static void
agree(rules_t *r, uint32_t mode)
{
    int  draft;

    draft = mode == MODE_TEAM_DRAFT;

    if (r->roster_min > r->roster_max) {
        r->roster_min = r->roster_max;
    }

    if (r->clock.hard_end_ms != 0
        && r->clock.hard_end_ms < r->clock.duration_ms)
    {
        r->clock.hard_end_ms = r->clock.duration_ms;
    }

    if (draft && r->format != FORMAT_OPEN) {
        r->one_at_a_time = 1;
    }

    if (r->format == FORMAT_DUTCH) {
        r->dutch_drop += r->dutch_drop == 0;
        r->dutch_every_ms += r->dutch_every_ms == 0 ? 200 : 0;
    }

    if (!draft || !r->one_at_a_time) {
        r->nomination = NOMINATE_NONE;
    }

    if (r->format != FORMAT_OPEN || !r->no_proxy) {
        r->nominator_bids = 0;
    }

    if (!draft || r->cycles == 0 || r->format != FORMAT_OPEN) {
        r->reverse_bonus = 0;
    }

    if (r->broke == BROKE_BONUS && r->broke_bonus == 0) {
        r->broke_bonus = 100;
    }

    if (r->retract == RETRACT_WINDOW && r->retract_ms == 0) {
        r->retract_ms = 9000;
    }

    if (!r->rehearsal) {
        r->bots = 0;
    }
}


void
rules_of(rules_t *r, uint32_t mode, uint64_t mask, uint64_t seed)
{
    size_t    i;
    uint64_t  chance;

    rules_default(r, mode);

    if (mode == MODE_TIMED) {
        r->clock.duration_ms = 30000;            /* a week is a long game */
    }

    for (i = 0; i < MEMBERS + 3; i++) {

        if (!(mask >> i & 1)) {
            continue;
        }

        chance = play_mix(seed, i);

        if (i == QUOTAS) {
            quotas(r, chance);

        } else if (i == LADDER) {
            ladder(r, chance);

        } else if (i == CURRENCY) {
            memcpy(r->currency, "KRW\0\0\0\0", 8);

        } else {
            put(r, &members[i],
                members[i].v[chance % (uint64_t) members[i].n]);
        }
    }

    agree(r, mode);
}
