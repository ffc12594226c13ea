/*
 * bid: may this bid stand, and what is told of it?
 */

#include "engine/inner.h"


/* Takes the lot at once.  Where it may be taken until a bid was made, bids
 * go as high as they like from then on.  In a reverse round nobody can give
 * up more than the bonus. */

int64_t
lot_cap(const auction_t *a, const lot_t *lot)
{
    if (lot->bonus != 0) {
        return lot->price < lot->bonus ? lot->bonus : 0;
    }

    if (lot->buy_now <= lot->price || lot->buy_now < lot->base_price
        || (lot->leader != NOBODY && a->rules.buy_now == BUY_UNTIL_BID))
    {
        return 0;
    }

    return lot->buy_now;
}


/* The least amount that is accepted from a stamp `at`; may be more than any
 * amount can be. */

int64_t
lot_least(const auction_t *a, const lot_t *lot, int64_t at)
{
    int64_t  least, cap;

    if (lot->leader == NOBODY) {
        least = lot->base_price > 0 ? lot->base_price : 1;

    } else if (lot->ask != 0) {
        least = lot->ask;

    } else {
        least = ladder_next(&a->rules, lot->exhausted ? lot->was : lot->price,
                            at != NO_CLOCK ? lot->ends_at - at : NO_CLOCK);
    }

    /* whoever has shown his maximum is beaten by any more */

    if (lot->exhausted && least <= lot->price) {
        least = lot->price + 1;
    }

    cap = lot_cap(a, lot);

    return cap != 0 && cap < least ? cap : least;
}


int64_t
lot_min_next_at(const auction_t *a, const lot_t *lot, int64_t at)
{
    int64_t  least;

    if (format_sealed(a)) {
        return sealed_floor(lot);
    }

    if (a->rules.format == FORMAT_DUTCH) {
        return dutch_price(a, lot, at != NO_CLOCK ? at : a->ts);
    }

    least = lot_least(a, lot, at);

    return least < ENGINE_MAX_AMOUNT ? least : ENGINE_MAX_AMOUNT;
}


int64_t
lot_min_next(const auction_t *a, const lot_t *lot)
{
    return lot_min_next_at(a, lot, NO_CLOCK);
}


int
lot_reserve_met(const lot_t *lot, int64_t price)
{
    return lot->reserve != 0 && price >= lot->reserve;
}


static int
lot_closed(const lot_t *lot)
{
    return lot->status == LOT_SOLD || lot->status == LOT_UNSOLD
           || lot->status == LOT_LOCKED || lot->status == LOT_RESERVE
           || lot->status == LOT_OFFERED || lot->status == LOT_ASSIGNED;
}


static int
another_on_block(const auction_t *a, const lot_t *lot, const command_t *c)
{
    if (c->round != 0 && c->round != lot->round) {
        return 1;
    }

    /* a bid for "the lot" that arrived before this one was on the block */

    if (c->lot_id == 0 && c->at < lot->opened_at) {
        return 1;
    }

    return lot->status != LOT_OPEN && a->current != 0
           && lot != lot_on_block(a);
}


int
lot_leads(const lot_t *lot, int64_t bidder, const team_t *team)
{
    if (team != NULL && lot->leader_team != NOBODY) {
        return lot->leader_team == team->id;
    }

    return lot->leader == bidder;
}


static int
off_grid(const auction_t *a, const lot_t *lot, int64_t amount)
{
    if (!a->rules.on_grid || ladder_on_grid(&a->rules.ladder, amount)) {
        return 0;
    }

    return lot->leader != NOBODY || amount != lot->base_price;
}


/* The gauntlet, in its order: the first check that fails answers.  This is
 * its first half, which all formats share: may this person bid here, now? */

