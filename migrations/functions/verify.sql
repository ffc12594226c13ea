-- verify: what gavel-verify asks, and what it writes when it is told to.
-- These functions are for gavel_operator (see grants.sql), not for the
-- server: they see what is hidden, and may replace projections.

-- Auctions that have a log, in order.
create or replace function gavel.verify_ids(p_after bigint, p_max int)
returns setof bigint
language sql stable security definer as $$
    select l.auction_id from gavel.log_head l
     where l.auction_id > p_after order by l.auction_id limit p_max
$$;

-- The place of a log, and what its auction says of itself (times in ms).
create or replace function gavel.verify_head(p_auction bigint, p_rules text)
returns table (epoch int, seq bigint, head bytea, engine_rev int,
    head_due bigint, due bigint, status text, starts_at bigint,
    ends_at bigint, started_at bigint, ended_at bigint, mode text,
    owner_id bigint, rules_same boolean)
language sql stable security definer as $$
    select l.epoch, l.seq, l.head, l.engine_rev, l.due_at,
           (select d.at from gavel.due d where d.auction_id = p_auction),
           a.status,
           round(extract(epoch from a.starts_at) * 1000)::bigint,
           round(extract(epoch from a.ends_at) * 1000)::bigint,
           round(extract(epoch from a.started_at) * 1000)::bigint,
           round(extract(epoch from a.ended_at) * 1000)::bigint,
           a.mode, a.owner_id, a.rules = p_rules::jsonb
      from gavel.log_head l
      left join gavel.auction a on a.id = l.auction_id
     where l.auction_id = p_auction
$$;

-- Nobody appends until the transaction ends.
create or replace function gavel.verify_lock(p_auction bigint)
returns boolean language plpgsql volatile security definer as $$
begin
    perform from gavel.log_head l where l.auction_id = p_auction for update;
    return found;
end
$$;

create or replace function gavel.verify_snapshots(p_auction bigint)
returns table (seq bigint, engine_rev int, state bytea, state_hash bytea)
language sql stable security definer as $$
    select s.seq, s.engine_rev, s.state, s.state_hash from gavel.snapshot s
     where s.auction_id = p_auction order by s.seq
$$;

-- A projection's rows as text, sorted by key.
create or replace function gavel.verify_rows(p_auction bigint, p_table text)
returns setof text language plpgsql stable security definer as $$
begin
    case p_table
    when 'lot' then
        return query select x::text from gavel.lot x
            where x.auction_id = p_auction order by x.id;
    when 'lot_terms' then
        return query select x::text from gavel.lot_terms x
            where x.auction_id = p_auction order by x.lot_id;
    when 'team' then
        return query select row(x.id, x.leader_id, x.budget, x.held, x.spent,
                x.roster, x.slots, x.suspended, x.gone)::text
            from gavel.team x
            where x.auction_id = p_auction and x.joined order by x.id;
    when 'bid' then
        return query select x::text from gavel.bid x
            where x.id >= p_auction << 22 and x.id < (p_auction + 1) << 22
            order by x.id;
    when 'sale' then
        return query select x::text from gavel.sale x
            where x.lot_id >= p_auction << 22
              and x.lot_id < (p_auction + 1) << 22 order by x.lot_id, x.round;
    when 'roster' then
        return query select x::text from gavel.roster x
            where x.lot_id >= p_auction << 22
              and x.lot_id < (p_auction + 1) << 22 order by x.lot_id;
    when 'ledger' then
        return query select x::text from gavel.ledger x
            where x.auction_id = p_auction order by x.seq, x.no;
    when 'auto_bid' then
        return query select x::text from gavel.auto_bid x
            where x.lot_id >= p_auction << 22
              and x.lot_id < (p_auction + 1) << 22 order by x.lot_id, x.bidder_id;
    when 'sealed_bid' then
        return query select x::text from gavel.sealed_bid x
            where x.lot_id >= p_auction << 22
              and x.lot_id < (p_auction + 1) << 22
            order by x.lot_id, x.round, x.bidder_id;
    end case;
end
$$;

-- Writes a projection anew: p_first deletes what is there, rows follow in
-- one call or several, all in the transaction that holds the lock.  p_seq is
-- the event up to which they were worked out.  Of a team everything but what
-- the log says of it stays.
create or replace function gavel.verify_rebuild(p_auction bigint,
    p_seq bigint, p_table text, p_first boolean, p_rows text[])
