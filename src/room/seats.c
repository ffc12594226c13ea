/*
 * seats: how many sockets one person and one address may have open.
 *
 * Counted by each worker for itself: a limit says what one of them may be
 * made to hold.
 */

#include "room/seats.h"

#include "command/command.h"


typedef struct {
    ngx_str_node_t   sn;                 /* "user:7", "address:192.0.2.1" */
    ngx_uint_t       taken;
} gavel_seats_t;


static ngx_uint_t gavel_seats_take(const ngx_str_t *key, ngx_uint_t limit);
static void gavel_seats_give(const ngx_str_t *key);
static ngx_str_t gavel_seats_key(gavel_session_t *s, ngx_uint_t user,
    u_char *buf);


#define GAVEL_SEATS_KEY  (sizeof("address:") + NGX_SOCKADDR_STRLEN)


static ngx_rbtree_t       gavel_seats;
static ngx_rbtree_node_t  gavel_seats_sentinel;


void
gavel_seats_create(void)
{
    ngx_rbtree_init(&gavel_seats, &gavel_seats_sentinel,
                    ngx_str_rbtree_insert_value);
}


ngx_uint_t
gavel_seats_address(gavel_session_t *s)
{
    u_char     buf[GAVEL_SEATS_KEY];
    ngx_str_t  key;

    if (!gavel_rate_limits) {
        return 1;
    }

    key = gavel_seats_key(s, 0, buf);

    if (!gavel_seats_take(&key, gavel_room_conf.max_per_address)) {
        return 0;
    }

    s->seat_address = 1;

    return 1;
}


ngx_uint_t
gavel_seats_user(gavel_session_t *s)
{
    u_char     buf[GAVEL_SEATS_KEY];
    ngx_str_t  key;

    if (!gavel_rate_limits || s->seat_user || s->identity.user == 0) {
        return 1;
    }

    key = gavel_seats_key(s, 1, buf);

    if (!gavel_seats_take(&key, gavel_room_conf.max_per_user)) {
        return 0;
    }

    s->seat_user = 1;

    return 1;
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
    u_char     *p;
    ngx_str_t   key;

    if (user) {
        p = ngx_snprintf(buf, GAVEL_SEATS_KEY, "user:%uL", s->identity.user);

    } else {
        p = ngx_snprintf(buf, GAVEL_SEATS_KEY, "address:%V", &s->address);
    }

    key.data = buf;
    key.len = p - buf;

    return key;
}


static ngx_uint_t
gavel_seats_take(const ngx_str_t *key, ngx_uint_t limit)
{
    uint32_t        hash;
    gavel_seats_t  *n;

    hash = ngx_crc32_short(key->data, key->len);

    n = (gavel_seats_t *) ngx_str_rbtree_lookup(&gavel_seats,
                                                (ngx_str_t *) key, hash);
    if (n == NULL) {
        n = ngx_calloc(sizeof(gavel_seats_t) + key->len, ngx_cycle->log);
        if (n == NULL) {
            return 0;
        }

        n->sn.node.key = hash;
        n->sn.str.len = key->len;
        n->sn.str.data = (u_char *) n + sizeof(gavel_seats_t);
        ngx_memcpy(n->sn.str.data, key->data, key->len);

        ngx_rbtree_insert(&gavel_seats, &n->sn.node);
    }

    if (n->taken >= limit) {
        return 0;
    }

    n->taken++;

    return 1;
}


static void
gavel_seats_give(const ngx_str_t *key)
{
    gavel_seats_t  *n;

    n = (gavel_seats_t *) ngx_str_rbtree_lookup(&gavel_seats,
                              (ngx_str_t *) key,
                              ngx_crc32_short(key->data, key->len));

    if (n != NULL && --n->taken == 0) {
        ngx_rbtree_delete(&gavel_seats, &n->sn.node);
        ngx_free(n);
    }
}
