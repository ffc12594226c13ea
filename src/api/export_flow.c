/*
 * export_flow: an auction as a file, page by page.
 *
 * PostgreSQL writes the lines.  The first page is the answer; each of the
 * others is asked for when the client has taken the one before (stream.c).
 */

#include "api/exchange.h"
#include "api/flows.h"

#define NAME_MAX_LEN  400


typedef struct {
    gavel_reply_t    reply;
    ngx_str_t        what, format;
    u_char           place[NGX_INT64_LEN + 1];     /* of the next page */
    size_t           place_len;
} export_work_t;


static ngx_int_t export_open(gavel_flow_t *f);
static ngx_int_t export_first(gavel_flow_t *f);
static ngx_int_t export_answer(gavel_flow_t *f);
static ngx_int_t page_ask(gavel_flow_t *f);
static ngx_int_t page_answer(gavel_flow_t *f);


const gavel_step_pt  gavel_export_steps[] = {
    export_open,         /* may he see it, and how is it called? */
    export_first,
    export_answer,
    NULL
};

static const gavel_step_pt  export_more[] = {
    page_ask,
    page_answer,
    NULL
};


static ngx_int_t
export_open(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    export_work_t  *w;

    w = ngx_pcalloc(f->pool, sizeof(export_work_t));
    if (w == NULL) {
        return NGX_ERROR;
    }

    call->work = w;

    w->what = gavel_call_str(call, "what");
    w->format = gavel_call_str(call, "format");

    if (w->what.len == 0) {
        ngx_str_set(&w->what, "lots");
    }

    if (w->format.len == 0) {
        if (w->what.len == 3) {
            ngx_str_set(&w->format, "json");               /* the log */

        } else {
            ngx_str_set(&w->format, "csv");
        }
    }

    return gavel_flow_ask(f, &w->reply, "export_open");
}


/* "Spring draft-results.csv" */

static ngx_int_t
export_name(gavel_flow_t *f, export_work_t *w)
{
    u_char      *p;
    json_t      *body, *title;
    ngx_str_t    text;
    const char  *end;

    body = gavel_reply_json(&w->reply);
    title = json_object_get(body, "title");
    text.data = (u_char *) json_string_value(title);
    text.len = ngx_min(json_string_length(title), NAME_MAX_LEN);

    p = ngx_pnalloc(f->pool, text.len + w->what.len + sizeof("-.jsonl"));

    if (p == NULL || title == NULL) {
        json_decref(body);
        return NGX_ERROR;
    }

    end = w->format.data[0] == 'c' ? "csv" : w->what.len == 3 ? "jsonl"
          : "json";

    f->outcome.file.data = p;
    f->outcome.file.len = ngx_sprintf(p, "%V-%V.%s", &text, &w->what, end) - p;

    json_decref(body);

    return NGX_OK;
}


static ngx_int_t
page_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t       text, header, place;
    gavel_json_t    j;
    export_work_t  *w;

    w = call->work;
    header = gavel_call_str(call, "header");

    gavel_json_init(&j, f->pool, 256);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", gavel_call_int(call, "auction_id", 0));
    gavel_json_str(&j, "what", &w->what);
    gavel_json_str(&j, "format", &w->format);
    gavel_json_bool(&j, "bom", json_is_true(json_object_get(call->params,
                                                            "bom")));
    gavel_json_bool(&j, "korean", header.len && header.data[0] == 'k');

    if (w->place_len) {
        place.data = w->place;
        place.len = w->place_len;
        gavel_json_raw(&j, "after", &place);
    }

    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);

    return gavel_flow_sql(f, &w->reply, "export_page", call->identity.user,
                          &text, GAVEL_PG_READ);
}


static ngx_int_t
page_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t       body;
    export_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->place_len = ngx_min(w->reply.etag.len, sizeof(w->place));
    ngx_memcpy(w->place, w->reply.etag.data, w->place_len);

    f->outcome.more = w->place_len ? export_more : NULL;
    body = w->reply.body;

    return gavel_flow_answer(f, 200, &body);
}


static ngx_int_t
export_first(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    export_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    if (export_name(f, w) != NGX_OK) {
        return NGX_ERROR;
    }

    return page_ask(f);
}


static ngx_int_t
export_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    export_work_t  *w;

    w = call->work;

    if (w->format.data[0] == 'c') {
        ngx_str_set(&f->outcome.type, "text/csv; charset=utf-8");

    } else if (w->what.len == 3) {
        ngx_str_set(&f->outcome.type, "application/x-ndjson");
    }

    return page_answer(f);
}
