/*
 * users: rows of people: oneself, one's profile and business, others.
 */

#ifndef GAVEL_API_USERS_H
#define GAVEL_API_USERS_H

#include "command/command.h"

extern const gavel_command_t  gavel_user_commands[];
extern const gavel_alias_t    gavel_user_aliases[];

#endif
