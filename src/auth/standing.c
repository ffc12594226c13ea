/*
 * standing: what valid tokens do not know of their accounts yet.
 *
 * An access token lives for some minutes after its account was banned, has
 * got other roles, or was logged out.  Each worker keeps the few accounts and
 * sessions of which that is so, and asks for them every ten seconds, and at
 * once when another worker says that they changed.
 */

#include "auth/standing.h"

#include "pg/pg.h"
#include "redis/redis.h"

#define STANDING_STEADY   10000          /* ms */
#define STANDING_AWAY     100

#define STANDING_SESSION  ((uint64_t) 1 << 63)   /* a key is one's, not an
                                                    account's */

typedef struct {
    uint64_t     key;
    int64_t      roles;                  /* of now; -1: its tokens are void */
} standing_t;


static int ngx_libc_cdecl standing_compare(const void *one, const void *two);
static const standing_t *standing_find(uint64_t key);
static void standing_ask(ngx_event_t *ev);
static void standing_told(gavel_pg_op_t *op);
static void standing_message(const ngx_str_t *message, void *data);


/* nginx's debug log reads the descriptor of a timer's connection */

static ngx_connection_t  standing_no_connection = { .fd = (ngx_socket_t) -1 };

static ngx_event_t       standing_timer;
static gavel_pg_op_t    *standing_op;
static ngx_uint_t        standing_again;         /* it changed while we asked */
static ngx_str_t         standing_channel;
ngx_uint_t               gavel_standing_version;
static standing_t       *standing_all;           /* in order */
static ngx_uint_t        standing_n;


ngx_int_t
gavel_standing_create(ngx_cycle_t *cycle)
{
    ngx_str_t  id = ngx_string("accounts");

    ngx_memzero(&standing_timer, sizeof(ngx_event_t));

    standing_timer.handler = standing_ask;
    standing_timer.data = &standing_no_connection;
    standing_timer.log = cycle->log;
    standing_timer.cancelable = 1;

    standing_channel = gavel_redis_key(cycle->pool, "blocked", &id);
    if (standing_channel.len == 0) {
        return NGX_ERROR;
    }

    (void) gavel_redis_subscribe(&standing_channel, standing_message, NULL);

    ngx_add_timer(&standing_timer, 1);

    return NGX_OK;
}


void
gavel_standing_destroy(void)
{
    if (standing_timer.timer_set) {
        ngx_del_timer(&standing_timer);
    }

    if (standing_op != NULL) {
        gavel_pg_detach(standing_op);
        standing_op = NULL;
    }

    if (standing_all != NULL) {
        ngx_free(standing_all);
        standing_all = NULL;
        standing_n = 0;
    }
}


static int ngx_libc_cdecl
standing_compare(const void *one, const void *two)
{
    const standing_t  *a = one, *b = two;

    return (a->key > b->key) - (a->key < b->key);
}


static const standing_t *
standing_find(uint64_t key)
{
    ngx_uint_t  low, high, i;

    low = 0;
    high = standing_n;

    while (low < high) {
        i = low + (high - low) / 2;

        if (standing_all[i].key == key) {
            return &standing_all[i];
        }

        if (standing_all[i].key < key) {
            low = i + 1;

        } else {
            high = i;
        }
    }

    return NULL;
}


gavel_code_t
gavel_standing(gavel_identity_t *id)
{
    const standing_t  *account;

    if (id->user == 0) {
        return GAVEL_OK;
    }

    account = standing_find(id->user);

    if (account != NULL && account->roles < 0) {
        return GAVEL_account_blocked;
    }

    if (id->session && standing_find(STANDING_SESSION | id->session)) {
        return GAVEL_invalid_token;
    }

    if (account != NULL) {
        id->roles = account->roles;
    }

    return GAVEL_OK;
}


void
gavel_standing_changed(void)
{
    ngx_str_t  message = ngx_string("changed");

    standing_message(&message, NULL);

    (void) gavel_redis_publish(&standing_channel, &message, NULL, NULL);
}


static void
standing_message(const ngx_str_t *message, void *data)
{
    if (standing_op != NULL) {
        standing_again = 1;
        return;
    }

    standing_ask(&standing_timer);
}


static void
standing_ask(ngx_event_t *ev)
{
    gavel_pg_op_t  *op;

    if (standing_op != NULL) {
        return;                            /* its answer sets the timer */
    }

    op = gavel_pg_op(gavel_pg, "standing");

    if (op == NULL) {
        ngx_add_timer(ev, STANDING_AWAY);
        return;
    }

    gavel_pg_op_int(op, gavel_access_lifetime());
    op->done = standing_told;
    standing_op = op;
    standing_again = 0;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
}


/* A row: account, its roles or null, or the session that was ended. */

static void
standing_row(const PGresult *res, int row, standing_t *one)
{
    if (!PQgetisnull(res, row, 2)) {
        one->key = STANDING_SESSION | (uint64_t) gavel_pg_int(res, row, 2);
        one->roles = -1;
        return;
    }

    one->key = (uint64_t) gavel_pg_int(res, row, 0);
    one->roles = PQgetisnull(res, row, 1) ? -1 : gavel_pg_int(res, row, 1);
}


/* What was known stands until something newer is. */

static void
standing_told(gavel_pg_op_t *op)
{
    standing_t  *all;
    ngx_uint_t   i, n;

    n = 0;
    standing_op = NULL;
    all = NULL;

    if (op->status == GAVEL_PG_DONE) {
        n = PQntuples(op->res);
        all = ngx_alloc((n + 1) * sizeof(standing_t), ngx_cycle->log);
    }

    if (all == NULL) {
        ngx_add_timer(&standing_timer, STANDING_AWAY);
        return;
    }

    for (i = 0; i < n; i++) {
        standing_row(op->res, i, &all[i]);
    }

    ngx_qsort(all, n, sizeof(standing_t), standing_compare);

    if (n != standing_n
        || ngx_memcmp(all, standing_all, n * sizeof(standing_t)) != 0)
    {
        gavel_standing_version++;
    }

    if (standing_all != NULL) {
        ngx_free(standing_all);
    }

    standing_all = all;
    standing_n = n;

    ngx_add_timer(&standing_timer, standing_again ? 1 : STANDING_STEADY);
}
