/* needs: engine times */

/*
 * strangers: evolve() believes nobody.  Events of bids, maxima and voids are
 * decided at random, and each is first offered with one number changed by
 * one: that must be refused and must leave every byte as it was.
 *
 *   strangers.t [SEED [COMMANDS]]
 */

#include <stdlib.h>
#include <time.h>

#include "tap.h"
#include "world.h"


#define ACCEPTED   1
#define REACTIVE   2
#define SET        4
#define CANCELLED  8
#define VOIDED     16
#define ALL        (ACCEPTED|REACTIVE|SET|CANCELLED|VOIDED)
#define DRAFT      32                /* elsewhere it might be another bidder */
#define LEADS      64                /* who is outbid might have said less */


typedef struct {
    const char  *name;
    size_t       at;
    int          of;
} owned_t;


#define OWNS(member, of)  { #member, offsetof(event_t, member), of }

static const owned_t  owned[] = {
    OWNS(seq, ALL),
    OWNS(epoch, ALL),
    OWNS(round, ACCEPTED|REACTIVE|VOIDED),
    OWNS(bid_id, ACCEPTED|REACTIVE|SET|CANCELLED),
    OWNS(bidder, REACTIVE|CANCELLED|VOIDED),
    OWNS(bidder, ACCEPTED|SET|DRAFT),
    OWNS(team_id, ACCEPTED|REACTIVE|SET|VOIDED),
    OWNS(amount, REACTIVE),
    OWNS(amount, ACCEPTED|LEADS),
    OWNS(price, ACCEPTED|REACTIVE|VOIDED),
    OWNS(min_next, ACCEPTED|REACTIVE|VOIDED),
    OWNS(count, ACCEPTED|REACTIVE|VOIDED),
    OWNS(ends_at, ACCEPTED|VOIDED),
    OWNS(extensions, ACCEPTED|VOIDED),
    OWNS(reserve_met, ACCEPTED|REACTIVE),
    OWNS(outbid, ACCEPTED),
    OWNS(leader_bid, VOIDED),
};


static uint64_t  seed;
static int64_t   told, tried;


static int64_t
pick(int64_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;

    return (int64_t) (seed % (uint64_t) n);
}


static int
kind_of(const event_t *e)
{
    switch (e->type) {
    case EV_BID_ACCEPTED:         return ACCEPTED;
    case EV_BID_REACTIVE:         return REACTIVE;
    case EV_AUTO_BID_SET:         return SET;
    case EV_AUTO_BID_CANCELLED:   return CANCELLED;
    case EV_BID_VOIDED:           return VOIDED;
    default:                      return 0;
    }
}


/* Offers e with each of its numbers changed; the name of what was believed. */

static const char *
lies(world_t *w, const event_t *e, journal_t *j)
{
    int          delta;
    char        *before;
    size_t       i;
    int64_t      v;
    event_t      lie;
    const char  *bad;

    bad = NULL;
    before = malloc(w->a->size);
    memcpy(before, w->a, w->a->size);

    for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {

        if (!(owned[i].of & kind_of(e))
            || ((owned[i].of & DRAFT) && w->a->mode != MODE_TEAM_DRAFT)
            || ((owned[i].of & LEADS) && e->outbid))
        {
            continue;
        }

        for (delta = -1; delta <= 1; delta += 2) {
            lie = *e;
            memcpy(&v, (char *) &lie + owned[i].at, sizeof(v));
            v += delta;
            memcpy((char *) &lie + owned[i].at, &v, sizeof(v));
            tried++;

            if (evolve(&w->a, &lie, j) == 0) {
                bad = owned[i].name;

            } else if (memcmp(before, w->a, w->a->size) != 0) {
                bad = "a refused event changed something";
            }

            if (bad != NULL) {
                free(before);
                return bad;
            }
        }
    }

    free(before);

    return NULL;
}


