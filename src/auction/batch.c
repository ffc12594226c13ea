/*
 * batch: everything that arrived for an auction since its last append,
 * decided on its committed state and on one another.
 *
 * The decisions are speculation until PostgreSQL has them: they are taken
 * back at once by the engine's journal and applied again when the append is
 * durable.
 */

#include "auction/host.h"


static journal_t  *batch_journal;


static ngx_uint_t
batch_takes(const host_batch_t *b, const gavel_submission_t *s)
{
    ngx_uint_t        i, same;
    const command_t  *c = &s->command, *other;

    if (c->actor == NOBODY) {
        return c->type != CMD_LOT_CLOSE || host_alive();
    }

    for (same = 0, i = 0; i < b->nitems; i++) {
        other = &b->items[i].s->command;

        if (other->actor != c->actor) {
            continue;
        }

        /* The same request twice: the second asks when the first is in. */

        if (++same == HOST_ACTOR_MAX
            || (other->request_len == c->request_len
                && ngx_memcmp(other->request_id, c->request_id,
                              c->request_len) == 0))
        {
            return 0;
        }
    }

    return 1;
}


/* Order is arrival; only what its batch does not take stays behind. */

static void
batch_gather(gavel_auction_t *a, host_batch_t *b, ngx_uint_t max)
{
    ngx_queue_t         *q, *next;
    gavel_submission_t  *s;

    for (q = ngx_queue_head(&a->commands);
         q != ngx_queue_sentinel(&a->commands) && b->nitems < max;
         q = next)
    {
        next = ngx_queue_next(q);
        s = ngx_queue_data(q, gavel_submission_t, queue);

        if (!batch_takes(b, s)
            || (host_ended(a) && s->command.type != CMD_NEW_EPOCH))
        {
            continue;
        }

        ngx_queue_remove(q);

        ngx_memzero(&b->items[b->nitems], sizeof(host_item_t));
        b->items[b->nitems++].s = s;

        /* These stand alone: what follows is judged in another epoch. */

        if (s->command.type == CMD_NEW_EPOCH
            || s->command.type == CMD_CREATE)
        {
            break;
        }
    }
}


static ngx_int_t
batch_room(host_batch_t *b, uint32_t more)
{
    void      *p;
    uint32_t   room;

    if (b->nevents + more <= b->room) {
        return NGX_OK;
    }

    room = ngx_max(b->nevents + more, b->room * 2);

    p = realloc(b->events, room * sizeof(event_t));
    if (p == NULL) {
        return NGX_ERROR;
    }

    b->events = p;

    p = realloc(b->records, room * sizeof(host_record_t *));
    if (p == NULL) {
        return NGX_ERROR;
    }

    b->records = p;
    b->room = room;

    return NGX_OK;
}


/* What an event did to the purses: `before` has the teams as they were. */

static ngx_int_t
batch_transfers(host_batch_t *b, const auction_t *a, const team_t *before,
    uint32_t nbefore, const event_t *e)
{
    void             *p;
    uint32_t          i, k, n;
    transfer_t        t[ENGINE_TRANSFERS];
    const team_t     *team = auction_teams(a);
    host_transfer_t  *row;

    for (i = 0; i < a->nteams; i++) {

        if (i < nbefore
            && ngx_memcmp(&team[i], &before[i], sizeof(team_t)) == 0)
        {
            continue;
        }

        n = purse_transfers(i < nbefore ? &before[i] : NULL, &team[i], e, t);

        if (b->ntransfers + n > b->transfers_room) {
            b->transfers_room = b->transfers_room * 2 + 64;

            p = realloc(b->transfers,
                        b->transfers_room * sizeof(host_transfer_t));
            if (p == NULL) {
                return NGX_ERROR;
            }

            b->transfers = p;
        }

        for (k = 0; k < n; k++) {
            row = &b->transfers[b->ntransfers++];
            row->seq = e->seq;
            row->transfer = t[k];
        }
    }

    return NGX_OK;
}


/* Evolves, encodes and seals one decided event. */

