-- What was looked for in whole tables: all sessions of a person, the teams
-- that somebody leads, what an owner has before him, and answers that are too
-- old to be kept.

create index session_of on gavel.session (account_id);
drop index gavel.session_account;

create index team_leader on gavel.team (leader_id)
    where leader_id is not null;

create index auction_ahead on gavel.auction (owner_id, starts_at)
    where archived_at is null
      and status in ('draft', 'scheduled', 'lobby', 'live', 'paused',
                     'ending', 'ended');

create index idempotency_created on gavel.idempotency (created_at);

-- The last bid of each lot that was read for me: from there those before it
-- are looked for.
create table gavel.me_lead (
    lot_id  bigint primary key,
    bid_id  bigint not null
) with (fillfactor = 50);

insert into gavel.me_lead (lot_id, bid_id)
select l.id, l.leader_bid
  from gavel.lot l
 where l.status in ('open', 'frozen') and l.leader_bid is not null;
