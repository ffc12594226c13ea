/*
 * bids: the bids of a lot's round that are remembered, oldest to newest, so
 * that one can be voided and the price be found again.
 *
 * Records of all lots share one pool at the end of the block; a lot's are a
 * list through it, the free ones another.  A lot remembers ENGINE_LOT_BIDS
 * visible bids, then its oldest makes room for the newest; when the auction
 * remembers as much as it may, lots that are over are forgotten first.  What
 * may not be (maxima of lots not yet open, sealed submissions) is never taken.
 * Which record is taken follows from the log alone, so that the same log
 * gives the same bytes.
 */

#include "engine/inner.h"

#include <string.h>


#define FORGOTTEN_AT_ONCE  1024


static bid_t *
record(const auction_t *a, uint32_t i)
{
    return i != 0 ? &auction_bids(a)[i - 1] : NULL;
}


static uint32_t
index_of(const auction_t *a, const bid_t *bid)
{
    return bid != NULL ? (uint32_t) (bid - auction_bids(a)) + 1 : 0;
}


bid_t *
bid_newest(const auction_t *a, const lot_t *lot)
{
    return record(a, lot->last_bid);
}


bid_t *
bid_before(const auction_t *a, const bid_t *bid)
{
    return record(a, bid->prev);
}


/* So that bid_take() has a record to give; the block may move. */

int
bids_room(auction_t **ap, journal_t *j)
{
    auction_t  *a;

    a = *ap;

    if (a->free_bid != 0 || a->nbids < a->bids_cap
        || a->nbids == ENGINE_MAX_BIDS)
    {
        return 0;
    }

    if (journal_keep_all(j, a) != 0) {
        return -1;
    }

    return state_grow(ap, a->nlots, a->nteams, a->nbids + 1);
}


static int
keep(auction_t *a, const bid_t *bid, journal_t *j)
{
    return bid == NULL ? 0 : journal_keep(j, a, bid, sizeof(bid_t));
}


/* The lot is kept by the caller, as for everything that changes it. */

int
bid_drop(auction_t *a, lot_t *lot, bid_t *bid, journal_t *j)
{
    bid_t  *older, *newer;

    older = record(a, bid->prev);
    newer = record(a, bid->next);

    if (keep(a, older, j) != 0 || keep(a, newer, j) != 0
        || keep(a, bid, j) != 0)
    {
        return -1;
    }

    if (older != NULL) {
        older->next = bid->next;

    } else {
        lot->first_bid = bid->next;
    }

    if (newer != NULL) {
        newer->prev = bid->prev;

    } else {
        lot->last_bid = bid->prev;
    }

    lot->nbids--;

    memset(bid, 0, sizeof(bid_t));
    bid->prev = a->free_bid;
    a->free_bid = index_of(a, bid);

    return 0;
}


/* A lot's bids are hidden all together, or none is. */

static bid_t *
oldest_visible(const auction_t *a, const lot_t *lot)
{
    bid_t  *bid;

    bid = record(a, lot->first_bid);

    return bid != NULL && !(bid->flags & (BID_PRE|BID_SEALED)) ? bid : NULL;
}


/* Whether its bids are only of interest to a second chance. */

static int
over_for_good(const auction_t *a, const lot_t *lot)
{
    return (lot->status == LOT_SOLD || lot->status == LOT_UNSOLD
            || lot->status == LOT_WITHDRAWN || lot->status == LOT_VOIDED
            || lot->status == LOT_ASSIGNED)
           && a->undo_lot != (uint32_t) (lot - auction_lots(a)) + 1;
}


int
bids_left(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i;

    if (a->free_bid != 0 || a->nbids < ENGINE_MAX_BIDS) {
        return 1;
    }

    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++) {
        if (over_for_good(a, &lot[i]) && lot[i].nbids != lot[i].hidden_bids) {
            return 1;
        }
    }

    return 0;
}


/* The auction remembers as much as it may: what was sold is forgotten first,
 * some of it at a time, so that this is looked for rarely. */

