/*
 * lines: channels that are lines with a sequence of their own: an auction's
 * chat, and what concerns a person.
 *
 * A channel that somebody on this worker follows keeps its last lines in
 * memory: whoever comes, or comes back, is served from there.  New lines come
 * by Redis in the order of their seq; where one is missing, and now and then
 * anyway, PostgreSQL is asked for what came after the last one, for many
 * channels at once.  So a lost message heals itself, and without Redis lines
 * come a little later.
 *
 * To clients lines are best effort: one that is slow misses some, sees that
 * by their seq, and finds them by REST.
 */

#include "room/lines.h"
#include "room/channel.h"

#include "auction/auction.h"

#define LINES_APART  10000               /* ms, after Redis was away */


typedef struct {
    const char      *name;
    ngx_msec_t       check;          /* how often the database is asked */
    ngx_msec_t       check_apart;    /* while Redis is away, and a while after:
                                        it is not back for all at once */
} lines_kind_t;


static gavel_lines_t *lines_find(gavel_lines_kind_t kind, uint64_t id);
static gavel_lines_t *lines_open(gavel_lines_kind_t kind, uint64_t id);
static void lines_close(gavel_lines_t *l);
static void lines_message(const ngx_str_t *message, void *data);
static void lines_redis(ngx_uint_t up);
static void lines_tick(ngx_event_t *ev);
static void lines_ask(void);
static void lines_told(gavel_pg_op_t *op);
static void lines_drop(gavel_member_t *m);


static const lines_kind_t  lines_kinds[] = {
    { "chat", 1000, 200 },
    { "me", 10000, 1000 }
};

static ngx_rbtree_t       lines_tree[2];             /* by kind */
static ngx_rbtree_node_t  lines_sentinel;
static ngx_queue_t        lines_all;                 /* longest unasked first */
static ngx_event_t        lines_timer;
static ngx_connection_t   lines_ident;               /* events log its fd */
static gavel_pg_op_t     *lines_op;
static ngx_uint_t         lines_hurry;           /* ask again at once */
static ngx_msec_t         lines_apart;           /* when Redis was last away */


void
gavel_lines_create(void)
{
    lines_ident.fd = (ngx_socket_t) -1;

    ngx_rbtree_init(&lines_tree[0], &lines_sentinel, ngx_rbtree_insert_value);
    ngx_rbtree_init(&lines_tree[1], &lines_sentinel, ngx_rbtree_insert_value);
    ngx_queue_init(&lines_all);

    gavel_redis_on_change(lines_redis);

    ngx_memzero(&lines_timer, sizeof(ngx_event_t));
    lines_timer.handler = lines_tick;
    lines_timer.data = &lines_ident;
    lines_timer.log = ngx_cycle->log;
    lines_timer.cancelable = 1;

    lines_op = NULL;
}


void
gavel_lines_destroy(void)
{
    if (lines_timer.timer_set) {
        ngx_del_timer(&lines_timer);
    }

    if (lines_op != NULL) {
        gavel_pg_detach(lines_op);
        lines_op = NULL;
    }
}


ngx_int_t
gavel_lines_parse(const gavel_session_t *s, const ngx_str_t *channel,
    gavel_lines_kind_t *kind, uint64_t *id)
{
    off_t  n;

    if (channel->len == 2 && ngx_strncmp(channel->data, "me", 2) == 0) {
        *kind = GAVEL_LINES_ME;
        *id = s->identity.user;
        return NGX_OK;
    }

    if (channel->len <= 5 || ngx_strncmp(channel->data, "chat:", 5) != 0) {
        return NGX_DECLINED;
    }

    n = ngx_atoof(channel->data + 5, channel->len - 5);

    if (n <= 0 || n > ENGINE_MAX_AMOUNT) {
        return NGX_DECLINED;
    }

    *kind = GAVEL_LINES_CHAT;
    *id = (uint64_t) n;

    return NGX_OK;
}


static gavel_lines_t *
lines_find(gavel_lines_kind_t kind, uint64_t id)
{
    ngx_rbtree_node_t  *node;

    node = lines_tree[kind].root;

    while (node != &lines_sentinel) {

        if (id == node->key) {
            return ngx_rbtree_data(node, gavel_lines_t, node);
        }

        node = (id < node->key) ? node->left : node->right;
    }

    return NULL;
}


