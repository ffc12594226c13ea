/*
 * flows: steps that several resources share: asking SQL with the call's
 * parameters, rules as clients write them, many commands at once.
 */

#include "api/flows.h"
#include "api/rule_ranges.h"
#include "cluster/cluster.h"
#include "command/params.h"
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

/* Commands of one request under way: more would fill the auction's queue. */

#define MANY_SENT  128

#define MANY_HASH_LEN  16        /* bytes of a hash in a request id */


static void many_send(gavel_many_t *m);
static ngx_int_t many_submit(gavel_many_t *m, gavel_sent_t *sent);
static void many_done(gavel_submission_t *s);
static void many_detach(void *data);


ngx_int_t
gavel_flow_ask(gavel_flow_t *f, gavel_reply_t *reply, const char *function)
{
    gavel_call_t  *call = f->data;

    gavel_code_t  code;

    code = gavel_params_write(call);
    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    return gavel_flow_sql(f, reply, function, call->identity.user,
                          &call->params_text, GAVEL_PG_READ);
}


ngx_int_t
gavel_call_set(gavel_call_t *call, const char *name, int64_t value)
{
    return json_object_set_new(call->params, name, json_integer(value)) == 0
           ? NGX_OK : NGX_ERROR;
}


json_t *
gavel_reply_json(const gavel_reply_t *reply)
{
    return gavel_json_parse(&reply->body);
}


int64_t
gavel_reply_int(const gavel_reply_t *reply, const char *name, int64_t none)
{
    json_t   *body, *member;
    int64_t   value;

    body = gavel_reply_json(reply);
    member = json_object_get(body, name);
    value = json_is_integer(member) ? json_integer_value(member) : none;

    json_decref(body);

    return value;
}


ngx_int_t
gavel_flow_created(gavel_flow_t *f, gavel_reply_t *reply, const char *path,
    int64_t id)
{
    u_char  *p;

    if (reply->code == GAVEL_OK) {
        p = ngx_pnalloc(f->pool, ngx_strlen(path) + NGX_INT64_LEN + 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        f->outcome.location.data = p;
        f->outcome.location.len = ngx_sprintf(p, "%s%L", path, id) - p;

        reply->status = 201;
    }

    return gavel_flow_reply(f, reply);
}


gavel_code_t
gavel_call_rules(gavel_call_t *call, uint32_t mode, rules_t *rules)
{
    int           rc;
    char         *text;
    json_t       *json;
    ngx_str_t     errors;
    const char   *what, *allowed;
    gavel_json_t  j;

    rules_default(rules, mode);

    json = json_object_get(call->params, "rules");

    if (!json_is_object(json)) {
        return json == NULL || json_is_null(json) ? GAVEL_OK
                                                  : GAVEL_invalid_rules;
    }

    text = json_dumps(json, JSON_COMPACT);
    if (text == NULL) {
        return GAVEL_internal;
    }

    what = NULL;
    rc = rules_parse(rules, mode, text, ngx_strlen(text), &what);

    free(text);

    if (rc == 0) {
        return GAVEL_OK;
    }

    gavel_json_init(&j, call->flow.pool, 256);
    gavel_json_open(&j, NULL, '{');
    gavel_json_cstr(&j, "rules", what ? what : "rules");

    allowed = what ? gavel_rule_allowed(what) : NULL;

    if (allowed != NULL) {
        gavel_json_cstr(&j, "allowed", allowed);
    }

    gavel_json_close(&j, '}');

    errors = gavel_json_text(&j);

    if (!j.failed) {
        call->flow.outcome.errors = errors;
    }

    return GAVEL_invalid_rules;
}


/* Each command needs a request id of its own.  One that has no room for a
 * number is known by its hash. */

static void
many_request_id(command_t *c, ngx_uint_t i)
{
    u_char  *id, suffix[NGX_INT_T_LEN + 1], digest[SHA256_DIGEST_LENGTH];
    size_t   len;

    id = (u_char *) c->request_id;
    len = ngx_sprintf(suffix, "-%ui", i) - suffix;

    if (c->request_len + len > ENGINE_REQUEST_LEN) {
        SHA256(id, c->request_len, digest);
        c->request_len = ngx_hex_dump(id, digest, MANY_HASH_LEN) - id;
    }

    ngx_memcpy(id + c->request_len, suffix, len);
    c->request_len += len;
}


ngx_int_t
gavel_flow_many(gavel_flow_t *f, gavel_many_t *m, command_type_t type,
    ngx_uint_t n)
{
    gavel_call_t  *call = f->data;

    gavel_code_t  code;

    if (n == 0) {
        return NGX_OK;
    }

    if (gavel_cluster_now() < 0) {
        return gavel_flow_time(f);
    }

    m->sent = ngx_pcalloc(f->pool, MANY_SENT * sizeof(gavel_sent_t));
    if (m->sent == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&m->draft, sizeof(gavel_submission_t));

    code = gavel_engine_fill(call, type, NULL, &m->draft);
    if (code != GAVEL_OK) {
        return gavel_flow_refuse(f, code);
    }

    m->flow = f;
    m->n = n;
    m->next = 0;
    m->left = 0;

    many_send(m);

    if (m->left == 0) {
        return NGX_OK;
    }

    return gavel_flow_wait(f, many_detach, m);
}


static void
many_send(gavel_many_t *m)
{
    ngx_uint_t  i;

    for (i = 0; i < MANY_SENT && m->next < m->n; i++) {

        if (m->sent[i].submission) {
            continue;
        }

        if (many_submit(m, &m->sent[i]) != NGX_OK) {
            m->refused.code = GAVEL_busy;
            m->n = m->next;
            return;
        }
    }
}


/* A command that had to wait for others is not older than they are. */

static ngx_int_t
many_submit(gavel_many_t *m, gavel_sent_t *sent)
{
    command_t           *c;
    gavel_submission_t  *s;

    s = gavel_engine_submission(&m->draft);
    if (s == NULL) {
        return NGX_ERROR;
    }

    sent->many = m;
    sent->submission = s;
    sent->i = m->next++;

    c = &s->command;
    many_request_id(c, sent->i);

    if (sent->i >= MANY_SENT && gavel_cluster_now() > c->at) {
        c->at = gavel_cluster_now();
    }

    m->each(m, sent->i, c);

    if (m->own) {
        SHA256((u_char *) c->request_id, c->request_len, s->body_hash);
    }

    s->done = many_done;
    s->data = sent;
    m->left++;

    gavel_auction_submit(s);

    return NGX_OK;
}


static void
many_done(gavel_submission_t *s)
{
    gavel_sent_t  *sent = s->data;

    gavel_many_t  *m;

    m = sent->many;
    sent->submission = NULL;
    m->left--;

    if (s->code != GAVEL_OK && m->refused.code == GAVEL_OK) {
        m->refused = *s;
    }

    if (m->told) {
        m->told(m, sent->i, s);
    }

    if (m->left <= MANY_SENT / 2) {
        many_send(m);
    }

    if (m->left == 0) {
        gavel_flow_wake(m->flow);
    }
}


static void
many_detach(void *data)
{
    gavel_many_t *m = data;

    ngx_uint_t  i;

    for (i = 0; i < MANY_SENT; i++) {
        if (m->sent[i].submission) {
            gavel_submission_detach(m->sent[i].submission);
            m->sent[i].submission = NULL;
        }
    }
}
