/*
 * hub: brings every committed event of an auction to whoever follows it.
 *
 * A topic is an auction that somebody on this worker follows: it holds a view
 * of it open, and the auction room tells the hub of each event exactly once
 * and in order.  An event is encoded once per form, WebSocket and SSE, and a
 * reference to it put into the queue of each session when its turn comes
 * (round.c); writing is the turn's.
 *
 * A subscription knows the seq up to which its client has everything, so an
 * event that comes during a replay is neither lost nor told twice: whatever
 * is not above that seq is skipped, and a subscription goes live only when it
 * has reached the seq of the cached state (join.c).
 */

#include "room/hub.h"
#include "room/hosting.h"
#include "room/me.h"
#include "room/place.h"

#include "cluster/presence.h"


static gavel_topic_t *gavel_topic_find(uint64_t auction);
static gavel_topic_t *gavel_topic_create(uint64_t auction);
static void gavel_topic_ready(gavel_view_t *v, gavel_code_t code);
static void gavel_topic_close(gavel_topic_t *topic);
static ngx_int_t gavel_topic_add(gavel_topic_t *topic,
    gavel_subscription_t *sub);
static void gavel_topic_remove(gavel_topic_t *topic,
    const gavel_subscription_t *sub);
static gavel_subscription_t *gavel_hub_find(gavel_session_t *s,
    uint64_t auction);
static void gavel_hub_event(gavel_auction_t *a, gavel_record_t *r);
static void gavel_hub_reset(gavel_auction_t *a);
static void gavel_topic_forget_snapshot(gavel_topic_t *topic);
static void gavel_topic_heartbeat(gavel_topic_t *topic);
static gavel_message_t *gavel_heartbeat_message(gavel_topic_t *topic,
    gavel_form_t form);


static const gavel_observer_t  gavel_hub_observer = {
    gavel_hub_event,
    gavel_hub_reset
};


static ngx_rbtree_t       gavel_topics;
static ngx_rbtree_node_t  gavel_topics_sentinel;
static ngx_queue_t        gavel_topic_list;
static ngx_queue_t        gavel_buried_topics;
static ngx_queue_t        gavel_buried_subscriptions;


ngx_int_t
gavel_hub_create(void)
{
    ngx_rbtree_init(&gavel_topics, &gavel_topics_sentinel,
                    ngx_rbtree_insert_value);

    ngx_queue_init(&gavel_topic_list);
    ngx_queue_init(&gavel_buried_topics);
    ngx_queue_init(&gavel_buried_subscriptions);
    gavel_rounds_create();

    gavel_auction_observe(&gavel_hub_observer);

    return NGX_OK;
}


void
gavel_hub_destroy(void)
{
    gavel_hub_bury();
}


static gavel_topic_t *
gavel_topic_find(uint64_t auction)
{
    ngx_rbtree_node_t  *node;

    node = gavel_topics.root;

    while (node != &gavel_topics_sentinel) {

        if (auction == node->key) {
            return ngx_rbtree_data(node, gavel_topic_t, node);
        }

        node = (auction < node->key) ? node->left : node->right;
    }

    return NULL;
}


static gavel_topic_t *
gavel_topic_create(uint64_t auction)
{
    gavel_topic_t  *topic;

    topic = ngx_calloc(sizeof(gavel_topic_t), ngx_cycle->log);
    if (topic == NULL) {
        return NULL;
    }

    topic->node.key = auction;
    topic->spoke = gavel_pulse_now();
    topic->channel.data = topic->name;
    topic->channel.len = ngx_sprintf(topic->name, "auction:%uL", auction)
                         - topic->name;

    topic->view.ready = gavel_topic_ready;
    topic->view.data = topic;

    ngx_queue_insert_tail(&gavel_topic_list, &topic->queue);
    ngx_rbtree_insert(&gavel_topics, &topic->node);

    gavel_room_metrics.topics++;

    return topic;
}


