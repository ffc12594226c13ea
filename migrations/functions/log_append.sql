-- append: the only writer of the log.
--
-- A compare-and-set on (seq, head, epoch) of one auction: writes the events
-- and what C computed from them, or says why not.  No arithmetic, no rules;
-- plain assignments from typed arrays.  The row of the auction is never
-- waited for.  Events come as columns; texts that cannot hold a line break
-- are joined by one, hashes are laid end to end.
--
-- The last row is the answer:
--   ok         written (or, without events, still current)
--   stale      the log has gone on; the missed events follow
--   diverged   the caller's state is not of this log
--   early      the primary's clock is not at p_not_before yet
--   busy       somebody else is writing
--   reserved   kept for another worker; the missed events follow
--   duplicate  a request id among the events is known already
--   newer      a newer engine has written here
-- `event` rows are missed events, `known` rows the first events of request
-- ids that are in the log.

-- An event as the log hands it out; the answer of an append has one too.
create or replace function gavel.log_events(p_auction bigint, p_after bigint,
    p_max int)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language sql stable security definer
set enable_seqscan = off set enable_bitmapscan = off
as $$
    select 'event', e.seq, e.epoch, e.ts, e.type::int, e.actor_id,
           e.request_id, e.body_hash, e.public, e.private, e.nonce, e.hash
      from gavel.event e
     where e.auction_id = p_auction and e.seq > p_after
     order by e.seq
     limit p_max
$$;


-- What is rare in a batch: see auction/more.c.  A sale that is taken back
-- leaves the projection; the log keeps it.
create or replace function gavel.append_more(p_auction bigint, p_more jsonb)
returns void language plpgsql volatile security definer as $$
begin
    delete from gavel.sale s
     using jsonb_to_recordset(p_more->'unsold') as u (lot_id bigint, round int)
     where s.lot_id = u.lot_id and s.round = u.round;

    delete from gavel.roster r
     using jsonb_to_recordset(p_more->'unsold') as u (lot_id bigint)
     where r.lot_id = u.lot_id;

    insert into gavel.lot_terms as t (lot_id, auction_id, reserve, buy_now,
           ceiling, quantity, units, pot, role)
    select distinct on (x.lot_id) x.lot_id, p_auction, x.reserve, x.buy_now,
           x.ceiling, x.quantity, x.units, x.pot, x.role
      from jsonb_to_recordset(p_more->'terms')
           as x (lot_id bigint, reserve bigint, buy_now bigint,
                 ceiling bigint, quantity int, units int, pot int, role text)
        on conflict (lot_id) do update
       set reserve = excluded.reserve, buy_now = excluded.buy_now,
           ceiling = excluded.ceiling, quantity = excluded.quantity,
           units = excluded.units, pot = excluded.pot, role = excluded.role;

    -- The last word of a batch about a maximum counts, under the id of the
    -- first, as if each came alone.
    insert into gavel.auto_bid as a (id, auction_id, lot_id, bidder_id,
           team_id, max_amount, cancelled, ts)
    select distinct on (x.lot_id, x.bidder_id)
           first_value(x.id) over (partition by x.lot_id, x.bidder_id
                                   order by x.seq, x.ts, x.id),
           p_auction, x.lot_id, x.bidder_id, nullif(x.team_id, 0),
           x.max_amount,
           exists (select from jsonb_to_recordset(p_more->'auto_off')
                          as o (seq bigint, lot_id bigint, bidder_id bigint)
                    where o.lot_id = x.lot_id and o.bidder_id = x.bidder_id
                      and o.seq > x.seq),
           x.ts
      from jsonb_to_recordset(p_more->'auto')
           as x (seq bigint, id bigint, lot_id bigint, bidder_id bigint,
                 team_id bigint, max_amount bigint, ts bigint)
     order by x.lot_id, x.bidder_id, x.seq desc, x.ts desc, x.id desc
        on conflict (lot_id, bidder_id) do update
       set team_id = excluded.team_id, max_amount = excluded.max_amount,
           cancelled = excluded.cancelled, ts = excluded.ts;

    update gavel.auto_bid a
       set cancelled = true
      from jsonb_to_recordset(p_more->'auto_off')
           as x (lot_id bigint, bidder_id bigint)
     where a.lot_id = x.lot_id and a.bidder_id = x.bidder_id
       and not exists (select from jsonb_to_recordset(p_more->'auto')
                              as n (lot_id bigint, bidder_id bigint)
                        where n.lot_id = x.lot_id
                          and n.bidder_id = x.bidder_id);

    insert into gavel.sealed_bid as b (lot_id, round, bidder_id, auction_id,
           team_id, amount, ts)
    select distinct on (x.lot_id, x.round, x.bidder_id) x.lot_id, x.round,
           x.bidder_id, p_auction, nullif(x.team_id, 0), x.amount, x.ts
      from rows from (jsonb_to_recordset(p_more->'sealed')
                      as (lot_id bigint, round int, bidder_id bigint,
                          team_id bigint, amount bigint, ts bigint))
           with ordinality
           as x (lot_id, round, bidder_id, team_id, amount, ts, n)
     order by x.lot_id, x.round, x.bidder_id, x.n desc
        on conflict (lot_id, round, bidder_id) do update
       set team_id = excluded.team_id, amount = excluded.amount,
           ts = excluded.ts;