static gavel_lines_t *
lines_open(gavel_lines_kind_t kind, uint64_t id)
{
    ngx_str_t       channel;
    ngx_pool_t     *pool;
    gavel_lines_t  *l;

    pool = ngx_create_pool(1024, ngx_cycle->log);
    if (pool == NULL) {
        return NULL;
    }

    l = ngx_pcalloc(pool, sizeof(gavel_lines_t));
    channel = gavel_lines_channel(pool, lines_kinds[kind].name, id);

    if (l == NULL || channel.data == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    l->pool = pool;
    l->kind = kind;
    l->node.key = id;
    l->redis = channel;
    l->urgent = 1;
    l->name.data = l->text;
    l->name.len = (kind == GAVEL_LINES_ME
                   ? ngx_sprintf(l->text, "me")
                   : ngx_sprintf(l->text, "chat:%uL", id))
                  - l->text;

    ngx_queue_init(&l->members);
    ngx_queue_insert_head(&lines_all, &l->queue);
    ngx_rbtree_insert(&lines_tree[kind], &l->node);

    (void) gavel_redis_subscribe(&l->redis, lines_message, l);

    gavel_lines_soon(1);

    return l;
}


static void
lines_close(gavel_lines_t *l)
{
    gavel_redis_unsubscribe(&l->redis);

    ngx_rbtree_delete(&lines_tree[l->kind], &l->node);
    ngx_queue_remove(&l->queue);
    gavel_lines_forget(l);
    ngx_destroy_pool(l->pool);

    if (ngx_queue_empty(&lines_all) && lines_timer.timer_set) {
        ngx_del_timer(&lines_timer);
    }
}


/* The database is asked in so many ms, if not sooner. */

void
gavel_lines_soon(ngx_msec_t ms)
{
    if (lines_op != NULL) {
        lines_hurry = 1;
        return;
    }

    if (lines_timer.timer_set) {
        if ((ngx_msec_int_t) (lines_timer.timer.key - ngx_current_msec)
            <= (ngx_msec_int_t) ms)
        {
            return;
        }

        ngx_del_timer(&lines_timer);     /* which would not move by little */
    }

    ngx_add_timer(&lines_timer, ms);
}


gavel_code_t
gavel_lines_subscribe(gavel_session_t *s, gavel_lines_kind_t kind,
    uint64_t id, int64_t seq)
{
    gavel_lines_t   *l;
    gavel_member_t  *m;

    if (id == 0) {
        return GAVEL_not_authenticated;
    }

    (void) gavel_lines_unsubscribe(s, kind, id);

    if (gavel_session_full(s)) {
        return GAVEL_limit_reached;
    }

    l = lines_find(kind, id);
    m = ngx_calloc(sizeof(gavel_member_t), ngx_cycle->log);

    if (l == NULL && m != NULL) {
        l = lines_open(kind, id);
    }

    if (l == NULL || m == NULL) {
        ngx_free(m);
        return GAVEL_internal;
    }

    m->lines = l;
    m->session = s;
    m->seq = seq;

    ngx_queue_insert_tail(&l->members, &m->of_lines);
    ngx_queue_insert_tail(&s->lines, &m->of_session);
    s->nlines++;

    gavel_room_metrics.memory += sizeof(gavel_member_t);

    if (l->ready && gavel_member_join(m) == NGX_DECLINED) {
        lines_drop(m);
    }

    return GAVEL_OK;
}


/* The last member closes the channel. */

static void
lines_drop(gavel_member_t *m)
{
    gavel_lines_t  *l;

    l = m->lines;

    ngx_queue_remove(&m->of_lines);
    ngx_queue_remove(&m->of_session);
    m->session->nlines--;
    gavel_room_metrics.memory -= sizeof(gavel_member_t);
    ngx_free(m);

    if (ngx_queue_empty(&l->members)) {
        lines_close(l);
    }
}


ngx_uint_t
gavel_lines_unsubscribe(gavel_session_t *s, gavel_lines_kind_t kind,
    uint64_t id)
{
    ngx_queue_t     *q;
    gavel_member_t  *m;

    for (q = ngx_queue_head(&s->lines);
         q != ngx_queue_sentinel(&s->lines);
         q = ngx_queue_next(q))
    {
        m = ngx_queue_data(q, gavel_member_t, of_session);

        if (m->lines->kind == kind && m->lines->node.key == id) {
            lines_drop(m);
            return 1;
        }
    }

    return 0;
}


void
gavel_lines_leave(gavel_session_t *s)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&s->lines)) {
        q = ngx_queue_head(&s->lines);
        lines_drop(ngx_queue_data(q, gavel_member_t, of_session));
    }
}


