/*
 * comments: lines of chats, stored in batches.
 */

#ifndef GAVEL_COMMENTS_H
#define GAVEL_COMMENTS_H

#include "command/command.h"

/* One line.  The caller fills the first four and lets it live as long as the
 * flow's pool, the texts too. */
typedef struct {
    uint64_t        auction;
    uint64_t        user;
    ngx_str_t       text;
    ngx_str_t       request_id;      /* may be empty */

    gavel_code_t    code;            /* the answer: GAVEL_OK: durable */
    int64_t         retry_ms;        /* 0: does not say */
    ngx_str_t       line;            /* as all see it; in the flow's pool */
    ngx_uint_t      fresh;           /* else its first answer, once more */

    gavel_flow_t   *flow;            /* the rest is comments.c's */
    ngx_queue_t     queue;
} gavel_comment_t;

/* As a step: stores the line, tells those who follow, and waits for it.  A
 * refusal is not a failure of the step. */
ngx_int_t gavel_flow_comment(gavel_flow_t *f, gavel_comment_t *c);

/* Process init and exit. */
void gavel_comments_create(void);
void gavel_comments_destroy(void);

/*
 * Tells all workers lines of a channel, `kind` "chat" or "me": each is its
 * seq, a space, JSON and a line break.  Empty: there are new ones, go and
 * look.  Nobody is told while Redis is away; they look by themselves.
 */
void gavel_lines_publish(const char *kind, uint64_t id,
    const ngx_str_t *lines);

/* The channel of Redis on which they are told, in pool. */
ngx_str_t gavel_lines_channel(ngx_pool_t *pool, const char *kind,
    uint64_t id);

#endif
