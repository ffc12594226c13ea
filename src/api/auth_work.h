/*
 * auth_work: what the flows of auth have in common.
 *
 * The flows live in the api because their data is the call; what is worth
 * being careful about (passwords, tokens, cookies) is the auth room's.
 */

#ifndef GAVEL_AUTH_WORK_H
#define GAVEL_AUTH_WORK_H

#include "command/command.h"
#include "pg/pg.h"

typedef struct {
    gavel_refresh_t     refresh;     /* what the client will hold */
    gavel_refresh_t     shown;       /* what it showed */
    gavel_password_t    password;
    ngx_uint_t          tried;       /* cookies of it */
    gavel_reply_t       reply;
    uint64_t            user;
    ngx_str_t           hash;        /* the user's, as stored */
} gavel_auth_work_t;

#define auth_work(call)  ((gavel_auth_work_t *) (call)->work)

/* What every flow starts with: call->work, and parameters for a new session
 * (some overwrite or ignore them). */
ngx_int_t gavel_auth_begin(gavel_call_t *call);

/* A parameter of the SQL function. */
void gavel_auth_set(gavel_call_t *call, const char *name,
    const ngx_str_t *value);

/* Asks with call->params; the answer is work->reply. */
ngx_int_t gavel_auth_sql(gavel_flow_t *f, const char *function,
    uint64_t actor);

/* Reads {"id":..,"hash":..} of the reply; nobody is user 0. */
ngx_int_t gavel_auth_user(gavel_auth_work_t *w, ngx_pool_t *pool);

/* The last step of all that give tokens: the reply's refusal, or tokens for
 * its {"user":{..},"roles":bits,"session":id}. */
ngx_int_t gavel_auth_answer(gavel_flow_t *f);

#endif
