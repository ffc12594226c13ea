/*
 * metrics: what the room counts.
 */

#include "room/session.h"


static void gavel_room_closes(gavel_metrics_t *m, ngx_uint_t base,
    const uint64_t *closes);


void
gavel_room_metrics_write(gavel_metrics_t *m)
{
#define METRIC(name, member, help)                                            \
    gavel_metric(m, "gavel_room_" name, help, NULL, gavel_room_metrics.member)

    METRIC("sockets", sockets, "WebSockets open.");
    METRIC("streams", streams, "Streams of server-sent events open.");
    METRIC("topics", topics, "Auctions followed.");
    METRIC("memory_bytes", memory, "Memory of sessions, without nginx's.");
    METRIC("queue_bytes", queued, "Memory of messages, shared ones once.");
    METRIC("blocked", blocked, "Clients that have not taken all yet.");
    METRIC("opened_total", opened, "Sockets and streams opened.");
    METRIC("refused_total", refused, "Handshakes refused.");
    METRIC("frames_total", frames, "Messages from clients.");
    METRIC("events_total", events, "Events put into queues.");
    METRIC("messages_total", messages, "Messages put into queues.");
    METRIC("compressed_total", compressed, "Messages compressed, for all.");
    METRIC("inflated_total", inflated, "Messages that came compressed.");
    METRIC("dropped_total", dropped, "Best-effort messages dropped.");
    METRIC("conflated_total", conflated, "Messages replaced by newer ones.");
    METRIC("sent_bytes_total", bytes, "Bytes written to clients.");
    METRIC("writes_total", writes, "System calls that wrote them.");
    METRIC("resumed_total", resumed, "Subscriptions that went on.");
    METRIC("snapshots_total", snapshots, "Snapshots sent.");
    METRIC("left_total", left, "Sockets that their clients closed.");

#undef METRIC

    gavel_room_closes(m, 1000, gavel_room_metrics.closes_1000);
    gavel_room_closes(m, 4000, gavel_room_metrics.closes_4000);
}


/* those of our own protocol are told from the start, others once they came */

static void
gavel_room_closes(gavel_metrics_t *m, ngx_uint_t base, const uint64_t *closes)
{
    u_char      code[sizeof("code=\"4000\"")];
    ngx_uint_t  i;

    for (i = 0; i < GAVEL_CLOSES; i++) {

        if (closes[i] == 0 && (base == 1000 || i > GAVEL_CLOSE_REPLACED - base))
        {
            continue;
        }

        *ngx_sprintf(code, "code=\"%ui\"", base + i) = '\0';

        gavel_metric(m, "gavel_room_closes_total", "Sessions ended, by code.",
                     (char *) code, closes[i]);
    }
}
