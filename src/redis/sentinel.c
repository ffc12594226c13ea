/*
 * sentinel: asks a sentinel, once per command_timeout and whenever Redis was
 * lost, which server is the master.  One that does not know, is silent, or
 * names a server that is none is left for the next.
 */

#include "redis/internal.h"


static void sentinel_up(redis_conn_t *rc);
static void sentinel_sample(redis_conn_t *rc);
static void sentinel_down(redis_conn_t *rc);
static void sentinel_answer(redisAsyncContext *ac, void *reply, void *data);


static ngx_uint_t  sentinel_unanswered;

redis_conn_t  redis_sentinel = {
    .name = "sentinel",
    .up = sentinel_up,
    .sample = sentinel_sample,
    .down = sentinel_down
};


void
redis_sentinel_ask(void)
{
    size_t         len[3];
    const char    *argv[3];
    redis_conn_t  *rc = &redis_sentinel;

    if (rc->ac == NULL || rc->state != REDIS_UP || sentinel_unanswered) {
        return;
    }

    argv[0] = "SENTINEL";
    len[0] = sizeof("SENTINEL") - 1;
    argv[1] = "get-master-addr-by-name";
    len[1] = sizeof("get-master-addr-by-name") - 1;
    argv[2] = (char *) redis_conf->master.data;
    len[2] = redis_conf->master.len;

    sentinel_unanswered = 1;

    if (redisAsyncCommandArgv(rc->ac, sentinel_answer, NULL, 3, argv, len)
        != REDIS_OK)
    {
        redis_conn_break(rc, "cannot ask");
    }
}


static void
sentinel_up(redis_conn_t *rc)
{
    sentinel_unanswered = 0;

    redis_sentinel_ask();
}


static void
sentinel_sample(redis_conn_t *rc)
{
    if (sentinel_unanswered) {
        redis_stats.timeouts++;
        redis_conn_drop(rc, "it is silent");
        return;
    }

    redis_sentinel_ask();
}


static void
sentinel_down(redis_conn_t *rc)
{
    rc->turn++;
}


static void
sentinel_answer(redisAsyncContext *ac, void *reply, void *data)
{
    ngx_int_t    port;
    ngx_str_t    host;
    redisReply  *r = reply;

    sentinel_unanswered = 0;

    if (r == NULL) {
        return;
    }

    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2
        || r->element[0]->type != REDIS_REPLY_STRING
        || r->element[1]->type != REDIS_REPLY_STRING)
    {
        redis_conn_break(&redis_sentinel,
                         r->type == REDIS_REPLY_ERROR
                         ? r->str : "it knows no master of this name");
        return;
    }

    host.data = (u_char *) r->element[0]->str;
    host.len = r->element[0]->len;
    port = ngx_atoi((u_char *) r->element[1]->str, r->element[1]->len);

    if (port > 0 && port < 65536) {
        redis_where_told(&host, port);
    }
}
