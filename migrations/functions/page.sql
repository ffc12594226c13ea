-- page: lists as clients see them.

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

-- A whole answer: `count` of all, the results of page `page`.
create or replace function gavel.page(path text, params jsonb, total bigint,
    results jsonb)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'count', total,
               'next', case when p.page * p.size < total
                            then gavel.page_link(path, params, p.page + 1)
                       end,
               'previous', case when p.page > 1
                                then gavel.page_link(path, params,
                                                     p.page - 1)
                           end,
               'next_cursor', null,
               'results', coalesce(results, '[]'))
    from (select coalesce((params->>'page')::int, 1) as page,
                 coalesce((params->>'page_size')::int, 20) as size) p
$$;
