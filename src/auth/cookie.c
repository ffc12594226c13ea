/*
 * cookie: what browsers are given to keep of a session, and what they show of
 * it.
 *
 * A browser may show several cookies of one name: of another path, of the
 * domain above, of an installation that was here before.  Which of them is
 * ours only their values tell.
 */

#include "auth/keys.h"
#include "auth/standing.h"

#define GAVEL_REFRESH_PATH   "/api/v1/auth"


static ngx_uint_t cookie_line(const ngx_str_t *line, const char *name,
    ngx_str_t *values, ngx_uint_t room);
static ngx_int_t gavel_cookie_add(ngx_pool_t *pool, ngx_array_t **cookies,
    const char *name, const ngx_str_t *value, const char *rest, time_t age);


ngx_uint_t
gavel_cookies_read(ngx_list_t *headers, const char *name,
    ngx_str_t values[GAVEL_COOKIE_TRIES])
{
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    n = 0;

    for (part = &headers->part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == sizeof("cookie") - 1
                && ngx_strncasecmp(h[i].key.data, (u_char *) "cookie",
                                   sizeof("cookie") - 1)
                   == 0)
            {
                n += cookie_line(&h[i].value, name, values + n,
                                 GAVEL_COOKIE_TRIES - n);
            }
        }
    }

    return n;
}


/* "a=1; name=2": the values of this name that are not empty, and for which
 * there is room. */

static ngx_uint_t
cookie_line(const ngx_str_t *line, const char *name, ngx_str_t *values,
    ngx_uint_t room)
{
    u_char      *p, *last, *end;
    size_t       len;
    ngx_uint_t   n;

    n = 0;
    len = ngx_strlen(name);
    last = line->data + line->len;

    for (p = line->data; p < last && n < room; p = end + 1) {
        end = ngx_strlchr(p, last, ';');
        end = end ? end : last;

        while (p < end && *p == ' ') {
            p++;
        }

        if ((size_t) (end - p) > len + 1 && p[len] == '='
            && ngx_strncmp(p, name, len) == 0)
        {
            values[n].data = p + len + 1;
            values[n].len = end - values[n].data;
            n++;
        }
    }

    return n;
}


ngx_uint_t
gavel_cookie_identity(ngx_list_t *headers, gavel_identity_t *id)
{
    ngx_str_t         values[GAVEL_COOKIE_TRIES];
    ngx_uint_t        i, n;
    gavel_identity_t  shown;

    ngx_memzero(id, sizeof(gavel_identity_t));

    n = gavel_cookies_read(headers, GAVEL_COOKIE_ACCESS, values);

    for (i = 0; i < n; i++) {
        ngx_memzero(&shown, sizeof(gavel_identity_t));

        if (gavel_token_verify(&values[i], &shown) != GAVEL_OK) {
            continue;
        }

        shown.cookie = 1;

        if (gavel_standing(&shown) == GAVEL_OK) {
            *id = shown;
            break;
        }

        if (id->user == 0) {
            *id = shown;                   /* why not is told to him */
        }
    }

    return id->user != 0;
}


ngx_int_t
gavel_cookies_set(ngx_pool_t *pool, ngx_array_t **cookies,
    const ngx_str_t *access, const ngx_str_t *refresh, const ngx_str_t *csrf)
{
    time_t  lifetime;

    lifetime = gavel_refresh_lifetime();

    if (gavel_cookie_add(pool, cookies, GAVEL_COOKIE_ACCESS, access,
                         "; Path=/; HttpOnly", gavel_access_lifetime())
        != NGX_OK
        || gavel_cookie_add(pool, cookies, GAVEL_COOKIE_REFRESH, refresh,
                            "; Path=" GAVEL_REFRESH_PATH "; HttpOnly",
                            lifetime)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_cookie_add(pool, cookies, GAVEL_COOKIE_CSRF, csrf,
                            "; Path=/", lifetime);
}


ngx_int_t
gavel_cookies_clear(ngx_pool_t *pool, ngx_array_t **cookies)
{
    ngx_str_t  none;

    ngx_str_null(&none);

    if (gavel_cookie_add(pool, cookies, GAVEL_COOKIE_ACCESS, &none,
                         "; Path=/; HttpOnly", 0)
        != NGX_OK
        || gavel_cookie_add(pool, cookies, GAVEL_COOKIE_REFRESH, &none,
                            "; Path=" GAVEL_REFRESH_PATH "; HttpOnly", 0)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return gavel_cookie_add(pool, cookies, GAVEL_COOKIE_CSRF, &none,
                            "; Path=/", 0);
}


static ngx_int_t
gavel_cookie_add(ngx_pool_t *pool, ngx_array_t **cookies, const char *name,
    const ngx_str_t *value, const char *rest, time_t age)
{
    size_t      len;
    ngx_str_t  *cookie;

    if (*cookies == NULL) {
        *cookies = ngx_array_create(pool, 3, sizeof(ngx_str_t));
        if (*cookies == NULL) {
            return NGX_ERROR;
        }
    }

    cookie = ngx_array_push(*cookies);
    if (cookie == NULL) {
        return NGX_ERROR;
    }

    len = ngx_strlen(name) + 1 + value->len + ngx_strlen(rest)
          + sizeof("; SameSite=Strict; Max-Age=; Secure") + NGX_TIME_T_LEN;

    cookie->data = ngx_pnalloc(pool, len);
    if (cookie->data == NULL) {
        return NGX_ERROR;
    }

    cookie->len = ngx_snprintf(cookie->data, len,
                               "%s=%V%s; SameSite=Strict; Max-Age=%T%s",
                               name, value, rest, age,
                               gavel_auth->conf.cookie_secure ? "; Secure"
                                                              : "")
                  - cookie->data;

    return NGX_OK;
}


ngx_uint_t
gavel_cookies_secure(void)
{
    return gavel_auth->conf.cookie_secure;
}