returns void language plpgsql volatile security definer as $$
begin
    perform from gavel.log_head l
     where l.auction_id = p_auction and l.seq = p_seq for update;

    if not found then
        raise 'the log of auction % is not at %', p_auction, p_seq;
    end if;

    case p_table
    when 'lot' then
        delete from gavel.lot where p_first and auction_id = p_auction;
        insert into gavel.lot
            select (r::gavel.lot).* from unnest(p_rows) r;
    when 'lot_terms' then
        delete from gavel.lot_terms where p_first and auction_id = p_auction;
        insert into gavel.lot_terms
            select (r::gavel.lot_terms).* from unnest(p_rows) r;
    when 'team' then
        update gavel.team set joined = false
         where p_first and auction_id = p_auction and joined;
        insert into gavel.team as t (id, auction_id, name, leader_id, budget,
               held, spent, roster, slots, suspended, gone, joined)
            overriding system value
        select x.id, p_auction, 'Team ' || x.id, x.leader_id, x.budget,
               x.held, x.spent, x.roster, x.slots, x.suspended, x.gone, true
          from unnest(p_rows) r
         cross join lateral (select (r::gavel.team_image).*) x
            on conflict (id) do update
           set leader_id = excluded.leader_id, budget = excluded.budget,
               held = excluded.held, spent = excluded.spent,
               roster = excluded.roster, slots = excluded.slots,
               suspended = excluded.suspended, gone = excluded.gone,
               joined = true
         where t.auction_id = p_auction;
    when 'bid' then
        delete from gavel.bid
         where p_first and id >= p_auction << 22
           and id < (p_auction + 1) << 22;
        insert into gavel.bid
            select (r::gavel.bid).* from unnest(p_rows) r;
    when 'sale' then
        delete from gavel.sale
         where p_first and lot_id >= p_auction << 22
           and lot_id < (p_auction + 1) << 22;
        insert into gavel.sale
            select (r::gavel.sale).* from unnest(p_rows) r;
    when 'roster' then
        delete from gavel.roster
         where p_first and lot_id >= p_auction << 22
           and lot_id < (p_auction + 1) << 22;
        insert into gavel.roster
            select (r::gavel.roster).* from unnest(p_rows) r;
    when 'ledger' then
        delete from gavel.ledger where p_first and auction_id = p_auction;
        insert into gavel.ledger
            select (r::gavel.ledger).* from unnest(p_rows) r;
    when 'auto_bid' then
        delete from gavel.auto_bid
         where p_first and lot_id >= p_auction << 22
           and lot_id < (p_auction + 1) << 22;
        insert into gavel.auto_bid
            select (r::gavel.auto_bid).* from unnest(p_rows) r;
    when 'sealed_bid' then
        delete from gavel.sealed_bid
         where p_first and lot_id >= p_auction << 22
           and lot_id < (p_auction + 1) << 22;
        insert into gavel.sealed_bid
            select (r::gavel.sealed_bid).* from unnest(p_rows) r;
    when 'auction' then
        -- status, starts_at, ends_at, started_at, ended_at, rules, due
        update gavel.auction
           set status = p_rows[1],
               starts_at = to_timestamp(p_rows[2]::bigint / 1000.0),
               ends_at = to_timestamp(p_rows[3]::bigint / 1000.0),
               started_at = to_timestamp(p_rows[4]::bigint / 1000.0),
               ended_at = to_timestamp(p_rows[5]::bigint / 1000.0),
               rules = p_rows[6]::jsonb, version = version + 1,
               updated_at = now()
         where id = p_auction;
        delete from gavel.due where auction_id = p_auction;
        insert into gavel.due (auction_id, at)
            select p_auction, p_rows[7]::bigint
             where p_rows[7] is not null;
        update gavel.log_head set due_at = p_rows[7]::bigint
         where auction_id = p_auction;
    when 'snapshot' then
        -- what is not the log's state helps nobody
        delete from gavel.snapshot where auction_id = p_auction;
    end case;
end
$$;

-- A log from a file comes into an auction of its number that has none.  Who
-- owned it is made as an account that nobody can log in to, if there is none.
create or replace function gavel.verify_load_open(p_auction bigint,
    p_owner bigint, p_mode text)
returns void language plpgsql volatile security definer as $$
begin
    if exists (select from gavel.log_head where auction_id = p_auction)
       or exists (select from gavel.event where auction_id = p_auction)
    then
        raise 'auction % has a log already', p_auction;
    end if;

    if exists (select from gavel.auction where id = p_auction
                  and (owner_id <> p_owner or mode <> p_mode))
    then
        raise 'auction % is another one', p_auction;
    end if;

    insert into gavel.account (id, display_name, status)
        overriding system value
    values (p_owner, 'User ' || p_owner, 'erased')
        on conflict (id) do nothing;

    insert into gavel.auction (id, owner_id, mode, title)
        overriding system value
    values (p_auction, p_owner, p_mode, 'Auction ' || p_auction)
        on conflict (id) do nothing;

    perform setval(pg_get_serial_sequence('gavel.account', 'id'),
                   greatest((select max(id) from gavel.account), 1)),
            setval(pg_get_serial_sequence('gavel.auction', 'id'),
                   greatest((select max(id) from gavel.auction), 1));

    insert into gavel.log_head (auction_id) values (p_auction);
end
$$;

create or replace function gavel.verify_load_events(p_auction bigint,
    p_seq bigint[], p_epoch int[], p_type smallint[], p_ts bigint[],
    p_actor bigint[], p_request text[], p_public text[], p_private text[],
    p_nonce text[], p_hash text[])
returns void language sql volatile security definer as $$
    insert into gavel.event (auction_id, seq, epoch, type, ts, actor_id,
           request_id, public, private, nonce, hash)
    select p_auction, seq, epoch, type, ts, actor, request, public, private,
           decode(nonce, 'hex'), decode(hash, 'hex')
      from unnest(p_seq, p_epoch, p_type, p_ts, p_actor, p_request, p_public,
                  p_private, p_nonce, p_hash)
           as e (seq, epoch, type, ts, actor, request, public, private,
                 nonce, hash)
$$;

create or replace function gavel.verify_load_close(p_auction bigint,
    p_epoch int, p_seq bigint, p_head text, p_rev int)
returns void language plpgsql volatile security definer as $$
begin
    update gavel.log_head
       set epoch = p_epoch, seq = p_seq, head = decode(p_head, 'hex'),
           engine_rev = p_rev
     where auction_id = p_auction and seq = 0;

    perform setval(pg_get_serial_sequence('gavel.team', 'id'),
                   greatest((select max(id) from gavel.team), 1));
end
$$;
