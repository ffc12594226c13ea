/* needs: cluster/clock cluster/window */

/*
 * clock: the estimate of the primary's clock, and the sliding minute.
 */

#include "tap.h"

#include "cluster/clock.h"
#include "cluster/window.h"


/* The primary is ahead by `offset`; the trip takes `round`. */

static int
sample(gavel_clock_t *c, int64_t at, int64_t round, int64_t offset)
{
    return gavel_clock_sample(c, at, at + round, at + round / 2 + offset);
}


static void
test_slew(void)
{
    int             back;
    int64_t         t, now, last;
    gavel_clock_t   c = { .n = 0 };

    is_int(gavel_clock_at(&c, 1000), -1, "unknown before the first sample");

    sample(&c, 1000, 40, 500000);
    is_int(gavel_clock_at(&c, 1040), 501040, "known with the first");

    is_int(sample(&c, 2000, 0, 499990), 0, "10 ms are no jump");
    is_int(gavel_clock_at(&c, 2000), 502000, "nor a step");

    for (back = 0, last = 0, t = 2000; t < 6000; t++) {
        now = gavel_clock_at(&c, t);
        back += now < last;
        last = now;
    }

    is_int(back, 0, "never steps back");
    is_int(gavel_clock_at(&c, 6000), 505990, "arrives");

    sample(&c, 7000, 900, 500300);
    is_int(gavel_clock_at(&c, 8000), 507990, "a slow sample moves nothing");

    is_int(gavel_clock_at(&c, 67900), 567890, "goes on alone for a minute");
    is_int(gavel_clock_at(&c, 68000), -1, "but not longer");
}


static void
test_jump(void)
{
    int             i;
    gavel_clock_t   c = { .n = 0 };

    for (i = 0; i < 20; i++) {
        sample(&c, i * 1000, 1, 0);
    }

    is_int(sample(&c, 20000, 1, -3600000), 1, "an hour back is a jump");
    is_int(gavel_clock_at(&c, 20001), -1, "unknown after it");

    sample(&c, 20100, 1, 0);
    sample(&c, 20200, 1, -3600000);
    sample(&c, 20300, 1, -3600000);
    sample(&c, 20400, 1, -3600000);
    is_int(gavel_clock_at(&c, 20401), -1, "until four agree");

    sample(&c, 20500, 1, -3600000);
    is_int(gavel_clock_at(&c, 20501), 20501 - 3600000, "then anew");
}


static void
test_hint(void)
{
    int             i;
    gavel_clock_t   a = { .n = 0 }, b = { .n = 0 };

    gavel_clock_hint(&a, 500000, 0, 900);
    is_int(gavel_clock_at(&a, 900), -1, "nobody begins with a hint");

    for (i = 0; i < 8; i++) {
        sample(&a, i * 1000, 2, 500000);
        sample(&b, i * 1000, 30, 500000 + 12);
        gavel_clock_hint(&b, 500000, 2, i * 1000 + 30);
    }

    is_int(gavel_clock_at(&b, 7500), gavel_clock_at(&a, 7500),
           "two of one machine tell one time");

    gavel_clock_hint(&b, 499000, 0, 8000);
    is_int(gavel_clock_at(&b, 8000), 508000, "a wild hint is passed over");
}


static void
test_window(void)
{
    int              i;
    gavel_window_t   w = { .minute = 0 };

    for (i = 0; i < 60; i++) {
        gavel_window_roll(&w, 600000 + i * 1000);
        w.here++;
    }

    is_int(gavel_window_count(&w, 659000), 60, "counts its minute");

    gavel_window_roll(&w, 660000);
    is_int(gavel_window_count(&w, 660000), 60, "all of the last minute");
    is_int(gavel_window_count(&w, 690000), 30, "half of it");

    w.sent = 5;
    gavel_window_told(&w, 11, 12, 90);
    is_int(gavel_window_count(&w, 690000), 57, "with those of the others");

    w.here = 1;
    w.sent = 2;
    gavel_window_unsent(&w, 11);
    is_int(w.here, 3, "what was not heard is told again");

    gavel_window_told(&w, 11, 0, 0);
    is_int(gavel_window_count(&w, 690000), 60, "Redis may forget, we do not");

    gavel_window_roll(&w, 659999);
    is_int(w.minute, 11, "a clock set back a little changes nothing");

    gavel_window_roll(&w, 900000);
    is_int(gavel_window_count(&w, 900000), 0, "an old minute is over");
}


int
main(void)
{
    test_slew();
    test_jump();
    test_hint();
    test_window();

    return done_testing();
}
