/*
 * known: who is home of which auction, as far as this worker has heard.
 *
 * An entry lives until its lease ends.  There is room for so many; the least
 * recently used go first, but not what is held or being asked.
 */

#include "cluster/known.h"

#define HOMES_KNOWN  16384

typedef struct {
    ngx_rbtree_t        tree;
    ngx_rbtree_node_t   sentinel;
    ngx_queue_t         recent;
    ngx_uint_t          n;
    ngx_str_t           prefix;              /* of their keys */
} homes_t;

static homes_t  homes;

ngx_queue_t     homes_held;
ngx_str_t       home_me = { GAVEL_WORKER_ID_LEN, gavel_worker_id };
ngx_str_t       home_lease;

static u_char   home_lease_text[NGX_INT_T_LEN];


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


home_t *
homes_find(uint64_t auction)
{
    home_t             *h;
    ngx_rbtree_node_t  *node;

    if (homes.tree.root == NULL) {
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
    homes.n--;

    ngx_free(h);
}


/* Oldest first.  Those that must stay go to the front, so that they do not
 * stand in the way the next time. */

static void
homes_drop(ngx_uint_t most)
{
    home_t       *h;
    int64_t       now;
    ngx_uint_t    i, n;
    ngx_queue_t  *q;

    now = gavel_monotonic_ms();
    n = ngx_min(homes.n, HOME_BATCH);

    for (i = 0; i < n; i++) {
        q = ngx_queue_last(&homes.recent);
        h = ngx_queue_data(q, home_t, recent);

        if (!h->mine && ngx_queue_empty(&h->asks)
            && (h->until <= now || homes.n > most))
        {
            home_forget(h);
            continue;
        }

        ngx_queue_remove(q);
        ngx_queue_insert_head(&homes.recent, q);
    }
}


void
homes_expire(void)
{
    homes_drop(HOMES_KNOWN);
}


home_t *
homes_get(uint64_t auction)
{
    home_t  *h;

    h = homes_find(auction);

    if (h != NULL) {
        ngx_queue_remove(&h->recent);
        ngx_queue_insert_head(&homes.recent, &h->recent);
        return h;
    }

    if (homes.n >= HOMES_KNOWN) {
        homes_drop(HOMES_KNOWN - 1);
    }

    if (homes.n >= HOMES_KNOWN) {
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
    homes.n++;

    return h;
}


void
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


void
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
        ngx_queue_insert_tail(&homes_held, &h->held);
    }

    ngx_memcpy(h->worker, worker->str, GAVEL_WORKER_ID_LEN);
    h->until = until;
}


ngx_str_t
home_key(u_char *buf, uint64_t auction)
{
    ngx_str_t  key;

    key.data = buf;
    key.len = ngx_snprintf(buf, HOME_KEY, "%V%uL", &homes.prefix, auction)
              - buf;
    return key;
}


ngx_int_t
homes_create(ngx_cycle_t *cycle)
{
    ngx_str_t  none = ngx_null_string;

    homes.prefix = gavel_redis_key(cycle->pool, "home", &none);
    if (homes.prefix.data == NULL) {
        return NGX_ERROR;
    }

    if (homes.prefix.len > HOME_KEY - NGX_INT64_LEN) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the prefix of Redis keys is too long");
        return NGX_ERROR;
    }

    home_lease.data = home_lease_text;
    home_lease.len = ngx_sprintf(home_lease_text, "%d", HOME_LEASE)
                     - home_lease_text;

    ngx_rbtree_init(&homes.tree, &homes.sentinel, home_insert);
    ngx_queue_init(&homes.recent);
    ngx_queue_init(&homes_held);
    homes.n = 0;

    return NGX_OK;
}
