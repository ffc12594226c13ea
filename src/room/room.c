/*
 * room: the life of the room in a worker, and its defaults.
 */

#include "room/room.h"
#include "room/call.h"
#include "room/console.h"
#include "room/hub.h"
#include "room/lines.h"
#include "room/me.h"
#include "room/presence.h"
#include "room/seats.h"
#include "room/session.h"


gavel_room_conf_t     gavel_room_conf;
gavel_room_metrics_t  gavel_room_metrics;
ngx_uint_t            gavel_draining;

static ngx_uint_t     gavel_room_created;


void
gavel_room_conf_default(gavel_room_conf_t *conf)
{
    ngx_memzero(conf, sizeof(gavel_room_conf_t));

    conf->heartbeat = 15000;
    conf->host_grace = 10000;
    conf->ping = 25000;
    conf->pong = 10000;
    conf->send_timeout = 30000;
    conf->message_timeout = 30000;
    conf->close_timeout = 3000;
    conf->drain = 5000;
    conf->max_frame = 32768;
    conf->max_queue = 1024 * 1024;
    conf->max_lane = 32768;
    conf->deflate = 1024;
    conf->max_worker = 256 * 1024 * 1024;
    conf->max_subscriptions = 64;
    conf->max_calls = 64;
    conf->max_replay = 500;
    conf->frame_rate = 50;
    conf->max_per_user = 20;
    conf->max_per_address = 2000;
    conf->connect_rate = 600;
    conf->seats_size = 4 * 1024 * 1024;
}


ngx_int_t
gavel_room_share(ngx_conf_t *cf, gavel_room_conf_t *conf, void *module)
{
    ngx_str_t  name = ngx_string("gavel_sockets");

    conf->seats = ngx_shared_memory_add(cf, &name, conf->seats_size, module);
    if (conf->seats == NULL) {
        return NGX_ERROR;
    }

    conf->seats->init = gavel_seats_init;

    return NGX_OK;
}


ngx_int_t
gavel_room_create(const gavel_room_conf_t *conf, ngx_cycle_t *cycle)
{
    gavel_room_conf = *conf;
    gavel_draining = 0;

    ngx_memzero(&gavel_room_metrics, sizeof(gavel_room_metrics_t));

    gavel_metrics_add(gavel_room_metrics_write);

    gavel_seats_create(conf->seats);
    gavel_turn_create();
    gavel_pulse_create();
    gavel_calls_create();

    if (gavel_gather_create(cycle->log) != NGX_OK
        || gavel_messages_create(cycle->log) != NGX_OK
        || gavel_hub_create() != NGX_OK)
    {
        return NGX_ERROR;
    }

    gavel_lines_create();
    gavel_me_create();
    gavel_console_create();
    gavel_viewers_create();

    gavel_room_created = 1;

    return NGX_OK;
}


void
gavel_room_drain(void)
{
    if (gavel_room_created && !gavel_draining) {
        gavel_draining = 1;
        gavel_pulse_drain();
    }
}


void
gavel_room_destroy(void)
{
    if (!gavel_room_created) {
        return;
    }

    gavel_room_created = 0;

    gavel_viewers_destroy();
    gavel_pulse_destroy();
    gavel_console_destroy();
    gavel_me_destroy();
    gavel_lines_destroy();
    gavel_turn_destroy();
    gavel_gather_destroy();
    gavel_calls_bury();
    gavel_hub_destroy();
    gavel_messages_destroy();
}
