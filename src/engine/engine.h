/*
 * engine: the rules of an auction as pure functions.
 *
 *     decide(state, command) -> events or a refusal
 *     evolve(state, event)   -> the next state
 *
 * No I/O, no clock, no randomness of its own, no allocation per bid: times,
 * nonces and identities come in with the command.  The state is one flat
 * block with indexes instead of pointers, so that it can be copied, compared
 * byte by byte, journalled and rolled back.  The same events give the same
 * bytes on every machine.
 */

#ifndef GAVEL_ENGINE_H
#define GAVEL_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "core/codes.h"

#define ENGINE_REV          3
#define ENGINE_MAX_AMOUNT   INT64_C(9007199254740991)
#define ENGINE_ID_SHIFT     22      /* id = auction << 22 | seq */
#define ENGINE_HASH_LEN     32
#define ENGINE_NONCE_LEN    16
#define ENGINE_REQUEST_LEN  64      /* bytes of a request id at most */
#define ENGINE_REASON_LEN   200
#define ENGINE_MAX_LOTS     10000
#define ENGINE_MAX_TEAMS    64
#define ENGINE_LADDER_LEN   16
#define ENGINE_QUOTAS       8       /* positions with a quota */
#define ENGINE_ROLE_LEN     24      /* bytes of a position's name */
#define ENGINE_MAX_BIDS     65536   /* remembered in one auction */
#define ENGINE_LOT_BIDS     128     /* remembered of one round of a lot */
#define ENGINE_MAX_SEALED   1024    /* submissions in one round */
#define ENGINE_MAX_BOTS     8
#define ENGINE_BOT          (ENGINE_MAX_AMOUNT - ENGINE_MAX_BOTS)
                                    /* bot k bids as user ENGINE_BOT + k */
#define NOBODY              0

typedef enum { MODE_TEAM_DRAFT = 1, MODE_LIVE, MODE_TIMED } auction_mode_t;

typedef enum {
    AUCTION_VOID = 0,            /* before auction.created */
    AUCTION_DRAFT, AUCTION_SCHEDULED, AUCTION_LOBBY, AUCTION_LIVE,
    AUCTION_PAUSED, AUCTION_ENDING, AUCTION_ENDED, AUCTION_SETTLED,
    AUCTION_ARCHIVED, AUCTION_CANCELLED, AUCTION_ABORTED
} auction_status_t;

typedef enum {
    LOT_QUEUED = 1, LOT_OPEN, LOT_FROZEN, LOT_SOLD, LOT_UNSOLD,
    LOT_WITHDRAWN, LOT_VOIDED,
    LOT_LOCKED,                  /* sealed: no more bids, not yet revealed */
    LOT_RESERVE,                 /* closed below the reserve: host decides */
    LOT_OFFERED,                 /* second chance: an underbidder decides */
    LOT_ASSIGNED                 /* given to a team by hand, or filled */
} lot_status_t;

typedef enum {
    FORMAT_OPEN = 0,             /* English: ascending, in the open */
    FORMAT_SEALED, FORMAT_VICKREY, FORMAT_DUTCH
} format_t;

typedef enum { TIE_REBID = 0, TIE_EARLIER } tie_t;
typedef enum { BUY_UNTIL_BID = 0, BUY_ALWAYS } buy_now_t;
typedef enum { ORDER_FIXED = 0, ORDER_DRAWN, ORDER_POTS,
               ORDER_ROTATION } order_t;         /* of the queue */
typedef enum { NOMINATE_NONE = 0, NOMINATE_STRAIGHT,
               NOMINATE_SNAKE } nominate_t;
typedef enum { TEAMS_FIXED = 0, TEAMS_DRAWN } team_order_t;
typedef enum { BROKE_NONE = 0, BROKE_BONUS, BROKE_ASSIGN } broke_t;
typedef enum { RETRACT_NEVER = 0, RETRACT_WINDOW } retract_t;

typedef enum {                   /* spec/field.md A.3 */
    CLOCK_HARD = 1, CLOCK_RESET_TO, CLOCK_ALWAYS_RESET, CLOCK_EXTEND_END_BY,
    CLOCK_EXTEND_TO,
    CLOCK_RAISE                  /* the least raise grows, time does not */
} clock_preset_t;

typedef struct { int64_t from, step; } ladder_step_t;

typedef struct {
    uint32_t        nsteps;
    ladder_step_t   steps[ENGINE_LADDER_LEN];    /* by rising `from` */
} ladder_t;

