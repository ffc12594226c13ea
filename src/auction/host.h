/*
 * host: what the files of this room share.  Nothing here leaves the room.
 *
 * An auction lives in one tree of this worker from the first time somebody
 * asks for it until it was idle for a minute.  Its state is always committed:
 * a batch is decided on it, undone, and applied again when its append is
 * durable, so whoever looks in between sees the log and nothing else.
 */

#ifndef GAVEL_AUCTION_HOST_H
#define GAVEL_AUCTION_HOST_H

#include "auction/auction.h"
#include "core/metrics.h"
#include "cluster/cluster.h"
#include "pg/pg.h"
#include "redis/redis.h"

#define HOST_QUEUE_MAX       1024      /* commands of one auction */
#define HOST_WORKER_MAX      16384     /* commands of this worker */
#define HOST_AGE_MAX         5000      /* ms: older commands are dropped */
#define HOST_SYNC_AUCTIONS   16
#define HOST_SYNC_COMMANDS   256
#define HOST_ACTOR_MAX       8         /* commands of one actor a batch */
#define HOST_RING            512       /* records kept in memory */
#define HOST_FILL_MAX        500       /* events of one fill */
#define HOST_LOAD_MAX        4000      /* events of one load */
#define HOST_IDLE            60000     /* ms */
#define HOST_STATE_MAX       (4 * 1024 * 1024)
#define HOST_CLOSE_DELAY     50        /* ms after ends_at, at the home */
#define HOST_CLOSE_OTHERS    1000      /* ms after ends_at, elsewhere */

/* A record with what only workers may know of it. */
typedef struct {
    gavel_record_t   record;           /* first: freed through it */
    ngx_str_t        private;
    u_char           nonce[ENGINE_NONCE_LEN];
    ngx_queue_t      queue;            /* waiting out of order */
} host_record_t;

/* One submission's part of a batch. */
typedef struct {
    gavel_submission_t  *s;
    uint32_t             answer, n;    /* the event that answers it, and how
                                          many it gave; n 0: refused */
    refusal_t            refusal;
} host_item_t;

typedef struct {
    int64_t              seq;
    transfer_t           transfer;
} host_transfer_t;

typedef struct {
    gavel_auction_t     *auction;
    int64_t              seq, epoch;   /* what it was decided on */
    u_char               head[ENGINE_HASH_LEN];
    host_item_t          items[HOST_SYNC_COMMANDS];
    ngx_uint_t           nitems;
    event_t             *events;
    host_record_t      **records;
    uint32_t             nevents, room;
    int64_t              not_before;
    team_t               before[ENGINE_MAX_TEAMS];     /* as they were */
    uint32_t             nbefore;
    host_transfer_t     *transfers;    /* malloc'ed, as they came */
    uint32_t             ntransfers, transfers_room;
    ngx_pool_t          *pool;         /* of the parameters */
    gavel_pg_op_t       *op;           /* ready to be sent */
    ngx_msec_t           sent;
} host_batch_t;

struct gavel_auction_s {
    ngx_rbtree_node_t    node;         /* key: id */
    uint64_t             id;
    auction_t           *state;        /* NULL: not loaded */

    /* what its row says, for a log that is empty */
    int64_t              owner, starts_at, ends_at;
    uint32_t             mode;
    ngx_str_t            rules;        /* malloc'ed */
    int64_t              due_at;

    unsigned             loading:1;
    unsigned             reload:1;     /* something is in doubt */
    unsigned             lock:1;       /* the next load locks the row */
    unsigned             whole:1;      /* ... and needs no snapshot */
    unsigned             halted:1;
    unsigned             missing:1;
    unsigned             hidden:1;     /* put away, or never published */
    unsigned             filling:1;
    unsigned             behind:1;     /* ask once more after this fill */
    unsigned             sure:1;       /* by then only of the true primary */
    unsigned             claiming:1;
    unsigned             alone:1;      /* its batch broke a common sync */
    unsigned             single:1;     /* its batch broke alone */
    unsigned             queued:1;     /* among the ready */
    unsigned             creating:1;
    unsigned             lost_tail:1;  /* so it seems, by the last load */

