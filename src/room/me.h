/*
 * me: makes of the logs what concerns people.
 */

#ifndef GAVEL_ME_H
#define GAVEL_ME_H

#include "auction/auction.h"

void gavel_me_create(void);
void gavel_me_destroy(void);

/* An event was committed: if it concerns somebody, he hears of it soon. */
void gavel_me_event(const gavel_record_t *r);

#endif
