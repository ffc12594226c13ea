/* needs: engine times tools/invariants tools/inv_bids tools/inv_points tools/inv_life */

/*
 * invariants: bad states made by hand.  Each lie about what an event did must
 * be seen by the invariant that it breaks, and by none that it does not.
 */

#include "tap.h"
#include "tools/invariants.h"
#include "world.h"


static world_t     w;
static auction_t  *was;
static event_t     ev;
static book_t      book;
static step_t      s;
static char        text[EVENT_TEXT_MAX];


/* The last event of a command, as a step from `was`, before any lie. */

static void
see(void)
{
    ev = w.ev[w.n != 0 ? w.n - 1 : 0];

    s.was = was;
    s.is = w.a;
    s.e = &ev;
    s.lot_was = ev.lot_id ? lot_find(was, ev.lot_id) : NULL;
    s.lot = ev.lot_id ? lot_find(w.a, ev.lot_id) : NULL;
    s.text_len = event_public(&ev, w.a->id, text, sizeof(text));
    s.text = text;
    s.book = &book;
}


static int
broken(int number)
{
    const invariant_t  *i;

    for (i = invariants; i->number != number; i++) { /* void */ }

    return i->check(&s) != NULL;
}


/* The first that is broken, or 0. */

static int
first_broken(void)
{
    const invariant_t  *i;

    for (i = invariants; i->number != 0; i++) {
        if (i->check(&s) != NULL) {
            printf("# %d %s\n", i->number, i->check(&s));
            return i->number;
        }
    }

    return 0;
}


/* Gives a command of one event, keeps the state before it. */

static void
plays(const command_t *c)
{
    free(was);
    was = auction_copy(w.a);
    w.broken |= give(&w, c) != GAVEL_OK || w.n != 1;
    see();
    w.broken |= book_room(&book, w.a) != 0;
}


static void
tell(const command_t *c)
{
    plays(c);
    (void) first_broken();
    book_note(&s);
}


static command_t
offer(int64_t who, int64_t amount)
{
    command_t  c;

    c = command(&w, CMD_BID, who);
    c.amount = amount;

    return c;
}


/* Plays the log so far into the book, from the first event. */

static void
begin(int64_t lots)
{
    size_t      i;
    event_t     e;
    int64_t     id;
    auction_t  *a, *before;
    command_t   c;

    world_open(&w, MODE_TEAM_DRAFT,
               "{\"roster_min\":1,\"roster_max\":3,\"min_price\":10,"
               "\"ladder\":10,\"clock\":{\"max_extensions\":2}}");
    (void) add_team(&w, 101, KIM, 1000);
    (void) add_team(&w, 102, LEE, 1000);

    while (lots-- > 0) {
        (void) add_lot(&w, lots + 1, 100);
    }

    world_start(&w);

    book_open(&book);
    a = auction_create(w.a->id);

    for (i = 0; i < w.log_n; i++) {
        before = auction_copy(a);
        w.broken |= event_parse(&e, &id, w.log[i].text, w.log[i].len,
                                w.log[i].hidden, w.log[i].hidden_len) != 0
                    || evolve(&a, &e, NULL) != 0
                    || book_room(&book, a) != 0;

        s.was = before;
        s.is = a;
        s.e = &e;
        s.lot_was = e.lot_id ? lot_find(before, e.lot_id) : NULL;
        s.lot = e.lot_id ? lot_find(a, e.lot_id) : NULL;
        s.text = w.log[i].text;
        s.text_len = w.log[i].len;
        s.book = &book;
        w.broken |= first_broken() != 0;
        book_note(&s);
        free(before);
    }

    free(a);

    c = command(&w, CMD_LOT_OPEN, OWNER);
    tell(&c);
}


static void
end(void)
{
    ok(!w.broken, "the play went as told");
    book_close(&book);
    world_close(&w);
    free(was);
    was = NULL;
}