static ngx_int_t
batch_event(gavel_auction_t *a, host_batch_t *b, event_t *e,
    const command_t *c)
{
    char            public_text[EVENT_TEXT_MAX];
    char            private_text[EVENT_PRIVATE_MAX];
    u_char          hash[ENGINE_HASH_LEN];
    uint32_t        nbefore;
    ngx_str_t       public, private;
    host_record_t  *r;

    static team_t   before[ENGINE_MAX_TEAMS];

    public.data = (u_char *) public_text;
    public.len = event_public(e, a->id, public_text, sizeof(public_text));
    private.data = (u_char *) private_text;
    private.len = event_private(e, private_text, sizeof(private_text));

    nbefore = a->state->nteams;
    ngx_memcpy(before, auction_teams(a->state), nbefore * sizeof(team_t));

    if (public.len == 0 || evolve(&a->state, e, batch_journal) != 0
        || batch_transfers(b, a->state, before, nbefore, e) != NGX_OK)
    {
        return NGX_ERROR;
    }

    event_hash(a->state->head, public_text, public.len,
               private.len ? e->nonce : NULL, private_text, private.len,
               hash);
    event_seal(a->state, hash, batch_journal);

    r = host_record(a->id, e, &public, &private, e->nonce, hash);
    if (r == NULL) {
        return NGX_ERROR;
    }

    b->records[b->nevents++] = r;

    return NGX_OK;
}


/* What the server itself wants may have been done by another worker since:
 * a new epoch, or time given back. */

static ngx_uint_t
batch_timely(gavel_auction_t *a, command_t *c, int64_t now)
{
    command_t  fresh;

    if (c->type == CMD_NEW_EPOCH) {
        return host_ended(a) && c->round == a->state->epoch;
    }

    if (c->type == CMD_RECOVER) {
        if (!host_recovery(a, &fresh, now)) {
            return 0;
        }

        c->ms = fresh.ms;
    }

    return 1;
}


static void
batch_decide(gavel_auction_t *a, host_batch_t *b, host_item_t *item,
    int64_t now)
{
    uint32_t    i, n, first;
    command_t  *c = &item->s->command;

    first = b->nevents;
    item->answer = first;
    item->n = 0;
    item->refusal.min_next = -1;
    item->refusal.max_bid = -1;
    item->refusal.detail = NULL;

    if (!batch_timely(a, c, now)) {
        item->refusal.code = GAVEL_conflict;
        return;
    }

    if (batch_room(b, events_room(a->state, c)) != NGX_OK) {
        item->refusal.code = GAVEL_busy;
        return;
    }

    n = decide(a->state, c, ngx_max(now, c->at), &b->events[b->nevents],
               &item->refusal);

    for (i = 0; i < n; i++) {
        if (batch_event(a, b, &b->events[b->nevents], c) != NGX_OK) {

            /* The engine contradicts itself: nothing of it may stay. */

            ngx_log_error(NGX_LOG_ERR, host.log, 0,
                          "auction %uL: command %d gave an event that is not "
                          "legal", a->id, (int) c->type);
            a->single = 1;
            item->refusal.code = GAVEL_internal;
            item->n = 0;
            return;
        }
    }

    item->n = n;
    item->answer = first + event_that_answers(&b->events[first], n);

    if (n != 0 && c->actor_roles == ACTOR_SERVER) {
        b->not_before = ngx_max(b->not_before, (int64_t) item->s->ticket);
    }
}


static void
batch_drop_events(host_batch_t *b, uint32_t from)
{
    while (b->ntransfers > 0
           && b->transfers[b->ntransfers - 1].seq > b->seq + from)
    {
        b->ntransfers--;
    }

    while (b->nevents > from) {
        host_record_free(b->records[--b->nevents]);
    }
}


/* A recovery that is owed goes first (rule 16). */

static void
batch_recovery(gavel_auction_t *a, int64_t now)
{
    command_t  c;

    ngx_memzero(&c, sizeof(command_t));
    c.type = CMD_RECOVER;

    if (!host_ended(a) && !host_waits(a, &c) && host_recovery(a, &c, now)) {
        (void) host_internal(a, &c, 0);
    }
}


void
host_batch_free(host_batch_t *b)
{
    batch_drop_events(b, 0);
    free(b->events);
    free(b->records);
    free(b->transfers);

    if (b->pool != NULL) {
        ngx_destroy_pool(b->pool);
    }

    ngx_free(b);
}


/* Makes a->batch of at most max commands.  NGX_DECLINED: nothing to do. */

