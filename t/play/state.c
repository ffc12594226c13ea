/*
 * state: what must be true of an auction at any time, by the numbers of the
 * domain's list of invariants.  Everything is counted again from lots, bids
 * and teams, the slow way.
 */

#include <stdio.h>

#include "play/play.h"


#define MUST(condition, words)                                                \
    if (!(condition)) {                                                       \
        return words;                                                         \
    }


static int
on_roll(const lot_t *lot)
{
    return lot->status == LOT_OPEN || lot->status == LOT_FROZEN
           || lot->status == LOT_LOCKED || lot->status == LOT_RESERVE;
}


/* Won, now or by hand; what is offered to somebody else is still sold. */

static int
is_won(const lot_t *lot)
{
    return lot->status == LOT_SOLD || lot->status == LOT_ASSIGNED
           || (lot->status == LOT_OFFERED && lot->before == LOT_SOLD);
}


static int
is_sealed(const auction_t *a)
{
    return a->rules.format == FORMAT_SEALED
           || a->rules.format == FORMAT_VICKREY;
}


static uint32_t
required(const auction_t *a, const team_t *t)
{
    uint32_t  i, missing, left;

    for (i = 0, missing = 0; i < a->rules.nquotas; i++) {
        if (t->roles[i] < a->rules.quotas[i].min) {
            missing += a->rules.quotas[i].min - t->roles[i];
        }
    }

    left = a->rules.roster_min > t->roster + t->leads
           ? a->rules.roster_min - t->roster - t->leads : 0;

    return missing > left ? missing : left;
}


/* --- the shape of the block --- */


static const char *
positions(const auction_t *a)
{
    uint32_t  i, k, seats;
    lot_t    *lot;
    team_t   *t;

    lot = auction_lots(a);
    t = auction_teams(a);

    for (i = 0; i < a->nlots; i++) {

        MUST(lot[i].position >= 1 && lot[i].position <= a->nlots,
             "a position out of range");
        MUST(lot[i].number == i + 1, "a number out of order");

        for (k = 0; k < i; k++) {
            MUST(lot[i].position != lot[k].position, "two at one position");
            MUST(lot[i].id != lot[k].id, "two lots of one id");
        }
    }

    for (i = 0, seats = 0; i < a->nteams; i++) {
        seats += !t[i].gone;
    }

    for (i = 0; i < a->nteams; i++) {

        MUST(t[i].gone ? t[i].seat == 0
                       : t[i].seat >= 1 && t[i].seat <= seats,
             "a seat out of range");

        for (k = 0; k < i; k++) {
            MUST(t[i].gone || t[i].seat != t[k].seat, "two on one seat");
        }
    }

    return NULL;
}


static const char *
bids_of(const auction_t *a, uint32_t i, uint32_t *all)
{
    bid_t     *bid, *b;
    lot_t     *lot;
    uint32_t   k, n, hidden, newer;

    bid = auction_bids(a);
    lot = &auction_lots(a)[i];
    n = 0;
    hidden = 0;
    newer = 0;

    for (k = lot->last_bid; k != 0; k = b->prev) {

        MUST(k <= a->nbids && n < a->nbids, "a list of bids without end");

        b = &bid[k - 1];
        n++;
        hidden += (b->flags & (BID_PRE|BID_SEALED)) != 0;

        MUST(b->lot == i + 1, "a bid of another lot");
        MUST(b->next == newer, "a list of bids that does not lead back");
        MUST(newer == 0 || b->id < bid[newer - 1].id,
             "bids are not listed by age");
        MUST(b->prev != 0 || lot->first_bid == k, "the first bid is not");
        MUST(b->max >= b->amount || !(b->flags & BID_HAND),
             "a maximum below its bid");

        newer = k;
    }

    MUST(n == lot->nbids, "remembered bids are counted wrong");
    MUST(n != 0 || lot->first_bid == 0, "the first bid of none");
    MUST(hidden == lot->hidden_bids, "hidden bids are counted wrong");

    *all += n;

    return NULL;
}


static const char *
lists(const auction_t *a)
{
    bid_t       *bid;
    uint32_t     i, k, all;
    const char  *wrong;

    all = 0;
    bid = auction_bids(a);

    for (i = 0; i < a->nlots; i++) {
        wrong = bids_of(a, i, &all);

        if (wrong != NULL) {
            return wrong;
        }
    }

    for (k = a->free_bid; k != 0; k = bid[k - 1].prev) {
        MUST(k <= a->nbids && all < a->nbids, "a list of free bids too long");
        MUST(bid[k - 1].lot == 0, "a free bid of a lot");
        all++;
    }

    MUST(all == a->nbids, "a bid that is neither free nor of a lot");

    return NULL;
}


