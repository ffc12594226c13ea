/*
 * evolve_proxy: what the work of hidden maxima, and a bid that is taken away,
 * do to a lot, its remembered bids and the purses.
 */

#include "engine/inner.h"


static int
keep(journal_t *j, const auction_t *a, const lot_t *lot)
{
    return journal_keep(j, a, lot, sizeof(lot_t));
}


static int
keep_bid(journal_t *j, const auction_t *a, const bid_t *bid)
{
    return bid == NULL ? 0 : journal_keep(j, a, bid, sizeof(bid_t));
}


static team_t *
team_meant(const auction_t *a, const event_t *e)
{
    return e->team_id != NOBODY ? team_find(a, e->team_id) : NULL;
}


/* A bidder, and in a draft the leader of a team that takes part. */

int
bidder_sound(const auction_t *a, const team_t *t, const event_t *e)
{
    if (e->bidder < 1 || e->bidder > ENGINE_MAX_AMOUNT
        || e->bidder == a->owner)
    {
        return 0;
    }

    if (e->how == HOW_BOT) {
        return bot_sound(a, t, e);
    }

    if (a->mode != MODE_TEAM_DRAFT) {
        return e->team_id == NOBODY;
    }

    return t != NULL && !t->gone && !t->suspended && t->leader == e->bidder;
}


/* The newest bid of a lot.  An auction that remembers as much as it may goes
 * on without: then this bid cannot be voided. */

int
bid_remember(auction_t *a, lot_t *lot, const bid_t *what, journal_t *j)
{
    bid_t  *bid;

    if (lot->nbids == lot->hidden_bids && !bids_left(a)) {
        return 0;
    }

    bid = bid_take(a, lot, what->id, j);

    if (bid == NULL) {
        return -1;
    }

    bid->bidder = what->bidder;
    bid->team = what->team;
    bid->amount = what->amount;
    bid->max = what->max;
    bid->at = what->at;
    bid->since = what->since;
    bid->flags = what->flags;

    return 0;
}


/* The bid that it comes from: the pre-bid, or the leader's last. */

static int
reaction_sound(const auction_t *a, const lot_t *lot, const event_t *e,
    bid_t **pre)
{
    int64_t  price;

    *pre = NULL;

    if (lot->reacts == REACTS_PRE_BID || lot->leader == NOBODY) {
        *pre = pre_bid_reacts(a, lot, &price);

        return *pre != NULL && e->bidder == (*pre)->bidder
               && e->team_id == (*pre)->team && e->price == price;
    }

    if (e->bidder != lot->leader || e->team_id != lot->leader_team) {
        return 0;
    }

    if (lot->reacts == REACTS_LEADER) {
        return e->price == reaction_due(a, lot);
    }

    return !lot->exhausted && e->price > lot->price
           && e->price == leader_most(a, lot);
}


/* All that wait, or none is left to wait for; the caller keeps the lot. */

int
pre_bids_drop(auction_t *a, lot_t *lot, journal_t *j)
{
    bid_t  *bid, *older;

    for (bid = bid_newest(a, lot); bid != NULL; bid = older) {
        older = bid_before(a, bid);

        if ((bid->flags & BID_PRE) && bid_drop(a, lot, bid, j) != 0) {
            return -1;
        }
    }

    lot->hidden_bids = 0;

    return 0;
}


/* The maximum goes on to the newest bid that was made for it. */

static int
reaction_kept(auction_t *a, lot_t *lot, const event_t *e, bid_t *pre,
    const lot_t *after, journal_t *j)
{
    bid_t  bid, *old;

    old = pre != NULL ? pre : bid_find(a, lot, lot->leader_bid);

    if (keep_bid(j, a, old) != 0) {
        return -1;
    }

    bid.id = e->bid_id;
    bid.bidder = e->bidder;
    bid.team = e->team_id;
    bid.amount = e->amount;
    bid.max = after->leader_max;
    bid.at = old != NULL ? old->at : e->ts;
    bid.since = old != NULL ? old->since : lot->leader_bid;
    bid.flags = 0;

    if (pre == NULL) {

        if (after->exhausted && leader_beaten(a, lot, e->price, j) != 0) {
            return -1;
        }

        if (old != NULL) {
            old->flags |= BID_SPENT;
        }

    } else if (after->reacts == REACTS_PRE_BID) {

        if (bid_drop(a, lot, pre, j) != 0) {
            return -1;
        }

        lot->hidden_bids--;

    } else if (pre_bids_drop(a, lot, j) != 0) {
        return -1;
    }

    return bid_remember(a, lot, &bid, j);
}


