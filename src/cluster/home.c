/*
 * home: asks Redis which worker decides for an auction at the moment.
 *
 * A home is a key in Redis with its worker's id and a lease of three seconds.
 * It is a hint, never a lock: whoever finds it silent may seize it, and two
 * workers that both believe in themselves are sorted out by the log.  So the
 * answers here may be old, and when Redis is away the answer is NULL at once.
 *
 * What is asked is an ask_t, and everybody who wants to know the same joins
 * it: a thousand commands of one auction make one claim.
 */

#include "cluster/known.h"

#define HOME_PATIENCE  250                   /* ms a waiter waits for Redis */

typedef enum {
    ASK_READ = 0,
    ASK_CLAIM,
    ASK_SEIZE
} ask_kind_t;

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
    ngx_queue_t         all;                 /* in home_waiters, oldest first */
    uint64_t            auction;
    gavel_home_pt       done;
    void               *data;
    int64_t             deadline;
} waiter_t;

static ngx_queue_t  home_waiters;
static ngx_event_t  home_patience;

/* ARGV: who asks ("" only reads), lease, whom he found silent ("" nobody) */

static ngx_str_t  home_ask_script = ngx_string(
    "local home = redis.call('get', KEYS[1])\n"
    "if ARGV[1] ~= '' and (not home or home == ARGV[1] or home == ARGV[3])\n"
    "then\n"
    "  redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])\n"
    "  home = ARGV[1]\n"
    "end\n"
    "return {home or '', redis.call('pttl', KEYS[1])}");

static ngx_str_t  home_nobody = ngx_null_string;


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


/* Takes what Redis said of a home.  Returns its worker, copied to buf, or NULL
 * if Redis said nothing or there is none. */

static const u_char *
home_told(ask_t *ask, const redisReply *reply, u_char *buf)
{
    home_t      *h;
    int64_t      lease;
    ngx_uint_t   held;

    h = ask->home;

    if (reply == NULL) {
        return NULL;
    }

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2
        || reply->element[1]->type != REDIS_REPLY_INTEGER)
    {
        ngx_log_error(NGX_LOG_ERR, gavel_cluster_log, 0,
                      "redis refused a home: %s",
                      reply->type == REDIS_REPLY_ERROR ? reply->str : "?");
        return NULL;
    }

    held = h->mine;
    lease = ngx_min(reply->element[1]->integer, HOME_LEASE);
    home_learn(h, reply->element[0], ask->sent + lease);

    /* nobody is there any more who wanted it, or who could keep it */

    if (h->mine
        && (gavel_cluster_draining
            || (!held && ngx_queue_empty(&ask->waiters))))
    {
        home_give_up(h);
    }

    if (h->until == 0) {
        return NULL;
    }

    ngx_memcpy(buf, h->worker, GAVEL_WORKER_ID_LEN);

    return buf;
}


static void
home_answered(redisReply *reply, void *data)
{
    u_char         buf[GAVEL_WORKER_ID_LEN];
    ask_t         *ask = data;
    waiter_t      *w;
    ngx_queue_t    waiters;
    const u_char  *worker;

    worker = home_told(ask, reply, buf);

    /* who is answered may ask again, or make others leave */

    ngx_queue_init(&waiters);

    if (!ngx_queue_empty(&ask->waiters)) {
        ngx_queue_add(&waiters, &ask->waiters);
    }

    ngx_queue_remove(&ask->queue);
    ngx_free(ask);

    while (!ngx_queue_empty(&waiters)) {
        w = ngx_queue_data(ngx_queue_head(&waiters), waiter_t, queue);
        waiter_answer(w, worker);
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

    argv[3] = home_key(buf, h->auction);
    argv[4] = kind == ASK_READ ? home_nobody : home_me;
    argv[5] = home_lease;
    argv[6] = home_nobody;

    if (kind == ASK_SEIZE) {
        ngx_memcpy(ask->silent, silent, GAVEL_WORKER_ID_LEN);
        argv[6].data = ask->silent;
        argv[6].len = GAVEL_WORKER_ID_LEN;
    }

    if (home_eval(&home_ask_script, 1, 3, argv, home_answered, ask)
        != NGX_OK)
    {
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
    ngx_queue_insert_tail(&home_waiters, &w->all);

    if (!home_patience.timer_set) {
        ngx_add_timer(&home_patience, HOME_PATIENCE);
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

    h = homes_get(auction);

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

    h = homes_find(auction);

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

    h = homes_find(auction);

    return h != NULL && h->mine && gavel_monotonic_ms() < h->until;
}


void
gavel_home_release(uint64_t auction)
{
    home_t  *h;

    h = homes_find(auction);

    if (h != NULL && h->mine) {
        home_give_up(h);
    }
}


void
gavel_home_detach(void *data)
{
    waiter_t     *w;
    ngx_queue_t  *q, *next;

    if (home_waiters.next == NULL) {
        return;
    }

    for (q = ngx_queue_head(&home_waiters);
         q != ngx_queue_sentinel(&home_waiters);
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


/* Who waited too long goes on as if Redis were away; the late answer is still
 * learned. */

static void
home_impatient(ngx_event_t *ev)
{
    int64_t    now;
    waiter_t  *w;

    now = gavel_monotonic_ms();

    while (!ngx_queue_empty(&home_waiters)) {
        w = ngx_queue_data(ngx_queue_head(&home_waiters), waiter_t, all);

        if (w->deadline > now) {

            /* who was answered may have asked again, and set it too late */

            if (ev->timer_set) {
                ngx_del_timer(ev);
            }

            ngx_add_timer(ev, (ngx_msec_t) (w->deadline - now));
            return;
        }

        waiter_answer(w, NULL);
    }
}


ngx_int_t
gavel_home_create(ngx_cycle_t *cycle)
{
    if (homes_create(cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_queue_init(&home_waiters);
    gavel_cluster_timer(&home_patience, home_impatient);

    homes_lease_create();

    return NGX_OK;
}


/* Nobody is told any more; what is known dies with the process. */

void
gavel_home_destroy(void)
{
    waiter_t  *w;

    while (!ngx_queue_empty(&home_waiters)) {
        w = ngx_queue_data(ngx_queue_head(&home_waiters), waiter_t, all);
        gavel_home_detach(w->data);
    }

    if (home_patience.timer_set) {
        ngx_del_timer(&home_patience);
    }

    homes_lease_destroy();
}
