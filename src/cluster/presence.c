/*
 * presence: how many follow each auction, in the whole cluster.
 *
 * Twice a second each worker tells all others, in one message, what changed
 * of its counts; a message without changes is a sign of life.  A worker that
 * was silent for two seconds does not count any more.  Messages are numbered:
 * who missed one, or meets a stranger, asks, and all say everything again.
 * While Redis is away the counts are those of this node (seen.c).
 *
 * A message is a head and pairs of an auction and a count.
 */

#include "cluster/parts.h"
#include "cluster/seen.h"

#define PRESENCE_SILENCE  2000               /* ms, then it does not count */
#define PRESENCE_FORGET   60000              /* ms, then it is forgotten */
#define PRESENCE_HIT      600000             /* ms, then hits are forgotten */
#define PRESENCE_ABSENT   120000             /* ms that an absence is known */
#define PRESENCE_VERSION  1

#define PRESENCE_ALL      1                  /* what is not in it is 0 */
#define PRESENCE_ASK      2                  /* please say everything */
#define PRESENCE_BYE      4

typedef struct {
    uint8_t               version, flags;
    uint16_t              unused;
    uint32_t              number;
    u_char                worker[GAVEL_WORKER_ID_LEN];
} presence_head_t;

typedef struct {
    ngx_rbtree_node_t     node;              /* key: the auction */
    ngx_queue_t           queue;             /* of all */
    ngx_queue_t           counts;            /* of others, presence_count_t */
    ngx_uint_t            here, told;
    ngx_uint_t            others;            /* of those that live */
    ngx_uint_t            node_others;       /* while Redis is away */
    int64_t               until;             /* of hits; 0: none */
    int64_t               last;              /* it counted; 0: never */
} presence_t;

typedef struct {
    ngx_queue_t           queue;             /* in peers */
    ngx_queue_t           counts;
    u_char                worker[GAVEL_WORKER_ID_LEN];
    uint32_t              number;
    int64_t               heard;             /* monotonic ms */
    unsigned              silent:1;
} peer_t;

typedef struct {
    ngx_queue_t           of_auction, of_peer;
    presence_t           *auction;
    peer_t               *peer;
    ngx_uint_t            viewers;
    uint32_t              number;            /* of the message */
} presence_count_t;

typedef struct {
    ngx_rbtree_t          tree;
    ngx_rbtree_node_t     sentinel;
    ngx_queue_t           all;               /* presence_t */
    ngx_queue_t           peers;
    ngx_event_t           tick;
    ngx_str_t             channel;
    uint32_t              number;
    int64_t               since;             /* others are heard of */
    unsigned              owe_all:1;         /* say everything */
    unsigned              ask:1;
    unsigned              apart:1;           /* Redis is away */
} presences_t;

static presences_t  presences;


static presence_t *
presence_find(uint64_t auction)
{
    ngx_rbtree_node_t  *node;

    node = presences.tree.root;

    while (node != &presences.sentinel) {

        if (auction == node->key) {
            return ngx_rbtree_data(node, presence_t, node);
        }

        node = (auction < node->key) ? node->left : node->right;
    }

    return NULL;
}


static presence_t *
presence_get(uint64_t auction)
{
    presence_t  *p;

    p = presence_find(auction);
    if (p != NULL) {
        return p;
    }

    p = ngx_calloc(sizeof(presence_t), gavel_cluster_log);
    if (p == NULL) {
        return NULL;
    }

    p->node.key = auction;
    ngx_queue_init(&p->counts);
    ngx_queue_insert_tail(&presences.all, &p->queue);
    ngx_rbtree_insert(&presences.tree, &p->node);

    return p;
}


static void
presence_drop(presence_t *p)
{
    if (p->here || p->told || p->node_others || !ngx_queue_empty(&p->counts)
        || (p->last
            && gavel_monotonic_ms() - p->last < PRESENCE_ABSENT))
    {
        return;
    }

    ngx_rbtree_delete(&presences.tree, &p->node);
    ngx_queue_remove(&p->queue);
    ngx_free(p);
}


void
gavel_presence_here(uint64_t auction, ngx_uint_t viewers)
{
    presence_t  *p;

    if (gavel_cluster_log == NULL) {
        return;
    }

    p = viewers ? presence_get(auction) : presence_find(auction);

    if (p != NULL) {
        p->here = viewers;
    }
}


/* Mixed, so that keys are spread, and above all ids of auctions. */