#define LIE(number, what, lie)                                                \
    do {                                                                      \
        auction_t  *is_, *was_;                                               \
        event_t     e_;                                                       \
        is_ = auction_copy(w.a);                                              \
        was_ = auction_copy(was);                                             \
        e_ = ev;                                                              \
        { lie; }                                                              \
        ok(broken(number), #number ": " what);                                \
        memcpy(w.a, is_, is_->size);                                          \
        memcpy(was, was_, was_->size);                                        \
        ev = e_;                                                              \
        free(is_);                                                            \
        free(was_);                                                           \
    } while (0)

#define LOT     (&auction_lots(w.a)[0])
#define KIMS    (&auction_teams(w.a)[0])
#define LEES    (&auction_teams(w.a)[1])


static void
bids(void)
{
    command_t  c;

    begin(3);

    c = offer(KIM, 100);
    tell(&c);
    c = offer(LEE, 110);
    memcpy(c.request_id, "r1", 2);
    c.request_len = 2;
    plays(&c);
    is_int(first_broken(), 0, "a good bid breaks nothing");

    LIE(1, "a seq is left out", ev.seq++);
    LIE(1, "another epoch", w.a->epoch++; ev.epoch++);
    LIE(1, "time goes back", ev.ts = was->ts - 1);
    LIE(5, "the same request again", (void) 0);
    LIE(5, "a request of nobody", ev.actor = NOBODY);
    LIE(8, "less than a step", ev.amount = 105);
    LIE(8, "not more", ev.amount = 100);
    LIE(8, "below what is asked",
        lot_find(was, ev.lot_id)->ask = 150);
    LIE(9, "a void bid leads",
        auction_bids(w.a)[LOT->last_bid - 1].flags |= BID_VOID);
    LIE(9, "another's bid is above the price",
        auction_bids(w.a)[LOT->first_bid - 1].amount = 500);
    LIE(9, "the later of equal bids leads",
        auction_bids(w.a)[LOT->first_bid - 1].amount = 110);
    LIE(9, "a price of nobody", LOT->leader = NOBODY);
    LIE(11, "behind the end", ev.at = LOT->ends_at);
    LIE(11, "in a pause", was->status = AUCTION_PAUSED);
    LIE(11, "on a frozen lot", lot_find(was, ev.lot_id)->status = LOT_FROZEN);
    LIE(11, "of the owner", ev.bidder = OWNER);
    LIE(13, "the end moves back", LOT->ends_at--);
    LIE(13, "an extension too many", LOT->extensions = 3);
    LIE(13, "behind the hard end", LOT->hard_end = LOT->ends_at - 1);
    LIE(14, "an old bid is another",
        auction_bids(w.a)[LOT->first_bid - 1].amount--);
    LIE(14, "another's", auction_bids(w.a)[LOT->first_bid - 1].bidder = PARK);
    LIE(16, "points from nowhere", LEES->held = 2000);
    LIE(16, "less than nothing", KIMS->spent = -1);
    LIE(18, "more is held", LEES->held += 10);
    LIE(18, "of both", KIMS->held += 100);
    LIE(19, "it is not given back", KIMS->held += 100);
    LIE(20, "the rest cannot be paid",
        w.a->rules.roster_min = 3; w.a->rules.min_price = 900);
    LIE(21, "a player of nobody", LEES->roster++);
    LIE(25, "the auction jumps", w.a->status = AUCTION_SETTLED);
    LIE(25, "the lot jumps", LOT->status = LOT_OFFERED);
    LIE(26, "rules change", w.a->rules.min_price++);
    LIE(26, "a version later", w.a->rules_version++);

    end();
}


static void
sales(void)
{
    command_t  c;

    begin(3);

    c = offer(KIM, 150);
    tell(&c);
    c = command(&w, CMD_LOT_HAMMER, OWNER);
    plays(&c);
    is_int(first_broken(), 0, "a good sale breaks nothing");

    LIE(10, "below the base price", ev.price = 50; LOT->price = 50);
    LIE(10, "above his maximum", ev.price = 200; LOT->price = 200);
    LIE(10, "to another", ev.bidder = LEE);
    LIE(10, "below the reserve by the clock",
        ev.how = HOW_CLOCK; lot_find(was, ev.lot_id)->reserve = 500);
    LIE(10, "twice", book.lots[0].sold_round = 1);
    LIE(18, "the hold stays", KIMS->held += 150);
    LIE(18, "another price is paid", KIMS->spent -= 10);
    LIE(21, "no player for it", KIMS->roster--);
    LIE(21, "more than slots", KIMS->slots = 0);
    book.lots[0].sold_round = 0;
    book_note(&s);
    is_int(state_holds(w.a, &book, &s.text), 0, "all of it holds");

    KIMS->spent++;
    is_int(state_holds(w.a, &book, &s.text), 21, "or not");
    KIMS->spent--;
    KIMS->held++;
    is_int(state_holds(w.a, &book, &s.text), 18, "or not so");
    KIMS->held--;

    c = command(&w, CMD_LOT_REOPEN, OWNER);
    c.ms = 5000;
    plays(&c);
    is_int(first_broken(), 0, "an undo breaks nothing");

    LIE(24, "not all comes back", KIMS->spent += 1);
    LIE(24, "it is not held again", KIMS->held -= 150);
    LIE(24, "points as well", KIMS->budget += 1);
    LIE(27, "a second one is on the block", book.rolling = 1);
    LIE(28, "what is opened again in a cycle",
        ev.type = EV_LOT_OPENED);
    book_note(&s);

    end();
}


static void
times(void)
{
    command_t  c;

    begin(3);

    c = command(&w, CMD_PAUSE, OWNER);
    tell(&c);
    w.now += 5000;
    c = command(&w, CMD_RESUME, OWNER);
    plays(&c);
    is_int(first_broken(), 0, "a pause breaks nothing");

    LIE(29, "time went on", LOT->ends_at -= 1);
    LIE(29, "or too little", LOT->ends_at += 1);

    end();

    begin(2);
    ev.type = EV_AUCTION_STARTED;
    w.a->rules.roster_min = 3;
    ok(broken(30), "30: too few players");
    w.a->rules.roster_min = 1;
    w.a->rules.min_price = 5000;
    ok(broken(30), "30: too few points");

    ev.type = EV_TEAM_LEADER;
    LEES->leader = KIM;
    ok(broken(22), "22: of two teams");

    ev.type = EV_SEALED_SUBMITTED;
    s.text = "{\"data\":{\"amount\":5}}";
    s.text_len = strlen(s.text);
    ok(broken(15), "15: a sealed amount in public");
    ev.type = EV_AUTO_BID_SET;
    ok(broken(15), "15: a maximum that is not hidden");
    ev.type = EV_LOT_QUEUED;
    s.text = "{\"data\":{\"reserve\":5}}";
    ok(broken(15), "15: a reserve in public");
    ev.type = EV_DRAW_COMMITTED;
    s.text = "{\"data\":{\"seed\":\"00\"}}";
    ok(broken(15), "15: a seed in public");

    end();
}


int
main(void)
{
    bids();
    sales();
    times();

    return done_testing();
}
