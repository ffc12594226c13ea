/* needs: engine times play */

/*
 * extremes: commands, rules, texts and snapshots with values that nobody
 * would name: each member by itself at its bounds and beyond.
 */

#include <stdio.h>

#include "play/play.h"
#include "tap.h"
#include "world.h"


static const int64_t  far[] = {
    0, 1, -1, -2, 2, 25, 100, 1000001, ENGINE_MAX_AMOUNT, ENGINE_MAX_AMOUNT + 1,
    -ENGINE_MAX_AMOUNT, INT64_MAX, INT64_MIN, INT64_C(253402300800000),
    INT64_C(31622400001)
};

#define FAR  (sizeof(far) / sizeof(far[0]))

static int64_t      tried, accepted;
static const char  *wrong;


/* --- commands --- */


static void
give_far(const game_t *g, command_t c)
{
    event_t    *ev;
    uint32_t    i, n;
    auction_t  *a;
    refusal_t   r;
    journal_t  *j;

    ev = malloc((events_room(g->a, &c) + 1) * sizeof(event_t));
    n = decide(g->a, &c, g->now, ev, &r);
    tried++;

    if (n == 0) {
        wrong = r.code == GAVEL_OK ? "neither events nor a refusal" : wrong;
        free(ev);
        return;
    }

    accepted++;
    a = auction_copy(g->a);
    j = journal_create();

    for (i = 0; i < n; i++) {
        if (evolve(&a, &ev[i], j) != 0) {
            wrong = event_name(ev[i].type);
            printf("# command %d\n", (int) c.type);
        }
    }

    journal_undo(j, &a);

    if (memcmp(a, g->a, a->size) != 0) {
        wrong = "not undone";
    }

    journal_destroy(j);
    free(a);
    free(ev);
}


static void
far_commands(game_t *g)
{
    size_t      i, k;
    int64_t    *word;
    uint32_t    type, lot;
    command_t   c, f;

    for (type = 0; type <= CMD_MAX; type++) {

        memset(&c, 0, sizeof(c));
        c.type = type;
        c.origin = ORIGIN_WS;
        c.actor = type % 2 ? PLAY_OWNER : PLAY_FIRST;
        c.actor_roles = ACTOR_SERVER;
        c.at = g->now;
        c.base_price = c.reserve = c.buy_now = c.ceiling = -1;
        c.quantity = c.pot = c.starts_at = c.ends_at = -1;
        c.team_id = PLAY_TEAM;
        c.item_id = 5000;
        c.mode = MODE_LIVE;

        for (lot = 0; lot <= g->a->nlots && lot < 5; lot++) {

            c.lot_id = lot == 0 ? 0 : auction_lots(g->a)[lot - 1].id;
            c.round = lot == 0 ? 0 : auction_lots(g->a)[lot - 1].round;
            word = &f.lot_id;

            for (i = 0; word + i <= &f.pot; i++) {
                for (k = 0; k < FAR; k++) {
                    f = c;
                    word[i] = far[k];
                    give_far(g, f);
                }
            }

            for (k = 0; k < FAR; k++) {
                f = c;
                f.starts_at = far[k];
                give_far(g, f);
                f.starts_at = -1;
                f.ends_at = far[k];
                give_far(g, f);
                f = c;
                f.actor = far[k];
                f.actor_roles = 0;
                give_far(g, f);
                f = c;
                f.at = far[k];
                give_far(g, f);
            }
        }

        f = c;
        f.request_len = ENGINE_REQUEST_LEN + 1;
        give_far(g, f);
        f.request_len = 0;
        f.reason_len = ENGINE_REASON_LEN + 1;
        give_far(g, f);
        f.reason_len = 2;
        memcpy(f.reason, "\xff\xfe", 2);
        give_far(g, f);
        f.reason_len = 0;
        f.origin = 0;
        give_far(g, f);
        f.origin = ORIGIN_SERVER;
        f.actor = NOBODY;
        give_far(g, f);
        f.actor_roles = 0;
        give_far(g, f);
    }
}


