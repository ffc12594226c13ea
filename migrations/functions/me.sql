-- me: what concerns a person, made of the logs of all auctions.
--
-- The outbox says which logs have gone on (topic `me`); me_place, up to where
-- each was read.  Whoever has a place's lock is the maker for that auction:
-- others pass by.  A user keeps his last 200 at least.
--
-- All that is called many times a second is in plpgsql, where a plan is made
-- once for a session and not for each call.

create or replace function gavel.me_line(kind text, seq bigint, data text)
returns text language sql stable parallel safe as $$
    select concat('{"type":"me.', kind, '","seq":', seq, ',', data, '}')
$$;

-- What all of them say, without braces.
create or replace function gavel.me_data(p_auction bigint, p_lot bigint)
returns text language plpgsql stable security definer as $$
begin
    return (select concat('"auction_id":', a.id,
                          ',"auction":', gavel.json_text(a.title),
                          case when gavel.is_rehearsal(a.id)
                               then ',"rehearsal":true' end,
                          case when l.id is not null then
                               concat(',"lot_id":', l.id, ',"lot":',
                                      gavel.json_text(i.title)) end)
            from gavel.auction a
            left join gavel.lot l on l.id = p_lot
            left join gavel.item i on i.id = l.item_id
            where a.id = p_auction);
end
$$;

-- Gives events their places in the sequences of their users; one that is
-- there already is passed over.
create or replace function gavel.me_add(p_user bigint[], p_auction bigint[],
    p_log bigint[], p_kind text[], p_data text[])
returns table (user_id bigint, seq bigint, line text)
language plpgsql volatile security definer
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    with made as materialized (
        select distinct on (m.person, m.auction, m.log, m.kind) m.*
        from unnest(p_user, p_auction, p_log, p_kind, p_data) with ordinality
             as m (person, auction, log, kind, data, n)
        where not gavel.is_bot(m.person)
          and not exists (select from gavel.me_event e
                          where e.user_id = m.person
                            and e.auction_id = m.auction
                            and e.log_seq = m.log and e.kind = m.kind)
    ), heads as (
        insert into gavel.me_head as h (user_id, seq)
        select person, count(*) from made group by person order by person
            on conflict (user_id) do update set seq = h.seq + excluded.seq
        returning h.user_id, h.seq
    ), placed as (
        select m.*, h.seq - count(*) over (partition by m.person)
                    + row_number() over (partition by m.person
                                         order by m.n) as place
        from made m join heads h on h.user_id = m.person
    ), written as (
        insert into gavel.me_event (user_id, seq, auction_id, log_seq, kind,
               body)
        select person, place, auction, log, kind,
               gavel.me_line(kind, place, data)
        from placed
        returning user_id, seq, body
    ), pruned as (
        -- not each time: what was deleted is still stepped over for a while
        delete from gavel.me_event e
        using (select p.person, max(p.place) as top, min(p.place) as low
               from placed p group by p.person) h
        where h.top / 64 > (h.low - 1) / 64
          and e.user_id = h.person and e.seq <= h.top - 200
    )
    select w.user_id, w.seq, w.body from written w order by 1, 2;
end
$$;

-- What some logs have brought since they were read, and no more of them is
-- looked at: `offset 0` keeps each span on the outer side of its join.
create or replace function gavel.me_read(p_auction bigint[], p_from bigint[],
    p_to bigint[])
returns table (person bigint, auction bigint, log bigint, kind text,
    data text)
