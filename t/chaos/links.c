/* needs: */

/*
 * links: the network between clients, nodes and their services, which breaks
 * when it is told to.
 *
 *   links PORT TARGET [PORT TARGET]...
 *
 * Each link listens on 127.0.0.1:PORT and forwards to TARGET, a Unix socket's
 * path or a port of 127.0.0.1.  Commands come on standard input, one a line,
 * N counts the links from 0:
 *
 *   N pass       forwards
 *   N cut        closes what is open, and whoever comes; what was asked of
 *                the server still runs there
 *   N mute       holds everything back, both ways, as a cable that is out
 *   N delay MS   holds each piece back for so long
 *   N half       one side of each connection hears that the other has ended,
 *                which it has not: the one half of them the client, the other
 *                the server; the other direction goes on
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>


#define MAX_LINKS    32
#define MAX_CONNS    4096
#define MAX_WAITING  1048576
#define PIECE        65536


typedef enum { PASS, CUT, MUTE, DELAY } mode_e;


typedef struct {
    int            fd;
    const char    *target;
    mode_e         mode;
    int64_t        delay;            /* ms */
} link_t;


typedef struct piece_s  piece_t;

struct piece_s {
    piece_t       *next;
    int64_t        due;              /* ms */
    size_t         at, len;
    char           data[];
};


typedef struct {
    link_t        *link;             /* NULL: free */
    unsigned       age;              /* how often this place was taken */
    int            fd[2];            /* client, server */
    uint32_t       events[2];        /* epoll's, as it was told */
    piece_t       *first[2];         /* what fd[i] has said */
    piece_t      **last[2];
    size_t         waiting[2];
    int            ended[2];         /* fd[i] says no more */
    int            shut[2];          /* fd[i] was told so of the other */
} conn_t;


static link_t  links[MAX_LINKS];
static int     nlinks;
static conn_t  conns[MAX_CONNS];
static int     used;                 /* places below which all taken ones are */
static int     events_fd;


static int64_t
now_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}


/* What an event is of: a link, or a side of a connection that may have gone
 * meanwhile. */

static uint64_t
event_of(const conn_t *c, int i)
{
    return (uint64_t) c->age << 32 | (uint64_t) (c - conns) << 1 | i;
}


static void
watch(int fd, int op, uint32_t events, uint64_t of)
{
    struct epoll_event  ev;

    ev.events = events;
    ev.data.u64 = of;
    epoll_ctl(events_fd, op, fd, &ev);
}


/* Listens for what this connection can do now; of a side that can do nothing
 * not even its end is to be heard. */

static void
conn_want(conn_t *c, int64_t now)
{
    int       i;
    uint32_t  events;

    for (i = 0; i < 2; i++) {
        events = 0;

        if (c->link->mode != MUTE) {
            if (!c->ended[i] && c->waiting[i] < MAX_WAITING) {
                events |= EPOLLIN;
            }

            if (c->first[!i] && c->first[!i]->due <= now) {
                events |= EPOLLOUT;
            }
        }

        if (events != c->events[i]) {
            watch(c->fd[i], events == 0 ? EPOLL_CTL_DEL
                            : c->events[i] == 0 ? EPOLL_CTL_ADD
                            : EPOLL_CTL_MOD, events, event_of(c, i));
            c->events[i] = events;
        }
    }
}


static void
conn_close(conn_t *c)
{
    int       i;
    piece_t  *p;

    for (i = 0; i < 2; i++) {
        close(c->fd[i]);

        while ((p = c->first[i]) != NULL) {
            c->first[i] = p->next;
            free(p);
        }
    }

    c->link = NULL;
}


static int
target_connect(const char *target)
{
    int                 fd, rc, one = 1;
    struct sockaddr_in  in;
    struct sockaddr_un  un;

    memset(&in, 0, sizeof(in));
    memset(&un, 0, sizeof(un));

    if (target[0] == '/') {
        un.sun_family = AF_UNIX;
        snprintf(un.sun_path, sizeof(un.sun_path), "%s", target);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        rc = connect(fd, (struct sockaddr *) &un, sizeof(un));

    } else {
        in.sin_family = AF_INET;
        in.sin_port = htons(atoi(target));
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        rc = connect(fd, (struct sockaddr *) &in, sizeof(in));
    }

    if (rc == -1 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }

    return fd;
}


static void
link_accept(link_t *link)
{
    int        i, one = 1, client, server;
    conn_t    *c;
    unsigned   age;

    client = accept4(link->fd, NULL, NULL, SOCK_NONBLOCK);
    if (client == -1) {
        return;
    }

    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));

    for (i = 0; i < MAX_CONNS && conns[i].link != NULL; i++) { /* void */ }

    if (i == MAX_CONNS || link->mode == CUT
        || (server = target_connect(link->target)) == -1)
    {
        close(client);
        return;
    }

    c = &conns[i];
    age = c->age + 1;
    memset(c, 0, sizeof(conn_t));
    c->age = age;
    c->link = link;
    c->fd[0] = client;
    c->fd[1] = server;
    c->last[0] = &c->first[0];
    c->last[1] = &c->first[1];
    used = i < used ? used : i + 1;

    conn_want(c, 0);
}


/* -1: this side has broken */

static int
conn_read(conn_t *c, int i)
{
    ssize_t      n;
    piece_t     *p;
    static char  data[PIECE];

    n = recv(c->fd[i], data, PIECE, 0);

    if (n == -1) {
        return errno == EAGAIN ? 0 : -1;
    }

    if (n == 0) {
        c->ended[i] = 1;
        return 0;
    }

    p = malloc(sizeof(piece_t) + n);
    memcpy(p->data, data, n);
    p->next = NULL;
    p->at = 0;
    p->len = n;
    p->due = now_ms() + (c->link->mode == DELAY ? c->link->delay : 0);

    *c->last[i] = p;
    c->last[i] = &p->next;
    c->waiting[i] += n;

    return 0;
}


