/*
 * evolve_sealed: what events of formats other than the open one, of reserves
 * and of offers do to lots.
 */

#include "engine/inner.h"

#include <string.h>


static int
keep(journal_t *j, const auction_t *a, const lot_t *lot)
{
    return journal_keep(j, a, lot, sizeof(lot_t));
}


static int
in_session(const auction_t *a)
{
    return a->status == AUCTION_LIVE || a->status == AUCTION_ENDING;
}


static team_t *
team_named(const auction_t *a, int64_t team_id)
{
    return team_id != NOBODY ? team_find(a, team_id) : NULL;
}


/* Whether this is somebody who may bid here at all: bidder_check(). */

static int
bidder_stands(const auction_t *a, const lot_t *lot, const team_t *t,
    const event_t *e)
{
    if (a->status != AUCTION_LIVE || lot == NULL || lot->status != LOT_OPEN
        || e->round != (int64_t) lot->round
        || e->bid_id != born_id(a, e->seq)
        || e->at < 1 || e->at >= lot->ends_at
        || e->bidder < 1 || e->bidder > ENGINE_MAX_AMOUNT
        || e->bidder == a->owner)
    {
        return 0;
    }

    return a->mode == MODE_TEAM_DRAFT
           ? t != NULL && !t->gone && !t->suspended
             && t->leader == e->bidder
           : e->team_id == NOBODY;
}


/* --- sealed --- */


/* A new submission takes the place of the one before, as the newest. */

int
evolve_sealed_submitted(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    bid_t      *bid;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_named(a, e->team_id);

    if (!format_sealed(a) || !bidder_stands(a, lot, t, e)
        || sealed_check(a, lot, t, e->bidder, e->amount).code != GAVEL_OK
        || e->count != (int64_t) sealed_count_with(a, lot, t, e->bidder))
    {
        return -1;
    }

    bid = sealed_of(a, lot, t, e->bidder);

    if (bid == NULL) {

        if (bids_room(ap, j) != 0) {
            return -1;
        }

        a = *ap;
        lot = lot_find(a, e->lot_id);
    }

    if (keep(j, a, lot) != 0) {
        return -1;
    }

    if (bid != NULL) {

        if (bid_drop(a, lot, bid, j) != 0) {
            return -1;
        }

        lot->hidden_bids--;
    }

    bid = bid_take(a, lot, e->bid_id, j);

    if (bid == NULL) {
        return -1;
    }

    bid->bidder = e->bidder;
    bid->team = e->team_id;
    bid->max = e->amount;
    bid->at = e->at;
    bid->flags = BID_SEALED | (e->amount == 0 ? BID_PASS : 0);

    lot->hidden_bids++;
    lot->bid_count = (uint32_t) e->count;

    return 0;
}


int
evolve_sealed_locked(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || !format_sealed(a) || !in_session(a)
        || (lot->status != LOT_OPEN && lot->status != LOT_FROZEN)
        || e->round != (int64_t) lot->round
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    lot->status = LOT_LOCKED;
    lot->frozen_at = 0;
    lot->offer_until = a->rules.reveal_ms != 0 ? e->ts + a->rules.reveal_ms
                                               : 0;

    return 0;
}


static int
reveals_next(const auction_t *a, const lot_t *lot, const event_t *e)
{
    bid_t     *bid;
    uint32_t   n;

    if (lot == NULL || lot->status != LOT_LOCKED || !in_session(a)
        || e->round != (int64_t) lot->round)
    {
        return 0;
    }

    bid = sealed_next(a, lot, &n);

    return bid != NULL && e->bid_id == bid->id && e->rank == (int64_t) n
           && e->bidder == bid->bidder && e->team_id == bid->team
           && e->amount == bid->max && e->at == bid->at
           && e->kept == ((bid->flags & BID_KEPT) != 0);
}


/* Amounts rise, so that whoever is revealed leads. */

