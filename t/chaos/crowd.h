/*
 * crowd: everybody who bids or watches while things break.
 */

#ifndef CHAOS_CROWD_H
#define CHAOS_CROWD_H

#include "bench/lib/ws.h"

#include <stdio.h>

#define MAX_AUCTIONS  16
#define MAX_LOTS      512
#define MAX_NODES     8


typedef struct {
    int64_t      id;
    int64_t      round;
    int64_t      least;          /* what would be accepted */
    int          open;
} lot_t;


/* what somebody has seen of one event */
typedef struct {
    int64_t      at;             /* when the first one saw it, us */
    uint32_t     crc;
    int32_t      epoch;          /* 0: nobody has */
} seen_t;


typedef struct {
    int64_t      id;
    lot_t        lots[MAX_LOTS];
    int          nlots;
    seen_t      *seen;           /* by seq */
    int64_t      size;
    int64_t      epoch, newest;  /* its state here is as of this seq */
    int64_t      end;            /* the log's last seq; 0: not told yet */
} auction_t;


typedef struct {
    auction_t   *all;
    int          nauctions;
    int          ports[MAX_NODES];
    int          nnodes;
    int          far[MAX_NODES]; /* of links that may break */
    int          nfar;
    FILE        *record;
} crowd_t;


extern crowd_t  crowd;

/* Record lines carry the time of the day in microseconds. */
int64_t time_us(void);

/* The number behind "name":, or none. */
int64_t number(const char *text, size_t len, const char *name, int64_t none);

/* The string behind "name":, or ""; cut to what fits. */
void string(const char *text, size_t len, const char *name, char *to,
    size_t size);

int random_below(int n);

/* Connects to a node taken at random, one client of eight over a link that may
 * break; -1: not now. */
int crowd_connect(ws_t *ws, int n, const char *path, const char *headers);

auction_t *auction_find(int64_t id);

/* What an event tells of the auction to whoever bids; text is its public
 * part.  Returns 0, or -1 if somebody else was told something else. */
int auction_event(auction_t *a, int64_t epoch, int64_t seq, const char *text,
    size_t len);

int watchers_create(int n);
void watchers_tick(int64_t now);
int watchers_behind(void);
void watchers_report(void);

int bidders_read(const char *file, int rate);
void bidders_tick(int64_t now);
void bidders_stop(void);
int bidders_waiting(void);
void bidders_report(void);

#endif