typedef struct {
    clock_preset_t  preset;
    int64_t         duration_ms;     /* of a lot that opens */
    int64_t         window_ms;       /* the preset's w: when a bid extends */
    int64_t         extend_ms;       /* by how much, or to how much */
    uint32_t        max_extensions;  /* 0: no limit */
    int64_t         hard_end_ms;     /* after opening; 0: none */
    uint32_t        raise_factor;    /* CLOCK_RAISE: the step grows evenly in
                                        the window, to 1 + this at its end */
    uint32_t        closing_ms;      /* lot.closing so long before; 0: none */
} clock_rules_t;

typedef struct {
    char            role[ENGINE_ROLE_LEN];       /* padded with zeroes */
    uint32_t        min, max;        /* players a team needs, may have */
} quota_t;

typedef struct {
    char            currency[8];     /* "AP", "KRW", "USD" */
    ladder_t        ladder;
    uint32_t        strict_increment; /* amount > price + step */
    uint32_t        on_grid;         /* refuse amounts off the ladder */
    clock_rules_t   clock;
    int64_t         min_price;       /* base price of lots that name none */
    uint32_t        roster_min, roster_max;      /* team_draft */
    int64_t         start_budget;
    int64_t         auto_next_ms;    /* open the next lot after; -1: host */
    uint32_t        auto_end;        /* end when the last lot is resolved */
    uint32_t        one_at_a_time;
    int64_t         stagger_ms;      /* timed: between ends of lots */

    /* Members from here on are left out of JSON when they are 0. */

    uint32_t        format;          /* format_t */
    uint32_t        tie;             /* tie_t: sealed */
    int64_t         reveal_ms;       /* sealed: lock to reveal; 0: host */
    int64_t         dutch_drop;      /* the price falls by this */
    int64_t         dutch_every_ms;  /* so often */

    uint32_t        no_proxy;        /* no maximum bids */
    uint32_t        buy_now;         /* buy_now_t */
    uint32_t        over_cap_refused;    /* else it buys at the cap */
    int64_t         reserve_wait_ms; /* for the host; -1: no limit */
    int64_t         offer_ms;        /* second chance; 0: one day */
    uint32_t        retract;         /* retract_t */
    int64_t         retract_ms;      /* so long after the bid */
    int64_t         retract_close_ms;    /* not so near the end */

    uint32_t        reserve_all;     /* maximum bid keeps all empty slots */
    uint32_t        nquotas;
    quota_t         quotas[ENGINE_QUOTAS];
    uint32_t        order;           /* order_t */
    uint32_t        nomination;      /* nominate_t */
    uint32_t        team_order;      /* team_order_t */
    uint32_t        nominator_bids;  /* opens with his bid at the base */
    int64_t         nomination_ms;   /* then the queue's next; 0: no limit */
    uint32_t        cycles;          /* more rounds for unsold lots */
    int64_t         cycle_duration_ms;   /* of lots then; 0: as before */
    uint32_t        cycle_base_percent;  /* of the base price; 0: 100 */
    int64_t         reverse_bonus;   /* last cycle: points for taking one */
    uint32_t        auto_fill;       /* the last team takes the rest */
    uint32_t        broke;           /* broke_t: nobody can bid any more */
    int64_t         broke_bonus;     /* points to every team then */

    int64_t         award_wait_ms;   /* soft end: for the host's awards */
    int64_t         settle_ms;       /* ended to settled; -1: never */
    uint32_t        rehearsal;       /* nothing of it is real */
    uint32_t        bots;            /* bidders of a rehearsal */
} rules_t;

