/*
 * rows: what a batch's events mean to the tables beside the log, as columns
 * for gavel.append.  Copies of what the engine computed; no rule is here.
 */

#include "auction/host.h"


typedef struct {
    ngx_pool_t  *pool;
    u_char      *start, *pos, *end;
    ngx_uint_t   said;                 /* a number other than 0 */
} column_t;

#define ROW_MAX  512                   /* bytes of one row at most */


static void
column_open(column_t *c, ngx_pool_t *pool)
{
    c->pool = pool;
    c->start = ngx_pnalloc(pool, 64);
    c->pos = c->start;
    c->end = c->start ? c->start + 64 : NULL;
    c->said = 0;

    if (c->start != NULL) {
        *c->pos++ = '{';
    }
}


/* Makes room; without memory the column stays as it is, and its append is
 * refused by the server as malformed. */

static ngx_int_t
column_room(column_t *c, size_t size)
{
    size_t   had;
    u_char  *p;

    if ((size_t) (c->end - c->pos) > size + 2) {
        return NGX_OK;
    }

    had = c->pos - c->start;

    p = ngx_pnalloc(c->pool, (had + size) * 2 + 16);
    if (p == NULL) {
        return NGX_ERROR;
    }

    c->pos = ngx_cpymem(p, c->start, had);
    c->start = p;
    c->end = p + (had + size) * 2 + 16;

    return NGX_OK;
}


static void
column_next(column_t *c)
{
    if (c->pos != c->start + 1) {
        *c->pos++ = ',';
    }
}


static void
column_int(column_t *c, int64_t v)
{
    if (c->start != NULL && column_room(c, NGX_INT64_LEN + 1) == NGX_OK) {
        column_next(c);
        c->pos = ngx_sprintf(c->pos, "%L", v);
        c->said |= (v != 0);
    }
}


static void
column_text(column_t *c, const char *text, size_t len)
{
    size_t  i;

    if (c->start == NULL || column_room(c, len * 2 + 4) != NGX_OK) {
        return;
    }

    column_next(c);

    if (len == 0) {
        c->pos = ngx_cpymem(c->pos, "NULL", 4);
        return;
    }

    *c->pos++ = '"';

    for (i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\') {
            *c->pos++ = '\\';
        }

        *c->pos++ = text[i];
    }

    *c->pos++ = '"';
}


/* A composite row whose members need no quotes. */

static void
column_row(column_t *c, const u_char *row, const u_char *last)
{
    if (c->start != NULL && column_room(c, last - row + 4) == NGX_OK) {
        column_next(c);
        *c->pos++ = '"';
        c->pos = ngx_cpymem(c->pos, row, last - row);
        *c->pos++ = '"';
    }
}


static void
column_param(gavel_pg_op_t *op, column_t *c)
{
    ngx_str_t  text;

    if (c->start == NULL) {
        gavel_pg_op_null(op);
        return;
    }

    *c->pos++ = '}';

    text.data = c->start;
    text.len = c->pos - c->start;
    gavel_pg_op_str(op, &text);
}


/* 0 is NULL in a row. */

static u_char *
row_id(u_char *p, int64_t v)
{
    return v ? ngx_sprintf(p, "%L,", v) : ngx_sprintf(p, ",");
}


void
host_row_hex(gavel_pg_op_t *op, ngx_pool_t *pool, const u_char *data,
    size_t len)
{
    ngx_str_t  text;

    text.data = ngx_pnalloc(pool, 2 + len * 2);
    if (text.data == NULL) {
        gavel_pg_op_null(op);
        return;
    }

    text.data[0] = '\\';
    text.data[1] = 'x';
    text.len = ngx_hex_dump(text.data + 2, (u_char *) data, len) - text.data;
    gavel_pg_op_str(op, &text);
}


