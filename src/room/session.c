/*
 * session: makes clients, queues messages for them, and forgets them.
 */

#include "room/session.h"
#include "room/call.h"
#include "room/handshake.h"
#include "room/console.h"
#include "room/hub.h"
#include "room/lines.h"
#include "room/place.h"
#include "room/seats.h"


static void gavel_session_log(gavel_session_t *s);
static void gavel_session_limit(gavel_session_t *s);
static ngx_str_t gavel_session_error_text(gavel_session_t *s,
    gavel_code_t code, const char *detail, const ngx_str_t *channel,
    const ngx_str_t *request_id);
static ngx_int_t gavel_session_grow(gavel_session_t *s);
static ngx_uint_t gavel_session_korean(ngx_http_request_t *r);


static uint64_t  gavel_session_number;


gavel_session_t *
gavel_session_create(ngx_http_request_t *r, gavel_form_t form)
{
    size_t            size;
    ngx_str_t        *address;
    gavel_session_t  *s;

    address = &r->connection->addr_text;

    size = sizeof(gavel_session_t) + address->len;

    s = ngx_memalign(NGX_CPU_CACHE_LINE, size, ngx_cycle->log);
    if (s == NULL) {
        return NULL;
    }

    ngx_memzero(s, size);

    /* behind a proxy it is the request that knows the client's address */

    s->address.data = (u_char *) s + sizeof(gavel_session_t);
    s->address.len = address->len;
    ngx_memcpy(s->address.data, address->data, address->len);

    s->form = form;
    s->number = ++gavel_session_number;
    s->ring = s->small;
    s->size = GAVEL_RING_SMALL;
    s->korean = gavel_session_korean(r);
    s->allowance = 2 * gavel_room_conf.frame_rate;
    s->refilled = ngx_time();

    ngx_queue_init(&s->subscriptions);
    ngx_queue_init(&s->lines);
    ngx_queue_init(&s->calls);
    frame_reader_init(&s->reader, gavel_room_conf.max_frame);

    return s;
}


static ngx_uint_t
gavel_session_korean(ngx_http_request_t *r)
{
    ngx_str_t   arg, *value;

    value = &arg;

    if (ngx_http_arg(r, (u_char *) "locale", 6, &arg) != NGX_OK) {
        value = gavel_header(r, "accept-language");
    }

    return value != NULL && value->len >= 2
           && ngx_strncasecmp(value->data, (u_char *) "ko", 2) == 0;
}


void
gavel_session_attach(gavel_session_t *s, ngx_connection_t *c)
{
    s->connection = c;
    s->begun = gavel_pulse_now();
    s->heard = s->begun;
    s->progress = s->heard;

    gavel_pulse_add(s);

    gavel_room_metrics.opened++;
    gavel_room_metrics.memory += sizeof(gavel_session_t) + s->address.len;

    if (!gavel_form_is_stream(s->form)) {
        gavel_room_metrics.sockets++;

    } else {
        gavel_room_metrics.streams++;
    }
}


/* The time to take it begins when it begins to wait; progress alone moves
 * it. */

void
gavel_session_blocked(gavel_session_t *s, ngx_uint_t blocked)
{
    if (s->blocked != blocked) {
        s->blocked = blocked;

        if (!blocked) {
            gavel_room_metrics.blocked--;
            return;
        }

        gavel_room_metrics.blocked++;

        s->progress = gavel_pulse_now();
        gavel_pulse_sooner(s);
    }

    if (blocked) {
        gavel_session_limit(s);
    }
}


/* Only what its socket would not take counts, and one message always fits,
 * however large. */

static void
gavel_session_limit(gavel_session_t *s)
{
    if (s->count > 1 && s->bytes > gavel_room_conf.max_queue) {
        gavel_session_doom(s, GAVEL_CLOSE_SLOW, "too slow: resume");
    }
}


