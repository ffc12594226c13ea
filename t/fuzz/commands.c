/* needs: engine times play fuzz/run */

/*
 * commands: a game of t/play: an opening and moves, with all that must hold.
 */

#include "fuzz.h"
#include "play/play.h"


const char  fuzz_name[] = "commands";


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t          n;
    move_t         *moves;
    const char     *wrong;
    unsigned char   opening[OPENING_LEN];

    if (size < OPENING_LEN) {
        return 0;
    }

    memcpy(opening, data, OPENING_LEN);
    n = (size - OPENING_LEN) / MOVE_LEN;
    moves = malloc(n * sizeof(move_t) + 1);
    memcpy(moves, data + OPENING_LEN, n * sizeof(move_t));

    wrong = game_play(opening, moves, n, 0);

    if (wrong != NULL) {
        (void) game_play(opening, moves, n, 1);
        fflush(stdout);
    }

    free(moves);
    FUZZ_MUST(wrong == NULL, wrong);

    return 0;
}
