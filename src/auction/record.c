/*
 * record: one committed event in memory, made once and counted by reference.
 */

#include "auction/host.h"


static u_char *
record_copy(u_char *p, ngx_str_t *to, const ngx_str_t *from)
{
    to->data = p;
    to->len = from->len;

    return ngx_cpymem(p, from->data, from->len);
}


host_record_t *
host_record(uint64_t id, const event_t *e, const ngx_str_t *public,
    const ngx_str_t *private, const u_char *nonce, const u_char *hash)
{
    u_char         *p;
    host_record_t  *r;

    r = ngx_alloc(sizeof(host_record_t) + public->len + private->len,
                  host.log);
    if (r == NULL) {
        return NULL;
    }

    ngx_memzero(r, sizeof(host_record_t));

    r->record.auction_id = id;
    r->record.epoch = e->epoch;
    r->record.seq = e->seq;
    r->record.ts = e->ts;
    r->record.type = e->type;
    r->record.refs = 1;

    p = (u_char *) r + sizeof(host_record_t);
    p = record_copy(p, &r->record.text, public);
    record_copy(p, &r->private, private);

    ngx_memcpy(r->nonce, nonce, ENGINE_NONCE_LEN);
    ngx_memcpy(r->record.hash, hash, ENGINE_HASH_LEN);

    return r;
}


void
gavel_record_free(gavel_record_t *r)
{
    if (--r->refs == 0) {
        ngx_free(r);
    }
}


void
host_record_free(host_record_t *r)
{
    gavel_record_free(&r->record);
}


/* PostgreSQL's bytea text, exactly size bytes. */

ngx_int_t
host_hex(const ngx_str_t *text, u_char *out, size_t size)
{
    size_t     i;
    ngx_int_t  byte;

    if (text->len != 2 + size * 2) {
        return NGX_ERROR;
    }

    for (i = 0; i < size; i++) {
        byte = ngx_hextoi(text->data + 2 + i * 2, 2);
        if (byte == NGX_ERROR) {
            return NGX_ERROR;
        }

        out[i] = (u_char) byte;
    }

    return NGX_OK;
}


/* Columns as gavel.log_events() returns them. */

host_record_t *
host_row_record(uint64_t id, PGresult *res, int row, event_t *e)
{
    u_char     hash[ENGINE_HASH_LEN], nonce[ENGINE_NONCE_LEN];
    int64_t    auction;
    ngx_str_t  public, private, text;

    public = gavel_pg_text(res, row, 8);
    private = gavel_pg_text(res, row, 9);

    if (event_parse(e, &auction, (char *) public.data, public.len,
                    (char *) private.data, private.len)
        != 0)
    {
        return NULL;
    }

    text = gavel_pg_text(res, row, 11);
    if (host_hex(&text, hash, ENGINE_HASH_LEN) != NGX_OK) {
        return NULL;
    }

    ngx_memzero(nonce, ENGINE_NONCE_LEN);
    text = gavel_pg_text(res, row, 10);
    (void) host_hex(&text, nonce, ENGINE_NONCE_LEN);

    return host_record(id, e, &public, &private, nonce, hash);
}
