/*
 * moves: what the bytes of a move mean in this state: most often something
 * that makes sense now, else anything at all.
 */

#include "play/play.h"


/* The bytes of a move, by what they say. */
enum { KIND, WAIT, STAMP, LOT, NTH, ACTOR, ROLES, AMOUNT, AMOUNT_LO,
       AMOUNT_HI, TEAM, USER, TIME, PLACE, BASE, RESERVE, BUY_NOW, CEILING,
       POT, ROUND, BID, DATES, WORDS, COMMAND };


static int64_t
word(const move_t *m)
{
    return m->b[AMOUNT_LO] | m->b[AMOUNT_HI] << 8;
}


static lot_t *
nth_lot(const game_t *g, uint32_t nth)
{
    return g->a->nlots != 0 ? &auction_lots(g->a)[nth % g->a->nlots] : NULL;
}


/* Seen from the nth one on; any, if none is in that state. */

static lot_t *
lot_that_is(const game_t *g, uint32_t status, uint32_t nth)
{
    lot_t     *lot;
    uint32_t   i;

    for (i = 0; i < g->a->nlots; i++) {
        lot = nth_lot(g, nth + i);

        if (lot->status == status) {
            return lot;
        }
    }

    return nth_lot(g, nth);
}


static lot_t *
some_lot(const game_t *g, const move_t *m)
{
    if (m->b[LOT] < 120) {
        return lot_that_is(g, LOT_OPEN, m->b[NTH]);
    }

    if (m->b[LOT] < 200) {
        return lot_that_is(g, 1 + m->b[LOT] % 11, m->b[NTH]);
    }

    return nth_lot(g, m->b[NTH]);
}


static int64_t
some_user(const move_t *m, int i)
{
    switch (m->b[i] % 16) {
    case 0:  return PLAY_OWNER;
    case 1:  return PLAY_STRANGER;
    case 2:  return NOBODY;
    case 3:  return m->b[i] == 3 ? -1 : ENGINE_BOT + m->b[i] / 16;
    default: return PLAY_FIRST + m->b[i] % PLAY_BIDDERS;
    }
}


static int
is_sealed(const game_t *g)
{
    return g->a->rules.format == FORMAT_SEALED
           || g->a->rules.format == FORMAT_VICKREY;
}


static int64_t
some_amount(const game_t *g, const move_t *m, const lot_t *lot)
{
    int64_t  least;

    if (lot == NULL) {
        return word(m);
    }

    least = lot_min_next(g->a, lot);

    if (is_sealed(g) && g->a->mode != MODE_TEAM_DRAFT && m->b[AMOUNT] % 2) {
        return PLAY_SECRET + (lot->number * 8 + lot->round % 8) * 65536
               + word(m) % 16 * (m->b[AMOUNT] % 8 == 1 ? 1 : 4096);
    }

    switch (m->b[AMOUNT] % 16) {
    case 0:  return word(m) % 2000;
    case 1:  return -word(m);
    case 2:  return ENGINE_MAX_AMOUNT - 1 + word(m) % 3;
    case 3:  return least - 1;
    case 4:  return 0;
    case 5:  return lot->leader_max;
    case 6:  return lot->leader_max + 1;
    case 7:  return lot->leader_max - 1;
    case 8:  return lot->buy_now - 1 + word(m) % 3;
    case 9:  return lot->reserve - 1 + word(m) % 3;
    case 10: return least + word(m) % 300;
    case 11: return lot->price + word(m) % 3;
    default: return least + m->b[AMOUNT_LO] % 4;
    }
}


/* Everything that a command may say, from all of the bytes. */

