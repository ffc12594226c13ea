/*
 * tables: all rows of the API, registered at configuration.
 */

#include "api/api.h"
#include "api/admin.h"
#include "api/auth.h"
#include "api/openapi.h"
#include "api/router.h"
#include "api/rows.h"
#include "api/users.h"


const gavel_param_t  gavel_no_params[] = {
    PARAM_END
};

const gavel_param_t  gavel_auction_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_END
};

const gavel_param_t  gavel_lot_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("lot_id", "the lot"),
    PARAM_END
};


static const gavel_command_t  *tables[] = {
    gavel_auth_commands,
    gavel_user_commands,
    gavel_auction_commands,
    gavel_conduct_commands,
    gavel_lot_commands,
    gavel_team_commands,
    gavel_bid_commands,
    gavel_live_commands,
    gavel_proof_commands,
    gavel_comment_commands,
    gavel_me_commands,
    gavel_overlay_commands,
    gavel_calendar_commands,
    gavel_watch_commands,
    gavel_admin_commands,
    gavel_exchange_commands,
    gavel_template_commands,
    gavel_ops_commands
};

static const gavel_alias_t  *aliases[] = {
    gavel_auth_aliases,
    gavel_user_aliases,
    gavel_auction_aliases,
    gavel_conduct_aliases,
    gavel_lot_aliases,
    gavel_bid_aliases,
    gavel_watch_aliases
};


gavel_api_t  *gavel_api;


ngx_int_t
gavel_api_init(ngx_conf_t *cf, gavel_api_t *api, ngx_array_t *cors_origins)
{
    ngx_uint_t  i;

    gavel_api = api;
    api->cors_origins = cors_origins;

    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (gavel_commands_add(tables[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (gavel_router_create(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (gavel_router_alias(cf, aliases[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return gavel_openapi_create(cf);
}
