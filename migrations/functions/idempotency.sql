-- idempotency: a call outside the log that is told twice happens once.

-- Runs gavel.<function>(actor, params) and keeps its answer under `key`, all
-- in one transaction; the same key again gets the same answer.  Who comes
-- while the first is under way waits for it here.  A refusal is not kept: its
-- retry is judged anew.
create or replace function gavel.once(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    name   text := params->>'function';
    hash   bytea := decode(params->>'body_hash', 'hex');
    run    regprocedure := to_regprocedure(
                               format('gavel.%I(bigint, jsonb)', name));
    kept   gavel.idempotency;
begin
    if run is null or name = 'once'
        or not has_function_privilege(session_user, run, 'execute')
    then
        status := 500;
        code := 'internal';
        return;
    end if;

    insert into gavel.idempotency as i (account_id, key, body_hash, status)
    values (actor, params->>'key', hash, 0)
    on conflict (account_id, key) do update
    set body_hash = excluded.body_hash, status = 0, created_at = now()
    where i.created_at < now() - interval '24 hours';

    if not found then
        select * into kept from gavel.idempotency i
        where i.account_id = actor and i.key = params->>'key';

        if kept.body_hash <> hash then
            status := 422;
            code := 'request_id_reused';
            return;
        end if;

        status := kept.status;
        code := kept.code;
        body := kept.body;
        etag := kept.etag;
        return;
    end if;

    execute format('select * from gavel.%I($1, $2)', name)
    into status, code, body, etag
    using actor, params->'params';

    if code is null then
        update gavel.idempotency i
        set status = once.status, body = once.body, etag = once.etag
        where i.account_id = actor and i.key = params->>'key';

    else
        delete from gavel.idempotency i
        where i.account_id = actor and i.key = params->>'key';
    end if;

    -- the oldest, whosever they are; what another holds he sees to

    with old as materialized (
        select o.account_id, o.key from gavel.idempotency o
        where o.created_at < now() - interval '24 hours'
        order by o.created_at limit 20
        for update skip locked
    )
    delete from gavel.idempotency i using old o
    where i.account_id = o.account_id and i.key = o.key;
end
$$;
