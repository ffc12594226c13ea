/*
 * bidders: the load of "load bids": everybody bids as soon as his last bid was
 * answered, or when it is due.
 */

#define _GNU_SOURCE

#include "load.h"
#include "turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


typedef struct {
    ws_t       ws;
    char      *token;
    int64_t    sent_at;          /* or was due; 0: nothing is on its way */
    int64_t    amount;
    uint64_t   id;
    int        ready;
} bidder_t;


static struct {
    bidder_t   *all;
    int         n;
    int         ready;
    int         free;            /* where the open loop looks first */
    int64_t     started;
    int64_t     step, next;
    int64_t     rate;
    int         turn;            /* see turn.h */
    uint64_t    ids;
    uint64_t    accepted, refused, unanswered;
    uint32_t   *latency;         /* of accepted, us */
    int         going;
    FILE       *record;
    FILE       *tell;
} bids;


/* the number behind "name":, or none */

static int64_t
field(const char *text, size_t len, const char *name, int64_t none)
{
    char   key[64];
    char  *p;

    snprintf(key, sizeof(key), "\"%s\":", name);
    p = memmem(text, len, key, strlen(key));

    return p ? strtoll(p + strlen(key), NULL, 10) : none;
}


static int
has(const char *text, size_t len, const char *what)
{
    return memmem(text, len, what, strlen(what)) != NULL;
}


static void
bid(bidder_t *b)
{
    int   n, where;
    char  frame[256];

    b->id = ++bids.ids;
    b->amount = bids.next;
    bids.next += bids.step;
    b->sent_at = now_us();
    where = (b->id - 1) % nrooms;

    n = snprintf(frame, sizeof(frame),
                 "{\"type\":\"bid\",\"auction_id\":%ld,\"lot_id\":%ld,"
                 "\"amount\":%ld,\"request_id\":\"load-%d-%lu\"}",
                 room[where].auction, room[where].lot, (long) b->amount,
                 getpid(), b->id);

    if (room[where].lot == 0) {
        n = snprintf(frame, sizeof(frame),
                     "{\"type\":\"comment\",\"auction_id\":%ld,"
                     "\"comment\":\"line %ld, as long as people write\","
                     "\"request_id\":\"load-%d-%lu\"}",
                     room[where].auction, (long) b->amount, getpid(),
                     b->id);
    }

    if (bids.tell) {
        fprintf(bids.tell, "%ld %ld\n", (long) b->amount, (long) b->sent_at);
        fflush(bids.tell);
    }

    /* in an open loop somebody has waited since it was due */

    if (bids.rate) {
        b->sent_at = turn_when(bids.turn, bids.started,
                               (int64_t) b->id * 1000000 / bids.rate);
    }

    ws_send(&b->ws, frame, n);
}


static void
bid_answered(bidder_t *b, const char *text, size_t len)
{
    int       ok;
    char      code[64], *p;
    int64_t   us, least;

    if (b->sent_at == 0) {
        return;
    }

    us = now_us() - b->sent_at;
    ok = has(text, len, "\"ok\":true");
    strcpy(code, "ok");

    if (ok) {
        bids.latency[bids.accepted++ % MAX_SENT] = us;

    } else {
        bids.refused++;
        p = memmem(text, len, "\"code\":\"", 8);
        snprintf(code, sizeof(code), "%.*s",
                 p ? (int) strcspn(p + 8, "\"") : 1, p ? p + 8 : "?");
        least = field(text, len, "min_next", 0);

        if (least > bids.next) {
            bids.next = least;
        }
    }

    fprintf(bids.record, "load-%d-%lu %ld %s %ld %ld\n", getpid(), b->id,
            (long) b->amount, code, (long) field(text, len, "seq", 0),
            (long) us);

    b->sent_at = 0;

    if (bids.going && bids.rate == 0) {
        bid(b);
    }
}


static void
bidder_message(ws_t *ws, const char *text, size_t len)
{
    bidder_t  *b = ws->data;

    if (b->ready) {
        if (has(text, len, "\"request_id\":\"load-")) {
            bid_answered(b, text, len);
        }

    } else if (has(text, len, "\"type\":\"hello\"")) {
        b->ready = 1;
        bids.ready++;
    }
}


static void
bidder_closed(ws_t *ws, const char *text, size_t len)
{
    bidder_t  *b = ws->data;

    if (bids.going) {
        fprintf(stderr, "a bidder was closed with %d\n", ws->close_code);
    }

    b->ready = 0;
    sockets--;
}


