/*
 * seats: how many sockets one person and one address may have open.
 *
 * Counted in memory that all workers of a node share.  Each seat says which
 * process holds it, so that those of a process that was killed are free again.
 */

#include "room/seats.h"

#include "command/guard.h"


typedef struct seats_holder_s  seats_holder_t;

struct seats_holder_s {
    seats_holder_t    *next;
    ngx_pid_t          pid;
    ngx_uint_t         taken;
};

typedef struct {
    ngx_str_node_t     sn;               /* "user:7", "address:192.0.2.1" */
    seats_holder_t    *holders;
} seats_entry_t;

typedef struct {
    ngx_rbtree_t       tree;
    ngx_rbtree_node_t  sentinel;
} seats_t;


static ngx_int_t gavel_seats_take(const ngx_str_t *key, ngx_uint_t limit);
static ngx_int_t gavel_seats_take_locked(const ngx_str_t *key,
    ngx_uint_t limit);
static void gavel_seats_give(const ngx_str_t *key);
static seats_entry_t *gavel_seats_entry(const ngx_str_t *key, uint32_t hash);
static seats_holder_t *gavel_seats_own(seats_entry_t *e);
static ngx_uint_t gavel_seats_sum(seats_entry_t *e);
static void gavel_seats_purge(seats_entry_t *e);
static void gavel_seats_drop(seats_entry_t *e, seats_holder_t *holder);
static ngx_str_t gavel_seats_key(gavel_session_t *s, ngx_uint_t user,
    u_char *buf);


#define GAVEL_SEATS_KEY  (sizeof("address:") + NGX_SOCKADDR_STRLEN)


static ngx_slab_pool_t  *seats_pool;
static seats_t          *seats;


ngx_int_t
gavel_seats_init(ngx_shm_zone_t *zone, void *old)
{
    seats_t          *there;
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old != NULL || zone->shm.exists) {
        zone->data = old ? old : pool->data;
        return NGX_OK;
    }

    there = ngx_slab_calloc(pool, sizeof(seats_t));
    if (there == NULL) {
        return NGX_ERROR;
    }

    ngx_rbtree_init(&there->tree, &there->sentinel,
                    ngx_str_rbtree_insert_value);

    pool->data = there;
    pool->log_nomem = 0;
    zone->data = there;

    return NGX_OK;
}


/* What processes left that are gone is found again here, too: a killed
 * worker has a successor. */

void
gavel_seats_create(ngx_shm_zone_t *zone)
{
    ngx_rbtree_node_t  *node, *next;

    seats_pool = (ngx_slab_pool_t *) zone->shm.addr;
    seats = zone->data;

    ngx_shmtx_lock(&seats_pool->mutex);

    node = (seats->tree.root != &seats->sentinel)
           ? ngx_rbtree_min(seats->tree.root, &seats->sentinel) : NULL;

    while (node != NULL) {
        next = ngx_rbtree_next(&seats->tree, node);
        gavel_seats_purge((seats_entry_t *) node);
        node = next;
    }

    ngx_shmtx_unlock(&seats_pool->mutex);
}


ngx_uint_t
gavel_seats_address(gavel_session_t *s)
{
    u_char      buf[GAVEL_SEATS_KEY];
    ngx_int_t   rc;
    ngx_str_t   key;

    if (!gavel_rate_limits) {
        return 1;
    }

    key = gavel_seats_key(s, 0, buf);
    rc = gavel_seats_take(&key, gavel_room_conf.max_per_address);

    s->seat_address = (rc == NGX_OK);

    return rc != NGX_DECLINED;
}


ngx_uint_t
gavel_seats_user(gavel_session_t *s)
{
    u_char      buf[GAVEL_SEATS_KEY];
    ngx_int_t   rc;
    ngx_str_t   key;

    if (!gavel_rate_limits || s->seat_user || s->identity.user == 0) {
        return 1;
    }

    key = gavel_seats_key(s, 1, buf);
    rc = gavel_seats_take(&key, gavel_room_conf.max_per_user);

    s->seat_user = (rc == NGX_OK);

    return rc != NGX_DECLINED;
}


void
gavel_seats_leave(gavel_session_t *s)
{
    u_char     buf[GAVEL_SEATS_KEY];
    ngx_str_t  key;

    if (s->seat_address) {
        s->seat_address = 0;
        key = gavel_seats_key(s, 0, buf);
        gavel_seats_give(&key);
    }

    if (s->seat_user) {
        s->seat_user = 0;
        key = gavel_seats_key(s, 1, buf);
        gavel_seats_give(&key);
    }
}


