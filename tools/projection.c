/*
 * projection: what a log means to the tables beside it, worked out from the
 * events alone, and written as PostgreSQL writes rows.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verify.h"

#define ROW_MAX    512
#define ANY_ROUND  -1


static int64_t *
fact(projection_t *p, facts_t *f)
{
    void   *rows;
    size_t  cap;

    if (f->n == f->cap) {
        cap = f->cap != 0 ? f->cap * 2 : 256;

        rows = realloc(f->rows, cap * sizeof(fact_t));
        if (rows == NULL) {
            p->failed = 1;
            return NULL;
        }

        f->rows = rows;
        f->cap = cap;
    }

    return memset(&f->rows[f->n++], 0, sizeof(fact_t));
}


/* The newest fact of a lot, and of its round if that counts; what is taken
 * back is mostly near the end. */

static void
fact_drop(facts_t *f, int64_t lot, int64_t round)
{
    size_t  i;

    for (i = f->n; i > 0; i--) {

        if (f->rows[i - 1].v[0] == lot
            && (round == ANY_ROUND || f->rows[i - 1].v[1] == round))
        {
            f->rows[i - 1] = f->rows[--f->n];
            return;
        }
    }
}


static int64_t *
set(int64_t *v, int n, const int64_t *from)
{
    if (v != NULL) {
        memcpy(v, from, (size_t) n * sizeof(int64_t));
    }

    return v;
}


/* id, lot, round, bidder, team, amount, origin, at, voided, kind */

static void
bid_made(projection_t *p, const event_t *e, int64_t kind)
{
    set(fact(p, &p->bids), 10, (int64_t []) { e->bid_id, e->lot_id, e->round,
        e->bidder, e->team_id, e->amount, e->origin,
        e->at != 0 ? e->at : e->ts, 0, kind });
}


/* lot, bidder, seq, id, team, most (-1: given up), ts: the last one of a
 * lot's bidder counts, under the id of the first */

static void
maximum(projection_t *p, const event_t *e, int64_t most)
{
    set(fact(p, &p->autos), 7, (int64_t []) { e->lot_id, e->bidder, e->seq,
        e->bid_id, e->team_id, most, e->ts });
}


/* lot, round, bidder, seq, team, amount, ts: the last one counts */

static void
submitted(projection_t *p, const event_t *e)
{
    set(fact(p, &p->sealed), 7, (int64_t []) { e->lot_id, e->round, e->bidder,
        e->seq, e->team_id, e->amount, e->ts });
}


/* sales: lot, round, winner, team, price, bid, ts; rosters: lot, team, price,
 * how */

static void
sold(projection_t *p, const event_t *e)
{
    if (e->how == HOW_OFFER) {
        fact_drop(&p->sales, e->lot_id, e->round - 1);
        fact_drop(&p->rosters, e->lot_id, ANY_ROUND);
    }

    set(fact(p, &p->sales), 7, (int64_t []) { e->lot_id, e->round, e->bidder,
        e->team_id, e->price, e->bid_id, e->ts });

    if (e->team_id != NOBODY) {
        set(fact(p, &p->rosters), 4, (int64_t []) { e->lot_id, e->team_id,
            e->price, 0 });
    }
}


static void
taken_back(projection_t *p, const event_t *e)
{
    fact_drop(&p->sales, e->lot_id, e->round);
    fact_drop(&p->rosters, e->lot_id, ANY_ROUND);
}


/* seq, no, kind, team, lot, from, to, amount */

static void
points(projection_t *p, const step_t *s)
{
    uint32_t       i, k, n, no;
    transfer_t     t[ENGINE_TRANSFERS];
    const team_t  *was, *is;

    was = auction_teams(s->was);
    is = auction_teams(s->is);

    for (no = 0, i = 0; i < s->is->nteams; i++) {

        if (i < s->was->nteams && memcmp(&was[i], &is[i], sizeof(team_t)) == 0)
        {
            continue;
        }

        n = purse_transfers(i < s->was->nteams ? &was[i] : NULL, &is[i],
                            s->e, t);

        for (k = 0; k < n; k++) {
            set(fact(p, &p->ledger), 8, (int64_t []) { s->e->seq, no++,
                t[k].kind, t[k].team_id, t[k].lot_id, t[k].from, t[k].to,
                t[k].amount });
        }
    }
}


void
projection_event(projection_t *p, const step_t *s)
{
    const event_t  *e;

    e = s->e;

    points(p, s);

    switch (e->type) {

    case EV_BID_ACCEPTED:
        bid_made(p, e, e->how);

        if (e->max_amount != 0) {
            maximum(p, e, e->max_amount);
        }
        break;

    case EV_BID_REACTIVE:
        bid_made(p, e, HOW_MAX);
        break;

    case EV_SEALED_REVEALED:
        bid_made(p, e, HOW_SEALED);
        break;

    case EV_BID_VOIDED:
        set(fact(p, &p->voids), 1, &e->bid_id);
        break;

    case EV_AUTO_BID_SET:
        maximum(p, e, e->max_amount);
        break;

    case EV_AUTO_BID_CANCELLED:
        maximum(p, e, -1);
        break;

    case EV_SEALED_SUBMITTED:
        submitted(p, e);
        break;

    case EV_LOT_SOLD:
        sold(p, e);
        break;

    case EV_LOT_ASSIGNED:
        set(fact(p, &p->rosters), 4, (int64_t []) { e->lot_id, e->team_id,
            e->price, e->how });
        break;

    case EV_LOT_REOPENED:
        taken_back(p, e);
        break;

    case EV_LOT_REQUEUED:
        if (e->how == HOW_HOST) {
            taken_back(p, e);
        }
        break;

    default:
        break;
    }
}


