/* needs: engine times -lpq */

/*
 * append: the log's compare-and-set append against a bare bulk insert of the
 * same event and bid rows, prepared, on one connection, alternated batch by
 * batch.
 *
 *   append HOST DATABASE RUNS [BATCH [BATCHES]]
 *
 * Prints a line of JSON per run: {"name":"append","per_second":N} and the
 * same of "bulk insert", of the batch of median time: a new file of the
 * write-ahead log takes as long as ten batches and comes to either.  Deciding,
 * encoding and hashing are done before: both sides get the same texts.
 */

#define _GNU_SOURCE

#include "engine/engine.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PARAMS       44
#define MAX_BATCHES  2048

typedef struct {
    char    *text;
    size_t   len, size;
} text_t;

/* one batch as parameters */

enum { TYPE, TS, ACTOR, REQUEST, BODY, PUBLIC, HASH,
       SEQ, LOT, ROUND, BIDDER, AMOUNT, ORIGIN, AT, COLUMNS };

typedef struct {
    int64_t   seq;                   /* before the batch */
    char      head[2 * ENGINE_HASH_LEN + 3];     /* before the batch */
    text_t    column[COLUMNS];
    text_t    lot;                   /* the lot's row afterwards */
} batch_t;


static auction_t  *auction;
static int64_t     lot_id;
static int         batch_size = 256;


static void
put(text_t *t, const char *format, ...)
{
    int      n;
    va_list  args;

    if (t->size - t->len < 8192) {
        t->size = t->size ? t->size * 2 : 65536;
        t->text = realloc(t->text, t->size);
    }

    va_start(args, format);
    n = vsnprintf(t->text + t->len, t->size - t->len, format, args);
    va_end(args);

    t->len += n;
}


static double
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static void
die(const char *what)
{
    fprintf(stderr, "append: %s\n", what);
    exit(1);
}


static void
hex(char *to, const unsigned char *bytes, size_t n)
{
    size_t  i;

    to += sprintf(to, "\\x");

    for (i = 0; i < n; i++) {
        to += sprintf(to, "%02x", bytes[i]);
    }
}


/* decides, folds and seals; the event's text and hash go into the batch */

static void
carry_out(command_t *c, int64_t at, batch_t *b)
{
    char                 pub[EVENT_TEXT_MAX];
    size_t               n;
    event_t              ev[ENGINE_EVENTS + 8];
    uint32_t             i, k, events;
    refusal_t            r;
    unsigned char        hash[ENGINE_HASH_LEN];
    const char          *comma;

    c->at = at;
    c->origin = ORIGIN_WS;
    events = decide(auction, c, at, ev, &r);

    if (events == 0) {
        die(r.detail ? r.detail : "a command was refused");
    }

    for (i = 0; i < events; i++) {
        n = event_public(&ev[i], auction->id, pub, sizeof(pub) - 1);
        pub[n] = '\0';
        event_hash(auction->head, pub, n, NULL, "", 0, hash);

        if (evolve(&auction, &ev[i], NULL) != 0) {
            die("an event was refused");
        }

        event_seal(auction, hash, NULL);

        if (b == NULL) {
            continue;
        }

        comma = b->column[TYPE].len ? "," : "";

        put(&b->column[TYPE], "%s%d", comma, ev[i].type);
        put(&b->column[TS], "%s%ld", comma, (long) ev[i].ts);
        put(&b->column[ACTOR], "%s%ld", comma, (long) ev[i].actor);
        put(&b->column[REQUEST], "%s%.*s", comma, (int) ev[i].request_len,
            ev[i].request_id);
        put(&b->column[PUBLIC], "%s%s", *comma ? "\n" : "", pub);
        put(&b->column[SEQ], "%s%ld", comma, (long) ev[i].seq);
        put(&b->column[LOT], "%s%ld", comma, (long) ev[i].lot_id);
        put(&b->column[ROUND], "%s%ld", comma, (long) ev[i].round);
        put(&b->column[BIDDER], "%s%ld", comma, (long) ev[i].bidder);
        put(&b->column[AMOUNT], "%s%ld", comma, (long) ev[i].amount);
        put(&b->column[ORIGIN], "%s%d", comma, ev[i].origin);
        put(&b->column[AT], "%s%ld", comma, (long) ev[i].at);

        for (k = 0; k < ENGINE_HASH_LEN; k++) {
            put(&b->column[HASH], "%02x", hash[k]);
            put(&b->column[BODY], "%02x", hash[k]);
        }
    }
}


static void
command(command_t *c, command_type_t type, int64_t actor)
{
    memset(c, 0, sizeof(*c));
    c->type = type;
    c->actor = actor;
    c->starts_at = c->ends_at = -1;
    c->base_price = -1;
}


