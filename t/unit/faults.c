/* needs: engine times play -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -Wl,--wrap=journal_keep,--wrap=journal_keep_all -Wl,--wrap=EVP_MD_CTX_new,--wrap=EVP_DigestInit_ex2 -Wl,--wrap=EVP_DigestUpdate,--wrap=EVP_DigestFinal_ex */

/*
 * faults: every event of many games, first without memory at each place where
 * memory is asked for, then with each of its fields changed, as a stranger
 * might tell it.  What is not folded has changed nothing; what is can be
 * undone; and whatever is folded leaves the lists and the purses sound.
 *
 *   faults.t [SEED [GAMES]]
 */

#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#include "play/play.h"
#include "tap.h"
#include "world.h"


static int64_t      left = -1;       /* calls that still succeed; -1: all */
static int64_t      faults, lies, believed;
static const char  *wrong;
static char         detail[200];


void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
int __real_journal_keep(journal_t *j, const auction_t *a, const void *p,
    size_t len);
int __real_journal_keep_all(journal_t *j, const auction_t *a);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
int __wrap_journal_keep(journal_t *j, const auction_t *a, const void *p,
    size_t len);
int __wrap_journal_keep_all(journal_t *j, const auction_t *a);


EVP_MD_CTX *__real_EVP_MD_CTX_new(void);
EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void);
int __real_EVP_DigestInit_ex2(EVP_MD_CTX *c, const EVP_MD *md,
    const OSSL_PARAM *params);
int __wrap_EVP_DigestInit_ex2(EVP_MD_CTX *c, const EVP_MD *md,
    const OSSL_PARAM *params);
int __real_EVP_DigestUpdate(EVP_MD_CTX *c, const void *p, size_t n);
int __wrap_EVP_DigestUpdate(EVP_MD_CTX *c, const void *p, size_t n);
int __real_EVP_DigestFinal_ex(EVP_MD_CTX *c, unsigned char *md,
    unsigned int *n);
int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *c, unsigned char *md,
    unsigned int *n);


static int
fails(void)
{
    if (left < 0) {
        return 0;
    }

    if (left == 0) {
        return 1;
    }

    left--;

    return 0;
}


void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}


void *
__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}


int
__wrap_journal_keep(journal_t *j, const auction_t *a, const void *p,
    size_t len)
{
    return fails() ? -1 : __real_journal_keep(j, a, p, len);
}


int
__wrap_journal_keep_all(journal_t *j, const auction_t *a)
{
    return fails() ? -1 : __real_journal_keep_all(j, a);
}


EVP_MD_CTX *
__wrap_EVP_MD_CTX_new(void)
{
    return fails() ? NULL : __real_EVP_MD_CTX_new();
}


int
__wrap_EVP_DigestInit_ex2(EVP_MD_CTX *c, const EVP_MD *md,
    const OSSL_PARAM *params)
{
    return fails() ? 0 : __real_EVP_DigestInit_ex2(c, md, params);
}


int
__wrap_EVP_DigestUpdate(EVP_MD_CTX *c, const void *p, size_t n)
{
    return fails() ? 0 : __real_EVP_DigestUpdate(c, p, n);
}


int
__wrap_EVP_DigestFinal_ex(EVP_MD_CTX *c, unsigned char *md, unsigned int *n)
{
    return fails() ? 0 : __real_EVP_DigestFinal_ex(c, md, n);
}


static void
goes_wrong(const char *what, const event_t *e, int64_t n)
{
    if (wrong == NULL) {
        wrong = what;
        (void) snprintf(detail, sizeof(detail), "%s %lld", event_name(e->type),
                        (long long) n);
    }
}


/* The block may have grown for nothing; what it says is the same. */

static int
same(const auction_t *a, const auction_t *b)
{
    return a->size == b->size && memcmp(a, b, a->size) == 0;
}