static void
bidders_read(void)
{
    int                 port;
    char                token[4096], headers[4600];
    bidder_t           *b;
    struct sockaddr_in  to;

    bids.all = calloc(4096, sizeof(bidder_t));

    while (!ended && bids.n < 4096
           && scanf("%d %4095s", &port, token) == 2)
    {
        b = &bids.all[bids.n++];
        b->token = strdup(token);
        b->ws.data = b;
        b->ws.message = bidder_message;
        b->ws.closed = bidder_closed;
        address(&to, port);
        snprintf(headers, sizeof(headers), "Authorization: Bearer %s\r\n",
                 token);

        if (ws_connect(&b->ws, &to, NULL, "/api/v1/ws", headers) != 0) {
            perror("connect");
            exit(1);
        }

        sockets++;
    }
}


/* as many as the clock says, each by somebody whose last bid was answered */

static void
bids_open_loop(void)
{
    int       i;
    uint64_t  wanted;

    wanted = turn_passed(bids.turn, bids.started, now_us()) * bids.rate
             / 1000000;

    for (i = 0; i < bids.n && bids.ids < wanted; i++) {
        bids.free = (bids.free + 1) % bids.n;

        if (bids.all[bids.free].ready && bids.all[bids.free].sent_at == 0) {
            bid(&bids.all[bids.free]);
        }
    }
}


/* Who was closed will not hear of it. */

static int
bid_awaited(const bidder_t *b)
{
    return b->sent_at != 0 && b->ws.fd != -1;
}


int
run_bids(int argc, char **argv)
{
    int       i;
    double    seconds;
    int64_t   until;
    uint64_t  n;

    if (argc < 8) {
        return 2;
    }

    if (strtol(argv[2], NULL, 10) > 0) {
        room = calloc(1, sizeof(*room));
        room->auction = atol(argv[2]);
        room->lot = atol(argv[3]);
        nrooms = 1;

    } else {
        rooms_read(argv[2]);
    }

    bids.step = atol(argv[5]);
    bids.next = atol(argv[6]);
    bids.record = fopen(argv[7], "w");
    bids.rate = argc > 8 ? atol(argv[8]) : 0;
    bids.tell = argc > 9 ? fopen(argv[9], "w") : NULL;
    bids.turn = argc > 10 ? atoi(argv[10]) : -1;
    bids.latency = malloc(MAX_SENT * sizeof(uint32_t));

    if (bids.record == NULL) {
        perror(argv[7]);
        return 1;
    }

    bidders_read();

    for (until = now_us() + 10000000; bids.ready < bids.n; ws_poll(100)) {
        if (now_us() > until || !goes_on()) {
            fprintf(stderr, "%d of %d are ready\n", bids.ready, bids.n);
            return 1;
        }
    }

    bids.going = 1;
    bids.started = turn_next(bids.turn, now_us());
    until = bids.started + atol(argv[4]) * 1000000;

    for (i = 0; bids.rate == 0 && i < bids.n; i++) {
        bid(&bids.all[i]);
    }

    while (now_us() < until && goes_on()) {
        if (bids.rate) {
            bids_open_loop();
        }

        ws_poll(bids.rate ? 1 : 100);
    }

    bids.going = 0;
    seconds = (now_us() - bids.started) / 1e6;
    n = bids.accepted;

    for (until = now_us() + 5000000; now_us() < until; ws_poll(20)) {
        for (i = 0; i < bids.n && !bid_awaited(&bids.all[i]); i++) {
            /* void */
        }

        if (i == bids.n) {
            break;
        }
    }

    for (i = 0; i < bids.n; i++) {
        bids.unanswered += bids.all[i].sent_at != 0;
    }

    fclose(bids.record);

    n = n < MAX_SENT ? n : MAX_SENT;
    qsort(bids.latency, n, sizeof(uint32_t), by_value);

    printf("{\"bidders\":%d,\"seconds\":%.3f,\"accepted\":%lu,"
           "\"refused\":%lu,\"unanswered\":%lu,\"per_second\":%.1f,"
           "\"answered_per_second\":%.1f,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f}\n",
           bids.n, seconds, bids.accepted, bids.refused, bids.unanswered,
           n / seconds, (bids.accepted + bids.refused) / seconds,
           percentile(bids.latency, n, 0.5),
           percentile(bids.latency, n, 0.99),
           percentile(bids.latency, n, 0.999));

    return sockets == 0;
}
