/*
 * live: rows for those who follow an auction without a socket: the state,
 * the events after a place in the log, or as they happen, how many watch, the
 * time.
 */

#include "api/flows.h"
#include "api/rows.h"
#include "cluster/presence.h"
#include "core/times.h"
#include "pg/pg.h"


static ngx_int_t snapshot_open(gavel_flow_t *f);
static ngx_int_t snapshot_answer(gavel_flow_t *f);
static ngx_int_t events_ask(gavel_flow_t *f);
static ngx_int_t events_answer(gavel_flow_t *f);
static ngx_int_t presence_answer(gavel_flow_t *f);
static ngx_int_t analytics_ask(gavel_flow_t *f);
static ngx_int_t stream_refuse(gavel_flow_t *f);
static ngx_int_t time_answer(gavel_flow_t *f);


static const gavel_param_t  events_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("after", QUERY, 1, 40, "epoch:seq, or seq", "\"1:17\""),
    PARAM_TEXT("types", QUERY, 1, 400,
               "names with commas between; bid.* is all that begin so",
               "\"bid.*,lot.sold\""),
    PARAM_INT("limit", QUERY, 1, 500, "at most so many", "100"),
    PARAM_BOOL("hashes", QUERY|BODY, "with each event's hash", "true"),
    PARAM_END
};

static const gavel_param_t  stream_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("channels", QUERY, 1, 40,
               "with commas between, what else is followed: chat, me (of who "
               "is logged in), host (of the auction's host)",
               "\"chat,me\""),
    PARAM_TEXT("last_event_id", QUERY, 1, 100,
               "the id of the last event, to go on behind it; else the header "
               "Last-Event-ID", "\"1:17\""),
    PARAM_END
};

static const gavel_step_pt  snapshot_steps[] = {
    snapshot_open,
    snapshot_answer,
    NULL
};

static const gavel_step_pt  events_steps[] = {
    events_ask,
    events_answer,
    NULL
};

static const gavel_step_pt  presence_steps[] = {
    snapshot_open,
    presence_answer,
    NULL
};

static const gavel_step_pt  analytics_steps[] = {
    analytics_ask,
    events_answer,
    NULL
};

static const gavel_step_pt  stream_steps[] = {
    stream_refuse,
    NULL
};

static const gavel_step_pt  time_steps[] = {
    time_answer,
    NULL
};


const gavel_command_t  gavel_live_commands[] = {

    { "live.snapshot", GET, "/auctions/{auction_id}/snapshot", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      FLOW(snapshot_steps), 200, "The state, and its place in the log",
      "Snapshot", 0 },

    { "live.events", GET, "/auctions/{auction_id}/events", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, events_params,
      FLOW(events_steps), 200, "Events of the log, in order", "EventPage",
      0 },

    { "live.stream", GET, "/auctions/{auction_id}/events/stream", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, stream_params,
      FLOW(stream_steps), 200, "Events as they happen, as server-sent events",
      "EventStream", 0 },

    { "live.presence", GET, "/auctions/{auction_id}/presence", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      FLOW(presence_steps), 200, "How many watch now", "Presence", 0 },

    { "live.analytics", GET, "/auctions/{auction_id}/analytics", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      FLOW(analytics_steps), 200, "How many watched and bid, for the host",
      "Analytics", 0 },

    { "live.time", GET, "/time", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, gavel_no_params,
      FLOW(time_steps), 200, "The time that clocks go by", "Time", 0 },

    ROWS_END
};


static ngx_int_t
snapshot_open(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_view_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_view(f, call->work,
                           gavel_call_int(call, "auction_id", 0));
}


/* A draft, and what was put away, is its owner's and staff's to see. */

static ngx_uint_t
may_see(const gavel_call_t *call, const gavel_auction_t *auction)
{
    const auction_t  *a;

    a = gavel_auction_state(auction);

    if (a->status == AUCTION_VOID) {
        return 0;
    }

    return gavel_auction_public(auction)
           || (call->identity.user != 0
               && (int64_t) call->identity.user == a->owner)
           || (call->identity.roles & (GAVEL_ROLE_ADMIN|GAVEL_ROLE_SUPPORT));
}


