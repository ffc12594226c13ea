/* needs: engine times play fuzz/run */

/*
 * snapshots: a stored state in which bytes were changed: 8 for the game that
 * it comes from, then places (3 bytes) and what stands there (1).  It is
 * refused, or it can be read, asked and played without harm.
 */

#include "fuzz.h"
#include "play/play.h"


const char  fuzz_name[] = "snapshots";

static void
play_on(auction_t **a)
{
    int          i;
    event_t     *ev;
    int64_t      now;
    uint32_t     n, k, type;
    command_t    c;
    refusal_t    r;
    journal_t   *j;

    j = journal_create();

    for (type = 1, i = 0; type < 2 * CMD_MAX; type++) {

        now = (*a)->ts > 0 ? (*a)->ts : PLAY_T0;
        memset(&c, 0, sizeof(c));

        if (type >= CMD_MAX) {
            if (auction_deadline(*a, &c) == 0) {
                break;
            }

            now = c.at > now ? c.at : now;

        } else {
            c.type = type;
            c.origin = ORIGIN_WS;
            c.actor = (*a)->owner;
            c.at = now;
            c.amount = 1000;
            c.base_price = c.reserve = c.buy_now = c.ceiling = -1;
            c.quantity = c.pot = c.starts_at = c.ends_at = -1;

            if (type == CMD_BID || type == CMD_AUTO_BID || type == CMD_FOLD) {
                c.actor = PLAY_FIRST + i++ % 3;
            }

            if ((*a)->nlots != 0) {
                c.lot_id = auction_lots(*a)[type % (*a)->nlots].id;
                c.round = auction_lots(*a)[type % (*a)->nlots].round;
            }

            if ((*a)->nteams != 0) {
                c.team_id = auction_teams(*a)[type % (*a)->nteams].id;
            }
        }

        ev = malloc(events_room(*a, &c) * sizeof(event_t));
        n = decide(*a, &c, now, ev, &r);

        for (k = 0; k < n && evolve(a, &ev[k], j) == 0; k++) {
            /* void */
        }

        free(ev);
    }

    journal_destroy(j);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char            *buf, *text;
    game_t           g;
    size_t           len, i, at;
    move_t           m;
    uint64_t         seed, v;
    auction_t       *a;
    unsigned char    opening[OPENING_LEN];

    if (size < 8) {
        return 0;
    }

    memcpy(&seed, data, 8);
    memset(opening, 0, OPENING_LEN);
    memcpy(opening, data, 8);
    opening[3] |= 1;                             /* it begins */
    game_open(&g, opening);

    for (i = 0; i < 24; i++) {
        for (at = 0; at < MOVE_LEN; at += 8) {
            v = play_mix(seed, i * MOVE_LEN + at);
            memcpy(m.b + at, &v, 8);
        }

        game_move(&g, &m);
    }

    FUZZ_MUST(g.wrong == NULL, g.wrong);

    len = state_save(g.a, NULL, 0);
    buf = malloc(len);
    (void) state_save(g.a, buf, len);
    game_close(&g);

    for (i = 8; i + 4 <= size; i += 4) {
        at = (size_t) (data[i] | data[i + 1] << 8 | data[i + 2] << 16);
        buf[at % len] = (char) data[i + 3];
    }

    a = state_load(buf, len);
    free(buf);

    if (a != NULL) {
        len = state_text(a, NULL, 0);
        text = malloc(len);
        (void) state_text(a, text, len);
        free(text);

        play_on(&a);
        free(a);
    }

    return 0;
}
