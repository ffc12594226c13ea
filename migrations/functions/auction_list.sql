-- auction_list: auctions as lists of cards.

-- Stable as its cast is, so that it melts into what uses it.
create or replace function gavel.auction_statuses(word text)
returns text[] language sql stable parallel safe as $$
    select case word
           when 'active' then '{lobby,live,paused,ending}'
           when 'live' then '{lobby,live,paused,ending}'
           when 'ended' then '{ended,settled}'
           when 'cancelled' then '{cancelled,aborted}'
           when 'draft' then '{draft}'
           when 'scheduled' then '{scheduled}'
           when 'lobby' then '{lobby}'
           when 'paused' then '{paused}'
           else '{scheduled,lobby,live,paused,ending,ended,settled,cancelled,'
                || 'aborted}'
           end::text[]
$$;

-- The filters of a list, as a condition on `a`; its values stay parameters:
-- $1 params, $2 statuses, $3 actor, $4 cursor.
create or replace function gavel.auction_filter(params jsonb)
returns text language sql stable security definer as $$
    select concat_ws(' and ',
        'a.status = any ($2)',
        case when params ? 'mode' then 'a.mode = $1->>''mode''' end,
        case when params ? 'owner_id'
             then 'a.owner_id = ($1->>''owner_id'')::bigint' end,
        case when params->>'category' ~ '^[0-9]{1,15}$'
             then 'a.category_id = ($1->>''category'')::bigint'
             when params ? 'category'
             then 'a.category_id = (select c.id from gavel.category c'
                  || ' where c.slug = $1->>''category'')' end,
        case when params ? 'search'
             then 'position(lower($1->>''search'') in'
                  || ' lower(a.title || '' '' || a.description)) > 0' end,
        case when params ? 'ending_within'
             then 'a.ends_at > now() and a.ends_at <= now()'
                  || ' + ($1->>''ending_within'')::int * interval ''1 s'''
                  || ' and a.status in (''lobby'', ''live'', ''paused'','
                  || ' ''scheduled'')' end)
$$;

create or replace function gavel.auction_order(word text)
returns text language sql immutable parallel safe security definer as $$
    select case word
           when 'created_at' then 'a.id'
           when 'id' then 'a.id'
           when 'starts_at' then 'a.starts_at nulls last, a.id'
           when '-starts_at' then 'a.starts_at desc nulls last, a.id desc'
           when 'ends_at' then 'a.ends_at nulls last, a.id'
           when '-ends_at' then 'a.ends_at desc nulls last, a.id desc'
           when 'title' then 'lower(a.title), a.id'
           when '-title' then 'lower(a.title) desc, a.id desc'
           else 'a.id desc'
           end
$$;

-- A list within `scope`, a condition on `a`: the one list whose plan is made
-- anew each time, because its filters and orders are the reader's.
create or replace function gavel.auction_select(actor bigint, params jsonb,
    statuses text[], scope text, path text)
returns text language plpgsql stable security definer as $$
declare
    ordering  text := coalesce(params->>'ordering',
                               case when params ? 'ending_within'
                                    then 'ends_at' else '-created_at' end);
    plain     boolean := ordering in ('-created_at', '-id');
    p         record := gavel.page_of(params - case when plain then ''
                                                    else 'cursor' end);
    answer    text;
begin
    execute format($sql$
        with hits as not materialized (
            select a from gavel.auction a where %s
        ), shown as (
            select x.a, row_number() over () as n
            from (select h.a
                  from hits h cross join lateral (select (h.a).*) a
                  where a.id < $4
                  order by %s limit $5 offset $6) x
        )
        select gavel.page_text($7, $1,
                   (select count(*) from (select from hits limit 1000) x),
                   array_agg(gavel.auction_open(s.a,
                       gavel.lot_count((s.a).id)) || '}' order by s.n),
                   case when $8 then min((s.a).id) end)
        from shown s
        $sql$, concat_ws(' and ', scope, gavel.auction_filter(params)),
        gavel.auction_order(ordering))
    into answer
    using params, statuses, actor, p.after, p.size, p.skip, path, plain;

    return answer;
end
$$;

-- The way that most go, with nothing to filter by, so that almost all are
-- shown: a plan that is made once.
create or replace function gavel.auction_newest(statuses text[], params jsonb)
returns text language plpgsql stable security definer as $$
declare
    p       record := gavel.page_of(params);
    answer  text;
begin
    with hits as not materialized (
        select a.id, a
        from gavel.auction a
        where a.status = any (statuses) and not a.hidden
          and a.archived_at is null
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select gavel.page_text('/api/v1/auctions', params,
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.auction_open(s.a,
                   (select coalesce(max(l.number), 0) from gavel.lot l
                    where l.auction_id = s.id)) || '}' order by s.id desc),
               min(s.id))
    into answer
    from shown s;

    return answer;
end
$$;

create or replace function gavel.auction_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    statuses  text[] := gavel.auction_statuses(params->>'status');
    p         jsonb := params - '{_roles,_locale}'::text[];
begin
    status := 200;

    if p - '{page,page_size,cursor}'::text[] = '{}' then
        body := gavel.auction_newest(statuses, p);
        return;
    end if;

    body := gavel.auction_select(actor, p, statuses,
                case when params->>'status' = 'draft'
                     then 'a.owner_id = $3 and a.archived_at is null'
                     else 'not a.hidden and a.archived_at is null' end,
                '/api/v1/auctions');
end
$$;

create or replace function gavel.auction_mine(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    status := 200;
    body := gavel.auction_select(actor, params,
                case when coalesce(params->>'status', 'all') = 'all'
                     then gavel.auction_statuses('all') || '{draft}'::text[]
                     else gavel.auction_statuses(params->>'status') end,
                'a.owner_id = $3 and a.archived_at is null',
                '/api/v1/users/me/auctions');
end
$$;

create or replace function gavel.admin_auctions(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    status := 200;
    body := gavel.auction_select(actor, params,
                case when coalesce(params->>'status', 'all') = 'all'
                     then gavel.auction_statuses('all')
                          || '{new,draft}'::text[]
                     else array[params->>'status'] end,
                'true', '/api/v1/admin/auctions');
end
$$;