/* --- bids and prices --- */


static int
same_bidder(const lot_t *lot, const bid_t *b)
{
    return lot->leader_team != NOBODY ? b->team == lot->leader_team
                                      : b->bidder == lot->leader;
}


/* Where a bid was taken away others may lead with less, since what they
 * bid may be beyond their purse by now. */

static const char *
leader(const auction_t *a, const lot_t *lot)
{
    int           voided;
    bid_t        *bid;
    int64_t       amount;
    uint32_t      k;
    const bid_t  *b, *top;

    bid = auction_bids(a);
    top = NULL;
    voided = 0;

    for (k = lot->last_bid; k != 0; k = bid[k - 1].prev) {
        voided |= (bid[k - 1].flags & BID_VOID) != 0;

        if (bid[k - 1].id == lot->leader_bid) {
            top = &bid[k - 1];
        }
    }

    MUST(top == NULL || !(top->flags & BID_VOID),
         "14: a bid that was taken away leads");
    MUST(top == NULL || (top->bidder == lot->leader
                         && top->team == lot->leader_team),
         "9: who leads is not who made the leading bid");

    if (a->rules.format != FORMAT_OPEN || !on_roll(lot)
        || (voided && a->mode == MODE_TEAM_DRAFT))
    {
        return NULL;
    }

    for (k = lot->last_bid; k != 0; k = bid[k - 1].prev) {
        b = &bid[k - 1];

        if ((b->flags & (BID_VOID|BID_PRE|BID_SPENT)) || same_bidder(lot, b))
        {
            continue;
        }

        /* who lowers his maximum stands by that alone */

        amount = b->amount < b->max ? b->amount : b->max;

        MUST(amount <= lot->price, "9: a bid above the leader's");
        MUST(amount < lot->price || top == NULL
             || top->since < b->since || lot->exhausted
             || lot->reacts != REACTS_NOBODY,
             "9: of equal bids the later leads");
    }

    return NULL;
}


static const char *
price(const auction_t *a, const lot_t *lot)
{
    if (lot->status == LOT_ASSIGNED) {
        MUST(lot->leader_team != NOBODY, "21: assigned to nobody");
        return NULL;                             /* at any price, by hand */
    }

    MUST((lot->leader == NOBODY) == (lot->price == 0),
         "9: a price without a leader, or a leader without a price");
    MUST((lot->leader == NOBODY) == (lot->leader_bid == 0),
         "9: a leader without a bid, or a bid without a leader");

    if (lot->leader == NOBODY) {
        MUST(lot->status != LOT_SOLD, "10: sold to nobody");
        MUST(lot->leader_team == NOBODY, "9: a team leads without a leader");
        return NULL;
    }

    MUST(lot->leader != a->owner, "11: the owner leads");
    MUST(lot->price >= lot->base_price, "10: below the base price");
    MUST(lot->price <= lot->leader_max, "10: above the winner's maximum");
    MUST(lot->price >= 1 && lot->price <= ENGINE_MAX_AMOUNT,
         "10: a price that is none");
    MUST(lot->bonus == 0 || lot->price <= lot->bonus,
         "10: more given up than the bonus");
    MUST((a->mode == MODE_TEAM_DRAFT) == (lot->leader_team != NOBODY),
         "9: a team where there are none, or none in a draft");

    return NULL;
}


static const char *
round_of(const auction_t *a, const lot_t *lot, const lot_facts_t *f)
{
    MUST(f->sales <= 1, "10: sold twice in one round");
    MUST((lot->status == LOT_SOLD) <= (f->sales == 1),
         "10: sold without a sale");
    MUST(lot->hard_end == 0 || lot->ends_at <= lot->hard_end
         || !on_roll(lot), "13: beyond the hard end");
    MUST(a->rules.clock.max_extensions == 0
         || lot->extensions <= a->rules.clock.max_extensions,
         "13: too many extensions");
    MUST(lot->quantity == 0 || lot->units <= lot->quantity,
         "10: more units sold than there are");
    MUST(lot->status != LOT_OFFERED || lot->before == LOT_SOLD
         || lot->before == LOT_UNSOLD, "25: an offer of what has no result");
    MUST(lot->status != LOT_LOCKED || is_sealed(a),
         "25: locked without seals");

    return NULL;
}


