/*
 * lot_terms: what a lot is offered at, from JSON to a command.
 */

#include "api/lot_terms.h"


int64_t
gavel_json_member(json_t *object, const char *name, int64_t none)
{
    json_t  *value;

    value = json_object_get(object, name);

    return json_is_integer(value) ? json_integer_value(value) : none;
}


void
gavel_lot_terms(command_t *c, json_t *terms, int64_t none)
{
    size_t   len;
    json_t  *role;

    c->base_price = gavel_json_member(terms, "base_price", -1);
    c->ms = gavel_json_member(terms, "duration_ms", 0);
    c->reserve = gavel_json_member(terms, "reserve", none);
    c->buy_now = gavel_json_member(terms, "buy_now", none);
    c->ceiling = gavel_json_member(terms, "ceiling", none);
    c->quantity = gavel_json_member(terms, "quantity", none);
    c->pot = gavel_json_member(terms, "pot", none);

    role = json_object_get(terms, "role");
    len = json_string_length(role);

    if (role != NULL && len <= ENGINE_ROLE_LEN) {
        c->has_role = 1;
        c->role_len = len;
        ngx_memcpy(c->role, json_string_value(role), len);
    }
}
