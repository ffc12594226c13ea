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

/* A command that is under way, of gavel_flow_many. */
typedef struct gavel_many_s  gavel_many_t;
typedef struct {
    gavel_many_t        *many;
    gavel_submission_t  *submission;     /* NULL: a free place */
    ngx_uint_t           i;
} gavel_sent_t;

/*
 * Several commands to one auction, any number of them, decided in this
 * order; so many are under way at a time that the auction's queue holds
 * them.  each sets what differs, perhaps the type.  told, if there is one,
 * hears the answers.  When all are answered the flow goes on; the first
 * refusal is in m->refused (its code GAVEL_OK: none).
 *
 * Request ids are the call's with a number behind.  With `own` each sets
 * them, and whoever comes with one again gets its first answer.
 */
struct gavel_many_s {
    void                (*each)(gavel_many_t *m, ngx_uint_t i, command_t *c);
    void                (*told)(gavel_many_t *m, ngx_uint_t i,
                                const gavel_submission_t *s);
    void                 *data;          /* of both */
    gavel_submission_t    refused;
    unsigned              own:1;

    gavel_flow_t         *flow;          /* the rest is flows.c's */
    gavel_submission_t    draft;
    gavel_sent_t         *sent;
    ngx_uint_t            n, next, left;
};

ngx_int_t gavel_flow_many(gavel_flow_t *f, gavel_many_t *m,
    command_type_t type, ngx_uint_t n);

#endif