end
$$;


create or replace function gavel.append(
    p_auction     bigint,
    p_epoch       int,
    p_seq         bigint,
    p_head        bytea,
    p_engine_rev  int,
    p_by          text,
    p_reserve     boolean,
    p_not_before  bigint,
    -- request ids of refusals, to look for
    p_old_actor   bigint[],
    p_old_id      text[],
    -- events, whose request ids must be new; e_private and e_nonce are empty
    -- if nothing is private
    e_epoch       int,
    e_type        smallint[],
    e_ts          bigint[],
    e_actor       bigint[],
    e_request     text[],
    e_body        bytea,
    e_public      text,
    e_private     text,
    e_nonce       bytea,
    e_hash        bytea,
    -- bids; b_team is empty if all are persons'
    b_seq         bigint[],
    b_lot         bigint[],
    b_round       int[],
    b_bidder      bigint[],
    b_team        bigint[],
    b_amount      bigint[],
    b_origin      smallint[],
    b_at          bigint[],
    b_voided      bigint[],
    -- rows as they are now
    p_lots        gavel.lot[],
    p_teams       gavel.team_image[],
    p_sales       gavel.sale[],
    p_rosters     gavel.roster[],
    -- the auction, when it changed
    a_status      text,
    a_starts_at   bigint,
    a_ends_at     bigint,
    a_started_at  bigint,
    a_ended_at    bigint,
    a_rules       text,
    p_due         bigint,
    p_outbox      bigint[],
    -- kinds of the bids above, points that moved, and what is rare (as JSON)
    b_kind        smallint[],
    p_ledger      gavel.ledger[],
    p_more        text)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language plpgsql volatile security definer
set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    h    gavel.log_head;
    n    int := coalesce(cardinality(e_type), 0);
    ms   bigint := floor(extract(epoch from clock_timestamp()) * 1000);
    ans  text := 'ok';
