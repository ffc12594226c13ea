/*
 * window: the count of a sliding minute, from two fixed ones.  Plain C.
 *
 * What others count arrives now and then as totals of both fixed minutes;
 * what was counted here since is added to it.
 */

#ifndef GAVEL_WINDOW_H
#define GAVEL_WINDOW_H

#include <stdint.h>

#define GAVEL_WINDOW_MS  60000

/* Zeroed: nothing counted. */
typedef struct {
    int64_t   minute;        /* the fixed minute that is counted in */
    uint64_t  before;        /* of the whole minute before it */
    uint64_t  known;         /* of this minute, as last told by the others */
    uint64_t  sent;          /* counted here, on its way to the others */
    uint64_t  here;          /* counted here, not sent yet */
} gavel_window_t;

/* Begins a new fixed minute if `now` (ms) lies in a later one. */
void gavel_window_roll(gavel_window_t *w, int64_t now);

/* How many in the 60 s before now, the older minute taken as even. */
uint64_t gavel_window_count(const gavel_window_t *w, int64_t now);

/* The totals of `minute` and the one before it, what was sent included. */
void gavel_window_told(gavel_window_t *w, int64_t minute, uint64_t total,
    uint64_t before);

/* What was sent for `minute` did not arrive: it is to be sent again. */
void gavel_window_unsent(gavel_window_t *w, int64_t minute);

#endif