static void
gavel_topic_ready(gavel_view_t *v, gavel_code_t code)
{
    gavel_topic_t  *topic = v->data;

    ngx_uint_t             i;
    gavel_subscription_t  *sub;

    if (v->auction != NULL
        && (code == GAVEL_OK || code == GAVEL_engine_halted))
    {
        topic->ready = 1;
        gavel_auction_set_data(v->auction, topic);
        gavel_auction_watch(v->auction);
    }

    /* a refusal takes the subscription out of the array, whose last one has
     * its place then; the last of all closes the topic, which lives on until
     * the end of the turn */

    for (i = topic->viewers; i-- > 0; ) {
        sub = topic->subscriptions[i];

        if (topic->ready) {
            gavel_join(sub);

        } else {
            gavel_join_refuse(sub, code == GAVEL_OK ? GAVEL_internal : code);
        }
    }
}


/* nobody follows it here any more */

static void
gavel_topic_close(gavel_topic_t *topic)
{
    if (topic->ready) {
        gavel_auction_unwatch(topic->view.auction);
        gavel_auction_set_data(topic->view.auction, NULL);
        topic->ready = 0;
    }

    gavel_view_close(&topic->view);
    gavel_topic_forget_snapshot(topic);

    ngx_rbtree_delete(&gavel_topics, &topic->node);
    ngx_queue_remove(&topic->queue);
    ngx_queue_insert_tail(&gavel_buried_topics, &topic->queue);

    gavel_room_metrics.topics--;

    gavel_turn_run();
}


static ngx_int_t
gavel_topic_add(gavel_topic_t *topic, gavel_subscription_t *sub)
{
    ngx_uint_t              size;
    gavel_subscription_t  **all;

    if (topic->viewers == topic->size) {
        size = topic->size ? topic->size * 2 : 4;

        all = ngx_alloc(size * sizeof(gavel_subscription_t *),
                        ngx_cycle->log);
        if (all == NULL) {
            return NGX_ERROR;
        }

        if (topic->size) {
            ngx_memcpy(all, topic->subscriptions,
                       topic->size * sizeof(gavel_subscription_t *));
            ngx_free(topic->subscriptions);
        }

        gavel_room_metrics.memory += (size - topic->size)
                                     * sizeof(gavel_subscription_t *);
        topic->subscriptions = all;
        topic->size = size;
    }

    sub->topic = topic;
    topic->forms[sub->session->form]++;
    sub->place = topic->viewers;
    topic->subscriptions[topic->viewers++] = sub;

    return NGX_OK;
}


static void
gavel_topic_remove(gavel_topic_t *topic, const gavel_subscription_t *sub)
{
    gavel_subscription_t  *last;

    last = topic->subscriptions[--topic->viewers];
    topic->subscriptions[sub->place] = last;
    last->place = sub->place;
    topic->forms[sub->session->form]--;

    gavel_round_left(topic);
}


static void
gavel_topic_forget_snapshot(gavel_topic_t *topic)
{
    ngx_uint_t  i;

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(topic->snapshot[i]);
        topic->snapshot[i] = NULL;
    }
}


gavel_code_t
gavel_hub_subscribe(gavel_session_t *s, uint64_t auction, int64_t epoch,
    int64_t seq)
{
    ngx_uint_t             fresh;
    gavel_topic_t         *topic;
    gavel_subscription_t  *sub;

    (void) gavel_hub_unsubscribe(s, auction);

    if (gavel_session_full(s)) {
        return GAVEL_limit_reached;
    }

    sub = ngx_calloc(sizeof(gavel_subscription_t), ngx_cycle->log);
    if (sub == NULL) {
        return GAVEL_internal;
    }

    sub->session = s;
    sub->positioned = (epoch >= 0);
    sub->epoch = epoch;
    sub->seq = seq;

    topic = gavel_topic_find(auction);
    fresh = (topic == NULL);

    if (fresh) {
        topic = gavel_topic_create(auction);
        if (topic == NULL) {
            ngx_free(sub);
            return GAVEL_internal;
        }
    }

    if (gavel_topic_add(topic, sub) != NGX_OK) {

        if (fresh) {
            gavel_topic_close(topic);
        }

        ngx_free(sub);
        return GAVEL_internal;
    }

    ngx_queue_insert_tail(&s->subscriptions, &sub->of_session);
    s->nsubscriptions++;

    gavel_presence_here(auction, topic->viewers);

    gavel_room_metrics.memory += sizeof(gavel_subscription_t);

    /* whichever comes of it may be over when these return */

    if (fresh) {
        gavel_view_open(&topic->view, auction);

    } else if (topic->ready) {
        gavel_join(sub);
    }

    return GAVEL_OK;
}


