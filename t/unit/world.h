/*
 * world: an auction to play with: gives commands, folds what they give, and
 * keeps the log with its hashes, as the server does.
 */

#ifndef GAVEL_WORLD_H
#define GAVEL_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/engine.h"

#define OWNER     7
#define STRANGER  99
#define KIM       11
#define LEE       12
#define PARK      13
#define T0        INT64_C(1760000000000)

typedef struct {
    char     text[EVENT_TEXT_MAX], hidden[EVENT_PRIVATE_MAX];
    size_t   len, hidden_len;
    unsigned char  nonce[ENGINE_NONCE_LEN];
} world_event_t;

typedef struct {
    auction_t      *a;
    journal_t      *j;
    int64_t         now;
    refusal_t       r;
    event_t        *ev;                  /* of the last command */
    uint32_t        ev_cap, n;
    world_event_t  *log;
    size_t          log_n, log_cap;
    int             keeps_log, broken;
} world_t;


static inline command_t
command(world_t *w, command_type_t type, int64_t actor)
{
    command_t  c;

    memset(&c, 0, sizeof(c));

    c.type = type;
    c.actor = actor;
    c.origin = ORIGIN_WS;
    c.at = w->now;
    c.starts_at = -1;
    c.ends_at = -1;
    c.base_price = -1;
    c.reserve = -1;
    c.buy_now = -1;
    c.ceiling = -1;
    c.quantity = -1;
    c.pot = -1;

    return c;
}


static inline command_t
server(world_t *w, command_type_t type)
{
    command_t  c;

    c = command(w, type, NOBODY);
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;

    return c;
}


static inline void
world_hash(const auction_t *a, const world_event_t *row, unsigned char *hash)
{
    event_hash(a->head, row->text, row->len,
               row->hidden_len != 0 ? row->nonce : NULL, row->hidden,
               row->hidden_len, hash);
}


/* Whether the log alone gives the same bytes. */

static inline int
world_replays(const world_t *w)
{
    int             equal;
    size_t          i;
    event_t         e;
    int64_t         id;
    auction_t      *a;
    unsigned char   hash[ENGINE_HASH_LEN];

    a = auction_create(w->a->id);

    for (i = 0; i < w->log_n; i++) {

        if (event_parse(&e, &id, w->log[i].text, w->log[i].len,
                        w->log[i].hidden, w->log[i].hidden_len) != 0
            || e.seq != (int64_t) i + 1
            || evolve(&a, &e, NULL) != 0)
        {
            printf("# stops at %.*s\n", (int) w->log[i].len, w->log[i].text);
            free(a);
            return 0;
        }

        world_hash(a, &w->log[i], hash);
        event_seal(a, hash, NULL);
    }

    equal = a->size == w->a->size && memcmp(a, w->a, a->size) == 0;
    free(a);

    return equal;
}


/* Decides and folds; the code of the answer. */

static inline gavel_code_t
give(world_t *w, const command_t *c)
{
    uint32_t        i, room;
    unsigned char   hash[ENGINE_HASH_LEN];
    world_event_t  *row;

    room = events_room(w->a, c);

    if (room > w->ev_cap) {
        w->ev = realloc(w->ev, room * sizeof(event_t));
        w->ev_cap = room;
    }

    w->n = decide(w->a, c, w->now, w->ev, &w->r);

    if (w->n > room || (w->n == 0) != (w->r.code != GAVEL_OK)) {
        w->broken = 1;
    }

    for (i = 0; i < w->n; i++) {

        if (evolve(&w->a, &w->ev[i], w->j) != 0) {
            w->broken = 1;
            printf("# %s was decided but does not evolve\n",
                   event_name(w->ev[i].type));
            break;
        }

        if (!w->keeps_log) {
            continue;
        }

        if (w->log_n == w->log_cap) {
            w->log_cap = w->log_cap != 0 ? w->log_cap * 2 : 256;
            w->log = realloc(w->log, w->log_cap * sizeof(world_event_t));
        }

        row = &w->log[w->log_n++];
        row->len = event_public(&w->ev[i], w->a->id, row->text,
                                EVENT_TEXT_MAX);
        row->hidden_len = event_private(&w->ev[i], row->hidden,
                                      EVENT_PRIVATE_MAX);
        memcpy(row->nonce, w->ev[i].nonce, ENGINE_NONCE_LEN);
        w->broken |= row->len == 0;

        world_hash(w->a, row, hash);
        event_seal(w->a, hash, w->j);
    }

    return w->r.code;
}


static inline gavel_code_t
host(world_t *w, command_type_t type)
{
    command_t  c;

    c = command(w, type, OWNER);

    return give(w, &c);
}


static inline gavel_code_t
bid(world_t *w, int64_t who, int64_t amount)
{
    command_t  c;

    c = command(w, CMD_BID, who);
    c.amount = amount;

    return give(w, &c);
}


