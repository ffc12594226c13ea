/*
 * home: which worker decides for an auction at the moment.
 *
 * A home is a key in Redis with its worker's id and a lease of three seconds.
 * It is a hint, never a lock: whoever finds it silent may seize it, and two
 * workers that both believe in themselves are sorted out by the log.  So the
 * answers here may be old, and when Redis is away the answer is NULL at once.
 *
 * What is known of an auction stays in a home_t until its lease ends; what is
 * asked of Redis is an ask_t, and everybody who wants to know the same joins
 * it: a thousand commands of one auction make one claim.
 */

#include "cluster/parts.h"

#define HOME_LEASE     3000                  /* ms */
#define HOME_RENEW     (HOME_LEASE / 3)
#define HOME_PATIENCE  250                   /* ms a waiter waits for Redis */
#define HOME_KNOWN     16384                 /* auctions remembered */
#define HOME_BATCH     512                   /* homes in one script */
#define HOME_KEY       NGX_MAX_PATH

typedef enum {
    ASK_READ = 0,
    ASK_CLAIM,
    ASK_SEIZE
} ask_kind_t;

typedef struct {
    ngx_rbtree_node_t   node;                /* key: low bits of auction */
    ngx_queue_t         recent;              /* in homes.recent */
    ngx_queue_t         held;                /* in homes.held, if mine */
    ngx_queue_t         asks;
    uint64_t            auction;
    int64_t             until;               /* the answer holds, monotonic */
    u_char              worker[GAVEL_WORKER_ID_LEN];
    unsigned            mine:1;
} home_t;

/* Belongs to its home_t until answered; the home_t stays while it has one. */

typedef struct {
    ngx_queue_t         queue;               /* in home->asks */
    ngx_queue_t         waiters;
    home_t             *home;
    int64_t             sent;
    ask_kind_t          kind;
    u_char              silent[GAVEL_WORKER_ID_LEN];
} ask_t;

typedef struct {
    ngx_queue_t         queue;               /* in ask->waiters */
    ngx_queue_t         all;                 /* in homes.waiters, oldest first */
    uint64_t            auction;
    gavel_home_pt       done;
    void               *data;
    int64_t             deadline;
} waiter_t;

/* A renewal under way: the auctions in the order of its keys. */

typedef struct {
    int64_t             sent;
    ngx_uint_t          n;
    uint64_t            auctions[HOME_BATCH];
} renewal_t;

typedef struct {
    ngx_rbtree_t        tree;
    ngx_rbtree_node_t   sentinel;
    ngx_queue_t         recent;
    ngx_queue_t         held;
    ngx_queue_t         waiters;
    ngx_uint_t          known;
    ngx_str_t           prefix;
    ngx_event_t         renew;
    ngx_event_t         patience;
    ngx_uint_t          open;                /* created, not destroyed */
} homes_t;

static homes_t  homes;

/* ARGV: who asks ("" only reads), lease, whom he found silent ("" nobody) */

static ngx_str_t  home_ask_script = ngx_string(
    "local home = redis.call('get', KEYS[1])\n"
    "if ARGV[1] ~= '' and (not home or home == ARGV[1] or home == ARGV[3])\n"
    "then\n"
    "  redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])\n"
    "  home = ARGV[1]\n"
    "end\n"
    "return {home or '', redis.call('pttl', KEYS[1])}");

/* ARGV: who holds them, lease.  A home that Redis has forgotten is taken
 * again. */

static ngx_str_t  home_renew_script = ngx_string(
    "local homes = {}\n"
    "for i, key in ipairs(KEYS) do\n"
    "  local home = redis.call('get', key)\n"
    "  if not home or home == ARGV[1] then\n"
    "    redis.call('set', key, ARGV[1], 'px', ARGV[2])\n"
    "    home = ARGV[1]\n"
    "  end\n"
    "  homes[i] = home\n"
    "end\n"
    "return homes");

static ngx_str_t  home_release_script = ngx_string(
    "for _, key in ipairs(KEYS) do\n"
    "  if redis.call('get', key) == ARGV[1] then\n"
    "    redis.call('del', key)\n"
    "  end\n"
    "end");

static ngx_str_t  home_eval = ngx_string("EVAL");
static ngx_str_t  home_one = ngx_string("1");
static ngx_str_t  home_nobody = ngx_null_string;
static ngx_str_t  home_me = { GAVEL_WORKER_ID_LEN, gavel_worker_id };
static ngx_str_t  home_lease;
static u_char     home_lease_text[NGX_INT_T_LEN];


