/*
 * teams: rows of the teams of a draft and of their points.
 */

#include "api/rows.h"
#include "api/teams.h"


static const gavel_param_t  add_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_TEXT("name", BODY|NEEDED, 1, 60, "", "\"Blue\""),
    PARAM_TEXT("color", BODY, 0, 20, "", "\"#3366ff\""),
    PARAM_TEXT("logo_url", BODY, 0, 2000, "", "\"/img/blue.svg\""),
    { "user_id", GAVEL_PARAM_ID, BODY, 1, ENGINE_MAX_AMOUNT, NULL,
      "leader_id", "who bids for it", "7" },
    PARAM_INT("budget", BODY, 0, ENGINE_MAX_AMOUNT, "else the rules'",
              "1000"),
    PARAM_INT("slots", BODY, 1, 1000, "else the rules'", "5"),
    PARAM_END
};

static const gavel_param_t  patch_params[] = {
    PATH_ID("team_id", "the team"),
    PARAM_TEXT("name", BODY, 1, 60, "", "\"Blue\""),
    PARAM_TEXT("color", BODY, 0, 20, "", "\"#3366ff\""),
    PARAM_TEXT("logo_url", BODY, 0, 2000, "", "\"/img/blue.svg\""),
    PARAM_BOOL("suspended", BODY, "it may not bid", "true"),
    PARAM_END
};

static const gavel_param_t  leader_params[] = {
    PATH_ID("team_id", "the team"),
    { "user_id", GAVEL_PARAM_ID, BODY|NEEDED, 1, ENGINE_MAX_AMOUNT, NULL,
      "leader_id", "who bids for it from now on", "7" },
    PARAM_END
};

static const gavel_param_t  one_params[] = {
    PATH_ID("team_id", "the team"),
    PARAM_END
};

static const gavel_param_t  grant_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("team_id", BODY|NEEDED, "the team", "1"),
    PARAM_INT("amount", BODY|NEEDED, -ENGINE_MAX_AMOUNT, ENGINE_MAX_AMOUNT,
              "may be negative", "100"),
    PARAM_TEXT("reason", BODY, 0, ENGINE_REASON_LEN, "why", "\"a quiz\""),
    PARAM_END
};


static const gavel_param_t  move_params[] = {
    PATH_ID("team_id", "the team"),
    PARAM_INT("position", BODY|NEEDED, 1, ENGINE_MAX_TEAMS,
              "its place in the order of nomination", "1"),
    PARAM_END
};

static const gavel_param_t  ledger_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("team_id", QUERY, "only of this team", "1"),
    PARAMS_PAGE,
    PARAM_END
};


const gavel_command_t  gavel_team_commands[] = {

    { "team.list", GET, "/auctions/{auction_id}/teams", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("team_list"), 200, "Teams with their rosters", "TeamPage", 0 },

    { "team.add", POST, "/auctions/{auction_id}/teams", "host.team_add",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, add_params,
      FLOW(gavel_team_add_steps), 201, "A new team", "Team", 0 },

    { "team.get", GET, "/teams/{team_id}", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, one_params,
      SQL("team_get"), 200, "A team with its roster", "Team", 0 },

    { "team.update", PATCH, "/teams/{team_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, patch_params,
      FLOW(gavel_team_update_steps), 200,
      "Change its name and colors, suspend it", "Team", 0 },

    { "team.leader", POST, "/teams/{team_id}/leader", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, leader_params,
      FLOW(gavel_team_leader_steps), 200, "Who bids for it", "Team", 0 },

    { "team.remove", DELETE, "/teams/{team_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, one_params,
      FLOW(gavel_team_remove_steps), 204, "A team leaves", NULL, 0 },

    { "team.move", POST, "/teams/{team_id}/move", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, move_params,
      FLOW(gavel_team_move_steps), 200, "When it nominates", "Team", 0 },

    { "points.ledger", GET, "/auctions/{auction_id}/ledger", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, ledger_params,
      SQL("ledger_list"), 200,
      "Every move of points, as double entries, newest first", "LedgerPage",
      0 },

    { "points.grant", POST, "/auctions/{auction_id}/points/grants",
      "host.grant",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, grant_params,
      ENGINE(CMD_POINTS_GRANT), 201, "Give points to a team, or take some",
      "Ack", 0 },

    { "points.list", GET, "/auctions/{auction_id}/points", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("points_list"), 200, "The purses of all teams", "PointsPage", 0 },

    { "points.mine", GET, "/users/me/points", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_no_params,
      SQL("points_mine"), 200,
      "My points, by auction, and my icon points", "MyPoints", 0 },

    ROWS_END
};
