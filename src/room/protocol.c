/*
 * protocol: understands frames of clients and answers them.
 *
 * A few types are about the socket itself and stand in the table below; every
 * other type is a row of the command table.
 */

#include "room/protocol.h"
#include "room/call.h"
#include "room/handshake.h"
#include "room/console.h"
#include "room/hub.h"
#include "room/lines.h"
#include "room/seats.h"

#include "cluster/cluster.h"


typedef void (*gavel_frame_pt)(gavel_session_t *s, json_t *frame);

typedef struct {
    const char      *type;
    gavel_frame_pt   handler;
} gavel_frame_type_t;


static void gavel_protocol_frame(gavel_session_t *s, json_t *frame);
static void gavel_protocol_command(gavel_session_t *s,
    const ngx_str_t *type, json_t *frame);
static void gavel_frame_auth(gavel_session_t *s, json_t *frame);
static void gavel_frame_subscribe(gavel_session_t *s, json_t *frame);
static void gavel_frame_unsubscribe(gavel_session_t *s, json_t *frame);
static void gavel_frame_ping(gavel_session_t *s, json_t *frame);
static ngx_str_t gavel_frame_str(json_t *frame, const char *name);
static ngx_int_t gavel_frame_int(json_t *frame, const char *name,
    int64_t *value);
static void gavel_protocol_error(gavel_session_t *s, gavel_code_t code,
    const char *detail, json_t *frame);


static const gavel_frame_type_t  gavel_frame_types[] = {
    { "auth",        gavel_frame_auth },
    { "subscribe",   gavel_frame_subscribe },
    { "unsubscribe", gavel_frame_unsubscribe },
    { "ping",        gavel_frame_ping },
    { NULL, NULL }
};


void
gavel_protocol_hello(gavel_session_t *s)
{
    u_char         id[GAVEL_WORKER_ID_LEN + 1 + NGX_INT64_LEN];
    ngx_str_t      text;
    gavel_json_t  *j;

    text.data = id;
    text.len = ngx_sprintf(id, "%*s-%uL", (size_t) GAVEL_WORKER_ID_LEN,
                           gavel_worker_id, s->number)
               - id;

    j = gavel_frame_begin("hello");
    gavel_json_str(j, "conn_id", &text);
    gavel_frame_time(j);
    gavel_json_int(j, "heartbeat_ms", gavel_room_conf.heartbeat);
    gavel_json_int(j, "max_frame", gavel_room_conf.max_frame);

    if (s->identity.user) {
        gavel_json_int(j, "user_id", s->identity.user);
        gavel_json_time(j, "expires_at",
                        (int64_t) s->identity.expires * 1000);

    } else {
        gavel_json_null(j, "user_id");
    }

    text = gavel_frame_end(j);
    gavel_session_text(s, &text);
}


void
gavel_protocol_message(gavel_session_t *s, const ngx_str_t *text)
{
    json_t  *frame;

    gavel_room_metrics.frames++;
    s->received++;

    if (!gavel_protocol_allowed(s)) {
        gavel_session_doom(s, GAVEL_CLOSE_RATE, "too many frames");
        return;
    }

    frame = gavel_json_parse(text);

    if (!json_is_object(frame)) {
        gavel_session_error(s, GAVEL_invalid_json, NULL, NULL, NULL);

    } else {
        gavel_protocol_frame(s, frame);
    }

    json_decref(frame);
}


/* a bucket that holds two seconds */

ngx_uint_t
gavel_protocol_allowed(gavel_session_t *s)
{
    uint32_t  now;
    uint64_t  allowance;

    if (!gavel_rate_limits) {
        return 1;
    }

    now = ngx_time();

    if (s->refilled != now) {
        allowance = s->allowance
                    + (uint64_t) (now - s->refilled)
                      * gavel_room_conf.frame_rate;

        s->allowance = ngx_min(allowance, 2 * gavel_room_conf.frame_rate);
        s->refilled = now;
    }

    if (s->allowance == 0) {
        return 0;
    }

    s->allowance--;

    return 1;
}


