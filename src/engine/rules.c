/*
 * rules: the conditions of sale: defaults by mode, and what is allowed.
 */

#include "engine/inner.h"

#include <string.h>


void
rules_default(rules_t *r, uint32_t mode)
{
    memset(r, 0, sizeof(rules_t));

    r->auto_next_ms = -1;

    switch (mode) {

    case MODE_TIMED:
        memcpy(r->currency, "USD", 3);
        (void) ladder_preset(&r->ladder, "ebay", 4);
        r->clock.preset = CLOCK_EXTEND_TO;
        r->clock.duration_ms = 7 * DAY_MS;
        r->clock.window_ms = 120000;
        r->clock.extend_ms = 120000;
        r->min_price = 100;
        r->clock.closing_ms = 60000;
        r->auto_end = 1;
        break;

    case MODE_LIVE:
        memcpy(r->currency, "USD", 3);
        (void) ladder_preset(&r->ladder, "whatnot", 7);
        r->clock.preset = CLOCK_RESET_TO;
        r->clock.duration_ms = 30000;
        r->clock.window_ms = 10000;
        r->clock.extend_ms = 10000;
        r->min_price = 100;
        r->reserve_wait_ms = 60000;
        r->one_at_a_time = 1;
        break;

    default: /* MODE_TEAM_DRAFT */
        memcpy(r->currency, "AP", 2);
        (void) ladder_preset(&r->ladder, "kr10", 4);
        r->clock.preset = CLOCK_RESET_TO;
        r->clock.duration_ms = 15000;
        r->clock.window_ms = 8000;
        r->clock.extend_ms = 8000;
        r->min_price = 10;
        r->roster_max = 5;
        r->start_budget = 1000;
        r->auto_end = 1;
        r->one_at_a_time = 1;
        r->no_proxy = 1;
        break;
    }
}


/* Member by member: what lies between members of the copy stays zero. */

void
rules_copy(rules_t *to, const rules_t *from)
{
    uint32_t  i;

    memset(to, 0, sizeof(rules_t));

    memcpy(to->currency, from->currency, sizeof(to->currency));

    to->ladder.nsteps = from->ladder.nsteps;
    for (i = 0; i < from->ladder.nsteps && i < ENGINE_LADDER_LEN; i++) {
        to->ladder.steps[i].from = from->ladder.steps[i].from;
        to->ladder.steps[i].step = from->ladder.steps[i].step;
    }

    to->strict_increment = from->strict_increment;
    to->on_grid = from->on_grid;
    to->clock.preset = from->clock.preset;
    to->clock.duration_ms = from->clock.duration_ms;
    to->clock.window_ms = from->clock.window_ms;
    to->clock.extend_ms = from->clock.extend_ms;
    to->clock.max_extensions = from->clock.max_extensions;
    to->clock.hard_end_ms = from->clock.hard_end_ms;
    to->min_price = from->min_price;
    to->roster_min = from->roster_min;
    to->roster_max = from->roster_max;
    to->start_budget = from->start_budget;
    to->auto_next_ms = from->auto_next_ms;
    to->auto_end = from->auto_end;
    to->one_at_a_time = from->one_at_a_time;
    to->clock.raise_factor = from->clock.raise_factor;
    to->clock.closing_ms = from->clock.closing_ms;
    to->stagger_ms = from->stagger_ms;

    to->format = from->format;
    to->tie = from->tie;
    to->reveal_ms = from->reveal_ms;
    to->dutch_drop = from->dutch_drop;
    to->dutch_every_ms = from->dutch_every_ms;
    to->no_proxy = from->no_proxy;
    to->buy_now = from->buy_now;
    to->over_cap_refused = from->over_cap_refused;
    to->reserve_wait_ms = from->reserve_wait_ms;
    to->offer_ms = from->offer_ms;
    to->retract = from->retract;
    to->retract_ms = from->retract_ms;
    to->retract_close_ms = from->retract_close_ms;
    to->reserve_all = from->reserve_all;
    to->nquotas = from->nquotas;

    for (i = 0; i < from->nquotas && i < ENGINE_QUOTAS; i++) {
        memcpy(to->quotas[i].role, from->quotas[i].role, ENGINE_ROLE_LEN);
        to->quotas[i].min = from->quotas[i].min;
        to->quotas[i].max = from->quotas[i].max;
    }

    to->order = from->order;
    to->nomination = from->nomination;
    to->team_order = from->team_order;
    to->nominator_bids = from->nominator_bids;
    to->nomination_ms = from->nomination_ms;
    to->cycles = from->cycles;
    to->cycle_duration_ms = from->cycle_duration_ms;
    to->cycle_base_percent = from->cycle_base_percent;
    to->reverse_bonus = from->reverse_bonus;
    to->auto_fill = from->auto_fill;
    to->broke = from->broke;
    to->broke_bonus = from->broke_bonus;
    to->award_wait_ms = from->award_wait_ms;
    to->settle_ms = from->settle_ms;
    to->rehearsal = from->rehearsal;
    to->bots = from->bots;
}


