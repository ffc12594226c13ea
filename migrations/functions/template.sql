-- template: auctions to make others from, and copies of auctions.

-- An auction without its time.  Lots in their order; teams with no leaders,
-- with them, or none at all; what the rules give each of them anyway is not
-- said.
create or replace function gavel.auction_content(a gavel.auction,
    with_lots boolean, with_teams text)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
        'mode', a.mode, 'title', a.title, 'description', a.description,
        'category_id', a.category_id, 'image_url', a.image_url,
        'images', a.images, 'rules', a.rules,
        'lots', (select coalesce(jsonb_agg(
                     gavel.lot_terms_json(l) || jsonb_build_object(
                         'title', i.title, 'description', i.description,
                         'kind', i.kind, 'image_url', i.image_url,
                         'category_id', i.category_id,
                         'attributes', i.attributes,
                         'duration_ms', e.public::jsonb #> '{data,duration_ms}')
                     order by l.position, l.number), '[]')
                 from gavel.lot l
                 join gavel.item i on i.id = l.item_id
                 left join lateral (
                     select e.public from gavel.event e
                     where e.auction_id = a.id and e.seq = l.id & 4194303
                     offset 0) e on true
                 where with_lots and l.auction_id = a.id
                   and l.status not in ('withdrawn', 'voided')),
        'teams', (select coalesce(jsonb_agg(jsonb_build_object(
                      'name', t.name, 'color', t.color,
                      'logo_url', t.logo_url,
                      'slots', nullif(t.slots,
                                      (a.rules->>'roster_max')::int),
                      'budget', nullif(gavel.team_budget(t),
                                       (a.rules->>'start_budget')::bigint),
                      'leader_id', case when with_teams = 'leaders'
                                        then t.leader_id end)
                      order by t.id), '[]')
                  from gavel.team t
                  where with_teams <> 'none' and t.auction_id = a.id
                    and t.joined and not t.gone))
$$;

-- What a team began with: its first entry in the ledger.
create or replace function gavel.team_budget(t gavel.team)
returns bigint language sql stable security definer as $$
    select coalesce((select l.amount from gavel.ledger l
                     where l.auction_id = t.auction_id and l.team_id = t.id
                       and l.seq = (select min(m.seq) from gavel.ledger m
                                    where m.team_id = t.id)
                     order by l.no limit 1), t.budget)
$$;

-- What a new auction is made from: a template of one's own, or an auction
-- that one conducts.  Null: neither, or not for him.
create or replace function gavel.content_for(actor bigint, params jsonb)
returns jsonb language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    if params->>'template_id' is not null then
        return (select t.content from gavel.template t
                where t.id = (params->>'template_id')::bigint
                  and t.owner_id = actor);
    end if;

    select * into a
    from gavel.auction_for(actor, (params->>'clone_of')::bigint);

    if a.id is null or not gavel.auction_host(a, actor) then
        return null;
    end if;

    return gavel.auction_content(a,
        coalesce((params->>'with_lots')::boolean, true),
        coalesce(params->>'with_teams', 'empty'));
end
$$;

-- The texts and rules that a new auction begins with.
create or replace function gavel.content_base(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    body := gavel.content_for(actor, params
                || '{"with_lots":false,"with_teams":"none"}')
            - '{lots,teams}'::text[];

    if body is not null then
        status := 200;

    elsif params->>'clone_of' is not null
          and (gavel.auction_for(actor, (params->>'clone_of')::bigint)).id
              is not null
    then
        status := 403;
        code := 'not_authorized';

    else
        status := 404;
        code := 'not_found';
    end if;
end
$$;

-- The names of its teams, which join by the log.
create or replace function gavel.content_teams(p_auction bigint, teams jsonb)
returns jsonb language plpgsql volatile security definer as $$
declare
    answer  jsonb;
begin
    insert into gavel.team (auction_id, name, color, logo_url)
    select p_auction, x->>'name', x->>'color', x->>'logo_url'
    from jsonb_array_elements(teams) with ordinality u (x, n)
    order by n;

    select coalesce(jsonb_agg(jsonb_build_object(
               'team_id', t.id, 'budget', x->'budget', 'slots', x->'slots',
               'leader_id', p.id) order by n), '[]')
    into answer
    from jsonb_array_elements(teams) with ordinality u (x, n)
    join gavel.team t on t.auction_id = p_auction and t.name = x->>'name'
    left join gavel.account p on p.id = (x->>'leader_id')::bigint
                             and not gavel.account_blocked(p);

    return answer;
end
$$;

create or replace function gavel.template_json(t gavel.template)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object('id', t.id, 'name', t.name, 'mode', t.mode,
               'lots', jsonb_array_length(t.content->'lots'),
               'teams', jsonb_array_length(t.content->'teams'),
               'created_at', gavel.iso(t.created_at))
$$;

create or replace function gavel.template_save(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a  gavel.auction;
    t  gavel.template;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    if (select count(*) from gavel.template x where x.owner_id = actor) >= 100
    then
        status := 409;
        code := 'limit_reached';
        return;
    end if;

    insert into gavel.template as x (owner_id, name, mode, content)
    values (actor, params->>'name', a.mode, gavel.auction_content(a,
            coalesce((params->>'with_lots')::boolean, true),
            coalesce(params->>'with_teams', 'empty')))
    on conflict (owner_id, name) do nothing
    returning * into t;

    if t.id is null then
        status := 409;
        code := 'already_exists';
        body := '{"name":"there is such a template"}';
        return;
    end if;

    status := 201;
    body := gavel.template_json(t);
end
$$;

create or replace function gavel.template_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           gavel.page_text('/api/v1/templates', params || '{"page_size":100}',
               count(*), array_agg(gavel.template_json(t)::text
                                   order by t.id desc)), null::text
    from gavel.template t where t.owner_id = actor
$$;

create or replace function gavel.template_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200, gavel.template_json(t)
                || jsonb_build_object('content', t.content)
    into status, body
    from gavel.template t
    where t.id = (params->>'template_id')::bigint and t.owner_id = actor;

    if body is null then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

create or replace function gavel.template_delete(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    delete from gavel.template t
    where t.id = (params->>'template_id')::bigint and t.owner_id = actor;

    status := case when found then 204 else 404 end;
    code := case when not found then 'not_found' end;
end
$$;
