/*
 * inbox: messages from worker to worker, gathered per destination and
 * published once per turn of the loop.
 *
 * A published message is the sender's id, then frames: length (4 bytes, big
 * end first, of what follows), kind (1 byte), body.  A message without frames
 * is a beat: a worker sends it to itself to learn whether its inbox works.
 */

#include "cluster/parts.h"

#define INBOX_BEAT       1000                /* ms */
#define INBOX_SOON       100                 /* until the first beat is back */
#define INBOX_SILENCE    (3 * INBOX_BEAT + INBOX_BEAT / 2)
#define INBOX_FIRST      1024                /* bytes of a parcel at first */
#define INBOX_FULL       (256 * 1024)        /* sent before the turn ends */
#define INBOX_FRAME      (1024 * 1024)       /* the longest body */
#define INBOX_UNDER_WAY  (16 * 1024 * 1024)  /* bytes Redis has not confirmed */
#define INBOX_HEAD       5                   /* bytes before a frame's body */

/* What goes to one worker in this turn; after that it waits for the number of
 * receivers, without its bytes. */

typedef struct {
    ngx_queue_t           queue;             /* in inbox.parcels */
    u_char                to[GAVEL_WORKER_ID_LEN];
    u_char               *start, *pos, *end;
    size_t                size;              /* under way */
    uint64_t              kinds[256 / 64];   /* that it holds */
} parcel_t;

typedef struct {
    gavel_inbox_pt        handler[256];
    gavel_inbox_lost_pt   lost[256];
    ngx_str_t             prefix;            /* of a channel's name */
    ngx_str_t             channel;           /* our own */
    ngx_queue_t           parcels;           /* of this turn */
    ngx_event_t           flush;             /* posted */
    ngx_event_t           beat;
    int64_t               heard;             /* our last beat; -1: none yet */
    size_t                under_way;
} inbox_t;

static inbox_t  inbox;


static void
inbox_lost(parcel_t *p)
{
    ngx_uint_t  kind;

    for (kind = 0; kind < 256; kind++) {

        if ((p->kinds[kind / 64] & (uint64_t) 1 << kind % 64)
            && inbox.lost[kind] != NULL)
        {
            inbox.lost[kind](p->to);
        }
    }
}


static void
parcel_free(parcel_t *p)
{
    if (p->start != NULL) {
        ngx_free(p->start);
    }

    ngx_free(p);
}


static void
parcel_published(redisReply *reply, void *data)
{
    parcel_t  *p = data;

    inbox.under_way -= p->size;

    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER
        || reply->integer == 0)
    {
        inbox_lost(p);
    }

    parcel_free(p);
}


static ngx_str_t
inbox_channel(u_char *buf, const u_char *worker)
{
    ngx_str_t  channel;

    channel.data = buf;
    channel.len = ngx_cpymem(ngx_cpymem(buf, inbox.prefix.data,
                                        inbox.prefix.len),
                             worker, GAVEL_WORKER_ID_LEN)
                  - buf;
    return channel;
}


/* The parcel is not in the queue any more, and is not the caller's. */

static void
parcel_send(parcel_t *p)
{
    u_char     buf[NGX_MAX_PATH];
    ngx_int_t  rc;
    ngx_str_t  channel, message;

    channel = inbox_channel(buf, p->to);
    message.data = p->start;
    message.len = p->pos - p->start;

    p->size = message.len;
    rc = gavel_redis_publish(&channel, &message, parcel_published, p);

    if (rc != NGX_OK) {
        inbox_lost(p);
        parcel_free(p);
        return;
    }

    inbox.under_way += p->size;

    ngx_free(p->start);
    p->start = NULL;
}


static void
inbox_flush(ngx_event_t *ev)
{
    parcel_t     *p;
    ngx_queue_t  *q, parcels;

    /* who is told of a loss may send at once: that is the next turn's */

    if (ngx_queue_empty(&inbox.parcels)) {
        return;
    }

    ngx_queue_init(&parcels);
    ngx_queue_add(&parcels, &inbox.parcels);
    ngx_queue_init(&inbox.parcels);

    while (!ngx_queue_empty(&parcels)) {
        q = ngx_queue_head(&parcels);
        p = ngx_queue_data(q, parcel_t, queue);

        ngx_queue_remove(q);
        parcel_send(p);
    }
}


static parcel_t *
parcel_new(const u_char *to)
{
    parcel_t  *p;

    p = ngx_calloc(sizeof(parcel_t), gavel_cluster_log);
    if (p == NULL) {
        return NULL;
    }

    p->start = ngx_alloc(INBOX_FIRST, gavel_cluster_log);
    if (p->start == NULL) {
        ngx_free(p);
        return NULL;
    }

    p->end = p->start + INBOX_FIRST;
    p->pos = ngx_cpymem(p->start, gavel_worker_id, GAVEL_WORKER_ID_LEN);
    ngx_memcpy(p->to, to, GAVEL_WORKER_ID_LEN);

    ngx_queue_insert_tail(&inbox.parcels, &p->queue);

    if (!inbox.flush.posted) {
        ngx_post_event(&inbox.flush, &ngx_posted_events);
    }

    return p;
}


/* A turn has few destinations: those who are homes. */

static parcel_t *
parcel_find(const u_char *to)
{
    parcel_t     *p;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&inbox.parcels);
         q != ngx_queue_sentinel(&inbox.parcels);
         q = ngx_queue_next(q))
    {
        p = ngx_queue_data(q, parcel_t, queue);

        if (ngx_memcmp(p->to, to, GAVEL_WORKER_ID_LEN) == 0) {
            return p;
        }
    }

    return parcel_new(to);
}


