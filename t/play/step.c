/*
 * step: what one event may do to an auction that was so and is so now, by the
 * numbers of the domain's list of invariants; and what the log has told so
 * far that the state does not say.
 */

#include "play/play.h"


#define MUST(condition, words)                                                \
    if (!(condition)) {                                                       \
        return words;                                                         \
    }

typedef struct {
    const auction_t  *was, *is;
    const event_t    *e;
    const lot_t      *lot, *now;     /* before and after; NULL: none */
    lot_facts_t      *f;
} step_t;


static const lot_t *
lot_of(const auction_t *a, int64_t id)
{
    uint32_t  i;

    for (i = 0; i < a->nlots; i++) {
        if (auction_lots(a)[i].id == id) {
            return &auction_lots(a)[i];
        }
    }

    return NULL;
}


static const team_t *
team_by(const auction_t *a, int64_t id)
{
    uint32_t  i;

    for (i = 0; i < a->nteams; i++) {
        if (auction_teams(a)[i].id == id) {
            return &auction_teams(a)[i];
        }
    }

    return NULL;
}


static int
runs(const lot_t *lot)
{
    return lot->status == LOT_OPEN || lot->status == LOT_FROZEN;
}


static int64_t
step_at(const ladder_t *l, int64_t price)
{
    int64_t   step;
    uint32_t  i;

    step = l->steps[0].step;

    for (i = 0; i < l->nsteps && l->steps[i].from <= price; i++) {
        step = l->steps[i].step;
    }

    return step;
}


/* --- bids --- */


static const char *
bid_in_time(const step_t *s)
{
    const lot_t  *lot;

    lot = s->lot;

    MUST(lot != NULL && lot->status == LOT_OPEN
         && s->was->status == AUCTION_LIVE,
         "11: a bid while nothing is open");
    MUST(s->e->at < lot->ends_at, "11: a bid at or after the end");
    MUST(s->e->bidder != s->was->owner, "11: a bid of the owner");
    MUST(s->e->bidder != NOBODY, "11: a bid of nobody");

    return NULL;
}


/* The host may ask for another price, and any more beats a maximum that is
 * shown, and a price that takes the lot may be nearer than a step. */

static const char *
raise_enough(const step_t *s)
{
    int64_t         from, least;
    const lot_t    *lot;
    const rules_t  *r;

    lot = s->lot;
    r = &s->was->rules;

    if (lot->leader == NOBODY) {
        MUST(s->e->amount >= lot->base_price, "10: below the base price");
        return NULL;
    }

    MUST(s->e->amount > lot->price, "8: not more than the bid before");

    if (lot->ask != 0 || s->e->how == HOW_BUY_NOW) {
        return NULL;
    }

    from = lot->exhausted ? lot->was : lot->price;
    least = from + step_at(&r->ladder, from) + r->strict_increment;

    MUST(s->e->amount >= least
         || (s->e->how == HOW_MAX && s->e->outbid == 0
             && s->e->amount == s->e->max_amount && s->e->amount > from),
         "8: a raise below the ladder");

    return NULL;
}


static const char *
holds_move(const step_t *s)
{
    int64_t        before, after;
    const team_t  *old, *new;

    if (s->was->mode != MODE_TEAM_DRAFT) {
        return NULL;
    }

    old = team_by(s->was, s->lot->leader_team);
    before = s->lot->bonus == 0 ? s->lot->price : 0;
    after = s->now->bonus == 0 ? s->now->price : 0;

    if (old != NULL) {
        new = team_by(s->is, old->id);
        MUST(old->held - before + (s->now->leader_team == old->id ? after : 0)
             == new->held, "19: the hold before is not released");
    }

    if (s->now->leader_team != s->lot->leader_team
        && s->now->leader_team != NOBODY)
    {
        old = team_by(s->was, s->now->leader_team);
        new = team_by(s->is, s->now->leader_team);
        MUST(old->held + after == new->held, "18: the price is not held");
    }

    return NULL;
}