void
gavel_lines_review(gavel_session_t *s)
{
    ngx_queue_t     *q, *next;
    gavel_member_t  *m;

    for (q = ngx_queue_head(&s->lines);
         q != ngx_queue_sentinel(&s->lines);
         q = next)
    {
        next = ngx_queue_next(q);
        m = ngx_queue_data(q, gavel_member_t, of_session);

        if (m->lines->ready && !gavel_member_allowed(m)) {
            lines_drop(m);
        }
    }
}


/* --- what comes --- */

static void
lines_message(const ngx_str_t *message, void *data)
{
    gavel_lines_t  *l = data;

    int64_t     seq;
    u_char     *p, *last, *space, *end;
    ngx_str_t   text;

    p = message->data;
    last = p + message->len;

    if (!l->ready) {
        l->urgent = 1;               /* the answer under way may not have it */
        return;
    }

    while (p < last) {
        space = ngx_strlchr(p, last, ' ');
        end = space ? ngx_strlchr(space, last, '\n') : NULL;

        if (end == NULL) {
            break;
        }

        seq = ngx_atoof(p, space - p);
        text.data = space + 1;
        text.len = end - text.data;
        p = end + 1;

        if (seq > l->seq + 1) {
            l->urgent = 1;
            gavel_lines_soon(20);
            break;
        }

        gavel_lines_take(l, seq, &text);
    }

    if (message->len == 0) {
        l->urgent = 1;
        gavel_lines_soon(1);
    }

    gavel_lines_tell(l);
}


static void
lines_redis(ngx_uint_t up)
{
    lines_apart = ngx_current_msec;
}


static void
lines_tick(ngx_event_t *ev)
{
    if (ngx_queue_empty(&lines_all)) {
        return;
    }

    if (lines_op == NULL) {
        lines_ask();
    }

    if (!lines_timer.timer_set) {
        ngx_add_timer(&lines_timer, gavel_redis_ready() ? 500 : 200);
    }
}


static ngx_uint_t
lines_due(const gavel_lines_t *l)
{
    const lines_kind_t  *kind;

    kind = &lines_kinds[l->kind];

    return l->urgent
           || ngx_current_msec - l->asked
              >= (gavel_redis_ready()
                  && ngx_current_msec - lines_apart >= LINES_APART
                  ? kind->check : kind->check_apart);
}


/* Asks for those that are due, in one statement. */

#define LINES_ASK  200

static void
lines_ask(void)
{
    u_char         *p[3];
    u_char          columns[3][LINES_ASK * (NGX_INT64_LEN + 2)];
    ngx_str_t       text;
    ngx_uint_t      i, n;
    ngx_queue_t    *q, *next;
    gavel_lines_t  *l;

    if (!gavel_pg_ready(gavel_pg)) {
        return;
    }

    p[0] = columns[0];
    p[1] = columns[1];
    p[2] = columns[2];
    n = 0;

    /* those that are asked about go to the end, and are not due there */

    for (q = ngx_queue_head(&lines_all);
         q != ngx_queue_sentinel(&lines_all) && n < LINES_ASK;
         q = next)
    {
        next = ngx_queue_next(q);
        l = ngx_queue_data(q, gavel_lines_t, queue);

        if (!lines_due(l)) {
            continue;
        }

        p[0] = ngx_sprintf(p[0], "%c%s", n ? ',' : '{',
                           lines_kinds[l->kind].name);
        p[1] = ngx_sprintf(p[1], "%c%uL", n ? ',' : '{',
                           (uint64_t) l->node.key);
        p[2] = ngx_sprintf(p[2], "%c%L", n ? ',' : '{',
                           l->ready ? l->seq : -1);
        n++;

        l->urgent = 0;
        l->asked = ngx_current_msec;

        ngx_queue_remove(q);
        ngx_queue_insert_tail(&lines_all, q);
    }

    lines_op = n ? gavel_pg_op(gavel_pg, "lines_since") : NULL;

    if (lines_op == NULL) {
        return;
    }

    for (i = 0; i < 3; i++) {
        *p[i]++ = '}';
        text.data = columns[i];
        text.len = p[i] - columns[i];
        gavel_pg_op_str(lines_op, &text);
    }

    gavel_pg_op_int(lines_op, LINES_RING);
    lines_op->done = lines_told;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, lines_op);
}


