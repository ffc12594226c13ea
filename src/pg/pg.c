/*
 * pg: the PostgreSQL client of a worker: its lanes, and who goes where.
 *
 * A read goes to the least busy read lane and has a sync of its own: lanes
 * are pipelines, so a slow one holds up only what was sent behind it.  The
 * log's operations go to the bid lane of their key, where they are gathered
 * until the caller syncs them: one sync is one commit.
 */

#include "pg/internal.h"
#include "core/keeper.h"


gavel_pg_t  *gavel_pg;
gavel_pg_t  *gavel_pg_replica;


static ngx_int_t pg_names(gavel_pg_t *pg, ngx_cycle_t *cycle);
static pg_lane_t *pg_read_lane(gavel_pg_t *pg);
static pg_lane_t *pg_bid_lane(gavel_pg_t *pg, uint64_t key);
static ngx_uint_t pg_lane_usable(const pg_lane_t *lane);


gavel_pg_t *
gavel_pg_create(const gavel_pg_conf_t *conf, ngx_cycle_t *cycle)
{
    ngx_uint_t   i;
    gavel_pg_t  *pg;

    pg = ngx_pcalloc(cycle->pool, sizeof(gavel_pg_t));
    if (pg == NULL) {
        return NULL;
    }

    gavel_metrics_add(gavel_pg_metrics);

    pg->ident[3] = (void *) -1;
    pg->conf = conf;
    pg->log = cycle->log;
    pg->nlanes = conf->read_lanes + conf->bid_lanes;

    pg->lanes = ngx_pcalloc(cycle->pool, pg->nlanes * sizeof(pg_lane_t));
    if (pg->lanes == NULL || pg_names(pg, cycle) != NGX_OK) {
        return NULL;
    }

    ngx_queue_init(&pg->finished);
    ngx_queue_init(&pg->refused);
    ngx_queue_init(&pg->free);

    pg->finish.handler = pg_finish_handler;
    pg->finish.data = pg;
    pg->finish.log = pg->log;

    pg->later.handler = pg_later_handler;
    pg->later.data = pg;
    pg->later.log = pg->log;
    pg->later.cancelable = 1;

    for (i = 0; i < pg->nlanes; i++) {
        pg_lane_init(&pg->lanes[i], pg, i >= conf->read_lanes);
    }

    return pg;
}


static ngx_int_t
pg_names(gavel_pg_t *pg, ngx_cycle_t *cycle)
{
    ngx_uint_t        i, n;
    gavel_pg_host_t  *host;

    host = pg->conf->hosts->elts;
    n = pg->conf->hosts->nelts;

    pg->names = ngx_pcalloc(cycle->pool, n * sizeof(gavel_name_t));
    if (pg->names == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (host[i].host.len && host[i].host.data[0] != '/') {
            gavel_name_init(&pg->names[i], &host[i].name, &host[i].host,
                            pg_names_news, pg);
        }
    }

    return NGX_OK;
}


/* Calls no `done` any more: requesters go away with the worker. */

void
gavel_pg_destroy(gavel_pg_t *pg)
{
    ngx_uint_t  i;

    for (i = 0; i < pg->nlanes; i++) {
        pg_lane_move(&pg->lanes[i], PG_CLOSED);
    }

    for (i = 0; i < pg->conf->hosts->nelts; i++) {
        gavel_name_forget(&pg->names[i]);
    }

    if (pg->finish.posted) {
        ngx_delete_posted_event(&pg->finish);
    }

    if (pg->later.timer_set) {
        ngx_del_timer(&pg->later);
    }
}


