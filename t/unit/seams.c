/* needs: engine times */

/*
 * seams: where two rules meet: a pause and the queue, a player who is called
 * up twice, maxima that a lot has outgrown, the end of time.
 */

#include "tap.h"
#include "table.h"
#include "engine/inner.h"


static gavel_code_t
on_lot(world_t *w, command_type_t type, int64_t actor, int64_t lot)
{
    command_t  c;

    c = command(w, type, actor);
    c.lot_id = lot;

    return give(w, &c);
}


static gavel_code_t
maximum(world_t *w, int64_t who, int64_t lot, int64_t max)
{
    command_t  c;

    c = command(w, CMD_AUTO_BID, who);
    c.lot_id = lot;
    c.amount = max;

    return give(w, &c);
}


/* What is withdrawn in a pause leaves the block as any other: the next comes
 * when the auction goes on. */

static void
withdrawn_in_a_pause(void)
{
    world_t  w;

    draft_of(&w, "{\"auto_next_ms\":3000}", 2, 1000);
    world_start(&w);
    (void) tick(&w);
    is_int(on_lot(&w, CMD_LOT_HOLD, OWNER, 0), GAVEL_OK, "frozen");
    w.now += 1000;
    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "paused");
    w.now += 60000;
    is_int(on_lot(&w, CMD_LOT_WITHDRAW, OWNER, lot_id(&w, 1)), GAVEL_OK,
           "withdrawn in the pause");
    w.now += 60000;
    is_int(host(&w, CMD_RESUME), GAVEL_OK, "resumed");
    is_int(auction_deadline(w.a, NULL), w.now + 3000, "the next comes");
    ok(tick_to(&w, EV_LOT_OPENED), "and opens");
    is_int(w.a->current, 2, "it is the other");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);

    /* the last one of a sale that has no block */

    world_open(&w, MODE_TIMED, "{\"auto_end\":true}");
    (void) add_lot(&w, 1, 100);
    world_start(&w);
    (void) on_lot(&w, CMD_LOT_HOLD, OWNER, lot_id(&w, 1));
    (void) host(&w, CMD_PAUSE);
    (void) on_lot(&w, CMD_LOT_WITHDRAW, OWNER, lot_id(&w, 1));
    (void) host(&w, CMD_RESUME);
    is_int(w.a->status, AUCTION_ENDED, "nothing is left to go on with");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);
}


/* Who went unsold for good may be called up anew; his old lot is history. */

static void
a_player_twice(void)
{
    int64_t  old, anew;
    world_t  w;

    draft_of(&w, "{\"auto_end\":false}", 1, 1000);
    old = lot_id(&w, 1);
    world_start(&w);
    (void) host(&w, CMD_LOT_OPEN);
    (void) tick_to(&w, EV_LOT_UNSOLD);

    anew = add_lot(&w, 1, 50);
    ok(anew != 0, "a player who went unsold is called up anew");
    is_int(on_lot(&w, CMD_LOT_REOPEN, OWNER, 0), GAVEL_already_exists,
           "his old lot does not open again beside it");
    is_int(lot_undoable(w.a), 0, "nor is that offered");
    is_int(on_lot(&w, CMD_LOT_REQUEUE, OWNER, old), GAVEL_already_exists,
           "nor is it queued");
    is_int(assign(&w, old, 101, 0), GAVEL_already_exists, "nor given away");
    is_int(assign(&w, anew, 101, 0), GAVEL_OK, "the new one is");
    is_int(assign(&w, old, 102, 0), GAVEL_already_exists,
           "he has a team now");
    is_int(on_lot(&w, CMD_LOT_REQUEUE, OWNER, old), GAVEL_already_exists,
           "and is not sold twice");
    is_int(on_lot(&w, CMD_LOT_WITHDRAW, OWNER, anew), GAVEL_illegal_transition,
           "assigned");
    is_int(on_lot(&w, CMD_LOT_REOPEN, OWNER, 0), GAVEL_OK, "taken back");
    is_int(on_lot(&w, CMD_LOT_WITHDRAW, OWNER, anew), GAVEL_OK, "withdrawn");
    is_int(on_lot(&w, CMD_LOT_REQUEUE, OWNER, old), GAVEL_OK,
           "now the old one may");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);

    /* the rest for the last team is everybody once */

    draft_of(&w, "{\"auto_fill\":true,\"auto_next_ms\":0,\"roster_max\":2}",
             1, 1000);
    world_start(&w);
    (void) tick(&w);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    (void) host(&w, CMD_PAUSE);
    anew = add_lot(&w, 1, 50);
    (void) assign(&w, add_lot(&w, 2, 50), 101, 0);
    (void) assign(&w, add_lot(&w, 3, 50), 101, 0);
    (void) assign(&w, add_lot(&w, 4, 50), 102, 0);
    (void) assign(&w, add_lot(&w, 5, 50), 102, 0);
    (void) host(&w, CMD_RESUME);
    ok(tick_to(&w, EV_LOT_ASSIGNED), "the rest is dealt out");
    is_int(w.ev[0].lot_id, anew, "the new lot");
    is_int(team_find(w.a, 103)->roster, 1, "once");
    is_int(w.a->status, AUCTION_ENDED, "and that was all");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);
}


