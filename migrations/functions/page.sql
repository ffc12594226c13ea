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

create or replace function gavel.url_encode(t text)
returns text language sql immutable parallel safe security definer as $$
    select coalesce(string_agg(
               case when c ~ '^[A-Za-z0-9_.~-]$' then c
                    else regexp_replace(
                             upper(encode(convert_to(c, 'UTF8'), 'hex')),
                             '(..)', '%\1', 'g')
               end, '' order by n), '')
    from regexp_split_to_table(t, '') with ordinality as x (c, n)
$$;

-- The address of a page of the list at `path` with the same filters.
create or replace function gavel.page_link(path text, params jsonb, page int)
returns text language sql stable security definer as $$
    select path || '?' || string_agg(
               key || '=' || gavel.url_encode(value), '&' order by key)
    from jsonb_each_text(params - 'page'
                         || jsonb_build_object('page', page))
    where key not like '\_%' and value is not null
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
returns text language sql stable security definer as $$
    select concat('{"count":', total,
               ',"next":', coalesce(to_json(
                   case when p.cursor is not null and params ? 'cursor'
                        then gavel.page_link(path, params - 'cursor'
                             || jsonb_build_object('cursor', p.cursor), 1)
                        when p.page * p.size < total
                             or (total = 1000 and p.cursor is not null)
                        then gavel.page_link(path, params, p.page + 1)
                   end)::text, 'null'),
               ',"previous":', coalesce(to_json(
                   case when p.page > 1
                        then gavel.page_link(path, params, p.page - 1)
                   end)::text, 'null'),
               ',"next_cursor":', coalesce(to_json(p.cursor)::text, 'null'),
               ',"results":[', array_to_string(results, ','), ']}')
    from (select x.page, x.size,
                 case when cardinality(results) = x.size
                      then last::text end as cursor
          from (select coalesce((params->>'page')::int, 1) as page,
                       coalesce((params->>'page_size')::int, 20) as size) x) p
$$;
