/*
 * hosting: followers of an auction are told when its host has left, and when
 * he is back.
 *
 * His sockets are counted in the whole cluster, as leaders' are; each worker
 * tells its own followers.  Somebody who comes back within the grace, to
 * whatever worker, never left: a worker may die, or a page be opened anew.
 * While Redis is away nobody knows of other nodes, so nobody leaves.
 */

#include "room/hosting.h"

#include "cluster/presence.h"


static ngx_uint_t hosting_there(gavel_topic_t *topic);
static gavel_message_t *hosting_message(gavel_topic_t *topic,
    gavel_form_t form);


ngx_uint_t
gavel_hosted(const auction_t *a)
{
    switch (a->status) {

    case AUCTION_LOBBY:
    case AUCTION_LIVE:
    case AUCTION_PAUSED:
    case AUCTION_ENDING:
        return a->mode != MODE_TIMED;

    default:
        return 0;
    }
}


void
gavel_hosting_count(const gavel_topic_t *topic, ngx_int_t n)
{
    gavel_presence_add(gavel_presence_key(topic->node.key, GAVEL_COUNT_HOST,
                                          0),
                       n);
}


static void
hosting_tell(gavel_topic_t *topic)
{
    ngx_uint_t        i;
    gavel_message_t  *m[GAVEL_FORMS];

    for (i = 0; i < GAVEL_FORMS; i++) {
        m[i] = hosting_message(topic, i);
    }

    gavel_hub_tell(topic, m, gavel_key(GAVEL_KEY_HOSTING, topic->node.key));

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(m[i]);
    }
}


static gavel_message_t *
hosting_message(gavel_topic_t *topic, gavel_form_t form)
{
    ngx_str_t      text;
    gavel_json_t  *j;

    j = gavel_frame_begin(topic->host_left ? "host.left" : "host.returned");
    gavel_json_str(j, "channel", &topic->channel);
    gavel_frame_time(j);
    text = gavel_frame_end(j);

    return gavel_message(form, &text, 1, 0, -1);
}


static ngx_uint_t
hosting_there(gavel_topic_t *topic)
{
    return gavel_presence(gavel_presence_key(topic->node.key,
                                             GAVEL_COUNT_HOST, 0))
           != 0;
}


void
gavel_hosting_look(gavel_topic_t *topic)
{
    ngx_uint_t  left, known;

    if (!topic->ready) {
        return;
    }

    known = topic->host_known;
    topic->host_known = 1;

    if (!gavel_hosted(gavel_auction_state(topic->view.auction))) {
        topic->host_left = 0;
        return;
    }

    left = gavel_presence_absent(gavel_presence_key(topic->node.key,
                                                    GAVEL_COUNT_HOST, 0))
           >= (int64_t) gavel_room_conf.host_grace;

    /* nobody knows of other nodes for a moment: what was told stays */

    if (left == topic->host_left || (!left && !hosting_there(topic))) {
        return;
    }

    topic->host_left = left;

    if (known) {
        hosting_tell(topic);
    }
}
