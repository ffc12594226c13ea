/*
 * events: the one table of what each event type carries, under which name,
 * in the public or in the private part.  events_json.c follows it.
 */

#include "engine/events.h"

#include <string.h>


#define FIELD(name, kind, member)                                             \
    { name, kind, PUBLIC, offsetof(event_t, member) }
#define HIDDEN(name, kind, member)                                            \
    { name, kind, PRIVATE, offsetof(event_t, member) }
#define FIELD_END  { NULL, 0, PUBLIC, 0 }

#define LOT_ID     FIELD("lot_id", F_INT, lot_id)
#define ROUND      FIELD("round", F_INT, round)
#define ENDS_AT    FIELD("ends_at", F_TIME, ends_at)
#define STARTS_AT  FIELD("starts_at", F_TIME, starts_at)
#define BASE       FIELD("base_price", F_INT, base_price)
#define MIN_NEXT   FIELD("min_next", F_INT, min_next)
#define TEAM_ID    FIELD("team_id", F_INT, team_id)
#define RULES      FIELD("rules", F_RULES, rules)
#define REASON     FIELD("reason", F_REASON, reason)

/* what lots may have beside a base price; -1 tells that it is left out */
#define LOT_TERMS                                                             \
    FIELD("buy_now", F_OPTIONAL, buy_now),                                    \
    FIELD("ceiling", F_OPTIONAL, ceiling),                                    \
    FIELD("quantity", F_OPTIONAL, quantity),                                  \
    FIELD("pot", F_OPTIONAL, pot),                                            \
    FIELD("role", F_ROLE, role),                                              \
    FIELD("has_reserve", F_OPTIONAL, has_reserve),                            \
    HIDDEN("reserve", F_OPTIONAL, reserve)


static const field_t  nothing[] = { FIELD_END };

static const field_t  only_reason[] = { REASON, FIELD_END };

static const field_t  only_lot[] = { LOT_ID, FIELD_END };

static const field_t  auction_created[] = {
    FIELD("mode", F_MODE, mode),
    FIELD("owner_id", F_INT, user_id),
    STARTS_AT, ENDS_AT, RULES, FIELD_END
};

static const field_t  auction_updated[] = {
    STARTS_AT, ENDS_AT, RULES, FIELD_END
};

static const field_t  auction_scheduled[] = { STARTS_AT, FIELD_END };

static const field_t  auction_resumed[] = {
    FIELD("ms", F_INT, ms), FIELD_END
};

static const field_t  auction_ended[] = {
    FIELD("sold", F_INT, sold), FIELD("unsold", F_INT, unsold), FIELD_END
};

static const field_t  lot_queued[] = {
    LOT_ID,
    FIELD("item_id", F_INT, item_id),
    FIELD("number", F_INT, number),
    FIELD("position", F_INT, position),
    BASE,
    FIELD("duration_ms", F_OPTIONAL, ms),
    LOT_TERMS,
    FIELD_END
};

static const field_t  lot_changed[] = { LOT_ID, BASE, LOT_TERMS, FIELD_END };

static const field_t  lot_moved[] = {
    LOT_ID, FIELD("position", F_INT, position), FIELD_END
};

static const field_t  lot_withdrawn[] = { LOT_ID, REASON, FIELD_END };

static const field_t  lot_opened[] = {
    LOT_ID, FIELD("item_id", F_INT, item_id), ROUND, BASE, MIN_NEXT, ENDS_AT,
    FIELD_END
};

static const field_t  lot_timer[] = {
    LOT_ID, ROUND, ENDS_AT, FIELD("ms", F_INT, ms), FIELD("how", F_HOW, how),
    FIELD_END
};

static const field_t  lot_resumed[] = { LOT_ID, ENDS_AT, FIELD_END };

