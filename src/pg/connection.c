/*
 * connection: the life of a lane's connection to PostgreSQL.
 *
 * libpq walks over hosts and addresses by itself, and its socket changes on
 * the way, often without changing its number: so nothing is registered while
 * PQconnectPoll() runs, and the descriptor is looked at anew behind it.
 * libpq ignores connect_timeout here and has no way to cancel that does not
 * block: whatever is silent for too long is closed and connected again, after
 * a pause with jitter.
 */

#include "pg/internal.h"


#define PG_BACKOFF_MIN    100     /* ms; pauses are a half to one and a half */
#define PG_BACKOFF_MAX   2000
#define PG_FIRST_PAUSE     50     /* ms, at most, when a connection was lost */
#define PG_PASSWORD_MAX  1024


/* Where the three lists of hosts go on, and how many they have. */

typedef struct {
    u_char      *name;
    u_char      *address;
    u_char      *port;
    ngx_uint_t   n;
} pg_list_t;


static void connection_start(pg_lane_t *lane);
static PGconn *connection_open(pg_lane_t *lane);
static ngx_int_t connection_hosts(pg_lane_t *lane, const char **values);
static void connection_host(pg_list_t *list, const gavel_pg_host_t *host,
    gavel_name_t *name);
static void connection_lookup(gavel_pg_t *pg);
static ngx_uint_t connection_looks(gavel_pg_t *pg);
static const char *connection_password(pg_lane_t *lane);
static const char *connection_text(pg_lane_t *lane, const ngx_str_t *text,
    const char *fallback);
static void connection_poll(pg_lane_t *lane);
static ngx_int_t connection_want(pg_lane_t *lane, ngx_uint_t mask);
static void connection_ready(pg_lane_t *lane);
static void connection_close(pg_lane_t *lane);
static void connection_down(pg_lane_t *lane);
static void connection_refuse(pg_lane_t *lane, ngx_queue_t *queue);
static void connection_handler(void *data, ngx_uint_t what);
static void connection_timeout(pg_lane_t *lane);
static void connection_retry_handler(ngx_event_t *ev);
static void connection_notice(void *data, const PGresult *res);


/* All moves of a lane; see pg_state_t. */

void
pg_lane_move(pg_lane_t *lane, pg_state_t state)
{
    pg_state_t  old;

    old = lane->state;

    if (old == PG_CLOSED) {
        return;
    }

    lane->state = state;

    switch (state) {

    case PG_CONNECTING:
        connection_close(lane);
        connection_start(lane);
        return;

    case PG_READY:
        connection_ready(lane);
        return;

    case PG_DRAINING:
        return;

    case PG_DOWN:
        lane->hopeful = (old == PG_READY || old == PG_DRAINING);
        lane->first_host += (old == PG_CONNECTING);
        connection_close(lane);
        connection_down(lane);
        connection_lookup(lane->pg);
        return;

    case PG_CLOSED:
        lane->hopeful = 0;
        lane->waits = 0;
        connection_close(lane);
        connection_refuse(lane, &lane->waiting);
        connection_refuse(lane, &lane->gathered);

        if (lane->retry.timer_set) {
            ngx_del_timer(&lane->retry);
        }

        return;
    }
}


void
pg_lane_lost(pg_lane_t *lane, const char *why)
{
    u_char       message[PG_MESSAGE];
    ngx_uint_t   level;
    gavel_pg_t  *pg = lane->pg;

    if (lane->state == PG_DOWN || lane->state == PG_CLOSED) {
        return;
    }

    pg_message(message, why);

    /* once for an outage, not for each lane and attempt */

    level = pg->away ? NGX_LOG_INFO : NGX_LOG_ERR;
    pg->away = 1;

    ngx_log_error(level, pg->log, 0, "gavel pg: %s: %s",
                  lane->state == PG_CONNECTING ? "cannot connect"
                                               : "connection lost",
                  message);

    pg_lane_move(lane, PG_DOWN);
}