static const char *
submissions(const auction_t *a, const lot_t *lot)
{
    bid_t     *bid, *b, *o;
    uint32_t   k, i;

    if (!is_sealed(a)) {
        return NULL;
    }

    bid = auction_bids(a);

    for (k = lot->last_bid; k != 0; k = b->prev) {
        b = &bid[k - 1];

        MUST(!(b->flags & BID_SEALED) || b->amount == 0,
             "15: a sealed bid shows its amount");
        MUST(!(b->flags & BID_SEALED) || b->id != lot->leader_bid,
             "15: a sealed bid leads");

        for (i = b->prev; i != 0; i = o->prev) {
            o = &bid[i - 1];
            MUST(b->team != NOBODY ? b->team != o->team
                                   : b->bidder != o->bidder,
                 "15: two submissions of one bidder");
        }
    }

    return NULL;
}


/* --- purses and rosters --- */


static const char *
purse(const auction_t *a, const team_t *t)
{
    lot_t     *lot;
    int64_t    held, spent;
    uint32_t   i, k, leads, roster, roles[ENGINE_QUOTAS];

    held = 0;
    spent = 0;
    leads = 0;
    roster = 0;
    memset(roles, 0, sizeof(roles));
    lot = auction_lots(a);

    for (i = 0; i < a->nlots; i++, lot++) {

        if (lot->leader_team != t->id || (!on_roll(lot) && !is_won(lot))) {
            continue;
        }

        for (k = 0; k < a->rules.nquotas; k++) {
            roles[k] += memcmp(a->rules.quotas[k].role, lot->role,
                               ENGINE_ROLE_LEN) == 0;
        }

        leads += on_roll(lot);
        roster += is_won(lot);
        held += on_roll(lot) && lot->bonus == 0 ? lot->price : 0;
        spent += is_won(lot) && lot->bonus == 0 ? lot->price : 0;
    }

    MUST(held == t->held, "18: what is held is not what is led");
    MUST(spent == t->spent, "21: what is spent is not what was won");
    MUST(leads == t->leads && roster == t->roster, "21: a roster");
    MUST(memcmp(roles, t->roles, sizeof(roles)) == 0, "21: positions");
    MUST(roster + leads <= t->slots || t->gone, "21: a roster too large");
    MUST(t->budget >= 0 && t->held >= 0 && t->spent >= 0
         && t->budget - t->held - t->spent >= 0, "16: a purse below zero");
    MUST(t->budget <= ENGINE_MAX_AMOUNT, "16: a purse too large");

    return NULL;
}


/* From the start on; what the host decides about positions before it does
 * not count until then. */

static const char *
promise(const auction_t *a, const team_t *t)
{
    uint32_t  i;

    if (a->status < AUCTION_LIVE || a->status > AUCTION_PAUSED || t->gone) {
        return NULL;
    }

    MUST(t->budget - t->held - t->spent
         >= a->rules.min_price * (int64_t) required(a, t),
         "20: the rest of a roster cannot be paid");
    MUST(t->roster + t->leads + required(a, t) <= t->slots,
         "21: no slots for what a roster must have");

    for (i = 0; i < a->rules.nquotas; i++) {
        MUST(t->roles[i] <= a->rules.quotas[i].max,
             "21: more of a position than its quota");
    }

    return NULL;
}


static const char *
teams(const auction_t *a, const facts_t *f)
{
    team_t               *t;
    uint32_t              i, k;
    const char           *wrong;
    const purse_facts_t  *p;

    t = auction_teams(a);

    for (i = 0; i < a->nteams; i++) {

        wrong = purse(a, &t[i]);

        if (wrong == NULL) {
            wrong = promise(a, &t[i]);
        }

        if (wrong != NULL) {
            return wrong;
        }

        for (k = 0; k < i; k++) {
            MUST(t[i].id != t[k].id, "21: one team twice");
            MUST(t[i].gone || t[k].gone || t[i].leader == NOBODY
                 || t[i].leader != t[k].leader, "22: one leads two teams");
        }
    }

    for (i = 0; i < f->npurses; i++) {
        p = &f->purse[i];

        for (k = 0; k < a->nteams && t[k].id != p->id; k++) {
            /* void */
        }

        if (k == a->nteams || t[k].gone) {
            MUST(p->account[ACCOUNT_BANK] == 0
                 && p->account[ACCOUNT_AVAILABLE] == 0
                 && p->account[ACCOUNT_HELD] == 0
                 && p->account[ACCOUNT_SPENT] == 0,
                 "17: points of nobody in the ledger");
            continue;
        }

        MUST(p->account[ACCOUNT_BANK] == -t[k].budget
             && p->account[ACCOUNT_AVAILABLE]
                == t[k].budget - t[k].held - t[k].spent
             && p->account[ACCOUNT_HELD] == t[k].held
             && p->account[ACCOUNT_SPENT] == t[k].spent,
             "17: the ledger does not add up to the purse");
    }

    return NULL;
}


