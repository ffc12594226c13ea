/*
 * clock: what an accepted bid does to the end of its lot.  An end never
 * moves back, never beyond the hard end, and not more often than allowed.
 */

#include "engine/inner.h"


/* Times are written with four digits of the year: what was put off beyond
 * them could not be read from the log any more. */

int64_t
clock_later(int64_t at, int64_t ms)
{
    return at > MAX_TIME_MS - ms ? MAX_TIME_MS : at + ms;
}


/* By price instead of time: in the window the step grows evenly, to
 * 1 + raise_factor times at the end.  Division first, so that nothing
 * overflows: the result is exact, as left and window are below 2^27. */

int64_t
clock_raise(const clock_rules_t *r, int64_t step, int64_t left)
{
    int64_t  more, gone;

    if (r->preset != CLOCK_RAISE || left >= r->window_ms
        || r->raise_factor == 0 || r->window_ms == 0)
    {
        return step;
    }

    gone = left > 0 ? r->window_ms - left : r->window_ms;

    more = step > ENGINE_MAX_AMOUNT / r->raise_factor
           ? ENGINE_MAX_AMOUNT : step * r->raise_factor;

    return step + more / r->window_ms * gone
           + more % r->window_ms * gone / r->window_ms;
}


void
clock_after_bid(const clock_rules_t *r, const lot_t *lot, int64_t at,
    int64_t *ends_at, uint32_t *extensions)
{
    int64_t  left, end;

    *ends_at = lot->ends_at;
    *extensions = lot->extensions;

    if (r->max_extensions != 0 && lot->extensions >= r->max_extensions) {
        return;
    }

    left = lot->ends_at - at;
    end = lot->ends_at;

    switch (r->preset) {

    case CLOCK_HARD:
    case CLOCK_RAISE:
        return;

    case CLOCK_RESET_TO:
        if (left < r->window_ms) {
            end = at + r->extend_ms;
        }
        break;

    case CLOCK_ALWAYS_RESET:
        end = at + r->extend_ms;
        break;

    case CLOCK_EXTEND_END_BY:
        if (left <= r->window_ms) {
            end = lot->ends_at + r->extend_ms;
        }
        break;

    case CLOCK_EXTEND_TO:
        if (left <= r->window_ms) {
            end = at + r->extend_ms;
        }
        break;
    }

    if (lot->hard_end != 0 && end > lot->hard_end) {
        end = lot->hard_end;
    }

    end = clock_later(end, 0);

    if (end > lot->ends_at) {
        *ends_at = end;
        *extensions = lot->extensions + 1;
    }
}


/* Beyond which nothing moves the end of a lot that opens now; 0: none. */

int64_t
clock_hard_end(const clock_rules_t *r, int64_t now, int64_t ends_at)
{
    if (r->hard_end_ms == 0) {
        return 0;
    }

    return now + r->hard_end_ms > ends_at ? now + r->hard_end_ms : ends_at;
}