static ngx_str_t
gavel_seats_key(gavel_session_t *s, ngx_uint_t user, u_char *buf)
{
    u_char     *p, net[NGX_INET6_ADDRSTRLEN];
    ngx_str_t   key, address;

    if (user) {
        p = ngx_snprintf(buf, GAVEL_SEATS_KEY, "user:%uL", s->identity.user);

    } else {
        address = gavel_guard_address(&s->address, net);
        p = ngx_snprintf(buf, GAVEL_SEATS_KEY, "address:%V", &address);
    }

    key.data = buf;
    key.len = p - buf;

    return key;
}


/* NGX_OK, NGX_DECLINED, or NGX_ERROR: no memory, nobody is refused for it. */

static ngx_int_t
gavel_seats_take(const ngx_str_t *key, ngx_uint_t limit)
{
    ngx_int_t  rc;

    ngx_shmtx_lock(&seats_pool->mutex);
    rc = gavel_seats_take_locked(key, limit);
    ngx_shmtx_unlock(&seats_pool->mutex);

    return rc;
}


static ngx_int_t
gavel_seats_take_locked(const ngx_str_t *key, ngx_uint_t limit)
{
    uint32_t         hash;
    seats_entry_t   *e;
    seats_holder_t  *own;

    hash = ngx_crc32_short(key->data, key->len);
    e = gavel_seats_entry(key, hash);

    if (e != NULL && gavel_seats_sum(e) >= limit) {
        gavel_seats_purge(e);
        e = gavel_seats_entry(key, hash);

        if (e != NULL && gavel_seats_sum(e) >= limit) {
            return NGX_DECLINED;
        }
    }

    if (e == NULL) {
        e = ngx_slab_calloc_locked(seats_pool,
                                   sizeof(seats_entry_t) + key->len);
        if (e == NULL) {
            return NGX_ERROR;
        }

        e->sn.node.key = hash;
        e->sn.str.len = key->len;
        e->sn.str.data = (u_char *) e + sizeof(seats_entry_t);
        ngx_memcpy(e->sn.str.data, key->data, key->len);

        ngx_rbtree_insert(&seats->tree, &e->sn.node);
    }

    own = gavel_seats_own(e);

    if (own == NULL) {
        own = ngx_slab_calloc_locked(seats_pool, sizeof(seats_holder_t));

        if (own == NULL) {
            gavel_seats_purge(e);
            return NGX_ERROR;
        }

        own->pid = ngx_pid;
        own->next = e->holders;
        e->holders = own;
    }

    own->taken++;

    return NGX_OK;
}


static void
gavel_seats_give(const ngx_str_t *key)
{
    seats_entry_t   *e;
    seats_holder_t  *own;

    ngx_shmtx_lock(&seats_pool->mutex);

    e = gavel_seats_entry(key, ngx_crc32_short(key->data, key->len));
    own = (e != NULL) ? gavel_seats_own(e) : NULL;

    if (own != NULL && --own->taken == 0) {
        gavel_seats_drop(e, own);
        gavel_seats_purge(e);
    }

    ngx_shmtx_unlock(&seats_pool->mutex);
}


static seats_entry_t *
gavel_seats_entry(const ngx_str_t *key, uint32_t hash)
{
    return (seats_entry_t *) ngx_str_rbtree_lookup(&seats->tree,
                                                   (ngx_str_t *) key, hash);
}


static seats_holder_t *
gavel_seats_own(seats_entry_t *e)
{
    seats_holder_t  *h;

    for (h = e->holders; h != NULL && h->pid != ngx_pid; h = h->next) {
        /* void */
    }

    return h;
}


static ngx_uint_t
gavel_seats_sum(seats_entry_t *e)
{
    ngx_uint_t       n;
    seats_holder_t  *h;

    n = 0;

    for (h = e->holders; h != NULL; h = h->next) {
        n += h->taken;
    }

    return n;
}


/* Takes the seats of processes that are gone, and an entry without any. */

static void
gavel_seats_purge(seats_entry_t *e)
{
    seats_holder_t  *h, *next;

    for (h = e->holders; h != NULL; h = next) {
        next = h->next;

        if (h->pid != ngx_pid && kill(h->pid, 0) == -1 && ngx_errno == ESRCH) {
            gavel_seats_drop(e, h);
        }
    }

    if (e->holders == NULL) {
        ngx_rbtree_delete(&seats->tree, &e->sn.node);
        ngx_slab_free_locked(seats_pool, e);
    }
}


static void
gavel_seats_drop(seats_entry_t *e, seats_holder_t *holder)
{
    seats_holder_t  **h;

    for (h = &e->holders; *h != holder; h = &(*h)->next) { /* void */ }

    *h = holder->next;
    ngx_slab_free_locked(seats_pool, holder);
}
