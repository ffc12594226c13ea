/*
 * home: who decides.
 *
 * A command goes to the auction's home, another worker perhaps, which says
 * `taken` in the turn in which it reads it and sends the outcome when there
 * is one.  Silence (250 ms, or nobody there) makes the sender try to become
 * the home itself and follow whoever did.  A home is a hint: whenever it is
 * in doubt this worker decides, and the log sorts it out.
 */

#include "auction/host.h"
#include "core/keeper.h"

#define HOME_COMMAND   'c'
#define HOME_TAKEN     't'
#define HOME_OUTCOME   'o'
#define HOME_MOVED     'm'

#define HOME_SILENCE   250             /* ms without `taken` */
#define HOME_PATIENCE  2000            /* ms after it */
#define HOME_FORWARDS  16384

/* A command of another worker, decided here. */
typedef struct {
    u_char       from[GAVEL_WORKER_ID_LEN];
    uint64_t     ticket;
} home_guest_t;


static void home_route_all(gavel_auction_t *a, const u_char *worker);

static ngx_queue_t  home_forwarded;    /* by the time they were sent */
static ngx_uint_t   home_nforwarded;
static uint64_t     home_ticket;

#define submission_of(q)  (ngx_queue_data(q, gavel_submission_t, queue))


static ngx_uint_t
home_is_me(const u_char *worker)
{
    return worker == NULL
           || ngx_memcmp(worker, gavel_worker_id, GAVEL_WORKER_ID_LEN) == 0;
}


/* --- the asking side --- */


static void
home_decide(gavel_submission_t *s)
{
    gavel_auction_t  *a = host_auction(s->auction_id);

    s->forwarded = 0;
    s->ticket = 0;

    if (a == NULL) {
        host_finish(s, GAVEL_busy);
        return;
    }

    host_enqueue(a, s);
}


static void
home_forward(gavel_submission_t *s, const u_char *worker)
{
    ngx_str_t    m;
    ngx_int_t    rc = NGX_ERROR;
    ngx_pool_t  *pool;

    if (home_nforwarded < HOME_FORWARDS
        && (pool = ngx_create_pool(4096, host.log)) != NULL)
    {
        s->ticket = ++home_ticket;
        m = host_wire_command(pool, s);

        if (m.data != NULL) {
            rc = gavel_inbox_send(worker, HOME_COMMAND, &m);
        }

        ngx_destroy_pool(pool);
    }

    if (rc != NGX_OK) {
        home_decide(s);
        return;
    }

    s->forwarded = 1;
    s->taken = 0;
    s->sent = ngx_current_msec;
    ngx_memcpy(s->to, worker, GAVEL_WORKER_ID_LEN);

    ngx_queue_insert_tail(&home_forwarded, &s->queue);
    home_nforwarded++;
    gavel_auction_metrics.forwarded++;
}


static gavel_submission_t *
home_find(uint64_t ticket)
{
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&home_forwarded);
         q != ngx_queue_sentinel(&home_forwarded);
         q = ngx_queue_next(q))
    {
        if (submission_of(q)->ticket == ticket) {
            return submission_of(q);
        }
    }

    return NULL;
}


static void
home_unlink(gavel_submission_t *s)
{
    ngx_queue_remove(&s->queue);
    home_nforwarded--;
    s->forwarded = 0;
}


static void
home_known(uint64_t auction, const u_char *worker, void *data)
{
    gavel_auction_t  *a = host_find(auction);

    if (a != NULL) {
        a->claiming = 0;
        home_route_all(a, worker);
    }
}


static void
home_route_all(gavel_auction_t *a, const u_char *worker)
{
    ngx_queue_t          list;
    gavel_submission_t  *s;

    ngx_queue_init(&list);

    if (!ngx_queue_empty(&a->unrouted)) {
        ngx_queue_add(&list, &a->unrouted);
        ngx_queue_init(&a->unrouted);
    }

    while (!ngx_queue_empty(&list)) {
        s = submission_of(ngx_queue_head(&list));
        ngx_queue_remove(&s->queue);

        if (home_is_me(worker)) {
            home_decide(s);
        } else {
            home_forward(s, worker);
        }
    }

    host_arm(a);
}


