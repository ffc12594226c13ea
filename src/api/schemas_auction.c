/*
 * schemas_auction: what auctions, lots, teams, bids and purses look like.
 */

#include "api/openapi.h"


const gavel_schema_t  gavel_auction_schemas[] = {

    { "Category",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"parent_id\":{\"type\":[\"integer\",\"null\"]},\"slug\":{\"type\":"
      "\"string\"},\"name\":{\"type\":\"object\",\"properties\":{\"ko\":{\""
      "type\":\"string\"},\"en\":{\"type\":\"string\"}}}},"
      "\"required\":[\"id\",\"slug\",\"name\"]}",
      "{\"id\":1,\"parent_id\":null,\"slug\":\"esports\",\"name\":{\"ko\":"
      "\"e스포츠\",\"en\":\"Esports\"}}" },

    { "CategoryPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Category\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":1,\"parent_id\":null,\"slug\":\"esports\","
      "\"name\":{\"ko\":\"e스포츠\",\"en\":\"Esports\"}}]}" },

    { "Lot",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"lot_id\":{\"type\":\"integer\"},\"auction_id\":{\"type\":\"integer"
      "\"},\"item_id\":{\"type\":\"integer\"},\"number\":{\"type\":\"intege"
      "r\"},\"position\":{\"type\":\"integer\"},\"status\":{\"type\":\"stri"
      "ng\"},\"round\":{\"type\":\"integer\"},\"base_price\":{\"type\":\"in"
      "teger\"},\"price\":{\"type\":\"integer\"},\"leader_id\":{\"type\":["
      "\"integer\",\"null\"]},\"leader_team_id\":{\"type\":[\"integer\","
      "\"null\"]},\"bid_id\":{\"type\":[\"integer\",\"null\"]},"
      "\"bid_count\":{\"type\":\"integer\"},\"opened_at\":{\"type\":[\"stri"
      "ng\",\"null\"],\"format\":\"date-time\"},\"ends_at\":{\"type\":[\"st"
      "ring\",\"null\"],\"format\":\"date-time\"},\"title\":{\"type\":\"str"
      "ing\"},\"description\":{\"type\":\"string\"},\"kind\":{\"type\":\"st"
      "ring\"},\"image_url\":{\"type\":[\"string\",\"null\"]},"
      "\"attributes\":{\"type\":\"object\"}},\"required\":[\"id\","
      "\"lot_id\",\"auction_id\",\"item_id\",\"number\",\"status\","
      "\"title\"]}",
      "{\"id\":4194306,\"lot_id\":4194306,\"auction_id\":1,"
      "\"item_id\":3,\"number\":1,\"position\":1,\"status\":\"open\","
      "\"round\":1,\"base_price\":1000,\"price\":1200,\"leader_id\":7,"
      "\"leader_team_id\":null,\"bid_id\":4194310,\"bid_count\":2,"
      "\"opened_at\":\"2026-02-22T10:30:00.000Z\",\"ends_at\":\"2026-02-22T"
      "10:30:00.000Z\",\"title\":\"A camera\",\"description\":\"Hardly used"
      "\",\"kind\":\"product\",\"image_url\":\"/demo/camera.svg\","
      "\"attributes\":{\"tier\":\"gold\"}}" },

    { "LotPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Lot\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":4194306,\"lot_id\":4194306,\"auction_id\":1,"
      "\"item_id\":3,\"number\":1,\"position\":1,\"status\":\"open\","
      "\"round\":1,\"base_price\":1000,\"price\":1200,\"leader_id\":7,"
      "\"leader_team_id\":null,\"bid_id\":4194310,\"bid_count\":2,"
      "\"opened_at\":\"2026-02-22T10:30:00.000Z\",\"ends_at\":\"2026-02-22T"
      "10:30:00.000Z\",\"title\":\"A camera\",\"description\":\"Hardly used"
      "\",\"kind\":\"product\",\"image_url\":\"/demo/camera.svg\","
      "\"attributes\":{\"tier\":\"gold\"}}]}" },

    { "Team",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"team_id\":{\"type\":\"integer\"},\"auction_id\":{\"type\":\"intege"
      "r\"},\"name\":{\"type\":\"string\"},\"color\":{\"type\":[\"string\","
      "\"null\"]},\"logo_url\":{\"type\":[\"string\",\"null\"]},"
      "\"leader\":{\"type\":[\"object\",\"null\"]},\"leader_id\":{\"type\":"
      "[\"integer\",\"null\"]},\"budget\":{\"type\":\"integer\"},"
      "\"held\":{\"type\":\"integer\"},\"spent\":{\"type\":\"integer\"},"
      "\"available\":{\"type\":\"integer\"},\"roster_count\":{\"type\":\"in"
      "teger\"},\"slots\":{\"type\":\"integer\"},\"suspended\":{\"type\":\""
      "boolean\"},\"roster\":{\"type\":\"array\",\"items\":{\"type\":\"obje"
      "ct\"}}},\"required\":[\"id\",\"team_id\",\"auction_id\","
      "\"name\"]}",
      "{\"id\":2,\"team_id\":2,\"auction_id\":1,\"name\":\"Blue\","
      "\"color\":\"#3366ff\",\"logo_url\":null,\"leader\":{\"id\":7,"
      "\"display_name\":\"Minji\"},\"leader_id\":7,\"budget\":1000,"
      "\"held\":100,\"spent\":300,\"available\":600,\"roster_count\":1,"
      "\"slots\":5,\"suspended\":false,\"roster\":[{\"lot_id\":4194306,"
      "\"item_id\":3,\"title\":\"Faker\",\"price\":300,\"via\":\"bid\"}]}" },

    { "TeamPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Team\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":2,\"team_id\":2,\"auction_id\":1,"
      "\"name\":\"Blue\",\"color\":\"#3366ff\",\"logo_url\":null,"
      "\"leader\":{\"id\":7,\"display_name\":\"Minji\"},\"leader_id\":7,"
      "\"budget\":1000,\"held\":100,\"spent\":300,\"available\":600,"
      "\"roster_count\":1,\"slots\":5,\"suspended\":false,"
      "\"roster\":[{\"lot_id\":4194306,\"item_id\":3,\"title\":\"Faker\","
      "\"price\":300,\"via\":\"bid\"}]}]}" },

    { "Bid",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"auction_id\":{\"type\":\"integer\"},\"lot_id\":{\"type\":\"integer"
      "\"},\"round\":{\"type\":\"integer\"},\"bidder\":{\"type\":\"object\""
      "},\"team_id\":{\"type\":[\"integer\",\"null\"]},\"amount\":{\"type\""
      ":\"integer\"},\"state\":{\"type\":\"string\",\"enum\":[\"leading\","
      "\"outbid\",\"won\",\"lost\",\"voided\"]},\"created_at\":{\"type\":\""
      "string\",\"format\":\"date-time\"}},\"required\":[\"id\","
      "\"auction_id\",\"lot_id\",\"amount\",\"state\"]}",
      "{\"id\":4194310,\"auction_id\":1,\"lot_id\":4194306,"
      "\"round\":1,\"bidder\":{\"id\":7,\"display_name\":\"Minji\"},"
      "\"team_id\":null,\"amount\":1200,\"state\":\"leading\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\"}" },

    { "BidPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Bid\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":4194310,\"auction_id\":1,\"lot_id\":4194306,"
      "\"round\":1,\"bidder\":{\"id\":7,\"display_name\":\"Minji\"},"
      "\"team_id\":null,\"amount\":1200,\"state\":\"leading\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "AuctionCard",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"owner_id\":{\"type\":\"integer\"},\"mode\":{\"type\":\"string\"},"
      "\"title\":{\"type\":\"string\"},\"description\":{\"type\":\"string\""
      "},\"category_id\":{\"type\":[\"integer\",\"null\"]},"
      "\"category\":{\"type\":[\"string\",\"null\"]},\"image_url\":{\"type"
      "\":[\"string\",\"null\"]},\"currency\":{\"type\":\"string\"},"
      "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},"
      "\"status\":{\"type\":\"string\"},\"starts_at\":{\"type\":[\"string\""
      ",\"null\"],\"format\":\"date-time\"},\"ends_at\":{\"type\":[\"string"
      "\",\"null\"],\"format\":\"date-time\"},\"started_at\":{\"type\":[\"s"
      "tring\",\"null\"],\"format\":\"date-time\"},\"ended_at\":{\"type\":["
      "\"string\",\"null\"],\"format\":\"date-time\"},\"lot_count\":{\"type"
      "\":\"integer\"}},\"required\":[\"id\",\"mode\",\"title\","
      "\"status\"]}",
      "{\"id\":1,\"owner_id\":7,\"mode\":\"timed\",\"title\":\"Cameras\","
      "\"description\":\"Old and new\",\"category_id\":3,\"category\":\"ele"
      "ctronics\",\"image_url\":\"/demo/camera.svg\",\"currency\":\"USD\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"status\":\"live\","
      "\"starts_at\":\"2026-02-22T10:30:00.000Z\",\"ends_at\":\"2026-02-22T"
      "10:30:00.000Z\",\"started_at\":\"2026-02-22T10:30:00.000Z\","
      "\"ended_at\":null,\"lot_count\":3}" },

    { "AuctionPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/AuctionCard\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":1,\"owner_id\":7,\"mode\":\"timed\","
      "\"title\":\"Cameras\",\"description\":\"Old and new\","
      "\"category_id\":3,\"category\":\"electronics\",\"image_url\":\"/demo"
      "/camera.svg\",\"currency\":\"USD\",\"created_at\":\"2026-02-22T10:30"
      ":00.000Z\",\"status\":\"live\",\"starts_at\":\"2026-02-22T10:30:00.0"
      "00Z\",\"ends_at\":\"2026-02-22T10:30:00.000Z\",\"started_at\":\"2026"
      "-02-22T10:30:00.000Z\",\"ended_at\":null,\"lot_count\":3}]}" },

    { "Auction",
      "{\"allOf\":[{\"$ref\":\"#/components/schemas/AuctionCard\"},"
      "{\"type\":\"object\",\"properties\":{\"owner\":{\"type\":\"object\"}"
      ",\"rules\":{\"type\":\"object\"},\"version\":{\"type\":\"integer\"},"
      "\"epoch\":{\"type\":\"integer\"},\"seq\":{\"type\":\"integer\"},"
      "\"images\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
      "\"lots\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/sche"
      "mas/Lot\"}},\"teams\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/co"
      "mponents/schemas/Team\"}},\"bids\":{\"type\":\"array\","
      "\"items\":{\"$ref\":\"#/components/schemas/Bid\"}}}}]}",
      "{\"id\":1,\"owner_id\":7,\"mode\":\"timed\",\"title\":\"Cameras\","
      "\"description\":\"Old and new\",\"category_id\":3,\"category\":\"ele"
      "ctronics\",\"image_url\":\"/demo/camera.svg\",\"currency\":\"USD\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"status\":\"live\","
      "\"starts_at\":\"2026-02-22T10:30:00.000Z\",\"ends_at\":\"2026-02-22T"
      "10:30:00.000Z\",\"started_at\":\"2026-02-22T10:30:00.000Z\","
      "\"ended_at\":null,\"lot_count\":3,\"owner\":{\"id\":7,"
      "\"display_name\":\"Minji\"},\"rules\":{\"currency\":\"USD\"},"
      "\"version\":3,\"epoch\":1,\"seq\":17,\"images\":[\"/demo/camera.svg"
      "\"]}" },

    { "Purse",
      "{\"type\":\"object\",\"properties\":{\"team_id\":{\"type\":\"integer"
      "\"},\"auction_id\":{\"type\":\"integer\"},\"name\":{\"type\":\"strin"
      "g\"},\"budget\":{\"type\":\"integer\"},\"held\":{\"type\":\"integer"
      "\"},\"spent\":{\"type\":\"integer\"},\"available\":{\"type\":\"integ"
      "er\"}},\"required\":[\"team_id\",\"auction_id\"]}",
      "{\"team_id\":2,\"auction_id\":1,\"name\":\"Blue\",\"budget\":1000,"
      "\"held\":100,\"spent\":300,\"available\":600}" },

    { "PointsPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Purse\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"team_id\":2,\"auction_id\":1,\"name\":\"Blue\","
      "\"budget\":1000,\"held\":100,\"spent\":300,\"available\":600}]}" },

    { "AutoBid",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\""
      "auction_id\":{\"type\":\"integer\"},\"lot_id\":{\"type\":\"integer\"}"
      ",\"team_id\":{\"type\":[\"integer\",\"null\"]},\"max_amount\":{\"type"
      "\":\"integer\"},\"state\":{\"type\":\"string\",\"enum\":[\"active\","
      "\"exhausted\",\"won\",\"cancelled\"]},\"price\":{\"type\":\"integer\""
      "},\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"}},\"re"
      "quired\":[\"id\",\"auction_id\",\"lot_id\",\"max_amount\",\"state\"]}",
      "{\"id\":4194320,\"auction_id\":1,\"lot_id\":4194306,\"team_id\":null,"
      "\"max_amount\":5000,\"state\":\"active\",\"price\":1200,\"updated_at"
      "\":\"2026-02-22T10:30:00.000Z\"}" },

    { "AutoBidPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"}"
      ",\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\""
      "string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},"
      "\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/sc"
      "hemas/AutoBid\"}}},\"required\":[\"count\",\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"r"
      "esults\":[{\"id\":4194320,\"auction_id\":1,\"lot_id\":4194306,\"team_"
      "id\":null,\"max_amount\":5000,\"state\":\"active\",\"price\":1200,\"u"
      "pdated_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "LedgerRow",
      "{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},"
      "\"kind\":{\"type\":\"string\",\"enum\":[\"grant\",\"adjust\",\"hold\""
      ",\"release\",\"capture\",\"refund\",\"bonus\"]},\"team_id\":{\"type\""
      ":\"integer\"},\"lot_id\":{\"type\":[\"integer\",\"null\"]},\"entries"
      "\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":"
      "{\"account\":{\"type\":\"string\"},\"amount\":{\"type\":\"integer\"}}"
      "}},\"at\":{\"type\":\"string\",\"format\":\"date-time\"}},\"required"
      "\":[\"seq\",\"kind\",\"team_id\",\"entries\"]}",
      "{\"seq\":18,\"kind\":\"hold\",\"team_id\":2,\"lot_id\":4194306,\"entr"
      "ies\":[{\"account\":\"available\",\"amount\":-120},{\"account\":\"hel"
      "d\",\"amount\":120}],\"at\":\"2026-02-22T10:30:00.000Z\"}" },

    { "LedgerPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"}"
      ",\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\""
      "string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},"
      "\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/sc"
      "hemas/LedgerRow\"}}},\"required\":[\"count\",\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"r"
      "esults\":[{\"seq\":18,\"kind\":\"hold\",\"team_id\":2,\"lot_id\":4194"
      "306,\"entries\":[{\"account\":\"available\",\"amount\":-120},{\"accou"
      "nt\":\"held\",\"amount\":120}],\"at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { NULL, NULL, NULL }
};
