/*
 * message: encodes what is sent, once per form, and counts who still needs it.
 */

#include "room/message.h"
#include "room/deflate.h"
#include "room/frame.h"
#include "room/session.h"

#include "cluster/cluster.h"


/* a snapshot is shared by many queues, so none pays for all of it */
#define GAVEL_MESSAGE_COST  65536

/* some milliseconds of a worker's time */
#define GAVEL_DEFLATE_MOST  1048576


static gavel_message_t *gavel_message_alloc(size_t len);
static gavel_message_t *gavel_message_compress(gavel_message_t *m,
    size_t nhead);
static u_char *gavel_message_pieces(u_char *p, const ngx_str_t *pieces,
    ngx_uint_t n);


static ngx_pool_t    *gavel_scratch;
static gavel_json_t   gavel_writer;


ngx_int_t
gavel_messages_create(ngx_log_t *log)
{
    gavel_scratch = ngx_create_pool(4096, log);

    return gavel_scratch ? NGX_OK : NGX_ERROR;
}


void
gavel_messages_destroy(void)
{
    if (gavel_scratch != NULL) {
        ngx_destroy_pool(gavel_scratch);
        gavel_scratch = NULL;
    }

    deflate_free();
}


static gavel_message_t *
gavel_message_alloc(size_t len)
{
    gavel_message_t  *m;

    m = ngx_memalign(NGX_CPU_CACHE_LINE, sizeof(gavel_message_t) + len,
                     ngx_cycle->log);
    if (m == NULL) {
        return NULL;
    }

    m->refs = 1;
    m->len = len;
    m->cost = ngx_min(len, GAVEL_MESSAGE_COST);
    m->channel = 0;
    m->epoch = -1;
    m->seq = -1;

    gavel_room_metrics.queued += sizeof(gavel_message_t) + len;

    return m;
}


gavel_message_t *
gavel_message(gavel_form_t form, const ngx_str_t *pieces, ngx_uint_t n,
    int64_t epoch, int64_t seq)
{
    u_char           *p;
    u_char            head[sizeof("id: :\ndata: ") + 2 * NGX_INT64_LEN];
    size_t            len, nhead;
    ngx_uint_t        i;
    gavel_message_t  *m;

    len = 0;

    for (i = 0; i < n; i++) {
        len += pieces[i].len;
    }

    if (!gavel_form_is_stream(form)) {
        nhead = frame_head(head, FRAME_TEXT, len);

    } else {
        p = head;

        if (seq >= 0 && form == GAVEL_FORM_SSE) {
            p = ngx_sprintf(p, "id: %L:%L\n", epoch, seq);
        }

        nhead = ngx_cpymem(p, "data: ", sizeof("data: ") - 1) - head;
        len += sizeof("\n\n") - 1;
    }

    m = gavel_message_alloc(nhead + len);
    if (m == NULL) {
        return NULL;
    }

    p = ngx_cpymem(m->data, head, nhead);
    p = gavel_message_pieces(p, pieces, n);

    if (gavel_form_is_stream(form)) {
        *p++ = '\n';
        *p = '\n';
    }

    if (form == GAVEL_FORM_DEFLATE && len >= gavel_room_conf.deflate
        && len <= GAVEL_DEFLATE_MOST)
    {
        return gavel_message_compress(m, nhead);
    }

    return m;
}


/* m itself, if it does not get smaller */

static gavel_message_t *
gavel_message_compress(gavel_message_t *m, size_t nhead)
{
    size_t            len;
    u_char            head[FRAME_SERVER_HEAD];
    const u_char     *packed;
    gavel_message_t  *small;

    len = deflate_pack(m->data + nhead, m->len - nhead, &packed);
    if (len == 0) {
        return m;
    }

    nhead = frame_head(head, FRAME_TEXT | FRAME_COMPRESSED, len);

    small = gavel_message_alloc(nhead + len);
    if (small == NULL) {
        return m;
    }

    ngx_memcpy(small->data, head, nhead);
    ngx_memcpy(small->data + nhead, packed, len);

    gavel_message_free(m);
    gavel_room_metrics.compressed++;

    return small;
}


static u_char *
gavel_message_pieces(u_char *p, const ngx_str_t *pieces, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        p = ngx_cpymem(p, pieces[i].data, pieces[i].len);
    }

    return p;
}


gavel_message_t *
gavel_message_event(gavel_form_t form, const ngx_str_t *channel,
    const ngx_str_t *event, int64_t epoch, int64_t seq)
{
    ngx_str_t  pieces[5];

    ngx_str_set(&pieces[0], "{\"type\":\"event\",\"channel\":\"");
    pieces[1] = *channel;
    ngx_str_set(&pieces[2], "\",\"event\":");
    pieces[3] = *event;
    ngx_str_set(&pieces[4], "}");

    return gavel_message(form, pieces, 5, epoch, seq);
}


gavel_message_t *
gavel_message_join(gavel_message_t **parts, ngx_uint_t n)
{
    u_char           *p;
    size_t            len;
    ngx_uint_t        i, whole;
    gavel_message_t  *m;

    if (n == 1) {
        return parts[0];
    }

    len = 0;
    whole = 1;

    for (i = 0; i < n; i++) {
        len += parts[i] ? parts[i]->len : 0;
        whole = whole && parts[i];
    }

    m = whole ? gavel_message_alloc(len) : NULL;
    p = m ? m->data : NULL;

    for (i = 0; i < n; i++) {
        if (m != NULL) {
            p = ngx_cpymem(p, parts[i]->data, parts[i]->len);
        }

        gavel_message_free(parts[i]);
    }

    return m;
}


gavel_message_t *
gavel_message_raw(const u_char *data, size_t len)
{
    gavel_message_t  *m;

    m = gavel_message_alloc(len);

    if (m != NULL) {
        ngx_memcpy(m->data, data, len);
    }

    return m;
}


void
gavel_message_free(gavel_message_t *m)
{
    if (m != NULL && --m->refs == 0) {
        gavel_room_metrics.queued -= sizeof(gavel_message_t) + m->len;
        ngx_free(m);
    }
}


gavel_json_t *
gavel_frame_begin(const char *type)
{
    ngx_reset_pool(gavel_scratch);

    gavel_json_init(&gavel_writer, gavel_scratch, 512);
    gavel_json_open(&gavel_writer, NULL, '{');
    gavel_json_cstr(&gavel_writer, "type", type);

    return &gavel_writer;
}


void
gavel_frame_time(gavel_json_t *j)
{
    int64_t      now;
    ngx_time_t  *tp;

    now = gavel_cluster_now();

    if (now < 0) {
        tp = ngx_timeofday();
        now = (int64_t) tp->sec * 1000 + tp->msec;
    }

    gavel_json_time(j, "server_time", now);
}


ngx_str_t
gavel_frame_end(gavel_json_t *j)
{
    gavel_json_close(j, '}');

    return gavel_json_text(j);
}
