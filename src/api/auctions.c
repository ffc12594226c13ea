/*
 * auctions: rows of auctions as a whole: lists, one, a new one, its texts.
 * How an auction is conducted is in conduct.c.
 */

#include "api/auctions.h"
#include "api/rows.h"


static const gavel_param_t  list_params[] = {
    PARAM_ENUM("status", QUERY, "draft|scheduled|lobby|live|active|paused|"
               "ended|cancelled|all", "live and active: going on now, or in "
               "the lobby", "\"active\""),
    PARAM_ENUM("mode", QUERY, "team_draft|live|timed", "", "\"timed\""),
    PARAM_TEXT("category", QUERY, 1, 100, "id or slug", "\"esports\""),
    PARAM_TEXT("search", QUERY, 1, 100, "words of title and description",
               "\"camera\""),
    PARAM_ENUM("ordering", QUERY, "-created_at|created_at|starts_at|"
               "-starts_at|ends_at|-ends_at|title|-title|id|-id",
               "cursors go with the default", "\"ends_at\""),
    PARAM_INT("ending_within", QUERY, 1, 31536000,
              "only what ends within so many seconds", "86400"),
    PARAM_ID("owner_id", QUERY, "whose", "7"),
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  get_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("include", QUERY, 0, 100,
               "of images, bids, lots, teams and watchers, with commas "
               "between",
               "\"lots,teams\""),
    PARAM_END
};

static const gavel_param_t  create_params[] = {
    PARAM_ENUM("mode", BODY, "team_draft|live|timed",
               "timed if nothing is said", "\"team_draft\""),
    PARAM_TEXT("title", BODY|NEEDED, 1, 200, "", "\"Spring draft\""),
    PARAM_TEXT("description", BODY, 0, 20000, "", "\"Twelve players\""),
    { "category_id", GAVEL_PARAM_ID, BODY, 1, ENGINE_MAX_AMOUNT, NULL,
      "category", "", "1" },
    { "starts_at", GAVEL_PARAM_TIME, BODY, 0, 0, NULL, "start_time",
      "needed before it can be published", "\"2026-12-01T10:00:00.000Z\"" },
    { "ends_at", GAVEL_PARAM_TIME, BODY, 0, 0, NULL, "end_time",
      "of timed auctions", "\"2026-12-02T10:00:00.000Z\"" },
    PARAM_TEXT("image_url", BODY, 0, 2000, "", "\"/demo/camera.svg\""),
    PARAM_JSON("images", BODY, "addresses of images",
               "[\"/demo/camera.svg\"]"),
    PARAM_JSON("rules", BODY, "what differs from the mode's own rules",
               "{\"start_budget\":1000}"),
    PARAM_JSON("lots", BODY, "lots to begin with, at most 200",
               "[{\"title\":\"A camera\",\"base_price\":1000}]"),
    PARAM_ID("template_id", BODY, "one's own: what is not said is as it says",
             "2"),
    PARAM_END
};

static const gavel_param_t  patch_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("title", BODY, 1, 200, "", "\"Spring draft\""),
    PARAM_TEXT("description", BODY, 0, 20000, "", "\"Twelve players\""),
    { "category_id", GAVEL_PARAM_ID, BODY, 1, ENGINE_MAX_AMOUNT, NULL,
      "category", "", "1" },
    { "starts_at", GAVEL_PARAM_TIME, BODY, 0, 0, NULL, "start_time",
      "before it started", "\"2026-12-01T10:00:00.000Z\"" },
    { "ends_at", GAVEL_PARAM_TIME, BODY, 0, 0, NULL, "end_time",
      "before it started", "\"2026-12-02T10:00:00.000Z\"" },
    PARAM_TEXT("image_url", BODY, 0, 2000, "", "\"/demo/camera.svg\""),
    PARAM_JSON("images", BODY, "addresses of images",
               "[\"/demo/camera.svg\"]"),
    PARAM_JSON("rules", BODY, "all rules that differ from the mode's own; "
               "before it started", "{\"start_budget\":1000}"),
    PARAM_TEXT("if_match", 0, 1, 400, "the header If-Match", "\"v3\""),
    PARAM_END
};

static const gavel_param_t  admin_params[] = {
    PARAM_TEXT("status", QUERY, 1, 20, "", "\"live\""),
    PARAM_TEXT("search", QUERY, 1, 100, "words of the title", "\"camera\""),
    PARAM_ID("owner_id", QUERY, "whose", "7"),
    PARAMS_PAGE,
    PARAM_END
};


const gavel_command_t  gavel_auction_commands[] = {

    { "auction.list", GET, "/auctions", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, list_params,
      SQL("auction_list"), 200, "Auctions, newest first", "AuctionPage",
      GAVEL_CMD_HOT|GAVEL_CMD_REPLICA },

    { "auction.mine", GET, "/users/me/auctions", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, list_params,
      SQL("auction_mine"), 200, "My auctions, drafts too", "AuctionPage", 0 },

    { "auction.create", POST, "/auctions", NULL,
      GAVEL_BY_SELLER, GAVEL_RATE_GENERAL, create_params,
      FLOW(gavel_auction_create_steps), 201, "A new draft", "Auction", 0 },

    { "auction.get", GET, "/auctions/{auction_id}", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, get_params,
      SQL("auction_get"), 200, "An auction", "Auction", 0 },

    { "auction.update", PATCH, "/auctions/{auction_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, patch_params,
      FLOW(gavel_auction_update_steps), 200,
      "Change texts; rules and times before the start", "Auction", 0 },

    { "auction.delete", DELETE, "/auctions/{auction_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      FLOW(gavel_auction_delete_steps), 204,
      "Archive it, before the first bid", NULL, 0 },

    { "category.list", GET, "/categories", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_no_params,
      SQL("category_list"), 200, "Categories", "CategoryPage",
      GAVEL_CMD_HOT|GAVEL_CMD_REPLICA },

    { "admin.auctions", GET, "/admin/auctions", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, admin_params,
      SQL("admin_auctions"), 200, "All auctions, hidden ones too",
      "AuctionPage", 0 },

    ROWS_END
};


const gavel_alias_t  gavel_auction_aliases[] = {
    { GET, "/auctions/live", "auction.list", "{\"status\":\"live\"}" },
    { GET, "/auctions/active", "auction.list", "{\"status\":\"active\"}" },
    { GET, "/auctions/ending-soon", "auction.list",
      "{\"ending_within\":\"86400\"}" },
    { GET, "/auctions/my-auctions", "auction.mine", NULL },
    { PUT, "/auctions/{auction_id}", "auction.update", NULL },
    { GET, "//api/auctions/{auction_id}", "auction.get",
      "{\"include\":\"images,bids\"}" },
    { 0, NULL, NULL, NULL }
};
