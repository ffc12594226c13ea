-- auction_lots: lots with their items.

create or replace function gavel.lots_of(p_auction bigint)
returns json language sql stable security definer as $$
    select coalesce(json_agg(gavel.lot_json(l, i, false) order by l.number),
                    '[]')
    from gavel.lot l
    left join gavel.item i on i.id = l.item_id
    where l.auction_id = p_auction
$$;

create or replace function gavel.lot_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a      gavel.auction;
    whole  jsonb := '{"page_size":100}' || params;
    p      record := gavel.page_of(whole);
    host   boolean;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    host := gavel.auction_host(a, actor);

    with hits as not materialized (
        select l.number, l, i
        from gavel.lot l
        left join gavel.item i on i.id = l.item_id
        where l.auction_id = a.id
          and (not params ? 'status' or l.status = params->>'status')
    ), shown as (
        select * from hits h
        order by h.number limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auctions/' || a.id || '/lots',
               whole - '{auction_id,lots}'::text[],
               (select count(*) from hits),
               array_agg(gavel.lot_json(s.l, s.i, host)::text
                         order by s.number))
    into status, body
    from shown s;
end
$$;

create or replace function gavel.lot_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
    l  gavel.lot;
    i  gavel.item;
begin
    select * into l from gavel.lot x
    where x.id = (params->>'lot_id')::bigint;
    select * into a from gavel.auction_for(actor, l.auction_id);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    select * into i from gavel.item x where x.id = l.item_id;

    status := 200;
    body := gavel.lot_json(l, i, gavel.auction_host(a, actor));
end
$$;

-- The item of a lot to be queued: one of the host's own, or a new one.
create or replace function gavel.lot_item(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a     gavel.auction;
    e     gavel.event;
    item  bigint := (params->>'item_id')::bigint;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    status := 422;
    code := 'invalid_params';

    if item is not null then
        if not exists (select from gavel.item i
                       where i.id = item and i.owner_id = a.owner_id)
        then
            body := '{"item_id":"there is no such item"}';
            return;
        end if;

    elsif params->>'title' is null then
        body := '{"title":"is required"}';
        return;

    elsif not gavel.url_ok(params->>'image_url') then
        body := '{"image_url":"must be a path or a web address"}';
        return;

    elsif not gavel.attributes_ok(params->'attributes') then
        body := '{"attributes":"must be an object of at most 16 KiB"}';
        return;

    else
        -- the log knows a request for longer than once() does

        e := gavel.event_of(actor, params, a.id);

        if e.seq is null then
            item := gavel.item_create(a.owner_id, params);

        else
            item := coalesce((select l.item_id from gavel.lot l
                              where l.id = (a.id << 22) | e.seq), 0);
        end if;
    end if;

    status := 200;
    code := null;
    body := jsonb_build_object('item_id', item);
end
$$;

-- The log refused the lot for which this item was made.
create or replace function gavel.lot_item_drop(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql volatile security definer as $$
    delete from gavel.item i
    using gavel.auction_for(actor, (params->>'auction_id')::bigint) a
    where i.id = (params->>'item_id')::bigint and i.owner_id = a.owner_id
      and gavel.auction_host(a, actor)
      and not exists (select from gavel.lot l
                      where l.auction_id = a.id and l.item_id = i.id);

    select 204, null::text, null::text, null::text
$$;

-- Do bids stand for it, in this lot or in another that offers it?
create or replace function gavel.item_has_bids(i gavel.item)
returns boolean language sql stable security definer as $$
    select exists (select from gavel.auction a
                   join gavel.lot l on l.auction_id = a.id
                   where a.owner_id = i.owner_id and l.item_id = i.id
                     and a.archived_at is null
                     and a.status in ('draft', 'scheduled', 'lobby', 'live',
                                      'paused', 'ending', 'ended')
                     and l.bid_count > 0
                     and l.status in ('open', 'frozen', 'locked',
                                      'reserve_not_met', 'offered'))
$$;

-- The texts of a lot's item.  Once somebody bids they may only grow.
create or replace function gavel.lot_patch(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a  gavel.auction;
    l  gavel.lot;
    i  gavel.item;
begin
    select * into l from gavel.lot x
    where x.id = (params->>'lot_id')::bigint;
    select * into a from gavel.auction_for(actor, l.auction_id);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    select * into i from gavel.item x where x.id = l.item_id for update;

    if not gavel.url_ok(params->>'image_url') then
        body := '{"image_url":"must be a path or a web address"}';
    elsif not gavel.attributes_ok(params->'attributes') then
        body := '{"attributes":"must be an object of at most 16 KiB"}';
    end if;

    if body is not null then
        status := 422;
        code := 'invalid_params';
        return;
    end if;

    if (l.bid_count > 0 or gavel.item_has_bids(i))
       and (params->>'title' <> i.title
            or (params ? 'description'
                and not starts_with(coalesce(params->>'description', ''),
                                    i.description)))
    then
        status := 409;
        code := 'illegal_transition';
        body := '{"lot_id":"there are bids: its texts may only grow"}';
        return;
    end if;

    update gavel.item x
    set title = coalesce(params->>'title', x.title),
        description = case when params ? 'description'
                           then coalesce(params->>'description', '')
                           else x.description end,
        image_url = case when params ? 'image_url'
                         then params->>'image_url' else x.image_url end,
        attributes = case when params ? 'attributes'
                          then coalesce(nullif(params->'attributes', 'null'),
                                        '{}')
                          else x.attributes end,
        updated_at = now()
    where x.id = i.id
    returning * into i;

    status := 200;
    body := gavel.lot_json(l, i, gavel.auction_host(a, actor));
end
$$;
