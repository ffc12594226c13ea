/*
 * redis: commands to Redis, and the delivery of what comes back.
 *
 * Callbacks of hiredis do nothing but queue: replies and messages are taken
 * out of its hands and told from an event of their own in the same turn of
 * the loop, so that whoever gets them may do as he likes.
 */

#include "redis/internal.h"


#define REDIS_MAX_PENDING   16384
#define REDIS_KEEP_FREE       256
#define REDIS_MAX_HANDLERS      8


static void redis_commands_up(redis_conn_t *rc);
static void redis_commands_sample(redis_conn_t *rc);
static void redis_commands_down(redis_conn_t *rc);
static void redis_replied(redisAsyncContext *ac, void *reply, void *data);
static void redis_free_reply(void *reply);
static void redis_tell_handler(ngx_event_t *ev);
static void redis_change_handler(ngx_event_t *ev);
static void redis_told(ngx_uint_t up);


const gavel_redis_conf_t  *redis_conf;
ngx_log_t                 *redis_log;
gavel_redis_stats_t        redis_stats;

redis_conn_t  redis_commands = {
    .name = "commands",
    .up = redis_commands_up,
    .sample = redis_commands_sample,
    .down = redis_commands_down
};

static ngx_queue_t  redis_pending;      /* of redis_item_t: sent, in order */
static ngx_queue_t  redis_arrived;      /* to be told */
static ngx_queue_t  redis_free;
static ngx_uint_t   redis_nfree;

/* hiredis frees a reply right behind its callback, through this table */
static redisReplyObjectFunctions  redis_functions;
static void                     (*redis_free_object)(void *reply);
static unsigned                   redis_kept;

static ngx_connection_t  redis_nobody = { .fd = (ngx_socket_t) -1 };
static ngx_event_t       redis_tell_event = {
    .data = &redis_nobody,
    .handler = redis_tell_handler
};
static ngx_event_t       redis_change_event = {
    .data = &redis_nobody,
    .handler = redis_change_handler
};

static void      (*redis_handlers[REDIS_MAX_HANDLERS])(ngx_uint_t up);
static ngx_uint_t  redis_nhandlers;
static unsigned    redis_told_up;       /* what the handlers know */
static unsigned    redis_went;          /* and what they missed */


ngx_int_t
gavel_redis_create(const gavel_redis_conf_t *conf, ngx_cycle_t *cycle)
{
    redis_conf = conf;
    redis_log = cycle->log;
    redis_tell_event.log = cycle->log;
    redis_change_event.log = cycle->log;

    ngx_queue_init(&redis_pending);
    ngx_queue_init(&redis_arrived);
    ngx_queue_init(&redis_free);

    redis_subscriptions_init();

    if (!gavel_redis_wanted()) {
        return NGX_OK;                  /* always away */
    }

    gavel_metrics_add(gavel_redis_metrics);

    if (redis_where_init() != NGX_OK) {
        return NGX_ERROR;
    }

    redis_conn_init(&redis_commands);
    redis_conn_init(&redis_subscriber);

    if (conf->sentinels != NULL) {
        redis_conn_init(&redis_sentinel);
    }

    return NGX_OK;
}


/* Calls nobody any more. */

void
gavel_redis_destroy(void)
{
    if (redis_conf == NULL || !gavel_redis_wanted()) {
        return;
    }

    redis_conn_close(&redis_commands);
    redis_conn_close(&redis_subscriber);

    if (redis_conf->sentinels != NULL) {
        redis_conn_close(&redis_sentinel);
    }

    redis_where_close();

    if (redis_tell_event.posted) {
        ngx_delete_posted_event(&redis_tell_event);
    }

    if (redis_change_event.posted) {
        ngx_delete_posted_event(&redis_change_event);
    }
}


ngx_uint_t
gavel_redis_ready(void)
{
    return redis_commands.state == REDIS_UP && redis_hearing();
}


ngx_uint_t
gavel_redis_wanted(void)
{
    return redis_conf->host.len != 0 || redis_conf->path.len != 0
           || redis_conf->sentinels != NULL;
}