static const char *
bid_step(const step_t *s)
{
    const char  *wrong;

    wrong = bid_in_time(s);

    if (wrong == NULL && s->was->rules.format == FORMAT_OPEN) {
        wrong = raise_enough(s);
        MUST(wrong != NULL || s->now->price >= s->e->amount,
             "9: a price below a bid");
        MUST(wrong != NULL
             || s->now->ends_at >= s->lot->ends_at, "13: the end is nearer");
        MUST(wrong != NULL || s->now->extensions <= s->lot->extensions + 1,
             "13: more than one extension");
    }

    return wrong != NULL ? wrong : holds_move(s);
}


static const char *
void_step(const step_t *s)
{
    uint32_t      i;
    const bid_t  *b;

    MUST(s->now->price <= s->lot->price, "14: a price that rose by a void");

    for (i = 0; i < s->is->nbids; i++) {
        b = &auction_bids(s->is)[i];
        MUST(b->id != s->e->bid_id || b->lot == 0 || (b->flags & BID_VOID),
             "14: a bid that is not void");
    }

    return holds_move(s);
}


/* A bid keeps what was told of it: who, when, how much. */

static const char *
bids_stay(const step_t *s)
{
    uint32_t      i;
    const bid_t  *b, *n;

    for (i = 0; i < s->was->nbids; i++) {

        b = &auction_bids(s->was)[i];
        n = &auction_bids(s->is)[i];

        if (b->lot == 0 || n->lot == 0 || b->id != n->id) {
            continue;
        }

        MUST(b->bidder == n->bidder && b->team == n->team && b->at == n->at
             && b->since == n->since, "14: a bid was edited");
        MUST(b->amount == n->amount
             || s->e->type == EV_SEALED_REVEALED
             || s->e->type == EV_SEALED_REBID, "14: an amount was edited");
        MUST(!(b->flags & BID_VOID) || (n->flags & BID_VOID),
             "14: a void bid came back");
    }

    return NULL;
}


/* --- results --- */


static const char *
sale_step(const step_t *s)
{
    const team_t  *t, *n;

    MUST(s->lot != NULL, "10: a sale of no lot");
    MUST(s->e->how == HOW_ACCEPTED || s->e->how == HOW_HAMMER
         || s->e->how == HOW_OFFER || s->lot->reserve == 0
         || s->e->price >= s->lot->reserve,
         "10: sold below the reserve without the host");
    MUST(s->f->sales == 0 || s->f->sold_round != s->now->round,
         "10: sold twice in one round");

    s->f->sales = 1;
    s->f->sold_round = s->now->round;

    if (s->e->how == HOW_OFFER) {
        s->f->sale_known = 0;
        return NULL;
    }

    MUST(s->e->price == s->lot->price && s->e->bidder == s->lot->leader,
         "10: not sold to who leads, at his price");

    t = team_by(s->was, s->lot->leader_team);
    n = team_by(s->is, s->lot->leader_team);
    s->f->sale_known = t != NULL;

    if (t == NULL) {
        return NULL;
    }

    s->f->sale_team = t->id;
    s->f->sale_held = t->held;
    s->f->sale_spent = t->spent;

    if (s->lot->bonus == 0) {
        MUST(n->spent == t->spent + s->e->price
             && n->held == t->held - s->e->price
             && n->budget == t->budget,
             "18: what is captured is not the price");
    } else {
        MUST(n->spent == t->spent && n->held == t->held
             && n->budget == t->budget + s->lot->bonus - s->e->price,
             "18: what is paid is not the rest of the bonus");
    }

    return NULL;
}


static const char *
undo_step(const step_t *s)
{
    const team_t  *t;

    s->f->sales = 0;

    if (!s->f->sale_known || s->lot->status != LOT_SOLD) {
        s->f->sale_known = 0;
        return NULL;
    }

    s->f->sale_known = 0;
    t = team_by(s->is, s->f->sale_team);

    if (s->e->type == EV_LOT_REOPENED) {
        MUST(t->held == s->f->sale_held && t->spent == s->f->sale_spent,
             "24: an undo does not give the points back");

    } else if (s->e->how != HOW_UNIT) {
        MUST(t->spent == s->f->sale_spent,
             "24: an undo does not give the points back");
    }

    return NULL;
}