static void
without_memory(const game_t *g, const event_t *e)
{
    int         told;
    int64_t     n;
    auction_t  *a;
    journal_t  *j;

    for (n = 0, told = -1; told != 0 && n < 2000; n++) {

        a = auction_copy(g->a);
        j = journal_create();

        left = n;
        told = evolve(&a, e, j);
        left = -1;
        faults++;

        journal_undo(j, &a);

        if (!same(a, g->a)) {
            goes_wrong("without memory something has changed", e, n);
        }

        journal_destroy(j);
        free(a);
    }

    if (told != 0) {
        goes_wrong("with all the memory it is not folded", e, n);
    }
}


#define WORDS  ((offsetof(event_t, until) - offsetof(event_t, lot_id)) / 8 + 1)


static void
lie(const game_t *g, const event_t *e)
{
    int          told;
    facts_t      facts;
    auction_t   *a;
    journal_t   *j;
    const char  *unsound;

    lies++;
    a = auction_copy(g->a);
    j = journal_create();
    told = evolve(&a, e, j);

    if (told == 0) {
        believed++;
        facts = g->facts;
        unsound = step_wrong(g->a, a, e, &facts);
        unsound = unsound != NULL ? unsound : state_wrong(a, &facts);

        if (unsound != NULL) {
            goes_wrong(unsound, e, e->how);
        }

    } else if (!same(a, g->a)) {
        goes_wrong("what was refused has changed something", e, 0);
    }

    journal_undo(j, &a);

    if (!same(a, g->a)) {
        goes_wrong("what was believed cannot be undone", e, 0);
    }

    journal_destroy(j);
    free(a);
}


static void
with_lies(const game_t *g, const event_t *e)
{
    size_t         i, k;
    event_t        bad;
    int64_t       *word, was;
    const int64_t  other[] = { 0, 1, -1, ENGINE_MAX_AMOUNT,
                               -ENGINE_MAX_AMOUNT };

    bad = *e;
    word = &bad.lot_id;

    for (i = 0; i < WORDS; i++) {
        was = word[i];

        for (k = 0; k < 5; k++) {
            word[i] = other[k];
            lie(g, &bad);
        }

        word[i] = was + 1;
        lie(g, &bad);
        word[i] = was - 1;
        lie(g, &bad);
        word[i] = was;
    }

    for (bad.how = 0; bad.how <= HOW_BROKE + 1; bad.how++) {
        lie(g, &bad);
    }

    bad.how = e->how;

    for (i = 0; i <= EV_MAX; i++) {              /* and as another one */
        bad.type = (event_type_t) i;
        lie(g, &bad);
    }

    bad.type = e->type;
    bad.ts = g->a->ts - 1;
    lie(g, &bad);
    bad.ts = e->ts + 100000000;
    lie(g, &bad);
    bad.ts = e->ts;
    bad.seed[0] ^= 1;
    lie(g, &bad);
    bad = *e;
    bad.digest[0] ^= 1;
    lie(g, &bad);
    bad = *e;
    bad.has_seed = !bad.has_seed;
    lie(g, &bad);
    bad.has_seed = e->has_seed;
    bad.actor = 99;
    lie(g, &bad);
}


/* Events of other auctions and other times, told of lots of this one. */

static event_t  bank[EV_MAX];


