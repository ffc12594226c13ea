/*
 * bidders: bid for what is open, ask again with the same request id when no
 * answer comes, and now and then ask for an answer that they have.
 */

#define _GNU_SOURCE

#include "chaos/crowd.h"

#include <stdlib.h>
#include <string.h>


#define MAX_BIDDERS  4096
#define PATIENCE     3000000     /* us: then it is asked again elsewhere */
#define PAUSE        300000      /* after "busy" */
#define LATEST       30000000    /* then it is given up */
#define AFTER        15000000    /* the same when nobody bids any more */
#define ASK_AGAIN    20          /* one acknowledged bid of so many */


typedef struct {
    ws_t         ws;
    int          n;
    char        *token;
    int64_t      only;           /* an auction, or 0 */
    int          ready;          /* it has been greeted */
    int64_t      again;          /* when it connects; 0: it is there */
    int64_t      opened;

    int          asking;         /* a bid has no answer yet */
    int          twice;          /* it had one, and is asked again */
    uint64_t     request;
    int64_t      first, sent;    /* 0: to be sent */
    int64_t      day;            /* sent, as the time of the day */
    int64_t      auction, lot, amount;
} bidder_t;


static bidder_t  *bidders;
static int        nbidders;
static int        rate, stopped;
static int64_t    began, ended;
static uint64_t   made;
static char       named[MAX_AUCTIONS];


static void
ask(bidder_t *b, int64_t now)
{
    int   n;
    char  frame[256];

    n = snprintf(frame, sizeof(frame),
                 "{\"type\":\"bid\",\"auction_id\":%ld,\"lot_id\":%ld,"
                 "\"amount\":%ld,\"request_id\":\"chaos-%d-%lu\"}",
                 (long) b->auction, (long) b->lot, (long) b->amount, b->n,
                 (unsigned long) b->request);

    b->sent = now;
    b->day = time_us();
    ws_send(&b->ws, frame, n);
}


static int
retried(const char *code)
{
    static const char  *codes[] = { "busy", "unavailable", "internal",
                                    "engine_halted", "rate_limited", NULL };
    int                 i;

    for (i = 0; codes[i]; i++) {
        if (strcmp(code, codes[i]) == 0) {
            return 1;
        }
    }

    return 0;
}


static void
answered(bidder_t *b, const char *text, size_t len)
{
    int       ok;
    char      code[64], request[64], mine[64];
    int64_t   now = now_us();

    string(text, len, "request_id", request, sizeof(request));
    snprintf(mine, sizeof(mine), "chaos-%d-%lu", b->n,
             (unsigned long) b->request);

    ok = memmem(text, len, "\"ok\":true", 9) != NULL;
    string(text, len, "code", code, sizeof(code));

    fprintf(crowd.record, "A %ld %s %ld %s %ld %ld %ld %ld %ld %ld\n",
            (long) time_us(), request,
            strcmp(request, mine) == 0 ? (long) b->day : 0L,
            ok ? "ok" : code[0] ? code : "?",
            (long) number(text, len, "epoch", 0),
            (long) number(text, len, "seq", 0),
            (long) number(text, len, "bid_id", 0), (long) b->auction,
            (long) b->lot, (long) b->amount);

    if (strcmp(request, mine) != 0 || !b->asking) {
        return;                      /* of an earlier asking: recorded */
    }

    if (!ok && retried(code)) {
        b->sent = now - PATIENCE + PAUSE;
        return;
    }

    if (ok && !b->twice && random_below(ASK_AGAIN) == 0) {
        b->twice = 1;
        b->sent = 0;

        if (random_below(2)) {
            ws_close(&b->ws);        /* at another node */
        }

        return;
    }

    b->asking = 0;
    b->twice = 0;
}


static void
heard(ws_t *ws, const char *text, size_t len)
{
    char       type[32];
    bidder_t  *b = ws->data;

    string(text, len, "type", type, sizeof(type));

    if (strcmp(type, "hello") == 0) {
        b->ready = 1;

    } else if (strcmp(type, "ack") == 0
               || memmem(text, len, "\"request_id\":\"chaos-", 20) != NULL)
    {
        answered(b, text, len);
    }
}


static void
left(ws_t *ws, const char *text, size_t len)
{
    bidder_t  *b = ws->data;

    b->ready = 0;
    b->sent = 0;
    b->again = now_us() + 100000 + random_below(500000);
}