static int
between(int64_t v, int64_t low, int64_t high)
{
    return v >= low && v <= high;
}


static int
currency_valid(const char *s)
{
    size_t  i, len;

    len = strnlen(s, sizeof(((rules_t *) 0)->currency));

    if (len < 1 || len > 7) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (!(between(s[i], 'A', 'Z') || between(s[i], '0', '9'))) {
            return 0;
        }
    }

    for ( /* void */ ; i < 8; i++) {
        if (s[i] != '\0') {
            return 0;
        }
    }

    return 1;
}


#define MUST(name, condition)                                                 \
    if (!(condition)) {                                                       \
        *what = name;                                                         \
        return 0;                                                             \
    }


static int
quotas_valid(const rules_t *r)
{
    size_t    len;
    uint32_t  i, k, least;

    if (r->nquotas > ENGINE_QUOTAS) {
        return 0;
    }

    for (i = 0, least = 0; i < r->nquotas; i++) {

        len = strnlen(r->quotas[i].role, ENGINE_ROLE_LEN);

        if (len == 0 || len == ENGINE_ROLE_LEN
            || !utf8_valid(r->quotas[i].role, len)
            || r->quotas[i].max < 1 || r->quotas[i].max > MAX_SLOTS
            || r->quotas[i].min > r->quotas[i].max)
        {
            return 0;
        }

        for (k = len; k < ENGINE_ROLE_LEN; k++) {
            if (r->quotas[i].role[k] != '\0') {
                return 0;
            }
        }

        for (k = 0; k < i; k++) {
            if (memcmp(r->quotas[i].role, r->quotas[k].role,
                       ENGINE_ROLE_LEN) == 0)
            {
                return 0;
            }
        }

        least += r->quotas[i].min;
    }

    return least <= r->roster_max;
}


/* What came after the first conditions: formats, the draft, the end. */