int
evolve_sealed_revealed(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    bid_t      *bid, *second;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (!reveals_next(a, lot, e)) {
        return -1;
    }

    t = team_named(a, e->team_id);
    bid = bid_find(a, lot, e->bid_id);
    second = bid_find(a, lot, lot->leader_bid);

    if (hold_keep(a, lot, j) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0)
        || journal_keep(j, a, bid, sizeof(bid_t)) != 0
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    hold_release(a, lot);

    bid->flags &= ~(uint32_t) BID_SEALED;
    bid->amount = bid->max;

    lot->hidden_bids--;
    lot->leader = e->bidder;
    lot->leader_team = e->team_id;
    lot->leader_bid = e->bid_id;
    lot->leader_max = e->amount;
    lot->price = sealed_price(a, lot, e->amount,
                              second != NULL ? second->amount : 0);

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    return 0;
}


/* Only the bids of the tied stand on; who they are is known from now on. */

static int
keep_the_tied(auction_t *a, lot_t *lot, const bid_t *best, journal_t *j)
{
    bid_t    *bid, *older;
    int64_t   amount;
    bid_t     top;

    top = *best;
    amount = top.amount;
    lot->eligible = 0;
    lot->hidden_bids = 0;

    for (bid = bid_newest(a, lot); bid != NULL; bid = older) {

        older = bid_before(a, bid);

        if (!sealed_is_tied(bid, &top)) {

            if (bid_drop(a, lot, bid, j) != 0) {
                return -1;
            }

            continue;
        }

        if (journal_keep(j, a, bid, sizeof(bid_t)) != 0) {
            return -1;
        }

        bid->flags |= BID_SEALED|BID_KEPT;
        bid->amount = 0;
        bid->max = amount;

        lot->hidden_bids++;
        lot->eligible |= bid->team == NOBODY ? 1
                         : UINT64_C(1) << (team_find(a, bid->team)
                                           - auction_teams(a));
    }

    return 0;
}


int
evolve_sealed_rebid(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    uint32_t    left;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || lot->status != LOT_LOCKED
        || sealed_next(a, lot, &left) != NULL
        || sealed_tied(a, lot) == 0
        || e->count != (int64_t) sealed_tied(a, lot)
        || e->round != (int64_t) lot->round + 1
        || e->base_price != lot->leader_max
        || e->ends_at != e->ts + lot_duration(a, lot)
        || hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0)
    {
        return -1;
    }

    hold_release(a, lot);

    if (keep_the_tied(a, lot, bid_find(a, lot, lot->leader_bid), j) != 0) {
        return -1;
    }

    lot->status = LOT_OPEN;
    lot->round = (uint32_t) e->round;
    lot->ask = e->base_price;
    lot->price = 0;
    lot->leader = NOBODY;
    lot->leader_team = NOBODY;
    lot->leader_bid = 0;
    lot->leader_max = 0;
    lot->bid_count = 0;
    lot->opened_at = e->ts;
    lot->ends_at = e->ends_at;
    lot->hard_end = 0;
    lot->offer_until = 0;
    lot->warned = 0;
    lot->closing = 0;

    return 0;
}


/* The lot has a result.  What was never revealed stays secret for ever, and
 * of what was, the best are kept for second chances, as of other lots; points
 * know none. */

int
sealed_forget(auction_t *a, lot_t *lot, journal_t *j)
{
    bid_t  *bid, *older, *worst;

    if (!format_sealed(a)) {
        return 0;
    }

    if (a->mode == MODE_TEAM_DRAFT) {
        return bids_forget(a, lot, j);
    }

    for (bid = bid_newest(a, lot); bid != NULL; bid = older) {

        older = bid_before(a, bid);

        if ((bid->flags & BID_SEALED) && bid_drop(a, lot, bid, j) != 0) {
            return -1;
        }
    }

    lot->hidden_bids = 0;

    while (lot->nbids > ENGINE_LOT_BIDS) {

        worst = bid_newest(a, lot);

        for (bid = worst; bid != NULL; bid = bid_before(a, bid)) {
            if (bid->amount < worst->amount) {
                worst = bid;
            }
        }

        if (bid_drop(a, lot, worst, j) != 0) {
            return -1;
        }
    }

    return 0;
}


/* --- dutch --- */