uint64_t
gavel_presence_key(uint64_t auction, ngx_uint_t kind, uint64_t id)
{
    uint64_t  x;

    x = auction * 0x9e3779b97f4a7c15ull + (id << 8) + kind;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;

    return (x ^ (x >> 31)) | (uint64_t) 1 << 63;
}


void
gavel_presence_add(uint64_t key, ngx_int_t n)
{
    presence_t  *p;

    if (gavel_cluster_log == NULL) {
        return;
    }

    p = presence_get(key);

    if (p != NULL) {
        p->here += n;
    }
}


void
gavel_presence_hit(uint64_t key)
{
    presence_t  *p;

    gavel_presence_add(key, 1);

    p = presence_find(key);

    if (p != NULL) {
        p->until = gavel_monotonic_ms() + PRESENCE_HIT;
    }
}


ngx_uint_t
gavel_presence(uint64_t auction)
{
    presence_t  *p;

    p = presence_find(auction);

    return (p == NULL) ? 0
           : p->here + (presences.apart ? p->node_others : p->others);
}


int64_t
gavel_presence_absent(uint64_t key)
{
    int64_t      now, since;
    presence_t  *p;

    p = presence_find(key);

    if (presences.apart || gavel_presence(key)) {
        return 0;
    }

    now = gavel_monotonic_ms();
    since = (p == NULL) ? 0 : p->last;

    return now - ngx_max(since, presences.since);
}


ngx_uint_t
gavel_presence_first(uint64_t auction)
{
    presence_t        *p;
    ngx_queue_t       *q;
    presence_count_t  *c;

    p = presence_find(auction);

    if (p == NULL || p->here == 0) {
        return 0;
    }

    for (q = ngx_queue_head(&p->counts);
         q != ngx_queue_sentinel(&p->counts);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, presence_count_t, of_auction);

        if (!c->peer->silent && !presences.apart
            && ngx_memcmp(c->peer->worker, gavel_worker_id,
                          GAVEL_WORKER_ID_LEN)
               < 0)
        {
            return 0;
        }
    }

    return 1;
}


/* --- the others --- */

static peer_t *
peer_find(const u_char *worker)
{
    peer_t       *peer;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&presences.peers);
         q != ngx_queue_sentinel(&presences.peers);
         q = ngx_queue_next(q))
    {
        peer = ngx_queue_data(q, peer_t, queue);

        if (ngx_memcmp(peer->worker, worker, GAVEL_WORKER_ID_LEN) == 0) {
            return peer;
        }
    }

    return NULL;
}


static void
count_drop(presence_count_t *c)
{
    if (!c->peer->silent) {
        c->auction->others -= c->viewers;
    }

    ngx_queue_remove(&c->of_auction);
    ngx_queue_remove(&c->of_peer);
    presence_drop(c->auction);
    ngx_free(c);
}


static void
peer_count(peer_t *peer, uint64_t auction, ngx_uint_t viewers)
{
    presence_t        *p;
    ngx_queue_t       *q;
    presence_count_t  *c;

    p = presence_get(auction);
    if (p == NULL) {
        return;
    }

    for (q = ngx_queue_head(&p->counts);
         q != ngx_queue_sentinel(&p->counts);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, presence_count_t, of_auction);

        if (c->peer == peer) {
            p->others += viewers - c->viewers;
            c->viewers = viewers;
            c->number = peer->number;

            if (viewers == 0) {
                count_drop(c);
            }

            return;
        }
    }

    c = viewers ? ngx_alloc(sizeof(presence_count_t), gavel_cluster_log)
                : NULL;

    if (c == NULL) {
        presence_drop(p);
        return;
    }

    c->auction = p;
    c->peer = peer;
    c->viewers = viewers;
    c->number = peer->number;
    p->others += viewers;

    ngx_queue_insert_tail(&p->counts, &c->of_auction);
    ngx_queue_insert_tail(&peer->counts, &c->of_peer);
}


/* Drops what the last message did not name; all of it: a message that never
 * was. */

static void
peer_clean(peer_t *peer, ngx_uint_t all)
{
    ngx_queue_t       *q, *next;
    presence_count_t  *c;

    for (q = ngx_queue_head(&peer->counts);
         q != ngx_queue_sentinel(&peer->counts);
         q = next)
    {
        next = ngx_queue_next(q);
        c = ngx_queue_data(q, presence_count_t, of_peer);

        if (all || c->number != peer->number) {
            count_drop(c);
        }
    }
}


static void
peer_free(peer_t *peer)
{
    peer_clean(peer, 1);
    ngx_queue_remove(&peer->queue);
    ngx_free(peer);
}


