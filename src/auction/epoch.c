/*
 * epoch: notices that the bid lane speaks to another server, or to another
 * past of the same one; then nothing in memory can be trusted before it was
 * compared with the log (rule 23).
 */

#include "auction/host.h"

#define EPOCH_NAME_LEN  64


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

    if (op->status != GAVEL_PG_DONE || PQntuples(op->res) != 1) {
        return;
    }

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


static void
epoch_connected(void *data)
{
    gavel_pg_op_t  *op = gavel_pg_op(gavel_pg, "log_server");

    host_sign();

    if (op == NULL) {
        return;
    }

    op->done = epoch_answer;
    gavel_pg_send(gavel_pg, GAVEL_PG_BID, 0, op);
    gavel_pg_sync(gavel_pg, 0);
}


void
host_epoch_create(void)
{
    gavel_pg_on_connect(gavel_pg, epoch_connected, NULL);
}
