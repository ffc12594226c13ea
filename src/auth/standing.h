/*
 * standing: what valid tokens do not know of their accounts yet.
 */

#ifndef GAVEL_STANDING_H
#define GAVEL_STANDING_H

#include "auth/auth.h"

/* In process init, after the clients. */
ngx_int_t gavel_standing_create(ngx_cycle_t *cycle);
void gavel_standing_destroy(void);

/*
 * Does a token's identity still hold, as far as is known here?  GAVEL_OK, and
 * its roles are those of now; account_blocked: suspended, banned or erased;
 * invalid_token: its session was ended.  A guest's always holds.
 */
gavel_code_t gavel_standing(gavel_identity_t *id);

/* Another number whenever some may not hold that did before. */
extern ngx_uint_t  gavel_standing_version;

/* Somebody was blocked or let in again, has other roles, or was logged out:
 * all workers look at once. */
void gavel_standing_changed(void);

#endif
