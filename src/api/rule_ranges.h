/*
 * rule_ranges: what a rule that was refused may be.
 */

#ifndef GAVEL_RULE_RANGES_H
#define GAVEL_RULE_RANGES_H

#include "core/core.h"

/* "1000..86400000" or "open, sealed"; member: as the engine names it,
 * "clock.duration_ms".  NULL: there is no such rule. */
const char *gavel_rule_allowed(const char *member);

#endif
