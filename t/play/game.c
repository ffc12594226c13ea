/*
 * game: gives commands to an auction and watches over what comes of them.
 *
 * Three things are played side by side: the auction that decides, with a
 * journal; its shadow, which folds nothing but what is parsed from the
 * canonical JSON of the events, without a journal; and the log, from which
 * all can be folded again.  The batch since the last commit can be taken
 * back, as a decider does when its append was stale.
 */

#include <stdio.h>

#include "play/play.h"


#define CANARY  0xa5

void    (*play_before)(const game_t *g, const event_t *e);
uint32_t  play_told[EV_MAX], play_accepted[CMD_MAX], play_refused[CMD_MAX];


void
game_fails(game_t *g, const char *what, const char *detail, int64_t n)
{
    if (g->wrong == NULL) {
        g->wrong = what;
        (void) snprintf(g->detail, sizeof(g->detail), "%s %lld",
                        detail != NULL ? detail : "", (long long) n);
    }
}


static int
same(const auction_t *a, const auction_t *b)
{
    return a->size == b->size && memcmp(a, b, a->size) == 0;
}


static void
set_mark(game_t *g)
{
    free(g->mark);

    journal_clear(g->j);
    g->mark = auction_copy(g->a);
    g->mark_facts = g->facts;
    g->mark_log = g->log_n;
}


static void
take_back(game_t *g)
{
    journal_undo(g->j, &g->a);

    if (!same(g->a, g->mark)) {
        game_fails(g, "undo does not give the same bytes", NULL, g->a->seq);
    }

    free(g->shadow);
    g->shadow = auction_copy(g->mark);
    g->facts = g->mark_facts;
    g->log_n = g->mark_log;
    set_mark(g);
}


static line_t *
next_line(game_t *g)
{
    if (g->log_n == g->log_cap) {
        g->log_cap = g->log_cap != 0 ? 2 * g->log_cap : 64;
        g->log = realloc(g->log, g->log_cap * sizeof(line_t));
    }

    return &g->log[g->log_n++];
}


static void
hash_of(const auction_t *a, const line_t *l, unsigned char *hash)
{
    event_hash(a->head, l->text, l->len, l->hidden_len ? l->nonce : NULL,
               l->hidden, l->hidden_len, hash);
}


/* Written, read and written again: the same bytes both times. */

static int
through_json(game_t *g, const event_t *e, event_t *read)
{
    char      again[EVENT_TEXT_MAX];
    line_t   *l;
    size_t    len;
    int64_t   id;

    l = next_line(g);
    l->len = event_public(e, g->a->id, l->text, sizeof(l->text));
    l->hidden_len = event_private(e, l->hidden, sizeof(l->hidden));
    memcpy(l->nonce, e->nonce, ENGINE_NONCE_LEN);

    if (l->len == 0
        || event_parse(read, &id, l->text, l->len, l->hidden, l->hidden_len)
           != 0
        || id != g->a->id)
    {
        return 0;
    }

    len = event_public(read, id, again, sizeof(again));

    if (len != l->len || memcmp(again, l->text, len) != 0) {
        return 0;
    }

    len = event_private(read, again, sizeof(again));

    return len == l->hidden_len && memcmp(again, l->hidden, len) == 0;
}


static void
told(game_t *g, const event_t *e)
{
    event_t         read;
    line_t         *l;
    auction_t      *was;
    const char     *bad;
    unsigned char   hash[ENGINE_HASH_LEN];

    play_told[e->type]++;

    if (!through_json(g, e, &read)) {
        game_fails(g, "3: the JSON of an event is not the event",
                   event_name(e->type), e->seq);
        return;
    }

    if (play_before != NULL) {
        play_before(g, &read);
    }

    was = auction_copy(g->shadow);
    l = &g->log[g->log_n - 1];
    hash_of(g->a, l, hash);

    if (evolve(&g->a, e, g->j) != 0) {
        game_fails(g, "7: decided, but not legal", event_name(e->type),
                   e->seq);

    } else if (evolve(&g->shadow, &read, NULL) != 0) {
        game_fails(g, "7: legal, but not as it is read",
                   event_name(e->type), e->seq);

    } else {
        event_seal(g->a, hash, g->j);
        event_seal(g->shadow, hash, NULL);

        if (!same(g->a, g->shadow)) {
            game_fails(g, "3: the shadow differs", event_name(e->type),
                       e->seq);
        }

        bad = step_wrong(was, g->shadow, &read, &g->facts);

        if (bad == NULL) {
            bad = hidden_wrong(g->a, l->text, l->len);
        }

        if (bad != NULL) {
            game_fails(g, bad, event_name(e->type), e->seq);
        }
    }

    free(was);
}


