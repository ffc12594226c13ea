/* needs: bench/lib/ws */

/*
 * load: the load generator of the tests and of make bench.
 *
 *   load bids AUCTION LOT SECONDS STEP START RECORD [RATE [TELL]]  < bidders
 *       bidders, one a line: "PORT TOKEN".  Everybody bids as soon as his
 *       last bid was answered (or RATE bids/s in all, open loop); amounts are
 *       handed out in rising order.  RECORD gets a line per answer:
 *       "request_id amount ok|code seq microseconds"; TELL gets a line
 *       "amount microseconds" as each bid leaves, for a watcher.  With LOT
 *       0 they write lines of its chat instead.
 *
 *   load watch SOCKETS PORT PATH SECONDS PIDS [FRAME]
 *       opens SOCKETS watchers, sends FRAME on each, and counts what comes;
 *       messages with "amount":N are timed against the lines "N US" (a
 *       monotonic time) that come on standard input.
 *
 *   load idle SOCKETS PORT PATH PIDS [FRAME]
 *       memory of the server per idle socket.
 *
 * The result is one line of JSON on standard output.
 */

#define _GNU_SOURCE

#include "lib/ws.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>


#define MAX_SENT  4194304


typedef struct {
    ws_t       ws;
    char      *token;
    int64_t    sent_at;          /* 0: nothing is on its way */
    int64_t    amount;
    uint64_t   id;
    int        ready;
} bidder_t;


static struct {
    bidder_t   *all;
    int         n;
    int         ready;
    int         free;            /* where the open loop looks first */
    long        auction, lot;
    int64_t     step, next;
    int64_t     rate;
    uint64_t    ids;
    uint64_t    accepted, refused, unanswered;
    uint32_t   *latency;         /* of accepted, us */
    int         going;
    FILE       *record;
    FILE       *tell;
} bids;


static struct {
    ws_t       *all;
    int         n, ready;
    char       *frame;
    uint64_t    events;
    int64_t    *sent;            /* by amount */
    uint32_t   *latency;
    int         counting;
} watch;


static int
by_value(const void *a, const void *b)
{
    uint32_t  x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return x < y ? -1 : x > y;
}


static double
percentile(uint32_t *values, uint64_t n, double p)
{
    return n ? values[(uint64_t) ((n - 1) * p)] / 1000.0 : 0;
}


static void
address(struct sockaddr_in *to, int port)
{
    memset(to, 0, sizeof(*to));
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}


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


/* --- bids --- */