void
host_route(gavel_auction_t *a, gavel_submission_t *s)
{
    if (gavel_home_mine(a->id) || !gavel_cluster_connected()) {
        home_decide(s);
        return;
    }

    ngx_queue_insert_tail(&a->unrouted, &s->queue);
    host_claim(a);
}


/* Whatever asks for the home, what waits for the answer is routed by it. */

void
host_claim(gavel_auction_t *a)
{
    if (!a->claiming) {
        a->claiming = 1;
        gavel_home_claim(a->id, home_known, a);
    }
}


/* It fell silent: whoever takes its place gets the command (rule 12). */

static void
home_silent(gavel_submission_t *s)
{
    u_char            silent[GAVEL_WORKER_ID_LEN];
    gavel_auction_t  *a = host_auction(s->auction_id);

    gavel_auction_metrics.fallbacks++;
    home_unlink(s);

    if (a == NULL || s->asked || !gavel_cluster_connected()) {
        home_decide(s);
        return;
    }

    s->asked = 1;
    ngx_memcpy(silent, s->to, GAVEL_WORKER_ID_LEN);
    ngx_queue_insert_tail(&a->unrouted, &s->queue);

    if (!a->claiming) {
        a->claiming = 1;
        gavel_home_seize(a->id, silent, home_known, a);
    }
}


void
host_home_tick(void)
{
    ngx_queue_t         *q, *next;
    ngx_msec_t           age;
    gavel_submission_t  *s;

    for (q = ngx_queue_head(&home_forwarded);
         q != ngx_queue_sentinel(&home_forwarded);
         q = next)
    {
        next = ngx_queue_next(q);
        s = submission_of(q);
        age = ngx_current_msec - s->sent;

        if (s->taken && age > HOME_PATIENCE) {
            home_unlink(s);
            host_finish(s, GAVEL_busy);
            next = ngx_queue_head(&home_forwarded);

        } else if (!s->taken && age > HOME_SILENCE) {
            home_silent(s);
            next = ngx_queue_head(&home_forwarded);
        }
    }
}


static ngx_int_t
home_get_ticket(const ngx_str_t *m, uint64_t *ticket)
{
    if (m->len != sizeof(uint64_t)) {
        return NGX_ERROR;
    }

    ngx_memcpy(ticket, m->data, sizeof(uint64_t));

    return NGX_OK;
}


static void
home_taken(const u_char *from, const ngx_str_t *m)
{
    uint64_t             ticket;
    gavel_submission_t  *s;

    if (home_get_ticket(m, &ticket) == NGX_OK
        && (s = home_find(ticket)) != NULL)
    {
        s->taken = 1;
    }
}


static void
home_outcome(const u_char *from, const ngx_str_t *m)
{
    uint64_t             ticket;
    gavel_submission_t  *s;

    if (m->len < sizeof(uint64_t) * 2) {
        return;
    }

    ngx_memcpy(&ticket, m->data + sizeof(uint64_t), sizeof(uint64_t));
    s = home_find(ticket);

    if (s != NULL && host_wire_read_outcome(m, s) == NGX_OK) {
        home_unlink(s);
        host_finish(s, s->code);
    }
}


static void
home_moved(const u_char *from, const ngx_str_t *m)
{
    uint64_t             ticket;
    gavel_auction_t     *a;
    gavel_submission_t  *s;

    if (home_get_ticket(m, &ticket) != NGX_OK
        || (s = home_find(ticket)) == NULL)
    {
        return;
    }

    gavel_auction_metrics.moved++;
    home_unlink(s);
    a = host_auction(s->auction_id);

    if (a == NULL || s->asked) {
        home_decide(s);
        return;
    }

    s->asked = 1;
    ngx_queue_insert_tail(&a->unrouted, &s->queue);

    if (!a->claiming) {
        a->claiming = 1;
        gavel_home_read(a->id, home_known, a);
    }
}


