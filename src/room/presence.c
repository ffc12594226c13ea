/*
 * presence: followers of an auction are told how many they are: when that has
 * changed, and at most once a second.
 *
 * The counts are the cluster's; here the followers of this worker are told,
 * and one worker of all writes now and then how many there were, for the
 * host's analytics.
 */

#include "room/presence.h"
#include "room/hosting.h"

#include "cluster/presence.h"
#include "pg/pg.h"

#define VIEWERS_PAUSE  1000              /* ms between two messages */
#define VIEWERS_WRITE  10000             /* ms between two writes */


typedef struct {
    u_char      *start, *pos;            /* "{1,2,3" */
} viewers_column_t;


static void viewers_tick(ngx_event_t *ev);
static void viewers_look(gavel_topic_t *topic, void *data);
static gavel_message_t *viewers_message(gavel_topic_t *topic,
    gavel_form_t form);
static void viewers_write(void);
static void viewers_row(gavel_topic_t *topic, void *data);


static ngx_event_t       viewers_timer;
static ngx_connection_t  viewers_ident;          /* events log its fd */
static ngx_msec_t        viewers_written;


void
gavel_viewers_create(void)
{
    viewers_ident.fd = (ngx_socket_t) -1;

    ngx_memzero(&viewers_timer, sizeof(ngx_event_t));
    viewers_timer.handler = viewers_tick;
    viewers_timer.data = &viewers_ident;
    viewers_timer.log = ngx_cycle->log;
    viewers_timer.cancelable = 1;

    viewers_written = ngx_current_msec;

    ngx_add_timer(&viewers_timer, GAVEL_PRESENCE_TICK);
}


void
gavel_viewers_destroy(void)
{
    if (viewers_timer.timer_set) {
        ngx_del_timer(&viewers_timer);
    }
}


static void
viewers_tick(ngx_event_t *ev)
{
    ngx_add_timer(ev, GAVEL_PRESENCE_TICK);

    gavel_hub_each(viewers_look, NULL);

    if (ngx_current_msec - viewers_written >= VIEWERS_WRITE) {
        viewers_written = ngx_current_msec;
        viewers_write();
    }
}


static void
viewers_look(gavel_topic_t *topic, void *data)
{
    ngx_uint_t        i, viewers;
    gavel_message_t  *m[GAVEL_FORMS];

    viewers = gavel_presence(topic->node.key);
    topic->peak = ngx_max(topic->peak, viewers);

    gavel_hosting_look(topic);

    if (!topic->ready || viewers == topic->viewers_told
        || ngx_current_msec - topic->viewers_at < VIEWERS_PAUSE)
    {
        return;
    }

    topic->viewers_told = viewers;
    topic->viewers_at = ngx_current_msec;

    for (i = 0; i < GAVEL_FORMS; i++) {
        m[i] = viewers_message(topic, i);
    }

    gavel_hub_tell(topic, m,
                   gavel_key(GAVEL_KEY_PRESENCE, topic->node.key));

    for (i = 0; i < GAVEL_FORMS; i++) {
        gavel_message_free(m[i]);
    }
}


static gavel_message_t *
viewers_message(gavel_topic_t *topic, gavel_form_t form)
{
    ngx_str_t      text;
    gavel_json_t  *j;

    j = gavel_frame_begin("presence");
    gavel_json_str(j, "channel", &topic->channel);
    gavel_json_int(j, "viewers", topic->viewers_told);
    text = gavel_frame_end(j);

    return gavel_message(form, &text, 1, 0, -1);
}


/* How many there are, and how many there were at most since the last time. */

static void
viewers_write(void)
{
    ngx_uint_t         i;
    ngx_str_t          text;
    gavel_pg_op_t     *op;
    viewers_column_t   columns[3];

    if (gavel_room_metrics.topics == 0 || !gavel_pg_ready(gavel_pg)) {
        return;
    }

    columns[0].start = ngx_alloc(3 * (gavel_room_metrics.topics + 1)
                                 * (NGX_INT64_LEN + 1), ngx_cycle->log);
    if (columns[0].start == NULL) {
        return;
    }

    for (i = 0; i < 3; i++) {
        columns[i].start = columns[0].start
                           + i * (gavel_room_metrics.topics + 1)
                             * (NGX_INT64_LEN + 1);
        columns[i].pos = columns[i].start;
    }

    gavel_hub_each(viewers_row, columns);

    op = (columns[0].pos != columns[0].start)
         ? gavel_pg_op(gavel_pg, "presence_write") : NULL;

    for (i = 0; i < 3 && op != NULL; i++) {
        *columns[i].pos++ = '}';
        text.data = columns[i].start;
        text.len = columns[i].pos - columns[i].start;
        gavel_pg_op_str(op, &text);
    }

    if (op != NULL) {
        gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
    }

    ngx_free(columns[0].start);
}


static void
viewers_row(gavel_topic_t *topic, void *data)
{
    viewers_column_t  *columns = data;

    int64_t      values[3];
    ngx_uint_t   i;

    values[0] = topic->node.key;
    values[1] = gavel_presence(topic->node.key);
    values[2] = ngx_max(topic->peak, (ngx_uint_t) values[1]);
    topic->peak = 0;

    if (!topic->ready || !gavel_presence_first(topic->node.key)) {
        return;
    }

    for (i = 0; i < 3; i++) {
        *columns[i].pos = (columns[i].pos == columns[i].start) ? '{' : ',';
        columns[i].pos = ngx_sprintf(columns[i].pos + 1, "%L", values[i]);
    }
}