static void
open_lot(int64_t at)
{
    rules_t    rules;
    command_t  c;

    auction = auction_create(1);
    rules_default(&rules, MODE_LIVE);
    rules.ladder.nsteps = 1;
    rules.ladder.steps[0].from = 0;
    rules.ladder.steps[0].step = 1;
    rules.clock.preset = CLOCK_HARD;
    rules.clock.duration_ms = 24 * 3600 * 1000;

    command(&c, CMD_CREATE, 1);
    c.actor_roles = ACTOR_SERVER;
    c.mode = MODE_LIVE;
    c.user_id = 1;
    c.rules = &rules;
    c.starts_at = at;
    carry_out(&c, at, NULL);

    command(&c, CMD_LOT_ADD, 1);
    c.item_id = 1;
    c.base_price = 1;
    carry_out(&c, at, NULL);
    lot_id = auction_lots(auction)[0].id;

    command(&c, CMD_PUBLISH, 1);
    carry_out(&c, at, NULL);
    command(&c, CMD_START, 1);
    carry_out(&c, at, NULL);

    if (auction_lots(auction)[0].status != LOT_OPEN) {
        command(&c, CMD_LOT_OPEN, 1);
        carry_out(&c, at, NULL);
    }
}


static batch_t *
make_batch(int64_t at)
{
    int        i;
    lot_t     *lot;
    batch_t   *b;
    command_t  c;

    b = calloc(1, sizeof(batch_t));
    b->seq = auction->seq;
    hex(b->head, auction->head, ENGINE_HASH_LEN);

    for (i = 0; i < COLUMNS; i++) {
        if (i != PUBLIC) {
            put(&b->column[i], "%s",
                i == HASH || i == BODY ? "\\x" : "");
        }
    }

    for (i = 0; i < batch_size; i++) {
        lot = &auction_lots(auction)[0];
        command(&c, CMD_BID, 100 + i % 256);
        c.actor += lot->leader == c.actor;
        c.lot_id = lot_id;
        c.amount = lot_min_next(auction, lot);
        c.request_len = sprintf(c.request_id, "bench-%ld",
                                (long) auction->seq);
        carry_out(&c, at, b);
    }

    lot = &auction_lots(auction)[0];
    put(&b->lot, "{\"(%ld,1,1,1,1,open,%d,%ld,%ld,%ld,,%ld,%d,%ld,%ld)\"}",
        (long) lot->id, lot->round, (long) lot->base_price,
        (long) lot->price, (long) lot->leader, (long) lot->leader_bid,
        lot->bid_count, (long) lot->opened_at, (long) lot->ends_at);

    return b;
}


static const char *
array(text_t *t)
{
    static int   next;
    static char *ring[32];
    char        *copy;

    copy = malloc(t->len + 3);
    sprintf(copy, "{%s}", t->text);

    free(ring[next % 32]);
    ring[next++ % 32] = copy;

    return copy;
}


static void
run(PGconn *pg, const char *statement, int n, const char **params,
    const char *answer)
{
    PGresult  *res;

    res = PQexecPrepared(pg, statement, n, params, NULL, NULL, 0);

    if (PQresultStatus(res) != PGRES_TUPLES_OK
        && PQresultStatus(res) != PGRES_COMMAND_OK)
    {
        die(PQresultErrorMessage(res));
    }

    if (answer && strcmp(PQgetvalue(res, PQntuples(res) - 1, 0), answer) != 0)
    {
        die(PQgetvalue(res, PQntuples(res) - 1, 0));
    }

    PQclear(res);
}


static void
append(PGconn *pg, batch_t *b)
{
    int          i;
    char         seq[24];
    const char  *p[PARAMS];

    for (i = 0; i < PARAMS; i++) {
        p[i] = NULL;
    }

    sprintf(seq, "%ld", (long) b->seq);

    p[0] = "1";  p[1] = "1";  p[2] = seq;  p[3] = b->head;
    p[4] = "1";  p[5] = "bench";  p[6] = "f";  p[7] = "0";
    p[8] = "{}";  p[9] = "{}";  p[10] = "1";
    p[11] = array(&b->column[TYPE]);
    p[12] = array(&b->column[TS]);
    p[13] = array(&b->column[ACTOR]);
    p[14] = array(&b->column[REQUEST]);
    p[15] = b->column[BODY].text;
    p[16] = b->column[PUBLIC].text;
    p[17] = "";
    p[18] = "\\x";
    p[19] = b->column[HASH].text;
    p[20] = array(&b->column[SEQ]);
    p[21] = array(&b->column[LOT]);
    p[22] = array(&b->column[ROUND]);
    p[23] = array(&b->column[BIDDER]);
    p[24] = "{}";
    p[25] = array(&b->column[AMOUNT]);
    p[26] = array(&b->column[ORIGIN]);
    p[27] = array(&b->column[AT]);
    p[28] = "{}";
    p[29] = b->lot.text;
    p[30] = "{}";  p[31] = "{}";  p[32] = "{}";
    p[40] = "{}";
    p[41] = p[26];
    p[42] = "{}";

    run(pg, "append", PARAMS, p, "ok");
}


