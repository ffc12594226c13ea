-- auction_base: who may see an auction, who conducts it, and its JSON.

create or replace function gavel.is_staff(actor bigint)
returns boolean language sql stable security definer as $$
    select exists (select from gavel.account a
                   where a.id = actor and a.roles & 12 <> 0
                     and not gavel.account_blocked(a))
$$;

-- Drafts are their owner's and staff's to see, and so is what was hidden or
-- put away.
create or replace function gavel.auction_seen(a gavel.auction, actor bigint)
returns boolean language sql stable security definer as $$
    select case when a.id is null or a.status = 'new' then false
                when a.hidden or a.archived_at is not null
                     or a.status = 'draft'
                then coalesce(a.owner_id = actor, false)
                     or gavel.is_staff(actor)
                else true
           end
$$;

create or replace function gavel.auction_host(a gavel.auction, actor bigint)
returns boolean language sql stable security definer as $$
    select coalesce(a.owner_id = actor, false) or gavel.is_admin(actor)
$$;

-- The auction, or a row of nulls if it is not there for this viewer.
create or replace function gavel.auction_for(actor bigint, p_id bigint)
returns gavel.auction language sql stable security definer as $$
    select a.* from gavel.auction a
    where a.id = p_id and gavel.auction_seen(a, actor)
$$;

-- Why this auction, as auction_for gave it, is not his to change; nulls: it
-- is.
create or replace function gavel.host_refusal(a gavel.auction, actor bigint,
    out status int, out code text)
language plpgsql stable security definer as $$
begin
    if a.id is null then
        status := 404;
        code := 'not_found';

    elsif not gavel.auction_host(a, actor) then
        status := 403;
        code := 'not_authorized';
    end if;
end
$$;

-- What the log made of this request, at the first time.
create or replace function gavel.event_of(actor bigint, params jsonb,
    p_auction bigint)
returns gavel.event language sql stable security definer as $$
    select e.* from gavel.event e
    where e.auction_id = p_auction and e.actor_id = actor
      and e.request_id = params->>'_request_id'
$$;

-- What changes seldom, as it stands ready in the row, with so many characters
-- of the description.
create or replace function gavel.auction_card(a gavel.auction, chars int)
returns text language sql stable security definer as $$
    select json_build_object(
               'id', a.id, 'owner_id', a.owner_id, 'mode', a.mode,
               'title', a.title, 'description', left(a.description, chars),
               'category_id', a.category_id, 'category', c.slug,
               'image_url', coalesce(nullif(a.image_url, ''), a.images->>0),
               'created_at', gavel.iso(a.created_at))::text
    from (select 1) one
    left join gavel.category c on c.id = a.category_id
$$;

-- The next three are expressions with a name: not being security definer, and
-- stable as to_char is, they melt into the queries that use them.
create or replace function gavel.json_time(t timestamptz)
returns text language sql stable parallel safe as $$
    select coalesce(to_char(t at time zone 'UTC',
                            '"\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\""'), 'null')
$$;

create or replace function gavel.json_text(t text)
returns text language sql stable parallel safe as $$
    select coalesce(to_json(t)::text, 'null')
$$;

-- The card and what changes, without the last brace.
create or replace function gavel.auction_open(a gavel.auction, lots int)
returns text language sql stable parallel safe as $$
    select concat(left(a.card, -1),
               ',"status":"', case when a.archived_at is not null
                                   then 'archived' else a.status end,
               '","starts_at":', gavel.json_time(a.starts_at),
               ',"ends_at":', gavel.json_time(a.ends_at),
               ',"started_at":', gavel.json_time(a.started_at),
               ',"ended_at":', gavel.json_time(a.ended_at),
               ',"currency":', gavel.json_text(a.rules->>'currency'),
               ',"lot_count":', lots)
$$;

-- Nothing of a rehearsal is real: who looks back at his bids and points finds
-- it only when he asks for that auction.
create or replace function gavel.is_rehearsal(p_auction bigint)
returns boolean language sql stable security definer as $$
    select coalesce((a.rules->>'rehearsal')::boolean, false)
    from gavel.auction a where a.id = p_auction
$$;

-- ENGINE_BOT and above, of the engine: bidders of a rehearsal.
create or replace function gavel.is_bot(p_person bigint)
returns boolean language sql immutable parallel safe as $$
    select p_person >= 9007199254740983
$$;

-- Lots are numbered as they are queued.
create or replace function gavel.lot_count(p_auction bigint)
returns int language sql stable security definer as $$
    select coalesce(max(l.number), 0) from gavel.lot l
    where l.auction_id = p_auction
$$;

