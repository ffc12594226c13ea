/* needs: engine times play fuzz/run */

/*
 * events: what a stranger could put into a log.  Either JSON, public and
 * private with a zero between them, or (with a first byte above 127) events
 * of a game in which fields were changed.  What is parsed is written as the
 * same; what does not evolve has changed nothing; what does can be undone.
 */

#include "fuzz.h"
#include "play/play.h"


const char  fuzz_name[] = "events";

/* From lot_id to until they are all of 64 bits. */
#define FIELDS_OF_EVENT                                                       \
    ((offsetof(event_t, until) - offsetof(event_t, lot_id)) / 8 + 1)


static game_t *
some_game(const uint8_t *data)
{
    size_t           i, k;
    move_t           m;
    uint64_t         v;
    unsigned char    opening[OPENING_LEN];
    static game_t    g;

    memset(opening, 0, OPENING_LEN);
    memcpy(opening, data, 8);
    opening[3] |= 1;
    memcpy(&v, data, 8);
    game_open(&g, opening);

    for (i = 0; i < 8 + data[8] % 16u; i++) {
        for (k = 0; k < MOVE_LEN; k += 8) {
            v = play_mix(v, i + k);
            memcpy(m.b + k, &v, 8);
        }

        m.b[0] %= 232;
        game_move(&g, &m);
    }

    return &g;
}


static void
tell(game_t *g, const event_t *e)
{
    int         told;
    auction_t  *was;
    journal_t  *j;

    j = journal_create();
    was = auction_copy(g->a);
    told = evolve(&g->a, e, j);
    journal_undo(j, &g->a);

    FUZZ_MUST(g->a->size == was->size && memcmp(g->a, was, was->size) == 0,
              "not as it was");

    FUZZ_MUST(evolve(&g->shadow, e, NULL) == told,
              "a journal makes a difference");
    FUZZ_MUST(told == 0
              || (g->shadow->size == was->size
                  && memcmp(g->shadow, was, was->size) == 0),
              "what was refused has changed something");

    free(was);
    journal_destroy(j);
}


static int
through_json(event_t *e, const char *pub, size_t pub_len, const char *priv,
    size_t priv_len)
{
    char      text[EVENT_TEXT_MAX], hidden[EVENT_PRIVATE_MAX];
    size_t    n, m;
    event_t   again;
    int64_t   id;

    if (event_parse(e, &id, pub, pub_len, priv, priv_len) != 0) {
        return 0;
    }

    n = event_public(e, id, text, sizeof(text));
    m = event_private(e, hidden, sizeof(hidden));

    if (n == 0) {
        return 0;                                /* longer than we write */
    }

    FUZZ_MUST(event_parse(&again, &id, text, n, hidden, m) == 0,
              "what was written is not read");
    FUZZ_MUST(event_public(&again, id, hidden, 0) == 0,
              "written into nothing");

    return 1;
}


/* Fields take values of each other, or ones that are near or far. */

static void
change(event_t *e, const uint8_t *b)
{
    int64_t  *field, v;

    field = (int64_t *) (void *) &e->lot_id;
    v = field[b[1] % FIELDS_OF_EVENT];

    switch (b[2] % 6) {
    case 0:  v += 1; break;
    case 1:  v -= 1; break;
    case 2:  v = b[3]; break;
    case 3:  v = ENGINE_MAX_AMOUNT - b[3]; break;
    case 4:  v = -v; break;
    }

    field[b[0] % FIELDS_OF_EVENT] = v;

    if (b[3] == 7) {
        e->how = b[2] % (HOW_BROKE + 1);
    }

    if (b[3] == 9) {
        e->type = 1 + b[2] % (EV_MAX - 1);
    }
}


static void
changed(const uint8_t *data, size_t size)
{
    char       text[EVENT_TEXT_MAX], hidden[EVENT_PRIVATE_MAX];
    game_t    *g;
    size_t     n, m, i;
    event_t   *ev, e;
    uint32_t   k;
    command_t  c;
    refusal_t  r;
    move_t     move;

    g = some_game(data);
    memset(&move, 0, sizeof(move));
    memcpy(move.b, data + 9, size - 9 < MOVE_LEN ? size - 9 : MOVE_LEN);
    move.b[0] %= 232;
    (void) move_means(g, &move, &c);

    ev = malloc((events_room(g->a, &c) + 1) * sizeof(event_t));
    memset(ev, 0, sizeof(event_t));
    k = decide(g->a, &c, g->now, ev, &r);
    ev[0].type = k == 0 ? EV_LOT_OPENED : ev[0].type;
    ev[0].epoch = g->a->epoch;
    ev[0].seq = g->a->seq + 1;
    ev[0].ts = g->now;

    for (i = 9 + MOVE_LEN; i + 4 <= size; i += 4) {
        change(&ev[0], data + i);
    }

    n = event_public(&ev[0], 5, text, sizeof(text));
    m = event_private(&ev[0], hidden, sizeof(hidden));

    if (n != 0 && through_json(&e, text, n, hidden, m)) {
        tell(g, &e);
    }

    free(ev);
    game_close(g);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    game_t         *g;
    size_t          n;
    event_t         e;
    const uint8_t  *zero;

    if (size > 33 && data[0] > 127) {
        changed(data, size);
        return 0;
    }

    zero = memchr(data, 0, size);
    n = zero != NULL ? (size_t) (zero - data) : size;

    if (through_json(&e, (const char *) data, n,
                     zero != NULL ? (const char *) zero + 1 : "",
                     zero != NULL ? size - n - 1 : 0))
    {
        g = some_game((const uint8_t *) "\0\3\2\1\0\0\0\0\5");
        tell(g, &e);
        game_close(g);
    }

    return 0;
}
