-- calendar: auctions by their time, as entries in their owners' calendars,
-- and how those are decorated.  Times are the log's; this only reads them.

create or replace function gavel.icon_prices()
returns jsonb language sql stable security definer as $$
    select s.value from gavel.setting s where s.key = 'icon_prices'
$$;

-- A time as a clock in that zone shows it, with its distance from UTC.
create or replace function gavel.iso_local(t timestamptz, zone text)
returns text language sql stable parallel safe security definer as $$
    select to_char(t at time zone zone, 'YYYY-MM-DD"T"HH24:MI:SS')
        || case when d < interval '0' then '-' else '+' end
        || to_char(greatest(d, -d), 'HH24:MI')
    from (select (t at time zone zone) - (t at time zone 'UTC') as d) x
$$;

-- Is it a zone of the IANA's, as Asia/Seoul is?  Other spellings that
-- PostgreSQL knows (KST, UTC+9) say nothing of summer and winter.
create or replace function gavel.zone_ok(zone text)
returns boolean language plpgsql stable security definer as $$
begin
    perform now() at time zone zone;

    return zone ~ '^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$';

exception when invalid_parameter_value then
    return false;
end
$$;

-- An edge of a span: a moment, or the begin of a day in that zone (`days`
-- later).  null: neither.
create or replace function gavel.calendar_edge(word text, zone text, days int)
returns timestamptz language plpgsql stable security definer as $$
begin
    if word ~ '^\d{4}-\d\d-\d\d$' then
        return (word::date + days)::timestamp at time zone zone;
    end if;

    if word ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$'
    then
        return word::timestamptz;
    end if;

    return null;

exception when data_exception then
    return null;
end
$$;

-- From when to when somebody has to be there.  Who does not say when it ends
-- is taken to need two hours.
create or replace function gavel.auction_presence(p_starts timestamptz,
    p_ends timestamptz)
returns tstzrange language sql immutable parallel safe security definer as $$
    select tstzrange(p_starts,
                     greatest(coalesce(p_ends, p_starts + interval '2 hours'),
                              p_starts))
$$;

-- Other auctions of the same streamer at the same time.  A timed one runs
-- without him, so it is in nobody's way.
create or replace function gavel.calendar_conflicts(a gavel.auction,
    p_starts timestamptz, p_ends timestamptz)
returns jsonb language sql stable security definer as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'auction_id', o.id, 'title', o.title, 'status', o.status,
               'starts_at', gavel.iso(o.starts_at),
               'ends_at', gavel.iso(o.ends_at)) order by o.starts_at, o.id),
               '[]')
    from gavel.auction o
    where o.owner_id = a.owner_id and o.id <> a.id and o.archived_at is null
      and a.mode <> 'timed' and o.mode <> 'timed'
      and o.status in ('draft', 'scheduled', 'lobby', 'live', 'paused',
                       'ending')
      and gavel.auction_presence(o.starts_at, o.ends_at)
          && gavel.auction_presence(p_starts, p_ends)
$$;

create or replace function gavel.calendar_entry(a gavel.auction,
    actor bigint, zone text)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'auction_id', a.id, 'streamer', gavel.person_json(a.owner_id),
               'title', a.title, 'mode', a.mode, 'status', a.status,
               'starts_at', gavel.iso(a.starts_at),
               'ends_at', gavel.iso(a.ends_at),
               'started_at', gavel.iso(a.started_at),
               'ended_at', gavel.iso(a.ended_at),
               'day', (a.starts_at at time zone zone)::date,
               'last_day', (greatest(a.starts_at,
                                coalesce(a.ended_at, a.ends_at)
                                - interval '1 ms') at time zone zone)::date,
               'local_start', gavel.iso_local(a.starts_at, zone),
               'icon', e.icon,
               'glyph', gavel.icon_prices()->'icons'->e.icon->>'glyph',
               'color', e.color, 'label', e.label,
               'icon_points', coalesce(e.spent, 0),
               'version', a.version + coalesce(e.version, 0))
        || case when a.owner_id = actor and a.status in ('draft', 'scheduled',
                     'lobby', 'live', 'paused', 'ending')
                then jsonb_build_object('conflicts',
                         gavel.calendar_conflicts(a, a.starts_at, a.ends_at))
                else '{}' end
    from (select 1) one
    left join gavel.schedule_entry e on e.auction_id = a.id
$$;