static void
out_of_place(const game_t *g, event_t e, uint32_t i)
{
    int64_t        end;
    const lot_t   *lot;
    const team_t  *t;

    e.seq = g->a->seq + 1;
    e.epoch = g->a->epoch + (e.type == EV_AUCTION_RECOVERED);
    e.ts = g->a->ts + i;
    lie(g, &e);

    if (g->a->nlots == 0) {
        return;
    }

    lot = &auction_lots(g->a)[(i + g->a->seq) % g->a->nlots];
    end = e.ends_at;

    e.lot_id = lot->id;
    e.item_id = lot->item_id;
    e.round = lot->round;
    e.at = e.ts;
    lie(g, &e);

    e.bidder = lot->leader;
    e.team_id = lot->leader_team;
    e.price = lot->price;
    e.bid_id = lot->leader_bid;
    e.bonus = lot->bonus;
    e.base_price = lot->base_price;
    e.ends_at = lot->ends_at;
    e.count = lot->bid_count + 1;
    lie(g, &e);

    for (e.how = 0; e.how <= HOW_BROKE; e.how++) {
        lie(g, &e);
    }

    e.ts = lot->ends_at > e.ts ? lot->ends_at : e.ts;
    e.how = HOW_CLOCK;
    lie(g, &e);
    e.round++;
    e.bid_id = (g->a->id << ENGINE_ID_SHIFT) + e.seq;
    e.ends_at = end;
    lie(g, &e);

    if (g->a->nteams != 0) {
        t = &auction_teams(g->a)[i % g->a->nteams];
        e.round--;
        e.team_id = t->id;
        e.bidder = t->leader;
        e.user_id = t->leader;
        e.how = bank[e.type].how;
        lie(g, &e);
    }
}


/* Lies about each type, but no more than enough. */

static void
before(const game_t *g, const event_t *e)
{
    uint32_t         type, i;
    static uint32_t  times[EV_MAX], told;

    bank[e->type] = *e;

    if (times[e->type]++ < 5000) {
        without_memory(g, e);
    }

    if (times[e->type] < 400) {
        with_lies(g, e);
    }

    if (told++ % 16 == 0) {
        for (type = 1; type < EV_MAX; type++) {
            for (i = 0; i < 3 && bank[type].type != 0; i++) {
                out_of_place(g, bank[type], i + told);
            }
        }
    }
}


static void
no_memory_at_all(void)
{
    auction_t  *a;
    journal_t  *j;

    left = 0;
    a = auction_create(1);
    j = journal_create();
    left = -1;

    ok(a == NULL && j == NULL, "no memory to begin with");
    journal_destroy(j);

    a = auction_create(1);
    left = 0;
    ok(auction_copy(a) == NULL, "none for a copy");
    ok(state_load((const char *) a, a->size) == NULL, "none to load");
    left = -1;
    free(a);
}


/* What can't be hashed has no hash. */

static void
no_hash(void)
{
    int            good;
    int64_t        n;
    unsigned char  zero[ENGINE_HASH_LEN], out[ENGINE_HASH_LEN];

    memset(zero, 0, sizeof(zero));

    for (n = 0, good = 1; n < 9; n++) {
        memset(out, 1, sizeof(out));
        left = n;
        event_hash(zero, "public", 6, zero, "private", 7, out);
        left = -1;
        good &= memcmp(out, zero, sizeof(out)) == 0;
    }

    event_hash(zero, "public", 6, zero, "private", 7, out);
    good &= memcmp(out, zero, sizeof(out)) != 0;
    ok(good, "no hash without all of it");
}


/* More bids than are remembered of a lot: the oldest goes, at each fault. */

static void
many_bids(void)
{
    int            i;
    game_t         g;
    command_t      c;
    unsigned char  opening[OPENING_LEN];

    memset(opening, 0, sizeof(opening));
    opening[0] = 1;                              /* live, and begun */
    opening[3] = 1;
    game_open(&g, opening);

    memset(&c, 0, sizeof(c));
    c.type = CMD_LOT_OPEN;
    c.origin = ORIGIN_WS;
    c.actor = PLAY_OWNER;
    c.at = g.now;
    game_give(&g, &c);
    c.type = CMD_BID;

    for (i = 0; i < ENGINE_LOT_BIDS + 20; i++) {
        play_before = i > ENGINE_LOT_BIDS - 2 ? without_memory : NULL;
        c.actor = PLAY_FIRST + i % 2;
        c.amount = 100000 + 10000 * i;
        game_give(&g, &c);
    }

    ok(g.wrong == NULL && (int) auction_lots(g.a)[0].bid_count == i
       && auction_lots(g.a)[0].nbids == ENGINE_LOT_BIDS,
       "more bids than are remembered");
    game_close(&g);
}