static const field_t  lot_sold[] = {
    LOT_ID, ROUND,
    FIELD("how", F_HOW, how),
    FIELD("winner_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("price", F_INT, price),
    FIELD("bid_id", F_INT, bid_id),
    FIELD("bonus", F_OPTIONAL, bonus),
    FIELD("supersedes", F_OPTIONAL, supersedes),
    FIELD_END
};

static const field_t  lot_unsold[] = {
    LOT_ID, ROUND, FIELD("how", F_HOW, how), FIELD_END
};

static const field_t  bid_accepted[] = {
    FIELD("bid_id", F_INT, bid_id),
    LOT_ID, ROUND,
    FIELD("bidder_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("kind", F_HOW, how),
    FIELD("origin", F_ORIGIN, origin),
    FIELD("amount", F_INT, amount),
    FIELD("price", F_INT, price),
    MIN_NEXT,
    FIELD("bid_count", F_INT, count),
    ENDS_AT,
    FIELD("extensions", F_INT, extensions),
    FIELD("at", F_TIME, at),
    FIELD("reserve_met", F_OPTIONAL, reserve_met),
    FIELD("outbid", F_OPTIONAL, outbid),
    HIDDEN("max_amount", F_OPTIONAL, max_amount),
    FIELD_END
};

/* the leader's maximum at work; no request of its own */

static const field_t  bid_reactive[] = {
    FIELD("bid_id", F_INT, bid_id),
    LOT_ID, ROUND,
    FIELD("bidder_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("amount", F_INT, amount),
    FIELD("price", F_INT, price),
    MIN_NEXT,
    FIELD("bid_count", F_INT, count),
    FIELD("reserve_met", F_OPTIONAL, reserve_met),
    FIELD_END
};

static const field_t  auto_bid_set[] = {
    HIDDEN("bid_id", F_INT, bid_id),
    HIDDEN("lot_id", F_INT, lot_id),
    HIDDEN("bidder_id", F_INT, bidder),
    HIDDEN("team_id", F_OPTIONAL, team_id),
    HIDDEN("max_amount", F_INT, max_amount),
    HIDDEN("at", F_TIME, at),
    FIELD_END
};

static const field_t  auto_bid_cancelled[] = {
    HIDDEN("bid_id", F_INT, bid_id),
    HIDDEN("lot_id", F_INT, lot_id),
    HIDDEN("bidder_id", F_INT, bidder),
    FIELD_END
};

/* who has submitted is known of teams only; 0 is a pass */

static const field_t  sealed_submitted[] = {
    LOT_ID, ROUND,
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("submissions", F_INT, count),
    HIDDEN("actor", F_OPTIONAL, actor),
    HIDDEN("request_id", F_REQUEST, request_id),
    HIDDEN("bid_id", F_INT, bid_id),
    HIDDEN("bidder_id", F_INT, bidder),
    HIDDEN("amount", F_INT, amount),
    HIDDEN("at", F_TIME, at),
    FIELD_END
};

static const field_t  sealed_revealed[] = {
    FIELD("bid_id", F_INT, bid_id),
    LOT_ID, ROUND,
    FIELD("rank", F_INT, rank),
    FIELD("bidder_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("amount", F_INT, amount),
    FIELD("at", F_TIME, at),
    FIELD("kept", F_OPTIONAL, kept),
    FIELD_END
};

static const field_t  sealed_rebid[] = {
    LOT_ID, ROUND, BASE, FIELD("teams", F_INT, count), ENDS_AT, FIELD_END
};

static const field_t  lot_and_round[] = { LOT_ID, ROUND, FIELD_END };

static const field_t  lot_reserve_not_met[] = {
    LOT_ID, ROUND,
    FIELD("how", F_HOW, how),
    FIELD("bidder_id", F_INT, bidder),
    FIELD("price", F_INT, price),
    FIELD("until", F_TIME, until),
    FIELD_END
};

static const field_t  lot_asked[] = {
    LOT_ID, ROUND, BASE, MIN_NEXT, FIELD_END
};

static const field_t  lot_warned[] = {
    LOT_ID, ROUND, FIELD("count", F_INT, count), FIELD_END
};

static const field_t  lot_closing[] = { LOT_ID, ROUND, ENDS_AT, FIELD_END };

static const field_t  lot_offered[] = {
    LOT_ID, ROUND,
    FIELD("bid_id", F_INT, bid_id),
    FIELD("bidder_id", F_INT, bidder),
    FIELD("team_id", F_OPTIONAL, team_id),
    FIELD("price", F_INT, price),
    FIELD("until", F_TIME, until),
    FIELD_END
};

static const field_t  offer_closed[] = {
    LOT_ID, ROUND, FIELD("how", F_HOW, how), FIELD_END
};

static const field_t  lot_requeued[] = {
    LOT_ID, ROUND,
    FIELD("how", F_HOW, how),
    BASE,
    FIELD("position", F_INT, position),
    FIELD_END
};

static const field_t  lot_reopened[] = { LOT_ID, ROUND, ENDS_AT, FIELD_END };

static const field_t  lot_folded[] = { LOT_ID, ROUND, TEAM_ID, FIELD_END };

static const field_t  lot_assigned[] = {
    LOT_ID, TEAM_ID,
    FIELD("how", F_HOW, how),
    FIELD("price", F_INT, price),
    FIELD_END
};

static const field_t  turn_started[] = {
    TEAM_ID, FIELD("turn", F_INT, number), FIELD("until", F_TIME, until),
    FIELD_END
};

static const field_t  team_moved[] = {
    TEAM_ID, FIELD("position", F_INT, position), FIELD_END
};

/* all unsold lots come again, and all that follows from the rules */

static const field_t  cycle_started[] = {
    FIELD("cycle", F_INT, cycle), FIELD("lots", F_INT, count), FIELD_END
};

/* the digest is of the seed; who knows the seed can draw again */

static const field_t  draw_committed[] = {
    FIELD("commitment", F_DIGEST, digest), HIDDEN("seed", F_SEED, seed),
    FIELD_END
};

static const field_t  draw_revealed[] = {
    FIELD("seed", F_SEED, seed), FIELD("beacon", F_DIGEST, digest), FIELD_END
};

static const field_t  auction_settled[] = {
    FIELD("sold", F_INT, sold), FIELD("unsold", F_INT, unsold),
    FIELD("total", F_INT, amount), FIELD("head", F_DIGEST, digest),
    FIELD_END
};

/* what was bid for one maximum goes together: all bids of its bidder from the
 * first to the last */

static const field_t  bid_voided[] = {
    FIELD("bid_id", F_INT, bid_id),
    FIELD("first_bid_id", F_OPTIONAL, first_bid),
    FIELD("last_bid_id", F_OPTIONAL, last_bid),
    LOT_ID, ROUND,
    REASON,
    FIELD("price", F_INT, price),
    MIN_NEXT,
    FIELD("leader_id", F_ID, bidder),
    FIELD("leader_team_id", F_ID, team_id),
    FIELD("leader_bid_id", F_ID, leader_bid),
    FIELD("bid_count", F_INT, count),
    FIELD("how", F_HOW, how),
    ENDS_AT,
    FIELD("extensions", F_INT, extensions),
    FIELD("at", F_TIME, at),
    FIELD_END
};

static const field_t  team_joined[] = {
    TEAM_ID,
    FIELD("leader_id", F_ID, user_id),
    FIELD("budget", F_INT, budget),
    FIELD("slots", F_INT, slots),
    FIELD_END
};

static const field_t  team_leader[] = {
    TEAM_ID, FIELD("leader_id", F_ID, user_id), FIELD_END
};

static const field_t  team_suspended[] = {
    TEAM_ID, FIELD("suspended", F_BOOL, amount), FIELD_END
};

static const field_t  only_team[] = { TEAM_ID, FIELD_END };

static const field_t  points_granted[] = {
    TEAM_ID,
    FIELD("amount", F_INT, amount),
    FIELD("balance", F_INT, balance),
    FIELD("how", F_HOW_OR_NONE, how),
    REASON, FIELD_END
};


const event_row_t  event_rows[EV_MAX] = {
    [EV_AUCTION_CREATED] =     { "auction.created",     auction_created },
    [EV_AUCTION_UPDATED] =     { "auction.updated",     auction_updated },
    [EV_AUCTION_SCHEDULED] =   { "auction.scheduled",   auction_scheduled },
    [EV_AUCTION_UNSCHEDULED] = { "auction.unscheduled", nothing },
    [EV_AUCTION_LOBBY] =       { "auction.lobby",       nothing },
    [EV_AUCTION_STARTED] =     { "auction.started",     nothing },
    [EV_AUCTION_PAUSED] =      { "auction.paused",      nothing },
    [EV_AUCTION_RESUMED] =     { "auction.resumed",     auction_resumed },
    [EV_AUCTION_ENDING] =      { "auction.ending",      nothing },
    [EV_AUCTION_ENDED] =       { "auction.ended",       auction_ended },
    [EV_AUCTION_CANCELLED] =   { "auction.cancelled",   only_reason },
    [EV_AUCTION_ABORTED] =     { "auction.aborted",     only_reason },
    [EV_AUCTION_RECOVERED] =   { "auction.recovered",   only_reason },
    [EV_LOT_QUEUED] =          { "lot.queued",          lot_queued },
    [EV_LOT_CHANGED] =         { "lot.changed",         lot_changed },
    [EV_LOT_MOVED] =           { "lot.moved",           lot_moved },
    [EV_LOT_WITHDRAWN] =       { "lot.withdrawn",       lot_withdrawn },
    [EV_LOT_OPENED] =          { "lot.opened",          lot_opened },
    [EV_LOT_TIMER] =           { "lot.timer",           lot_timer },
    [EV_LOT_FROZEN] =          { "lot.frozen",          only_lot },
    [EV_LOT_RESUMED] =         { "lot.resumed",         lot_resumed },
    [EV_LOT_SOLD] =            { "lot.sold",            lot_sold },
    [EV_LOT_UNSOLD] =          { "lot.unsold",          lot_unsold },
    [EV_BID_ACCEPTED] =        { "bid.accepted",        bid_accepted },
    [EV_BID_VOIDED] =          { "bid.voided",          bid_voided },
    [EV_TEAM_JOINED] =         { "team.joined",         team_joined },
    [EV_TEAM_LEADER] =         { "team.leader",         team_leader },
    [EV_TEAM_SUSPENDED] =      { "team.suspended",      team_suspended },
    [EV_TEAM_LEFT] =           { "team.left",           only_team },
    [EV_POINTS_GRANTED] =      { "points.granted",      points_granted },
    [EV_BID_REACTIVE] =        { "bid.reactive",        bid_reactive },
    [EV_AUTO_BID_SET] =        { "auto_bid.set",        auto_bid_set, 1 },
    [EV_AUTO_BID_CANCELLED] =  { "auto_bid.cancelled",  auto_bid_cancelled,
                                 1 },
    [EV_SEALED_SUBMITTED] =    { "sealed.submitted",    sealed_submitted,
                                 0, 1 },
    [EV_SEALED_LOCKED] =       { "sealed.locked",       lot_and_round },
    [EV_SEALED_REVEALED] =     { "sealed.revealed",     sealed_revealed },
    [EV_SEALED_REBID] =        { "sealed.rebid",        sealed_rebid },
    [EV_LOT_RESERVE_NOT_MET] = { "lot.reserve_not_met", lot_reserve_not_met },
    [EV_LOT_ASKED] =           { "lot.asked",           lot_asked },
    [EV_LOT_WARNED] =          { "lot.warned",          lot_warned },
    [EV_LOT_CLOSING] =         { "lot.closing",         lot_closing },
    [EV_LOT_OFFERED] =         { "lot.offered",         lot_offered },
    [EV_OFFER_CLOSED] =        { "offer.closed",        offer_closed },
    [EV_LOT_REQUEUED] =        { "lot.requeued",        lot_requeued },
    [EV_LOT_REOPENED] =        { "lot.reopened",        lot_reopened },
    [EV_LOT_FOLDED] =          { "lot.folded",          lot_folded },
    [EV_LOT_ASSIGNED] =        { "lot.assigned",        lot_assigned },
    [EV_TURN_STARTED] =        { "turn.started",        turn_started },
    [EV_TEAM_MOVED] =          { "team.moved",          team_moved },
    [EV_CYCLE_STARTED] =       { "cycle.started",       cycle_started },
    [EV_DRAW_COMMITTED] =      { "draw.committed",      draw_committed },
    [EV_DRAW_REVEALED] =       { "draw.revealed",       draw_revealed },
    [EV_AUCTION_SETTLED] =     { "auction.settled",     auction_settled },
};


const char *
event_name(event_type_t type)
{
    return (unsigned) type < EV_MAX ? event_rows[type].name : NULL;
}


const char *
event_shown_name(event_type_t type)
{
    return (unsigned) type < EV_MAX && event_rows[type].hidden
           ? HIDDEN_NAME : event_name(type);
}


event_type_t
event_type(const char *name, size_t len)
{
    unsigned  i;

    for (i = 1; i < EV_MAX; i++) {
        if (strlen(event_rows[i].name) == len
            && memcmp(event_rows[i].name, name, len) == 0)
        {
            return (event_type_t) i;
        }
    }

    return 0;
}
