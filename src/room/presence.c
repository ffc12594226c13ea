/*
 * presence: followers of an auction are told how many they are: when that has
 * changed, and at most once a second.
 *
 * The counts are the cluster's; here the followers of this worker are told,
 * and one worker of all writes how many there were, for the host's analytics:
 * now and then for the average, a new peak within a second.  The others
 * remember peaks for as long as that worker's death may go unnoticed.
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

typedef struct {
    viewers_column_t   columns[3];
    ngx_uint_t         all;              /* else: new peaks */
} viewers_rows_t;


static void viewers_tick(ngx_event_t *ev);
static void viewers_look(gavel_topic_t *topic, void *data);
static gavel_message_t *viewers_message(gavel_topic_t *topic,
    gavel_form_t form);
static void viewers_write(ngx_uint_t all);
static void viewers_row(gavel_topic_t *topic, void *data);


static ngx_event_t       viewers_timer;
static ngx_connection_t  viewers_ident;          /* events log its fd */
static ngx_msec_t        viewers_written;            /* all of them */
static ngx_msec_t        viewers_raised;             /* new peaks */


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
        viewers_write(1);

    } else if (ngx_current_msec - viewers_raised >= VIEWERS_PAUSE) {
        viewers_raised = ngx_current_msec;
        viewers_write(0);
    }
}


static void
viewers_look(gavel_topic_t *topic, void *data)
{
    ngx_uint_t        i, viewers;
    gavel_message_t  *m[GAVEL_FORMS];

    viewers = gavel_presence(topic->node.key);
    topic->peaks[0] = ngx_max(topic->peaks[0], viewers);

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


/* How many there are, and how many there were at most in the last times. */

static void
viewers_write(ngx_uint_t all)
{
    size_t            size;
    ngx_uint_t        i;
    ngx_str_t         text;
    gavel_pg_op_t    *op;
    viewers_rows_t    rows;

    if (gavel_room_metrics.topics == 0 || !gavel_pg_ready(gavel_pg)) {
        return;
    }

    size = (gavel_room_metrics.topics + 1) * (NGX_INT64_LEN + 1);

    rows.all = all;
    rows.columns[0].start = ngx_alloc(3 * size, ngx_cycle->log);
    if (rows.columns[0].start == NULL) {
        return;
    }

    for (i = 0; i < 3; i++) {
        rows.columns[i].start = rows.columns[0].start + i * size;
        rows.columns[i].pos = rows.columns[i].start;
    }

    gavel_hub_each(viewers_row, &rows);

    op = (rows.columns[0].pos != rows.columns[0].start)
         ? gavel_pg_op(gavel_pg, "presence_write") : NULL;

    for (i = 0; i < 3 && op != NULL; i++) {
        *rows.columns[i].pos++ = '}';
        text.data = rows.columns[i].start;
        text.len = rows.columns[i].pos - rows.columns[i].start;
        gavel_pg_op_str(op, &text);
    }

    if (op != NULL) {
        gavel_pg_send(gavel_pg, GAVEL_PG_READ, 0, op);
    }

    ngx_free(rows.columns[0].start);
}


static void
viewers_row(gavel_topic_t *topic, void *data)
{
    viewers_rows_t  *rows = data;

    int64_t            values[3];
    ngx_uint_t         i;
    viewers_column_t  *c;

    values[0] = topic->node.key;
    values[1] = gavel_presence(topic->node.key);
    values[2] = values[1];

    for (i = 0; i < GAVEL_PEAKS; i++) {
        values[2] = ngx_max(values[2], (int64_t) topic->peaks[i]);
    }

    if (rows->all) {
        for (i = GAVEL_PEAKS - 1; i; i--) {
            topic->peaks[i] = topic->peaks[i - 1];
        }

        topic->peaks[0] = values[1];
    }

    if (!topic->ready || !gavel_presence_first(topic->node.key)) {
        topic->peak_written = 0;
        return;
    }

    if (!rows->all && values[2] <= topic->peak_written) {
        return;
    }

    topic->peak_written = ngx_max(topic->peak_written, values[2]);

    for (i = 0; i < 3; i++) {
        c = &rows->columns[i];
        *c->pos = (c->pos == c->start) ? '{' : ',';
        c->pos = ngx_sprintf(c->pos + 1, "%L", values[i]);
    }
}
