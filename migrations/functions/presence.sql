-- presence: how many watched, and what a host sees of it.

-- Now and then, by one worker for each auction.
create or replace function gavel.presence_write(p_auction bigint[],
    p_viewers int[], p_peak int[])
returns void language sql volatile security definer as $$
    insert into gavel.viewing as v (auction_id, viewers, peak, peak_at)
    select n.auction, n.viewers, n.peak, clock_timestamp()
    from unnest(p_auction, p_viewers, p_peak) n (auction, viewers, peak)
    order by n.auction
    on conflict (auction_id) do update
    set viewers = excluded.viewers,
        peak = greatest(v.peak, excluded.peak),
        peak_at = case when excluded.peak > v.peak then clock_timestamp()
                       else v.peak_at end,
        seconds = v.seconds + gavel.viewing_passed(v.written_at),
        viewer_seconds = v.viewer_seconds
                         + excluded.viewers
                           * gavel.viewing_passed(v.written_at),
        written_at = clock_timestamp()
$$;

-- Seconds since the last write.  Where nobody wrote, nobody watched.
create or replace function gavel.viewing_passed(since timestamptz)
returns double precision language sql volatile security definer as $$
    select case when s between 0 and 20 then s else 0 end
    from extract(epoch from clock_timestamp() - since) s
$$;

create or replace function gavel.auction_analytics(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    status := 200;

    select json_build_object(
               'auction_id', a.id,
               'viewers', coalesce((params->>'viewers')::int, v.viewers, 0),
               'peak', greatest(v.peak, (params->>'viewers')::int, 0),
               'peak_at', gavel.iso(v.peak_at),
               'average', round((v.viewer_seconds
                                 / nullif(v.seconds, 0))::numeric, 1),
               'watched_seconds', coalesce(round(v.seconds), 0),
               'bids', b.bids, 'bidders', b.bidders,
               'comments', c.comments, 'commenters', c.people,
               'lots', l.lots, 'sold', l.sold, 'unsold', l.unsold,
               'total', s.total)::text
    into body
    from (select count(*) bids, count(distinct bidder_id) bidders
          from gavel.bid
          where id >= a.id << 22 and id < (a.id + 1) << 22
            and not voided) b
    cross join (select count(*) comments, count(distinct user_id) people
                from gavel.comment
                where auction_id = a.id and deleted_seq is null) c
    cross join (select count(*) lots,
                       count(*) filter (where x.status = 'sold') sold,
                       count(*) filter (where x.status = 'unsold') unsold
                from gavel.lot x where x.auction_id = a.id) l
    cross join (select coalesce(sum(price), 0) total
                from gavel.sale
                where lot_id >= a.id << 22 and lot_id < (a.id + 1) << 22) s
    left join gavel.viewing v on v.auction_id = a.id;
end
$$;
