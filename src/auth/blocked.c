/*
 * blocked: whose tokens are worth nothing any more, though they are valid.
 *
 * An access token lives for some minutes after its account was banned.  Each
 * worker keeps the few accounts that were blocked lately and asks for them
 * every ten seconds, and at once when another worker says that they changed.
 */

#include "auth/blocked.h"

#include "pg/pg.h"
#include "redis/redis.h"

#define BLOCKED_STEADY  10000            /* ms */
#define BLOCKED_AWAY    100


static void blocked_ask(ngx_event_t *ev);
static void blocked_told(gavel_pg_op_t *op);
static void blocked_message(const ngx_str_t *message, void *data);


/* nginx's debug log reads the descriptor of a timer's connection */

static ngx_connection_t  blocked_no_connection = { .fd = (ngx_socket_t) -1 };

static ngx_event_t       blocked_timer;
static gavel_pg_op_t    *blocked_op;
static ngx_uint_t        blocked_again;  /* it changed while we asked */
static ngx_str_t         blocked_channel;
ngx_uint_t               gavel_blocked_version;
static uint64_t         *blocked_ids;    /* in order */
static ngx_uint_t        blocked_n;


ngx_int_t
gavel_blocked_create(ngx_cycle_t *cycle)
{
    ngx_str_t  id = ngx_string("accounts");

    ngx_memzero(&blocked_timer, sizeof(ngx_event_t));

    blocked_timer.handler = blocked_ask;
    blocked_timer.data = &blocked_no_connection;
    blocked_timer.log = cycle->log;
    blocked_timer.cancelable = 1;

    blocked_channel = gavel_redis_key(cycle->pool, "blocked", &id);
    if (blocked_channel.len == 0) {
        return NGX_ERROR;
    }

    (void) gavel_redis_subscribe(&blocked_channel, blocked_message, NULL);

    ngx_add_timer(&blocked_timer, 1);

    return NGX_OK;
}


void
gavel_blocked_destroy(void)
{
    if (blocked_timer.timer_set) {
        ngx_del_timer(&blocked_timer);
    }

    if (blocked_op != NULL) {
        gavel_pg_detach(blocked_op);
        blocked_op = NULL;
    }

    if (blocked_ids != NULL) {
        ngx_free(blocked_ids);
        blocked_ids = NULL;
        blocked_n = 0;
    }
}


ngx_uint_t
gavel_blocked(uint64_t account)
{
    ngx_uint_t  low, high, i;

    low = 0;
    high = blocked_n;

    while (low < high) {
        i = low + (high - low) / 2;

        if (blocked_ids[i] == account) {
            return 1;
        }

        if (blocked_ids[i] < account) {
            low = i + 1;

        } else {
            high = i;
        }
    }

    return 0;
}


void
gavel_blocked_changed(void)
{
    ngx_str_t  message = ngx_string("changed");

    blocked_message(&message, NULL);

    (void) gavel_redis_publish(&blocked_channel, &message, NULL, NULL);
}


static void
blocked_message(const ngx_str_t *message, void *data)
{
    if (blocked_op != NULL) {
        blocked_again = 1;
        return;
    }

    blocked_ask(&blocked_timer);
}


static void
blocked_ask(ngx_event_t *ev)
{
    gavel_pg_op_t  *op;

    if (blocked_op != NULL) {
        return;                            /* its answer sets the timer */
    }

    op = gavel_pg_op(gavel_pg, "blocked");

    if (op == NULL) {
        ngx_add_timer(ev, BLOCKED_AWAY);
        return;
    }

    op->done = blocked_told;
    blocked_op = op;
    blocked_again = 0;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
}


/* What was known stands until something newer is. */

static void
blocked_told(gavel_pg_op_t *op)
{
    uint64_t    *ids;
    ngx_uint_t   i, n;

    n = 0;
    blocked_op = NULL;
    ids = NULL;

    if (op->status == GAVEL_PG_DONE) {
        n = PQntuples(op->res);
        ids = ngx_alloc((n + 1) * sizeof(uint64_t), ngx_cycle->log);
    }

    if (ids == NULL) {
        ngx_add_timer(&blocked_timer, BLOCKED_AWAY);
        return;
    }

    for (i = 0; i < n; i++) {
        ids[i] = (uint64_t) gavel_pg_int(op->res, i, 0);
    }

    if (n != blocked_n
        || ngx_memcmp(ids, blocked_ids, n * sizeof(uint64_t)) != 0)
    {
        gavel_blocked_version++;
    }

    if (blocked_ids != NULL) {
        ngx_free(blocked_ids);
    }

    blocked_ids = ids;
    blocked_n = n;

    ngx_add_timer(&blocked_timer, blocked_again ? 1 : BLOCKED_STEADY);
}
