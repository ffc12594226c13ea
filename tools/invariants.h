/*
 * invariants: what must hold of every auction, said once more and in other
 * words than the engine's own checks.  Each looks at the state before and
 * after an event and at the event; none asks the engine for its opinion.
 */

#ifndef GAVEL_INVARIANTS_H
#define GAVEL_INVARIANTS_H

#include "engine/engine.h"

/* What is remembered of a lot. */
typedef struct {
    uint32_t      sold_round;    /* in which it was sold; 0: it is not */
    uint32_t      cycle;         /* in which it was opened, + 1; 0: not yet */
    uint32_t      rules;         /* version as it was opened */
    int64_t       team;          /* that got it */
    int64_t       budget, held, spent;   /* what that did to its purse */
} lot_book_t;

typedef struct {
    int64_t       roster, spent; /* by the sales, assignments and undos */
} team_book_t;

/* Memory from event to event; grows with the log's lots and request ids. */
typedef struct {
    lot_book_t   *lots;
    uint32_t      lots_cap;
    team_book_t   teams[ENGINE_MAX_TEAMS];
    uint64_t     *seen;          /* request ids: pairs of hashes */
    size_t        nseen, seen_cap;
    uint32_t      rolling;       /* lots with neither result nor rest */
} book_t;

/* One event.  lot_was and lot are of the event's lot, or NULL. */
typedef struct {
    const auction_t  *was, *is;
    const event_t    *e;
    const lot_t      *lot_was, *lot;
    const char       *text;      /* its public JSON */
    size_t            text_len;
    book_t           *book;
} step_t;

/* NULL: it holds; else what is wrong, static text. */
typedef const char *(*invariant_pt)(const step_t *s);

/* Numbers and names of the list of invariants (C.7).  Two that a replay as
 * a whole shows have no function: 3 (the same bytes) and 7 (legal). */
typedef struct {
    int           number;
    const char   *name;
    invariant_pt  check;
} invariant_t;

extern const invariant_t  invariants[];          /* up to number 0 */

/* Before the first event; releases. */
void book_open(book_t *b);
void book_close(book_t *b);

/* Makes room for the lots of s->is; -1: no memory. */
int book_room(book_t *b, const auction_t *is);

/* Takes what the event means into the book, when all has been checked. */
void book_note(const step_t *s);

/* The whole of a state at once: holds, rosters, clocks, the block.  Returns
 * the number of what does not hold and why, or 0. */
int state_holds(const auction_t *a, const book_t *b, const char **why);

/* bids */
const char *seq_is_next(const step_t *s);
const char *request_is_new(const step_t *s);
const char *amounts_rise(const step_t *s);
const char *best_bid_leads(const step_t *s);
const char *sold_once_and_fairly(const step_t *s);
const char *bid_in_time(const step_t *s);
const char *end_never_shrinks(const step_t *s);
const char *bids_stay(const step_t *s);
const char *sealed_stays_sealed(const step_t *s);

/* points */
const char *purses_sum_up(const step_t *s);
const char *entries_sum_to_zero(const step_t *s);
const char *hold_is_the_leaders(const step_t *s);
const char *outbid_gives_back(const step_t *s);
const char *roster_stays_affordable(const step_t *s);
const char *rosters_add_up(const step_t *s);
const char *one_team_each(const step_t *s);
const char *undo_gives_back(const step_t *s);

/* life */
const char *moves_as_drawn(const step_t *s);
const char *rules_stay(const step_t *s);
const char *one_on_the_block(const step_t *s);
const char *once_a_cycle(const step_t *s);
const char *pause_stops_time(const step_t *s);
const char *teams_can_fill(const step_t *s);

/* What its price holds of a team's points; 0 when nobody bids any more. */
int64_t lot_holds(const lot_t *lot, int64_t team);
int lot_rolls(const lot_t *lot);
uint32_t lot_index(const auction_t *a, const lot_t *lot);

#endif
