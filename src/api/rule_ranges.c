/*
 * rule_ranges: what a rule that was refused may be, in signs that need no
 * language: "low..high", words with commas between, conditions behind a
 * semicolon.  The engine decides; t/68-rule-ranges.t holds this against it.
 */

#include "api/rule_ranges.h"

#include <string.h>


typedef struct {
    const char  *member;
    const char  *allowed;
} rule_range_t;


static const rule_range_t  rule_ranges[] = {

    { "currency", "[A-Z0-9]{1,7}" },
    { "ladder",
      "1.., [[0, 1..], [from, 1..], ...] or whatnot, yahoo_jp, "
      "trade_me, ebay, maxsold, gunbroker, ipl, kr5, kr10, kr50, kr100" },
    { "strict_increment", "false, true" },
    { "on_grid", "false, true" },
    { "clock", "{}" },
    { "clock.preset",
      "hard, reset_to, always_reset, extend_end_by, extend_to, raise" },
    { "clock.duration_ms", "1000..31622400000" },
    { "clock.window_ms", "0..86400000" },
    { "clock.extend_ms", "0..31622400000" },
    { "clock.max_extensions", "0..1000000" },
    { "clock.hard_end_ms", "0 or clock.duration_ms..31622400000" },
    { "clock.raise_factor", "0..1000" },
    { "clock.closing_ms", "0..86400000" },
    { "min_price", "0..9007199254740991" },
    { "roster_max", "0..1000; team_draft: 1..1000" },
    { "roster_min", "0..roster_max" },
    { "start_budget", "0..9007199254740991" },
    { "auto_next_ms", "-1..86400000" },
    { "auto_end", "false, true" },
    { "one_at_a_time", "false, true" },
    { "stagger_ms", "0..86400000" },
    { "format", "open, sealed, vickrey, dutch" },
    { "tie", "rebid, earlier" },
    { "reveal_ms", "0..31622400000" },
    { "dutch_drop", "0..9007199254740991; dutch: 1..9007199254740991" },
    { "dutch_every_ms", "0..86400000; dutch: 100..86400000" },
    { "no_proxy", "false, true" },
    { "buy_now", "until_bid, always" },
    { "over_cap_refused", "false, true" },
    { "reserve_wait_ms", "-1..31622400000" },
    { "offer_ms", "0..31622400000" },
    { "retract", "never, window" },
    { "retract_ms", "0..31622400000" },
    { "retract_close_ms", "0..31622400000" },
    { "reserve_all", "false, true" },
    { "quotas", "{role: [0..max, 1..1000]}, together 0..roster_max" },
    { "order", "fixed, drawn, pots, rotation" },
    { "nomination", "none, straight, snake; team_draft with one_at_a_time" },
    { "team_order", "fixed, drawn" },
    { "nominator_bids", "false, true; true: format open with no_proxy" },
    { "nomination_ms", "0..86400000" },
    { "cycles", "0..100" },
    { "cycle_duration_ms", "0 or 1000..31622400000" },
    { "cycle_base_percent", "0..100" },
    { "reverse_bonus",
      "0; team_draft with cycles and format open: 0..9007199254740991" },
    { "auto_fill", "false, true" },
    { "broke", "none, bonus, assign" },
    { "broke_bonus", "0..9007199254740991; broke bonus: 1..9007199254740991" },
    { "award_wait_ms", "0..31622400000" },
    { "settle_ms", "-1..31622400000" },
    { "rehearsal", "false, true" },
    { "bots", "0; rehearsal: 0..8" },
    { NULL, NULL }
};


const char *
gavel_rule_allowed(const char *member)
{
    const rule_range_t  *r;

    for (r = rule_ranges; r->member; r++) {
        if (strcmp(r->member, member) == 0) {
            return r->allowed;
        }
    }

    return NULL;
}
