/*
 * lots: rows of the lots of an auction: what they are, and their conduct.
 */

#include "api/lots.h"
#include "api/rows.h"


static const gavel_param_t  list_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ENUM("status", QUERY, "queued|open|frozen|sold|unsold|withdrawn|"
               "voided", "", "\"open\""),
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
              "while it is queued", "1000"),
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


#define CONDUCT(name, path, frame, type, summary)                             \
    { name, POST, "/auctions/{auction_id}/lots/{lot_id}/" path, frame,        \
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_lot_params,                  \
      ENGINE(type), 200, summary, "Ack", 0 }


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
    CONDUCT("lot.close", "close", "host.close", CMD_LOT_HAMMER,
            "The hammer: sold to the leader, or unsold"),
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