static void
anything(game_t *g, const move_t *m, command_t *c)
{
    lot_t                    *lot;
    static const char *const  roles[] = { "top", "mid", "bot", "any" };

    lot = some_lot(g, m);

    c->type = 1 + m->b[COMMAND] % (CMD_MAX - 1);
    c->lot_id = m->b[LOT] % 8 == 0 || lot == NULL ? m->b[LOT] / 64
                                                  : lot->id;
    c->round = m->b[ROUND] % 4 == 0 && lot != NULL ? lot->round
               : m->b[ROUND] % 4 == 1 ? m->b[ROUND] / 16 : 0;
    c->team_id = PLAY_TEAM - (m->b[TEAM] == 0) + m->b[TEAM] % PLAY_TEAMS;
    c->user_id = some_user(m, USER);
    c->item_id = word(m) % 400 - (m->b[POT] == 0 ? 200 : 0);
    c->amount = some_amount(g, m, lot);
    c->position = m->b[PLACE] % 16 - 1;
    c->slots = m->b[PLACE] % 5;
    c->ms = m->b[TIME] < 128 ? m->b[TIME] * 40 : m->b[TIME] < 250 ? 0
            : m->b[TIME] < 253 ? -1 : INT64_MAX - m->b[TIME];
    c->base_price = m->b[BASE] - 1;
    c->reserve = m->b[RESERVE] % 2 ? -1 : m->b[RESERVE];
    c->buy_now = m->b[BUY_NOW] % 2 ? -1 : 2 * m->b[BUY_NOW];
    c->ceiling = m->b[CEILING] % 3 == 0 ? -1 : 3 * m->b[CEILING];
    c->quantity = m->b[CEILING] % 4 == 0 ? m->b[CEILING] / 32 : -1;
    c->pot = m->b[POT] % 2 ? -1 : m->b[POT] % 7;
    c->has_role = m->b[POT] % 3 == 0;
    c->role_len = m->b[POT] == 255 ? ENGINE_ROLE_LEN : 3;
    memcpy(c->role, roles[m->b[POT] % 4], 4);
    c->mode = m->b[COMMAND] % 4;

    if (c->lot_id != 0 && lot != NULL) {
        c->bid_id = m->b[BID] % 4 == 0 ? lot->leader_bid
                    : m->b[BID] % 4 == 1 ? 0
                    : auction_bids(g->a)[m->b[BID] / 4 % g->a->bids_cap].id;
    }

    c->starts_at = m->b[DATES] % 4 == 0 ? g->now + m->b[DATES] * 100 : -1;
    c->ends_at = m->b[DATES] % 5 == 0 ? g->now + m->b[DATES] * 500 : -1;

    if (m->b[DATES] == 255) {
        c->starts_at = m->b[WORDS] - 2;
        c->ends_at = INT64_MAX;
    }

    if (c->type == CMD_CREATE || (c->type == CMD_UPDATE && m->b[BASE] % 4)) {
        rules_of(&g->rules, g->a->mode,
                 play_mix(m->b[BASE], m->b[AMOUNT_LO])
                 & play_mix(m->b[POT], m->b[AMOUNT_HI]), (uint64_t) word(m));

        if (m->b[CEILING] == 0) {
            ((unsigned char *) &g->rules)[play_mix(m->b[POT], 1)
                                          % sizeof(rules_t)] ^= m->b[TIME];
        }

        c->rules = &g->rules;
    }
}


/* Where nobody can bid, somebody lets the auction go on. */

static int
goes_on(const game_t *g, const move_t *m, command_t *c)
{
    lot_t  *lot;

    lot = lot_that_is(g, LOT_OPEN, 0);
    c->actor = PLAY_OWNER;
    c->lot_id = 0;

    switch (g->a->status) {

    case AUCTION_DRAFT:
        c->type = CMD_PUBLISH;
        return m->b[ROLES] % 4 == 0;

    case AUCTION_SCHEDULED:
    case AUCTION_LOBBY:
        c->type = CMD_START;
        return m->b[ROLES] % 4 == 0;

    case AUCTION_PAUSED:
        c->type = CMD_RESUME;
        return m->b[ROLES] % 2 == 0;

    case AUCTION_LIVE:
        break;

    default:
        return 0;
    }

    if (lot == NULL || lot->status == LOT_OPEN || m->b[ROLES] % 4 == 0) {
        return 0;
    }

    c->type = CMD_LOT_OPEN;
    lot = lot_that_is(g, LOT_QUEUED, m->b[NTH]);

    if (g->a->on_turn != 0) {
        c->type = CMD_NOMINATE;
        c->lot_id = lot->id;

    } else if (lot->status != LOT_QUEUED) {
        lot = lot_that_is(g, m->b[ROLES] & 64 ? LOT_UNSOLD : LOT_FROZEN,
                          m->b[NTH]);
        c->type = lot->status == LOT_FROZEN ? CMD_LOT_RESUME
                                            : CMD_LOT_REQUEUE;
        c->lot_id = lot->id;
    }

    return 1;
}