/* One event answers, with the request id; the log goes on without a gap. */

static void
check_envelopes(game_t *g)
{
    uint32_t  i, answer;

    answer = event_that_answers(g->ev, g->n);

    for (i = 0; i < g->n; i++) {

        if (g->ev[i].seq != g->a->seq + 1 + i || g->ev[i].ts < g->a->ts
            || g->ev[i].ts < g->now)
        {
            game_fails(g, "1: seq or time", event_name(g->ev[i].type), i);
        }

        if (i == answer ? g->ev[i].actor != g->c.actor
                          || g->ev[i].request_len != g->c.request_len
                        : g->ev[i].actor != NOBODY
                          || g->ev[i].request_len != 0)
        {
            game_fails(g, "5: not one answer", event_name(g->ev[i].type), i);
        }
    }
}


static void
room_for(game_t *g, uint32_t room)
{
    if (room + 1 > g->ev_cap) {
        g->ev_cap = room + 1;
        g->ev = realloc(g->ev, g->ev_cap * sizeof(event_t));
    }

    memset(&g->ev[room], CANARY, sizeof(event_t));
}


static int
overran(const game_t *g, uint32_t room)
{
    size_t                i;
    const unsigned char  *p;

    p = (const unsigned char *) &g->ev[room];

    for (i = 0; i < sizeof(event_t); i++) {
        if (p[i] != CANARY) {
            return 1;
        }
    }

    return 0;
}


/* The first end that a viewer waits for, of a lot or of a turn. */

static int64_t
first_end(const auction_t *a)
{
    lot_t     *lot;
    int64_t    end;
    uint32_t   i;

    end = a->status == AUCTION_LIVE && a->turn_ends_at != 0 ? a->turn_ends_at
                                                            : INT64_MAX;

    for (i = 0; i < a->nlots; i++) {
        lot = &auction_lots(a)[i];

        if (lot->status == LOT_OPEN && lot->ends_at < end
            && (a->status == AUCTION_LIVE || a->status == AUCTION_ENDING))
        {
            end = lot->ends_at;
        }
    }

    return end != INT64_MAX ? end : 0;
}


/* What the clock will do next must be possible at that time. */

static void
check_deadline(game_t *g)
{
    int64_t    at, now;
    command_t  c;
    refusal_t  r;

    if (auction_first_end(g->a) != first_end(g->a)) {
        game_fails(g, "the first end is another", NULL, g->a->seq);
    }

    at = auction_deadline(g->a, &c);

    if (at == 0) {
        return;
    }

    now = at > g->a->ts ? at : g->a->ts;
    room_for(g, events_room(g->a, &c));

    if (decide(g->a, &c, now, g->ev, &r) == 0) {
        game_fails(g, "16: the clock would be refused for ever", r.detail,
                   (int64_t) c.type);
    }
}


/* And it must come to rest: nothing is due at one time again and again. */

static void
check_rest(game_t *g)
{
    int64_t     at, now, limit;
    uint32_t    i, n;
    command_t   c;
    refusal_t   r;
    auction_t  *a;

    at = auction_deadline(g->a, &c);

    if (at == 0) {
        return;
    }

    a = auction_copy(g->a);
    now = at > a->ts ? at : a->ts;
    limit = 64 + 8 * (int64_t) (a->nlots + a->nteams) * (a->rules.cycles + 1);

    while (at != 0 && at <= now && limit-- > 0) {
        room_for(g, events_room(a, &c));
        n = decide(a, &c, now, g->ev, &r);

        if (n == 0) {
            game_fails(g, "16: the clock is stuck", r.detail, c.type);
            break;
        }

        for (i = 0; i < n; i++) {
            if (evolve(&a, &g->ev[i], NULL) != 0) {
                game_fails(g, "7: the clock decides what is not legal",
                           event_name(g->ev[i].type), i);
                limit = 0;
                break;
            }
        }

        at = auction_deadline(a, &c);
    }

    if (limit <= 0) {
        game_fails(g, "16: the clock does not come to rest", NULL, c.type);
    }

    free(a);
}


