/*
 * events.h: what the table of events says and its JSON reads.
 */

#ifndef GAVEL_ENGINE_EVENTS_H
#define GAVEL_ENGINE_EVENTS_H

#include "engine/inner.h"

typedef enum {
    F_INT = 1,
    F_ID,                            /* NOBODY is null */
    F_OPTIONAL,                      /* 0 is left out */
    F_BOOL,
    F_TIME,                          /* 0 is null, -1 is left out */
    F_MODE, F_ORIGIN, F_HOW,         /* a word */
    F_HOW_OR_NONE,                   /* left out if 0 */
    F_RULES,                         /* left out if there are none */
    F_REASON,                        /* left out if empty */
    F_ROLE,                          /* left out if empty */
    F_REQUEST,                       /* request_id; left out if empty */
    F_DIGEST, F_SEED                 /* hex; left out if there is none */
} field_kind_t;

#define HIDDEN_NAME  "hidden"

typedef enum { PUBLIC = 0, PRIVATE } part_t;

typedef struct {
    const char    *name;
    field_kind_t   kind;
    part_t         part;
    size_t         at;
} field_t;

typedef struct {
    const char     *name;
    const field_t  *fields;
    int             hidden;          /* all of it is private */
    int             masked;          /* who wanted it is a private field */
} event_row_t;

extern const event_row_t  event_rows[EV_MAX];

#endif
