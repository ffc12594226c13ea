-- What a worker asks of the log, other than to append.

-- An auction as its log has it.  Rows: `row` what people wrote (public: its
-- rules, private: its mode, actor_id: owner, ts: starts_at, seq: ends_at,
-- type: 1 if it is hidden or was put away),
-- `head` the place of the log (ts: the due row; body_hash: hash of the event
-- at p_known, for who wants to know whether it is still there), `snapshot`
-- (nonce: the state; type: engine_rev; hash: its SHA-256), then the events
-- behind it.  With p_lock it waits for an append that may still run.
create or replace function gavel.log_load(p_auction bigint, p_known bigint,
    p_lock boolean, p_max int, p_rev int)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language plpgsql volatile security definer
set enable_seqscan = off set enable_bitmapscan = off
set lock_timeout = '4s'
as $$
#variable_conflict use_column
declare
    newest  gavel.snapshot;
begin
    if p_lock then
        perform from gavel.log_head l where l.auction_id = p_auction
            for update;
    end if;

    return query
        select 'row', (extract(epoch from a.ends_at) * 1000)::bigint, null::int,
               (extract(epoch from a.starts_at) * 1000)::bigint,
               (a.hidden or a.archived_at is not null)::int, a.owner_id,
               null::text, null::bytea, a.rules::text, a.mode,
               null::bytea, null::bytea
          from gavel.auction a where a.id = p_auction;

    return query
        select 'head', l.seq, l.epoch, l.due_at, l.engine_rev, null::bigint,
               null::text,
               (select e.hash from gavel.event e
                 where e.auction_id = p_auction and e.seq = p_known),
               null::text, null::text, null::bytea, l.head
          from gavel.log_head l where l.auction_id = p_auction;

    -- Asked once: by the next statement there may be another one.

    select s.* into newest from gavel.snapshot s
     where s.auction_id = p_auction and s.engine_rev = p_rev
     order by s.seq desc
     limit 1;

    if found then
        return query
            select 'snapshot', newest.seq, null::int, null::bigint,
                   newest.engine_rev, null::bigint, null::text, null::bytea,
                   null::text, null::text, newest.state, newest.state_hash;
    end if;

    return query select * from gavel.log_events(p_auction,
                                                coalesce(newest.seq, 0), p_max);
end
$$;


-- Where the logs of these auctions are.
create or replace function gavel.log_heads(p_ids bigint[])
returns table (auction_id bigint, seq bigint, epoch int, head bytea)
language sql stable security definer
set enable_seqscan = off
as $$
    select l.auction_id, l.seq, l.epoch, l.head
      from gavel.log_head l where l.auction_id = any (p_ids)
$$;


-- Auctions whose clock may do something before p_before (ms).
create or replace function gavel.log_due(p_before bigint, p_max int)
returns table (auction_id bigint, at bigint)
language sql stable security definer
as $$
    select d.auction_id, d.at from gavel.due d
     where d.at <= p_before order by d.at limit p_max
$$;


-- The bound may be raised (or dropped: null) by who knows the state at seq.
create or replace function gavel.log_due_move(p_auction bigint, p_seq bigint,
    p_at bigint)
returns boolean language plpgsql volatile security definer as $$
begin
    perform from gavel.log_head l
     where l.auction_id = p_auction and l.seq = p_seq
       for update skip locked;

    if not found then
        return false;
    end if;

    if p_at is null then
        delete from gavel.due d where d.auction_id = p_auction;
    else
        insert into gavel.due (auction_id, at) values (p_auction, p_at)
            on conflict (auction_id) do update set at = excluded.at;
    end if;

    update gavel.log_head l set due_at = p_at where l.auction_id = p_auction;
    return true;
end
$$;


-- Keeps a state; the one before it stays, for a reader that is just at it.
create or replace function gavel.log_snapshot(p_auction bigint, p_seq bigint,
    p_rev int, p_state bytea, p_hash bytea)
returns void language plpgsql volatile security definer as $$
begin
    insert into gavel.snapshot (auction_id, seq, engine_rev, state, state_hash)
    values (p_auction, p_seq, p_rev, p_state, p_hash)
        on conflict do nothing;

    delete from gavel.snapshot s
     where s.auction_id = p_auction
       and s.seq < (select min(k.seq)
                      from (select seq from gavel.snapshot
                             where auction_id = p_auction
                             order by seq desc limit 2) k);
end
$$;


-- Is a commit kept, on this disk and, if a standby is required, on its disk,
-- too?  Only then may a bid be acknowledged.
create or replace function gavel.durable()
returns boolean language sql stable security definer as $$
    select current_setting('fsync')::boolean
           and case when current_setting('synchronous_standby_names') = ''
                    then current_setting('synchronous_commit') <> 'off'
                    else current_setting('synchronous_commit')
                         in ('on', 'remote_apply') end
$$;

-- Which server this is, and on which timeline: changed by a promotion or a
-- restore.
create or replace function gavel.log_server(out system text, out timeline text,
    out durable boolean)
language sql volatile security definer as $$
    select (select system_identifier::text from pg_control_system()),
           left(pg_walfile_name(pg_current_wal_lsn()), 8),
           gavel.durable()
$$;


-- The same, and for how long (ms) this server and timeline is known to
-- anybody; the very first was always there.
create or replace function gavel.log_timeline(out system text,
    out timeline text, out durable boolean, out known bigint)
language plpgsql volatile security definer as $$
declare
    seen  gavel.timeline;
begin
    select s.* into system, timeline, durable from gavel.log_server() s;
    select * into seen from gavel.timeline;

    if seen.name is distinct from concat(system, '/', timeline) then
        insert into gavel.timeline as t (name, since)
        values (concat(system, '/', timeline), '-infinity')
            on conflict (one) do update
           set name = excluded.name, since = clock_timestamp()
         where t.name <> excluded.name;

        select * into seen from gavel.timeline;
    end if;

    known := case when seen.since > '-infinity'
                  then extract(epoch from clock_timestamp() - seen.since)
                       * 1000
                  else 1000000000 end;
end
$$;


-- What came after p_after, and before it a `head` row with the hash of the
-- event at p_after (body_hash), by which a reader sees whether the log is
-- still the one that it has read.
create or replace function gavel.log_fill(p_auction bigint, p_after bigint,
    p_max int)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language sql stable security definer
set enable_seqscan = off set enable_bitmapscan = off
as $$
    select 'head', l.seq, l.epoch, l.due_at, l.engine_rev, null::bigint,
           null::text,
           (select e.hash from gavel.event e
             where e.auction_id = p_auction and e.seq = p_after),
           null::text, null::text, null::bytea, l.head
      from gavel.log_head l where l.auction_id = p_auction
    union all
    select * from gavel.log_events(p_auction, p_after, p_max)
$$;


-- The same, of a server that is the primary still: the answer is a commit of
-- its own, which a primary whose standby was promoted waits for in vain.
create or replace function gavel.log_ask(p_auction bigint, p_after bigint,
    p_max int)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language plpgsql volatile security definer
as $$
begin
    perform pg_logical_emit_message(true, 'gavel', '');

    return query select * from gavel.log_fill(p_auction, p_after, p_max);
end
$$;
