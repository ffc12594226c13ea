-- session: families of refresh tokens.  A token is known by the hash of it;
-- its successor is derived from it elsewhere, and comes along.

-- Opens one and forgets the account's old ones.  params: refresh_hash,
-- lifetime (s), device, _ip.
create or replace function gavel.session_add(account bigint, params jsonb)
returns bigint language plpgsql volatile security definer as $$
declare
    new_id  bigint;
begin
    delete from gavel.session s
    where s.account_id = account
      and (s.expires_at < now() - interval '1 day'
           or s.revoked_at < now() - interval '30 days');

    insert into gavel.session (account_id, refresh_hash, device, ip,
                               expires_at)
    values (account, decode(params->>'refresh_hash', 'hex'),
            coalesce(params->>'device', ''), coalesce(params->>'_ip', ''),
            now() + make_interval(secs => (params->>'lifetime')::int))
    returning id into new_id;

    return new_id;
end
$$;

-- Who logged in gets a session; params may bring a hash of today's cost.
create or replace function gavel.session_open(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a  gavel.account;
begin
    if params->>'password_hash' is not null then
        update gavel.account x
        set password_hash = params->>'password_hash'
        where x.id = actor and x.password_hash = params->>'old_hash';
    end if;

    select * into a from gavel.account x where x.id = actor;

    if not found or gavel.account_blocked(a) then
        status := 403;
        code := 'account_blocked';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('user', gavel.account_json(a),
                               'roles', a.roles,
                               'session', gavel.session_add(a.id, params));
end
$$;

-- Rotates: refresh_hash becomes next_hash.  One update decides who of many
-- does it; all others find the hash among the spent ones, and for `grace`
-- seconds get the same successor.  After that the token was stolen, from us
-- or from the client, and nobody can say which: the whole family ends.  Unless
-- who shows it shows the one of now as well, among `held`: a browser with an
-- old cookie beside the new one.  410: it has ended by this.
create or replace function gavel.session_rotate(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    shown   bytea := decode(params->>'refresh_hash', 'hex');
    a       gavel.account;
    family  gavel.session;
    spent   timestamptz;
begin
    status := 401;
    code := 'invalid_token';

    update gavel.session s
    set refresh_hash = decode(params->>'next_hash', 'hex'),
        used_at = now(), ip = coalesce(params->>'_ip', s.ip),
        expires_at = now()
                     + make_interval(secs => (params->>'lifetime')::int)
    where s.refresh_hash = shown and s.revoked_at is null
      and s.expires_at > clock_timestamp()
    returning * into family;

    if found then
        insert into gavel.session_spent (refresh_hash, session_id, spent_at)
        values (shown, family.id, clock_timestamp());

    else
        select x.spent_at into spent
        from gavel.session_spent x where x.refresh_hash = shown;

        if not found then
            return;                        -- unknown, expired or ended
        end if;

        select s.* into family
        from gavel.session_spent x join gavel.session s on s.id = x.session_id
        where x.refresh_hash = shown;

        if family.revoked_at is not null
            or family.expires_at <= clock_timestamp()
        then
            return;
        end if;

        if spent < clock_timestamp()
                   - make_interval(secs => (params->>'grace')::int)
        then
            if params->'held' ? encode(family.refresh_hash, 'hex') then
                return;
            end if;

            update gavel.session s
            set revoked_at = now(), revoked_why = 'reuse'
            where s.id = family.id and s.revoked_at is null;

            if found then
                perform gavel.audit_add(family.account_id, 'session.reuse',
                                        'session:' || family.id, '{}',
                                        params);
                status := 410;
            end if;

            return;
        end if;
    end if;

    select * into a from gavel.account x where x.id = family.account_id;

    if gavel.account_blocked(a) then
        status := 403;
        code := 'account_blocked';
        return;
    end if;

    status := 200;
    code := null;
    body := jsonb_build_object('user', gavel.account_json(a),
                               'roles', a.roles, 'session', family.id);
end
$$;

-- Ends the session of a token (refresh_hash, or several: held), the one that
-- asks (_session), or, with all, every one of the person.  Never fails; 404:
-- there was none.
create or replace function gavel.session_close(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    person  bigint := nullif(actor, 0);
    shown   bytea[] := array(
        select decode(x.hash, 'hex')
        from jsonb_array_elements_text(
                 coalesce(params->'held', '[]')
                 || coalesce(params->'refresh_hash', '[]')) x(hash));
begin
    if person is null then
        select s.account_id into person from gavel.session s
        where s.refresh_hash = any (shown) and s.revoked_at is null
        limit 1;
    end if;

    update gavel.session s
    set revoked_at = now(),
        revoked_why = case when (params->>'all')::boolean then 'everywhere'
                           else 'logout' end
    where s.account_id = person and s.revoked_at is null
      and (coalesce((params->>'all')::boolean, false)
           or s.refresh_hash = any (shown)
           or s.id in (select x.session_id from gavel.session_spent x
                       where x.refresh_hash = any (shown))
           or (actor <> 0 and s.id = (params->>'_session')::bigint));

    status := case when found then 204 else 404 end;
end
$$;

create or replace function gavel.session_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           jsonb_build_object(
               'count', count(*), 'next', null, 'previous', null,
               'results', coalesce(jsonb_agg(jsonb_build_object(
                   'id', s.id, 'device', s.device, 'ip', s.ip,
                   'current', s.id = (params->>'_session')::bigint,
                   'created_at', gavel.iso(s.created_at),
                   'used_at', gavel.iso(s.used_at),
                   'expires_at', gavel.iso(s.expires_at))
                   order by s.used_at desc, s.id desc), '[]'))::text,
           null::text
    from gavel.session s
    where s.account_id = actor and s.revoked_at is null
      and s.expires_at > now()
$$;

create or replace function gavel.session_revoke(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.session s
    set revoked_at = now(), revoked_why = 'revoked'
    where s.id = (params->>'session')::bigint and s.account_id = actor
      and s.revoked_at is null;

    if found then
        status := 204;
    else
        status := 404;
        code := 'not_found';
    end if;
end
$$;