static ngx_int_t
snapshot_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    u_char           *p;
    int64_t           now;
    ngx_str_t         body;
    gavel_view_t     *view;
    gavel_json_t      j;
    const auction_t  *a;
    const ngx_str_t  *state;

    view = call->work;

    if (view->auction == NULL) {
        return gavel_flow_refuse(f, GAVEL_not_found);
    }

    if (!may_see(call, view->auction)) {
        return gavel_flow_refuse(f, GAVEL_not_found);
    }

    a = gavel_auction_state(view->auction);

    state = gavel_auction_text(view->auction);

    p = ngx_pnalloc(f->pool, 2 * NGX_INT64_LEN + sizeof("\":\""));
    if (state == NULL || p == NULL) {
        return NGX_ERROR;
    }

    f->outcome.etag.data = p;
    f->outcome.etag.len = ngx_sprintf(p, "\"%L:%L\"", a->epoch, a->seq) - p;

    now = gavel_cluster_now();

    gavel_json_init(&j, f->pool, state->len + 256);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", a->id);
    gavel_json_int(&j, "epoch", a->epoch);
    gavel_json_int(&j, "seq", a->seq);

    if (now > 0) {
        gavel_json_time(&j, "server_time", now);

    } else {
        gavel_json_null(&j, "server_time");
    }

    gavel_json_int(&j, "viewers", gavel_presence(a->id));
    gavel_json_raw(&j, "state", state);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    body = gavel_json_text(&j);

    return gavel_flow_answer(f, NGX_HTTP_OK, &body);
}


/* Does one of the patterns, with commas between, name this type? */

static ngx_uint_t
type_named(const ngx_str_t *patterns, const char *name)
{
    size_t   len;
    u_char  *p, *last, *end;

    last = patterns->data + patterns->len;
    len = ngx_strlen(name);

    for (p = patterns->data; p < last; p = end + 1) {
        end = ngx_strlchr(p, last, ',');
        end = end ? end : last;

        if (end > p && end[-1] == '*') {
            if ((size_t) (end - p - 1) <= len
                && ngx_memcmp(p, name, end - p - 1) == 0)
            {
                return 1;
            }

        } else if ((size_t) (end - p) == len && ngx_memcmp(p, name, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* The log keeps types as numbers: names become numbers here. */

static ngx_int_t
events_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t      types, after, text;
    ngx_uint_t     type;
    gavel_json_t   j;

    types = gavel_call_str(call, "types");
    after = gavel_call_str(call, "after");

    gavel_json_init(&j, f->pool, 512);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", gavel_call_int(call, "auction_id", 0));
    gavel_json_int(&j, "limit", gavel_call_int(call, "limit", 100));
    gavel_json_bool(&j, "hashes",
                    json_is_true(json_object_get(call->params, "hashes")));

    if (after.len) {
        gavel_json_str(&j, "after", &after);
    }

    if (types.len) {
        gavel_json_open(&j, "types", '[');

        for (type = 1; type < EV_MAX; type++) {
            if (type_named(&types, event_shown_name(type))) {
                gavel_json_int(&j, NULL, type);
            }
        }

        gavel_json_close(&j, ']');
    }

    gavel_json_close(&j, '}');

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));

    if (j.failed || call->work == NULL) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);

    return gavel_flow_sql(f, call->work, "auction_events", call->identity.user,
                          &text, GAVEL_PG_READ);
}


static ngx_int_t
events_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    return gavel_flow_reply(f, call->work);
}


static ngx_int_t
presence_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t         body;
    gavel_view_t     *view;
    gavel_json_t      j;
    const auction_t  *a;

    view = call->work;

    if (view->auction == NULL) {
        return gavel_flow_refuse(f, GAVEL_not_found);
    }

    if (!may_see(call, view->auction)) {
        return gavel_flow_refuse(f, GAVEL_not_found);
    }

    a = gavel_auction_state(view->auction);

    gavel_json_init(&j, f->pool, 96);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", a->id);
    gavel_json_int(&j, "viewers", gavel_presence(a->id));
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    body = gavel_json_text(&j);

    return gavel_flow_answer(f, NGX_HTTP_OK, &body);
}


static ngx_int_t
analytics_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_uint_t  viewers;

    viewers = gavel_presence(gavel_call_int(call, "auction_id", 0));

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));

    if (call->work == NULL
        || gavel_call_set(call, "viewers", viewers) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, call->work, "auction_analytics");
}


/* The stream has a location of its own (room/sse.c); where it has none, there
 * is none. */

static ngx_int_t
stream_refuse(gavel_flow_t *f)
{
    return gavel_flow_refuse(f, GAVEL_unknown_path);
}


static ngx_int_t
time_answer(gavel_flow_t *f)
{
    int64_t       now;
    ngx_str_t     body;
    gavel_json_t  j;

    now = gavel_cluster_now();

    if (now < 0) {
        return gavel_flow_refuse(f, GAVEL_unavailable);
    }

    gavel_json_init(&j, f->pool, 96);
    gavel_json_open(&j, NULL, '{');
    gavel_json_time(&j, "server_time", now);
    gavel_json_int(&j, "ms", now);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    body = gavel_json_text(&j);

    return gavel_flow_answer(f, NGX_HTTP_OK, &body);
}
