/*
 * turn: two who are compared take turns of a tenth of a second, so that both
 * meet the same moments of a machine whose speed changes.
 *
 * After a pause of 200 ms, TCP's least timeout, a socket acknowledges at once
 * for a while, at the cost of who sends: turns are shorter than that.
 */

#ifndef BENCH_TURN_H
#define BENCH_TURN_H

#include <stdint.h>

#define TURN_US  100000

/* Is it the turn of this number, 0 or 1, at a time in microseconds?  It
 * always is that of -1. */

static inline int
turn_is(int turn, int64_t at)
{
    return turn < 0 || at / TURN_US % 2 == turn;
}


/* The beginning of the next turn of this number: now for -1. */

static inline int64_t
turn_next(int turn, int64_t now)
{
    return turn < 0 ? now : (now / TURN_US + 1 + turn_is(turn, now)) * TURN_US;
}


/* Microseconds of its turns since one began, and when so many have passed:
 * what falls on the end of a turn is of the next one. */

static inline int64_t
turn_passed(int turn, int64_t began, int64_t now)
{
    int64_t  us = now - began, rest = us % (2 * TURN_US);

    if (us < 0) {
        return 0;
    }

    if (turn < 0) {
        return us;
    }

    return us / (2 * TURN_US) * TURN_US
           + (rest < TURN_US ? rest : TURN_US - 1);
}


static inline int64_t
turn_when(int turn, int64_t began, int64_t passed)
{
    return turn < 0 ? began + passed
           : began + passed / TURN_US * 2 * TURN_US + passed % TURN_US;
}

#endif