static void
begin(world_t *w, int draft)
{
    int        i;
    command_t  c;

    world_open(w, draft ? MODE_TEAM_DRAFT : MODE_LIVE,
               "{\"ladder\":10,\"no_proxy\":false,\"retract\":\"window\","
               "\"retract_ms\":60000,\"auto_end\":false,\"roster_max\":20,"
               "\"clock\":{\"preset\":\"extend_to\",\"duration_ms\":20000,"
               "\"window_ms\":15000}}");
    w->keeps_log = 0;

    for (i = 0; i < 3 && draft; i++) {
        (void) add_team(w, 101 + i, KIM + i, 2000);
    }

    for (i = 0; i < 10; i++) {
        c = command(w, CMD_LOT_ADD, OWNER);
        c.item_id = i + 1;
        c.base_price = 50;
        c.reserve = draft || pick(2) ? -1 : 60 + pick(200);
        c.buy_now = draft || pick(3) ? -1 : 400;
        (void) give(w, &c);
    }

    world_start(w);
}


static command_t
some_command(world_t *w)
{
    lot_t             *lot;
    command_t          c;
    static const int   ways[] = { CMD_BID, CMD_BID, CMD_AUTO_BID,
                                  CMD_AUTO_BID, CMD_AUTO_BID, CMD_BID_VOID,
                                  CMD_BID_RETRACT, CMD_BUY_NOW,
                                  CMD_BID_BEHALF, CMD_AUTO_BID_CANCEL };

    w->now += pick(200);
    lot = &auction_lots(w->a)[w->a->current != 0 ? w->a->current - 1
                                                 : pick(w->a->nlots)];

    c = command(w, ways[pick(10)], KIM + pick(3));
    c.lot_id = lot->id;
    c.amount = lot_min_next(w->a, lot) + pick(60);
    c.user_id = KIM + pick(3);

    if (c.type == CMD_BID_VOID || c.type == CMD_BID_BEHALF) {
        c.actor = OWNER;
        c.bid_id = lot->last_bid != 0
                   ? auction_bids(w->a)[lot->last_bid - 1].id : 0;
    }

    if (w->a->current == 0 && pick(4) == 0) {
        c.type = CMD_LOT_OPEN;
        c.actor = OWNER;
        c.lot_id = 0;

    } else if (w->a->current != 0 && pick(40) == 0) {
        c.type = CMD_LOT_HAMMER;
        c.actor = OWNER;
        c.amount = 1;
    }

    return c;
}


static const char *
play(int draft, int64_t commands)
{
    uint32_t     i, n;
    event_t      ev[ENGINE_EVENTS];
    world_t      w;
    refusal_t    r;
    command_t    c;
    const char  *bad;

    begin(&w, draft);
    bad = w.broken ? "it does not begin" : NULL;

    while (commands-- > 0 && bad == NULL) {
        c = some_command(&w);
        n = decide(w.a, &c, w.now, ev, &r);

        for (i = 0; i < n && bad == NULL; i++) {
            told += kind_of(&ev[i]) != 0;
            bad = lies(&w, &ev[i], w.j);

            /* without a journal all is checked before anything changes */

            bad = bad != NULL ? bad : lies(&w, &ev[i], NULL);

            if (bad == NULL && evolve(&w.a, &ev[i], w.j) != 0) {
                bad = "decided, but not legal";
            }

            if (bad != NULL) {
                printf("# %s: %s\n", event_name(ev[i].type), bad);
            }
        }

        journal_clear(w.j);
    }

    world_close(&w);

    return bad;
}


int
main(int argc, char **argv)
{
    int          i;
    int64_t      n;
    const char  *bad;

    seed = argc > 1 ? strtoull(argv[1], NULL, 10)
                    : (uint64_t) time(NULL) * 2654435761u + 1;
    n = argc > 2 ? atoll(argv[2]) : 40;

    printf("# seed %llu\n", (unsigned long long) seed);

    for (i = 0, bad = NULL; i < n && bad == NULL; i++) {
        bad = play(i % 2, 400);
    }

    ok(bad == NULL, "no number of an event can be another");
    printf("# %lld events, %lld lies\n", (long long) told,
           (long long) tried);
    ok(told > n * 50, "of many events");

    return done_testing();
}
