/*
 * rules_json: rules as clients write them and as events and states carry
 * them: the same members, of which a client may leave out any.
 */

#include "engine/inner.h"

#include <stdio.h>
#include <string.h>


typedef enum { IS_INT = 1, IS_COUNT, IS_BOOL } member_kind_t;

typedef struct {
    const char     *name;
    member_kind_t   kind;
    size_t          at;
} member_t;

#define RULE(name, kind)   { #name, kind, offsetof(rules_t, name) }
#define CLOCK(name, kind)  { #name, kind, offsetof(clock_rules_t, name) }

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
    { NULL, 0, 0 }
};

static const member_t  clock_members[] = {
    CLOCK(duration_ms, IS_INT),
    CLOCK(window_ms, IS_INT),
    CLOCK(extend_ms, IS_INT),
    CLOCK(max_extensions, IS_COUNT),
    CLOCK(hard_end_ms, IS_INT),
    { NULL, 0, 0 }
};

/* What one object has told so far: bit i for row i, then these. */
#define SEEN_LADDER    (1u << 28)
#define SEEN_CURRENCY  (1u << 29)
#define SEEN_CLOCK     (1u << 30)
#define SEEN_PRESET    (1u << 31)

#define SEEN_DURATION  (1u << 0)     /* rows of clock_members */
#define SEEN_WINDOW    (1u << 1)
#define SEEN_EXTEND    (1u << 2)

typedef int (*member_pt)(json_in_t *in, rules_t *r, const char *name,
    uint32_t *seen, const char **what);


static int member_of_rules(json_in_t *in, rules_t *r, const char *name,
    uint32_t *seen, const char **what);
static int member_of_clock(json_in_t *in, rules_t *r, const char *name,
    uint32_t *seen, const char **what);
static int read_members(json_in_t *in, rules_t *r, member_pt member,
    uint32_t *seen, const char **what);
static int read_value(json_in_t *in, const member_t *m, char *base);
static int read_ladder(json_in_t *in, ladder_t *l);
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
    uint32_t  seen;

    seen = 0;

    return read_members(in, r, member_of_rules, &seen, what);
}


static int
read_members(json_in_t *in, rules_t *r, member_pt member, uint32_t *seen,
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
first_time(uint32_t *seen, uint32_t bit)
{
    if (*seen & bit) {
        return 0;
    }

    *seen |= bit;

    return 1;
}


static int
member_of_rules(json_in_t *in, rules_t *r, const char *name, uint32_t *seen,
    const char **what)
{
    size_t           len;
    uint32_t         told;
    const member_t  *m;

    *what = keep_name("", name);

    for (m = rule_members; m->name != NULL; m++) {

        if (strcmp(m->name, name) == 0) {
            return first_time(seen, 1u << (m - rule_members))
                   ? read_value(in, m, (char *) r) : -1;
        }
    }

    if (strcmp(name, "ladder") == 0 && first_time(seen, SEEN_LADDER)) {
        return read_ladder(in, &r->ladder);
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
member_of_clock(json_in_t *in, rules_t *r, const char *name, uint32_t *seen,
    const char **what)
{
    char             word[32];
    size_t           len;
    const member_t  *m;

    *what = keep_name("clock.", name);

    for (m = clock_members; m->name != NULL; m++) {

        if (strcmp(m->name, name) == 0) {
            return first_time(seen, 1u << (m - clock_members))
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
    int64_t   v;
    uint32_t  flag;

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

    json_put(o, ",\"");
    json_put(o, m->name);
    json_put(o, "\":");

    if (m->kind == IS_INT) {
        memcpy(&v, base + m->at, sizeof(v));
        json_put_int(o, v);
        return;
    }

    memcpy(&flag, base + m->at, sizeof(flag));

    if (m->kind == IS_BOOL) {
        json_put_bool(o, (int) flag);

    } else {
        json_put_int(o, flag);
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