-- What somebody sees of the span: everything that is announced, and drafts
-- of his own.
create or replace function gavel.calendar_span(actor bigint, streamer bigint,
    auction bigint, p_from timestamptz, p_to timestamptz)
returns setof gavel.auction language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select a.* from gavel.auction a
    where a.archived_at is null and not a.hidden and a.status <> 'new'
      and (a.status <> 'draft' or a.owner_id = actor)
      and (streamer is null or a.owner_id = streamer)
      and (auction is null or a.id = auction)
      and a.starts_at is not null
      and tstzrange(a.starts_at,
                    greatest(a.starts_at, coalesce(a.ended_at, a.ends_at)),
                    '[]') && tstzrange(p_from, p_to)
      and (a.starts_at >= p_from
           or coalesce(a.ended_at, a.ends_at) > p_from)
    order by a.starts_at, a.id
    limit 1000;
end
$$;

-- from, to: days of the zone, both of them included, or moments, the last
-- one not.
create or replace function gavel.calendar_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    zone    text := coalesce(params->>'tz', 'UTC');
    since   timestamptz;
    until   timestamptz;
    wrong   jsonb;
    listed  jsonb;
    n       int;
begin
    if not gavel.zone_ok(zone) then
        status := 422;
        code := 'invalid_params';
        body := '{"tz":"must be a time zone such as Asia/Seoul"}';
        return;
    end if;

    since := case when params->>'from' is null
                  then date_trunc('day', now() at time zone zone)
                       at time zone zone
                  else gavel.calendar_edge(params->>'from', zone, 0) end;
    until := case when params->>'to' is null
                  then ((since at time zone zone) + interval '31 days')
                       at time zone zone
                  else gavel.calendar_edge(params->>'to', zone, 1) end;

    wrong := nullif(jsonb_strip_nulls(jsonb_build_object(
        'from', case when since is null
                     then 'must be a day or a time' end,
        'to', case when until is null and params->>'to' is not null
                   then 'must be a day or a time'
                   when until <= since then 'must be after from'
                   when until > since + interval '400 days'
                   then 'must be at most 400 days after from' end)), '{}');

    if wrong is not null then
        status := 422;
        code := 'invalid_params';
        body := wrong;
        return;
    end if;

    select coalesce(jsonb_agg(gavel.calendar_entry(a, actor, zone)
                              order by a.starts_at, a.id), '[]'), count(*)
    into listed, n
    from gavel.calendar_span(actor, (params->>'streamer')::bigint, null,
                             since, until) a;

    status := 200;
    body := jsonb_build_object('tz', zone, 'from', gavel.iso(since),
        'to', gavel.iso(until), 'count', n, 'next', null, 'previous', null,
        'next_cursor', null, 'results', listed);
end
$$;


-- What is wrong with a wanted decoration; null: nothing.
create or replace function gavel.decoration_wrong(params jsonb)
returns jsonb language sql stable security definer as $$
    select nullif(jsonb_strip_nulls(jsonb_build_object(
               'icon', case when params->>'icon' is not null
                             and not p.value->'icons' ? (params->>'icon')
                            then 'there is no such icon' end,
               'color', case when params->>'color' is not null
                              and not p.value->'colors' ? (params->>'color')
                             then 'there is no such color' end,
               'label', case when params->>'label' ~ '[\u0001-\u001f\u007f]'
                             then 'must be one line' end)), '{}')
    from (select gavel.icon_prices() as value) p
$$;

-- What is new is paid for; what stays, or goes, costs nothing.
create or replace function gavel.decoration_price(e gavel.schedule_entry,
    params jsonb)
returns bigint language sql stable security definer as $$
    select case when params->>'icon' is distinct from e.icon
                then coalesce((p.value->'icons'->(params->>'icon')
                               ->>'price')::bigint, 0) else 0 end
         + case when params->>'color' is distinct from e.color
                then coalesce((p.value->'colors'
                               ->>(params->>'color'))::bigint, 0) else 0 end
         + case when nullif(params->>'label', '') is distinct from e.label
                 and params->>'label' <> ''
                then (p.value->>'label')::bigint else 0 end
    from (select gavel.icon_prices() as value) p
$$;

-- Why this decoration cannot be had; code is null if it can.
create or replace function gavel.decoration_check(actor bigint, params jsonb,
    e gavel.schedule_entry, out status int, out code text, out body jsonb,
    out price bigint)
