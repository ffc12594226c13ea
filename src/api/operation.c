/*
 * operation: what can go wrong with an operation of the API, for its
 * document: all codes that its row allows for, by status.
 */

#include "api/operation.h"
#include <ngx_http.h>


typedef struct {
    ngx_uint_t    n;
    gavel_code_t  codes[GAVEL_NCODES];
} codes_t;


ngx_uint_t
gavel_operation_takes_body(const operation_t *op)
{
    return op->method != NGX_HTTP_GET && op->method != NGX_HTTP_DELETE;
}


static void
code_add(codes_t *set, gavel_code_t code)
{
    ngx_uint_t  i;

    for (i = 0; i < set->n; i++) {
        if (set->codes[i] == code) {
            return;
        }
    }

    set->codes[set->n++] = code;
}


/* What an engine's command can be refused for: a bid for everything that the
 * gauntlet asks, the host's commands for the state that they met. */

static void
codes_of_engine(codes_t *set, const gavel_command_t *row)
{
    ngx_uint_t  i;

    static const gavel_code_t  host[] = {
        GAVEL_not_authorized, GAVEL_illegal_transition, GAVEL_not_ready,
        GAVEL_limit_reached, GAVEL_lot_not_open, GAVEL_invalid_rules,
        GAVEL_NCODES
    };

    code_add(set, GAVEL_request_id_reused);
    code_add(set, GAVEL_not_found);

    if (row->engine == CMD_BID) {
        for (i = GAVEL_engine_halted; i <= GAVEL_role_limit; i++) {
            code_add(set, i);
        }

        code_add(set, GAVEL_not_authorized);
        code_add(set, GAVEL_invalid_amount);
        return;
    }

    code_add(set, GAVEL_engine_halted);

    for (i = 0; host[i] != GAVEL_NCODES; i++) {
        code_add(set, host[i]);
    }
}


static void
codes_of_params(codes_t *set, const gavel_command_t *row)
{
    const gavel_param_t  *param;

    for (param = row->params; param && param->name; param++) {
        code_add(set, GAVEL_invalid_params);
        code_add(set, GAVEL_not_found);

        if (param->type == GAVEL_PARAM_AMOUNT) {
            code_add(set, GAVEL_invalid_amount);
        }

        if (ngx_strcmp(param->name, "if_match") == 0) {
            code_add(set, GAVEL_precondition);
        }
    }

    if (row->flags & GAVEL_CMD_ONCE) {
        code_add(set, GAVEL_request_id_reused);
    }
}


static void
codes_of(codes_t *set, const operation_t *op)
{
    const gavel_command_t  *row;

    row = op->route->command;
    set->n = 0;

    if (gavel_operation_takes_body(op)) {
        code_add(set, GAVEL_bad_request);
        code_add(set, GAVEL_invalid_json);
        code_add(set, GAVEL_request_timeout);
        code_add(set, GAVEL_too_large);
        code_add(set, GAVEL_unsupported_type);
    }

    code_add(set, GAVEL_invalid_token);
    code_add(set, GAVEL_token_expired);

    if (row->who != GAVEL_BY_GUEST) {
        code_add(set, GAVEL_not_authenticated);
        code_add(set, GAVEL_not_authorized);
        code_add(set, GAVEL_not_found);

        if (op->method != NGX_HTTP_GET) {
            code_add(set, GAVEL_csrf);
        }
    }

    codes_of_params(set, row);

    if (row->flags & GAVEL_CMD_NO_CSRF) {
        code_add(set, GAVEL_not_authenticated);
    }

    if (row->rate != GAVEL_RATE_NONE) {
        code_add(set, GAVEL_rate_limited);
    }

    if (row->executor == GAVEL_EXEC_ENGINE
        || (row->executor == GAVEL_EXEC_FLOW && row->rate != GAVEL_RATE_AUTH
            && op->method != NGX_HTTP_GET))
    {
        codes_of_engine(set, row);
    }

    if (row->rate == GAVEL_RATE_AUTH) {
        code_add(set, GAVEL_credentials);
    }

    if (row->rate == GAVEL_RATE_AUTH || row->who != GAVEL_BY_GUEST) {
        code_add(set, GAVEL_account_blocked);
    }

    if (op->method != NGX_HTTP_GET) {
        code_add(set, GAVEL_conflict);
        code_add(set, GAVEL_already_exists);

        if (row->who != GAVEL_BY_GUEST) {
            code_add(set, GAVEL_illegal_transition);
            code_add(set, GAVEL_limit_reached);
            code_add(set, GAVEL_budget_exceeded);
        }
    }

    code_add(set, GAVEL_internal);
    code_add(set, GAVEL_busy);
    code_add(set, GAVEL_unavailable);
}


/* One response a status, with all codes that share it. */

static void
write_error(gavel_json_t *j, const codes_t *set, ngx_uint_t status)
{
    u_char                text[8];
    ngx_uint_t            i;
    const gavel_error_t  *error, *first;

    first = NULL;

    *ngx_snprintf(text, sizeof(text) - 1, "%ui", status) = '\0';
    gavel_json_open(j, (char *) text, '{');

    for (i = 0; i < set->n && first == NULL; i++) {
        error = gavel_error(set->codes[i]);

        if (error->status == status) {
            first = error;
        }
    }

    gavel_json_str(j, "description", &first->en);
    gavel_json_open(j, "content", '{');
    gavel_json_open(j, "application/problem+json", '{');
    gavel_json_open(j, "schema", '{');
    gavel_json_cstr(j, "$ref", "#/components/schemas/Problem");
    gavel_json_open(j, "properties", '{');
    gavel_json_open(j, "code", '{');
    gavel_json_open(j, "enum", '[');

    for (i = 0; i < set->n; i++) {
        error = gavel_error(set->codes[i]);

        if (error->status == status) {
            gavel_json_str(j, NULL, &error->code);
        }
    }

    gavel_json_close(j, ']');
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');

    gavel_json_open(j, "example", '{');
    gavel_json_str(j, "title", &first->en);
    gavel_json_int(j, "status", status);
    gavel_json_str(j, "code", &first->code);
    gavel_json_str(j, "detail", &first->en);
    gavel_json_close(j, '}');

    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
    gavel_json_close(j, '}');
}


void
gavel_operation_errors(gavel_json_t *j, const operation_t *op)
{
    codes_t     set;
    ngx_uint_t  i, k, status;

    codes_of(&set, op);

    for (i = 0; i < set.n; i++) {
        status = gavel_error(set.codes[i])->status;

        for (k = 0; k < i; k++) {
            if (gavel_error(set.codes[k])->status == status) {
                break;
            }
        }

        if (k == i) {
            write_error(j, &set, status);
        }
    }
}
