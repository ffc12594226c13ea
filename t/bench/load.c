/* needs: bench/lib/ws bench/lib/bidders */

/*
 * load: the load generator of the tests and of make bench.
 *
 *   load bids AUCTION LOT SECONDS STEP START RECORD [RATE [TELL [TURN]]]
 *       < bidders
 *       bidders, one a line: "PORT TOKEN".  Everybody bids as soon as his
 *       last bid was answered (or RATE bids/s in all, open loop); amounts are
 *       handed out in rising order.  RECORD gets a line per answer:
 *       "request_id amount ok|code seq microseconds"; TELL gets a line
 *       "amount microseconds" as each bid leaves, for a watcher.  With TURN
 *       (0 or 1) they bid by turns, as often as RATE says; see turn.h.
 *       With LOT 0 they write lines of its chat instead.
 *
 *       AUCTION may be the name of a file of lines "AUCTION LOT" instead:
 *       rooms in which they bid by turns.
 *
 *   load watch SOCKETS PORT PATH SECONDS PIDS SOURCE [FRAME [ROOMS]]
 *       opens SOCKETS watchers, sends FRAME on each, says "watching" and
 *       counts what comes from the first event on; messages with "amount":N
 *       are timed against the lines "N US" (a monotonic time) that come on
 *       standard input.  Says "watched" when it has counted, and leaves when
 *       it has made its result of that.  ROOMS is such a file as above: a
 *       "%ld" in FRAME becomes one auction of it after the other.
 *
 *   load hold SOCKETS PORT PATH SOURCE [FRAME [ROOMS]]
 *       the same watchers, held until standard input ends.
 *
 * SIGTERM is an early end of all of them, and so is a server that has closed
 * every connection.  Connections come from the address SOURCE.  A PATH that
 * ends with "stream" is one of server-sent events.  The result is one line of
 * JSON on standard output.
 */

#define _GNU_SOURCE

#include "lib/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>


static struct {
    ws_t       *all;
    int         n, ready;
    char       *frame;
    uint64_t    events;
    uint32_t   *latency;
    int         counting;
} watch;


/* What became of the event with this amount. */

static struct {
    int64_t     sent;            /* 0: not yet */
    uint32_t    seen;            /* by so many watchers */
    uint32_t    last;            /* us until the last of them had it */
} *event;


room_t  *room;
int      nrooms;
int      sockets;

volatile sig_atomic_t  ended;


static void
end(int sig)
{
    ended = 1;
}


int
goes_on(void)
{
    return !ended && sockets > 0;
}


void
rooms_read(const char *name)
{
    FILE  *f = fopen(name, "r");

    if (f == NULL) {
        perror(name);
        exit(1);
    }

    room = calloc(65536, sizeof(*room));

    while (nrooms < 65536 && fscanf(f, "%ld %ld", &room[nrooms].auction,
                                    &room[nrooms].lot) == 2)
    {
        nrooms++;
    }

    fclose(f);
}


int
by_value(const void *a, const void *b)
{
    uint32_t  x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return x < y ? -1 : x > y;
}


double
percentile(uint32_t *values, uint64_t n, double p)
{
    return n ? values[(uint64_t) ((n - 1) * p)] / 1000.0 : 0;
}


void
address(struct sockaddr_in *to, int port)
{
    memset(to, 0, sizeof(*to));
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}


static void
watcher_opened(ws_t *ws, const char *text, size_t len)
{
    int    n;
    char   frame[1024];

    watch.ready++;

    if (watch.frame == NULL) {
        return;
    }

    n = nrooms ? room[(ws - watch.all) % nrooms].auction : 0;
    n = snprintf(frame, sizeof(frame), watch.frame, (long) n);
    ws_send(ws, frame, n);
}


static void
watcher_closed(ws_t *ws, const char *text, size_t len)
{
    sockets--;
}


/* lines "amount microseconds" of whoever publishes: how many came */

