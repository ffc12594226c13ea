/*
 * connection: the life of one connection to Redis through hiredis 0.14.
 *
 * hiredis has no timers here, frees its context by itself when the connection
 * breaks, and tells a failed connect in another way than a lost connection.
 * All of that meets in one place, ev.cleanup, which runs in each case and
 * before the descriptor is closed.  Nothing is freed from within a callback:
 * what goes wrong there is posted.
 *
 * A connection is up when Redis has answered a PING behind AUTH, SELECT and
 * ROLE: before that it may be loading, refuse us, or be a replica.
 */

#include "redis/internal.h"


#define REDIS_BACKOFF_MIN   100   /* ms; pauses are a half to one and a half */
#define REDIS_BACKOFF_MAX  3000


static void conn_start(redis_conn_t *rc);
static redisAsyncContext *conn_open(redis_conn_t *rc);
static void conn_lost(redis_conn_t *rc, const char *why);
static void conn_greet(redis_conn_t *rc);
static ngx_int_t conn_greet_login(redis_conn_t *rc);
static ngx_int_t conn_greet_words(redis_conn_t *rc, redisCallbackFn *fn,
    const char *one, const char *two, const char *three);
static void conn_role(redisAsyncContext *ac, void *reply, void *data);
static void conn_greeted(redisAsyncContext *ac, void *reply, void *data);
static void conn_ponged(redisAsyncContext *ac, void *reply, void *data);
static void conn_connected(const redisAsyncContext *ac, int status);
static void conn_handler(void *data, ngx_uint_t what);
static void conn_timeout(redis_conn_t *rc);
static void conn_want(redis_conn_t *rc, ngx_uint_t mask);
static void conn_add_read(void *data);
static void conn_del_read(void *data);
static void conn_add_write(void *data);
static void conn_del_write(void *data);
static void conn_cleanup(void *data);
static void conn_retry_handler(ngx_event_t *ev);
static void conn_flush_handler(ngx_event_t *ev);
static void conn_broken_handler(ngx_event_t *ev);


void
redis_conn_init(redis_conn_t *rc)
{
    rc->ident[3] = (void *) -1;
    rc->state = REDIS_DOWN;
    rc->backoff = REDIS_BACKOFF_MIN;

    rc->retry.handler = conn_retry_handler;
    rc->retry.data = rc;
    rc->retry.log = redis_log;
    rc->retry.cancelable = 1;

    rc->flush.handler = conn_flush_handler;
    rc->flush.data = rc;
    rc->flush.log = redis_log;

    rc->broken.handler = conn_broken_handler;
    rc->broken.data = rc;
    rc->broken.log = redis_log;

    conn_start(rc);
}


static void
conn_start(redis_conn_t *rc)
{
    redisAsyncContext  *ac;

    if (redis_conf->path.len == 0 && redis_where(rc) != NGX_OK) {
        rc->waits = 1;
        ngx_add_timer(&rc->retry, REDIS_BACKOFF_MAX);
        return;
    }

    rc->waits = 0;
    ac = conn_open(rc);

    if (ac == NULL) {
        conn_lost(rc, "out of memory");
        return;
    }

    if (ac->err) {
        (void) ngx_cpystrn(rc->why, (u_char *) ac->errstr, sizeof(rc->why));
        redisAsyncFree(ac);
        conn_lost(rc, (char *) rc->why);
        return;
    }

    rc->fd = gavel_fd_attach(ac->c.fd, conn_handler, rc, redis_log);
    if (rc->fd == NULL) {
        redisAsyncFree(ac);
        conn_lost(rc, "worker_connections are not enough");
        return;
    }

    rc->ac = ac;
    rc->mask = 0;
    rc->state = REDIS_CONNECTING;
    rc->why[0] = '\0';

    ac->data = rc;
    ac->ev.data = rc;
    ac->ev.addRead = conn_add_read;
    ac->ev.delRead = conn_del_read;
    ac->ev.addWrite = conn_add_write;
    ac->ev.delWrite = conn_del_write;
    ac->ev.cleanup = conn_cleanup;

    gavel_fd_timeout(rc->fd, redis_conf->connect_timeout);

    /* waits for the descriptor to be writable */

    (void) redisAsyncSetConnectCallback(ac, conn_connected);
}


static redisAsyncContext *
conn_open(redis_conn_t *rc)
{
    u_char            path[NGX_MAX_PATH];
    const ngx_str_t  *from;

    if (redis_conf->path.len == 0) {
        return redisAsyncConnect((char *) rc->address, (int) rc->port);
    }

    from = &redis_conf->path;

    (void) ngx_cpystrn(path, from->data,
                       ngx_min(from->len + 1, sizeof(path)));

    return redisAsyncConnectUnix((char *) path);
}


/* The context is gone, or never was: tries again later. */

