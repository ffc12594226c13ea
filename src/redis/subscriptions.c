/*
 * subscriptions: the channels of this worker, on a connection of their own.
 *
 * Handlers are found by the channel's name when a message is told, never
 * through hiredis's private data, which it mixes up for replies without a
 * callback.  A channel of our own, the anchor, is always subscribed: hiredis
 * aborts the process when something arrives on a connection that it believes
 * to be without subscriptions; and subscribing to it again and again is how a
 * silent connection is found out.
 */

#include "redis/internal.h"


typedef struct {
    ngx_str_node_t            sn;      /* first: the channel's name */
    ngx_queue_t               link;
    gavel_redis_message_pt    handler;
    void                     *data;
} redis_channel_t;


static void subscriber_up(redis_conn_t *rc);
static void subscriber_sample(redis_conn_t *rc);
static void subscriber_down(redis_conn_t *rc);
static void subscriber_callback(redisAsyncContext *ac, void *reply,
    void *data);
static void subscriber_send(const char *command, const ngx_str_t *channel);
static void subscriber_all(redis_conn_t *rc);
static redis_channel_t *channel_find(const ngx_str_t *name);


static const char  anchor[] = "gavel-anchor";

static ngx_rbtree_t       channels;
static ngx_rbtree_node_t  channels_sentinel;
static ngx_queue_t        channels_list;
static ngx_uint_t         channels_n;
static ngx_uint_t         anchor_unanswered;
static ngx_uint_t         hearing;         /* all channels are subscribed */

redis_conn_t  redis_subscriber = {
    .name = "subscriptions",
    .up = subscriber_up,
    .sample = subscriber_sample,
    .down = subscriber_down
};


void
redis_subscriptions_init(void)
{
    ngx_rbtree_init(&channels, &channels_sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&channels_list);
}


ngx_uint_t
redis_channels(void)
{
    return channels_n;
}


ngx_uint_t
redis_hearing(void)
{
    return hearing;
}


ngx_int_t
gavel_redis_subscribe(const ngx_str_t *channel,
    gavel_redis_message_pt handler, void *data)
{
    redis_channel_t  *ch;

    ch = channel_find(channel);

    if (ch) {
        ch->handler = handler;
        ch->data = data;
        return NGX_OK;
    }

    ch = ngx_alloc(sizeof(redis_channel_t) + channel->len, redis_log);
    if (ch == NULL) {
        return NGX_ERROR;
    }

    ch->handler = handler;
    ch->data = data;
    ch->sn.node.key = ngx_crc32_short(channel->data, channel->len);
    ch->sn.str.len = channel->len;
    ch->sn.str.data = (u_char *) (ch + 1);
    ngx_memcpy(ch->sn.str.data, channel->data, channel->len);

    ngx_rbtree_insert(&channels, &ch->sn.node);
    ngx_queue_insert_tail(&channels_list, &ch->link);
    channels_n++;

    subscriber_send("SUBSCRIBE", channel);

    return NGX_OK;
}


void
gavel_redis_unsubscribe(const ngx_str_t *channel)
{
    redis_channel_t  *ch;

    ch = channel_find(channel);

    if (ch == NULL) {
        return;
    }

    subscriber_send("UNSUBSCRIBE", &ch->sn.str);

    ngx_rbtree_delete(&channels, &ch->sn.node);
    ngx_queue_remove(&ch->link);
    channels_n--;

    ngx_free(ch);
}


static redis_channel_t *
channel_find(const ngx_str_t *name)
{
    uint32_t  hash;

    hash = ngx_crc32_short(name->data, name->len);

    return (redis_channel_t *)
               ngx_str_rbtree_lookup(&channels, (ngx_str_t *) name, hash);
}


/* While it is away the list is all there is to do. */

