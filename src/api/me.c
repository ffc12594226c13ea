/*
 * me: rows of what concerns oneself.
 */

#include "api/rows.h"


static const gavel_param_t  events_params[] = {
    PARAM_INT("after", QUERY, 0, ENGINE_MAX_AMOUNT, "the last seq one has",
              "12"),
    PARAM_INT("limit", QUERY, 1, 200, "at most so many", "100"),
    PARAM_END
};


const gavel_command_t  gavel_me_commands[] = {

    { "me.events", GET, "/users/me/events", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, events_params,
      SQL("me_events"), 200,
      "Outbid, won, points held, ending soon; the last 200 are kept",
      "MeEvents", 0 },

    ROWS_END
};
