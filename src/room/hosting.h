/*
 * hosting: followers of an auction are told when its host has left, and when
 * he is back.
 */

#ifndef GAVEL_HOSTING_H
#define GAVEL_HOSTING_H

#include "room/hub.h"

/* Does it need its host now?  A timed sale, or one that is not on, does
 * not. */
ngx_uint_t gavel_hosted(const auction_t *a);

/* So many more sockets of its host follow it here, or fewer. */
void gavel_hosting_count(const gavel_topic_t *topic, ngx_int_t n);

/* At each tick of presence, and when somebody comes: tells what has become of
 * him. */
void gavel_hosting_look(gavel_topic_t *topic);

#endif
