/*
 * ngx_gavel_room: the directives of sockets and streams: their times, and
 * how much of everything one of them may have.
 */

#include "modules/ngx_gavel_room.h"
#include "modules/conf.h"
#include "modules/ngx_gavel.h"


/* A slot, and the bounds of what it may be set to. */

typedef struct {
    char        *(*slot)(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
    ngx_uint_t    least, most;
} room_value_t;


static char *room_size_or_off(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *room_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static ngx_int_t room_postconfiguration(ngx_conf_t *cf);
static void *room_create_conf(ngx_conf_t *cf);
static char *room_init_conf(ngx_conf_t *cf, void *conf);


#define ROOM_DAY  (24 * 60 * 60 * 1000)

/* The pulse counts seconds. */

static room_value_t  room_wait    = { ngx_conf_set_msec_slot, 0, 60000 };
static room_value_t  room_time    = { ngx_conf_set_msec_slot, 1000, ROOM_DAY };
static room_value_t  room_size    = { ngx_conf_set_size_slot, 1024,
                                      1024 * 1024 * 1024 };
static room_value_t  room_any     = { room_size_or_off, 0,
                                      1024 * 1024 * 1024 };
static room_value_t  room_memory  = { ngx_conf_set_size_slot, 65536,
                                      NGX_MAX_SIZE_T_VALUE };
static room_value_t  room_number  = { ngx_conf_set_num_slot, 1, 1000000 };
static room_value_t  room_few     = { ngx_conf_set_num_slot, 1, 65535 };


#define ROOM_VALUE(name, member, value)                                       \
    { ngx_string(name), NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1, room_set,          \
      NGX_HTTP_MAIN_CONF_OFFSET, offsetof(gavel_room_conf_t, member), &value }


static ngx_command_t  room_commands[] = {

    ROOM_VALUE("gavel_gather",              gather,            room_wait),
    ROOM_VALUE("gavel_drain",               drain,             room_wait),
    ROOM_VALUE("gavel_heartbeat",           heartbeat,         room_time),
    ROOM_VALUE("gavel_host_grace",          host_grace,        room_time),
    ROOM_VALUE("gavel_ping",                ping,              room_time),
    ROOM_VALUE("gavel_pong",                pong,              room_time),
    ROOM_VALUE("gavel_send_timeout",        send_timeout,      room_time),
    ROOM_VALUE("gavel_message_timeout",     message_timeout,   room_time),
    ROOM_VALUE("gavel_close_timeout",       close_timeout,     room_time),
    ROOM_VALUE("gavel_message_size",        max_frame,         room_size),
    ROOM_VALUE("gavel_deflate",             deflate,           room_any),
    ROOM_VALUE("gavel_queue",               max_queue,         room_size),
    ROOM_VALUE("gavel_spare_queue",         max_lane,          room_size),
    ROOM_VALUE("gavel_worker_queue",        max_worker,        room_memory),
    ROOM_VALUE("gavel_subscriptions",       max_subscriptions, room_few),
    ROOM_VALUE("gavel_calls",               max_calls,         room_few),
    ROOM_VALUE("gavel_replay",              max_replay,        room_few),
    ROOM_VALUE("gavel_message_rate",        frame_rate,        room_number),
    ROOM_VALUE("gavel_sockets_per_user",    max_per_user,      room_number),
    ROOM_VALUE("gavel_sockets_per_address", max_per_address,   room_number),
    ROOM_VALUE("gavel_sockets_zone",        seats_size,        room_memory),
    ROOM_VALUE("gavel_connect_rate",        connect_rate,      room_number),

      ngx_null_command
};


static ngx_http_module_t  ngx_gavel_room_ctx = {
    NULL,                                  /* preconfiguration */
    room_postconfiguration,                /* postconfiguration */
    room_create_conf,                      /* create main configuration */
    room_init_conf,                        /* init main configuration */
    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */
    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_gavel_room = {
    NGX_MODULE_V1,
    &ngx_gavel_room_ctx,                   /* module context */
    room_commands,                         /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* Each value is a word, whether it counts ms, bytes or things, and all words
 * are unset alike. */

static ngx_uint_t *
room_word(void *conf, ngx_command_t *cmd)
{
    return (ngx_uint_t *) ((u_char *) conf + cmd->offset);
}


static char *
room_size_or_off(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (value[1].len == 3 && ngx_strncmp(value[1].data, "off", 3) == 0) {
        if (*room_word(conf, cmd) != NGX_CONF_UNSET_UINT) {
            return "is duplicate";
        }

        *room_word(conf, cmd) = 0;
        return NGX_CONF_OK;
    }

    return ngx_conf_set_size_slot(cf, cmd, conf);
}


static char *
room_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char           *rc;
    ngx_uint_t      n;
    room_value_t   *value;
    ngx_command_t   slot;

    value = cmd->post;

    slot = *cmd;
    slot.post = value->slot;

    rc = gavel_conf_slot(cf, &slot, conf);
    if (rc != NGX_CONF_OK) {
        return rc;
    }

    n = *room_word(conf, cmd);

    if (n != NGX_CONF_UNSET_UINT && (n < value->least || n > value->most)) {
        return "is too small or too large";
    }

    return NGX_CONF_OK;
}


static void *
room_create_conf(ngx_conf_t *cf)
{
    ngx_command_t      *cmd;
    gavel_room_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(gavel_room_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    for (cmd = room_commands; cmd->name.len; cmd++) {
        *room_word(conf, cmd) = NGX_CONF_UNSET_UINT;
    }

    return conf;
}


static char *
room_init_conf(ngx_conf_t *cf, void *data)
{
    gavel_room_conf_t  *conf = data;

    ngx_command_t      *cmd;
    gavel_room_conf_t   defaults;

    gavel_room_conf_default(&defaults);

    for (cmd = room_commands; cmd->name.len; cmd++) {
        if (*room_word(conf, cmd) == NGX_CONF_UNSET_UINT) {
            *room_word(conf, cmd) = *room_word(&defaults, cmd);
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
room_postconfiguration(ngx_conf_t *cf)
{
    ngx_gavel_conf_t   *gavel;
    gavel_room_conf_t  *conf;

    gavel = ngx_http_conf_get_module_main_conf(cf, ngx_gavel);

    if (gavel->database.hosts == NULL) {
        return NGX_OK;                     /* loaded, but not in use */
    }

    conf = ngx_http_conf_get_module_main_conf(cf, ngx_gavel_room);

    return gavel_room_share(cf, conf, &ngx_gavel_room);
}