static void
outgrown_maxima(void)
{
    int        i;
    world_t    w;
    lot_t     *lot;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"ladder\":1,\"cycles\":1,"
               "\"cycle_base_percent\":10}");
    (void) add_lot(&w, 1, 100);
    (void) host(&w, CMD_PUBLISH);
    is_int(maximum(&w, KIM, lot_id(&w, 1), 200), GAVEL_OK, "a pre-bid");

    c = command(&w, CMD_LOT_CHANGE, OWNER);
    c.lot_id = lot_id(&w, 1);
    c.base_price = 500;
    is_int(give(&w, &c), GAVEL_OK, "the lot is dearer now");
    (void) host(&w, CMD_START);
    (void) host(&w, CMD_LOT_OPEN);

    lot = &auction_lots(w.a)[0];
    is_int(w.n, 1, "nobody bids for him");
    is_int(lot->hidden_bids, 0, "and his maximum is forgotten");

    for (i = 0; i < 2 * ENGINE_LOT_BIDS; i++) {
        (void) bid(&w, i % 2 ? LEE : PARK, 500 + i);
    }

    lot = &auction_lots(w.a)[0];
    is_int(lot->nbids, ENGINE_LOT_BIDS, "as many bids as of other lots stay");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);

    /* in a later round it is not alive again */

    world_open(&w, MODE_LIVE, "{\"ladder\":1}");
    (void) add_lot(&w, 1, 100);
    (void) host(&w, CMD_PUBLISH);
    (void) maximum(&w, KIM, lot_id(&w, 1), 200);
    c.lot_id = lot_id(&w, 1);
    (void) give(&w, &c);
    (void) host(&w, CMD_START);
    (void) host(&w, CMD_LOT_OPEN);
    (void) tick_to(&w, EV_LOT_UNSOLD);
    c = command(&w, CMD_LOT_REQUEUE, OWNER);
    c.lot_id = lot_id(&w, 1);
    c.base_price = 100;
    is_int(give(&w, &c), GAVEL_OK, "cheap again");
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.n, 1, "nobody bids");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);

    /* a team that was removed took its maximum with it */

    draft_of(&w, "{\"no_proxy\":false}", 4, 1000);
    (void) host(&w, CMD_PUBLISH);
    is_int(maximum(&w, KIM, lot_id(&w, 1), 300), GAVEL_OK, "a team's");
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 101;
    is_int(give(&w, &c), GAVEL_OK, "it is removed");
    is_int(add_team(&w, 101, 77, 1000), GAVEL_OK, "and comes back as another");
    is_int(auction_lots(w.a)[0].hidden_bids, 0, "that has said nothing");
    (void) host(&w, CMD_START);
    (void) host(&w, CMD_LOT_OPEN);
    is_int(w.n, 1, "nobody bids for it");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);
}


/* Times are written with four digits of the year: nothing goes beyond. */