static ngx_int_t
parcel_reserve(parcel_t *p, size_t len)
{
    size_t   size, used;
    u_char  *start;

    if ((size_t) (p->end - p->pos) >= len) {
        return NGX_OK;
    }

    used = p->pos - p->start;
    size = ngx_max(2 * (size_t) (p->end - p->start), used + len);

    start = ngx_alloc(size, gavel_cluster_log);
    if (start == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(start, p->start, used);
    ngx_free(p->start);

    p->start = start;
    p->pos = start + used;
    p->end = start + size;

    return NGX_OK;
}


ngx_int_t
gavel_inbox_send(const u_char *to, u_char kind, const ngx_str_t *message)
{
    size_t     len;
    parcel_t  *p;

    if (gavel_cluster_log == NULL || !gavel_redis_ready()
        || message->len > INBOX_FRAME
        || inbox.under_way + message->len > INBOX_UNDER_WAY)
    {
        return NGX_ERROR;
    }

    p = parcel_find(to);

    if (p == NULL || parcel_reserve(p, INBOX_HEAD + message->len) != NGX_OK) {
        return NGX_ERROR;
    }

    len = message->len + 1;

    *p->pos++ = (u_char) (len >> 24);
    *p->pos++ = (u_char) (len >> 16);
    *p->pos++ = (u_char) (len >> 8);
    *p->pos++ = (u_char) len;
    *p->pos++ = kind;
    p->pos = ngx_cpymem(p->pos, message->data, message->len);

    p->kinds[kind / 64] |= (uint64_t) 1 << kind % 64;

    if (p->pos - p->start >= INBOX_FULL) {
        ngx_queue_remove(&p->queue);
        parcel_send(p);
    }

    return NGX_OK;
}


void
gavel_inbox_on(u_char kind, gavel_inbox_pt handler, gavel_inbox_lost_pt lost)
{
    inbox.handler[kind] = handler;
    inbox.lost[kind] = lost;
}


static void
inbox_received(const ngx_str_t *message, void *data)
{
    size_t         len;
    u_char        *p, *last;
    ngx_str_t      body;
    const u_char  *from;

    if (message->len < GAVEL_WORKER_ID_LEN) {
        return;
    }

    from = message->data;
    p = message->data + GAVEL_WORKER_ID_LEN;
    last = message->data + message->len;

    if (ngx_memcmp(from, gavel_worker_id, GAVEL_WORKER_ID_LEN) == 0) {
        inbox.heard = gavel_monotonic_ms();
    }

    while (last - p >= INBOX_HEAD) {
        len = (size_t) p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];

        if (len == 0 || len > (size_t) (last - p) - 4) {
            ngx_log_error(NGX_LOG_ERR, gavel_cluster_log, 0,
                          "a message in the inbox is broken");
            return;
        }

        body.data = p + INBOX_HEAD;
        body.len = len - 1;

        if (inbox.handler[p[4]] != NULL) {
            inbox.handler[p[4]](from, &body);
        }

        p += 4 + len;
    }
}


static void
inbox_beat(ngx_event_t *ev)
{
    ngx_str_t  me = { GAVEL_WORKER_ID_LEN, gavel_worker_id };

    if (gavel_redis_ready()) {
        (void) gavel_redis_publish(&inbox.channel, &me, NULL, NULL);
    }

    ngx_add_timer(&inbox.beat,
                  gavel_cluster_connected() ? INBOX_BEAT : INBOX_SOON);
}


ngx_uint_t
gavel_cluster_connected(void)
{
    return inbox.heard != -1
           && gavel_redis_ready()
           && gavel_monotonic_ms() - inbox.heard < INBOX_SILENCE;
}


ngx_int_t
gavel_inbox_create(ngx_cycle_t *cycle)
{
    ngx_str_t  me = { GAVEL_WORKER_ID_LEN, gavel_worker_id };
    ngx_str_t  nobody = ngx_null_string;

    inbox.prefix = gavel_redis_key(cycle->pool, "inbox", &nobody);
    inbox.channel = gavel_redis_key(cycle->pool, "inbox", &me);

    if (inbox.prefix.data == NULL || inbox.channel.data == NULL) {
        return NGX_ERROR;
    }

    if (inbox.prefix.len > NGX_MAX_PATH - GAVEL_WORKER_ID_LEN) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the prefix of Redis keys is too long");
        return NGX_ERROR;
    }

    ngx_queue_init(&inbox.parcels);
    gavel_cluster_timer(&inbox.flush, inbox_flush);
    gavel_cluster_timer(&inbox.beat, inbox_beat);

    inbox.heard = -1;
    inbox.under_way = 0;

    if (gavel_redis_subscribe(&inbox.channel, inbox_received, NULL)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_add_timer(&inbox.beat, 1);

    return NGX_OK;
}


/* What is under way is answered by the client's end: nobody may hear of it. */

void
gavel_inbox_destroy(void)
{
    if (inbox.beat.timer_set) {
        ngx_del_timer(&inbox.beat);
    }

    ngx_memzero(inbox.handler, sizeof(inbox.handler));
    ngx_memzero(inbox.lost, sizeof(inbox.lost));

    inbox_flush(&inbox.flush);

    if (inbox.flush.posted) {
        ngx_delete_posted_event(&inbox.flush);
    }

    gavel_redis_unsubscribe(&inbox.channel);
}
