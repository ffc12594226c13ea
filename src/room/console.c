/*
 * console: what only an auction's host sees beside it: how many watch, which
 * leaders are there, why bids were refused in the last minutes, how many
 * commands wait.  Told when it has changed, at most once a second.
 */

#include "room/console.h"

#include "auction/auction.h"
#include "cluster/presence.h"

#define CONSOLE_TICK  1000               /* ms */


typedef struct {
    ngx_queue_t        queue;            /* of all; later of the buried */
    gavel_session_t   *session;          /* NULL: it is over */
    uint64_t           auction;
    gavel_view_t       view;
    uint32_t           told;             /* hash of what was told last */
    ngx_str_t          channel;
    u_char             name[sizeof("host:") + NGX_INT64_LEN];
    unsigned           live:1;
} console_t;


static void console_ready(gavel_view_t *v, gavel_code_t code);
static void console_drop(console_t *c);
static void console_tick(ngx_event_t *ev);
static void console_tell(console_t *c);


static ngx_queue_t       consoles;
static ngx_event_t       console_timer;
static ngx_connection_t  console_ident;          /* events log its fd */


void
gavel_console_create(void)
{
    console_ident.fd = (ngx_socket_t) -1;

    ngx_queue_init(&consoles);

    ngx_memzero(&console_timer, sizeof(ngx_event_t));
    console_timer.handler = console_tick;
    console_timer.data = &console_ident;
    console_timer.log = ngx_cycle->log;
    console_timer.cancelable = 1;
}


void
gavel_console_destroy(void)
{
    if (console_timer.timer_set) {
        ngx_del_timer(&console_timer);
    }
}


uint64_t
gavel_console_channel(const ngx_str_t *channel)
{
    off_t  id;

    if (channel->len <= 5 || ngx_strncmp(channel->data, "host:", 5) != 0) {
        return 0;
    }

    id = ngx_atoof(channel->data + 5, channel->len - 5);

    return (id <= 0 || id > ENGINE_MAX_AMOUNT) ? 0 : (uint64_t) id;
}


gavel_code_t
gavel_console_subscribe(gavel_session_t *s, uint64_t auction)
{
    console_t  *c;

    if (s->identity.user == 0) {
        return GAVEL_not_authenticated;
    }

    (void) gavel_console_unsubscribe(s, auction);

    if (gavel_session_full(s)) {
        return GAVEL_limit_reached;
    }

    c = ngx_calloc(sizeof(console_t), ngx_cycle->log);
    if (c == NULL) {
        return GAVEL_internal;
    }

    c->session = s;
    c->auction = auction;
    c->view.ready = console_ready;
    c->view.data = c;
    c->channel.data = c->name;
    c->channel.len = ngx_sprintf(c->name, "host:%uL", auction) - c->name;

    s->nconsoles++;
    ngx_queue_insert_tail(&consoles, &c->queue);

    if (!console_timer.timer_set) {
        ngx_add_timer(&console_timer, CONSOLE_TICK);
    }

    /* perhaps ready when this returns */

    gavel_view_open(&c->view, auction);

    return GAVEL_OK;
}


/* Freed by the tick: this may be called from inside of its view. */

static void
console_drop(console_t *c)
{
    if (c->live) {
        gavel_auction_unwatch(c->view.auction);
        c->live = 0;
    }

    gavel_view_close(&c->view);

    c->session->nconsoles--;
    c->session = NULL;
}


static gavel_code_t
console_may(const console_t *c)
{
    const auction_t         *a;
    const gavel_identity_t  *id;

    id = &c->session->identity;
    a = c->view.auction ? gavel_auction_state(c->view.auction) : NULL;

    if (a == NULL) {
        return GAVEL_not_found;
    }

    return ((int64_t) id->user == a->owner || (id->roles & GAVEL_ROLE_ADMIN))
           ? GAVEL_OK : GAVEL_not_authorized;
}


static void
console_refuse(console_t *c, gavel_code_t code)
{
    gavel_session_error(c->session, code, NULL, &c->channel, NULL);
    console_drop(c);
}


