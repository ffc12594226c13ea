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
    page     int := coalesce((params->>'page')::int, 1);
    size     int := coalesce((params->>'page_size')::int, 20);
    after    bigint := gavel.cursor_id(params);
    total    bigint;
    results  text;
    shown    bigint;
    last     bigint;
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    select count(*) into total
    from (select from gavel.bid b
          where b.id >= auction << 22 and b.id < (auction + 1) << 22
            and (lot is null or b.lot_id = lot) limit 1000) x;

    select string_agg(gavel.bid_json(x.b, x.l)::text, ','
                      order by (x.b).id desc), count(*), min((x.b).id)
    into results, shown, last
    from (select b, l from gavel.bid b
          left join gavel.lot l on l.id = b.lot_id
          where b.id >= auction << 22
            and b.id < coalesce(after, (auction + 1) << 22)
            and (lot is null or b.lot_id = lot)
          order by b.id desc
          limit size
          offset case when after is null then (page - 1)::bigint * size
                      else 0 end) x;

    status := 200;
    body := gavel.page_text('/api/v1/auctions/' || auction || '/bids',
                            params - 'auction_id', total, results,
                            case when shown = size then last::text end);
end
$$;

create or replace function gavel.bid_mine(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    wanted   text := params->>'state';
    page     int := coalesce((params->>'page')::int, 1);
    size     int := coalesce((params->>'page_size')::int, 20);
    after    bigint := gavel.cursor_id(params);
    total    bigint;
    results  text;
    shown    bigint;
    last     bigint;
begin
    -- winning and losing are of lots: only one's highest bid of each counts

    with mine as materialized (
        select b, l from gavel.bid b
        left join gavel.lot l on l.id = b.lot_id
        where b.bidder_id = actor
          and case when auction is null
                   then not gavel.is_rehearsal(b.auction_id)
                   else b.auction_id = auction end
          and (wanted is null or gavel.bid_state(b, l) = wanted)
          and (wanted is null or wanted not in ('outbid', 'lost')
               or not exists (select from gavel.bid o
                              where o.bidder_id = actor and o.id > b.id
                                and o.lot_id = b.lot_id
                                and o.round = b.round))
        order by b.id desc
        limit 1000
    ), shown_rows as (
        select * from mine m
        where after is null or (m.b).id < after
        order by (m.b).id desc
        limit size
        offset case when after is null then (page - 1)::bigint * size
                    else 0 end
    )
    select (select count(*) from mine),
           string_agg(gavel.bid_json(s.b, s.l)::text, ','
                      order by (s.b).id desc),
           count(*), min((s.b).id)
    into total, results, shown, last
    from shown_rows s;

    status := 200;
    body := gavel.page_text('/api/v1/users/me/bids', params, total, results,
                            case when shown = size then last::text end);
end
$$;
