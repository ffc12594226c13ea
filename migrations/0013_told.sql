-- Who was told that what he watches will end soon: once, whatever becomes of
-- the lot.
create table gavel.me_told (
    user_id     bigint not null,
    auction_id  bigint not null,
    lot_id      bigint not null,                -- 0: the auction
    told_at     timestamptz not null default now(),
    primary key (user_id, auction_id, lot_id)
);

create index me_told_at on gavel.me_told (told_at);

insert into gavel.me_told (user_id, auction_id, lot_id, told_at)
select e.user_id, e.auction_id,
       case when e.log_seq = 0 then 0
            else (e.auction_id << 22) + e.log_seq end, e.created_at
from gavel.me_event e
where e.kind = 'ending_soon';