/* As many bids as an auction remembers: what is over is forgotten. */

static void
all_bids(void)
{
    int          told, good;
    int64_t      i, n;
    event_t      ev[ENGINE_EVENTS];
    world_t      w;
    command_t    c;
    refusal_t    r;
    auction_t   *was;

    world_open(&w, MODE_TIMED, "{\"ladder\":1,\"clock\":{\"preset\":"
                               "\"hard\"}}");
    w.keeps_log = 0;

    for (i = 0; i < 514; i++) {
        (void) add_lot(&w, 1 + i, 1);
    }

    world_start(&w);

    for (i = 0; i < 512 * ENGINE_LOT_BIDS; i++) {
        (void) bid_on(&w, auction_lots(w.a)[i / ENGINE_LOT_BIDS].id,
                      KIM + i % 2, 1 + i % ENGINE_LOT_BIDS);
        journal_clear(w.j);
    }

    for (i = 0; i < 3; i++) {
        c = command(&w, CMD_LOT_HAMMER, OWNER);
        c.lot_id = auction_lots(w.a)[i].id;
        (void) give(&w, &c);
    }

    journal_clear(w.j);
    was = auction_copy(w.a);

    c = command(&w, CMD_BID, KIM);
    c.lot_id = auction_lots(w.a)[513].id;
    c.amount = 5;
    good = decide(w.a, &c, w.now, ev, &r) == 1;

    for (n = 0, told = -1; told != 0 && n < 10000; n += 1 + n / 16) {
        left = n;
        told = evolve(&w.a, &ev[0], w.j);
        left = -1;
        journal_undo(w.j, &w.a);
        good &= same(was, w.a);
    }

    ok(good && told == 0 && w.a->nbids == ENGINE_MAX_BIDS,
       "as many bids as are remembered");
    free(was);
    world_close(&w);
}


/* A command whose events are each told without memory first; 0: it was
 * refused, or something went wrong. */

static int
at_each_fault(world_t *w, const command_t *c)
{
    game_t     g;
    event_t   *ev;
    uint32_t   i, n;

    ev = malloc(events_room(w->a, c) * sizeof(event_t));
    n = decide(w->a, c, w->now, ev, &w->r);
    memset(&g, 0, sizeof(g));

    for (i = 0; i < n; i++) {
        g.a = w->a;
        without_memory(&g, &ev[i]);

        if (evolve(&w->a, &ev[i], NULL) != 0) {
            w->broken = 1;
        }
    }

    free(ev);

    return n != 0 && !w->broken && wrong == NULL;
}


static int
maximum(world_t *w, int64_t who, int64_t amount)
{
    command_t  c;

    c = command(w, CMD_AUTO_BID, who);
    c.amount = amount;

    return at_each_fault(w, &c);
}


/* A promise that its team cannot pay any more when it is called on, one that
 * its leader lowers, and one that is beaten. */

static void
promises(void)
{
    int        good;
    world_t    w;
    command_t  c;

    (void) world_draft(&w, "{\"no_proxy\":false}");

    good = maximum(&w, KIM, 800) && maximum(&w, LEE, 900);

    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 101;
    c.amount = -1000;
    good = good && at_each_fault(&w, &c);

    c = command(&w, CMD_BID_VOID, OWNER);
    c.lot_id = auction_lots(w.a)[0].id;
    c.bid_id = auction_lots(w.a)[0].leader_bid;
    good = good && at_each_fault(&w, &c);

    ok(good, "a promise that cannot be paid");
    world_close(&w);

    (void) world_draft(&w, "{\"no_proxy\":false}");

    good = maximum(&w, KIM, 800) && maximum(&w, LEE, 900);

    c = command(&w, CMD_BID_VOID, OWNER);
    c.lot_id = auction_lots(w.a)[0].id;
    c.bid_id = auction_lots(w.a)[0].leader_bid;
    good = good && maximum(&w, KIM, 1000) && at_each_fault(&w, &c)
           && maximum(&w, KIM, 200);

    ok(good, "a promise that is lowered");
    world_close(&w);

    (void) world_draft(&w, "{\"no_proxy\":false}");

    good = maximum(&w, KIM, 800);
    c = command(&w, CMD_POINTS_GRANT, OWNER);
    c.team_id = 101;
    c.amount = -300;
    good = good && at_each_fault(&w, &c) && maximum(&w, LEE, 900);

    ok(good, "a promise that is beaten by more than it could pay");
    world_close(&w);
}