void
game_give(game_t *g, const command_t *c)
{
    uint32_t     i, room;
    auction_t   *was;
    const char  *bad;

    g->c = *c;
    g->commands++;
    room = events_room(g->a, c);
    room_for(g, room);
    was = auction_copy(g->a);

    g->n = decide(g->a, c, g->now, g->ev, &g->r);

    if (!same(g->a, was)) {
        game_fails(g, "12: to decide has changed something", NULL, c->type);
    }

    free(was);

    if (g->n > room || overran(g, room)) {
        game_fails(g, "more events than there is room for", NULL, c->type);
        return;
    }

    if ((g->n == 0) != (g->r.code != GAVEL_OK)) {
        game_fails(g, "neither events nor a refusal", NULL, c->type);
    }

    if (g->n == 0) {
        play_refused[(unsigned) c->type < CMD_MAX ? c->type : 0]++;
        return;
    }

    play_accepted[c->type]++;
    check_envelopes(g);

    for (i = 0; i < g->n && g->wrong == NULL; i++) {
        told(g, &g->ev[i]);
    }

    if (g->wrong == NULL) {
        bad = state_wrong(g->a, &g->facts);

        if (bad != NULL) {
            game_fails(g, bad, event_name(g->ev[g->n - 1].type), g->a->seq);
        }
    }
}


void
game_move(game_t *g, const move_t *m)
{
    uint32_t   n;
    command_t  c;

    switch (move_means(g, m, &c)) {

    case MOVE_COMMIT:
        g->n = 0;
        set_mark(g);
        return;

    case MOVE_ROLLBACK:
        g->n = 0;
        take_back(g);
        return;
    }

    game_give(g, &c);
    n = g->n;

    if (n != 0 && g->wrong == NULL) {
        check_deadline(g);
    }

    if (g->commands % 32 == 0 && g->wrong == NULL) {
        check_rest(g);
    }

    if (g->commands % 256 == 0 && g->wrong == NULL) {
        game_check(g);
    }

    g->n = n;
}


static int
replays(const game_t *g)
{
    int             equal;
    size_t          i;
    event_t         e;
    int64_t         id;
    auction_t      *a;
    unsigned char   hash[ENGINE_HASH_LEN];

    a = auction_create(g->a->id);
    equal = 1;

    for (i = 0; i < g->log_n && equal; i++) {

        equal = event_parse(&e, &id, g->log[i].text, g->log[i].len,
                            g->log[i].hidden, g->log[i].hidden_len) == 0
                && e.seq == (int64_t) i + 1 && evolve(&a, &e, NULL) == 0;

        hash_of(a, &g->log[i], hash);
        event_seal(a, hash, NULL);
    }

    equal = equal && same(a, g->a);
    free(a);

    return equal;
}


/* Saved and loaded it is the same; viewers see nothing that is hidden. */

static void
check_snapshot(game_t *g)
{
    char        *buf;
    size_t       len, most;
    auction_t   *a;
    const char  *bad;

    len = state_save(g->a, NULL, 0);
    most = state_text(g->a, NULL, 0);
    buf = malloc(len > most ? len : most);

    (void) state_save(g->a, buf, len);
    a = state_load(buf, len);

    if (a == NULL || !same(a, g->a)) {
        game_fails(g, "3: a snapshot does not load", NULL, g->a->seq);
    }

    free(a);
    len = state_text(g->a, buf, most);

    if (len == 0) {
        game_fails(g, "the state's text does not fit", NULL, g->a->seq);
    }

    bad = hidden_wrong(g->a, buf, len);

    if (bad != NULL) {
        game_fails(g, bad, "in the state's text", g->a->seq);
    }

    free(buf);
}


void
game_check(game_t *g)
{
    const char  *bad;

    bad = state_wrong(g->a, &g->facts);

    if (bad != NULL) {
        game_fails(g, bad, NULL, g->a->seq);
    }

    check_snapshot(g);

    if (!replays(g)) {
        game_fails(g, "3: a replay from zero differs", NULL, g->a->seq);
    }
}


