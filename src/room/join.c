/*
 * join: brings a subscription from where its client was to where the feed is.
 *
 * The answer is one of three things: nothing was missed or everything that
 * was missed follows (resumed), or a snapshot with the reason: "new", "gap"
 * (too much was missed) or "epoch" (the log lost its tail).  In each case
 * "subscribed" comes first, and live events come last.
 */

#include "room/hub.h"
#include "room/place.h"
#include "room/hosting.h"

#include "cluster/presence.h"


static ngx_uint_t gavel_join_allowed(gavel_subscription_t *sub,
    const auction_t *a);
static void gavel_join_count(gavel_subscription_t *sub,
    const auction_t *a);
static void gavel_join_replay(gavel_subscription_t *sub);
static void gavel_join_replayed(gavel_replay_t *r);
static void gavel_join_subscribed(gavel_subscription_t *sub,
    const char *reason);
static gavel_message_t *gavel_join_snapshot_message(gavel_topic_t *topic,
    gavel_form_t form);


void
gavel_join(gavel_subscription_t *sub)
{
    const auction_t  *a;

    if (sub->session->doom) {
        return;                      /* it stands where it stood */
    }

    a = gavel_auction_state(sub->topic->view.auction);

    gavel_join_count(sub, a);

    if (!gavel_join_allowed(sub, a)) {
        gavel_join_refuse(sub, GAVEL_not_found);

    } else if (!sub->positioned) {
        gavel_join_snapshot(sub, "new");

    } else if (sub->epoch != a->epoch) {
        gavel_join_snapshot(sub, "epoch");

    } else if (sub->seq == a->seq) {
        gavel_join_subscribed(sub, NULL);
        sub->live = 1;

    } else {
        gavel_join_replay(sub);
    }
}


/* the console shows which leaders are there, everybody sees whether the host
 * is: on a socket, which is what he conducts from */

static void
gavel_join_count(gavel_subscription_t *sub, const auction_t *a)
{
    uint32_t   i;
    uint64_t   user;

    user = sub->session->identity.user;

    for (i = 0; user && !sub->leader && i < a->nteams; i++) {

        if (auction_teams(a)[i].leader == (int64_t) user) {
            sub->leader = 1;
            gavel_presence_add(gavel_presence_key(a->id, GAVEL_COUNT_LEADER,
                                                  user),
                               1);
        }
    }

    if (user && (int64_t) user == a->owner && !sub->host
        && !gavel_form_is_stream(sub->session->form))
    {
        sub->host = 1;
        gavel_hosting_count(sub->topic, 1);
    }
}


/* a draft, and what was put away, is its owner's and staff's */

static ngx_uint_t
gavel_join_allowed(gavel_subscription_t *sub, const auction_t *a)
{
    gavel_identity_t  *id;

    id = &sub->session->identity;

    return gavel_auction_public(sub->topic->view.auction)
           || (id->user && (int64_t) id->user == a->owner)
           || (id->roles & (GAVEL_ROLE_ADMIN|GAVEL_ROLE_SUPPORT));
}


static void
gavel_join_replay(gavel_subscription_t *sub)
{
    sub->replay.ready = gavel_join_replayed;
    sub->replay.data = sub;
    sub->replaying = 1;

    gavel_auction_replay(sub->topic->view.auction, sub->seq,
                         gavel_room_conf.max_replay, &sub->replay);
}


static void
gavel_join_replayed(gavel_replay_t *r)
{
    gavel_subscription_t  *sub = r->data;

    ngx_uint_t        i;
    gavel_record_t   *record;
    gavel_message_t  *m;
    const auction_t  *a;

    sub->replaying = 0;

    if (sub->session->doom) {
        return;
    }

    switch (r->code) {

    case GAVEL_OK:
        break;

    case GAVEL_limit_reached:
        gavel_join_snapshot(sub, "gap");
        return;

    case GAVEL_conflict:
        gavel_join_snapshot(sub, "epoch");
        return;

    default:
        gavel_join_refuse(sub, r->code);
        return;
    }

    a = gavel_auction_state(sub->topic->view.auction);

    /* the log may have lost its tail while they were read */

    if (sub->epoch != a->epoch || sub->seq > a->seq) {
        gavel_join_snapshot(sub, "epoch");
        return;
    }

    if (!sub->resumed) {
        gavel_join_subscribed(sub, NULL);
    }

    for (i = 0; i < r->n; i++) {
        record = r->records[i];

        if (record->seq <= sub->seq) {
            continue;
        }

        if (record->epoch != a->epoch) {
            gavel_join_snapshot(sub, "epoch");
            return;
        }

        if (record->seq > a->seq) {
            break;
        }

        sub->seq = record->seq;
        gavel_room_metrics.events++;

        m = gavel_hub_encode(sub->topic, sub->session->form, record);
        gavel_place_tell(sub->session);
        gavel_session_send(sub->session, m, 1);
        gavel_message_free(m);
    }

    /* what was committed meanwhile: from memory, so this ends */

    if (sub->seq >= a->seq) {
        sub->live = 1;

    } else if (r->n) {
        gavel_join_replay(sub);

    } else {
        gavel_join_snapshot(sub, "gap");
    }
}