static inline gavel_code_t
bid_on(world_t *w, int64_t lot, int64_t who, int64_t amount)
{
    command_t  c;

    c = command(w, CMD_BID, who);
    c.amount = amount;
    c.lot_id = lot;

    return give(w, &c);
}


/* A lot's id. */

static inline int64_t
add_lot(world_t *w, int64_t item, int64_t base)
{
    command_t  c;

    c = command(w, CMD_LOT_ADD, OWNER);
    c.item_id = item;
    c.base_price = base;

    return give(w, &c) == GAVEL_OK ? w->ev[0].lot_id : 0;
}


static inline gavel_code_t
add_team(world_t *w, int64_t team, int64_t leader, int64_t budget)
{
    command_t  c;

    c = command(w, CMD_TEAM_ADD, OWNER);
    c.team_id = team;
    c.user_id = leader;
    c.amount = budget;

    return give(w, &c);
}


static inline gavel_code_t
close_lot(world_t *w, int64_t lot, int64_t round)
{
    command_t  c;

    c = server(w, CMD_LOT_CLOSE);
    c.lot_id = lot;
    c.round = round;

    return give(w, &c);
}


static inline void
world_open(world_t *w, uint32_t mode, const char *rules)
{
    rules_t      r;
    command_t    c;
    const char  *what;

    memset(w, 0, sizeof(world_t));

    w->a = auction_create(5);
    w->j = journal_create();
    w->now = T0;
    w->keeps_log = 1;

    c = server(w, CMD_CREATE);
    c.mode = mode;
    c.user_id = OWNER;
    c.starts_at = T0 + 60000;

    if (rules != NULL) {
        if (rules_parse(&r, mode, rules, strlen(rules), &what) != 0) {
            printf("# rules: %s\n", what);
            w->broken = 1;
        }
        c.rules = &r;
    }

    w->broken |= give(w, &c) != GAVEL_OK;
}


static inline void
world_text(FILE *f, const char *name, const char *text, size_t len)
{
    size_t  i;

    fprintf(f, ",\"%s\":\"", name);

    for (i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\') {
            putc('\\', f);
        }

        putc(text[i], f);
    }

    putc('"', f);
}


static inline void
world_hex(FILE *f, const char *name, const unsigned char *p, size_t len)
{
    size_t  i;

    fprintf(f, ",\"%s\":\"", name);

    for (i = 0; i < len; i++) {
        fprintf(f, "%02x", p[i]);
    }

    putc('"', f);
}


/* The log, as an export has it, for gavel-verify. */

static inline void
world_write(const world_t *w, FILE *f)
{
    size_t                i;
    unsigned char         hash[ENGINE_HASH_LEN];
    const world_event_t  *row;

    memset(hash, 0, sizeof(hash));

    for (i = 0; i < w->log_n; i++) {
        row = &w->log[i];

        event_hash(hash, row->text, row->len,
                   row->hidden_len != 0 ? row->nonce : NULL, row->hidden,
                   row->hidden_len, hash);

        fprintf(f, "{\"seq\":%zu", i + 1);
        world_text(f, "public", row->text, row->len);
        world_hex(f, "hash", hash, sizeof(hash));

        if (row->hidden_len != 0) {
            world_text(f, "private", row->hidden, row->hidden_len);
            world_hex(f, "nonce", row->nonce, ENGINE_NONCE_LEN);
        }

        fputs("}\n", f);
    }
}


/* Logs of all that a test plays are kept in the folder GAVEL_LOGS. */

static inline void
world_keep(const world_t *w)
{
    FILE        *f;
    char         name[512];
    static int   n;

    if (getenv("GAVEL_LOGS") == NULL || w->log == NULL) {
        return;
    }

    snprintf(name, sizeof(name), "%s/%d-%d.jsonl", getenv("GAVEL_LOGS"),
             (int) getpid(), ++n);

    f = fopen(name, "w");

    if (f != NULL) {
        world_write(w, f);
        fclose(f);
    }
}


static inline void
world_close(world_t *w)
{
    world_keep(w);

    free(w->a);
    free(w->ev);
    free(w->log);
    journal_destroy(w->j);
}


static inline void
world_start(world_t *w)
{
    w->broken |= host(w, CMD_PUBLISH) != GAVEL_OK;
    w->broken |= host(w, CMD_START) != GAVEL_OK;
}


/* A draft of three teams with a lot on the block; the lot's id. */

static inline int64_t
world_draft(world_t *w, const char *rules)
{
    int64_t  first;

    world_open(w, MODE_TEAM_DRAFT, rules);

    (void) add_team(w, 101, KIM, 1000);
    (void) add_team(w, 102, LEE, 1000);
    (void) add_team(w, 103, PARK, 300);

    first = add_lot(w, 1, 100);
    (void) add_lot(w, 2, 100);
    (void) add_lot(w, 3, 100);

    world_start(w);
    w->broken |= host(w, CMD_LOT_OPEN) != GAVEL_OK;

    return first;
}

#endif
