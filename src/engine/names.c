/*
 * names: the words that numbers have in JSON.
 */

#include "engine/inner.h"

#include <string.h>


#define COUNT(words)  (sizeof(words) / sizeof((words)[0]))


static const char *const  modes[] = {
    NULL, "team_draft", "live", "timed"
};

static const char *const  statuses[] = {
    "void", "draft", "scheduled", "lobby", "live", "paused", "ending",
    "ended", "settled", "archived", "cancelled", "aborted"
};

static const char *const  lot_statuses[] = {
    NULL, "queued", "open", "frozen", "sold", "unsold", "withdrawn", "voided",
    "locked", "reserve_not_met", "offered", "assigned"
};

static const char *const  clocks[] = {
    NULL, "hard", "reset_to", "always_reset", "extend_end_by", "extend_to",
    "raise"
};

static const char *const  origins[] = {
    NULL, "rest", "ws", "sio", "chat", "server"
};

static const char *const  hows[] = {
    NULL, "clock", "hammer", "end", "host", "recovery", "manual", "max",
    "buy_now", "behalf", "sealed", "bot", "folded", "accepted", "pass",
    "offer", "declined", "expired", "withdrawn", "retract", "cycle", "unit",
    "assign", "auto", "pre", "broke"
};


static uint32_t
find(const char *const *words, uint32_t n, const char *name, size_t len)
{
    uint32_t  i;

    for (i = 1; i < n; i++) {
        if (strlen(words[i]) == len && memcmp(words[i], name, len) == 0) {
            return i;
        }
    }

    return 0;
}


const char *
auction_mode_name(uint32_t mode)
{
    return mode < COUNT(modes) ? modes[mode] : NULL;
}


uint32_t
auction_mode(const char *name, size_t len)
{
    return find(modes, COUNT(modes), name, len);
}


const char *
auction_status_name(uint32_t status)
{
    return status < COUNT(statuses) ? statuses[status] : NULL;
}


const char *
lot_status_name(uint32_t status)
{
    return status < COUNT(lot_statuses) ? lot_statuses[status] : NULL;
}


const char *
clock_preset_name(uint32_t preset)
{
    return preset < COUNT(clocks) ? clocks[preset] : NULL;
}


uint32_t
clock_preset(const char *name, size_t len)
{
    return find(clocks, COUNT(clocks), name, len);
}


const char *
origin_name(uint32_t origin)
{
    return origin < COUNT(origins) ? origins[origin] : NULL;
}


uint32_t
origin_of(const char *name, size_t len)
{
    return find(origins, COUNT(origins), name, len);
}


const char *
how_name(uint32_t how)
{
    return how < COUNT(hows) ? hows[how] : NULL;
}


uint32_t
how_of(const char *name, size_t len)
{
    return find(hows, COUNT(hows), name, len);
}
