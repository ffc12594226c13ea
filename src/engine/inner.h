/*
 * inner: what the engine's files share with each other and with nobody else.
 */

#ifndef GAVEL_ENGINE_INNER_H
#define GAVEL_ENGINE_INNER_H

#include "engine/engine.h"
#include "engine/json.h"

#define DAY_MS           INT64_C(86400000)
#define MAX_DURATION_MS  (366 * DAY_MS)
#define MAX_TIME_MS      INT64_C(253402300799999)    /* the year 9999 */
#define MAX_SLOTS        1000
#define NO_CLOCK         INT64_MAX   /* time left when it does not matter */

#define ACCEPT           ((refusal_t) { GAVEL_OK, -1, -1, NULL })
#define REFUSE(code)     ((refusal_t) { GAVEL_##code, -1, -1, NULL })
#define REFUSE_WITH(code, text)                                               \
    ((refusal_t) { GAVEL_##code, -1, -1, text })
#define REFUSE_MIN(code, n)  ((refusal_t) { GAVEL_##code, n, -1, NULL })
#define REFUSE_MAX(code, n)  ((refusal_t) { GAVEL_##code, -1, n, NULL })

/* A decision in the making: the events written so far. */
typedef struct {
    const auction_t  *a;
    const command_t  *c;
    int64_t           now;           /* not before the log's last ts */
    event_t          *ev;
    uint32_t          n;
} decision_t;

typedef refusal_t (*decider_pt)(decision_t *d);

/* The next event of this decision: seq, epoch, ts filled in, the rest 0. */
event_t *decision_event(decision_t *d, event_type_t type);

/* The id that an entity born in event `seq` gets. */
int64_t born_id(const auction_t *a, int64_t seq);

/* lifecycle.c */
refusal_t decide_create(decision_t *d);
refusal_t decide_update(decision_t *d);
refusal_t decide_publish(decision_t *d);
refusal_t decide_unpublish(decision_t *d);
refusal_t decide_lobby(decision_t *d);
refusal_t decide_start(decision_t *d);
refusal_t decide_pause(decision_t *d);
refusal_t decide_resume(decision_t *d);
refusal_t decide_end(decision_t *d);
refusal_t decide_cancel(decision_t *d);
refusal_t decide_abort(decision_t *d);
refusal_t decide_new_epoch(decision_t *d);
refusal_t decide_settle(decision_t *d);
int64_t ending_until(const auction_t *a);        /* of the soft end */
int64_t settled_at(const auction_t *a);          /* without the offers */

/* ready.c */
refusal_t auction_ready(const auction_t *a);

/* lots.c */
refusal_t decide_lot_add(decision_t *d);
refusal_t decide_lot_change(decision_t *d);
refusal_t decide_lot_move(decision_t *d);
refusal_t decide_lot_withdraw(decision_t *d);
refusal_t decide_lot_open(decision_t *d);
refusal_t decide_lot_extend(decision_t *d);
refusal_t decide_lot_hold(decision_t *d);
refusal_t decide_lot_resume(decision_t *d);
refusal_t decide_recover(decision_t *d);
int player_taken(const auction_t *a, int64_t item_id);
int player_elsewhere(const auction_t *a, const lot_t *lot);
int64_t lot_duration(const auction_t *a, const lot_t *lot);
int64_t lot_first_price(const auction_t *a, const lot_t *lot);
void lot_opens(decision_t *d, const lot_t *lot, int64_t ends_at);
void auction_ends(decision_t *d);
void end_if_last(decision_t *d, const lot_t *gone);
void end_if_empty(decision_t *d);
int64_t amount_added(int64_t sum, int64_t v);    /* at most the largest */
int auction_sums(const auction_t *a, event_t *e);      /* 0: not all done */
lot_t *lot_named(const decision_t *d);           /* or on the block; NULL */
refusal_t no_such_lot(const decision_t *d);      /* then */

/* close.c */
refusal_t decide_lot_close(decision_t *d);
refusal_t decide_lot_hammer(decision_t *d);
refusal_t decide_lot_accept(decision_t *d);
int clock_speaks(const command_t *c);
int reserve_met(const lot_t *lot);
int64_t reserve_until(const auction_t *a, int64_t now);
int units_left(const auction_t *a, const lot_t *lot);
int64_t lot_due(const auction_t *a, const lot_t *lot, command_type_t *what);
void lot_shift(lot_t *lot, int64_t ms);
uint32_t lot_result(const lot_t *lot);           /* a status */

/* Events of a result.  `as` is the lot as it stands after what the decision
 * has told so far.  With HOW_END nothing follows from it, else the next unit
 * or the end of the auction may. */
void lot_sells(decision_t *d, const lot_t *lot, const lot_t *as, how_t how);
void lot_passes(decision_t *d, const lot_t *lot, how_t how);
void lot_falls(decision_t *d, const lot_t *lot, const lot_t *as, how_t how);
void lot_closes(decision_t *d, const lot_t *lot, how_t how);
uint32_t lot_closes_room(const auction_t *a, const lot_t *lot);

/* Whether lot.sold, lot.unsold, lot.reserve_not_met may be told now. */
int may_sell(const auction_t *a, const lot_t *lot, const event_t *e);
int may_pass(const auction_t *a, const lot_t *lot, const event_t *e);
int may_wait_for_host(const auction_t *a, const lot_t *lot,
    const event_t *e);

/* sealed.c: a submission is of a team, or (t is NULL) of a bidder. */
int format_sealed(const auction_t *a);           /* Vickrey, too */
int64_t sealed_floor(const lot_t *lot);
refusal_t sealed_check(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder, int64_t amount);
refusal_t sealed_bid(decision_t *d, const lot_t *lot, const team_t *team,
    int64_t bidder);
void sealed_locks(decision_t *d, const lot_t *lot);
void sealed_reveals(decision_t *d, const lot_t *lot, how_t how);
refusal_t decide_lot_reveal(decision_t *d);
bid_t *sealed_of(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t bidder);
uint32_t sealed_count(const auction_t *a, const lot_t *lot);
uint32_t sealed_count_with(const auction_t *a, const lot_t *lot,
    const team_t *t, int64_t bidder);
bid_t *sealed_next(const auction_t *a, const lot_t *lot, uint32_t *n);
int64_t sealed_price(const auction_t *a, const lot_t *lot, int64_t best,
    int64_t second);
uint32_t sealed_tied(const auction_t *a, const lot_t *lot);  /* 0: no re-bid */
int sealed_forget(auction_t *a, lot_t *lot, journal_t *j);
int sealed_is_tied(const bid_t *bid, const bid_t *best);

/* dutch.c */
int64_t dutch_price(const auction_t *a, const lot_t *lot, int64_t at);
int64_t dutch_least(const lot_t *lot);
int dutch_fits(const auction_t *a, const lot_t *lot, int64_t base_price);
int dutch_ready(const auction_t *a, const lot_t *lot);
refusal_t dutch_bid(decision_t *d, const lot_t *lot, const team_t *team,
    int64_t bidder);

/* offer.c */
refusal_t decide_lot_offer(decision_t *d);
refusal_t decide_offer_answer(decision_t *d);
refusal_t decide_offer_close(decision_t *d);
int may_offer(const auction_t *a, const lot_t *lot, const bid_t *bid);
int64_t offer_price(const auction_t *a, const lot_t *lot, const bid_t *bid);
int64_t offer_until(const auction_t *a, int64_t now);
int64_t offer_supersedes(const lot_t *lot);
void offer_drop(lot_t *lot);

/* hands.c */
refusal_t decide_lot_pass(decision_t *d);
refusal_t decide_lot_ask(decision_t *d);
refusal_t decide_lot_warn(decision_t *d);
refusal_t decide_lot_closing(decision_t *d);
refusal_t decide_lot_requeue(decision_t *d);
refusal_t decide_lot_reopen(decision_t *d);
int64_t lot_closing_at(const auction_t *a, const lot_t *lot);

/* The lot whose hammer may be taken back, as soon as the auction is
 * not paused; 0: none. */
int64_t lot_undoable(const auction_t *a);
int base_fits(const lot_t *lot, int64_t base);

/* teams.c */
refusal_t decide_team_add(decision_t *d);
refusal_t decide_team_leader(decision_t *d);
refusal_t decide_team_suspend(decision_t *d);
refusal_t decide_team_remove(decision_t *d);
refusal_t decide_points_grant(decision_t *d);

/* bid.c */

/* What somebody offers for a lot. */
typedef struct {
    int64_t           bidder;
    const team_t     *team;          /* NULL: none */
    how_t             how;           /* HOW_MAX: a maximum */
    int64_t           value;
    int64_t           at;            /* ms, stamp */
} challenge_t;

refusal_t decide_bid(decision_t *d);
refusal_t decide_buy_now(decision_t *d);
refusal_t decide_bid_behalf(decision_t *d);
refusal_t bidder_check(const auction_t *a, const lot_t *lot,
    const team_t *team, const command_t *c);
refusal_t purse_check(const auction_t *a, const team_t *team,
    const lot_t *lot, int64_t amount);
refusal_t bid_check(const auction_t *a, const lot_t *lot,
    const challenge_t *ch);
refusal_t amount_check(const auction_t *a, const lot_t *lot,
    const challenge_t *ch, int64_t least);
refusal_t bid_places(decision_t *d, const lot_t *lot, const challenge_t *ch);
refusal_t bid_bought(decision_t *d, const lot_t *lot, const challenge_t *ch);
lot_t *lot_meant(const auction_t *a, const command_t *c);
int lot_leads(const lot_t *lot, int64_t bidder, const team_t *team);
int64_t lot_cap(const auction_t *a, const lot_t *lot);       /* 0: none */
int64_t lot_least(const auction_t *a, const lot_t *lot, int64_t at);
int lot_reserve_met(const lot_t *lot, int64_t price);

/* bot.c: when the next bot bids; 0: none wants to */
int64_t bot_due(const auction_t *a);
int64_t bot_at(const auction_t *a);
int bot_sound(const auction_t *a, const team_t *t, const event_t *e);
refusal_t decide_bot(decision_t *d);

/* proxy.c: the leader's maximum against who challenges it. */
typedef struct {
    int               outbid;        /* the leader stays */
    int64_t           exhausted;     /* told first: his maximum; 0: not */
    int64_t           amount;        /* of the challenger, as it is told */
    int64_t           price;         /* of the lot then */
} duel_t;

refusal_t decide_auto_bid(decision_t *d);
refusal_t decide_auto_bid_cancel(decision_t *d);
void duel(const auction_t *a, const lot_t *lot, const challenge_t *ch,
    duel_t *out);
int64_t leader_most(const auction_t *a, const lot_t *lot);
int64_t reaction_due(const auction_t *a, const lot_t *lot);
void reaction(decision_t *d, lot_t *after, int64_t bidder, int64_t team,
    int64_t price, const bid_t *pre);
refusal_t maximum_check(const auction_t *a, const lot_t *lot,
    const challenge_t *ch);
refusal_t pre_bid_check(const auction_t *a, const lot_t *lot,
    const challenge_t *ch);
int64_t pre_bid_value(const lot_t *lot, int64_t max);
bid_t *pre_bid_of(const auction_t *a, const lot_t *lot, int64_t bidder,
    int64_t team);
bid_t *pre_bid_best(const auction_t *a, const lot_t *lot, int64_t but,
    int64_t but_team);
bid_t *pre_bid_reacts(const auction_t *a, const lot_t *lot, int64_t *price);
int pre_bids_drop(auction_t *a, lot_t *lot, journal_t *j);
uint32_t prebids_room(const auction_t *a);
void prebids_resolve(decision_t *d, const lot_t *lot);       /* opened */

/* What these events make of a lot, but for its list of bids. */
void lot_begins(lot_t *lot);
void lot_gets_maximum(const auction_t *a, lot_t *lot, int64_t max);
void lot_gets_bid(lot_t *lot, const event_t *e);
void lot_gets_reaction(const auction_t *a, lot_t *lot, const event_t *e,
    const bid_t *pre);

/* void.c: what is left when a bid is taken away. */
typedef struct {
    const bid_t      *top;           /* leads then; NULL: nobody */
    int64_t           price;
    int64_t           count;         /* bids of the round */
    int64_t           first, last;   /* of several that go; 0: only one */
} standing_t;

refusal_t decide_bid_retract(decision_t *d);
refusal_t decide_bid_void(decision_t *d);
refusal_t void_check(const auction_t *a, const lot_t *lot, const bid_t *bid,
    standing_t *s);
refusal_t retract_check(const auction_t *a, const lot_t *lot,
    const bid_t *bid, int64_t at);
void lot_loses_bid(lot_t *lot, const event_t *e, const bid_t *top);
int promises_cut(auction_t *a, lot_t *lot, journal_t *j);
int leader_beaten(auction_t *a, lot_t *lot, int64_t shown, journal_t *j);
int promises_lowered(auction_t *a, lot_t *lot, int64_t max, journal_t *j);

/* state.c */
lot_t *lot_on_block(const auction_t *a);         /* NULL: empty */
int lot_on_roll(const lot_t *lot);               /* opened, no result yet */
int block_is_taken(const auction_t *a);          /* any lot on roll */
int auction_over(const auction_t *a);
int auction_prepares(const auction_t *a);        /* draft, scheduled, lobby */
lot_t *lot_next_in_queue(const auction_t *a);
uint32_t queue_length(const auction_t *a);
void queue_place(auction_t *a, lot_t *lot, uint32_t nth);   /* 1: next */
uint32_t *lots_by_position(const auction_t *a);  /* static */
int state_grow(auction_t **a, uint32_t lots, uint32_t teams, uint32_t bids);

/*
 * bids.c: remembered bids of a lot.  Without a journal nothing may fail after
 * the first change: bids_room() comes before pointers are taken (the block
 * may move), bid_take() behind it fails only as its comment says.  The
 * caller keeps the lot (journal_keep) before any of these.
 */
int bids_left(const auction_t *a);               /* a record can be had */
int bids_room(auction_t **a, journal_t *j);      /* -1: no memory */
bid_t *bid_take(auction_t *a, lot_t *lot, int64_t id, journal_t *j);
int bid_drop(auction_t *a, lot_t *lot, bid_t *bid, journal_t *j);
int bids_forget(auction_t *a, lot_t *lot, journal_t *j);
bid_t *bid_find(const auction_t *a, const lot_t *lot, int64_t bid_id);
bid_t *bid_of(const auction_t *a, const lot_t *lot, int64_t bidder,
    int64_t team);
bid_t *bid_newest(const auction_t *a, const lot_t *lot);     /* or NULL */
bid_t *bid_before(const auction_t *a, const bid_t *bid);     /* or NULL */

/* terms.c */
void terms_from_command(event_t *e, const command_t *c, const lot_t *lot);
const char *terms_wrong(const auction_t *a, const event_t *e);
void terms_to_lot(lot_t *lot, const event_t *e);

/* ladder.c */
int64_t ladder_step(const ladder_t *l, int64_t price);
int64_t ladder_next(const rules_t *r, int64_t price,   /* not capped */
    int64_t left);                               /* ms; NO_CLOCK: no matter */
int ladder_on_grid(const ladder_t *l, int64_t amount);
int ladder_preset(ladder_t *l, const char *name, size_t len);
int ladder_valid(const ladder_t *l);

/* clock.c: the step when so little time is left; what a bid at `at` makes of
 * the lot's end. */
int64_t clock_raise(const clock_rules_t *r, int64_t step, int64_t left);
int64_t clock_hard_end(const clock_rules_t *r, int64_t now, int64_t ends_at);
void clock_after_bid(const clock_rules_t *r, const lot_t *lot, int64_t at,
    int64_t *ends_at, uint32_t *extensions);
int64_t clock_later(int64_t at, int64_t ms);     /* but not beyond all time */

/* budget.c: the most a team may hold for this lot, its roster aside. */
int purse_holds(const auction_t *a, const team_t *t, int64_t more);
int64_t purse_for(const auction_t *a, const team_t *t, const lot_t *lot);
int64_t purse_limit(const auction_t *a, const team_t *t, const lot_t *lot);
int64_t purse_reserve(const auction_t *a, const team_t *t);
int64_t slots_required(const auction_t *a, const team_t *t);
int64_t lot_cost(const lot_t *lot);              /* 0 in a reverse round */
int64_t lot_bonus(const lot_t *lot);             /* what it pays then */
int sale_may_undo(const auction_t *a, const team_t *t, const lot_t *lot,
    int reopens);
int roster_full(const team_t *t, const lot_t *lot);
int role_full(const auction_t *a, const team_t *t, const lot_t *lot);

/* A role is a quota's index + 1; 0: none.  The same as above for one more
 * lot of this role. */
uint32_t role_of(const auction_t *a, const lot_t *lot);
void roles_recount(auction_t *a);
void role_count(const auction_t *a, team_t *t, const lot_t *lot, int n);
int64_t purse_limit_role(const auction_t *a, const team_t *t, uint32_t role);
int role_full_of(const auction_t *a, const team_t *t, uint32_t role);

/* fold.c */
refusal_t decide_fold(decision_t *d);
int has_folded(const auction_t *a, const lot_t *lot, const team_t *t);
int lot_has_rivals(const auction_t *a, const lot_t *lot);

/* advance.c */
refusal_t decide_advance(decision_t *d);
refusal_t advances(decision_t *d);               /* the clock or the host */
int64_t advance_at(const auction_t *a);          /* ms; 0: never */
int more_to_come(const auction_t *a, const lot_t *gone, int unsold);
int queue_holds(const auction_t *a, const uint8_t *taken);
uint32_t cycle_lots(const auction_t *a, const uint8_t *taken);
int64_t cycle_base(const auction_t *a, const lot_t *lot);
int64_t cycle_bonus(const auction_t *a);

/* draft.c: the least prices of lots to come, by role; -1: none of it. */
typedef struct {
    int64_t  least[ENGINE_QUOTAS + 1];
    int      last;                   /* none of them comes again */
} asks_t;

refusal_t decide_lot_assign(decision_t *d);
void lot_goes_to(decision_t *d, const lot_t *lot, const team_t *t,
    int64_t price, how_t how);
refusal_t assign_check(const auction_t *a, const lot_t *lot, const team_t *t,
    int64_t price);
int team_has_room(const team_t *t);
int anyone_has_room(const auction_t *a, const team_t *teams);
void asks_of(const auction_t *a, const uint8_t *taken, asks_t *asks);
int team_can_bid(const auction_t *a, const team_t *t, const asks_t *asks);
int everyone_broke(const auction_t *a, const team_t *teams,
    const asks_t *asks);
lot_t *deal_next(const auction_t *a, const team_t *teams,
    const uint8_t *taken, const team_t **to);
uint32_t deals_room(const auction_t *a);
uint32_t bonuses_paid(const auction_t *a);
int bonus_is_due(const auction_t *a);
int bonus_follows(const auction_t *a, const event_t *e, const team_t *t);

/* draw.c */
int draw_needed(const rules_t *r);
void draw_commits(decision_t *d);
void draw_reveals(decision_t *d);
void draw_forget(auction_t *a);
uint32_t *draw_of(const auction_t *a, const unsigned char *seed,
    const unsigned char *beacon, uint32_t *seat);      /* static */

/* nominate.c */
refusal_t decide_team_move(decision_t *d);
refusal_t decide_nominate(decision_t *d);
uint32_t turn_next(const auction_t *a, const team_t *teams,
    const asks_t *asks, uint32_t *team);
int turn_stands(const auction_t *a);
void turn_back(auction_t *a);
void turn_gains(decision_t *d, int64_t ms);
uint32_t teams_present(const auction_t *a);
uint32_t team_at_seat(const auction_t *a, uint32_t seat);    /* index */

/* hash.c: SHA-256. */
void digest_of(const void *p, size_t len, unsigned char out[ENGINE_HASH_LEN]);

/* rules.c, rules_json.c */
int rules_valid(const rules_t *r, uint32_t mode, const char **what);
void rules_copy(rules_t *to, const rules_t *from);     /* padding stays 0 */
void rules_write(json_out_t *out, const rules_t *r);
int rules_read(json_in_t *in, rules_t *r, const char **what);

/* names.c: words of enums; 0 or NULL when there is none. */
const char *clock_preset_name(uint32_t preset);
uint32_t clock_preset(const char *name, size_t len);
const char *origin_name(uint32_t origin);
uint32_t origin_of(const char *name, size_t len);
const char *how_name(uint32_t how);
uint32_t how_of(const char *name, size_t len);

/* journal.c: keeps bytes of *a that are about to change; -1: no memory. */
int journal_keep(journal_t *j, const auction_t *a, const void *p, size_t len);
int journal_keep_all(journal_t *j, const auction_t *a);
size_t journal_mark(const journal_t *j);
void journal_rewind(journal_t *j, auction_t **a, size_t mark);

/* evolve_lots.c: one event type each; *a is kept in j before it is written. */
typedef int (*evolver_pt)(auction_t **a, const event_t *e, journal_t *j);

int evolve_lot_queued(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_changed(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_moved(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_withdrawn(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_opened(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_timer(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_frozen(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_resumed(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_sold(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_unsold(auction_t **a, const event_t *e, journal_t *j);

/* evolve_hands.c */
int evolve_lot_asked(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_warned(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_closing(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_requeued(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_reopened(auction_t **a, const event_t *e, journal_t *j);
int evolve_auction_settled(auction_t **a, const event_t *e, journal_t *j);

/* evolve_sealed.c */
int evolve_sealed_submitted(auction_t **a, const event_t *e, journal_t *j);
int evolve_sealed_locked(auction_t **a, const event_t *e, journal_t *j);
int evolve_sealed_revealed(auction_t **a, const event_t *e, journal_t *j);
int evolve_sealed_rebid(auction_t **a, const event_t *e, journal_t *j);
int evolve_dutch_bid(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_reserve_not_met(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_offered(auction_t **a, const event_t *e, journal_t *j);
int evolve_offer_closed(auction_t **a, const event_t *e, journal_t *j);
int evolve_offer_taken(auction_t **a, const event_t *e, journal_t *j);

/* evolve_bids.c */
int evolve_bid_accepted(auction_t **a, const event_t *e, journal_t *j);
int evolve_team_joined(auction_t **a, const event_t *e, journal_t *j);
int evolve_team_leader(auction_t **a, const event_t *e, journal_t *j);
int evolve_team_suspended(auction_t **a, const event_t *e, journal_t *j);
int evolve_team_left(auction_t **a, const event_t *e, journal_t *j);
int evolve_points_granted(auction_t **a, const event_t *e, journal_t *j);

/* evolve_draft.c */
int evolve_lot_folded(auction_t **a, const event_t *e, journal_t *j);
int evolve_lot_assigned(auction_t **a, const event_t *e, journal_t *j);
int evolve_turn_started(auction_t **a, const event_t *e, journal_t *j);
int evolve_cycle_started(auction_t **a, const event_t *e, journal_t *j);
int evolve_team_moved(auction_t **a, const event_t *e, journal_t *j);
int evolve_draw_committed(auction_t **a, const event_t *e, journal_t *j);
int evolve_draw_revealed(auction_t **a, const event_t *e, journal_t *j);

/* Gives the leader's hold on this lot back, or takes one at its price; makes
 * a sale or an assignment of it, or unmakes that. */
void hold_release(auction_t *a, const lot_t *lot);
void sale_take(auction_t *a, team_t *t, const lot_t *lot);
void sale_undo(auction_t *a, team_t *t, const lot_t *lot);
int hold_keep(auction_t *a, const lot_t *lot, journal_t *j);
void hold_take(auction_t *a, team_t *t, const lot_t *lot);

/* evolve_proxy.c */
int evolve_bid_reactive(auction_t **a, const event_t *e, journal_t *j);
int evolve_auto_bid_set(auction_t **a, const event_t *e, journal_t *j);
int evolve_auto_bid_cancelled(auction_t **a, const event_t *e, journal_t *j);
int evolve_bid_voided(auction_t **a, const event_t *e, journal_t *j);
int bidder_sound(const auction_t *a, const team_t *t, const event_t *e);
int bid_remember(auction_t *a, lot_t *lot, const bid_t *what, journal_t *j);

#endif
