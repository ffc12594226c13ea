/*
 * place: where a client is in all that it follows, to come back to.
 *
 * A stream of one auction has its place in each event, so that all who follow
 * it share the event.  Who follows more is told all his places in a line of
 * his own before it: a browser sends back only the last.  A socket is told
 * them when it is closed and is to come back.
 */

#include "room/place.h"
#include "room/channel.h"
#include "room/handshake.h"
#include "room/hub.h"

#define PLACE_LEN  (sizeof("id: :,chat:,me:\n") + 4 * NGX_INT64_LEN)


static ngx_int_t place_parse(const ngx_str_t *text, gavel_place_t *place);
static ngx_int_t place_part(u_char *p, u_char *last, gavel_place_t *place);


ngx_str_t
gavel_query(ngx_http_request_t *r, const char *name)
{
    u_char     *src, *dst;
    ngx_str_t   arg, text;

    ngx_str_null(&text);

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &arg) != NGX_OK) {
        return text;
    }

    text.data = ngx_pnalloc(r->pool, arg.len + 1);
    if (text.data == NULL) {
        return text;
    }

    src = arg.data;
    dst = text.data;
    ngx_unescape_uri(&dst, &src, arg.len, 0);
    text.len = dst - text.data;

    return text;
}


void
gavel_place_read(ngx_http_request_t *r, gavel_place_t *place)
{
    ngx_str_t  text, *header;

    header = gavel_header(r, "last-event-id");
    text = header ? *header : gavel_query(r, "last_event_id");

    ngx_memset(place, 0xff, sizeof(gavel_place_t));

    if (place_parse(&text, place) != NGX_OK) {
        ngx_memset(place, 0xff, sizeof(gavel_place_t));
    }
}


static ngx_int_t
place_parse(const ngx_str_t *text, gavel_place_t *place)
{
    u_char  *p, *last, *end;

    last = text->data + text->len;

    for (p = text->data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, ',');
        end = end ? end : last;

        if (place_part(p, end, place) != NGX_OK) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


/* "1:42", "chat:17" or "me:5" */

static ngx_int_t
place_part(u_char *p, u_char *last, gavel_place_t *place)
{
    u_char   *colon;
    int64_t   seq;

    colon = ngx_strlchr(p, last, ':');
    if (colon == NULL) {
        return NGX_DECLINED;
    }

    seq = ngx_atoof(colon + 1, last - colon - 1);

    if (seq < 0) {
        return NGX_DECLINED;
    }

    if (colon - p == 4 && ngx_strncmp(p, "chat", 4) == 0) {
        place->chat = seq;
        return NGX_OK;
    }

    if (colon - p == 2 && ngx_strncmp(p, "me", 2) == 0) {
        place->me = seq;
        return NGX_OK;
    }

    place->epoch = ngx_atoof(p, colon - p);
    place->seq = seq;

    return (place->epoch < 0) ? NGX_DECLINED : NGX_OK;
}


/* The first message of a channel that waits and may be dropped yet. */

static const gavel_message_t *
place_offered(const gavel_session_t *s, uint64_t channel)
{
    ngx_uint_t              i;
    const lane_item_t      *item;
    const gavel_message_t  *m;

    for (i = 0; (item = lane_peek(s->lane, i)) != NULL; i++) {
        m = item->data;

        if (m->channel == channel) {
            return m;
        }
    }

    return NULL;
}


/* The first message of a channel that will not be sent. */

static const gavel_message_t *
place_unsent(const gavel_session_t *s, ngx_uint_t keep, uint64_t channel)
{
    ngx_uint_t        i;
    gavel_message_t  *m;

    for (i = keep; i < s->count; i++) {
        m = s->ring[(s->head + i) & (s->size - 1)];

        if (m->channel == channel) {
            return m;
        }
    }

    return place_offered(s, channel);
}


/* What was only offered comes later than all state, if at all. */

static gavel_message_t *
place_line(const gavel_session_t *s)
{
    u_char                  text[PLACE_LEN], *p;
    uint64_t                key;
    ngx_queue_t            *q;
    gavel_member_t         *member;
    gavel_subscription_t   *sub;
    const gavel_message_t  *offered;

    p = ngx_cpymem(text, "id: ", 4);

    for (q = ngx_queue_head(&s->subscriptions);
         q != ngx_queue_sentinel(&s->subscriptions);
         q = ngx_queue_next(q))
    {
        sub = ngx_queue_data(q, gavel_subscription_t, of_session);

        if (sub->epoch >= 0) {
            p = ngx_sprintf(p, "%L:%L,", sub->epoch, sub->seq);
        }
    }

    for (q = ngx_queue_head(&s->lines);
         q != ngx_queue_sentinel(&s->lines);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, gavel_member_t, of_session);

        if (member->seq >= 0) {
            key = gavel_place_key(GAVEL_PLACE_LINES + member->lines->kind,
                                  member->lines->node.key);
            offered = place_offered(s, key);

            p = ngx_sprintf(p, "%s:%L,",
                            member->lines->kind == GAVEL_LINES_ME ? "me"
                                                                  : "chat",
                            offered ? offered->seq - 1 : member->seq);
        }
    }

    p[-1] = '\n';                        /* the last comma, or the space */

    return gavel_message_raw(text, p - text);
}


