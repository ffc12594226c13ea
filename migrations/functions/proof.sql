-- proof: the end of a settled log, and its signature.

-- settled: the event that settled the auction, if there is one; jws: what was
-- signed of it, if that was done already.  `settled_type` is its number.
create or replace function gavel.proof_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
    a  gavel.auction;
    e  gavel.event;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if a.status = 'settled' then
        -- it is the last but for what a recovery appended
        select * into e from gavel.event x
         where x.auction_id = a.id
           and x.type = (params->>'settled_type')::int
         order by x.seq desc limit 1;
    end if;

    status := 200;
    body := json_build_object(
        'epoch', e.epoch, 'seq', e.seq, 'settled_at', e.ts,
        'head', encode(e.hash, 'hex'),
        'jws', (select p.jws from gavel.proof p
                where p.auction_id = a.id and p.epoch = e.epoch
                  and p.seq = e.seq and p.head = encode(e.hash, 'hex')));
end
$$;

-- Whoever signs first signs for all: the answer is what is kept.
create or replace function gavel.proof_keep(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    insert into gavel.proof (auction_id, epoch, seq, head, settled_at, jws)
    select x.auction_id, x.epoch, x.seq, x.head, x.settled_at, x.jws
      from jsonb_to_record(params) as x (auction_id bigint, epoch int,
           seq bigint, head text, settled_at bigint, jws text)
        on conflict do nothing;

    status := 200;
    select json_build_object('jws', p.jws) into body
      from gavel.proof p
     where p.auction_id = (params->>'auction_id')::bigint
       and p.epoch = (params->>'epoch')::int
       and p.seq = (params->>'seq')::bigint;
end
$$;