/* A purse that something else moved says nothing of the sale any more. */

static void
purse_moved(const step_t *s, facts_t *f)
{
    uint32_t       i;
    lot_facts_t   *l;
    const team_t  *t, *n;

    for (i = 0; i < s->was->nlots && i < 2 * PLAY_LOTS; i++) {
        l = &f->lot[i];

        if (!l->sale_known || l == s->f) {
            continue;
        }

        t = team_by(s->was, l->sale_team);
        n = team_by(s->is, l->sale_team);

        if (t->held != n->held || t->spent != n->spent) {
            l->sale_known = 0;
        }
    }
}


/* --- time --- */


static const char *
time_step(const step_t *s)
{
    uint32_t      i;
    const lot_t  *lot, *now;

    for (i = 0; i < s->was->nlots; i++) {
        lot = &auction_lots(s->was)[i];
        now = &auction_lots(s->is)[i];

        if (!runs(lot) || !runs(now) || lot->round != now->round) {
            continue;
        }

        MUST(now->ends_at >= lot->ends_at, "13: the end came nearer");

        if (s->e->type == EV_AUCTION_RESUMED && lot->status == LOT_OPEN) {
            MUST(now->ends_at - s->e->ts
                 == lot->ends_at - s->was->paused_at,
                 "29: not the time that was left at the pause");
        }

        if (s->e->type == EV_LOT_RESUMED && lot->id == s->e->lot_id) {
            MUST(now->ends_at - s->e->ts == lot->ends_at - lot->frozen_at,
                 "29: not the time that was left at the hold");
        }

        if (s->was->status == AUCTION_PAUSED
            && s->is->status == AUCTION_PAUSED)
        {
            MUST(now->ends_at == lot->ends_at,
                 "29: time goes on during a pause");
        }
    }

    return NULL;
}


/* --- life --- */


static int
status_may(uint32_t from, uint32_t to)
{
    switch (from) {
    case AUCTION_VOID:       return to == AUCTION_DRAFT;
    case AUCTION_DRAFT:      return to == AUCTION_SCHEDULED
                                    || to == AUCTION_CANCELLED;
    case AUCTION_SCHEDULED:  return to == AUCTION_DRAFT || to == AUCTION_LOBBY
                                    || to == AUCTION_LIVE
                                    || to == AUCTION_CANCELLED;
    case AUCTION_LOBBY:      return to == AUCTION_SCHEDULED
                                    || to == AUCTION_LIVE
                                    || to == AUCTION_CANCELLED;
    case AUCTION_LIVE:       return to == AUCTION_PAUSED
                                    || to == AUCTION_ENDING
                                    || to == AUCTION_ENDED
                                    || to == AUCTION_CANCELLED
                                    || to == AUCTION_ABORTED;
    case AUCTION_PAUSED:     return to == AUCTION_LIVE
                                    || to == AUCTION_CANCELLED
                                    || to == AUCTION_ABORTED;
    case AUCTION_ENDING:     return to == AUCTION_ENDED;
    case AUCTION_ENDED:      return to == AUCTION_SETTLED;
    default:                 return 0;
    }
}


#define BIT(status)  (1u << (status))
#define RESULTS      (BIT(LOT_SOLD)|BIT(LOT_UNSOLD)|BIT(LOT_VOIDED))

