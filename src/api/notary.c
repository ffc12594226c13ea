/*
 * notary: signs where a settled auction's log ends, soon after it settled and
 * without being asked.
 *
 * The append that settles an auction names it in the outbox, and there it
 * stays until a signature is kept.  Every worker looks about once a second;
 * who takes an auction replays its log, signs what he has seen to be sound,
 * and the first signature that is kept is the one for all times.  Of who
 * takes it and does nothing, or finds that the log is not sound, others take
 * it over, later and later.
 */

#include "api/notary.h"

#include "auction/auction.h"
#include "auth/auth.h"
#include "core/json.h"
#include "core/times.h"
#include "pg/pg.h"

#define NOTARY_PAUSE  1000               /* ms */
#define NOTARY_SOON   10
#define NOTARY_TYPE   "gavel-head+jws"


typedef struct {
    int64_t            auction, epoch, seq, settled_at;
    ngx_str_t          head;             /* hex */
    gavel_verified_t   verified;
    gavel_reply_t      reply;
} notary_work_t;


static void notary_tick(ngx_event_t *ev);
static void notary_taken(gavel_pg_op_t *op);
static void notary_done(gavel_flow_t *f);
static ngx_int_t notary_replay(gavel_flow_t *f);
static ngx_int_t notary_sign(gavel_flow_t *f);


static const gavel_step_pt  notary_steps[] = {
    notary_replay,           /* this worker's own replay of the log */
    notary_sign,             /* once for all times */
    NULL
};


static ngx_event_t       notary_timer;
static ngx_connection_t  notary_ident;   /* events log its fd */
static gavel_pg_op_t    *notary_op;
static gavel_flow_t     *notary_flow;


void
gavel_notary_create(void)
{
    notary_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&notary_timer, sizeof(ngx_event_t));
    notary_timer.handler = notary_tick;
    notary_timer.data = &notary_ident;
    notary_timer.log = ngx_cycle->log;
    notary_timer.cancelable = 1;

    notary_op = NULL;
    notary_flow = NULL;

    ngx_add_timer(&notary_timer, NOTARY_PAUSE + ngx_random() % NOTARY_PAUSE);
}


void
gavel_notary_destroy(void)
{
    if (notary_timer.timer_set) {
        ngx_del_timer(&notary_timer);
    }

    if (notary_op != NULL) {
        gavel_pg_detach(notary_op);
        notary_op = NULL;
    }

    if (notary_flow != NULL) {
        ngx_destroy_pool(notary_flow->pool);
        notary_flow = NULL;
    }
}


static void
notary_tick(ngx_event_t *ev)
{
    if (gavel_pg_ready(gavel_pg)) {
        notary_op = gavel_pg_op(gavel_pg, "proof_take");
    }

    if (notary_op == NULL) {
        ngx_add_timer(&notary_timer, NOTARY_PAUSE);
        return;
    }

    gavel_pg_op_int(notary_op, EV_AUCTION_SETTLED);
    notary_op->done = notary_taken;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, notary_op);
}


static notary_work_t *
notary_work(ngx_pool_t *pool, PGresult *res)
{
    ngx_str_t       head;
    notary_work_t  *w;

    w = ngx_pcalloc(pool, sizeof(notary_work_t));
    if (w == NULL) {
        return NULL;
    }

    w->auction = gavel_pg_int(res, 0, 0);
    w->epoch = gavel_pg_int(res, 0, 1);
    w->seq = gavel_pg_int(res, 0, 2);
    w->settled_at = gavel_pg_int(res, 0, 3);

    head = gavel_pg_text(res, 0, 4);
    w->head.len = head.len;
    w->head.data = ngx_pstrdup(pool, &head);

    return w->head.data != NULL ? w : NULL;
}


static gavel_flow_t *
notary_begin(PGresult *res)
{
    ngx_pool_t    *pool;
    gavel_flow_t  *f;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    f = ngx_pcalloc(pool, sizeof(gavel_flow_t));

    if (f == NULL || (f->data = notary_work(pool, res)) == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    f->pool = pool;
    f->log = ngx_cycle->log;

    return f;
}


static void
notary_taken(gavel_pg_op_t *op)
{
    notary_op = NULL;

    if (op->status == GAVEL_PG_DONE && PQntuples(op->res) == 1) {
        notary_flow = notary_begin(op->res);
    }

    if (notary_flow != NULL) {
        gavel_flow_run(notary_flow, notary_steps, notary_done);
        return;
    }

    ngx_add_timer(&notary_timer, NOTARY_PAUSE + ngx_random() % NOTARY_PAUSE);
}


/* Perhaps there are more. */

static void
notary_done(gavel_flow_t *f)
{
    notary_flow = NULL;
    ngx_destroy_pool(f->pool);

    ngx_add_timer(&notary_timer, NOTARY_SOON);
}


static ngx_int_t
notary_replay(gavel_flow_t *f)
{
    notary_work_t  *w = f->data;

    return gavel_flow_verify(f, w->auction, w->epoch, w->seq, 1,
                             &w->verified);
}


/* Nothing is signed that this worker has not seen to be sound. */

static ngx_uint_t
notary_stands(const notary_work_t *w)
{
    u_char  hex[2 * ENGINE_HASH_LEN];

    if (!w->verified.ok || w->verified.pending || w->verified.seq < w->seq) {
        return 0;
    }

    ngx_hex_dump(hex, (u_char *) w->verified.head, ENGINE_HASH_LEN);

    return w->verified.seq > w->seq
           || (w->head.len == sizeof(hex)
               && ngx_memcmp(w->head.data, hex, sizeof(hex)) == 0);
}


static void
notary_claims(gavel_json_t *j, const notary_work_t *w)
{
    gavel_json_int(j, "auction_id", w->auction);
    gavel_json_int(j, "epoch", w->epoch);
    gavel_json_int(j, "seq", w->seq);
    gavel_json_str(j, "head", &w->head);
}


static ngx_int_t
notary_sign(gavel_flow_t *f)
{
    ngx_str_t       text, jws;
    gavel_json_t    j;
    notary_work_t  *w = f->data;

    if (!notary_stands(w)) {
        return NGX_OK;
    }

    gavel_json_init(&j, f->pool, 512);
    gavel_json_open(&j, NULL, '{');
    notary_claims(&j, w);
    gavel_json_time(&j, "settled_at", w->settled_at);
    gavel_json_close(&j, '}');
    text = gavel_json_text(&j);

    if (j.failed
        || gavel_token_proof(f->pool, NOTARY_TYPE, &text, &jws) != NGX_OK)
    {
        return NGX_ERROR;
    }

    gavel_json_init(&j, f->pool, 2048);
    gavel_json_open(&j, NULL, '{');
    notary_claims(&j, w);
    gavel_json_int(&j, "settled_at", w->settled_at);
    gavel_json_str(&j, "jws", &jws);
    gavel_json_close(&j, '}');
    text = gavel_json_text(&j);

    return j.failed ? NGX_ERROR
                    : gavel_flow_sql(f, &w->reply, "proof_keep", 0, &text,
                                     GAVEL_PG_READ);
}
