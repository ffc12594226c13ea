/* needs: engine times */

/*
 * draw: the order of lots and teams by lot.  With "log" it writes the public
 * log of a draft and what came out, for another program to check.
 *
 *   draw.t [log ORDER]
 */

#include "tap.h"
#include "world.h"


static int64_t
player(world_t *w, int64_t item, int64_t pot)
{
    command_t  c;

    c = command(w, CMD_LOT_ADD, OWNER);
    c.item_id = item;
    c.pot = pot;

    return give(w, &c) == GAVEL_OK ? w->ev[0].lot_id : 0;
}


static gavel_code_t
publish(world_t *w, int salt)
{
    int        i;
    command_t  c;

    c = command(w, CMD_PUBLISH, OWNER);
    c.request_len = 3;
    memcpy(c.request_id, "pub", 3);

    for (i = 0; i < ENGINE_NONCE_LEN; i++) {
        c.nonce[i] = (unsigned char) (salt * 17 + i * 31);
    }

    return give(w, &c);
}


static void
drawn_world(world_t *w, const char *order)
{
    int   i;
    char  rules[200];

    snprintf(rules, sizeof(rules), "{\"order\":\"%s\",\"team_order\":"
             "\"drawn\",\"nomination\":\"snake\"}", order);
    world_open(w, MODE_TEAM_DRAFT, rules);

    for (i = 0; i < 5; i++) {
        (void) add_team(w, 101 + i, 201 + i, 1000);
    }

    for (i = 0; i < 23; i++) {
        (void) player(w, 1 + i, i * 7 % 4 + (i > 20));
    }
}


static int64_t
team_move(world_t *w, int64_t team, int64_t to)
{
    command_t  c;

    c = command(w, CMD_TEAM_MOVE, OWNER);
    c.team_id = team;
    c.position = to;

    return give(w, &c);
}


static void
seats(void)
{
    world_t    w;
    command_t  c;

    world_open(&w, MODE_TEAM_DRAFT, NULL);
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);
    (void) add_team(&w, 103, PARK, 1000);
    is_int(team_find(w.a, 103)->seat, 3, "by joining");
    is_int(team_move(&w, 103, 1), GAVEL_OK, "to the first seat");
    is_int(team_find(w.a, 103)->seat, 1, "there");
    is_int(team_find(w.a, 101)->seat, 2, "others move down");
    is_int(team_find(w.a, 102)->seat, 3, "one each");
    is_int(team_move(&w, 103, 99), GAVEL_OK, "to the last seat");
    is_int(team_find(w.a, 103)->seat, 3, "there");
    is_int(team_find(w.a, 102)->seat, 2, "others move up");
    is_int(team_move(&w, 103, 0), GAVEL_invalid_params, "no such seat");
    is_int(team_move(&w, 104, 1), GAVEL_not_found, "no such team");
    c = command(&w, CMD_TEAM_REMOVE, OWNER);
    c.team_id = 101;
    (void) give(&w, &c);
    is_int(team_find(w.a, 102)->seat, 1, "a team left");
    is_int(team_find(w.a, 103)->seat, 2, "and its seat");
    (void) add_team(&w, 101, KIM, 1000);
    is_int(team_find(w.a, 101)->seat, 3, "who comes back is last");
    (void) add_lot(&w, 1, 10);
    world_start(&w);
    is_int(team_move(&w, 103, 1), GAVEL_illegal_transition, "not any more");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static void
