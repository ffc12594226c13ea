/*
 * proof: is an auction's log sound, and where does it end?  For everybody who
 * may see the auction; once it is settled the end is signed (notary.c).
 */

#include "api/flows.h"
#include "api/rows.h"


typedef struct {
    gavel_reply_t      reply;
    gavel_view_t       view;
    gavel_verified_t   verified;
    json_t            *settled;      /* epoch, seq, head, time, jws; owned */
} proof_work_t;


static ngx_int_t proof_ask(gavel_flow_t *f);
static ngx_int_t proof_view(gavel_flow_t *f);
static ngx_int_t proof_replay(gavel_flow_t *f);
static ngx_int_t proof_answer(gavel_flow_t *f);


static const gavel_step_pt  proof_steps[] = {
    proof_ask,           /* may he see it, is it settled, is that signed? */
    proof_view,          /* where the log is */
    proof_replay,        /* this worker's own replay of it */
    proof_answer,
    NULL
};


const gavel_command_t  gavel_proof_commands[] = {

    { "auction.verify", GET, "/auctions/{auction_id}/verify", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      FLOW(proof_steps), 200, "Is the log sound, and where does it end; "
      "signed when the auction is settled", "Verification", 0 },

    ROWS_END
};


static void
proof_cleanup(void *data)
{
    proof_work_t  *w = data;

    json_decref(w->settled);
}


static ngx_int_t
proof_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    proof_work_t        *w;
    ngx_pool_cleanup_t  *cleanup;

    w = ngx_pcalloc(f->pool, sizeof(proof_work_t));
    cleanup = ngx_pool_cleanup_add(f->pool, 0);

    if (w == NULL || cleanup == NULL
        || gavel_call_set(call, "settled_type", EV_AUCTION_SETTLED) != NGX_OK)
    {
        return NGX_ERROR;
    }

    cleanup->handler = proof_cleanup;
    cleanup->data = w;
    call->work = w;

    return gavel_flow_ask(f, &w->reply, "proof_get");
}


static ngx_str_t
proof_text(json_t *object, const char *name)
{
    json_t     *v;
    ngx_str_t   text;

    v = json_object_get(object, name);
    text.data = (u_char *) json_string_value(v);
    text.len = json_string_length(v);

    return text;
}


static ngx_int_t
proof_view(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    proof_work_t  *w = call->work;

    if (w->reply.code != GAVEL_OK) {
        return gavel_flow_reply(f, &w->reply);
    }

    w->settled = gavel_reply_json(&w->reply);

    return gavel_flow_view(f, &w->view,
                           gavel_call_int(call, "auction_id", 0));
}


static ngx_int_t
proof_replay(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    proof_work_t     *w = call->work;
    const auction_t  *a;

    if (w->view.auction == NULL) {
        return gavel_flow_refuse(f, GAVEL_not_found);
    }

    a = gavel_auction_state(w->view.auction);

    return gavel_flow_verify(f, gavel_auction_id(w->view.auction), a->epoch,
                             a->seq, 0, &w->verified);
}


static void
proof_settled(gavel_json_t *j, json_t *settled, int64_t auction)
{
    ngx_str_t  head, jws;

    head = proof_text(settled, "head");
    jws = proof_text(settled, "jws");

    if (jws.len == 0) {
        gavel_json_null(j, "settled");
        return;
    }

    gavel_json_open(j, "settled", '{');
    gavel_json_int(j, "auction_id", auction);
    gavel_json_int(j, "epoch",
                   json_integer_value(json_object_get(settled, "epoch")));
    gavel_json_int(j, "seq",
                   json_integer_value(json_object_get(settled, "seq")));
    gavel_json_str(j, "head", &head);
    gavel_json_time(j, "settled_at", json_integer_value(
                                   json_object_get(settled, "settled_at")));
    gavel_json_str(j, "jws", &jws);
    gavel_json_close(j, '}');
}


static void
proof_head(gavel_json_t *j, const u_char *hash)
{
    u_char     hex[2 * ENGINE_HASH_LEN];
    ngx_str_t  text;

    ngx_hex_dump(hex, (u_char *) hash, ENGINE_HASH_LEN);
    text.data = hex;
    text.len = sizeof(hex);
    gavel_json_str(j, "head", &text);
}


static void
proof_verified(gavel_json_t *j, const auction_t *a, const gavel_verified_t *v)
{
    ngx_uint_t  same;

    same = v->epoch == a->epoch && v->seq == a->seq;

    gavel_json_open(j, "verified", '{');
    gavel_json_bool(j, "ok", v->ok
                    && (!same || ngx_memcmp(v->head, a->head,
                                            ENGINE_HASH_LEN) == 0));
    gavel_json_bool(j, "pending", v->pending);
    gavel_json_int(j, "epoch", v->epoch);
    gavel_json_int(j, "seq", v->seq);
    gavel_json_int(j, "events", v->seq);
    proof_head(j, v->head);
    gavel_json_time(j, "at", v->at);
    gavel_json_close(j, '}');
}


static ngx_int_t
proof_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    ngx_str_t         body;
    proof_work_t     *w = call->work;
    gavel_json_t      j;
    const auction_t  *a;

    a = gavel_auction_state(w->view.auction);

    if (a == NULL) {
        return gavel_flow_refuse(f, GAVEL_unavailable);
    }

    gavel_json_init(&j, f->pool, 2048);
    gavel_json_open(&j, NULL, '{');
    gavel_json_int(&j, "auction_id", a->id);
    gavel_json_cstr(&j, "status", auction_status_name(a->status));
    gavel_json_int(&j, "epoch", a->epoch);
    gavel_json_int(&j, "seq", a->seq);
    proof_head(&j, a->head);

    if (w->verified.at != 0) {
        proof_verified(&j, a, &w->verified);

    } else {
        gavel_json_null(&j, "verified");
    }

    proof_settled(&j, w->settled, a->id);
    gavel_json_close(&j, '}');

    if (j.failed) {
        return NGX_ERROR;
    }

    body = gavel_json_text(&j);

    return gavel_flow_answer(f, NGX_HTTP_OK, &body);
}
