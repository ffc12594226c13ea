/*
 * flows: steps that several resources share; f->data is the call.
 */

#ifndef GAVEL_API_FLOWS_H
#define GAVEL_API_FLOWS_H

#include "command/command.h"
#include "command/engine.h"
#include "command/once.h"
#include "pg/pg.h"

/* Asks a SQL function with the call's parameters, also those that a step has
 * added to call->params. */
ngx_int_t gavel_flow_ask(gavel_flow_t *f, gavel_reply_t *reply,
    const char *function);

/* Adds a parameter for the functions that are asked from now on. */
ngx_int_t gavel_call_set(gavel_call_t *call, const char *name, int64_t value);

/* A member of a reply's object; none if it is not there.  gavel_reply_json
 * gives the whole of it: json_decref() it. */
int64_t gavel_reply_int(const gavel_reply_t *reply, const char *name,
    int64_t none);
json_t *gavel_reply_json(const gavel_reply_t *reply);

/* As a last step: the reply with 201 and its address, path and id. */
ngx_int_t gavel_flow_created(gavel_flow_t *f, gavel_reply_t *reply,
    const char *path, int64_t id);

/* The parameter `rules` over the rules of a mode; an error is told in
 * outcome.errors. */
gavel_code_t gavel_call_rules(gavel_call_t *call, uint32_t mode,
    rules_t *rules);

/*
 * Several commands of one type to one auction, submitted together, decided in
 * this order.  each sets what differs.  When all are answered the flow goes
 * on; the first refusal is in m->refused (its code GAVEL_OK: none).
 */
typedef struct gavel_many_s  gavel_many_t;
struct gavel_many_s {
    void                (*each)(gavel_many_t *m, ngx_uint_t i, command_t *c);
    void                 *data;          /* of each */
    gavel_submission_t    refused;

    gavel_flow_t         *flow;          /* the rest is flows.c's */
    gavel_submission_t  **waiting;
    ngx_uint_t            n, left;
};

ngx_int_t gavel_flow_many(gavel_flow_t *f, gavel_many_t *m,
    command_type_t type, ngx_uint_t n);

#endif