ngx_str_t
host_row_requests(ngx_pool_t *pool, const command_t **c, ngx_uint_t n)
{
    column_t    column;
    ngx_str_t   text;
    ngx_uint_t  i;

    column_open(&column, pool);

    for (i = 0; i < n; i++) {
        column_text(&column, c[i]->request_id, c[i]->request_len);
    }

    if (column.start == NULL) {
        ngx_str_set(&text, "{}");
        return text;
    }

    *column.pos++ = '}';
    text.data = column.start;
    text.len = column.pos - column.start;

    return text;
}


ngx_str_t
host_row_ints(ngx_pool_t *pool, const int64_t *v, ngx_uint_t n)
{
    column_t    column;
    ngx_str_t   text;
    ngx_uint_t  i;

    column_open(&column, pool);

    for (i = 0; i < n; i++) {
        column_int(&column, v[i]);
    }

    if (column.start == NULL) {
        ngx_str_set(&text, "{}");
        return text;
    }

    *column.pos++ = '}';
    text.data = column.start;
    text.len = column.pos - column.start;

    return text;
}


static ngx_uint_t
rows_private(const host_batch_t *b)
{
    uint32_t  i;

    for (i = 0; i < b->nevents; i++) {
        if (b->records[i]->private.len) {
            return 1;
        }
    }

    return 0;
}


/* Texts joined by line breaks, hashes end to end. */

static void
rows_texts(gavel_pg_op_t *op, host_batch_t *b, ngx_uint_t private)
{
    size_t      size;
    uint32_t    i;
    ngx_str_t   text, *t;

    for (size = 0, i = 0; i < b->nevents; i++) {
        t = private ? &b->records[i]->private : &b->records[i]->record.text;
        size += t->len + 1;
    }

    text.data = ngx_pnalloc(b->pool, size + 1);
    text.len = 0;

    if (text.data == NULL) {
        gavel_pg_op_null(op);
        return;
    }

    for (i = 0; i < b->nevents; i++) {
        t = private ? &b->records[i]->private : &b->records[i]->record.text;

        if (i != 0) {
            text.data[text.len++] = '\n';
        }

        ngx_memcpy(text.data + text.len, t->data, t->len);
        text.len += t->len;
    }

    gavel_pg_op_str(op, &text);
}


static void
rows_hashes(gavel_pg_op_t *op, host_batch_t *b, ngx_uint_t nonce)
{
    size_t     size = nonce ? ENGINE_NONCE_LEN : ENGINE_HASH_LEN;
    u_char    *all, *p;
    uint32_t   i;

    all = ngx_pnalloc(b->pool, b->nevents * size);
    if (all == NULL) {
        gavel_pg_op_null(op);
        return;
    }

    for (p = all, i = 0; i < b->nevents; i++) {
        p = ngx_cpymem(p, nonce ? b->records[i]->nonce
                                : b->records[i]->record.hash, size);
    }

    host_row_hex(op, b->pool, all, p - all);
}


/* The body's hash belongs to the event that answers its command. */

static void
rows_bodies(gavel_pg_op_t *op, host_batch_t *b)
{
    u_char      *all;
    ngx_uint_t   i;

    all = ngx_pcalloc(b->pool, b->nevents * ENGINE_HASH_LEN);
    if (all == NULL) {
        gavel_pg_op_null(op);
        return;
    }

    for (i = 0; i < b->nitems; i++) {
        if (b->items[i].n != 0) {
            ngx_memcpy(all + b->items[i].answer * ENGINE_HASH_LEN,
                       b->items[i].s->body_hash, ENGINE_HASH_LEN);
        }
    }

    host_row_hex(op, b->pool, all, b->nevents * ENGINE_HASH_LEN);
}