refusal_t
bidder_check(const auction_t *a, const lot_t *lot, const team_t *team,
    const command_t *c)
{
    int  draft;

    draft = a->mode == MODE_TEAM_DRAFT;

    if (a->status == AUCTION_PAUSED)           return REFUSE(auction_paused);
    if (lot == NULL)                           return REFUSE(lot_not_open);
    if (lot_closed(lot))                       return REFUSE(after_end);
    if (a->status != AUCTION_LIVE)             return REFUSE(lot_not_open);
    if (another_on_block(a, lot, c))           return REFUSE(wrong_lot);
    if (lot->status != LOT_OPEN)               return REFUSE(lot_not_open);
    if (c->at >= lot->ends_at)                 return REFUSE(after_end);
    if (c->actor == NOBODY)                    return REFUSE(not_authorized);
    if (draft && team == NULL)                 return REFUSE(not_authorized);
    if (draft && team->suspended)              return REFUSE(team_suspended);
    if (c->actor == a->owner)                  return REFUSE(own_auction);
    if (draft && has_folded(a, lot, team))     return REFUSE(folded);

    return ACCEPT;
}


/* The other half in the open format: may it be this amount? */

refusal_t
bid_check(const auction_t *a, const lot_t *lot, const challenge_t *ch)
{
    if (ch->how != HOW_BUY_NOW && lot_leads(lot, ch->bidder, ch->team)) {
        return REFUSE(already_leading);
    }

    return amount_check(a, lot, ch, lot_least(a, lot, ch->at));
}


refusal_t
amount_check(const auction_t *a, const lot_t *lot, const challenge_t *ch,
    int64_t least)
{
    int64_t  cap, value, shown;

    value = ch->value;
    cap = lot_cap(a, lot);
    shown = least < ENGINE_MAX_AMOUNT ? least : ENGINE_MAX_AMOUNT;

    if (value < 1 || value > ENGINE_MAX_AMOUNT) {
        return REFUSE(invalid_amount);
    }

    if (value < least) {
        return lot->leader == NOBODY ? REFUSE_MIN(below_base, shown)
                                     : REFUSE_MIN(too_low, shown);
    }

    if (cap != 0 && value >= cap) {

        if (value > cap && a->rules.over_cap_refused) {
            return REFUSE_MAX(over_cap, cap);
        }

        value = cap;

    } else if (off_grid(a, lot, value)) {
        return REFUSE_MIN(invalid_increment, shown);
    }

    return ch->team != NULL ? purse_check(a, ch->team, lot, value) : ACCEPT;
}


/* And the end of it, for points: can this team pay, and take one more? */

refusal_t
purse_check(const auction_t *a, const team_t *team, const lot_t *lot,
    int64_t amount)
{
    if (amount > purse_for(a, team, lot)) {
        return REFUSE_MAX(budget_exceeded, max_possible_bid(a, team, lot));
    }

    if (amount > purse_limit(a, team, lot)) {
        return REFUSE_MAX(reserve_violation, max_possible_bid(a, team, lot));
    }

    if (roster_full(team, lot))                return REFUSE(roster_full);
    if (role_full(a, team, lot))               return REFUSE(role_limit);

    return ACCEPT;
}


lot_t *
lot_meant(const auction_t *a, const command_t *c)
{
    return c->lot_id != 0 ? lot_find(a, c->lot_id) : lot_on_block(a);
}


static void
bid_told(decision_t *d, lot_t *after, const challenge_t *ch,
    const duel_t *result)
{
    event_t   *e;
    uint32_t   extensions;

    e = decision_event(d, EV_BID_ACCEPTED);

    e->bid_id = born_id(d->a, e->seq);
    e->lot_id = after->id;
    e->round = after->round;
    e->bidder = ch->bidder;
    e->team_id = ch->team != NULL ? ch->team->id : NOBODY;
    e->how = ch->how;
    e->origin = d->c->origin;
    e->amount = result->amount;
    e->price = result->price;
    e->max_amount = ch->how == HOW_MAX ? ch->value : 0;
    e->outbid = result->outbid;
    e->reserve_met = lot_reserve_met(after, e->price);
    e->count = (int64_t) after->bid_count + 1;
    e->at = ch->at;

    clock_after_bid(&d->a->rules.clock, after, ch->at, &e->ends_at,
                    &extensions);
    e->extensions = extensions;

    lot_gets_bid(after, e);
    e->min_next = lot_min_next(d->a, after);
}


