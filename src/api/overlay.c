/*
 * overlay: the links that OBS opens, and which auction each of them shows.
 */

#include "api/rows.h"


static const gavel_param_t  no_params[] = {
    PARAM_END
};

static const gavel_param_t  create_params[] = {
    { "name", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 0, 80, NULL, NULL,
      "What the link is for", "\"OBS at home\"" },
    { "auction_id", GAVEL_PARAM_ID, GAVEL_IN_BODY, 1, ENGINE_MAX_AMOUNT, NULL,
      "auctionId", "Shows this one and no other; else whichever is on", "1" },
    PARAM_END
};

static const gavel_param_t  id_params[] = {
    { "token_id", GAVEL_PARAM_ID, GAVEL_IN_PATH|GAVEL_REQUIRED, 0, 0, NULL,
      NULL, "The link's id", "1" },
    PARAM_END
};

static const gavel_param_t  show_params[] = {
    { "token", GAVEL_PARAM_TEXT,
      GAVEL_IN_PATH|GAVEL_REQUIRED|GAVEL_SECRET, 1, 128, NULL, NULL,
      "The secret part of the link",
      "\"0a53b1ad3ac94f7e8cf6d1b0f6b3a5d4\"" },
    PARAM_END
};


const gavel_command_t  gavel_overlay_commands[] = {

    { "overlay.create", NGX_HTTP_POST, "/overlay-tokens", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, create_params,
      SQL("overlay_create"), 201,
      "A new link; its token is shown this once", "OverlayLink", 0 },

    { "overlay.list", NGX_HTTP_GET, "/overlay-tokens", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, no_params,
      SQL("overlay_list"), 200, "One's own links", "OverlayLinks", 0 },

    { "overlay.rotate", NGX_HTTP_POST, "/overlay-tokens/{token_id}/rotate",
      NULL, GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, id_params,
      SQL("overlay_rotate"), 200,
      "A new token for a link; the old one ends", "OverlayLink", 0 },

    { "overlay.revoke", NGX_HTTP_DELETE, "/overlay-tokens/{token_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, id_params,
      SQL("overlay_revoke"), 204, "Ends a link", NULL, 0 },

    { "overlay.show", NGX_HTTP_GET, "/overlay/{token}", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, show_params,
      SQL("overlay_show"), 200, "Which auction a link shows now",
      "OverlayShown", GAVEL_CMD_REPLICA },

    { NULL, 0, NULL, NULL, 0, 0, NULL, 0, NULL, 0, NULL, NULL, 0, NULL, NULL,
      0 }
};