ngx_int_t
gavel_redis_command(ngx_uint_t argc, const ngx_str_t *argv,
    gavel_redis_done_pt done, void *data)
{
    size_t         len[GAVEL_REDIS_ARGS];
    ngx_uint_t     i;
    const char    *text[GAVEL_REDIS_ARGS];
    redis_item_t  *item;

    if (redis_commands.state != REDIS_UP
        || redis_commands.broken.posted
        || redis_stats.pending >= REDIS_MAX_PENDING
        || argc > GAVEL_REDIS_ARGS)
    {
        goto refused;
    }

    item = redis_item();
    if (item == NULL) {
        goto refused;
    }

    for (i = 0; i < argc; i++) {
        text[i] = argv[i].len ? (const char *) argv[i].data : "";
        len[i] = argv[i].len;
    }

    if (redisAsyncCommandArgv(redis_commands.ac, redis_replied, item,
                              (int) argc, text, len)
        != REDIS_OK)
    {
        redis_item_free(item);
        goto refused;
    }

    item->done = done;
    item->data = data;
    item->sent = ngx_current_msec;

    ngx_queue_insert_tail(&redis_pending, &item->link);

    redis_stats.pending++;
    redis_stats.commands++;

    return NGX_OK;

refused:

    redis_stats.refused++;

    return NGX_ERROR;
}


ngx_int_t
gavel_redis_publish(const ngx_str_t *channel, const ngx_str_t *message,
    gavel_redis_done_pt done, void *data)
{
    ngx_str_t  argv[3];

    ngx_str_set(&argv[0], "PUBLISH");
    argv[1] = *channel;
    argv[2] = *message;

    return gavel_redis_command(3, argv, done, data);
}


void
gavel_redis_detach(void *data)
{
    ngx_uint_t     i;
    ngx_queue_t   *q, *queue;
    redis_item_t  *item;

    for (i = 0; i < 2; i++) {
        queue = i ? &redis_arrived : &redis_pending;

        for (q = ngx_queue_head(queue);
             q != ngx_queue_sentinel(queue);
             q = ngx_queue_next(q))
        {
            item = ngx_queue_data(q, redis_item_t, link);

            if (item->data == data) {
                item->done = NULL;
                item->data = NULL;
            }
        }
    }
}


ngx_str_t
gavel_redis_key(ngx_pool_t *pool, const char *kind, const ngx_str_t *id)
{
    u_char     *p;
    ngx_str_t   key;

    key.len = redis_conf->prefix.len + ngx_strlen(kind) + 1 + id->len;

    key.data = ngx_pnalloc(pool, key.len);
    if (key.data == NULL) {
        ngx_str_null(&key);
        return key;
    }

    p = ngx_cpymem(key.data, redis_conf->prefix.data, redis_conf->prefix.len);
    p = ngx_cpymem(p, kind, ngx_strlen(kind));
    *p++ = ':';
    ngx_memcpy(p, id->data, id->len);

    return key;
}


void
gavel_redis_stats(gavel_redis_stats_t *stats)
{
    *stats = redis_stats;
    stats->channels = redis_channels();
}


static void
redis_commands_up(redis_conn_t *rc)
{
    redis_together(rc, &redis_subscriber);
    redis_changed(0);
}


/* A name may mean another server by now, for both. */

void
redis_together(redis_conn_t *rc, redis_conn_t *other)
{
    if (other->ac != NULL
        && (other->port != rc->port
            || ngx_strcmp(other->address, rc->address) != 0))
    {
        redis_conn_break(other, "it is on another server");
    }
}


void
redis_wrong_server(const char *why)
{
    redis_conn_break(&redis_commands, why);
    redis_conn_break(&redis_subscriber, why);
}


static void
redis_commands_down(redis_conn_t *rc)
{
    redis_changed(1);
}


/* One look at the oldest command instead of a timer for each. */

