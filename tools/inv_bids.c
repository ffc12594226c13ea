/*
 * inv_bids: invariants of the log's order, of bids, prices and ends.
 */

#include <stdlib.h>
#include <string.h>

#include "tools/invariants.h"


const char *
seq_is_next(const step_t *s)
{
    if (s->e->seq != s->was->seq + 1 || s->is->seq != s->e->seq) {
        return "seq does not follow the one before";
    }

    if (s->is->epoch != s->e->epoch
        || s->is->epoch - s->was->epoch
           != (s->e->type == EV_AUCTION_RECOVERED))
    {
        return "the epoch changes without a word";
    }

    return s->e->ts < s->was->ts ? "time goes back" : NULL;
}


static uint64_t
mix(uint64_t h, const void *p, size_t len)
{
    size_t                i;
    const unsigned char  *c;

    for (c = p, i = 0; i < len; i++) {
        h = (h ^ c[i]) * UINT64_C(0x100000001b3);
        h ^= h >> 29;
    }

    return h;
}


/* 1: it was there already; -1: no memory. */

static int
seen_add(book_t *b, uint64_t one, uint64_t two)
{
    size_t     i, k, cap;
    uint64_t  *old;

    if (b->nseen * 2 >= b->seen_cap) {
        old = b->seen;
        cap = b->seen_cap;
        b->seen_cap = cap != 0 ? cap * 2 : 1024;
        b->seen = calloc(b->seen_cap, 2 * sizeof(uint64_t));

        if (b->seen == NULL) {
            b->seen = old;
            b->seen_cap = cap;
            return -1;
        }

        for (i = 0; i < cap; i++) {
            if (old[2 * i] != 0) {
                k = old[2 * i] & (b->seen_cap - 1);

                while (b->seen[2 * k] != 0) {
                    k = (k + 1) & (b->seen_cap - 1);
                }

                b->seen[2 * k] = old[2 * i];
                b->seen[2 * k + 1] = old[2 * i + 1];
            }
        }

        free(old);
    }

    one |= 1;
    k = one & (b->seen_cap - 1);

    while (b->seen[2 * k] != 0) {

        if (b->seen[2 * k] == one && b->seen[2 * k + 1] == two) {
            return 1;
        }

        k = (k + 1) & (b->seen_cap - 1);
    }

    b->seen[2 * k] = one;
    b->seen[2 * k + 1] = two;
    b->nseen++;

    return 0;
}


/* Per actor.  The server's own commands have none: theirs would share the
 * room of clients. */

const char *
request_is_new(const step_t *s)
{
    uint64_t  one, two;

    if (s->e->request_len == 0) {
        return NULL;
    }

    if (s->e->actor == NOBODY) {
        return "a request id of the server";
    }

    one = mix(UINT64_C(0xcbf29ce484222325), &s->e->actor, sizeof(int64_t));
    two = mix(UINT64_C(0x9e3779b97f4a7c15), &s->e->actor, sizeof(int64_t));
    one = mix(one, s->e->request_id, s->e->request_len);
    two = mix(two, s->e->request_id, s->e->request_len);

    switch (seen_add(s->book, one, two)) {
    case 0:   return NULL;
    case 1:   return "the second answer to one request";
    default:  return "no memory for request ids";
    }
}


static int
is_bid(const event_t *e)
{
    return e->type == EV_BID_ACCEPTED || e->type == EV_BID_REACTIVE;
}


static int64_t
step_at(const ladder_t *l, int64_t price)
{
    int64_t   step;
    uint32_t  i;

    for (step = 0, i = 0; i < l->nsteps && l->steps[i].from <= price; i++) {
        step = l->steps[i].step;
    }

    return step;
}


/* Who answers with a maximum that came earlier may stand at the price. */

static const char *
reaction_rises(const lot_t *was, const event_t *e)
{
    if (e->amount < was->price
        || (e->amount == was->price && was->reacts == REACTS_NOBODY))
    {
        return "a reaction does not raise the price";
    }

    return e->price != e->amount ? "a reaction is not at its price" : NULL;
}


const char *
amounts_rise(const step_t *s)
{
    int64_t         from, least;
    const lot_t    *was;
    const event_t  *e;

    e = s->e;
    was = s->lot_was;

    if (!is_bid(e) || s->is->rules.format != FORMAT_OPEN) {
        return NULL;
    }

    if (was->leader == NOBODY) {
        return e->amount < was->base_price || e->amount < 1
               ? "a first bid below the base price" : NULL;
    }

    if (e->type == EV_BID_REACTIVE) {
        return reaction_rises(was, e);
    }

    if (e->amount <= was->price || e->price < e->amount) {
        return "a bid does not raise the price";
    }

    if (e->how == HOW_BUY_NOW) {
        return NULL;
    }

    from = was->exhausted ? was->was : was->price;
    least = was->ask != 0 ? was->ask
                          : from + step_at(&s->is->rules.ladder, from);

    return e->amount < least ? "a bid is less than a step over the price"
                             : NULL;
}


