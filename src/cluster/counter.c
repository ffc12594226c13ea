/*
 * counter: counts what happened in the last minute, in the whole cluster, for
 * rate limits.
 *
 * A hit is counted here at once.  Some times a second all counters that were
 * hit are told to Redis in one script, which answers with what the cluster
 * has counted; so a limit is exact on one worker and late by that interval
 * between workers.  Without Redis every worker counts for itself.
 */

#include "cluster/parts.h"
#include "cluster/window.h"

#define COUNTER_TELL   200                   /* ms */
#define COUNTER_BATCH  ((GAVEL_REDIS_ARGS - 3) / 3)   /* in one script */
#define COUNTER_MOST   65536                 /* counters kept */
#define COUNTER_NAME   64                    /* bytes; longer ones are hashed */
#define COUNTER_KEY    (128 + COUNTER_NAME)  /* bytes of a key in Redis */

typedef struct {
    ngx_str_node_t   sn;
    ngx_queue_t      recent;                 /* least recently hit last */
    ngx_queue_t      untold;                 /* in counters.untold, if so */
    int64_t          hit;                    /* when, ms */
    gavel_window_t   window;
    unsigned         is_untold:1;
    unsigned         is_sent:1;              /* a batch points here */
    u_char           name[COUNTER_NAME];
} counter_t;

/* Counters under way to Redis; they are not freed meanwhile. */

typedef struct {
    ngx_uint_t       n;
    counter_t       *counters[COUNTER_BATCH];
    int64_t          minutes[COUNTER_BATCH];
} counter_batch_t;

typedef struct {
    ngx_rbtree_t        tree;
    ngx_rbtree_node_t   sentinel;
    ngx_queue_t         recent;
    ngx_queue_t         untold;
    ngx_uint_t          n;
    ngx_str_t           prefix;
    ngx_event_t         tell;
    unsigned            open:1;
} counters_t;

static counters_t  counters;

static u_char  counter_keys[2 * COUNTER_BATCH][COUNTER_KEY];
static u_char  counter_deltas[COUNTER_BATCH][NGX_INT64_LEN];

/* KEYS: this minute and the one before, of each counter; ARGV: what to add.
 * Answers both totals of each. */

static ngx_str_t  counter_script = ngx_string(
    "local totals = {}\n"
    "for i, delta in ipairs(ARGV) do\n"
    "  local minute = KEYS[2 * i - 1]\n"
    "  totals[2 * i - 1] = redis.call('incrby', minute, delta)\n"
    "  redis.call('pexpire', minute, 150000)\n"
    "  totals[2 * i] = tonumber(redis.call('get', KEYS[2 * i]) or 0)\n"
    "end\n"
    "return totals");


/* Nodes must agree on minutes, roughly. */

static int64_t
counter_now(void)
{
    int64_t      now;
    ngx_time_t  *tp;

    now = gavel_cluster_now();

    if (now == -1) {
        tp = ngx_timeofday();
        now = (int64_t) tp->sec * 1000 + tp->msec;
    }

    return now;
}


static void
counter_free(counter_t *c)
{
    if (c->is_untold) {
        ngx_queue_remove(&c->untold);
    }

    ngx_queue_remove(&c->recent);
    ngx_rbtree_delete(&counters.tree, &c->sn.node);
    counters.n--;

    ngx_free(c);
}


/* Frees what was not hit for two minutes, and more if there are too many:
 * the least recently hit, a few at a time. */

static void
counter_expire(ngx_uint_t most)
{
    counter_t    *c;
    int64_t       now;
    ngx_uint_t    i, n;
    ngx_queue_t  *q;

    now = gavel_monotonic_ms();
    n = ngx_min(counters.n, COUNTER_BATCH);

    for (i = 0; i < n; i++) {
        q = ngx_queue_last(&counters.recent);
        c = ngx_queue_data(q, counter_t, recent);

        if (counters.n <= most && now - c->hit < 2 * GAVEL_WINDOW_MS) {
            return;
        }

        if (c->is_sent) {
            ngx_queue_remove(q);
            ngx_queue_insert_head(&counters.recent, q);
            continue;
        }

        counter_free(c);
    }
}