void
projection_close(projection_t *p)
{
    free(p->bids.rows);
    free(p->voids.rows);
    free(p->sales.rows);
    free(p->rosters.rows);
    free(p->ledger.rows);
    free(p->autos.rows);
    free(p->sealed.rows);
    memset(p, 0, sizeof(projection_t));
}


/* --- rows as text --- */


typedef struct {
    char     buf[ROW_MAX];
    size_t   len;
    take_pt  take;
    void    *data;
} out_t;


static void
put(out_t *o, const char *text)
{
    o->len += (size_t) snprintf(o->buf + o->len, ROW_MAX - o->len, "%s%s",
                                o->len == 0 ? "(" : ",", text);
}


static void
put_int(out_t *o, int64_t v)
{
    char  n[24];

    snprintf(n, sizeof(n), "%" PRId64, v);
    put(o, n);
}


static void
put_id(out_t *o, int64_t v)          /* 0 is NULL */
{
    if (v != 0) {
        put_int(o, v);

    } else {
        put(o, "");
    }
}


/* A text is quoted when it is empty or PostgreSQL would; roles are words of
 * people, so anything may be in them. */

static void
put_text(out_t *o, const char *text, size_t len)
{
    char    quoted[4 * ENGINE_ROLE_LEN + 3];
    int     plain;
    size_t  i, n;

    plain = len != 0;

    for (n = 1, i = 0; i < len; i++) {
        plain &= strchr("\"\\(), \t\n\r\v\f", text[i]) == NULL;

        if (text[i] == '"' || text[i] == '\\') {
            quoted[n++] = text[i];
        }

        quoted[n++] = text[i];
    }

    quoted[0] = '"';
    quoted[n] = plain ? '\0' : '"';
    quoted[n + 1] = '\0';

    put(o, plain ? quoted + 1 : quoted);
}


static void
put_end(out_t *o)
{
    o->len += (size_t) snprintf(o->buf + o->len, ROW_MAX - o->len, ")");
    o->take(o->data, o->buf, o->len);
    o->len = 0;
}


static int
fact_order(const void *one, const void *two)
{
    int             i;
    const fact_t   *a = one, *b = two;

    for (i = 0; i < 4; i++) {
        if (a->v[i] != b->v[i]) {
            return a->v[i] < b->v[i] ? -1 : 1;
        }
    }

    return 0;
}


static void
facts_sort(facts_t *f)
{
    if (f->n != 0) {
        qsort(f->rows, f->n, sizeof(fact_t), fact_order);
    }
}


static void
write_lots(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t         o = { .take = take, .data = data };
    uint32_t      i;
    const lot_t  *lot;

    for (i = 0; i < a->nlots; i++) {
        lot = &auction_lots(a)[i];

        put_int(&o, lot->id);
        put_int(&o, a->id);
        put_int(&o, lot->item_id);
        put_int(&o, lot->number);
        put_int(&o, lot->position);
        put(&o, lot_status_name(lot->status));
        put_int(&o, lot->round);
        put_int(&o, lot->base_price);
        put_int(&o, lot->price);
        put_id(&o, lot->leader);
        put_id(&o, lot->leader_team);
        put_id(&o, lot->leader_bid);
        put_int(&o, lot->bid_count);
        put_id(&o, lot->opened_at);
        put_id(&o, lot->ends_at);
        put_end(&o);
    }
}


static void
write_terms(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t         o = { .take = take, .data = data };
    uint32_t      i;
    const lot_t  *lot;

    for (i = 0; i < a->nlots; i++) {
        lot = &auction_lots(a)[i];

        put_int(&o, lot->id);
        put_int(&o, a->id);
        put_int(&o, lot->reserve);
        put_int(&o, lot->buy_now);
        put_int(&o, lot->ceiling);
        put_int(&o, lot->quantity);
        put_int(&o, lot->units);
        put_int(&o, lot->pot);
        put_text(&o, lot->role, strnlen(lot->role, ENGINE_ROLE_LEN));
        put_end(&o);
    }
}


static int
team_order(const void *one, const void *two)
{
    const team_t  *a = *(const team_t *const *) one;
    const team_t  *b = *(const team_t *const *) two;

    return a->id < b->id ? -1 : a->id > b->id;
}


