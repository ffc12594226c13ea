/*
 * router: a static tree of path segments, built at configuration.
 *
 * Everything under /api/v1 is one tree, what stands at the root (patterns
 * that begin with "//") another.  S3's paths, /api/x/, are the same tree: the
 * prefix without "v1" and a slash at the end mean nothing, unless a pattern
 * at the root ("//api/x") says what S3 means by it.  A literal segment
 * wins over {id}, and an id is digits only, so that a word never becomes a
 * lookup; only a {token} may be any word.
 */

#include "api/api.h"
#include "api/router.h"


#define ROUTE_METHODS  6

typedef struct route_node_s  route_node_t;

struct route_node_s {
    ngx_str_t        segment;
    route_node_t    *next;               /* sibling */
    route_node_t    *child;
    route_node_t    *capture;            /* the child that is {id} */
    ngx_uint_t       allow;
    gavel_route_t   *routes[ROUTE_METHODS];
};

struct gavel_routes_s {
    route_node_t     api;
    route_node_t     root;
};

typedef struct {
    ngx_uint_t       method;
    gavel_route_t    route;
} route_entry_t;


static const ngx_uint_t  methods[ROUTE_METHODS] = {
    NGX_HTTP_GET, NGX_HTTP_POST, NGX_HTTP_PUT, NGX_HTTP_PATCH,
    NGX_HTTP_DELETE, NGX_HTTP_HEAD
};

static ngx_array_t  *entries;            /* of route_entry_t: configuration */


static ngx_uint_t
method_index(ngx_uint_t method)
{
    ngx_uint_t  i;

    for (i = 0; i < ROUTE_METHODS; i++) {
        if (methods[i] == method) {
            return i;
        }
    }

    return ROUTE_METHODS;
}


/* Takes the next segment off a path; empty ones mean nothing. */

static ngx_uint_t
next_segment(u_char **p, u_char *last, ngx_str_t *segment)
{
    while (*p < last && **p == '/') {
        (*p)++;
    }

    segment->data = *p;

    while (*p < last && **p != '/') {
        (*p)++;
    }

    segment->len = *p - segment->data;

    return segment->len != 0;
}


static route_node_t *
node_child(route_node_t *node, const ngx_str_t *segment)
{
    route_node_t  *child;

    for (child = node->child; child; child = child->next) {
        if (child->segment.len == segment->len
            && ngx_memcmp(child->segment.data, segment->data, segment->len)
               == 0)
        {
            return child;
        }
    }

    return NULL;
}


static route_node_t *
node_add(ngx_conf_t *cf, route_node_t *node, const ngx_str_t *segment)
{
    route_node_t  *child;

    child = segment->data[0] == '{' ? node->capture
                                    : node_child(node, segment);
    if (child != NULL) {
        return child;
    }

    child = ngx_pcalloc(cf->pool, sizeof(route_node_t));
    if (child == NULL) {
        return NULL;
    }

    child->segment = *segment;

    if (segment->data[0] == '{') {
        node->capture = child;

    } else {
        child->next = node->child;
        node->child = child;
    }

    return child;
}


static ngx_int_t
route_add(ngx_conf_t *cf, ngx_uint_t method, const gavel_route_t *route)
{
    u_char         *p, *last;
    ngx_str_t       segment;
    ngx_uint_t      i;
    route_node_t   *node;
    route_entry_t  *entry;

    i = method_index(method);

    if (i == ROUTE_METHODS) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "route \"%s\" has no method", route->path);
        return NGX_ERROR;
    }

    entry = ngx_array_push(entries);
    if (entry == NULL) {
        return NGX_ERROR;
    }

    entry->method = method;
    entry->route = *route;

    p = (u_char *) route->path;
    last = p + ngx_strlen(p);
    node = ngx_strncmp(p, "//", 2) == 0 ? &gavel_api->routes->root
                                        : &gavel_api->routes->api;

    while (next_segment(&p, last, &segment)) {
        node = node_add(cf, node, &segment);
        if (node == NULL) {
            return NGX_ERROR;
        }
    }

    if (node->routes[i] != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "route \"%s\" is that of \"%s\" already",
                           route->path, node->routes[i]->command->name);
        return NGX_ERROR;
    }

    node->routes[i] = ngx_palloc(cf->pool, sizeof(gavel_route_t));
    if (node->routes[i] == NULL) {
        return NGX_ERROR;
    }

    *node->routes[i] = *route;
    node->allow |= method;

    if (method == NGX_HTTP_GET) {
        node->allow |= NGX_HTTP_HEAD;
    }

    return NGX_OK;
}