static void
commands(void)
{
    size_t         i, k, m;
    game_t         g;
    move_t         move;
    int64_t        now;
    uint64_t       v;
    unsigned char  opening[OPENING_LEN];

    for (i = 0; i < 24; i++) {

        memset(opening, 0, OPENING_LEN);
        opening[0] = (unsigned char) (i % 3);
        opening[1] = (unsigned char) i;
        opening[3] = (unsigned char) (i % 4);
        opening[4] = (unsigned char) (i / 12);
        opening[12] = (unsigned char) i;

        game_open(&g, opening);

        for (m = 0; m < 90 && g.wrong == NULL; m++) {
            for (k = 0; k < MOVE_LEN; k += 8) {
                v = play_mix(i, m * MOVE_LEN + k);
                memcpy(move.b + k, &v, 8);
            }

            game_move(&g, &move);

            if (m % 18 == 5) {
                far_commands(&g);
            }
        }

        now = g.now;
        g.now = INT64_C(253402300799999);        /* and at the end of time */
        far_commands(&g);
        g.now = now;
        game_close(&g);
    }

    ok(wrong == NULL, "commands are refused, or can be folded");
    printf("# %lld commands, %lld accepted\n", (long long) tried,
           (long long) accepted);

    if (wrong != NULL) {
        printf("# %s\n", wrong);
    }
}


/* --- rules --- */


static void
create_with(const rules_t *r, uint32_t mode)
{
    char         text[8192];
    size_t       n;
    event_t      ev[ENGINE_EVENTS];
    rules_t      back;
    command_t    c;
    refusal_t    why;
    auction_t   *a;
    const char  *what;

    memset(&c, 0, sizeof(c));
    c.type = CMD_CREATE;
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;
    c.at = T0;
    c.user_id = OWNER;
    c.mode = mode;
    c.rules = r;
    a = auction_create(1);
    tried++;

    if (decide(a, &c, T0, ev, &why) != 0) {

        n = rules_text(r, text, sizeof(text));
        accepted++;

        if (evolve(&a, &ev[0], NULL) != 0 || n == 0
            || rules_parse(&back, mode, text, n, &what) != 0)
        {
            wrong = "rules that do not come back";
        }

    } else if (why.code != GAVEL_invalid_rules || why.detail == NULL) {
        wrong = "rules refused for no reason";
    }

    free(a);
}


static void
rules(void)
{
    size_t     i, k, seed;
    rules_t    r, f;
    uint32_t   mode;

    for (mode = MODE_TEAM_DRAFT; mode <= MODE_TIMED; mode++) {
        for (seed = 0; seed < 40; seed++) {

            rules_of(&r, mode, seed < 2 ? 0 : play_mix(seed, 1), seed);

            for (i = 0; i + 4 <= sizeof(rules_t); i += 4) {
                for (k = 0; k < FAR; k++) {
                    f = r;
                    memcpy((char *) &f + i, &far[k], 4);
                    create_with(&f, mode);

                    if (i % 8 == 0) {
                        memcpy((char *) &f + i, &far[k], 8);
                        create_with(&f, mode);
                    }
                }
            }
        }
    }

    ok(wrong == NULL, "rules are refused, or come back");

    if (wrong != NULL) {
        printf("# %s\n", wrong);
    }
}


/* --- texts --- */


static char      kept[EV_MAX][EVENT_TEXT_MAX + EVENT_PRIVATE_MAX];
static size_t    kept_len[EV_MAX], kept_hidden[EV_MAX];


static void
keep(const game_t *g, const event_t *e)
{
    kept_len[e->type] = event_public(e, g->a->id, kept[e->type],
                                     EVENT_TEXT_MAX);
    kept_hidden[e->type] = event_private(e, kept[e->type] + EVENT_TEXT_MAX,
                                         EVENT_PRIVATE_MAX);
}


static void
read_one(const char *pub, size_t n, const char *priv, size_t m)
{
    char     text[EVENT_TEXT_MAX];
    event_t  e;
    int64_t  id;

    tried++;

    if (event_parse(&e, &id, pub, n, priv, m) == 0) {
        accepted++;
        (void) event_public(&e, id, text, sizeof(text));
        (void) event_private(&e, text, sizeof(text));
    }
}


