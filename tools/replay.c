/*
 * replay: folds a log from its first event, and asks of each row: does it
 * follow the one before, is its hash what its bytes and all before it give,
 * is it written as the engine would write it, is it legal, and does every
 * invariant hold?
 *
 * Two states are kept, one an event behind the other, so that an invariant
 * can compare them without a copy.  What follows a row that cannot be folded
 * is still followed by its chain.
 */

#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/times.h"
#include "tools/verify.h"


void
problem(report_t *r, int64_t seq, const char *check, const char *format, ...)
{
    va_list     args;
    problem_t  *p;

    if (r->nproblems++ >= PROBLEMS_KEPT) {
        return;
    }

    p = &r->problems[r->nproblems - 1];
    p->seq = seq;
    snprintf(p->check, sizeof(p->check), "%s", check);

    va_start(args, format);
    vsnprintf(p->text, sizeof(p->text), format, args);
    va_end(args);
}


int
hex_read(const char *p, size_t len, unsigned char *out, size_t size)
{
    int     digit;
    size_t  i;

    if (len != size * 2) {
        return -1;
    }

    for (i = 0; i < len; i++) {
        digit = p[i] >= '0' && p[i] <= '9' ? p[i] - '0'
                : p[i] >= 'a' && p[i] <= 'f' ? p[i] - 'a' + 10 : -1;

        if (digit < 0) {
            return -1;
        }

        out[i / 2] = (unsigned char) (out[i / 2] << 4 | digit);
    }

    return 0;
}


void
hex_write(const unsigned char *p, size_t len, char *out)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        sprintf(out + 2 * i, "%02x", p[i]);
    }
}


int
replay_open(replay_t *r, report_t *report, int64_t id)
{
    memset(r, 0, sizeof(replay_t));

    r->report = report;
    r->epoch = 1;
    r->was = auction_create(id);
    r->is = auction_create(id);
    report->id = id;
    report->epoch = 1;
    book_open(&r->book);

    return r->was != NULL && r->is != NULL ? 0 : -1;
}


void
replay_close(replay_t *r)
{
    uint32_t  i;

    for (i = 0; i < r->nsnapshots; i++) {
        free(r->snapshots[i].state);
    }

    book_close(&r->book);
    projection_close(&r->projection);
    free(r->was);
    free(r->is);
}


static void
go_blind(replay_t *r, int64_t seq, const char *why)
{
    if (!r->blind) {
        r->blind = 1;
        snprintf(r->report->unchecked, sizeof(r->report->unchecked),
                 "the state and its invariants from seq %lld on: %s",
                 (long long) seq, why);
    }
}


/* SHA-256(hash before || public || digest of the private part). */

static void
chain(const unsigned char *prev, const row_t *row, unsigned char *hash)
{
    unsigned char  all[2 * ENGINE_HASH_LEN + EVENT_TEXT_MAX];

    if (!row->secret) {
        event_hash(prev, row->pub.p, row->pub.len,
                   row->priv.len != 0 ? row->nonce : NULL, row->priv.p,
                   row->priv.len, hash);
        return;
    }

    memcpy(all, prev, ENGINE_HASH_LEN);
    memcpy(all + ENGINE_HASH_LEN, row->pub.p, row->pub.len);
    memcpy(all + ENGINE_HASH_LEN + row->pub.len, row->digest,
           ENGINE_HASH_LEN);

    SHA256(all, 2 * ENGINE_HASH_LEN + row->pub.len, hash);
}


/* Follows the chain from row to row; a break is told once. */

static void
check_chain(replay_t *r, const row_t *row)
{
    unsigned char  hash[ENGINE_HASH_LEN];

    if (row->seq != r->seq + 1) {
        problem(r->report, row->seq, "invariant 1",
                "seq %lld follows %lld: what is between is missing or out "
                "of order", (long long) row->seq, (long long) r->seq);
        go_blind(r, row->seq, "an event is missing");
    }

    if (row->pub.len > EVENT_TEXT_MAX || row->priv.len > EVENT_PRIVATE_MAX) {
        problem(r->report, row->seq, "unreadable", "longer than any event");
        go_blind(r, row->seq, "an event cannot be read");

    } else {
        chain(r->head, row, hash);

        if (memcmp(hash, row->hash, ENGINE_HASH_LEN) != 0) {
            problem(r->report, row->seq, "chain",
                    "the hash is not that of its text and all before it");
        }
    }

    memcpy(r->head, row->hash, ENGINE_HASH_LEN);
    r->seq = row->seq;
}


/* {"v":1,"auction_id":1,"epoch":1,"seq":5,"ts":"...": without the private
 * part this is what can be read of any event. */

static void
check_envelope(replay_t *r, const row_t *row)
{
    int         n;
    char        buf[EVENT_TEXT_MAX + 1], ts[GAVEL_ISO_LEN + 1];
    long long   auction, epoch, seq;

    if (row->pub.len > EVENT_TEXT_MAX) {
        return;
    }

    memcpy(buf, row->pub.p, row->pub.len);
    buf[row->pub.len] = '\0';
    n = 0;

    if (sscanf(buf, "{\"v\":1,\"auction_id\":%lld,\"epoch\":%lld,\"seq\":%lld,"
               "\"ts\":\"%24[^\"]\",\"type\":\"%n", &auction, &epoch, &seq, ts,
               &n) != 4
        || n == 0
        || gavel_iso_parse((unsigned char *) ts, strlen(ts)) < 0)
    {
        problem(r->report, row->seq, "unreadable", "not an event's text");
        return;
    }

    if (auction != r->is->id || seq != row->seq
        || epoch < r->epoch || epoch > r->epoch + 1)
    {
        problem(r->report, row->seq, "invariant 1",
                "the text is of auction %lld, epoch %lld, seq %lld",
                auction, epoch, seq);
        return;
    }

    r->epoch = epoch;
}


