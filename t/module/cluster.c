/*
 * cluster: the test module's way into the room src/cluster.
 *
 *     /home/claim?a=N  /home/seize?a=N&silent=ID  /home/read?a=N
 *     /home/release?a=N  /home/mine?a=N&n=N
 *     /inbox/send?to=ID&n=N&size=N     /inbox/got
 *     /counter?key=K&n=N&keys=N        /now
 */

#include "probe.h"
#include "cluster/cluster.h"
#include "modules/watcher.h"

#define KIND      7
#define QUIET     8                       /* a kind that nobody hears */
#define NUMBERS   4096

static int64_t     got[NUMBERS];          /* numbers in the order they came */
static ngx_uint_t  got_n;
static size_t      got_bytes;
static ngx_uint_t  lost_n;
static u_char      lost_to[GAVEL_WORKER_ID_LEN];
static u_char      got_from[GAVEL_WORKER_ID_LEN];


static void
probe_got(const u_char *from, const ngx_str_t *message)
{
    u_char     *end;
    ngx_int_t   number;

    end = ngx_strlchr(message->data, message->data + message->len, ' ');
    number = end ? ngx_atoi(message->data, end - message->data) : NGX_ERROR;

    got_bytes += message->len;
    got[got_n++ % NUMBERS] = number;
    ngx_memcpy(got_from, from, GAVEL_WORKER_ID_LEN);
}


static void
probe_lost(const u_char *to)
{
    lost_n++;
    ngx_memcpy(lost_to, to, GAVEL_WORKER_ID_LEN);
}


