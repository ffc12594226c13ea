/*
 * auctions: the flows of the rows of auctions; f->data is the call.
 */

#ifndef GAVEL_API_AUCTIONS_H
#define GAVEL_API_AUCTIONS_H

#include "command/command.h"

extern const gavel_step_pt  gavel_auction_create_steps[];
extern const gavel_step_pt  gavel_auction_update_steps[];
extern const gavel_step_pt  gavel_auction_delete_steps[];

#endif
