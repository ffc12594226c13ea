-- Settled logs are signed without being asked: the outbox's topic `proof` says
-- which.  Those that were settled before this came:

insert into gavel.outbox (auction_id, seq, topic)
select h.auction_id, h.seq, 'proof'
  from gavel.auction a
  join gavel.log_head h on h.auction_id = a.id
 where a.status = 'settled'
   and not exists (select from gavel.proof p where p.auction_id = a.id)
    on conflict do nothing;
