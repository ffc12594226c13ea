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
    to->stagger_ms = from->stagger_ms;
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
    MUST("min_price", between(r->min_price, 0, ENGINE_MAX_AMOUNT));
    MUST("roster_max", r->roster_max <= MAX_SLOTS
                       && (mode != MODE_TEAM_DRAFT || r->roster_max >= 1));
    MUST("roster_min", r->roster_min <= r->roster_max);
    MUST("start_budget", between(r->start_budget, 0, ENGINE_MAX_AMOUNT));
    MUST("auto_next_ms", between(r->auto_next_ms, -1, DAY_MS));
    MUST("auto_end", r->auto_end <= 1);
    MUST("one_at_a_time", r->one_at_a_time <= 1);
    MUST("stagger_ms", between(r->stagger_ms, 0, DAY_MS));

    return 1;
}