static void
conn_lost(redis_conn_t *rc, const char *why)
{
    ngx_uint_t     level;
    ngx_msec_t     pause;
    redis_state_t  old;

    old = rc->state;

    if (old == REDIS_CLOSED) {
        return;
    }

    rc->state = REDIS_DOWN;

    /* the first attempt of an outage, not each one */

    level = (rc->backoff == REDIS_BACKOFF_MIN) ? NGX_LOG_ERR : NGX_LOG_INFO;

    ngx_log_error(level, redis_log, 0, "gavel redis: %s: %s", rc->name, why);

    pause = rc->backoff / 2 + ngx_random() % rc->backoff;
    rc->backoff = ngx_min(rc->backoff * 2, REDIS_BACKOFF_MAX);

    ngx_add_timer(&rc->retry, pause);

    if (old == REDIS_UP) {
        rc->down(rc);

    } else {
        rc->turn++;
    }

    if (redis_conf->path.len == 0) {
        redis_where_doubt(rc);
    }
}


void
redis_conn_try(redis_conn_t *rc)
{
    if (!rc->waits || rc->state != REDIS_DOWN) {
        return;
    }

    if (rc->retry.timer_set) {
        ngx_del_timer(&rc->retry);
    }

    ngx_add_timer(&rc->retry, 1);
}


void
redis_conn_drop(redis_conn_t *rc, const char *why)
{
    if (rc->ac == NULL) {
        return;
    }

    (void) ngx_cpystrn(rc->why, (u_char *) why, sizeof(rc->why));

    redisAsyncFree(rc->ac);
}


void
redis_conn_break(redis_conn_t *rc, const char *why)
{
    if (rc->ac == NULL) {
        return;
    }

    (void) ngx_cpystrn(rc->why, (u_char *) why, sizeof(rc->why));

    ngx_post_event(&rc->broken, &ngx_posted_events);
}


void
redis_conn_close(redis_conn_t *rc)
{
    redis_state_t  old;

    old = rc->state;
    rc->state = REDIS_CLOSED;

    /* the last words of a worker, as far as the socket takes them */

    if (rc->ac && old == REDIS_UP) {
        redisAsyncHandleWrite(rc->ac);
    }

    if (rc->ac) {
        redisAsyncFree(rc->ac);
    }

    if (rc->retry.timer_set) {
        ngx_del_timer(&rc->retry);
    }

    if (rc->broken.posted) {
        ngx_delete_posted_event(&rc->broken);
    }
}


static void
conn_broken_handler(ngx_event_t *ev)
{
    redis_conn_t  *rc = ev->data;

    if (rc->ac) {
        redisAsyncFree(rc->ac);
    }
}


static void
conn_retry_handler(ngx_event_t *ev)
{
    ev->timedout = 0;

    conn_start(ev->data);
}


/* A failed connect ends in conn_cleanup(), too. */

static void
conn_connected(const redisAsyncContext *ac, int status)
{
    redis_conn_t  *rc = ac->data;

    if (status == REDIS_OK) {
        conn_greet(rc);
    }
}


static void
conn_greet(redis_conn_t *rc)
{
    rc->state = REDIS_GREETING;

    if (conn_greet_login(rc) != NGX_OK) {
        return;
    }

    if (conn_greet_words(rc, NULL, "CLIENT", "SETNAME", "gavel") != NGX_OK) {
        return;
    }

    if (rc != &redis_sentinel
        && conn_greet_words(rc, conn_role, "ROLE", NULL, NULL) != NGX_OK)
    {
        return;
    }

    (void) conn_greet_words(rc, conn_ponged, "PING", NULL, NULL);
}


