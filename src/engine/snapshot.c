/*
 * snapshot: the state as viewers see it, and as it is stored.
 */

#include "engine/inner.h"

#include <stdlib.h>
#include <string.h>


#define HEAD_TEXT_MAX  4096          /* with the rules */
#define LOT_TEXT_MAX   1400
#define TEAM_TEXT_MAX  416
#define FOLD_TEXT_MAX  18            /* of each team that folded */


static void
put_int(json_out_t *o, const char *name, int64_t v)
{
    json_put(o, name);
    json_put_int(o, v);
}


static void
put_id(json_out_t *o, const char *name, int64_t v)
{
    json_put(o, name);
    json_put_id(o, v);
}


static void
put_time(json_out_t *o, const char *name, int64_t v)
{
    json_put(o, name);
    json_put_time(o, v);
}


static void
put_word(json_out_t *o, const char *name, const char *word)
{
    json_put(o, name);
    json_put(o, "\"");
    json_put(o, word != NULL ? word : "");
    json_put(o, "\"");
}


static void
put_some(json_out_t *o, const char *name, int64_t v)
{
    if (v != 0) {
        put_int(o, name, v);
    }
}


static void
put_true(json_out_t *o, const char *name, int v)
{
    if (v) {
        json_put(o, name);
        json_put_bool(o, 1);
    }
}


static void
write_folded(json_out_t *o, const auction_t *a, const lot_t *lot)
{
    uint32_t     i;
    const char  *before;

    before = ",\"folded\":[";

    for (i = 0; i < a->nteams; i++) {
        if (lot->folded >> i & 1) {
            put_int(o, before, auction_teams(a)[i].id);
            before = ",";
        }
    }

    if (lot->folded != 0) {
        json_put(o, "]");
    }
}


/* What most lots have nothing of is left out.  Nothing that is hidden is
 * here: no reserve, no maximum, no sealed amount. */

static void
write_more(json_out_t *o, const auction_t *a, const lot_t *lot)
{
    if (lot->role[0] != '\0') {
        json_put(o, ",\"role\":");
        json_put_text(o, lot->role, strnlen(lot->role, ENGINE_ROLE_LEN));
    }

    if (lot->leader == NOBODY || a->rules.buy_now == BUY_ALWAYS) {
        put_some(o, ",\"buy_now\":", lot->buy_now);
    }

    put_some(o, ",\"ceiling\":", lot->ceiling);
    put_some(o, ",\"quantity\":", lot->quantity);
    put_some(o, ",\"units\":", lot->units);
    put_some(o, ",\"pot\":", lot->pot);
    put_some(o, ",\"bonus\":", lot->bonus);
    put_some(o, ",\"warnings\":", lot->warned);
    put_true(o, ",\"closing\":", lot->closing != 0);

    if (lot->reserve != 0) {
        json_put(o, ",\"reserve_met\":");
        json_put_bool(o, lot->leader != NOBODY
                         && lot->price >= lot->reserve);
    }

    if (lot->falls_from != 0) {
        put_time(o, ",\"falls_from\":", lot->falls_from);
    }

    if (a->rules.format == FORMAT_SEALED
        || a->rules.format == FORMAT_VICKREY)
    {
        put_some(o, ",\"submissions\":", lot->status == LOT_QUEUED
                                         ? 0 : lot->hidden_bids);
    }

    write_folded(o, a, lot);

    if (lot->status == LOT_OFFERED) {
        put_id(o, ",\"offered_to\":", lot->offer_to);
        put_int(o, ",\"offer_price\":", lot->offer_price);
    }

    if (lot->status == LOT_OFFERED || lot->status == LOT_RESERVE
        || lot->status == LOT_LOCKED)
    {
        put_time(o, ",\"until\":", lot->offer_until);
    }
}


