/*
 * terms: what a lot is offered at: base price, reserve, buy-now price and the
 * like, as a seller names them, as events carry them, and as a lot keeps them.
 */

#include "engine/inner.h"

#include <string.h>


#define MAX_QUANTITY  10000
#define MAX_POT       1000


static int64_t
given(int64_t v, int64_t otherwise)
{
    return v == -1 ? otherwise : v;
}


/* Of a command: -1 is not given, and stays as it is in `lot` (or unset). */

void
terms_from_command(event_t *e, const command_t *c, const lot_t *lot)
{
    static const lot_t  unset;

    if (lot == NULL) {
        lot = &unset;
    }

    e->reserve = given(c->reserve, lot->reserve);
    e->has_reserve = e->reserve != 0;
    e->buy_now = given(c->buy_now, lot->buy_now);
    e->ceiling = given(c->ceiling, lot->ceiling);
    e->quantity = given(c->quantity, lot->quantity);
    e->pot = given(c->pot, lot->pot);

    if (c->has_role) {
        e->role_len = c->role_len < ENGINE_ROLE_LEN ? c->role_len
                                                    : ENGINE_ROLE_LEN;
        memcpy(e->role, c->role, e->role_len);

    } else {
        e->role_len = (uint32_t) strnlen(lot->role, ENGINE_ROLE_LEN);
        memcpy(e->role, lot->role, e->role_len);
    }

    if (e->quantity == 1) {
        e->quantity = 0;
    }
}


static int
price_or_none(int64_t v)
{
    return v >= 0 && v <= ENGINE_MAX_AMOUNT;
}


/* The name of what cannot be; NULL: all is well.  Points know no reserve, no
 * buy-now price and no quantities. */

const char *
terms_wrong(const auction_t *a, const event_t *e)
{
    int           draft;
    const lot_t  *lot;

    draft = a->mode == MODE_TEAM_DRAFT;
    lot = lot_find(a, e->lot_id);                /* NULL: it is new */

    if (!price_or_none(e->base_price)) {
        return "base_price";
    }

    if (!price_or_none(e->reserve) || (e->has_reserve != (e->reserve != 0))
        || (e->reserve != 0
            && (draft || a->rules.format == FORMAT_DUTCH
                || e->reserve <= e->base_price)))
    {
        return "reserve";
    }

    if (!price_or_none(e->buy_now)
        || (e->buy_now != 0
            && (draft || e->buy_now <= e->base_price
                || e->buy_now < e->reserve)))
    {
        return "buy_now";
    }

    if (!price_or_none(e->ceiling)
        || (e->ceiling != 0 && e->ceiling < e->base_price)
        || (e->ceiling == 0 && a->rules.format == FORMAT_DUTCH))
    {
        return "ceiling";
    }

    if (e->quantity < 0 || e->quantity == 1 || e->quantity > MAX_QUANTITY
        || (e->quantity != 0 && draft)
        || (lot != NULL && lot->units != 0
            && e->quantity <= (int64_t) lot->units))
    {
        return "quantity";
    }

    if (e->pot < 0 || e->pot > MAX_POT) {
        return "pot";
    }

    if (e->role_len >= ENGINE_ROLE_LEN || !utf8_valid(e->role, e->role_len)
        || memchr(e->role, '\0', e->role_len) != NULL)
    {
        return "role";
    }

    return NULL;
}


void
terms_to_lot(lot_t *lot, const event_t *e)
{
    lot->base_price = e->base_price;
    lot->start_base = e->base_price;
    lot->reserve = e->reserve;
    lot->buy_now = e->buy_now;
    lot->ceiling = e->ceiling;
    lot->quantity = (uint32_t) e->quantity;
    lot->pot = (uint32_t) e->pot;

    memset(lot->role, 0, ENGINE_ROLE_LEN);
    memcpy(lot->role, e->role, e->role_len);
}
