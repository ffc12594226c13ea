/*
 * clock: a worker's estimate of the primary's clock.  Plain C without nginx;
 * the caller brings monotonic milliseconds.
 *
 * Each sample bounds the offset between both clocks to within half of its
 * round trip, so a slow sample can neither move the clock far nor cry wolf.
 */

#ifndef GAVEL_CLOCK_H
#define GAVEL_CLOCK_H

#include <stdint.h>

#define GAVEL_CLOCK_SAMPLES   8
#define GAVEL_CLOCK_AGREE     4          /* samples that end a jump */
#define GAVEL_CLOCK_JUMP      20         /* ms; more is no drift */
#define GAVEL_CLOCK_SLEW      200        /* at most 1 ms per 200 ms */
#define GAVEL_CLOCK_STALE     60000      /* ms without a sample */
#define GAVEL_CLOCK_ROUND     1000       /* ms; slower samples say nothing */

typedef struct {
    int64_t   offset;        /* primary - monotonic, ms */
    int64_t   round;         /* of the trip, ms */
} gavel_clock_sample_t;

/* Zeroed: unknown. */
typedef struct {
    gavel_clock_sample_t  samples[GAVEL_CLOCK_SAMPLES];
    unsigned              n;         /* samples taken since it last jumped */
    unsigned              known;
    int64_t               target;    /* offset that we slew to, ms */
    int64_t               offset;    /* offset in use, microseconds */
    int64_t               moved;     /* when offset last moved */
    int64_t               fresh;     /* when the last sample came */
} gavel_clock_t;

/* The primary said `remote`; asked at `sent`, heard at `heard`.  Returns 1 if
 * this made the clock jump: it is unknown now. */
int gavel_clock_sample(gavel_clock_t *c, int64_t sent, int64_t heard,
    int64_t remote);

/* A sample that another worker of this machine took: its offset and round, in
 * ms.  It counts as one of ours unless it contradicts the time we tell; then,
 * and while that is unknown, it is passed over. */
void gavel_clock_hint(gavel_clock_t *c, int64_t offset, int64_t round,
    int64_t now);

/* The primary's time at the monotonic time `now`; -1 while unknown.  While it
 * is known it never steps back for a `now` that does not. */
int64_t gavel_clock_at(gavel_clock_t *c, int64_t now);

#endif
