/* needs: engine times */

/*
 * lifecycle: who may what, in which state, and what comes of it.
 */

#include "tap.h"
#include "world.h"


/* T-22, T-26: a stranger is refused before anything else is looked at.
 * T-31: what the clock may, no client may, not even an admin. */

static void
roles(void)
{
    int        i;
    world_t    w;
    command_t  c;

    (void) world_draft(&w, NULL);

    for (i = CMD_UPDATE; i < CMD_MAX; i++) {

        if (i == CMD_BID || i == CMD_AUTO_BID || i == CMD_AUTO_BID_CANCEL
            || i == CMD_BUY_NOW || i == CMD_BID_RETRACT || i == CMD_FOLD
            || i == CMD_NOMINATE || i == CMD_OFFER_ANSWER)
        {
            continue;
        }

        c = command(&w, i, STRANGER);
        c.user_id = OWNER;
        is_int(give(&w, &c), GAVEL_not_authorized, "a stranger");
        c = command(&w, i, KIM);
        is_int(give(&w, &c), GAVEL_not_authorized, "a leader");
        c = command(&w, i, NOBODY);
        is_int(give(&w, &c), GAVEL_not_authorized, "a guest");

        if (i == CMD_LOT_CLOSE || i == CMD_RECOVER || i == CMD_NEW_EPOCH
            || i == CMD_LOT_CLOSING || i == CMD_ADVANCE || i == CMD_SETTLE
            || i == CMD_BOT)
        {
            c = command(&w, i, OWNER);
            c.lot_id = w.a->current;
            is_int(give(&w, &c), GAVEL_not_authorized, "T-31: the owner");
            c.actor_roles = ACTOR_ADMIN;
            is_int(give(&w, &c), GAVEL_not_authorized, "T-31: an admin");
        }
    }

    is_int(host(&w, CMD_ABORT), GAVEL_not_authorized, "abort: not the owner");
    c = command(&w, CMD_ABORT, STRANGER);
    c.actor_roles = ACTOR_ADMIN;
    is_int(give(&w, &c), GAVEL_OK, "abort: an admin");
    is_int(host(&w, CMD_CANCEL), GAVEL_illegal_transition, "then no more");
    world_close(&w);
}


static void
form(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_LIVE, NULL);

    c = command(&w, 0, OWNER);
    is_int(give(&w, &c), GAVEL_unknown_command, "no command");
    c = command(&w, CMD_MAX, OWNER);
    is_int(give(&w, &c), GAVEL_unknown_command, "no such command");
    c = command(&w, CMD_PUBLISH, OWNER);
    c.request_len = 2;
    memcpy(c.request_id, "\xff\xfe", 2);
    is_int(give(&w, &c), GAVEL_bad_request, "a request id is text");
    c = server(&w, CMD_CREATE);
    c.mode = MODE_LIVE;
    c.user_id = OWNER;
    is_int(give(&w, &c), GAVEL_already_exists, "created once");
    world_close(&w);

    w.a = auction_create(6);
    is_int(auction_deadline(w.a, NULL), 0, "nothing has no deadline");
    w.ev = NULL;
    w.ev_cap = 0;
    w.j = NULL;
    w.log = NULL;
    w.keeps_log = 0;
    is_int(bid(&w, KIM, 100), GAVEL_not_found, "nothing to bid for");
    c = command(&w, CMD_CREATE, OWNER);
    c.mode = MODE_LIVE;
    is_int(give(&w, &c), GAVEL_not_authorized, "T-31: creation is internal");
    world_close(&w);
}