static void
gavel_protocol_frame(gavel_session_t *s, json_t *frame)
{
    ngx_str_t                  type;
    const gavel_frame_type_t  *t;

    type = gavel_frame_str(frame, "type");

    for (t = gavel_frame_types; t->type != NULL; t++) {
        if (type.len == ngx_strlen(t->type)
            && ngx_strncmp(type.data, t->type, type.len) == 0)
        {
            t->handler(s, frame);
            return;
        }
    }

    gavel_protocol_command(s, &type, frame);
}


static void
gavel_protocol_command(gavel_session_t *s, const ngx_str_t *type,
    json_t *frame)
{
    int64_t                 at;
    uint64_t                auction;
    ngx_str_t               channel;
    const gavel_command_t  *row;
    gavel_subscription_t   *sub;

    at = gavel_cluster_now();

    row = type->len ? gavel_command_by_frame(type) : NULL;

    if (row == NULL) {
        gavel_protocol_error(s, GAVEL_unknown_command, NULL, frame);
        return;
    }

    if (s->ncalls >= gavel_room_conf.max_calls) {
        gavel_protocol_error(s, GAVEL_busy, "too many unanswered commands",
                             frame);
        return;
    }

    /* the auction may be named by its channel, or be the only one followed */

    if (json_object_get(frame, "auction_id") == NULL) {
        channel = gavel_frame_str(frame, "channel");
        auction = gavel_channel_auction(&channel);

        if (auction == 0 && s->nsubscriptions == 1) {
            sub = ngx_queue_data(ngx_queue_head(&s->subscriptions),
                                 gavel_subscription_t, of_session);
            auction = sub->topic->node.key;
        }

        if (auction) {
            json_object_set_new(frame, "auction_id", json_integer(auction));
        }
    }

    json_object_del(frame, "type");
    json_object_del(frame, "channel");

    gavel_call_frame(s, row, frame, at);
}


static void
gavel_frame_auth(gavel_session_t *s, json_t *frame)
{
    ngx_str_t         token, text, id;
    gavel_code_t      code;
    gavel_json_t     *j;
    gavel_identity_t  identity;

    token = gavel_frame_str(frame, "token");

    code = gavel_handshake_verify(&token, &identity);

    if (code == GAVEL_OK && s->identity.user
        && s->identity.user != identity.user)
    {
        gavel_protocol_error(s, GAVEL_conflict,
                             "this socket is somebody else's", frame);
        return;
    }

    if (code != GAVEL_OK) {
        gavel_protocol_error(s, code, NULL, frame);
        gavel_handshake_doom(s, code);
        return;
    }

    s->identity = identity;
    gavel_pulse_sooner(s);

    if (!gavel_seats_user(s)) {
        gavel_session_doom(s, GAVEL_CLOSE_RATE, "too many sockets");
        return;
    }

    j = gavel_frame_begin("authenticated");
    gavel_json_int(j, "user_id", identity.user);
    gavel_json_time(j, "expires_at", (int64_t) identity.expires * 1000);

    id = gavel_frame_str(frame, "request_id");

    if (id.len) {
        gavel_json_str(j, "request_id", &id);
    }

    text = gavel_frame_end(j);
    gavel_session_text(s, &text);
}


static void
gavel_frame_subscribe(gavel_session_t *s, json_t *frame)
{
    int64_t             epoch, seq;
    uint64_t            auction, id;
    ngx_str_t           channel;
    ngx_uint_t          lines;
    gavel_code_t        code;
    gavel_lines_kind_t  kind;

    channel = gavel_frame_str(frame, "channel");
    id = gavel_console_channel(&channel);

    if (id) {
        code = gavel_console_subscribe(s, id);

        if (code != GAVEL_OK) {
            gavel_protocol_error(s, code, NULL, frame);
        }

        return;
    }

    lines = gavel_lines_parse(s, &channel, &kind, &id) == NGX_OK;
    auction = lines ? 0 : gavel_channel_auction(&channel);

    if (!lines && auction == 0) {
        gavel_protocol_error(s, GAVEL_invalid_params,
                             "no such channel", frame);
        return;
    }

    /* a position is two numbers or none */

    if (gavel_frame_int(frame, "epoch", &epoch) != NGX_OK
        || gavel_frame_int(frame, "last_seq", &seq) != NGX_OK)
    {
        gavel_protocol_error(s, GAVEL_invalid_params,
                             "epoch and last_seq are whole numbers", frame);
        return;
    }

    if (lines) {
        code = gavel_lines_subscribe(s, kind, id, seq);

    } else {
        code = gavel_hub_subscribe(s, auction, seq < 0 ? -1 : epoch, seq);
    }

    if (code != GAVEL_OK) {
        gavel_protocol_error(s, code, NULL, frame);
    }
}