typedef struct {
    int64_t         id;              /* auction << 22 | seq of lot.queued */
    int64_t         item_id;
    uint32_t        number;          /* 1, 2, ... as it was queued */
    uint32_t        position;        /* order in the queue */
    uint32_t        status;          /* lot_status_t */
    uint32_t        round;           /* 0 before it opened */
    int64_t         base_price;
    int64_t         price;           /* 0 before the first bid */
    int64_t         leader;          /* user id or NOBODY */
    int64_t         leader_team;     /* team id or NOBODY */
    int64_t         leader_bid;      /* bid id or 0 */
    uint32_t        bid_count;       /* of this round */
    uint32_t        extensions;
    int64_t         opened_at;       /* ms, 0 = not */
    int64_t         ends_at;         /* ms */
    int64_t         hard_end;        /* ms, 0 = none */
    int64_t         frozen_at;       /* ms; of LOT_FROZEN */
    int64_t         duration_ms;     /* its own, or 0: the rules' */

    int64_t         reserve;         /* hidden; 0: none */
    int64_t         buy_now;         /* and cap; 0: none */
    int64_t         ceiling;         /* dutch: the price to begin with */
    int64_t         falls_from;      /* dutch: ms since when it falls */
    int64_t         start_base;      /* base price of the first cycle */
    int64_t         leader_max;      /* hidden; >= price; = price: by hand */
    int64_t         ask;             /* the host's next price; 0: ladder's */
    int64_t         was;             /* the price before `exhausted' */
    int64_t         bonus;           /* reverse round: paid to the winner,
                                        less the price */
    uint64_t        folded;          /* teams by index: bit set */
    uint64_t        eligible;        /* sealed re-bid: teams; 0: all */
    int64_t         offer_to, offer_team, offer_bid, offer_price;
    int64_t         offer_until;     /* ms; when the clock decides about
                                        LOT_OFFERED, LOT_RESERVE, LOT_LOCKED;
                                        0: it does not */
    char            role[ENGINE_ROLE_LEN];       /* position; zeroes: none */
    uint32_t        quantity;        /* units in all, one a round */
    uint32_t        units;           /* sold so far */
    uint32_t        pot;
    uint32_t        cycle;           /* in which it was last opened */
    uint32_t        last_bid;        /* newest of its bids, index + 1 */
    uint32_t        first_bid;       /* oldest remembered */
    uint32_t        nbids;           /* remembered */
    uint32_t        before;          /* LOT_OFFERED: status to go back to */
    uint32_t        warned;          /* fair warnings since the last bid */
    uint32_t        closing;         /* lot.closing was told */
    uint32_t        exhausted;       /* the leader's maximum has been told:
                                        the bid that beats it follows */
    uint32_t        reacts;          /* reacts_t */
    uint32_t        hidden_bids;     /* pre-bids, or sealed submissions */
} lot_t;

/* Whose maximum answers in the next event. */
typedef enum { REACTS_NOBODY = 0, REACTS_LEADER, REACTS_PRE_BID } reacts_t;

typedef enum { BID_PRE = 1,          /* a maximum for a lot not yet open */
               BID_SEALED = 2, BID_VOID = 4, BID_PASS = 8,
               BID_KEPT = 16,        /* sealed: stands from a tied round */
               BID_OFFERED = 32,     /* has had its (second) chance */
               BID_HAND = 64,        /* who bid named the amount */
               BID_SPENT = 128       /* its maximum went on to a later bid */
} bid_flag_t;

/* A bid of the present (or last) round, remembered so that it can be voided
 * and the price be found again.  Bids of a lot are a list by age; those of
 * no lot are free and listed through `prev`. */
typedef struct {
    int64_t         id;              /* auction << 22 | seq */
    int64_t         bidder, team;
    int64_t         amount;          /* shown; 0 for pre-bids */
    int64_t         max;             /* hidden; >= amount */
    int64_t         since;           /* id of the bid that named the maximum:
                                        earlier wins; its bids are one */
    int64_t         at;              /* ms, stamp */
    uint32_t        lot;             /* index + 1; 0: free */
    uint32_t        prev, next;      /* older, newer: index + 1 */
    uint32_t        flags;           /* bid_flag_t */
} bid_t;

typedef struct {
    int64_t         id;              /* of the relational row */
    int64_t         leader;          /* user id */
    int64_t         budget;          /* granted in all */
    int64_t         held;            /* in open bids it leads */
    int64_t         spent;           /* captured */
    uint32_t        roster;          /* lots won */
    uint32_t        slots;           /* roster_max of this team */
    uint32_t        suspended;
    uint32_t        gone;            /* team.left */
    uint32_t        leads;           /* open lots that it leads */
    uint32_t        seat;            /* 1, 2, ...: order of nomination */
    uint32_t        roles[ENGINE_QUOTAS];        /* won and led, by quota */
} team_t;

