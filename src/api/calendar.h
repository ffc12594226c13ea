/*
 * calendar: the flows of the rows of the calendar; f->data is the call.
 */

#ifndef GAVEL_API_CALENDAR_H
#define GAVEL_API_CALENDAR_H

#include "command/command.h"

extern const gavel_step_pt  gavel_schedule_steps[];
extern const gavel_step_pt  gavel_calendar_feed_steps[];

#endif
