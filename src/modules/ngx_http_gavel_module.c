/*
 * ngx_http_gavel_module: the locations in which Gavel answers.
 */

#include "modules/ngx_gavel.h"

#include "api/api.h"
#include "room/room.h"


typedef struct {
    ngx_http_handler_pt  handler;        /* of the location; NULL: not ours */
} ngx_http_gavel_loc_conf_t;


static ngx_int_t ngx_http_gavel_sse(ngx_http_request_t *r);
static void *ngx_http_gavel_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_gavel_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_gavel_location(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_command_t  ngx_http_gavel_commands[] = {

    { ngx_string("gavel_api"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_gavel_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      gavel_api_handler },

    { ngx_string("gavel_ws"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_gavel_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      gavel_ws_handler },

    { ngx_string("gavel_sse"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_http_gavel_location,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      ngx_http_gavel_sse },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_gavel_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */
    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */
    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */
    ngx_http_gavel_create_loc_conf,        /* create location configuration */
    ngx_http_gavel_merge_loc_conf          /* merge location configuration */
};


ngx_module_t  ngx_http_gavel_module = {
    NGX_MODULE_V1,
    &ngx_http_gavel_module_ctx,            /* module context */
    ngx_http_gavel_commands,               /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* What browsers ask before they follow is answered as anywhere else. */

static ngx_int_t
ngx_http_gavel_sse(ngx_http_request_t *r)
{
    return r->method == NGX_HTTP_OPTIONS ? gavel_api_handler(r)
                                         : gavel_sse_handler(r);
}


static void *
ngx_http_gavel_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_gavel_loc_conf_t));
}


/* limit_except is a location of its own to nginx, inside of ours. */

static char *
ngx_http_gavel_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_gavel_loc_conf_t *prev = parent;

    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->lmt_excpt && clcf->handler == NULL) {
        clcf->handler = prev->handler;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_gavel_location(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_gavel_loc_conf_t *glcf = conf;

    ngx_gavel_conf_t          *gcf;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler != NULL) {
        return "is duplicate";
    }

    glcf->handler = (ngx_http_handler_pt) cmd->post;
    clcf->handler = glcf->handler;

    gcf = ngx_http_conf_get_module_main_conf(cf, ngx_gavel);
    gcf->located = 1;

    return NGX_CONF_OK;
}
