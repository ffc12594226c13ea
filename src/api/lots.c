/*
 * lots: rows of the lots of an auction: what they are, and their conduct.
 */

#include "api/lots.h"
#include "api/rows.h"


/* What a lot may be offered at beside its base price. */
#define PARAMS_TERMS                                                          \
    PARAM_INT("reserve", BODY, 0, ENGINE_MAX_AMOUNT,                          \
              "not sold below; hidden; 0: none", "5000"),                     \
    PARAM_INT("buy_now", BODY, 0, ENGINE_MAX_AMOUNT,                          \
              "sold at once, and the cap of all bids; 0: none", "20000"),     \
    PARAM_INT("ceiling", BODY, 0, ENGINE_MAX_AMOUNT,                          \
              "from where a Dutch clock falls", "30000"),                     \
    PARAM_INT("quantity", BODY, 0, 10000, "units, one a round", "3"),         \
    PARAM_INT("pot", BODY, 0, 1000, "of the draft", "1"),                     \
    PARAM_TEXT("role", BODY, 0, ENGINE_ROLE_LEN - 1,                          \
               "position, of which teams have quotas", "\"top\"")


static const gavel_param_t  list_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ENUM("status", QUERY, "queued|open|frozen|sold|unsold|withdrawn|"
               "voided|locked|reserve_not_met|offered|assigned", "",
               "\"open\""),
    PARAM_INT("page", QUERY, 1, 100000, "which page, from 1", "1"),
    PARAM_INT("page_size", QUERY, 1, 1000, "how many on a page", "100"),
    PARAM_END
};

static const gavel_param_t  add_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("item_id", BODY, "an item of one's own, or what follows", "3"),
    { "title", GAVEL_PARAM_TEXT, BODY, 1, 200, NULL, "name|product", "",
      "\"A camera\"" },
    PARAM_TEXT("description", BODY, 0, 20000, "", "\"Hardly used\""),
    PARAM_ENUM("kind", BODY, "product|player|generic", "", "\"product\""),
    PARAM_TEXT("image_url", BODY, 0, 2000, "", "\"/demo/camera.svg\""),
    PARAM_JSON("attributes", BODY, "anything about the item",
               "{\"tier\":\"gold\"}"),
    { "base_price", GAVEL_PARAM_INT, BODY, 0, ENGINE_MAX_AMOUNT, NULL,
      "minBidPrice|starting_price", "least first bid; else the rules'",
      "1000" },
    PARAM_INT("duration_ms", BODY, 1000, 2592000000, "else the rules'",
              "30000"),
    PARAMS_TERMS,
    PARAM_END
};

static const gavel_param_t  one_params[] = {
    PATH_ID("lot_id", "the lot"),
    PARAM_END
};

static const gavel_param_t  patch_params[] = {
    PATH_ID("lot_id", "the lot"),
    PARAM_TEXT("title", BODY, 1, 200, "", "\"A camera\""),
    PARAM_TEXT("description", BODY, 0, 20000, "", "\"Hardly used\""),
    PARAM_TEXT("image_url", BODY, 0, 2000, "", "\"/demo/camera.svg\""),
    PARAM_JSON("attributes", BODY, "anything about the item",
               "{\"tier\":\"gold\"}"),
    PARAM_INT("base_price", BODY, 0, ENGINE_MAX_AMOUNT,
              "while it is queued, as all that follows", "1000"),
    PARAMS_TERMS,
    PARAM_END
};

static const gavel_param_t  hammer_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_BOOL("below_reserve", BODY, "sell although the reserve is not met",
               "true"),
    PARAM_END
};

static const gavel_param_t  ask_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_INT("amount", BODY|NEEDED, 0, ENGINE_MAX_AMOUNT,
              "what the next bid must reach", "90"),
    PARAM_END
};

static const gavel_param_t  requeue_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_INT("base_price", BODY, 0, ENGINE_MAX_AMOUNT, "else as it was",
              "50"),
    PARAM_END
};

static const gavel_param_t  undo_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_INT("ms", BODY, 1, 86400000, "time for more bids", "10000"),
    PARAM_END
};

static const gavel_param_t  assign_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_ID("team_id", BODY|NEEDED, "who gets it", "1"),
    { "amount", GAVEL_PARAM_INT, BODY, 0, ENGINE_MAX_AMOUNT, NULL, "price",
      "points to pay, else none", "0" },
    PARAM_END
};

static const gavel_param_t  offer_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_ID("bid_id", BODY, "else the best bid of another", "4194310"),
    PARAM_END
};

static const gavel_param_t  void_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_ID("bid_id", BODY|NEEDED, "the bid", "4194310"),
    PARAM_TEXT("reason", BODY, 0, ENGINE_REASON_LEN, "told to the room",
               "\"a slip of the finger\""),
    PARAM_END
};

static const gavel_param_t  reorder_params[] = {
    PATH_ID("auction_id", "the auction"),
    { "lots", GAVEL_PARAM_IDS, BODY|NEEDED, 1, 500, NULL, "lot_ids|order",
      "queued lots, the next one first", "[4194306,4194305]" },
    PARAM_END
};


/* An id of a lot says of which auction it is. */

static gavel_code_t
lot_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->auction_id = s->command.lot_id >> ENGINE_ID_SHIFT;

    return GAVEL_OK;
}


static gavel_code_t
hammer_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = gavel_call_int(call, "below_reserve", 0);

    return GAVEL_OK;
}