static void
text_of(uint32_t type)
{
    char               pub[2 * EVENT_TEXT_MAX], priv[2 * EVENT_PRIVATE_MAX];
    char              *text;
    size_t             i, k, n, m, len;
    event_t            e;
    int64_t            id;
    static const char  odd[] = "\"{}[]:,\\ -0919e.uZntx\x01\x7f\xc3\xff";

    n = kept_len[type];
    m = kept_hidden[type];

    for (i = 0; i < n + m; i++) {

        memcpy(pub, kept[type], n);
        memcpy(priv, kept[type] + EVENT_TEXT_MAX, m);
        text = i < n ? pub + i : priv + i - n;
        len = (i < n ? n : m + n) - i;

        read_one(pub, i < n ? i : n, priv, i < n ? m : i - n);   /* cut */

        for (k = 0; k < sizeof(odd); k++) {
            *text = odd[k];
            read_one(pub, n, priv, m);
        }

        memcpy(pub, kept[type], n);
        memcpy(priv, kept[type] + EVENT_TEXT_MAX, m);

        memmove(text, text + 1, len - 1);        /* one less */
        read_one(pub, i < n ? n - 1 : n, priv, i < n ? m : m - 1);

        memmove(text + 1, text, len - 1);        /* one twice */
        read_one(pub, n, priv, m);
    }

    /* written into less room than it needs */

    if (event_parse(&e, &id, kept[type], n, kept[type] + EVENT_TEXT_MAX, m)
        == 0)
    {
        for (i = 0; i < n; i++) {
            if (event_public(&e, id, pub, i) != 0) {
                wrong = "written into too little room";
            }
        }

        for (i = 0; i < m; i++) {
            if (event_private(&e, priv, i) != 0) {
                wrong = "written into too little room";
            }
        }
    }
}


static void
texts(void)
{
    size_t         i, k, m;
    move_t         moves[300];
    uint64_t       v;
    uint32_t       type, kinds;
    unsigned char  opening[OPENING_LEN];

    play_before = keep;

    for (i = 0; i < 60; i++) {

        for (m = 0; m < 3; m++) {
            v = play_mix(i, m) & (m == 1 ? play_mix(i, 9) : ~UINT64_C(0));
            memcpy(opening + 8 * m, &v, 8);
        }

        opening[4] = (unsigned char) ((opening[4] & ~1) | (i & 1));

        for (m = 0; m < 300; m++) {
            for (k = 0; k < MOVE_LEN; k += 8) {
                v = play_mix(i + 77, m * MOVE_LEN + k);
                memcpy(moves[m].b + k, &v, 8);
            }
        }

        (void) game_play(opening, moves, 300, 0);
    }

    play_before = NULL;

    for (type = 1, kinds = 0; type < EV_MAX; type++) {
        kinds += kept_len[type] != 0;

        if (kept_len[type] != 0) {
            text_of(type);
        }
    }

    ok(kinds > EV_MAX * 9 / 10, "there are texts of most events");
    ok(wrong == NULL, "spoilt texts do no harm");
    printf("# %u kinds of events\n", kinds);
}


/* --- snapshots --- */


static void
snapshots(void)
{
    char       *buf, *bad, *text;
    size_t      n, i, k, room;
    world_t     w;
    int64_t     loaded;
    auction_t  *a;

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    (void) bid(&w, LEE, 110);

    n = state_save(w.a, NULL, 0);
    buf = malloc(n);
    bad = malloc(n);
    ok(state_save(w.a, buf, n) == n, "a snapshot is saved");
    ok(state_save(w.a, buf, n - 1) == 0, "but not in too little room");
    loaded = 0;

    for (i = 0; i < n; i++) {
        free(state_load(buf, i));                /* cut */
    }

    for (i = 0; i + 4 <= n; i += 4) {
        for (k = 0; k < FAR; k++) {
            memcpy(bad, buf, n);
            memcpy(bad + i, &far[k], 4);
            a = state_load(bad, n);

            if (a != NULL) {
                loaded++;
                room = state_text(a, NULL, 0);
                text = malloc(room);
                (void) state_text(a, text, room);
                free(text);
                free(a);
            }
        }
    }

    memcpy(bad, buf, n);
    a = (auction_t *) bad;
    auction_bids(a)[auction_lots(a)[a->current - 1].last_bid - 1].next = 1;
    ok(state_load(bad, n) == NULL, "no bid is newer than the newest");

    room = state_text(w.a, NULL, 0);
    text = malloc(room);
    k = state_text(w.a, text, room);

    for (i = 1; i < k; i++) {
        if (state_text(w.a, text, i) != 0) {
            wrong = "a state's text in too little room";
        }
    }

    ok(wrong == NULL, "spoilt snapshots do no harm");
    printf("# %lld of them load\n", (long long) loaded);

    free(text);
    free(buf);
    free(bad);
    world_close(&w);
}


int
main(void)
{
    commands();
    rules();
    texts();
    snapshots();

    return done_testing();
}