/* --- all of it --- */


static const char *
players(const auction_t *a)
{
    lot_t     *lot;
    uint32_t   i, k, roll;

    lot = auction_lots(a);

    for (i = 0, roll = 0; i < a->nlots; i++) {
        roll += on_roll(&lot[i]);
    }

    MUST(!a->rules.one_at_a_time || roll <= 1, "27: two on the block");
    MUST(!a->rules.one_at_a_time || roll == (a->current != 0)
         || a->status >= AUCTION_ENDED, "27: the block is not what runs");
    MUST(roll == 0 || (a->status >= AUCTION_LIVE
                       && a->status <= AUCTION_ENDING)
         || a->status == AUCTION_ABORTED,
         "25: a lot runs outside of its auction");
    MUST(a->on_turn == 0 || a->on_turn <= a->nteams, "a turn of nobody");

    if (a->mode != MODE_TEAM_DRAFT) {
        return NULL;
    }

    for (i = 0; i < a->nlots; i++) {

        if (lot[i].status != LOT_QUEUED && !on_roll(&lot[i])
            && !is_won(&lot[i]))
        {
            continue;
        }

        for (k = 0; k < i; k++) {
            MUST(lot[k].item_id != lot[i].item_id
                 || (lot[k].status != LOT_QUEUED && !on_roll(&lot[k])
                     && !is_won(&lot[k])),
                 "21, 28: one player twice");
        }
    }

    return NULL;
}


const char *
state_wrong(const auction_t *a, const facts_t *f)
{
    lot_t       *lot;
    uint32_t     i;
    const char  *wrong;

    wrong = positions(a);
    wrong = wrong != NULL ? wrong : lists(a);
    wrong = wrong != NULL ? wrong : players(a);
    wrong = wrong != NULL ? wrong : teams(a, f);

    for (i = 0; i < a->nlots && wrong == NULL; i++) {
        lot = &auction_lots(a)[i];

        wrong = price(a, lot);
        wrong = wrong != NULL ? wrong : leader(a, lot);
        wrong = wrong != NULL ? wrong : submissions(a, lot);

        if (wrong == NULL && i < 2 * PLAY_LOTS) {
            wrong = round_of(a, lot, &f->lot[i]);
        }
    }

    return wrong;
}


/* --- 15: nobody reads what is hidden --- */


static int
is_told(const auction_t *a, const lot_t *lot, int64_t amount)
{
    bid_t     *bid;
    uint32_t   k;

    bid = auction_bids(a);

    for (k = lot->last_bid; k != 0; k = bid[k - 1].prev) {
        if (bid[k - 1].amount == amount) {
            return 1;
        }
    }

    return lot->ask == amount;
}


static int
tells(const char *text, size_t len, int64_t number)
{
    char         digits[24];
    size_t       n, i;

    n = (size_t) snprintf(digits, sizeof(digits), ":%lld",
                          (long long) number);

    for (i = 0; i + n < len; i++) {
        if (memcmp(text + i, digits, n) == 0
            && (text[i + n] < '0' || text[i + n] > '9'))
        {
            return 1;
        }
    }

    return 0;
}


/* Secrets are of a size that nothing else has. */

const char *
hidden_wrong(const auction_t *a, const char *text, size_t len)
{
    lot_t     *lot;
    bid_t     *b;
    uint32_t   i;

    if (!is_sealed(a)) {
        return NULL;
    }

    for (i = 0; i < a->nbids; i++) {
        b = &auction_bids(a)[i];

        if (b->lot == 0 || !(b->flags & BID_SEALED) || (b->flags & BID_KEPT)
            || b->max < PLAY_SECRET || b->max >= 2 * PLAY_SECRET)
        {
            continue;
        }

        lot = &auction_lots(a)[b->lot - 1];

        MUST(is_told(a, lot, b->max) || !tells(text, len, b->max),
             "15: a sealed amount can be read");
    }

    return NULL;
}
