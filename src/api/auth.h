/*
 * auth: rows of registering, logging in and out, and sessions.
 */

#ifndef GAVEL_API_AUTH_H
#define GAVEL_API_AUTH_H

#include "command/command.h"

extern const gavel_command_t  gavel_auth_commands[];
extern const gavel_alias_t    gavel_auth_aliases[];

/* The flows of these rows (register_flow.c, password_flow.c, session_flow.c);
 * f->data is the call. */
extern const gavel_step_pt  gavel_register_steps[];
extern const gavel_step_pt  gavel_login_steps[];
extern const gavel_step_pt  gavel_refresh_steps[];
extern const gavel_step_pt  gavel_logout_steps[];
extern const gavel_step_pt  gavel_revoke_steps[];
extern const gavel_step_pt  gavel_change_password_steps[];
extern const gavel_step_pt  gavel_jwks_steps[];

#endif
