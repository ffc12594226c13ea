/*
 * ops: rows for those who run the server: is it alive, is it ready, what does
 * it count; and the document of the API.
 */

#include "api/openapi.h"
#include "api/rows.h"
#include "cluster/cluster.h"
#include "core/metrics.h"
#include "pg/pg.h"
#include "redis/redis.h"
#include "gavel_schema.h"


static ngx_int_t health_answer(gavel_flow_t *f);
static ngx_int_t ready_ask(gavel_flow_t *f);
static ngx_int_t ready_answer(gavel_flow_t *f);
static void ops_metrics(gavel_metrics_t *m);
static ngx_int_t metrics_answer(gavel_flow_t *f);
static ngx_int_t openapi_answer(gavel_flow_t *f);


static const gavel_step_pt  health_steps[] = { health_answer, NULL };
static const gavel_step_pt  ready_steps[] = { ready_ask, ready_answer, NULL };
static const gavel_step_pt  metrics_steps[] = { metrics_answer, NULL };
static const gavel_step_pt  openapi_steps[] = { openapi_answer, NULL };


const gavel_command_t  gavel_ops_commands[] = {

    { "ops.health", GET, "//healthz", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, gavel_no_params,
      FLOW(health_steps), 200, "This worker lives", "Health", 0 },

    { "ops.ready", GET, "//readyz", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, gavel_no_params,
      FLOW(ready_steps), 200, "What it stands on is there", "Ready", 0 },

    { "ops.metrics", GET, "//metrics", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, gavel_no_params,
      FLOW(metrics_steps), 200, "Counters of this worker for Prometheus",
      "Metrics", 0 },

    { "ops.openapi", GET, "/openapi.json", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, gavel_no_params,
      FLOW(openapi_steps), 200, "This document", "Document", GAVEL_CMD_HOT },

    ROWS_END
};


static ngx_int_t
health_answer(gavel_flow_t *f)
{
    static ngx_str_t  alive = ngx_string("{\"status\":\"ok\"}");

    return gavel_flow_answer(f, NGX_HTTP_OK, &alive);
}


static ngx_int_t
ready_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    static ngx_str_t  schema = ngx_string("{\"schema\":\"" GAVEL_SCHEMA "\"}");

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    /* told if it does not answer at all */

    ngx_str_set(&f->outcome.errors, "{\"postgresql\":\"It is away.\"}");

    if (!gavel_pg_ready(gavel_pg)) {
        return gavel_flow_refuse(f, GAVEL_unavailable);
    }

    return gavel_flow_sql(f, call->work, "ready", 0, &schema, GAVEL_PG_READ);
}


static ngx_int_t
ready_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_reply_t  *reply;

    ngx_str_null(&f->outcome.errors);

    reply = call->work;

    if (reply->code != GAVEL_OK) {
        return gavel_flow_reply(f, reply);
    }

    if (gavel_redis_wanted() && !gavel_redis_ready()) {
        ngx_str_set(&f->outcome.errors, "{\"redis\":\"It is away.\"}");
        return gavel_flow_refuse(f, GAVEL_unavailable);
    }

    if (gavel_cluster_now() < 0) {
        ngx_str_set(&f->outcome.errors,
                    "{\"clock\":\"The cluster's time is not known.\"}");
        return gavel_flow_refuse(f, GAVEL_unavailable);
    }

    return gavel_flow_reply(f, reply);
}


/* what no room counts by itself */

static void
ops_metrics(gavel_metrics_t *m)
{
    gavel_metric(m, "gavel_up", "What this worker reaches.",
                 "service=\"postgresql\"", gavel_pg_ready(gavel_pg) ? 1 : 0);
    gavel_metric(m, "gavel_up", "What this worker reaches.",
                 "service=\"redis\"", gavel_redis_ready() ? 1 : 0);
    gavel_metric(m, "gavel_connections", "Connections in use.", NULL,
                 ngx_cycle->connection_n - ngx_cycle->free_connection_n);
}


static ngx_int_t
metrics_answer(gavel_flow_t *f)
{
    ngx_str_t  body;

    gavel_metrics_add(ops_metrics);

    body = gavel_metrics_text(f->pool);
    if (body.len == 0) {
        return NGX_ERROR;
    }

    ngx_str_set(&f->outcome.type, "text/plain; version=0.0.4; charset=utf-8");

    return gavel_flow_answer(f, NGX_HTTP_OK, &body);
}


static ngx_int_t
openapi_answer(gavel_flow_t *f)
{
    f->outcome.etag = *gavel_openapi_etag();

    return gavel_flow_answer(f, NGX_HTTP_OK, gavel_openapi_text());
}
