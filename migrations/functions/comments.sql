-- comments: what people write in an auction's chat.  Lines and deletions
-- share one sequence; nothing is ever taken out of it.

-- A line as everybody sees it, one JSON text.
create or replace function gavel.comment_line(c gavel.comment, name text)
returns text language sql stable parallel safe as $$
    select case when c.deleted_seq is not null then
               concat('{"type":"chat.message","seq":', c.seq, ',"id":', c.id,
                      ',"auction_id":', c.auction_id, ',"deleted":true}')
           else
               concat('{"type":"chat.message","seq":', c.seq, ',"id":', c.id,
                      ',"auction_id":', c.auction_id, ',"user_id":',
                      c.user_id, ',"user":{"id":', c.user_id,
                      ',"display_name":', gavel.json_text(name),
                      '},"comment":', gavel.json_text(c.body),
                      ',"created_at":', gavel.json_time(c.created_at), '}')
           end
$$;

create or replace function gavel.comment_gone(c gavel.comment)
returns text language sql stable parallel safe as $$
    select concat('{"type":"chat.deleted","seq":', c.deleted_seq, ',"id":',
                  c.id, ',"auction_id":', c.auction_id, ',"of":', c.seq,
                  ',"deleted_at":', gavel.json_time(c.deleted_at), '}')
$$;

-- The host, admins, and whom the host has named.
create or replace function gavel.chat_moderator(a gavel.auction, actor bigint)
returns boolean language sql stable security definer as $$
    select gavel.auction_host(a, actor)
           or exists (select from gavel.moderator m
                      where m.auction_id = a.id and m.user_id = actor)
$$;

-- Lines of several chats and people at once.  Each is judged by itself; those
-- that stand get the next places of their chat.  A request id that is known
-- gets its first answer.
create or replace function gavel.chat_write(p_auction bigint[],
    p_user bigint[], p_body text[], p_request text[])
returns table (n int, code text, retry_ms bigint, auction_id bigint,
    seq bigint, line text, fresh boolean)
language plpgsql volatile security definer as $$
#variable_conflict use_column
declare
    moment  timestamptz;
begin
    insert into gavel.chat (auction_id)
    select a.id from gavel.auction a
    where a.id = any (p_auction)
      and not exists (select from gavel.chat c where c.auction_id = a.id)
    order by a.id
        on conflict do nothing;

    perform from gavel.chat c where c.auction_id = any (p_auction)
    order by c.auction_id for update;

    moment := clock_timestamp();

    return query
    with wanted as (
        select i::int as n, auction, person, body,
               nullif(request, '') as request
        from unnest(p_auction, p_user, p_body, p_request) with ordinality
             as l (auction, person, body, request, i)
    ), judged as materialized (
        select w.*, p.display_name as name, c.seq as head, k.id as known,
               case when a.id is null or c.auction_id is null
                         or not gavel.auction_seen(a, w.person)
                    then 'not_found'
                    when p.id is null then 'not_authenticated'
                    when k.body <> w.body then 'request_id_reused'
                    when k.id is not null then null
                    when w.request is not null
                         and row_number() over (partition by w.auction,
                                 w.person, w.request order by w.n) > 1
                    then 'busy'
                    when m.user_id is not null then 'muted'
                    when c.slow_mode > 0
                         and (o.at > moment - make_interval(
                                                  secs => c.slow_mode)
                              or row_number() over (partition by w.auction,
                                     w.person order by w.n) > 1)
                         and not gavel.chat_moderator(a, w.person)
                    then 'slow_mode'
               end as code,
               case when m.user_id is not null then m.until
                    else coalesce(o.at, moment)
                         + make_interval(secs => c.slow_mode) end as again
        from wanted w
        left join gavel.auction a on a.id = w.auction
        left join gavel.chat c on c.auction_id = w.auction
        left join gavel.account p on p.id = w.person
        left join gavel.mute m on m.auction_id = w.auction
             and m.user_id = w.person
             and (m.until is null or m.until > moment)
        left join gavel.comment k on k.auction_id = w.auction
             and k.user_id = w.person and k.request_id = w.request
        left join lateral (
             select x.created_at as at from gavel.comment x
             where c.slow_mode > 0 and x.auction_id = w.auction
               and x.user_id = w.person
             order by x.seq desc limit 1) o on true
    ), stands as (
        select j.*, j.head + row_number() over (partition by j.auction
                                                order by j.n) as place
        from judged j where j.code is null and j.known is null
    ), written as (
        insert into gavel.comment (auction_id, seq, user_id, body, request_id,
               created_at)
        select auction, place, person, body, request, moment
        from stands order by auction, place
        returning *
    ), moved as (
        update gavel.chat c set seq = t.top
        from (select auction, max(place) as top from stands group by auction) t
        where c.auction_id = t.auction
    )
    select j.n, j.code,
           case when j.code in ('muted', 'slow_mode')
                then greatest(ceil(extract(epoch from j.again - moment)
                                   * 1000), 1)::bigint end,
           j.auction, coalesce(w.seq, k.seq),
           case when w.id is not null then gavel.comment_line(w, j.name)
                when k.id is not null then gavel.comment_line(k, j.name) end,
           w.id is not null
    from judged j
    left join stands s on s.n = j.n
    left join written w on w.auction_id = s.auction and w.seq = s.place
    left join gavel.comment k on k.id = j.known
    order by j.auction, w.seq nulls last, j.n;