static void
transitions(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT, NULL);

    c = command(&w, CMD_UPDATE, OWNER);
    c.starts_at = 0;
    is_int(give(&w, &c), GAVEL_OK, "no start");
    is_int(host(&w, CMD_PUBLISH), GAVEL_not_ready, "is not published");
    c.starts_at = T0 + 60000;
    is_int(give(&w, &c), GAVEL_OK, "a start");
    c.ends_at = T0;
    is_int(give(&w, &c), GAVEL_invalid_params, "an end before it");

    is_int(host(&w, CMD_START), GAVEL_illegal_transition, "draft to live");
    is_int(host(&w, CMD_PUBLISH), GAVEL_OK, "scheduled");
    is_int(host(&w, CMD_UNPUBLISH), GAVEL_OK, "draft");
    is_int(host(&w, CMD_PUBLISH), GAVEL_OK, "scheduled");
    is_int(host(&w, CMD_LOBBY), GAVEL_OK, "lobby");
    is_int(host(&w, CMD_PUBLISH), GAVEL_OK, "postponed");
    is_int(host(&w, CMD_LOBBY), GAVEL_OK, "lobby");
    is_int(give(&w, &c), GAVEL_illegal_transition, "too late to change");
    is_int(host(&w, CMD_START), GAVEL_not_ready, "T-27: no lots, no teams");
    (void) add_lot(&w, 1, -1);
    is_int(w.ev[0].base_price, 10, "a base price by the rules");
    is_int(add_lot(&w, 1, 10), 0, "28: a player once");
    is_int(w.r.code, GAVEL_already_exists, "28");
    is_int(host(&w, CMD_START), GAVEL_not_ready, "T-27: no teams");
    is_int(add_team(&w, 1, KIM, -1), GAVEL_OK, "a team");
    is_int(w.ev[0].budget, 1000, "with the rules' budget");
    is_int(host(&w, CMD_START), GAVEL_not_ready, "one team is none");
    is_int(add_team(&w, 1, LEE, -1), GAVEL_already_exists, "once");
    is_int(add_team(&w, 2, KIM, -1), GAVEL_already_exists, "22: one a leader");
    is_int(add_team(&w, 2, NOBODY, -1), GAVEL_OK, "a team without leader");
    is_int(host(&w, CMD_START), GAVEL_not_ready, "which it needs");

    c = command(&w, CMD_TEAM_LEADER, OWNER);
    c.team_id = 2;
    c.user_id = KIM;
    is_int(give(&w, &c), GAVEL_already_exists, "22: not Kim");
    c.user_id = LEE;
    is_int(give(&w, &c), GAVEL_OK, "Lee leads");

    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 1;
    is_int(give(&w, &c), GAVEL_OK, "a team leaves");
    is_int(bid(&w, KIM, 10), GAVEL_lot_not_open, "nothing on the block");
    is_int(add_team(&w, 1, KIM, 500), GAVEL_OK, "and comes back");
    is_int(w.a->nteams, 2, "to its place");

    is_int(host(&w, CMD_START), GAVEL_OK, "live");
    is_int(host(&w, CMD_START), GAVEL_illegal_transition, "once");
    is_int(add_team(&w, 3, PARK, 500), GAVEL_illegal_transition, "too late");
    is_int(host(&w, CMD_RESUME), GAVEL_illegal_transition, "not paused");
    is_int(host(&w, CMD_PAUSE), GAVEL_OK, "paused");
    is_int(host(&w, CMD_PAUSE), GAVEL_illegal_transition, "once");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition, "pause is total");
    is_int(host(&w, CMD_END), GAVEL_illegal_transition, "paused: no end");
    is_int(host(&w, CMD_RESUME), GAVEL_OK, "resumed");
    (void) add_lot(&w, 2, 10);
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_OK, "open");
    is_int(host(&w, CMD_LOT_OPEN), GAVEL_illegal_transition, "27: one");
    (void) bid(&w, KIM, 10);

    c = command(&w, CMD_LOT_WITHDRAW, OWNER);
    c.lot_id = auction_lots(w.a)[0].id;
    is_int(give(&w, &c), GAVEL_illegal_transition, "not while it is open");
    (void) host(&w, CMD_LOT_HOLD);
    is_int(give(&w, &c), GAVEL_OK, "but frozen");
    is_int(team_find(w.a, 1)->held, 0, "the hold is released");
    is_int(w.a->current, 0, "the block is free");

    (void) host(&w, CMD_LOT_OPEN);
    (void) bid(&w, LEE, 10);
    is_int(host(&w, CMD_END), GAVEL_OK, "the host ends it");
    is_int(w.n, 2, "the open lot first");
    is_int(w.ev[0].how, HOW_END, "sold by the end");
    is_int(w.ev[1].sold, 1, "one sold");
    is_int(host(&w, CMD_CANCEL), GAVEL_illegal_transition, "25: no way out");
    is_int(add_lot(&w, 3, 10), 0, "25");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