/* What fd[i] has said goes to the other side, its end, too: -1 when that has
 * left.  Who was told of an end that is none hears no more. */

static int
conn_write(conn_t *c, int i, int64_t now)
{
    ssize_t   n;
    piece_t  *p;

    while ((p = c->first[i]) != NULL && p->due <= now) {
        n = c->shut[!i] ? (ssize_t) (p->len - p->at)
                        : send(c->fd[!i], p->data + p->at, p->len - p->at,
                               MSG_NOSIGNAL);

        if (n == -1) {
            return errno == EAGAIN ? 0 : -1;
        }

        c->waiting[i] -= n;
        p->at += n;

        if (p->at < p->len) {
            return 0;
        }

        c->first[i] = p->next;

        if (c->first[i] == NULL) {
            c->last[i] = &c->first[i];
        }

        free(p);
    }

    if (c->ended[i] && c->first[i] == NULL && !c->shut[!i]) {
        c->shut[!i] = 1;
        shutdown(c->fd[!i], SHUT_WR);
    }

    return c->ended[0] && c->ended[1] && !c->first[0] && !c->first[1] ? -1 : 0;
}


/* Moves what can be moved. */

static void
conn_turn(conn_t *c, int64_t now)
{
    if (c->link->mode == MUTE) {
        conn_want(c, now);

    } else if (conn_write(c, 0, now) == -1 || conn_write(c, 1, now) == -1) {
        conn_close(c);

    } else {
        conn_want(c, now);
    }
}


static void
command(char *line)
{
    int      i, n, k, ms = 0;
    char     mode[16];
    conn_t  *c;

    if (sscanf(line, "%d %15s %d", &n, mode, &ms) < 2 || n < 0 || n >= nlinks)
    {
        fprintf(stderr, "links: what is \"%s\"?\n", line);
        return;
    }

    links[n].mode = strcmp(mode, "cut") == 0 ? CUT
                    : strcmp(mode, "mute") == 0 ? MUTE
                    : strcmp(mode, "delay") == 0 ? DELAY : PASS;
    links[n].delay = ms;

    for (i = 0; i < used; i++) {
        c = &conns[i];

        if (c->link != &links[n]) {
            continue;
        }

        if (links[n].mode == CUT) {
            conn_close(c);
            continue;
        }

        k = i % 2;

        if (strcmp(mode, "half") == 0 && !c->shut[k]) {
            c->shut[k] = 1;
            shutdown(c->fd[k], SHUT_WR);
        }

        conn_turn(c, now_ms());
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

    if (n <= 0) {
        exit(0);                     /* whoever started this has left */
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


/* One turn; how long the next one may wait, ms. */

static int
turn(int ms)
{
    int                 i, n, k;
    conn_t             *c;
    int64_t             now, next;
    struct epoll_event  events[512];

    n = epoll_wait(events_fd, events, 512, ms);
    now = now_ms();

    for (i = 0; i < n; i++) {
        if (events[i].data.u64 == UINT64_MAX) {
            commands();
            continue;
        }

        if (events[i].data.u64 < MAX_LINKS) {
            link_accept(&links[events[i].data.u64]);
            continue;
        }

        c = &conns[(events[i].data.u64 & UINT32_MAX) >> 1];
        k = events[i].data.u64 & 1;

        if (c->link == NULL || event_of(c, k) != events[i].data.u64) {
            continue;
        }

        if (events[i].events & ~EPOLLOUT && conn_read(c, k) == -1) {
            conn_close(c);

        } else {
            conn_turn(c, now);
        }
    }

    next = now + 1000;

    for (c = conns; c < conns + used; c++) {
        for (k = 0; c->link && c->link->mode != MUTE && k < 2; k++) {
            if (c->first[k] == NULL || c->events[!k] & EPOLLOUT) {
                continue;
            }

            if (c->first[k]->due <= now) {
                conn_turn(c, now);
            } else if (c->first[k]->due < next) {
                next = c->first[k]->due;
            }
        }
    }

    return next - now;
}


static int
link_create(const char *port, const char *target)
{
    int                 one = 1;
    link_t             *link = &links[nlinks];
    struct sockaddr_in  at;

    link->target = target;
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(link->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));

    memset(&at, 0, sizeof(at));
    at.sin_family = AF_INET;
    at.sin_port = htons(atoi(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    if (bind(link->fd, (struct sockaddr *) &at, sizeof(at)) == -1
        || listen(link->fd, 1024) == -1)
    {
        perror(port);
        return -1;
    }

    watch(link->fd, EPOLL_CTL_ADD, EPOLLIN, nlinks++);

    return 0;
}


int
main(int argc, char **argv)
{
    int            i, ms = 0;
    struct rlimit  files = { 65536, 65536 };

    setrlimit(RLIMIT_NOFILE, &files);
    events_fd = epoll_create1(0);
    watch(0, EPOLL_CTL_ADD, EPOLLIN, UINT64_MAX);

    for (i = 1; i + 1 < argc && nlinks < MAX_LINKS; i += 2) {
        if (link_create(argv[i], argv[i + 1]) == -1) {
            return 1;
        }
    }

    printf("ready\n");
    fflush(stdout);

    for ( ;; ) {
        ms = turn(ms);
    }
}