static ngx_int_t
host_decide(gavel_auction_t *a, ngx_uint_t max)
{
    int64_t        now = gavel_cluster_now();
    uint32_t       before;
    ngx_int_t      rc;
    ngx_uint_t     i;
    host_item_t   *item;
    host_batch_t  *b;

    if (ngx_queue_empty(&a->commands)) {
        return NGX_DECLINED;
    }

    if (now < 0 || host_unsure(a)) {

        /* Soon it is known again; meanwhile nobody else may come. */

        host_timer(&a->retry, 50);
        return NGX_DECLINED;
    }

    if (host_silent(a)) {
        host_drop_old(a);
        host_timer(&a->retry, 10);
        return NGX_DECLINED;
    }

    if (batch_journal == NULL && (batch_journal = journal_create()) == NULL) {
        return NGX_ERROR;
    }

    b = ngx_calloc(sizeof(host_batch_t), host.log);
    if (b == NULL) {
        return NGX_ERROR;
    }

    batch_recovery(a, now);

    b->auction = a;
    b->seq = a->state->seq;
    b->epoch = a->state->epoch;
    ngx_memcpy(b->head, a->state->head, ENGINE_HASH_LEN);
    b->nbefore = a->state->nteams;
    ngx_memcpy(b->before, auction_teams(a->state),
               b->nbefore * sizeof(team_t));

    batch_gather(a, b, a->single ? 1 : max);

    for (i = 0; i < b->nitems; i++) {
        item = &b->items[i];
        before = b->nevents;

        batch_decide(a, b, item, now);

        if (item->n == 0 && b->nevents > before) {

            /* Half of a command is in the journal: decide the others anew,
             * one at a time. */

            journal_undo(batch_journal, &a->state);
            journal_clear(batch_journal);
            batch_drop_events(b, 0);

            for (i = b->nitems; i-- > 0; ) {
                if (&b->items[i] != item) {
                    ngx_queue_insert_head(&a->commands,
                                          &b->items[i].s->queue);
                }
            }

            b->items[0] = *item;
            b->items[0].answer = 0;
            b->nitems = 1;
            break;
        }
    }

    a->batch = b;
    rc = (b->nitems != 0) ? host_append(a) : NGX_ERROR;

    journal_undo(batch_journal, &a->state);
    journal_clear(batch_journal);

    if (rc != NGX_OK) {
        host_requeue(a, 50);
    }

    return rc;
}


void
host_ready(gavel_auction_t *a)
{
    if (a->queued || a->batch != NULL || a->state == NULL || a->reload
        || a->halted || a->loading || a->retry.timer_set
        || ngx_queue_empty(&a->commands))
    {
        return;
    }

    a->queued = 1;
    ngx_queue_insert_tail(&host.ready, &a->ready);

    if (host.flying == 0 && !host.turn.posted) {
        ngx_post_event(&host.turn, &ngx_posted_next_events);
    }
}


static ngx_int_t
batch_compare(const void *one, const void *two)
{
    const gavel_auction_t *const *a = one, *const *b = two;

    return (*a)->id < (*b)->id ? -1 : (*a)->id > (*b)->id;
}


/* One turn: the ready auctions, sorted so that two lanes cannot deadlock,
 * each with one append, and one sync behind all. */

void
host_turn(ngx_event_t *ev)
{
    ngx_uint_t        i, n, commands;
    ngx_queue_t      *q;
    gavel_auction_t  *a, *list[HOST_SYNC_AUCTIONS];

    if (host.flying != 0) {
        return;
    }

    n = 0;
    commands = 0;

    while (!ngx_queue_empty(&host.ready) && n < HOST_SYNC_AUCTIONS
           && commands < HOST_SYNC_COMMANDS)
    {
        q = ngx_queue_head(&host.ready);
        a = ngx_queue_data(q, gavel_auction_t, ready);

        if (a->alone && n != 0) {
            break;
        }

        ngx_queue_remove(q);
        a->queued = 0;

        if (a->batch != NULL || a->state == NULL || a->reload || a->halted) {
            continue;
        }

        switch (host_decide(a, HOST_SYNC_COMMANDS - commands)) {
        case NGX_OK:
            commands += a->batch->nitems;
            list[n++] = a;
            break;
        default:
            break;
        }

        if (a->alone) {
            break;
        }
    }

    ngx_sort(list, n, sizeof(gavel_auction_t *), batch_compare);

    for (i = 0; i < n; i++) {
        host.flying++;
        gavel_pg_send(gavel_pg, GAVEL_PG_BID, 0, list[i]->batch->op);
    }

    if (n != 0) {
        gavel_pg_sync(gavel_pg, 0);
    }
}
