/*
 * comments: rows of an auction's chat: writing, looking back, keeping order.
 */

#include "api/flows.h"
#include "api/rows.h"
#include "command/comments.h"


static ngx_int_t post_store(gavel_flow_t *f);
static ngx_int_t post_answer(gavel_flow_t *f);
static ngx_int_t delete_ask(gavel_flow_t *f);
static ngx_int_t told_answer(gavel_flow_t *f);
static ngx_int_t settings_ask(gavel_flow_t *f);


static const gavel_param_t  post_params[] = {
    { "auction_id", GAVEL_PARAM_ID,
      GAVEL_IN_PATH|GAVEL_IN_BODY|GAVEL_REQUIRED, 1, ENGINE_MAX_AMOUNT, NULL,
      "auctionId", "the auction", "1" },
    { "comment", GAVEL_PARAM_TEXT, BODY|NEEDED, 1, 500, NULL, "text|message",
      "one line, without control characters", "\"What a bid!\"" },
    PARAM_TEXT("request_id", BODY, 1, ENGINE_REQUEST_LEN,
               "a repeat with it is the same line", "\"c1\""),
    PARAM_END
};

static const gavel_param_t  list_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAMS_PAGE,
    PARAM_END
};

static const gavel_param_t  comment_params[] = {
    PATH_ID("comment_id", "the line"),
    PARAM_END
};

static const gavel_param_t  chat_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_INT("slow_mode", BODY|NEEDED, 0, 3600,
              "seconds between two lines of a person; 0: none", "10"),
    PARAM_END
};

static const gavel_param_t  mute_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("user_id", BODY|NEEDED, "who", "9"),
    PARAM_INT("seconds", BODY, 1, 31536000, "for good without it", "600"),
    PARAM_TEXT("reason", BODY, 0, 200, "for other moderators", "\"spam\""),
    PARAM_END
};

static const gavel_param_t  person_params[] = {
    PATH_ID("auction_id", "the auction"),
    PATH_ID("user_id", "who"),
    PARAM_END
};

static const gavel_param_t  moderator_params[] = {
    PATH_ID("auction_id", "the auction"),
    PARAM_ID("user_id", BODY|NEEDED, "who", "9"),
    PARAM_END
};

static const gavel_step_pt  post_steps[] = {
    post_store,
    post_answer,
    NULL
};

static const gavel_step_pt  delete_steps[] = {
    delete_ask,
    told_answer,
    NULL
};

static const gavel_step_pt  settings_steps[] = {
    settings_ask,
    told_answer,
    NULL
};


const gavel_command_t  gavel_comment_commands[] = {

    { "comment.post", POST, "/auctions/{auction_id}/comments", "comment",
      GAVEL_BY_MEMBER, GAVEL_RATE_CHAT, post_params,
      FLOW(post_steps), 201, "Write a line", "Comment", 0 },

    { "comment.list", GET, "/auctions/{auction_id}/comments", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, list_params,
      SQL("comment_list"), 200,
      "Lines; the first page is the newest, each in the order of writing",
      "CommentPage", 0 },

    { "comment.delete", DELETE, "/comments/{comment_id}", "comment.delete",
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, comment_params,
      FLOW(delete_steps), 200, "Take back one's own line, or as a moderator",
      "CommentGone", 0 },

    { "chat.get", GET, "/auctions/{auction_id}/chat", NULL,
      GAVEL_BY_GUEST, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("chat_get"), 200, "The chat, and what I am in it", "Chat", 0 },

    { "chat.update", PATCH, "/auctions/{auction_id}/chat", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, chat_params,
      FLOW(settings_steps), 200,
      "Slow the chat down; its followers are told", "Chat", 0 },

    { "mute.create", POST, "/auctions/{auction_id}/mutes", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, mute_params,
      SQL("mute_create"), 201, "Silence somebody in the chat", "Mute", 0 },

    { "mute.list", GET, "/auctions/{auction_id}/mutes", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("mute_list"), 200, "Who is silenced", "MuteList", 0 },

    { "mute.delete", DELETE, "/auctions/{auction_id}/mutes/{user_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, person_params,
      SQL("mute_delete"), 204, "Let somebody write again", NULL, 0 },

    { "moderator.add", POST, "/auctions/{auction_id}/moderators", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, moderator_params,
      SQL("moderator_add"), 201, "Name a moderator of the chat", "Moderator",
      0 },

    { "moderator.list", GET, "/auctions/{auction_id}/moderators", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, gavel_auction_params,
      SQL("moderator_list"), 200, "The chat's moderators", "ModeratorList",
      0 },

    { "moderator.remove", DELETE,
      "/auctions/{auction_id}/moderators/{user_id}", NULL,
      GAVEL_BY_MEMBER, GAVEL_RATE_GENERAL, person_params,
      SQL("moderator_remove"), 204, "He moderates no more", NULL, 0 },

    ROWS_END
};


/* A line is one line: nothing that moves a cursor, and not only spaces. */

static ngx_uint_t
post_printable(const ngx_str_t *text)
{
    size_t      i;
    ngx_uint_t  visible;

    visible = 0;

    for (i = 0; i < text->len; i++) {

        if (text->data[i] < ' ' || text->data[i] == 0x7f
            || (text->data[i] == 0xc2 && i + 1 < text->len
                && text->data[i + 1] < 0xa0))
        {
            return 0;
        }

        visible |= (text->data[i] != ' ');
    }

    return visible;
}


static ngx_int_t
post_store(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_comment_t  *c;

    c = ngx_pcalloc(f->pool, sizeof(gavel_comment_t));
    if (c == NULL) {
        return NGX_ERROR;
    }

    call->work = c;
    c->auction = gavel_call_int(call, "auction_id", 0);
    c->user = call->identity.user;
    c->text = gavel_call_str(call, "comment");
    c->request_id = call->request_id;

    if (!post_printable(&c->text)) {
        ngx_str_set(&f->outcome.errors,
                    "{\"comment\":\"must have no control characters\"}");
        return gavel_flow_refuse(f, GAVEL_invalid_params);
    }

    return gavel_flow_comment(f, c);
}


static ngx_int_t
post_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    gavel_comment_t  *c;

    c = call->work;

    if (c->code != GAVEL_OK) {
        f->outcome.retry_ms = c->retry_ms;
        return gavel_flow_refuse(f, c->code);
    }

    return gavel_flow_answer(f, NGX_HTTP_CREATED, &c->line);
}


static ngx_int_t
delete_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));

    return call->work ? gavel_flow_ask(f, call->work, "comment_delete")
                      : NGX_ERROR;
}


/* Those who follow are told that there is something new. */

static ngx_int_t
told_answer(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    int64_t         auction;
    ngx_str_t       nothing = ngx_null_string;
    gavel_reply_t  *reply;

    reply = call->work;

    if (reply->code == GAVEL_OK) {
        auction = gavel_reply_int(reply, "auction_id", 0);
        gavel_lines_publish("chat", auction, &nothing);
    }

    return gavel_flow_reply(f, reply);
}


static ngx_int_t
settings_ask(gavel_flow_t *f)
{
    gavel_call_t  *call = f->data;

    call->work = ngx_pcalloc(f->pool, sizeof(gavel_reply_t));

    return call->work ? gavel_flow_ask(f, call->work, "chat_update")
                      : NGX_ERROR;
}