static void
write_lot(json_out_t *o, const auction_t *a, const lot_t *lot)
{
    put_int(o, "{\"lot_id\":", lot->id);
    put_int(o, ",\"item_id\":", lot->item_id);
    put_int(o, ",\"number\":", lot->number);
    put_int(o, ",\"position\":", lot->position);
    put_word(o, ",\"status\":", lot_status_name(lot->status));
    put_int(o, ",\"round\":", lot->round);
    put_int(o, ",\"base_price\":", lot->base_price);
    put_int(o, ",\"price\":", lot->price);
    put_int(o, ",\"min_next\":", lot_min_next(a, lot));
    put_id(o, ",\"leader_id\":", lot->leader);
    put_id(o, ",\"leader_team_id\":", lot->leader_team);
    put_id(o, ",\"bid_id\":", lot->leader_bid);
    put_int(o, ",\"bid_count\":", lot->bid_count);
    put_int(o, ",\"extensions\":", lot->extensions);
    put_time(o, ",\"opened_at\":", lot->opened_at);
    put_time(o, ",\"ends_at\":", lot->ends_at);
    write_more(o, a, lot);
    json_put(o, "}");
}


static void
write_team(json_out_t *o, const auction_t *a, const team_t *t)
{
    put_int(o, "{\"team_id\":", t->id);
    put_id(o, ",\"leader_id\":", t->leader);
    put_int(o, ",\"budget\":", t->budget);
    put_int(o, ",\"held\":", t->held);
    put_int(o, ",\"spent\":", t->spent);
    put_int(o, ",\"available\":", purse_available(t));
    put_int(o, ",\"max_bid\":", max_possible_bid(a, t, NULL));
    put_int(o, ",\"roster\":", t->roster);
    put_int(o, ",\"slots\":", t->slots);
    put_int(o, ",\"seat\":", t->seat);
    json_put(o, ",\"suspended\":");
    json_put_bool(o, t->suspended);
    json_put(o, "}");
}


static void
write_head(json_out_t *o, const auction_t *a)
{
    char                hex[2 * ENGINE_HASH_LEN];
    uint32_t            i;
    static const char   digit[] = "0123456789abcdef";

    for (i = 0; i < ENGINE_HASH_LEN; i++) {
        hex[2 * i] = digit[a->head[i] >> 4];
        hex[2 * i + 1] = digit[a->head[i] & 15];
    }

    put_int(o, "{\"auction_id\":", a->id);
    put_word(o, ",\"mode\":", auction_mode_name(a->mode));
    put_word(o, ",\"status\":", auction_status_name(a->status));
    put_id(o, ",\"owner_id\":", a->owner);
    put_int(o, ",\"epoch\":", a->epoch);
    put_int(o, ",\"seq\":", a->seq);
    json_put(o, ",\"head\":");
    json_put_text(o, hex, sizeof(hex));
    put_time(o, ",\"starts_at\":", a->starts_at);
    put_time(o, ",\"ends_at\":", a->ends_at);
    put_time(o, ",\"started_at\":", a->started_at);
    put_time(o, ",\"paused_at\":", a->paused_at);
    put_time(o, ",\"ended_at\":", a->ended_at);

    json_put(o, ",\"rules\":");

    if (a->status == AUCTION_VOID) {
        json_put(o, "null");

    } else {
        rules_write(o, &a->rules);
    }

    put_id(o, ",\"current_lot_id\":",
           a->current != 0 ? lot_on_block(a)->id : 0);

    put_id(o, ",\"undo_lot_id\":", lot_undoable(a));
    put_some(o, ",\"cycle\":", a->cycle);

    if (a->on_turn != 0) {
        put_int(o, ",\"turn\":{\"number\":", a->turns);
        put_int(o, ",\"team_id\":", auction_teams(a)[a->on_turn - 1].id);
        put_time(o, ",\"until\":", a->turn_ends_at);
        json_put(o, "}");
    }
}


size_t
state_text(const auction_t *a, char *buf, size_t size)
{
    int          some;
    team_t      *t;
    uint32_t     i;
    json_out_t   o;

    if (size == 0) {
        return HEAD_TEXT_MAX + (size_t) a->nteams * TEAM_TEXT_MAX
               + (size_t) a->nlots * (LOT_TEXT_MAX + a->nteams
                                                     * FOLD_TEXT_MAX);
    }

    o.p = buf;
    o.end = buf + size;
    o.full = 0;

    write_head(&o, a);

    json_put(&o, ",\"lots\":[");

    for (i = 0; i < a->nlots; i++) {
        json_put(&o, i == 0 ? "" : ",");
        write_lot(&o, a, &auction_lots(a)[i]);
    }

    json_put(&o, "],\"teams\":[");

    t = auction_teams(a);

    for (i = 0, some = 0; i < a->nteams; i++) {
        if (!t[i].gone) {
            json_put(&o, some ? "," : "");
            write_team(&o, a, &t[i]);
            some = 1;
        }
    }

    json_put(&o, "]}");

    return o.full ? 0 : (size_t) (o.p - buf);
}


