/*
 * room: whoever follows auctions: WebSocket and server-sent events.
 *
 * A hub knows who follows which auction on this worker and hears of every
 * committed event; sessions hold references to encoded messages and are
 * written to once per turn of the event loop.
 */

#ifndef GAVEL_ROOM_H
#define GAVEL_ROOM_H

#include "core/core.h"
#include <ngx_http.h>

/* Times in ms.  Each has a directive (modules/ngx_gavel_room.c). */
typedef struct {
    ngx_msec_t    gather;            /* events wait so long for others */
    ngx_msec_t    heartbeat;         /* of a quiet channel */
    ngx_msec_t    host_grace;        /* then he has left */
    ngx_msec_t    ping;              /* a silent peer is asked */
    ngx_msec_t    pong;              /* and must answer */
    ngx_msec_t    send_timeout;      /* without any progress */
    ngx_msec_t    message_timeout;   /* for all of a message that began */
    ngx_msec_t    close_timeout;     /* for the peer's close */
    ngx_msec_t    drain;             /* spread of the closes of a drain */
    size_t        max_frame;         /* bytes of a message from a client */
    size_t        max_queue;         /* bytes waiting for one client */
    size_t        max_lane;          /* beside them: what may be dropped */
    size_t        deflate;           /* messages from this size on are
                                        compressed; 0: none is */
    size_t        max_worker;        /* bytes waiting for all clients */
    ngx_uint_t    max_subscriptions; /* of one socket */
    ngx_uint_t    max_calls;         /* unanswered commands of one socket */
    ngx_uint_t    max_replay;        /* events; a larger gap: a snapshot */
    ngx_uint_t    frame_rate;        /* frames a second of one socket */
    ngx_uint_t    max_per_user;      /* open sockets and streams, on a node */
    ngx_uint_t    max_per_address;
    ngx_uint_t    connect_rate;      /* new sockets a minute of an address */
    size_t        seats_size;        /* of memory that counts them */
    ngx_shm_zone_t  *seats;
    ngx_array_t  *origins;           /* of ngx_str_t: beside the own host;
                                        "*": any, but without cookies */
} gavel_room_conf_t;

void gavel_room_conf_default(gavel_room_conf_t *conf);

/* In the master: memory that all workers share.  Of this module. */
ngx_int_t gavel_room_share(ngx_conf_t *cf, gavel_room_conf_t *conf,
    void *module);

/* Process init and exit (called once by the modules).  The conf is copied,
 * its origins must live as long as the cycle. */
ngx_int_t gavel_room_create(const gavel_room_conf_t *conf,
    ngx_cycle_t *cycle);
void gavel_room_drain(void);         /* graceful exit begins */
void gavel_room_destroy(void);

/* Content handlers of locations. */
ngx_int_t gavel_ws_handler(ngx_http_request_t *r);
ngx_int_t gavel_sse_handler(ngx_http_request_t *r);

/* For /metrics: counters of this worker. */
#define GAVEL_CLOSES  16             /* codes 1000.. and 4000.. */

typedef struct {
    uint64_t  sockets;               /* open now */
    uint64_t  streams;               /* open now, SSE */
    uint64_t  topics;                /* auctions followed now */
    uint64_t  opened;                /* of both kinds */
    uint64_t  refused;               /* handshakes */
    uint64_t  frames;                /* messages from clients */
    uint64_t  events;                /* events put into queues */
    uint64_t  messages;              /* of any kind put into queues */
    uint64_t  compressed;            /* once for all who got them */
    uint64_t  inflated;              /* messages that came compressed */
    uint64_t  dropped;               /* best effort, for slow clients */
    uint64_t  conflated;             /* replaced before they were written */
    uint64_t  bytes;                 /* written to sockets */
    uint64_t  writes;                /* calls of send or writev */
    uint64_t  resumed;               /* with the missed events */
    uint64_t  snapshots;             /* sent */
    uint64_t  memory;                /* bytes of sessions, without nginx's */
    uint64_t  queued;                /* bytes of messages, each once */
    uint64_t  blocked;               /* sessions whose socket is full */
    uint64_t  left;                  /* closed by their clients */
    uint64_t  closes_1000[GAVEL_CLOSES];         /* all others */
    uint64_t  closes_4000[GAVEL_CLOSES];
} gavel_room_metrics_t;

extern gavel_room_metrics_t  gavel_room_metrics;

#endif