/* Its counts count, or do not. */

static void
peer_silent(peer_t *peer, ngx_uint_t silent)
{
    ngx_queue_t       *q;
    presence_count_t  *c;

    if (peer->silent == silent) {
        return;
    }

    peer->silent = silent;

    for (q = ngx_queue_head(&peer->counts);
         q != ngx_queue_sentinel(&peer->counts);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, presence_count_t, of_peer);
        c->auction->others += silent ? -c->viewers : c->viewers;
    }
}


/* Who sent this; a stranger, or one that was missed, is asked. */

static peer_t *
peer_heard(const presence_head_t *head)
{
    peer_t  *peer;

    peer = peer_find(head->worker);

    if (peer == NULL) {
        peer = ngx_calloc(sizeof(peer_t), gavel_cluster_log);
        if (peer == NULL) {
            return NULL;
        }

        ngx_memcpy(peer->worker, head->worker, GAVEL_WORKER_ID_LEN);
        ngx_queue_init(&peer->counts);
        ngx_queue_insert_tail(&presences.peers, &peer->queue);

        presences.ask |= !(head->flags & PRESENCE_ALL);

    } else if (head->number != peer->number + 1) {
        presences.ask |= !(head->flags & PRESENCE_ALL);
    }

    peer->number = head->number;
    peer->heard = gavel_monotonic_ms();
    peer_silent(peer, 0);

    return peer;
}


static void
presence_message(const ngx_str_t *message, void *data)
{
    size_t           n, i;
    peer_t          *peer;
    seen_pair_t      pair;
    presence_head_t  head;

    if (message->len < sizeof(head)) {
        return;
    }

    ngx_memcpy(&head, message->data, sizeof(head));

    if (head.version != PRESENCE_VERSION
        || ngx_memcmp(head.worker, gavel_worker_id, GAVEL_WORKER_ID_LEN) == 0)
    {
        return;
    }

    peer = peer_heard(&head);
    if (peer == NULL) {
        return;
    }

    if (head.flags & PRESENCE_ASK) {
        presences.owe_all = 1;
    }

    n = (message->len - sizeof(head)) / sizeof(pair);

    for (i = 0; i < n; i++) {
        ngx_memcpy(&pair, message->data + sizeof(head) + i * sizeof(pair),
                   sizeof(pair));
        peer_count(peer, pair.auction, pair.viewers);
    }

    if (head.flags & PRESENCE_BYE) {
        peer_free(peer);

    } else if (head.flags & PRESENCE_ALL) {
        peer_clean(peer, 0);
    }
}


/* --- what is told --- */

static void
presence_tell(ngx_uint_t flags)
{
    u_char           *p;
    ngx_str_t         message;
    ngx_uint_t        n;
    presence_t       *a;
    seen_pair_t       pair;
    ngx_queue_t      *q, *next;
    presence_head_t   head;

    for (n = 0, q = ngx_queue_head(&presences.all);
         q != ngx_queue_sentinel(&presences.all);
         q = ngx_queue_next(q))
    {
        a = ngx_queue_data(q, presence_t, queue);
        n += (flags & PRESENCE_ALL) ? (a->here != 0) : (a->here != a->told);
    }

    message.data = ngx_alloc(sizeof(head) + n * sizeof(pair),
                             gavel_cluster_log);
    if (message.data == NULL) {
        return;
    }

    ngx_memzero(&head, sizeof(head));
    head.version = PRESENCE_VERSION;
    head.flags = flags;
    head.number = ++presences.number;
    ngx_memcpy(head.worker, gavel_worker_id, GAVEL_WORKER_ID_LEN);

    p = ngx_cpymem(message.data, &head, sizeof(head));

    for (q = ngx_queue_head(&presences.all);
         q != ngx_queue_sentinel(&presences.all);
         q = next)
    {
        next = ngx_queue_next(q);
        a = ngx_queue_data(q, presence_t, queue);

        if ((flags & PRESENCE_ALL) ? (a->here != 0) : (a->here != a->told)) {
            pair.auction = a->node.key;
            pair.viewers = a->here;
            p = ngx_cpymem(p, &pair, sizeof(pair));
        }

        a->told = a->here;
        presence_drop(a);
    }

    message.len = p - message.data;

    (void) gavel_redis_publish(&presences.channel, &message, NULL, NULL);

    ngx_free(message.data);
}


