/*
 * channel: a channel of lines in memory, and what its followers are told.
 */

#include "room/channel.h"
#include "room/place.h"


typedef struct {
    gavel_message_t  *m[LINES_RING];
    ngx_uint_t        n;
} lines_batch_t;


static void lines_settings(gavel_lines_t *l);
static void member_subscribed(gavel_member_t *m, const char *reason);
static void member_snapshot(gavel_member_t *m, const char *reason);
static void member_replay(gavel_member_t *m);


void
gavel_lines_head(gavel_lines_t *l, const PGresult *res, int row)
{
    ngx_uint_t  slow_mode;

    l->answered = 1;
    l->fresh = !l->ready;
    l->head = gavel_pg_int(res, row, 2);
    l->owner = gavel_pg_int(res, row, 4);
    l->open = (*PQgetvalue(res, row, 5) == 't');

    slow_mode = gavel_pg_int(res, row, 6);

    if (l->slow_mode != slow_mode) {
        l->slow_mode = slow_mode;
        lines_settings(l);
    }
}


/* Those who write are told how often they may. */

static void
lines_settings(gavel_lines_t *l)
{
    ngx_str_t         text;
    ngx_uint_t        i;
    ngx_queue_t      *q;
    gavel_json_t     *j;
    gavel_member_t   *member;
    gavel_message_t  *m[GAVEL_FORMS];

    for (i = 0; i < GAVEL_FORMS; i++) {
        j = gavel_frame_begin("chat.settings");
        gavel_json_str(j, "channel", &l->name);
        gavel_json_int(j, "slow_mode", l->slow_mode);
        text = gavel_frame_end(j);

        m[i] = gavel_message(i, &text, 1, 0, -1);
    }

    for (q = ngx_queue_head(&l->members);
         q != ngx_queue_sentinel(&l->members);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, gavel_member_t, of_lines);

        if (member->live) {
            gavel_session_offer(member->session, m[member->session->form],
                                gavel_key(GAVEL_KEY_CHAT, l->node.key));
        }
    }

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(m[i]);
    }
}


static ngx_uint_t
line_is(const ngx_str_t *line, const char *type)
{
    size_t  len;

    len = ngx_strlen(type);

    return line->len > len && ngx_memcmp(line->data, type, len) == 0;
}


/* A line was taken back: what is in memory of it has no text any more. */

static void
line_erase(gavel_lines_t *l, const ngx_str_t *gone)
{
    int64_t      of;
    u_char      *p;
    json_t      *json;
    ngx_str_t   *line;

    json = gavel_json_parse(gone);
    of = json_integer_value(json_object_get(json, "of"));

    if (of > 0 && of < l->seq && of > l->seq - (int64_t) l->count) {
        line = &l->ring[of % LINES_RING];

        p = ngx_snprintf(line->data, line->len,
                         "{\"type\":\"chat.message\",\"seq\":%L,\"id\":%L,"
                         "\"auction_id\":%L,\"deleted\":true}",
                         of,
                         (int64_t) json_integer_value(
                             json_object_get(json, "id")),
                         (int64_t) json_integer_value(
                             json_object_get(json, "auction_id")));
        line->len = p - line->data;
    }

    json_decref(json);
}


void
gavel_lines_take(gavel_lines_t *l, int64_t seq, const ngx_str_t *text)
{
    u_char     *data;
    ngx_str_t  *line;

    if (seq != l->seq + 1 || text->len == 0) {
        return;
    }

    /* what leaves the ring was told before */

    if (l->seq - l->from >= LINES_RING) {
        gavel_lines_tell(l);
    }

    data = ngx_alloc(text->len, ngx_cycle->log);
    if (data == NULL) {
        return;                      /* as good as lost on the way */
    }

    line = &l->ring[seq % LINES_RING];

    ngx_free(line->data);
    line->data = data;
    line->len = text->len;
    ngx_memcpy(data, text->data, text->len);

    l->seq = seq;
    l->count = ngx_min(l->count + 1, LINES_RING);

    if (line_is(text, "{\"type\":\"chat.deleted\"")) {
        line_erase(l, text);
    }
}


