/*
 * lease: keeps what this worker is home of, and gives it back.
 *
 * All homes are renewed together, once in a third of the lease; a renewal that
 * learns of another home lets go.
 */

#include "cluster/known.h"

#define LEASE_RENEW  (HOME_LEASE / 3)

/* A renewal under way: the auctions in the order of its keys. */

typedef struct {
    int64_t             sent;
    ngx_uint_t          n;
    uint64_t            auctions[HOME_BATCH];
} renewal_t;

static ngx_event_t  lease_timer;
static u_char       lease_keys[HOME_BATCH][HOME_KEY];

/* ARGV: who holds them, lease.  A home that Redis has forgotten is taken
 * again. */

static ngx_str_t  lease_renew_script = ngx_string(
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

static ngx_str_t  lease_release_script = ngx_string(
    "for _, key in ipairs(KEYS) do\n"
    "  if redis.call('get', key) == ARGV[1] then\n"
    "    redis.call('del', key)\n"
    "  end\n"
    "end");


ngx_int_t
home_eval(const ngx_str_t *script, ngx_uint_t n, ngx_uint_t more,
    ngx_str_t *argv, gavel_redis_done_pt done, void *data)
{
    u_char  count[NGX_INT_T_LEN];

    ngx_str_set(&argv[0], "EVAL");
    argv[1] = *script;
    argv[2].data = count;
    argv[2].len = ngx_sprintf(count, "%ui", n) - count;

    return gavel_redis_command(3 + n + more, argv, done, data);
}


void
home_give_up(home_t *h)
{
    u_char     buf[HOME_KEY];
    ngx_str_t  argv[5];

    home_lose(h);

    argv[3] = home_key(buf, h->auction);
    argv[4] = home_me;

    (void) home_eval(&lease_release_script, 1, 1, argv, NULL, NULL);
}


static void
lease_renewed(redisReply *reply, void *data)
{
    home_t      *h;
    renewal_t   *r = data;
    ngx_uint_t   i;

    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY
        && reply->elements == r->n)
    {
        for (i = 0; i < r->n; i++) {
            h = homes_find(r->auctions[i]);

            if (h != NULL && h->mine) {
                home_learn(h, reply->element[i], r->sent + HOME_LEASE);
            }
        }
    }

    ngx_free(r);
}


/* Names up to HOME_BATCH homes, from *q on, in argv[3] and after; moves *q
 * behind them and returns how many. */

static ngx_uint_t
lease_batch(ngx_queue_t **q, ngx_str_t *argv, uint64_t *auctions)
{
    home_t      *h;
    ngx_uint_t   n;

    for (n = 0; n < HOME_BATCH; n++) {

        if (*q == ngx_queue_sentinel(&homes_held)) {
            break;
        }

        h = ngx_queue_data(*q, home_t, held);
        *q = ngx_queue_next(*q);

        auctions[n] = h->auction;
        argv[3 + n] = home_key(lease_keys[n], h->auction);
    }

    return n;
}


static void
lease_renew_all(void)
{
    renewal_t    *r;
    ngx_str_t     argv[HOME_BATCH + 5];
    ngx_queue_t  *q;

    q = ngx_queue_head(&homes_held);

    while (q != ngx_queue_sentinel(&homes_held)) {

        r = ngx_alloc(sizeof(renewal_t), gavel_cluster_log);
        if (r == NULL) {
            return;
        }

        r->sent = gavel_monotonic_ms();
        r->n = lease_batch(&q, argv, r->auctions);

        argv[3 + r->n] = home_me;
        argv[4 + r->n] = home_lease;

        if (home_eval(&lease_renew_script, r->n, 2, argv, lease_renewed, r)
            != NGX_OK)
        {
            ngx_free(r);
            return;
        }
    }
}


void
gavel_home_release_all(void)
{
    uint64_t      auctions[HOME_BATCH];
    ngx_str_t     argv[HOME_BATCH + 4];
    ngx_uint_t    n;
    ngx_queue_t  *q;

    q = ngx_queue_head(&homes_held);

    while (q != ngx_queue_sentinel(&homes_held)) {
        n = lease_batch(&q, argv, auctions);
        argv[3 + n] = home_me;

        (void) home_eval(&lease_release_script, n, 1, argv, NULL, NULL);
    }

    while (!ngx_queue_empty(&homes_held)) {
        home_lose(ngx_queue_data(ngx_queue_head(&homes_held), home_t, held));
    }
}


static void
lease_timeout(ngx_event_t *ev)
{
    home_t       *h;
    int64_t       now;
    ngx_queue_t  *q, *next;

    now = gavel_monotonic_ms();

    for (q = ngx_queue_head(&homes_held);
         q != ngx_queue_sentinel(&homes_held);
         q = next)
    {
        next = ngx_queue_next(q);
        h = ngx_queue_data(q, home_t, held);

        if (h->until <= now) {
            home_lose(h);
        }
    }

    lease_renew_all();
    homes_expire();

    ngx_add_timer(ev, LEASE_RENEW);
}


void
homes_lease_create(void)
{
    gavel_cluster_timer(&lease_timer, lease_timeout);
    ngx_add_timer(&lease_timer, LEASE_RENEW);
}


void
homes_lease_destroy(void)
{
    if (lease_timer.timer_set) {
        ngx_del_timer(&lease_timer);
    }
}
