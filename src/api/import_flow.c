/*
 * import_flow: the story of a file of players or lots.
 *
 * A thread reads the file, PostgreSQL knows which lines are new and makes
 * their items, the log gets the lots, a few under way at a time, and then the
 * queue the order of the file.  A lot is added under a request id that is its
 * item's, so a file that comes again after a crash, or while it is still
 * under way, doubles nothing.
 */

#include "api/exchange.h"
#include "api/flows.h"
#include "api/import_order.h"
#include "api/import_result.h"
#include "api/import_table.h"
#include "api/lot_terms.h"
#include "task/task.h"


typedef struct {
    size_t           n, nfile, nmoves;
    int64_t          numbers[1];     /* queue, file, work; then the moves */
} sorting_t;

typedef struct {
    gavel_reply_t    reply;
    import_table_t   table;
    gavel_many_t     commands, moves;
    json_t          *body;           /* the answer of import_rows */
    json_t          *results;        /* in it: of each line */
    json_t         **todo;           /* of results: those for the log */
    json_t          *queue;          /* the answer of import_queue */
    sorting_t       *order;
    import_move_t   *move;
    int64_t          id;
    ngx_uint_t       ntodo;
    ngx_uint_t       added, changed, unchanged, skipped, errors;
    unsigned         dry:1;
} import_work_t;


static ngx_int_t import_ask(gavel_flow_t *f);
static ngx_int_t import_read(gavel_flow_t *f);
static ngx_int_t import_lines(gavel_flow_t *f);
static ngx_int_t import_log(gavel_flow_t *f);
static ngx_int_t import_queue(gavel_flow_t *f);
static ngx_int_t import_sort(gavel_flow_t *f);
static ngx_int_t import_move(gavel_flow_t *f);
static ngx_int_t import_keep(gavel_flow_t *f);
static ngx_int_t import_answer(gavel_flow_t *f);
static void command_each(gavel_many_t *m, ngx_uint_t i, command_t *c);
static void command_told(gavel_many_t *m, ngx_uint_t i,
    const gavel_submission_t *s);
static void move_each(gavel_many_t *m, ngx_uint_t i, command_t *c);


const gavel_step_pt  gavel_import_steps[] = {
    import_ask,          /* may he? */
    import_read,         /* bytes to rows, in a thread */
    import_lines,        /* what is new, what changed; the items */
    import_log,          /* the lots */
    import_queue,        /* their order now */
    import_sort,         /* the moves to the file's, in a thread */
    import_move,
    import_keep,         /* what the history says of it */
    import_answer,
    NULL
};


static void
work_free(void *data)
{
    import_work_t *w = data;

    json_decref(w->body);
    json_decref(w->queue);
    import_table_free(&w->table);
}


