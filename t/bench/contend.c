/* needs: -lpq */

/*
 * contend: deciders that all append to one auction, one event each time, as
 * workers do without a home; and how long each append takes until it stands.
 *
 *   contend HOST DATABASE NAME APPEND DECIDERS SECONDS PAUSE
 *
 * APPEND is a statement that answers (kind, seq, head in hex) of
 * gavel.append's last row; $1 to $5 are seq, head in hex, the decider's name,
 * whether it wants the log reserved, and a text that is new.  PAUSE is the
 * time in ms between two appends of a decider.  Prints one line of JSON.
 */

#define _GNU_SOURCE

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST  200000

typedef struct {
    int     appends, asked, again, worst_run;
    double  waits[MOST];
} decider_t;


static double
now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static void
die(const char *what)
{
    fprintf(stderr, "contend: %s\n", what);
    exit(1);
}


static PGconn *
open_lane(char **argv)
{
    char       text[512];
    PGconn    *c;
    PGresult  *r;

    snprintf(text, sizeof(text), "host=%s dbname=%s user=postgres", argv[1],
             argv[2]);
    c = PQconnectdb(text);

    r = PQprepare(c, "append", argv[4], 0, NULL);

    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        die(PQerrorMessage(c));
    }

    PQclear(r);

    return c;
}


/* The waits of src/auction/append.c. */

static void
again(decider_t *d, const char *kind, int failures)
{
    d->again++;

    if (strcmp(kind, "busy") == 0) {
        usleep(1000 + rand() % 5 * 1000);

    } else if (strcmp(kind, "reserved") == 0) {
        usleep(5000 + rand() % 20 * 1000);

    } else if (strcmp(kind, "error") == 0) {
        usleep((10 << (failures < 6 ? failures : 6)) * 1000
               + rand() % 20 * 1000);
    }
}


static void
decide(decider_t *d, char **argv, int id, double end)
{
    int          n, run, failures;
    char         seq[32] = "0", head[65], name[32], nonce[64], kind[32];
    double       start;
    PGconn      *c = open_lane(argv);
    PGresult    *r;
    const char  *values[5] = { seq, head, name, "f", nonce };

    srand(id);
    memset(head, '0', 64);
    head[64] = '\0';
    snprintf(name, sizeof(name), "decider-%d", id);

    while (now() < end && d->appends < MOST) {
        start = now();
        run = failures = 0;

        do {
            snprintf(nonce, sizeof(nonce), "%d-%d", id, d->asked++);
            values[3] = run >= 2 ? "t" : "f";
            r = PQexecPrepared(c, "append", 5, values, NULL, NULL, 0);
            n = PQntuples(r) - 1;
            snprintf(kind, sizeof(kind), "%s",
                     PQresultStatus(r) == PGRES_TUPLES_OK
                     ? PQgetvalue(r, n, 0) : "error");

            if (strcmp(kind, "error") == 0) {
                if (strcmp(PQresultErrorField(r, PG_DIAG_SQLSTATE), "55P03")) {
                    die(PQerrorMessage(c));
                }

                failures++;

            } else if (strcmp(kind, "busy") != 0) {
                snprintf(seq, sizeof(seq), "%s", PQgetvalue(r, n, 1));
                snprintf(head, sizeof(head), "%s", PQgetvalue(r, n, 2));
                run = strcmp(kind, "stale") == 0 ? run + 1 : run;
            }

            PQclear(r);

            if (strcmp(kind, "ok") != 0) {
                again(d, kind, failures);
            }

        } while (strcmp(kind, "ok") != 0 && now() < end + 5);

        d->worst_run = run > d->worst_run ? run : d->worst_run;
        d->waits[d->appends++] = (now() - start) * 1000;
        usleep(atoi(argv[7]) * 1000);
    }

    PQfinish(c);
}


static int
compare(const void *one, const void *two)
{
    double  a = *(const double *) one, b = *(const double *) two;

    return a < b ? -1 : a > b;
}


int
main(int argc, char **argv)
{
    int         i, n, k, asked, repeated, run;
    double      end, seconds, *all;
    decider_t  *d;

    if (argc != 8) {
        die("contend HOST DATABASE NAME APPEND DECIDERS SECONDS PAUSE");
    }

    k = atoi(argv[5]);
    seconds = atof(argv[6]);
    d = mmap(NULL, k * sizeof(decider_t), PROT_READ|PROT_WRITE,
             MAP_SHARED|MAP_ANONYMOUS, -1, 0);
    all = malloc(k * sizeof(d->waits));
    end = now() + seconds;

    for (i = 0; i < k; i++) {
        if (fork() == 0) {
            decide(&d[i], argv, i, end);
            _exit(0);
        }
    }

    while (wait(NULL) > 0) { /* void */ }

    for (n = asked = repeated = run = i = 0; i < k; i++) {
        memcpy(all + n, d[i].waits, d[i].appends * sizeof(double));
        n += d[i].appends;
        asked += d[i].asked;
        repeated += d[i].again;
        run = d[i].worst_run > run ? d[i].worst_run : run;
    }

    if (n == 0) {
        die("nothing was appended");
    }

    qsort(all, n, sizeof(double), compare);
    printf("{\"name\":\"%s x %d\",\"per_second\":%.0f,\"p50\":%.2f,"
           "\"p99\":%.2f,\"p999\":%.2f,\"worst\":%.2f,\"again\":%.2f,"
           "\"stale_run\":%d}\n",
           argv[3], k, n / seconds, all[n / 2], all[n * 99 / 100],
           all[n * 999 / 1000], all[n - 1], (double) repeated / n, run);

    return 0;
}