size_t
state_save(const auction_t *a, char *buf, size_t size)
{
    if (buf == NULL || size < a->size) {
        return size == 0 ? a->size : 0;
    }

    memcpy(buf, a, a->size);

    return a->size;
}


static int
lots_sound(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i;

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {

        if (lot[i].status < LOT_QUEUED || lot[i].status > LOT_ASSIGNED
            || lot[i].position < 1 || lot[i].position > a->nlots
            || lot[i].price < 0 || lot[i].price > ENGINE_MAX_AMOUNT
            || lot[i].base_price < 0
            || lot[i].base_price > ENGINE_MAX_AMOUNT
            || (i > 0 && lot[i].id <= lot[i - 1].id))
        {
            return 0;
        }
    }

    return 1;
}


/* The lists of bids are walked without looking: they must be in order. */

static int
bids_sound(const auction_t *a)
{
    bid_t     *bid;
    lot_t     *lot;
    uint32_t   i, k, n;

    bid = auction_bids(a);
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {

        for (n = 0, k = lot[i].last_bid; k != 0; k = bid[k - 1].prev) {

            if (k > a->nbids || n++ == a->nbids || bid[k - 1].lot != i + 1
                || (k == lot[i].last_bid && bid[k - 1].next != 0)
                || (bid[k - 1].prev == 0) != (k == lot[i].first_bid)
                || (bid[k - 1].prev != 0
                    && (bid[k - 1].prev > a->nbids
                        || bid[bid[k - 1].prev - 1].next != k)))
            {
                return 0;
            }
        }

        if (n != lot[i].nbids || (n == 0) != (lot[i].first_bid == 0)) {
            return 0;
        }
    }

    for (n = 0, k = a->free_bid; k != 0; k = bid[k - 1].prev) {
        if (k > a->nbids || n++ == a->nbids || bid[k - 1].lot != 0) {
            return 0;
        }
    }

    return 1;
}


static int
block_sound(const auction_t *a, size_t size)
{
    size_t       lots, teams, bids;
    const char  *what;

    lots = (size_t) a->lots_cap * sizeof(lot_t);
    teams = (size_t) a->teams_cap * sizeof(team_t);
    bids = (size_t) a->bids_cap * sizeof(bid_t);

    return a->size == size && a->engine_rev == ENGINE_REV
           && a->lots_at == sizeof(auction_t)
           && a->teams_at == sizeof(auction_t) + lots
           && a->bids_at == sizeof(auction_t) + lots + teams
           && size == sizeof(auction_t) + lots + teams + bids
           && a->lots_cap <= 2 * ENGINE_MAX_LOTS
           && a->teams_cap <= 2 * ENGINE_MAX_TEAMS
           && a->nlots <= a->lots_cap && a->nlots <= ENGINE_MAX_LOTS
           && a->nteams <= a->teams_cap
           && a->bids_cap <= 2 * ENGINE_MAX_BIDS
           && a->nbids <= a->bids_cap
           && a->free_bid <= a->nbids
           && a->undo_lot <= a->nlots
           && a->on_turn <= a->nteams
           && a->current <= a->nlots
           && a->status <= AUCTION_ABORTED
           && a->seq >= 0 && a->epoch >= 1
           && (a->status == AUCTION_VOID
               || (auction_mode_name(a->mode) != NULL
                   && rules_valid(&a->rules, a->mode, &what)));
}


auction_t *
state_load(const char *buf, size_t size)
{
    auction_t  *a;

    if (size < sizeof(auction_t)) {
        return NULL;
    }

    a = malloc(size);
    if (a == NULL) {
        return NULL;
    }

    memcpy(a, buf, size);

    if (!block_sound(a, size) || !lots_sound(a) || !bids_sound(a)) {
        free(a);
        return NULL;
    }

    return a;
}