static void
connection_start(pg_lane_t *lane)
{
    lane->pool = ngx_create_pool(4096, lane->pg->log);
    if (lane->pool == NULL) {
        pg_lane_lost(lane, "out of memory");
        return;
    }

    lane->conn = connection_open(lane);

    if (lane->conn == NULL) {
        pg_lane_lost(lane, "out of memory, or no password");
        return;
    }

    if (PQstatus(lane->conn) == CONNECTION_BAD) {
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    (void) PQsetNoticeReceiver(lane->conn, connection_notice, lane);

    /* libpq wants to be treated as if it had asked for writing */

    if (connection_want(lane, GAVEL_FD_WRITE) != NGX_OK) {
        pg_lane_lost(lane, "worker_connections are not enough");
    }
}


static PGconn *
connection_open(pg_lane_t *lane)
{
    u_char                 *p;
    char                   *options, *tcp;
    const gavel_pg_conf_t  *conf = lane->pg->conf;

    const char  *keys[] = {
        "host", "hostaddr", "port",
        "dbname", "user", "password", "sslmode", "sslrootcert",
        "target_session_attrs", "application_name", "options",
        "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "gssencmode", "client_encoding", NULL
    };

    const char  *values[sizeof(keys) / sizeof(keys[0])];

    options = ngx_pnalloc(lane->pool,
                          sizeof("-c jit=off -c statement_timeout=")
                          + NGX_INT_T_LEN);
    tcp = ngx_pnalloc(lane->pool, NGX_INT_T_LEN + 1);

    if (options == NULL || tcp == NULL
        || connection_hosts(lane, values) != NGX_OK)
    {
        return NULL;
    }

    /* no question is so long that compiling it first would pay */

    p = ngx_sprintf((u_char *) options, "-c jit=off -c statement_timeout=%M",
                    conf->statement_timeout);
    *p = '\0';

    p = ngx_sprintf((u_char *) tcp, "%M",
                    conf->statement_timeout + PG_TIMEOUT_GRACE);
    *p = '\0';

    values[3] = connection_text(lane, &conf->dbname, "gavel");
    values[4] = connection_text(lane, &conf->user, "gavel");
    values[5] = connection_password(lane);
    values[6] = connection_text(lane, &conf->sslmode, "disable");
    values[7] = connection_text(lane, &conf->sslrootcert, "");
    values[8] = connection_text(lane, &conf->target, "any");
    values[9] = connection_text(lane, &conf->application_name, "gavel");
    values[10] = options;
    values[11] = tcp;
    values[12] = "30";
    values[13] = "10";
    values[14] = "3";
    values[15] = "disable";
    values[16] = "UTF8";
    values[17] = NULL;

    if (values[5] == NULL) {
        return NULL;
    }

    return PQconnectStartParams(keys, values, 0);
}


/* The three lists, beginning with a different host after each failure: libpq
 * would stay with one that does not answer until our timeout.  A name that
 * means several addresses stands there once for each. */

static ngx_int_t
connection_hosts(pg_lane_t *lane, const char **values)
{
    size_t            len;
    ngx_uint_t        i, k, n;
    gavel_pg_t       *pg = lane->pg;
    pg_list_t         list;
    gavel_pg_host_t  *host;

    host = pg->conf->hosts->elts;
    n = pg->conf->hosts->nelts;

    for (len = 1, i = 0; i < n; i++) {
        len += (host[i].host.len + host[i].name.len + NGX_INET6_ADDRSTRLEN
                + NGX_INT_T_LEN) * GAVEL_NAME_ADDRESSES;
    }

    list.name = ngx_pcalloc(lane->pool, 3 * len);
    if (list.name == NULL) {
        return NGX_ERROR;
    }

    list.address = list.name + len;
    list.port = list.address + len;
    list.n = 0;

    values[0] = (char *) list.name;
    values[1] = (char *) list.address;
    values[2] = (char *) list.port;

    for (i = 0; i < n; i++) {
        k = (lane->first_host + i) % n;
        connection_host(&list, &host[k], &pg->names[k]);
    }

    return NGX_OK;
}


static void
connection_host(pg_list_t *list, const gavel_pg_host_t *host,
    gavel_name_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i == 0 || i < name->n; i++) {

        if (list->n++) {
            *list->name++ = ',';
            *list->address++ = ',';
            *list->port++ = ',';
        }

        if (name->n == 0) {
            list->name = ngx_cpymem(list->name, host->host.data,
                                    host->host.len);

        } else {
            list->name = ngx_cpymem(list->name, host->name.data,
                                    host->name.len);
            list->address = ngx_cpymem(list->address, name->addresses[i],
                                       ngx_strlen(name->addresses[i]));
        }

        list->port = ngx_sprintf(list->port, "%ui",
                                 host->port ? host->port : 5432);
    }
}


