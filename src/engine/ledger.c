/*
 * ledger: what the log means to the purses, as double entries.
 *
 * A purse has three accounts, what is available, held and spent, beside the
 * bank from which all points come.  Every change of a team is told as
 * transfers from one account to another, so that each sums to zero and the
 * balances are what the transfers add up to.
 */

#include "engine/inner.h"

#include <string.h>


static const char *const  kinds[] = {
    NULL, "grant", "adjust", "hold", "release", "capture", "refund", "bonus"
};

static const char *const  accounts[] = {
    NULL, "bank", "available", "held", "spent"
};


typedef struct {
    transfer_t     *t;
    uint32_t        n;
    int64_t         team_id, lot_id;
} ledger_t;


static void
transfer(ledger_t *l, transfer_kind_t kind, account_t from, account_t to,
    int64_t amount)
{
    transfer_t  *t;

    if (amount > 0) {
        t = &l->t[l->n++];
        t->kind = kind;
        t->from = from;
        t->to = to;
        t->team_id = l->team_id;
        t->lot_id = l->lot_id;
        t->amount = amount;
    }
}


static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}


/* A team that leaves takes its points out of the books; one that comes back
 * is a new one. */

uint32_t
purse_transfers(const team_t *was, const team_t *is, const event_t *e,
    transfer_t t[ENGINE_TRANSFERS])
{
    int64_t        budget, held, spent, captured;
    ledger_t       l;
    static team_t  none;

    if (was == NULL || was->gone) {
        was = &none;
    }

    if (is->gone) {
        is = &none;
    }

    budget = is->budget - was->budget;
    held = is->held - was->held;
    spent = is->spent - was->spent;

    l.t = t;
    l.n = 0;
    l.team_id = is != &none ? is->id : was->id;
    l.lot_id = e->lot_id;

    transfer(&l, e->type == EV_LOT_SOLD || e->type == EV_LOT_ASSIGNED
                 ? TRANSFER_BONUS : TRANSFER_GRANT,
             ACCOUNT_BANK, ACCOUNT_AVAILABLE, budget);
    transfer(&l, TRANSFER_ADJUST, ACCOUNT_AVAILABLE, ACCOUNT_BANK, -budget);

    /* what was held and is spent now was captured */

    captured = held < 0 && spent > 0 ? least(-held, spent) : 0;

    transfer(&l, TRANSFER_CAPTURE, ACCOUNT_HELD, ACCOUNT_SPENT, captured);

    held += captured;
    spent -= captured;

    transfer(&l, TRANSFER_RELEASE, ACCOUNT_HELD, ACCOUNT_AVAILABLE, -held);
    transfer(&l, TRANSFER_REFUND, ACCOUNT_SPENT, ACCOUNT_AVAILABLE, -spent);
    transfer(&l, TRANSFER_HOLD, ACCOUNT_AVAILABLE, ACCOUNT_HELD, held);
    transfer(&l, TRANSFER_CAPTURE, ACCOUNT_AVAILABLE, ACCOUNT_SPENT, spent);

    return l.n;
}


const char *
transfer_name(uint32_t kind)
{
    return kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[kind] : NULL;
}


const char *
account_name(uint32_t account)
{
    return account < sizeof(accounts) / sizeof(accounts[0])
           ? accounts[account] : NULL;
}