void
gavel_lines_skip(gavel_lines_t *l, int64_t seq)
{
    ngx_queue_t     *q;
    gavel_member_t  *member;

    gavel_lines_tell(l);
    gavel_lines_forget(l);

    l->seq = seq;
    l->from = seq;

    for (q = ngx_queue_head(&l->members);
         q != ngx_queue_sentinel(&l->members);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, gavel_member_t, of_lines);
        member->live = 0;
    }
}


void
gavel_lines_forget(gavel_lines_t *l)
{
    ngx_uint_t  i;

    for (i = 0; i < LINES_RING; i++) {
        ngx_free(l->ring[i].data);
        ngx_str_null(&l->ring[i]);
    }

    l->count = 0;
}


static uint64_t
lines_place(const gavel_lines_t *l)
{
    return gavel_place_key(GAVEL_PLACE_LINES + l->kind, l->node.key);
}


/* All lines behind `from` as one message: a burst takes one place in a
 * queue.  But a stream of several channels is told its place before each. */

static void
lines_encode(gavel_lines_t *l, gavel_form_t form, int64_t from,
    lines_batch_t *b)
{
    int64_t     seq;
    ngx_uint_t  i;

    b->n = 0;

    for (seq = from + 1; seq <= l->seq; seq++) {
        b->m[b->n++] = gavel_message_event(form, &l->name,
                                           &l->ring[seq % LINES_RING], 1, -1);
    }

    if (form != GAVEL_FORM_SSE_MANY) {
        b->m[0] = gavel_message_join(b->m, b->n);
        b->n = 1;
    }

    for (i = 0; i < b->n; i++) {
        if (b->m[i] != NULL) {
            b->m[i]->channel = lines_place(l);
            b->m[i]->epoch = 1;
            b->m[i]->seq = from + 1 + i;
        }
    }
}


static void
lines_free(lines_batch_t *b)
{
    while (b->n) {
        gavel_message_free(b->m[--b->n]);
    }
}


static void
member_give(gavel_member_t *m, const lines_batch_t *b, ngx_uint_t best_effort)
{
    ngx_uint_t  i;

    for (i = 0; i < b->n; i++) {
        m->seq = m->lines->seq - (b->n - 1 - i);

        if (best_effort) {
            gavel_session_offer(m->session, b->m[i], 0);

        } else {
            gavel_place_tell(m->session);
            gavel_session_send(m->session, b->m[i], 1);
        }
    }
}


void
gavel_lines_tell(gavel_lines_t *l)
{
    int64_t          from;
    ngx_uint_t       i;
    ngx_queue_t     *q;
    gavel_member_t  *member;
    lines_batch_t    batches[GAVEL_FORMS], *b;

    if (!l->ready || l->from == l->seq) {
        return;
    }

    from = l->from;
    l->from = l->seq;

    for (i = 0; i < GAVEL_FORMS; i++) {
        batches[i].n = 0;
    }

    for (q = ngx_queue_head(&l->members);
         q != ngx_queue_sentinel(&l->members);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, gavel_member_t, of_lines);
        b = &batches[member->session->form];

        if (!member->live || member->session->doom) {
            continue;
        }

        if (b->n == 0) {
            lines_encode(l, member->session->form, from, b);
        }

        member_give(member, b, l->kind == GAVEL_LINES_CHAT);
    }

    for (i = 0; i < GAVEL_FORMS; i++) {
        lines_free(&batches[i]);
    }
}


/* --- beginning --- */

