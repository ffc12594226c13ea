/*
 * notary: signs where the logs of settled auctions end.
 */

#ifndef GAVEL_NOTARY_H
#define GAVEL_NOTARY_H

#include "core/core.h"

/* Process init and exit. */
void gavel_notary_create(void);
void gavel_notary_destroy(void);

#endif
