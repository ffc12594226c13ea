/*
 * metrics: what the clients of PostgreSQL count.
 */

#include "pg/internal.h"


void
gavel_pg_metrics(gavel_metrics_t *m)
{
    ngx_uint_t         i, n;
    gavel_pg_stats_t   s[2];

    static const char *const  role[2] = {
        "role=\"primary\"", "role=\"replica\""
    };

    n = (gavel_pg_replica == gavel_pg) ? 1 : 2;

    gavel_pg_stats(gavel_pg, &s[0]);
    gavel_pg_stats(gavel_pg_replica, &s[1]);

#define METRIC(name, member, help)                                            \
    for (i = 0; i < n; i++) {                                                 \
        gavel_metric(m, "gavel_pg_" name, help, role[i], s[i].member);        \
    }

    METRIC("operations_total", sent, "Operations sent to PostgreSQL.")
    METRIC("errors_total", errors, "Operations that it refused.")
    METRIC("lost_total", lost, "Operations whose outcome is unknown.")
    METRIC("away_total", away, "Operations not sent: no connection.")
    METRIC("full_total", full, "Operations not sent: the queue was full.")
    METRIC("connects_total", connects, "Connections that came up.")
    METRIC("timeouts_total", timeouts, "Connections dropped as silent.")
    METRIC("pending", pending, "Operations waiting or under way.")
    METRIC("lanes", lanes, "Connections wanted.")
    METRIC("lanes_up", lanes_up, "Connections that are up.")

#undef METRIC
}
