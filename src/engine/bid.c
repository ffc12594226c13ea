/*
 * bid: may this bid stand?
 */

#include "engine/inner.h"


int64_t
lot_min_next(const auction_t *a, const lot_t *lot)
{
    int64_t  next;

    if (format_sealed(a)) {
        return sealed_floor(lot);
    }

    if (a->rules.format == FORMAT_DUTCH) {
        return dutch_price(a, lot, a->ts);
    }

    if (lot->leader == NOBODY) {
        return lot->base_price > 0 ? lot->base_price : 1;
    }

    next = ladder_next(&a->rules, lot->price);

    return next < ENGINE_MAX_AMOUNT ? next : ENGINE_MAX_AMOUNT;
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


static int
leads_already(const lot_t *lot, const team_t *team, const command_t *c)
{
    if (team != NULL && lot->leader_team != NOBODY) {
        return lot->leader_team == team->id;
    }

    return lot->leader == c->actor;
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
bid_check(const auction_t *a, const lot_t *lot, const team_t *team,
    const command_t *c)
{
    int        first, draft;
    int64_t    least;
    refusal_t  r;

    draft = a->mode == MODE_TEAM_DRAFT;

    r = bidder_check(a, lot, team, c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    least = lot_min_next(a, lot);
    first = lot->leader == NOBODY;

    if (leads_already(lot, team, c))           return REFUSE(already_leading);

    if (c->amount < 1 || c->amount > ENGINE_MAX_AMOUNT) {
        return REFUSE(invalid_amount);
    }

    if (first && c->amount < least)            return REFUSE_MIN(below_base,
                                                                 least);
    if (!first
        && c->amount < ladder_next(&a->rules, lot->price))
    {
        return REFUSE_MIN(too_low, least);
    }

    if (off_grid(a, lot, c->amount))           return REFUSE_MIN(
                                                   invalid_increment, least);

    return draft ? purse_check(a, team, lot, c->amount) : ACCEPT;
}


/* And the end of it, for points: can this team pay, and take one more? */

refusal_t
purse_check(const auction_t *a, const team_t *team, const lot_t *lot,
    int64_t amount)
{
    if (amount > purse_for(team, lot)) {
        return REFUSE_MAX(budget_exceeded, max_possible_bid(a, team, lot));
    }

    if (amount > purse_limit(a, team, lot)) {
        return REFUSE_MAX(reserve_violation, max_possible_bid(a, team, lot));
    }

    if (roster_full(team, lot))                return REFUSE(roster_full);
    if (role_full(a, team, lot))               return REFUSE(role_limit);

    return ACCEPT;
}


static lot_t *
lot_meant(const auction_t *a, const command_t *c)
{
    return c->lot_id != 0 ? lot_find(a, c->lot_id) : lot_on_block(a);
}


refusal_t
decide_bid(decision_t *d)
{
    lot_t             after, *lot;
    team_t           *team;
    event_t          *e;
    uint32_t          extensions;
    refusal_t         r;
    const auction_t  *a;
    const command_t  *c;

    a = d->a;
    c = d->c;

    lot = lot_meant(a, c);
    team = a->mode == MODE_TEAM_DRAFT ? team_of(a, c->actor) : NULL;

    if (a->rules.format != FORMAT_OPEN) {

        r = bidder_check(a, lot, team, c);
        if (r.code != GAVEL_OK) {
            return r;
        }

        return format_sealed(a) ? sealed_bid(d, lot, team, c->actor)
                                : dutch_bid(d, lot, team, c->actor);
    }

    r = bid_check(a, lot, team, c);
    if (r.code != GAVEL_OK) {
        return r;
    }

    e = decision_event(d, EV_BID_ACCEPTED);

    e->bid_id = born_id(a, e->seq);
    e->lot_id = lot->id;
    e->round = lot->round;
    e->bidder = c->actor;
    e->team_id = team != NULL ? team->id : NOBODY;
    e->how = HOW_MANUAL;
    e->origin = c->origin;
    e->amount = c->amount;
    e->price = c->amount;
    e->count = (int64_t) lot->bid_count + 1;
    e->at = c->at;

    clock_after_bid(&a->rules.clock, lot, c->at, &e->ends_at, &extensions);
    e->extensions = extensions;

    after = *lot;
    after.leader = e->bidder;
    after.price = e->price;
    e->min_next = lot_min_next(a, &after);

    return ACCEPT;
}
