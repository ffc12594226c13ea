/*
 * watchers: follow an auction each, over WebSockets, compressed and not, and
 * as streams of server-sent events.  Each knows where it is, comes back to
 * there when its connection ends, and minds every event that is missing,
 * comes twice, or is not what others were told.
 */

#define _GNU_SOURCE

#include "chaos/crowd.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>


#define SILENCE  45000000        /* us: a heartbeat comes every 15 s */
#define PATIENCE 10000000        /* a connection that does not open */
#define TICKS    50              /* a second */


typedef enum { PLAIN, DEFLATE, STREAM } kind_e;


typedef struct {
    ws_t         ws;
    int          n;
    kind_e       kind;
    auction_t   *auction;
    int64_t      epoch, seq;     /* where it is */
    int          placed;         /* it has been told where it is */
    int          live;           /* subscribed on this connection */
    int          told;           /* a snapshot was announced */
    int64_t      from;           /* where it asked to begin, -1: anew */
    int64_t      again;          /* when it comes back; 0: it is there */
    int64_t      heard;
    uint64_t     events;
    char        *line;           /* a stream's, not complete yet */
    size_t       line_len, line_size;
} watcher_t;


static watcher_t  *watchers;
static int         nwatchers;


static void __attribute__((format(printf, 2, 3)))
wrong(watcher_t *w, const char *format, ...)
{
    va_list  args;

    fprintf(crowd.record, "V %ld %d %ld ", (long) time_us(), w->n,
            (long) w->auction->id);

    va_start(args, format);
    vfprintf(crowd.record, format, args);
    va_end(args);

    fprintf(crowd.record, "\n");
    fflush(crowd.record);
}


static void
subscribed(watcher_t *w, const char *text, size_t len)
{
    char     reason[32];
    int64_t  seq, epoch;

    epoch = number(text, len, "epoch", 0);
    seq = number(text, len, "seq", -1);
    string(text, len, "reason", reason, sizeof(reason));

    fprintf(crowd.record, "J %ld %d %ld %ld %ld %ld %s\n", (long) time_us(),
            w->n, (long) w->auction->id, (long) w->from, (long) seq,
            (long) epoch, reason[0] ? reason : "resumed");

    w->live = 1;
    w->told = reason[0] != '\0';

    if (memmem(text, len, "\"resumed\":true", 14) != NULL) {
        if (w->from < 0 || epoch != w->epoch) {
            wrong(w, "resumed from %ld of epoch %ld in epoch %ld",
                  (long) w->from, (long) w->epoch, (long) epoch);
        }

    } else if (!w->told) {
        wrong(w, "not resumed, and no reason");
    }
}


/* Whoever has lost nothing hears of a new epoch by its first event. */

static int
opened(watcher_t *w, int64_t epoch, const char *text, size_t len)
{
    char  type[32];

    string(text, len, "type", type, sizeof(type));

    return epoch == w->epoch + 1 && strcmp(type, "auction.recovered") == 0;
}


static void
event(watcher_t *w, const char *text, size_t len)
{
    int64_t      seq, epoch;
    const char  *public;

    public = memmem(text, len, "\"event\":{", 9);

    if (public == NULL) {
        return;
    }

    public += 8;
    len -= public - text + 1;
    epoch = number(public, len, "epoch", 0);
    seq = number(public, len, "seq", 0);

    if (!w->live || w->told) {
        wrong(w, "event %ld before a place was told", (long) seq);

    } else if (seq != w->seq + 1 || (epoch != w->epoch && !opened(w, epoch,
                                                        public, len)))
    {
        wrong(w, "event %ld:%ld came after %ld:%ld", (long) epoch, (long) seq,
              (long) w->epoch, (long) w->seq);
    }

    w->epoch = epoch;
    w->seq = seq;
    w->events++;

    if (auction_event(w->auction, epoch, seq, public, len) == -1) {
        wrong(w, "event %ld is not what others were told", (long) seq);
    }
}


static void
message(watcher_t *w, const char *text, size_t len)
{
    char  type[32];
    char  frame[256];

    string(text, len, "type", type, sizeof(type));

    if (strcmp(type, "event") == 0) {
        event(w, text, len);

    } else if (strcmp(type, "subscribed") == 0) {
        subscribed(w, text, len);

    } else if (strcmp(type, "snapshot") == 0) {

        /* a snapshot in the middle tells, too, that something was missed */

        w->epoch = number(text, len, "epoch", 0);
        w->seq = number(text, len, "seq", 0);
        w->placed = 1;
        w->told = 0;

    } else if (strcmp(type, "hello") == 0) {
        if (w->from >= 0) {
            snprintf(frame, sizeof(frame), "{\"type\":\"subscribe\","
                     "\"channel\":\"auction:%ld\",\"epoch\":%ld,"
                     "\"last_seq\":%ld}", (long) w->auction->id,
                     (long) w->epoch, (long) w->from);
        } else {
            snprintf(frame, sizeof(frame), "{\"type\":\"subscribe\","
                     "\"channel\":\"auction:%ld\"}", (long) w->auction->id);
        }

        ws_send(&w->ws, frame, strlen(frame));

    } else if (strcmp(type, "error") == 0) {

        /* it could not be loaded just now */

        ws_close(&w->ws);
    }
}


