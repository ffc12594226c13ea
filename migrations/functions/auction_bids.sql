-- auction_bids: looking back at bids.  Their ids rise with time, and those of
-- one auction lie together.

create or replace function gavel.bids_of(p_auction bigint, p_limit int)
returns json language sql stable security definer as $$
    select coalesce(json_agg(gavel.bid_json(x.b, x.l) order by (x.b).id desc),
                    '[]')
    from (select b, l from gavel.bid b
          left join gavel.lot l on l.id = b.lot_id
          where b.id >= p_auction << 22 and b.id < (p_auction + 1) << 22
          order by b.id desc limit p_limit) x
$$;

create or replace function gavel.bid_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    lot      bigint := (params->>'lot_id')::bigint;
    p        record := gavel.page_of(params);
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    with hits as not materialized (
        select b.id, b
        from gavel.bid b
        where b.id >= auction << 22 and b.id < (auction + 1) << 22
          and (lot is null or b.lot_id = lot)
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auctions/' || auction || '/bids',
               params - 'auction_id',
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.bid_json(s.b, l)::text order by s.id desc),
               min(s.id))
    into status, body
    from shown s left join gavel.lot l on l.id = (s.b).lot_id;
end
$$;

create or replace function gavel.bid_mine(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    first    bigint := coalesce(auction << 22, 0);
    last     bigint := coalesce((auction + 1) << 22, 9223372036854775807);
    wanted   text := params->>'state';
    p        record := gavel.page_of(params);
begin
    -- winning and losing are of lots: only one's highest bid of each counts

    with hits as not materialized (
        select b.id, b, l
        from gavel.bid b
        left join gavel.lot l on l.id = b.lot_id
        where b.bidder_id = actor and b.id >= first and b.id < last
          and (auction is not null
               or not coalesce((select (r.rules->>'rehearsal')::boolean
                                from gavel.auction r
                                where r.id = b.auction_id), false))
          and (wanted is null or gavel.bid_state(b, l) = wanted)
          and (wanted is null or wanted not in ('outbid', 'lost')
               or b.id in (select max(o.id) from gavel.bid o
                           where o.bidder_id = actor
                             and o.id >= first and o.id < last
                           group by o.lot_id, o.round))
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/users/me/bids', params,
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.bid_json(s.b, s.l)::text order by s.id desc),
               min(s.id))
    into status, body
    from shown s;
end
$$;