int
evolve_bid_reactive(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t       after, *lot;
    bid_t      *pre;
    team_t     *t;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || e->round != (int64_t) lot->round
        || e->bid_id != born_id(a, e->seq)
        || e->price != e->amount
        || e->count != (int64_t) lot->bid_count + 1
        || e->reserve_met != lot_reserve_met(lot, e->price)
        || !reaction_sound(a, lot, e, &pre))
    {
        return -1;
    }

    after = *lot;
    lot_gets_reaction(a, &after, e, pre);

    if (e->min_next != lot_min_next(a, &after)) {
        return -1;
    }

    if (bids_room(ap, j) != 0) {
        return -1;
    }

    a = *ap;
    lot = lot_find(a, e->lot_id);
    t = team_meant(a, e);
    (void) reaction_sound(a, lot, e, &pre);      /* the block may have moved */

    if (hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0))
    {
        return -1;
    }

    hold_release(a, lot);

    if (reaction_kept(a, lot, e, pre, &after, j) != 0) {
        return -1;
    }

    after.last_bid = lot->last_bid;
    after.first_bid = lot->first_bid;
    after.nbids = lot->nbids;
    after.hidden_bids = lot->hidden_bids;
    *lot = after;

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    return 0;
}


static void
challenge_of(const event_t *e, const team_t *t, challenge_t *ch)
{
    ch->bidder = e->bidder;
    ch->team = t;
    ch->how = HOW_MAX;
    ch->value = e->max_amount;
    ch->at = e->at;
}


/* The leader changes what he would pay. */

static int
maximum_changed(auction_t *a, lot_t *lot, const challenge_t *ch,
    const event_t *e, journal_t *j)
{
    bid_t  *bid;

    bid = bid_find(a, lot, lot->leader_bid);

    if (a->status != AUCTION_LIVE || lot->status != LOT_OPEN
        || lot->reacts != REACTS_NOBODY || lot->exhausted
        || e->bid_id != lot->leader_bid || e->at >= lot->ends_at
        || !lot_leads(lot, ch->bidder, ch->team)
        || lot->leader == NOBODY
        || maximum_check(a, lot, ch).code != GAVEL_OK
        || (lot_cap(a, lot) != 0 && ch->value >= lot_cap(a, lot)))
    {
        return -1;
    }

    if (keep(j, a, lot) != 0 || keep_bid(j, a, bid) != 0) {
        return -1;
    }

    if (bid != NULL) {
        bid->max = ch->value;
    }

    if (promises_lowered(a, lot, ch->value, j) != 0) {
        return -1;
    }

    lot_gets_maximum(a, lot, ch->value);

    return 0;
}


/* A pre-bid counts from its last change. */

static int
pre_bid_set(auction_t **ap, const challenge_t *ch, const event_t *e,
    journal_t *j)
{
    lot_t      *lot;
    bid_t       bid, *old;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (e->bid_id != born_id(a, e->seq)
        || pre_bid_check(a, lot, ch).code != GAVEL_OK
        || ch->value != pre_bid_value(lot, ch->value)
        || bids_room(ap, j) != 0)
    {
        return -1;
    }

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (keep(j, a, lot) != 0) {
        return -1;
    }

    old = pre_bid_of(a, lot, e->bidder, e->team_id);

    if (old != NULL) {

        if (bid_drop(a, lot, old, j) != 0) {
            return -1;
        }

        lot->hidden_bids--;
    }

    bid.id = e->bid_id;
    bid.bidder = e->bidder;
    bid.team = e->team_id;
    bid.amount = 0;
    bid.max = e->max_amount;
    bid.at = e->at;
    bid.since = e->bid_id;
    bid.flags = BID_PRE;

    if (bid_remember(a, lot, &bid, j) != 0) {
        return -1;
    }

    lot->hidden_bids++;

    return 0;
}


