/*
 * params: what came with a call, checked against the call's row.
 */

#ifndef GAVEL_PARAMS_H
#define GAVEL_PARAMS_H

#include "command/command.h"

/*
 * Makes call->params of raw (may be NULL), canonical names and forms, or
 * returns why not with every error in call->flow.outcome.errors.  params live
 * as long as the call's pool, also when they were refused.
 */
gavel_code_t gavel_params_check(gavel_call_t *call, json_t *raw);

/* Refuses, as gavel_params_check does, secrets that came in a query though
 * they belong in the body: a URL is written into logs.  query is all that came
 * there. */
gavel_code_t gavel_params_query(gavel_call_t *call, json_t *query);

/* call->body_hash: of the command's name and the parameters, canonical. */
gavel_code_t gavel_params_digest(gavel_call_t *call);

/* call->params_text, with what SQL functions are told besides. */
gavel_code_t gavel_params_write(gavel_call_t *call);

/* A parameter's value (param.c): a new reference in canonical form, or NULL
 * and what is wrong with it.  text: it came by path or query. */
typedef enum {
    GAVEL_WRONG_MISSING = 0,
    GAVEL_WRONG_TEXT,
    GAVEL_WRONG_LENGTH,
    GAVEL_WRONG_NUMBER,
    GAVEL_WRONG_RANGE,
    GAVEL_WRONG_AMOUNT,
    GAVEL_WRONG_BOOL,
    GAVEL_WRONG_TIME,
    GAVEL_WRONG_WORD,
    GAVEL_WRONG_EMAIL,
    GAVEL_WRONG_PHONE,
    GAVEL_WRONG_IDS,
    GAVEL_WRONG_JSON,
    GAVEL_WRONG_PLACE
} gavel_wrong_t;

json_t *gavel_param_read(const gavel_param_t *param, json_t *value,
    gavel_wrong_t *wrong);

/* The message for people, in the call's language. */
ngx_str_t gavel_param_message(gavel_call_t *call, const gavel_param_t *param,
    gavel_wrong_t wrong);

/* A phone number in E.164 form ("+821012345678"): spaces, dashes, dots and
 * parentheses go, 00 is +, and a leading 0 is Korea's.  buf has 17 bytes;
 * NGX_DECLINED: not a phone number. */
ngx_int_t gavel_phone_normal(const ngx_str_t *text, u_char *buf,
    ngx_str_t *phone);

#endif
