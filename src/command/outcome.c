/*
 * outcome: what a call came to, as JSON: the problem of a refusal and the
 * acknowledgement of an accepted command.
 */

#include "command/command.h"


static void gavel_ack_bid(gavel_json_t *j, const event_t *e);


ngx_str_t
gavel_locale(const ngx_str_t *accept)
{
    u_char  *p, *last;

    static ngx_str_t  en = ngx_string("en");
    static ngx_str_t  ko = ngx_string("ko");

    p = accept->data;
    last = p + accept->len;

    while (p < last) {
        while (p < last && (*p == ' ' || *p == ',')) {
            p++;
        }

        if (last - p >= 2 && ngx_strncasecmp(p, ko.data, 2) == 0) {
            return ko;
        }

        if (last - p >= 2 && ngx_strncasecmp(p, en.data, 2) == 0) {
            return en;
        }

        while (p < last && *p != ',') {
            p++;
        }
    }

    return en;
}


ngx_str_t
gavel_outcome_problem(gavel_call_t *call, const gavel_outcome_t *outcome)
{
    ngx_str_t             type, extra;
    gavel_json_t          j;
    const ngx_str_t      *title;
    const gavel_error_t  *error;

    error = gavel_error(outcome->code);

    title = (call->locale.len == 2 && call->locale.data[0] == 'k')
            ? &error->ko : &error->en;

    type.data = ngx_pnalloc(call->flow.pool,
                            sizeof("urn:gavel:problem:") + error->code.len);
    if (type.data == NULL) {
        ngx_str_null(&type);
        return type;
    }

    type.len = ngx_sprintf(type.data, "urn:gavel:problem:%V", &error->code)
               - type.data;

    gavel_json_init(&j, call->flow.pool, 512);
    gavel_json_open(&j, NULL, '{');
    gavel_json_str(&j, "type", &type);
    gavel_json_str(&j, "title", title);
    gavel_json_int(&j, "status",
                   outcome->status ? outcome->status : error->status);
    gavel_json_str(&j, "code", &error->code);
    gavel_json_str(&j, "detail",
                   outcome->detail.len ? &outcome->detail : title);

    if (outcome->errors.len) {
        gavel_json_raw(&j, "errors", &outcome->errors);
    }

    if (call->request_id.len) {
        gavel_json_str(&j, "request_id", &call->request_id);
    }

    gavel_json_close(&j, '}');

    extra = gavel_json_text(&j);

    if (j.failed || outcome->extra.len == 0) {
        return extra;
    }

    /* members that were written elsewhere come before the last brace */

    type.len = extra.len + 1 + outcome->extra.len;
    type.data = ngx_pnalloc(call->flow.pool, type.len);
    if (type.data == NULL) {
        return extra;
    }

    ngx_sprintf(type.data, "%*s,%V}", extra.len - 1, extra.data,
                &outcome->extra);

    return type;
}


ngx_str_t
gavel_outcome_ack(ngx_pool_t *pool, const gavel_submission_t *s)
{
    gavel_json_t    j;
    const event_t  *e;

    e = &s->event;

    gavel_json_init(&j, pool, 512);
    gavel_json_open(&j, NULL, '{');
    gavel_json_bool(&j, "ok", 1);
    gavel_json_int(&j, "epoch", s->epoch);
    gavel_json_int(&j, "seq", s->seq);
    gavel_json_cstr(&j, "type", event_name(e->type));

    if (e->type == EV_BID_ACCEPTED) {
        gavel_ack_bid(&j, e);

    } else {
        if (e->lot_id) {
            gavel_json_int(&j, "lot_id", e->lot_id);
        }

        if (e->team_id) {
            gavel_json_int(&j, "team_id", e->team_id);
        }

        if (e->type == EV_LOT_SOLD || e->type == EV_LOT_ASSIGNED) {
            gavel_json_int(&j, "price", e->price);
        }

    }

    gavel_ack_own(&j, e);

    if (e->ends_at > 0) {
        gavel_json_time(&j, "ends_at", e->ends_at);
    }

    gavel_json_close(&j, '}');

    return gavel_json_text(&j);
}


void
gavel_ack_own(gavel_json_t *j, const event_t *e)
{
    if (e->outbid) {
        gavel_json_bool(j, "outbid", 1);
    }

    if (e->reserve_met) {
        gavel_json_bool(j, "reserve_met", 1);
    }

    if (e->max_amount) {
        gavel_json_int(j, "max_amount", e->max_amount);
    }

    if (e->type == EV_AUTO_BID_SET) {
        gavel_json_int(j, "auto_bid_id", e->bid_id);
    }

    if (e->type == EV_SEALED_SUBMITTED) {
        gavel_json_int(j, "amount", e->amount);
    }
}


static void
gavel_ack_bid(gavel_json_t *j, const event_t *e)
{
    gavel_json_int(j, "price", e->price);
    gavel_json_int(j, "min_next", e->min_next);

    gavel_json_open(j, "bid", '{');
    gavel_json_int(j, "id", e->bid_id);
    gavel_json_int(j, "lot_id", e->lot_id);
    gavel_json_int(j, "round", e->round);
    gavel_json_int(j, "bidder_id", e->bidder);

    if (e->team_id) {
        gavel_json_int(j, "team_id", e->team_id);

    } else {
        gavel_json_null(j, "team_id");
    }

    gavel_json_int(j, "amount", e->amount);
    gavel_json_close(j, '}');
}