static void
home_nobody(const u_char *to)
{
    ngx_queue_t         *q, *next;
    gavel_submission_t  *s;

    for (q = ngx_queue_head(&home_forwarded);
         q != ngx_queue_sentinel(&home_forwarded);
         q = next)
    {
        next = ngx_queue_next(q);
        s = submission_of(q);

        if (!s->taken && ngx_memcmp(s->to, to, GAVEL_WORKER_ID_LEN) == 0) {
            home_silent(s);
            next = ngx_queue_head(&home_forwarded);
        }
    }
}


/* --- the asked side --- */


static void
home_send_ticket(const u_char *to, u_char kind, uint64_t ticket)
{
    ngx_str_t  m = { sizeof(uint64_t), (u_char *) &ticket };

    (void) gavel_inbox_send(to, kind, &m);
}


static void
home_answer(gavel_submission_t *s)
{
    ngx_str_t      m;
    ngx_pool_t    *pool = ngx_create_pool(4096, host.log);
    home_guest_t  *guest = s->data;

    if (pool != NULL) {
        m = host_wire_outcome(pool, s, guest->ticket);

        if (m.data != NULL) {
            (void) gavel_inbox_send(guest->from, HOME_OUTCOME, &m);
        }

        ngx_destroy_pool(pool);
    }

    ngx_free(guest);
}


static void
home_command(const u_char *from, const ngx_str_t *m)
{
    int64_t              now = gavel_cluster_now();
    home_guest_t        *guest;
    gavel_submission_t  *s = gavel_submission_new();

    if (s == NULL) {
        return;
    }

    if (host_wire_read_command(m, s) != NGX_OK) {
        host_submission_drop(s);
        return;
    }

    if (!gavel_home_mine(s->auction_id) || host.draining) {
        home_send_ticket(from, HOME_MOVED, s->ticket);
        host_submission_drop(s);
        return;
    }

    guest = ngx_alloc(sizeof(home_guest_t), host.log);
    if (guest == NULL) {
        host_submission_drop(s);
        return;
    }

    ngx_memcpy(guest->from, from, GAVEL_WORKER_ID_LEN);
    guest->ticket = s->ticket;

    s->ticket = 0;
    s->done = home_answer;
    s->data = guest;

    /* A stamp from elsewhere is believed for a second. */

    if (now > 0) {
        s->command.at = ngx_max(ngx_min(s->command.at, now), now - 1000);
    }

    home_send_ticket(from, HOME_TAKEN, guest->ticket);
    host_submit_here(s);
}


/* What other workers sent goes back: somebody else has it now. */

static void
home_left(uint64_t auction, const u_char *worker, void *data)
{
    ngx_queue_t         *q, *next;
    home_guest_t        *guest;
    gavel_auction_t     *a = host_find(auction);
    gavel_submission_t  *s;

    if (a == NULL || home_is_me(worker)) {
        return;
    }

    for (q = ngx_queue_head(&a->commands);
         q != ngx_queue_sentinel(&a->commands);
         q = next)
    {
        next = ngx_queue_next(q);
        s = submission_of(q);

        if (s->done != home_answer) {
            continue;
        }

        ngx_queue_remove(q);
        a->ncommands--;
        host.ncommands--;

        guest = s->data;
        home_send_ticket(guest->from, HOME_MOVED, guest->ticket);
        ngx_free(guest);

        host_submission_drop(s);
        gavel_release();
    }
}


void
host_home_doubt(gavel_auction_t *a)
{
    if (gavel_home_mine(a->id)) {
        gavel_home_read(a->id, home_left, a);
    }
}


void
host_home_create(void)
{
    ngx_queue_init(&home_forwarded);

    gavel_inbox_on(HOME_COMMAND, home_command, home_nobody);
    gavel_inbox_on(HOME_TAKEN, home_taken, NULL);
    gavel_inbox_on(HOME_OUTCOME, home_outcome, NULL);
    gavel_inbox_on(HOME_MOVED, home_moved, NULL);
}