static gavel_code_t
accept_prepare(gavel_call_t *call, gavel_submission_t *s)
{
    s->command.amount = 1;

    return GAVEL_OK;
}


#define CONDUCT_WITH(name, path, frame, type, params, summary)                \
    { name, POST, "/auctions/{auction_id}/lots/{lot_id}/" path, frame,        \
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, params,                            \
      ENGINE(type), 200, summary, "Ack", 0 }
#define CONDUCT(name, path, frame, type, summary)                             \
    CONDUCT_WITH(name, path, frame, type, gavel_lot_params, summary)


const gavel_command_t  gavel_lot_commands[] = {

    { "lot.list", GET, "/auctions/{auction_id}/lots", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, list_params,
      SQL("lot_list"), 200, "Lots with their items, by number", "LotPage", 0 },

    { "lot.get", GET, "/lots/{lot_id}", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, one_params,
      SQL("lot_get"), 200, "A lot with its item", "Lot", 0 },

    { "lot.add", POST, "/auctions/{auction_id}/lots", "host.lot_add",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, add_params,
      FLOW(gavel_lot_add_steps), 201, "Queue an item", "Lot", 0 },

    { "lot.update", PATCH, "/lots/{lot_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, patch_params,
      FLOW(gavel_lot_update_steps), 200,
      "Change a lot's item; its base price while it is queued", "Lot", 0 },

    { "lot.delete", DELETE, "/lots/{lot_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, one_params,
      ENGINE_BY(CMD_LOT_WITHDRAW, lot_prepare), 200,
      "Withdraw a queued lot", "Ack", 0 },

    { "lot.reorder", POST, "/auctions/{auction_id}/lots/reorder",
      "host.reorder",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, reorder_params,
      FLOW(gavel_lot_reorder_steps), 200, "The order of the queue", "LotPage",
      0 },

    CONDUCT("lot.open", "open", "host.open", CMD_LOT_OPEN,
            "Put it on the block"),
    { "lot.close", POST, "/auctions/{auction_id}/lots/{lot_id}/close",
      "host.close", GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, hammer_params,
      ENGINE_BY(CMD_LOT_HAMMER, hammer_prepare), 200,
      "The hammer: sold to the leader, or unsold", "Ack", 0 },

    CONDUCT("lot.pass", "pass", "host.pass", CMD_LOT_PASS,
            "No sale, whatever was bid"),
    CONDUCT("lot.accept", "accept", "host.accept", CMD_LOT_ACCEPT,
            "Sell what closed below its reserve"),
    CONDUCT("lot.warn", "warn", "host.warn", CMD_LOT_WARN,
            "Going once, going twice"),
    CONDUCT_WITH("lot.ask", "ask", "host.ask", CMD_LOT_ASK, ask_params,
                 "What the next bid must reach"),
    CONDUCT("lot.reveal", "reveal", "host.reveal", CMD_LOT_REVEAL,
            "Open the sealed bids"),
    CONDUCT_WITH("lot.requeue", "requeue", "host.requeue", CMD_LOT_REQUEUE,
                 requeue_params, "Put an unsold lot back in the queue"),
    CONDUCT_WITH("lot.undo", "undo", "host.undo", CMD_LOT_REOPEN,
                 undo_params, "Take back the last hammer"),
    CONDUCT_WITH("lot.assign", "assign", "host.assign", CMD_LOT_ASSIGN,
                 assign_params, "Give it to a team"),
    CONDUCT("lot.nominate", "nominate", "nominate", CMD_NOMINATE,
            "Put it on the block: the team whose turn it is"),
    CONDUCT("lot.fold", "fold", "fold", CMD_FOLD,
            "Give up bidding for it"),
    CONDUCT_WITH("bid.void", "void", "host.void", CMD_BID_VOID, void_params,
                 "Void a bid; price and leader are found anew"),
    CONDUCT_WITH("lot.offer", "offer", "host.offer", CMD_LOT_OFFER,
                 offer_params, "A second chance for the underbidder"),
    CONDUCT("offer.close", "offer/close", "host.offer_close", CMD_OFFER_CLOSE,
            "Take the offer back"),
    CONDUCT("offer.decline", "offer/decline", "offer_decline",
            CMD_OFFER_ANSWER, "Decline an offer"),

    { "offer.accept", POST,
      "/auctions/{auction_id}/lots/{lot_id}/offer/accept", "offer_accept",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_lot_params,
      ENGINE_BY(CMD_OFFER_ANSWER, accept_prepare), 200, "Take an offer",
      "Ack", 0 },

    CONDUCT("lot.hold", "hold", "host.hold", CMD_LOT_HOLD, "Freeze it"),
    CONDUCT("lot.resume", "resume", "host.lot_resume", CMD_LOT_RESUME,
            "Let a frozen lot go on"),
    CONDUCT("lot.withdraw", "withdraw", "host.withdraw", CMD_LOT_WITHDRAW,
            "Take it from the queue"),

    ROWS_END
};


const gavel_alias_t  gavel_lot_aliases[] = {
    { POST, "/auctions/{auction_id}/lots/{lot_id}/award", "lot.close", NULL },
    { POST, "/auctions/{auction_id}/lots/{lot_id}/hammer", "lot.close", NULL },
    { PUT, "/lots/{lot_id}", "lot.update", NULL },
    { PUT, "/auctions/{auction_id}/lots/order", "lot.reorder", NULL },
    { 0, NULL, NULL, NULL }
};
