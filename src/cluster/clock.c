/*
 * clock: follows a remote clock by samples: the quickest of the last eight
 * says where it is, and the time we tell slides there slowly.
 *
 * A sample that contradicts the time we tell by more than a jump's width, its
 * own uncertainty taken off, means that one of the clocks was set, or that
 * another primary answers.  Then everything learned is dropped and the time
 * is unknown until several samples agree.  It begins anew with what they say,
 * even if that is earlier: the other choice would be to stand still until the
 * primary has caught up, for an hour if it was set back by one.
 */

#include "cluster/clock.h"


static const gavel_clock_sample_t *
clock_best(const gavel_clock_t *c)
{
    unsigned                     i, n;
    const gavel_clock_sample_t  *s, *best;

    best = &c->samples[0];
    n = c->n < GAVEL_CLOCK_SAMPLES ? c->n : GAVEL_CLOCK_SAMPLES;

    for (i = 1; i < n; i++) {
        s = &c->samples[i];

        if (s->round < best->round) {
            best = s;
        }
    }

    return best;
}


static int64_t
clock_apart(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}


static void
clock_keep(gavel_clock_t *c, const gavel_clock_sample_t *s)
{
    c->samples[c->n % GAVEL_CLOCK_SAMPLES] = *s;
    c->n++;

    /* the counter must not come back to "few samples" */

    if (c->n == 3 * GAVEL_CLOCK_SAMPLES) {
        c->n = 2 * GAVEL_CLOCK_SAMPLES;
    }
}


static void
clock_forget(gavel_clock_t *c, const gavel_clock_sample_t *s)
{
    c->n = 0;
    c->known = 0;
    clock_keep(c, s);
}


/* Not further from the time we tell than a jump is, and its own error. */

static int
clock_agrees(const gavel_clock_t *c, const gavel_clock_sample_t *s)
{
    return clock_apart(s->offset * 1000, c->offset)
           <= (GAVEL_CLOCK_JUMP + s->round / 2) * 1000;
}


/* Moves the offset in use towards the target, as far as time allows. */

static void
clock_slew(gavel_clock_t *c, int64_t now)
{
    int64_t  step, left;

    if (now <= c->moved) {
        return;
    }

    step = (now - c->moved) * 1000 / GAVEL_CLOCK_SLEW;
    left = c->target * 1000 - c->offset;

    if (clock_apart(left, 0) <= step) {
        c->offset += left;

    } else {
        c->offset += left < 0 ? -step : step;
    }

    c->moved = now;
}


static void
clock_begin(gavel_clock_t *c, int64_t now)
{
    c->known = 1;
    c->target = clock_best(c)->offset;
    c->offset = c->target * 1000;
    c->moved = now;
}


/* Unknown: the very first sample is believed, after a jump several must
 * agree with the quickest of them. */

static void
clock_learn(gavel_clock_t *c, const gavel_clock_sample_t *s, int64_t now)
{
    const gavel_clock_sample_t  *best;

    best = clock_best(c);

    if (clock_apart(s->offset, best->offset)
        > GAVEL_CLOCK_JUMP + (s->round + best->round) / 2)
    {
        clock_forget(c, s);
        return;
    }

    clock_keep(c, s);

    if (c->n >= GAVEL_CLOCK_AGREE) {
        clock_begin(c, now);
    }
}


int
gavel_clock_sample(gavel_clock_t *c, int64_t sent, int64_t heard,
    int64_t remote)
{
    gavel_clock_sample_t  s;

    s.round = heard - sent;
    s.offset = remote - (sent + s.round / 2);

    if (s.round < 0 || s.round > GAVEL_CLOCK_ROUND) {
        return 0;
    }

    c->fresh = heard;

    if (c->n == 0) {
        clock_keep(c, &s);
        clock_begin(c, heard);
        return 0;
    }

    if (!c->known) {
        clock_learn(c, &s, heard);
        return 0;
    }

    clock_slew(c, heard);

    if (!clock_agrees(c, &s)) {
        clock_forget(c, &s);
        return 1;
    }

    clock_keep(c, &s);
    c->target = clock_best(c)->offset;

    return 0;
}


void
gavel_clock_hint(gavel_clock_t *c, int64_t offset, int64_t round, int64_t now)
{
    gavel_clock_sample_t  s;

    s.offset = offset;
    s.round = round;

    if (!c->known) {
        return;
    }

    clock_slew(c, now);

    if (clock_agrees(c, &s)) {
        clock_keep(c, &s);
        c->target = clock_best(c)->offset;
    }
}


int64_t
gavel_clock_at(gavel_clock_t *c, int64_t now)
{
    if (!c->known || now - c->fresh > GAVEL_CLOCK_STALE) {
        return -1;
    }

    clock_slew(c, now);

    return (now * 1000 + c->offset) / 1000;
}