void
gavel_session_free(gavel_session_t *s)
{
    gavel_session_blocked(s, 0);
    gavel_hub_leave(s);
    gavel_lines_leave(s);
    gavel_console_leave(s);
    gavel_calls_forget(s);
    gavel_session_clear(s, 0);
    gavel_session_clear_lane(s);
    gavel_turn_forget(s);
    gavel_room_metrics.memory -= frame_reader_memory(&s->reader);
    frame_reader_free(&s->reader);
    gavel_seats_leave(s);

    if (s->connection != NULL) {
        gavel_pulse_remove(s);

        gavel_room_metrics.memory -= sizeof(gavel_session_t) + s->address.len;

        if (!gavel_form_is_stream(s->form)) {
            gavel_room_metrics.sockets--;
            gavel_session_log(s);

        } else {
            gavel_room_metrics.streams--;
        }
    }

    ngx_free(s);
}


/* The access log told of the beginning (upgrade.c): this tells of the end. */

static void
gavel_session_log(gavel_session_t *s)
{
    ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                  "gavel ws: closed %ud, client: %V, user: %uL, "
                  "seconds: %uD, in: %uD, out: %uD",
                  (unsigned) s->doom, &s->address, s->identity.user,
                  gavel_pulse_now() - s->begun, s->received, s->sent);
}


void
gavel_session_send(gavel_session_t *s, gavel_message_t *m, ngx_uint_t urgent)
{
    if (s->doom || s->connection == NULL) {
        return;
    }

    if (m == NULL) {
        gavel_session_doom(s, CLOSE_INTERNAL, "out of memory");
        return;
    }

    if (gavel_session_push(s, m) != NGX_OK) {
        gavel_session_doom(s, CLOSE_INTERNAL, "out of memory");
        return;
    }

    if (s->blocked) {
        gavel_session_limit(s);
    }

    gavel_turn_dirty(s, urgent ? GAVEL_DIRTY_URGENT : GAVEL_DIRTY_LATER);
}


ngx_int_t
gavel_session_push(gavel_session_t *s, gavel_message_t *m)
{
    if (m == NULL
        || (s->count == s->size && gavel_session_grow(s) != NGX_OK))
    {
        return NGX_ERROR;
    }

    m->refs++;
    s->ring[(s->head + s->count++) & (s->size - 1)] = m;
    s->bytes += m->cost;
    s->sent++;

    gavel_room_metrics.messages++;

    return NGX_OK;
}


static ngx_int_t
gavel_session_grow(gavel_session_t *s)
{
    uint32_t           i, size;
    gavel_message_t  **ring;

    size = s->size * 4;

    ring = ngx_alloc(size * sizeof(gavel_message_t *), ngx_cycle->log);
    if (ring == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < s->count; i++) {
        ring[i] = s->ring[(s->head + i) & (s->size - 1)];
    }

    if (s->ring != s->small) {
        ngx_free(s->ring);
        gavel_room_metrics.memory -= s->size * sizeof(gavel_message_t *);
    }

    gavel_room_metrics.memory += size * sizeof(gavel_message_t *);

    s->ring = ring;
    s->size = size;
    s->head = 0;

    return NGX_OK;
}


void
gavel_session_shift(gavel_session_t *s, ngx_uint_t n)
{
    gavel_message_t  *m;

    while (n--) {
        m = s->ring[s->head];
        s->head = (s->head + 1) & (s->size - 1);
        s->count--;
        s->bytes -= m->cost;
        s->offset = 0;

        gavel_message_free(m);
    }

    /* an idle session keeps no memory for its queue */

    if (s->count == 0 && s->ring != s->small) {
        gavel_room_metrics.memory -= s->size * sizeof(gavel_message_t *);
        ngx_free(s->ring);
        s->ring = s->small;
        s->size = GAVEL_RING_SMALL;
        s->head = 0;
    }
}


/* drops what waits, but for the `keep` oldest */

void
gavel_session_clear(gavel_session_t *s, ngx_uint_t keep)
{
    gavel_message_t  *m;

    while (s->count > keep) {
        m = s->ring[(s->head + --s->count) & (s->size - 1)];
        s->bytes -= m->cost;

        gavel_message_free(m);
    }

    gavel_session_shift(s, 0);
}


static ngx_uint_t
gavel_session_crowded(const gavel_session_t *s)
{
    return s->lane != NULL
           && (s->lane->count > GAVEL_LANE_MOST
               || (s->lane->count > 1
                   && s->lane->bytes > gavel_room_conf.max_lane));
}


