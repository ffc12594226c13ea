-- A draft that was cancelled is not for everybody to see, as drafts are not:
-- an append sees to it.  Those from before:

update gavel.auction a
   set hidden = true
 where a.status = 'cancelled' and not a.hidden
   and not exists (select from gavel.event e
                    where e.auction_id = a.id
                      and e.type = 3);               -- auction.scheduled