static void
come(bidder_t *b, int64_t now)
{
    char  headers[3000];

    b->again = 0;
    b->opened = now;
    snprintf(headers, sizeof(headers), "Authorization: Bearer %s\r\n",
             b->token);

    if (crowd_connect(&b->ws, b->n, "/api/v1/ws", headers) == -1) {
        left(&b->ws, NULL, 0);
    }
}


/* one of the open lots of an auction */

static int
choose_lot(bidder_t *b, auction_t *a)
{
    int     i, k;
    lot_t  *lot;

    k = a->nlots ? random_below(a->nlots) : 0;

    for (i = 0; i < a->nlots; i++) {
        lot = &a->lots[(k + i) % a->nlots];

        if (lot->open) {
            b->auction = a->id;
            b->lot = lot->id;
            b->amount = lot->least;
            lot->least += 10;        /* others are as fast */
            return 1;
        }
    }

    return 0;
}


/* in an auction in which this one may bid */

static int
choose(bidder_t *b)
{
    int  i, k, n;

    k = random_below(crowd.nauctions);

    for (i = 0; i < crowd.nauctions; i++) {
        n = (k + i) % crowd.nauctions;

        if ((b->only ? crowd.all[n].id == b->only : !named[n])
            && choose_lot(b, &crowd.all[n]))
        {
            return 1;
        }
    }

    return 0;
}


static int
bid(bidder_t *b, int64_t now)
{
    if (!choose(b)) {
        return 0;
    }

    b->asking = 1;
    b->twice = 0;
    b->request = ++made;
    b->first = now;
    ask(b, now);

    return 1;
}


static void
patience(bidder_t *b, int64_t now)
{
    if (now - b->first > LATEST
        || (stopped && now - ended > AFTER))
    {
        fprintf(crowd.record, "U chaos-%d-%lu %ld\n", b->n,
                (unsigned long) b->request, (long) b->auction);
        b->asking = 0;

    } else if (b->sent == 0 && b->ready) {
        ask(b, now);

    } else if (b->sent && now - b->sent > PATIENCE && b->ready) {

        /* half of them go elsewhere */

        if (random_below(2)) {
            ws_close(&b->ws);
        } else {
            ask(b, now);
        }
    }
}


void
bidders_tick(int64_t now)
{
    int          i;
    bidder_t    *b;
    static int   next;
    static int64_t  owed, last;

    for (i = 0; i < nbidders; i++) {
        b = &bidders[i];

        if (b->again) {
            if (now >= b->again) {
                come(b, now);
            }

        } else if (!b->ready && now - b->opened > PATIENCE) {
            ws_close(&b->ws);
        }

        if (b->asking) {
            patience(b, now);
        }
    }

    if (began == 0 || stopped) {
        began = last = now;
        return;
    }

    owed += (now - last) * rate;
    last = now;

    for (i = 0; i < nbidders && owed >= 1000000; i++) {
        next = (next + 1) % nbidders;
        b = &bidders[next];

        if (b->ready && !b->asking && bid(b, now)) {
            owed -= 1000000;
        }
    }

    if (owed > 1000000) {
        owed = 1000000;              /* nobody catches up */
    }
}


int
bidders_read(const char *file, int per_second)
{
    int        i, k;
    long       only;
    char       token[2800];
    FILE      *f;
    bidder_t  *b;

    f = fopen(file, "r");
    bidders = calloc(MAX_BIDDERS, sizeof(bidder_t));
    rate = per_second;

    if (f == NULL) {
        return -1;
    }

    while (nbidders < MAX_BIDDERS && fscanf(f, "%2799s %ld", token, &only) == 2)
    {
        b = &bidders[nbidders];
        b->n = nbidders++;
        b->token = strdup(token);
        b->only = only;
        b->ws.fd = -1;
        b->ws.data = b;
        b->ws.message = heard;
        b->ws.closed = left;
        b->ws.quiet = 1;
        b->again = 1;
    }

    fclose(f);

    for (i = 0; i < nbidders; i++) {
        for (k = 0; k < crowd.nauctions; k++) {
            named[k] |= crowd.all[k].id == bidders[i].only;
        }
    }

    return 0;
}


void
bidders_stop(void)
{
    stopped = 1;
    ended = now_us();
}


int
bidders_waiting(void)
{
    int  i, n = 0;

    for (i = 0; i < nbidders; i++) {
        n += bidders[i].asking;
    }

    return n;
}


void
bidders_report(void)
{
    int  i;

    for (i = 0; i < nbidders; i++) {
        if (bidders[i].asking) {
            fprintf(crowd.record, "U chaos-%d-%lu %ld\n", i,
                    (unsigned long) bidders[i].request,
                    (long) bidders[i].auction);
        }
    }
}
