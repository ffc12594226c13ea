/*
 * lot_terms: what a lot is offered at, from JSON to a command.
 */

#ifndef GAVEL_LOT_TERMS_H
#define GAVEL_LOT_TERMS_H

#include "command/command.h"

/* A whole number of an object; none if there is no such. */
int64_t gavel_json_member(json_t *object, const char *name, int64_t none);

/* base_price, duration_ms, reserve, buy_now, ceiling, quantity, pot and role
 * of an object; what it does not say is `none` (0: a new lot has none of it,
 * -1: stays), a base price -1. */
void gavel_lot_terms(command_t *c, json_t *terms, int64_t none);

#endif
