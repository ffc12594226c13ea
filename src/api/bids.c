/*
 * bids: rows of placing bids and of looking back at them.
 */

#include "api/bids.h"
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


static const gavel_param_t  pass_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("lot_id", BODY, "when more than one is open", "4194305"),
    PARAM_INT("round", BODY, 1, 1000000, "only if it is this round", "1"),
    PARAM_END
};

static const gavel_param_t  behalf_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("lot_id", BODY, "when more than one is open", "4194305"),
    PARAM_ID("user_id", BODY, "for whom, or", "7"),
    PARAM_ID("team_id", BODY, "for which team", "1"),
    { "amount", GAVEL_PARAM_AMOUNT, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT, NULL,
      NULL, "in minor units", "120" },
    PARAM_END
};

static const gavel_param_t  retract_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("lot_id", BODY, "when more than one is open", "4194305"),
    PARAM_ID("bid_id", BODY, "else the last one", "4194310"),
    PARAM_TEXT("reason", BODY, 0, ENGINE_REASON_LEN, "told to the room",
               "\"a typing error\""),
    PARAM_END
};

static const gavel_param_t  max_params[] = {
    { "auction_id", GAVEL_PARAM_ID,
      GAVEL_IN_PATH|GAVEL_IN_BODY|GAVEL_REQUIRED, 1, ENGINE_MAX_AMOUNT, NULL,
      "auctionId", "the auction", "1" },
    PARAM_ID("lot_id", BODY, "when more than one is open; a queued lot may "
             "be named", "4194305"),
    { "max_amount", GAVEL_PARAM_AMOUNT, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT,
      NULL, "max_bid", "never shown to anybody else", "5000" },
    PARAM_TEXT("request_id", BODY, 1, ENGINE_REQUEST_LEN,
               "a repeat with it is the same", "\"b7c1\""),
    PARAM_END
};

static const gavel_param_t  max_list_params[] = {
    PARAM_ID("auction_id", QUERY, "only of this auction", "1"),
    PARAM_ENUM("state", QUERY, "active|exhausted|won|cancelled", "",
               "\"active\""),
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  max_update_params[] = {
    PATH_ID("auto_bid_id", "the rule"),
    { "max_amount", GAVEL_PARAM_AMOUNT, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT,
      NULL, "max_bid", "not below the price while it leads", "6000" },
    PARAM_END
};

static const gavel_param_t  max_one_params[] = {
    PATH_ID("auto_bid_id", "the rule"),
    PARAM_END
};


static gavel_code_t
max_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = gavel_call_int(call, "max_amount", 0);

    return GAVEL_OK;
}


const gavel_command_t  gavel_bid_commands[] = {

    { "bid.place", POST, "/auctions/{auction_id}/bids", "bid",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, place_params,
      ENGINE(CMD_BID), 201, "Place a bid", "Ack", 0 },

    { "bid.pass", POST, "/auctions/{auction_id}/bids/pass", "bid_pass",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, pass_params,
      ENGINE(CMD_BID), 201, "Bid nothing in a sealed round", "Ack", 0 },

    { "bid.buy_now", POST, "/auctions/{auction_id}/buy-now", "buy_now",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, pass_params,
      ENGINE(CMD_BUY_NOW), 201, "Buy it now", "Ack", 0 },

    { "bid.behalf", POST, "/auctions/{auction_id}/bids/behalf", "host.bid",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, behalf_params,
      ENGINE(CMD_BID_BEHALF), 201, "Bid for somebody in the room", "Ack", 0 },

    { "bid.retract", POST, "/auctions/{auction_id}/bids/retract",
      "bid_retract",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, retract_params,
      ENGINE(CMD_BID_RETRACT), 200, "Take one's bid back, if the rules allow",
      "Ack", 0 },

    { "auto_bid.set", PUT, "/auctions/{auction_id}/auto-bid", "auto_bid",
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, max_params,
      ENGINE_BY(CMD_AUTO_BID, max_prepare), 200,
      "A hidden maximum up to which is bid for me", "Ack", 0 },

    { "auto_bid.list", GET, "/auto-bids", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, max_list_params,
      SQL("auto_bid_list"), 200, "My maxima", "AutoBidPage", 0 },

    { "auto_bid.get", GET, "/auto-bids/{auto_bid_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, max_one_params,
      SQL("auto_bid_get"), 200, "One of my maxima", "AutoBid", 0 },

    { "auto_bid.update", PUT, "/auto-bids/{auto_bid_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, max_update_params,
      FLOW(gavel_auto_bid_update_steps), 200, "Raise or lower a maximum",
      "AutoBid", 0 },

    { "auto_bid.cancel", DELETE, "/auto-bids/{auto_bid_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_BID, max_one_params,
      FLOW(gavel_auto_bid_cancel_steps), 204,
      "Withdraw a maximum that does not lead", NULL, 0 },

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
    { POST, "/auctions/{auction_id}/auto-bid", "auto_bid.set", NULL },
    { POST, "/auctions/{auction_id}/autobid", "auto_bid.set", NULL }, /* S2 */
    { POST, "/auto-bids", "auto_bid.set", NULL },                    /* S3 */
    { PATCH, "/auto-bids/{auto_bid_id}", "auto_bid.update", NULL },
    { GET, "/my/bids", "bid.mine", NULL },                           /* S1 */
    { GET, "/bids/winning", "bid.mine", "{\"state\":\"leading\"}" },
    { GET, "/bids/losing", "bid.mine", "{\"state\":\"outbid\"}" },
    { GET, "/bid-history", "live.events",
      "{\"types\":\"bid.*\",\"hashes\":true}" },
    { 0, NULL, NULL, NULL }
};