/* What was lost may have moved. */

static void
connection_lookup(gavel_pg_t *pg)
{
    ngx_uint_t  i;

    for (i = 0; i < pg->conf->hosts->nelts; i++) {
        gavel_name_lookup(&pg->names[i], pg->conf->connect_timeout, pg->log);
    }
}


static ngx_uint_t
connection_looks(gavel_pg_t *pg)
{
    ngx_uint_t  i;

    for (i = 0; i < pg->conf->hosts->nelts; i++) {
        if (gavel_name_pending(&pg->names[i])) {
            return 1;
        }
    }

    return 0;
}


void
pg_names_news(void *data)
{
    ngx_uint_t   i;
    gavel_pg_t  *pg = data;

    if (connection_looks(pg)) {
        return;
    }

    for (i = 0; i < pg->nlanes; i++) {
        if (pg->lanes[i].waits) {
            pg->lanes[i].waits = 0;
            pg_lane_move(&pg->lanes[i], PG_CONNECTING);
        }
    }
}


static const char *
connection_text(pg_lane_t *lane, const ngx_str_t *text, const char *fallback)
{
    u_char  *p;

    if (text->len == 0) {
        return fallback;
    }

    p = ngx_pnalloc(lane->pool, text->len + 1);
    if (p == NULL) {
        return fallback;
    }

    (void) ngx_cpystrn(p, text->data, text->len + 1);

    return (char *) p;
}


/* A file is read again for each connection, so that it can be changed without
 * a restart. */

static const char *
connection_password(pg_lane_t *lane)
{
    u_char                 *p;
    ssize_t                 n;
    ngx_fd_t                fd;
    const char             *path;
    const gavel_pg_conf_t  *conf = lane->pg->conf;

    if (conf->password_file.len == 0) {
        return connection_text(lane, &conf->password, "");
    }

    path = connection_text(lane, &conf->password_file, "");

    p = ngx_pnalloc(lane->pool, PG_PASSWORD_MAX);
    if (p == NULL) {
        return NULL;
    }

    fd = ngx_open_file(path, NGX_FILE_RDONLY|O_CLOEXEC, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ERR, lane->pg->log, ngx_errno,
                      ngx_open_file_n " \"%s\" failed", path);
        return NULL;
    }

    n = ngx_read_fd(fd, p, PG_PASSWORD_MAX - 1);
    (void) ngx_close_file(fd);

    while (n > 0 && (p[n - 1] == LF || p[n - 1] == CR)) {
        n--;
    }

    if (n < 0) {
        return NULL;
    }

    p[n] = '\0';

    return (char *) p;
}