static void
gavel_join_subscribed(gavel_subscription_t *sub, const char *reason)
{
    ngx_str_t         text;
    gavel_json_t     *j;
    const auction_t  *a;

    a = gavel_auction_state(sub->topic->view.auction);

    gavel_hosting_look(sub->topic);

    j = gavel_frame_begin("subscribed");
    gavel_json_str(j, "channel", &sub->topic->channel);
    gavel_json_int(j, "epoch", a->epoch);
    gavel_json_int(j, "seq", a->seq);
    gavel_json_bool(j, "resumed", reason == NULL);

    if (reason != NULL) {
        gavel_json_cstr(j, "reason", reason);

    } else {
        sub->resumed = 1;
        gavel_room_metrics.resumed++;
    }

    gavel_json_int(j, "viewers", gavel_presence(sub->topic->node.key));

    if (gavel_hosted(a)) {
        gavel_json_bool(j, "host", !sub->topic->host_left);
    }

    gavel_frame_time(j);

    text = gavel_frame_end(j);
    gavel_session_text(sub->session, &text);
}


void
gavel_join_snapshot(gavel_subscription_t *sub, const char *reason)
{
    ngx_uint_t        form;
    gavel_topic_t    *topic;
    const auction_t  *a;

    topic = sub->topic;
    form = sub->session->form;
    a = gavel_auction_state(topic->view.auction);

    gavel_join_subscribed(sub, reason);

    /* many who come at once share one; later its server_time would lie */

    if (topic->snapshot[form] == NULL || topic->snapshot_seq != a->seq
        || topic->snapshot_at != ngx_current_msec)
    {
        gavel_message_free(topic->snapshot[form]);
        topic->snapshot[form] = gavel_join_snapshot_message(topic, form);
    }

    sub->epoch = a->epoch;
    sub->seq = a->seq;
    sub->live = 1;

    gavel_place_tell(sub->session);
    gavel_session_send(sub->session, topic->snapshot[form], 1);
    gavel_room_metrics.snapshots++;
}


static gavel_message_t *
gavel_join_snapshot_message(gavel_topic_t *topic, gavel_form_t form)
{
    ngx_str_t         pieces[4];
    gavel_json_t     *j;
    const ngx_str_t  *state;
    gavel_message_t  *m;
    const auction_t  *a;

    a = gavel_auction_state(topic->view.auction);
    state = gavel_auction_text(topic->view.auction);

    if (state == NULL) {
        return NULL;
    }

    j = gavel_frame_begin("snapshot");
    gavel_json_str(j, "channel", &topic->channel);
    gavel_json_int(j, "epoch", a->epoch);
    gavel_json_int(j, "seq", a->seq);
    gavel_frame_time(j);

    pieces[0] = gavel_json_text(j);
    ngx_str_set(&pieces[1], ",\"state\":");
    pieces[2] = *state;
    ngx_str_set(&pieces[3], "}");

    topic->snapshot_seq = a->seq;
    topic->snapshot_at = ngx_current_msec;

    m = gavel_message(form, pieces, 4, a->epoch, a->seq);

    if (m != NULL) {
        m->channel = gavel_place_key(GAVEL_PLACE_AUCTION, topic->node.key);
    }

    return m;
}


/* The subscription is over before it began. */

void
gavel_join_refuse(gavel_subscription_t *sub, gavel_code_t code)
{
    gavel_session_t  *s;

    s = sub->session;

    if (gavel_form_is_stream(s->form)) {
        s->refusal = code;
        gavel_session_doom(s, CLOSE_NORMAL, "");

    } else {
        gavel_session_error(s, code, NULL, &sub->topic->channel, NULL);
    }

    gavel_hub_drop(sub);
}


void
gavel_join_review(gavel_session_t *s)
{
    ngx_queue_t           *q, *next;
    gavel_subscription_t  *sub;

    for (q = ngx_queue_head(&s->subscriptions);
         q != ngx_queue_sentinel(&s->subscriptions);
         q = next)
    {
        next = ngx_queue_next(q);
        sub = ngx_queue_data(q, gavel_subscription_t, of_session);

        if (sub->topic->ready
            && !gavel_join_allowed(sub,
                   gavel_auction_state(sub->topic->view.auction)))
        {
            gavel_join_refuse(sub, GAVEL_not_found);
        }
    }
}
