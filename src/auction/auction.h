/*
 * auction: the host of the log on this worker.
 *
 * It loads auctions, keeps their committed state, gathers commands into
 * batches, lets the engine decide them, appends the events by compare-and-set
 * and tells what came of it: first the submitter, then Redis, then whoever
 * observes.  It knows no client and no dialect.
 */

#ifndef GAVEL_AUCTION_H
#define GAVEL_AUCTION_H

#include "core/core.h"
#include "core/flow.h"
#include "engine/engine.h"

typedef struct gavel_auction_s     gavel_auction_t;    /* cached here */
typedef struct gavel_submission_s  gavel_submission_t;

/* A committed event, as stored.  The strings belong to the auction's ring:
 * copy what must outlive the call, or take a reference (record->refs). */
typedef struct {
    uint64_t         auction_id;
    int64_t          epoch, seq, ts;
    event_type_t     type;
    ngx_str_t        text;           /* canonical public JSON */
    u_char           hash[ENGINE_HASH_LEN];
    ngx_uint_t       refs;
} gavel_record_t;

void gavel_record_free(gavel_record_t *r);       /* drops one reference */

/* Process init and exit of the room (called once by the modules). */
ngx_int_t gavel_auctions_create(ngx_cycle_t *cycle);
void gavel_auctions_drain(void);                 /* graceful exit begins */
void gavel_auctions_destroy(void);

/*
 * Commands.  The submitter fills auction_id and command and sets done; done
 * is called exactly once, later, with the answer filled in; then the
 * submission goes back to the free list.
 */
struct gavel_submission_s {
    uint64_t          auction_id;
    command_t         command;
    rules_t           rules;         /* storage for command.rules */
    u_char            body_hash[ENGINE_HASH_LEN];  /* of the client's body */
    void            (*done)(gavel_submission_t *s);
    void             *data;

    /* the answer */
    gavel_code_t      code;          /* GAVEL_OK: accepted and durable */
    ngx_uint_t        replayed;      /* an earlier answer, told again */
    int64_t           epoch, seq;    /* of the first event */
    event_t           event;         /* the first event; also of a replay */
    int64_t           min_next, max_bid, retry_ms;     /* -1: none */
    const char       *detail;        /* static or in detail_text, or NULL */
    char              detail_text[128];

    ngx_queue_t       queue;         /* the rest is the room's */
    void             *home;
    ngx_msec_t        born, sent;
    u_char            to[16];        /* worker that was asked */
    unsigned          detached:1;
    unsigned          forwarded:1;
    unsigned          taken:1;
    unsigned          asked:1;       /* it was tried elsewhere before */
    uint64_t          ticket;
};

gavel_submission_t *gavel_submission_new(void);  /* NULL: no memory */
void gavel_auction_submit(gavel_submission_t *s);

/* The submitter has left: the command goes on, done is not called. */
void gavel_submission_detach(gavel_submission_t *s);

/* As a step of a flow: submits and waits; the answer is copied to *answer
 * (its queue and private members mean nothing there).  A refusal is not a
 * failure of the step. */
ngx_int_t gavel_flow_submit(gavel_flow_t *f, gavel_submission_t *s,
    gavel_submission_t *answer);

/*
 * Views.  Loads (if need be) and hands out a cached auction which is as
 * current as the primary was when asked.  code is GAVEL_OK, not_found,
 * unavailable, busy or engine_halted (the view can still be served).  The
 * view holds the auction in the cache until closed.
 */
typedef struct gavel_view_s  gavel_view_t;
typedef void (*gavel_view_pt)(gavel_view_t *v, gavel_code_t code);

struct gavel_view_s {
    gavel_auction_t  *auction;       /* NULL unless it was found */
    gavel_view_pt     ready;
    void             *data;
    ngx_queue_t       queue;         /* the room's */
    unsigned          waiting:1;
};

void gavel_view_open(gavel_view_t *v, uint64_t auction_id);
void gavel_view_close(gavel_view_t *v);          /* also while waiting */
ngx_int_t gavel_flow_view(gavel_flow_t *f, gavel_view_t *v,
    uint64_t auction_id);            /* closes itself with the flow's pool */

uint64_t gavel_auction_id(const gavel_auction_t *a);
const auction_t *gavel_auction_state(const gavel_auction_t *a);

/* Is it for everybody to see?  Drafts, and what was put away, are not. */
ngx_uint_t gavel_auction_public(const gavel_auction_t *a);

/* The public state as JSON for this seq, cached until the next event.  The
 * string belongs to the auction.  NULL: no memory. */
const ngx_str_t *gavel_auction_text(gavel_auction_t *a);

/* Following: while an auction is watched its feed is subscribed and healed,
 * and observers hear of it.  Counted. */
void gavel_auction_watch(gavel_auction_t *a);
void gavel_auction_unwatch(gavel_auction_t *a);

/* The room that fans out.  event: exactly once and in seq order.  reset: the
 * cached state jumped (epoch change, gap too large): take a snapshot; or there
 * is no state any more: the auction was lost with the log's tail. */
typedef struct {
    void  (*event)(gavel_auction_t *a, gavel_record_t *r);
    void  (*reset)(gavel_auction_t *a);
} gavel_observer_t;

void gavel_auction_observe(const gavel_observer_t *observer);

/* Room data of an auction on this worker (the hub's list). */
void *gavel_auction_data(const gavel_auction_t *a);
void gavel_auction_set_data(gavel_auction_t *a, void *data);

/*
 * The events after `seq` up to the cached state's, at most `max`: from memory
 * or the primary.  code GAVEL_OK with n records (valid during the call, in
 * order), conflict when seq is ahead of the log (epoch change), limit_reached
 * when there are more than max, unavailable.
 */
typedef struct gavel_replay_s  gavel_replay_t;
struct gavel_replay_s {
    void            (*ready)(gavel_replay_t *r);
    void             *data;
    gavel_code_t      code;
    gavel_record_t  **records;
    ngx_uint_t        n;
    void             *wait;          /* the room's */
};

void gavel_auction_replay(gavel_auction_t *a, int64_t after, ngx_uint_t max,
    gavel_replay_t *r);
void gavel_replay_detach(gavel_replay_t *r);

/*
 * What this worker's last replay of a log from its first event came to.  seq
 * is the last event that is sound; `ok`: there was none behind it that is
 * not.  pending: it goes on, or has not been made; the rest is older, or 0.
 */
typedef struct {
    int64_t          epoch, seq;
    int64_t          at;             /* cluster ms; 0: never */
    u_char           head[ENGINE_HASH_LEN];
    ngx_uint_t       ok, pending;
} gavel_verified_t;

/* As a step of a flow: replays, unless that was done for this place of the
 * log (or a little while ago), and waits for it if the log is not long, or
 * if there is time. */
ngx_int_t gavel_flow_verify(gavel_flow_t *f, uint64_t id, int64_t epoch,
    int64_t seq, ngx_uint_t patient, gavel_verified_t *out);

/* For /metrics: counters of this worker. */
typedef struct {
    uint64_t  accepted, refused, appends, events, stale, busy, early, lost,
              late_bids, filled, healed, forwarded, moved, fallbacks, loads,
              closes, cached;
} gavel_auction_metrics_t;

extern gavel_auction_metrics_t  gavel_auction_metrics;

#endif