static void
connection_poll(pg_lane_t *lane)
{
    ngx_int_t                  rc;
    PostgresPollingStatusType  status;

    if (gavel_fd_want(lane->fd, 0) != NGX_OK) {
        pg_lane_lost(lane, "event loop");
        return;
    }

    status = PQconnectPoll(lane->conn);

    switch (status) {

    case PGRES_POLLING_READING:
        rc = connection_want(lane, GAVEL_FD_READ);
        break;

    case PGRES_POLLING_WRITING:
        rc = connection_want(lane, GAVEL_FD_WRITE);
        break;

    case PGRES_POLLING_OK:
        rc = connection_want(lane, GAVEL_FD_READ);

        if (rc == NGX_OK) {
            pg_lane_move(lane, PG_READY);
            return;
        }

        break;

    default:
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    if (rc != NGX_OK) {
        pg_lane_lost(lane, "event loop");
    }
}


/* Registers libpq's socket of now; the timeout goes on. */

static ngx_int_t
connection_want(pg_lane_t *lane, ngx_uint_t mask)
{
    int         s;
    ngx_msec_t  since;

    s = PQsocket(lane->conn);

    if (s == -1) {
        return NGX_ERROR;
    }

    if (lane->fd && lane->socket != s) {
        gavel_fd_detach(lane->fd);
        lane->fd = NULL;
    }

    if (lane->fd == NULL) {
        lane->fd = gavel_fd_attach(s, connection_handler, lane,
                                   lane->pg->log);
        if (lane->fd == NULL) {
            return NGX_ERROR;
        }

        lane->socket = s;

        since = ngx_current_msec - lane->since;

        gavel_fd_timeout(lane->fd, since < lane->pg->conf->connect_timeout
                                   ? lane->pg->conf->connect_timeout - since
                                   : 1);
    }

    return gavel_fd_want(lane->fd, mask);
}


static void
connection_ready(pg_lane_t *lane)
{
    gavel_pg_t  *pg = lane->pg;

    gavel_fd_timeout(lane->fd, 0);
    lane->hopeful = 1;
    lane->up = ngx_current_msec;
    pg->stats.connects++;
    lane->ssl = PQsslInUse(lane->conn) ? PQsslStruct(lane->conn, "OpenSSL")
                                       : NULL;

    if (PQsetnonblocking(lane->conn, 1) != 0
        || PQenterPipelineMode(lane->conn) != 1)
    {
        pg_lane_lost(lane, PQerrorMessage(lane->conn));
        return;
    }

    if (pg->away) {
        pg->away = 0;
        ngx_log_error(NGX_LOG_NOTICE, pg->log, 0, "gavel pg: connected");
    }

    if (lane->bid && pg->on_connect) {
        pg->on_connect(pg->on_connect_data);
    }

    pg_lane_pump(lane);
}


/* The outcome of what was sent is unknown now. */

static void
connection_close(pg_lane_t *lane)
{
    pg_op_t      *op;
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&lane->sent)) {
        q = ngx_queue_head(&lane->sent);
        ngx_queue_remove(q);

        op = ngx_queue_data(q, pg_op_t, link);

        PQclear(op->op.res);
        op->op.res = NULL;

        if (op->prepare) {
            pg_op_recycle(op);
            continue;
        }

        lane->pending--;
        lane->pg->stats.lost++;

        pg_op_finish(op, GAVEL_PG_LOST);
    }

    if (lane->fd) {
        if (PQsocket(lane->conn) == -1) {
            gavel_fd_closed(lane->fd);
        }

        gavel_fd_detach(lane->fd);
        lane->fd = NULL;
    }

    if (lane->conn) {
        PQfinish(lane->conn);
        lane->conn = NULL;
    }

    if (lane->pool) {
        ngx_destroy_pool(lane->pool);
        lane->pool = NULL;
    }

    ngx_memzero(lane->statements, sizeof(lane->statements));

    lane->socket = -1;
    lane->ssl = NULL;
    lane->current = NULL;
    lane->culprit = NULL;
    lane->failed = 0;
    lane->stale = 0;
    lane->timer = 0;
    lane->since = ngx_current_msec;
}


