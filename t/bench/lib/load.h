/*
 * load: what those who bid and those who watch have in common.
 */

#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "ws.h"

#include <signal.h>

#define MAX_SENT  4194304

typedef struct {
    long        auction, lot;
} room_t;

extern room_t  *room;            /* in which they bid by turns */
extern int      nrooms;
extern int      sockets;         /* that are open, or will be */

extern volatile sig_atomic_t  ended;

/* It has not ended, and the server lives. */
int goes_on(void);

/* Lines "AUCTION LOT" of a file; exits if there is none. */
void rooms_read(const char *name);

/* A port of this machine. */
void address(struct sockaddr_in *to, int port);

/* For qsort(), and then milliseconds of sorted microseconds; p: 0 to 1. */
int by_value(const void *a, const void *b);
double percentile(uint32_t *values, uint64_t n, double p);

/* bidders.c: the exit code of "load bids". */
int run_bids(int argc, char **argv);

#endif