static int
sent_read(void)
{
    static char    text[65536];
    static size_t  len;
    ssize_t        n;
    char          *p, *end;
    long           amount, us;
    int            lines = 0;

    n = read(0, text + len, sizeof(text) - 1 - len);

    if (n <= 0) {
        return 0;
    }

    len += n;
    text[len] = '\0';

    for (p = text; (end = strchr(p, '\n')) != NULL; p = end + 1, lines++) {
        if (sscanf(p, "%ld %ld", &amount, &us) == 2
            && amount > 0 && amount < MAX_SENT)
        {
            event[amount].sent = us;
        }
    }

    len -= p - text;
    memmove(text, p, len);

    return lines;
}


/* There is a byte behind the text: as a string it is searched several times
 * as fast. */

static void
watcher_message(ws_t *ws, const char *text, size_t len)
{
    char         behind, *last = (char *) text + len;
    int64_t      amount, us, now;
    const char  *p = text;

    now = now_us();
    behind = *last;
    *last = '\0';

    /* a gathered message may carry several events */

    while (watch.counting && (p = strstr(p, "\"amount\":")) != NULL) {
        p += 9;
        amount = strtoll(p, NULL, 10);

        /* who sent it may have been faster than what it says of it */

        if (amount <= 0 || amount >= MAX_SENT
            || (event[amount].sent == 0 && sent_read() == 0)
            || event[amount].sent == 0)
        {
            continue;
        }

        us = now - event[amount].sent;
        watch.latency[watch.events++ % MAX_SENT] = us;

        event[amount].seen++;
        event[amount].last = us;
    }

    *last = behind;
}


/* Waits until so many are open, as long as some open. */

static void
watchers_await(int n)
{
    while (watch.ready < n) {

        if (!goes_on() || ws_poll(10000) <= 0) {
            fprintf(stderr, "%d of %d are open\n", watch.ready, watch.n);
            exit(1);
        }

        sent_read();
    }
}


