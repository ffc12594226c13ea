-- catalogue: categories and items, and whether all is ready.

-- Nothing that a browser would run: a path of ours, or a web address.
create or replace function gavel.url_ok(url text)
returns boolean language sql immutable parallel safe security definer as $$
    select url is null or url = ''
           or (url ~ '^(/[^/\\]|https?://[^\s"<>]+$)' and length(url) <= 2000
               and url !~ '[\s"<>]')
$$;

-- Is it an array of such, at most 50?
create or replace function gavel.urls_ok(urls jsonb)
returns boolean language sql immutable parallel safe security definer as $$
    select case when urls is null or jsonb_typeof(urls) = 'null' then true
                when jsonb_typeof(urls) <> 'array'
                     or jsonb_array_length(urls) > 50 then false
                else (select coalesce(bool_and(jsonb_typeof(u) = 'string'
                                               and gavel.url_ok(u #>> '{}')),
                                      true)
                      from jsonb_array_elements(urls) u)
           end
$$;

create or replace function gavel.category_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           json_build_object(
               'count', count(*), 'next', null, 'previous', null,
               'next_cursor', null,
               'results', coalesce(json_agg(json_build_object(
                   'id', c.id, 'parent_id', c.parent_id, 'slug', c.slug,
                   'name', json_build_object('ko', c.name_ko,
                                             'en', c.name_en))
                   order by c.position, c.id), '[]'))::text,
           null::text
    from gavel.category c
$$;

-- May this server take traffic?  The schema is the one that it was built
-- for, and what is acknowledged is kept; the server setting gavel.unsafe,
-- for tests, allows that it is not.
create or replace function gavel.ready(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    version  text := gavel.schema_version();
begin
    if pg_is_in_recovery() then
        body := '{"postgresql":"It is a standby."}';
    elsif version is distinct from params->>'schema' then
        body := json_build_object('schema', 'The database is at ' || version
                                  || ', not at ' || (params->>'schema') || '.');
    elsif not gavel.durable()
          and current_setting('gavel.unsafe', true) is distinct from 'on'
    then
        body := '{"durability":"fsync or synchronous_commit is off, or'
                || ' commits do not wait for the standby that'
                || ' synchronous_standby_names requires."}';
    end if;

    if body is not null then
        status := 503;
        code := 'unavailable';
        return;
    end if;

    status := 200;
    body := json_build_object('status', 'ready', 'schema', version);
end
$$;
