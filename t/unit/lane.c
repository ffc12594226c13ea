/*
 * lane: what may be dropped waits in order, and the newest of a kind once.
 *
 * needs: room/lane */

#include "room/lane.h"

#include "tap.h"


static lane_t       *lane;
static lane_item_t   old;


static int
put(const char *text, uint64_t key)
{
    lane_item_t  item = { (void *) text, strlen(text), key };

    return lane_put(&lane, &item, &old);
}


static const char *
take(void)
{
    lane_item_t  item;

    return lane_take(&lane, &item) ? item.data : "none";
}


static void
test_order(void)
{
    is_str(take(), "none", "nothing waits");

    put("a", 0);
    put("b", 0);
    put("c", 0);
    is_int(lane->count, 3, "three wait");

    is_str(take(), "a", "the oldest comes first");
    put("d", 0);
    is_str(take(), "b", "then the next");
    is_str(take(), "c", "and the next");
    is_str(take(), "d", "and the last");
    ok(lane == NULL, "an empty lane takes no memory");
}


static void
test_conflation(void)
{
    put("chat", 0);
    put("7 here", 1);
    put("12:00", 2);
    ok(old.data == NULL, "nothing was there to be replaced");

    put("8 here, and more", 1);
    is_str(old.data, "7 here", "the older of a kind makes room");
    is_int(lane->count, 3, "without a new place");
    is_int(lane->bytes, strlen("chat" "8 here, and more" "12:00"),
           "and the bytes are of what waits");

    put("chat", 0);
    is_int(lane->count, 4, "what has no key is never replaced");

    is_str(take(), "chat", "the order stays");
    is_str(take(), "8 here, and more", "with the newer in its place");
    put("9 here", 1);
    ok(old.data == NULL, "what was taken is not replaced any more");
    is_str(take(), "12:00", "another kind is another matter");
    is_str(take(), "chat", "more of the first");
    is_str(take(), "9 here", "and the newest last");
}


static void
test_many(void)
{
    int          i, wrong;
    lane_item_t  item = { &item, 3, 0 };

    wrong = 0;

    for (i = 1; i <= 1000; i++) {
        item.key = i;
        lane_put(&lane, &item, &old);

        if (i % 3 == 0) {
            lane_take(&lane, &item);
            wrong += item.key != (uint64_t) i / 3;
        }
    }

    is_int(wrong, 0, "in order while it grows and wraps around");
    is_int(lane->count, 1000 - 333, "nothing is lost");
    is_int(lane->bytes, 3 * (1000 - 333), "nor a byte");
    is_int(lane_peek(lane, 0)->key, 334, "the oldest can be looked at");
    is_int(lane_peek(lane, 666)->key, 1000, "and the newest");
    ok(lane_peek(lane, 667) == NULL, "and none behind it");

    while (lane_take(&lane, &item)) { /* void */ }

    is_int(item.key, 1000, "to the last one");
    ok(lane == NULL, "and is gone");
    ok(lane_peek(lane, 0) == NULL, "with all that was in it");
}


int
main(void)
{
    test_order();
    test_conflation();
    test_many();

    return done_testing();
}
