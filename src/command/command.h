/*
 * command: everything a client can do is a row of one table.
 *
 * A row says its name, where it is found over HTTP and WebSocket, who may
 * call it, what it costs, its parameters and what carries it out.  REST,
 * WebSocket and later Socket.IO and chat build a call, run it, and tell its
 * outcome in their dialect; none of them knows what a command does.
 */

#ifndef GAVEL_COMMAND_H
#define GAVEL_COMMAND_H

#include "core/core.h"
#include "core/flow.h"
#include "core/json.h"
#include "auth/auth.h"
#include "auction/auction.h"

/* --- rows --- */

typedef enum {
    GAVEL_PARAM_TEXT = 1,    /* min..max characters, valid UTF-8 */
    GAVEL_PARAM_ID,          /* 1 .. 2^53-1 */
    GAVEL_PARAM_INT,         /* min..max */
    GAVEL_PARAM_AMOUNT,      /* 1 .. 2^53-1: else invalid_amount */
    GAVEL_PARAM_BOOL,
    GAVEL_PARAM_TIME,        /* ISO 8601 */
    GAVEL_PARAM_ENUM,        /* one of words: "a|b|c" */
    GAVEL_PARAM_EMAIL,
    GAVEL_PARAM_PHONE,       /* E.164 after normalising */
    GAVEL_PARAM_IDS,         /* array of ids (query: 1,2,3), at most max */
    GAVEL_PARAM_JSON         /* an object or array, passed on as it is */
} gavel_param_type_t;

#define GAVEL_IN_PATH      1
#define GAVEL_IN_QUERY     2
#define GAVEL_IN_BODY      4
#define GAVEL_REQUIRED     8
#define GAVEL_SECRET      16     /* a password or token: never in a log */

typedef struct {
    const char          *name;       /* NULL ends the list */
    gavel_param_type_t   type;
    ngx_uint_t           flags;
    int64_t              min, max;
    const char          *words;      /* of ENUM */
    const char          *alias;      /* other names: "max_bid|max" or NULL */
    const char          *help;       /* for the API's document */
    const char          *example;    /* JSON */
} gavel_param_t;

typedef enum {
    GAVEL_BY_GUEST = 0,      /* anybody */
    GAVEL_BY_MEMBER,
    GAVEL_BY_SELLER,         /* or admin */
    GAVEL_BY_ADMIN
} gavel_who_t;               /* per-auction rights are the engine's or SQL's */

typedef enum {
    GAVEL_RATE_GENERAL = 0,  /* 100/min per address or user */
    GAVEL_RATE_AUTH,         /* 20/min per address */
    GAVEL_RATE_BID,          /* per user */
    GAVEL_RATE_CHAT,         /* per user */
    GAVEL_RATE_SEARCH,       /* 30/min per user */
    GAVEL_RATE_NONE          /* health, metrics */
} gavel_rate_t;

typedef struct gavel_call_s     gavel_call_t;
typedef struct gavel_command_s  gavel_command_t;

/* Fills the engine's command from the parameters; a code refuses. */
typedef gavel_code_t (*gavel_prepare_pt)(gavel_call_t *call,
    gavel_submission_t *s);

typedef enum { GAVEL_EXEC_SQL = 1, GAVEL_EXEC_ENGINE, GAVEL_EXEC_FLOW }
    gavel_executor_t;

struct gavel_command_s {
    const char            *name;         /* "bid.place"; NULL ends a table */
    ngx_uint_t             method;       /* NGX_HTTP_GET ...; 0: no REST */
    const char            *path;         /* under /api/v1, or "//x" from root */
    const char            *frame;        /* WebSocket type, or NULL */
    gavel_who_t            who;
    gavel_rate_t           rate;
    const gavel_param_t   *params;
    gavel_executor_t       executor;
    const char            *sql;          /* SQL: function name */
    command_type_t         engine;       /* ENGINE: command type */
    gavel_prepare_pt       prepare;      /* ENGINE: may be NULL (common
                                            parameters are filled by name) */
    const gavel_step_pt   *steps;        /* FLOW: f->data is the call */
    ngx_uint_t             status;       /* of success, for the document */
    const char            *summary;
    const char            *answer;       /* name of a schema in api/openapi */
    ngx_uint_t             flags;        /* GAVEL_CMD_* */
};

#define GAVEL_CMD_REPLICA   1    /* SQL reads that may be a little old */
#define GAVEL_CMD_ONCE      2    /* honours Idempotency-Key (SQL) */
#define GAVEL_CMD_HOT       4    /* a read that everybody may be told for a
                                    second; no client's address is in it */
#define GAVEL_CMD_NO_CSRF   8    /* opens a session: there is none to ride */
#define GAVEL_CMD_FILE     16    /* the body is a file: call->file */