/* --- what is known --- */


static void
home_insert(ngx_rbtree_node_t *temp, ngx_rbtree_node_t *node,
    ngx_rbtree_node_t *sentinel)
{
    ngx_rbtree_node_t  **p;

    for ( ;; ) {
        p = ((home_t *) node)->auction < ((home_t *) temp)->auction
            ? &temp->left : &temp->right;

        if (*p == sentinel) {
            break;
        }

        temp = *p;
    }

    *p = node;
    node->parent = temp;
    node->left = sentinel;
    node->right = sentinel;
    ngx_rbt_red(node);
}


static home_t *
home_find(uint64_t auction)
{
    home_t             *h;
    ngx_rbtree_node_t  *node;

    if (!homes.open) {
        return NULL;
    }

    node = homes.tree.root;

    while (node != homes.tree.sentinel) {
        h = (home_t *) node;

        if (h->auction == auction) {
            return h;
        }

        node = auction < h->auction ? node->left : node->right;
    }

    return NULL;
}


static void
home_forget(home_t *h)
{
    ngx_rbtree_delete(&homes.tree, &h->node);
    ngx_queue_remove(&h->recent);
    homes.known--;

    ngx_free(h);
}


/* Oldest first; those that are asked about or held stay. */

static void
home_expire(ngx_uint_t most)
{
    home_t       *h;
    int64_t       now;
    ngx_uint_t    looked;
    ngx_queue_t  *q, *prev;

    now = gavel_monotonic_ms();
    looked = 0;

    for (q = ngx_queue_last(&homes.recent);
         q != ngx_queue_sentinel(&homes.recent) && looked < HOME_BATCH;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        h = ngx_queue_data(q, home_t, recent);
        looked++;

        if (h->mine || !ngx_queue_empty(&h->asks)) {
            continue;
        }

        if (h->until <= now || homes.known > most) {
            home_forget(h);
        }
    }
}


static home_t *
home_get(uint64_t auction)
{
    home_t  *h;

    h = home_find(auction);

    if (h != NULL) {
        ngx_queue_remove(&h->recent);
        ngx_queue_insert_head(&homes.recent, &h->recent);
        return h;
    }

    if (homes.known >= HOME_KNOWN) {
        home_expire(HOME_KNOWN - 1);
    }

    if (homes.known >= HOME_KNOWN) {
        return NULL;
    }

    h = ngx_calloc(sizeof(home_t), gavel_cluster_log);
    if (h == NULL) {
        return NULL;
    }

    h->auction = auction;
    ngx_queue_init(&h->asks);

    ngx_rbtree_insert(&homes.tree, &h->node);
    ngx_queue_insert_head(&homes.recent, &h->recent);
    homes.known++;

    return h;
}


static void
home_lose(home_t *h)
{
    if (h->mine) {
        h->mine = 0;
        h->until = 0;
        ngx_queue_remove(&h->held);
    }
}


static ngx_uint_t
home_is_me(const char *worker, size_t len)
{
    return len == GAVEL_WORKER_ID_LEN
           && ngx_memcmp(worker, gavel_worker_id, GAVEL_WORKER_ID_LEN) == 0;
}


/* What Redis said: the lease ends no later than this. */

static void
home_learn(home_t *h, const redisReply *worker, int64_t until)
{
    if (worker->type != REDIS_REPLY_STRING
        || worker->len != GAVEL_WORKER_ID_LEN)
    {
        home_lose(h);
        h->until = 0;
        return;
    }

    if (!home_is_me(worker->str, worker->len)) {
        home_lose(h);

    } else if (!h->mine) {
        h->mine = 1;
        ngx_queue_insert_tail(&homes.held, &h->held);
    }

    ngx_memcpy(h->worker, worker->str, GAVEL_WORKER_ID_LEN);
    h->until = until;
}


/* --- what is asked --- */


static ngx_str_t
home_key(u_char *buf, uint64_t auction)
{
    ngx_str_t  key;

    key.data = buf;
    key.len = ngx_snprintf(buf, HOME_KEY, "%V%uL", &homes.prefix, auction)
              - buf;
    return key;
}


static void
waiter_answer(waiter_t *w, const u_char *worker)
{
    uint64_t       auction;
    void          *data;
    gavel_home_pt  done;

    auction = w->auction;
    done = w->done;
    data = w->data;

    ngx_queue_remove(&w->queue);
    ngx_queue_remove(&w->all);
    ngx_free(w);

    done(auction, worker, data);
}


