/* needs: */

/*
 * links: the network between nodes and their services, which breaks when it
 * is told to.
 *
 *   links PORT PATH [PORT PATH]...
 *
 * Each link listens on 127.0.0.1:PORT and forwards to the Unix socket PATH.
 * Commands come on standard input, one a line, N counts the links from 0:
 *
 *   N pass       forwards
 *   N cut        closes what is open, and whoever comes; what was asked of
 *                the server still runs there
 *   N mute       holds everything back, both ways, as a cable that is out
 *   N delay MS   holds each piece back for so long
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>


#define MAX_LINKS    32
#define MAX_CONNS    1024
#define MAX_WAITING  1048576


typedef enum { PASS, CUT, MUTE, DELAY } mode_e;


typedef struct {
    int            fd;
    const char    *path;
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
    int            fd[2];            /* client, server */
    piece_t       *first[2];         /* what fd[i] has said */
    piece_t      **last[2];
    size_t         waiting[2];
    int            ended[2];         /* fd[i] says no more */
} conn_t;


static link_t  links[MAX_LINKS];
static int     nlinks;
static conn_t  conns[MAX_CONNS];


static int64_t
now_ms(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
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


static void
link_accept(link_t *link)
{
    int                 i, client, server;
    conn_t             *c;
    struct sockaddr_un  to;

    client = accept4(link->fd, NULL, NULL, SOCK_NONBLOCK);
    if (client == -1) {
        return;
    }

    for (i = 0; i < MAX_CONNS && conns[i].link != NULL; i++) { /* void */ }

    memset(&to, 0, sizeof(to));
    to.sun_family = AF_UNIX;
    snprintf(to.sun_path, sizeof(to.sun_path), "%s", link->path);

    server = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    if (i == MAX_CONNS || link->mode == CUT || server == -1
        || connect(server, (struct sockaddr *) &to, sizeof(to)) == -1)
    {
        close(client);
        close(server);
        return;
    }

    c = &conns[i];
    memset(c, 0, sizeof(conn_t));
    c->link = link;
    c->fd[0] = client;
    c->fd[1] = server;
    c->last[0] = &c->first[0];
    c->last[1] = &c->first[1];
}


static void
conn_read(conn_t *c, int i)
{
    ssize_t   n;
    piece_t  *p;

    p = malloc(sizeof(piece_t) + 65536);
    n = recv(c->fd[i], p->data, 65536, 0);

    if (n <= 0) {
        free(p);

        if (n == 0 || errno != EAGAIN) {
            c->ended[i] = 1;
        }

        return;
    }

    p = realloc(p, sizeof(piece_t) + n);
    p->next = NULL;
    p->at = 0;
    p->len = n;
    p->due = now_ms() + (c->link->mode == DELAY ? c->link->delay : 0);

    *c->last[i] = p;
    c->last[i] = &p->next;
    c->waiting[i] += n;
}


/* what fd[i] has said goes to the other side: -1 when that has left */

static int
conn_write(conn_t *c, int i, int64_t now)
{
    ssize_t   n;
    piece_t  *p;

    while ((p = c->first[i]) != NULL && p->due <= now) {
        n = send(c->fd[!i], p->data + p->at, p->len - p->at, MSG_NOSIGNAL);

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

    return c->ended[i] && c->first[i] == NULL ? -1 : 0;
}


static void
command(char *line)
{
    int   i, n, ms = 0;
    char  mode[16];

    if (sscanf(line, "%d %15s %d", &n, mode, &ms) < 2 || n < 0 || n >= nlinks)
    {
        fprintf(stderr, "links: what is \"%s\"?\n", line);
        return;
    }

    links[n].mode = strcmp(mode, "cut") == 0 ? CUT
                    : strcmp(mode, "mute") == 0 ? MUTE
                    : strcmp(mode, "delay") == 0 ? DELAY : PASS;
    links[n].delay = ms;

    for (i = 0; links[n].mode == CUT && i < MAX_CONNS; i++) {
        if (conns[i].link == &links[n]) {
            conn_close(&conns[i]);
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


/* one turn: waits for at most ms, moves what can be moved */

static void
turn(int ms)
{
    int                   i, k, n = 0;
    conn_t               *c;
    int64_t               now;
    static struct pollfd  fds[1 + MAX_LINKS + 2 * MAX_CONNS];
    static conn_t        *whose[1 + MAX_LINKS + 2 * MAX_CONNS];

    fds[n].fd = 0;
    fds[n++].events = POLLIN;

    for (i = 0; i < nlinks; i++, n++) {
        fds[n].fd = links[i].fd;
        fds[n].events = POLLIN;
    }

    for (i = 0; i < MAX_CONNS; i++) {
        c = &conns[i];

        for (k = 0; c->link && c->link->mode != MUTE && k < 2; k++) {
            if (!c->ended[k] && c->waiting[k] < MAX_WAITING) {
                fds[n].fd = c->fd[k];
                fds[n].events = POLLIN;
                whose[n++] = c;
            }
        }
    }

    poll(fds, n, ms);

    for (i = 1 + nlinks; i < n; i++) {
        if (fds[i].revents) {
            conn_read(whose[i], fds[i].fd == whose[i]->fd[1]);
        }
    }

    for (i = 0; i < nlinks; i++) {
        if (fds[1 + i].revents) {
            link_accept(&links[i]);
        }
    }

    now = now_ms();

    for (i = 0; i < MAX_CONNS; i++) {
        c = &conns[i];

        if (c->link && c->link->mode != MUTE
            && (conn_write(c, 0, now) == -1 || conn_write(c, 1, now) == -1))
        {
            conn_close(c);
        }
    }

    if (fds[0].revents) {
        commands();
    }
}


static int
waiting(void)
{
    int  i;

    for (i = 0; i < MAX_CONNS; i++) {
        if (conns[i].link && conns[i].link->mode != MUTE
            && (conns[i].first[0] || conns[i].first[1]))
        {
            return 1;
        }
    }

    return 0;
}


int
main(int argc, char **argv)
{
    int                 i, one = 1;
    link_t             *link;
    struct sockaddr_in  at;

    for (i = 1; i + 1 < argc && nlinks < MAX_LINKS; i += 2) {
        link = &links[nlinks++];
        link->path = argv[i + 1];
        link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        setsockopt(link->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));

        memset(&at, 0, sizeof(at));
        at.sin_family = AF_INET;
        at.sin_port = htons(atoi(argv[i]));
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

        if (bind(link->fd, (struct sockaddr *) &at, sizeof(at)) == -1
            || listen(link->fd, 256) == -1)
        {
            perror(argv[i]);
            return 1;
        }
    }

    printf("ready\n");
    fflush(stdout);

    for ( ;; ) {
        turn(waiting() ? 1 : 1000);
    }
}
