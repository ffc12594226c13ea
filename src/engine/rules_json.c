/*
 * rules_json: rules as clients write them and as events and states carry
 * them: the same members, of which a client may leave out any.
 */

#include "engine/inner.h"

#include <stdio.h>
#include <string.h>


typedef enum { IS_INT = 1, IS_COUNT, IS_BOOL, IS_WORD } member_kind_t;

typedef struct {
    const char         *name;
    member_kind_t       kind;
    size_t              at;
    int                 always;      /* written even when it is 0 */
    const char *const  *words;       /* IS_WORD: by value, NULL ends */
} member_t;

#define RULE(name, kind)   { #name, kind, offsetof(rules_t, name), 1, NULL }
#define CLOCK(name, kind)                                                     \
    { #name, kind, offsetof(clock_rules_t, name), 1, NULL }

/* What 0 leaves out: logs of before these members existed stay as they are. */
#define RULE_OR_0(name, kind)                                                 \
    { #name, kind, offsetof(rules_t, name), 0, NULL }
#define RULE_WORD(name, words)                                                \
    { #name, IS_WORD, offsetof(rules_t, name), 0, words }
#define CLOCK_OR_0(name, kind)                                                \
    { #name, kind, offsetof(clock_rules_t, name), 0, NULL }

static const char *const  formats[] = {
    "open", "sealed", "vickrey", "dutch", NULL
};
static const char *const  ties[] = { "rebid", "earlier", NULL };
static const char *const  buy_nows[] = { "until_bid", "always", NULL };
static const char *const  orders[] = {
    "fixed", "drawn", "pots", "rotation", NULL
};
static const char *const  nominations[] = {
    "none", "straight", "snake", NULL
};
static const char *const  team_orders[] = { "fixed", "drawn", NULL };
static const char *const  brokes[] = { "none", "bonus", "assign", NULL };
static const char *const  retracts[] = { "never", "window", NULL };

static const member_t  rule_members[] = {
    RULE(min_price, IS_INT),
    RULE(roster_min, IS_COUNT),
    RULE(roster_max, IS_COUNT),
    RULE(start_budget, IS_INT),
    RULE(auto_next_ms, IS_INT),
    RULE(auto_end, IS_BOOL),
    RULE(one_at_a_time, IS_BOOL),
    RULE(stagger_ms, IS_INT),
    RULE(strict_increment, IS_BOOL),
    RULE(on_grid, IS_BOOL),
    RULE_WORD(format, formats),
    RULE_WORD(tie, ties),
    RULE_OR_0(reveal_ms, IS_INT),
    RULE_OR_0(dutch_drop, IS_INT),
    RULE_OR_0(dutch_every_ms, IS_INT),
    RULE_OR_0(no_proxy, IS_BOOL),
    RULE_WORD(buy_now, buy_nows),
    RULE_OR_0(over_cap_refused, IS_BOOL),
    RULE_OR_0(reserve_wait_ms, IS_INT),
    RULE_OR_0(offer_ms, IS_INT),
    RULE_WORD(retract, retracts),
    RULE_OR_0(retract_ms, IS_INT),
    RULE_OR_0(retract_close_ms, IS_INT),
    RULE_OR_0(reserve_all, IS_BOOL),
    RULE_WORD(order, orders),
    RULE_WORD(nomination, nominations),
    RULE_WORD(team_order, team_orders),
    RULE_OR_0(nominator_bids, IS_BOOL),
    RULE_OR_0(nomination_ms, IS_INT),
    RULE_OR_0(cycles, IS_COUNT),
    RULE_OR_0(cycle_duration_ms, IS_INT),
    RULE_OR_0(cycle_base_percent, IS_COUNT),
    RULE_OR_0(reverse_bonus, IS_INT),
    RULE_OR_0(auto_fill, IS_BOOL),
    RULE_WORD(broke, brokes),
    RULE_OR_0(broke_bonus, IS_INT),
    RULE_OR_0(award_wait_ms, IS_INT),
    RULE_OR_0(settle_ms, IS_INT),
    RULE_OR_0(rehearsal, IS_BOOL),
    RULE_OR_0(bots, IS_COUNT),
    { NULL, 0, 0, 0, NULL }
};

static const member_t  clock_members[] = {
    CLOCK(duration_ms, IS_INT),
    CLOCK(window_ms, IS_INT),
    CLOCK(extend_ms, IS_INT),
    CLOCK(max_extensions, IS_COUNT),
    CLOCK(hard_end_ms, IS_INT),
    CLOCK_OR_0(raise_factor, IS_COUNT),
    CLOCK_OR_0(closing_ms, IS_COUNT),
    { NULL, 0, 0, 0, NULL }
};

/* What one object has told so far: bit i for row i, then these. */
#define SEEN(i)        (UINT64_C(1) << (i))
#define SEEN_QUOTAS    SEEN(59)
#define SEEN_LADDER    SEEN(60)
#define SEEN_CURRENCY  SEEN(61)
#define SEEN_CLOCK     SEEN(62)
#define SEEN_PRESET    SEEN(63)

#define SEEN_DURATION  SEEN(0)       /* rows of clock_members */
#define SEEN_WINDOW    SEEN(1)
#define SEEN_EXTEND    SEEN(2)

typedef int (*member_pt)(json_in_t *in, rules_t *r, const char *name,
    uint64_t *seen, const char **what);


static int member_of_rules(json_in_t *in, rules_t *r, const char *name,
    uint64_t *seen, const char **what);
static int member_of_clock(json_in_t *in, rules_t *r, const char *name,
    uint64_t *seen, const char **what);
static int read_members(json_in_t *in, rules_t *r, member_pt member,
    uint64_t *seen, const char **what);
static int read_value(json_in_t *in, const member_t *m, char *base);
static int read_ladder(json_in_t *in, ladder_t *l);
static int read_quotas(json_in_t *in, rules_t *r);
static const char *keep_name(const char *prefix, const char *name);


int
rules_parse(rules_t *r, uint32_t mode, const char *json, size_t len,
    const char **what)
{
    rules_t    rules;
    json_in_t  in;

    rules_default(&rules, mode);
    *what = "rules";

    in.p = json;
    in.end = json + len;

    if (rules_read(&in, &rules, what) != 0) {
        return -1;
    }

    if (json_end(&in) != 0) {
        *what = "rules";
        return -1;
    }

    if (!rules_valid(&rules, mode, what)) {
        return -1;
    }

    rules_copy(r, &rules);

    return 0;
}


int
rules_read(json_in_t *in, rules_t *r, const char **what)
{
    uint64_t  seen;

    seen = 0;

    return read_members(in, r, member_of_rules, &seen, what);
}


static int
read_members(json_in_t *in, rules_t *r, member_pt member, uint64_t *seen,
    const char **what)
{
    char    name[32];
    size_t  len;

    if (json_get(in, '{') != 0) {
        return -1;
    }

    if (json_get(in, '}') == 0) {
        return 0;
    }

    for ( ;; ) {

        if (json_get_text(in, name, sizeof(name) - 1, &len) != 0
            || json_get(in, ':') != 0)
        {
            return -1;
        }

        name[len] = '\0';

        if (strlen(name) != len || member(in, r, name, seen, what) != 0) {
            return -1;
        }

        if (json_get(in, ',') != 0) {
            break;
        }
    }

    return json_get(in, '}');
}


/* A member that was told twice is refused like one that is not known. */

static int
first_time(uint64_t *seen, uint64_t bit)
{
    if (*seen & bit) {
        return 0;
    }

    *seen |= bit;

    return 1;
}


static int
member_of_rules(json_in_t *in, rules_t *r, const char *name, uint64_t *seen,
    const char **what)
{
    size_t           len;
    uint64_t         told;
    const member_t  *m;

    *what = keep_name("", name);

    for (m = rule_members; m->name != NULL; m++) {

        if (strcmp(m->name, name) == 0) {
            return first_time(seen, SEEN(m - rule_members))
                   ? read_value(in, m, (char *) r) : -1;
        }
    }

    if (strcmp(name, "ladder") == 0 && first_time(seen, SEEN_LADDER)) {
        return read_ladder(in, &r->ladder);
    }

    if (strcmp(name, "quotas") == 0 && first_time(seen, SEEN_QUOTAS)) {
        return read_quotas(in, r);
    }

    if (strcmp(name, "currency") == 0 && first_time(seen, SEEN_CURRENCY)) {
        memset(r->currency, 0, sizeof(r->currency));
        return json_get_text(in, r->currency, sizeof(r->currency) - 1, &len);
    }

    if (strcmp(name, "clock") != 0 || !first_time(seen, SEEN_CLOCK)) {
        return -1;
    }

    told = 0;

    if (read_members(in, r, member_of_clock, &told, what) != 0) {
        return -1;
    }

    /* who names a window, or another preset, means it to extend by that */

    if (!(told & SEEN_EXTEND)) {

        if (r->clock.preset == CLOCK_ALWAYS_RESET) {
            r->clock.extend_ms = r->clock.duration_ms;

        } else if (told & (SEEN_WINDOW | SEEN_PRESET)) {
            r->clock.extend_ms = r->clock.window_ms;
        }
    }

    return 0;
}


static int
member_of_clock(json_in_t *in, rules_t *r, const char *name, uint64_t *seen,
    const char **what)
{
    char             word[32];
    size_t           len;
    const member_t  *m;

    *what = keep_name("clock.", name);

    for (m = clock_members; m->name != NULL; m++) {

        if (strcmp(m->name, name) == 0) {
            return first_time(seen, SEEN(m - clock_members))
                   ? read_value(in, m, (char *) &r->clock) : -1;
        }
    }

    if (strcmp(name, "preset") != 0 || !first_time(seen, SEEN_PRESET)
        || json_get_text(in, word, sizeof(word), &len) != 0)
    {
        return -1;
    }

    r->clock.preset = clock_preset(word, len);

    return r->clock.preset != 0 ? 0 : -1;
}


static int
read_value(json_in_t *in, const member_t *m, char *base)
{
    char      word[16];
    size_t    len;
    int64_t   v;
    uint32_t  flag;

    if (m->kind == IS_WORD) {

        if (json_get_text(in, word, sizeof(word), &len) != 0) {
            return -1;
        }

        for (flag = 0; m->words[flag] != NULL; flag++) {
            if (strlen(m->words[flag]) == len
                && memcmp(m->words[flag], word, len) == 0)
            {
                memcpy(base + m->at, &flag, sizeof(flag));
                return 0;
            }
        }

        return -1;
    }

    if (m->kind == IS_BOOL) {

        if (json_get_bool(in, &flag) != 0) {
            return -1;
        }

        memcpy(base + m->at, &flag, sizeof(flag));

        return 0;
    }

    if (json_get_int(in, &v) != 0) {
        return -1;
    }

    if (m->kind == IS_INT) {
        memcpy(base + m->at, &v, sizeof(v));
        return 0;
    }

    if (v < 0 || v > UINT32_MAX) {
        return -1;
    }

    flag = (uint32_t) v;
    memcpy(base + m->at, &flag, sizeof(flag));

    return 0;
}


/* 10, "whatnot", or [[0,10],[1000,100]]. */

static int
read_ladder(json_in_t *in, ladder_t *l)
{
    char            name[16];
    size_t          len;
    ladder_step_t  *s;

    if (json_peek(in) == '"') {
        return json_get_text(in, name, sizeof(name), &len) == 0
               ? ladder_preset(l, name, len) : -1;
    }

    memset(l, 0, sizeof(ladder_t));

    if (json_peek(in) != '[') {
        l->nsteps = 1;
        return json_get_int(in, &l->steps[0].step);
    }

    in->p++;

    do {
        if (l->nsteps == ENGINE_LADDER_LEN) {
            return -1;
        }

        s = &l->steps[l->nsteps++];

        if (json_get(in, '[') != 0 || json_get_int(in, &s->from) != 0
            || json_get(in, ',') != 0 || json_get_int(in, &s->step) != 0
            || json_get(in, ']') != 0)
        {
            return -1;
        }

    } while (json_get(in, ',') == 0);

    return json_get(in, ']');
}


/* {"top":[0,2],...}: the least and the most of a position. */

static int
read_quotas(json_in_t *in, rules_t *r)
{
    size_t    len;
    int64_t   min, max;
    quota_t  *q;

    memset(r->quotas, 0, sizeof(r->quotas));
    r->nquotas = 0;

    if (json_get(in, '{') != 0) {
        return -1;
    }

    if (json_get(in, '}') == 0) {
        return 0;
    }

    do {
        if (r->nquotas == ENGINE_QUOTAS) {
            return -1;
        }

        q = &r->quotas[r->nquotas++];

        if (json_get_text(in, q->role, ENGINE_ROLE_LEN, &len) != 0
            || json_get(in, ':') != 0 || json_get(in, '[') != 0
            || json_get_int(in, &min) != 0 || json_get(in, ',') != 0
            || json_get_int(in, &max) != 0 || json_get(in, ']') != 0
            || min < 0 || min > MAX_SLOTS || max < 0 || max > MAX_SLOTS)
        {
            return -1;
        }

        q->min = (uint32_t) min;
        q->max = (uint32_t) max;

    } while (json_get(in, ',') == 0);

    return json_get(in, '}');
}


/* A name from outside, made static and harmless. */

static const char *
keep_name(const char *prefix, const char *name)
{
    char         *p;
    static char   kept[64];

    (void) snprintf(kept, sizeof(kept), "%s%s", prefix, name);

    for (p = kept; *p != '\0'; p++) {
        if ((unsigned char) *p <= ' ' || (unsigned char) *p > '~'
            || *p == '"' || *p == '\\')
        {
            *p = '?';
        }
    }

    return kept;
}


static void
write_value(json_out_t *o, const member_t *m, const char *base)
{
    int64_t   v;
    uint32_t  flag;

    if (m->kind == IS_INT) {
        memcpy(&v, base + m->at, sizeof(v));

    } else {
        memcpy(&flag, base + m->at, sizeof(flag));
        v = flag;
    }

    if (v == 0 && !m->always) {
        return;
    }

    json_put(o, ",\"");
    json_put(o, m->name);
    json_put(o, "\":");

    switch (m->kind) {

    case IS_BOOL:
        json_put_bool(o, v != 0);
        break;

    case IS_WORD:
        json_put(o, "\"");
        json_put(o, m->words[v]);
        json_put(o, "\"");
        break;

    default:
        json_put_int(o, v);
        break;
    }
}


static void
write_quotas(json_out_t *o, const rules_t *r)
{
    uint32_t  i;

    for (i = 0; i < r->nquotas; i++) {
        json_put(o, i == 0 ? ",\"quotas\":{" : ",");
        json_put_text(o, r->quotas[i].role,
                      strnlen(r->quotas[i].role, ENGINE_ROLE_LEN));
        json_put(o, ":[");
        json_put_int(o, r->quotas[i].min);
        json_put(o, ",");
        json_put_int(o, r->quotas[i].max);
        json_put(o, "]");
    }

    if (r->nquotas != 0) {
        json_put(o, "}");
    }
}


void
rules_write(json_out_t *o, const rules_t *r)
{
    uint32_t         i;
    const member_t  *m;

    json_put(o, "{\"currency\":");
    json_put_text(o, r->currency, strnlen(r->currency, sizeof(r->currency)));

    json_put(o, ",\"ladder\":");

    if (r->ladder.nsteps == 1) {
        json_put_int(o, r->ladder.steps[0].step);

    } else {
        for (i = 0; i < r->ladder.nsteps; i++) {
            json_put(o, i == 0 ? "[[" : ",[");
            json_put_int(o, r->ladder.steps[i].from);
            json_put(o, ",");
            json_put_int(o, r->ladder.steps[i].step);
            json_put(o, "]");
        }

        json_put(o, "]");
    }

    json_put(o, ",\"clock\":{\"preset\":\"");
    json_put(o, clock_preset_name(r->clock.preset));
    json_put(o, "\"");

    for (m = clock_members; m->name != NULL; m++) {
        write_value(o, m, (const char *) &r->clock);
    }

    json_put(o, "}");

    for (m = rule_members; m->name != NULL; m++) {
        write_value(o, m, (const char *) r);
    }

    write_quotas(o, r);
    json_put(o, "}");
}


size_t
rules_text(const rules_t *r, char *buf, size_t size)
{
    json_out_t  o;

    o.p = buf;
    o.end = buf + size;
    o.full = 0;

    rules_write(&o, r);

    return o.full ? 0 : (size_t) (o.p - buf);
}
