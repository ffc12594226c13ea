/*
 * bids: rows of placing bids and of looking back at them.
 */

#include "api/rows.h"


static const gavel_param_t  place_params[] = {
    { "auction_id", GAVEL_PARAM_ID,
      GAVEL_IN_PATH|GAVEL_IN_BODY|GAVEL_REQUIRED, 1, ENGINE_MAX_AMOUNT, NULL,
      "auctionId", "the auction", "1" },
    { "lot_id", GAVEL_PARAM_ID, BODY, 1, ENGINE_MAX_AMOUNT, NULL, "lotId",
      "when more than one is open", "4194305" },
    PARAM_INT("round", BODY, 1, 1000000, "only if it is this round", "1"),
    { "amount", GAVEL_PARAM_AMOUNT, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT, NULL,
      "bid", "in minor units", "120" },
    PARAM_ENUM("kind", BODY, "manual", "", "\"manual\""),
    PARAM_TEXT("request_id", BODY, 1, ENGINE_REQUEST_LEN,
               "a repeat with it is the same bid", "\"b7c1\""),
    PARAM_END
};

static const gavel_param_t  list_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("lot_id", QUERY, "only of this lot", "4194305"),
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  mine_params[] = {
    PARAM_ENUM("state", QUERY, "leading|outbid|won|lost|voided",
               "what became of it", "\"leading\""),
    PARAM_ID("auction_id", QUERY, "only of this auction", "1"),
    PARAMS_PAGE,
    PARAM_END
};


const gavel_command_t  gavel_bid_commands[] = {

    { "bid.place", POST, "/auctions/{auction_id}/bids", "bid",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, place_params,
      ENGINE(CMD_BID), 201, "Place a bid", "Ack", 0 },

    { "bid.list", GET, "/auctions/{auction_id}/bids", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, list_params,
      SQL("bid_list"), 200, "Bids, newest first", "BidPage", 0 },

    { "bid.mine", GET, "/users/me/bids", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, mine_params,
      SQL("bid_mine"), 200, "My bids, newest first", "BidPage", 0 },

    ROWS_END
};


const gavel_alias_t  gavel_bid_aliases[] = {
    { POST, "/auctions/{auction_id}/bid", "bid.place", NULL },       /* S2 */
    { POST, "/bids", "bid.place", NULL },                            /* S3 */
    { GET, "/bids", "bid.list", NULL },                              /* S3 */
    { GET, "/bids/my-bids", "bid.mine", NULL },                      /* S3 */
    { GET, "/my/bids", "bid.mine", NULL },                           /* S1 */
    { GET, "/bids/winning", "bid.mine", "{\"state\":\"leading\"}" },
    { GET, "/bids/losing", "bid.mine", "{\"state\":\"outbid\"}" },
    { GET, "/bid-history", "live.events",
      "{\"types\":\"bid.*\",\"hashes\":true}" },
    { 0, NULL, NULL, NULL }
};
