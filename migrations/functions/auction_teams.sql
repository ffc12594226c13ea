-- auction_teams: teams with their rosters and purses.

create or replace function gavel.teams_of(p_auction bigint)
returns json language sql stable security definer as $$
    select coalesce(json_agg(gavel.team_json(t) order by t.id), '[]')
    from gavel.team t where t.auction_id = p_auction and t.joined
$$;

create or replace function gavel.team_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a      gavel.auction;
    teams  json;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    teams := gavel.teams_of(a.id);
    status := 200;
    body := json_build_object('count', json_array_length(teams),
                              'next', null, 'previous', null,
                              'next_cursor', null, 'results', teams);
end
$$;

create or replace function gavel.team_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    t  gavel.team;
begin
    select * into t from gavel.team x
    where x.id = (params->>'team_id')::bigint and x.joined;

    if t.id is null
       or (gavel.auction_for(actor, t.auction_id)).id is null
    then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := gavel.team_json(t);
end
$$;

-- The name of a new team; it joins by the log.  A name that never joined is
-- free.
create or replace function gavel.team_create(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a   gavel.auction;
    id  bigint;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    if not gavel.url_ok(params->>'logo_url') then
        status := 422;
        code := 'invalid_params';
        body := '{"logo_url":"must be a path or a web address"}';
        return;
    end if;

    if params->>'user_id' is not null
       and not exists (select from gavel.account x
                       where x.id = (params->>'user_id')::bigint
                         and x.status <> 'erased')
    then
        status := 422;
        code := 'invalid_params';
        body := '{"user_id":"there is no such user"}';
        return;
    end if;

    -- the log knows a request for longer than once() does

    id := (gavel.event_of(actor, params, a.id)).public::jsonb
          ->'data'->>'team_id';

    if id is not null then
        status := 200;
        body := jsonb_build_object('team_id', id, 'auction_id', a.id);
        return;
    end if;

    insert into gavel.team as t (auction_id, name, color, logo_url)
    values (a.id, params->>'name', params->>'color', params->>'logo_url')
    on conflict (auction_id, name) do update
    set color = excluded.color, logo_url = excluded.logo_url
    where not t.joined
    returning t.id into id;

    if id is null then
        status := 409;
        code := 'already_exists';
        body := '{"name":"there is such a team"}';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('team_id', id, 'auction_id', a.id);
end
$$;

-- Of which auction is it?  Only its host may go on.
create or replace function gavel.team_find(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    t  gavel.team;
    a  gavel.auction;
begin
    select * into t from gavel.team x
    where x.id = (params->>'team_id')::bigint and x.joined;
    select * into a from gavel.auction_for(actor, t.auction_id);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    if params->>'user_id' is not null
       and not exists (select from gavel.account x
                       where x.id = (params->>'user_id')::bigint
                         and x.status <> 'erased')
    then
        status := 422;
        code := 'invalid_params';
        body := '{"user_id":"there is no such user"}';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('team_id', t.id, 'auction_id', a.id);
end
$$;

create or replace function gavel.team_patch(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    select f.status, f.code, f.body into status, code, body
    from gavel.team_find(actor, params) f;

    if code is not null then
        return;
    end if;

    if not gavel.url_ok(params->>'logo_url') then
        status := 422;
        code := 'invalid_params';
        body := '{"logo_url":"must be a path or a web address"}';
        return;
    end if;

    update gavel.team t
    set name = coalesce(params->>'name', t.name),
        color = case when params ? 'color' then params->>'color'
                     else t.color end,
        logo_url = case when params ? 'logo_url' then params->>'logo_url'
                        else t.logo_url end
    where t.id = (params->>'team_id')::bigint;

exception when unique_violation then
    status := 409;
    code := 'already_exists';
    body := '{"name":"there is such a team"}';
end
$$;

create or replace function gavel.purse_json(t gavel.team)
returns json language sql stable security definer as $$
    select json_build_object(
               'team_id', t.id, 'auction_id', t.auction_id, 'name', t.name,
               'leader_id', t.leader_id, 'budget', t.budget, 'held', t.held,
               'spent', t.spent, 'available', t.budget - t.held - t.spent)
$$;

create or replace function gavel.points_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    select json_build_object('count', count(*), 'next', null,
               'previous', null, 'next_cursor', null,
               'results', coalesce(json_agg(gavel.purse_json(t)
                                            order by t.id), '[]'))
    into body
    from gavel.team t where t.auction_id = auction and t.joined;
end
$$;

create or replace function gavel.points_mine(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           json_build_object('count', count(*), 'next', null,
               'previous', null, 'next_cursor', null,
               'icon', gavel.icon_purse(actor),
               'results', coalesce(json_agg(gavel.purse_json(t)
                                            order by t.id desc), '[]'))::text,
           null::text
    from gavel.team t
    where t.leader_id = actor and t.joined and not t.gone
      and not gavel.is_rehearsal(t.auction_id)
$$;
