/*
 * schemas_social: what answers about viewers, chats and oneself look like;
 * see schemas.c.
 */

#include "api/openapi.h"


const gavel_schema_t  gavel_social_schemas[] = {

    { "Presence",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"viewers\":{\"type\":\"integer\"}},"
      "\"required\":[\"auction_id\",\"viewers\"]}",
      "{\"auction_id\":1,\"viewers\":42}" },

    { "Analytics",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"viewers\":{\"type\":\"integer\"},"
      "\"peak\":{\"type\":\"integer\"},\"peak_at\":{\"type\":[\"string\","
      "\"null\"],\"format\":\"date-time\"},\"average\":{\"type\":[\"number"
      "\",\"null\"]},\"watched_seconds\":{\"type\":\"integer\"},"
      "\"bids\":{\"type\":\"integer\"},\"bidders\":{\"type\":\"integer\"},"
      "\"comments\":{\"type\":\"integer\"},\"commenters\":{\"type\":\"inte"
      "ger\"},\"lots\":{\"type\":\"integer\"},\"sold\":{\"type\":\"integer"
      "\"},\"unsold\":{\"type\":\"integer\"},\"total\":{\"type\":\"integer"
      "\"}},\"required\":[\"auction_id\",\"viewers\",\"peak\",\"bids\"]}",
      "{\"auction_id\":1,\"viewers\":42,\"peak\":120,"
      "\"peak_at\":\"2026-02-22T10:30:00.000Z\",\"average\":61.5,"
      "\"watched_seconds\":3600,\"bids\":310,\"bidders\":8,"
      "\"comments\":950,\"commenters\":77,\"lots\":12,\"sold\":11,"
      "\"unsold\":1,\"total\":8400}" },

    { "Comment",
      "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},"
      "\"seq\":{\"type\":\"integer\"},\"id\":{\"type\":\"integer\"},\"aucti"
      "on_id\":{\"type\":\"integer\"},\"user_id\":{\"type\":\"integer\"},\""
      "user\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integ"
      "er\"},\"display_name\":{\"type\":\"string\"}}},\"comment\":{\"type\""
      ":\"string\"},\"created_at\":{\"type\":\"string\",\"format\":\"date-t"
      "ime\"},\"deleted\":{\"type\":\"boolean\"}},\"required\":[\"type\",\""
      "seq\",\"id\",\"auction_id\"]}",
      "{\"type\":\"chat.message\",\"seq\":12,\"id\":55,\"auction_id\":1,\"u"
      "ser_id\":7,\"user\":{\"id\":7,\"display_name\":\"Minji\"},\"comment"
      "\":\"What a bid!\",\"created_at\":\"2026-02-22T10:30:00.000Z\"}" },

    { "CommentPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\""
      "},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type\":["
      "\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\"null\""
      "]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/component"
      "s/schemas/Comment\"}}},\"required\":[\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,\""
      "results\":[{\"type\":\"chat.message\",\"seq\":12,\"id\":55,\"auction"
      "_id\":1,\"user_id\":7,\"user\":{\"id\":7,\"display_name\":\"Minji\"}"
      ",\"comment\":\"What a bid!\",\"created_at\":\"2026-02-22T10:30:00.00"
      "0Z\"}]}" },

    { "CommentGone",
      "{\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"},"
      "\"seq\":{\"type\":\"integer\"},\"id\":{\"type\":\"integer\"},\"aucti"
      "on_id\":{\"type\":\"integer\"},\"of\":{\"type\":\"integer\"},\"delet"
      "ed_at\":{\"type\":\"string\",\"format\":\"date-time\"}},\"required\""
      ":[\"type\",\"seq\",\"id\",\"of\"]}",
      "{\"type\":\"chat.deleted\",\"seq\":13,\"id\":55,\"auction_id\":1,\"o"
      "f\":12,\"deleted_at\":\"2026-02-22T10:30:00.000Z\"}" },

    { "Chat",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"seq\":{\"type\":\"integer\"},\"slow_mode\":{\"type\":\"inte"
      "ger\"},\"moderator\":{\"type\":\"boolean\"},\"muted\":{\"type\":\"bo"
      "olean\"},\"muted_until\":{\"type\":[\"string\",\"null\"],\"format\":"
      "\"date-time\"}},\"required\":[\"auction_id\",\"seq\",\"slow_mode\"]}",
      "{\"auction_id\":1,\"seq\":12,\"slow_mode\":0,\"moderator\":false,\"m"
      "uted\":false,\"muted_until\":null}" },

    { "Mute",
      "{\"type\":\"object\",\"properties\":{\"user\":{\"type\":\"object\","
      "\"properties\":{\"id\":{\"type\":\"integer\"},\"display_name\":{\"ty"
      "pe\":\"string\"}}},\"muted_by\":{\"type\":\"integer\"},\"reason\":{"
      "\"type\":\"string\"},\"until\":{\"type\":[\"string\",\"null\"],\"for"
      "mat\":\"date-time\"},\"created_at\":{\"type\":\"string\",\"format\":"
      "\"date-time\"}},\"required\":[\"user\",\"until\"]}",
      "{\"user\":{\"id\":9,\"display_name\":\"Troll\"},\"muted_by\":7,\"rea"
      "son\":\"spam\",\"until\":\"2026-02-22T10:30:00.000Z\",\"created_at\""
      ":\"2026-02-22T10:30:00.000Z\"}" },

    { "MuteList",
      "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\""
      ",\"items\":{\"$ref\":\"#/components/schemas/Mute\"}}},\"required\":["
      "\"results\"]}",
      "{\"results\":[{\"user\":{\"id\":9,\"display_name\":\"Troll\"},\"mute"
      "d_by\":7,\"reason\":\"spam\",\"until\":\"2026-02-22T10:30:00.000Z\","
      "\"created_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "Moderator",
      "{\"type\":\"object\",\"properties\":{\"auction_id\":{\"type\":\"inte"
      "ger\"},\"user\":{\"type\":\"object\",\"properties\":{\"id\":{\"type"
      "\":\"integer\"},\"display_name\":{\"type\":\"string\"}}}},\"required"
      "\":[\"auction_id\",\"user\"]}",
      "{\"auction_id\":1,\"user\":{\"id\":9,\"display_name\":\"Jun\"}}" },

    { "ModeratorList",
      "{\"type\":\"object\",\"properties\":{\"results\":{\"type\":\"array\""
      ",\"items\":{\"type\":\"object\",\"properties\":{\"user\":{\"type\":"
      "\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"display_n"
      "ame\":{\"type\":\"string\"}}},\"granted_by\":{\"type\":\"integer\"},"
      "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"}}}}},\""
      "required\":[\"results\"]}",
      "{\"results\":[{\"user\":{\"id\":9,\"display_name\":\"Jun\"},\"grante"
      "d_by\":7,\"created_at\":\"2026-02-22T10:30:00.000Z\"}]}" },

    { "MeEvents",
      "{\"type\":\"object\",\"properties\":{\"seq\":{\"type\":\"integer\"},"
      "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"pro"
      "perties\":{\"type\":{\"type\":\"string\"},\"seq\":{\"type\":\"intege"
      "r\"},\"auction_id\":{\"type\":\"integer\"},\"lot_id\":{\"type\":\"in"
      "teger\"}},\"required\":[\"type\",\"seq\",\"auction_id\"]}}},\"requir"
      "ed\":[\"seq\",\"results\"]}",
      "{\"seq\":1,\"results\":[{\"type\":\"me.outbid\",\"seq\":1,\"auction_"
      "id\":1,\"auction\":\"Cameras\",\"lot_id\":4194305,\"lot\":\"Leica M3"
      "\",\"amount\":120,\"price\":130}]}" },

    { NULL, NULL, NULL }
};
