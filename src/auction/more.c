/*
 * more: what of a batch is rare, as one JSON parameter of gavel.append: terms
 * of lots, maxima, sealed bids, and what an undo takes back.
 *
 *   {"terms":[{"lot_id","reserve","buy_now","ceiling","quantity","units",
 *              "pot","role"}],
 *    "auto":[{"seq","id","lot_id","bidder_id","team_id","max_amount","ts"}],
 *    "auto_off":[{"seq","lot_id","bidder_id"}],
 *    "sealed":[{"lot_id","round","bidder_id","team_id","amount","ts"}],
 *    "unsold":[{"lot_id","round"}]}
 */

#include "auction/host.h"
#include "core/json.h"


static ngx_uint_t
more_terms(const event_t *e)
{
    return e->type == EV_LOT_QUEUED || e->type == EV_LOT_CHANGED
           || e->type == EV_LOT_SOLD || e->type == EV_LOT_REOPENED
           || e->type == EV_LOT_REQUEUED;
}


static ngx_uint_t
more_auto(const event_t *e)
{
    return e->type == EV_AUTO_BID_SET
           || (e->type == EV_BID_ACCEPTED && e->max_amount != 0);
}


static ngx_uint_t
more_auto_off(const event_t *e)
{
    return e->type == EV_AUTO_BID_CANCELLED;
}


static ngx_uint_t
more_sealed(const event_t *e)
{
    return e->type == EV_SEALED_SUBMITTED;
}


static ngx_uint_t
more_unsold(const event_t *e)
{
    return e->type == EV_LOT_REOPENED
           || (e->type == EV_LOT_REQUEUED && e->how == HOW_HOST)
           || (e->type == EV_LOT_SOLD && e->how == HOW_OFFER);
}


static void
more_write_terms(gavel_json_t *j, const auction_t *a, const event_t *e)
{
    lot_t      *lot = lot_find(a, e->lot_id);
    ngx_str_t   role;

    if (lot == NULL) {
        return;
    }

    role.data = (u_char *) lot->role;
    role.len = strnlen(lot->role, ENGINE_ROLE_LEN);

    gavel_json_int(j, "lot_id", lot->id);
    gavel_json_int(j, "reserve", lot->reserve);
    gavel_json_int(j, "buy_now", lot->buy_now);
    gavel_json_int(j, "ceiling", lot->ceiling);
    gavel_json_int(j, "quantity", lot->quantity);
    gavel_json_int(j, "units", lot->units);
    gavel_json_int(j, "pot", lot->pot);
    gavel_json_str(j, "role", &role);
}


static void
more_write_auto(gavel_json_t *j, const auction_t *a, const event_t *e)
{
    gavel_json_int(j, "seq", e->seq);
    gavel_json_int(j, "id", e->bid_id);
    gavel_json_int(j, "lot_id", e->lot_id);
    gavel_json_int(j, "bidder_id", e->bidder);
    gavel_json_int(j, "team_id", e->team_id);
    gavel_json_int(j, "max_amount", e->max_amount);
    gavel_json_int(j, "ts", e->ts);
}


static void
more_write_auto_off(gavel_json_t *j, const auction_t *a, const event_t *e)
{
    gavel_json_int(j, "seq", e->seq);
    gavel_json_int(j, "lot_id", e->lot_id);
    gavel_json_int(j, "bidder_id", e->bidder);
}


static void
more_write_sealed(gavel_json_t *j, const auction_t *a, const event_t *e)
{
    gavel_json_int(j, "lot_id", e->lot_id);
    gavel_json_int(j, "round", e->round);
    gavel_json_int(j, "bidder_id", e->bidder);
    gavel_json_int(j, "team_id", e->team_id);
    gavel_json_int(j, "amount", e->amount);
    gavel_json_int(j, "ts", e->ts);
}


/* An offer that was taken replaces the sale before it. */

static void
more_write_unsold(gavel_json_t *j, const auction_t *a, const event_t *e)
{
    gavel_json_int(j, "lot_id", e->lot_id);
    gavel_json_int(j, "round", e->round - (e->how == HOW_OFFER));
}


static const struct {
    const char   *name;
    ngx_uint_t  (*has)(const event_t *e);
    void        (*write)(gavel_json_t *j, const auction_t *a,
                         const event_t *e);
} more_lists[] = {
    { "unsold",   more_unsold,   more_write_unsold },
    { "terms",    more_terms,    more_write_terms },
    { "auto",     more_auto,     more_write_auto },
    { "auto_off", more_auto_off, more_write_auto_off },
    { "sealed",   more_sealed,   more_write_sealed },
};


/* Empty: there is nothing of the kind. */

ngx_int_t
host_rows_more(host_batch_t *b, ngx_str_t *text)
{
    event_t      *e;
    uint32_t      i;
    ngx_uint_t    n, open, some = 0;
    gavel_json_t  j;

    ngx_str_null(text);

    for (n = 0; n < sizeof(more_lists) / sizeof(more_lists[0]); n++) {

        for (open = 0, i = 0; i < b->nevents; i++) {
            e = &b->events[i];

            if (!more_lists[n].has(e)) {
                continue;
            }

            if (!some) {
                gavel_json_init(&j, b->pool, 512);
                gavel_json_open(&j, NULL, '{');
                some = 1;
            }

            if (!open) {
                gavel_json_open(&j, more_lists[n].name, '[');
                open = 1;
            }

            gavel_json_open(&j, NULL, '{');
            more_lists[n].write(&j, b->auction->state, e);
            gavel_json_close(&j, '}');
        }

        if (open) {
            gavel_json_close(&j, ']');
        }
    }

    if (!some) {
        return NGX_OK;
    }

    gavel_json_close(&j, '}');
    *text = gavel_json_text(&j);

    return j.failed ? NGX_ERROR : NGX_OK;
}
