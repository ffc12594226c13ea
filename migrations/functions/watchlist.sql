-- watchlist: what people want to keep an eye on, auctions and lots.

create or replace function gavel.watch_count(p_auction bigint, p_lot bigint)
returns bigint language sql stable security definer as $$
    select count(*) from gavel.watch w
    where w.auction_id = p_auction and w.lot_id = p_lot
$$;

create or replace function gavel.watches(actor bigint, p_auction bigint)
returns boolean language sql stable security definer as $$
    select exists (select from gavel.watch w
                   where w.account_id = actor and w.auction_id = p_auction
                     and w.lot_id = 0)
$$;

-- Which auction and lot a request is about, if its viewer may see them.
create or replace function gavel.watch_target(actor bigint, params jsonb,
    out auction bigint, out lot bigint)
language plpgsql stable security definer as $$
begin
    lot := coalesce((params->>'lot_id')::bigint, 0);

    if lot = 0 then
        auction := (gavel.auction_for(actor,
                        (params->>'auction_id')::bigint)).id;
    else
        auction := (select (gavel.auction_for(actor, l.auction_id)).id
                    from gavel.lot l where l.id = lot);
    end if;
end
$$;

create or replace function gavel.watch_add(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    t  record;
begin
    select * into t from gavel.watch_target(actor, params);

    if t.auction is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if (select count(*) >= 1000 from gavel.watch w
        where w.account_id = actor)
        and not exists (select from gavel.watch w
                        where w.account_id = actor
                          and w.auction_id = t.auction and w.lot_id = t.lot)
    then
        status := 409;
        code := 'limit_reached';
        return;
    end if;

    insert into gavel.watch (account_id, auction_id, lot_id)
    values (actor, t.auction, t.lot)
    on conflict do nothing;

    status := 200;
    body := jsonb_build_object('auction_id', t.auction,
        'lot_id', nullif(t.lot, 0), 'watching', true,
        'watchers', gavel.watch_count(t.auction, t.lot));
end
$$;

-- What is no longer to be seen can be let go, too.
create or replace function gavel.watch_remove(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql volatile security definer as $$
    delete from gavel.watch w
    where w.account_id = actor
      and case when params ? 'lot_id'
               then w.lot_id = (params->>'lot_id')::bigint
               else w.auction_id = (params->>'auction_id')::bigint
                    and w.lot_id = 0 end;

    select 204, null::text, null::text, null::text
$$;

-- Newest first; what went out of sight is left out.
create or replace function gavel.watch_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    p     record := gavel.page_of(params);
    kind     text := params->>'kind';
begin
    with hits as not materialized (
        select w.id, w, a
        from gavel.watch w
        join gavel.auction a on a.id = w.auction_id
        where w.account_id = actor and gavel.auction_seen(a, actor)
          and (kind is null or (kind = 'lot') = (w.lot_id <> 0))
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/watchlist', params,
               (select count(*) from hits),
               array_agg(concat('{"id":', s.id,
                   ',"kind":"', case when (s.w).lot_id = 0 then 'auction'
                                     else 'lot' end,
                   '","created_at":', gavel.json_time((s.w).created_at),
                   ',"watchers":', gavel.watch_count((s.w).auction_id,
                                                     (s.w).lot_id),
                   ',"auction":', gavel.auction_open(s.a,
                                      gavel.lot_count((s.a).id)), '}',
                   ',"lot":', coalesce((select gavel.lot_json(l, i)::text
                                        from gavel.lot l
                                        left join gavel.item i
                                          on i.id = l.item_id
                                        where l.id = (s.w).lot_id), 'null'),
                   '}') order by s.id desc),
               min(s.id))
    into status, body
    from shown s;
end
$$;
