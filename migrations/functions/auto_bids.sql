-- auto_bids: hidden maxima, as their bidder sees them.

create or replace function gavel.auto_bid_state(b gavel.auto_bid,
    l gavel.lot)
returns text language sql stable parallel safe security definer as $$
    select case when b.cancelled then 'cancelled'
                when l.status = 'sold'
                     and l.leader_id = b.bidder_id then 'won'
                when l.status = 'queued' then 'active'
                when l.status in ('open', 'frozen')
                     and l.leader_id = b.bidder_id then 'active'
                else 'exhausted'
           end
$$;

create or replace function gavel.auto_bid_json(b gavel.auto_bid, l gavel.lot)
returns json language sql stable security definer as $$
    select json_build_object(
               'id', b.id, 'auction_id', b.auction_id, 'lot_id', b.lot_id,
               'team_id', b.team_id, 'max_amount', b.max_amount,
               'max_bid', b.max_amount,
               'state', gavel.auto_bid_state(b, l), 'price', l.price,
               'updated_at', gavel.iso_ms(b.ts))
$$;

create or replace function gavel.auto_bid_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select gavel.auto_bid_json(b, l) into body
      from gavel.auto_bid b join gavel.lot l on l.id = b.lot_id
     where b.id = (params->>'auto_bid_id')::bigint and b.bidder_id = actor;

    status := case when found then 200 else 404 end;
    code := case when not found then 'not_found' end;
end
$$;

create or replace function gavel.auto_bid_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    wanted   text := params->>'state';
    p        record := gavel.page_of(params);
begin
    with hits as not materialized (
        select b.id, b, l
          from gavel.auto_bid b join gavel.lot l on l.id = b.lot_id
         where b.bidder_id = actor
           and case when auction is null
                    then not gavel.is_rehearsal(b.auction_id)
                    else b.id >= auction << 22
                         and b.id < (auction + 1) << 22 end
           and (wanted is null or gavel.auto_bid_state(b, l) = wanted)
    ), shown as (
        select * from hits h where h.id < p.after
         order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auto-bids', params,
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.auto_bid_json(s.b, s.l)::text
                         order by s.id desc),
               min(s.id))
      into status, body
      from shown s;
end
$$;