static gavel_subscription_t *
gavel_hub_find(gavel_session_t *s, uint64_t auction)
{
    ngx_queue_t           *q;
    gavel_subscription_t  *sub;

    for (q = ngx_queue_head(&s->subscriptions);
         q != ngx_queue_sentinel(&s->subscriptions);
         q = ngx_queue_next(q))
    {
        sub = ngx_queue_data(q, gavel_subscription_t, of_session);

        if (sub->topic->node.key == auction) {
            return sub;
        }
    }

    return NULL;
}


ngx_uint_t
gavel_hub_unsubscribe(gavel_session_t *s, uint64_t auction)
{
    gavel_subscription_t  *sub;

    sub = gavel_hub_find(s, auction);
    if (sub == NULL) {
        return 0;
    }

    gavel_hub_drop(sub);

    return 1;
}


ngx_uint_t
gavel_hub_begun(gavel_session_t *s)
{
    ngx_queue_t           *q;
    gavel_subscription_t  *sub;

    if (ngx_queue_empty(&s->subscriptions)) {
        return 0;
    }

    q = ngx_queue_head(&s->subscriptions);
    sub = ngx_queue_data(q, gavel_subscription_t, of_session);

    return sub->live || sub->resumed;
}


void
gavel_hub_leave(gavel_session_t *s)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&s->subscriptions)) {
        q = ngx_queue_head(&s->subscriptions);
        gavel_hub_drop(ngx_queue_data(q, gavel_subscription_t, of_session));
    }
}


void
gavel_hub_drop(gavel_subscription_t *sub)
{
    gavel_topic_t  *topic;

    topic = sub->topic;

    if (sub->replaying) {
        gavel_replay_detach(&sub->replay);
        sub->replaying = 0;
    }

    sub->live = 0;
    sub->session->nsubscriptions--;

    gavel_topic_remove(topic, sub);
    gavel_presence_here(topic->node.key, topic->viewers);

    if (sub->leader) {
        gavel_presence_add(gavel_presence_key(topic->node.key,
                                              GAVEL_COUNT_LEADER,
                                              sub->session->identity.user),
                           -1);
    }

    if (sub->host) {
        gavel_hosting_count(topic, -1);
    }

    gavel_room_metrics.memory -= sizeof(gavel_subscription_t);

    ngx_queue_remove(&sub->of_session);
    ngx_queue_insert_tail(&gavel_buried_subscriptions, &sub->of_session);

    if (topic->viewers == 0) {
        gavel_topic_close(topic);
    }

    gavel_turn_run();
}


void
gavel_hub_bury(void)
{
    ngx_queue_t    *q;
    gavel_topic_t  *topic;

    while (!ngx_queue_empty(&gavel_buried_subscriptions)) {
        q = ngx_queue_head(&gavel_buried_subscriptions);
        ngx_queue_remove(q);
        ngx_free(ngx_queue_data(q, gavel_subscription_t, of_session));
    }

    while (!ngx_queue_empty(&gavel_buried_topics)) {
        q = ngx_queue_head(&gavel_buried_topics);
        ngx_queue_remove(q);

        topic = ngx_queue_data(q, gavel_topic_t, queue);
        gavel_room_metrics.memory -= topic->size
                                     * sizeof(gavel_subscription_t *);

        if (topic->size) {
            ngx_free(topic->subscriptions);
        }

        ngx_free(topic);
    }
}


gavel_message_t *
gavel_hub_encode(gavel_topic_t *topic, gavel_form_t form,
    const gavel_record_t *r)
{
    gavel_message_t  *m;

    m = gavel_message_event(form, &topic->channel, &r->text, r->epoch,
                            r->seq);

    if (m != NULL) {
        m->channel = gavel_place_key(GAVEL_PLACE_AUCTION, topic->node.key);
        m->epoch = r->epoch;
        m->seq = r->seq;
    }

    return m;
}


static void
gavel_hub_event(gavel_auction_t *a, gavel_record_t *r)
{
    gavel_topic_t  *topic;

    gavel_me_event(r);

    topic = gavel_auction_data(a);
    if (topic == NULL) {
        return;
    }

    topic->spoke = gavel_pulse_now();
    gavel_topic_forget_snapshot(topic);

    gavel_round_begin(topic, r);
}


