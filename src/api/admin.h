/*
 * admin: rows of what admins do with people.
 */

#ifndef GAVEL_API_ADMIN_H
#define GAVEL_API_ADMIN_H

#include "command/command.h"

extern const gavel_command_t  gavel_admin_commands[];

#endif