static void
home_release_some(const ngx_str_t *keys, ngx_uint_t n)
{
    u_char      count[NGX_INT_T_LEN];
    ngx_uint_t  i;
    ngx_str_t   argv[HOME_BATCH + 4];

    argv[0] = home_eval;
    argv[1] = home_release_script;
    argv[2].data = count;
    argv[2].len = ngx_sprintf(count, "%ui", n) - count;

    for (i = 0; i < n; i++) {
        argv[3 + i] = keys[i];
    }

    argv[3 + n] = home_me;

    (void) gavel_redis_command(n + 4, argv, NULL, NULL);
}


static void
home_give_up(home_t *h)
{
    u_char     buf[HOME_KEY];
    ngx_str_t  key;

    home_lose(h);

    key = home_key(buf, h->auction);
    home_release_some(&key, 1);
}


/* The reply of home_ask_script; NULL when Redis went away. */

static void
home_answered(redisReply *reply, void *data)
{
    u_char         buf[GAVEL_WORKER_ID_LEN];
    home_t        *h;
    ask_t         *ask = data;
    int64_t        lease;
    ngx_queue_t    waiters;
    const u_char  *worker;

    h = ask->home;
    worker = NULL;

    ngx_queue_remove(&ask->queue);

    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY
        && reply->elements == 2
        && reply->element[1]->type == REDIS_REPLY_INTEGER)
    {
        lease = ngx_min(reply->element[1]->integer, HOME_LEASE);
        home_learn(h, reply->element[0], ask->sent + lease);

    } else if (reply != NULL && reply->type == REDIS_REPLY_ERROR) {
        ngx_log_error(NGX_LOG_ERR, gavel_cluster_log, 0,
                      "redis refused a home: %s", reply->str);
    }

    if (h->mine && gavel_cluster_draining) {
        home_give_up(h);
    }

    if (reply != NULL && h->until != 0) {
        worker = ngx_memcpy(buf, h->worker, GAVEL_WORKER_ID_LEN);
    }

    /* who is answered may ask again, or make others leave */

    ngx_queue_init(&waiters);

    if (!ngx_queue_empty(&ask->waiters)) {
        ngx_queue_add(&waiters, &ask->waiters);
    }

    ngx_free(ask);

    while (!ngx_queue_empty(&waiters)) {
        waiter_answer(ngx_queue_data(ngx_queue_head(&waiters), waiter_t,
                                     queue),
                      worker);
    }
}


static ask_t *
ask_find(home_t *h, ask_kind_t kind, const u_char *silent)
{
    ask_t        *ask;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&h->asks);
         q != ngx_queue_sentinel(&h->asks);
         q = ngx_queue_next(q))
    {
        ask = ngx_queue_data(q, ask_t, queue);

        if (ask->kind == kind
            && (kind != ASK_SEIZE
                || ngx_memcmp(ask->silent, silent, GAVEL_WORKER_ID_LEN) == 0))
        {
            return ask;
        }
    }

    return NULL;
}


static ask_t *
ask_send(home_t *h, ask_kind_t kind, const u_char *silent)
{
    ask_t      *ask;
    u_char      buf[HOME_KEY];
    ngx_str_t   argv[7];

    ask = ngx_calloc(sizeof(ask_t), gavel_cluster_log);
    if (ask == NULL) {
        return NULL;
    }

    ask->home = h;
    ask->kind = kind;
    ask->sent = gavel_monotonic_ms();
    ngx_queue_init(&ask->waiters);

    argv[0] = home_eval;
    argv[1] = home_ask_script;
    argv[2] = home_one;
    argv[3] = home_key(buf, h->auction);
    argv[4] = kind == ASK_READ ? home_nobody : home_me;
    argv[5] = home_lease;
    argv[6] = home_nobody;

    if (kind == ASK_SEIZE) {
        ngx_memcpy(ask->silent, silent, GAVEL_WORKER_ID_LEN);
        argv[6].data = ask->silent;
        argv[6].len = GAVEL_WORKER_ID_LEN;
    }

    if (gavel_redis_command(7, argv, home_answered, ask) != NGX_OK) {
        ngx_free(ask);
        return NULL;
    }

    ngx_queue_insert_tail(&h->asks, &ask->queue);

    return ask;
}