static counter_t *
counter_new(const ngx_str_t *name, uint32_t hash)
{
    counter_t  *c;

    if (counters.n >= COUNTER_MOST) {
        counter_expire(COUNTER_MOST - 1);
    }

    if (counters.n >= COUNTER_MOST) {
        return NULL;
    }

    c = ngx_calloc(sizeof(counter_t), gavel_cluster_log);
    if (c == NULL) {
        return NULL;
    }

    c->sn.node.key = hash;
    c->sn.str.data = c->name;
    c->sn.str.len = name->len;
    ngx_memcpy(c->name, name->data, name->len);

    ngx_rbtree_insert(&counters.tree, &c->sn.node);
    ngx_queue_insert_head(&counters.recent, &c->recent);
    counters.n++;

    return c;
}


/* Long keys by two hashes and their length, so that each takes the same
 * memory. */

static counter_t *
counter_get(const ngx_str_t *key)
{
    u_char      buf[COUNTER_NAME];
    uint32_t    hash;
    counter_t  *c;
    ngx_str_t   name;

    hash = ngx_crc32_long(key->data, key->len);
    name = *key;

    if (name.len > COUNTER_NAME) {
        name.data = buf;
        name.len = ngx_snprintf(buf, COUNTER_NAME, "long:%08xD:%08xD:%uz",
                                hash,
                                ngx_murmur_hash2(key->data, key->len),
                                key->len)
                   - buf;
    }

    c = (counter_t *) ngx_str_rbtree_lookup(&counters.tree, &name, hash);

    if (c == NULL) {
        return counter_new(&name, hash);
    }

    ngx_queue_remove(&c->recent);
    ngx_queue_insert_head(&counters.recent, &c->recent);

    return c;
}


static void
counter_untold(counter_t *c)
{
    if (!c->is_untold) {
        c->is_untold = 1;
        ngx_queue_insert_tail(&counters.untold, &c->untold);
    }

    if (counters.open && !counters.tell.timer_set) {
        ngx_add_timer(&counters.tell, COUNTER_TELL);
    }
}


uint64_t
gavel_counter_hit(const ngx_str_t *key)
{
    int64_t     now;
    counter_t  *c;

    if (!counters.open) {
        return 1;
    }

    c = counter_get(key);

    /* without memory nobody is refused */

    if (c == NULL) {
        return 1;
    }

    now = counter_now();

    gavel_window_roll(&c->window, now);
    c->window.here++;
    c->hit = gavel_monotonic_ms();

    counter_untold(c);

    return gavel_window_count(&c->window, now);
}


static void
counter_told(redisReply *reply, void *data)
{
    counter_t        *c;
    ngx_uint_t        i, good;
    redisReply      **total;
    counter_batch_t  *b = data;

    good = reply != NULL && reply->type == REDIS_REPLY_ARRAY
           && reply->elements == 2 * b->n;

    if (reply != NULL && reply->type == REDIS_REPLY_ERROR) {
        ngx_log_error(NGX_LOG_ERR, gavel_cluster_log, 0,
                      "redis refused counters: %s", reply->str);
    }

    for (i = 0; i < b->n; i++) {
        c = b->counters[i];
        c->is_sent = 0;

        if (good) {
            total = &reply->element[2 * i];
            gavel_window_told(&c->window, b->minutes[i],
                              total[0]->integer, total[1]->integer);
            continue;
        }

        gavel_window_unsent(&c->window, b->minutes[i]);

        if (c->window.here != 0) {
            counter_untold(c);
        }
    }

    ngx_free(b);
}