ngx_int_t
gavel_member_join(gavel_member_t *m)
{
    gavel_lines_t  *l;

    l = m->lines;

    if (m->session->doom) {
        return NGX_AGAIN;            /* it ends, standing where it stood */
    }

    if (!gavel_member_allowed(m)) {
        return NGX_DECLINED;
    }

    /* it comes from a worker that was faster, or from another life */

    if (m->seq > l->seq && !m->asked) {
        m->asked = 1;
        l->urgent = 1;
        gavel_lines_soon(1);
        return NGX_AGAIN;
    }

    m->live = 1;

    if (m->seq < 0) {
        member_snapshot(m, "new");

    } else if (m->seq > l->seq) {
        member_snapshot(m, "epoch");

    } else if (l->seq - m->seq > (int64_t) l->count) {
        member_snapshot(m, "gap");

    } else {
        member_subscribed(m, NULL);
        member_replay(m);
    }

    return NGX_OK;
}


ngx_uint_t
gavel_member_allowed(const gavel_member_t *m)
{
    ngx_uint_t               allowed;
    const gavel_lines_t     *l;
    const gavel_identity_t  *id;

    l = m->lines;
    id = &m->session->identity;

    if (l->kind == GAVEL_LINES_ME) {
        allowed = (id->user == l->owner);

    } else {
        allowed = l->open || (id->user && id->user == l->owner)
                  || (l->owner
                      && (id->roles & (GAVEL_ROLE_ADMIN|GAVEL_ROLE_SUPPORT)));
    }

    if (!allowed) {
        gavel_session_error(m->session, GAVEL_not_found, NULL, &l->name,
                            NULL);
    }

    return allowed;
}


static void
member_subscribed(gavel_member_t *m, const char *reason)
{
    ngx_str_t      text;
    gavel_json_t  *j;

    j = gavel_frame_begin("subscribed");
    gavel_json_str(j, "channel", &m->lines->name);
    gavel_json_int(j, "epoch", 1);
    gavel_json_int(j, "seq", m->lines->seq);
    gavel_json_bool(j, "resumed", reason == NULL);

    if (reason != NULL) {
        gavel_json_cstr(j, "reason", reason);
    }

    if (m->lines->kind == GAVEL_LINES_CHAT) {
        gavel_json_int(j, "slow_mode", m->lines->slow_mode);
    }

    gavel_frame_time(j);
    text = gavel_frame_end(j);
    gavel_session_text(m->session, &text);
}


/* What was missed is told as state: it is all there, and small. */

static void
member_replay(gavel_member_t *m)
{
    lines_batch_t  batch;

    if (m->seq < m->lines->seq) {
        lines_encode(m->lines, m->session->form, m->seq, &batch);
        member_give(m, &batch, 0);
        lines_free(&batch);
    }
}


static void
member_snapshot(gavel_member_t *m, const char *reason)
{
    int64_t           seq, first;
    ngx_str_t         text, *line;
    gavel_json_t     *j;
    gavel_lines_t    *l;
    gavel_message_t  *message;

    l = m->lines;
    m->seq = l->seq;
    member_subscribed(m, reason);

    j = gavel_frame_begin("snapshot");
    gavel_json_str(j, "channel", &l->name);
    gavel_json_int(j, "epoch", 1);
    gavel_json_int(j, "seq", l->seq);
    gavel_json_open(j, "state", '{');

    if (l->kind == GAVEL_LINES_CHAT) {
        gavel_json_int(j, "slow_mode", l->slow_mode);
    }

    gavel_json_open(j, l->kind == GAVEL_LINES_CHAT ? "comments" : "events",
                    '[');

    first = l->seq - ngx_min(l->count, LINES_SHOWN) + 1;

    for (seq = first; seq <= l->seq; seq++) {
        line = &l->ring[seq % LINES_RING];

        if (line->len && !line_is(line, "{\"type\":\"chat.deleted\"")) {
            gavel_json_raw(j, NULL, line);
        }
    }

    gavel_json_close(j, ']');
    gavel_json_close(j, '}');
    text = gavel_frame_end(j);

    message = gavel_message(m->session->form, &text, 1, 0, -1);

    if (message != NULL) {
        message->channel = lines_place(l);
    }

    gavel_session_send(m->session, message, 1);
    gavel_message_free(message);
}