static const bid_t *
bid_by_id(const auction_t *a, const lot_t *lot, int64_t id)
{
    uint32_t  k;

    for (k = lot->last_bid; k != 0; k = auction_bids(a)[k - 1].prev) {
        if (auction_bids(a)[k - 1].id == id) {
            return &auction_bids(a)[k - 1];
        }
    }

    return NULL;
}


static int
of_leader(const lot_t *lot, const bid_t *bid)
{
    return lot->leader_team != NOBODY ? bid->team == lot->leader_team
                                      : bid->bidder == lot->leader;
}


/* While a maximum is about to answer nobody is asked. */

static const char *
open_best_leads(const auction_t *a, const lot_t *lot)
{
    uint32_t      k;
    const bid_t  *bid, *top;

    if (lot->leader == NOBODY || lot->reacts != REACTS_NOBODY) {
        return NULL;
    }

    top = bid_by_id(a, lot, lot->leader_bid);

    if (top != NULL && ((top->flags & (BID_VOID|BID_PRE))
                        || !of_leader(lot, top)))
    {
        return "who leads has no standing bid";
    }

    for (k = lot->last_bid; k != 0; k = bid->prev) {
        bid = &auction_bids(a)[k - 1];

        if ((bid->flags & (BID_PRE|BID_SEALED|BID_VOID|BID_PASS))
            || of_leader(lot, bid))
        {
            continue;
        }

        if (bid->amount > lot->price) {
            return "a standing bid is above the price";
        }

        if (bid->amount == lot->price && top != NULL
            && bid->since < top->since)
        {
            return "of equal bids the later one leads";
        }
    }

    return NULL;
}


static const char *
revealed_best_leads(const auction_t *a, const lot_t *lot)
{
    uint32_t      k;
    const bid_t  *bid;

    for (k = lot->last_bid; k != 0; k = bid->prev) {
        bid = &auction_bids(a)[k - 1];

        if (!(bid->flags & (BID_PRE|BID_SEALED|BID_VOID|BID_PASS))
            && bid->amount > lot->leader_max)
        {
            return "a revealed bid is above the leader's";
        }
    }

    return NULL;
}


const char *
best_bid_leads(const step_t *s)
{
    if (s->lot == NULL) {
        return NULL;
    }

    if ((s->lot->leader != NOBODY) != (s->lot->price != 0)
        && lot_rolls(s->lot))
    {
        return "a price of nobody, or a leader without one";
    }

    if (s->e->type == EV_SEALED_REVEALED) {
        return revealed_best_leads(s->is, s->lot);
    }

    return (is_bid(s->e) || s->e->type == EV_BID_VOIDED)
           && s->is->rules.format == FORMAT_OPEN
           ? open_best_leads(s->is, s->lot) : NULL;
}


/* The host may sell below the reserve; the clock may not. */

const char *
sold_once_and_fairly(const step_t *s)
{
    const lot_t    *was;
    const event_t  *e;

    e = s->e;
    was = s->lot_was;

    if (e->type != EV_LOT_SOLD) {
        return NULL;
    }

    if (s->book->lots[lot_index(s->is, s->lot)].sold_round
        >= (uint32_t) e->round)
    {
        return "a round is sold twice";
    }

    if (e->price < was->base_price || e->price != s->lot->price
        || e->bidder == NOBODY || e->bidder != s->lot->leader)
    {
        return "a sale below the base price, or to nobody";
    }

    if (e->how == HOW_OFFER) {
        return was->status != LOT_OFFERED || e->bidder != was->offer_to
               || e->price != was->offer_price
               ? "a sale that was not offered so" : NULL;
    }

    if (e->bidder != was->leader || e->price > was->leader_max) {
        return "a sale to who does not lead, or above his maximum";
    }

    if ((e->how == HOW_CLOCK || e->how == HOW_END || e->how == HOW_SEALED
         || e->how == HOW_FOLDED)
        && e->price < was->reserve)
    {
        return "a sale below the reserve by nobody's hand";
    }

    return NULL;
}


