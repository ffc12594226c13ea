/*
 * cache: answers that everybody gets alike, kept by a worker for a moment.
 *
 * What may be kept is what any cache on the way may keep: rows that say so,
 * asked by somebody who said nothing of who he is.  A place has one answer; a
 * question that falls to the place of another takes it over.
 */

#include "api/cache.h"


#define CACHE_PLACES  256
#define CACHE_LARGEST 65536              /* of an answer, in bytes */


typedef struct {
    ngx_str_t    question;
    ngx_str_t    body;
    ngx_str_t    type;
    ngx_str_t    etag;
    ngx_msec_t   since;
    unsigned     asked:1;                /* somebody fetches a new one */
} cache_answer_t;


static cache_answer_t **cache_place(const ngx_str_t *question);
static ngx_int_t cache_question(ngx_http_request_t *r,
    const gavel_call_t *call, ngx_str_t *question);
static ngx_int_t cache_text(ngx_pool_t *pool, ngx_str_t *to,
    const ngx_str_t *from);


ngx_msec_t  gavel_cache_time;

static cache_answer_t  *cache_answers[CACHE_PLACES];


ngx_uint_t
gavel_cache_allowed(const gavel_call_t *call)
{
    const gavel_outcome_t  *o = &call->flow.outcome;

    return o->code == GAVEL_OK && !o->no_store && call->identity.user == 0
           && call->command && (call->command->flags & GAVEL_CMD_HOT);
}


/* Nobody who shows a token or a cookie is told what was kept for others. */

static ngx_uint_t
cache_concerns(ngx_http_request_t *r, const gavel_call_t *call)
{
    return gavel_cache_time && r->method == NGX_HTTP_GET
           && r->headers_in.authorization == NULL && !call->cookies
           && gavel_cache_allowed(call);
}


ngx_uint_t
gavel_cache_find(ngx_http_request_t *r, gavel_call_t *call)
{
    ngx_str_t         question;
    ngx_msec_t        age;
    cache_answer_t   *a;
    gavel_outcome_t  *o = &call->flow.outcome;

    if (!cache_concerns(r, call)
        || cache_question(r, call, &question) != NGX_OK)
    {
        return 0;
    }

    a = *cache_place(&question);

    if (a == NULL || a->question.len != question.len
        || ngx_memcmp(a->question.data, question.data, question.len) != 0)
    {
        return 0;
    }

    age = ngx_current_msec - a->since;

    if (age >= gavel_cache_time && (!a->asked || age >= 2 * gavel_cache_time))
    {
        a->asked = 1;
        return 0;
    }

    if (cache_text(r->pool, &o->body, &a->body) != NGX_OK
        || cache_text(r->pool, &o->type, &a->type) != NGX_OK
        || cache_text(r->pool, &o->etag, &a->etag) != NGX_OK)
    {
        ngx_memzero(o, sizeof(gavel_outcome_t));
        return 0;
    }

    return 1;
}


/* One allocation: the answer, then its texts. */

void
gavel_cache_keep(ngx_http_request_t *r, const gavel_call_t *call)
{
    size_t                  size;
    u_char                 *p;
    ngx_str_t               question;
    cache_answer_t         *a, **place;
    const gavel_outcome_t  *o = &call->flow.outcome;

    if (!cache_concerns(r, call) || o->body.len == 0 || o->cookies || o->more
        || o->location.len || o->file.len
        || (o->status != 0 && o->status != NGX_HTTP_OK)
        || cache_question(r, call, &question) != NGX_OK)
    {
        return;
    }

    size = question.len + o->body.len + o->type.len + o->etag.len;

    if (size > CACHE_LARGEST) {
        return;
    }

    a = ngx_alloc(sizeof(cache_answer_t) + size, r->connection->log);
    if (a == NULL) {
        return;
    }

    p = (u_char *) (a + 1);

    a->since = ngx_current_msec;
    a->asked = 0;

#define CACHE_KEEP(field, text)                                               \
    a->field.data = p;                                                        \
    a->field.len = (text).len;                                                \
    p = ngx_cpymem(p, (text).data, (text).len)

    CACHE_KEEP(question, question);
    CACHE_KEEP(body, o->body);
    CACHE_KEEP(type, o->type);
    CACHE_KEEP(etag, o->etag);

#undef CACHE_KEEP

    place = cache_place(&question);

    if (*place) {
        ngx_free(*place);
    }

    *place = a;
}


static cache_answer_t **
cache_place(const ngx_str_t *question)
{
    return &cache_answers[ngx_murmur_hash2(question->data, question->len)
                          % CACHE_PLACES];
}


/* What answers differ by: the path, what follows it, the language, and where
 * links in them lead. */

static ngx_int_t
cache_question(ngx_http_request_t *r, const gavel_call_t *call,
    ngx_str_t *question)
{
    u_char  *p;

    p = ngx_pnalloc(r->pool, call->locale.len + call->host.len + r->uri.len
                             + r->args.len + sizeof("s\0\0\0") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    question->data = p;

    *p++ = call->secure ? 's' : '-';
    p = ngx_cpymem(p, call->locale.data, call->locale.len);
    *p++ = '\0';
    p = ngx_cpymem(p, call->host.data, call->host.len);
    *p++ = '\0';
    p = ngx_cpymem(p, r->uri.data, r->uri.len);
    *p++ = '\0';
    p = ngx_cpymem(p, r->args.data, r->args.len);

    question->len = p - question->data;

    return NGX_OK;
}


static ngx_int_t
cache_text(ngx_pool_t *pool, ngx_str_t *to, const ngx_str_t *from)
{
    if (from->len == 0) {
        return NGX_OK;
    }

    to->data = ngx_pnalloc(pool, from->len);
    if (to->data == NULL) {
        return NGX_ERROR;
    }

    to->len = from->len;
    ngx_memcpy(to->data, from->data, from->len);

    return NGX_OK;
}
