/*
 * bot: bidders of a rehearsal whom nobody plays.  Teams without a leader, or
 * as many strangers as the rules say, think for a while and then raise, up to
 * what a lot is worth to each of them.
 *
 * Both follow from the state alone, by a hash instead of chance: a rehearsal
 * can be replayed like any other auction.
 */

#include "engine/inner.h"

#include <string.h>


#define THINK_MS   500               /* at least */
#define THINK_MAX  2000              /* more */


/* splitmix64, by Vigna (public domain): every bit depends on every bit. */

static uint64_t
mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);

    return x ^ (x >> 31);
}


static uint32_t
bots(const auction_t *a)
{
    return a->mode == MODE_TEAM_DRAFT ? a->nteams : a->rules.bots;
}


/* The k-th bot's interest in this lot: 1 to 8 times its base price. */

static int64_t
worth(const auction_t *a, const lot_t *lot, uint32_t k)
{
    int64_t  base;

    base = lot->base_price > 0 ? lot->base_price : 1;

    if (base > ENGINE_MAX_AMOUNT / 16) {
        return base;
    }

    return base + base * (int64_t) (mix((uint64_t) lot->id * 64 + k
                                        + (uint64_t) a->id) % 64) / 8;
}


static int
wants(const auction_t *a, const lot_t *lot, uint32_t k, challenge_t *ch)
{
    team_t  *t;

    memset(ch, 0, sizeof(challenge_t));

    if (a->mode == MODE_TEAM_DRAFT) {
        t = &auction_teams(a)[k];

        if (t->gone || t->suspended || t->leader != NOBODY
            || has_folded(a, lot, t))
        {
            return 0;
        }

        ch->team = t;
    }

    ch->bidder = ENGINE_BOT + k % ENGINE_MAX_BOTS;
    ch->how = HOW_BOT;
    ch->at = bot_at(a);
    ch->value = lot_min_next_at(a, lot, ch->at);

    return ch->at < lot->ends_at && ch->value <= worth(a, lot, k)
           && (lot_cap(a, lot) == 0 || ch->value < lot_cap(a, lot))
           && bid_check(a, lot, ch).code == GAVEL_OK;
}


/* Who would bid next, for what and how much; 0: nobody. */

static int
next_move(const auction_t *a, const lot_t **lot, challenge_t *ch)
{
    lot_t     *lots;
    uint32_t   i, k, first, n;

    n = bots(a);

    if (!a->rules.rehearsal || a->status != AUCTION_LIVE || n == 0
        || a->rules.format != FORMAT_OPEN)
    {
        return 0;
    }

    lots = auction_lots(a);
    first = (uint32_t) (mix((uint64_t) a->seq) % n);

    for (i = 0; i < a->nlots; i++) {

        if (lots[i].status != LOT_OPEN) {
            continue;
        }

        for (k = 0; k < n; k++) {
            if (wants(a, &lots[i], (first + k) % n, ch)) {
                *lot = &lots[i];
                return 1;
            }
        }
    }

    return 0;
}


int64_t
bot_at(const auction_t *a)
{
    return a->ts + THINK_MS
           + (int64_t) (mix((uint64_t) a->seq ^ (uint64_t) a->id) % THINK_MAX);
}


int64_t
bot_due(const auction_t *a)
{
    challenge_t   ch;
    const lot_t  *lot;

    return a->rules.rehearsal && next_move(a, &lot, &ch) ? bot_at(a) : 0;
}


int
bot_sound(const auction_t *a, const team_t *t, const event_t *e)
{
    if (!a->rules.rehearsal) {
        return 0;
    }

    if (a->mode == MODE_TEAM_DRAFT) {
        return t != NULL && t->leader == NOBODY && !t->gone && !t->suspended
               && e->bidder == ENGINE_BOT + (t - auction_teams(a))
                                            % ENGINE_MAX_BOTS;
    }

    return e->team_id == NOBODY && e->bidder >= ENGINE_BOT
           && e->bidder < ENGINE_BOT + (int64_t) a->rules.bots;
}


refusal_t
decide_bot(decision_t *d)
{
    challenge_t   ch;
    const lot_t  *lot;

    if (d->now < bot_at(d->a) || !next_move(d->a, &lot, &ch)) {
        return REFUSE(illegal_transition);
    }

    return bid_places(d, lot, &ch);
}
