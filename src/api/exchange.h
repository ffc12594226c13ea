/*
 * exchange: what comes in and goes out as files, and auctions made from
 * others.
 */

#ifndef GAVEL_API_EXCHANGE_H
#define GAVEL_API_EXCHANGE_H

#include "command/command.h"

extern const gavel_step_pt  gavel_import_steps[];
extern const gavel_step_pt  gavel_export_steps[];
extern const gavel_step_pt  gavel_clone_steps[];

#endif