typedef struct {
    uint32_t        size;            /* bytes of the block */
    uint32_t        engine_rev;
    int64_t         id, owner;
    int64_t         epoch, seq;
    unsigned char   head[ENGINE_HASH_LEN];       /* hash of event `seq` */
    int64_t         ts;              /* of event `seq`, ms */
    uint32_t        mode, status;
    uint32_t        before_pause;    /* reserved: status to resume to */
    uint32_t        rules_version;
    int64_t         starts_at, ends_at, started_at, paused_at, ended_at;
    int64_t         next_open_at;    /* auto_next: ms, 0 = none */
    rules_t         rules;
    uint32_t        current;         /* index of the lot on the block + 1 */
    uint32_t        nlots, lots_cap, nteams, teams_cap, nbids, bids_cap;
    uint32_t        lots_at, teams_at, bids_at;  /* offsets in the block */
    uint32_t        free_bid;        /* index + 1 */
    uint32_t        undo_lot;        /* index + 1 of the lot that was closed
                                        last and may be opened again */
    uint32_t        cycle;           /* 0, 1, ... of the unsold */
    uint32_t        turns;           /* nominations so far */
    uint32_t        on_turn;         /* team's index + 1; 0: nobody */
    int64_t         turn_ends_at;    /* ms; 0: none */
    int64_t         ending_at;       /* ms of the soft end */
    int64_t         units_paid;      /* for units that others followed */
    uint32_t        drawn;           /* 1: committed, 2: revealed */
    uint32_t        broke;           /* cycle << 8 | bonuses paid in it */
    unsigned char   seed[ENGINE_NONCE_LEN];      /* hidden until revealed */
} auction_t;

#define auction_lots(a)   ((lot_t *) ((char *) (a) + (a)->lots_at))
#define auction_teams(a)  ((team_t *) ((char *) (a) + (a)->teams_at))
#define auction_bids(a)   ((bid_t *) ((char *) (a) + (a)->bids_at))

/* Commands.  What a member of the public, a host or the server itself can
 * want; everything else about them (who, when, under which id) is common. */
typedef enum {
    CMD_CREATE = 1,     /* mode, owner, rules, starts_at, ends_at: seq 0 only */
    CMD_UPDATE,         /* rules?, starts_at?, ends_at?: draft, scheduled */
    CMD_PUBLISH,        /* starts_at?; from the lobby: postpone */
    CMD_UNPUBLISH, CMD_LOBBY, CMD_START, CMD_PAUSE, CMD_RESUME,
    CMD_END,            /* amount 1: soft: no more bids, awards follow */
    CMD_CANCEL /* reason */, CMD_ABORT /* reason */,
    CMD_LOT_ADD,        /* item_id, base_price (-1: rules'), ms? (duration),
                           reserve, buy_now, ceiling, quantity, pot, role */
    CMD_LOT_CHANGE,     /* lot_id and any of the same; -1: unchanged */
    CMD_LOT_MOVE,       /* lot_id, position (1 = next) */
    CMD_LOT_WITHDRAW,   /* lot_id: queued or frozen; reason */
    CMD_LOT_OPEN,       /* lot_id, or 0: the next in the queue */
    CMD_LOT_CLOSE,      /* lot_id, round: the clock ran out (internal) */
    CMD_LOT_HAMMER,     /* lot_id or 0: the host closes now; amount 1: sells
                           below the reserve too */
    CMD_LOT_EXTEND,     /* lot_id or 0, ms > 0 */
    CMD_LOT_HOLD, CMD_LOT_RESUME,                /* freeze one lot, go on */
    CMD_BID,            /* lot_id or 0, round or 0, amount */
    CMD_TEAM_ADD,       /* team_id, user_id (leader or 0), amount (budget,
                           -1: rules'), slots (0: rules') */
    CMD_TEAM_LEADER,    /* team_id, user_id */
    CMD_TEAM_SUSPEND,   /* team_id, amount 1|0 */
    CMD_TEAM_REMOVE,    /* team_id */
    CMD_POINTS_GRANT,   /* team_id, amount (may be negative), reason */
    CMD_RECOVER,        /* ms: give back lost time to open lots (internal) */
    CMD_NEW_EPOCH,      /* the log lost its tail (internal) */

    /* bids beyond the plain one */
    CMD_AUTO_BID,       /* lot_id or 0, amount: the hidden maximum; sets it,
                           raises it, lowers it; queued lots too (pre-bid) */
    CMD_AUTO_BID_CANCEL,/* lot_id */
    CMD_BUY_NOW,        /* lot_id or 0 */
    CMD_BID_BEHALF,     /* HOST: lot_id or 0, user_id or team_id, amount */
    CMD_BID_RETRACT,    /* lot_id or 0, bid_id or 0 (his last): own bid */
    CMD_BID_VOID,       /* HOST: bid_id, lot_id, reason; of a maximum all
                           that was bid for it goes, in both */

    /* sealed, offers, what the host does with one lot */
    CMD_LOT_REVEAL,     /* HOST or clock: lot_id or 0, round */
    CMD_LOT_ACCEPT,     /* HOST: lot_id; sells what is below its reserve */
    CMD_LOT_PASS,       /* HOST: lot_id or 0; closes without a sale */
    CMD_LOT_ASK,        /* HOST: lot_id or 0, amount: the next price */
    CMD_LOT_WARN,       /* HOST: lot_id or 0; fair warning */
    CMD_LOT_CLOSING,    /* clock: lot_id, round */
    CMD_LOT_OFFER,      /* HOST: lot_id, bid_id or 0 (the underbidder's) */
    CMD_OFFER_ANSWER,   /* lot_id, amount 1: takes it, 0: declines */
    CMD_OFFER_CLOSE,    /* HOST or clock: lot_id, round */
    CMD_LOT_REQUEUE,    /* HOST: lot_id (unsold); base_price, -1: as it was */
    CMD_LOT_REOPEN,     /* HOST: lot_id or 0 (the last); ms of time: undo */

    /* the draft */
    CMD_FOLD,           /* lot_id or 0 */
    CMD_LOT_ASSIGN,     /* HOST: lot_id, team_id, amount: the price */
    CMD_NOMINATE,       /* lot_id: the leader whose turn it is, or HOST */
    CMD_TEAM_MOVE,      /* HOST: team_id, position: order of nomination */

    /* what the clock does */
    CMD_ADVANCE,        /* next lot, turn, cycle, fill or end */
    CMD_SETTLE,         /* what has ended is final */
    CMD_BOT,            /* a bot of a rehearsal thinks about bidding */
    CMD_MAX
} command_type_t;