static void
inflated(watcher_t *w, const char *text, size_t len)
{
    int              rc;
    static char      out[4194304];
    static z_stream  z;
    static int       ready;

    if (!ready++) {
        inflateInit2(&z, -15);
    }

    inflateReset(&z);
    z.next_in = (Bytef *) text;
    z.avail_in = len;
    z.next_out = (Bytef *) out;
    z.avail_out = sizeof(out);
    rc = inflate(&z, Z_SYNC_FLUSH);

    if ((rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
        || z.avail_in != 0)
    {
        wrong(w, "a message that cannot be inflated: %d", rc);
        return;
    }

    message(w, out, sizeof(out) - z.avail_out);
}


/* lines of a stream: only those with data matter here */

static void
streamed(watcher_t *w, const char *text, size_t len)
{
    char    *p, *end;
    size_t   left;

    if (w->line_len + len > w->line_size) {
        w->line_size = (w->line_len + len) * 2;
        w->line = realloc(w->line, w->line_size);
    }

    memcpy(w->line + w->line_len, text, len);
    w->line_len += len;

    for (p = w->line, left = w->line_len;
         (end = memchr(p, '\n', left)) != NULL;
         left -= end + 1 - p, p = end + 1)
    {
        if (end - p > 6 && memcmp(p, "data: ", 6) == 0) {
            message(w, p + 6, end - p - 6);
        }

        if (w->ws.fd == -1) {
            return;
        }
    }

    memmove(w->line, p, left);
    w->line_len = left;
}


static void
heard(ws_t *ws, const char *text, size_t len)
{
    watcher_t  *w = ws->data;

    w->heard = now_us();

    if (w->kind == STREAM) {
        streamed(w, text, len);

    } else if (ws->packed) {
        inflated(w, text, len);

    } else {
        message(w, text, len);
    }
}


static void
left(ws_t *ws, const char *text, size_t len)
{
    watcher_t  *w = ws->data;

    w->live = 0;
    w->line_len = 0;
    w->again = now_us() + 200000 + random_below(1500000);
}


static void
come(watcher_t *w, int64_t now)
{
    char  path[128], headers[128] = "";

    w->again = 0;
    w->heard = now;
    w->told = 0;

    /* a page that is loaded anew has forgotten where it was */

    if (random_below(20) == 0) {
        w->placed = 0;
    }

    w->from = w->placed ? w->seq : -1;
    snprintf(path, sizeof(path), "/api/v1/ws");

    if (w->kind == STREAM) {
        snprintf(path, sizeof(path), "/api/v1/auctions/%ld/events/stream",
                 (long) w->auction->id);

        if (w->placed) {
            snprintf(headers, sizeof(headers), "Last-Event-ID: %ld:%ld\r\n",
                     (long) w->epoch, (long) w->seq);
        }

    } else if (w->kind == DEFLATE) {
        snprintf(headers, sizeof(headers),
                 "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    }

    if (crowd_connect(&w->ws, w->n, path, headers) == -1) {
        left(&w->ws, NULL, 0);
    }
}


int
watchers_create(int n)
{
    int  i;

    watchers = calloc(n, sizeof(watcher_t));
    nwatchers = n;

    for (i = 0; i < n; i++) {
        watchers[i].n = i;
        watchers[i].kind = i / crowd.nauctions % 3;
        watchers[i].auction = &crowd.all[i % crowd.nauctions];
        watchers[i].ws.fd = -1;
        watchers[i].ws.data = &watchers[i];
        watchers[i].ws.message = heard;
        watchers[i].ws.closed = left;
        watchers[i].ws.quiet = 1;
        watchers[i].ws.stream = watchers[i].kind == STREAM;
        watchers[i].again = now_us() + (int64_t) i * 1000;
    }

    return 0;
}


void
watchers_tick(int64_t now)
{
    int         i;
    watcher_t  *w;

    for (i = 0; i < nwatchers; i++) {
        w = &watchers[i];

        if (w->again) {
            if (now >= w->again) {
                come(w, now);
            }

        } else if (now - w->heard > (w->live ? SILENCE : PATIENCE)
                   || (!w->auction->end && random_below(TICKS * 200) == 0))
        {
            ws_close(&w->ws);
        }
    }
}


int
watchers_behind(void)
{
    int  i, n = 0;

    for (i = 0; i < nwatchers; i++) {
        n += !watchers[i].live || watchers[i].seq < watchers[i].auction->end;
    }

    return n;
}


void
watchers_report(void)
{
    int           i;
    watcher_t    *w;
    static const char *kinds[] = { "websocket", "deflate", "stream" };

    for (i = 0; i < nwatchers; i++) {
        w = &watchers[i];

        fprintf(crowd.record, "F %d %ld %ld %ld %lu %s\n", i,
                (long) w->auction->id, (long) w->epoch, (long) w->seq,
                (unsigned long) w->events, kinds[w->kind]);
    }
}
