/*
 * schemas: what answers look like, and an example of each, for the document
 * of the API.  Names are those of the rows' `answer`.  Those of auctions, lots,
 * teams and bids are in schemas_auction.c.
 */

#include "api/openapi.h"


static const gavel_schema_t  common[] = {

    { "Problem",
      "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},"
      "\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
      "\"code\":{\"type\":\"string\"},\"detail\":{\"type\":\"string\"},"
      "\"errors\":{\"type\":\"object\"},\"request_id\":{\"type\":\"string\""
      "},\"min_next\":{\"type\":\"integer\"},\"max_bid\":{\"type\":\"intege"
      "r\"},\"seq\":{\"type\":\"integer\"}},\"required\":[\"title\","
      "\"status\",\"code\"]}",
      "{\"type\":\"urn:gavel:problem:too_low\",\"title\":\"The amount is be"
      "low the least raise.\",\"status\":422,\"code\":\"too_low\","
      "\"detail\":\"The amount is below the least raise.\","
      "\"min_next\":120}" },

    { "PublicUser",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"display_name\":{\"type\":\"string\"},\"username\":{\"type\":[\"str"
      "ing\",\"null\"]},\"avatar_url\":{\"type\":[\"string\","
      "\"null\"]},\"bio\":{\"type\":[\"string\",\"null\"]},"
      "\"type\":{\"type\":\"string\"},\"created_at\":{\"type\":\"string\","
      "\"format\":\"date-time\"}},\"required\":[\"id\",\"display_name\"]}",
      "{\"id\":7,\"display_name\":\"Minji\",\"username\":\"minji\","
      "\"avatar_url\":null,\"type\":\"Normal\",\"created_at\":\"2026-02-22T"
      "10:30:00.000Z\"}" },

    { "UserList",
      "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\""
      ",\"items\":{\"$ref\":\"#/components/schemas/PublicUser\"}}},"
      "\"required\":[\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"results\":[{\"id\":7,"
      "\"display_name\":\"Minji\",\"username\":\"minji\",\"avatar_url\":nul"
      "l,\"type\":\"Normal\",\"created_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "PersonList",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"intege"
      "r\"},\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object"
      "\",\"properties\":{\"id\":{\"type\":\"integer\"},\"display_name\""
      ":{\"type\":\"string\"}},\"required\":[\"id\",\"display_name\"],"
      "\"additionalProperties\":false}}},\"required\":[\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"results\":[{\"id\":7,"
      "\"display_name\":\"Minji\"}]}" },

    { "Account",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"username\":{\"type\":[\"string\",\"null\"]},\"email\":{\"type\":["
      "\"string\",\"null\"]},\"phone\":{\"type\":[\"string\","
      "\"null\"]},\"display_name\":{\"type\":\"string\"},\"full_name\":{\"t"
      "ype\":[\"string\",\"null\"]},\"avatar_url\":{\"type\":[\"string\","
      "\"null\"]},\"roles\":{\"type\":\"array\",\"items\":{\"type\":\"strin"
      "g\"}},\"status\":{\"type\":\"string\"},\"type\":{\"type\":\"string\""
      "},\"locale\":{\"type\":[\"string\",\"null\"]},\"kyc_status\":{"
      "\"type\":\"string\"},"
      "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},"
      "\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"}},"
      "\"required\":[\"id\",\"roles\",\"status\"]}",
      "{\"id\":7,\"username\":\"minji\",\"email\":\"minji@example.com\","
      "\"phone\":null,\"display_name\":\"Minji\",\"full_name\":null,"
      "\"avatar_url\":null,\"roles\":[\"member\"],\"status\":\"active\","
      "\"type\":\"Normal\",\"locale\":\"ko\",\"kyc_status\":\"none\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"updated_at\":\"2026-02"
      "-22T10:30:00.000Z\"}" },

    { "Profile",
      "{\"type\":\"object\",\"properties\":{\"display_name\":{\"type\":\"st"
      "ring\"},\"full_name\":{\"type\":[\"string\",\"null\"]},"
      "\"bio\":{\"type\":[\"string\",\"null\"]},\"avatar_url\":{\"type\":["
      "\"string\",\"null\"]},\"game_stats\":{\"type\":\"object\"},"
      "\"locale\":{\"type\":[\"string\",\"null\"]}}}",
      "{\"display_name\":\"Minji\",\"full_name\":null,\"bio\":null,"
      "\"avatar_url\":null,\"game_stats\":{\"tier\":\"Diamond\"},"
      "\"locale\":\"ko\"}" },

    { "Me",
      "{\"allOf\":[{\"$ref\":\"#/components/schemas/Account\"},"
      "{\"type\":\"object\",\"properties\":{\"profile\":{\"$ref\":\"#/compo"
      "nents/schemas/Profile\"}}}]}",
      "{\"id\":7,\"username\":\"minji\",\"email\":\"minji@example.com\","
      "\"phone\":null,\"display_name\":\"Minji\",\"full_name\":null,"
      "\"avatar_url\":null,\"roles\":[\"member\"],\"status\":\"active\","
      "\"type\":\"Normal\",\"locale\":\"ko\",\"kyc_status\":\"none\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"updated_at\":\"2026-02"
      "-22T10:30:00.000Z\",\"profile\":{\"display_name\":\"Minji\","
      "\"full_name\":null,\"bio\":null,\"avatar_url\":null,"
      "\"game_stats\":{\"tier\":\"Diamond\"},\"locale\":\"ko\"}}" },

    { "AdminUser",
      "{\"type\":\"object\",\"description\":\"An account as admins see it,"
      " or a page of them.\"}",
      "{\"id\":7,\"username\":\"minji\",\"email\":\"minji@example.com\","
      "\"phone\":null,\"display_name\":\"Minji\",\"full_name\":null,"
      "\"avatar_url\":null,\"roles\":[\"member\"],\"status\":\"active\","
      "\"type\":\"Normal\",\"locale\":\"ko\",\"kyc_status\":\"none\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"updated_at\":\"2026-02"
      "-22T10:30:00.000Z\",\"status_reason\":null,\"status_until\":null}" },

    { "Business",
      "{\"type\":\"object\",\"properties\":{\"legal_name\":{\"type\":\"stri"
      "ng\"},\"tax_id\":{\"type\":[\"string\",\"null\"]},\"address\":{\"typ"
      "e\":[\"string\",\"null\"]},\"status\":{\"type\":\"string\"},"
      "\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"}},"
      "\"required\":[\"legal_name\",\"status\"]}",
      "{\"legal_name\":\"Minji Trading\",\"tax_id\":\"123-45-67890\","
      "\"address\":\"Seoul\",\"status\":\"pending\",\"updated_at\":\"2026-0"
      "2-22T10:30:00.000Z\"}" },

    { "Session",
      "{\"type\":\"object\",\"properties\":{\"user\":{\"$ref\":\"#/componen"
      "ts/schemas/Account\"},\"access\":{\"type\":\"string\"},"
      "\"refresh\":{\"type\":\"string\"},\"token_type\":{\"type\":\"string"
      "\"},\"expires_in\":{\"type\":\"integer\"}}}",
      "{\"user\":{\"id\":7,\"username\":\"minji\",\"email\":\"minji@example"
      ".com\",\"phone\":null,\"display_name\":\"Minji\",\"full_name\":null,"
      "\"avatar_url\":null,\"roles\":[\"member\"],\"status\":\"active\","
      "\"type\":\"Normal\",\"locale\":\"ko\",\"kyc_status\":\"none\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\",\"updated_at\":\"2026-02"
      "-22T10:30:00.000Z\"},\"access\":\"eyJhbGciOiJSUzI1NiJ9.e30.c2ln\","
      "\"refresh\":\"3q2-7wAA\",\"token_type\":\"Bearer\","
      "\"expires_in\":900}" },

    { "DeviceList",
      "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\""
      ",\"items\":{\"type\":\"object\"}}},\"required\":[\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"results\":[{\"id\":3,"
      "\"device\":\"Firefox\",\"ip\":\"192.0.2.7\",\"created_at\":\"2026-02"
      "-22T10:30:00.000Z\",\"used_at\":\"2026-02-22T10:30:00.000Z\","
      "\"current\":true}]}" },

    { "Jwks",
      "{\"type\":\"object\",\"properties\":{\"keys\":{\"type\":\"array\","
      "\"items\":{\"type\":\"object\"}}},\"required\":[\"keys\"]}",
      "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\","
      "\"kid\":\"1\",\"n\":\"0vx7\",\"e\":\"AQAB\"}]}" },

    { "OverlayLink",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},"
      "\"name\":{\"type\":\"string\"},\"auction_id\":{\"type\":["
      "\"integer\",\"null\"]},\"created_at\":{\"type\":\"string\","
      "\"format\":\"date-time\"},\"rotated_at\":{\"type\":[\"string\","
      "\"null\"],\"format\":\"date-time\"},\"token\":{\"type\":\"string\"},"
      "\"path\":{\"type\":\"string\"}},\"required\":[\"id\"]}",
      "{\"id\":1,\"name\":\"OBS at home\",\"auction_id\":null,"
      "\"created_at\":\"2026-02-22T10:30"
      ":00.000Z\",\"rotated_at\":null,\"token\":\"0a53b1ad\","
      "\"path\":\"/overlay/0a53b1ad\"}" },

    { "OverlayLinks",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\","
      "\"null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/OverlayLink\"}}},\"required\":[\"count\","
      "\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":1,\"name\":\"OBS at home\",\"created_at\":\"202"
      "6-02-22T10:30:00.000Z\",\"rotated_at\":null}]}" },

    { "OverlayShown",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"}},\"required\":[\"auction_id\"]}",
      "{\"auction_id\":1}" },

    { "ScheduleEntry",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"intege"
      "r\"},\"streamer\":{\"type\":[\"object\",\"null\"]},\"title\":{\"type\""
      ":\"string\"},\"mode\":{\"type\":\"string\"},\"status\":{\"type\":\"str"
      "ing\"},\"starts_at\":{\"type\":\"string\",\"format\":\"date-time\"},\""
      "ends_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"},\""
      "started_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}"
      ",\"ended_at\":{\"type\":[\"string\",\"null\"],\"format\":\"date-time\""
      "},\"day\":{\"type\":\"string\"},\"last_day\":{\"type\":\"string\"},\"l"
      "ocal_start\":{\"type\":\"string\"},\"icon\":{\"type\":[\"string\",\"nu"
      "ll\"]},\"glyph\":{\"type\":[\"string\",\"null\"]},\"color\":{\"type\":"
      "[\"string\",\"null\"]},\"label\":{\"type\":[\"string\",\"null\"]},\"ic"
      "on_points\":{\"type\":\"integer\"},\"version\":{\"type\":\"integer\"},"
      "\"conflicts\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"p"
      "aid\":{\"type\":\"integer\"},\"icon_points_left\":{\"type\":\"integer"
      "\"}},\"required\":[\"auction_id\",\"title\",\"status\",\"starts_at\","
      "\"version\"]}",
      "{\"auction_id\":1,\"streamer\":{\"id\":7,\"display_name\":\"Minji\"},"
      "\"title\":\"Spring draft\",\"mode\":\"team_draft\",\"status\":\"schedu"
      "led\",\"starts_at\":\"2026-12-01T10:00:00.000Z\",\"ends_at\":null,\"st"
      "arted_at\":null,\"ended_at\":null,\"day\":\"2026-12-01\",\"last_day\":"
      "\"2026-12-01\",\"local_start\":\"2026-12-01T19:00:00+09:00\",\"icon\":"
      "\"star\",\"glyph\":\"*\",\"color\":\"gold\",\"label\":null,\"icon_poin"
      "ts\":20,\"version\":3,\"conflicts\":[{\"auction_id\":4,\"title\":\"Fin"
      "als\",\"status\":\"scheduled\",\"starts_at\":\"2026-12-01T11:00:00.000"
      "Z\",\"ends_at\":null}],\"paid\":20,\"icon_points_left\":80}" },

    { "Calendar",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"},"
      "\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\"st"
      "ring\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"t"
      "z\":{\"type\":\"string\"},\"from\":{\"type\":\"string\",\"format\":\"d"
      "ate-time\"},\"to\":{\"type\":\"string\",\"format\":\"date-time\"},\"re"
      "sults\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas"
      "/ScheduleEntry\"}}},\"required\":[\"tz\",\"from\",\"to\",\"count\",\"r"
      "esults\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"tz"
      "\":\"Asia/Seoul\",\"from\":\"2026-11-30T15:00:00.000Z\",\"to\":\"2026-"
      "12-31T15:00:00.000Z\",\"results\":[{\"auction_id\":1,\"streamer\":{\"i"
      "d\":7,\"display_name\":\"Minji\"},\"title\":\"Spring draft\",\"mode\":"
      "\"team_draft\",\"status\":\"scheduled\",\"starts_at\":\"2026-12-01T10:"
      "00:00.000Z\",\"ends_at\":null,\"started_at\":null,\"ended_at\":null,\""
      "day\":\"2026-12-01\",\"last_day\":\"2026-12-01\",\"local_start\":\"202"
      "6-12-01T19:00:00+09:00\",\"icon\":\"star\",\"glyph\":\"*\",\"color\":"
      "\"gold\",\"label\":null,\"icon_points\":20,\"version\":3}]}" },

    { "CalendarFeed",
      "{\"type\":\"string\"}",
      "\"BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nEND:VCALENDAR\\r\\n\"" },

    { "IconPrices",
      "{\"type\":\"object\",\"properties\":{\"icons\":{\"type\":\"object\"},"
      "\"colors\":{\"type\":\"object\"},\"label\":{\"type\":\"integer\"}},\"r"
      "equired\":[\"icons\",\"colors\",\"label\"]}",
      "{\"icons\":{\"star\":{\"glyph\":\"*\",\"price\":10}},\"colors\":{\"gol"
      "d\":5},\"label\":20}" },

    { "IconEntry",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"k"
      "ind\":{\"type\":\"string\",\"enum\":[\"grant\",\"revoke\",\"spend\"]},"
      "\"amount\":{\"type\":\"integer\"},\"balance\":{\"type\":\"integer\"},"
      "\"auction_id\":{\"type\":[\"integer\",\"null\"]},\"note\":{\"type\":\""
      "string\"},\"actor_id\":{\"type\":\"integer\"},\"created_at\":{\"type\""
      ":\"string\",\"format\":\"date-time\"}},\"required\":[\"id\",\"kind\","
      "\"amount\",\"balance\",\"created_at\"]}",
      "{\"id\":12,\"kind\":\"spend\",\"amount\":-20,\"balance\":80,\"auction_"
      "id\":1,\"note\":\"\",\"actor_id\":7,\"created_at\":\"2026-02-22T10:30:"
      "00.000Z\"}" },

    { "IconPoints",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"},"
      "\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\"st"
      "ring\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"u"
      "ser_id\":{\"type\":\"integer\"},\"balance\":{\"type\":\"integer\"},\"r"
      "esults\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schema"
      "s/IconEntry\"}}},\"required\":[\"user_id\",\"balance\",\"count\",\"res"
      "ults\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"us"
      "er_id\":7,\"balance\":80,\"results\":[{\"id\":12,\"kind\":\"spend\",\""
      "amount\":-20,\"balance\":80,\"auction_id\":1,\"note\":\"\",\"actor_id"
      "\":7,\"created_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "MyPoints",
      "{\"allOf\":[{\"$ref\":\"#/components/schemas/PointsPage\"},{\"type\":"
      "\"object\",\"properties\":{\"icon\":{\"type\":\"object\",\"properties"
      "\":{\"balance\":{\"type\":\"integer\"},\"history\":{\"type\":\"array\""
      ",\"items\":{\"$ref\":\"#/components/schemas/IconEntry\"}}},\"required"
      "\":[\"balance\",\"history\"]}},\"required\":[\"icon\"]}]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"re"
      "sults\":[{\"team_id\":2,\"auction_id\":1,\"name\":\"Blue\",\"budget\":"
      "1000,\"held\":100,\"spent\":300,\"available\":600}],\"icon\":{\"balanc"
      "e\":80,\"history\":[{\"id\":12,\"kind\":\"spend\",\"amount\":-20,\"bal"
      "ance\":80,\"auction_id\":1,\"note\":\"\",\"actor_id\":7,\"created_at\""
      ":\"2026-02-22T10:30:00.000Z\"}]}}" },

    { "PointGrant",
      "{\"type\":\"object\",\"properties\":{\"user_id\":{\"type\":\"integer\""
      "},\"amount\":{\"type\":\"integer\"},\"icon_points\":{\"type\":\"intege"
      "r\"}},\"required\":[\"user_id\",\"amount\",\"icon_points\"]}",
      "{\"user_id\":7,\"amount\":100,\"icon_points\":100}" },

    { "PointRecount",
      "{\"type\":\"object\",\"properties\":{\"accounts\":{\"type\":\"integer"
      "\"},\"sum\":{\"type\":\"integer\"},\"wrong\":{\"type\":\"array\",\"ite"
      "ms\":{\"type\":\"object\"}},\"repaired\":{\"type\":\"boolean\"}},\"req"
      "uired\":[\"accounts\",\"sum\",\"wrong\",\"repaired\"]}",
      "{\"accounts\":12,\"sum\":0,\"wrong\":[],\"repaired\":false}" },

    { "Watch",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"intege"
      "r\"},\"lot_id\":{\"type\":[\"integer\",\"null\"]},\"watching\":{\"type"
      "\":\"boolean\"},\"watchers\":{\"type\":\"integer\"}},\"required\":[\"a"
      "uction_id\",\"watching\",\"watchers\"]}",
      "{\"auction_id\":1,\"lot_id\":null,\"watching\":true,\"watchers\":5}" },

    { "Watchlist",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"},"
      "\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\"st"
      "ring\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"r"
      "esults\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properti"
      "es\":{\"id\":{\"type\":\"integer\"},\"kind\":{\"type\":\"string\"},\"c"
      "reated_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"watchers"
      "\":{\"type\":\"integer\"},\"auction\":{\"type\":\"object\"},\"lot\":{"
      "\"type\":[\"object\",\"null\"]}},\"required\":[\"id\",\"kind\",\"aucti"
      "on\"]}}},\"required\":[\"count\",\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"re"
      "sults\":[{\"id\":9,\"kind\":\"auction\",\"created_at\":\"2026-02-22T10"
      ":30:00.000Z\",\"watchers\":5,\"auction\":{\"id\":1,\"owner_id\":7,\"mo"
      "de\":\"timed\",\"title\":\"Cameras\",\"status\":\"live\",\"starts_at\""
      ":\"2026-02-22T10:30:00.000Z\",\"ends_at\":null,\"lot_count\":3},\"lot"
      "\":null}]}" },

    { "AuditPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\"},"
      "\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":[\"st"
      "ring\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\"]},\"r"
      "esults\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properti"
      "es\":{\"id\":{\"type\":\"integer\"},\"at\":{\"type\":\"string\",\"form"
      "at\":\"date-time\"},\"actor_id\":{\"type\":[\"integer\",\"null\"]},\"a"
      "ctor\":{\"type\":[\"object\",\"null\"]},\"action\":{\"type\":\"string"
      "\"},\"target\":{\"type\":\"string\"},\"detail\":{\"type\":[\"object\","
      "\"array\"]},\"ip\":{\"type\":[\"string\",\"null\"]},\"request_id\":{\""
      "type\":[\"string\",\"null\"]}},\"required\":[\"id\",\"at\",\"action\","
      "\"target\",\"detail\"]}}},\"required\":[\"count\",\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\"re"
      "sults\":[{\"id\":31,\"at\":\"2026-02-22T10:30:00.000Z\",\"actor_id\":1"
      ",\"actor\":{\"id\":1,\"display_name\":\"Admin\"},\"action\":\"points.i"
      "con\",\"target\":\"user:7\",\"detail\":{\"amount\":100,\"balance\":100"
      ",\"reason\":\"a gift\"},\"ip\":\"203.0.113.7\",\"request_id\":null}]}" },

    { "Ack",
      "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"},"
      "\"epoch\":{\"type\":\"integer\"},\"seq\":{\"type\":\"integer\"},"
      "\"type\":{\"type\":\"string\"},\"price\":{\"type\":\"integer\"},"
      "\"min_next\":{\"type\":\"integer\"},\"ends_at\":{\"type\":\"string\""
      ",\"format\":\"date-time\"},\"bid\":{\"type\":\"object\"}},"
      "\"required\":[\"ok\",\"epoch\",\"seq\"]}",
      "{\"ok\":true,\"epoch\":1,\"seq\":18,\"type\":\"bid.accepted\","
      "\"price\":120,\"min_next\":130,\"ends_at\":\"2026-02-22T10:30:00.000"
      "Z\"}" },

    { "Event",
      "{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
      "\"auction_id\":{\"type\":\"integer\"},\"epoch\":{\"type\":\"integer"
      "\"},\"seq\":{\"type\":\"integer\"},\"ts\":{\"type\":\"string\","
      "\"format\":\"date-time\"},\"type\":{\"type\":\"string\"},"
      "\"actor\":{\"type\":\"integer\"},\"request_id\":{\"type\":\"string\""
      "},\"data\":{\"type\":\"object\"},\"hash\":{\"type\":\"string\"}},"
      "\"required\":[\"v\",\"auction_id\",\"epoch\",\"seq\","
      "\"ts\",\"type\",\"data\"]}",
      "{\"v\":1,\"auction_id\":1,\"epoch\":1,\"seq\":18,\"ts\":\"2026-02-22"
      "T10:30:00.000Z\",\"type\":\"bid.accepted\",\"actor\":7,"
      "\"data\":{\"lot_id\":4194306,\"amount\":120}}" },

    { "EventPage",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"epoch\":{\"type\":\"integer\"},\"seq\":{\"type\":\"integer"
      "\"},\"next_after\":{\"type\":[\"string\",\"null\"]},"
      "\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/s"
      "chemas/Event\"}}},\"required\":[\"epoch\",\"seq\",\"results\"]}",
      "{\"auction_id\":1,\"epoch\":1,\"seq\":18,\"next_after\":null,"
      "\"results\":[{\"v\":1,\"auction_id\":1,\"epoch\":1,"
      "\"seq\":18,\"ts\":\"2026-02-22T10:30:00.000Z\",\"type\":\"bid.accept"
      "ed\",\"actor\":7,\"data\":{\"lot_id\":4194306,\"amount\":120}}]}" },

    { "Verification",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"status\":{\"type\":\"string\"},\"epoch\":{\"type\":\"integ"
      "er\"},\"seq\":{\"type\":\"integer\"},\"head\":{\"type\":\"string\"},"
      "\"verified\":{\"type\":[\"object\",\"null\"],\"properties\":{"
      "\"ok\":{\"type\":\"boolean\"},\"pending\":{\"type\":\"boolean\"},"
      "\"epoch\":{\"type\":\"integer\"},\"seq\":{\"type\":\"integer\"},"
      "\"events\":{\"type\":\"integer\"},\"head\":{\"type\":\"string\"},"
      "\"at\":{\"type\":\"string\",\"format\":\"date-time\"}}},"
      "\"settled\":{\"type\":[\"object\",\"null\"],\"properties\":{"
      "\"auction_id\":{\"type\":\"integer\"},\"epoch\":{\"type\":\"integer\"}"
      ",\"seq\":{\"type\":\"integer\"},\"head\":{\"type\":\"string\"},"
      "\"settled_at\":{\"type\":\"string\",\"format\":\"date-time\"},"
      "\"jws\":{\"type\":\"string\"}}}},\"required\":[\"auction_id\","
      "\"status\",\"epoch\",\"seq\",\"head\",\"verified\",\"settled\"]}",
      "{\"auction_id\":1,\"status\":\"live\",\"epoch\":1,\"seq\":18,"
      "\"head\":\"1ba76a40\",\"verified\":{\"ok\":true,\"pending\":false,"
      "\"epoch\":1,\"seq\":18,\"events\":18,\"head\":\"1ba76a40\","
      "\"at\":\"2026-02-22T10:30:00.000Z\"},\"settled\":null}" },

    { "Snapshot",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"epoch\":{\"type\":\"integer\"},\"seq\":{\"type\":\"integer"
      "\"},\"server_time\":{\"type\":[\"string\",\"null\"],"
      "\"format\":\"date-time\"},\"viewers\":{\"type\":\"integer\"},"
      "\"state\":{\"type\":\"object\"}},"
      "\"required\":[\"auction_id\",\"epoch\",\"seq\",\"state\"]}",
      "{\"auction_id\":1,\"epoch\":1,\"seq\":18,\"server_time\":\"2026-02-2"
      "2T10:30:00.000Z\",\"viewers\":42,\"state\":{\"status\":\"live\","
      "\"lots\":[],\"teams\":[]}}" },

    { "Time",
      "{\"type\":\"object\",\"properties\":{\"server_time\":{\"type\":\"str"
      "ing\",\"format\":\"date-time\"},\"ms\":{\"type\":\"integer\"}},"
      "\"required\":[\"server_time\",\"ms\"]}",
      "{\"server_time\":\"2026-02-22T10:30:00.000Z\",\"ms\":1771756200000}" },

    { "Health",
      "{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\""
      "}},\"required\":[\"status\"]}",
      "{\"status\":\"ok\"}" },

    { "Ready",
      "{\"type\":\"object\",\"properties\":{\"status\":{\"type\":\"string\""
      "},\"schema\":{\"type\":\"string\"}},\"required\":[\"status\"]}",
      "{\"status\":\"ready\",\"schema\":\"0001_schema:0a1b2c\"}" },

    { "EventStream",
      "{\"type\":\"string\"}",
      "\"id: 1:42\\ndata: {\\\"type\\\":\\\"event\\\",\\\"channel\\\":"
      "\\\"auction:7\\\",\\\"event\\\":{\\\"seq\\\":42}}\\n\\n\"" },

    { "Metrics",
      "{\"type\":\"string\"}",
      "\"gavel_up{service=\\\"redis\\\"} 1\"" },

    { "Document",
      "{\"type\":\"object\"}",
      "{\"openapi\":\"3.1.0\"}" },

    { NULL, NULL, NULL }
};


const gavel_schema_t *const  gavel_schemas[] = {
    common,
    gavel_auction_schemas,
    gavel_social_schemas,
    gavel_exchange_schemas,
    NULL
};
