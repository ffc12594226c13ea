/*
 * ladder: by how much a price is raised, step by step of the price; and the
 * ladders of known houses (minor units of their currency).
 */

#include "engine/inner.h"

#include <string.h>


typedef struct {
    const char     *name;
    uint32_t        nsteps;
    ladder_step_t   steps[ENGINE_LADDER_LEN];
} preset_t;


static const preset_t  presets[] = {

    { "whatnot", 7,
      { { 0, 100 }, { 3000, 200 }, { 5000, 300 }, { 10000, 500 },
        { 30000, 1000 }, { 100000, 2000 }, { 200000, 5000 } } },

    { "yahoo_jp", 5,
      { { 0, 10 }, { 1000, 100 }, { 5000, 250 }, { 10000, 500 },
        { 50000, 1000 } } },

    { "trade_me", 6,                 /* "up to" counts the bound itself */
      { { 0, 50 }, { 2001, 100 }, { 20001, 500 }, { 100001, 1000 },
        { 500001, 5000 }, { 2500001, 10000 } } },

    { "ebay", 10,
      { { 0, 5 }, { 100, 25 }, { 500, 50 }, { 2500, 100 }, { 10000, 250 },
        { 25000, 500 }, { 50000, 1000 }, { 100000, 2500 },
        { 250000, 5000 }, { 500000, 10000 } } },

    { "maxsold", 6,
      { { 0, 100 }, { 3500, 500 }, { 10000, 1000 }, { 100000, 5000 },
        { 500000, 10000 }, { 1000000, 25000 } } },

    { "gunbroker", 5,
      { { 0, 25 }, { 1000, 100 }, { 5000, 200 }, { 10000, 500 },
        { 100000, 2500 } } },

    { "ipl", 3, { { 0, 5000 }, { 100000, 10000 }, { 500000, 25000 } } },

    { "kr5", 1, { { 0, 5 } } },
    { "kr10", 1, { { 0, 10 } } },
    { "kr50", 1, { { 0, 50 } } },
    { "kr100", 1, { { 0, 100 } } },

    { NULL, 0, { { 0, 0 } } }
};


int64_t
ladder_step(const ladder_t *l, int64_t price)
{
    uint32_t  i;

    for (i = l->nsteps - 1; i > 0 && l->steps[i].from > price; i--) {
        /* void */
    }

    return l->steps[i].step;
}


int
ladder_on_grid(const ladder_t *l, int64_t amount)
{
    return amount % ladder_step(l, amount) == 0;
}


/* The least raise over a price; rounded up to the grid where it binds. */

int64_t
ladder_next(const rules_t *r, int64_t price, int64_t left)
{
    int64_t  next, step;

    next = price + clock_raise(&r->clock, ladder_step(&r->ladder, price),
                               left);

    if (r->strict_increment) {
        next++;
    }

    while (r->on_grid && !ladder_on_grid(&r->ladder, next)) {
        step = ladder_step(&r->ladder, next);
        next += step - next % step;
    }

    return next;
}


int
ladder_preset(ladder_t *l, const char *name, size_t len)
{
    const preset_t  *p;

    for (p = presets; p->name != NULL; p++) {

        if (strlen(p->name) == len && memcmp(p->name, name, len) == 0) {
            memset(l, 0, sizeof(ladder_t));
            l->nsteps = p->nsteps;
            memcpy(l->steps, p->steps, sizeof(l->steps));
            return 0;
        }
    }

    return -1;
}


int
ladder_valid(const ladder_t *l)
{
    uint32_t  i;

    if (l->nsteps < 1 || l->nsteps > ENGINE_LADDER_LEN
        || l->steps[0].from != 0)
    {
        return 0;
    }

    for (i = 0; i < l->nsteps; i++) {

        if (l->steps[i].step < 1 || l->steps[i].step > ENGINE_MAX_AMOUNT
            || l->steps[i].from > ENGINE_MAX_AMOUNT)
        {
            return 0;
        }

        if (i > 0 && l->steps[i].from <= l->steps[i - 1].from) {
            return 0;
        }
    }

    return 1;
}
