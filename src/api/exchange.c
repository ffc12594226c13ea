/*
 * exchange: rows of files that come in and go out.
 */

#include "api/exchange.h"
#include "api/rows.h"


static const gavel_param_t  import_params[] = {
    PATH_ID("auction_id", "the auction"),
    { "file_name", GAVEL_PARAM_TEXT, QUERY, 0, 255, NULL, "filename",
      "for the history", "\"players.csv\"" },
    PARAM_BOOL("dry_run", QUERY, "only say what would be done", "true"),
    PARAM_END
};

static const gavel_param_t  imports_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_INT("page", QUERY, 1, 100000, "which page, from 1", "1"),
    PARAM_INT("page_size", QUERY, 1, 100, "how many on a page", "20"),
    PARAM_END
};

#define EXPORT_PARAMS                                                         \
    PARAM_ENUM("format", QUERY, "csv|json", "csv, but json lines of the log", \
               "\"csv\""),                                                    \
    PARAM_BOOL("bom", QUERY, "begin with a mark, for Excel", "true"),         \
    PARAM_ENUM("header", QUERY, "en|ko", "language of the first line",        \
               "\"en\"")

static const gavel_param_t  export_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ENUM("what", QUERY, "lots|results|rosters|bids|log",
               "private parts of the log when it has ended, for the host",
               "\"results\""),
    EXPORT_PARAMS,
    PARAM_END
};

static const gavel_param_t  export_lots_params[] = {
    PATH_ID("auction_id", "the auction"),
    EXPORT_PARAMS,
    PARAM_END
};


const gavel_command_t  gavel_exchange_commands[] = {

    { "lot.import", POST, "/auctions/{auction_id}/lots/import", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, import_params,
      FLOW(gavel_import_steps), 200,
      "Players or lots from a CSV file or a JSON list, at most 2,000; what is "
      "there already is recognised", "ImportReport", GAVEL_CMD_FILE },

    { "lot.imports", GET, "/auctions/{auction_id}/imports", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, imports_params,
      SQL("import_list"), 200, "Files that were imported, newest first",
      "ImportPage", 0 },

    { "auction.export", GET, "/auctions/{auction_id}/export", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, export_params,
      FLOW(gavel_export_steps), 200,
      "Lots, results, rosters, bids or the log as a file", "File", 0 },

    { "lot.export", GET, "/auctions/{auction_id}/lots/export", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, export_lots_params,
      FLOW(gavel_export_steps), 200,
      "Lots as a file that can be imported again", "File", 0 },

    ROWS_END
};
