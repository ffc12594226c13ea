/*
 * body: reads the body of a request into memory, at most so many bytes.
 *
 * nginx hands the body over piece by piece, so that a body that is too large
 * is noticed as soon as it is, whether or not it said its length; nothing
 * touches a disk, and a client that is too slow hears of it in our own words.
 */

#include "api/api.h"
#include "api/body.h"


static void body_started(ngx_http_request_t *r);
static void body_more(ngx_http_request_t *r);
static ngx_int_t body_take(ngx_http_request_t *r, gavel_body_t *body);
static ngx_int_t body_grow(ngx_http_request_t *r, gavel_body_t *body,
    size_t size);


ngx_int_t
gavel_body_read(ngx_http_request_t *r, gavel_body_t *body)
{
    ngx_int_t  rc;

    if (r->headers_in.content_length_n > (off_t) body->max) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    r->request_body_no_buffering = 1;

    rc = ngx_http_read_client_request_body(r, body_started);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void
body_started(ngx_http_request_t *r)
{
    body_more(r);
}


static void
body_more(ngx_http_request_t *r)
{
    ngx_int_t      rc;
    gavel_body_t  *body;

    body = ngx_http_get_module_ctx(r, ngx_http_gavel_module);

    for ( ;; ) {
        rc = body_take(r, body);

        if (rc != NGX_OK || !r->reading_body) {
            break;
        }

        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            break;
        }

        if (rc == NGX_AGAIN && r->request_body->bufs == NULL) {
            r->read_event_handler = body_more;
            return;
        }
    }

    r->read_event_handler = ngx_http_block_reading;

    body->ready(r, rc);
}


/* Takes what has arrived and gives the buffers back; but a body that somebody
 * had read before, as `mirror` does, is his, and may be in a file. */

static ngx_int_t
body_take(ngx_http_request_t *r, gavel_body_t *body)
{
    size_t        n;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;
        n = ngx_buf_size(b);

        if (n > body->max - body->text.len) {
            return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        }

        if (body_grow(r, body, body->text.len + n) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (ngx_buf_in_memory(b)) {
            ngx_memcpy(body->text.data + body->text.len, b->pos, n);

        } else if (n && ngx_read_file(b->file, body->text.data
                                               + body->text.len, n,
                                      b->file_pos)
                        != (ssize_t) n)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        body->text.len += n;

        if (r->request_body_no_buffering) {
            b->pos = b->last;
        }
    }

    if (r->request_body_no_buffering) {
        r->request_body->bufs = NULL;
    }

    return NGX_OK;
}


static ngx_int_t
body_grow(ngx_http_request_t *r, gavel_body_t *body, size_t size)
{
    u_char  *p;

    if (size <= body->size) {
        return NGX_OK;
    }

    if (body->size == 0 && r->headers_in.content_length_n > (off_t) size) {
        size = r->headers_in.content_length_n;
    }

    size = ngx_max(size, 2 * body->size);

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, body->text.data, body->text.len);

    body->text.data = p;
    body->size = size;

    return NGX_OK;
}