language plpgsql stable security definer
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    with span as materialized (
        select auction, auction << 22 as base, f, t
        from unnest(p_auction, p_from, p_to) as s (auction, f, t)
    ), bids as materialized (
        select s.auction, b.id, b.lot_id, b.round, b.bidder_id, b.team_id,
               b.amount, true as fresh
        from span s
        cross join lateral (
              select * from gavel.bid b
              where b.id > s.base + s.f and b.id <= s.base + s.t
              offset 0) b
    ), before as (
        -- who led each of these lots when they came: with the last bid that
        -- was read of it, and nobody if they begin with the lot's first
        select f.auction, p.id, f.lot_id, f.round, p.bidder_id, p.team_id,
               p.amount, false
        from (select distinct on (lot_id, round) * from bids
              order by lot_id, round, id) f
        left join gavel.me_lead k on k.lot_id = f.lot_id
        cross join lateral (
              select * from gavel.bid p
              where p.id < f.id and p.id <= coalesce(k.bid_id, f.id)
                and p.id >= f.auction << 22
                and p.lot_id = f.lot_id and p.round = f.round
                and not p.voided
              order by p.id desc limit 1) p
        where (select (e.public::json)->'data'->>'bid_count'
               from gavel.event e
               where e.auction_id = f.auction
                 and e.seq = f.id & 4194303) is distinct from '1'
    ), chain as (
        select c.*, lead(c.id) over lot as next_id,
               last_value(c.bidder_id) over lot as leader,
               last_value(c.amount) over lot as price
        from (select * from bids union all select * from before) c
        window lot as (partition by c.lot_id, c.round order by c.id
                       rows between unbounded preceding
                                and unbounded following)
    ), outbid as (
        select distinct on (bidder_id, lot_id, round) *
        from chain where next_id is not null and bidder_id <> leader
        order by bidder_id, lot_id, round, id desc
    ), held as (
        select * from chain
        where next_id is null and fresh and team_id is not null
    ), sold as (
        select s.auction, e.seq, (e.public::json)->'data' as d
        from span s
        cross join lateral (
              select e.seq, e.type, e.public from gavel.event e
              where e.auction_id = s.auction and e.seq > s.f and e.seq <= s.t
              offset 0) e
        where e.type = 22                        -- lot.sold
    ), news as (
        select auction, lot_id, bidder_id as person, next_id & 4194303 as log,
               'outbid' as kind,
               concat(',"amount":', amount, ',"price":', price) as rest
        from outbid
        union all
        select auction, lot_id, bidder_id, id & 4194303, 'hold',
               concat(',"team_id":', team_id, ',"held":', amount)
        from held
        union all
        select auction, (d->>'lot_id')::bigint, (d->>'winner_id')::bigint,
               seq, 'won', concat(',"price":', d->>'price')
        from sold
        where d->>'winner_id' is not null
    )
    -- a lot is named once for all whom it concerns
    select m.person, g.auction, m.log, m.kind, concat(g.said, m.rest)
    from (select auction, gavel.me_data(auction, lot_id) as said,
                 array_agg(person) as people, array_agg(log) as logs,
                 array_agg(kind) as kinds, array_agg(rest) as rests
          from news group by auction, lot_id) g
    cross join lateral unnest(g.people, g.logs, g.kinds, g.rests)
                       as m (person, log, kind, rest);
end
$$;

-- Remembers the last bid of each lot that they have brought.
create or replace function gavel.me_led(p_auction bigint[], p_from bigint[],
    p_to bigint[])
returns void language plpgsql volatile security definer
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
    insert into gavel.me_lead (lot_id, bid_id)
    select b.lot_id, max(b.id)
    from unnest(p_auction, p_from, p_to) as s (auction, f, t)
    cross join lateral (
          select b.lot_id, b.id from gavel.bid b
          where b.id > (s.auction << 22) + s.f
            and b.id <= (s.auction << 22) + s.t
          offset 0) b
    group by b.lot_id
    order by b.lot_id
        on conflict (lot_id) do update set bid_id = excluded.bid_id;
end
$$;

-- What people watch and what will end soon: lots within a minute that were
-- open for longer, auctions within five.  Each is told once: what was told is
-- remembered for a month, longer than any sale goes on.
create or replace function gavel.me_soon()
returns table (person bigint, auction bigint, log bigint, kind text,
    data text)