ngx_int_t
gavel_router_create(ngx_conf_t *cf)
{
    ngx_uint_t               i, n;
    gavel_route_t            route;
    const gavel_command_t  **all;

    gavel_api->routes = ngx_pcalloc(cf->pool, sizeof(struct gavel_routes_s));
    entries = ngx_array_create(cf->pool, 128, sizeof(route_entry_t));

    if (gavel_api->routes == NULL || entries == NULL) {
        return NGX_ERROR;
    }

    n = gavel_commands(&all);

    for (i = 0; i < n; i++) {
        if (all[i]->method == 0) {
            continue;
        }

        route.command = all[i];
        route.path = all[i]->path;
        route.defaults = NULL;

        if (route_add(cf, all[i]->method, &route) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
gavel_router_alias(ngx_conf_t *cf, const gavel_alias_t *alias)
{
    gavel_route_t  route;

    for ( /* void */ ; alias->path; alias++) {
        route.command = gavel_command_by_name(alias->name);
        route.path = alias->path;
        route.defaults = alias->defaults;

        if (route.command == NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "alias \"%s\" names no command \"%s\"",
                               alias->path, alias->name);
            return NGX_ERROR;
        }

        if (route_add(cf, alias->method, &route) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
may_capture(const route_node_t *node, const ngx_str_t *segment)
{
    size_t  i;

    if (node->segment.len == 7
        && ngx_memcmp(node->segment.data, "{token}", 7) == 0)
    {
        return 1;
    }

    for (i = 0; i < segment->len; i++) {
        if (segment->data[i] < '0' || segment->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


/* /api/v1/x and /api/x are x of the one tree: NGX_DECLINED of all else;
 * *bare: it was /api/x */

static ngx_int_t
skip_prefix(u_char **p, u_char *last, ngx_uint_t *bare)
{
    u_char     *after;
    ngx_str_t   segment;

    after = *p;

    if (!next_segment(&after, last, &segment)
        || segment.len != 3 || ngx_memcmp(segment.data, "api", 3) != 0)
    {
        return NGX_DECLINED;
    }

    *p = after;
    *bare = !(next_segment(&after, last, &segment)
              && segment.len == 2 && ngx_memcmp(segment.data, "v1", 2) == 0);

    if (!*bare) {
        *p = after;
    }

    return NGX_OK;
}


static void
find_in(route_node_t *node, ngx_uint_t method, u_char *p, u_char *last,
    gavel_match_t *m)
{
    ngx_str_t      segment;
    ngx_uint_t     i;
    route_node_t  *child;

    m->route = NULL;
    m->allow = 0;
    m->ncaptures = 0;

    while (next_segment(&p, last, &segment)) {
        child = node_child(node, &segment);

        if (child == NULL && node->capture
            && may_capture(node->capture, &segment)
            && m->ncaptures < GAVEL_ROUTE_CAPTURES)
        {
            child = node->capture;
            m->captures[m->ncaptures++] = segment;
        }

        if (child == NULL) {
            return;
        }

        node = child;
    }

    m->allow = node->allow;

    i = method_index(method == NGX_HTTP_HEAD ? NGX_HTTP_GET : method);

    if (i < ROUTE_METHODS) {
        m->route = node->routes[i];
    }
}


void
gavel_router_find(ngx_uint_t method, const ngx_str_t *uri, gavel_match_t *m)
{
    u_char      *p, *last;
    ngx_uint_t   bare;

    p = uri->data;
    last = p + uri->len;

    if (skip_prefix(&p, last, &bare) != NGX_OK) {
        find_in(&gavel_api->routes->root, method, p, last, m);
        return;
    }

    if (bare) {
        find_in(&gavel_api->routes->root, method, uri->data, last, m);

        if (m->route) {
            return;
        }
    }

    find_in(&gavel_api->routes->api, method, p, last, m);
}


void
gavel_router_each(void (*f)(ngx_uint_t method, const gavel_route_t *route,
    void *data), void *data)
{
    ngx_uint_t      i;
    route_entry_t  *entry;

    entry = entries->elts;

    for (i = 0; i < entries->nelts; i++) {
        f(entry[i].method, &entry[i].route, data);
    }
}


ngx_str_t
gavel_route_name(const gavel_route_t *route, ngx_uint_t n)
{
    u_char     *p, *last;
    ngx_str_t   segment;

    p = (u_char *) route->path;
    last = p + ngx_strlen(p);

    while (next_segment(&p, last, &segment)) {
        if (segment.data[0] == '{' && n-- == 0) {
            segment.data++;
            segment.len -= 2;
            return segment;
        }
    }

    ngx_str_null(&segment);

    return segment;
}
