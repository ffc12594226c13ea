/*
 * rows: the tables of commands, one file a resource, and words to write them.
 */

#ifndef GAVEL_ROWS_H
#define GAVEL_ROWS_H

#include "command/command.h"
#include <ngx_http.h>

#define GET     NGX_HTTP_GET
#define POST    NGX_HTTP_POST
#define PUT     NGX_HTTP_PUT
#define PATCH   NGX_HTTP_PATCH
#define DELETE  NGX_HTTP_DELETE

/* The last row of a table. */
#define ROWS_END                                                              \
    { NULL, 0, NULL, NULL, 0, 0, NULL, 0, NULL, 0, NULL, NULL, 0, NULL, NULL, \
      0 }

#define QUERY      GAVEL_IN_QUERY
#define BODY       GAVEL_IN_BODY
#define NEEDED     GAVEL_REQUIRED

/* An id in the path; aliases may bring it in the body or query instead. */
#define PATH_ID(name, help)                                                   \
    { name, GAVEL_PARAM_ID,                                                   \
      GAVEL_IN_PATH|GAVEL_IN_QUERY|GAVEL_IN_BODY|GAVEL_REQUIRED,              \
      1, ENGINE_MAX_AMOUNT, NULL, NULL, help, "1" }

#define PARAM_TEXT(name, flags, min, max, help, example)                      \
    { name, GAVEL_PARAM_TEXT, flags, min, max, NULL, NULL, help, example }
#define PARAM_ID(name, flags, help, example)                                  \
    { name, GAVEL_PARAM_ID, flags, 1, ENGINE_MAX_AMOUNT, NULL, NULL, help,    \
      example }
#define PARAM_INT(name, flags, min, max, help, example)                       \
    { name, GAVEL_PARAM_INT, flags, min, max, NULL, NULL, help, example }
#define PARAM_AMOUNT(name, flags, help, example)                              \
    { name, GAVEL_PARAM_AMOUNT, flags, 1, ENGINE_MAX_AMOUNT, NULL, NULL,      \
      help, example }
#define PARAM_BOOL(name, flags, help, example)                                \
    { name, GAVEL_PARAM_BOOL, flags, 0, 1, NULL, NULL, help, example }
#define PARAM_TIME(name, flags, help)                                         \
    { name, GAVEL_PARAM_TIME, flags, 0, 0, NULL, NULL, help,                  \
      "\"2026-02-22T10:30:00.000Z\"" }
#define PARAM_ENUM(name, flags, words, help, example)                         \
    { name, GAVEL_PARAM_ENUM, flags, 0, 0, words, NULL, help, example }
#define PARAM_IDS(name, flags, max, help, example)                            \
    { name, GAVEL_PARAM_IDS, flags, 0, max, NULL, NULL, help, example }
#define PARAM_JSON(name, flags, help, example)                                \
    { name, GAVEL_PARAM_JSON, flags, 0, 0, NULL, NULL, help, example }

/* What every list takes. */
#define PARAMS_PAGE                                                           \
    PARAM_INT("page", QUERY, 1, 100000, "which page, from 1", "1"),           \
    PARAM_INT("page_size", QUERY, 1, 100, "how many on a page", "20"),        \
    PARAM_ID("cursor", QUERY, "next_cursor of the page before", "17")

extern const gavel_param_t  gavel_no_params[];
extern const gavel_param_t  gavel_auction_params[];  /* auction_id */
extern const gavel_param_t  gavel_lot_params[];      /* auction_id, lot_id */

extern const gavel_command_t  gavel_overlay_commands[];
extern const gavel_command_t  gavel_auction_commands[];
extern const gavel_command_t  gavel_conduct_commands[];
extern const gavel_command_t  gavel_lot_commands[];
extern const gavel_command_t  gavel_team_commands[];
extern const gavel_command_t  gavel_bid_commands[];
extern const gavel_command_t  gavel_live_commands[];
extern const gavel_command_t  gavel_proof_commands[];
extern const gavel_command_t  gavel_calendar_commands[];
extern const gavel_command_t  gavel_watch_commands[];
extern const gavel_command_t  gavel_exchange_commands[];
extern const gavel_command_t  gavel_template_commands[];
extern const gavel_command_t  gavel_comment_commands[];
extern const gavel_command_t  gavel_me_commands[];
extern const gavel_command_t  gavel_ops_commands[];

extern const gavel_alias_t  gavel_auction_aliases[];
extern const gavel_alias_t  gavel_conduct_aliases[];
extern const gavel_alias_t  gavel_lot_aliases[];
extern const gavel_alias_t  gavel_bid_aliases[];
extern const gavel_alias_t  gavel_watch_aliases[];

#endif