const char *
bid_in_time(const step_t *s)
{
    const event_t  *e;

    e = s->e;

    if (!is_bid(e) && e->type != EV_SEALED_SUBMITTED) {
        return NULL;
    }

    if (e->bidder == NOBODY || e->bidder == s->was->owner) {
        return "a bid of nobody or of the owner";
    }

    if (s->was->status != AUCTION_LIVE || s->lot_was->status != LOT_OPEN) {
        return "a bid while nothing is open";
    }

    return e->type != EV_BID_REACTIVE && e->at >= s->lot_was->ends_at
           ? "a bid behind the end" : NULL;
}


const char *
end_never_shrinks(const step_t *s)
{
    uint32_t      cap;
    const lot_t  *lot, *was;

    lot = s->lot;
    was = s->lot_was;

    if (lot == NULL || was == NULL || !lot_rolls(lot)
        || lot->round != was->round)
    {
        return NULL;
    }

    cap = s->is->rules.clock.max_extensions;

    if (lot->ends_at < was->ends_at && s->e->type != EV_LOT_REOPENED) {
        return "an end moves back";
    }

    if (lot->extensions > was->extensions + 1
        || lot->extensions < was->extensions
        || (cap != 0 && lot->extensions > cap))
    {
        return "more extensions than allowed";
    }

    return lot->hard_end != 0 && lot->ends_at > lot->hard_end
           ? "an end behind the hard end" : NULL;
}


/* Blocks of both states are laid out alike, as both are folds of one log. */

static const char *
bids_same(const step_t *s)
{
    uint32_t      k;
    const bid_t  *bid, *old;

    for (k = s->lot->last_bid; k != 0; k = bid->prev) {
        bid = &auction_bids(s->is)[k - 1];

        if (bid->id == s->e->bid_id || k > s->was->nbids) {
            continue;
        }

        old = &auction_bids(s->was)[k - 1];

        if (bid->id != old->id || bid->bidder != old->bidder
            || bid->team != old->team || bid->amount != old->amount
            || bid->at != old->at)
        {
            return "a bid is not what it was";
        }

        if ((old->flags & BID_VOID) && !(bid->flags & BID_VOID)) {
            return "a void bid stands again";
        }
    }

    return NULL;
}


const char *
bids_stay(const step_t *s)
{
    const bid_t  *gone;

    if (s->lot_was == NULL) {
        return NULL;
    }

    if (s->e->type == EV_BID_VOIDED) {
        gone = bid_by_id(s->is, s->lot, s->e->bid_id);

        if (gone == NULL || !(gone->flags & BID_VOID)
            || s->lot->leader_bid == gone->id
            || s->lot->price > s->lot_was->price)
        {
            return "a void bid still counts";
        }

        return bids_same(s);
    }

    return is_bid(s->e) ? bids_same(s) : NULL;
}


static int
says(const step_t *s, const char *what)
{
    size_t  i, len;

    len = strlen(what);

    for (i = 0; i + len <= s->text_len; i++) {
        if (s->text[i] == what[0] && memcmp(s->text + i, what, len) == 0) {
            return 1;
        }
    }

    return 0;
}


/* One live submission of each team, or bidder. */

static const char *
submission_is_one(const step_t *s)
{
    uint32_t      k, n;
    const bid_t  *bid;

    for (n = 0, k = s->lot->last_bid; k != 0; k = bid->prev) {
        bid = &auction_bids(s->is)[k - 1];

        n += (bid->flags & BID_SEALED)
             && (s->e->team_id != NOBODY ? bid->team == s->e->team_id
                                         : bid->bidder == s->e->bidder);
    }

    return n != 1 ? "not one live submission" : NULL;
}


const char *
sealed_stays_sealed(const step_t *s)
{
    switch (s->e->type) {

    case EV_SEALED_SUBMITTED:
        if (says(s, "\"amount\"") || says(s, "\"bid_id\"")) {
            return "a sealed amount in public";
        }

        return submission_is_one(s);

    case EV_AUTO_BID_SET:
    case EV_AUTO_BID_CANCELLED:
        return says(s, "\"type\":\"hidden\",\"data\":{}}")
               ? NULL : "a hidden event in public";

    case EV_BID_ACCEPTED:
        return s->e->how == HOW_MAX && says(s, "\"max_amount\"")
               ? "a maximum in public" : NULL;

    case EV_LOT_QUEUED:
    case EV_LOT_CHANGED:
        return says(s, "\"reserve\":") ? "a reserve in public" : NULL;

    case EV_DRAW_COMMITTED:
        return says(s, "\"seed\"") ? "a seed in public" : NULL;

    default:
        return NULL;
    }
}
