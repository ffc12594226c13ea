/*
 * window: counts what happened in the last 60 seconds in constant memory.
 */

#include "cluster/window.h"


static uint64_t
window_max(uint64_t a, uint64_t b)
{
    return a < b ? b : a;
}


void
gavel_window_roll(gavel_window_t *w, int64_t now)
{
    int64_t  minute;

    minute = now / GAVEL_WINDOW_MS;

    /* a clock that was set back goes on in the minute it had reached, unless
     * that is far away */

    if (minute == w->minute || minute == w->minute - 1) {
        return;
    }

    if (minute == w->minute + 1) {
        w->before = w->known + w->sent + w->here;

    } else {
        w->before = 0;
    }

    w->minute = minute;
    w->known = 0;
    w->sent = 0;
    w->here = 0;
}


uint64_t
gavel_window_count(const gavel_window_t *w, int64_t now)
{
    int64_t  left;

    left = (w->minute + 1) * GAVEL_WINDOW_MS - now;

    if (left < 0) {
        left = 0;
    }

    if (left > GAVEL_WINDOW_MS) {
        left = GAVEL_WINDOW_MS;
    }

    return w->known + w->sent + w->here
           + w->before * (uint64_t) left / GAVEL_WINDOW_MS;
}


void
gavel_window_told(gavel_window_t *w, int64_t minute, uint64_t total,
    uint64_t before)
{
    /* counts only grow: less means that Redis has forgotten */

    if (w->minute == minute) {
        w->known = window_max(w->known + w->sent, total);
        w->sent = 0;
        w->before = window_max(w->before, before);
        return;
    }

    /* the minute was over before the answer came */

    if (w->minute == minute + 1) {
        w->before = window_max(w->before, total);
    }
}


void
gavel_window_unsent(gavel_window_t *w, int64_t minute)
{
    if (w->minute == minute) {
        w->here += w->sent;
        w->sent = 0;
    }
}
