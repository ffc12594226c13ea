/*
 * epoch: notices that the bid lane speaks to another server, or to another
 * past of the same one; then nothing in memory can be trusted before it was
 * compared with the log (rule 23).
 *
 * Only who had read a log before can tell that it lost its tail.  Whoever
 * reads it for the first time leaves it to them for a while: he would go on
 * in the epoch that has ended, in places that others were told of.
 */

#include "auction/host.h"

#define EPOCH_NAME_LEN  64
#define EPOCH_YOUNG     4000       /* ms: then all have connected again */
#define EPOCH_NEAR      5000       /* ms before somebody noticed it */
#define EPOCH_AT_ONCE   20         /* ms: by which two clocks may differ */


static u_char     epoch_name[EPOCH_NAME_LEN];
static ngx_str_t  epoch_server = { 0, epoch_name };


static void
epoch_doubt(gavel_auction_t *a)
{
    if (a->state != NULL) {
        host_reload(a, 1);
    }
}


static void
epoch_answer(gavel_pg_op_t *op)
{
    u_char     name[EPOCH_NAME_LEN], *last;
    ngx_str_t  system, timeline;

    host.asking_timeline = 0;

    if (op->status != GAVEL_PG_DONE || PQntuples(op->res) != 1) {
        return;                          /* it is asked again */
    }

    host.timeline_known = 1;
    host.timeline_at = ngx_current_msec
                       - (ngx_msec_t) gavel_pg_int(op->res, 0, 3);

    system = gavel_pg_text(op->res, 0, 0);
    timeline = gavel_pg_text(op->res, 0, 1);
    last = ngx_snprintf(name, EPOCH_NAME_LEN, "%V/%V", &system, &timeline);

    if (epoch_server.len != 0
        && (epoch_server.len != (size_t) (last - name)
            || ngx_memcmp(epoch_name, name, epoch_server.len) != 0))
    {
        ngx_log_error(NGX_LOG_WARN, host.log, 0,
                      "another PostgreSQL server or timeline: %*s",
                      (size_t) (last - name), name);
        host_each(epoch_doubt);
    }

    epoch_server.len = last - name;
    ngx_memcpy(epoch_name, name, epoch_server.len);
}


void
host_epoch_ask(void)
{
    gavel_pg_op_t  *op;

    if (host.timeline_known || host.asking_timeline
        || (op = gavel_pg_op(gavel_pg, "log_timeline")) == NULL)
    {
        return;
    }

    op->done = epoch_answer;
    host.asking_timeline = 1;

    gavel_pg_send(gavel_pg, GAVEL_PG_BID, 0, op);
    gavel_pg_sync(gavel_pg, 0);
}


static void
epoch_connected(void *data)
{
    host_sign();

    host.timeline_known = 0;
    host_epoch_ask();
}


/* Was this log's epoch opened on the timeline that there is now? */

static ngx_uint_t
epoch_opened(const gavel_auction_t *a)
{
    ngx_msec_int_t  age = ngx_current_msec - host.timeline_at;

    return a->opened_at != 0
           && gavel_cluster_now() - a->opened_at <= age + EPOCH_AT_ONCE;
}


ngx_uint_t
host_unsure(const gavel_auction_t *a)
{
    if (host_ended(a)) {
        return 0;                        /* the tail is known to be lost */
    }

    if (!host.timeline_known) {
        return ngx_current_msec - a->read_at < EPOCH_NEAR;
    }

    return ngx_current_msec - host.timeline_at < EPOCH_YOUNG
           && (ngx_msec_int_t) (a->read_at + EPOCH_NEAR - host.timeline_at)
              > 0
           && !epoch_opened(a);
}


void
host_epoch_create(void)
{
    gavel_pg_on_connect(gavel_pg, epoch_connected, NULL);
}
