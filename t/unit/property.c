/* needs: engine times play */

/*
 * property: hundreds of thousands of random commands, in all modes and
 * formats, under random rules.  After every one the domain's invariants hold,
 * what was refused has changed nothing, and a shadow that only reads the
 * events' JSON is the same to the byte; see t/play.
 *
 *   property.t [SEED [COMMANDS]]
 *   property.t replay [FILE]        what a failure has printed
 */

#include <stdio.h>
#include <time.h>

#include "play/play.h"
#include "tap.h"


#define MOVES  640                   /* of one game, at most */

static move_t         moves[4 * MOVES];
static unsigned char  opening[OPENING_LEN];


/* Formats come by turns: the mask would choose the open one too often. */

static void
deal(uint64_t seed)
{
    size_t    i, k;
    uint64_t  v, mask;

    for (i = 0; i < MOVES; i++) {
        for (k = 0; k < MOVE_LEN; k += 8) {
            v = play_mix(seed, i * MOVE_LEN + k);
            memcpy(moves[i].b + k, &v, 8);
        }
    }

    mask = play_mix(seed, 1) & play_mix(seed, 2);
    mask |= play_mix(seed, 3) & play_mix(seed, 4) & play_mix(seed, 5);

    v = play_mix(seed, 6);
    memcpy(opening, &v, 4);
    memcpy(opening + 4, &mask, 8);
    v = play_mix(seed, 7);
    memcpy(opening + 12, &v, 8);
}


static int64_t
played(void)
{
    int64_t   n;
    uint32_t  i;

    for (i = 1, n = 0; i < CMD_MAX; i++) {
        n += play_accepted[i] + play_refused[i];
    }

    return n;
}


static const char *
one_game(uint64_t seed, uint32_t mode)
{
    size_t       n;
    const char  *wrong;

    deal(seed);
    opening[0] = (unsigned char) (mode - MODE_TEAM_DRAFT);
    n = MOVES / 4 + play_mix(seed, 8) % (MOVES * 3 / 4);

    wrong = game_play(opening, moves, n, 0);

    if (wrong != NULL) {
        printf("# %s, in game %llu: made smaller\n", wrong,
               (unsigned long long) seed);
        n = game_shrink(opening, moves, n, wrong);
        (void) game_play(opening, moves, n, 1);
    }

    return wrong;
}


static void
all_was_tried(void)
{
    uint32_t  i, never, unused;

    for (i = 1, never = 0; i < EV_MAX; i++) {
        printf("# %8u %s\n", play_told[i], event_name(i));
        never += play_told[i] == 0;
    }

    for (i = 1, unused = 0; i < CMD_MAX; i++) {
        printf("# command %2u: %8u accepted, %8u refused\n", i,
               play_accepted[i], play_refused[i]);
        unused += i != CMD_CREATE && (play_accepted[i] == 0
                                      || play_refused[i] == 0);
    }

    is_int(never, 0, "every event was told");
    is_int(unused, 0, "every command was accepted and was refused");
}


static int
hex_of(const char *text, unsigned char *p, size_t n)
{
    size_t    i;
    unsigned  v;

    for (i = 0; i < n; i++) {
        if (sscanf(text + 2 * i, "%2x", &v) != 1) {
            return 0;
        }

        p[i] = (unsigned char) v;
    }

    return 1;
}


static int
replay(const char *name)
{
    FILE         *f;
    char          line[8192];
    size_t        n;
    const char   *wrong;

    f = name != NULL ? fopen(name, "r") : stdin;
    n = 0;

    if (f == NULL || fgets(line, sizeof(line), f) == NULL
        || !hex_of(line, opening, OPENING_LEN))
    {
        printf("Bail out! no game\n");
        return 1;
    }

    while (n < sizeof(moves) / sizeof(moves[0])
           && fgets(line, sizeof(line), f) != NULL)
    {
        n += (size_t) (line[0] != '#' && hex_of(line, moves[n].b, MOVE_LEN));
    }

    wrong = game_play(opening, moves, n, 1);
    ok(wrong == NULL, "the game");

    return done_testing();
}


int
main(int argc, char **argv)
{
    int64_t      n, games;
    uint64_t     seed;
    uint32_t     mode;
    const char  *wrong;

    if (argc > 1 && strcmp(argv[1], "replay") == 0) {
        return replay(argv[2]);
    }

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 200000;

    printf("# seed %llu\n", (unsigned long long) seed);

    for (mode = MODE_TEAM_DRAFT; mode <= MODE_TIMED; mode++) {

        for (games = 0, wrong = NULL;
             wrong == NULL
             && played() * 3 < n * (int64_t) (mode - MODE_TEAM_DRAFT + 1);
             games++)
        {
            wrong = one_game(play_mix(seed, (uint64_t) games * 4 + mode),
                             mode);
        }

        ok(wrong == NULL, auction_mode_name(mode));
        printf("# %lld auctions\n", (long long) games);
    }

    printf("# %lld commands\n", (long long) played());

    if (n >= 100000) {
        all_was_tried();
    }

    return done_testing();
}