cancelling(void)
{
    world_t    w;
    int64_t    lot;
    command_t  c;

    lot = world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);

    c = command(&w, CMD_CANCEL, OWNER);
    c.reason_len = 4;
    memcpy(c.reason, "rain", 4);
    is_int(give(&w, &c), GAVEL_OK, "cancelled");
    is_int(lot_find(w.a, lot)->status, LOT_VOIDED, "the open lot is void");
    is_int(lot_find(w.a, lot + 1)->status, LOT_VOIDED, "the others too");
    is_int(team_find(w.a, 101)->held, 0, "the hold is released");
    is_int(auction_deadline(w.a, NULL), 0, "no deadline");
    world_close(&w);

    (void) world_draft(&w, NULL);
    c = server(&w, CMD_NEW_EPOCH);
    is_int(give(&w, &c), GAVEL_OK, "the log lost its tail");
    is_int(w.a->epoch, 2, "a new epoch");
    is_int(bid(&w, KIM, 100), GAVEL_OK, "and on it goes");
    is_int(w.ev[0].epoch, 2, "in it");
    world_close(&w);
}


static void
strangers(void)
{
    char     before[65536], after[65536];
    size_t   len;
    world_t  w;
    event_t  e;
    int      i, passed;

    (void) world_draft(&w, NULL);
    (void) bid(&w, KIM, 100);
    len = state_save(w.a, before, sizeof(before));

    for (i = 0, passed = 0; i <= EV_MAX; i++) {
        memset(&e, 0, sizeof(e));
        e.type = i;
        e.epoch = 1;
        e.seq = w.a->seq + 2;
        e.ts = w.a->ts;
        passed += evolve(&w.a, &e, w.j) == 0;
        e.seq = w.a->seq;
        passed += evolve(&w.a, &e, w.j) == 0;
        e.seq = w.a->seq + 1;
        e.epoch = 3;
        passed += evolve(&w.a, &e, w.j) == 0;
        e.epoch = 1;
        e.ts = w.a->ts - 1;
        passed += evolve(&w.a, &e, w.j) == 0;
    }

    is_int(passed, 0, "an event out of order is refused");
    is_int(state_save(w.a, after, sizeof(after)), (int64_t) len, "and");
    ok(memcmp(before, after, len) == 0, "changes nothing");

    e = w.ev[0];
    e.seq++;
    e.bid_id++;
    is_int(evolve(&w.a, &e, w.j), -1, "8: the same bid again");

    auction_t  *b = state_load(before, len);
    ok(b != NULL, "a snapshot loads");
    free(b);
    ok(state_load(before, len - 1) == NULL, "cut short it does not");
    ((auction_t *) before)->nlots = 9999;
    ok(state_load(before, len) == NULL, "nor with more lots than room");
    ok(state_load(before, 3) == NULL, "nor a few bytes");

    len = state_text(w.a, NULL, 0);
    ok(len < sizeof(after), "the room it asks for");
    len = state_text(w.a, after, len);
    ok(len != 0 && after[0] == '{' && after[len - 1] == '}', "its text");
    after[len] = '\0';
    ok(strstr(after, "\"current_lot_id\":2097") != NULL,
       "the lot on the block");
    ok(strstr(after, "\"max_bid\":900") != NULL, "what a team may bid");
    is_int(state_text(w.a, after, len - 1), 0, "needs its room");
    world_close(&w);
}


int
main(void)
{
    roles();
    form();
    transitions();
    cancelling();
    strangers();

    return done_testing();
}