ngx_int_t
probe_cluster_create(ngx_cycle_t *cycle)
{
    gavel_inbox_on(KIND, probe_got, probe_lost);
    gavel_inbox_on(QUIET, NULL, probe_lost);

    if (gavel_cluster_create(cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    return gavel_watcher_create(cycle, gavel_cluster_drain);
}


void
probe_cluster_destroy(void)
{
    gavel_watcher_destroy();
    gavel_cluster_destroy();
}


static uint64_t
probe_number(probe_t *p, const char *name, uint64_t otherwise)
{
    ngx_str_t  text;

    text = probe_arg(p, name);

    return text.data ? (uint64_t) ngx_atoi(text.data, text.len) : otherwise;
}


static void
probe_home(uint64_t auction, const u_char *worker, void *data)
{
    probe_t  *p = data;

    if (worker == NULL) {
        probe_say(p, "nobody");

    } else {
        probe_say(p, "%*s", (size_t) GAVEL_WORKER_ID_LEN, worker);
    }

    p->left = 0;
    gavel_flow_wake(&p->flow);
}


static ngx_int_t
probe_claim(gavel_flow_t *f)
{
    ngx_int_t  rc;
    probe_t   *p = f->data;

    rc = gavel_flow_wait(f, gavel_home_detach, p);
    gavel_home_claim(probe_number(p, "a", 1), probe_home, p);

    return rc;
}


static ngx_int_t
probe_seize(gavel_flow_t *f)
{
    ngx_int_t  rc;
    ngx_str_t  silent;
    probe_t   *p = f->data;

    silent = probe_arg(p, "silent");

    if (silent.len != GAVEL_WORKER_ID_LEN) {
        return NGX_ERROR;
    }

    rc = gavel_flow_wait(f, gavel_home_detach, p);
    gavel_home_seize(probe_number(p, "a", 1), silent.data, probe_home, p);

    return rc;
}


static ngx_int_t
probe_read(gavel_flow_t *f)
{
    ngx_int_t  rc;
    probe_t   *p = f->data;

    rc = gavel_flow_wait(f, gavel_home_detach, p);
    gavel_home_read(probe_number(p, "a", 1), probe_home, p);

    return rc;
}


static ngx_int_t
probe_release(gavel_flow_t *f)
{
    gavel_home_release(probe_number(f->data, "a", 1));

    return NGX_OK;
}


/* How many of the auctions a to a + n - 1 are ours. */

static ngx_int_t
probe_mine(gavel_flow_t *f)
{
    uint64_t     a, n;
    ngx_uint_t   mine;
    probe_t     *p = f->data;

    a = probe_number(p, "a", 1);
    mine = 0;

    for (n = probe_number(p, "n", 1); n != 0; n--) {
        mine += gavel_home_mine(a + n - 1);
    }

    probe_say(p, "%ui", mine);

    return NGX_OK;
}


/* n messages in one turn: a number, a space, and so many bytes. */

static ngx_int_t
probe_send(gavel_flow_t *f)
{
    u_char      *text, *end;
    size_t       size;
    uint64_t     i, n;
    ngx_str_t    to, message;
    ngx_uint_t   taken;
    probe_t     *p = f->data;

    to = probe_arg(p, "to");
    n = probe_number(p, "n", 1);
    size = probe_number(p, "size", 0);
    taken = 0;

    text = ngx_pnalloc(f->pool, NGX_INT64_LEN + 1 + size);

    if (to.len != GAVEL_WORKER_ID_LEN || text == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        end = ngx_sprintf(text, "%uL ", i);
        ngx_memset(end, 'x', size);

        message.data = text;
        message.len = end - text + size;

        taken += gavel_inbox_send(to.data, probe_number(p, "kind", KIND),
                                  &message)
                 == NGX_OK;
    }

    probe_say(p, "%ui", taken);

    return NGX_OK;
}


/* What came since the last time, and whether in order. */

static ngx_int_t
probe_read_got(gavel_flow_t *f)
{
    ngx_uint_t   i, ordered;
    probe_t     *p = f->data;

    ordered = 1;

    for (i = 0; i < ngx_min(got_n, NUMBERS); i++) {
        ordered &= got[i] == (int64_t) i;
    }

    probe_say(p, "{\"n\":%ui,\"ordered\":%ui,\"bytes\":%uz,\"lost\":%ui,"
              "\"from\":\"%*s\",\"lost_to\":\"%*s\"}",
              got_n, ordered, got_bytes, lost_n,
              got_n ? (size_t) GAVEL_WORKER_ID_LEN : 0, got_from,
              lost_n ? (size_t) GAVEL_WORKER_ID_LEN : 0, lost_to);

    got_n = 0;
    got_bytes = 0;
    lost_n = 0;

    return NGX_OK;
}


/* Hits a counter n times, or as many counters once: the last count. */

static ngx_int_t
probe_counter(gavel_flow_t *f)
{
    u_char      name[128];
    uint64_t    i, n, keys, count;
    ngx_str_t   key, one;
    probe_t    *p = f->data;

    key = probe_arg(p, "key");
    n = probe_number(p, "n", 1);
    keys = probe_number(p, "keys", 0);
    count = 0;

    for (i = 0; i < n; i++) {
        count = gavel_counter_hit(&key);
    }

    for (i = 0; i < keys; i++) {
        one.data = name;
        one.len = ngx_snprintf(name, sizeof(name), "%V%uL", &key, i) - name;
        count = gavel_counter_hit(&one);
    }

    probe_say(p, "%uL", count);

    return NGX_OK;
}


static ngx_int_t
probe_now(gavel_flow_t *f)
{
    probe_t  *p = f->data;

    probe_say(p, "{\"now\":%L,\"connected\":%ui,\"id\":\"%*s\",\"pid\":%P}",
              gavel_cluster_now(), gavel_cluster_connected(),
              (size_t) GAVEL_WORKER_ID_LEN, gavel_worker_id, ngx_pid);

    return NGX_OK;
}


#define STEPS(name, ...)                                                      \
    const gavel_step_pt  name[] = { __VA_ARGS__, NULL }

STEPS(claim_steps, probe_claim, probe_answer);
STEPS(seize_steps, probe_seize, probe_answer);
STEPS(read_steps, probe_read, probe_answer);
STEPS(release_steps, probe_release);
STEPS(mine_steps, probe_mine, probe_answer);
STEPS(send_steps, probe_send, probe_answer);
STEPS(got_steps, probe_read_got, probe_answer);
STEPS(counter_steps, probe_counter, probe_answer);
STEPS(now_steps, probe_now, probe_answer);
