/*
 * calendar_flow: the story of an auction's time in the calendar, which is the
 * log's, and of its decoration, which is the calendar's; and the feed.
 */

#include "api/calendar.h"
#include "api/flows.h"


typedef struct {
    gavel_reply_t    reply;
    unsigned         changed:1;      /* the log has to know */
} schedule_work_t;


static ngx_int_t schedule_check(gavel_flow_t *f);
static ngx_int_t schedule_log(gavel_flow_t *f);
static ngx_int_t schedule_entry(gavel_flow_t *f);
static ngx_int_t schedule_answer(gavel_flow_t *f);
static ngx_int_t feed_ask(gavel_flow_t *f);
static ngx_int_t feed_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_schedule_steps[] = {
    schedule_check,      /* is it his, is he free, can he pay? */
    schedule_log,        /* the times, if they are others than before */
    schedule_entry,      /* the decoration, paid and put on */
    schedule_answer,
    NULL
};

const gavel_step_pt  gavel_calendar_feed_steps[] = {
    feed_ask,
    feed_answer,
    NULL
};


static ngx_int_t
schedule_check(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    schedule_work_t  *w;

    w = ngx_pcalloc(f->pool, sizeof(schedule_work_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    call->work = w;

    /* it is a PUT: an end that is not told is no end */

    if (!gavel_call_has(call, "ends_at")
        && json_object_set_new(call->params, "ends_at", json_null()) != 0)
    {
        return NGX_ERROR;
    }

    return gavel_flow_ask(f, &w->reply, "schedule_check");
}


static ngx_int_t
schedule_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    schedule_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->changed = gavel_reply_int(&w->reply, "changed", 0);

    return w->changed ? gavel_flow_engine(f, CMD_UPDATE, NULL) : NGX_OK;
}


static ngx_int_t
schedule_entry(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    schedule_work_t  *w;

    w = call->work;

    if (w->changed && call->answer->code != GAVEL_OK) {
        return gavel_engine_refuse(f, call->answer);
    }

    return gavel_flow_once(f, &w->reply, "schedule_set", NULL);
}


static ngx_int_t
schedule_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    schedule_work_t  *w;

    w = call->work;

    return gavel_flow_reply(f, &w->reply);
}


static ngx_int_t
feed_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    json_t  *site;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    /* where the pages are, unless the database knows better */

    site = json_sprintf("http%s://%.*s", call->secure ? "s" : "",
                        (int) call->host.len, call->host.data);

    if (site != NULL) {                      /* else it is no UTF-8 */
        (void) json_object_set_new(call->params, "site", site);
    }

    return gavel_flow_ask(f, call->work, "calendar_ics");
}


static ngx_int_t
feed_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_reply_t  *reply;

    reply = call->work;

    if (reply->code == GAVEL_OK) {
        ngx_str_set(&f->outcome.type, "text/calendar; charset=utf-8");
    }

    return gavel_flow_reply(f, reply);
}
