/* needs: bench/lib/ws chaos/watchers chaos/bidders -lz */

/*
 * crowd: everybody who bids or watches while things break, and what they
 * were told.
 *
 *   crowd RECORD SEED RATE WATCHERS PORTS FAR AUCTION,AUCTION... BIDDERS
 *
 * PORTS are those of the nodes, FAR those of links to them, with commas.
 * BIDDERS is a file with a line "TOKEN AUCTION" for each bidder, AUCTION 0 for
 * who bids where no team is needed: that is, in all that nobody names.  All
 * of them together send RATE bids a second.  Commands on standard input:
 *
 *   stop          nobody bids any more; "quiet" is answered when all bids
 *                 have an answer, or nobody waits for one any longer
 *   end ID SEQ    the last seq of an auction's log
 *   finish        waits until all watchers have come there, and ends
 *
 * RECORD has a line per thing that happened, T in microseconds of the day:
 *
 *   A T REQUEST SENT ok|CODE EPOCH SEQ BID AUCTION LOT AMOUNT  an answer
 *   U REQUEST AUCTION                        a bid that nobody answered
 *   J T WATCHER AUCTION FROM SEQ EPOCH resumed|REASON      a subscription
 *   V T WATCHER AUCTION TEXT                 what must not be
 *   E AUCTION SEQ EPOCH CRC FIRST            an event as it was seen
 *   F WATCHER AUCTION EPOCH SEQ EVENTS KIND  where a watcher was at last
 */

#define _GNU_SOURCE

#include "chaos/crowd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>


#define TICK    20000            /* us */
#define FINISH  30000000

/* A group has somebody of each auction. */

#define FAR_GROUP  4
#define FAR_EVERY  8


crowd_t  crowd;


int64_t
time_us(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_REALTIME, &ts);

    return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}


int64_t
number(const char *text, size_t len, const char *name, int64_t none)
{
    char   key[64];
    char  *p;

    snprintf(key, sizeof(key), "\"%s\":", name);
    p = memmem(text, len, key, strlen(key));

    return p ? strtoll(p + strlen(key), NULL, 10) : none;
}


void
string(const char *text, size_t len, const char *name, char *to, size_t size)
{
    char    key[64];
    char   *p;
    size_t  n;

    snprintf(key, sizeof(key), "\"%s\":\"", name);
    p = memmem(text, len, key, strlen(key));
    to[0] = '\0';

    if (p != NULL) {
        p += strlen(key);

        for (n = 0; n + 1 < size && p + n < text + len && p[n] != '"'; n++) {
            to[n] = p[n];
        }

        to[n] = '\0';
    }
}


int
random_below(int n)
{
    return random() % n;
}


int
crowd_connect(ws_t *ws, int n, const char *path, const char *headers)
{
    char                source[32];
    struct sockaddr_in  to;

    memset(&to, 0, sizeof(to));
    to.sin_family = AF_INET;
    to.sin_port = htons(crowd.nfar && n / FAR_GROUP % FAR_EVERY == 0
                        ? crowd.far[random_below(crowd.nfar)]
                        : crowd.ports[random_below(crowd.nnodes)]);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(source, sizeof(source), "127.0.1.%d", 1 + n % 200);

    if (ws_connect(ws, &to, source, path, headers) == 0) {
        return 0;
    }

    if (ws->fd != -1) {
        close(ws->fd);
        ws->fd = -1;
    }

    return -1;
}


/* --- auctions --- */

auction_t *
auction_find(int64_t id)
{
    int  i;

    for (i = 0; i < crowd.nauctions; i++) {
        if (crowd.all[i].id == id) {
            return &crowd.all[i];
        }
    }

    return NULL;
}


static lot_t *
auction_lot(auction_t *a, int64_t id)
{
    int  i;

    for (i = 0; i < a->nlots; i++) {
        if (a->lots[i].id == id) {
            return &a->lots[i];
        }
    }

    if (id == 0 || a->nlots == MAX_LOTS) {
        return NULL;
    }

    a->lots[a->nlots].id = id;

    return &a->lots[a->nlots++];
}


static void
auction_fold(auction_t *a, const char *text, size_t len)
{
    char    type[32];
    lot_t  *lot;

    string(text, len, "type", type, sizeof(type));
    lot = auction_lot(a, number(text, len, "lot_id", 0));

    if (lot == NULL) {
        return;
    }

    if (strcmp(type, "lot.opened") == 0) {
        lot->open = 1;
        lot->round = number(text, len, "round", 1);
        lot->least = number(text, len, "min_next", 1);

    } else if (strcmp(type, "bid.accepted") == 0) {
        lot->least = number(text, len, "min_next", lot->least);

    } else if (strcmp(type, "lot.sold") == 0
               || strcmp(type, "lot.unsold") == 0
               || strcmp(type, "lot.withdrawn") == 0)
    {
        lot->open = 0;
    }
}


