/*
 * events_json: the canonical JSON of events, both ways.
 *
 * The bytes that are written here are hashed, stored and sent.  Reading is
 * the exact reverse: what would not be written again byte by byte is not an
 * event.
 */

#include "engine/events.h"

#include <string.h>


static void write_rest(json_out_t *o, const event_t *e, part_t part);
static void write_part(json_out_t *o, const event_t *e, part_t part);
static int write_value(json_out_t *o, const event_t *e, const field_t *f);
static int read_envelope(json_in_t *in, event_t *e, int64_t *auction_id);
static int read_rest(json_in_t *in, event_t *e);
static int read_hidden(event_t *e, const char *priv, size_t priv_len);
static int read_part(json_in_t *in, event_t *e, part_t part);
static int read_value(json_in_t *in, event_t *e, const field_t *f);
static int same_again(const event_t *e, int64_t auction_id, const char *pub,
    size_t pub_len, const char *priv, size_t priv_len);


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

    if (event_rows[e->type].hidden) {
        json_put(&o, HIDDEN_NAME "\",\"data\":{}}");

    } else {
        write_rest(&o, e, PUBLIC);
    }

    return o.full ? 0 : (size_t) (o.p - buf);
}


/* The name, who, and the data: "TYPE","actor":7,"request_id":"..","data":{}} */

static void
write_rest(json_out_t *o, const event_t *e, part_t part)
{
    json_put(o, event_rows[e->type].name);
    json_put(o, "\"");

    if (e->actor != NOBODY && !event_rows[e->type].masked) {
        json_put(o, ",\"actor\":");
        json_put_int(o, e->actor);
    }

    if (e->request_len != 0 && !event_rows[e->type].masked) {
        json_put(o, ",\"request_id\":");
        json_put_text(o, e->request_id, e->request_len);
    }

    json_put(o, ",\"data\":");
    write_part(o, e, part);
    json_put(o, "}");
}


