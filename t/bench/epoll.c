/* needs: */

/*
 * epoll: the least a server can do: a WebSocket handshake, then send() of one
 * ready frame to every socket, in a loop.  The yardstick of fan-out.
 *
 *   epoll PORT RATE BYTES [TURN]
 *
 * Sends RATE messages a second of BYTES bytes ({"amount":N,...}) to all who
 * are connected, and prints "N microseconds" for each.  With TURN (0 or 1) it
 * does so by turns; see turn.h.
 */

#define _GNU_SOURCE

#include "lib/turn.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX  65536


static int  sockets[MAX], nsockets;


static const char  accepted[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";


static int64_t
now_us(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}


static void
publish(int bytes)
{
    int          i, n;
    char         frame[65536];
    static long  amount;

    if (nsockets == 0) {
        return;
    }

    n = sprintf(frame + 4, "{\"amount\":%ld,\"text\":\"", ++amount);
    memset(frame + 4 + n, 'x', bytes - n - 2);
    memcpy(frame + 4 + bytes - 2, "\"}", 2);

    frame[0] = (char) 0x81;
    frame[1] = 126;
    frame[2] = bytes >> 8;
    frame[3] = bytes & 0xff;

    printf("%ld %ld\n", amount, (long) now_us());

    for (i = 0; i < nsockets; i++) {
        send(sockets[i], frame, bytes + 4, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}


static void
readable(int fd)
{
    int      i;
    char     text[8192];
    ssize_t  n;

    n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

    if (n > 0) {
        if (n > 4 && memcmp(text, "GET ", 4) == 0 && nsockets < MAX) {
            send(fd, accepted, sizeof(accepted) - 1, MSG_NOSIGNAL);
            sockets[nsockets++] = fd;
        }

        return;
    }

    for (i = 0; i < nsockets; i++) {
        if (sockets[i] == fd) {
            sockets[i] = sockets[--nsockets];
            break;
        }
    }

    close(fd);
}


int
main(int argc, char **argv)
{
    int                 i, n, fd, ep, listener, timer, rate, turn, one = 1;
    uint64_t            ticks;
    struct rlimit       files;
    struct itimerspec   every = { { 0, 0 }, { 0, 1 } };
    struct sockaddr_in  at;
    struct epoll_event  ev, events[512];

    if (argc < 4) {
        return 2;
    }

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 0);

    rate = atoi(argv[2]);
    turn = argc > 4 ? atoi(argv[4]) : -1;
    every.it_interval.tv_sec = rate == 1;
    every.it_interval.tv_nsec = rate == 1 ? 0 : 1000000000 / rate;

    memset(&at, 0, sizeof(at));
    at.sin_family = AF_INET;
    at.sin_port = htons(atoi(argv[1]));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));

    if (bind(listener, (struct sockaddr *) &at, sizeof(at)) == -1
        || listen(listener, 4096) == -1)
    {
        perror("listen");
        return 1;
    }

    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    timerfd_settime(timer, 0, &every, NULL);

    ep = epoll_create1(0);
    ev.events = EPOLLIN;
    ev.data.fd = listener;
    epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev);
    ev.data.fd = timer;
    epoll_ctl(ep, EPOLL_CTL_ADD, timer, &ev);

    for ( ;; ) {
        n = epoll_wait(ep, events, 512, -1);

        for (i = 0; i < n; i++) {
            fd = events[i].data.fd;

            if (fd == timer) {
                if (read(timer, &ticks, sizeof(ticks)) == sizeof(ticks)
                    && turn_is(turn, now_us()))
                {
                    publish(atoi(argv[3]));
                }

            } else if (fd == listener) {
                fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);

                if (fd != -1) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
                               sizeof(one));
                    ev.data.fd = fd;
                    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
                }

            } else {
                readable(fd);
            }
        }
    }
}
