/*
 * lots: the flows of the rows of lots; f->data is the call.
 */

#ifndef GAVEL_API_LOTS_H
#define GAVEL_API_LOTS_H

#include "command/command.h"

extern const gavel_step_pt  gavel_lot_add_steps[];
extern const gavel_step_pt  gavel_lot_update_steps[];
extern const gavel_step_pt  gavel_lot_reorder_steps[];

#endif
