/*
 * round: an event goes round: one follower after the other gets it.
 *
 * Next to a write, all that is done for a session before it is nothing, but
 * for waiting until what belongs to it is in the cache.  So a follower is told
 * shortly before it is his turn to be written to, and before that his part of
 * memory is on its way while the kernel is busy with others.
 *
 * Followers are told from the last of the topic's array to the first.  If one
 * leaves, the last takes his place: he was told, and is passed over by his
 * seq, or is still to be told.  Who comes is behind all who are to be told,
 * and begins with a state that has the event.
 *
 * A topic has one round at a time.  The next event first ends the one under
 * way without writing, so that both leave in one write.
 */

#include "room/hub.h"
#include "room/place.h"


#define ROUND_AHEAD  3               /* followers, for each step of the way */


static ngx_uint_t gavel_round_step(gavel_topic_t *topic);
static ngx_uint_t gavel_round_tell(const gavel_round_t *round,
    gavel_subscription_t *sub);
static void gavel_round_over(gavel_round_t *round);


static ngx_queue_t  gavel_rounds;


void
gavel_rounds_create(void)
{
    ngx_queue_init(&gavel_rounds);
}


/* With gavel_gather it is a session's turn when it was not for so long: for
 * that all are told at once. */

void
gavel_round_begin(gavel_topic_t *topic, const gavel_record_t *r)
{
    ngx_uint_t      i;
    gavel_round_t  *round;

    gavel_round_end(topic);

    round = &topic->round;
    round->left = topic->viewers;
    round->epoch = r->epoch;
    round->seq = r->seq;

    for (i = 0; i < GAVEL_FORMS; i++) {
        if (topic->forms[i]) {
            round->message[i] = gavel_hub_encode(topic, i, r);
        }
    }

    ngx_queue_insert_tail(&gavel_rounds, &round->queue);

    if (gavel_room_conf.gather) {
        gavel_round_end(topic);

    } else {
        gavel_turn_post();
    }
}


ngx_uint_t
gavel_round_next(void)
{
    ngx_queue_t    *q;
    gavel_topic_t  *topic;

    while (!ngx_queue_empty(&gavel_rounds)) {
        q = ngx_queue_head(&gavel_rounds);
        topic = ngx_queue_data(q, gavel_topic_t, round.queue);

        if (gavel_round_step(topic)) {
            return 1;
        }
    }

    return 0;
}


void
gavel_round_end(gavel_topic_t *topic)
{
    while (topic->round.left) {
        (void) gavel_round_step(topic);
    }
}


void
gavel_round_left(gavel_topic_t *topic)
{
    if (topic->round.left > topic->viewers) {
        topic->round.left = topic->viewers;

        if (topic->round.left == 0) {
            gavel_round_over(&topic->round);
        }
    }
}


/* Sending only marks: no subscription leaves the array meanwhile.
 *
 * A function of its own that only fetches is one without effect to gcc, which
 * leaves it out. */

static ngx_uint_t
gavel_round_step(gavel_topic_t *topic)
{
    ngx_uint_t              told;
    gavel_round_t          *round;
    gavel_subscription_t  **next;

    round = &topic->round;
    next = &topic->subscriptions[--round->left];

    if (round->left >= 3 * ROUND_AHEAD) {
        gavel_prefetch(&next[-3 * ROUND_AHEAD]);
        gavel_prefetch(next[-2 * ROUND_AHEAD]);
        gavel_session_prefetch(next[-ROUND_AHEAD]->session);
    }

    told = gavel_round_tell(round, next[0]);

    if (round->left == 0) {
        gavel_round_over(round);
    }

    return told;
}


/* One that is about to end goes on elsewhere from where it stands. */

static ngx_uint_t
gavel_round_tell(const gavel_round_t *round, gavel_subscription_t *sub)
{
    gavel_session_t  *s;

    s = sub->session;

    if (!sub->live || s->doom || round->seq <= sub->seq) {
        return 0;
    }

    sub->epoch = round->epoch;
    sub->seq = round->seq;
    gavel_room_metrics.events++;

    gavel_place_tell(s);
    gavel_session_send(s, round->message[s->form], 0);

    return 1;
}


static void
gavel_round_over(gavel_round_t *round)
{
    ngx_uint_t  i;

    ngx_queue_remove(&round->queue);

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(round->message[i]);
        round->message[i] = NULL;
    }
}