static void
some_bid(game_t *g, const move_t *m, command_t *c)
{
    lot_t                        *lot;
    static const command_type_t   often[] = {
        CMD_BID, CMD_BID, CMD_BID, CMD_AUTO_BID, CMD_BID, CMD_BID,
        CMD_AUTO_BID, CMD_BUY_NOW, CMD_BID, CMD_BID_BEHALF, CMD_FOLD,
        CMD_BID_RETRACT, CMD_BID, CMD_AUTO_BID, CMD_BID, CMD_AUTO_BID_CANCEL
    };

    c->round = 0;

    if (goes_on(g, m, c)) {
        return;
    }

    lot = some_lot(g, m);
    c->lot_id = lot != NULL ? lot->id : 0;
    c->type = often[m->b[COMMAND] % 16];
    c->actor = PLAY_FIRST + m->b[ACTOR] % PLAY_BIDDERS;

    if (c->type == CMD_BID_RETRACT) {
        c->bid_id = 0;

        if (lot != NULL && lot->leader != NOBODY && m->b[ROLES] % 2) {
            c->actor = lot->leader;
        }
    }

    if (c->type == CMD_BID_BEHALF) {
        c->user_id = c->actor;
        c->actor = PLAY_OWNER;
    }

    if (c->type == CMD_FOLD && m->b[ROLES] % 2) {
        c->type = CMD_BID;
    }
}


/* What the host would do with this lot now. */

static void
some_step(game_t *g, const move_t *m, command_t *c)
{
    int                          first;
    lot_t                       *lot;
    static const command_type_t  prepare[] = {
        CMD_START, CMD_LOT_ASSIGN, CMD_START, CMD_LOBBY, CMD_TEAM_MOVE,
        CMD_UNPUBLISH, CMD_UPDATE, CMD_LOT_CHANGE
    };
    static const command_type_t  on_block[] = {
        CMD_LOT_HAMMER, CMD_LOT_HOLD, CMD_LOT_ASK, CMD_LOT_WARN,
        CMD_BID_BEHALF, CMD_BID_VOID, CMD_BID_BEHALF, CMD_LOT_EXTEND
    };

    lot = m->b[LOT] % 2 ? lot_that_is(g, LOT_OPEN, m->b[NTH])
                        : nth_lot(g, m->b[NTH]);
    first = m->b[COMMAND] % 4 != 0;
    c->actor = PLAY_OWNER;
    c->round = 0;
    c->amount = m->b[AMOUNT] % 2;

    switch (g->a->status) {

    case AUCTION_DRAFT:
        c->type = first ? CMD_PUBLISH : CMD_TEAM_ADD;
        c->amount = word(m) % 3000;
        c->user_id = PLAY_FIRST + m->b[USER] % PLAY_BIDDERS;
        return;

    case AUCTION_SCHEDULED:
    case AUCTION_LOBBY:
        c->type = prepare[m->b[COMMAND] / 4 % 8];
        c->amount = word(m) % 300;
        return;

    case AUCTION_PAUSED:
        c->type = CMD_RESUME;
        return;
    }

    c->type = CMD_LOT_OPEN;

    if (lot == NULL) {
        return;
    }

    switch (lot->status) {

    case LOT_OPEN:
        c->type = on_block[m->b[COMMAND] / 4 % 8];
        c->amount = c->type == CMD_LOT_HAMMER ? c->amount
                                              : some_amount(g, m, lot);
        break;

    case LOT_FROZEN:
        c->type = first ? CMD_LOT_RESUME : CMD_LOT_HAMMER;
        break;

    case LOT_LOCKED:
        c->type = CMD_LOT_REVEAL;
        break;

    case LOT_RESERVE:
        c->type = first ? CMD_LOT_ACCEPT : CMD_LOT_PASS;
        break;

    case LOT_OFFERED:
        c->type = first ? CMD_OFFER_ANSWER : CMD_OFFER_CLOSE;
        c->actor = first ? lot->offer_to : PLAY_OWNER;
        break;

    case LOT_SOLD:
        c->type = first ? CMD_LOT_OPEN
                  : m->b[ROLES] % 2 ? CMD_LOT_OFFER : CMD_LOT_REOPEN;
        break;

    case LOT_UNSOLD:
        c->type = first ? CMD_LOT_REQUEUE
                  : m->b[ROLES] % 2 ? CMD_LOT_OFFER : CMD_LOT_ASSIGN;
        break;

    case LOT_QUEUED:
        c->type = first ? CMD_LOT_OPEN : CMD_NOMINATE;
        break;

    case LOT_ASSIGNED:
        c->type = first ? CMD_LOT_OPEN : CMD_LOT_REOPEN;
        break;
    }

    c->lot_id = c->type == CMD_LOT_OPEN && m->b[LOT] % 4 ? 0 : lot->id;
}