static ngx_str_t
counter_key(u_char *buf, counter_t *c, ngx_uint_t ago)
{
    ngx_str_t  key;

    key.data = buf;
    key.len = ngx_snprintf(buf, COUNTER_KEY, "%V%L:%V", &counters.prefix,
                           c->window.minute - (int64_t) ago, &c->sn.str)
              - buf;
    return key;
}


/* Fills a batch and its arguments from the untold counters, each for the
 * minute that it counts in.  What follows a batch waits for its answer. */

static void
counter_gather(counter_batch_t *b, ngx_str_t *keys, ngx_str_t *deltas)
{
    counter_t    *c;
    ngx_uint_t    n;
    ngx_queue_t  *q, *next;

    for (q = ngx_queue_head(&counters.untold);
         q != ngx_queue_sentinel(&counters.untold) && b->n < COUNTER_BATCH;
         q = next)
    {
        next = ngx_queue_next(q);
        c = ngx_queue_data(q, counter_t, untold);

        if (c->is_sent) {
            continue;
        }

        ngx_queue_remove(q);
        c->is_untold = 0;

        c->is_sent = 1;
        c->window.sent = c->window.here;
        c->window.here = 0;

        n = b->n++;
        b->counters[n] = c;
        b->minutes[n] = c->window.minute;

        keys[2 * n] = counter_key(counter_keys[2 * n], c, 0);
        keys[2 * n + 1] = counter_key(counter_keys[2 * n + 1], c, 1);

        deltas[n].data = counter_deltas[n];
        deltas[n].len = ngx_sprintf(counter_deltas[n], "%uL", c->window.sent)
                        - counter_deltas[n];
    }
}


static ngx_uint_t
counter_tell_some(void)
{
    u_char            count[NGX_INT_T_LEN];
    ngx_str_t         argv[3 + 3 * COUNTER_BATCH], deltas[COUNTER_BATCH];
    ngx_uint_t        n;
    counter_batch_t  *b;

    b = ngx_alloc(sizeof(counter_batch_t), gavel_cluster_log);
    if (b == NULL) {
        return 0;
    }

    b->n = 0;
    counter_gather(b, &argv[3], deltas);

    n = b->n;

    if (n == 0) {
        ngx_free(b);
        return 0;
    }

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = counter_script;
    argv[2].data = count;
    argv[2].len = ngx_sprintf(count, "%ui", 2 * n) - count;
    ngx_memcpy(&argv[3 + 2 * n], deltas, n * sizeof(ngx_str_t));

    if (gavel_redis_command(3 + 3 * n, argv, counter_told, b) != NGX_OK) {
        counter_told(NULL, b);
        return 0;
    }

    return n;
}


static void
counter_tell(ngx_event_t *ev)
{
    if (gavel_redis_ready()) {
        while (counter_tell_some() == COUNTER_BATCH) { /* void */ }
    }

    counter_expire(COUNTER_MOST);

    if (counters.n != 0 && !ev->timer_set) {
        ngx_add_timer(ev, COUNTER_TELL);
    }
}


ngx_int_t
gavel_counter_create(ngx_cycle_t *cycle)
{
    ngx_str_t  none = ngx_null_string;

    counters.prefix = gavel_redis_key(cycle->pool, "count", &none);

    if (counters.prefix.data == NULL) {
        return NGX_ERROR;
    }

    if (counters.prefix.len > COUNTER_KEY - COUNTER_NAME - NGX_INT64_LEN) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the prefix of Redis keys is too long");
        return NGX_ERROR;
    }

    ngx_rbtree_init(&counters.tree, &counters.sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&counters.recent);
    ngx_queue_init(&counters.untold);
    gavel_cluster_timer(&counters.tell, counter_tell);

    counters.n = 0;
    counters.open = 1;

    return NGX_OK;
}


void
gavel_counter_destroy(void)
{
    counters.open = 0;

    if (counters.tell.timer_set) {
        ngx_del_timer(&counters.tell);
    }
}
