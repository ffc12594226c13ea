/*
 * events: the one table of what each event type carries, under which name,
 * and the canonical JSON that follows from it, both ways.
 *
 * The bytes that are written here are hashed, stored and sent.  Reading is
 * the exact reverse: what would not be written again byte by byte is not an
 * event.
 */

#include "engine/inner.h"

#include <string.h>


typedef enum {
    F_INT = 1,
    F_ID,                            /* NOBODY is null */
    F_OPTIONAL,                      /* 0 is left out */
    F_BOOL,
    F_TIME,                          /* 0 is null, -1 is left out */
    F_MODE, F_ORIGIN, F_HOW,         /* a word */
    F_RULES,                         /* left out if there are none */
    F_REASON                         /* left out if empty */
} field_kind_t;

typedef enum { PUBLIC = 0, PRIVATE } part_t;

typedef struct {
    const char    *name;
    field_kind_t   kind;
    part_t         part;
    size_t         at;
} field_t;

typedef struct {
    const char     *name;
    const field_t  *fields;
} event_row_t;

#define FIELD(name, kind, member)                                             \
    { name, kind, PUBLIC, offsetof(event_t, member) }
#define FIELD_END  { NULL, 0, PUBLIC, 0 }

#define LOT_ID     FIELD("lot_id", F_INT, lot_id)
#define ROUND      FIELD("round", F_INT, round)
#define ENDS_AT    FIELD("ends_at", F_TIME, ends_at)
#define STARTS_AT  FIELD("starts_at", F_TIME, starts_at)
#define BASE       FIELD("base_price", F_INT, base_price)
#define MIN_NEXT   FIELD("min_next", F_INT, min_next)
#define TEAM_ID    FIELD("team_id", F_INT, team_id)
#define RULES      FIELD("rules", F_RULES, rules)
#define REASON     FIELD("reason", F_REASON, reason)


static const field_t  nothing[] = { FIELD_END };

static const field_t  only_reason[] = { REASON, FIELD_END };

static const field_t  only_lot[] = { LOT_ID, FIELD_END };

static const field_t  auction_created[] = {
    FIELD("mode", F_MODE, mode),
    FIELD("owner_id", F_INT, user_id),
    STARTS_AT, ENDS_AT, RULES, FIELD_END
};

static const field_t  auction_updated[] = {
    STARTS_AT, ENDS_AT, RULES, FIELD_END
};

static const field_t  auction_scheduled[] = { STARTS_AT, FIELD_END };

static const field_t  auction_resumed[] = {
    FIELD("ms", F_INT, ms), FIELD_END
};

static const field_t  auction_ended[] = {
    FIELD("sold", F_INT, sold), FIELD("unsold", F_INT, unsold), FIELD_END
};

static const field_t  lot_queued[] = {
    LOT_ID,
    FIELD("item_id", F_INT, item_id),
    FIELD("number", F_INT, number),
    FIELD("position", F_INT, position),
    BASE,
    FIELD("duration_ms", F_OPTIONAL, ms),
    FIELD_END
};

static const field_t  lot_changed[] = { LOT_ID, BASE, FIELD_END };

static const field_t  lot_moved[] = {
    LOT_ID, FIELD("position", F_INT, position), FIELD_END
};

static const field_t  lot_withdrawn[] = { LOT_ID, REASON, FIELD_END };

static const field_t  lot_opened[] = {
    LOT_ID, FIELD("item_id", F_INT, item_id), ROUND, BASE, MIN_NEXT, ENDS_AT,
    FIELD_END
};

static const field_t  lot_timer[] = {
    LOT_ID, ROUND, ENDS_AT, FIELD("ms", F_INT, ms), FIELD("how", F_HOW, how),
    FIELD_END
};

static const field_t  lot_resumed[] = { LOT_ID, ENDS_AT, FIELD_END };

