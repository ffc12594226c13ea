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
 *
 * and with "probe cluster 1;" those of cluster.c.
 */

#include "probe.h"
#include "cluster/cluster.h"


typedef struct {
    gavel_pg_conf_t       pg;
    gavel_pg_conf_t       replica;
    gavel_redis_conf_t    redis;
    ngx_uint_t            cluster;      /* is it there, too? */
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
    gavel_cluster_share,                   /* init module */
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
    PROBE_NUM("cluster", pc->cluster);

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

    if (gavel_redis_create(&pc->redis, cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    return pc->cluster ? probe_cluster_create(cycle) : NGX_OK;
}


static void
probe_exit_process(ngx_cycle_t *cycle)
{
    ngx_str_t  bye[] = { ngx_string("INCR"), ngx_string("probe:bye") };

    (void) gavel_redis_command(2, bye, NULL, NULL);

    probe_cluster_destroy();

    if (gavel_pg_replica != gavel_pg) {
        gavel_pg_destroy(gavel_pg_replica);
    }

    if (gavel_pg) {
        gavel_pg_destroy(gavel_pg);
    }

    gavel_redis_destroy();
}