static void
write_teams(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t          o = { .take = take, .data = data };
    uint32_t       i;
    const team_t  *t, *sorted[ENGINE_MAX_TEAMS];

    for (i = 0; i < a->nteams && i < ENGINE_MAX_TEAMS; i++) {
        sorted[i] = &auction_teams(a)[i];
    }

    qsort(sorted, i, sizeof(sorted[0]), team_order);

    for (i = 0; i < a->nteams && i < ENGINE_MAX_TEAMS; i++) {
        t = sorted[i];

        put_int(&o, t->id);
        put_id(&o, t->leader);
        put_int(&o, t->budget);
        put_int(&o, t->held);
        put_int(&o, t->spent);
        put_int(&o, t->roster);
        put_int(&o, t->slots);
        put(&o, t->suspended ? "t" : "f");
        put(&o, t->gone ? "t" : "f");
        put_end(&o);
    }
}


static void
write_bids(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i, k;
    int64_t *v;

    facts_sort(&p->bids);
    facts_sort(&p->voids);

    for (k = 0, i = 0; i < p->bids.n; i++) {
        v = p->bids.rows[i].v;

        while (k < p->voids.n && p->voids.rows[k].v[0] < v[0]) {
            k++;
        }

        v[8] = k < p->voids.n && p->voids.rows[k].v[0] == v[0];

        put_int(&o, v[0]);
        put_int(&o, a->id);
        put_int(&o, v[1]);
        put_int(&o, v[2]);
        put_int(&o, v[3]);
        put_id(&o, v[4]);
        put_int(&o, v[5]);
        put_int(&o, v[6]);
        put_int(&o, v[7]);
        put(&o, v[8] ? "t" : "f");
        put_int(&o, v[9]);
        put_end(&o);
    }
}


static void
write_sales(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i;
    int64_t *v;

    facts_sort(&p->sales);

    for (i = 0; i < p->sales.n; i++) {
        v = p->sales.rows[i].v;

        put_int(&o, v[0]);
        put_int(&o, v[1]);
        put_int(&o, a->id);
        put_int(&o, v[2]);
        put_id(&o, v[3]);
        put_int(&o, v[4]);
        put_int(&o, v[5]);
        put_int(&o, v[6]);
        put_end(&o);
    }
}


static void
write_rosters(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i;
    int64_t *v;

    facts_sort(&p->rosters);

    for (i = 0; i < p->rosters.n; i++) {
        v = p->rosters.rows[i].v;

        put_int(&o, v[0]);
        put_int(&o, a->id);
        put_int(&o, v[1]);
        put_int(&o, v[2]);
        put(&o, v[3] == 0 ? "bid" : v[3] == HOW_ASSIGN ? "assign"
                : v[3] == HOW_AUTO ? "auto" : "pre");
        put_end(&o);
    }
}


static void
write_ledger(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i;
    int64_t *v;

    for (i = 0; i < p->ledger.n; i++) {
        v = p->ledger.rows[i].v;

        put_int(&o, a->id);
        put_int(&o, v[0]);
        put_int(&o, v[1]);
        put(&o, transfer_name((uint32_t) v[2]));
        put_int(&o, v[3]);
        put_id(&o, v[4]);
        put(&o, account_name((uint32_t) v[5]));
        put(&o, account_name((uint32_t) v[6]));
        put_int(&o, v[7]);
        put_end(&o);
    }
}


static void
write_autos(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i;
    int64_t *v, *first, *made;

    facts_sort(&p->autos);

    for (first = NULL, made = NULL, i = 0; i < p->autos.n; i++) {
        v = p->autos.rows[i].v;
        made = v[5] >= 0 ? v : made;
        first = first == NULL ? made : first;

        if (made == NULL
            || (i + 1 < p->autos.n
                && memcmp(v, p->autos.rows[i + 1].v, 2 * sizeof(int64_t))
                   == 0))
        {
            continue;
        }

        put_int(&o, first[3]);
        put_int(&o, a->id);
        put_int(&o, made[0]);
        put_int(&o, made[1]);
        put_id(&o, made[4]);
        put_int(&o, made[5]);
        put(&o, v[5] < 0 ? "t" : "f");
        put_int(&o, made[6]);
        put_end(&o);

        first = NULL;
        made = NULL;
    }
}


static void
write_sealed(projection_t *p, const auction_t *a, take_pt take, void *data)
{
    out_t    o = { .take = take, .data = data };
    size_t   i;
    int64_t *v;

    facts_sort(&p->sealed);

    for (i = 0; i < p->sealed.n; i++) {
        v = p->sealed.rows[i].v;

        if (i + 1 < p->sealed.n
            && memcmp(v, p->sealed.rows[i + 1].v, 3 * sizeof(int64_t)) == 0)
        {
            continue;
        }

        put_int(&o, v[0]);
        put_int(&o, v[1]);
        put_int(&o, v[2]);
        put_int(&o, a->id);
        put_id(&o, v[4]);
        put_int(&o, v[5]);
        put_int(&o, v[6]);
        put_end(&o);
    }
}


const table_t  tables[] = {
    { "lot",        write_lots },
    { "lot_terms",  write_terms },
    { "team",       write_teams },
    { "bid",        write_bids },
    { "sale",       write_sales },
    { "roster",     write_rosters },
    { "ledger",     write_ledger },
    { "auto_bid",   write_autos },
    { "sealed_bid", write_sealed },
    { NULL,         NULL }
};
