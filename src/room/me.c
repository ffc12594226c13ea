/*
 * me: makes of the logs what concerns people: outbid, won, points held, what
 * ends soon of that what they watch.
 *
 * One SQL function reads what the logs' outbox names and gives each event its
 * place in the sequence of its user; here it is called, and what is new told
 * to the workers where that user is (lines.c).  Every worker calls it about
 * once a second, so that nothing is lost with one, and the home of an auction
 * soon after a bid.
 */

#include "room/me.h"

#include "cluster/cluster.h"
#include "command/comments.h"
#include "pg/pg.h"

#define ME_PAUSE     1000                /* ms */
#define ME_SOON      50
#define ME_AUCTIONS  64                  /* of one call */


static void me_soon(ngx_msec_t ms);
static void me_tick(ngx_event_t *ev);
static void me_made(gavel_pg_op_t *op);


static ngx_event_t       me_timer;
static ngx_connection_t  me_ident;               /* events log its fd */
static gavel_pg_op_t    *me_op;
static ngx_uint_t        me_again;               /* after the one under way */


void
gavel_me_create(void)
{
    me_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&me_timer, sizeof(ngx_event_t));
    me_timer.handler = me_tick;
    me_timer.data = &me_ident;
    me_timer.log = ngx_cycle->log;
    me_timer.cancelable = 1;

    me_op = NULL;
    me_again = 0;

    ngx_add_timer(&me_timer, ME_PAUSE + ngx_random() % ME_PAUSE);
}


void
gavel_me_destroy(void)
{
    if (me_timer.timer_set) {
        ngx_del_timer(&me_timer);
    }

    if (me_op != NULL) {
        gavel_pg_detach(me_op);
        me_op = NULL;
    }
}


void
gavel_me_event(const gavel_record_t *r)
{
    switch (r->type) {

    case EV_BID_ACCEPTED:
    case EV_BID_REACTIVE:
    case EV_LOT_SOLD:
        break;

    default:
        return;
    }

    if (!me_again && gavel_home_mine(r->auction_id)) {
        me_again = 1;
        me_soon(ME_SOON);
    }
}


static void
me_soon(ngx_msec_t ms)
{
    if (me_op != NULL) {
        return;                          /* when it is answered */
    }

    if (me_timer.timer_set) {
        ngx_del_timer(&me_timer);
    }

    ngx_add_timer(&me_timer, ms);
}


static void
me_tick(ngx_event_t *ev)
{
    if (me_op != NULL || !gavel_pg_ready(gavel_pg)) {
        ngx_add_timer(&me_timer, ME_PAUSE);
        return;
    }

    me_op = gavel_pg_op(gavel_pg, "me_make");
    if (me_op == NULL) {
        ngx_add_timer(&me_timer, ME_PAUSE);
        return;
    }

    me_again = 0;
    gavel_pg_op_int(me_op, ME_AUCTIONS);
    me_op->done = me_made;

    gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, me_op);
}


/* Rows of one user stand together, in the order of their seq. */

static void
me_tell(PGresult *res)
{
    int        row, rows, last;
    size_t     size;
    u_char    *p;
    int64_t    user;
    ngx_str_t  lines, line;

    rows = PQntuples(res);

    for (row = 0; row < rows; row = last) {
        user = gavel_pg_int(res, row, 0);
        size = 0;

        for (last = row;
             last < rows && gavel_pg_int(res, last, 0) == user;
             last++)
        {
            size += gavel_pg_text(res, last, 2).len + NGX_INT64_LEN + 2;
        }

        lines.data = ngx_alloc(size, ngx_cycle->log);
        if (lines.data == NULL) {
            continue;
        }

        for (p = lines.data; row < last; row++) {
            line = gavel_pg_text(res, row, 2);
            p = ngx_sprintf(p, "%L %V\n", gavel_pg_int(res, row, 1), &line);
        }

        lines.len = p - lines.data;
        gavel_lines_publish("me", user, &lines);

        ngx_free(lines.data);
    }
}


static void
me_made(gavel_pg_op_t *op)
{
    me_op = NULL;

    if (op->status == GAVEL_PG_DONE) {
        me_tell(op->res);
    }

    ngx_add_timer(&me_timer, me_again ? ME_SOON
                                      : ME_PAUSE + ngx_random() % ME_PAUSE);
}