/* Where the actor's right comes from; set by the server, never the client. */
#define ACTOR_ADMIN     1
#define ACTOR_SERVER    2          /* internal: clock, recovery, creation */

/* Where it came from; written to the bid for the record. */
typedef enum { ORIGIN_REST = 1, ORIGIN_WS, ORIGIN_SIO, ORIGIN_CHAT,
               ORIGIN_SERVER } origin_t;

typedef struct {
    command_type_t   type;
    origin_t         origin;
    uint32_t         actor_roles;        /* ACTOR_* */
    int64_t          actor;              /* user id; NOBODY for the server */
    int64_t          at;                 /* stamp of the arrived frame, ms */
    uint32_t         request_len;
    char             request_id[ENGINE_REQUEST_LEN];   /* may be empty */
    unsigned char    nonce[ENGINE_NONCE_LEN];          /* host's randomness */

    int64_t          lot_id, round, team_id, user_id, item_id;
    int64_t          amount, base_price, position, ms, slots;
    int64_t          bid_id;
    int64_t          reserve, buy_now, ceiling, quantity, pot;   /* of lots;
                                            CHANGE: -1 not given */
    uint32_t         role_len;           /* CHANGE: with has_role */
    uint32_t         has_role;
    char             role[ENGINE_ROLE_LEN];
    int64_t          starts_at, ends_at; /* -1: not given; 0: none */
    uint32_t         mode;
    const rules_t   *rules;              /* NULL: not given */
    uint32_t         reason_len;
    char             reason[ENGINE_REASON_LEN];
} command_t;