void
gavel_session_offer(gavel_session_t *s, gavel_message_t *m, uint64_t key)
{
    lane_item_t  item, old;

    if (s->doom || s->connection == NULL || m == NULL) {
        return;
    }

    item.data = m;
    item.cost = m->len;
    item.key = key;

    gavel_room_metrics.memory -= lane_memory(s->lane);

    if (lane_put(&s->lane, &item, &old) != 0) {
        old.data = NULL;
        gavel_room_metrics.dropped++;

    } else {
        m->refs++;
    }

    gavel_room_metrics.memory += lane_memory(s->lane);

    if (old.data != NULL) {
        gavel_room_metrics.conflated++;
        gavel_message_free(old.data);
    }

    /* much at once is not slow: the socket took all that came before */

    if (!s->blocked && s->bytes < gavel_room_conf.max_queue
        && gavel_session_crowded(s))
    {
        gavel_session_promote(s);
    }

    while (gavel_session_crowded(s)) {
        (void) lane_take(&s->lane, &old);
        gavel_room_metrics.dropped++;
        gavel_message_free(old.data);
    }

    /* a blocked one is written to when its socket says so */

    if (!s->blocked) {
        gavel_turn_dirty(s, GAVEL_DIRTY_LATER);
    }
}


void
gavel_session_promote(gavel_session_t *s)
{
    lane_item_t       item;
    gavel_message_t  *m;

    gavel_room_metrics.memory -= lane_memory(s->lane);

    while (lane_take(&s->lane, &item)) {
        m = item.data;

        if ((m->channel && gavel_place_push(s) != NGX_OK)
            || gavel_session_push(s, m) != NGX_OK)
        {
            gavel_room_metrics.dropped++;
        }

        gavel_message_free(m);
    }
}


void
gavel_session_clear_lane(gavel_session_t *s)
{
    lane_item_t  item;

    gavel_room_metrics.memory -= lane_memory(s->lane);

    while (lane_take(&s->lane, &item)) {
        gavel_message_free(item.data);
    }
}


void
gavel_session_text(gavel_session_t *s, const ngx_str_t *text)
{
    gavel_message_t  *m;

    m = gavel_message(s->form, text, 1, 0, -1);
    gavel_session_send(s, m, 1);
    gavel_message_free(m);
}


static ngx_str_t
gavel_session_error_text(gavel_session_t *s, gavel_code_t code,
    const char *detail, const ngx_str_t *channel, const ngx_str_t *request_id)
{
    gavel_json_t         *j;
    const gavel_error_t  *error;

    error = gavel_error(code);

    j = gavel_frame_begin("error");
    gavel_json_str(j, "code", &error->code);
    gavel_json_str(j, "message", s->korean ? &error->ko : &error->en);

    if (detail != NULL) {
        gavel_json_cstr(j, "detail", detail);
    }

    if (channel != NULL) {
        gavel_json_str(j, "channel", channel);
    }

    if (request_id != NULL && request_id->len) {
        gavel_json_str(j, "request_id", request_id);
    }

    return gavel_frame_end(j);
}


void
gavel_session_error(gavel_session_t *s, gavel_code_t code,
    const char *detail, const ngx_str_t *channel, const ngx_str_t *request_id)
{
    ngx_str_t  text;

    text = gavel_session_error_text(s, code, detail, channel, request_id);
    gavel_session_text(s, &text);
}


ngx_int_t
gavel_session_farewell(gavel_session_t *s, gavel_code_t code)
{
    ngx_int_t         rc;
    ngx_str_t         text;
    gavel_message_t  *m;

    text = gavel_session_error_text(s, code, NULL, NULL, NULL);
    m = gavel_message(s->form, &text, 1, 0, -1);
    rc = gavel_session_push(s, m);
    gavel_message_free(m);

    return rc;
}


void
gavel_session_doom(gavel_session_t *s, uint16_t code, const char *reason)
{
    if (s->doom == CLOSE_ABNORMAL
        || (s->doom && (code != CLOSE_ABNORMAL || !s->ended)))
    {
        return;
    }

    s->doom = code;
    s->reason = reason;

    gavel_turn_doomed(s);
}