/* The price that takes the lot: it is sold before anybody can say more. */

refusal_t
bid_bought(decision_t *d, const lot_t *lot, const challenge_t *ch)
{
    lot_t        after;
    duel_t       result;
    challenge_t  taken;

    taken = *ch;
    taken.how = HOW_BUY_NOW;
    taken.value = lot_cap(d->a, lot);

    result.outbid = 0;
    result.exhausted = 0;
    result.amount = taken.value;
    result.price = taken.value;

    after = *lot;

    bid_told(d, &after, &taken, &result);
    lot_sells(d, lot, &after, HOW_BUY_NOW);

    return ACCEPT;
}


/* What an offer leads to.  The bidder himself has been looked at. */

refusal_t
bid_places(decision_t *d, const lot_t *lot, const challenge_t *ch)
{
    lot_t      after;
    duel_t     result;
    refusal_t  r;

    r = bid_check(d->a, lot, ch);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (lot_cap(d->a, lot) != 0 && ch->value >= lot_cap(d->a, lot)) {
        return bid_bought(d, lot, ch);
    }

    duel(d->a, lot, ch, &result);
    after = *lot;

    if (result.exhausted != 0) {
        reaction(d, &after, lot->leader, lot->leader_team, result.exhausted,
                 NULL);
    }

    bid_told(d, &after, ch, &result);

    if (result.outbid) {
        reaction(d, &after, lot->leader, lot->leader_team, result.price, NULL);
    }

    return ACCEPT;
}


static const team_t *
team_bidding(const auction_t *a, int64_t bidder)
{
    return a->mode == MODE_TEAM_DRAFT ? team_of(a, bidder) : NULL;
}


static refusal_t
bids(decision_t *d, const command_t *c, how_t how)
{
    lot_t        *lot;
    refusal_t     r;
    challenge_t   ch;

    lot = lot_meant(d->a, c);

    ch.bidder = c->actor;
    ch.team = team_bidding(d->a, c->actor);
    ch.how = how;
    ch.value = c->amount;
    ch.at = c->at;

    r = bidder_check(d->a, lot, ch.team, c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    if (format_sealed(d->a)) {
        return sealed_bid(d, lot, ch.team, ch.bidder);
    }

    if (d->a->rules.format == FORMAT_DUTCH) {
        return dutch_bid(d, lot, ch.team, ch.bidder);
    }

    if (how == HOW_BUY_NOW) {
        ch.value = lot_cap(d->a, lot);

        if (ch.value == 0) {
            return REFUSE(illegal_transition);
        }
    }

    return bid_places(d, lot, &ch);
}


refusal_t
decide_bid(decision_t *d)
{
    return bids(d, d->c, HOW_MANUAL);
}


refusal_t
decide_buy_now(decision_t *d)
{
    if (d->a->rules.format != FORMAT_OPEN) {
        return REFUSE(illegal_transition);
    }

    return bids(d, d->c, HOW_BUY_NOW);
}


/* The host bids for somebody in the room, or on the telephone. */

refusal_t
decide_bid_behalf(decision_t *d)
{
    team_t     *t;
    command_t   c;

    c = *d->c;
    c.actor = c.user_id;

    if (c.team_id != NOBODY && d->a->mode == MODE_TEAM_DRAFT) {
        t = team_find(d->a, c.team_id);

        if (t == NULL || t->gone) {
            return REFUSE(not_found);
        }

        c.actor = t->leader;
    }

    if (c.actor < 0 || c.actor > ENGINE_MAX_AMOUNT) {
        return REFUSE_WITH(invalid_params, "user_id");
    }

    return bids(d, &c, HOW_BEHALF);
}
