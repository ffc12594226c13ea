-- page: lists as clients see them.
--
-- A list says its filter once, as `hits`, which is counted and of which a part
-- is shown; not being materialized, both go by their index:
--
--     with hits as not materialized (select t.id, t from ... where ...),
--     shown as (select * from hits h where h.id < p.after
--               order by h.id desc limit p.size offset p.skip)
--     select gavel.page_text(path, params,
--                (select count(*) from (select from hits limit 1000) x),
--                array_agg(... order by s.id desc), min(s.id))
--     from shown s;
--
-- What every list calls is in plpgsql, where a plan is made once for a session
-- and not for each call.

create or replace function gavel.url_encode(t text)
returns text language plpgsql immutable parallel safe security definer as $$
begin
    if t ~ '^[A-Za-z0-9_.~-]*$' then
        return t;
    end if;

    return (select string_agg(
                       case when c ~ '^[A-Za-z0-9_.~-]$' then c
                            else regexp_replace(
                                     upper(encode(convert_to(c, 'UTF8'),
                                                  'hex')),
                                     '(..)', '%\1', 'g')
                       end, '' order by n)
            from regexp_split_to_table(t, '') with ordinality as x (c, n));
end
$$;

-- The address of a page of the list at `path` with the same filters.
create or replace function gavel.page_link(path text, params jsonb, page int)
returns text language plpgsql stable security definer as $$
begin
    return (select path || '?' || string_agg(
                       key || '=' || gavel.url_encode(value), '&' order by key)
            from jsonb_each_text(params - 'page'
                                 || jsonb_build_object('page', page))
            where key not like '\_%' and value is not null);
end
$$;

-- What part of a list is wanted: `size` rows with ids below `after`, or the
-- `skip` behind the first.
create or replace function gavel.page_of(params jsonb, out size int,
    out skip bigint, out after bigint)
language plpgsql immutable parallel safe security definer as $$
begin
    size := coalesce((params->>'page_size')::int, 20);
    after := coalesce((params->>'cursor')::bigint, 9223372036854775807);
    skip := case when params ? 'cursor' then 0
                 else (coalesce((params->>'page')::int, 1) - 1)::bigint * size
            end;
end
$$;

-- A page: `total` of all (no list with a cursor counts further than 1,000),
-- its rows as JSON, and the id of the last one if the list has a cursor.
create or replace function gavel.page_text(path text, params jsonb,
    total bigint, results text[], last bigint default null)
returns text language plpgsql stable security definer as $$
declare
    page    int := coalesce((params->>'page')::int, 1);
    size    int := coalesce((params->>'page_size')::int, 20);
    cursor  text := case when cardinality(results) = size then last::text end;
    next    text;
begin
    if cursor is not null and params ? 'cursor' then
        next := gavel.page_link(path, params - 'cursor'
                                || jsonb_build_object('cursor', cursor), 1);

    elsif page * size < total or (total = 1000 and cursor is not null) then
        next := gavel.page_link(path, params, page + 1);
    end if;

    return concat('{"count":', total,
               ',"next":', gavel.json_text(next),
               ',"previous":', gavel.json_text(
                   case when page > 1
                        then gavel.page_link(path, params, page - 1) end),
               ',"next_cursor":', gavel.json_text(cursor),
               ',"results":[', array_to_string(results, ','), ']}');
end
$$;
