/*
 * schemas_exchange: what answers about files and templates look like.
 */

#include "api/openapi.h"


const gavel_schema_t  gavel_exchange_schemas[] = {

    { "ImportReport",
      "{\"type\":\"object\",\"properties\":{\"import_id\":{\"type\":[\"in"
      "teger\",\"null\"]},\"dry_run\":{\"type\":\"boolean\"},\"encoding\""
      ":{\"type\":\"string\"},\"columns\":{\"type\":\"object\"},\"lines\""
      ":{\"type\":\"integer\"},\"added\":{\"type\":\"integer\"},\"changed"
      "\":{\"type\":\"integer\"},\"unchanged\":{\"type\":\"integer\"},\"s"
      "kipped\":{\"type\":\"integer\"},\"errors\":{\"type\":\"integer\"},"
      "\"results\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"p"
      "roperties\":{\"line\":{\"type\":\"integer\"},\"status\":{\"type\":"
      "\"string\",\"enum\":[\"added\",\"changed\",\"unchanged\",\"skipped"
      "\",\"error\"]},\"lot_id\":{\"type\":[\"integer\",\"null\"]},\"code"
      "\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"message"
      "\":{\"type\":\"string\"}},\"required\":[\"line\",\"status\"]}}},\""
      "required\":[\"lines\",\"results\"]}",
      "{\"import_id\":3,\"dry_run\":false,\"encoding\":\"UTF-8\",\"column"
      "s\":{\"닉네임\":\"nickname\",\"전화번호\":null},\"lines\":2"
      ",\"added\":1,\"changed\":0,\"unchanged\":0,\"skipped\":0,\"errors"
      "\":1,\"results\":[{\"line\":2,\"status\":\"added\",\"lot_id\":4194"
      "306},{\"line\":3,\"status\":\"error\",\"code\":\"invalid_params\","
      "\"field\":\"title\",\"message\":\"is required\"}]}" },

    { "ImportPage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer"
      "\"},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type"
      "\":[\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\""
      "null\"]},\"results\":{\"type\":\"array\",\"items\":{\"type\":\"obj"
      "ect\",\"properties\":{\"import_id\":{\"type\":\"integer\"},\"aucti"
      "on_id\":{\"type\":\"integer\"},\"actor\":{\"type\":[\"object\",\"n"
      "ull\"]},\"file_name\":{\"type\":\"string\"},\"encoding\":{\"type\""
      ":[\"string\",\"null\"]},\"bytes\":{\"type\":\"integer\"},\"lines\""
      ":{\"type\":\"integer\"},\"added\":{\"type\":\"integer\"},\"changed"
      "\":{\"type\":\"integer\"},\"unchanged\":{\"type\":\"integer\"},\"e"
      "rrors\":{\"type\":\"integer\"},\"results\":{\"type\":\"array\",\"i"
      "tems\":{\"type\":\"object\",\"properties\":{\"line\":{\"type\":\"i"
      "nteger\"},\"status\":{\"type\":\"string\",\"enum\":[\"added\",\"ch"
      "anged\",\"unchanged\",\"skipped\",\"error\"]},\"lot_id\":{\"type\""
      ":[\"integer\",\"null\"]},\"code\":{\"type\":\"string\"},\"field\":"
      "{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},\"require"
      "d\":[\"line\",\"status\"]}},\"created_at\":{\"type\":\"string\",\""
      "format\":\"date-time\"},\"finished_at\":{\"type\":[\"string\",\"nu"
      "ll\"],\"format\":\"date-time\"}},\"required\":[\"import_id\"]}}},"
      "\"required\":[\"count\",\"results\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"import_id\":3,\"auction_id\":1,\"actor\":{\"id\":7"
      ",\"display_name\":\"Minji\"},\"file_name\":\"players.csv\",\"encod"
      "ing\":\"CP949\",\"bytes\":812,\"lines\":20,\"added\":19,\"changed"
      "\":0,\"unchanged\":0,\"errors\":1,\"results\":[{\"line\":3,\"statu"
      "s\":\"error\",\"code\":\"invalid_params\",\"field\":\"title\",\"me"
      "ssage\":\"is required\"}],\"created_at\":\"2026-02-22T10:30:00.000"
      "Z\",\"finished_at\":\"2026-02-22T10:30:01.000Z\"}]}" },

    { "File",
      "{\"type\":\"string\"}",
      "\"lot_id,title,status,price\\n4194306,A camera,sold,1200\\n\"" },

    { "Template",
      "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"}"
      ",\"name\":{\"type\":\"string\"},\"mode\":{\"type\":\"string\"},\"l"
      "ots\":{\"type\":\"integer\"},\"teams\":{\"type\":\"integer\"},\"cr"
      "eated_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"conten"
      "t\":{\"type\":\"object\"}},\"required\":[\"id\",\"name\",\"mode\"]"
      "}",
      "{\"id\":2,\"name\":\"Friday draft\",\"mode\":\"team_draft\",\"lots"
      "\":20,\"teams\":4,\"created_at\":\"2026-02-22T10:30:00.000Z\",\"co"
      "ntent\":{\"rules\":{\"start_budget\":1000},\"lots\":[],\"teams\":["
      "]}}" },

    { "TemplatePage",
      "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer"
      "\"},\"next\":{\"type\":[\"string\",\"null\"]},\"previous\":{\"type"
      "\":[\"string\",\"null\"]},\"next_cursor\":{\"type\":[\"string\",\""
      "null\"]},\"results\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/c"
      "omponents/schemas/Template\"}}},\"required\":[\"count\",\"results"
      "\"]}",
      "{\"count\":1,\"next\":null,\"previous\":null,\"next_cursor\":null,"
      "\"results\":[{\"id\":2,\"name\":\"Friday draft\",\"mode\":\"team_d"
      "raft\",\"lots\":20,\"teams\":4,\"created_at\":\"2026-02-22T10:30:0"
      "0.000Z\"}]}" },

    { NULL, NULL, NULL }
};