static int
more_valid(const rules_t *r, uint32_t mode, const char **what)
{
    int  draft;

    draft = mode == MODE_TEAM_DRAFT;

    MUST("format", r->format <= FORMAT_DUTCH);
    MUST("format", r->format == FORMAT_OPEN || !draft || r->one_at_a_time);
    MUST("tie", r->tie <= TIE_EARLIER);
    MUST("reveal_ms", between(r->reveal_ms, 0, MAX_DURATION_MS));
    MUST("dutch_drop", between(r->dutch_drop, 0, ENGINE_MAX_AMOUNT)
                       && (r->format != FORMAT_DUTCH || r->dutch_drop > 0));
    MUST("dutch_every_ms", between(r->dutch_every_ms, 0, DAY_MS)
                           && (r->format != FORMAT_DUTCH
                               || r->dutch_every_ms >= 100));
    MUST("no_proxy", r->no_proxy <= 1);
    MUST("buy_now", r->buy_now <= BUY_ALWAYS);
    MUST("over_cap_refused", r->over_cap_refused <= 1);
    MUST("reserve_wait_ms", between(r->reserve_wait_ms, -1,
                                    MAX_DURATION_MS));
    MUST("offer_ms", between(r->offer_ms, 0, MAX_DURATION_MS));
    MUST("retract", r->retract <= RETRACT_WINDOW);
    MUST("retract_ms", between(r->retract_ms, 0, MAX_DURATION_MS));
    MUST("retract_close_ms", between(r->retract_close_ms, 0,
                                     MAX_DURATION_MS));
    MUST("reserve_all", r->reserve_all <= 1);
    MUST("quotas", quotas_valid(r));
    MUST("order", r->order <= ORDER_ROTATION);
    MUST("nomination", r->nomination <= NOMINATE_SNAKE
                       && (r->nomination == NOMINATE_NONE
                           || (draft && r->one_at_a_time)));
    MUST("team_order", r->team_order <= TEAMS_DRAWN);
    MUST("nominator_bids", r->nominator_bids <= 1
                           && (!r->nominator_bids
                               || (r->format == FORMAT_OPEN
                                   && r->no_proxy)));
    MUST("nomination_ms", between(r->nomination_ms, 0, DAY_MS));
    MUST("cycles", r->cycles <= 100);
    MUST("cycle_duration_ms",
         r->cycle_duration_ms == 0
         || between(r->cycle_duration_ms, 1000, MAX_DURATION_MS));
    MUST("cycle_base_percent", r->cycle_base_percent <= 100);
    MUST("reverse_bonus", between(r->reverse_bonus, 0, ENGINE_MAX_AMOUNT)
                          && (r->reverse_bonus == 0
                              || (draft && r->cycles > 0
                                  && r->format == FORMAT_OPEN)));
    MUST("auto_fill", r->auto_fill <= 1);
    MUST("broke", r->broke <= BROKE_ASSIGN);
    MUST("broke_bonus", between(r->broke_bonus, 0, ENGINE_MAX_AMOUNT)
                        && (r->broke != BROKE_BONUS || r->broke_bonus > 0));
    MUST("award_wait_ms", between(r->award_wait_ms, 0, MAX_DURATION_MS));
    MUST("settle_ms", between(r->settle_ms, -1, MAX_DURATION_MS));
    MUST("rehearsal", r->rehearsal <= 1);
    MUST("bots", r->bots <= ENGINE_MAX_BOTS
                 && (r->bots == 0 || r->rehearsal));

    return 1;
}


int
rules_valid(const rules_t *r, uint32_t mode, const char **what)
{
    const clock_rules_t  *c;

    c = &r->clock;

    MUST("currency", currency_valid(r->currency));
    MUST("ladder", ladder_valid(&r->ladder));
    MUST("strict_increment", r->strict_increment <= 1);
    MUST("on_grid", r->on_grid <= 1);
    MUST("clock.preset", clock_preset_name(c->preset) != NULL);
    MUST("clock.duration_ms", between(c->duration_ms, 1000,
                                      MAX_DURATION_MS));
    MUST("clock.window_ms", between(c->window_ms, 0, DAY_MS));
    MUST("clock.extend_ms", between(c->extend_ms, 0, MAX_DURATION_MS));
    MUST("clock.max_extensions", c->max_extensions <= 1000000);
    MUST("clock.hard_end_ms",
         c->hard_end_ms == 0
         || between(c->hard_end_ms, c->duration_ms, MAX_DURATION_MS));
    MUST("clock.raise_factor", c->raise_factor <= 1000);
    MUST("clock.closing_ms", c->closing_ms <= DAY_MS);
    MUST("min_price", between(r->min_price, 0, ENGINE_MAX_AMOUNT));
    MUST("roster_max", r->roster_max <= MAX_SLOTS
                       && (mode != MODE_TEAM_DRAFT || r->roster_max >= 1));
    MUST("roster_min", r->roster_min <= r->roster_max);
    MUST("start_budget", between(r->start_budget, 0, ENGINE_MAX_AMOUNT));
    MUST("auto_next_ms", between(r->auto_next_ms, -1, DAY_MS));
    MUST("auto_end", r->auto_end <= 1);
    MUST("one_at_a_time", r->one_at_a_time <= 1);
    MUST("stagger_ms", between(r->stagger_ms, 0, DAY_MS));

    return more_valid(r, mode, what);
}
