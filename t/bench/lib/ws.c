/*
 * ws: a WebSocket client over epoll.
 */

#define _GNU_SOURCE

#include "ws.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


int  ws_epoll = -1;


static void ws_flush(ws_t *ws);
static void ws_read(ws_t *ws);
static int ws_handshake(ws_t *ws);
static void ws_frames(ws_t *ws);
static void ws_frame(ws_t *ws, int op, const char *data, size_t len);


int64_t
now_us(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}


static void
ws_watch(ws_t *ws, int op)
{
    struct epoll_event  ev;

    ev.events = EPOLLIN | (ws->out_len || !ws->open ? EPOLLOUT : 0);
    ev.data.ptr = ws;
    epoll_ctl(ws_epoll, op, ws->fd, &ev);
}


static void
ws_append(ws_t *ws, const void *data, size_t len)
{
    if (ws->out_len + len > ws->out_size) {
        ws->out_size = (ws->out_len + len) * 2;
        ws->out = realloc(ws->out, ws->out_size);
    }

    memcpy(ws->out + ws->out_len, data, len);
    ws->out_len += len;
}


int
ws_connect(ws_t *ws, const struct sockaddr_in *to, const char *source,
    const char *path, const char *headers)
{
    int                 n, one = 1;
    char                request[4096];
    struct sockaddr_in  from;

    if (ws_epoll == -1) {
        ws_epoll = epoll_create1(0);
    }

    ws->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (ws->fd == -1) {
        return -1;
    }

    setsockopt(ws->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));

    if (source != NULL) {
        memset(&from, 0, sizeof(from));
        from.sin_family = AF_INET;
        inet_pton(AF_INET, source, &from.sin_addr);
        setsockopt(ws->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
                   sizeof(one));

        if (bind(ws->fd, (struct sockaddr *) &from, sizeof(from)) == -1) {
            return -1;
        }
    }

    if (connect(ws->fd, (const struct sockaddr *) to, sizeof(*to)) == -1
        && errno != EINPROGRESS)
    {
        return -1;
    }

    /* HTTP/1.0: a body without chunks */

    n = snprintf(request, sizeof(request),
                 ws->stream ? "GET %s HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n"
                              "Accept: text/event-stream\r\n%s\r\n"
                            : "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                 path, ntohs(to->sin_port), headers ? headers : "");

    ws_append(ws, request, n);
    ws_watch(ws, EPOLL_CTL_ADD);

    return 0;
}


void
ws_send(ws_t *ws, const char *text, size_t len)
{
    int            before = ws->out_len > 0;
    size_t         n = 0;
    unsigned char  head[14];

    if (ws->fd == -1) {
        return;
    }

    head[n++] = 0x81;

    if (len < 126) {
        head[n++] = 0x80 | len;

    } else {
        head[n++] = 0x80 | 126;
        head[n++] = len >> 8;
        head[n++] = len & 0xff;
    }

    memset(head + n, 0, 4);        /* a mask of zeros is a mask */
    ws_append(ws, head, n + 4);
    ws_append(ws, text, len);

    if (!before) {
        ws_flush(ws);
    }
}


static void
ws_flush(ws_t *ws)
{
    ssize_t  n;
    size_t   was = ws->out_len;

    while (ws->out_len > 0) {
        n = send(ws->fd, ws->out, ws->out_len, MSG_NOSIGNAL);

        if (n <= 0) {
            break;
        }

        ws->out_len -= n;
        memmove(ws->out, ws->out + n, ws->out_len);
    }

    if (ws->out_len || was) {
        ws_watch(ws, EPOLL_CTL_MOD);
    }
}


void
ws_close(ws_t *ws)
{
    if (ws->fd == -1) {
        return;
    }

    close(ws->fd);
    ws->fd = -1;
    ws->open = 0;
    free(ws->in);
    free(ws->out);
    ws->in = ws->out = NULL;
    ws->in_len = ws->in_size = ws->out_len = ws->out_size = 0;

    if (ws->closed) {
        ws->closed(ws, NULL, 0);
    }
}


static void
ws_read(ws_t *ws)
{
    ssize_t  n;

    for ( ;; ) {
        if (ws->in_len == ws->in_size) {
            ws->in_size = ws->in_size ? ws->in_size * 2 : 4096;
            ws->in = realloc(ws->in, ws->in_size + 1);
        }

        n = recv(ws->fd, ws->in + ws->in_len, ws->in_size - ws->in_len, 0);

        if (n == -1 && errno == EAGAIN) {
            break;
        }

        if (n <= 0) {
            ws_close(ws);
            return;
        }

        ws->in_len += n;
        ws->bytes += n;

        if (ws->in_len < ws->in_size) {
            break;
        }
    }

    if (!ws->open && !ws_handshake(ws)) {
        return;
    }

    ws_frames(ws);
}