language plpgsql stable security definer as $$
begin
    body := gavel.decoration_wrong(params);

    if body is not null then
        status := 422;
        code := 'invalid_params';
        return;
    end if;

    price := gavel.decoration_price(e, params);

    if price > (params->>'max_points')::bigint then
        status := 409;
        code := 'conflict';
        body := jsonb_build_object('max_points', 'it costs ' || price);
        return;
    end if;

    if price > gavel.icon_balance(actor) then
        status := 422;
        code := 'budget_exceeded';
        body := jsonb_build_object('icon_points',
                    format('it costs %s, you have %s', price,
                           gavel.icon_balance(actor)));
    end if;
end
$$;

-- Pays and decorates; params name what is to change.
create or replace function gavel.decorate(actor bigint, auction bigint,
    params jsonb, out status int, out code text, out body jsonb,
    out price bigint)
language plpgsql volatile security definer as $$
declare
    e      gavel.schedule_entry;
    paid   record;
begin
    insert into gavel.schedule_entry (auction_id) values (auction)
    on conflict do nothing;

    select * into e from gavel.schedule_entry x
    where x.auction_id = auction for update;

    select c.status, c.code, c.body, c.price into status, code, body, price
    from gavel.decoration_check(actor, params, e) c;

    if code is not null then
        return;
    end if;

    if price > 0 then
        select * into paid
        from gavel.icon_move(actor, -price, 'spend', actor, auction, '',
                             gavel.icon_key(actor, params));

        if paid.code is not null then
            status := 422;
            code := paid.code;
            return;
        end if;
    end if;

    update gavel.schedule_entry x
    set icon = case when params ? 'icon' then params->>'icon'
                    else x.icon end,
        color = case when params ? 'color' then params->>'color'
                     else x.color end,
        label = case when params ? 'label'
                     then nullif(params->>'label', '') else x.label end,
        spent = x.spent + price,
        version = x.version + 1,
        updated_at = now()
    where x.auction_id = auction
      and (price > 0
           or params ? 'icon' and params->>'icon' is distinct from x.icon
           or params ? 'color' and params->>'color' is distinct from x.color
           or params ? 'label' and nullif(params->>'label', '')
                                   is distinct from x.label);
end
$$;

create or replace function gavel.decoration_wanted(params jsonb)
returns jsonb language sql immutable parallel safe security definer as $$
    select coalesce(jsonb_object_agg(key, value), '{}')
    from jsonb_each(params)
    where key in ('icon', 'color', 'label')
$$;

-- An entry that its owner decorates with points of his own.
create or replace function gavel.calendar_decorate(actor bigint,
    params jsonb, out status int, out code text, out body text,
    out etag text)
language plpgsql volatile security definer as $$
declare
    a     gavel.auction;
    done  record;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    if gavel.decoration_wanted(params) = '{}' then
        status := 422;
        code := 'invalid_params';
        body := '{"icon":"icon, color or label is required"}';
        return;
    end if;

    if a.starts_at is null or a.archived_at is not null
       or a.status in ('cancelled', 'aborted')
    then
        status := 409;
        code := 'illegal_transition';
        body := '{"auction_id":"it is in no calendar"}';
        return;
    end if;

    select * into done from gavel.decorate(actor, a.id, params);

    if done.code is not null then
        status := done.status;
        code := done.code;
        body := done.body;
        return;
    end if;

    status := 200;
    body := gavel.calendar_entry(a, actor, 'UTC') || jsonb_build_object(
        'paid', done.price, 'icon_points_left', gavel.icon_balance(actor));
end
$$;