static ngx_int_t
import_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    import_work_t       *w;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(f->pool, sizeof(import_work_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    w = cln->data;
    ngx_memzero(w, sizeof(import_work_t));

    cln->handler = work_free;
    call->work = w;

    w->dry = json_is_true(json_object_get(call->params, "dry_run"));

    if (call->file.len == 0) {
        return gavel_flow_refuse(f, GAVEL_bad_request);
    }

    return gavel_flow_ask(f, &w->reply, "import_check");
}


static ngx_int_t
import_read(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_int_t        rc;
    import_work_t   *w;
    import_table_t  *t;

    static ngx_str_t  json = ngx_string("application/json");

    w = call->work;
    t = &w->table;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    t->file = ngx_alloc(call->file.len, f->log);
    if (t->file == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(t->file, call->file.data, call->file.len);
    t->len = call->file.len;
    t->json = call->file_type.len >= json.len
              && ngx_strncasecmp(call->file_type.data, json.data, json.len)
                 == 0;

    rc = gavel_flow_task_with(f, import_table_read,
                              (void (*)(void *)) import_table_free, t,
                              sizeof(import_table_t));

    if (rc == NGX_AGAIN) {
        ngx_memzero(t, sizeof(import_table_t));        /* the thread's now */
    }

    return rc;
}


static ngx_int_t
import_lines(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t        rows, name, text;
    gavel_json_t     j;
    import_work_t   *w;
    import_table_t  *t;

    w = call->work;
    t = &w->table;

    if (t->code != GAVEL_OK) {
        if (t->detail) {
            f->outcome.detail.data = (u_char *) t->detail;
            f->outcome.detail.len = ngx_strlen(t->detail);
        }

        return gavel_flow_refuse(f, t->code);
    }

    name = gavel_call_str(call, "file_name");
    rows.data = (u_char *) t->rows;
    rows.len = t->rows_len;

    gavel_json_init(&j, f->pool, rows.len + 1024);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", gavel_call_int(call, "auction_id", 0));
    gavel_json_str(&j, "file_name", &name);
    gavel_json_cstr(&j, "encoding", t->encoding);
    gavel_json_int(&j, "bytes", call->file.len);
    gavel_json_bool(&j, "dry_run", w->dry);
    gavel_json_raw(&j, "rows", &rows);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);

    return gavel_flow_sql(f, &w->reply, "import_rows", call->identity.user,
                          &text, GAVEL_PG_READ);
}


/* Which lines the log has to hear of. */

static ngx_int_t
results_open(gavel_flow_t *f, import_work_t *w)
{
    size_t   i;
    json_t  *result;

    w->body = gavel_reply_json(&w->reply);
    w->results = json_object_get(w->body, "results");
    w->id = json_integer_value(json_object_get(w->body, "import_id"));

    w->todo = ngx_palloc(f->pool, (json_array_size(w->results) + 1)
                                  * sizeof(json_t *));

    if (w->results == NULL || w->todo == NULL) {
        return NGX_ERROR;
    }

    json_array_foreach(w->results, i, result) {
        if (json_is_true(json_object_get(result, "queue"))
            || json_is_true(json_object_get(result, "change")))
        {
            w->todo[w->ntodo++] = result;
        }
    }

    return NGX_OK;
}


static ngx_int_t
import_log(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    import_work_t  *w;

    w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    if (w->body == NULL && results_open(f, w) != NGX_OK) {
        return NGX_ERROR;
    }

    if (w->dry) {
        return NGX_OK;
    }

    w->commands.each = command_each;
    w->commands.told = command_told;
    w->commands.data = call;
    w->commands.own = 1;

    return gavel_flow_many(f, &w->commands, CMD_LOT_ADD, w->ntodo);
}


/* A lot under the name of its item; a change is of this import alone. */

static void
command_each(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    gavel_call_t *call = m->data;

    u_char         *p;
    json_t         *result;
    int64_t         none;
    import_work_t  *w;

    w = call->work;
    result = w->todo[i];
    p = (u_char *) c->request_id;

    if (json_is_true(json_object_get(result, "queue"))) {
        c->item_id = gavel_json_member(result, "item_id", 0);
        none = 0;

        p = ngx_sprintf(p, "import-item-%L", c->item_id);

    } else {
        c->type = CMD_LOT_CHANGE;
        c->lot_id = gavel_json_member(result, "lot_id", 0);
        none = -1;

        p = ngx_sprintf(p, "import-%L-%ui", w->id, i);
    }

    c->request_len = p - (u_char *) c->request_id;

    gavel_lot_terms(c, json_object_get(result, "terms"), none);
}


static void
command_told(gavel_many_t *m, ngx_uint_t i, const gavel_submission_t *s)
{
    gavel_call_t *call = m->data;

    json_t         *result;
    import_work_t  *w;

    w = call->work;
    result = w->todo[i];

    json_object_set_new(result, "told", json_integer(s->code));

    if (s->code == GAVEL_OK && s->event.lot_id) {
        json_object_set_new(result, "lot_id", json_integer(s->event.lot_id));
    }
}


static ngx_int_t
import_queue(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    import_work_t  *w;

    w = call->work;

    if (w->dry) {
        return NGX_OK;
    }

    return gavel_flow_ask(f, &w->reply, "import_queue");
}


/* Scratch and result lie in one block: the thread works on a copy of it. */

static void
sort_work(void *arg)
{
    sorting_t *o = arg;

    int64_t        *file, *work;
    import_move_t  *move;

    file = o->numbers + o->n;
    work = file + o->nfile;
    move = (import_move_t *) (work + 5 * o->n);

    o->nmoves = import_order(o->numbers, o->n, file, o->nfile, move, work);
}


static ngx_int_t
import_sort(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    size_t          i, n, size;
    json_t         *queue, *value;
    int64_t         lot;
    sorting_t        *o;
    import_work_t  *w;

    w = call->work;

    if (w->dry || w->reply.code != GAVEL_OK) {
        return NGX_OK;
    }

    w->queue = gavel_reply_json(&w->reply);
    queue = json_object_get(w->queue, "queue");
    n = json_array_size(queue);

    size = sizeof(sorting_t)
           + (6 * n + json_array_size(w->results)) * sizeof(int64_t)
           + n * sizeof(import_move_t);

    o = ngx_pcalloc(f->pool, size);
    if (o == NULL) {
        return NGX_ERROR;
    }

    o->n = n;

    json_array_foreach(queue, i, value) {
        o->numbers[i] = json_integer_value(value);
    }

    json_array_foreach(w->results, i, value) {
        lot = gavel_json_member(value, "lot_id", 0);

        if (lot && json_object_get(value, "wrong") == NULL) {
            o->numbers[n + o->nfile++] = lot;
        }
    }

    w->order = o;
    w->move = (import_move_t *) (o->numbers + 6 * n + o->nfile);

    return gavel_flow_task(f, sort_work, o, size);
}


static ngx_int_t
import_move(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    import_work_t  *w;

    w = call->work;

    if (w->order == NULL) {
        return NGX_OK;
    }

    w->moves.each = move_each;
    w->moves.data = call;
    w->moves.own = 1;

    return gavel_flow_many(f, &w->moves, CMD_LOT_MOVE, w->order->nmoves);
}


static void
move_each(gavel_many_t *m, ngx_uint_t i, command_t *c)
{
    gavel_call_t *call = m->data;

    import_work_t  *w;

    w = call->work;

    c->lot_id = w->move[i].lot;
    c->position = w->move[i].position;

    c->request_len = ngx_sprintf((u_char *) c->request_id,
                                 "import-%L-move-%ui", w->id, i)
                     - (u_char *) c->request_id;
}


/* What the log said is what a line came to. */

static void
result_close(gavel_call_t *call, import_work_t *w, json_t *result)
{
    json_t      *told;
    const char  *status;

    told = json_object_get(result, "told");

    if (!w->dry && (json_is_true(json_object_get(result, "queue"))
                    || json_is_true(json_object_get(result, "change")))
        && (told == NULL || json_integer_value(told) != GAVEL_OK))
    {
        import_result_code(call, result, told ? json_integer_value(told)
                                              : GAVEL_busy);
    }

    import_result_wrong(call, result);

    status = json_string_value(json_object_get(result, "status"));

    w->added += ngx_strcmp(status, "added") == 0;
    w->changed += ngx_strcmp(status, "changed") == 0;
    w->unchanged += ngx_strcmp(status, "unchanged") == 0;
    w->skipped += ngx_strcmp(status, "skipped") == 0;
    w->errors += ngx_strcmp(status, "error") == 0;
}


static ngx_int_t
text_of(ngx_pool_t *pool, json_t *value, ngx_str_t *text)
{
    text->len = json_dumpb(value, NULL, 0, JSON_COMPACT);
    text->data = ngx_pnalloc(pool, text->len);

    if (text->len == 0 || text->data == NULL) {
        return NGX_ERROR;
    }

    json_dumpb(value, (char *) text->data, text->len, JSON_COMPACT);

    return NGX_OK;
}


static ngx_int_t
import_keep(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    size_t          i;
    json_t         *result, *report;
    ngx_int_t       rc;
    ngx_str_t       text;
    import_work_t  *w;

    static const char  *inner[] = {
        "queue", "change", "terms", "told", "wrong", "item_id", NULL
    };
    ngx_uint_t  n;

    w = call->work;
    report = json_array();

    json_array_foreach(w->results, i, result) {
        result_close(call, w, result);

        for (n = 0; inner[n]; n++) {
            json_object_del(result, inner[n]);
        }

        if (json_object_get(result, "code") && json_array_size(report) < 100) {
            json_array_append(report, result);
        }
    }

    result = json_pack("{sIsisisisiso}", "import_id", (json_int_t) w->id,
                       "added", (int) w->added, "changed", (int) w->changed,
                       "unchanged", (int) w->unchanged,
                       "errors", (int) w->errors, "report", report);

    rc = result ? text_of(f->pool, result, &text) : NGX_ERROR;
    json_decref(result);

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (w->dry) {
        return NGX_OK;
    }

    return gavel_flow_sql(f, &w->reply, "import_done", call->identity.user,
                          &text, GAVEL_PG_READ);
}


static ngx_int_t
import_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t        text, columns;
    gavel_json_t     j;
    import_work_t   *w;
    import_table_t  *t;

    w = call->work;
    t = &w->table;

    if (text_of(f->pool, w->results, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    columns.data = (u_char *) t->columns;
    columns.len = t->columns_len;

    gavel_json_init(&j, f->pool, text.len + columns.len + 512);
    gavel_json_open(&j, NULL, '{');

    if (w->id) {
        gavel_json_int(&j, "import_id", w->id);

    } else {
        gavel_json_null(&j, "import_id");
    }

    gavel_json_bool(&j, "dry_run", w->dry);
    gavel_json_cstr(&j, "encoding", t->encoding);
    gavel_json_raw(&j, "columns", &columns);
    gavel_json_int(&j, "lines", t->lines);
    gavel_json_int(&j, "added", w->added);
    gavel_json_int(&j, "changed", w->changed);
    gavel_json_int(&j, "unchanged", w->unchanged);
    gavel_json_int(&j, "skipped", w->skipped);
    gavel_json_int(&j, "errors", w->errors);
    gavel_json_raw(&j, "results", &text);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    text = gavel_json_text(&j);

    return gavel_flow_answer(f, 200, &text);
}