/* The executor's columns of a row. */
#define SQL(function)             GAVEL_EXEC_SQL, function, 0, NULL, NULL
#define ENGINE(type)              GAVEL_EXEC_ENGINE, NULL, type, NULL, NULL
#define ENGINE_BY(type, prepare)  GAVEL_EXEC_ENGINE, NULL, type, prepare, NULL
#define FLOW(steps)               GAVEL_EXEC_FLOW, NULL, 0, NULL, steps

#define PARAM_END    { NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL }
#define COMMAND_END  { NULL, 0, NULL, NULL, 0, 0, NULL, 0, NULL, 0, NULL,     \
                       NULL, 0, NULL, NULL, 0 }
#define ALIAS_END    { 0, NULL, NULL, NULL }

typedef struct {
    ngx_uint_t    method;
    const char   *path;
    const char   *name;          /* of the command */
    const char   *defaults;      /* JSON: what a client does not say */
} gavel_alias_t;

/* At configuration: tables are registered by the modules, in any order. */
ngx_int_t gavel_commands_add(const gavel_command_t *rows);
const gavel_command_t *gavel_command_by_name(const char *name);
const gavel_command_t *gavel_command_by_frame(const ngx_str_t *type);
ngx_uint_t gavel_commands(const gavel_command_t ***all);     /* how many */

/* --- calls --- */

struct gavel_call_s {
    gavel_flow_t             flow;       /* pool and log are the caller's */
    const gavel_command_t   *command;
    gavel_identity_t         identity;
    origin_t                 origin;
    ngx_str_t                address;    /* client's, for limits and audit */
    ngx_str_t                device;     /* User-Agent, cut */
    ngx_str_t                request_id; /* Idempotency-Key / request_id */
    ngx_str_t                locale;     /* "ko" or "en" */
    ngx_str_t                csrf;       /* what came; checked in cookie mode */
    ngx_str_t                cookie_refresh[GAVEL_COOKIE_TRIES];  /* that came;
                                            the others are empty */
    ngx_str_t                host;       /* of the request, with its port */
    unsigned                 secure:1;   /* it came by https */
    unsigned                 unsafe:1;   /* a method that changes things */
    unsigned                 cookies:1;  /* the client wants cookie mode */
    int64_t                  at;         /* stamp of arrival, cluster ms;
                                            0: now */
    json_t                  *params;     /* validated, canonical names */
    ngx_str_t                params_text;/* SQL: the same as JSON text, and
                                            _ip, _roles, _session, _locale */
    ngx_str_t                file;       /* GAVEL_CMD_FILE: as it came */
    ngx_str_t                file_type;  /* its Content-Type; may be empty */
    u_char                   body_hash[32];
    void                    *work;       /* FLOW: the steps' own */
    gavel_submission_t      *answer;     /* ENGINE: what the engine said */
    void                   (*done)(gavel_call_t *call);
    void                    *data;       /* of done */
};

/*
 * Checks rate, role and CSRF, validates `raw` (an object of everything that
 * came, strings from the path and query, any type from the body; may be NULL)
 * against the row, and runs the executor.  done is called exactly once with
 * call->flow.outcome filled, from inside when nothing had to wait, unless the
 * pool goes away first.  The call lives in its pool (call->flow.pool) and is
 * zeroed but for what the caller knows; raw stays the caller's and may be
 * released at once.
 *
 * Strings become numbers only for parameters that may come by path or query.
 * Unknown members are ignored; but userId, user_id, bidderId and bidder_id,
 * where a row does not know them, must be the caller's own.  request_id is
 * taken from raw if call->request_id is empty.
 */
void gavel_command_run(gavel_call_t *call, json_t *raw);

/* Parameters, for prepare functions and steps.  A time is in ms; null, and
 * what was not given, is `none` or the empty string.  Strings belong to the
 * call. */
int64_t gavel_call_int(gavel_call_t *call, const char *name, int64_t none);
ngx_str_t gavel_call_str(gavel_call_t *call, const char *name);
ngx_uint_t gavel_call_has(gavel_call_t *call, const char *name);

/* "ko" or "en": the first of our languages that an Accept-Language names;
 * quality values say the order that clients write anyway. */
ngx_str_t gavel_locale(const ngx_str_t *accept);

/* Writes an outcome that is an error as problem+json (DESIGN 4.10), in the
 * call's language.  Used over HTTP; frames use the outcome itself. */
ngx_str_t gavel_outcome_problem(gavel_call_t *call,
    const gavel_outcome_t *outcome);

/* Engine answers as a JSON ack, a pure function of the first event:
 * {"ok":true,"epoch":..,"seq":..,"type":..,"price":..,"min_next":..,
 * "ends_at":..,"bid":{..}} as far as the event has them. */
ngx_str_t gavel_outcome_ack(ngx_pool_t *pool, const gavel_submission_t *s);

/* Members of an ack that only who gave the command may see: his maximum. */
void gavel_ack_own(gavel_json_t *j, const event_t *e);

/* GAVEL_RATE_LIMITS=off */
extern ngx_uint_t  gavel_rate_limits;

#endif
