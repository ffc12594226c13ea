/*
 * wire: commands and answers between workers.  Flat copies of structs: both
 * ends are of one build, or the lengths in front differ and the message is
 * not understood (its sender then decides for itself).
 */

#include "auction/host.h"

#define WIRE_VERSION  1

typedef struct {
    uint16_t    version, engine_rev, command, rules;     /* sizes */
    uint64_t    ticket, auction;
    u_char      body_hash[ENGINE_HASH_LEN];
    uint32_t    has_rules;
    command_t   body;
} wire_command_t;

typedef struct {
    uint16_t    version, engine_rev, event, code;
    uint64_t    ticket;
    uint32_t    replayed, detail_len;
    int64_t     epoch, seq, min_next, max_bid, retry_ms;
    event_t     body;
    char        detail[sizeof(((gavel_submission_t *) 0)->detail_text)];
} wire_outcome_t;


ngx_str_t
host_wire_command(ngx_pool_t *pool, const gavel_submission_t *s)
{
    ngx_str_t        m = ngx_null_string;
    wire_command_t  *w;

    w = ngx_pcalloc(pool, sizeof(wire_command_t) + sizeof(rules_t));
    if (w == NULL) {
        return m;
    }

    w->version = WIRE_VERSION;
    w->engine_rev = ENGINE_REV;
    w->command = sizeof(command_t);
    w->rules = sizeof(rules_t);
    w->ticket = s->ticket;
    w->auction = s->auction_id;
    w->has_rules = s->command.rules != NULL;
    w->body = s->command;
    w->body.rules = NULL;
    ngx_memcpy(w->body_hash, s->body_hash, ENGINE_HASH_LEN);

    m.data = (u_char *) w;
    m.len = sizeof(wire_command_t);

    if (w->has_rules) {
        ngx_memcpy(w + 1, s->command.rules, sizeof(rules_t));
        m.len += sizeof(rules_t);
    }

    return m;
}


ngx_int_t
host_wire_read_command(const ngx_str_t *m, gavel_submission_t *s)
{
    wire_command_t  w;

    if (m->len < sizeof(w)) {
        return NGX_ERROR;
    }

    ngx_memcpy(&w, m->data, sizeof(w));

    if (w.version != WIRE_VERSION || w.engine_rev != ENGINE_REV
        || w.command != sizeof(command_t) || w.rules != sizeof(rules_t)
        || w.body.request_len > ENGINE_REQUEST_LEN
        || w.body.reason_len > ENGINE_REASON_LEN
        || m->len != sizeof(w) + (w.has_rules ? sizeof(rules_t) : 0))
    {
        return NGX_ERROR;
    }

    s->auction_id = w.auction;
    s->ticket = w.ticket;
    s->command = w.body;
    s->command.rules = NULL;
    ngx_memcpy(s->body_hash, w.body_hash, ENGINE_HASH_LEN);

    if (w.has_rules) {
        ngx_memcpy(&s->rules, m->data + sizeof(w), sizeof(rules_t));
        s->command.rules = &s->rules;
    }

    return NGX_OK;
}


ngx_str_t
host_wire_outcome(ngx_pool_t *pool, const gavel_submission_t *s,
    uint64_t ticket)
{
    ngx_str_t        m = ngx_null_string;
    wire_outcome_t  *w = ngx_pcalloc(pool, sizeof(wire_outcome_t));

    if (w == NULL) {
        return m;
    }

    w->version = WIRE_VERSION;
    w->engine_rev = ENGINE_REV;
    w->event = sizeof(event_t);
    w->code = s->code;
    w->ticket = ticket;
    w->replayed = s->replayed;
    w->epoch = s->epoch;
    w->seq = s->seq;
    w->min_next = s->min_next;
    w->max_bid = s->max_bid;
    w->retry_ms = s->retry_ms;
    w->body = s->event;

    if (s->detail != NULL) {
        w->detail_len = ngx_min(ngx_strlen(s->detail), sizeof(w->detail) - 1);
        ngx_memcpy(w->detail, s->detail, w->detail_len);
    }

    m.data = (u_char *) w;
    m.len = sizeof(wire_outcome_t);

    return m;
}


ngx_int_t
host_wire_read_outcome(const ngx_str_t *m, gavel_submission_t *s)
{
    wire_outcome_t  w;

    if (m->len != sizeof(w)) {
        return NGX_ERROR;
    }

    ngx_memcpy(&w, m->data, sizeof(w));

    if (w.version != WIRE_VERSION || w.engine_rev != ENGINE_REV
        || w.event != sizeof(event_t) || w.code >= GAVEL_NCODES
        || w.detail_len >= sizeof(w.detail))
    {
        return NGX_ERROR;
    }

    s->code = w.code;
    s->replayed = w.replayed;
    s->epoch = w.epoch;
    s->seq = w.seq;
    s->min_next = w.min_next;
    s->max_bid = w.max_bid;
    s->retry_ms = w.retry_ms;
    s->event = w.body;

    if (w.detail_len != 0) {
        ngx_memcpy(s->detail_text, w.detail, w.detail_len);
        s->detail_text[w.detail_len] = '\0';
        s->detail = s->detail_text;
    }

    return NGX_OK;
}
