/*
 * conduct: rows of what a host does with an auction as a whole.
 */

#include "api/rows.h"


static const gavel_param_t  reason_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("reason", BODY|QUERY, 0, ENGINE_REASON_LEN, "why",
               "\"no stream today\""),
    PARAM_END
};

static const gavel_param_t  end_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_BOOL("award", BODY|QUERY, "false: nobody bids any more, and the "
               "host awards each open lot", "true"),
    PARAM_END
};

static const gavel_param_t  extend_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_INT("ms", BODY|NEEDED, 1, 86400000, "how much longer", "10000"),
    PARAM_ID("lot_id", BODY, "if not the one on the block", "4194305"),
    PARAM_END
};


static gavel_code_t
end_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = !gavel_call_int(call, "award", 1);

    return GAVEL_OK;
}


#define CONDUCT(name, path, frame, type, summary)                             \
    { name, POST, "/auctions/{auction_id}/" path, frame,                      \
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,              \
      ENGINE(type), 200, summary, "Ack", 0 }


const gavel_command_t  gavel_conduct_commands[] = {

    CONDUCT("auction.publish", "publish", "host.publish", CMD_PUBLISH,
            "Announce it"),
    CONDUCT("auction.unpublish", "unpublish", "host.unpublish", CMD_UNPUBLISH,
            "Make it a draft again"),
    CONDUCT("auction.lobby", "lobby", "host.lobby", CMD_LOBBY,
            "Open the doors"),
    CONDUCT("auction.start", "start", "host.start", CMD_START,
            "Go live, if ready"),

    { "auction.end", POST, "/auctions/{auction_id}/end", "host.end",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, end_params,
      ENGINE_BY(CMD_END, end_prepare), 200,
      "End it; open lots are resolved by the rules", "Ack", 0 },

    CONDUCT("auction.pause", "pause", "host.pause", CMD_PAUSE,
            "Stop all clocks"),
    CONDUCT("auction.resume", "resume", "host.resume", CMD_RESUME,
            "Let the clocks go on with what was left"),

    { "auction.cancel", POST, "/auctions/{auction_id}/cancel", "host.cancel",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, reason_params,
      ENGINE(CMD_CANCEL), 200, "Cancel it; open lots are void", "Ack", 0 },

    { "auction.abort", POST, "/auctions/{auction_id}/abort", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, reason_params,
      ENGINE(CMD_ABORT), 200, "Freeze it as it is", "Ack", 0 },

    { "auction.extend", POST, "/auctions/{auction_id}/extend", "host.extend",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, extend_params,
      ENGINE(CMD_LOT_EXTEND), 200, "More time for a lot", "Ack", 0 },

    CONDUCT("lot.next", "next", "host.next", CMD_LOT_OPEN,
            "Open the next lot of the queue"),

    ROWS_END
};


const gavel_alias_t  gavel_conduct_aliases[] = {
    { POST, "/auctions/{auction_id}/activate", "auction.publish", NULL },
    { PUT, "/auctions/{auction_id}/start", "auction.start", NULL },
    { PUT, "/auctions/{auction_id}/end", "auction.end", NULL },
    { 0, NULL, NULL, NULL }
};