static void
redis_commands_sample(redis_conn_t *rc)
{
    ngx_queue_t   *q;
    redis_item_t  *item;

    if (ngx_queue_empty(&redis_pending)) {
        return;
    }

    q = ngx_queue_head(&redis_pending);
    item = ngx_queue_data(q, redis_item_t, link);

    if (ngx_current_msec - item->sent >= redis_conf->command_timeout) {
        redis_stats.timeouts++;
        redis_conn_drop(rc, "a command timed out");
    }
}


/* reply is NULL when the connection goes away. */

static void
redis_replied(redisAsyncContext *ac, void *reply, void *data)
{
    redisReply    *r = reply;
    redis_item_t  *item = data;

    ngx_queue_remove(&item->link);
    redis_stats.pending--;

    if (r == NULL) {
        redis_stats.failed++;

    } else {
        redis_keep(&redis_commands);

        if (r->type == REDIS_REPLY_ERROR
            && ngx_strncmp(r->str, "READONLY", 8) == 0)
        {
            redis_wrong_server("it has become a replica");
        }
    }

    item->reply = reply;

    redis_tell(item);
}


void
redis_keep(redis_conn_t *rc)
{
    redisReader  *reader = rc->ac->c.reader;

    if (redis_free_object == NULL) {
        redis_functions = *reader->fn;
        redis_free_object = redis_functions.freeObject;
        redis_functions.freeObject = redis_free_reply;
    }

    reader->fn = &redis_functions;
    redis_kept = 1;
}


/* What hiredis calls instead of freeReplyObject(), first of all right behind
 * the callback that kept the reply. */

static void
redis_free_reply(void *reply)
{
    if (redis_kept) {
        redis_kept = 0;
        return;
    }

    redis_free_object(reply);
}


redis_item_t *
redis_item(void)
{
    ngx_queue_t   *q;
    redis_item_t  *item;

    if (ngx_queue_empty(&redis_free)) {
        return ngx_calloc(sizeof(redis_item_t), redis_log);
    }

    q = ngx_queue_head(&redis_free);
    ngx_queue_remove(q);
    redis_nfree--;

    item = ngx_queue_data(q, redis_item_t, link);
    ngx_memzero(item, sizeof(redis_item_t));

    return item;
}


void
redis_item_free(redis_item_t *item)
{
    if (item->reply) {
        freeReplyObject(item->reply);
    }

    if (redis_nfree >= REDIS_KEEP_FREE) {
        ngx_free(item);
        return;
    }

    ngx_queue_insert_head(&redis_free, &item->link);
    redis_nfree++;
}


void
redis_tell(redis_item_t *item)
{
    ngx_queue_insert_tail(&redis_arrived, &item->link);
    ngx_post_event(&redis_tell_event, &ngx_posted_events);
}


static void
redis_tell_handler(ngx_event_t *ev)
{
    ngx_queue_t   *q;
    redis_item_t  *item;

    while (!ngx_queue_empty(&redis_arrived)) {
        q = ngx_queue_head(&redis_arrived);
        ngx_queue_remove(q);

        item = ngx_queue_data(q, redis_item_t, link);

        if (item->message) {
            redis_deliver(item->reply);

        } else if (item->done) {
            item->done(item->reply, item->data);
        }

        redis_item_free(item);
    }
}


void
gavel_redis_on_change(void (*handler)(ngx_uint_t up))
{
    if (redis_nhandlers < REDIS_MAX_HANDLERS) {
        redis_handlers[redis_nhandlers++] = handler;
    }
}


void
redis_changed(ngx_uint_t went)
{
    if (went) {
        redis_went = 1;
    }

    ngx_post_event(&redis_change_event, &ngx_posted_events);
}


static void
redis_change_handler(ngx_event_t *ev)
{
    if (redis_went && redis_told_up) {
        redis_told(0);
    }

    redis_went = 0;

    if (gavel_redis_ready() && !redis_told_up) {
        redis_told(1);
    }
}


static void
redis_told(ngx_uint_t up)
{
    ngx_uint_t  i;

    redis_told_up = up ? 1 : 0;

    for (i = 0; i < redis_nhandlers; i++) {
        redis_handlers[i](up);
    }
}
