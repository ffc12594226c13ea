/*
 * stream: a body that is longer than memory should be, part by part.
 *
 * There is one part in memory at a time.  The next one is asked for when the
 * client has taken the one before, so a slow client costs as little as a
 * quick one.
 */

#include "api/stream.h"
#include "api/reply.h"
#include "api/request.h"


#define STREAM_POOL  4096


typedef struct {
    ngx_http_request_t   *request;
    gavel_call_t         *call;
    gavel_flow_t          flow;
    ngx_pool_t           *pool;          /* of the part; NULL between two */
    const gavel_step_pt  *more;          /* NULL: the last one is on its way */
    void                (*finalize)(ngx_http_request_t *r, ngx_int_t rc);
    unsigned              asking:1;
    unsigned              inside:1;
} stream_t;


static void stream_write(ngx_http_request_t *r);
static void stream_send(stream_t *s);
static ngx_int_t stream_ask(stream_t *s);
static void stream_part(gavel_flow_t *f);
static void stream_cleanup(void *data);


ngx_int_t
gavel_stream(ngx_http_request_t *r, gavel_call_t *call,
    void (*finalize)(ngx_http_request_t *r, ngx_int_t rc))
{
    stream_t            *s;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(stream_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    s = cln->data;
    ngx_memzero(s, sizeof(stream_t));

    cln->handler = stream_cleanup;

    s->request = r;
    s->call = call;
    s->more = call->flow.outcome.more;
    s->finalize = finalize;

    call->data = s;              /* the call is over; what was of it is ours */
    r->write_event_handler = stream_write;

    stream_send(s);

    return NGX_DONE;
}


static void
stream_cleanup(void *data)
{
    stream_t *s = data;

    if (s->pool) {
        ngx_destroy_pool(s->pool);
        s->pool = NULL;
    }
}


/* The socket takes more, or has not for too long. */

static void
stream_write(ngx_http_request_t *r)
{
    stream_t         *s;
    gavel_call_t     *call;
    ngx_connection_t *c;

    c = r->connection;
    call = gavel_request_call(r);
    s = call->data;

    if (c->write->timedout) {
        ngx_log_error(NGX_LOG_INFO, c->log, NGX_ETIMEDOUT, "client timed out");
        c->timedout = 1;
        s->finalize(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (s->asking) {
        return;
    }

    if (ngx_http_output_filter(r, NULL) == NGX_ERROR) {
        s->finalize(r, NGX_ERROR);
        return;
    }

    stream_send(s);
}


/* Goes on as far as the socket takes it. */

static void
stream_send(stream_t *s)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = s->request;
    wev = r->connection->write;

    if (r->buffered || r->postponed || r->connection->buffered) {

        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

        if (!wev->delayed) {
            ngx_add_timer(wev, clcf->send_timeout);
        }

        if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
            s->finalize(r, NGX_ERROR);
        }

        return;
    }

    if (wev->timer_set) {
        ngx_del_timer(wev);
    }

    stream_cleanup(s);

    if (s->more == NULL) {
        s->finalize(r, NGX_OK);
        return;
    }

    if (stream_ask(s) != NGX_OK) {
        s->finalize(r, NGX_ERROR);
    }
}


static ngx_int_t
stream_ask(stream_t *s)
{
    s->pool = ngx_create_pool(STREAM_POOL, s->request->connection->log);
    if (s->pool == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&s->flow, sizeof(gavel_flow_t));

    s->flow.pool = s->pool;
    s->flow.log = s->request->connection->log;
    s->flow.data = s->call;
    s->flow.owner = s;
    s->asking = 1;

    gavel_flow_run(&s->flow, s->more, stream_part);

    return NGX_OK;
}


static void
stream_part(gavel_flow_t *f)
{
    stream_t *s = f->owner;

    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = s->request;
    s->asking = 0;
    s->more = f->outcome.more;

    ngx_http_set_log_request(r->connection->log, r);

    if (f->outcome.code != GAVEL_OK) {
        s->finalize(r, NGX_ERROR);
        return;
    }

    rc = gavel_reply_part(r, s->pool, &f->outcome.body, s->more == NULL);

    if (rc == NGX_ERROR) {
        s->finalize(r, NGX_ERROR);
        return;
    }

    stream_send(s);
}