end
$$;

-- The chat's lines after a place, in order.
create or replace function gavel.chat_lines(p_auction bigint, p_after bigint,
    p_max int)
returns table (seq bigint, line text)
language sql stable security definer as $$
    select x.seq, x.line
    from ((select c.seq, gavel.comment_line(c, p.display_name) as line
           from gavel.comment c join gavel.account p on p.id = c.user_id
           where c.auction_id = p_auction and c.seq > p_after
           order by c.seq limit p_max)
          union all
          (select c.deleted_seq, gavel.comment_gone(c)
           from gavel.comment c
           where c.auction_id = p_auction and c.deleted_seq > p_after
           order by c.deleted_seq limit p_max)) x
    order by x.seq
    limit p_max
$$;

create or replace function gavel.comment_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    p        record := gavel.page_of(params);
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    with hits as not materialized (
        select c.seq as id, c
        from gavel.comment c
        where c.auction_id = auction
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auctions/' || auction || '/comments',
               params - 'auction_id',
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.comment_line(s.c, a.display_name)
                         order by s.id),
               min(s.id))
    into status, body
    from shown s join gavel.account a on a.id = (s.c).user_id;
end
$$;

-- By its writer or a moderator.  The row stays.
create or replace function gavel.comment_delete(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    c  gavel.comment;
    a  gavel.auction;
begin
    select * into c from gavel.comment x
    where x.id = (params->>'comment_id')::bigint;

    select * into a from gavel.auction_for(actor, c.auction_id);

    if a.id is null or c.deleted_seq is not null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if c.user_id <> actor and not gavel.chat_moderator(a, actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    update gavel.chat h set seq = h.seq + 1 where h.auction_id = a.id
    returning h.seq into c.deleted_seq;

    update gavel.comment x
    set deleted_seq = c.deleted_seq, deleted_by = actor,
        deleted_at = clock_timestamp()
    where x.id = c.id and x.deleted_seq is null
    returning * into c;

    -- somebody else was faster: the place in the sequence must not be lost

    if not found then
        update gavel.chat h set seq = h.seq - 1 where h.auction_id = a.id;
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := gavel.comment_gone(c);
end
$$;


-- --- who keeps order ---

-- The auction, if the actor may moderate its chat, or why not.
create or replace function gavel.chat_guard(actor bigint, params jsonb,
    host boolean, out a gavel.auction, out status int, out code text)
language plpgsql stable security definer as $$
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';

    elsif not (case when host then gavel.auction_host(a, actor)
                    else gavel.chat_moderator(a, actor) end)
    then
        status := 403;
        code := 'not_authorized';
    end if;
end
$$;

create or replace function gavel.chat_get(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    select jsonb_build_object('auction_id', a.id, 'seq', coalesce(c.seq, 0),
                              'slow_mode', coalesce(c.slow_mode, 0),
                              'moderator', gavel.chat_moderator(a, actor),
                              'muted', m.user_id is not null,
                              'muted_until', gavel.iso(m.until))
    into body
    from (select 1) one
    left join gavel.chat c on c.auction_id = a.id
    left join gavel.mute m on m.auction_id = a.id and m.user_id = actor
         and (m.until is null or m.until > now());
end
$$;

create or replace function gavel.chat_update(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    g  record;
begin
    select * into g from gavel.chat_guard(actor, params, false);

    if g.code is not null then
        status := g.status;
        code := g.code;
        return;
    end if;

    insert into gavel.chat as c (auction_id, slow_mode)
    values ((params->>'auction_id')::bigint, (params->>'slow_mode')::int)
        on conflict (auction_id) do update set slow_mode = excluded.slow_mode;

    select * into status, code, body, etag
    from gavel.chat_get(actor, params);
end
$$;

create or replace function gavel.mute_json(m gavel.mute)
returns json language sql stable security definer as $$
    select json_build_object('user', gavel.person_json(m.user_id),
               'muted_by', m.muted_by, 'reason', m.reason,
               'until', gavel.iso(m.until),
               'created_at', gavel.iso(m.created_at))
$$;

create or replace function gavel.mute_create(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    g        record;
    m        gavel.mute;
    whom     bigint := (params->>'user_id')::bigint;
begin
    select * into g from gavel.chat_guard(actor, params, false);

    if g.code is not null then
        status := g.status;
        code := g.code;
        return;
    end if;

    if not exists (select from gavel.account p where p.id = whom) then
        status := 404;
        code := 'not_found';
        return;
    end if;

    -- nobody silences the host, and a moderator no other moderator

    if gavel.auction_host(g.a, whom)
       or (gavel.chat_moderator(g.a, whom)
           and not gavel.auction_host(g.a, actor))
    then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    insert into gavel.mute (auction_id, user_id, muted_by, reason, until)
    values ((g.a).id, whom, actor, coalesce(params->>'reason', ''),
            clock_timestamp()
            + make_interval(secs => (params->>'seconds')::int))
        on conflict (auction_id, user_id) do update
    set muted_by = excluded.muted_by, reason = excluded.reason,
        until = excluded.until, created_at = now()
    returning * into m;

    status := 201;
    body := gavel.mute_json(m);
end
$$;

create or replace function gavel.mute_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    g  record;
begin
    select * into g from gavel.chat_guard(actor, params, false);

    status := coalesce(g.status, 200);
    code := g.code;

    if g.code is null then
        select json_build_object('results', coalesce(json_agg(
                   gavel.mute_json(m) order by m.created_at desc), '[]'))
        into body
        from (select * from gavel.mute x
              where x.auction_id = (g.a).id
                and (x.until is null or x.until > now())
              order by x.created_at desc limit 1000) m;
    end if;
end
$$;

create or replace function gavel.mute_delete(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    g  record;
begin
    select * into g from gavel.chat_guard(actor, params, false);

    status := coalesce(g.status, 204);
    code := g.code;

    if g.code is null then
        delete from gavel.mute m
        where m.auction_id = (g.a).id
          and m.user_id = (params->>'user_id')::bigint;

        if not found then
            status := 404;
            code := 'not_found';
        end if;
    end if;
end
$$;

create or replace function gavel.moderator_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    g  record;
begin
    select * into g from gavel.chat_guard(actor, params, false);

    status := coalesce(g.status, 200);
    code := g.code;

    if g.code is null then
        select json_build_object('results', coalesce(json_agg(
                   json_build_object('user', gavel.person_json(m.user_id),
                       'granted_by', m.granted_by,
                       'created_at', gavel.iso(m.created_at))
                   order by m.created_at), '[]'))
        into body
        from gavel.moderator m where m.auction_id = (g.a).id;
    end if;
end
$$;

create or replace function gavel.moderator_add(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    g     record;
    whom  bigint := (params->>'user_id')::bigint;
begin
    select * into g from gavel.chat_guard(actor, params, true);

    status := coalesce(g.status, 201);
    code := g.code;

    if g.code is not null then
        return;
    end if;

    if not exists (select from gavel.account p where p.id = whom) then
        status := 404;
        code := 'not_found';
        return;
    end if;

    if (select count(*) from gavel.moderator m
        where m.auction_id = (g.a).id) >= 100
    then
        status := 409;
        code := 'limit_reached';
        return;
    end if;

    insert into gavel.moderator (auction_id, user_id, granted_by)
    values ((g.a).id, whom, actor)
        on conflict do nothing;

    body := json_build_object('auction_id', (g.a).id,
                              'user', gavel.person_json(whom));
end
$$;

create or replace function gavel.moderator_remove(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    g  record;
begin
    select * into g from gavel.chat_guard(actor, params, true);

    status := coalesce(g.status, 204);
    code := g.code;

    if g.code is null then
        delete from gavel.moderator m
        where m.auction_id = (g.a).id
          and m.user_id = (params->>'user_id')::bigint;

        if not found then
            status := 404;
            code := 'not_found';
        end if;
    end if;
end
$$;
