/*
 * engine: the executor of commands that an auction's engine decides.
 */

#ifndef GAVEL_COMMAND_ENGINE_H
#define GAVEL_COMMAND_ENGINE_H

#include "command/command.h"

/* Submits the call and tells the answer; f->data is the call. */
extern const gavel_step_pt  gavel_engine_steps[];

/* For flows with other steps, too.  As a step: fills a command of this type
 * from the parameters, submits it and waits; the answer is call->answer. */
ngx_int_t gavel_flow_engine(gavel_flow_t *f, command_type_t type,
    gavel_prepare_pt prepare);

/* As a step, before anything that is stamped, when nobody knows the time
 * (gavel_cluster_now() < 0): waits until it is known and runs the same step
 * again, or gives up after a second with `busy`. */
ngx_int_t gavel_flow_time(gavel_flow_t *f);

/* Ends the flow with a refusal and its numbers; returns NGX_DONE. */
ngx_int_t gavel_engine_refuse(gavel_flow_t *f, const gavel_submission_t *s);

/* Its parts: s is zeroed; a submission that may be submitted, as the draft
 * says, or NULL. */
gavel_code_t gavel_engine_fill(gavel_call_t *call, command_type_t type,
    gavel_prepare_pt prepare, gavel_submission_t *s);
gavel_submission_t *gavel_engine_submission(const gavel_submission_t *draft);

#endif
