/*
 * play: whole auctions out of bytes.
 *
 * A game is an opening (mode, rules, the first lots and teams) and a list of
 * moves of MOVE_LEN bytes each.  A move names what it means by what is there
 * ("the second open lot, one step more than the least"), so that any bytes
 * are a game, a game of which moves were taken out still is one, and what was
 * found by chance, by a fuzzer or by hand can be played by all of them.
 *
 * After every command everything that must hold is asked (state.c, step.c),
 * in words of their own: they use nothing of the engine but its data.
 */

#ifndef GAVEL_PLAY_H
#define GAVEL_PLAY_H

#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

#define PLAY_OWNER     7
#define PLAY_STRANGER  99
#define PLAY_FIRST     11            /* the first of the bidders */
#define PLAY_BIDDERS   6
#define PLAY_TEAM      101           /* the first team */
#define PLAY_LOTS      40            /* no more are added by a move */
#define PLAY_TEAMS     8
#define PLAY_SECRET    70000000      /* sealed amounts are of this size */
#define PLAY_T0        INT64_C(1760000000000)

#define OPENING_LEN    24
#define MOVE_LEN       24

typedef struct { unsigned char b[MOVE_LEN]; } move_t;

/* What the log has told of a lot, beside what the state says. */
typedef struct {
    uint32_t   sales;                /* of its present round */
    uint32_t   sold_round;
    uint32_t   may_open;             /* once for each time it was queued */
    uint32_t   sale_known;           /* the purse before the last sale: */
    int64_t    sale_team, sale_held, sale_spent;
} lot_facts_t;

typedef struct {
    int64_t    id;
    int64_t    account[ACCOUNT_SPENT + 1];
} purse_facts_t;

typedef struct {
    lot_facts_t    lot[2 * PLAY_LOTS];
    purse_facts_t  purse[ENGINE_MAX_TEAMS];
    uint32_t       npurses;
} facts_t;

typedef struct {
    char           text[EVENT_TEXT_MAX], hidden[EVENT_PRIVATE_MAX];
    size_t         len, hidden_len;
    unsigned char  nonce[ENGINE_NONCE_LEN];
} line_t;

typedef struct {
    auction_t     *a;                /* decides, with a journal */
    auction_t     *shadow;           /* folds what is read from JSON */
    journal_t     *j;
    int64_t        now;
    facts_t        facts;

    line_t        *log;
    size_t         log_n, log_cap;

    auction_t     *mark;             /* when the journal was last cleared */
    facts_t        mark_facts;
    size_t         mark_log;

    event_t       *ev;
    uint32_t       ev_cap, n;
    command_t      c;                /* the last, and its answer */
    refusal_t      r;
    rules_t        rules;            /* of a command */
    int64_t        commands;

    const char    *wrong;            /* the first thing that did not hold */
    char           detail[200];
} game_t;

/* How often each event was told, and each command accepted and refused. */
extern uint32_t  play_told[EV_MAX], play_accepted[CMD_MAX],
                 play_refused[CMD_MAX];

/* Called before an event is folded, for tests that do worse with it. */
extern void (*play_before)(const game_t *g, const event_t *e);

/* rules.c */
uint64_t play_mix(uint64_t seed, uint64_t n);    /* chance, by number */
void rules_of(rules_t *r, uint32_t mode, uint64_t mask, uint64_t seed);
#define RULES_MEMBERS  51            /* bits of the mask that mean anything */

/* moves.c */
int move_means(game_t *g, const move_t *m, command_t *c);
                                     /* 0: a command, else as follows */
typedef enum { MOVE_COMMAND = 0, MOVE_COMMIT, MOVE_ROLLBACK } move_kind_t;

/* game.c */
void game_open(game_t *g, const unsigned char opening[OPENING_LEN]);
void game_give(game_t *g, const command_t *c);
void game_move(game_t *g, const move_t *m);
void game_check(game_t *g);          /* all of it, and a replay from zero */
void game_close(game_t *g);
void game_fails(game_t *g, const char *what, const char *detail, int64_t n);

/* state.c, step.c: what does not hold, or NULL */
const char *state_wrong(const auction_t *a, const facts_t *f);
const char *hidden_wrong(const auction_t *a, const char *text, size_t len);
const char *step_wrong(const auction_t *was, const auction_t *is,
    const event_t *e, facts_t *f);

/* shrink.c: plays a whole game; makes a failing one smaller; prints it. */
const char *game_play(const unsigned char *opening, const move_t *moves,
    size_t n, int print);
size_t game_shrink(unsigned char *opening, move_t *moves, size_t n,
    const char *wrong);

#endif