static void
presence_expire(int64_t now)
{
    peer_t       *peer;
    ngx_queue_t  *q, *next;

    for (q = ngx_queue_head(&presences.peers);
         q != ngx_queue_sentinel(&presences.peers);
         q = next)
    {
        next = ngx_queue_next(q);
        peer = ngx_queue_data(q, peer_t, queue);

        if (now - peer->heard > PRESENCE_FORGET) {
            peer_free(peer);

        } else if (now - peer->heard > PRESENCE_SILENCE) {
            peer_silent(peer, 1);
        }
    }
}


static void
presence_seen(uint64_t auction, ngx_uint_t viewers)
{
    presence_t  *p;

    p = presence_get(auction);

    if (p != NULL) {
        p->node_others += viewers;
    }
}


/* What this worker has lies ready for the others of its node; what they have
 * is looked at only while there is no other way. */

static void
presence_node(int64_t now)
{
    presence_t   *p;
    ngx_queue_t  *q, *next;

    gavel_seen_begin();

    for (q = ngx_queue_head(&presences.all);
         q != ngx_queue_sentinel(&presences.all);
         q = next)
    {
        next = ngx_queue_next(q);
        p = ngx_queue_data(q, presence_t, queue);

        if (p->until && p->until < now) {
            p->until = 0;
            p->here = 0;
        }

        if (p->here) {
            gavel_seen_add(p->node.key, p->here);
        }

        if (p->here || p->others) {
            p->last = now;
        }

        p->node_others = 0;
        presence_drop(p);
    }

    gavel_seen_end();

    if (presences.apart) {
        gavel_seen_others(presence_seen);
    }
}


/* Redis is there again: whoever was there is still believed for a moment. */

static void
presence_together(int64_t now)
{
    peer_t       *peer;
    ngx_queue_t  *q;

    presences.apart = 0;
    presences.since = now;
    presences.owe_all = 1;
    presences.ask = 1;

    for (q = ngx_queue_head(&presences.peers);
         q != ngx_queue_sentinel(&presences.peers);
         q = ngx_queue_next(q))
    {
        peer = ngx_queue_data(q, peer_t, queue);
        peer->heard = now;
    }
}


static void
presence_tick(ngx_event_t *ev)
{
    int64_t     now;
    ngx_uint_t  flags;

    ngx_add_timer(&presences.tick, GAVEL_PRESENCE_TICK);

    now = gavel_monotonic_ms();

    if (!gavel_redis_ready()) {
        presences.apart = 1;
        presence_node(now);
        return;
    }

    if (presences.apart) {
        presence_together(now);

    } else {
        presence_expire(now);
    }

    presence_node(now);

    flags = (presences.owe_all ? PRESENCE_ALL : 0)
            | (presences.ask ? PRESENCE_ASK : 0);

    presences.owe_all = 0;
    presences.ask = 0;

    presence_tell(flags);
}


ngx_int_t
gavel_presence_create(ngx_cycle_t *cycle)
{
    ngx_str_t  all = ngx_string("all");

    ngx_memzero(&presences, sizeof(presences_t));
    ngx_rbtree_init(&presences.tree, &presences.sentinel,
                    ngx_rbtree_insert_value);
    ngx_queue_init(&presences.all);
    ngx_queue_init(&presences.peers);

    presences.apart = 1;                 /* until a tick finds Redis */
    presences.channel = gavel_redis_key(cycle->pool, "presence", &all);

    if (presences.channel.data == NULL
        || gavel_redis_subscribe(&presences.channel, presence_message, NULL)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    gavel_seen_create();

    gavel_cluster_timer(&presences.tick, presence_tick);
    ngx_add_timer(&presences.tick, 1 + ngx_random() % GAVEL_PRESENCE_TICK);

    return NGX_OK;
}


void
gavel_presence_destroy(void)
{
    ngx_queue_t  *q;

    if (presences.tick.timer_set) {
        ngx_del_timer(&presences.tick);
    }

    if (gavel_redis_ready()) {
        presence_tell(PRESENCE_BYE);
    }

    gavel_seen_destroy();

    while (!ngx_queue_empty(&presences.peers)) {
        q = ngx_queue_head(&presences.peers);
        peer_free(ngx_queue_data(q, peer_t, queue));
    }

    while (!ngx_queue_empty(&presences.all)) {
        q = ngx_queue_head(&presences.all);
        ngx_queue_remove(q);
        ngx_free(ngx_queue_data(q, presence_t, queue));
    }

    ngx_rbtree_init(&presences.tree, &presences.sentinel,
                    ngx_rbtree_insert_value);
}
