-- auction_list: auctions as lists of cards.

create or replace function gavel.auction_statuses(word text)
returns text[] language sql immutable parallel safe security definer as $$
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

-- A list within `scope`, a condition on `a`.  Not more than 1,000 are
-- counted.
create or replace function gavel.auction_select(actor bigint, params jsonb,
    statuses text[], scope text, path text)
returns text language plpgsql stable security definer as $$
declare
    ordering  text := coalesce(params->>'ordering',
                               case when params ? 'ending_within'
                                    then 'ends_at' else '-created_at' end);
    page      int := coalesce((params->>'page')::int, 1);
    size      int := coalesce((params->>'page_size')::int, 20);
    after     bigint := gavel.cursor_id(params);
    filter    text := concat_ws(' and ', scope, gavel.auction_filter(params));
    plain     boolean := ordering in ('-created_at', '-id');
    total     bigint;
    shown     bigint;
    last      bigint;
    results   text;
begin
    execute 'select count(*) from (select from gavel.auction a where '
            || filter || ' limit 1000) x'
        into total using params, statuses, actor, after;

    execute 'select string_agg(gavel.auction_open(x.a,'
            || '     gavel.lot_count((x.a).id)) || ''}'', '','''
            || '     order by x.n), count(*), min((x.a).id)'
            || ' from (select a, row_number() over (order by '
            || gavel.auction_order(ordering) || ') as n'
            || '     from gavel.auction a where ' || filter
            || case when plain and after is not null
                    then ' and a.id < $4' else '' end
            || ' order by n limit $5 offset $6) x'
        into results, shown, last
        using params, statuses, actor, after, size,
              case when plain and after is not null then 0
                   else (page - 1)::bigint * size end;

    return gavel.page_text(path, params, total, results,
                           case when plain and shown = size
                                then last::text end);
end
$$;

-- The way that most go, with nothing to filter by but the status: a plan that
-- is made once.
create or replace function gavel.auction_newest(statuses text[], size int,
    skip bigint, after bigint, out total bigint, out results text,
    out shown bigint, out last bigint)
language plpgsql stable security definer as $$
begin
    select count(*) into total
    from (select from gavel.auction a
          where a.status = any (statuses) and not a.hidden
            and a.archived_at is null limit 1000) x;

    select string_agg(gavel.auction_open(a,
               (select coalesce(max(l.number), 0) from gavel.lot l
                where l.auction_id = a.id)) || '}', ',' order by a.id desc),
           count(*), min(a.id)
    into results, shown, last
    from (select a.* from gavel.auction a
          where a.status = any (statuses) and not a.hidden
            and a.archived_at is null and a.id < after
          order by a.id desc limit size offset skip) a;
end
$$;

create or replace function gavel.auction_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    statuses  text[] := gavel.auction_statuses(params->>'status');
    size      int := coalesce((params->>'page_size')::int, 20);
    after     bigint := gavel.cursor_id(params);
    r         record;
    p         jsonb := params - '{_ip,_roles,_session,_locale}'::text[];
begin
    if params ? 'cursor' and after is null then
        status := 422;
        code := 'invalid_params';
        body := '{"cursor":"is not one of a list"}';
        return;
    end if;

    status := 200;

    if params->>'status' = 'draft' then
        body := gavel.auction_select(actor, p, statuses,
                    'a.owner_id = $3 and a.archived_at is null',
                    '/api/v1/auctions');
        return;
    end if;

    if p - '{status,page,page_size,cursor}'::text[] <> '{}' then
        body := gavel.auction_select(actor, p, statuses,
                    'not a.hidden and a.archived_at is null',
                    '/api/v1/auctions');
        return;
    end if;

    select * into r
    from gavel.auction_newest(statuses, size,
             case when after is null
                  then (coalesce((params->>'page')::int, 1) - 1)::bigint * size
                  else 0 end,
             coalesce(after, 9223372036854775807));

    body := gavel.page_text('/api/v1/auctions', p, r.total, r.results,
                            case when r.shown = size then r.last::text end);
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