size_t
event_private(const event_t *e, char *buf, size_t size)
{
    json_out_t      o;
    const field_t  *f;

    if (event_name(e->type) == NULL) {
        return 0;
    }

    o.p = buf;
    o.end = buf + size;
    o.full = 0;

    if (event_rows[e->type].hidden) {
        json_put(&o, "{\"type\":\"");
        write_rest(&o, e, PRIVATE);

        return o.full ? 0 : (size_t) (o.p - buf);
    }

    for (f = event_rows[e->type].fields; f->name != NULL; f++) {

        if (f->part == PRIVATE && write_value(NULL, e, f)) {
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

    for (f = event_rows[e->type].fields; f->name != NULL; f++) {

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


static void
write_hex(json_out_t *o, const unsigned char *p, size_t len)
{
    char                hex[2 * ENGINE_HASH_LEN];
    size_t              i;
    static const char   digit[] = "0123456789abcdef";

    for (i = 0; i < len; i++) {
        hex[2 * i] = digit[p[i] >> 4];
        hex[2 * i + 1] = digit[p[i] & 15];
    }

    json_put_text(o, hex, 2 * len);
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
                 || (f->kind == F_REASON && e->reason_len == 0)
                 || (f->kind == F_HOW_OR_NONE && e->how == 0)
                 || (f->kind == F_ROLE && e->role_len == 0)
                 || (f->kind == F_REQUEST && e->request_len == 0)
                 || (f->kind == F_DIGEST && !e->has_digest)
                 || (f->kind == F_SEED && !e->has_seed));
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
    case F_HOW_OR_NONE:
        write_word(o, how_name(e->how));
        break;

    case F_RULES:
        rules_write(o, &e->rules);
        break;

    case F_REASON:
        json_put_text(o, e->reason, e->reason_len);
        break;

    case F_ROLE:
        json_put_text(o, e->role, e->role_len);
        break;

    case F_REQUEST:
        json_put_text(o, e->request_id, e->request_len);
        break;

    case F_DIGEST:
        write_hex(o, e->digest, ENGINE_HASH_LEN);
        break;

    case F_SEED:
        write_hex(o, e->seed, ENGINE_NONCE_LEN);
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

    if (read_envelope(&in, e, auction_id) != 0) {
        return -1;
    }

    /* nothing of a hidden event is in its public part */

    if (e->type == 0) {

        if (json_get(&in, '{') != 0 || json_get(&in, '}') != 0
            || json_get(&in, '}') != 0 || json_end(&in) != 0
            || read_hidden(e, priv, priv_len) != 0)
        {
            return -1;
        }

        return same_again(e, *auction_id, pub, pub_len, priv, priv_len);
    }

    if (read_part(&in, e, PUBLIC) != 0
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


/* Leaves e->type 0 for a hidden event. */

static int
read_envelope(json_in_t *in, event_t *e, int64_t *auction_id)
{
    int64_t  v;

    if (json_get(in, '{') != 0
        || get_number(in, "v", &v) != 0 || v != 1
        || get_number(in, "auction_id", auction_id) != 0
        || get_number(in, "epoch", &e->epoch) != 0
        || get_number(in, "seq", &e->seq) != 0
        || get_key(in, "ts") != 0 || json_get_time(in, &e->ts) != 0
        || json_get(in, ',') != 0
        || *auction_id < 1 || e->epoch < 1 || e->seq < 1)
    {
        return -1;
    }

    return read_rest(in, e);
}


static int
read_rest(json_in_t *in, event_t *e)
{
    char    name[32];
    size_t  len;

    if (get_key(in, "type") != 0
        || json_get_text(in, name, sizeof(name), &len) != 0
        || json_get(in, ',') != 0)
    {
        return -1;
    }

    e->type = event_type(name, len);

    if (e->type == 0
        && (len != sizeof(HIDDEN_NAME) - 1
            || memcmp(name, HIDDEN_NAME, len) != 0))
    {
        return -1;
    }

    if (e->type != 0) {

        if (get_key(in, "actor") == 0
            && (json_get_int(in, &e->actor) != 0 || json_get(in, ',') != 0))
        {
            return -1;
        }

        if (get_key(in, "request_id") == 0) {

            if (json_get_text(in, e->request_id, ENGINE_REQUEST_LEN, &len)
                != 0 || json_get(in, ',') != 0)
            {
                return -1;
            }

            e->request_len = (uint32_t) len;
        }
    }

    return get_key(in, "data");
}


static int
read_hidden(event_t *e, const char *priv, size_t priv_len)
{
    json_in_t  in;

    in.p = priv;
    in.end = priv + priv_len;

    return json_get(&in, '{') == 0 && read_rest(&in, e) == 0
           && e->type != 0 && event_rows[e->type].hidden
           && read_part(&in, e, PRIVATE) == 0
           && json_get(&in, '}') == 0
           && json_end(&in) == 0 ? 0 : -1;
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

    for (f = event_rows[e->type].fields; f->name != NULL; f++) {

        if (f->part != part) {
            continue;
        }

        before = in->p;

        if ((some && json_get(in, ',') != 0) || get_key(in, f->name) != 0) {
            in->p = before;

            if (f->kind == F_TIME) {
                memcpy((char *) e + f->at, &none, sizeof(none));

            } else if (f->kind != F_OPTIONAL && f->kind != F_RULES
                       && f->kind != F_REASON && f->kind != F_HOW_OR_NONE
                       && f->kind != F_ROLE && f->kind != F_REQUEST
                       && f->kind != F_DIGEST
                       && f->kind != F_SEED)
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
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


static int
read_hex(json_in_t *in, unsigned char *p, size_t len)
{
    char    hex[2 * ENGINE_HASH_LEN];
    size_t  i, n;

    if (json_get_text(in, hex, sizeof(hex), &n) != 0 || n != 2 * len) {
        return -1;
    }

    for (i = 0; i < len; i++) {

        if (hex_digit(hex[2 * i]) < 0 || hex_digit(hex[2 * i + 1]) < 0) {
            return -1;
        }

        p[i] = (unsigned char) (hex_digit(hex[2 * i]) * 16
                                + hex_digit(hex[2 * i + 1]));
    }

    return 0;
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

    case F_ROLE:
        if (json_get_text(in, e->role, ENGINE_ROLE_LEN, &len) != 0) {
            return -1;
        }
        e->role_len = (uint32_t) len;
        return 0;

    case F_REQUEST:
        if (json_get_text(in, e->request_id, ENGINE_REQUEST_LEN, &len) != 0) {
            return -1;
        }
        e->request_len = (uint32_t) len;
        return 0;

    case F_DIGEST:
        e->has_digest = 1;
        return read_hex(in, e->digest, ENGINE_HASH_LEN);

    case F_SEED:
        e->has_seed = 1;
        return read_hex(in, e->seed, ENGINE_NONCE_LEN);

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
    case F_HOW_OR_NONE:
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