static void
rows_events(gavel_pg_op_t *op, host_batch_t *b)
{
    column_t   type, ts, actor, request;
    event_t   *e;
    uint32_t   i;
    ngx_str_t  none = ngx_null_string;

    column_open(&type, b->pool);
    column_open(&ts, b->pool);
    column_open(&actor, b->pool);
    column_open(&request, b->pool);

    for (i = 0; i < b->nevents; i++) {
        e = &b->events[i];

        column_int(&type, e->type);
        column_int(&ts, e->ts);
        column_int(&actor, e->actor);
        column_text(&request, e->request_id, e->request_len);
    }

    column_param(op, &type);
    column_param(op, &ts);
    column_param(op, &actor);
    column_param(op, &request);

    rows_bodies(op, b);
    rows_texts(op, b, 0);

    if (rows_private(b)) {
        rows_texts(op, b, 1);
        rows_hashes(op, b, 1);

    } else {
        gavel_pg_op_str(op, &none);
        host_row_hex(op, b->pool, NULL, 0);
    }

    rows_hashes(op, b, 0);
}


/* A maximum that was put to work and a revealed bid are bids as well.  What
 * kind each is comes as a column behind all others. */

static void
rows_bids(gavel_pg_op_t *op, host_batch_t *b, column_t *kinds)
{
    int64_t     voided[ENGINE_LOT_BIDS];
    column_t    col[9];
    event_t    *e;
    uint32_t    i, k;
    ngx_uint_t  n;

    for (n = 0; n < 9; n++) {
        column_open(&col[n], b->pool);
    }

    column_open(kinds, b->pool);

    for (i = 0; i < b->nevents; i++) {
        e = &b->events[i];

        switch (e->type) {

        case EV_BID_ACCEPTED:
            column_int(kinds, e->how);
            break;

        case EV_BID_REACTIVE:
            column_int(kinds, HOW_MAX);
            break;

        case EV_SEALED_REVEALED:
            if (e->kept) {
                continue;            /* it is there already */
            }

            column_int(kinds, HOW_SEALED);
            break;

        case EV_BID_VOIDED:
            k = event_voids(b->auction->state, e, voided, ENGINE_LOT_BIDS);

            while (k > 0) {
                column_int(&col[8], voided[--k]);
            }

            continue;

        default:
            continue;
        }

        column_int(&col[0], e->bid_id & ((1 << ENGINE_ID_SHIFT) - 1));
        column_int(&col[1], e->lot_id);
        column_int(&col[2], e->round);
        column_int(&col[3], e->bidder);
        column_int(&col[4], e->team_id);
        column_int(&col[5], e->amount);
        column_int(&col[6], e->origin);
        column_int(&col[7], e->at ? e->at : e->ts);
    }

    if (!col[4].said) {
        column_open(&col[4], b->pool);
    }

    for (n = 0; n < 9; n++) {
        column_param(op, &col[n]);
    }
}


static ngx_uint_t
rows_all_lots(const host_batch_t *b)
{
    uint32_t  i;

    for (i = 0; i < b->nevents; i++) {

        switch (b->events[i].type) {

        case EV_LOT_MOVED:
        case EV_LOT_WITHDRAWN:
        case EV_LOT_REQUEUED:
        case EV_CYCLE_STARTED:
        case EV_DRAW_REVEALED:
            return 1;

        default:
            if (b->events[i].type < EV_LOT_QUEUED) {
                return 1;
            }
        }
    }

    return 0;
}


static void
rows_lot(column_t *c, int64_t auction, const lot_t *lot)
{
    u_char  row[ROW_MAX], *p;

    p = ngx_sprintf(row, "(%L,%L,%L,%uD,%uD,%s,%uD,%L,%L,", lot->id, auction,
                    lot->item_id, lot->number, lot->position,
                    lot_status_name(lot->status), lot->round,
                    lot->base_price, lot->price);
    p = row_id(p, lot->leader);
    p = row_id(p, lot->leader_team);
    p = row_id(p, lot->leader_bid);
    p = ngx_sprintf(p, "%uD,", lot->bid_count);
    p = row_id(p, lot->opened_at);
    p = row_id(p, lot->ends_at);
    p[-1] = ')';

    column_row(c, row, p);
}


