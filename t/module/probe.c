/*
 * probe: a module for tests only, which lets them use the clients of the event
 * loop (fd, flow, pg, redis, task) without the rest of Gavel.
 *
 *     probe KEY VALUE;      in http: the clients' configuration
 *     probe_here;           in a location: the paths below
 *
 *     /pg?lane=read|bid|replica&ops=FN:ARG,FN:ARG    a line for each outcome
 *     /sql?fn=FN&params=JSON                         gavel_flow_sql
 *     /redis?args=SET,KEY,VALUE      /publish?ch=C&m=M
 *     /subscribe?ch=C   /unsubscribe?ch=C   /messages
 *     /task?ms=N        /steps?n=N   /early   /lazy   /none
 *     /json?parse=TEXT  /json?write=TEXT
 *     /fd               /idle        /stats
 */

#include "core/fd.h"
#include "core/json.h"
#include "core/keeper.h"
#include "pg/pg.h"
#include "redis/redis.h"
#include "task/task.h"
#include <ngx_http.h>


typedef struct {
    gavel_flow_t          flow;
    ngx_http_request_t   *r;
    gavel_reply_t         reply;
    ngx_str_t             text;         /* what the steps answer */
    u_char               *last;
    ngx_uint_t            left;         /* operations under way */
    gavel_pg_op_t       **ops;
    ngx_uint_t            nops;
    struct {
        ngx_msec_t        ms;
        ngx_msec_t        twice;
    } nap;
} probe_t;

typedef struct {
    ngx_str_t             path;
    const gavel_step_pt  *steps;
} probe_path_t;

typedef struct {
    gavel_pg_conf_t       pg;
    gavel_pg_conf_t       replica;
    gavel_redis_conf_t    redis;
} probe_conf_t;