static ngx_int_t
home_wait(ask_t *ask, gavel_home_pt done, void *data)
{
    waiter_t  *w;

    w = ngx_alloc(sizeof(waiter_t), gavel_cluster_log);
    if (w == NULL) {
        return NGX_ERROR;
    }

    w->auction = ask->home->auction;
    w->done = done;
    w->data = data;
    w->deadline = gavel_monotonic_ms() + HOME_PATIENCE;

    ngx_queue_insert_tail(&ask->waiters, &w->queue);
    ngx_queue_insert_tail(&homes.waiters, &w->all);

    if (!homes.patience.timer_set) {
        ngx_add_timer(&homes.patience, HOME_PATIENCE);
    }

    return NGX_OK;
}


static void
home_ask(uint64_t auction, ask_kind_t kind, const u_char *silent,
    gavel_home_pt done, void *data)
{
    ask_t   *ask;
    home_t  *h;

    if (gavel_cluster_draining) {
        kind = ASK_READ;
    }

    h = home_get(auction);

    if (h != NULL) {
        ask = ask_find(h, kind, silent);

        if (ask == NULL) {
            ask = ask_send(h, kind, silent);
        }

        if (ask != NULL && home_wait(ask, done, data) == NGX_OK) {
            return;
        }
    }

    done(auction, NULL, data);
}


void
gavel_home_claim(uint64_t auction, gavel_home_pt done, void *data)
{
    home_t  *h;
    u_char   worker[GAVEL_WORKER_ID_LEN];

    if (!gavel_cluster_connected()) {
        done(auction, NULL, data);
        return;
    }

    h = home_find(auction);

    if (h != NULL && gavel_monotonic_ms() < h->until) {
        ngx_memcpy(worker, h->worker, GAVEL_WORKER_ID_LEN);
        done(auction, worker, data);
        return;
    }

    home_ask(auction, ASK_CLAIM, NULL, done, data);
}


void
gavel_home_seize(uint64_t auction, const u_char *silent, gavel_home_pt done,
    void *data)
{
    if (!gavel_cluster_connected()) {
        done(auction, NULL, data);
        return;
    }

    home_ask(auction, ASK_SEIZE, silent, done, data);
}


void
gavel_home_read(uint64_t auction, gavel_home_pt done, void *data)
{
    if (!gavel_cluster_connected()) {
        done(auction, NULL, data);
        return;
    }

    home_ask(auction, ASK_READ, NULL, done, data);
}


ngx_uint_t
gavel_home_mine(uint64_t auction)
{
    home_t  *h;

    h = home_find(auction);

    return h != NULL && h->mine && gavel_monotonic_ms() < h->until;
}


void
gavel_home_release(uint64_t auction)
{
    home_t  *h;

    h = home_find(auction);

    if (h != NULL && h->mine) {
        home_give_up(h);
    }
}


void
gavel_home_detach(void *data)
{
    waiter_t     *w;
    ngx_queue_t  *q, *next;

    if (!homes.open) {
        return;
    }

    for (q = ngx_queue_head(&homes.waiters);
         q != ngx_queue_sentinel(&homes.waiters);
         q = next)
    {
        next = ngx_queue_next(q);
        w = ngx_queue_data(q, waiter_t, all);

        if (w->data == data) {
            ngx_queue_remove(&w->queue);
            ngx_queue_remove(&w->all);
            ngx_free(w);
        }
    }
}


/* --- what time brings --- */


/* Who waited too long goes on as if Redis were away; the late answer is still
 * learned. */

static void
home_impatient(ngx_event_t *ev)
{
    int64_t    now;
    waiter_t  *w;

    now = gavel_monotonic_ms();

    while (!ngx_queue_empty(&homes.waiters)) {
        w = ngx_queue_data(ngx_queue_head(&homes.waiters), waiter_t, all);

        if (w->deadline > now) {
            if (!ev->timer_set) {
                ngx_add_timer(ev, (ngx_msec_t) (w->deadline - now));
            }

            return;
        }

        waiter_answer(w, NULL);
    }
}


static void
home_renewed(redisReply *reply, void *data)
{
    home_t      *h;
    renewal_t   *r = data;
    ngx_uint_t   i;

    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY
        && reply->elements == r->n)
    {
        for (i = 0; i < r->n; i++) {
            h = home_find(r->auctions[i]);

            /* released meanwhile: the release came after it in Redis too */

            if (h != NULL && h->mine) {
                home_learn(h, reply->element[i], r->sent + HOME_LEASE);
            }
        }
    }

    ngx_free(r);
}