static int
forget_closed(auction_t *a, journal_t *j)
{
    lot_t     *lot;
    bid_t     *bid;
    uint32_t   i, n;

    lot = auction_lots(a);

    for (i = 0, n = 0; i < a->nlots && n < FORGOTTEN_AT_ONCE; i++, lot++) {

        if (!over_for_good(a, lot) || lot->nbids == lot->hidden_bids) {
            continue;
        }

        if (journal_keep(j, a, lot, sizeof(lot_t)) != 0) {
            return -1;
        }

        while ((bid = oldest_visible(a, lot)) != NULL) {

            if (bid_drop(a, lot, bid, j) != 0) {
                return -1;
            }

            n++;
        }
    }

    return 0;
}


static bid_t *
take_free(auction_t *a, journal_t *j)
{
    bid_t  *bid;

    if (a->free_bid != 0) {
        bid = record(a, a->free_bid);

        if (keep(a, bid, j) != 0) {
            return NULL;
        }

        a->free_bid = bid->prev;
        return bid;
    }

    if (a->nbids == a->bids_cap || a->nbids == ENGINE_MAX_BIDS) {
        return NULL;  /* unreachable: bids_room() and bids_left() say no */
    }

    bid = &auction_bids(a)[a->nbids];

    if (keep(a, bid, j) != 0) {
        return NULL;
    }

    a->nbids++;

    return bid;
}


/*
 * A record for the newest bid of this lot, zeroed but for its id.  NULL: there
 * is none to be had, because the auction remembers as much as it may and this
 * lot has nothing to forget (or the journal has no memory).
 */

bid_t *
bid_take(auction_t *a, lot_t *lot, int64_t id, journal_t *j)
{
    bid_t  *bid, *old, *last;

    last = record(a, lot->last_bid);

    if (lot->nbids - lot->hidden_bids >= ENGINE_LOT_BIDS
        || (a->free_bid == 0 && a->nbids == ENGINE_MAX_BIDS))
    {
        old = oldest_visible(a, lot);

        if (old != NULL) {

            if (bid_drop(a, lot, old, j) != 0) {
                return NULL;
            }

            last = record(a, lot->last_bid);

        } else if (forget_closed(a, j) != 0) {
            return NULL;
        }
    }

    bid = take_free(a, j);

    if (bid == NULL || keep(a, last, j) != 0) {
        return NULL;
    }

    memset(bid, 0, sizeof(bid_t));

    bid->id = id;
    bid->lot = (uint32_t) (lot - auction_lots(a)) + 1;
    bid->prev = lot->last_bid;
    lot->last_bid = index_of(a, bid);
    lot->nbids++;

    if (last != NULL) {
        last->next = lot->last_bid;

    } else {
        lot->first_bid = lot->last_bid;
    }

    return bid;
}


/* All records of the lot are free again. */

int
bids_forget(auction_t *a, lot_t *lot, journal_t *j)
{
    while (lot->last_bid != 0) {
        if (bid_drop(a, lot, record(a, lot->last_bid), j) != 0) {
            return -1;
        }
    }

    lot->hidden_bids = 0;

    return 0;
}


bid_t *
bid_find(const auction_t *a, const lot_t *lot, int64_t bid_id)
{
    bid_t  *bid;

    for (bid = record(a, lot->last_bid);
         bid != NULL && bid->id != bid_id;
         bid = record(a, bid->prev))
    {
        /* void */
    }

    return bid;
}


/* The newest bid of a bidder, or of his team, that has not been voided. */

bid_t *
bid_of(const auction_t *a, const lot_t *lot, int64_t bidder, int64_t team)
{
    bid_t  *bid;

    for (bid = record(a, lot->last_bid); bid != NULL;
         bid = record(a, bid->prev))
    {
        if (!(bid->flags & BID_VOID)
            && (team != NOBODY ? bid->team == team : bid->bidder == bidder))
        {
            break;
        }
    }

    return bid;
}