static ngx_int_t
conn_greet_login(redis_conn_t *rc)
{
    u_char            db[NGX_INT_T_LEN + 1];
    const ngx_str_t  *password;

    password = (rc == &redis_sentinel) ? &redis_conf->sentinel_password
                                       : &redis_conf->password;

    if (password->len
        && conn_greet_words(rc, conn_greeted, "AUTH",
                            (char *) password->data, NULL) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (redis_conf->db == 0 || rc == &redis_sentinel) {
        return NGX_OK;
    }

    *ngx_sprintf(db, "%ui", redis_conf->db) = '\0';

    return conn_greet_words(rc, conn_greeted, "SELECT", (char *) db, NULL);
}


/* One to three words, which end with \0. */

static ngx_int_t
conn_greet_words(redis_conn_t *rc, redisCallbackFn *fn, const char *one,
    const char *two, const char *three)
{
    int          n;
    const char  *argv[3];

    argv[0] = one;
    argv[1] = two;
    argv[2] = three;
    n = (two == NULL) ? 1 : (three == NULL) ? 2 : 3;

    if (redisAsyncCommandArgv(rc->ac, fn, NULL, n, argv, NULL) != REDIS_OK) {
        redis_conn_break(rc, "command failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
conn_greeted(redisAsyncContext *ac, void *reply, void *data)
{
    redisReply    *r = reply;
    redis_conn_t  *rc = ac->data;

    if (r && r->type == REDIS_REPLY_ERROR) {
        redis_conn_break(rc, r->str);
    }
}


/* A replica takes no writes.  Who may not ask is believed. */

static void
conn_role(redisAsyncContext *ac, void *reply, void *data)
{
    redisReply    *r = reply;
    redis_conn_t  *rc = ac->data;

    if (r && r->type == REDIS_REPLY_ARRAY && r->elements
        && r->element[0]->type == REDIS_REPLY_STRING
        && ngx_strcmp(r->element[0]->str, "master") != 0)
    {
        redis_conn_break(rc, "it is a replica");
    }
}


static void
conn_ponged(redisAsyncContext *ac, void *reply, void *data)
{
    redisReply    *r = reply;
    redis_conn_t  *rc = ac->data;

    if (r == NULL || rc->broken.posted) {
        return;
    }

    if (r->type == REDIS_REPLY_ERROR) {
        redis_conn_break(rc, r->str);
        return;
    }

    if (rc->backoff != REDIS_BACKOFF_MIN) {
        ngx_log_error(NGX_LOG_NOTICE, redis_log, 0,
                      "gavel redis: %s: connected", rc->name);
    }

    rc->state = REDIS_UP;
    rc->backoff = REDIS_BACKOFF_MIN;
    rc->turn = (rc == &redis_sentinel) ? rc->turn : 0;
    redis_stats.connects++;

    gavel_fd_timeout(rc->fd, redis_conf->command_timeout);

    rc->up(rc);
}


/* Runs whenever hiredis gives its context up, with the descriptor still open:
 * the last thing that we hear of it. */

static void
conn_cleanup(void *data)
{
    redis_conn_t  *rc = data;

    if (rc->why[0] == '\0') {
        (void) ngx_cpystrn(rc->why,
                           (u_char *) (rc->ac->err ? rc->ac->errstr
                                                   : "closed"),
                           sizeof(rc->why));
    }

    gavel_fd_detach(rc->fd);
    rc->fd = NULL;
    rc->ac = NULL;

    if (rc->flush.posted) {
        ngx_delete_posted_event(&rc->flush);
    }

    if (rc->broken.posted) {
        ngx_delete_posted_event(&rc->broken);
    }

    conn_lost(rc, (char *) rc->why);
}


/* hiredis may free everything in its handlers: nothing follows them. */

static void
conn_handler(void *data, ngx_uint_t what)
{
    redis_conn_t  *rc = data;

    switch (what) {

    case GAVEL_FD_READ:
        redisAsyncHandleRead(rc->ac);
        return;

    case GAVEL_FD_WRITE:
        redisAsyncHandleWrite(rc->ac);
        return;

    case GAVEL_FD_TIMEOUT:
        conn_timeout(rc);
        return;

    case GAVEL_FD_ABORT:
        redis_conn_close(rc);
        return;
    }
}


static void
conn_timeout(redis_conn_t *rc)
{
    if (rc->state != REDIS_UP) {
        redis_stats.timeouts++;
        redis_conn_drop(rc, "connecting timed out");
        return;
    }

    gavel_fd_timeout(rc->fd, redis_conf->command_timeout);

    rc->sample(rc);
}


static void
conn_want(redis_conn_t *rc, ngx_uint_t mask)
{
    if (rc->mask == mask || rc->fd == NULL) {
        return;
    }

    rc->mask = mask;

    if (gavel_fd_want(rc->fd, mask) != NGX_OK) {
        redis_conn_break(rc, "event loop");
    }
}


static void
conn_add_read(void *data)
{
    redis_conn_t  *rc = data;

    conn_want(rc, rc->mask | GAVEL_FD_READ);
}


static void
conn_del_read(void *data)
{
    redis_conn_t  *rc = data;

    conn_want(rc, rc->mask & ~GAVEL_FD_READ);
}


/* What all of a turn say goes out at its end in one write.  What the socket
 * did not take then, and all before the connection is up, waits for it. */

static void
conn_add_write(void *data)
{
    redis_conn_t  *rc = data;

    if (rc->state != REDIS_UP || rc->flushing) {
        conn_want(rc, rc->mask | GAVEL_FD_WRITE);

    } else if (!(rc->mask & GAVEL_FD_WRITE)) {
        ngx_post_event(&rc->flush, &ngx_posted_events);
    }
}


static void
conn_flush_handler(ngx_event_t *ev)
{
    redis_conn_t  *rc = ev->data;

    rc->flushing = 1;
    redisAsyncHandleWrite(rc->ac);       /* which may end the connection */
    rc->flushing = 0;
}


static void
conn_del_write(void *data)
{
    redis_conn_t  *rc = data;

    conn_want(rc, rc->mask & ~GAVEL_FD_WRITE);
}