/* Without a state there is nothing to follow: the last who is refused closes
 * the topic. */

static void
gavel_hub_reset(gavel_auction_t *a)
{
    ngx_uint_t             i;
    gavel_topic_t         *topic;
    const auction_t       *state;
    gavel_subscription_t  *sub;

    topic = gavel_auction_data(a);
    if (topic == NULL) {
        return;
    }

    gavel_round_end(topic);
    gavel_topic_forget_snapshot(topic);
    state = gavel_auction_state(a);

    for (i = topic->viewers; i-- > 0; ) {
        sub = topic->subscriptions[i];

        /* who was further has lost what he saw, before a new epoch says so */

        if (state == NULL) {
            gavel_join_refuse(sub, GAVEL_not_found);

        } else if (sub->live && !sub->session->doom) {
            gavel_join_snapshot(sub, sub->epoch == state->epoch
                                     && sub->seq <= state->seq ? "gap"
                                                               : "epoch");
        }
    }
}


void
gavel_hub_each(void (*visit)(gavel_topic_t *topic, void *data), void *data)
{
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&gavel_topic_list);
         q != ngx_queue_sentinel(&gavel_topic_list);
         q = ngx_queue_next(q))
    {
        visit(ngx_queue_data(q, gavel_topic_t, queue), data);
    }
}


void
gavel_hub_tell(gavel_topic_t *topic, gavel_message_t **m, uint64_t key)
{
    ngx_uint_t             i;
    gavel_session_t       *s;
    gavel_subscription_t  *sub;

    for (i = 0; i < topic->viewers; i++) {
        sub = topic->subscriptions[i];
        s = sub->session;

        if (sub->live) {
            gavel_session_offer(s, m[s->form], key);
        }
    }
}


void
gavel_hub_heartbeat(uint32_t now)
{
    ngx_queue_t    *q;
    gavel_topic_t  *topic;

    for (q = ngx_queue_head(&gavel_topic_list);
         q != ngx_queue_sentinel(&gavel_topic_list);
         q = ngx_queue_next(q))
    {
        topic = ngx_queue_data(q, gavel_topic_t, queue);

        if (topic->ready
            && now - topic->spoke >= gavel_room_conf.heartbeat / 1000)
        {
            topic->spoke = now;
            gavel_topic_heartbeat(topic);
        }
    }
}


static void
gavel_topic_heartbeat(gavel_topic_t *topic)
{
    ngx_uint_t             i;
    gavel_message_t       *m[GAVEL_FORMS];
    gavel_session_t       *s;
    gavel_subscription_t  *sub;

    gavel_round_end(topic);
    ngx_memzero(m, sizeof(m));

    for (i = 0; i < topic->viewers; i++) {
        sub = topic->subscriptions[i];
        s = sub->session;

        if (!sub->live) {
            continue;
        }

        if (m[s->form] == NULL) {
            m[s->form] = gavel_heartbeat_message(topic, s->form);
        }

        gavel_session_offer(s, m[s->form],
                            gavel_key(GAVEL_KEY_HEARTBEAT, topic->node.key));
    }

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(m[i]);
    }
}


static gavel_message_t *
gavel_heartbeat_message(gavel_topic_t *topic, gavel_form_t form)
{
    u_char            line[sizeof(": heartbeat :\n\n") + 2 * NGX_INT64_LEN];
    ngx_str_t         text;
    gavel_json_t     *j;
    const auction_t  *a;

    a = gavel_auction_state(topic->view.auction);

    if (gavel_form_is_stream(form)) {
        return gavel_message_raw(line,
                                 ngx_sprintf(line, ": heartbeat %L:%L\n\n",
                                             a->epoch, a->seq)
                                 - line);
    }

    j = gavel_frame_begin("heartbeat");
    gavel_json_str(j, "channel", &topic->channel);
    gavel_json_int(j, "epoch", a->epoch);
    gavel_json_int(j, "seq", a->seq);
    gavel_frame_time(j);
    text = gavel_frame_end(j);

    return gavel_message(form, &text, 1, 0, -1);
}