static void
connection_down(pg_lane_t *lane)
{
    ngx_msec_t  pause;

    if (lane->hopeful
        && (lane->proven || ngx_current_msec - lane->up > PG_BACKOFF_MAX))
    {
        lane->backoff = PG_BACKOFF_MIN;
    }

    lane->proven = 0;

    if (lane->hopeful && lane->backoff == PG_BACKOFF_MIN) {
        pause = 1 + ngx_random() % PG_FIRST_PAUSE;

    } else {
        pause = lane->backoff / 2 + ngx_random() % lane->backoff;

        lane->hopeful = 0;
        connection_refuse(lane, &lane->waiting);
    }

    lane->backoff = ngx_min(lane->backoff * 2, PG_BACKOFF_MAX);

    ngx_add_timer(&lane->retry, pause);
}


static void
connection_refuse(pg_lane_t *lane, ngx_queue_t *queue)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(queue)) {
        q = ngx_queue_head(queue);
        ngx_queue_remove(q);

        lane->pending--;
        pg_op_refuse(ngx_queue_data(q, pg_op_t, link), GAVEL_PG_AWAY);
    }
}


static void
connection_handler(void *data, ngx_uint_t what)
{
    pg_lane_t  *lane = data;

    switch (what) {

    case GAVEL_FD_CLOSE:
        return;

    case GAVEL_FD_ABORT:
        pg_lane_move(lane, PG_CLOSED);
        return;

    case GAVEL_FD_TIMEOUT:
        connection_timeout(lane);
        return;
    }

    if (lane->state == PG_CONNECTING) {
        connection_poll(lane);

    } else if (what == GAVEL_FD_READ) {
        pg_lane_read(lane);

    } else {
        pg_lane_flush(lane);
    }
}


/* Samples the age of the oldest sync. */

static void
connection_timeout(pg_lane_t *lane)
{
    ngx_msec_t  age, limit;

    if (lane->state == PG_CONNECTING) {
        lane->pg->stats.timeouts++;
        pg_lane_lost(lane, "connecting timed out");
        return;
    }

    if (ngx_queue_empty(&lane->sent)) {
        lane->timer = 0;
        return;
    }

    age = ngx_current_msec - lane->since;
    limit = lane->pg->conf->statement_timeout + PG_TIMEOUT_GRACE;

    if (age < limit) {
        gavel_fd_timeout(lane->fd, limit - age);
        return;
    }

    /* Perhaps a primary that is none any more, and does not know: its commits
     * wait for a standby that was promoted.  Another host may be the one. */

    lane->first_host++;
    lane->pg->stats.timeouts++;
    pg_lane_lost(lane, "a statement timed out");
}


static void
connection_retry_handler(ngx_event_t *ev)
{
    pg_lane_t  *lane = ev->data;

    ev->timedout = 0;

    /* it has an end: the time for connecting */

    if (connection_looks(lane->pg)) {
        lane->waits = 1;
        return;
    }

    pg_lane_move(lane, PG_CONNECTING);
}


void
pg_lane_init(pg_lane_t *lane, gavel_pg_t *pg, ngx_uint_t bid)
{
    lane->ident[3] = (void *) -1;
    lane->pg = pg;
    lane->bid = bid ? 1 : 0;
    lane->hopeful = 1;
    lane->socket = -1;
    lane->backoff = PG_BACKOFF_MIN;

    ngx_queue_init(&lane->gathered);
    ngx_queue_init(&lane->waiting);
    ngx_queue_init(&lane->sent);

    lane->retry.handler = connection_retry_handler;
    lane->retry.data = lane;
    lane->retry.log = pg->log;
    lane->retry.cancelable = 1;

    pg_lane_move(lane, PG_CONNECTING);
}


static void
connection_notice(void *data, const PGresult *res)
{
    u_char      message[PG_MESSAGE];
    pg_lane_t  *lane = data;

    pg_message(message, PQresultErrorMessage(res));

    ngx_log_error(NGX_LOG_INFO, lane->pg->log, 0, "gavel pg: %s", message);
}