/* Events.  The canonical name of EV_BID_ACCEPTED is "bid.accepted" etc. */
typedef enum {
    EV_AUCTION_CREATED = 1, EV_AUCTION_UPDATED, EV_AUCTION_SCHEDULED,
    EV_AUCTION_UNSCHEDULED, EV_AUCTION_LOBBY, EV_AUCTION_STARTED,
    EV_AUCTION_PAUSED, EV_AUCTION_RESUMED, EV_AUCTION_ENDING,
    EV_AUCTION_ENDED, EV_AUCTION_CANCELLED, EV_AUCTION_ABORTED,
    EV_AUCTION_RECOVERED,
    EV_LOT_QUEUED, EV_LOT_CHANGED, EV_LOT_MOVED, EV_LOT_WITHDRAWN,
    EV_LOT_OPENED, EV_LOT_TIMER, EV_LOT_FROZEN, EV_LOT_RESUMED,
    EV_LOT_SOLD, EV_LOT_UNSOLD,
    EV_BID_ACCEPTED, EV_BID_VOIDED,
    EV_TEAM_JOINED, EV_TEAM_LEADER, EV_TEAM_SUSPENDED, EV_TEAM_LEFT,
    EV_POINTS_GRANTED,

    EV_BID_REACTIVE,                 /* a maximum was put to work */
    EV_AUTO_BID_SET, EV_AUTO_BID_CANCELLED,      /* hidden */
    EV_SEALED_SUBMITTED, EV_SEALED_LOCKED, EV_SEALED_REVEALED,
    EV_SEALED_REBID,
    EV_LOT_RESERVE_NOT_MET,          /* closed, the host decides */
    EV_LOT_ASKED, EV_LOT_WARNED, EV_LOT_CLOSING,
    EV_LOT_OFFERED, EV_OFFER_CLOSED,
    EV_LOT_REQUEUED, EV_LOT_REOPENED,
    EV_LOT_FOLDED, EV_LOT_ASSIGNED,
    EV_TURN_STARTED, EV_TEAM_MOVED,
    EV_CYCLE_STARTED,
    EV_DRAW_COMMITTED, EV_DRAW_REVEALED,
    EV_AUCTION_SETTLED,
    EV_MAX
} event_type_t;

/* The words of event_t.how. */
typedef enum { HOW_CLOCK = 1, HOW_HAMMER, HOW_END,       /* lot.sold, unsold */
               HOW_HOST, HOW_RECOVERY,                   /* lot.timer */
               HOW_MANUAL,                               /* bid.accepted */
               HOW_MAX, HOW_BUY_NOW, HOW_BEHALF, HOW_SEALED, HOW_BOT,
               HOW_FOLDED, HOW_ACCEPTED, HOW_PASS, HOW_OFFER,
               HOW_DECLINED, HOW_EXPIRED, HOW_WITHDRAWN, /* offer.closed */
               HOW_RETRACT, HOW_CYCLE, HOW_UNIT,         /* lot.requeued */
               HOW_ASSIGN, HOW_AUTO, HOW_PRE,            /* lot.assigned */
               HOW_BROKE                                 /* points.granted */
} how_t;

/* One flat struct for all types; a table in events.c says which fields each
 * type has, under which name and in which part (public or private). */
typedef struct {
    event_type_t     type;
    int64_t          epoch, seq, ts;
    int64_t          actor;              /* NOBODY: the server */
    uint32_t         request_len;
    char             request_id[ENGINE_REQUEST_LEN];
    unsigned char    nonce[ENGINE_NONCE_LEN];    /* used if there is a
                                                    private part */

    int64_t          lot_id, round, item_id, number, position;
    int64_t          bid_id, bidder, team_id, user_id;
    int64_t          leader_bid;         /* who leads after bid.voided */
    int64_t          first_bid, last_bid;        /* bid.voided: of several
                                            that go together; 0: only one */
    int64_t          amount, price, min_next, base_price, count, extensions;
    int64_t          ends_at, starts_at, at, ms, budget, slots, balance;
    int64_t          sold, unsold;
    int64_t          max_amount;         /* private */
    int64_t          reserve;            /* private */
    int64_t          reserve_met;        /* 1: the bid reached it */
    int64_t          has_reserve, outbid, passed;
    int64_t          kept;               /* sealed.revealed: stands from the
                                            round before, and was told there */
    int64_t          supersedes;         /* lot.sold: the round of the sale
                                            that it replaces; 0: none */
    int64_t          buy_now, ceiling, quantity, pot, bonus, rank, cycle;
    int64_t          until;              /* ms */
    uint32_t         role_len;
    char             role[ENGINE_ROLE_LEN];
    uint32_t         has_digest;
    unsigned char    digest[ENGINE_HASH_LEN];    /* of a draw; or the head */
    uint32_t         has_seed;
    unsigned char    seed[ENGINE_NONCE_LEN];
    uint32_t         mode, origin, how;  /* how: enum written as a word */
    rules_t          rules;
    uint32_t         reason_len;
    char             reason[ENGINE_REASON_LEN];
} event_t;

/* A refusal: the code, and the numbers its answer carries (-1: none). */
typedef struct {
    gavel_code_t     code;
    int64_t          min_next, max_bid;  /* of the bidder's best way on */
    const char      *detail;             /* static text in English, or NULL */
} refusal_t;

/* The most events one command can give, but for those that touch many lots,
 * teams or sealed bids, which give one more for each: events_room() says how
 * many. */
#define ENGINE_EVENTS  8