static gavel_lines_t *
lines_of_row(PGresult *res, int row)
{
    ngx_str_t  kind;

    kind = gavel_pg_text(res, row, 0);

    return lines_find(kind.len == 2 ? GAVEL_LINES_ME : GAVEL_LINES_CHAT,
                      gavel_pg_int(res, row, 1));
}


/* Rows without a text say where a channel stands, the others are lines, in
 * order. */

static void
lines_rows(PGresult *res)
{
    int             row, rows;
    int64_t         seq;
    ngx_str_t       text;
    gavel_lines_t  *l;

    rows = PQntuples(res);

    for (row = 0; row < rows; row++) {
        l = PQgetisnull(res, row, 3) ? lines_of_row(res, row) : NULL;

        if (l != NULL) {
            gavel_lines_head(l, res, row);
        }
    }

    for (row = 0; row < rows; row++) {
        l = PQgetisnull(res, row, 3) ? NULL : lines_of_row(res, row);

        if (l == NULL) {
            continue;
        }

        seq = gavel_pg_int(res, row, 2);
        text = gavel_pg_text(res, row, 3);

        if (seq > l->seq + 1) {
            gavel_lines_skip(l, seq - 1);
        }

        gavel_lines_take(l, seq, &text);
    }
}


static void
lines_told(gavel_pg_op_t *op)
{
    ngx_queue_t    *q, *next;
    gavel_lines_t  *l;

    lines_op = NULL;

    if (op->status == GAVEL_PG_DONE) {
        lines_rows(op->res);
    }

    for (q = ngx_queue_head(&lines_all);
         q != ngx_queue_sentinel(&lines_all);
         q = next)
    {
        next = ngx_queue_next(q);
        l = ngx_queue_data(q, gavel_lines_t, queue);

        if (l->answered) {
            l->answered = 0;
            gavel_lines_settle(l);

        } else if (!l->ready) {
            l->urgent = 1;           /* the next tick asks for it again */
        }
    }

    if (lines_hurry) {
        lines_hurry = 0;
        gavel_lines_soon(1);
    }
}


/* What an answer has brought is told; who waited for it joins. */

void
gavel_lines_settle(gavel_lines_t *l)
{
    ngx_queue_t     *q, *next;
    gavel_member_t  *m, *refused;

    if (l->fresh) {
        l->fresh = 0;
        l->seq = ngx_max(l->seq, l->head);
        l->ready = 1;
        l->from = l->seq;

        /* Redis may have begun to listen after the database had answered */

        l->urgent = 1;
    }

    gavel_lines_tell(l);

    if (l->seq < l->head) {
        l->urgent = 1;
        gavel_lines_soon(1);         /* there is more */
    }

    refused = NULL;

    for (q = ngx_queue_head(&l->members);
         q != ngx_queue_sentinel(&l->members);
         q = next)
    {
        next = ngx_queue_next(q);
        m = ngx_queue_data(q, gavel_member_t, of_lines);

        if (m->live || gavel_member_join(m) != NGX_DECLINED) {
            continue;
        }

        /* the one that may be the last goes when the loop is over */

        if (refused != NULL) {
            lines_drop(refused);
        }

        refused = m;
    }

    if (refused != NULL) {
        lines_drop(refused);
    }
}
