-- lines: channels with a sequence of their own, as those who bring them to
-- clients read them.  Kinds: chat (id: the auction), me (id: the user).

create or replace function gavel.lines_of(p_kind text, p_id bigint,
    p_after bigint, p_max int)
returns table (seq bigint, line text)
language plpgsql stable security definer as $$
begin
    if p_kind = 'chat' then
        return query select * from gavel.chat_lines(p_id, p_after, p_max);
    else
        return query select e.seq, e.body from gavel.me_event e
                     where e.user_id = p_id and e.seq > p_after
                     order by e.seq limit p_max;
    end if;
end
$$;

-- Of each channel a row with no text: its head, whose it is, whether anybody
-- may read it, and its slow mode; then its lines after the given places; a
-- place of -1 is so many before the head.
create or replace function gavel.lines_since(p_kind text[], p_id bigint[],
    p_after bigint[], p_max int)
returns table (kind text, id bigint, seq bigint, line text, owner bigint,
    open boolean, slow_mode int)
language sql stable security definer as $$
    with asked as materialized (
        select q.kind, q.id, q.after,
               case when q.kind = 'chat' then
                        (select c.seq from gavel.chat c
                         where c.auction_id = q.id)
                    else (select h.seq from gavel.me_head h
                          where h.user_id = q.id) end as head
        from unnest(p_kind, p_id, p_after) as q (kind, id, after)
    )
    select q.kind, q.id, coalesce(q.head, 0), null,
           case when q.kind = 'chat' then a.owner_id else q.id end,
           case when q.kind = 'chat' then gavel.auction_seen(a, null) end,
           coalesce(c.slow_mode, 0)
    from asked q
    left join gavel.auction a on q.kind = 'chat' and a.id = q.id
    left join gavel.chat c on q.kind = 'chat' and c.auction_id = q.id
    union all
    select q.kind, q.id, l.seq, l.line, null, null, null
    from asked q
    cross join lateral gavel.lines_of(q.kind, q.id,
        case when q.after < 0 then greatest(q.head - p_max, 0)
             else q.after end, p_max) l
    where q.head > q.after
$$;