/* A whole game should not end at once, nor stand still. */

static void
calm(game_t *g, const move_t *m, command_t *c)
{
    switch (c->type) {

    case CMD_CANCEL:
    case CMD_ABORT:
    case CMD_END:
        if (m->b[STAMP] % 16 != 1) {
            c->type = CMD_RESUME;
        }

        c->amount = m->b[AMOUNT] % 2;
        break;

    case CMD_PAUSE:
    case CMD_UNPUBLISH:
    case CMD_TEAM_REMOVE:
        if (m->b[STAMP] % 4 != 1) {
            c->type = CMD_BID;
        }
        break;

    case CMD_TEAM_SUSPEND:
    case CMD_OFFER_ANSWER:
        c->amount = m->b[AMOUNT] % 3;
        break;

    case CMD_LOT_ADD:
        if (g->a->nlots >= PLAY_LOTS) {
            c->type = CMD_LOT_MOVE;
        }
        break;

    default:
        break;
    }
}


static int64_t
waits(const move_t *m)
{
    if (m->b[WAIT] < 200) {
        return m->b[WAIT] / 2;
    }

    return m->b[WAIT] < 250 ? (m->b[WAIT] - 199) * 20
                            : (m->b[WAIT] - 249) * 4000;
}


int
move_means(game_t *g, const move_t *m, command_t *c)
{
    memset(c, 0, sizeof(*c));

    if (m->b[KIND] >= 250) {
        return MOVE_ROLLBACK;
    }

    if (m->b[KIND] >= 232) {
        return MOVE_COMMIT;
    }

    g->now += waits(m);

    if (m->b[KIND] < 30 && auction_deadline(g->a, c) != 0
        && (m->b[KIND] < 15 || c->at <= g->now))
    {
        if (c->at > g->now) {
            g->now = c->at + m->b[STAMP] % 4 - 1;
        }

        g->now = g->now > g->a->ts ? g->now : g->a->ts;
        c->at = c->at < g->now ? c->at : g->now;
        return MOVE_COMMAND;
    }

    anything(g, m, c);

    c->origin = ORIGIN_REST + m->b[ROLES] % 4;
    c->at = g->now - (m->b[STAMP] < 200 ? m->b[STAMP] % 64 : 0);
    c->actor = m->b[ACTOR] % 4 ? PLAY_OWNER : some_user(m, USER);
    c->actor_roles = m->b[ROLES] % 8 == 0 ? ACTOR_SERVER
                     : m->b[ROLES] % 8 == 2 ? ACTOR_ADMIN : 0;
    c->request_len = m->b[WORDS] % 5;
    memcpy(c->request_id, "r\"\\z0", 5);
    c->reason_len = m->b[WORDS] % 7 == 0 ? m->b[WORDS] % 32 : 0;
    memset(c->reason, m->b[WORDS] == 252 ? 0xff : 'w', sizeof(c->reason));
    memcpy(c->nonce, m->b, ENGINE_NONCE_LEN);

    if (m->b[KIND] < 150) {
        some_bid(g, m, c);

    } else if (m->b[KIND] < 190) {
        some_step(g, m, c);

    } else {
        calm(g, m, c);
    }

    return MOVE_COMMAND;
}