static const uint32_t  lot_may[LOT_ASSIGNED + 1] = {
    [LOT_QUEUED] =    BIT(LOT_OPEN)|BIT(LOT_WITHDRAWN)|BIT(LOT_VOIDED)
                      |BIT(LOT_ASSIGNED),
    [LOT_OPEN] =      RESULTS|BIT(LOT_FROZEN)|BIT(LOT_LOCKED)
                      |BIT(LOT_RESERVE),
    [LOT_FROZEN] =    RESULTS|BIT(LOT_OPEN)|BIT(LOT_WITHDRAWN)
                      |BIT(LOT_LOCKED),
    [LOT_SOLD] =      BIT(LOT_OPEN)|BIT(LOT_QUEUED)|BIT(LOT_OFFERED),
    [LOT_UNSOLD] =    BIT(LOT_OPEN)|BIT(LOT_QUEUED)|BIT(LOT_OFFERED)
                      |BIT(LOT_ASSIGNED),
    [LOT_WITHDRAWN] = 0,
    [LOT_VOIDED] =    0,
    [LOT_LOCKED] =    RESULTS|BIT(LOT_OPEN)|BIT(LOT_RESERVE),
    [LOT_RESERVE] =   RESULTS,
    [LOT_OFFERED] =   BIT(LOT_SOLD)|BIT(LOT_UNSOLD),
    [LOT_ASSIGNED] =  BIT(LOT_QUEUED),
};


static const char *
life_step(const step_t *s)
{
    uint32_t      i;
    const lot_t  *lot, *now;

    MUST(s->was->status == s->is->status
         || status_may(s->was->status, s->is->status),
         "25: a transition that is not drawn");
    MUST(s->was->status < AUCTION_SETTLED
         || s->e->type == EV_AUCTION_RECOVERED,
         "25: something happens after the end");

    for (i = 0; i < s->was->nlots; i++) {
        lot = &auction_lots(s->was)[i];
        now = &auction_lots(s->is)[i];

        MUST(lot->status == now->status
             || (lot_may[lot->status] & BIT(now->status)),
             "25: a lot's transition that is not drawn");
        MUST(now->round >= lot->round, "10: a round came back");
    }

    MUST(memcmp(&s->was->rules, &s->is->rules, sizeof(rules_t)) == 0
         || s->was->status < AUCTION_LOBBY, "26: rules changed");
    MUST(s->is->epoch == s->was->epoch
         || s->e->type == EV_AUCTION_RECOVERED, "1: an epoch changed");
    MUST(s->is->seq == s->was->seq + 1, "1: a gap");
    MUST(s->is->ts >= s->was->ts, "1: time went back");

    return NULL;
}


static const char *
start_step(const step_t *s)
{
    int64_t       need, all, lots;
    uint32_t      i, k, n, quota;
    const team_t  *t;

    for (i = 0, lots = 0; i < s->was->nlots; i++) {
        lots += auction_lots(s->was)[i].status == LOT_QUEUED;
    }

    MUST(lots > 0, "30: begun without lots");

    if (s->was->mode != MODE_TEAM_DRAFT) {
        return NULL;
    }

    for (i = 0, n = 0, all = 0; i < s->was->nteams; i++) {
        t = &auction_teams(s->was)[i];

        if (t->gone) {
            continue;
        }

        for (k = 0, quota = 0; k < s->was->rules.nquotas; k++) {
            quota += t->roles[k] < s->was->rules.quotas[k].min
                     ? s->was->rules.quotas[k].min - t->roles[k] : 0;
        }

        need = (int64_t) s->was->rules.roster_min - t->roster;
        need = need > (int64_t) quota ? need : (int64_t) quota;
        all += need;
        n++;

        MUST(t->budget - t->spent >= need * s->was->rules.min_price,
             "30: a team cannot pay its roster");
        MUST((int64_t) t->roster + need <= (int64_t) t->slots,
             "30: a team has no room for its roster");
    }

    MUST(n >= 2, "30: begun with less than two teams");
    MUST(lots >= all, "30: too few players");

    return NULL;
}


