/*
 * auth: rows of registering, logging in and out, and sessions.
 */

#include "api/auth.h"
#include <ngx_http.h>


#define REQUIRED  (GAVEL_IN_BODY|GAVEL_REQUIRED)
#define OPTIONAL  GAVEL_IN_BODY
#define SECRET    GAVEL_SECRET


static const gavel_param_t  register_params[] = {
    { "username", GAVEL_PARAM_TEXT, OPTIONAL, 3, 30, NULL, NULL,
      "letters, digits, '_', '.' and '-'; at least one of username, email "
      "and phone is needed", "\"kim\"" },
    { "email", GAVEL_PARAM_EMAIL, OPTIONAL, 0, 0, NULL, NULL,
      NULL, "\"kim@example.com\"" },
    { "phone", GAVEL_PARAM_PHONE, OPTIONAL, 0, 0, NULL, "number",
      "kept in E.164 form; without a country it is Korea's",
      "\"+821012345678\"" },
    { "password", GAVEL_PARAM_TEXT, REQUIRED|SECRET, 8, 128, NULL, NULL,
      NULL, "\"correct horse\"" },
    { "full_name", GAVEL_PARAM_TEXT, OPTIONAL, 0, 100, NULL, NULL,
      "seen by its owner and admins only", "\"Kim Minji\"" },
    { "display_name", GAVEL_PARAM_TEXT, OPTIONAL, 1, 50, NULL, "name",
      "what others see", "\"Minji\"" },
    { "locale", GAVEL_PARAM_ENUM, OPTIONAL, 0, 0, "ko|en", NULL,
      NULL, "\"ko\"" },
    { "seller", GAVEL_PARAM_BOOL, OPTIONAL, 0, 0, NULL, NULL,
      "may hold auctions; true, unless the site decides who may", "true" },
    { "cookies", GAVEL_PARAM_BOOL, OPTIONAL, 0, 0, NULL, NULL,
      "tokens come as HttpOnly cookies, for browsers", "false" },
    PARAM_END
};

static const gavel_param_t  login_params[] = {
    { "identifier", GAVEL_PARAM_TEXT, REQUIRED, 1, 254, NULL,
      "username|email|phone|number",
      "user name, e-mail address or phone number", "\"kim@example.com\"" },
    { "password", GAVEL_PARAM_TEXT, REQUIRED|SECRET, 1, 128, NULL, NULL,
      NULL, "\"correct horse\"" },
    { "cookies", GAVEL_PARAM_BOOL, OPTIONAL, 0, 0, NULL, NULL,
      "tokens come as HttpOnly cookies, for browsers", "false" },
    PARAM_END
};

static const gavel_param_t  refresh_params[] = {
    { "refresh", GAVEL_PARAM_TEXT, OPTIONAL|SECRET, 0, 200, NULL,
      "refresh_token", "left out when it comes as a cookie",
      "\"pZvB6PYtMa1Xn4kFh4mB8A4kYgoMLZ8W0t2m7X0zQ3c\"" },
    PARAM_END
};

static const gavel_param_t  logout_params[] = {
    { "refresh", GAVEL_PARAM_TEXT, OPTIONAL|SECRET, 0, 200, NULL,
      "refresh_token", "the session to end; else the one that asks",
      "\"pZvB6PYtMa1Xn4kFh4mB8A4kYgoMLZ8W0t2m7X0zQ3c\"" },
    { "all", GAVEL_PARAM_BOOL, OPTIONAL, 0, 0, NULL, NULL,
      "end every session of this account", "false" },
    PARAM_END
};

static const gavel_param_t  change_params[] = {
    { "current", GAVEL_PARAM_TEXT, REQUIRED|SECRET, 1, 128, NULL,
      "current_password|old_password", NULL, "\"correct horse\"" },
    { "new", GAVEL_PARAM_TEXT, REQUIRED|SECRET, 8, 128, NULL,
      "new_password|password", NULL, "\"battery staple\"" },
    PARAM_END
};

static const gavel_param_t  session_params[] = {
    { "session", GAVEL_PARAM_ID, GAVEL_IN_PATH|GAVEL_REQUIRED, 0, 0, NULL,
      NULL, NULL, "12" },
    PARAM_END
};


const gavel_command_t  gavel_auth_commands[] = {

    { "auth.register", NGX_HTTP_POST, "/auth/register", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_AUTH, register_params,
      FLOW(gavel_register_steps), 201,
      "A new account, and its first session", "Session",
      GAVEL_CMD_NO_CSRF },

    { "auth.login", NGX_HTTP_POST, "/auth/login", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_AUTH, login_params,
      FLOW(gavel_login_steps), 200,
      "Log in", "Session", GAVEL_CMD_NO_CSRF },

    { "auth.refresh", NGX_HTTP_POST, "/auth/refresh", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, refresh_params,
      FLOW(gavel_refresh_steps), 200,
      "New tokens for a refresh token, which is spent by it", "Session",
      GAVEL_CMD_NO_CSRF },

    { "auth.logout", NGX_HTTP_POST, "/auth/logout", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, logout_params,
      FLOW(gavel_logout_steps), 204,
      "Log out, here or everywhere", NULL, 0 },

    { "auth.change_password", NGX_HTTP_POST, "/auth/change-password", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_AUTH, change_params,
      FLOW(gavel_change_password_steps), 204,
      "A new password; all other sessions end", NULL, 0 },

    { "auth.sessions", NGX_HTTP_GET, "/auth/sessions", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, NULL,
      SQL("session_list"), 200,
      "Where I am logged in", "DeviceList", 0 },

    { "auth.session_revoke", NGX_HTTP_DELETE, "/auth/sessions/{session}",
      NULL, GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, session_params,
      FLOW(gavel_revoke_steps), 204,
      "Log one of my devices out", NULL, 0 },

    { "auth.jwks", NGX_HTTP_GET, "//.well-known/jwks.json", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_NONE, NULL,
      FLOW(gavel_jwks_steps), 200,
      "The keys that access tokens are signed with", "Jwks", 0 },

    COMMAND_END
};


const gavel_alias_t  gavel_auth_aliases[] = {
    { NGX_HTTP_POST, "/users/register", "auth.register", NULL },     /* S3 */
    { NGX_HTTP_POST, "/auth/token", "auth.login", NULL },            /* S3 */
    { NGX_HTTP_POST, "/auth/token/refresh", "auth.refresh", NULL },  /* S3 */
    ALIAS_END
};