int
evolve_dutch_bid(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    bid_t       bid;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_named(a, e->team_id);

    if (!bidder_stands(a, lot, t, e) || lot->leader != NOBODY
        || e->price != dutch_price(a, lot, e->at)
        || e->amount != e->price || e->min_next != e->price
        || e->count != 1 || e->ends_at != lot->ends_at
        || e->extensions != (int64_t) lot->extensions
        || e->max_amount != 0 || e->reserve_met != 0 || e->outbid != 0
        || (t != NULL
            && purse_check(a, t, lot, e->price).code != GAVEL_OK)
        || bids_room(ap, j) != 0)
    {
        return -1;
    }

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_named(a, e->team_id);

    memset(&bid, 0, sizeof(bid));
    bid.id = e->bid_id;
    bid.bidder = e->bidder;
    bid.team = e->team_id;
    bid.amount = e->amount;
    bid.max = e->amount;
    bid.at = e->at;

    if ((t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0)
        || keep(j, a, lot) != 0 || bid_remember(a, lot, &bid, j) != 0)
    {
        return -1;
    }

    lot->price = e->price;
    lot->leader = e->bidder;
    lot->leader_team = e->team_id;
    lot->leader_bid = e->bid_id;
    lot->leader_max = e->amount;
    lot->bid_count = 1;

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    return 0;
}


/* --- the reserve --- */


int
evolve_lot_reserve_not_met(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || !may_wait_for_host(a, lot, e)
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    lot->status = LOT_RESERVE;
    lot->offer_until = e->until;

    return 0;
}


/* --- offers --- */


int
evolve_lot_offered(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    bid_t      *bid, *won;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    bid = lot != NULL ? bid_find(a, lot, e->bid_id) : NULL;

    if (bid == NULL || !may_offer(a, lot, bid)
        || e->round != (int64_t) lot->round + 1
        || e->bidder != bid->bidder || e->team_id != bid->team
        || e->price != offer_price(a, lot, bid)
        || e->until != offer_until(a, e->ts))
    {
        return -1;
    }

    won = lot->status == LOT_SOLD ? bid_find(a, lot, lot->leader_bid) : NULL;

    if (journal_keep(j, a, bid, sizeof(bid_t)) != 0
        || (won != NULL && journal_keep(j, a, won, sizeof(bid_t)) != 0)
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    bid->flags |= BID_OFFERED;

    if (won != NULL) {
        won->flags |= BID_OFFERED;               /* and did not pay */
    }

    lot->before = lot->status;
    lot->status = LOT_OFFERED;
    lot->offer_to = e->bidder;
    lot->offer_team = e->team_id;
    lot->offer_bid = e->bid_id;
    lot->offer_price = e->price;
    lot->offer_until = e->until;

    if (a->undo_lot == (uint32_t) (lot - auction_lots(a)) + 1) {
        a->undo_lot = 0;
    }

    return 0;
}


static int
offer_stands(const auction_t *a, const lot_t *lot, const event_t *e)
{
    return lot != NULL && lot->status == LOT_OFFERED
           && (in_session(a) || a->status == AUCTION_ENDED)
           && e->round == (int64_t) lot->round + 1;
}


int
evolve_offer_closed(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t  *lot;

    lot = lot_find(*ap, e->lot_id);

    if (!offer_stands(*ap, lot, e)
        || (e->how != HOW_DECLINED && e->how != HOW_WITHDRAWN
            && (e->how != HOW_EXPIRED || e->ts < lot->offer_until))
        || keep(j, *ap, lot) != 0)
    {
        return -1;
    }

    offer_drop(lot);

    return 0;
}


int
evolve_offer_taken(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (!offer_stands(a, lot, e)
        || e->bidder != lot->offer_to || e->team_id != lot->offer_team
        || e->price != lot->offer_price || e->bid_id != lot->offer_bid
        || e->supersedes != offer_supersedes(lot) || e->bonus != 0
        || keep(j, a, lot) != 0)
    {
        return -1;
    }

    if (lot->before != LOT_SOLD && lot->quantity != 0) {
        lot->units++;
    }

    offer_drop(lot);

    lot->status = LOT_SOLD;
    lot->round = (uint32_t) e->round;
    lot->leader = e->bidder;
    lot->leader_team = e->team_id;
    lot->leader_bid = e->bid_id;
    lot->leader_max = e->price;
    lot->price = e->price;

    return 0;
}