void
gavel_place_tell(gavel_session_t *s)
{
    gavel_message_t  *m;

    if (s->form == GAVEL_FORM_SSE_MANY) {
        m = place_line(s);
        gavel_session_send(s, m, 0);
        gavel_message_free(m);
    }
}


ngx_int_t
gavel_place_push(gavel_session_t *s)
{
    ngx_int_t         rc;
    gavel_message_t  *m;

    if (s->form != GAVEL_FORM_SSE_MANY) {
        return NGX_OK;
    }

    m = place_line(s);
    rc = gavel_session_push(s, m);
    gavel_message_free(m);

    return rc;
}


/* A snapshot that was not sent has no place before it. */

static void
place_write(gavel_json_t *j, const ngx_str_t *name, int64_t epoch,
    int64_t seq, const gavel_message_t *unsent)
{
    if (unsent != NULL) {
        epoch = (unsent->seq > 0) ? unsent->epoch : -1;
        seq = unsent->seq - 1;
    }

    gavel_json_open(j, NULL, '{');
    gavel_json_str(j, "channel", name);

    if (epoch >= 0) {
        gavel_json_int(j, "epoch", epoch);
        gavel_json_int(j, "last_seq", seq);
    }

    gavel_json_close(j, '}');
}


gavel_message_t *
gavel_place_frame(gavel_session_t *s, ngx_uint_t keep)
{
    uint64_t               key;
    ngx_str_t              text;
    ngx_queue_t           *q;
    gavel_json_t          *j;
    gavel_member_t        *m;
    gavel_subscription_t  *sub;

    if (s->nsubscriptions == 0 && s->nlines == 0) {
        return NULL;
    }

    j = gavel_frame_begin("resume");
    gavel_json_int(j, "code", s->doom);
    gavel_json_open(j, "channels", '[');

    for (q = ngx_queue_head(&s->subscriptions);
         q != ngx_queue_sentinel(&s->subscriptions);
         q = ngx_queue_next(q))
    {
        sub = ngx_queue_data(q, gavel_subscription_t, of_session);
        key = gavel_place_key(GAVEL_PLACE_AUCTION, sub->topic->node.key);

        place_write(j, &sub->topic->channel, sub->epoch, sub->seq,
                    place_unsent(s, keep, key));
    }

    for (q = ngx_queue_head(&s->lines);
         q != ngx_queue_sentinel(&s->lines);
         q = ngx_queue_next(q))
    {
        m = ngx_queue_data(q, gavel_member_t, of_session);
        key = gavel_place_key(GAVEL_PLACE_LINES + m->lines->kind,
                              m->lines->node.key);

        place_write(j, &m->lines->name, m->seq < 0 ? -1 : 1, m->seq,
                    place_unsent(s, keep, key));
    }

    gavel_json_close(j, ']');
    text = gavel_frame_end(j);

    return gavel_message(s->form, &text, 1, 0, -1);
}