static void
subscriber_send(const char *command, const ngx_str_t *channel)
{
    size_t       len[2];
    const char  *argv[2];

    if (redis_subscriber.ac == NULL || redis_subscriber.state != REDIS_UP) {
        return;
    }

    argv[0] = command;
    len[0] = ngx_strlen(command);
    argv[1] = (char *) channel->data;
    len[1] = channel->len;

    if (redisAsyncCommandArgv(redis_subscriber.ac, subscriber_callback, NULL,
                              2, argv, len)
        != REDIS_OK)
    {
        redis_conn_break(&redis_subscriber, "cannot subscribe");
    }
}


/* All channels in one command, the anchor last: its answer says that the
 * connection hears everything. */

static void
subscriber_up(redis_conn_t *rc)
{
    anchor_unanswered = 0;

    redis_together(rc, &redis_commands);
    subscriber_all(rc);
}


static void
subscriber_all(redis_conn_t *rc)
{
    size_t            *len;
    ngx_uint_t         n;
    const char       **argv;
    ngx_queue_t       *q;
    redis_channel_t   *ch;

    argv = ngx_alloc((channels_n + 2) * (sizeof(char *) + sizeof(size_t)),
                     redis_log);
    if (argv == NULL) {
        redis_conn_break(rc, "out of memory");
        return;
    }

    len = (size_t *) (argv + channels_n + 2);

    argv[0] = "SUBSCRIBE";
    len[0] = sizeof("SUBSCRIBE") - 1;
    n = 1;

    for (q = ngx_queue_head(&channels_list);
         q != ngx_queue_sentinel(&channels_list);
         q = ngx_queue_next(q))
    {
        ch = ngx_queue_data(q, redis_channel_t, link);

        argv[n] = (char *) ch->sn.str.data;
        len[n++] = ch->sn.str.len;
    }

    argv[n] = anchor;
    len[n++] = sizeof(anchor) - 1;

    anchor_unanswered++;

    if (redisAsyncCommandArgv(rc->ac, subscriber_callback, NULL, (int) n,
                              argv, len)
        != REDIS_OK)
    {
        redis_conn_break(rc, "cannot subscribe");
    }

    ngx_free(argv);
}


static void
subscriber_sample(redis_conn_t *rc)
{
    ngx_str_t  name;

    if (anchor_unanswered) {
        redis_stats.timeouts++;
        redis_conn_drop(rc, "it is silent");
        return;
    }

    name.data = (u_char *) anchor;
    name.len = sizeof(anchor) - 1;

    anchor_unanswered++;
    subscriber_send("SUBSCRIBE", &name);
}


static void
subscriber_down(redis_conn_t *rc)
{
    hearing = 0;
    redis_changed(1);
}


static void
subscriber_callback(redisAsyncContext *ac, void *reply, void *data)
{
    redisReply    *r = reply;
    redis_item_t  *item;

    if (r == NULL) {
        return;
    }

    if (r->type == REDIS_REPLY_ERROR) {
        redis_conn_break(&redis_subscriber, r->str);
        return;
    }

    if (r->type != REDIS_REPLY_ARRAY || r->elements != 3) {
        return;
    }

    if (ngx_strcmp(r->element[0]->str, "message") != 0) {

        if (ngx_strcmp(r->element[0]->str, "subscribe") == 0
            && ngx_strcmp(r->element[1]->str, anchor) == 0)
        {
            anchor_unanswered = 0;

            if (!hearing) {
                hearing = 1;
                redis_changed(0);
            }
        }

        return;
    }

    item = redis_item();

    if (item == NULL) {
        return;                         /* as good as lost on the way */
    }

    item->message = 1;
    item->reply = r;

    redis_keep(&redis_subscriber);
    redis_stats.messages++;

    redis_tell(item);
}


void
redis_deliver(const redisReply *reply)
{
    ngx_str_t         name, message;
    redis_channel_t  *ch;

    name.data = (u_char *) reply->element[1]->str;
    name.len = reply->element[1]->len;

    ch = channel_find(&name);

    if (ch == NULL || reply->element[2]->type != REDIS_REPLY_STRING) {
        return;
    }

    message.data = (u_char *) reply->element[2]->str;
    message.len = reply->element[2]->len;

    ch->handler(&message, ch->data);
}
