/*
 * shrink: plays a game whole, and makes one that fails smaller: moves are
 * taken out, halves first, then the rules are made plain, for as long as the
 * same thing goes wrong.
 */

#include <stdio.h>

#include "play/play.h"


static void
print_hex(const unsigned char *p, size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        printf("%02x", p[i]);
    }
}


static void
print_opening(const game_t *g, const unsigned char *opening)
{
    char    text[4096];
    size_t  n;

    n = rules_text(&g->a->rules, text, sizeof(text));

    print_hex(opening, OPENING_LEN);
    printf(" # %s, %u lots, %u teams, %s, %.*s\n",
           auction_mode_name(g->a->mode), g->a->nlots, g->a->nteams,
           auction_status_name(g->a->status), (int) n, text);
}


static void
print_move(const game_t *g, const move_t *m, size_t log_n)
{
    size_t            i;
    const command_t  *c;

    print_hex(m->b, MOVE_LEN);
    c = &g->c;

    if (g->n == 0 && log_n >= g->log_n && m->b[0] >= 232) {
        printf(" # %s\n", m->b[0] >= 250 ? "not committed" : "committed");
        return;
    }

    printf(" # +%lld ms command %d by %lld on lot %lld round %lld team %lld"
           " user %lld amount %lld ms %lld: %s %d\n",
           (long long) (g->now - PLAY_T0), (int) c->type,
           (long long) c->actor, (long long) (c->lot_id & 4194303),
           (long long) c->round, (long long) c->team_id,
           (long long) c->user_id, (long long) c->amount,
           (long long) c->ms, g->n == 0 ? "refused" : "accepted",
           (int) g->r.code);

    for (i = log_n; i < g->log_n; i++) {
        printf("#     %.*s %.*s\n", (int) g->log[i].len, g->log[i].text,
               (int) g->log[i].hidden_len, g->log[i].hidden);
    }
}


const char *
game_play(const unsigned char *opening, const move_t *moves, size_t n,
    int print)
{
    size_t       i, log_n;
    game_t       g;
    const char  *wrong;

    game_open(&g, opening);

    if (print) {
        print_opening(&g, opening);
    }

    for (i = 0; i < n && g.wrong == NULL
         && g.a->status < AUCTION_SETTLED; i++)
    {
        log_n = g.log_n;
        game_move(&g, &moves[i]);

        if (print) {
            print_move(&g, &moves[i], log_n);
        }
    }

    if (g.wrong == NULL) {
        game_check(&g);
    }

    wrong = g.wrong;

    if (print) {
        printf("# %s (%s)\n", wrong != NULL ? wrong : "all is well",
               g.detail);
    }

    game_close(&g);

    return wrong;
}


static int
fails_so(const unsigned char *opening, const move_t *moves, size_t n,
    const char *wrong)
{
    const char  *now;

    now = game_play(opening, moves, n, 0);

    return now != NULL && strcmp(now, wrong) == 0;
}


/* Without `len` moves from `at` on. */

static int
without(const unsigned char *opening, move_t *moves, size_t n, size_t at,
    size_t len, const char *wrong)
{
    int      less;
    move_t  *some;

    some = malloc(n * sizeof(move_t) + 1);
    memcpy(some, moves, at * sizeof(move_t));
    memcpy(some + at, moves + at + len, (n - at - len) * sizeof(move_t));

    less = fails_so(opening, some, n - len, wrong);

    if (less) {
        memcpy(moves, some, (n - len) * sizeof(move_t));
    }

    free(some);

    return less;
}


/* Returns how many moves are left of n. */

size_t
game_shrink(unsigned char *opening, move_t *moves, size_t n,
    const char *wrong)
{
    size_t         len, at, bit;
    unsigned char  plain[OPENING_LEN];

    for (len = n / 2; len > 0; len /= 2) {

        for (at = 0; at + len <= n; /* void */ ) {

            if (without(opening, moves, n, at, len, wrong)) {
                n -= len;

            } else {
                at += len;
            }
        }
    }

    for (bit = 0; bit < RULES_MEMBERS; bit++) {

        memcpy(plain, opening, OPENING_LEN);
        plain[4 + bit / 8] &= (unsigned char) ~(1u << bit % 8);

        if (fails_so(plain, moves, n, wrong)) {
            memcpy(opening, plain, OPENING_LEN);
        }
    }

    return n;
}