/* An empty auction (status VOID, seq 0) in one malloc'ed block; free() it.
 * NULL: no memory. */
auction_t *auction_create(int64_t id);
auction_t *auction_copy(const auction_t *a);

/* How many events c could give at most. */
uint32_t events_room(const auction_t *a, const command_t *c);

/* Which of a command's n events answers it: it has the request id and the
 * actor, and the acknowledgement is a function of it alone.  A maximum that
 * is used up by a bid is told before that bid, and a draw before the start,
 * so it is not always 0. */
uint32_t event_that_answers(const event_t *ev, uint32_t n);

/*
 * What an event did to a team's purse, as transfers between two accounts
 * each, so that every one sums to zero: `was` and `is` are the team before
 * and after (was NULL: it has just joined).  Up to ENGINE_TRANSFERS are
 * written; returns how many.  Points only exist in team_draft.
 */
#define ENGINE_TRANSFERS  3

typedef enum { ACCOUNT_BANK = 1,     /* where points come from and go to */
               ACCOUNT_AVAILABLE, ACCOUNT_HELD, ACCOUNT_SPENT } account_t;

typedef enum { TRANSFER_GRANT = 1, TRANSFER_ADJUST, TRANSFER_HOLD,
               TRANSFER_RELEASE, TRANSFER_CAPTURE, TRANSFER_REFUND,
               TRANSFER_BONUS, TRANSFER_MAX } transfer_kind_t;

typedef struct {
    transfer_kind_t  kind;
    account_t        from, to;
    int64_t          team_id, lot_id;            /* lot 0: none */
    int64_t          amount;                     /* > 0 */
} transfer_t;

uint32_t purse_transfers(const team_t *was, const team_t *is,
    const event_t *e, transfer_t t[ENGINE_TRANSFERS]);
const char *transfer_name(uint32_t kind);        /* "hold" */
const char *account_name(uint32_t account);      /* "available" */

/*
 * Decides c at time `now` (ms, cluster time, not before c->at).  Returns the
 * number of events written to ev (which has events_room() places), seq, epoch
 * and ts filled in, or 0 with *r.  The state is not touched.  The event that
 * answers an accepted command has its actor and request_id.
 */
uint32_t decide(const auction_t *a, const command_t *c, int64_t now,
    event_t *ev, refusal_t *r);

/* Undo memory for speculation: what evolve() overwrote, newest first. */
typedef struct journal_s  journal_t;
journal_t *journal_create(void);                 /* malloc'ed */
void journal_destroy(journal_t *j);
void journal_clear(journal_t *j);                /* forget: it is committed */
void journal_undo(journal_t *j, auction_t **a);  /* as before the first */
size_t journal_size(const journal_t *j);         /* bytes */

/*
 * Applies e.  *a may move (a lot or team was added).  j may be NULL.  Returns
 * 0, or -1 when e is not legal in this state (wrong seq, unknown lot, an
 * amount that does not fit, ...) or memory is out; then nothing changed.
 * Does not touch a->head: see event_seal().
 */
int evolve(auction_t **a, const event_t *e, journal_t *j);

/* The ids of the bids that bid.voided took away: what was bid for one maximum
 * goes together.  `a` is a state behind it, `max` at least 1; how many. */
uint32_t event_voids(const auction_t *a, const event_t *e, int64_t *ids,
    uint32_t max);

/*
 * Canonical JSON of an event:
 *   {"v":1,"auction_id":1,"epoch":1,"seq":5,"ts":"...Z","type":"bid.accepted",
 *    "actor":7,"request_id":"...","data":{...}}
 * actor and request_id are left out when there is none.  Returns bytes
 * written, or 0 if it does not fit.  The private part is "" or {...}: what
 * only its owner, the host or nobody may know before the lot has closed.
 * An event of which nothing may be known (a maximum for a lot not yet open)
 * is {...,"type":"hidden","data":{}} in public, and all of it, type, actor
 * and request_id too, is private.  Of a sealed submission these two are.
 */
#define EVENT_TEXT_MAX     4096
#define EVENT_PRIVATE_MAX  1024
size_t event_public(const event_t *e, int64_t auction_id, char *buf,
    size_t size);
size_t event_private(const event_t *e, char *buf, size_t size);

/* Back from both parts; 0, or -1 (malformed, unknown type: engine_halted). */
int event_parse(event_t *e, int64_t *auction_id, const char *pub,
    size_t pub_len, const char *priv, size_t priv_len);

