/*
 * admin: rows of what admins do with people, and of the log of it.
 */

#include "api/admin.h"
#include "api/flows.h"
#include "auth/standing.h"
#include <ngx_http.h>


static ngx_int_t update_ask(gavel_flow_t *f);
static ngx_int_t ban_ask(gavel_flow_t *f);
static ngx_int_t update_tell(gavel_flow_t *f);


#define USER                                                                  \
    { "user", GAVEL_PARAM_ID, GAVEL_IN_PATH|GAVEL_REQUIRED, 0, 0, NULL, NULL, \
      NULL, "7" }

#define REASON(flags)                                                         \
    { "reason", GAVEL_PARAM_TEXT, flags, 1, 500, NULL, NULL,                  \
      "kept in the audit log", "\"shill bidding\"" }

#define UNTIL                                                                 \
    { "until", GAVEL_PARAM_TIME, GAVEL_IN_BODY, 0, 0, NULL, NULL,             \
      "when it ends by itself; never, if left out",                           \
      "\"2026-12-31T00:00:00Z\"" }


static const gavel_param_t  list_params[] = {
    { "search", GAVEL_PARAM_TEXT, GAVEL_IN_QUERY, 0, 100, NULL, "q",
      "a part of a name, address or number", "\"kim\"" },
    { "status", GAVEL_PARAM_ENUM, GAVEL_IN_QUERY, 0, 0,
      "pending|active|suspended|banned|erased", NULL, NULL, "\"active\"" },
    { "role", GAVEL_PARAM_ENUM, GAVEL_IN_QUERY, 0, 0,
      "member|seller|admin|support", NULL, NULL, "\"seller\"" },
    { "page", GAVEL_PARAM_INT, GAVEL_IN_QUERY, 1, 1000000, NULL, NULL,
      NULL, "1" },
    { "page_size", GAVEL_PARAM_INT, GAVEL_IN_QUERY, 1, 100, NULL, NULL,
      NULL, "20" },
    PARAM_END
};

static const gavel_param_t  update_params[] = {
    USER,
    { "status", GAVEL_PARAM_ENUM, GAVEL_IN_BODY, 0, 0,
      "active|suspended|banned", NULL,
      "who is suspended or banned cannot log in", "\"suspended\"" },
    { "roles", GAVEL_PARAM_JSON, GAVEL_IN_BODY, 0, 0, NULL, NULL,
      "all roles that the person shall have", "[\"member\",\"seller\"]" },
    { "kyc", GAVEL_PARAM_ENUM, GAVEL_IN_BODY, 0, 0,
      "none|pending|verified|rejected", "kyc_status", NULL, "\"verified\"" },
    REASON(GAVEL_IN_BODY),
    UNTIL,
    PARAM_END
};

static const gavel_param_t  audit_params[] = {
    { "actor_id", GAVEL_PARAM_ID, GAVEL_IN_QUERY, 0, 0, NULL, NULL,
      "who did it", "7" },
    { "action", GAVEL_PARAM_TEXT, GAVEL_IN_QUERY, 1, 50, NULL, NULL,
      "how the name of the action begins", "\"points.\"" },
    { "target", GAVEL_PARAM_TEXT, GAVEL_IN_QUERY, 1, 100, NULL, NULL,
      "to whom or what", "\"user:7\"" },
    { "page", GAVEL_PARAM_INT, GAVEL_IN_QUERY, 1, 1000000, NULL, NULL,
      NULL, "1" },
    { "page_size", GAVEL_PARAM_INT, GAVEL_IN_QUERY, 1, 100, NULL, NULL,
      NULL, "20" },
    { "cursor", GAVEL_PARAM_ID, GAVEL_IN_QUERY, 0, 0, NULL, NULL,
      "next_cursor of the page before", "17" },
    PARAM_END
};

static const gavel_param_t  ban_params[] = {
    USER,
    REASON(GAVEL_IN_BODY|GAVEL_REQUIRED),
    UNTIL,
    PARAM_END
};


static const gavel_step_pt  update_steps[] = {
    update_ask,
    update_tell,         /* workers know what tokens do not */
    NULL
};

static const gavel_step_pt  ban_steps[] = {
    ban_ask,
    update_tell,
    NULL
};


const gavel_command_t  gavel_admin_commands[] = {

    { "admin.users", NGX_HTTP_GET, "/admin/users", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, list_params,
      SQL("admin_users"), 200, "People, newest first", "UserList", 0 },

    { "admin.user_update", NGX_HTTP_PATCH, "/admin/users/{user}", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, update_params,
      FLOW(update_steps), 200,
      "Set a person's status, roles or verification", "AdminUser", 0 },

    { "admin.user_ban", NGX_HTTP_POST, "/admin/users/{user}/ban", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, ban_params,
      FLOW(ban_steps), 200,
      "Ban a person; his sessions end", "AdminUser", 0 },

    { "admin.audit", NGX_HTTP_GET, "/admin/audit", NULL,
      GAVEL_BY_ADMIN, GAVEL_RATE_GENERAL, audit_params,
      SQL("admin_audit"), 200, "What was done with special rights",
      "AuditPage", 0 },

    COMMAND_END
};


static ngx_int_t
ask(gavel_flow_t *f, const char *function)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));
    if (call->work == NULL) {
        return NGX_ERROR;
    }

    return gavel_flow_once(f, call->work, function, NULL);
}


static ngx_int_t
update_ask(gavel_flow_t *f)
{
    return ask(f, "admin_user_update");
}


static ngx_int_t
ban_ask(gavel_flow_t *f)
{
    return ask(f, "admin_user_ban");
}


static ngx_int_t
update_tell(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_reply_t  *reply;

    reply = call->work;

    if (reply->code == GAVEL_OK) {
        gavel_standing_changed();
    }

    return gavel_flow_reply(f, reply);
}
