-- auction_one: an auction by itself: made, shown, changed, put away.

create or replace function gavel.auction_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a         gavel.auction;
    h         gavel.log_head;
    included  text[] := string_to_array(
                            replace(coalesce(params->>'include', ''), ' ', ''),
                            ',');
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    select * into h from gavel.log_head l where l.auction_id = a.id;

    a.card := gavel.auction_card(a, 20000);

    status := 200;
    body := concat(gavel.auction_open(a, gavel.lot_count(a.id)),
                ',"owner":', gavel.person_json(a.owner_id),
                ',"images":', a.images,
                ',"rules":', a.rules,
                ',"hidden":', a.hidden::text,
                ',"version":', a.version,
                ',"epoch":', coalesce(h.epoch, 1),
                ',"seq":', coalesce(h.seq, 0),
                case when 'lots' = any (included) then
                    concat(',"lots":', gavel.lots_of(a.id)) end,
                case when 'teams' = any (included) then
                    concat(',"teams":', gavel.teams_of(a.id)) end,
                case when 'bids' = any (included) then
                    concat(',"bids":', gavel.bids_of(a.id, 50)) end,
                case when 'watchers' = any (included) then
                    concat(',"watchers":', gavel.watch_count(a.id, 0),
                           ',"watching":',
                           gavel.watches(actor, a.id)::text) end,
                '}');

    if not included && '{lots,teams,bids,watchers}' then
        etag := format('"v%s.%s:%s"', a.version, coalesce(h.epoch, 1),
                       coalesce(h.seq, 0));
    end if;
end
$$;

-- What is wrong with the texts that came for an auction; null: nothing.
create or replace function gavel.auction_wrong(params jsonb)
returns jsonb language sql stable security definer as $$
    select nullif(jsonb_strip_nulls(jsonb_build_object(
               'category_id',
               case when params->>'category_id' is not null
                     and not exists (
                         select from gavel.category c
                         where c.id = (params->>'category_id')::bigint)
                    then 'there is no such category' end,
               'image_url',
               case when not gavel.url_ok(params->>'image_url')
                    then 'must be a path or a web address' end,
               'images',
               case when not gavel.urls_ok(params->'images')
                    then 'must be a list of at most 50 addresses' end)), '{}')
$$;

create or replace function gavel.auction_card_refresh(p_id bigint)
returns void language sql volatile security definer as $$
    update gavel.auction a set card = gavel.auction_card(a, 500)
    where a.id = p_id
$$;

-- What is wrong with the lots that came along; null: nothing.
create or replace function gavel.lots_wrong(lots jsonb)
returns text language plpgsql stable security definer as $$
declare
    l      jsonb;
    wrong  text;
begin
    if lots is null or jsonb_typeof(lots) = 'null' then
        return null;
    end if;

    if jsonb_typeof(lots) <> 'array' or jsonb_array_length(lots) > 200 then
        return 'must be a list of at most 200 lots';
    end if;

    for l in select * from jsonb_array_elements(lots) loop
        if jsonb_typeof(l) <> 'object' then
            return 'must be a list of objects';
        end if;

        if jsonb_typeof(coalesce(l->'title', 'null')) <> 'string'
           or length(l->>'title') not between 1 and 200
        then
            return 'title must have 1 to 200 characters';
        end if;

        if l ? 'description'
           and (jsonb_typeof(l->'description') <> 'string'
                or length(l->>'description') > 20000)
        then
            return 'description must have at most 20000 characters';
        end if;

        if not gavel.url_ok(l->>'image_url') then
            return 'image_url must be a path or a web address';
        end if;

        if coalesce(l->>'kind', 'generic')
           not in ('product', 'player', 'generic')
        then
            return 'kind must be one of product|player|generic';
        end if;

        if not gavel.attributes_ok(l->'attributes') then
            return 'attributes must be an object of at most 16 KiB';
        end if;

        if coalesce(l->>'base_price', '0') !~ '^[0-9]{1,16}$'
           or coalesce(l->>'base_price', '0')::bigint > 9007199254740991
           or coalesce(l->>'duration_ms', '1000') !~ '^[0-9]{1,10}$'
        then
            return 'base_price and duration_ms must be whole numbers';
        end if;

        wrong := (select min(t.name || ' must be a whole number up to '
                             || t.max)
                  from (values ('reserve', 9007199254740991),
                               ('buy_now', 9007199254740991),
                               ('ceiling', 9007199254740991),
                               ('quantity', 10000), ('pot', 1000))
                       t (name, max)
                  where case when coalesce(l->>t.name, '0')
                                  ~ '^[0-9]{1,16}$'
                             then (l->>t.name)::bigint > t.max
                             else true end);

        if wrong is not null then
            return wrong;
        end if;

        if l->>'role' is not null
           and (jsonb_typeof(l->'role') <> 'string'
                or octet_length(l->>'role') > 23)
        then
            return 'role must have at most 23 bytes';
        end if;

        if l->>'category_id' is not null
           and not exists (select from gavel.category c
                           where c.id::text = l->>'category_id')
        then
            return 'there is no such category';
        end if;
    end loop;

    return null;