begin
    select * into h from gavel.log_head l
     where l.auction_id = p_auction for update skip locked;

    if not found then
        if p_seq > 0
           or exists (select from gavel.log_head l
                       where l.auction_id = p_auction)
        then
            kind := 'busy';
            return next;
            return;
        end if;

        insert into gavel.log_head (auction_id) values (p_auction)
            on conflict do nothing;
        select * into h from gavel.log_head l
         where l.auction_id = p_auction for update skip locked;

        if not found then
            kind := 'busy';
            return next;
            return;
        end if;
    end if;

    if h.engine_rev > p_engine_rev then
        ans := 'newer';

    elsif p_seq > h.seq or p_epoch > h.epoch
          or (p_seq = h.seq and p_head is distinct from h.head)
    then
        ans := 'diverged';

    elsif p_seq < h.seq then
        ans := 'stale';
    end if;

    if h.reserved_until > clock_timestamp() and h.reserved_by <> p_by then
        if ans in ('ok', 'stale') and n > 0 then
            ans := 'reserved';
        end if;

    elsif ans = 'stale' and p_reserve then
        update gavel.log_head l
           set reserved_by = p_by,
               reserved_until = clock_timestamp() + interval '20 ms'
         where l.auction_id = p_auction;
    end if;

    if ans = 'ok' and p_not_before > ms then
        ans := 'early';
    end if;

    if ans = 'ok' and p_old_actor <> '{}' then
        return query
            select 'known', e.seq, e.epoch, e.ts, e.type::int, e.actor_id,
                   e.request_id, e.body_hash, e.public, e.private, e.nonce,
                   e.hash
              from unnest(p_old_actor, p_old_id) r (actor, id)
             cross join lateral (
                   select * from gavel.event e
                    where e.auction_id = p_auction and e.actor_id = r.actor
                      and e.request_id = r.id
                    limit 1) e;
    end if;

    if ans in ('stale', 'reserved') then
        return query select * from gavel.log_events(p_auction, p_seq, 501);
    end if;

    if ans <> 'ok' or n = 0 then
        kind := ans;
        seq := h.seq;
        epoch := h.epoch;
        ts := ms;
        hash := h.head;
        return next;
        return;
    end if;

    -- The unique index of request ids is asked by the insert itself.  Who
    -- repeats one is told its first event, and nothing was written.

    begin
        insert into gavel.event (auction_id, seq, epoch, type, ts, actor_id,
               request_id, body_hash, public, private, nonce, hash)
        select p_auction, p_seq + i, e_epoch, type, ts, nullif(actor, 0),
               request,
               case when request is not null
                    then substr(e_body, i::int * 32 - 31, 32) end,
               public, nullif(private, ''),
               case when private <> ''
                    then substr(e_nonce, i::int * 16 - 15, 16) end,
               substr(e_hash, i::int * 32 - 31, 32)
          from unnest(e_type, e_ts, e_actor, e_request,
                      string_to_array(e_public, E'\n'),
                      string_to_array(e_private, E'\n'))
               with ordinality
               as e (type, ts, actor, request, public, private, i);

    exception when unique_violation then
        return query
            select 'known', e.seq, e.epoch, e.ts, e.type::int, e.actor_id,
                   e.request_id, e.body_hash, e.public, e.private, e.nonce,
                   e.hash
              from unnest(e_actor, e_request) r (actor, id)
             cross join lateral (
                   select * from gavel.event e
                    where e.auction_id = p_auction and e.actor_id = r.actor
                      and e.request_id = r.id
                    limit 1) e;

        if not found then
            raise;
        end if;

        kind := 'duplicate';
        seq := h.seq;
        epoch := h.epoch;
        ts := ms;
        hash := h.head;
        return next;
        return;
    end;

    if b_seq <> '{}' then
        insert into gavel.bid (id, auction_id, lot_id, round, bidder_id,
               team_id, amount, origin, at, kind)
        select (p_auction << 22) | s, p_auction, lot, round, bidder,
               nullif(team, 0), amount, origin, at, kind
          from unnest(b_seq, b_lot, b_round, b_bidder, b_team, b_amount,
                      b_origin, b_at, b_kind)
               as b (s, lot, round, bidder, team, amount, origin, at, kind);
    end if;

    if b_voided <> '{}' then
        update gavel.bid b set voided = true where b.id = any (b_voided);
    end if;

    if p_lots <> '{}' then
        insert into gavel.lot as l select * from unnest(p_lots)
            on conflict (id) do update
           set position = excluded.position, status = excluded.status,
               round = excluded.round, base_price = excluded.base_price,
               price = excluded.price, leader_id = excluded.leader_id,
               leader_team = excluded.leader_team,
               leader_bid = excluded.leader_bid,
               bid_count = excluded.bid_count,
               opened_at = excluded.opened_at, ends_at = excluded.ends_at;
    end if;

    if p_teams <> '{}' then
        update gavel.team t
           set leader_id = i.leader_id, budget = i.budget, held = i.held,
               spent = i.spent, roster = i.roster, slots = i.slots,
               suspended = i.suspended, gone = i.gone, joined = true
          from unnest(p_teams) i
         where t.id = i.id and t.auction_id = p_auction;
    end if;

    if p_more is not null then
        perform gavel.append_more(p_auction, p_more::jsonb);
    end if;

    if p_sales <> '{}' then
        insert into gavel.sale select * from unnest(p_sales);
    end if;

    if p_rosters <> '{}' then
        insert into gavel.roster select * from unnest(p_rosters);
    end if;

    if p_ledger <> '{}' then
        insert into gavel.ledger select * from unnest(p_ledger);
    end if;

    if a_status is not null then
        update gavel.auction a
           set status = a_status,
               -- what never was published stays its owner's
               hidden = a.hidden
                        or (a_status = 'cancelled' and a.status = 'draft'),
               starts_at = to_timestamp(a_starts_at / 1000.0),
               ends_at = to_timestamp(a_ends_at / 1000.0),
               started_at = to_timestamp(a_started_at / 1000.0),
               ended_at = to_timestamp(a_ended_at / 1000.0),
               rules = coalesce(a_rules::jsonb, rules),
               version = version + 1,
               updated_at = now()
         where a.id = p_auction;
    end if;

    if p_due < coalesce(h.due_at, p_due + 1) then
        insert into gavel.due (auction_id, at) values (p_auction, p_due)
            on conflict (auction_id) do update set at = excluded.at;
        h.due_at := p_due;
    end if;

    -- one row a batch: somebody may have been outbid, or have won (p_outbox)
    if b_seq <> '{}' or p_outbox <> '{}' then
        insert into gavel.outbox (auction_id, seq, topic)
        values (p_auction, p_seq + n, 'me');
    end if;

    if a_status = 'settled' then                 -- its head is to be signed
        insert into gavel.outbox (auction_id, seq, topic)
        values (p_auction, p_seq + n, 'proof');
    end if;

    kind := ans;
    seq := p_seq + n;
    epoch := e_epoch;
    ts := ms;
    hash := substr(e_hash, n * 32 - 31, 32);

    update gavel.log_head l
       set epoch = e_epoch, seq = p_seq + n, head = substr(e_hash, n * 32 - 31, 32),
           engine_rev = p_engine_rev, due_at = h.due_at, reserved_by = null,
           reserved_until = null
     where l.auction_id = p_auction;

    return next;
end
$$;