static const char *
queue_step(const step_t *s, facts_t *f)
{
    uint32_t      i;
    const lot_t  *lot, *now;

    for (i = 0; i < s->is->nlots && i < 2 * PLAY_LOTS; i++) {

        now = &auction_lots(s->is)[i];
        lot = i < s->was->nlots ? &auction_lots(s->was)[i] : NULL;

        if (now->status == LOT_QUEUED
            && (lot == NULL || lot->status != LOT_QUEUED))
        {
            MUST(s->e->type == EV_LOT_QUEUED || s->e->type == EV_LOT_REQUEUED
                 || s->e->type == EV_CYCLE_STARTED,
                 "28: back in the queue without a word");
            f->lot[i].may_open = 1;
            f->lot[i].sales = 0;
        }
    }

    if (s->e->type == EV_LOT_OPENED) {
        MUST(s->f->may_open, "28: opened twice in a cycle");
        s->f->may_open = 0;
        s->f->sales = 0;
    }

    return NULL;
}


/* --- the ledger --- */


static purse_facts_t *
purse_of(facts_t *f, int64_t id)
{
    uint32_t  i;

    for (i = 0; i < f->npurses && f->purse[i].id != id; i++) {
        /* void */
    }

    if (i == f->npurses) {

        if (i == ENGINE_MAX_TEAMS) {
            return NULL;
        }

        f->npurses++;
        memset(&f->purse[i], 0, sizeof(purse_facts_t));
        f->purse[i].id = id;
    }

    return &f->purse[i];
}


static const char *
ledger_step(const step_t *s, facts_t *f)
{
    uint32_t        i, k, n;
    transfer_t      t[ENGINE_TRANSFERS];
    const team_t   *is;
    purse_facts_t  *p;

    for (i = 0; i < s->is->nteams; i++) {

        is = &auction_teams(s->is)[i];
        n = purse_transfers(team_by(s->was, is->id), is, s->e, t);
        p = purse_of(f, is->id);

        MUST(n <= ENGINE_TRANSFERS && p != NULL, "17: too many transfers");

        for (k = 0; k < n; k++) {
            MUST(t[k].amount > 0 && t[k].from != t[k].to
                 && t[k].from >= ACCOUNT_BANK && t[k].to >= ACCOUNT_BANK
                 && t[k].from <= ACCOUNT_SPENT && t[k].to <= ACCOUNT_SPENT
                 && t[k].team_id == is->id
                 && transfer_name(t[k].kind) != NULL,
                 "17: a transfer that is none");

            p->account[t[k].from] -= t[k].amount;
            p->account[t[k].to] += t[k].amount;
        }
    }

    return NULL;
}


const char *
step_wrong(const auction_t *was, const auction_t *is, const event_t *e,
    facts_t *f)
{
    step_t               s;
    const char          *wrong;
    static lot_facts_t   none;

    s.was = was;
    s.is = is;
    s.e = e;
    s.lot = lot_of(was, e->lot_id);
    s.now = lot_of(is, e->lot_id);
    s.f = s.now != NULL && s.now->number <= 2 * PLAY_LOTS
          ? &f->lot[s.now->number - 1] : &none;

    wrong = life_step(&s);
    wrong = wrong != NULL ? wrong : ledger_step(&s, f);
    wrong = wrong != NULL ? wrong
            : e->type == EV_LOT_REOPENED ? NULL : time_step(&s);
    wrong = wrong != NULL ? wrong : bids_stay(&s);

    if (wrong != NULL) {
        return wrong;
    }

    purse_moved(&s, f);

    switch (e->type) {

    case EV_BID_ACCEPTED:
        wrong = bid_step(&s);
        break;

    case EV_SEALED_SUBMITTED:
        wrong = bid_in_time(&s);
        break;

    case EV_BID_REACTIVE:
        MUST(s.now->price >= s.lot->price, "8: the house bids less");
        wrong = holds_move(&s);
        break;

    case EV_BID_VOIDED:
        wrong = void_step(&s);
        break;

    case EV_LOT_SOLD:
        wrong = sale_step(&s);
        break;

    case EV_LOT_REOPENED:
    case EV_LOT_REQUEUED:
        wrong = undo_step(&s);
        break;

    case EV_AUCTION_STARTED:
        wrong = start_step(&s);
        break;

    default:
        break;
    }

    return wrong != NULL ? wrong : queue_step(&s, f);
}