static void
console_ready(gavel_view_t *v, gavel_code_t code)
{
    console_t  *c = v->data;

    ngx_str_t      text;
    gavel_code_t   may;
    gavel_json_t  *j;

    may = console_may(c);

    if (may != GAVEL_OK) {
        console_refuse(c, may == GAVEL_not_found && code != GAVEL_OK ? code
                                                                     : may);
        return;
    }

    c->live = 1;
    gavel_auction_watch(v->auction);

    j = gavel_frame_begin("subscribed");
    gavel_json_str(j, "channel", &c->channel);
    gavel_json_bool(j, "resumed", 0);
    gavel_frame_time(j);
    text = gavel_frame_end(j);
    gavel_session_text(c->session, &text);

    console_tell(c);
}


ngx_uint_t
gavel_console_unsubscribe(gavel_session_t *s, uint64_t auction)
{
    console_t    *c;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&consoles);
         s->nconsoles && q != ngx_queue_sentinel(&consoles);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, console_t, queue);

        if (c->session == s && c->auction == auction) {
            console_drop(c);
            return 1;
        }
    }

    return 0;
}


void
gavel_console_leave(gavel_session_t *s)
{
    console_t    *c;
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&consoles);
         s->nconsoles && q != ngx_queue_sentinel(&consoles);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, console_t, queue);

        if (c->session == s) {
            console_drop(c);
        }
    }
}


void
gavel_console_review(gavel_session_t *s)
{
    console_t     *c;
    ngx_queue_t   *q;
    gavel_code_t   code;

    for (q = ngx_queue_head(&consoles);
         s->nconsoles && q != ngx_queue_sentinel(&consoles);
         q = ngx_queue_next(q))
    {
        c = ngx_queue_data(q, console_t, queue);

        if (c->session == s && c->live) {
            code = console_may(c);

            if (code != GAVEL_OK) {
                console_refuse(c, code);
            }
        }
    }
}


static void
console_tick(ngx_event_t *ev)
{
    console_t    *c;
    ngx_queue_t  *q, *next;

    for (q = ngx_queue_head(&consoles);
         q != ngx_queue_sentinel(&consoles);
         q = next)
    {
        next = ngx_queue_next(q);
        c = ngx_queue_data(q, console_t, queue);

        if (c->session == NULL) {
            ngx_queue_remove(q);
            ngx_free(c);

        } else if (c->live) {
            console_tell(c);
        }
    }

    if (!ngx_queue_empty(&consoles)) {
        ngx_add_timer(ev, CONSOLE_TICK);
    }
}


static void
console_leaders(gavel_json_t *j, const auction_t *a)
{
    uint32_t       i;
    uint64_t       key;
    const team_t  *team;

    gavel_json_open(j, "leaders", '[');

    for (i = 0; i < a->nteams; i++) {
        team = &auction_teams(a)[i];

        if (team->leader == NOBODY || team->gone) {
            continue;
        }

        key = gavel_presence_key(a->id, GAVEL_COUNT_LEADER, team->leader);

        gavel_json_open(j, NULL, '{');
        gavel_json_int(j, "team_id", team->id);
        gavel_json_int(j, "user_id", team->leader);
        gavel_json_bool(j, "online", gavel_presence(key) != 0);
        gavel_json_close(j, '}');
    }

    gavel_json_close(j, ']');
}


static void
console_tell(console_t *c)
{
    uint32_t          hash;
    ngx_str_t         text;
    ngx_uint_t        code, n;
    gavel_json_t     *j;
    const auction_t  *a;
    gavel_message_t  *m;

    a = gavel_auction_state(c->view.auction);

    if (a == NULL) {
        return;
    }

    j = gavel_frame_begin("host");
    gavel_json_str(j, "channel", &c->channel);
    gavel_json_int(j, "viewers", gavel_presence(a->id));
    gavel_json_int(j, "queue", gavel_presence(
                       gavel_presence_key(a->id, GAVEL_COUNT_QUEUE, 0)));
    gavel_json_open(j, "rejected", '{');

    for (code = 1; code < GAVEL_NCODES; code++) {
        n = gavel_presence(gavel_presence_key(a->id, GAVEL_COUNT_REFUSED,
                                              code));
        if (n) {
            gavel_json_int(j, (char *) gavel_error(code)->code.data, n);
        }
    }

    gavel_json_close(j, '}');
    console_leaders(j, a);
    text = gavel_frame_end(j);

    hash = ngx_crc32_long(text.data, text.len);

    if (hash == c->told) {
        return;
    }

    c->told = hash;

    m = gavel_message(c->session->form, &text, 1, 0, -1);
    gavel_session_offer(c->session, m, gavel_key(GAVEL_KEY_HOST, c->auction));
    gavel_message_free(m);
}