int
auction_event(auction_t *a, int64_t epoch, int64_t seq, const char *text,
    size_t len)
{
    seen_t    *s;
    int64_t    size;
    uint32_t   crc;

    if (seq >= a->size) {
        size = seq * 2 + 1024;
        a->seen = realloc(a->seen, size * sizeof(seen_t));
        memset(a->seen + a->size, 0, (size - a->size) * sizeof(seen_t));
        a->size = size;
    }

    s = &a->seen[seq];
    crc = crc32(0, (const Bytef *) text, len);

    if (s->epoch == epoch) {
        return s->crc == crc ? 0 : -1;
    }

    if (s->epoch > epoch) {
        return 0;
    }

    s->epoch = epoch;
    s->crc = crc;
    s->at = time_us();

    if (seq > a->newest || epoch > a->epoch) {
        a->epoch = epoch;
        a->newest = seq;
        auction_fold(a, text, len);
    }

    return 0;
}


static void
auctions_report(void)
{
    seen_t     *s;
    int64_t     seq;
    auction_t  *a;

    for (a = crowd.all; a < crowd.all + crowd.nauctions; a++) {
        for (seq = 0; seq < a->size; seq++) {
            s = &a->seen[seq];

            if (s->epoch) {
                fprintf(crowd.record, "E %ld %ld %d %u %ld\n", (long) a->id,
                        (long) seq, s->epoch, s->crc, (long) s->at);
            }
        }
    }
}


/* --- commands --- */

static int  stopping, finishing;


static void
command(const char *line)
{
    long        id, seq;
    auction_t  *a;

    if (strcmp(line, "stop") == 0) {
        stopping = 1;
        bidders_stop();

    } else if (strcmp(line, "finish") == 0) {
        finishing = 1;

    } else if (sscanf(line, "end %ld %ld", &id, &seq) == 2) {
        a = auction_find(id);

        if (a != NULL) {
            a->end = seq;
        }
    }
}


static void
commands(void)
{
    static char    text[4096];
    static size_t  len;
    char          *p, *end;
    ssize_t        n;

    n = read(0, text + len, sizeof(text) - 1 - len);

    if (n == 0) {
        exit(0);                     /* whoever started this has left */
    }

    if (n < 0) {
        return;
    }

    len += n;
    text[len] = '\0';

    for (p = text; (end = strchr(p, '\n')) != NULL; p = end + 1) {
        *end = '\0';
        command(p);
    }

    len -= p - text;
    memmove(text, p, len + 1);
}


static void
run(void)
{
    int64_t  now, until = 0, next = 0;

    for ( ;; ) {
        ws_poll(10);
        now = now_us();

        if (now < next) {
            continue;
        }

        next = now + TICK;
        commands();
        bidders_tick(now);
        watchers_tick(now);

        if (stopping && bidders_waiting() == 0) {
            stopping = 0;
            printf("quiet\n");
        }

        if (finishing && until == 0) {
            until = now + FINISH;
        }

        if (until && (now > until || watchers_behind() == 0)) {
            return;
        }
    }
}


/* numbers with commas between them; how many */

static int
numbers(char *text, int *to, int max)
{
    int    n = 0;
    char  *p;

    for (p = strtok(text, ","); p != NULL && n < max; p = strtok(NULL, ",")) {
        to[n++] = atoi(p);
    }

    return n;
}


int
main(int argc, char **argv)
{
    char          *p;
    struct rlimit  files = { 65536, 65536 };

    if (argc != 9) {
        fprintf(stderr, "usage: crowd RECORD SEED RATE WATCHERS PORTS FAR "
                "AUCTIONS BIDDERS\n");
        return 2;
    }

    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 0);
    srandom(atol(argv[2]));

    crowd.record = fopen(argv[1], "w");
    crowd.all = calloc(MAX_AUCTIONS, sizeof(auction_t));

    crowd.nnodes = numbers(argv[5], crowd.ports, MAX_NODES);
    crowd.nfar = numbers(argv[6], crowd.far, MAX_NODES);

    for (p = strtok(argv[7], ",");
         p != NULL && crowd.nauctions < MAX_AUCTIONS;
         p = strtok(NULL, ","))
    {
        crowd.all[crowd.nauctions++].id = atol(p);
    }

    if (crowd.record == NULL || crowd.nnodes == 0 || crowd.nauctions == 0
        || bidders_read(argv[8], atoi(argv[3])) == -1
        || watchers_create(atoi(argv[4])) == -1)
    {
        perror("crowd");
        return 1;
    }

    fcntl(0, F_SETFL, O_NONBLOCK);
    run();

    watchers_report();
    bidders_report();
    auctions_report();
    fclose(crowd.record);

    return 0;
}