language plpgsql volatile security definer as $$
#variable_conflict use_column
begin
    return query
    with soon as materialized (
        -- of an auction, its lots are fewer than those who watch them
        select w.account_id, d.auction_id, l.id as lot_id,
               to_timestamp(l.ends_at / 1000.0) as ends_at
        from (select floor(extract(epoch from now()) * 1000)::bigint as ms) n
        join gavel.due d on d.at < n.ms + 60000
        join gavel.auction a on a.id = d.auction_id and a.status = 'live'
        cross join lateral (
              select l.id, l.ends_at from gavel.lot l
              where l.auction_id = d.auction_id and l.status = 'open'
                and l.ends_at between n.ms and n.ms + 60000
                and l.ends_at - l.opened_at > 120000
              offset 0) l
        cross join lateral (
              select w.account_id from gavel.watch w
              where w.auction_id = d.auction_id and w.lot_id = l.id
              offset 0) w
        union all
        select w.account_id, a.id, 0, a.ends_at
        from gavel.auction a
        join gavel.watch w on w.auction_id = a.id and w.lot_id = 0
        where a.status in ('live', 'paused')
          and a.ends_at between now() and now() + interval '5 minutes'
    ), told as (
        insert into gavel.me_told (user_id, auction_id, lot_id)
        select account_id, auction_id, lot_id from soon
        order by 1, 2, 3
            on conflict do nothing
        returning user_id, auction_id, lot_id
    ), forgotten as (
        delete from gavel.me_told where told_at < now() - interval '31 days'
    )
    select s.account_id, s.auction_id, s.lot_id & 4194303, 'ending_soon',
           concat(gavel.me_data(s.auction_id, nullif(s.lot_id, 0)),
                  ',"ends_at":', gavel.json_time(s.ends_at))
    from soon s
    join told t on t.user_id = s.account_id
         and t.auction_id = s.auction_id and t.lot_id = s.lot_id;
end
$$;

-- The maker: what is new for people, to be told to them.
create or replace function gavel.me_make(p_max int)
returns table (user_id bigint, seq bigint, line text)
language plpgsql volatile security definer as $$
#variable_conflict use_column
declare
    o         record;
    place     bigint;
    auctions  bigint[] := '{}';
    froms     bigint[] := '{}';
    tos       bigint[] := '{}';
    turn      boolean := gavel.me_turn();
begin
    for o in
        select x.auction_id, min(x.seq) as low, max(x.seq) as top
        from (select * from gavel.outbox b where b.topic = 'me'
              order by b.created_at limit 1000) x
        group by x.auction_id order by x.auction_id limit p_max
    loop
        insert into gavel.me_place (auction_id, seq)
        select o.auction_id, greatest(o.low - 1024, 0)
        where not exists (select from gavel.me_place p
                          where p.auction_id = o.auction_id)
            on conflict do nothing;

        select p.seq into place from gavel.me_place p
        where p.auction_id = o.auction_id for update skip locked;

        continue when not found;

        delete from gavel.outbox b
        where b.auction_id = o.auction_id and b.topic = 'me'
          and b.seq between o.low and o.top;

        continue when place >= o.top;

        update gavel.me_place p set seq = o.top
        where p.auction_id = o.auction_id;

        auctions := auctions || o.auction_id;
        froms := froms || place;
        tos := tos || o.top;
    end loop;

    if auctions = '{}' and not turn then
        return;
    end if;

    return query
    select m.* from (
        select array_agg(x.person order by x.auction, x.log) as people,
               array_agg(x.auction order by x.auction, x.log) as auctions,
               array_agg(x.log order by x.auction, x.log) as logs,
               array_agg(x.kind order by x.auction, x.log) as kinds,
               array_agg(x.data order by x.auction, x.log) as datas
        from (select * from gavel.me_read(auctions, froms, tos)
              union all
              select * from gavel.me_soon() where turn) x) y
    cross join lateral gavel.me_add(y.people, y.auctions, y.logs, y.kinds,
                                    y.datas) m
    where y.people is not null;

    perform gavel.me_led(auctions, froms, tos);
end
$$;

-- Once a second it is somebody's turn to look at the clock.
create or replace function gavel.me_turn()
returns boolean language plpgsql volatile security definer as $$
begin
    perform from gavel.me_clock c
    where c.at < clock_timestamp() - interval '1 s'
    for update skip locked;

    if not found then
        return false;
    end if;

    update gavel.me_clock c set at = clock_timestamp();
    return true;
end
$$;

create or replace function gavel.me_events(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    after  bigint := coalesce((params->>'after')::bigint, 0);
    size   int := coalesce((params->>'limit')::int, 100);
begin
    status := 200;

    select concat('{"seq":', coalesce((select h.seq from gavel.me_head h
                                       where h.user_id = actor), 0),
                  ',"results":[', string_agg(x.body, ',' order by x.seq),
                  ']}')
    into body
    from (select e.seq, e.body from gavel.me_event e
          where e.user_id = actor and e.seq > after
          order by e.seq limit size) x;
end
$$;
