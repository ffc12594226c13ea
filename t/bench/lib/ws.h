/*
 * ws: a WebSocket client over epoll, for load: many sockets, one thread.
 * A stream is a plain GET instead, for server-sent events.
 */

#ifndef BENCH_WS_H
#define BENCH_WS_H

#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

typedef struct ws_s  ws_t;

/* A whole text message arrived; text is valid during the call. */
typedef void (*ws_text_pt)(ws_t *ws, const char *text, size_t len);

struct ws_s {
    int          fd;             /* -1: closed */
    int          open;           /* the handshake is done */
    int          close_code;     /* 0: none came */
    int          stream;         /* messages are pieces of the body */
    int          quiet;          /* says nothing of a refused upgrade */
    int          packed;         /* the message is compressed */
    void        *data;           /* the caller's */
    ws_text_pt   opened;         /* text NULL */
    ws_text_pt   message;
    ws_text_pt   closed;         /* text NULL */

    char        *in;             /* the rest is ws.c's */
    size_t       in_len, in_size;
    char        *out;
    size_t       out_len, out_size;
    uint64_t     received;       /* messages */
    uint64_t     bytes;
};

extern int  ws_epoll;

/* Begins to connect; headers are added to the request as they are ("A: b\r\n").
 * Returns 0, or -1 with errno. */
int ws_connect(ws_t *ws, const struct sockaddr_in *to, const char *source,
    const char *path, const char *headers);

/* Queues and tries to send one masked text frame. */
void ws_send(ws_t *ws, const char *text, size_t len);

void ws_close(ws_t *ws);

#define WS_EVENTS  512

/* Waits for and handles events for at most ms; returns how many, at most
 * WS_EVENTS. */
int ws_poll(int ms);

int64_t now_us(void);            /* CLOCK_MONOTONIC */

/* User and system time of a process in microseconds, 0 if it is gone. */
uint64_t cpu_us(int pid);

/* Resident memory of a process in bytes. */
uint64_t rss_bytes(int pid);

#endif