    ngx_queue_t          commands;     /* to be decided here */
    ngx_uint_t           ncommands;
    ngx_queue_t          unrouted;     /* wait for the home's name */
    ngx_queue_t          ready;
    host_batch_t        *batch;        /* under way */
    ngx_uint_t           stale;        /* in a row */
    ngx_uint_t           failures;     /* in a row */
    int64_t              down_since;   /* cluster ms; 0: it could append */

    ngx_event_t          retry;        /* decides again */
    ngx_event_t          deadline;     /* its clock */
    ngx_uint_t           poisoned;     /* the clock's command failed at .. */
    int64_t              poisoned_seq; /* .. this place in the log */
    ngx_msec_t           poisoned_at;
    ngx_event_t          gap;          /* a hole in the feed */

    ngx_queue_t          views;        /* waiting */
    ngx_queue_t          replays;      /* waiting for a fill */
    ngx_uint_t           views_open, watchers;
    ngx_str_t            channel;      /* of its feed, .. */
    ngx_pool_t          *subscribed;   /* .. in here, while there is one */
    ngx_msec_t           used;

    ngx_queue_t          early;        /* records out of order */
    ngx_uint_t           nearly;
    host_record_t       *ring[HOST_RING];      /* by seq */

    /* what was in the log and is not: that epoch has ended */
    int64_t              lost_epoch, lost_seq;
    u_char               lost_head[ENGINE_HASH_LEN];

    ngx_msec_t           read_at;      /* for the first time */

    int64_t              opened_seq;   /* where an epoch began, .. */
    int64_t              opened_after; /* .. when the one before it ended, .. */
    int64_t              opened_at;    /* .. and when it began; cluster ms */

    int64_t              recovered_at; /* time was given back; cluster ms */

    int64_t              asked_seq;    /* as a check was sent */
    int64_t              fill_seq;     /* as a fill was sent */
    u_char               fill_head[ENGINE_HASH_LEN];
    int64_t              snapshot_seq;
    ngx_msec_t           snapshot_at;
    ngx_str_t            text;         /* cached state_text */
    int64_t              text_seq, text_epoch;
    size_t               text_size;
    void                *data;
};

typedef struct {
    ngx_log_t           *log;
    ngx_rbtree_t         tree;
    ngx_rbtree_node_t    sentinel;
    ngx_queue_t          ready;        /* auctions with something to decide */
    ngx_event_t          turn;         /* posted: gather and send */
    ngx_event_t          tick;         /* 10 times a second */
    ngx_uint_t           ticks;
    ngx_uint_t           ncommands;
    ngx_uint_t           flying;       /* operations of the sync under way */
    ngx_uint_t           draining;
    ngx_uint_t           checking;
    ngx_uint_t           down;         /* PostgreSQL is away */
    ngx_uint_t           alive;        /* the database told of outages, */
    ngx_msec_t           alive_at;     /* asked so late at the latest */
    ngx_msec_t           alive_sent;
    ngx_uint_t           asking_alive;
    ngx_uint_t           asking_timeline;
    ngx_uint_t           timeline_known;
    ngx_msec_t           timeline_at;  /* somebody saw PostgreSQL's first */
    int64_t              outage_since; /* the last one, cluster ms */
    int64_t              outage_until;
    int64_t              outage_gap;   /* its last part's beginning */
    const gavel_observer_t  *observer;
} host_t;

extern host_t  host;

/* cache.c */
gavel_auction_t *host_auction(uint64_t id);            /* NULL: memory */
gavel_auction_t *host_find(uint64_t id);
void host_each(void (*visit)(gavel_auction_t *a));
void host_forget(gavel_auction_t *a);                  /* drops its state */
void host_event(ngx_event_t *ev, ngx_event_handler_pt handler, void *data);
void host_timer(ngx_event_t *ev, ngx_msec_t ms);

/* record.c */
host_record_t *host_record(uint64_t id, const event_t *e,
    const ngx_str_t *public, const ngx_str_t *private,
    const u_char *nonce, const u_char *hash);
void host_record_free(host_record_t *r);
ngx_int_t host_hex(const ngx_str_t *text, u_char *out, size_t size);
host_record_t *host_row_record(uint64_t id, PGresult *res, int row,
    event_t *e);                       /* NULL: unknown event, or memory */