/* hash = SHA-256(prev || public || SHA-256(nonce || private)); an event
 * without a private part has an empty nonce there. */
void event_hash(const unsigned char prev[ENGINE_HASH_LEN], const char *pub,
    size_t pub_len, const unsigned char *nonce, const char *priv,
    size_t priv_len, unsigned char out[ENGINE_HASH_LEN]);

/* Moves the head (journalled). */
void event_seal(auction_t *a, const unsigned char hash[ENGINE_HASH_LEN],
    journal_t *j);

const char *event_name(event_type_t type);       /* "bid.accepted" */
const char *event_shown_name(event_type_t type); /* "hidden", or the same */
event_type_t event_type(const char *name, size_t len);      /* 0: unknown */
const char *auction_status_name(uint32_t status);
const char *lot_status_name(uint32_t status);
const char *auction_mode_name(uint32_t mode);    /* "team_draft" ... */
uint32_t auction_mode(const char *name, size_t len);        /* 0: unknown */

/* The next thing the clock will do: its time in ms, or 0 for nothing, and in
 * *c (if not NULL) the internal command to give then. */
int64_t auction_deadline(const auction_t *a, command_t *c);

/* When the first of the open lots ends, ms; 0: none is open. */
int64_t auction_first_end(const auction_t *a);

/*
 * Rules.  Defaults by mode (DESIGN 4.4); JSON as clients write it, over the
 * defaults; JSON as events and states carry it:
 *   {"currency","ladder","clock":{"preset","duration_ms","window_ms",
 *    "extend_ms","max_extensions","hard_end_ms"},"min_price","roster_min",
 *    "roster_max","start_budget","auto_next_ms","auto_end","one_at_a_time",
 *    "stagger_ms","strict_increment","on_grid", and what rules_t says}
 * A ladder is a number (a flat step), [[from,step],...] by rising price, or
 * the name of a preset (ladder.c).  Who names a clock's preset or window and
 * no extend_ms extends by the window; always_reset by the duration.
 * rules_parse returns 0, or -1 and the offending member in *what, which
 * stands until the next call.
 */
void rules_default(rules_t *r, uint32_t mode);
int rules_parse(rules_t *r, uint32_t mode, const char *json, size_t len,
    const char **what);
size_t rules_text(const rules_t *r, char *buf, size_t size);

/* What a bidder asks. */
lot_t *lot_find(const auction_t *a, int64_t lot_id);        /* NULL: none */
team_t *team_find(const auction_t *a, int64_t team_id);
team_t *team_of(const auction_t *a, int64_t user_id);
int64_t lot_min_next(const auction_t *a, const lot_t *lot);
int64_t lot_min_next_at(const auction_t *a, const lot_t *lot, int64_t at);
int64_t purse_available(const team_t *t);
int64_t max_possible_bid(const auction_t *a, const team_t *t,
    const lot_t *lot);

/*
 * The state as viewers see it, JSON.  size 0 asks how much it could be at
 * most.  Nothing that is hidden is in it: no reserve, maximum, sealed amount.
 *   {"auction_id","mode","status","owner_id","epoch","seq","head",
 *    "starts_at","ends_at","started_at","paused_at","ended_at",
 *    "rules":{..},"current_lot_id",
 *    "lots":[{"lot_id","item_id","number","position","status","round",
 *             "base_price","price","min_next","leader_id","leader_team_id",
 *             "bid_id","bid_count","extensions","opened_at","ends_at",
 *             of several units: "quantity","units"; of a price that falls:
 *             "ceiling","falls_from"; while somebody else decides:
 *             "offered_to","offer_price","until"}],
 *    "teams":[{"team_id","leader_id","budget","held","spent","available",
 *              "max_bid","roster","slots","seat","suspended"}]}
 * and, where there is any of it, "cycle", "turn":{"number","team_id",
 * "until"}, and of lots "role","buy_now","ceiling","quantity","units","pot",
 * "bonus","warnings","closing","reserve_met","falls_from","submissions",
 * "folded":[team_id],"offered_to","offer_price","until".
 * Times that are not set are null.
 */
size_t state_text(const auction_t *a, char *buf, size_t size);

/* Snapshot for storage: the block itself, versioned; load checks it.  size 0
 * asks how much it is. */
size_t state_save(const auction_t *a, char *buf, size_t size);
auction_t *state_load(const char *buf, size_t size);         /* NULL: bad */

#endif