static void
watchers_connect(char **argv, const char *source)
{
    int                 i, port = atoi(argv[3]);
    char               *path = argv[4];
    size_t              len = strlen(path);
    struct sockaddr_in  to;

    watch.n = atoi(argv[2]);
    watch.all = calloc(watch.n, sizeof(ws_t));
    address(&to, port);

    for (i = 0; i < watch.n; i++) {
        watch.all[i].opened = watcher_opened;
        watch.all[i].message = watcher_message;
        watch.all[i].closed = watcher_closed;
        watch.all[i].stream = len > 6 && strcmp(path + len - 6, "stream") == 0;

        if (ws_connect(&watch.all[i], &to, source, path, NULL) != 0) {
            perror("connect");
            exit(1);
        }

        sockets++;
        watchers_await(i + 1 - 200);
    }

    watchers_await(watch.n);
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


/* Of events that began between these times: when the last watcher had them,
 * sorted; and how many not all have. */

static uint32_t *
lasts(int64_t from, int64_t to, uint64_t *n, uint64_t *missing)
{
    int        i, all = watch.n / (nrooms ? nrooms : 1);
    uint32_t  *last = malloc(MAX_SENT * sizeof(uint32_t));

    *n = *missing = 0;

    for (i = 0; i < MAX_SENT; i++) {
        if (event[i].sent < from || event[i].sent > to || !event[i].seen) {
            continue;
        }

        last[(*n)++] = event[i].last;
        *missing += (int) event[i].seen < all;
    }

    qsort(last, *n, sizeof(uint32_t), by_value);

    return last;
}


static void
watched(double seconds, uint64_t cpu, uint64_t own, int64_t from, int64_t to)
{
    int        i;
    uint32_t  *last;
    uint64_t   n, events, missing, bytes = 0;

    n = watch.events < MAX_SENT ? watch.events : MAX_SENT;
    qsort(watch.latency, n, sizeof(uint32_t), by_value);
    last = lasts(from, to, &events, &missing);

    for (i = 0; i < watch.n; i++) {
        bytes += watch.all[i].bytes;
    }

    printf("{\"sockets\":%d,\"seconds\":%.1f,\"deliveries\":%lu,"
           "\"events\":%lu,\"missing\":%lu,\"bytes\":%.0f,\"cpu_us\":%.4f,"
           "\"reader_us\":%.4f,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
           "\"last_p50_ms\":%.3f,\"last_p99_ms\":%.3f}\n",
           watch.n, seconds, watch.events, events, missing,
           watch.events ? (double) bytes / watch.events : 0,
           watch.events ? (double) cpu / watch.events : 0,
           watch.events ? (double) own / watch.events : 0,
           percentile(watch.latency, n, 0.5),
           percentile(watch.latency, n, 0.99),
           percentile(watch.latency, n, 1),
           percentile(last, events, 0.5),
           percentile(last, events, 0.99));
}


/* A reader that sleeps between any two events is woken by each of them, at
 * the cost of who sends, as no reader on another machine is: they are looked
 * for once in a millisecond. */

static void
watchers_look(void)
{
    usleep(1000);
    sent_read();

    while (ws_poll(0) == WS_EVENTS) { /* void */ }
}


static int
run_watch(int argc, char **argv)
{
    int64_t   until, from;
    uint64_t  cpu, own;
    double    seconds;
    int       i;

    if (argc < 8) {
        return 2;
    }

    event = calloc(MAX_SENT, sizeof(*event));
    watch.latency = malloc(MAX_SENT * sizeof(uint32_t));
    watch.frame = argc > 8 ? argv[8] : NULL;

    if (argc > 9) {
        rooms_read(argv[9]);
    }

    fcntl(0, F_SETFL, O_NONBLOCK);
    watchers_connect(argv, argv[7]);

    /* snapshots and greetings come first */

    for (until = now_us() + 1000000; now_us() < until && goes_on();
         ws_poll(20))
    {
        sent_read();
    }

    printf("watching\n");

    for (until = now_us() + 20000000; now_us() < until && goes_on();
         ws_poll(1))
    {
        if (sent_read()) {
            break;
        }
    }

    for (until = now_us() + 300000; now_us() < until && goes_on(); ) {
        watchers_look();
    }

    for (i = 0; i < watch.n; i++) {
        watch.all[i].bytes = 0;
    }

    watch.counting = 1;
    cpu = sum(argv[6], cpu_us);
    own = cpu_us(getpid());
    seconds = atof(argv[5]);
    from = now_us();

    for (until = from + seconds * 1e6; now_us() < until && goes_on(); ) {
        watchers_look();
    }

    until = now_us();
    seconds = (until - from) / 1e6;
    cpu = sum(argv[6], cpu_us) - cpu;
    own = cpu_us(getpid()) - own;

    printf("watched\n");
    watched(seconds, cpu, own, from, until - 500000);

    return sockets == 0;
}


/* Standard input tells when it is over. */

static int
held(void)
{
    char  text[64];

    return read(0, text, sizeof(text)) != 0;
}


static int
run_hold(int argc, char **argv)
{
    if (argc < 6) {
        return 2;
    }

    watch.frame = argc > 6 ? argv[6] : NULL;

    if (argc > 7) {
        rooms_read(argv[7]);
    }

    fcntl(0, F_SETFL, O_NONBLOCK);
    event = calloc(MAX_SENT, sizeof(*event));
    watchers_connect(argv, argv[5]);
    printf("watching\n");

    while (goes_on() && held()) {
        ws_poll(50);
    }

    return sockets == 0;
}


int
main(int argc, char **argv)
{
    int               rc = 2;
    struct rlimit     files;
    struct sigaction  term = { .sa_handler = end };

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    sigaction(SIGTERM, &term, NULL);     /* no call goes on behind it */
    setvbuf(stdout, NULL, _IOLBF, 0);

    if (argc > 1 && strcmp(argv[1], "bids") == 0) {
        rc = run_bids(argc, argv);

    } else if (argc > 1 && strcmp(argv[1], "watch") == 0) {
        rc = run_watch(argc, argv);

    } else if (argc > 1 && strcmp(argv[1], "hold") == 0) {
        rc = run_hold(argc, argv);
    }

    if (rc == 2) {
        fprintf(stderr, "usage: load bids|watch|hold ...\n");
    }

    return rc;
}