-- May he set it so?  `changed` says whether the log has to be told.
create or replace function gavel.schedule_check(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a          gavel.auction;
    e          gavel.schedule_entry;
    starts     timestamptz := (params->>'starts_at')::timestamptz;
    ends       timestamptz := (params->>'ends_at')::timestamptz;
    zone       text := coalesce(params->>'tz', 'UTC');
    conflicts  jsonb;
    checked    record;
begin
    select c.status, c.code, c.body into status, code, body
    from gavel.auction_check(actor, jsonb_build_object(
             'auction_id', params->'auction_id',
             'if_match', params->'if_match')) c;

    if code is not null then
        return;
    end if;

    if not gavel.zone_ok(zone) then
        status := 422;
        code := 'invalid_params';
        body := '{"tz":"must be a time zone such as Asia/Seoul"}';
        return;
    end if;

    select * into a from gavel.auction x
    where x.id = (params->>'auction_id')::bigint;

    conflicts := gavel.calendar_conflicts(a, starts, ends);

    if params->>'on_conflict' = 'refuse' and conflicts <> '[]' then
        status := 409;
        code := 'conflict';
        body := jsonb_build_object('starts_at', 'overlaps auction '
            || (select string_agg(c->>'auction_id', ', ')
                from jsonb_array_elements(conflicts) c));
        return;
    end if;

    select * into e from gavel.schedule_entry x where x.auction_id = a.id;
    select * into checked
    from gavel.decoration_check(actor, params, e) c;

    if checked.code is not null then
        status := checked.status;
        code := checked.code;
        body := checked.body;
        return;
    end if;

    status := 200;
    body := jsonb_build_object('changed',
        case when (a.starts_at, a.ends_at) is distinct from (starts, ends)
             then 1 else 0 end);
end
$$;

-- After the log has the times: the decoration, and the entry as it is now.
create or replace function gavel.schedule_set(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a     gavel.auction;
    done  record;
    paid  bigint := 0;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null or not gavel.auction_host(a, actor) then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if gavel.decoration_wanted(params) <> '{}' then
        select * into done from gavel.decorate(actor, a.id, params);

        if done.code is not null then
            status := done.status;
            code := done.code;
            body := done.body;
            return;
        end if;

        paid := done.price;
    end if;

    status := 200;
    body := gavel.calendar_entry(a, a.owner_id, coalesce(params->>'tz',
                                                         'UTC'))
        || jsonb_build_object('conflicts',
               gavel.calendar_conflicts(a, a.starts_at, a.ends_at),
               'paid', paid,
               'icon_points_left', gavel.icon_balance(actor));
end
$$;


create or replace function gavel.calendar_prices(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text, s.value::text, format('"v%s"', s.version)
    from gavel.setting s where s.key = 'icon_prices'
$$;

-- What is wrong with a list of prices; null: nothing.
create or replace function gavel.icon_prices_wrong(params jsonb)
returns jsonb language plpgsql immutable security definer as $$
declare
    name   text;
    value  jsonb;
begin
    if jsonb_typeof(params->'icons') <> 'object'
       or jsonb_typeof(params->'colors') <> 'object'
       or (select count(*) > 200 from jsonb_object_keys(params->'icons'))
       or (select count(*) > 200 from jsonb_object_keys(params->'colors'))
    then
        return '{"icons":"icons and colors must be objects"}';
    end if;

    for name, value in select * from jsonb_each(params->'icons') loop
        if name !~ '^[a-z0-9_-]{1,30}$' or jsonb_typeof(value) <> 'object'
           or jsonb_typeof(coalesce(value->'glyph', 'null')) <> 'string'
           or value->>'glyph' !~ '^[^\u0001-\u0020<>&"\\]{1,16}$'
           or coalesce(value->>'price', '') !~ '^[0-9]{1,9}$'
           or jsonb_typeof(value->'price') <> 'number'
        then
            return jsonb_build_object('icons', format(
                '%s must be {"glyph": "⭐", "price": 10}', left(name, 30)));
        end if;
    end loop;

    for name, value in select * from jsonb_each(params->'colors') loop
        if name !~ '^[a-z]{3,30}$' or value::text !~ '^[0-9]{1,9}$' then
            return jsonb_build_object('colors', format(
                '%s must be a color of CSS and its price', left(name, 30)));
        end if;
    end loop;

    return null;
end
$$;

create or replace function gavel.admin_prices_set(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    wrong  jsonb := gavel.icon_prices_wrong(params);
    old    gavel.setting;
    new    jsonb := jsonb_build_object(
                        'icons', params->'icons', 'colors', params->'colors',
                        'label', params->'label');
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    if wrong is not null then
        status := 422;
        code := 'invalid_params';
        body := wrong;
        return;
    end if;

    select * into old from gavel.setting s
    where s.key = 'icon_prices' for update;

    update gavel.setting s
    set value = new, version = s.version + 1, actor_id = actor,
        updated_at = now()
    where s.key = 'icon_prices';

    perform gavel.audit_add(actor, 'setting.icon_prices',
        'setting:icon_prices',
        jsonb_build_object('before', old.value, 'after', new), params);

    status := 200;
    body := new;
end
$$;