static void
rows_lots(gavel_pg_op_t *op, host_batch_t *b)
{
    lot_t      *lot;
    int64_t     last;
    column_t    c;
    uint32_t    i, j;
    auction_t  *a = b->auction->state;

    column_open(&c, b->pool);

    if (rows_all_lots(b)) {
        for (i = 0; i < a->nlots; i++) {
            rows_lot(&c, a->id, &auction_lots(a)[i]);
        }

        column_param(op, &c);
        return;
    }

    for (last = 0, i = 0; i < b->nevents; i++) {

        if (b->events[i].lot_id == 0 || b->events[i].lot_id == last) {
            continue;
        }

        last = b->events[i].lot_id;

        for (j = 0; j < i && b->events[j].lot_id != last; j++) { /* void */ }

        lot = lot_find(a, last);

        if (j == i && lot != NULL) {
            rows_lot(&c, a->id, lot);
        }
    }

    column_param(op, &c);
}


static void
rows_teams(gavel_pg_op_t *op, host_batch_t *b)
{
    u_char      row[ROW_MAX], *p;
    team_t     *t;
    column_t    c;
    uint32_t    i;
    auction_t  *a = b->auction->state;

    column_open(&c, b->pool);

    for (i = 0; i < a->nteams; i++) {
        t = &auction_teams(a)[i];

        if (i < b->nbefore
            && ngx_memcmp(t, &b->before[i], sizeof(team_t)) == 0)
        {
            continue;
        }

        p = ngx_sprintf(row, "(%L,", t->id);
        p = row_id(p, t->leader);
        p = ngx_sprintf(p, "%L,%L,%L,%uD,%uD,%s,%s)", t->budget, t->held,
                        t->spent, t->roster, t->slots,
                        t->suspended ? "t" : "f", t->gone ? "t" : "f");
        column_row(&c, row, p);
    }

    column_param(op, &c);
}


static ngx_uint_t
rows_undoes(const event_t *e)
{
    return e->type == EV_LOT_REOPENED
           || (e->type == EV_LOT_REQUEUED && e->how == HOW_HOST);
}


/* Behind the last event that takes back a sale; 0: none does. */

static uint32_t
rows_undo_end(const host_batch_t *b)
{
    uint32_t  i;

    for (i = b->nevents; i > 0 && !rows_undoes(&b->events[i - 1]); i--) {
        /* void */
    }

    return i;
}


/* What one batch sells and takes back again was never sold. */

static ngx_uint_t
rows_undone(const host_batch_t *b, uint32_t i, uint32_t end)
{
    int64_t  lot = b->events[i].lot_id;

    while (++i < end) {
        if (b->events[i].lot_id == lot && rows_undoes(&b->events[i])) {
            return 1;
        }
    }

    return 0;
}


static void
rows_sales(gavel_pg_op_t *op, host_batch_t *b)
{
    u_char      row[ROW_MAX], *p;
    event_t    *e;
    int64_t     id = (int64_t) b->auction->id;
    column_t    sales, rosters;
    uint32_t    i, undo_end;

    column_open(&sales, b->pool);
    column_open(&rosters, b->pool);

    undo_end = rows_undo_end(b);

    for (i = 0; i < b->nevents; i++) {
        e = &b->events[i];

        if ((e->type != EV_LOT_SOLD && e->type != EV_LOT_ASSIGNED)
            || rows_undone(b, i, undo_end))
        {
            continue;
        }

        if (e->type == EV_LOT_ASSIGNED) {
            p = ngx_sprintf(row, "(%L,%L,%L,%L,%s)", e->lot_id, id,
                            e->team_id, e->price,
                            e->how == HOW_ASSIGN ? "assign"
                            : e->how == HOW_AUTO ? "auto" : "pre");
            column_row(&rosters, row, p);
            continue;
        }

        p = ngx_sprintf(row, "(%L,%L,%L,%L,", e->lot_id, e->round, id,
                        e->bidder);
        p = row_id(p, e->team_id);
        p = ngx_sprintf(p, "%L,%L,%L)", e->price, e->bid_id, e->ts);
        column_row(&sales, row, p);

        if (e->team_id != 0) {
            p = ngx_sprintf(row, "(%L,%L,%L,%L,bid)", e->lot_id, id,
                            e->team_id, e->price);
            column_row(&rosters, row, p);
        }
    }

    column_param(op, &sales);
    column_param(op, &rosters);
}