static int
ws_handshake(ws_t *ws)
{
    char  *end;

    end = memmem(ws->in, ws->in_len, "\r\n\r\n", 4);

    if (end == NULL) {
        return 0;
    }

    if (strncmp(ws->in, ws->stream ? "HTTP/1.1 200" : "HTTP/1.1 101", 12)
        != 0)
    {
        if (!ws->quiet) {
            fprintf(stderr, "no upgrade: %.60s\n", ws->in);
        }

        ws_close(ws);
        return 0;
    }

    ws->in_len -= end + 4 - ws->in;
    memmove(ws->in, end + 4, ws->in_len);
    ws->open = 1;

    /* without this a reader that says nothing would never sleep */

    ws_watch(ws, EPOLL_CTL_MOD);

    if (ws->opened) {
        ws->opened(ws, NULL, 0);
    }

    return ws->fd != -1;
}


static void
ws_frames(ws_t *ws)
{
    size_t          at = 0, head, len;
    unsigned char  *p;

    if (ws->stream && ws->in_len) {
        len = ws->in_len;
        ws->in_len = 0;
        ws->message(ws, ws->in, len);
        return;
    }

    while (ws->fd != -1 && ws->in_len - at >= 2) {
        p = (unsigned char *) ws->in + at;
        head = 2;
        len = p[1] & 0x7f;

        if (len == 126) {
            head = 4;

            if (ws->in_len - at < head) {
                break;
            }

            len = p[2] << 8 | p[3];

        } else if (len == 127) {
            head = 10;

            if (ws->in_len - at < head) {
                break;
            }

            len = (size_t) p[6] << 24 | p[7] << 16 | p[8] << 8 | p[9];
        }

        if (ws->in_len - at < head + len) {
            break;
        }

        at += head + len;
        ws->packed = p[0] & 0x40;
        ws_frame(ws, p[0] & 0x0f, (char *) p + head, len);
    }

    if (ws->fd != -1 && at) {
        ws->in_len -= at;
        memmove(ws->in, ws->in + at, ws->in_len);
    }
}


static void
ws_frame(ws_t *ws, int op, const char *data, size_t len)
{
    unsigned char  pong[6] = { 0x8a, 0x80, 0, 0, 0, 0 };

    switch (op) {

    case 1:
        ws->received++;

        if (ws->message) {
            ws->message(ws, data, len);
        }

        break;

    case 8:
        if (len >= 2) {
            ws->close_code = (unsigned char) data[0] << 8
                             | (unsigned char) data[1];
        }

        ws_close(ws);
        break;

    case 9:
        pong[1] |= len;
        ws_append(ws, pong, sizeof(pong));
        ws_append(ws, data, len);
        ws_flush(ws);
        break;
    }
}


int
ws_poll(int ms)
{
    int                 i, n;
    ws_t               *ws;
    struct epoll_event  events[WS_EVENTS];

    n = epoll_wait(ws_epoll, events, WS_EVENTS, ms);

    for (i = 0; i < n; i++) {
        ws = events[i].data.ptr;

        if (ws->fd != -1 && events[i].events & EPOLLOUT) {
            ws_flush(ws);
        }

        if (ws->fd != -1 && events[i].events & ~EPOLLOUT) {
            ws_read(ws);
        }
    }

    return n;
}


uint64_t
cpu_us(int pid)
{
    clockid_t        clock;
    struct timespec  ts;

    if (clock_getcpuclockid(pid, &clock) != 0
        || clock_gettime(clock, &ts) != 0)
    {
        return 0;
    }

    return ts.tv_sec * UINT64_C(1000000) + ts.tv_nsec / 1000;
}


uint64_t
rss_bytes(int pid)
{
    FILE          *f;
    char           path[64];
    unsigned long  size, resident = 0;

    snprintf(path, sizeof(path), "/proc/%d/statm", pid);
    f = fopen(path, "r");

    if (f == NULL) {
        return 0;
    }

    if (fscanf(f, "%lu %lu", &size, &resident) != 2) {
        resident = 0;
    }

    fclose(f);

    return resident * sysconf(_SC_PAGESIZE);
}
