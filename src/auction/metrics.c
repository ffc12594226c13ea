/*
 * metrics: what the log's host counts.
 */

#include "auction/host.h"


void
host_metrics(gavel_metrics_t *m)
{
#define METRIC(member, suffix, help)                                          \
    gavel_metric(m, "gavel_auction_" #member suffix, help, NULL,              \
                 gavel_auction_metrics.member)
#define COUNTER(member, help)  METRIC(member, "_total", help)

    COUNTER(accepted, "Commands accepted.");
    COUNTER(refused, "Commands refused by the engine.");
    COUNTER(appends, "Appends committed.");
    COUNTER(events, "Events appended.");
    COUNTER(stale, "Appends that were stale.");
    COUNTER(busy, "Appends that met a busy row.");
    COUNTER(early, "Appends that came too early.");
    COUNTER(lost, "Appends whose outcome was unknown at first.");
    COUNTER(late_bids, "Bids stamped in time, decided after the close.");
    COUNTER(filled, "Gaps filled from PostgreSQL.");
    COUNTER(healed, "Feeds found behind by the check.");
    COUNTER(forwarded, "Commands sent to another worker.");
    COUNTER(moved, "Commands that a home sent back: it is elsewhere.");
    COUNTER(fallbacks, "Commands decided here as the home was silent.");
    COUNTER(loads, "Auctions loaded.");
    COUNTER(closes, "Lots closed by the clock.");
    METRIC(cached, "", "Auctions in the cache.");

#undef COUNTER
#undef METRIC
}