/* load.c */
void host_load(gavel_auction_t *a);    /* unless it is loaded or loading */
void host_reload(gavel_auction_t *a, ngx_uint_t lock);
void host_loaded(gavel_auction_t *a, gavel_code_t code);

/* replay.c */
void host_replays(gavel_auction_t *a, gavel_code_t code);

/* feed.c */
ngx_int_t host_apply(gavel_auction_t *a, host_record_t *r, const event_t *e);
void host_fill(gavel_auction_t *a);
void host_feed_take(gavel_auction_t *a, host_record_t *r, const event_t *e);
ngx_uint_t host_rows(gavel_auction_t *a, PGresult *res);
void host_publish(gavel_auction_t *a, host_record_t **records, ngx_uint_t n);
void host_check(void);                 /* all watched against the primary */
void host_gap(ngx_event_t *ev);
void host_feed_clear(gavel_auction_t *a);

/* submit.c */
void host_submission_drop(gavel_submission_t *s);      /* unanswered */
void host_submit_here(gavel_submission_t *s);  /* of another worker */
void host_enqueue(gavel_auction_t *a, gavel_submission_t *s);
void host_finish(gavel_submission_t *s, gavel_code_t code);
void host_fail_commands(gavel_auction_t *a, gavel_code_t code);
ngx_int_t host_internal(gavel_auction_t *a, const command_t *c, int64_t due);
void host_drop_old(gavel_auction_t *a);

/* batch.c */
void host_ready(gavel_auction_t *a);
void host_turn(ngx_event_t *ev);
void host_batch_free(host_batch_t *b);

/* append.c */
ngx_int_t host_append(gavel_auction_t *a);     /* makes a->batch->op */
void host_requeue(gavel_auction_t *a, ngx_msec_t wait);

/* rows.c */
void host_rows_write(host_batch_t *b, const ngx_str_t *more);   /* all from
                                                       events on */
ngx_str_t host_row_ints(ngx_pool_t *pool, const int64_t *v, ngx_uint_t n);
ngx_str_t host_row_requests(ngx_pool_t *pool, const command_t **c,
    ngx_uint_t n);
void host_row_hex(gavel_pg_op_t *op, ngx_pool_t *pool, const u_char *data,
    size_t len);

/* more.c */
ngx_int_t host_rows_more(host_batch_t *b, ngx_str_t *text);

/* home.c */
void host_home_create(void);
void host_route(gavel_auction_t *a, gavel_submission_t *s);
void host_claim(gavel_auction_t *a);
void host_home_tick(void);
void host_home_doubt(gavel_auction_t *a);      /* is it still ours? */

/* wire.c */
ngx_str_t host_wire_command(ngx_pool_t *pool, const gavel_submission_t *s);
ngx_int_t host_wire_read_command(const ngx_str_t *m, gavel_submission_t *s);
ngx_str_t host_wire_outcome(ngx_pool_t *pool, const gavel_submission_t *s,
    uint64_t ticket);
ngx_int_t host_wire_read_outcome(const ngx_str_t *m, gavel_submission_t *s);

/* clock.c */
void host_arm(gavel_auction_t *a);     /* after each change of the state */
void host_due(void);
ngx_uint_t host_waits(gavel_auction_t *a, const command_t *c);

/* The log lost its tail, and no new epoch has begun since: nothing else is
 * decided. */
ngx_uint_t host_ended(const gavel_auction_t *a);
void host_deadline(ngx_event_t *ev);
void host_poisoned(gavel_auction_t *a);

/* outage.c */
void host_sign(void);                  /* of life */
ngx_uint_t host_alive(void);           /* lots may be closed */

/* PostgreSQL has said nothing for long: perhaps time is owed to this auction's
 * open lots. */
ngx_uint_t host_silent(const gavel_auction_t *a);
ngx_uint_t host_recovery(gavel_auction_t *a, command_t *c, int64_t now);

/* snapshot.c */
void host_snapshot(gavel_auction_t *a);

/* epoch.c */
void host_epoch_create(void);
void host_epoch_ask(void);             /* if it is not known */
ngx_uint_t host_unsure(const gavel_auction_t *a);  /* may it lack its tail? */

/* metrics.c */
void host_metrics(gavel_metrics_t *m);

#endif
