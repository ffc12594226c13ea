/*
 * hub: who follows which auction on this worker.
 */

#ifndef GAVEL_HUB_H
#define GAVEL_HUB_H

#include "auction/auction.h"
#include "room/session.h"

#define GAVEL_PEAKS  3

typedef struct gavel_topic_s         gavel_topic_t;
typedef struct gavel_subscription_s  gavel_subscription_t;

/* An event on its way to all who follow its topic (round.c). */
typedef struct {
    ngx_queue_t           queue;         /* while one is left */
    ngx_uint_t            left;          /* to be told: the array's first */
    int64_t               epoch, seq;
    gavel_message_t      *message[GAVEL_FORMS];
} gavel_round_t;

/* An auction that is followed here; freed when nobody does any more. */
struct gavel_topic_s {
    ngx_rbtree_node_t     node;          /* key: the auction's id */
    ngx_queue_t           queue;         /* of all; later of the buried */
    gavel_subscription_t **subscriptions;        /* in no order */
    ngx_uint_t            size;          /* of the array; viewers are used */
    ngx_uint_t            forms[GAVEL_FORMS];    /* followers of each */
    gavel_round_t         round;
    gavel_view_t          view;          /* open as long as the topic */
    uint32_t              spoke;         /* s of the pulse: last message */
    unsigned              ready:1;       /* the view is there */
    unsigned              host_known:1;  /* hosting.c */
    unsigned              host_left:1;   /* as last told */
    ngx_uint_t            viewers;       /* on this worker; presence.c: */
    ngx_uint_t            viewers_told;  /* in the cluster, as last told */
    ngx_uint_t            peaks[GAVEL_PEAKS];    /* of ten seconds each */
    int64_t               peak_written;
    ngx_msec_t            viewers_at;    /* when it was told */
    gavel_message_t      *snapshot[GAVEL_FORMS];     /* of snapshot_at */
    int64_t               snapshot_seq;
    ngx_msec_t            snapshot_at;
    ngx_str_t             channel;       /* "auction:7" */
    u_char                name[sizeof("auction:") + NGX_INT64_LEN];
};

/* A session that follows a topic.  epoch and seq: where it stands. */
struct gavel_subscription_s {
    gavel_session_t      *session;
    int64_t               epoch, seq;
    unsigned              live:1;        /* gets events */
    unsigned              replaying:1;
    unsigned              positioned:1;  /* came with epoch and seq */
    unsigned              resumed:1;     /* was told so */
    unsigned              leader:1;      /* of a team: counted as online */
    unsigned              host:1;        /* counted, too */
    uint32_t              place;         /* in the topic's array */
    gavel_topic_t        *topic;
    ngx_queue_t           of_session;    /* later of the buried */
    gavel_replay_t        replay;
};

ngx_int_t gavel_hub_create(void);
void gavel_hub_destroy(void);

/* Follows an auction from behind epoch:seq on, or from now (epoch < 0).  The
 * session hears of it later.  Following it already begins anew. */
gavel_code_t gavel_hub_subscribe(gavel_session_t *s, uint64_t auction,
    int64_t epoch, int64_t seq);
ngx_uint_t gavel_hub_unsubscribe(gavel_session_t *s, uint64_t auction);
void gavel_hub_leave(gavel_session_t *s);            /* all of them */

/* Was the first that it follows found, so that it is answered? */
ngx_uint_t gavel_hub_begun(gavel_session_t *s);

/* Once a second: topics that said nothing for a while say that they live. */
void gavel_hub_heartbeat(uint32_t now);

/* Visits all topics; none may come or go meanwhile. */
void gavel_hub_each(void (*visit)(gavel_topic_t *topic, void *data),
    void *data);

/* Offers each follower of the topic the message of its form
 * (gavel_session_offer). */
void gavel_hub_tell(gavel_topic_t *topic, gavel_message_t **m,
    uint64_t key);

/* At the end of a turn: frees what nobody uses any more. */
void gavel_hub_bury(void);

/* --- round.c: how an event comes to all who follow --- */

void gavel_rounds_create(void);

/* The event is to go to all who follow the topic; r is not needed later. */
void gavel_round_begin(gavel_topic_t *topic, const gavel_record_t *r);

/* Tells the next who is to be told, of the oldest round, so that his session
 * is to be written to.  0: no event is on its way. */
ngx_uint_t gavel_round_next(void);

/* Tells all at once who are still to be told.  Before anything that tells
 * them where the topic stands. */
void gavel_round_end(gavel_topic_t *topic);

/* One follower less. */
void gavel_round_left(gavel_topic_t *topic);

/* --- join.c: how a subscription comes to where the feed is --- */

void gavel_join(gavel_subscription_t *sub);
void gavel_join_snapshot(gavel_subscription_t *sub, const char *reason);
void gavel_join_refuse(gavel_subscription_t *sub, gavel_code_t code);
void gavel_hub_drop(gavel_subscription_t *sub);

/* Somebody has lost a role: he is refused what he may not see any more. */
void gavel_join_review(gavel_session_t *s);

/* The event as a message of this form, with one reference. */
gavel_message_t *gavel_hub_encode(gavel_topic_t *topic, gavel_form_t form,
    const gavel_record_t *r);

#endif
