-- import: players and lots from files, so that the same file again changes
-- nothing.

-- May he import here?  Asked before the file is looked at.
create or replace function gavel.import_check(actor bigint, params jsonb,
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

    if a.archived_at is not null
       or a.status not in ('draft', 'scheduled', 'lobby', 'live', 'paused')
    then
        status := 409;
        code := 'illegal_transition';

    else
        status := 200;
        body := '{}';
    end if;
end
$$;

-- The lines beside what they are known as: by the lot's own id, the external
-- id, the name in an earlier file, the title.  A name that belongs to another
-- external id is somebody else's.  `twice`: an earlier line that means the
-- same.
create or replace function gavel.import_match(p_auction bigint, p_rows jsonb)
returns table (line int, r jsonb, xkey text, nkey text, item_id bigint,
    twice int)
language sql stable security definer as $$
    with came as (
        select n, x.r, (x.r->>'line')::int as line,
               'x:' || (x.r->>'external_id') as xkey,
               'n:' || lower(x.r->>'title') as nkey
        from jsonb_array_elements(p_rows) with ordinality x (r, n)
    ), titles as (
        select distinct on ('n:' || lower(i.title))
               'n:' || lower(i.title) as nkey, l.item_id
        from gavel.lot l
        join gavel.item i on i.id = l.item_id
        where l.auction_id = p_auction
        order by 'n:' || lower(i.title), l.status = 'withdrawn', l.number
    ), found as (
        select c.*, coalesce(l.item_id, x.item_id, named.item_id) as item_id
        from came c
        left join gavel.lot l on l.id = (c.r->>'lot_id')::bigint
                              and l.auction_id = p_auction
        left join gavel.import_key x on x.auction_id = p_auction
                                     and x.key = c.xkey
        left join gavel.import_key k on k.auction_id = p_auction
                                     and k.key = c.nkey
        left join titles t on t.nkey = c.nkey
        left join lateral (
            select coalesce(k.item_id, t.item_id) as item_id
            where c.xkey is null
               or not exists (select from gavel.import_key e
                              where e.auction_id = p_auction
                                and e.item_id = coalesce(k.item_id, t.item_id)
                                and e.key like 'x:%' and e.key <> c.xkey)
        ) named on true
    )
    select f.line, f.r, f.xkey, f.nkey, f.item_id,
           nullif(first_value(f.line) over (
                      partition by coalesce(f.item_id::text, f.xkey, f.nkey)
                      order by f.r ? 'wrong', f.n), f.line)
    from found f
    order by f.n
$$;

-- What the log knows of a lot, as one says it to have such a lot.
create or replace function gavel.lot_terms_json(l gavel.lot)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object('base_price', l.base_price,
               'reserve', coalesce(t.reserve, 0),
               'buy_now', coalesce(t.buy_now, 0),
               'ceiling', coalesce(t.ceiling, 0),
               'quantity', coalesce(nullif(t.quantity, 0), 1),
               'pot', coalesce(t.pot, 0), 'role', coalesce(t.role, ''))
    from (select 1) one
    left join gavel.lot_terms t on t.lot_id = l.id
$$;

-- What the log has to know of a line: not its texts.
create or replace function gavel.import_terms_of(r jsonb)
returns jsonb language sql immutable parallel safe security definer as $$
    select coalesce(jsonb_object_agg(key, value), '{}')
    from jsonb_each(r)
    where key = any ('{base_price,duration_ms,reserve,buy_now,ceiling,'
                     'quantity,pot,role}'::text[])
$$;

-- The texts of an item after a line: what the line does not say stays.
create or replace function gavel.import_text(i gavel.item, r jsonb)
returns gavel.item language plpgsql stable security definer as $$
begin
    i.title := coalesce(r->>'title', i.title);
    i.description := coalesce(r->>'description', i.description);
    i.image_url := coalesce(r->>'image_url', i.image_url);
    i.kind := coalesce(r->>'kind', i.kind);
    i.attributes := i.attributes || coalesce(r->'attributes', '{}');
    return i;
end
$$;

-- One line, with the lot of its item as `_lot`.  Answers what is to be done:
-- `status` and, for the log, `queue` (a new lot of item_id) or `change` (of lot_id), with `terms`.
create or replace function gavel.import_line(a gavel.auction, dry boolean,
    p_line int, r jsonb, xkey text, nkey text, p_item bigint, p_twice int)
returns jsonb language plpgsql volatile security definer as $$
declare
    item    gavel.item;
    after   gavel.item;
    l       gavel.lot;
    terms   jsonb := gavel.import_terms_of(r);
    told    jsonb;
    id      bigint := p_item;
    answer  jsonb := jsonb_build_object('line', p_line);
    change  boolean := false;
begin
    if r ? 'wrong' then
        return answer || jsonb_build_object('status', 'error',
            'wrong', r->'wrong', 'field', r->'field');
    elsif r ? 'leader' then
        return answer || '{"status":"skipped","wrong":9,"field":"leader"}';
    elsif p_twice is not null then
        return answer || jsonb_build_object('status', 'error', 'wrong', 6,
            'field', 'title', 'twice', p_twice);
    elsif not gavel.url_ok(r->>'image_url') then
        return answer
            || '{"status":"error","wrong":4,"field":"image_url"}';
    end if;

    if id is null then
        if not dry then
            id := gavel.item_create(a.owner_id, r);
        end if;

        answer := answer || jsonb_build_object('status', 'added', 'item_id',
            id, 'queue', true, 'terms', terms);

    else
        select * into item from gavel.item x where x.id = p_item
            for update;
        select * into l from gavel.lot x
        where x.id = (r->>'_lot')::bigint;
        told := gavel.lot_terms_json(l);

        after := gavel.import_text(item, r);
        answer := answer || jsonb_build_object('item_id', id, 'lot_id', l.id);

        if l.id is null then
            answer := answer || jsonb_build_object('status', 'added',
                'queue', true, 'terms', terms);
        else
            terms := terms - 'duration_ms' - array(
                select key from jsonb_each(terms) t
                where told->key = t.value);

            change := terms <> '{}';

            if change and l.status <> 'queued' then
                return answer || jsonb_build_object('status', 'error',
                    'wrong', 7, 'field', 'base_price');
            end if;

            if l.bid_count > 0
               and (after.title <> item.title
                    or not starts_with(after.description, item.description))
            then
                return answer || jsonb_build_object('status', 'error',
                    'wrong', 8, 'field', 'description');
            end if;

            answer := answer || jsonb_build_object(
                'status', case when change or after <> item then 'changed'
                               else 'unchanged' end,
                'change', change, 'terms', terms);
        end if;

        if after <> item and not dry then
            update gavel.item x
            set title = after.title, description = after.description,
                image_url = after.image_url, kind = after.kind,
                attributes = after.attributes, updated_at = now()
            where x.id = item.id;
        end if;
    end if;

    if not dry then
        insert into gavel.import_key (auction_id, key, item_id)
        select a.id, k, id from unnest(array[xkey, nkey]) k
        where k is not null
        on conflict do nothing;
    end if;

    return answer;
end
$$;

-- The lines of a file: items are made and changed here, lots by the log.
-- Two imports into one auction wait for each other.
create or replace function gavel.import_rows(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a        gavel.auction;
    dry      boolean := coalesce((params->>'dry_run')::boolean, false);
    id       bigint;
    m        record;
    results  jsonb[] := '{}';
begin
    select c.status, c.code, c.body into status, code, body
    from gavel.import_check(actor, params) c;

    if code is not null then
        return;
    end if;

    select * into a from gavel.auction x
    where x.id = (params->>'auction_id')::bigint;

    if not dry then
        perform pg_advisory_xact_lock(hashtextextended('import', a.id));

        insert into gavel.import as i (auction_id, actor_id, file_name,
               encoding, bytes, lines)
        values (a.id, actor, coalesce(params->>'file_name', ''),
                params->>'encoding', (params->>'bytes')::int,
                jsonb_array_length(params->'rows'))
        returning i.id into id;
    end if;

    for m in
        with lots as materialized (
            select distinct on (l.item_id) l.item_id, l.id
            from gavel.lot l where l.auction_id = a.id
            order by l.item_id, l.status = 'withdrawn', l.number desc
        )
        select i.line, i.r || jsonb_build_object('_lot', l.id) as r, i.xkey,
               i.nkey, i.item_id, i.twice
        from gavel.import_match(a.id, params->'rows') with ordinality
             as i (line, r, xkey, nkey, item_id, twice, n)
        left join lots l on l.item_id = i.item_id
        order by i.n
    loop
        results := results || gavel.import_line(a, dry, m.line, m.r,
            m.xkey, m.nkey, m.item_id, m.twice);
    end loop;

    body := jsonb_build_object('import_id', id, 'results', to_jsonb(results));
end
$$;

-- The queue, next first, to be brought into the order of the file.
create or replace function gavel.import_queue(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select c.status, c.code, c.body into status, code, body
    from gavel.import_check(actor, params) c;

    if code is not null then
        return;
    end if;

    select jsonb_build_object('queue',
               coalesce(jsonb_agg(l.id order by l.position, l.number), '[]'))
    into body
    from gavel.lot l
    where l.auction_id = (params->>'auction_id')::bigint
      and l.status = 'queued';
end
$$;

-- What came of it: counts, and lines with errors.
create or replace function gavel.import_done(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.import x
    set added = (params->>'added')::int,
        changed = (params->>'changed')::int,
        unchanged = (params->>'unchanged')::int,
        errors = (params->>'errors')::int,
        report = params->'report',
        finished_at = now()
    where x.id = (params->>'import_id')::bigint and x.actor_id = actor;

    status := 200;
    body := '{}';
end
$$;

create or replace function gavel.import_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
    p  record := gavel.page_of(params);
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    select * into status, code from gavel.host_refusal(a, actor);

    if code is not null then
        return;
    end if;

    with hits as not materialized (
        select i.* from gavel.import i where i.auction_id = a.id
    ), shown as (
        select * from hits h
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auctions/' || a.id || '/imports',
               params - 'auction_id', (select count(*) from hits),
               array_agg(json_build_object(
                   'import_id', s.id, 'auction_id', s.auction_id,
                   'actor', gavel.person_json(s.actor_id),
                   'file_name', s.file_name, 'encoding', s.encoding,
                   'bytes', s.bytes, 'lines', s.lines, 'added', s.added,
                   'changed', s.changed, 'unchanged', s.unchanged,
                   'errors', s.errors, 'results', s.report,
                   'created_at', gavel.iso(s.created_at),
                   'finished_at', gavel.iso(s.finished_at))::text
                   order by s.id desc))
    into status, body
    from shown s;
end
$$;
