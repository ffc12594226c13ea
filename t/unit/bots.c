/* needs: engine times */

/*
 * bots: a rehearsal plays itself, and never a real auction.
 */

#include "tap.h"
#include "world.h"


/* Lets the clock run until nothing comes any more; how many bids there were. */

static int
play(world_t *w, int limit)
{
    int        bids;
    int64_t    at;
    command_t  c;

    for (bids = 0; limit > 0; limit--) {

        at = auction_deadline(w->a, &c);

        if (at == 0 || c.type == CMD_SETTLE) {
            break;
        }

        w->now = at > w->now ? at : w->now;

        if (give(w, &c) != GAVEL_OK) {
            w->broken = 1;
            break;
        }

        bids += c.type == CMD_BOT;
    }

    return bids;
}


static void
draft(void)
{
    int        i, bids;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT,
               "{\"rehearsal\":true,\"auto_next_ms\":1000,"
               "\"roster_max\":3,\"cycles\":1}");

    (void) add_team(&w, 101, NOBODY, 1000);
    (void) add_team(&w, 102, NOBODY, 1000);
    (void) add_team(&w, 103, KIM, 1000);

    for (i = 1; i <= 9; i++) {
        (void) add_lot(&w, i, 20);
    }

    world_start(&w);
    bids = play(&w, 5000);

    ok(bids > 9, "bots bid");
    is_int(w.a->status, AUCTION_ENDED, "to the end of the draft");
    ok(team_find(w.a, 101)->roster + team_find(w.a, 102)->roster > 2,
       "and fill their teams");
    is_int(team_find(w.a, 103)->roster, 0, "nobody bids for a leader");
    is_int(w.broken, 0, "the log folds to the same");

    c = server(&w, CMD_BOT);
    is_int(give(&w, &c), GAVEL_illegal_transition, "not after the end");
    world_close(&w);
}


static void
money(void)
{
    int        i;
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TIMED,
               "{\"rehearsal\":true,\"bots\":4,"
               "\"clock\":{\"duration_ms\":20000,\"window_ms\":5000}}");

    for (i = 1; i <= 3; i++) {
        (void) add_lot(&w, i, 500);
    }

    world_start(&w);
    ok(play(&w, 5000) > 3, "strangers bid");
    is_int(w.a->status, AUCTION_ENDED, "to the end of the sale");
    ok(auction_lots(w.a)[0].price >= 500, "sold");
    is_int(w.broken, 0, "the log folds to the same");
    world_close(&w);

    (void) world_draft(&w, NULL);
    c = server(&w, CMD_BOT);
    w.now += 10000;
    is_int(give(&w, &c), GAVEL_illegal_transition,
           "no bot bids in a real auction");
    c = command(&w, CMD_BOT, OWNER);
    is_int(give(&w, &c), GAVEL_not_authorized, "and nobody moves one");
    world_close(&w);
}


int
main(void)
{
    draft();
    money();

    return done_testing();
}
