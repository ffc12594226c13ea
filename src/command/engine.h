/*
 * engine: the executor of commands that an auction's engine decides.
 */

#ifndef GAVEL_COMMAND_ENGINE_H
#define GAVEL_COMMAND_ENGINE_H

#include "command/command.h"

/* Submits the call and tells the answer; f->data is the call. */
extern const gavel_step_pt  gavel_engine_steps[];

#endif