static void
rows_time(gavel_pg_op_t *op, int64_t ms)
{
    if (ms != 0) {
        gavel_pg_op_int(op, ms);
    } else {
        gavel_pg_op_null(op);
    }
}


static void
rows_auction(gavel_pg_op_t *op, host_batch_t *b)
{
    uint32_t    i;
    ngx_str_t   text;
    ngx_uint_t  n, changed = 0;
    auction_t  *a = b->auction->state;

    for (i = 0; i < b->nevents; i++) {
        if (b->events[i].type < EV_LOT_QUEUED
            || b->events[i].type == EV_AUCTION_SETTLED)
        {
            changed = 1;
        }
    }

    if (!changed) {
        for (n = 0; n < 6; n++) {
            gavel_pg_op_null(op);
        }

        return;
    }

    text.data = (u_char *) auction_status_name(a->status);
    text.len = ngx_strlen(text.data);
    gavel_pg_op_str(op, &text);

    rows_time(op, a->starts_at);
    rows_time(op, a->ends_at);
    rows_time(op, a->started_at);
    rows_time(op, a->ended_at);

    text.data = ngx_pnalloc(b->pool, EVENT_TEXT_MAX);
    text.len = text.data ? rules_text(&a->rules, (char *) text.data,
                                      EVENT_TEXT_MAX) : 0;

    if (text.len != 0) {
        gavel_pg_op_str(op, &text);
    } else {
        gavel_pg_op_null(op);
    }
}


/* What people hear of besides bids: the lots that ended, and the auction. */

static void
rows_outbox(gavel_pg_op_t *op, host_batch_t *b)
{
    column_t  c;
    uint32_t  i;

    column_open(&c, b->pool);

    for (i = 0; i < b->nevents; i++) {
        switch (b->events[i].type) {
        case EV_LOT_SOLD:
        case EV_LOT_UNSOLD:
        case EV_AUCTION_ENDED:
        case EV_AUCTION_CANCELLED:
        case EV_AUCTION_ABORTED:
            column_int(&c, b->events[i].seq);
            break;
        default:
            break;
        }
    }

    column_param(op, &c);
}


static void
rows_transfers(gavel_pg_op_t *op, host_batch_t *b)
{
    u_char       row[ROW_MAX], *p;
    int64_t      last;
    column_t     c;
    uint32_t     i, no;
    transfer_t  *t;

    column_open(&c, b->pool);

    for (last = 0, no = 0, i = 0; i < b->ntransfers; i++) {
        t = &b->transfers[i].transfer;
        no = (b->transfers[i].seq == last) ? no + 1 : 0;
        last = b->transfers[i].seq;

        p = ngx_sprintf(row, "(%L,%L,%uD,%s,%L,", (int64_t) b->auction->id,
                        last, no, transfer_name(t->kind), t->team_id);
        p = row_id(p, t->lot_id);
        p = ngx_sprintf(p, "%s,%s,%L)", account_name(t->from),
                        account_name(t->to), t->amount);
        column_row(&c, row, p);
    }

    column_param(op, &c);
}


/* From e_epoch to p_more. */

void
host_rows_write(host_batch_t *b, const ngx_str_t *more)
{
    column_t        kinds;
    gavel_pg_op_t  *op = b->op;

    gavel_pg_op_int(op, b->auction->state->epoch);

    rows_events(op, b);
    rows_bids(op, b, &kinds);
    rows_lots(op, b);
    rows_teams(op, b);
    rows_sales(op, b);
    rows_auction(op, b);
    rows_time(op, auction_deadline(b->auction->state, NULL));
    rows_outbox(op, b);

    column_param(op, &kinds);
    rows_transfers(op, b);

    if (more->len != 0) {
        gavel_pg_op_str(op, more);
    } else {
        gavel_pg_op_null(op);
    }
}