static void
bid(bidder_t *b)
{
    int   n;
    char  frame[256];

    b->id = ++bids.ids;
    b->amount = bids.next;
    bids.next += bids.step;
    b->sent_at = now_us();

    n = snprintf(frame, sizeof(frame),
                 "{\"type\":\"bid\",\"auction_id\":%ld,\"lot_id\":%ld,"
                 "\"amount\":%ld,\"request_id\":\"load-%d-%lu\"}",
                 bids.auction, bids.lot, (long) b->amount, getpid(), b->id);

    if (bids.lot == 0) {
        n = snprintf(frame, sizeof(frame),
                     "{\"type\":\"comment\",\"auction_id\":%ld,"
                     "\"comment\":\"line %ld, as long as people write\","
                     "\"request_id\":\"load-%d-%lu\"}",
                     bids.auction, (long) b->amount, getpid(), b->id);
    }

    if (bids.tell) {
        fprintf(bids.tell, "%ld %ld\n", (long) b->amount, (long) b->sent_at);
        fflush(bids.tell);
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
}


static void
bidders_read(void)
{
    int                 port;
    char                token[4096], headers[4600];
    bidder_t           *b;
    struct sockaddr_in  to;

    bids.all = calloc(4096, sizeof(bidder_t));

    while (bids.n < 4096 && scanf("%d %4095s", &port, token) == 2) {
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
    }
}


/* as many as the clock says, each by somebody whose last bid was answered */

static void
bids_open_loop(int64_t started)
{
    int       i;
    uint64_t  wanted;

    wanted = (now_us() - started) * bids.rate / 1000000;

    for (i = 0; i < bids.n && bids.ids < wanted; i++) {
        bids.free = (bids.free + 1) % bids.n;

        if (bids.all[bids.free].ready && bids.all[bids.free].sent_at == 0) {
            bid(&bids.all[bids.free]);
        }
    }
}


static int
run_bids(int argc, char **argv)
{
    int       i;
    double    seconds;
    int64_t   started, until;
    uint64_t  n;

    if (argc < 8) {
        return 2;
    }

    bids.auction = atol(argv[2]);
    bids.lot = atol(argv[3]);
    bids.step = atol(argv[5]);
    bids.next = atol(argv[6]);
    bids.record = fopen(argv[7], "w");
    bids.rate = argc > 8 ? atol(argv[8]) : 0;
    bids.tell = argc > 9 ? fopen(argv[9], "w") : NULL;
    bids.latency = malloc(MAX_SENT * sizeof(uint32_t));

    if (bids.record == NULL) {
        perror(argv[7]);
        return 1;
    }

    bidders_read();

    for (until = now_us() + 10000000; bids.ready < bids.n; ws_poll(100)) {
        if (now_us() > until) {
            fprintf(stderr, "%d of %d are ready\n", bids.ready, bids.n);
            return 1;
        }
    }

    bids.going = 1;
    started = now_us();
    until = started + atol(argv[4]) * 1000000;

    for (i = 0; bids.rate == 0 && i < bids.n; i++) {
        bid(&bids.all[i]);
    }

    while (now_us() < until) {
        if (bids.rate) {
            bids_open_loop(started);
        }

        ws_poll(bids.rate ? 1 : 100);
    }

    bids.going = 0;
    seconds = (now_us() - started) / 1e6;
    n = bids.accepted;

    for (until = now_us() + 5000000; now_us() < until; ws_poll(20)) {
        for (i = 0; i < bids.n && bids.all[i].sent_at == 0; i++) { /* void */ }

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

    return 0;
}


/* --- watchers --- */

static void
watcher_opened(ws_t *ws, const char *text, size_t len)
{
    watch.ready++;

    if (watch.frame) {
        ws_send(ws, watch.frame, strlen(watch.frame));
    }
}


static void
watcher_message(ws_t *ws, const char *text, size_t len)
{
    int64_t      amount, us;
    const char  *p = text, *last = text + len;

    /* a gathered message may carry several events */

    while (watch.counting
           && (p = memmem(p, last - p, "\"amount\":", 9)) != NULL)
    {
        p += 9;
        amount = strtoll(p, NULL, 10);

        if (amount <= 0 || amount >= MAX_SENT || watch.sent[amount] == 0) {
            continue;
        }

        us = now_us() - watch.sent[amount];
        watch.latency[watch.events++ % MAX_SENT] = us;
    }
}


static void
watchers_connect(int n, int port, const char *path)
{
    int                 i, pending;
    char                source[32];
    struct sockaddr_in  to;

    watch.n = n;
    watch.all = calloc(n, sizeof(ws_t));
    address(&to, port);

    for (i = 0; i < n; i++) {
        snprintf(source, sizeof(source), "127.0.1.%d", 1 + i / 20000);
        watch.all[i].opened = watcher_opened;
        watch.all[i].message = watcher_message;

        if (ws_connect(&watch.all[i], &to, source, path, NULL) != 0) {
            perror("connect");
            exit(1);
        }

        for (pending = i + 1 - watch.ready; pending > 200;
             pending = i + 1 - watch.ready)
        {
            ws_poll(100);
        }
    }

    while (watch.ready < n && ws_poll(10000) > 0) { /* void */ }

    if (watch.ready < n) {
        fprintf(stderr, "%d of %d are open\n", watch.ready, n);
        exit(1);
    }
}


static uint64_t
sum(const char *pids, uint64_t (*of)(int pid))
{
    char      *copy = strdup(pids), *p, *save;
    uint64_t   total = 0;

    for (p = strtok_r(copy, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
        total += of(atoi(p));
    }

    free(copy);

    return total;
}


/* lines "amount microseconds" of whoever publishes */

static void
sent_read(void)
{
    static char    text[65536];
    static size_t  len;
    ssize_t        n;
    char          *p, *end;
    long           amount, us;

    n = read(0, text + len, sizeof(text) - 1 - len);

    if (n <= 0) {
        return;
    }

    len += n;
    text[len] = '\0';

    for (p = text; (end = strchr(p, '\n')) != NULL; p = end + 1) {
        if (sscanf(p, "%ld %ld", &amount, &us) == 2
            && amount > 0 && amount < MAX_SENT)
        {
            watch.sent[amount] = us;
        }
    }

    len -= p - text;
    memmove(text, p, len);
}


static int
run_watch(int argc, char **argv)
{
    int64_t   until;
    uint64_t  cpu, n, bytes = 0;
    double    seconds;
    int       i;

    if (argc < 7) {
        return 2;
    }

    watch.sent = calloc(MAX_SENT, sizeof(int64_t));
    watch.latency = malloc(MAX_SENT * sizeof(uint32_t));
    watch.frame = argc > 7 ? argv[7] : NULL;
    watchers_connect(atoi(argv[2]), atoi(argv[3]), argv[4]);

    for (until = now_us() + 1000000; now_us() < until; ws_poll(20)) {
        /* snapshots and greetings come first */
    }

    for (i = 0; i < watch.n; i++) {
        watch.all[i].bytes = 0;
    }

    fcntl(0, F_SETFL, O_NONBLOCK);
    fprintf(stderr, "watching\n");

    watch.counting = 1;
    cpu = sum(argv[6], cpu_us);
    seconds = atof(argv[5]);

    for (until = now_us() + seconds * 1e6; now_us() < until; ws_poll(1)) {
        sent_read();
    }

    cpu = sum(argv[6], cpu_us) - cpu;
    n = watch.events < MAX_SENT ? watch.events : MAX_SENT;
    qsort(watch.latency, n, sizeof(uint32_t), by_value);

    for (i = 0; i < watch.n; i++) {
        bytes += watch.all[i].bytes;
    }

    printf("{\"sockets\":%d,\"seconds\":%.1f,\"events\":%lu,\"bytes\":%lu,"
           "\"cpu_us_per_event\":%.4f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}\n",
           watch.n, seconds, watch.events, bytes,
           watch.events ? (double) cpu / watch.events : 0,
           percentile(watch.latency, n, 0.5),
           percentile(watch.latency, n, 0.99),
           percentile(watch.latency, n, 1));

    return 0;
}


static int
run_idle(int argc, char **argv)
{
    uint64_t  before, after;
    int64_t   until;

    if (argc < 6) {
        return 2;
    }

    watch.frame = argc > 6 ? argv[6] : NULL;
    before = sum(argv[5], rss_bytes);
    watchers_connect(atoi(argv[2]), atoi(argv[3]), argv[4]);

    for (until = now_us() + 2000000; now_us() < until; ws_poll(20)) {
        /* let everything settle */
    }

    after = sum(argv[5], rss_bytes);

    printf("{\"sockets\":%d,\"bytes_per_socket\":%.1f}\n", watch.n,
           (double) (after - before) / watch.n);

    return 0;
}


int
main(int argc, char **argv)
{
    int            rc = 2;
    struct rlimit  files = { 200000, 200000 };

    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 0);

    if (argc > 1 && strcmp(argv[1], "bids") == 0) {
        rc = run_bids(argc, argv);

    } else if (argc > 1 && strcmp(argv[1], "watch") == 0) {
        rc = run_watch(argc, argv);

    } else if (argc > 1 && strcmp(argv[1], "idle") == 0) {
        rc = run_idle(argc, argv);
    }

    if (rc == 2) {
        fprintf(stderr, "usage: load bids|watch|idle ...\n");
    }

    return rc;
}