create or replace function gavel.person_json(p_id bigint)
returns json language sql stable security definer as $$
    select json_build_object('id', p.id, 'display_name', p.display_name)
    from gavel.account p where p.id = p_id
$$;

-- What a lot is offered at; the reserve itself only for who hosts.
create or replace function gavel.terms_json(p_lot bigint, p_host boolean)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'buy_now', nullif(t.buy_now, 0),
               'ceiling', nullif(t.ceiling, 0),
               'quantity', greatest(t.quantity, 1), 'units', t.units,
               'pot', t.pot, 'role', nullif(t.role, ''),
               'has_reserve', t.reserve > 0)
           || case when p_host and t.reserve > 0
                   then jsonb_build_object('reserve', t.reserve)
                   else '{}' end
    from gavel.lot_terms t where t.lot_id = p_lot
$$;

create or replace function gavel.lot_json(l gavel.lot, i gavel.item,
    p_host boolean)
returns json language sql stable security definer as $$
    select (gavel.lot_json(l, i)::jsonb
            || coalesce(gavel.terms_json(l.id, p_host), '{}')
            || coalesce((select jsonb_build_object('reserve_met',
                                    l.price >= t.reserve)
                           from gavel.lot_terms t
                          where t.lot_id = l.id and t.reserve > 0), '{}')
           )::json
$$;

create or replace function gavel.lot_json(l gavel.lot, i gavel.item)
returns json language sql stable security definer as $$
    select json_build_object(
               'id', l.id, 'lot_id', l.id, 'auction_id', l.auction_id,
               'item_id', l.item_id, 'number', l.number,
               'position', l.position, 'status', l.status,
               'round', l.round, 'base_price', l.base_price,
               'price', l.price, 'leader_id', l.leader_id,
               'leader_team_id', l.leader_team, 'bid_id', l.leader_bid,
               'bid_count', l.bid_count,
               'opened_at', gavel.iso_ms(l.opened_at),
               'ends_at', gavel.iso_ms(l.ends_at),
               'title', i.title, 'description', i.description,
               'kind', i.kind, 'image_url', nullif(i.image_url, ''),
               'attributes', i.attributes)
$$;

create or replace function gavel.team_json(t gavel.team)
returns json language sql stable security definer as $$
    select json_build_object(
               'id', t.id, 'team_id', t.id, 'auction_id', t.auction_id,
               'name', t.name, 'color', nullif(t.color, ''),
               'logo_url', nullif(t.logo_url, ''),
               'leader_id', t.leader_id,
               'leader', gavel.person_json(t.leader_id),
               'budget', t.budget, 'held', t.held, 'spent', t.spent,
               'available', t.budget - t.held - t.spent,
               'roster_count', t.roster, 'slots', t.slots,
               'suspended', t.suspended, 'gone', t.gone,
               'roster', (
                   select coalesce(json_agg(json_build_object(
                              'lot_id', r.lot_id, 'item_id', l.item_id,
                              'title', i.title, 'image_url', i.image_url,
                              'price', r.price, 'via', r.via)
                              order by r.lot_id), '[]')
                   from gavel.roster r
                   join gavel.lot l on l.id = r.lot_id
                   left join gavel.item i on i.id = l.item_id
                   where r.team_id = t.id))
$$;

-- how_t of the engine, as far as bids have it.
create or replace function gavel.bid_kind(k smallint)
returns text language sql immutable parallel safe as $$
    select case k when 7 then 'max' when 8 then 'buy_now'
                  when 9 then 'behalf' when 10 then 'sealed'
                  when 11 then 'bot' else 'manual' end
$$;

-- What became of a bid.
create or replace function gavel.bid_state(b gavel.bid, l gavel.lot)
returns text language sql stable parallel safe as $$
    select case when b.voided then 'voided'
                when l.leader_bid = b.id and b.round = l.round
                     and l.status in ('open', 'frozen') then 'leading'
                when l.leader_bid = b.id and l.status = 'sold' then 'won'
                when l.status in ('open', 'frozen') and b.round = l.round
                then 'outbid'
                else 'lost'
           end
$$;

create or replace function gavel.bid_json(b gavel.bid, l gavel.lot)
returns json language sql stable security definer as $$
    select json_build_object(
               'id', b.id, 'auction_id', b.auction_id, 'lot_id', b.lot_id,
               'round', b.round, 'bidder', gavel.person_json(b.bidder_id),
               'team_id', b.team_id, 'amount', b.amount,
               'kind', gavel.bid_kind(b.kind),
               'state', gavel.bid_state(b, l),
               'created_at', gavel.iso_ms(b.at))
$$;
