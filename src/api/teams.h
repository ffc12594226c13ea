/*
 * teams: the flows of the rows of teams; f->data is the call.
 */

#ifndef GAVEL_API_TEAMS_H
#define GAVEL_API_TEAMS_H

#include "command/command.h"

extern const gavel_step_pt  gavel_team_add_steps[];
extern const gavel_step_pt  gavel_team_update_steps[];
extern const gavel_step_pt  gavel_team_leader_steps[];
extern const gavel_step_pt  gavel_team_move_steps[];
extern const gavel_step_pt  gavel_team_remove_steps[];

#endif
