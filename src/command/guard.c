/*
 * guard: may this caller make this call at all?
 *
 * What needs no auction and no database: how often, who, and whether a
 * browser was tricked into it.  Rights within an auction are the engine's.
 */

#include "command/guard.h"
#include "auth/standing.h"
#include "cluster/cluster.h"

#define GAVEL_RATE_WINDOW  60000     /* ms */


typedef struct {
    const char  *name;
    uint64_t     limit;              /* in a minute; 0: none */
    unsigned     by_user:1;          /* else by address always */
} gavel_rate_class_t;


static gavel_code_t gavel_guard_rate(gavel_call_t *call);
static gavel_code_t gavel_guard_standing(gavel_call_t *call);
static gavel_code_t gavel_guard_role(gavel_call_t *call);
static gavel_code_t gavel_guard_csrf(gavel_call_t *call);


/* By gavel_rate_t. */

static const gavel_rate_class_t  gavel_rate_classes[] = {
    { "general", 100, 1 },
    { "auth",    20,  0 },
    { "bid",     600, 1 },
    { "chat",    120, 1 },
    { "search",  30,  1 },
    { "none",    0,   0 }
};


ngx_uint_t  gavel_rate_limits = 1;


gavel_code_t
gavel_guard(gavel_call_t *call)
{
    gavel_code_t  code;

    code = gavel_guard_rate(call);

    if (code == GAVEL_OK) {
        code = gavel_guard_standing(call);
    }

    if (code == GAVEL_OK) {
        code = gavel_guard_role(call);
    }

    return (code == GAVEL_OK) ? gavel_guard_csrf(call) : code;
}


static gavel_code_t
gavel_guard_rate(gavel_call_t *call)
{
    u_char                     buf[128], net[NGX_INET6_ADDRSTRLEN], *p;
    ngx_str_t                  key, address;
    const gavel_rate_class_t  *rate;

    rate = &gavel_rate_classes[call->command->rate];

    if (!gavel_rate_limits || rate->limit == 0) {
        return GAVEL_OK;
    }

    if (rate->by_user && call->identity.user) {
        p = ngx_snprintf(buf, sizeof(buf), "%s:u%uL", rate->name,
                         call->identity.user);

    } else {
        address = gavel_guard_address(&call->address, net);
        p = ngx_snprintf(buf, sizeof(buf), "%s:a%V", rate->name, &address);
    }

    key.data = buf;
    key.len = p - buf;

    if (gavel_counter_hit(&key) <= rate->limit) {
        return GAVEL_OK;
    }

    call->flow.outcome.retry_ms = GAVEL_RATE_WINDOW;

    return GAVEL_rate_limited;
}


ngx_str_t
gavel_guard_address(const ngx_str_t *address, u_char *buf)
{
    ngx_str_t        net;
    struct in6_addr  ip;

    if (ngx_inet6_addr(address->data, address->len, ip.s6_addr) != NGX_OK) {
        return *address;
    }

    net.data = buf;

    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
        net.len = ngx_inet_ntop(AF_INET, &ip.s6_addr[12], buf,
                                NGX_INET6_ADDRSTRLEN);
        return net;
    }

    ngx_memzero(&ip.s6_addr[8], 8);
    net.len = ngx_inet_ntop(AF_INET6, &ip, buf, NGX_INET6_ADDRSTRLEN);

    return net;
}


/* Whose token does not hold any more may look, as guests do. */

static gavel_code_t
gavel_guard_standing(gavel_call_t *call)
{
    gavel_code_t  code;

    code = gavel_standing(&call->identity);

    if (code != GAVEL_OK && call->command->who == GAVEL_BY_GUEST) {
        ngx_memzero(&call->identity, sizeof(gavel_identity_t));
        return GAVEL_OK;
    }

    return code;
}


static gavel_code_t
gavel_guard_role(gavel_call_t *call)
{
    ngx_uint_t  roles;

    if (call->command->who == GAVEL_BY_GUEST) {
        return GAVEL_OK;
    }

    if (call->identity.user == 0) {
        return GAVEL_not_authenticated;
    }

    roles = call->identity.roles;

    switch (call->command->who) {

    case GAVEL_BY_SELLER:
        return (roles & (GAVEL_ROLE_SELLER|GAVEL_ROLE_ADMIN))
               ? GAVEL_OK : GAVEL_not_authorized;

    case GAVEL_BY_ADMIN:
        return (roles & GAVEL_ROLE_ADMIN) ? GAVEL_OK : GAVEL_not_authorized;

    default:
        return GAVEL_OK;
    }
}


/* A browser sends its cookies by itself; only our own pages know the token. */

static gavel_code_t
gavel_guard_csrf(gavel_call_t *call)
{
    if (!call->identity.cookie || !call->unsafe
        || (call->command->flags & GAVEL_CMD_NO_CSRF)
        || gavel_csrf_valid(&call->identity, &call->csrf))
    {
        return GAVEL_OK;
    }

    return GAVEL_csrf;
}
