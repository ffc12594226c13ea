-- overlay: links that OBS opens.  A token is shown once, when it is made.

create or replace function gavel.overlay_secret()
returns text language sql volatile security definer as $$
    select replace(gen_random_uuid()::text || gen_random_uuid()::text,
                   '-', '')
$$;

create or replace function gavel.overlay_json(t gavel.overlay_token)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object('id', t.id, 'name', t.name,
                              'auction_id', t.auction_id,
                              'created_at', gavel.iso(t.created_at),
                              'rotated_at', gavel.iso(t.rotated_at))
$$;

create or replace function gavel.overlay_create(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    secret  text := gavel.overlay_secret();
    t       gavel.overlay_token;
    tied    bigint := (params->>'auction_id')::bigint;
begin
    if tied is not null
       and not exists (select from gavel.auction a
                       where a.id = tied and a.owner_id = actor)
    then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if (select count(*) >= 20 from gavel.overlay_token o
        where o.account_id = actor and o.revoked_at is null)
    then
        status := 409;
        code := 'limit_reached';
        return;
    end if;

    insert into gavel.overlay_token (account_id, name, auction_id,
                                     token_hash)
    values (actor, coalesce(params->>'name', ''), tied,
            sha256(convert_to(secret, 'UTF8')))
    returning * into t;

    status := 201;
    body := gavel.overlay_json(t) || jsonb_build_object(
        'token', secret, 'path', '/overlay/' || secret);
end
$$;

create or replace function gavel.overlay_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text, jsonb_build_object(
               'count', count(*), 'next', null, 'previous', null,
               'results', coalesce(jsonb_agg(gavel.overlay_json(t)
                                             order by t.id), '[]'))::text,
           null::text
    from gavel.overlay_token t
    where t.account_id = actor and t.revoked_at is null
$$;

create or replace function gavel.overlay_rotate(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    secret  text := gavel.overlay_secret();
    t       gavel.overlay_token;
begin
    update gavel.overlay_token o
    set token_hash = sha256(convert_to(secret, 'UTF8')), rotated_at = now()
    where o.id = (params->>'token_id')::bigint and o.account_id = actor
          and o.revoked_at is null
    returning * into t;

    if not found then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := gavel.overlay_json(t) || jsonb_build_object(
        'token', secret, 'path', '/overlay/' || secret);
end
$$;

create or replace function gavel.overlay_revoke(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.overlay_token o set revoked_at = now()
    where o.id = (params->>'token_id')::bigint and o.account_id = actor
          and o.revoked_at is null;

    status := case when found then 204 else 404 end;
    code := case when found then null else 'not_found' end;
end
$$;

-- Which auction a link shows now: the one that it is tied to, or the one that
-- is on, else the next.
create or replace function gavel.overlay_show(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    shown  bigint;
begin
    select a.id into shown
    from gavel.overlay_token t
    cross join lateral (
          select x.* from gavel.auction x
          where x.owner_id = t.account_id and t.auction_id is null
            and x.archived_at is null
            and x.status in ('live', 'paused', 'ending', 'lobby',
                             'scheduled', 'ended')
          union all
          select x.* from gavel.auction x
          where x.id = t.auction_id and x.owner_id = t.account_id
            and x.archived_at is null
            and x.status in ('live', 'paused', 'ending', 'lobby',
                             'scheduled', 'ended', 'settled')) a
    where t.token_hash = sha256(convert_to(params->>'token', 'UTF8'))
          and t.revoked_at is null and not a.hidden
    order by case a.status when 'live' then 0 when 'paused' then 0
                           when 'ending' then 0 when 'lobby' then 1
                           when 'scheduled' then 2 else 3 end,
             (a.mode = 'timed'), a.started_at desc nulls last, a.id desc
    limit 1;

    if shown is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('auction_id', shown);
end
$$;
