/*
 * steps: what the paths of the test module do.
 */

#include "probe.h"
#include "core/fd.h"
#include "core/json.h"
#include "core/keeper.h"


static ngx_uint_t  probe_ups, probe_downs, probe_connects, probe_gone;
static u_char      probe_messages[65536];
static u_char     *probe_message_last = probe_messages;


void
probe_say(probe_t *p, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    p->last = ngx_vslprintf(p->last, p->text.data + p->text.len, fmt, args);
    va_end(args);
}


ngx_str_t
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


ngx_str_t
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


ngx_int_t
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


void
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


void
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


/* --- the paths --- */

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

const probe_path_t  probe_paths[] = {
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
    { ngx_string("/home/claim"), claim_steps },
    { ngx_string("/home/seize"), seize_steps },
    { ngx_string("/home/read"), read_steps },
    { ngx_string("/home/release"), release_steps },
    { ngx_string("/home/mine"), mine_steps },
    { ngx_string("/inbox/send"), send_steps },
    { ngx_string("/inbox/got"), got_steps },
    { ngx_string("/counter"), counter_steps },
    { ngx_string("/now"), now_steps },
    { ngx_null_string, NULL }
};
