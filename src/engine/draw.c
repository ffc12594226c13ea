/*
 * draw: the order of the queue and of the teams by lot, so that a stranger
 * can check it.
 *
 * When the auction is published draw.committed tells the SHA-256 of a secret
 * seed of 16 bytes.  At the start draw.revealed tells the seed, and the
 * beacon: the hash of the event before it, which nobody knew when the seed
 * was chosen and which depends on everything that was done since.  So neither
 * the house nor the host could choose the result.  It follows so:
 *
 *     number k   the first 6 bytes, big-endian, of
 *                SHA-256(seed || beacon || k), k = 0, 1, ... as 8 bytes,
 *                big-endian
 *     below(n)   the next number that is less than 2^48 - 2^48 mod n, taken
 *                modulo n; those that are not are thrown away
 *     shuffle    of a list x[0..n-1]: for i = n-1 down to 1 swap x[i] with
 *                x[below(i + 1)]
 *
 * and all numbers are used in this order:
 *
 *     1. with rules.team_order "drawn" the teams, listed by their seats, are
 *        shuffled and get the seats 1, 2, ...
 *     2. the queued lots, listed by position: with rules.order
 *          "drawn"     are shuffled
 *          "pots"      are shuffled pot by pot, by rising pot, and stand in
 *                      this order
 *          "rotation"  are shuffled the same way, then the first of each pot
 *                      stand by rising pot, then the second of each, ...
 *        and take the places that queued lots had, from the first on.
 */

#include "engine/inner.h"

#include <string.h>


#define MAX_POTS  1001

typedef struct {
    unsigned char  text[ENGINE_NONCE_LEN + ENGINE_HASH_LEN + 8];
    uint64_t       k;
} numbers_t;


int
draw_needed(const rules_t *r)
{
    return r->order != ORDER_FIXED || r->team_order == TEAMS_DRAWN;
}


static uint64_t
next_number(numbers_t *n)
{
    uint64_t        v;
    uint32_t        i;
    unsigned char  *p, hash[ENGINE_HASH_LEN];

    p = n->text + ENGINE_NONCE_LEN + ENGINE_HASH_LEN;

    for (i = 0; i < 8; i++) {
        p[i] = (unsigned char) (n->k >> (56 - 8 * i));
    }

    n->k++;
    digest_of(n->text, sizeof(n->text), hash);

    for (i = 0, v = 0; i < 6; i++) {
        v = v << 8 | hash[i];
    }

    return v;
}


static uint32_t
below(numbers_t *n, uint32_t limit)
{
    uint64_t  all, v;

    all = UINT64_C(1) << 48;

    do {
        v = next_number(n);
    } while (v >= all - all % limit);

    return (uint32_t) (v % limit);
}


static void
shuffle(numbers_t *n, uint32_t *x, uint32_t len)
{
    uint32_t  i, k, swap;

    for (i = len; i > 1; i--) {
        k = below(n, i);
        swap = x[i - 1];
        x[i - 1] = x[k];
        x[k] = swap;
    }
}


static void
draw_seats(const auction_t *a, numbers_t *n, uint32_t *seat)
{
    team_t    *t;
    uint32_t   i, k, len, list[ENGINE_MAX_TEAMS];

    t = auction_teams(a);
    len = 0;

    for (i = 0; i < a->nteams; i++) {
        seat[i] = t[i].seat;
        len += !t[i].gone;
    }

    if (a->rules.team_order != TEAMS_DRAWN) {
        return;
    }

    for (k = 1; k <= len; k++) {
        list[k - 1] = team_at_seat(a, k);
    }

    shuffle(n, list, len);

    for (k = 0; k < len; k++) {
        seat[list[k]] = k + 1;
    }
}


/* The least pot among these lots that is at least `from`; -1: none. */

static int64_t
next_pot(const auction_t *a, const uint32_t *list, uint32_t len, int64_t from)
{
    int64_t   pot, least;
    uint32_t  i;

    least = -1;

    for (i = 0; i < len; i++) {
        pot = auction_lots(a)[list[i]].pot;

        if (pot >= from && (least == -1 || pot < least)) {
            least = pot;
        }
    }

    return least;
}