static char *probe_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *probe_here(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static void *probe_create_conf(ngx_conf_t *cf);
static ngx_int_t probe_postconfiguration(ngx_conf_t *cf);
static ngx_int_t probe_init_process(ngx_cycle_t *cycle);
static void probe_exit_process(ngx_cycle_t *cycle);


static ngx_command_t  probe_commands[] = {

    { ngx_string("probe"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE2,
      probe_set,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("probe_here"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      probe_here,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  probe_module_ctx = {
    NULL,                                  /* preconfiguration */
    probe_postconfiguration,               /* postconfiguration */
    probe_create_conf,                     /* create main configuration */
    NULL,                                  /* init main configuration */
    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */
    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


static ngx_module_t  probe_module = {
    NGX_MODULE_V1,
    &probe_module_ctx,                     /* module context */
    probe_commands,                        /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    probe_init_process,                    /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    probe_exit_process,                    /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* what nginx looks up in a shared object */

ngx_module_t  *ngx_modules[] = { &probe_module, NULL };
char          *ngx_module_names[] = { "probe_module", NULL };
char          *ngx_module_order[] = { NULL };


static ngx_uint_t  probe_ups, probe_downs, probe_connects, probe_gone;
static u_char      probe_messages[65536];
static u_char     *probe_message_last = probe_messages;


static void
probe_say(probe_t *p, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    p->last = ngx_vslprintf(p->last, p->text.data + p->text.len, fmt, args);
    va_end(args);
}


static ngx_str_t
probe_arg(probe_t *p, const char *name)
{
    u_char     *src, *dst;
    ngx_str_t   value, text;

    ngx_str_null(&text);

    if (ngx_http_arg(p->r, (u_char *) name, ngx_strlen(name), &value)
        != NGX_OK)
    {
        return text;
    }

    text.data = ngx_pnalloc(p->r->pool, value.len + 1);
    if (text.data == NULL) {
        return text;
    }

    src = value.data;
    dst = text.data;
    ngx_unescape_uri(&dst, &src, value.len, 0);
    text.len = dst - text.data;
    *dst = '\0';

    return text;
}


/* Cuts the text before the next separator off. */

static ngx_str_t
probe_cut(ngx_str_t *text, u_char separator)
{
    u_char     *end;
    ngx_str_t   word;

    word = *text;
    end = ngx_strlchr(text->data, text->data + text->len, separator);

    if (end == NULL) {
        text->len = 0;
        return word;
    }

    word.len = end - text->data;
    text->data += word.len + 1;
    text->len -= word.len + 1;
    *end = '\0';

    return word;
}


/* Names of functions outlive requests, as constants do. */

static const char *
probe_name(const ngx_str_t *name)
{
    ngx_uint_t     i;
    static char    names[64][32];

    for (i = 0; i < 63 && names[i][0]; i++) {
        if (ngx_strcmp(names[i], name->data) == 0) {
            return names[i];
        }
    }

    (void) ngx_cpystrn((u_char *) names[i], name->data, sizeof(names[i]));

    return names[i];
}


static ngx_int_t
probe_answer(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    p->text.len = p->last - p->text.data;

    return gavel_flow_answer(f, 200, &p->text);
}


/* --- pg --- */

static void
probe_pg_done(gavel_pg_op_t *op)
{
    probe_t             *p = op->data;
    ngx_uint_t           i;
    ngx_str_t            value;
    static const char   *names[] = { "done", "error", "aborted", "lost",
                                     "away", "full" };

    ngx_str_set(&value, "-");

    if (op->res && PQntuples(op->res)) {
        value = gavel_pg_text(op->res, 0, 0);
    }

    probe_say(p, "%s %s %s %V\n", op->function, names[op->status],
              op->sqlstate[0] ? op->sqlstate : "-", &value);

    for (i = 0; i < p->nops; i++) {
        if (p->ops[i] == op) {
            p->ops[i] = NULL;
        }
    }

    if (--p->left == 0) {
        gavel_flow_wake(&p->flow);
    }
}


static void
probe_pg_detach(void *wait)
{
    probe_t     *p = wait;
    ngx_uint_t   i;

    for (i = 0; i < p->nops; i++) {
        if (p->ops[i]) {
            gavel_pg_detach(p->ops[i]);
        }
    }

    probe_gone++;
}


static ngx_int_t
probe_pg(gavel_flow_t *f)
{
    ngx_str_t         ops, one, lane_name, args, arg;
    gavel_pg_op_t    *op;
    gavel_pg_lane_t   lane;
    probe_t          *p = f->data;

    ops = probe_arg(p, "ops");
    lane_name = probe_arg(p, "lane");

    lane = GAVEL_PG_READ;

    if (lane_name.len && lane_name.data[0] == 'b') {
        lane = GAVEL_PG_BID;

    } else if (lane_name.len > 2 && lane_name.data[2] == 'p') {
        lane = GAVEL_PG_REPLICA;
    }

    p->ops = ngx_pcalloc(f->pool, 256 * sizeof(gavel_pg_op_t *));

    while (ops.len && p->nops < 256) {
        args = probe_cut(&ops, ',');
        one = probe_cut(&args, ':');

        op = gavel_pg_op(gavel_pg, probe_name(&one));
        op->done = probe_pg_done;
        op->data = p;

        while (args.len) {
            arg = probe_cut(&args, ':');

            if (ngx_strcmp(arg.data, "null") == 0) {
                gavel_pg_op_null(op);

            } else {
                gavel_pg_op_str(op, &arg);
            }
        }

        p->ops[p->nops++] = op;
        p->left++;

        gavel_pg_send(gavel_pg, lane, 7, op);
    }

    if (lane == GAVEL_PG_BID) {
        gavel_pg_sync(gavel_pg, 7);
    }

    return gavel_flow_wait(f, probe_pg_detach, p);
}


static ngx_int_t
probe_sql(gavel_flow_t *f)
{
    ngx_str_t  fn, params;
    probe_t   *p = f->data;

    fn = probe_arg(p, "fn");
    params = probe_arg(p, "params");

    return gavel_flow_sql(f, &p->reply, probe_name(&fn), 42,
                          params.data ? &params : NULL, GAVEL_PG_READ);
}


static ngx_int_t
probe_sql_reply(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    return gavel_flow_reply(f, &p->reply);
}


static void
probe_connected(void *data)
{
    probe_connects++;
}


/* --- redis --- */

static void
probe_redis_done(redisReply *reply, void *data)
{
    probe_t  *p = data;

    if (reply == NULL) {
        probe_say(p, "away");

    } else if (reply->type == REDIS_REPLY_INTEGER) {
        probe_say(p, "%L", (int64_t) reply->integer);

    } else if (reply->type == REDIS_REPLY_NIL) {
        probe_say(p, "nil");

    } else {
        probe_say(p, "%*s", reply->len, reply->str);
    }

    gavel_flow_wake(&p->flow);
}


static ngx_int_t
probe_redis(gavel_flow_t *f)
{
    ngx_str_t    args, argv[16];
    ngx_uint_t   n;
    probe_t     *p = f->data;

    args = probe_arg(p, "args");

    for (n = 0; args.len && n < 16; n++) {
        argv[n] = probe_cut(&args, ',');
    }

    if (gavel_redis_command(n, argv, probe_redis_done, p) != NGX_OK) {
        probe_say(p, "refused");
        return NGX_OK;
    }

    return gavel_flow_wait(f, gavel_redis_detach, p);
}


static ngx_int_t
probe_publish(gavel_flow_t *f)
{
    ngx_str_t  channel, message;
    probe_t   *p = f->data;

    channel = probe_arg(p, "ch");
    message = probe_arg(p, "m");
    channel = gavel_redis_key(f->pool, "c", &channel);

    if (gavel_redis_publish(&channel, &message, probe_redis_done, p)
        != NGX_OK)
    {
        probe_say(p, "refused");
        return NGX_OK;
    }

    return gavel_flow_wait(f, gavel_redis_detach, p);
}


static void
probe_message(const ngx_str_t *message, void *data)
{
    probe_message_last = ngx_slprintf(probe_message_last,
                                      probe_messages + sizeof(probe_messages),
                                      "%V\n", message);
}


static ngx_int_t
probe_subscribe(gavel_flow_t *f)
{
    ngx_str_t  channel;
    probe_t   *p = f->data;

    channel = probe_arg(p, "ch");
    channel = gavel_redis_key(f->pool, "c", &channel);

    return gavel_redis_subscribe(&channel, probe_message, NULL);
}


static ngx_int_t
probe_unsubscribe(gavel_flow_t *f)
{
    ngx_str_t  channel;
    probe_t   *p = f->data;

    channel = probe_arg(p, "ch");
    channel = gavel_redis_key(f->pool, "c", &channel);

    gavel_redis_unsubscribe(&channel);

    return NGX_OK;
}


static ngx_int_t
probe_read_messages(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    probe_say(p, "%*s", (size_t) (probe_message_last - probe_messages),
              probe_messages);
    probe_message_last = probe_messages;

    return NGX_OK;
}


static void
probe_redis_changed(ngx_uint_t up)
{
    if (up) {
        probe_ups++;

    } else {
        probe_downs++;
    }
}


/* --- task and flow --- */

static void
probe_nap(void *arg)
{
    struct {
        ngx_msec_t  ms;
        ngx_msec_t  twice;
    } *nap = arg;

    usleep(nap->ms * 1000);
    nap->twice = 2 * nap->ms;
}


static ngx_int_t
probe_task(gavel_flow_t *f)
{
    ngx_str_t  ms;
    probe_t   *p = f->data;

    ms = probe_arg(p, "ms");
    p->nap.ms = ngx_atoi(ms.data, ms.len);

    return gavel_flow_task(f, probe_nap, &p->nap, sizeof(p->nap));
}


static ngx_int_t
probe_task_result(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    probe_say(p, "%M", p->nap.twice);

    return NGX_OK;
}


/* A wait that is over before its step returns, n times. */

static ngx_int_t
probe_step(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    if (p->left) {
        p->left--;
        f->step--;
    }

    (void) gavel_flow_wait(f, probe_pg_detach, p);
    gavel_flow_wake(f);

    return NGX_AGAIN;
}


static ngx_int_t
probe_steps(gavel_flow_t *f)
{
    ngx_str_t  n;
    probe_t   *p = f->data;

    n = probe_arg(p, "n");
    p->left = ngx_atoi(n.data, n.len);
    probe_say(p, "%ui steps", p->left);

    return NGX_OK;
}


static ngx_int_t
probe_fail_early(gavel_flow_t *f)
{
    (void) gavel_flow_wait(f, probe_pg_detach, f->data);
    gavel_flow_fail(f, GAVEL_conflict);

    return NGX_AGAIN;
}


/* Answers, though it started a wait. */

static ngx_int_t
probe_answer_early(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    p->nap.ms = 2;

    if (gavel_flow_task(f, probe_nap, &p->nap, sizeof(p->nap)) != NGX_AGAIN) {
        return NGX_ERROR;
    }

    probe_say(p, "early");

    return probe_answer(f);
}


static ngx_int_t
probe_error(gavel_flow_t *f)
{
    return NGX_ERROR;
}


/* --- json --- */

static ngx_int_t
probe_json(gavel_flow_t *f)
{
    json_t        *value;
    ngx_str_t      text;
    gavel_json_t   j;
    probe_t       *p = f->data;

    text = probe_arg(p, "parse");

    if (text.data) {
        value = gavel_json_parse(&text);
        probe_say(p, value ? "good" : "bad");
        json_decref(value);
        return NGX_OK;
    }

    text = probe_arg(p, "write");

    gavel_json_init(&j, f->pool, 1);
    gavel_json_open(&j, NULL, '{');
    gavel_json_str(&j, "text", &text);
    gavel_json_open(&j, "list", '[');
    gavel_json_int(&j, NULL, -9007199254740991);
    gavel_json_bool(&j, NULL, 1);
    gavel_json_null(&j, NULL);
    gavel_json_open(&j, NULL, '{');
    gavel_json_close(&j, '}');
    gavel_json_close(&j, ']');
    gavel_json_time(&j, "at", 0);
    gavel_json_close(&j, '}');

    text = gavel_json_text(&j);
    probe_say(p, "%V", &text);

    return NGX_OK;
}


/* --- fd --- */

typedef struct {
    probe_t     *p;
    gavel_fd_t  *fd;
    int          s[2];
    ngx_uint_t   calls;
    size_t       bytes;
} probe_fd_t;


static void
probe_fd_free(void *data)
{
    probe_fd_t  *pf = data;

    gavel_fd_detach(pf->fd);
    (void) close(pf->s[0]);
    (void) close(pf->s[1]);
}


static void
probe_fd_handler(void *data, ngx_uint_t what)
{
    u_char       buffer[16384];
    ssize_t      n;
    probe_fd_t  *pf = data;
    probe_t     *p = pf->p;

    if (what == GAVEL_FD_TIMEOUT) {
        probe_say(p, "%ui calls, %uz bytes", pf->calls, pf->bytes);
        probe_fd_free(pf);
        gavel_flow_wake(&p->flow);
        return;
    }

    n = read(pf->s[0], buffer, sizeof(buffer));

    if (n > 0) {
        pf->bytes += n;
    }

    pf->calls++;
}


static probe_fd_t *
probe_fd_pair(probe_t *p, ngx_pool_t *pool, gavel_fd_handler_pt handler)
{
    int          size;
    probe_fd_t  *pf;

    size = 512 * 1024;
    pf = ngx_pcalloc(pool, sizeof(probe_fd_t));

    if (pf == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, pf->s) == -1) {
        return NULL;
    }

    (void) setsockopt(pf->s[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));

    pf->p = p;
    pf->fd = gavel_fd_attach(pf->s[0], handler, pf, ngx_cycle->log);

    return pf;
}


static ngx_int_t
probe_fd(gavel_flow_t *f)
{
    ssize_t        n;
    probe_fd_t    *pf;
    probe_t       *p = f->data;
    static u_char  bytes[102400];

    pf = probe_fd_pair(p, f->pool, probe_fd_handler);

    if (pf == NULL || gavel_fd_want(pf->fd, GAVEL_FD_READ) != NGX_OK) {
        return NGX_ERROR;
    }

    n = write(pf->s[1], bytes, sizeof(bytes));

    if (n != (ssize_t) sizeof(bytes)) {
        return NGX_ERROR;
    }

    gavel_fd_timeout(pf->fd, 300);

    return gavel_flow_wait(f, probe_fd_free, pf);
}


static void
probe_idle_handler(void *data, ngx_uint_t what)
{
    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "probe: idle fd: %ui",
                  what);

    probe_fd_free(data);
}


static ngx_int_t
probe_idle(gavel_flow_t *f)
{
    probe_fd_t  *pf;

    pf = probe_fd_pair(NULL, ngx_cycle->pool, probe_idle_handler);

    if (pf == NULL || gavel_fd_want(pf->fd, GAVEL_FD_READ) != NGX_OK) {
        return NGX_ERROR;
    }

    gavel_fd_idle(pf->fd, 1);
    gavel_fd_timeout(pf->fd, 3600000);

    return NGX_OK;
}


static ngx_int_t
probe_stats(gavel_flow_t *f)
{
    probe_t              *p = f->data;
    gavel_pg_stats_t      pg;
    gavel_redis_stats_t   redis;

    ngx_memzero(&pg, sizeof(pg));

    if (gavel_pg) {
        gavel_pg_stats(gavel_pg, &pg);
    }

    gavel_redis_stats(&redis);

    probe_say(p, "{\"pg_ready\":%ui,\"sent\":%uL,\"lost\":%uL,\"away\":%uL,"
              "\"full\":%uL,\"connects\":%uL,\"timeouts\":%uL,"
              "\"pending\":%ui,\"lanes_up\":%ui,\"bid_connects\":%ui,",
              gavel_pg ? gavel_pg_ready(gavel_pg) : 0, pg.sent, pg.lost,
              pg.away, pg.full, pg.connects, pg.timeouts, pg.pending,
              pg.lanes_up, probe_connects);

    probe_say(p, "\"redis_ready\":%ui,\"redis_pending\":%ui,\"channels\":%ui,"
              "\"redis_connects\":%uL,\"redis_timeouts\":%uL,"
              "\"ups\":%ui,\"downs\":%ui,\"gone\":%ui,\"kept\":%ui,"
              "\"pid\":%P}",
              gavel_redis_ready(), redis.pending, redis.channels,
              redis.connects, redis.timeouts, probe_ups, probe_downs,
              probe_gone, gavel_kept(), ngx_pid);

    return NGX_OK;
}


/* --- the module --- */

#define STEPS(name, ...)                                                      \
    static const gavel_step_pt  name[] = { __VA_ARGS__, NULL }

STEPS(pg_steps, probe_pg, probe_answer);
STEPS(sql_steps, probe_sql, probe_sql_reply);
STEPS(redis_steps, probe_redis, probe_answer);
STEPS(publish_steps, probe_publish, probe_answer);
STEPS(subscribe_steps, probe_subscribe);
STEPS(unsubscribe_steps, probe_unsubscribe);
STEPS(messages_steps, probe_read_messages, probe_answer);
STEPS(task_steps, probe_task, probe_task_result, probe_answer);
STEPS(steps_steps, probe_steps, probe_step, probe_answer);
STEPS(fail_steps, probe_fail_early, probe_answer);
STEPS(early_steps, probe_answer_early, probe_error);
STEPS(error_steps, probe_error, probe_answer);
STEPS(json_steps, probe_json, probe_answer);
STEPS(fd_steps, probe_fd, probe_answer);
STEPS(idle_steps, probe_idle);
STEPS(stats_steps, probe_stats, probe_answer);

static const gavel_step_pt  none_steps[] = { NULL };

static const probe_path_t  probe_paths[] = {
    { ngx_string("/pg"), pg_steps },
    { ngx_string("/sql"), sql_steps },
    { ngx_string("/redis"), redis_steps },
    { ngx_string("/publish"), publish_steps },
    { ngx_string("/subscribe"), subscribe_steps },
    { ngx_string("/unsubscribe"), unsubscribe_steps },
    { ngx_string("/messages"), messages_steps },
    { ngx_string("/task"), task_steps },
    { ngx_string("/steps"), steps_steps },
    { ngx_string("/fail"), fail_steps },
    { ngx_string("/early"), early_steps },
    { ngx_string("/error"), error_steps },
    { ngx_string("/none"), none_steps },
    { ngx_string("/json"), json_steps },
    { ngx_string("/fd"), fd_steps },
    { ngx_string("/idle"), idle_steps },
    { ngx_string("/stats"), stats_steps },
    { ngx_null_string, NULL }
};


static void
probe_done(gavel_flow_t *f)
{
    ngx_int_t            rc;
    ngx_buf_t           *b;
    ngx_chain_t          out;
    probe_t             *p = f->data;
    ngx_str_t           *body;
    ngx_connection_t    *c;
    ngx_http_request_t  *r = p->r;

    c = r->connection;
    body = f->outcome.code ? (ngx_str_t *) &gavel_error(f->outcome.code)->code
                           : &f->outcome.body;

    r->headers_out.status = f->outcome.status;
    r->headers_out.content_length_n = body->len;

    b = ngx_calloc_buf(r->pool);

    if (b == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    b->pos = body->data;
    b->last = body->data + body->len;
    b->memory = body->len ? 1 : 0;
    b->last_buf = 1;
    out.buf = b;
    out.next = NULL;

    rc = ngx_http_send_header(r);

    if (rc == NGX_OK && !r->header_only) {
        rc = ngx_http_output_filter(r, &out);
    }

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
probe_handler(ngx_http_request_t *r)
{
    probe_t             *p;
    const probe_path_t  *path;

    for (path = probe_paths; path->path.len; path++) {

        if (path->path.len == r->uri.len
            && ngx_memcmp(path->path.data, r->uri.data, r->uri.len) == 0)
        {
            break;
        }
    }

    p = ngx_pcalloc(r->pool, sizeof(probe_t));

    if (p == NULL || path->path.len == 0) {
        return NGX_HTTP_NOT_FOUND;
    }

    p->r = r;
    p->text.len = 65536;
    p->text.data = ngx_pnalloc(r->pool, p->text.len);
    p->last = p->text.data;

    if (p->text.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    p->flow.pool = r->pool;
    p->flow.log = r->connection->log;
    p->flow.data = p;

    r->main->count++;
    r->read_event_handler = ngx_http_test_reading;

    gavel_flow_run(&p->flow, path->steps, probe_done);

    return NGX_DONE;
}


static char *
probe_here(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = probe_handler;

    return NGX_CONF_OK;
}


static char *
probe_host(ngx_conf_t *cf, gavel_pg_conf_t *pg, ngx_str_t *value)
{
    ngx_str_t         port, host;
    gavel_pg_host_t  *h;

    port = *value;
    host = probe_cut(&port, '=');

    h = ngx_array_push(pg->hosts);
    if (h == NULL) {
        return NGX_CONF_ERROR;
    }

    h->host = host;
    h->name = host;
    h->port = port.len ? (ngx_uint_t) ngx_atoi(port.data, port.len) : 5432;

    return NGX_CONF_OK;
}


#define PROBE_STR(key, field)                                                 \
    if (ngx_strcmp(word[1].data, key) == 0) {                                 \
        field = word[2];                                                      \
        return NGX_CONF_OK;                                                   \
    }

#define PROBE_NUM(key, field)                                                 \
    if (ngx_strcmp(word[1].data, key) == 0) {                                 \
        field = ngx_atoi(word[2].data, word[2].len);                          \
        return NGX_CONF_OK;                                                   \
    }


static char *
probe_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t     *word = cf->args->elts;
    probe_conf_t  *pc = conf;

    if (ngx_strcmp(word[1].data, "host") == 0) {
        return probe_host(cf, &pc->pg, &word[2]);
    }

    if (ngx_strcmp(word[1].data, "replica") == 0) {
        return probe_host(cf, &pc->replica, &word[2]);
    }

    PROBE_STR("dbname", pc->pg.dbname);
    PROBE_STR("user", pc->pg.user);
    PROBE_STR("password", pc->pg.password);
    PROBE_STR("password_file", pc->pg.password_file);
    PROBE_STR("sslmode", pc->pg.sslmode);
    PROBE_STR("target", pc->pg.target);
    PROBE_NUM("queue", pc->pg.queue);
    PROBE_NUM("read_lanes", pc->pg.read_lanes);
    PROBE_NUM("connect_timeout", pc->pg.connect_timeout);
    PROBE_NUM("statement_timeout", pc->pg.statement_timeout);
    PROBE_STR("redis", pc->redis.path);
    PROBE_STR("redis_host", pc->redis.host);
    PROBE_NUM("redis_port", pc->redis.port);
    PROBE_STR("redis_password", pc->redis.password);
    PROBE_NUM("redis_db", pc->redis.db);

    return "has an unknown key";
}


static void *
probe_create_conf(ngx_conf_t *cf)
{
    probe_conf_t  *pc;

    pc = ngx_pcalloc(cf->pool, sizeof(probe_conf_t));
    if (pc == NULL) {
        return NULL;
    }

    pc->pg.hosts = ngx_array_create(cf->pool, 2, sizeof(gavel_pg_host_t));
    pc->replica.hosts = ngx_array_create(cf->pool, 2,
                                         sizeof(gavel_pg_host_t));
    if (pc->pg.hosts == NULL || pc->replica.hosts == NULL) {
        return NULL;
    }

    ngx_str_set(&pc->pg.application_name, "probe");
    ngx_str_set(&pc->pg.target, "read-write");
    pc->pg.read_lanes = 2;
    pc->pg.bid_lanes = 1;
    pc->pg.queue = 1024;
    pc->pg.connect_timeout = 3000;
    pc->pg.statement_timeout = 5000;

    ngx_str_set(&pc->redis.prefix, "probe:");
    pc->redis.connect_timeout = 1000;
    pc->redis.command_timeout = 1000;

    return pc;
}


static ngx_int_t
probe_postconfiguration(ngx_conf_t *cf)
{
    return gavel_task_init(cf);
}


static ngx_int_t
probe_init_process(ngx_cycle_t *cycle)
{
    probe_conf_t  *pc;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    pc = ngx_http_cycle_get_module_main_conf(cycle, probe_module);

    if (pc->pg.hosts->nelts) {
        gavel_pg = gavel_pg_create(&pc->pg, cycle);
        if (gavel_pg == NULL) {
            return NGX_ERROR;
        }

        gavel_pg_on_connect(gavel_pg, probe_connected, NULL);
        gavel_pg_replica = gavel_pg;
    }

    if (pc->replica.hosts->nelts) {
        pc->replica.dbname = pc->pg.dbname;
        pc->replica.user = pc->pg.user;
        ngx_str_set(&pc->replica.application_name, "probe-replica");
        pc->replica.read_lanes = 1;
        pc->replica.queue = pc->pg.queue;
        pc->replica.connect_timeout = pc->pg.connect_timeout;
        pc->replica.statement_timeout = pc->pg.statement_timeout;

        gavel_pg_replica = gavel_pg_create(&pc->replica, cycle);
    }

    gavel_redis_on_change(probe_redis_changed);

    return gavel_redis_create(&pc->redis, cycle);
}


static void
probe_exit_process(ngx_cycle_t *cycle)
{
    ngx_str_t  bye[] = { ngx_string("INCR"), ngx_string("probe:bye") };

    (void) gavel_redis_command(2, bye, NULL, NULL);

    if (gavel_pg_replica != gavel_pg) {
        gavel_pg_destroy(gavel_pg_replica);
    }

    if (gavel_pg) {
        gavel_pg_destroy(gavel_pg);
    }

    gavel_redis_destroy();
}