/* More sealed bids than are remembered. */

static void
sealed_bids(void)
{
    int        i, good;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"format\":\"sealed\"}");
    w.keeps_log = 0;
    (void) add_lot(&w, 1, 100);
    world_start(&w);
    good = host(&w, CMD_LOT_OPEN) == GAVEL_OK;

    for (i = 0; i < ENGINE_LOT_BIDS + 5; i++) {
        good &= bid(&w, 1000 + i, 100 + i) == GAVEL_OK;
    }

    good &= host(&w, CMD_LOT_HAMMER) == GAVEL_OK;

    c = command(&w, CMD_LOT_REVEAL, OWNER);
    good &= at_each_fault(&w, &c);

    ok(good && auction_lots(w.a)[0].nbids == ENGINE_LOT_BIDS,
       "more sealed bids than are remembered");
    world_close(&w);
}


/* Drafts in which hidden maxima may be beaten, voided and cut by purses. */

static void
draft_of_maxima(unsigned char *opening, uint64_t seed)
{
    uint64_t  mask;

    mask = UINT64_C(1) << 23;                    /* no_proxy: 0 */

    while (play_mix(seed, 23) % 2 != 0) {
        seed++;
    }

    memset(opening, 0, OPENING_LEN);
    opening[1] = 5;
    opening[2] = (unsigned char) (seed >> 8);
    opening[3] = 1;
    memcpy(opening + 4, &mask, 8);
    memcpy(opening + 12, &seed, 8);
}


int
main(int argc, char **argv)
{
    size_t         i, k;
    move_t         moves[200];
    int64_t        games, n;
    uint64_t       seed, v;
    const char    *bad;
    unsigned char  opening[OPENING_LEN];

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 240;

    printf("# seed %llu\n", (unsigned long long) seed);

    no_hash();
    no_memory_at_all();
    many_bids();
    all_bids();
    promises();
    sealed_bids();
    play_before = before;
    bad = NULL;

    for (games = 0; games < n && wrong == NULL && bad == NULL; games++) {

        for (i = 0; i < OPENING_LEN / 8; i++) {
            v = play_mix(seed, (uint64_t) games * 4 + i);

            if (i == 1) {
                v = (v << 32 | v >> 32) & play_mix(seed, ~(uint64_t) games);
            }

            memcpy(opening + 8 * i, &v, 8);
        }

        /* the mask of rules, formats by turns */

        opening[4] = (unsigned char) ((opening[4] & ~1) | (games & 1));

        if (games % 4 == 3) {
            draft_of_maxima(opening, seed + (uint64_t) games);
        }

        for (i = 0; i < 200; i++) {
            for (k = 0; k < MOVE_LEN; k += 8) {
                v = play_mix(seed + (uint64_t) games + 1, i * MOVE_LEN + k);
                memcpy(moves[i].b + k, &v, 8);
            }
        }

        bad = game_play(opening, moves, 200, 0);
    }

    ok(bad == NULL, "the games go well");
    ok(wrong == NULL, "what is not folded has changed nothing");

    if (wrong != NULL) {
        printf("# %s: %s\n", wrong, detail);
    }

    printf("# %lld times without memory, %lld lies, %lld of them believed\n",
           (long long) faults, (long long) lies, (long long) believed);

    return done_testing();
}