void
gavel_pg_send(gavel_pg_t *pg, gavel_pg_lane_t kind, uint64_t key,
    gavel_pg_op_t *o)
{
    pg_op_t    *op = (pg_op_t *) o;
    pg_lane_t  *lane;

    gavel_keep();

    if (kind == GAVEL_PG_REPLICA && pg == gavel_pg && gavel_pg_replica
        && gavel_pg_ready(gavel_pg_replica))
    {
        pg = gavel_pg_replica;
    }

    lane = (kind == GAVEL_PG_BID) ? pg_bid_lane(pg, key) : pg_read_lane(pg);

    if (lane == NULL || !pg_lane_usable(lane)) {
        pg_op_refuse(op, GAVEL_PG_AWAY);
        return;
    }

    if (lane->pending >= pg->conf->queue) {
        pg_op_refuse(op, GAVEL_PG_FULL);
        return;
    }

    if (pg_op_copy(op) != NGX_OK) {
        pg_op_refuse(op, GAVEL_PG_ERROR);
        return;
    }

    lane->pending++;

    if (kind == GAVEL_PG_BID) {
        ngx_queue_insert_tail(&lane->gathered, &op->link);
        return;
    }

    op->sync = 1;
    ngx_queue_insert_tail(&lane->waiting, &op->link);

    pg_lane_pump(lane);
}


void
gavel_pg_sync(gavel_pg_t *pg, uint64_t key)
{
    pg_op_t      *op;
    pg_lane_t    *lane;
    ngx_queue_t  *q;

    lane = pg_bid_lane(pg, key);

    if (lane == NULL || ngx_queue_empty(&lane->gathered)) {
        return;
    }

    if (!pg_lane_usable(lane)) {

        /* the connection was lost since they were gathered */

        while (!ngx_queue_empty(&lane->gathered)) {
            q = ngx_queue_head(&lane->gathered);
            ngx_queue_remove(q);

            lane->pending--;
            pg_op_refuse(ngx_queue_data(q, pg_op_t, link), GAVEL_PG_AWAY);
        }

        return;
    }

    op = ngx_queue_data(ngx_queue_last(&lane->gathered), pg_op_t, link);
    op->sync = 1;

    ngx_queue_add(&lane->waiting, &lane->gathered);
    ngx_queue_init(&lane->gathered);

    pg_lane_pump(lane);
}


static pg_lane_t *
pg_read_lane(gavel_pg_t *pg)
{
    pg_lane_t   *lane, *best;
    ngx_uint_t   i;

    best = NULL;

    for (i = 0; i < pg->conf->read_lanes; i++) {
        lane = &pg->lanes[i];

        if (!pg_lane_usable(lane)) {
            continue;
        }

        if (best == NULL
            || (lane->state == PG_READY && best->state != PG_READY)
            || (lane->state == best->state && lane->pending < best->pending))
        {
            best = lane;
        }
    }

    return best;
}


static pg_lane_t *
pg_bid_lane(gavel_pg_t *pg, uint64_t key)
{
    if (pg->conf->bid_lanes == 0) {
        return NULL;
    }

    return &pg->lanes[pg->conf->read_lanes + key % pg->conf->bid_lanes];
}


/* A lane that is up, or will be so far as anybody knows, takes operations. */

static ngx_uint_t
pg_lane_usable(const pg_lane_t *lane)
{
    return lane->state == PG_READY || lane->hopeful;
}


ngx_uint_t
gavel_pg_ready(gavel_pg_t *pg)
{
    ngx_uint_t  i;

    for (i = 0; i < pg->nlanes; i++) {
        if (pg->lanes[i].state == PG_READY) {
            return 1;
        }
    }

    return 0;
}


void
gavel_pg_on_connect(gavel_pg_t *pg, void (*handler)(void *data), void *data)
{
    pg->on_connect = handler;
    pg->on_connect_data = data;
}


void
gavel_pg_stats(gavel_pg_t *pg, gavel_pg_stats_t *stats)
{
    ngx_uint_t  i;

    *stats = pg->stats;

    stats->lanes = pg->nlanes;

    for (i = 0; i < pg->nlanes; i++) {
        stats->pending += pg->lanes[i].pending;
        stats->lanes_up += (pg->lanes[i].state == PG_READY);
    }
}


ngx_str_t
gavel_pg_text(const PGresult *res, int row, int col)
{
    ngx_str_t  text;

    text.data = (u_char *) PQgetvalue(res, row, col);
    text.len = PQgetlength(res, row, col);

    return text;
}


int64_t
gavel_pg_int(const PGresult *res, int row, int col)
{
    char  *text;

    text = PQgetvalue(res, row, col);     /* NULL: there is no such field */

    return text ? strtoll(text, NULL, 10) : 0;
}
