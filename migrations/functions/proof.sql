-- proof: the end of a settled log, and its signature.

-- The event that settled the auction, if there is one; jws: what was signed of
-- it, if that was done already.  `settled_type` is its number.
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

-- Whose settled log is to be signed next, and where it ends.  It is whoever's
-- asks for two seconds, or as long as it has been settled; then the next one
-- may try.  `p_settled` is the number of auction.settled.
create or replace function gavel.proof_take(p_settled int)
returns table (auction_id bigint, epoch int, seq bigint, settled_at bigint,
    head text)
language plpgsql volatile security definer
set enable_seqscan = off set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    o  gavel.outbox;
    e  gavel.event;
begin
    loop
        select * into o from gavel.outbox b
         where b.topic = 'proof' and b.created_at <= clock_timestamp()
         order by b.created_at limit 1
           for update skip locked;

        if not found then
            return;
        end if;

        -- it is the last but for what a recovery appended
        select * into e from gavel.event x
         where x.auction_id = o.auction_id and x.type = p_settled
         order by x.seq desc limit 1;

        if found and not exists (
            select from gavel.proof p
             where p.auction_id = e.auction_id and p.epoch = e.epoch
               and p.seq = e.seq and p.head = encode(e.hash, 'hex'))
        then
            exit;
        end if;

        delete from gavel.outbox b
         where b.auction_id = o.auction_id and b.seq = o.seq
           and b.topic = 'proof';
    end loop;

    update gavel.outbox b
       set created_at = clock_timestamp() + least(interval '1 h', greatest(
               interval '2 s',
               clock_timestamp() - to_timestamp(e.ts / 1000.0)))
     where b.auction_id = o.auction_id and b.seq = o.seq
       and b.topic = 'proof';

    return query select e.auction_id, e.epoch, e.seq, e.ts,
                        encode(e.hash, 'hex');
end
$$;

-- Whoever signs first signs for all.
create or replace function gavel.proof_keep(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    insert into gavel.proof (auction_id, epoch, seq, head, settled_at, jws)
    select x.auction_id, x.epoch, x.seq, x.head, x.settled_at, x.jws
      from jsonb_to_record(params) as x (auction_id bigint, epoch int,
           seq bigint, head text, settled_at bigint, jws text)
        on conflict do nothing;

    -- taken, so not by an end that came meanwhile
    delete from gavel.outbox b
     where b.auction_id = (params->>'auction_id')::bigint
       and b.topic = 'proof' and b.created_at > clock_timestamp();

    status := 204;
end
$$;
