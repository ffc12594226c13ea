/*
 * watchlist: rows of what people keep an eye on, auctions and lots.
 */

#include "api/rows.h"


static const gavel_param_t  list_params[] = {
    PARAM_ENUM("kind", QUERY, "auction|lot", "only these", "\"auction\""),
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  lot_params[] = {
    PATH_ID("lot_id", "the lot"),
    PARAM_END
};


const gavel_command_t  gavel_watch_commands[] = {

    { "watch.list", GET, "/watchlist", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, list_params,
      SQL("watch_list"), 200, "What I watch, newest first", "Watchlist", 0 },

    { "watch.auction", PUT, "/watchlist/auctions/{auction_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("watch_add"), 200, "Watch an auction", "Watch", 0 },

    { "watch.auction_end", DELETE, "/watchlist/auctions/{auction_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("watch_remove"), 204, "Watch it no longer", NULL, 0 },

    { "watch.lot", PUT, "/watchlist/lots/{lot_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, lot_params,
      SQL("watch_add"), 200, "Watch a lot", "Watch", 0 },

    { "watch.lot_end", DELETE, "/watchlist/lots/{lot_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, lot_params,
      SQL("watch_remove"), 204, "Watch it no longer", NULL, 0 },

    ROWS_END
};


const gavel_alias_t  gavel_watch_aliases[] = {
    { GET, "/auctions/watchlist", "watch.list", NULL },            /* S3 */
    { POST, "/watchlist/auctions/{auction_id}", "watch.auction", NULL },
    { POST, "/auctions/{auction_id}/watch", "watch.auction", NULL },
    { PUT, "/auctions/{auction_id}/watch", "watch.auction", NULL },
    { DELETE, "/auctions/{auction_id}/watch", "watch.auction_end", NULL },
    { POST, "/watchlist/lots/{lot_id}", "watch.lot", NULL },
    { 0, NULL, NULL, NULL }
};