static void
gavel_frame_unsubscribe(gavel_session_t *s, json_t *frame)
{
    uint64_t            auction, id;
    ngx_str_t           channel, text;
    ngx_uint_t          found;
    gavel_json_t       *j;
    gavel_lines_kind_t  kind;

    channel = gavel_frame_str(frame, "channel");

    id = gavel_console_channel(&channel);

    if (id) {
        found = gavel_console_unsubscribe(s, id);

    } else if (gavel_lines_parse(s, &channel, &kind, &id) == NGX_OK) {
        found = gavel_lines_unsubscribe(s, kind, id);

    } else {
        auction = gavel_channel_auction(&channel);
        found = auction != 0 && gavel_hub_unsubscribe(s, auction);
    }

    if (!found) {
        gavel_protocol_error(s, GAVEL_not_found, "not subscribed", frame);
        return;
    }

    j = gavel_frame_begin("unsubscribed");
    gavel_json_str(j, "channel", &channel);
    text = gavel_frame_end(j);
    gavel_session_text(s, &text);
}


static void
gavel_frame_ping(gavel_session_t *s, json_t *frame)
{
    ngx_str_t      text;
    json_t        *t;
    gavel_json_t  *j;

    j = gavel_frame_begin("pong");
    t = json_object_get(frame, "t");

    if (json_is_integer(t)) {
        gavel_json_int(j, "t", json_integer_value(t));

    } else if (json_is_string(t) && json_string_length(t) <= 64) {
        text = gavel_frame_str(frame, "t");
        gavel_json_str(j, "t", &text);
    }

    gavel_frame_time(j);
    text = gavel_frame_end(j);
    gavel_session_text(s, &text);
}


/* the string belongs to the frame; empty if there is none */

static ngx_str_t
gavel_frame_str(json_t *frame, const char *name)
{
    json_t     *value;
    ngx_str_t   text;

    value = json_object_get(frame, name);

    if (!json_is_string(value)) {
        ngx_str_null(&text);
        return text;
    }

    text.data = (u_char *) json_string_value(value);
    text.len = json_string_length(value);

    return text;
}


/* NGX_OK and -1 when it is not there */

static ngx_int_t
gavel_frame_int(json_t *frame, const char *name, int64_t *value)
{
    json_t  *v;

    v = json_object_get(frame, name);

    if (v == NULL || json_is_null(v)) {
        *value = -1;
        return NGX_OK;
    }

    if (!json_is_integer(v) || json_integer_value(v) < 0) {
        return NGX_DECLINED;
    }

    *value = json_integer_value(v);

    return NGX_OK;
}


static void
gavel_protocol_error(gavel_session_t *s, gavel_code_t code,
    const char *detail, json_t *frame)
{
    ngx_str_t  channel, id;

    channel = gavel_frame_str(frame, "channel");
    id = gavel_frame_str(frame, "request_id");

    gavel_session_error(s, code, detail, channel.len ? &channel : NULL, &id);
}


uint64_t
gavel_channel_auction(const ngx_str_t *channel)
{
    off_t    id;
    size_t   n;

    if (channel->len > 8 && ngx_strncmp(channel->data, "auction:", 8) == 0) {
        n = 8;

    } else if (channel->len > 5
               && ngx_strncmp(channel->data, "chat:", 5) == 0)
    {
        n = 5;

    } else if (channel->len > 4
               && ngx_strncmp(channel->data, "lot:", 4) == 0)
    {
        n = 4;

    } else {
        return 0;
    }

    id = ngx_atoof(channel->data + n, channel->len - n);

    if (id <= 0 || id > ENGINE_MAX_AMOUNT) {
        return 0;
    }

    return (n == 4) ? (uint64_t) id >> ENGINE_ID_SHIFT : (uint64_t) id;
}