static const field_t  lot_sold[] = {
    LOT_ID, ROUND,
    FIELD("how", F_HOW, how),
    FIELD("winner_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("price", F_INT, price),
    FIELD("bid_id", F_INT, bid_id),
    FIELD_END
};

static const field_t  lot_unsold[] = {
    LOT_ID, ROUND, FIELD("how", F_HOW, how), FIELD_END
};

static const field_t  bid_accepted[] = {
    FIELD("bid_id", F_INT, bid_id),
    LOT_ID, ROUND,
    FIELD("bidder_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("kind", F_HOW, how),
    FIELD("origin", F_ORIGIN, origin),
    FIELD("amount", F_INT, amount),
    FIELD("price", F_INT, price),
    MIN_NEXT,
    FIELD("bid_count", F_INT, count),
    ENDS_AT,
    FIELD("extensions", F_INT, extensions),
    FIELD("at", F_TIME, at),
    FIELD_END
};

static const field_t  bid_voided[] = {
    FIELD("bid_id", F_INT, bid_id),
    LOT_ID, ROUND,
    REASON,
    FIELD("price", F_INT, price),
    MIN_NEXT,
    FIELD("leader_id", F_ID, bidder),
    FIELD("leader_team_id", F_ID, team_id),
    FIELD("leader_bid_id", F_ID, leader_bid),
    FIELD("bid_count", F_INT, count),
    FIELD_END
};

static const field_t  team_joined[] = {
    TEAM_ID,
    FIELD("leader_id", F_ID, user_id),
    FIELD("budget", F_INT, budget),
    FIELD("slots", F_INT, slots),
    FIELD_END
};

static const field_t  team_leader[] = {
    TEAM_ID, FIELD("leader_id", F_ID, user_id), FIELD_END
};

static const field_t  team_suspended[] = {
    TEAM_ID, FIELD("suspended", F_BOOL, amount), FIELD_END
};

static const field_t  only_team[] = { TEAM_ID, FIELD_END };

static const field_t  points_granted[] = {
    TEAM_ID,
    FIELD("amount", F_INT, amount),
    FIELD("balance", F_INT, balance),
    REASON, FIELD_END
};


static const event_row_t  rows[EV_MAX] = {
    [EV_AUCTION_CREATED] =     { "auction.created",     auction_created },
    [EV_AUCTION_UPDATED] =     { "auction.updated",     auction_updated },
    [EV_AUCTION_SCHEDULED] =   { "auction.scheduled",   auction_scheduled },
    [EV_AUCTION_UNSCHEDULED] = { "auction.unscheduled", nothing },
    [EV_AUCTION_LOBBY] =       { "auction.lobby",       nothing },
    [EV_AUCTION_STARTED] =     { "auction.started",     nothing },
    [EV_AUCTION_PAUSED] =      { "auction.paused",      nothing },
    [EV_AUCTION_RESUMED] =     { "auction.resumed",     auction_resumed },
    [EV_AUCTION_ENDING] =      { "auction.ending",      nothing },
    [EV_AUCTION_ENDED] =       { "auction.ended",       auction_ended },
    [EV_AUCTION_CANCELLED] =   { "auction.cancelled",   only_reason },
    [EV_AUCTION_ABORTED] =     { "auction.aborted",     only_reason },
    [EV_AUCTION_RECOVERED] =   { "auction.recovered",   only_reason },
    [EV_LOT_QUEUED] =          { "lot.queued",          lot_queued },
    [EV_LOT_CHANGED] =         { "lot.changed",         lot_changed },
    [EV_LOT_MOVED] =           { "lot.moved",           lot_moved },
    [EV_LOT_WITHDRAWN] =       { "lot.withdrawn",       lot_withdrawn },
    [EV_LOT_OPENED] =          { "lot.opened",          lot_opened },
    [EV_LOT_TIMER] =           { "lot.timer",           lot_timer },
    [EV_LOT_FROZEN] =          { "lot.frozen",          only_lot },
    [EV_LOT_RESUMED] =         { "lot.resumed",         lot_resumed },
    [EV_LOT_SOLD] =            { "lot.sold",            lot_sold },
    [EV_LOT_UNSOLD] =          { "lot.unsold",          lot_unsold },
    [EV_BID_ACCEPTED] =        { "bid.accepted",        bid_accepted },
    [EV_BID_VOIDED] =          { "bid.voided",          bid_voided },
    [EV_TEAM_JOINED] =         { "team.joined",         team_joined },
    [EV_TEAM_LEADER] =         { "team.leader",         team_leader },
    [EV_TEAM_SUSPENDED] =      { "team.suspended",      team_suspended },
    [EV_TEAM_LEFT] =           { "team.left",           only_team },
    [EV_POINTS_GRANTED] =      { "points.granted",      points_granted },
};


static void write_part(json_out_t *o, const event_t *e, part_t part);
static int write_value(json_out_t *o, const event_t *e, const field_t *f);
static int read_envelope(json_in_t *in, event_t *e, int64_t *auction_id);
static int read_part(json_in_t *in, event_t *e, part_t part);
static int read_value(json_in_t *in, event_t *e, const field_t *f);
static int same_again(const event_t *e, int64_t auction_id, const char *pub,
    size_t pub_len, const char *priv, size_t priv_len);


const char *
event_name(event_type_t type)
{
    return (unsigned) type < EV_MAX ? rows[type].name : NULL;
}


event_type_t
event_type(const char *name, size_t len)
{
    unsigned  i;

    for (i = 1; i < EV_MAX; i++) {
        if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
        {
            return (event_type_t) i;
        }
    }

    return 0;
}


size_t
event_public(const event_t *e, int64_t auction_id, char *buf, size_t size)
{
    json_out_t  o;

    if (event_name(e->type) == NULL) {
        return 0;
    }

    o.p = buf;
    o.end = buf + size;
    o.full = 0;

    json_put(&o, "{\"v\":1,\"auction_id\":");
    json_put_int(&o, auction_id);
    json_put(&o, ",\"epoch\":");
    json_put_int(&o, e->epoch);
    json_put(&o, ",\"seq\":");
    json_put_int(&o, e->seq);
    json_put(&o, ",\"ts\":");
    json_put_time(&o, e->ts);
    json_put(&o, ",\"type\":\"");
    json_put(&o, rows[e->type].name);
    json_put(&o, "\"");

    if (e->actor != NOBODY) {
        json_put(&o, ",\"actor\":");
        json_put_int(&o, e->actor);
    }

    if (e->request_len != 0) {
        json_put(&o, ",\"request_id\":");
        json_put_text(&o, e->request_id, e->request_len);
    }

    json_put(&o, ",\"data\":");
    write_part(&o, e, PUBLIC);
    json_put(&o, "}");

    return o.full ? 0 : (size_t) (o.p - buf);
}


size_t
event_private(const event_t *e, char *buf, size_t size)
{
    json_out_t      o;
    const field_t  *f;

    if (event_name(e->type) == NULL) {
        return 0;
    }

    for (f = rows[e->type].fields; f->name != NULL; f++) {

        if (f->part == PRIVATE) {
            o.p = buf;
            o.end = buf + size;
            o.full = 0;

            write_part(&o, e, PRIVATE);

            return o.full ? 0 : (size_t) (o.p - buf);
        }
    }

    return 0;
}


static void
write_part(json_out_t *o, const event_t *e, part_t part)
{
    int             some;
    const field_t  *f;

    some = 0;
    json_put(o, "{");

    for (f = rows[e->type].fields; f->name != NULL; f++) {

        if (f->part != part || !write_value(NULL, e, f)) {
            continue;
        }

        json_put(o, some ? ",\"" : "\"");
        json_put(o, f->name);
        json_put(o, "\":");
        (void) write_value(o, e, f);
        some = 1;
    }

    json_put(o, "}");
}


static int64_t
number_of(const event_t *e, const field_t *f)
{
    int64_t  v;

    memcpy(&v, (const char *) e + f->at, sizeof(v));

    return v;
}


static void
write_word(json_out_t *o, const char *word)
{
    json_put(o, "\"");
    json_put(o, word != NULL ? word : "");
    json_put(o, "\"");
}


/* Whether the event has this field; and writes it unless o is NULL. */

static int
write_value(json_out_t *o, const event_t *e, const field_t *f)
{
    int64_t  v;

    v = 0;

    if (f->kind <= F_TIME) {
        v = number_of(e, f);
    }

    if (o == NULL) {
        return !((f->kind == F_OPTIONAL && v == 0)
                 || (f->kind == F_TIME && v == -1)
                 || (f->kind == F_RULES && e->rules.clock.preset == 0)
                 || (f->kind == F_REASON && e->reason_len == 0));
    }

    switch (f->kind) {

    case F_INT:
    case F_OPTIONAL:
        json_put_int(o, v);
        break;

    case F_ID:
        json_put_id(o, v);
        break;

    case F_BOOL:
        json_put_bool(o, v != 0);
        break;

    case F_TIME:
        json_put_time(o, v);
        break;

    case F_MODE:
        write_word(o, auction_mode_name(e->mode));
        break;

    case F_ORIGIN:
        write_word(o, origin_name(e->origin));
        break;

    case F_HOW:
        write_word(o, how_name(e->how));
        break;

    case F_RULES:
        rules_write(o, &e->rules);
        break;

    case F_REASON:
        json_put_text(o, e->reason, e->reason_len);
        break;
    }

    return 1;
}


int
event_parse(event_t *e, int64_t *auction_id, const char *pub, size_t pub_len,
    const char *priv, size_t priv_len)
{
    json_in_t  in;

    memset(e, 0, sizeof(event_t));

    in.p = pub;
    in.end = pub + pub_len;

    if (read_envelope(&in, e, auction_id) != 0
        || read_part(&in, e, PUBLIC) != 0
        || json_get(&in, '}') != 0
        || json_end(&in) != 0)
    {
        return -1;
    }

    if (priv_len != 0) {
        in.p = priv;
        in.end = priv + priv_len;

        if (read_part(&in, e, PRIVATE) != 0 || json_end(&in) != 0) {
            return -1;
        }
    }

    return same_again(e, *auction_id, pub, pub_len, priv, priv_len);
}


static int
get_key(json_in_t *in, const char *key)
{
    size_t  len;

    len = strlen(key);

    if ((size_t) (in->end - in->p) < len + 3
        || in->p[0] != '"' || in->p[len + 1] != '"' || in->p[len + 2] != ':'
        || memcmp(in->p + 1, key, len) != 0)
    {
        return -1;
    }

    in->p += len + 3;

    return 0;
}


static int
get_number(json_in_t *in, const char *key, int64_t *v)
{
    return get_key(in, key) == 0 && json_get_int(in, v) == 0
           && json_get(in, ',') == 0 ? 0 : -1;
}


static int
read_envelope(json_in_t *in, event_t *e, int64_t *auction_id)
{
    char     name[32];
    size_t   len;
    int64_t  v;

    if (json_get(in, '{') != 0
        || get_number(in, "v", &v) != 0 || v != 1
        || get_number(in, "auction_id", auction_id) != 0
        || get_number(in, "epoch", &e->epoch) != 0
        || get_number(in, "seq", &e->seq) != 0
        || get_key(in, "ts") != 0 || json_get_time(in, &e->ts) != 0
        || json_get(in, ',') != 0
        || get_key(in, "type") != 0
        || json_get_text(in, name, sizeof(name), &len) != 0
        || json_get(in, ',') != 0)
    {
        return -1;
    }

    e->type = event_type(name, len);

    if (e->type == 0 || *auction_id < 1 || e->epoch < 1 || e->seq < 1) {
        return -1;
    }

    if (get_key(in, "actor") == 0
        && (json_get_int(in, &e->actor) != 0 || json_get(in, ',') != 0))
    {
        return -1;
    }

    if (get_key(in, "request_id") == 0) {

        if (json_get_text(in, e->request_id, ENGINE_REQUEST_LEN, &len) != 0
            || json_get(in, ',') != 0)
        {
            return -1;
        }

        e->request_len = (uint32_t) len;
    }

    return get_key(in, "data");
}


/* Fields stand in the order of the table. */

static int
read_part(json_in_t *in, event_t *e, part_t part)
{
    int             some;
    int64_t         none;
    const char     *before;
    const field_t  *f;

    some = 0;
    none = -1;

    if (json_get(in, '{') != 0) {
        return -1;
    }

    for (f = rows[e->type].fields; f->name != NULL; f++) {

        if (f->part != part) {
            continue;
        }

        before = in->p;

        if ((some && json_get(in, ',') != 0) || get_key(in, f->name) != 0) {
            in->p = before;

            if (f->kind == F_TIME) {
                memcpy((char *) e + f->at, &none, sizeof(none));

            } else if (f->kind != F_OPTIONAL && f->kind != F_RULES
                       && f->kind != F_REASON)
            {
                return -1;
            }

            continue;
        }

        if (read_value(in, e, f) != 0) {
            return -1;
        }

        some = 1;
    }

    return json_get(in, '}');
}


static int
read_value(json_in_t *in, event_t *e, const field_t *f)
{
    char         word[16];
    size_t       len;
    int64_t      v;
    uint32_t     flag;
    const char  *what;

    v = 0;
    len = 0;

    switch (f->kind) {

    case F_INT:
    case F_OPTIONAL:
        if (json_get_int(in, &v) != 0) {
            return -1;
        }
        break;

    case F_ID:
        if (json_get_id(in, &v) != 0) {
            return -1;
        }
        break;

    case F_BOOL:
        if (json_get_bool(in, &flag) != 0) {
            return -1;
        }
        v = flag;
        break;

    case F_TIME:
        if (json_get_time(in, &v) != 0) {
            return -1;
        }
        break;

    case F_RULES:
        return rules_read(in, &e->rules, &what) == 0
               && e->rules.ladder.nsteps != 0
               && e->rules.clock.preset != 0 ? 0 : -1;

    case F_REASON:
        if (json_get_text(in, e->reason, ENGINE_REASON_LEN, &len) != 0) {
            return -1;
        }
        e->reason_len = (uint32_t) len;
        return 0;

    default:
        if (json_get_text(in, word, sizeof(word), &len) != 0) {
            return -1;
        }
        break;
    }

    switch (f->kind) {

    case F_MODE:
        e->mode = auction_mode(word, len);
        return e->mode != 0 ? 0 : -1;

    case F_ORIGIN:
        e->origin = origin_of(word, len);
        return e->origin != 0 ? 0 : -1;

    case F_HOW:
        e->how = how_of(word, len);
        return e->how != 0 ? 0 : -1;

    default:
        memcpy((char *) e + f->at, &v, sizeof(v));
        return 0;
    }
}


static int
same_again(const event_t *e, int64_t auction_id, const char *pub,
    size_t pub_len, const char *priv, size_t priv_len)
{
    char  buf[EVENT_TEXT_MAX];

    if (event_public(e, auction_id, buf, sizeof(buf)) != pub_len
        || memcmp(buf, pub, pub_len) != 0)
    {
        return -1;
    }

    if (event_private(e, buf, EVENT_PRIVATE_MAX) != priv_len
        || (priv_len != 0 && memcmp(buf, priv, priv_len) != 0))
    {
        return -1;
    }

    return 0;
}
