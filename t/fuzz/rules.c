/* needs: engine times fuzz/run */

/*
 * rules: a byte for the mode, then JSON as a client writes it.  What is read
 * is valid, is written, and is read again as the same.
 */

#include "fuzz.h"
#include "engine/engine.h"


const char  fuzz_name[] = "rules";


static void
begin_with(const rules_t *r, uint32_t mode)
{
    event_t     ev[ENGINE_EVENTS];
    refusal_t   why;
    command_t   c;
    auction_t  *a;

    memset(&c, 0, sizeof(c));
    c.type = CMD_CREATE;
    c.origin = ORIGIN_SERVER;
    c.actor_roles = ACTOR_SERVER;
    c.at = 1760000000000;
    c.user_id = 7;
    c.mode = mode;
    c.rules = r;

    a = auction_create(1);

    FUZZ_MUST(decide(a, &c, c.at, ev, &why) == 1
              && evolve(&a, &ev[0], NULL) == 0, "rules that are not valid");
    free(a);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char         text[8192], again[8192];
    size_t       n, len;
    rules_t      r, back;
    uint32_t     mode;
    const char  *what;

    if (size < 1) {
        return 0;
    }

    mode = MODE_TEAM_DRAFT + data[0] % 3;
    what = NULL;

    if (rules_parse(&r, mode, (const char *) data + 1, size - 1, &what) != 0)
    {
        FUZZ_MUST(what != NULL, "nothing is said to be wrong");
        return 0;
    }

    begin_with(&r, mode);

    n = rules_text(&r, text, sizeof(text));
    FUZZ_MUST(n != 0, "rules too long to be written");
    FUZZ_MUST(rules_parse(&back, mode, text, n, &what) == 0,
              "rules that are not read again");

    len = rules_text(&back, again, sizeof(again));
    FUZZ_MUST(len == n && memcmp(text, again, n) == 0,
              "rules that are read as others");

    return 0;
}
