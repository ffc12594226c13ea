/*
 * presence: followers of an auction are told how many they are.
 */

#ifndef GAVEL_ROOM_PRESENCE_H
#define GAVEL_ROOM_PRESENCE_H

#include "core/core.h"

void gavel_viewers_create(void);
void gavel_viewers_destroy(void);

#endif