/* The columns beside the text say the same. */

static void
check_columns(replay_t *r, const row_t *row, const event_t *e)
{
    if (!row->columns) {
        return;
    }

    if (row->epoch != e->epoch || row->ts != e->ts
        || row->type != (int64_t) e->type || row->actor != e->actor
        || row->request.len != e->request_len
        || (e->request_len != 0
            && memcmp(row->request.p, e->request_id, e->request_len) != 0))
    {
        problem(r->report, row->seq, "columns",
                "the columns of the row are not what its text says");
    }
}


static const lot_t *
lot_of(const auction_t *a, int64_t id)
{
    return id != 0 ? lot_find(a, id) : NULL;
}


static void
check_invariants(replay_t *r, const step_t *s)
{
    char                name[24];
    const char         *wrong;
    const invariant_t  *i;

    for (i = invariants; i->number != 0; i++) {
        wrong = i->check(s);

        if (wrong != NULL) {
            snprintf(name, sizeof(name), "invariant %d", i->number);
            problem(r->report, s->e->seq, name, "%s (%s): %s", wrong, i->name,
                    event_name(s->e->type));
        }
    }
}


static void
check_snapshots(replay_t *r)
{
    uint32_t       i;
    snapshot_t    *s;
    unsigned char  hash[ENGINE_HASH_LEN];

    for (i = 0; i < r->nsnapshots; i++) {
        s = &r->snapshots[i];

        if (s->seq != r->is->seq || s->state == NULL) {
            continue;
        }

        SHA256(s->state, s->size, hash);

        if (memcmp(hash, s->hash, ENGINE_HASH_LEN) != 0
            || s->size != r->is->size
            || memcmp(s->state, r->is, s->size) != 0)
        {
            problem(r->report, s->seq, "snapshot",
                    "the stored state is not the replayed one");
        }

        free(s->state);
        s->state = NULL;
    }
}


static void
fold(replay_t *r, const row_t *row, const event_t *e)
{
    step_t  s;

    if (evolve(&r->is, e, NULL) != 0) {
        problem(r->report, row->seq, "invariant 7",
                "%s is not legal in the state before it",
                event_name(e->type));
        go_blind(r, row->seq, "an event is not legal");
        return;
    }

    event_seal(r->is, r->head, NULL);

    s.was = r->was;
    s.is = r->is;
    s.e = e;
    s.lot_was = lot_of(r->was, e->lot_id);
    s.lot = lot_of(r->is, e->lot_id);
    s.text = row->pub.p;
    s.text_len = row->pub.len;
    s.book = &r->book;

    if (book_room(&r->book, r->is) != 0) {
        problem(r->report, row->seq, "memory", "there is not enough");
        go_blind(r, row->seq, "memory is out");
        return;
    }

    check_invariants(r, &s);
    book_note(&s);
    projection_event(&r->projection, &s);

    if (r->nsnapshots != 0) {
        check_snapshots(r);
    }

    if (evolve(&r->was, e, NULL) != 0) {
        problem(r->report, row->seq, "invariant 3",
                "the same event gave something else the second time");
        go_blind(r, row->seq, "a replay differs from itself");
        return;
    }

    event_seal(r->was, r->head, NULL);
}


void
replay_row(replay_t *r, const row_t *row)
{
    event_t   e;
    int64_t   id;

    r->report->events++;

    check_chain(r, row);

    if (row->secret) {
        go_blind(r, row->seq, "a private part is not shown");
    }

    if (r->blind) {
        check_envelope(r, row);
        return;
    }

    if (event_parse(&e, &id, row->pub.p, row->pub.len, row->priv.p,
                    row->priv.len) != 0)
    {
        problem(r->report, row->seq, "unreadable",
                "unknown, malformed, or not written canonically");
        go_blind(r, row->seq, "an event cannot be read");
        check_envelope(r, row);
        return;
    }

    memcpy(e.nonce, row->nonce, ENGINE_NONCE_LEN);

    if (id != r->is->id || e.seq != row->seq) {
        problem(r->report, row->seq, "invariant 1",
                "the text is of auction %lld, seq %lld", (long long) id,
                (long long) e.seq);
    }

    check_columns(r, row, &e);
    r->epoch = e.epoch;
    fold(r, row, &e);
}


void
replay_check(replay_t *r)
{
    int          number;
    char         name[24];
    const char  *why;

    if (r->blind) {
        return;
    }

    number = state_holds(r->is, &r->book, &why);

    if (number != 0) {
        snprintf(name, sizeof(name), "invariant %d", number);
        problem(r->report, r->seq, name, "%s", why);
    }

    if (r->was->size != r->is->size
        || memcmp(r->was, r->is, r->is->size) != 0)
    {
        problem(r->report, r->seq, "invariant 3",
                "two replays do not give the same bytes");
    }
}


void
replay_end(replay_t *r)
{
    uint32_t  i;

    replay_check(r);

    for (i = 0; i < r->nsnapshots; i++) {
        if (r->snapshots[i].state != NULL && !r->blind) {
            problem(r->report, r->snapshots[i].seq, "snapshot",
                    "the stored state is of no event of the log");
        }
    }

    if (r->projection.failed) {
        problem(r->report, r->seq, "memory", "there is not enough");
    }

    r->report->epoch = r->epoch;
    r->report->seq = r->seq;
    memcpy(r->report->head, r->head, ENGINE_HASH_LEN);
}