end
$$;

-- What such a lot is offered at.
create or replace function gavel.lot_said(lot jsonb)
returns jsonb language sql immutable parallel safe security definer as $$
    select jsonb_strip_nulls(jsonb_build_object(
               'reserve', (lot->>'reserve')::bigint,
               'buy_now', (lot->>'buy_now')::bigint,
               'ceiling', (lot->>'ceiling')::bigint,
               'quantity', (lot->>'quantity')::bigint,
               'pot', (lot->>'pot')::bigint, 'role', lot->>'role'))
$$;

create or replace function gavel.item_create(actor bigint, item jsonb)
returns bigint language sql volatile security definer as $$
    insert into gavel.item (owner_id, kind, title, description, image_url,
           attributes, category_id)
    values (actor, coalesce(item->>'kind', 'generic'), item->>'title',
            coalesce(item->>'description', ''), item->>'image_url',
            coalesce(nullif(item->'attributes', 'null'), '{}'),
            (item->>'category_id')::bigint)
    returning id
$$;

-- The row of a new auction, which nobody sees before its log begins, and the
-- items of the lots that came along.
create or replace function gavel.auction_create(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    wrong  jsonb := gavel.auction_wrong(params);
    lots   text := gavel.lots_wrong(params->'lots');
    came   jsonb := case when jsonb_typeof(params->'lots') = 'array'
                         then params->'lots' end;
    base   jsonb := gavel.content_for(actor, params);
    id     bigint;
begin
    if lots is not null then
        wrong := coalesce(wrong, '{}') || jsonb_build_object('lots', lots);
    end if;

    if wrong is not null then
        status := 422;
        code := 'invalid_params';
        body := wrong;
        return;
    end if;

    insert into gavel.auction as a (owner_id, mode, title, description,
           category_id, image_url, images, rules, status, starts_at, ends_at)
    values (actor, coalesce(params->>'mode', 'timed'), params->>'title',
            coalesce(params->>'description', ''),
            (params->>'category_id')::bigint, params->>'image_url',
            coalesce(nullif(params->'images', 'null'), '[]'),
            coalesce(nullif(params->'rules', 'null'), '{}'), 'new',
            (params->>'starts_at')::timestamptz,
            (params->>'ends_at')::timestamptz)
    returning a.id into id;

    perform gavel.auction_card_refresh(id);

    status := 201;
    select jsonb_build_object('id', id,
               'teams', gavel.content_teams(id, coalesce(base->'teams', '[]')),
               'lots', coalesce(jsonb_agg(case when came is null
                   then l.lot - '{title,description,kind,image_url,'
                                'category_id,attributes}'::text[]
                   else gavel.lot_said(l.lot) end || jsonb_build_object(
                   'item_id', gavel.item_create(actor, l.lot),
                   'base_price', (l.lot->>'base_price')::bigint,
                   'duration_ms', (l.lot->>'duration_ms')::bigint)
                   order by l.n), '[]'))
    into body
    from jsonb_array_elements(coalesce(came, base->'lots', '[]'))
         with ordinality l (lot, n);
end
$$;

-- Has anybody bid?  Ids of bids begin with their auction's.
create or replace function gavel.auction_has_bids(p_id bigint)
returns boolean language sql stable security definer as $$
    select exists (select from gavel.bid b
                   where b.id >= p_id << 22 and b.id < (p_id + 1) << 22)
$$;

-- Is one of the tags that an If-Match names of this version?  They are weak
-- where the answer went out compressed, and mean the same.
create or replace function gavel.version_matches(tags text, version bigint)
returns boolean language sql immutable parallel safe security definer as $$
    select coalesce(btrim(tags) = '*' or exists (
               select from regexp_split_to_table(tags, ',') t
               where split_part(btrim(regexp_replace(btrim(t, E' \t'),
                                                     '^W/', ''), '"'),
                                '.', 1) = 'v' || version), true)
$$;

-- May he change it so?  Everything that the log does not judge.
create or replace function gavel.auction_check(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    if not gavel.version_matches(params->>'if_match', a.version) then
        status := 412;
        code := 'precondition';
        return;
    end if;

    body := gavel.auction_wrong(params);

    if body is not null then
        status := 422;
        code := 'invalid_params';
        return;
    end if;

    -- bidders bid on what was written: afterwards it may only grow

    if gavel.auction_has_bids(a.id) then
        body := nullif(jsonb_strip_nulls(jsonb_build_object(
            'title', case when params->>'title' <> a.title
                          then 'there are bids' end,
            'category_id', case when params ? 'category_id'
                                 and (params->>'category_id')::bigint
                                     is distinct from a.category_id
                                then 'there are bids' end,
            'description', case when params ? 'description'
                                 and not starts_with(
                                     coalesce(params->>'description', ''),
                                     a.description)
                                then 'there are bids: it may only grow' end
            )), '{}');

        if body is not null then
            status := 409;
            code := 'illegal_transition';
            return;
        end if;
    end if;

    status := 200;
    body := jsonb_build_object('mode', a.mode, 'version', a.version);
end
$$;

-- The texts, after auction_check.
create or replace function gavel.auction_patch(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.auction a
    set title = coalesce(params->>'title', a.title),
        description = case when params ? 'description'
                           then coalesce(params->>'description', '')
                           else a.description end,
        category_id = case when params ? 'category_id'
                           then (params->>'category_id')::bigint
                           else a.category_id end,
        image_url = case when params ? 'image_url'
                         then params->>'image_url' else a.image_url end,
        images = case when params ? 'images'
                      then coalesce(nullif(params->'images', 'null'), '[]')
                      else a.images end,
        version = a.version + 1,
        updated_at = now()
    where a.id = (params->>'auction_id')::bigint
      and gavel.auction_host(a, actor)
      and params ?| '{title,description,category_id,image_url,images}';

    if found then
        perform gavel.auction_card_refresh((params->>'auction_id')::bigint);
    end if;

    select g.status, g.code, g.body, g.etag
    into status, code, body, etag
    from gavel.auction_get(actor, params - 'include') g;
end
$$;

create or replace function gavel.auction_delete_check(actor bigint,
    params jsonb, out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null or a.archived_at is not null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if not gavel.auction_host(a, actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    if gavel.auction_has_bids(a.id) then
        status := 409;
        code := 'illegal_transition';
        body := '{"auction_id":"there are bids: cancel it instead"}';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('cancel',
        (a.status in ('draft', 'scheduled', 'lobby', 'live', 'paused'))::int);
end
$$;

create or replace function gavel.auction_archive(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.auction a
    set archived_at = now(), version = a.version + 1, updated_at = now()
    where a.id = (params->>'auction_id')::bigint
      and a.archived_at is null and gavel.auction_host(a, actor)
      and not gavel.auction_has_bids(a.id);

    status := case when found then 204 else 409 end;
    code := case when found then null else 'conflict' end;
end
$$;

-- Events of the log behind `after` ("epoch:seq" or "seq"), as they are kept.
create or replace function gavel.auction_events(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    id       bigint := (params->>'auction_id')::bigint;
    a        gavel.auction;
    h        gavel.log_head;
    place    text := coalesce(params->>'after', '0');
    behind   bigint;
    types    int[];
    results  text;
    shown    bigint;
    last     bigint;
begin
    select * into a from gavel.auction_for(actor, id);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if place !~ '^([0-9]{1,9}:)?[0-9]{1,15}$' then
        status := 422;
        code := 'invalid_params';
        body := '{"after":"must be epoch:seq"}';
        return;
    end if;

    select * into h from gavel.log_head l where l.auction_id = id;

    -- another epoch: what the client knows may not be true any more

    behind := split_part(place, ':', -1)::bigint;

    if (place like '%:%' and split_part(place, ':', 1)::int <> h.epoch)
       or behind > h.seq
    then
        status := 409;
        code := 'conflict';
        body := '{"after":"is not of this log: take a snapshot"}';
        return;
    end if;

    if params ? 'types' then
        select coalesce(array_agg(t::int), '{}') into types
        from jsonb_array_elements_text(params->'types') t;
    end if;

    select string_agg(case when (params->>'hashes')::boolean
                           then left(e.public, -1) || ',"hash":"'
                                || encode(e.hash, 'hex') || '"}'
                           else e.public end, ',' order by e.seq),
           count(*), max(e.seq)
    into results, shown, last
    from (select e.seq, e.public, e.hash from gavel.event e
          where e.auction_id = id and e.seq > behind
            and (types is null or e.type = any (types))
          order by e.seq
          limit (params->>'limit')::int) e;

    status := 200;
    body := concat('{"auction_id":', id, ',"epoch":', h.epoch,
                   ',"seq":', h.seq, ',"next_after":',
                   case when shown = (params->>'limit')::int
                        then format('"%s:%s"', h.epoch, last)
                        else 'null' end,
                   ',"results":[', results, ']}');
end
$$;