int
evolve_auto_bid_set(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t        *lot;
    team_t       *t;
    challenge_t   ch;

    lot = lot_find(*ap, e->lot_id);
    t = team_meant(*ap, e);

    if (lot == NULL || e->at < 1 || !bidder_sound(*ap, t, e)
        || (*ap)->rules.no_proxy || (*ap)->rules.format != FORMAT_OPEN)
    {
        return -1;
    }

    challenge_of(e, t, &ch);

    return lot->status == LOT_QUEUED ? pre_bid_set(ap, &ch, e, j)
                                     : maximum_changed(*ap, lot, &ch, e, j);
}


int
evolve_auto_bid_cancelled(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t      *lot;
    bid_t      *bid;
    auction_t  *a;

    a = *ap;
    lot = lot_find(a, e->lot_id);

    if (lot == NULL || lot->status != LOT_QUEUED || auction_over(a)) {
        return -1;
    }

    bid = bid_find(a, lot, e->bid_id);

    if (bid == NULL || !(bid->flags & BID_PRE) || bid->bidder != e->bidder
        || keep(j, a, lot) != 0 || bid_drop(a, lot, bid, j) != 0)
    {
        return -1;
    }

    lot->hidden_bids--;

    return 0;
}


/* What is left must be what void_check() finds. */

static int
void_sound(const auction_t *a, const lot_t *lot, const bid_t *bid,
    const event_t *e, standing_t *s)
{
    lot_t      after;
    int64_t    ends_at;
    team_t    *t;
    uint32_t   extensions;

    if ((bid->flags & (BID_PRE|BID_SEALED))
        || void_check(a, lot, bid, s).code != GAVEL_OK
        || e->round != (int64_t) lot->round
        || e->price != s->price || e->count != s->count
        || ((e->first_bid != 0 || e->last_bid != 0)
            && (e->first_bid != s->first || e->last_bid != s->last))
        || e->bidder != (s->top != NULL ? s->top->bidder : NOBODY)
        || e->team_id != (s->top != NULL ? s->top->team : NOBODY)
        || e->leader_bid != (s->top != NULL ? s->top->id : 0))
    {
        return 0;
    }

    ends_at = lot->ends_at;
    extensions = lot->extensions;

    if (e->how == HOW_RETRACT) {
        t = bid->team != NOBODY ? team_of(a, e->actor) : NULL;

        if ((bid->team != NOBODY ? t == NULL || t->id != bid->team
                                 : e->actor != bid->bidder)
            || retract_check(a, lot, bid, e->at).code != GAVEL_OK)
        {
            return 0;
        }

        clock_after_bid(&a->rules.clock, lot, e->at, &ends_at, &extensions);

    } else if (e->how != HOW_HOST) {
        return 0;
    }

    if (e->ends_at != ends_at || e->extensions != (int64_t) extensions) {
        return 0;
    }

    after = *lot;
    lot_loses_bid(&after, e, s->top);

    return e->min_next == lot_min_next(a, &after);
}


/* The event says who leads now, at which price, or nobody at 0. */

int
evolve_bid_voided(auction_t **ap, const event_t *e, journal_t *j)
{
    lot_t       *lot;
    bid_t       *bid;
    team_t      *t;
    int64_t      since;
    auction_t   *a;
    standing_t   s;

    a = *ap;
    lot = lot_find(a, e->lot_id);
    bid = lot != NULL ? bid_find(a, lot, e->bid_id) : NULL;
    t = team_meant(a, e);

    if (bid == NULL || !void_sound(a, lot, bid, e, &s)
        || hold_keep(a, lot, j) != 0 || keep(j, a, lot) != 0
        || (t != NULL && journal_keep(j, a, t, sizeof(team_t)) != 0))
    {
        return -1;
    }

    hold_release(a, lot);
    lot_loses_bid(lot, e, s.top);

    if (t != NULL) {
        hold_take(a, t, lot);
    }

    since = bid->since;

    for (bid = bid_newest(a, lot); bid != NULL; bid = bid_before(a, bid)) {

        if (bid->since != since) {
            continue;
        }

        if (keep_bid(j, a, bid) != 0) {
            return -1;
        }

        bid->flags |= BID_VOID;
    }

    return a->mode == MODE_TEAM_DRAFT ? promises_cut(a, lot, j) : 0;
}
