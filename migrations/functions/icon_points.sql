-- icon_points: the books of the points that decorate calendars.  Only
-- icon_move writes them.  Every transaction locks the person's account first
-- and one of the house's second.

-- What writes of one request share: never used again by the same actor.
create or replace function gavel.icon_key(actor bigint, params jsonb)
returns text language sql volatile security definer as $$
    select actor || ' ' || coalesce(params->>'_request_id',
                                    gen_random_uuid()::text)
$$;

-- Moves `amount` points to a person, or, below zero, from him: one
-- transaction of two entries.  code is null, or why nothing was written.
create or replace function gavel.icon_move(person bigint, amount bigint,
    kind text, actor bigint, auction bigint, note text, key text,
    out code text, out balance bigint)
language plpgsql volatile security definer as $$
declare
    txn    bigint;
    mine   bigint;
    other  bigint;
    rest   bigint;
begin
    insert into gavel.icon_account (kind, owner_id) values ('person', person)
    on conflict (owner_id) do nothing;

    select x.id, x.balance into mine, balance
    from gavel.icon_account x where x.owner_id = person for update;

    if balance + amount < 0 then
        code := 'budget_exceeded';
        return;
    end if;

    if balance + amount > 9007199254740991 then
        code := 'limit_reached';
        return;
    end if;

    insert into gavel.icon_txn (kind, actor_id, auction_id, note,
                                idempotency_key)
    values (kind, actor, auction, coalesce(note, ''), key)
    on conflict (idempotency_key) do nothing
    returning id into txn;

    if txn is null then
        code := 'request_id_reused';
        return;
    end if;

    update gavel.icon_account x set balance = x.balance + amount
    where x.id = mine
    returning x.balance into balance;

    update gavel.icon_account x set balance = x.balance - amount
    where x.owner_id is null
      and x.kind = case icon_move.kind when 'spend' then 'sold'
                                       else 'issued' end
    returning x.id, x.balance into other, rest;

    insert into gavel.icon_entry (txn_id, account_id, amount, balance)
    values (txn, mine, amount, icon_move.balance),
           (txn, other, -amount, rest);
end
$$;

create or replace function gavel.icon_balance(person bigint)
returns bigint language sql stable security definer as $$
    select coalesce((select x.balance from gavel.icon_account x
                     where x.owner_id = person), 0)
$$;

-- His latest movements, as wanted.
create or replace function gavel.icon_history(person bigint, params jsonb,
    out results text[], out last bigint)
language sql stable security definer as $$
    select coalesce(array_agg(json_build_object(
               'id', x.id, 'kind', x.kind, 'amount', x.amount,
               'balance', x.balance, 'auction_id', x.auction_id,
               'note', x.note, 'actor_id', x.actor_id,
               'created_at', gavel.iso(x.created_at))::text
               order by x.id desc), '{}'), min(x.id)
    from gavel.page_of(params) p
    cross join lateral (
          select e.id, e.amount, e.balance, t.kind, t.auction_id, t.note,
                 t.actor_id, t.created_at
          from gavel.icon_account a
          join gavel.icon_entry e on e.account_id = a.id
          join gavel.icon_txn t on t.id = e.txn_id
          where a.owner_id = person and e.id < p.after
          order by e.id desc
          limit p.size offset p.skip) x
$$;

-- What stands beside the points that somebody has in auctions, and can never
-- be changed into them.
create or replace function gavel.icon_purse(person bigint)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object('balance', gavel.icon_balance(person),
                              'history',
               array_to_json(h.results::json[]))
    from gavel.icon_history(person, '{}') h
$$;

create or replace function gavel.icon_statement(person bigint, params jsonb,
    path text)
returns text language sql stable security definer as $$
    select concat('{"user_id":', person,
               ',"balance":', gavel.icon_balance(person), ',',
               substr(gavel.page_text(path, params - 'user',
                   (select count(*) from gavel.icon_account a
                    join gavel.icon_entry e on e.account_id = a.id
                    where a.owner_id = person), h.results, h.last), 2))
    from gavel.icon_history(person, params) h
$$;

create or replace function gavel.icon_mine(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           gavel.icon_statement(actor, params, '/api/v1/users/me/points/icon'),
           null::text
$$;

create or replace function gavel.admin_points(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    if not exists (select from gavel.account a
                   where a.id = (params->>'user')::bigint)
    then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := gavel.icon_statement((params->>'user')::bigint, params,
                            '/api/v1/admin/points/' || (params->>'user'));
end
$$;

-- Gives icon points, or takes some back; told in the audit log.
create or replace function gavel.admin_points_grant(actor bigint,
    params jsonb, out status int, out code text, out body text,
    out etag text)
language plpgsql volatile security definer as $$
declare
    person  bigint := (params->>'user_id')::bigint;
    points  bigint := (params->>'amount')::bigint;
    moved   record;
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    if points = 0 then
        status := 422;
        code := 'invalid_params';
        body := '{"amount":"must not be 0"}';
        return;
    end if;

    if not exists (select from gavel.account a
                   where a.id = person and a.status <> 'erased')
    then
        status := 404;
        code := 'not_found';
        return;
    end if;

    select * into moved
    from gavel.icon_move(person, points,
             case when points > 0 then 'grant' else 'revoke' end, actor,
             null, params->>'reason', gavel.icon_key(actor, params));

    if moved.code is not null then
        status := case moved.code when 'limit_reached' then 409 else 422 end;
        code := moved.code;
        return;
    end if;

    perform gavel.audit_add(actor, 'points.icon', 'user:' || person,
        jsonb_build_object('amount', points, 'balance', moved.balance,
                           'reason', params->>'reason'), params);

    status := 201;
    body := jsonb_build_object('user_id', person, 'amount', points,
                               'icon_points', moved.balance);
end
$$;

-- Balances are what the entries say: those that are not are told, and, if
-- wanted, set right.
create or replace function gavel.admin_points_recount(actor bigint,
    params jsonb, out status int, out code text, out body text,
    out etag text)
language plpgsql volatile security definer as $$
declare
    wrong   jsonb;
    repair  boolean := coalesce((params->>'repair')::boolean, false);
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    -- nobody writes meanwhile: each writer needs the account's row

    if repair then
        perform from gavel.icon_account x
        order by x.kind = 'person' desc, x.id for update;
    end if;

    select jsonb_agg(jsonb_build_object('account_id', x.id,
               'user_id', x.owner_id, 'balance', x.balance,
               'entries', x.sum) order by x.id)
    into wrong
    from (select a.id, a.owner_id, a.balance,
                 coalesce(sum(e.amount), 0)::bigint as sum
          from gavel.icon_account a
          left join gavel.icon_entry e on e.account_id = a.id
          group by a.id) x
    where x.balance <> x.sum;

    if repair and wrong is not null then
        update gavel.icon_account a set balance = (w->>'entries')::bigint
        from jsonb_array_elements(wrong) w
        where a.id = (w->>'account_id')::bigint;

        perform gavel.audit_add(actor, 'points.recount', 'icon', wrong,
                                params);
    end if;

    status := 200;
    body := jsonb_build_object(
        'accounts', (select count(*) from gavel.icon_account),
        'sum', (select coalesce(sum(e.amount), 0) from gavel.icon_entry e),
        'wrong', coalesce(wrong, '[]'), 'repaired',
        repair and wrong is not null);
end
$$;
