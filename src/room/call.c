/*
 * call: runs commands for sessions and tells them what came of it.
 *
 * A call lives in a pool of its own, which is destroyed at the end of the
 * turn: its flow may still be on the stack when it is done.
 */

#include "room/call.h"


typedef struct {
    gavel_call_t         call;
    gavel_session_t     *session;
    ngx_queue_t          queue;      /* of the session, or over */
} room_call_t;


static void room_call_done(gavel_call_t *call);
static ngx_str_t room_call_ack(gavel_call_t *call);
static void room_call_accepted(gavel_json_t *j, gavel_call_t *call);
static void room_call_refused(gavel_json_t *j, gavel_call_t *call);


static ngx_queue_t  room_calls_over;


void
gavel_calls_create(void)
{
    ngx_queue_init(&room_calls_over);
}


void
gavel_call_frame(gavel_session_t *s, const gavel_command_t *row,
    json_t *frame, int64_t at)
{
    ngx_pool_t   *pool;
    room_call_t  *c;

    pool = ngx_create_pool(1024, s->connection->log);
    if (pool == NULL) {
        gavel_session_doom(s, CLOSE_INTERNAL, "out of memory");
        return;
    }

    c = ngx_pcalloc(pool, sizeof(room_call_t));
    if (c == NULL) {
        ngx_destroy_pool(pool);
        gavel_session_doom(s, CLOSE_INTERNAL, "out of memory");
        return;
    }

    c->session = s;
    ngx_queue_insert_tail(&s->calls, &c->queue);
    s->ncalls++;

    c->call.flow.pool = pool;
    c->call.flow.log = s->connection->log;
    c->call.command = row;
    c->call.identity = s->identity;
    c->call.origin = ORIGIN_WS;
    c->call.address = s->address;
    c->call.unsafe = 1;
    c->call.at = ngx_max(at, 0);
    c->call.done = room_call_done;
    c->call.data = c;

    if (s->korean) {
        ngx_str_set(&c->call.locale, "ko");

    } else {
        ngx_str_set(&c->call.locale, "en");
    }

    /* a page of another origin cannot open a socket with our cookie */

    c->call.identity.cookie = 0;

    gavel_command_run(&c->call, frame);
}


static void
room_call_done(gavel_call_t *call)
{
    room_call_t  *c = call->data;

    ngx_str_t         text;
    gavel_session_t  *s;

    s = c->session;

    text = room_call_ack(call);
    gavel_session_text(s, &text);

    ngx_queue_remove(&c->queue);
    s->ncalls--;

    ngx_queue_insert_tail(&room_calls_over, &c->queue);
    gavel_turn_run();
}


static ngx_str_t
room_call_ack(gavel_call_t *call)
{
    gavel_json_t  *j;

    j = gavel_frame_begin("ack");

    if (call->request_id.len) {
        gavel_json_str(j, "request_id", &call->request_id);
    }

    gavel_json_bool(j, "ok", call->flow.outcome.code == GAVEL_OK);

    if (call->flow.outcome.code == GAVEL_OK) {
        room_call_accepted(j, call);

    } else {
        room_call_refused(j, call);
    }

    return gavel_frame_end(j);
}


static void
room_call_accepted(gavel_json_t *j, gavel_call_t *call)
{
    const event_t             *e;
    const gavel_submission_t  *s;

    s = call->answer;

    if (s == NULL) {
        if (call->flow.outcome.body.len) {
            gavel_json_raw(j, "result", &call->flow.outcome.body);
        }

        return;
    }

    e = &s->event;

    gavel_json_int(j, "epoch", s->epoch);
    gavel_json_int(j, "seq", s->seq);
    gavel_json_cstr(j, "event", event_name(e->type));

    if (e->lot_id) {
        gavel_json_int(j, "lot_id", e->lot_id);
    }

    if (e->type == EV_BID_ACCEPTED) {
        gavel_json_int(j, "bid_id", e->bid_id);
        gavel_json_int(j, "amount", e->amount);
        gavel_json_int(j, "price", e->price);
        gavel_json_int(j, "min_next", e->min_next);
    }

    gavel_ack_own(j, e);

    if (s->max_bid >= 0) {
        gavel_json_int(j, "max_bid", s->max_bid);
    }

    if (e->ends_at > 0) {
        gavel_json_time(j, "ends_at", e->ends_at);
    }
}


static void
room_call_refused(gavel_json_t *j, gavel_call_t *call)
{
    gavel_outcome_t      *o;
    const gavel_error_t  *error;

    o = &call->flow.outcome;
    error = gavel_error(o->code);

    gavel_json_str(j, "code", &error->code);
    gavel_json_str(j, "message",
                   call->locale.data[0] == 'k' ? &error->ko : &error->en);

    if (o->detail.len) {
        gavel_json_str(j, "detail", &o->detail);
    }

    if (o->errors.len) {
        gavel_json_raw(j, "errors", &o->errors);
    }

    if (o->retry_ms) {
        gavel_json_int(j, "retry_ms", o->retry_ms);
    }

    if (o->extra.len) {
        gavel_json_raw(j, NULL, &o->extra);
    }
}


void
gavel_calls_forget(gavel_session_t *s)
{
    room_call_t  *c;

    while (!ngx_queue_empty(&s->calls)) {
        c = ngx_queue_data(ngx_queue_head(&s->calls), room_call_t, queue);
        ngx_queue_remove(&c->queue);
        ngx_destroy_pool(c->call.flow.pool);
    }

    s->ncalls = 0;
}


void
gavel_calls_bury(void)
{
    room_call_t  *c;

    while (!ngx_queue_empty(&room_calls_over)) {
        c = ngx_queue_data(ngx_queue_head(&room_calls_over), room_call_t,
                           queue);
        ngx_queue_remove(&c->queue);
        ngx_destroy_pool(c->call.flow.pool);
    }
}
