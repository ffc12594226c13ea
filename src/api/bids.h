/*
 * bids: the flows of the rows of bids; f->data is the call.
 */

#ifndef GAVEL_API_BIDS_H
#define GAVEL_API_BIDS_H

#include "command/command.h"

extern const gavel_step_pt  gavel_auto_bid_update_steps[];
extern const gavel_step_pt  gavel_auto_bid_cancel_steps[];

#endif
