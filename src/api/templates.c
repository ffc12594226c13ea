/*
 * templates: rows of auctions that others are made from.
 */

#include "api/exchange.h"
#include "api/rows.h"


static const gavel_param_t  template_params[] = {
    PATH_ID("template_id", "the template"),
    PARAM_END
};

static const gavel_param_t  save_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("name", BODY|NEEDED, 1, 100, "", "\"Friday draft\""),
    PARAM_BOOL("with_lots", BODY, "yes if nothing is said", "true"),
    PARAM_ENUM("with_teams", BODY, "none|empty|leaders",
               "without leaders (empty) if nothing is said", "\"empty\""),
    PARAM_END
};

static const gavel_param_t  clone_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("title", BODY, 1, 200, "else the same", "\"Autumn draft\""),
    PARAM_TIME("starts_at", BODY, ""),
    PARAM_TIME("ends_at", BODY, "of timed auctions"),
    PARAM_JSON("rules", BODY, "what is to differ", "{\"start_budget\":500}"),
    PARAM_BOOL("with_lots", BODY, "yes if nothing is said", "true"),
    PARAM_ENUM("with_teams", BODY, "none|empty|leaders",
               "without leaders (empty) if nothing is said", "\"leaders\""),
    PARAM_END
};


const gavel_command_t  gavel_template_commands[] = {

    { "auction.clone", POST, "/auctions/{auction_id}/clone", NULL,
      GAVEL_BY_SELLER, GAVEL_RATE_GENERAL, clone_params,
      FLOW(gavel_clone_steps), 201,
      "A new draft like this auction: its rules, lots and teams", "Auction",
      0 },

    { "template.save", POST, "/auctions/{auction_id}/template", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, save_params,
      SQL("template_save"), 201, "Keep it as a template", "Template",
      GAVEL_CMD_ONCE },

    { "template.list", GET, "/templates", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_no_params,
      SQL("template_list"), 200, "My templates, newest first",
      "TemplatePage", 0 },

    { "template.get", GET, "/templates/{template_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, template_params,
      SQL("template_get"), 200, "A template with its content", "Template", 0 },

    { "template.delete", DELETE, "/templates/{template_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, template_params,
      SQL("template_delete"), 204, "Forget it", NULL, 0 },

    ROWS_END
};
