/*
 * ngx_gavel_room: the configuration of sockets and streams.
 */

#ifndef NGX_GAVEL_ROOM_H
#define NGX_GAVEL_ROOM_H

#include "room/room.h"

extern ngx_module_t  ngx_gavel_room;     /* main: gavel_room_conf_t */

#endif
