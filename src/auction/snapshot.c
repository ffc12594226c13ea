/*
 * snapshot: the home keeps a copy of the state beside the log now and then,
 * so that nobody has to fold it from the beginning.
 */

#include "auction/host.h"

#include <openssl/sha.h>

#define SNAPSHOT_EVENTS  1000
#define SNAPSHOT_TIME    60000         /* ms */


static void
snapshot_write(gavel_auction_t *a, const u_char *state, size_t size)
{
    u_char          hash[SHA256_DIGEST_LENGTH];
    ngx_pool_t     *pool;
    gavel_pg_op_t  *op;

    pool = ngx_create_pool(1024, host.log);
    op = pool ? gavel_pg_op(gavel_pg, "log_snapshot") : NULL;

    if (op != NULL) {
        SHA256(state, size, hash);

        gavel_pg_op_int(op, a->id);
        gavel_pg_op_int(op, a->state->seq);
        gavel_pg_op_int(op, ENGINE_REV);
        host_row_hex(op, pool, state, size);
        host_row_hex(op, pool, hash, sizeof(hash));

        gavel_pg_send(gavel_pg, GAVEL_PG_READ, a->id, op);
        a->snapshot_seq = a->state->seq;
    }

    if (pool != NULL) {
        ngx_destroy_pool(pool);
    }
}


void
host_snapshot(gavel_auction_t *a)
{
    size_t   size;
    u_char  *state;

    /* without Redis nobody is the home, and whoever holds it may write */

    if (a->state == NULL || a->halted || a->reload
        || a->state->seq == a->snapshot_seq
        || (gavel_cluster_connected() && !gavel_home_mine(a->id))
        || (a->state->seq - a->snapshot_seq < SNAPSHOT_EVENTS
            && ngx_current_msec - a->snapshot_at < SNAPSHOT_TIME))
    {
        return;
    }

    a->snapshot_at = ngx_current_msec;

    size = a->state->size;

    if (size > HOST_STATE_MAX || (state = ngx_alloc(size, host.log)) == NULL)
    {
        return;
    }

    size = state_save(a->state, (char *) state, size);

    if (size != 0) {
        snapshot_write(a, state, size);
    }

    ngx_free(state);
}
