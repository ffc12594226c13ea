/*
 * metrics: what the client of Redis counts.
 */

#include "redis/internal.h"


void
gavel_redis_metrics(gavel_metrics_t *m)
{
    gavel_redis_stats_t  s;

    gavel_redis_stats(&s);

#define METRIC(name, member, help)                                            \
    gavel_metric(m, "gavel_redis_" name, help, NULL, s.member)

    METRIC("commands_total", commands, "Commands sent to Redis.");
    METRIC("refused_total", refused, "Commands not sent.");
    METRIC("failed_total", failed, "Commands sent and lost.");
    METRIC("messages_total", messages, "Messages received.");
    METRIC("connects_total", connects, "Connections that came up.");
    METRIC("timeouts_total", timeouts, "Connections dropped as silent.");
    METRIC("pending", pending, "Commands under way.");
    METRIC("channels", channels, "Channels subscribed.");

#undef METRIC
}
