/*
 * lines: channels that are lines with a sequence of their own: an auction's
 * chat, and what concerns a person.
 */

#ifndef GAVEL_LINES_H
#define GAVEL_LINES_H

#include "room/session.h"

typedef enum { GAVEL_LINES_CHAT = 0, GAVEL_LINES_ME } gavel_lines_kind_t;

void gavel_lines_create(void);
void gavel_lines_destroy(void);

/* "chat:7" or "me" for this session: NGX_OK and what it names, or
 * NGX_DECLINED: it is another channel. */
ngx_int_t gavel_lines_parse(const gavel_session_t *s,
    const ngx_str_t *channel, gavel_lines_kind_t *kind, uint64_t *id);

/* Follows it from behind seq on, or from now (seq < 0).  The session hears of
 * it later.  Following it already begins anew. */
gavel_code_t gavel_lines_subscribe(gavel_session_t *s,
    gavel_lines_kind_t kind, uint64_t id, int64_t seq);
ngx_uint_t gavel_lines_unsubscribe(gavel_session_t *s,
    gavel_lines_kind_t kind, uint64_t id);
void gavel_lines_leave(gavel_session_t *s);          /* all of them */

/* Somebody has lost a role: he is refused what he may not see any more. */
void gavel_lines_review(gavel_session_t *s);

#endif