/* Sends the renewal, or the release, of up to HOME_BATCH homes from q on;
 * returns where it stopped. */

static ngx_queue_t *
home_renew_some(ngx_queue_t *q)
{
    u_char      *p, *keys, count[NGX_INT_T_LEN];
    home_t      *h;
    ngx_uint_t   n;
    renewal_t   *r;
    ngx_str_t    argv[HOME_BATCH + 5];

    r = ngx_alloc(sizeof(renewal_t)
                  + HOME_BATCH * (homes.prefix.len + NGX_INT64_LEN),
                  gavel_cluster_log);
    if (r == NULL) {
        return ngx_queue_sentinel(&homes.held);
    }

    keys = (u_char *) (r + 1);
    r->sent = gavel_monotonic_ms();

    for (n = 0; n < HOME_BATCH; n++) {

        if (q == ngx_queue_sentinel(&homes.held)) {
            break;
        }

        h = ngx_queue_data(q, home_t, held);
        q = ngx_queue_next(q);

        r->auctions[n] = h->auction;

        p = ngx_sprintf(keys, "%V%uL", &homes.prefix, h->auction);
        argv[3 + n].data = keys;
        argv[3 + n].len = p - keys;
        keys = p;
    }

    r->n = n;

    if (gavel_cluster_draining) {
        home_release_some(&argv[3], n);
        ngx_free(r);
        return q;
    }

    argv[0] = home_eval;
    argv[1] = home_renew_script;
    argv[2].data = count;
    argv[2].len = ngx_sprintf(count, "%ui", n) - count;
    argv[3 + n] = home_me;
    argv[4 + n] = home_lease;

    if (gavel_redis_command(n + 5, argv, home_renewed, r) != NGX_OK) {
        ngx_free(r);
    }

    return q;
}


static void
home_renew(ngx_event_t *ev)
{
    home_t       *h;
    int64_t       now;
    ngx_queue_t  *q, *next;

    now = gavel_monotonic_ms();

    for (q = ngx_queue_head(&homes.held);
         q != ngx_queue_sentinel(&homes.held);
         q = next)
    {
        next = ngx_queue_next(q);
        h = ngx_queue_data(q, home_t, held);

        if (h->until <= now) {
            home_lose(h);
        }
    }

    q = ngx_queue_head(&homes.held);

    while (q != ngx_queue_sentinel(&homes.held)) {
        q = home_renew_some(q);
    }

    home_expire(HOME_KNOWN);

    ngx_add_timer(ev, HOME_RENEW);
}


void
gavel_home_release_all(void)
{
    ngx_queue_t  *q;

    q = ngx_queue_head(&homes.held);

    while (q != ngx_queue_sentinel(&homes.held)) {
        q = home_renew_some(q);
    }

    while (!ngx_queue_empty(&homes.held)) {
        home_lose(ngx_queue_data(ngx_queue_head(&homes.held), home_t, held));
    }
}


ngx_int_t
gavel_home_create(ngx_cycle_t *cycle)
{
    ngx_str_t  none = ngx_null_string;

    homes.prefix = gavel_redis_key(cycle->pool, "home", &none);
    if (homes.prefix.data == NULL) {
        return NGX_ERROR;
    }

    home_lease.data = home_lease_text;
    home_lease.len = ngx_sprintf(home_lease_text, "%d", HOME_LEASE)
                     - home_lease_text;

    ngx_rbtree_init(&homes.tree, &homes.sentinel, home_insert);
    ngx_queue_init(&homes.recent);
    ngx_queue_init(&homes.held);
    ngx_queue_init(&homes.waiters);

    gavel_cluster_timer(&homes.renew, home_renew);
    gavel_cluster_timer(&homes.patience, home_impatient);
    ngx_add_timer(&homes.renew, HOME_RENEW);

    homes.open = 1;

    return NGX_OK;
}


/* Nobody is told any more; what is known dies with the process. */

void
gavel_home_destroy(void)
{
    waiter_t  *w;

    if (!homes.open) {
        return;
    }

    while (!ngx_queue_empty(&homes.waiters)) {
        w = ngx_queue_data(ngx_queue_head(&homes.waiters), waiter_t, all);
        gavel_home_detach(w->data);
    }

    if (homes.renew.timer_set) {
        ngx_del_timer(&homes.renew);
    }

    if (homes.patience.timer_set) {
        ngx_del_timer(&homes.patience);
    }
}
