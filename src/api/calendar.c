/*
 * calendar: rows of auctions by their time, of how their entries are
 * decorated, and of the icon points that pay for it.
 */

#include "api/calendar.h"
#include "api/rows.h"

#define MAX_POINTS  1000000000

#define PARAM_ZONE                                                            \
    PARAM_TEXT("tz", QUERY|BODY, 1, 64, "a time zone of the IANA; its days "  \
               "are meant; UTC if nothing is said", "\"Asia/Seoul\"")

#define PARAMS_DECORATION                                                     \
    PARAM_TEXT("icon", BODY, 1, 30, "one of the price list; null takes it "   \
               "away", "\"star\""),                                           \
    { "color", GAVEL_PARAM_TEXT, BODY, 1, 30, NULL, "colour",                 \
      "one of the price list; null takes it away", "\"gold\"" },              \
    PARAM_TEXT("label", BODY, 0, 20, "a word beside the title",               \
               "\"FINAL\""),                                                  \
    PARAM_INT("max_points", BODY, 0, MAX_POINTS,                              \
              "refuse it if it costs more", "30")


static const gavel_param_t  list_params[] = {
    PARAM_TEXT("from", QUERY, 1, 40, "a day or a time; today",
               "\"2026-12-01\""),
    PARAM_TEXT("to", QUERY, 1, 40, "the last day, or a time before which; "
               "31 days", "\"2026-12-31\""),
    { "streamer", GAVEL_PARAM_ID, QUERY, 1, ENGINE_MAX_AMOUNT, NULL,
      "streamer_id", "whose", "7" },
    PARAM_ZONE,
    PARAM_END
};

static const gavel_param_t  feed_params[] = {
    { "streamer", GAVEL_PARAM_ID, QUERY, 1, ENGINE_MAX_AMOUNT, NULL,
      "streamer_id", "whose", "7" },
    { "auction", GAVEL_PARAM_ID, QUERY, 1, ENGINE_MAX_AMOUNT, NULL,
      "auction_id", "only this one", "1" },
    PARAM_END
};

static const gavel_param_t  schedule_params[] = {
    PATH_ID("auction_id", "the auction"),
    { "starts_at", GAVEL_PARAM_TIME, BODY|NEEDED, 0, 0, NULL, "start_time",
      "when it starts", "\"2026-12-01T10:00:00.000Z\"" },
    { "ends_at", GAVEL_PARAM_TIME, BODY, 0, 0, NULL, "end_time",
      "when it ends; open, if left out", "\"2026-12-01T12:00:00.000Z\"" },
    PARAM_ENUM("on_conflict", BODY|QUERY, "warn|refuse", "what to do if "
               "another auction of the streamer is at that time; warn if "
               "nothing is said", "\"refuse\""),
    PARAM_ZONE,
    PARAMS_DECORATION,
    PARAM_TEXT("if_match", 0, 1, 400, "the header If-Match", "\"v3\""),
    PARAM_END
};

static const gavel_param_t  decorate_params[] = {
    { "auction_id", GAVEL_PARAM_ID, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT, NULL,
      NULL, "one's own auction", "1" },
    PARAMS_DECORATION,
    PARAM_END
};

static const gavel_param_t  prices_params[] = {
    PARAM_JSON("icons", BODY|NEEDED, "names with their glyphs and prices",
               "{\"star\":{\"glyph\":\"*\",\"price\":10}}"),
    PARAM_JSON("colors", BODY|NEEDED, "colors of CSS with their prices",
               "{\"gold\":5}"),
    PARAM_INT("label", BODY|NEEDED, 0, MAX_POINTS, "what a label costs",
              "20"),
    PARAM_END
};

static const gavel_param_t  points_params[] = {
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  person_params[] = {
    { "user", GAVEL_PARAM_ID, GAVEL_IN_PATH|NEEDED, 0, 0, NULL, NULL,
      "whose", "7" },
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  grant_params[] = {
    { "user_id", GAVEL_PARAM_ID, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT, NULL,
      "user", "to whom", "7" },
    PARAM_INT("amount", BODY|NEEDED, -MAX_POINTS, MAX_POINTS,
              "icon points; below zero takes them back", "100"),
    PARAM_TEXT("reason", BODY|NEEDED, 1, 500, "kept in the audit log",
               "\"winner of the season\""),
    PARAM_END
};

static const gavel_param_t  recount_params[] = {
    PARAM_BOOL("repair", BODY|QUERY, "set wrong balances right", "true"),
    PARAM_END
};


const gavel_command_t  gavel_calendar_commands[] = {

    { "calendar.list", GET, "/calendar", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, list_params,
      SQL("calendar_list"), 200,
      "Auctions of a span of days, in order; at most 1000", "Calendar",
      GAVEL_CMD_HOT|GAVEL_CMD_REPLICA },

    { "calendar.feed", GET, "/calendar.ics", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, feed_params,
      FLOW(gavel_calendar_feed_steps), 200,
      "The same for other calendars to follow (RFC 5545)", "CalendarFeed",
      GAVEL_CMD_HOT|GAVEL_CMD_REPLICA },

    { "calendar.schedule", PUT, "/auctions/{auction_id}/schedule", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, schedule_params,
      FLOW(gavel_schedule_steps), 200,
      "Set when an auction starts and ends; decorate its entry",
      "ScheduleEntry", 0 },

    { "calendar.prices", GET, "/calendar/decorations", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_no_params,
      SQL("calendar_prices"), 200, "What decorations cost", "IconPrices",
      GAVEL_CMD_REPLICA },

    { "calendar.decorate", POST, "/calendar/decorations", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, decorate_params,
      SQL("calendar_decorate"), 200,
      "Decorate an entry, for icon points", "ScheduleEntry",
      GAVEL_CMD_ONCE },

    { "points.icon", GET, "/users/me/points/icon", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, points_params,
      SQL("icon_mine"), 200, "My icon points, and what became of them",
      "IconPoints", 0 },

    { "admin.points", GET, "/admin/points/{user}", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, person_params,
      SQL("admin_points"), 200, "A person's icon points", "IconPoints", 0 },

    { "admin.points_grant", POST, "/admin/points/grants", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, grant_params,
      SQL("admin_points_grant"), 201,
      "Give icon points, or take some back", "PointGrant", GAVEL_CMD_ONCE },

    { "admin.points_recount", POST, "/admin/points/recount", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, recount_params,
      SQL("admin_points_recount"), 200,
      "Compare balances with the entries of the ledger", "PointRecount",
      0 },

    { "admin.prices", PUT, "/admin/calendar/decorations", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, prices_params,
      SQL("admin_prices_set"), 200, "Set what decorations cost",
      "IconPrices", GAVEL_CMD_ONCE },

    ROWS_END
};