/* By rising pot, each pot shuffled; where each begins, and the end. */

static uint32_t
shuffle_pots(const auction_t *a, numbers_t *n, const uint32_t *list,
    uint32_t len, uint32_t *out, uint32_t *begin)
{
    int64_t   pot;
    uint32_t  i, k, pots;

    k = 0;
    pots = 0;

    for (pot = next_pot(a, list, len, 0);
         pot != -1 && pots < MAX_POTS;
         pot = next_pot(a, list, len, pot + 1))
    {
        begin[pots++] = k;

        for (i = 0; i < len; i++) {
            if (auction_lots(a)[list[i]].pot == pot) {
                out[k++] = list[i];
            }
        }

        shuffle(n, out + begin[pots - 1], k - begin[pots - 1]);
    }

    begin[pots] = k;

    return pots;
}


/* One of each pot in turn. */

static void
rotate(const uint32_t *in, const uint32_t *begin, uint32_t pots,
    uint32_t *out)
{
    uint32_t  i, nth, k, some;

    k = 0;
    nth = 0;

    do {
        some = 0;

        for (i = 0; i < pots; i++) {
            if (begin[i] + nth < begin[i + 1]) {
                out[k++] = in[begin[i] + nth];
                some = 1;
            }
        }

        nth++;
    } while (some);
}


/* Which lot stands at each place then, as in lots_by_position(), and the
 * seats of the teams by index. */

uint32_t *
draw_of(const auction_t *a, const unsigned char *seed,
    const unsigned char *beacon, uint32_t *seat)
{
    lot_t            *lots;
    uint32_t         *at, i, k, len, pots;
    numbers_t         n;
    static uint32_t   list[ENGINE_MAX_LOTS], drawn[ENGINE_MAX_LOTS];
    static uint32_t   begin[MAX_POTS + 1];

    memcpy(n.text, seed, ENGINE_NONCE_LEN);
    memcpy(n.text + ENGINE_NONCE_LEN, beacon, ENGINE_HASH_LEN);
    n.k = 0;

    draw_seats(a, &n, seat);

    at = lots_by_position(a);
    lots = auction_lots(a);

    for (i = 0, len = 0; i < a->nlots; i++) {
        if (lots[at[i]].status == LOT_QUEUED) {
            list[len++] = at[i];
        }
    }

    switch (a->rules.order) {

    case ORDER_DRAWN:
        shuffle(&n, list, len);
        break;

    case ORDER_POTS:
        (void) shuffle_pots(a, &n, list, len, drawn, begin);
        memcpy(list, drawn, len * sizeof(uint32_t));
        break;

    case ORDER_ROTATION:
        pots = shuffle_pots(a, &n, list, len, drawn, begin);
        rotate(drawn, begin, pots, list);
        break;
    }

    for (i = 0, k = 0; i < a->nlots; i++) {
        if (lots[at[i]].status == LOT_QUEUED) {
            at[i] = list[k++];
        }
    }

    return at;
}


/* What is published with a draw ahead of it is bound to a seed. */

void
draw_commits(decision_t *d)
{
    event_t  *e;

    e = decision_event(d, EV_DRAW_COMMITTED);

    e->has_seed = 1;
    memcpy(e->seed, d->c->nonce, ENGINE_NONCE_LEN);
    e->has_digest = 1;
    digest_of(e->seed, ENGINE_NONCE_LEN, e->digest);
}


void
draw_reveals(decision_t *d)
{
    event_t  *e;

    e = decision_event(d, EV_DRAW_REVEALED);

    e->has_seed = 1;
    memcpy(e->seed, d->a->seed, ENGINE_NONCE_LEN);
    e->has_digest = 1;
    memcpy(e->digest, d->a->head, ENGINE_HASH_LEN);
}


/* A new publication draws anew. */

void
draw_forget(auction_t *a)
{
    a->drawn = 0;
    memset(a->seed, 0, ENGINE_NONCE_LEN);
}