static command_t
by(game_t *g, command_type_t type, int64_t actor)
{
    command_t  c;

    memset(&c, 0, sizeof(c));

    c.type = type;
    c.actor = actor;
    c.actor_roles = actor == NOBODY ? ACTOR_SERVER : 0;
    c.origin = actor == NOBODY ? ORIGIN_SERVER : ORIGIN_WS;
    c.at = g->now;
    c.base_price = c.reserve = c.buy_now = c.ceiling = c.quantity = -1;
    c.pot = c.starts_at = c.ends_at = -1;

    return c;
}


static void
add_lots(game_t *g, uint32_t n, uint64_t seed)
{
    int                       dutch;
    uint32_t                  i;
    uint64_t                  x;
    command_t                 c;
    static const char *const  roles[] = { "top", "mid", "bot" };

    dutch = g->a->rules.format == FORMAT_DUTCH;

    for (i = 0; i < n; i++) {
        x = play_mix(seed, 100 + i);
        c = by(g, CMD_LOT_ADD, PLAY_OWNER);
        c.item_id = 1000 + i;
        c.base_price = x % 4 == 0 ? -1 : (int64_t) (x >> 8) % 100;
        c.ceiling = dutch ? 130 + (int64_t) (x >> 16) % 300 : -1;
        c.pot = x % 3;
        c.has_role = x % 5 < 3;
        c.role_len = 3;
        memcpy(c.role, roles[x % 3], 3);

        if (g->a->mode != MODE_TEAM_DRAFT) {
            c.quantity = x % 6 == 0 ? 2 + (int64_t) (x >> 24) % 3 : -1;
            c.reserve = x % 3 == 0 && !dutch ? 130 + (int64_t) (x % 90)
                                                : -1;
            c.buy_now = x % 4 == 1 ? 240 + (int64_t) (x >> 32) % 300 : -1;
        }

        game_give(g, &c);
    }
}


static void
add_teams(game_t *g, uint32_t n, uint64_t seed)
{
    uint32_t   i;
    uint64_t   x;
    command_t  c;

    for (i = 0; i < n; i++) {
        x = play_mix(seed, 200 + i);
        c = by(g, CMD_TEAM_ADD, PLAY_OWNER);
        c.team_id = PLAY_TEAM + i;
        c.user_id = g->a->rules.rehearsal && x % 2 ? NOBODY : PLAY_FIRST + i;
        c.amount = x % 4 == 0 ? -1 : (int64_t) (x >> 8) % 2500;
        c.slots = 0;
        game_give(g, &c);
    }
}


/* The bytes: mode, lots, teams, how far it gets, 8 of the mask of rules, 8
 * of chance, and rules a little more plain for each bit of the last four. */

void
game_open(game_t *g, const unsigned char o[OPENING_LEN])
{
    uint32_t   mode;
    uint64_t   mask, seed;
    command_t  c;

    memset(g, 0, sizeof(game_t));
    memcpy(&mask, o + 4, 8);
    memcpy(&seed, o + 12, 8);

    g->a = auction_create(5);
    g->shadow = auction_create(5);
    g->j = journal_create();
    g->now = PLAY_T0;

    mode = MODE_TEAM_DRAFT + o[0] % 3;
    rules_of(&g->rules, mode, mask, seed);

    c = by(g, CMD_CREATE, NOBODY);
    c.mode = mode;
    c.user_id = PLAY_OWNER;
    c.starts_at = PLAY_T0 + 60000;
    c.rules = &g->rules;
    game_give(g, &c);

    add_lots(g, 1 + o[1] % 14, seed);

    if (mode == MODE_TEAM_DRAFT) {
        add_teams(g, 2 + o[2] % 5, seed);
    }

    if (o[3] % 4 != 0) {
        c = by(g, CMD_PUBLISH, PLAY_OWNER);
        memcpy(c.nonce, o, ENGINE_NONCE_LEN);
        game_give(g, &c);

        c = by(g, CMD_START, PLAY_OWNER);
        game_give(g, &c);
    }

    set_mark(g);
}


void
game_close(game_t *g)
{
    free(g->a);
    free(g->shadow);
    free(g->mark);
    free(g->log);
    free(g->ev);
    journal_destroy(g->j);
}