static void
end_of_time(void)
{
    int64_t    last;
    world_t    w;
    command_t  c;

    last = INT64_C(253402300799999);

    world_open(&w, MODE_TIMED, "{\"stagger_ms\":60000}");
    c = command(&w, CMD_UPDATE, OWNER);
    c.ends_at = last;
    is_int(give(&w, &c), GAVEL_OK, "an end in the last moment of 9999");
    (void) add_lot(&w, 1, 100);
    (void) add_lot(&w, 2, 100);
    world_start(&w);
    is_int(w.a->status, AUCTION_LIVE, "it begins");
    is_int(auction_lots(w.a)[0].ends_at, last, "with a lot that ends then");
    is_int(auction_lots(w.a)[1].ends_at, last, "and the next not behind it");
    ok(world_replays(&w), "such a log can be read");

    is_int(on_lot(&w, CMD_LOT_HOLD, OWNER, lot_id(&w, 1)), GAVEL_OK, "frozen");
    w.now += 5000;
    is_int(on_lot(&w, CMD_LOT_RESUME, OWNER, lot_id(&w, 1)), GAVEL_OK, "and");
    ok(world_replays(&w), "resumed, readable still");

    (void) host(&w, CMD_PAUSE);
    w.now += 5000;
    is_int(host(&w, CMD_RESUME), GAVEL_OK, "after a pause");
    is_int(bid_on(&w, lot_id(&w, 2), KIM, 100), GAVEL_OK, "a bid");
    ok(world_replays(&w), "can be read, too");
    ok(!w.broken, "evolved");
    world_close(&w);

    world_open(&w, MODE_TIMED, "{\"clock\":{\"preset\":\"extend_end_by\","
               "\"duration_ms\":1000,\"window_ms\":60000,"
               "\"extend_ms\":60000}}");
    (void) add_lot(&w, 1, 100);
    w.now = last - 30000;
    world_start(&w);
    is_int(bid_on(&w, lot_id(&w, 1), KIM, 100), GAVEL_OK, "the last bid");
    is_int(auction_lots(w.a)[0].ends_at, last, "extends to the end of time");
    ok(world_replays(&w), "and no further");
    ok(!w.broken, "evolved");
    world_close(&w);
}


/* In a reverse round a price is what one gives up: nothing was paid. */

static void
sums_of_a_reverse_round(void)
{
    world_t  w;

    draft_of(&w, "{\"cycles\":1,\"reverse_bonus\":300,\"auto_next_ms\":0,"
             "\"settle_ms\":1000}", 2, 1000);
    world_start(&w);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);
    (void) tick_to(&w, EV_LOT_SOLD);
    ok(tick_to(&w, EV_CYCLE_STARTED), "the reverse round");
    is_int(bid(&w, LEE, 50), GAVEL_OK, "who gives up 50");
    ok(tick_to(&w, EV_AUCTION_ENDED), "the end");
    is_int(team_find(w.a, 102)->budget, 1250, "he was paid");
    ok(tick_to(&w, EV_AUCTION_SETTLED), "settled");
    is_int(w.ev[0].sold, 2, "two sold");
    is_int(w.ev[0].amount, 100, "for what one of them paid");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);
}


/* Units of a lot that others followed have been paid for, too. */

static void
sums_of_units(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_LIVE, "{\"ladder\":1,\"auto_next_ms\":0,"
               "\"auto_end\":true,\"settle_ms\":1000}");
    c = command(&w, CMD_LOT_ADD, OWNER);
    c.item_id = 1;
    c.base_price = 100;
    c.quantity = 3;
    is_int(give(&w, &c), GAVEL_OK, "three units");
    world_start(&w);
    (void) tick(&w);
    (void) bid(&w, KIM, 100);
    ok(tick_to(&w, EV_LOT_SOLD), "one");
    (void) tick_to(&w, EV_LOT_OPENED);
    (void) bid(&w, LEE, 120);
    (void) host(&w, CMD_LOT_HAMMER);
    (void) tick_to(&w, EV_LOT_OPENED);
    (void) bid(&w, PARK, 150);
    ok(tick_to(&w, EV_AUCTION_ENDED), "and all are sold");
    ok(tick_to(&w, EV_AUCTION_SETTLED), "settled");
    is_int(w.ev[0].amount, 370, "with what all three cost");
    ok(!w.broken, "evolved");
    ok(world_replays(&w), "and replayed");
    world_close(&w);
}


int
main(void)
{
    withdrawn_in_a_pause();
    a_player_twice();
    outgrown_maxima();
    end_of_time();
    sums_of_a_reverse_round();
    sums_of_units();

    return done_testing();
}