static void
insert(PGconn *pg, batch_t *b)
{
    char         seq[24];
    const char  *p[16];

    sprintf(seq, "%ld", (long) b->seq);

    p[0] = seq;
    p[1] = array(&b->column[TYPE]);
    p[2] = array(&b->column[TS]);
    p[3] = array(&b->column[ACTOR]);
    p[4] = array(&b->column[REQUEST]);
    p[5] = b->column[BODY].text;
    p[6] = b->column[PUBLIC].text;
    p[7] = b->column[HASH].text;
    p[8] = array(&b->column[SEQ]);
    p[9] = array(&b->column[LOT]);
    p[10] = array(&b->column[ROUND]);
    p[11] = array(&b->column[BIDDER]);
    p[12] = array(&b->column[AMOUNT]);
    p[13] = array(&b->column[ORIGIN]);
    p[14] = array(&b->column[AT]);

    run(pg, "bulk", 15, p, NULL);
}


static void
sql(PGconn *pg, const char *text)
{
    PGresult  *res = PQexec(pg, text);

    if (PQresultStatus(res) != PGRES_COMMAND_OK
        && PQresultStatus(res) != PGRES_TUPLES_OK)
    {
        die(PQresultErrorMessage(res));
    }

    PQclear(res);
}


static void
prepare(PGconn *pg)
{
    int   i, n;
    char  text[1024];

    n = sprintf(text, "prepare append as select * from gavel.append(");

    for (i = 1; i <= PARAMS; i++) {
        n += sprintf(text + n, "%s$%d", i > 1 ? "," : "", i);
    }

    sprintf(text + n, ")");
    sql(pg, text);

    sql(pg, "set client_min_messages = warning;"
            "drop schema if exists bench cascade; create schema bench;"
            "create table bench.event (like gavel.event including all);"
            "create table bench.bid (like gavel.bid including all)");

    sql(pg, "prepare bulk (bigint, smallint[], bigint[], bigint[], text[],"
            " bytea, text, bytea, bigint[], bigint[], int[], bigint[],"
            " bigint[], smallint[], bigint[]) as"
            " with e as (insert into bench.event (auction_id, seq, epoch,"
            " type, ts, actor_id, request_id, body_hash, public, hash)"
            " select 1, $1 + i, 1, type, ts, actor, request,"
            " substr($6, i::int * 32 - 31, 32), public,"
            " substr($8, i::int * 32 - 31, 32)"
            " from unnest($2, $3, $4, $5, string_to_array($7, E'\\n'))"
            " with ordinality as e (type, ts, actor, request, public, i))"
            " insert into bench.bid (id, auction_id, lot_id, round,"
            " bidder_id, amount, origin, at)"
            " select (1::bigint << 22) | s, 1, lot, round, bidder, amount,"
            " origin, at from unnest($9, $10, $11, $12, $13, $14, $15)"
            " as b (s, lot, round, bidder, amount, origin, at)");
}


/* the row that the batches continue */

static void
place_head(PGconn *pg)
{
    char  head[2 * ENGINE_HASH_LEN + 3], text[512];

    hex(head, auction->head, ENGINE_HASH_LEN);
    sprintf(text, "insert into gavel.log_head (auction_id, seq, head)"
            " values (1, %ld, '%s')", (long) auction->seq, head);
    sql(pg, text);
}


static double
measure(PGconn *pg, batch_t *b, void (*write)(PGconn *pg, batch_t *b))
{
    double  start = now();

    write(pg, b);

    return now() - start;
}


static int
by_value(const void *a, const void *b)
{
    double  x = *(const double *) a, y = *(const double *) b;

    return x < y ? -1 : x > y;
}


static void
tell(const char *name, double *times, int n)
{
    qsort(times, n, sizeof(double), by_value);

    printf("{\"name\":\"%s\",\"per_second\":%.0f}\n", name,
           batch_size / times[n / 2]);
}


static void
free_batch(batch_t *b)
{
    int  i;

    for (i = 0; i < COLUMNS; i++) {
        free(b->column[i].text);
    }

    free(b->lot.text);
    free(b);
}


int
main(int argc, char **argv)
{
    int       i, k, n, runs;
    char      conninfo[512];
    double    appends[MAX_BATCHES], inserts[MAX_BATCHES];
    PGconn   *pg;
    int64_t   at;
    batch_t  *b;

    if (argc < 4) {
        return 2;
    }

    runs = atoi(argv[3]);
    batch_size = argc > 4 ? atoi(argv[4]) : 256;
    n = argc > 5 ? atoi(argv[5]) : 60000 / batch_size;
    n = n > MAX_BATCHES ? MAX_BATCHES : n;

    snprintf(conninfo, sizeof(conninfo), "host=%s dbname=%s user=postgres",
             argv[1], argv[2]);
    pg = PQconnectdb(conninfo);

    if (PQstatus(pg) != CONNECTION_OK) {
        die(PQerrorMessage(pg));
    }

    at = (int64_t) time(NULL) * 1000;
    open_lot(at);
    prepare(pg);
    place_head(pg);

    for (k = 0; k < runs; k++) {
        for (i = 0; i < n; i++) {
            b = make_batch(at);

            if (i % 2) {
                inserts[i] = measure(pg, b, insert);
                appends[i] = measure(pg, b, append);

            } else {
                appends[i] = measure(pg, b, append);
                inserts[i] = measure(pg, b, insert);
            }

            free_batch(b);
        }

        tell("append", appends, n);
        tell("bulk insert", inserts, n);
    }

    PQfinish(pg);

    return 0;
}
