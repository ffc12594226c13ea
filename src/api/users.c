/*
 * users: rows of people: oneself, one's profile and business, others.
 */

#include "api/users.h"
#include <ngx_http.h>


static const gavel_param_t  profile_params[] = {
    { "display_name", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 1, 50, NULL, "name",
      "what others see", "\"Minji\"" },
    { "full_name", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 0, 100, NULL, NULL,
      "seen by its owner and admins only", "\"Kim Minji\"" },
    { "bio", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 0, 2000, NULL, NULL,
      NULL, "\"Support main since 2019.\"" },
    { "locale", GAVEL_PARAM_ENUM, GAVEL_IN_BODY, 0, 0, "ko|en", NULL,
      NULL, "\"ko\"" },
    { "game_stats", GAVEL_PARAM_JSON, GAVEL_IN_BODY, 0, 0, NULL, NULL,
      "an object of one's own", "{\"tier\":\"Diamond\",\"win_rate\":54}" },
    PARAM_END
};

static const gavel_param_t  business_params[] = {
    { "legal_name", GAVEL_PARAM_TEXT, GAVEL_IN_BODY|GAVEL_REQUIRED, 1, 200,
      NULL, "name|business_name", NULL, "\"Minji Trading\"" },
    { "tax_id", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 0, 40, NULL, NULL,
      NULL, "\"123-45-67890\"" },
    { "address", GAVEL_PARAM_TEXT, GAVEL_IN_BODY, 0, 500, NULL, NULL,
      NULL, "\"Seoul\"" },
    PARAM_END
};

static const gavel_param_t  ids_params[] = {
    { "ids", GAVEL_PARAM_IDS, GAVEL_IN_QUERY|GAVEL_REQUIRED, 0, 100, NULL,
      NULL, "whose", "[7,8]" },
    PARAM_END
};

static const gavel_param_t  search_params[] = {
    { "q", GAVEL_PARAM_TEXT, GAVEL_IN_QUERY|GAVEL_REQUIRED, 2, 120, NULL,
      "query", "an address or user name, whole, or how a nickname begins",
      "\"min\"" },
    PARAM_END
};

static const gavel_param_t  user_params[] = {
    { "user", GAVEL_PARAM_ID, GAVEL_IN_PATH|GAVEL_REQUIRED, 0, 0, NULL, NULL,
      NULL, "7" },
    PARAM_END
};


const gavel_command_t  gavel_user_commands[] = {

    { "user.me", NGX_HTTP_GET, "/users/me", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, NULL,
      SQL("user_me"), 200, "My account and profile", "Me", 0 },

    { "user.profile", NGX_HTTP_GET, "/users/me/profile", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, NULL,
      SQL("user_profile"), 200, "My profile", "Profile", 0 },

    { "user.profile_set", NGX_HTTP_PUT, "/users/me/profile", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, profile_params,
      SQL("user_profile_set"), 200,
      "Change my profile; what is left out stays", "Profile",
      GAVEL_CMD_ONCE },

    { "user.business", NGX_HTTP_GET, "/users/me/business", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, NULL,
      SQL("user_business"), 200, "My business account", "Business", 0 },

    { "user.business_set", NGX_HTTP_PUT, "/users/me/business", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, business_params,
      SQL("user_business_set"), 200,
      "Make or change my business account", "Business", GAVEL_CMD_ONCE },

    { "user.list", NGX_HTTP_GET, "/users", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, ids_params,
      SQL("user_list"), 200,
      "What everybody may see of several people", "UserList",
      GAVEL_CMD_REPLICA },

    { "user.search", NGX_HTTP_GET, "/users/search", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_SEARCH, search_params,
      SQL("user_search"), 200,
      "Whom one who has an auction means: at most ten people, by id and "
      "nickname alone", "PersonList", 0 },

    { "user.get", NGX_HTTP_GET, "/users/{user}", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, user_params,
      SQL("user_public"), 200,
      "What everybody may see of a person", "PublicUser",
      GAVEL_CMD_REPLICA },

    COMMAND_END
};


const gavel_alias_t  gavel_user_aliases[] = {
    { NGX_HTTP_GET, "/auth/profile", "user.me", NULL },              /* S2 */
    { NGX_HTTP_PATCH, "/users/me/profile", "user.profile_set", NULL },
    { NGX_HTTP_GET, "/users/profile", "user.profile", NULL },        /* S3 */
    { NGX_HTTP_PUT, "/users/profile", "user.profile_set", NULL },    /* S3 */
    { NGX_HTTP_PATCH, "/users/profile", "user.profile_set", NULL },
    { NGX_HTTP_GET, "/users/business", "user.business", NULL },      /* S3 */
    { NGX_HTTP_PUT, "/users/business", "user.business_set", NULL },  /* S3 */
    ALIAS_END
};