commitment(void)
{
    world_t         w;
    event_t         e;
    int64_t         last;
    command_t       c;
    rules_t         rules;
    unsigned char   first[ENGINE_HASH_LEN];

    drawn_world(&w, "drawn");
    is_int(publish(&w, 1), GAVEL_OK, "published");
    is_int(w.n, 2, "with");
    is_int(w.ev[1].type, EV_DRAW_COMMITTED, "a commitment");
    is_int(w.ev[0].request_len, 3, "answered by the first event");
    ok(strstr(w.log[w.log_n - 1].text, "seed") == NULL, "no seed in public");
    ok(strstr(w.log[w.log_n - 1].hidden, "seed") != NULL, "but in private");
    memcpy(first, w.ev[1].digest, ENGINE_HASH_LEN);

    e = w.ev[1];
    e.seq = w.a->seq + 1;
    is_int(evolve(&w.a, &e, w.j), -1, "once");

    (void) host(&w, CMD_UNPUBLISH);
    is_int(w.a->drawn, 0, "unpublished: forgotten");
    is_int(publish(&w, 2), GAVEL_OK, "published again");
    ok(memcmp(first, w.ev[1].digest, ENGINE_HASH_LEN) != 0, "anew");

    memset(&e, 0, sizeof(e));
    e.type = EV_DRAW_REVEALED;
    e.epoch = 1;
    e.seq = w.a->seq + 1;
    e.ts = w.a->ts;
    e.has_seed = e.has_digest = 1;
    memcpy(e.digest, w.a->head, ENGINE_HASH_LEN);
    is_int(evolve(&w.a, &e, w.j), -1, "another seed is refused");
    memcpy(e.seed, w.a->seed, ENGINE_NONCE_LEN);
    e.digest[0] ^= 1;
    is_int(evolve(&w.a, &e, w.j), -1, "another beacon too");
    e.type = EV_AUCTION_STARTED;
    is_int(evolve(&w.a, &e, w.j), -1, "no start without the draw");

    is_int(host(&w, CMD_LOBBY), GAVEL_OK, "lobby");
    is_int(host(&w, CMD_START), GAVEL_OK, "live");
    is_int(w.ev[0].type, EV_DRAW_REVEALED, "revealed");
    is_int(w.ev[1].type, EV_AUCTION_STARTED, "then started");
    is_int(w.ev[1].actor, OWNER, "which answers");
    last = player(&w, 99, 0);
    is_int(lot_find(w.a, last)->position, 24, "who comes late is last");
    ok(!w.broken, "evolved");
    world_close(&w);

    /* rules that change behind the publication */

    world_open(&w, MODE_TEAM_DRAFT, NULL);
    (void) publish(&w, 3);
    is_int(w.n, 1, "nothing to draw, nothing to commit to");
    c = command(&w, CMD_UPDATE, OWNER);
    rules_default(&rules, MODE_TEAM_DRAFT);
    rules.order = ORDER_POTS;
    c.rules = &rules;
    is_int(give(&w, &c), GAVEL_OK, "now there is");
    is_int(w.n, 2, "at once");
    is_int(give(&w, &c), GAVEL_OK, "another change");
    is_int(w.n, 1, "draws with the same seed");
    world_close(&w);
}


/* One of each pot in turn, and all of a pot before the next. */

static void
orders(void)
{
    world_t   w;
    lot_t    *lot;
    int       i, sorted, turns;
    uint32_t  pot[24];

    drawn_world(&w, "pots");
    (void) publish(&w, 4);
    (void) host(&w, CMD_START);
    for (i = 0; i < 23; i++) {
        lot = &auction_lots(w.a)[i];
        pot[lot->position] = lot->pot;
    }
    for (i = 2, sorted = 1; i <= 23; i++) {
        sorted &= pot[i] >= pot[i - 1];
    }
    ok(sorted, "pot after pot");
    ok(!w.broken, "evolved");
    world_close(&w);

    drawn_world(&w, "rotation");
    (void) publish(&w, 4);
    (void) host(&w, CMD_START);
    for (i = 0; i < 23; i++) {
        lot = &auction_lots(w.a)[i];
        pot[lot->position] = lot->pot;
    }
    for (i = 1, turns = 1; i <= 16; i++) {
        turns &= pot[i] == (uint32_t) (i < 5 ? i - 1 : i == 5 ? 4
                                       : (i - 2) % 4);
    }
    ok(turns, "one of each pot in turn");
    ok(!w.broken, "evolved");
    world_close(&w);
}


static int
write_log(const char *order)
{
    size_t    i;
    world_t   w;

    drawn_world(&w, order);
    (void) publish(&w, 5);
    (void) team_move(&w, 104, 2);
    (void) host(&w, CMD_START);

    for (i = 0; i < w.log_n; i++) {
        printf("%.*s\n", (int) w.log[i].len, w.log[i].text);
    }

    printf("lots");
    for (i = 0; i < w.a->nlots; i++) {
        printf(" %lld:%u", (long long) auction_lots(w.a)[i].id,
               auction_lots(w.a)[i].position);
    }

    printf("\nteams");
    for (i = 0; i < w.a->nteams; i++) {
        printf(" %lld:%u", (long long) auction_teams(w.a)[i].id,
               auction_teams(w.a)[i].seat);
    }

    printf("\n");
    i = (size_t) w.broken;
    world_close(&w);

    return i != 0;
}


int
main(int argc, char **argv)
{
    if (argc > 2) {
        return write_log(argv[2]);
    }

    seats();
    commitment();
    orders();

    return done_testing();
}
