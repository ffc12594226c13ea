/*
 * name: the addresses of one host, as nginx's resolver knows them.
 */

#include "core/name.h"


static ngx_resolver_t  *name_resolver;


void
gavel_name_resolver(ngx_resolver_t *resolver)
{
    name_resolver = resolver;

    /* what `http` inherits when it has no directive */

    if (resolver != NULL && resolver->connections.nelts == 0) {
        name_resolver = NULL;
    }
}


static ngx_uint_t
name_is_address(const ngx_str_t *host)
{
    u_char  ipv6[16];

    return ngx_inet_addr(host->data, host->len) != INADDR_NONE
           || ngx_inet6_addr(host->data, host->len, ipv6) == NGX_OK;
}


void
gavel_name_init(gavel_name_t *name, const ngx_str_t *host,
    const ngx_str_t *address, void (*done)(void *data), void *data)
{
    ngx_memzero(name, sizeof(gavel_name_t));

    name->host = *host;
    name->done = done;
    name->data = data;

    if (name_is_address(host)) {
        address = host;
    }

    if (address->len != 0 && address->len <= NGX_INET6_ADDRSTRLEN) {
        (void) ngx_cpystrn(name->addresses[0], address->data,
                           address->len + 1);
        name->n = 1;
    }
}


static ngx_int_t
name_order(const void *one, const void *two)
{
    return ngx_strcmp((const char *) one, (const char *) two);
}


/* nginx's resolver begins anywhere in its list each time.  Who tries one
 * address after the other needs an order that stays. */

static void
name_answer(ngx_resolver_ctx_t *ctx)
{
    size_t         len;
    ngx_uint_t     i, n;
    gavel_name_t  *name = ctx->data;

    name->ctx = NULL;

    /* what does not answer now may still have been right */

    if (ctx->state == NGX_OK && ctx->naddrs != 0) {
        n = ngx_min(ctx->naddrs, GAVEL_NAME_ADDRESSES);

        for (i = 0; i < n; i++) {
            len = ngx_sock_ntop(ctx->addrs[i].sockaddr, ctx->addrs[i].socklen,
                                name->addresses[i], NGX_INET6_ADDRSTRLEN, 0);
            name->addresses[i][len] = '\0';
        }

        ngx_sort(name->addresses, n, sizeof(name->addresses[0]), name_order);
        name->n = n;

    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "%V could not be resolved (%i: %s)", &ctx->name,
                      ctx->state, ngx_resolver_strerror(ctx->state));
    }

    ngx_resolve_name_done(ctx);

    if (!name->inside) {
        name->done(name->data);
    }
}


void
gavel_name_lookup(gavel_name_t *name, ngx_msec_t ms, ngx_log_t *log)
{
    ngx_resolver_ctx_t  *ctx;

    if (name_resolver == NULL || name->ctx != NULL || name->host.len == 0
        || name_is_address(&name->host))
    {
        return;
    }

    ctx = ngx_resolve_start(name_resolver, NULL);

    if (ctx == NULL || ctx == NGX_NO_RESOLVER) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "%V cannot be looked up",
                      &name->host);
        return;
    }

    ctx->name = name->host;
    ctx->handler = name_answer;
    ctx->data = name;
    ctx->timeout = ms;
    ctx->cancelable = 1;

    name->ctx = ctx;
    name->inside = 1;

    /* an answer from the cache comes from inside the call */

    if (ngx_resolve_name(ctx) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "%V cannot be looked up",
                      &name->host);
        name->ctx = NULL;
    }

    name->inside = 0;
}


ngx_uint_t
gavel_name_pending(const gavel_name_t *name)
{
    return name->ctx != NULL;
}


u_char *
gavel_name_address(gavel_name_t *name, ngx_uint_t turn)
{
    return name->n ? name->addresses[turn % name->n] : NULL;
}


void
gavel_name_forget(gavel_name_t *name)
{
    if (name->ctx != NULL) {
        ngx_resolve_name_done(name->ctx);
        name->ctx = NULL;
    }
}
