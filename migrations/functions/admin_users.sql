-- admin_users: what admins do with people.  Every change is audited in its
-- own transaction, and the right to it is looked up here: a token may be
-- older than the loss of a role.

-- The first admin, from the environment of the installation.  Whoever has the
-- address and is no admin yet becomes one with this password; an admin's own
-- password is left alone.
create or replace function gavel.admin_create(address text, hash text)
returns text language plpgsql volatile security definer as $$
declare
    a  gavel.account;
begin
    select * into a from gavel.account x
    where lower(x.email) = lower(address) for update;

    if not found then
        insert into gavel.account (email, display_name, roles, password_hash)
        values (address, split_part(address, '@', 1), 7, hash)
        returning * into a;

        perform gavel.audit_add(a.id, 'admin.create', 'user:' || a.id, '{}',
                                '{}');
        return 'created';
    end if;

    if a.roles & 4 <> 0 then
        return 'exists';
    end if;

    update gavel.account x
    set roles = x.roles | 7, password_hash = hash, version = x.version + 1,
        updated_at = now()
    where x.id = a.id;

    update gavel.session s
    set revoked_at = now(), revoked_why = 'admin'
    where s.account_id = a.id and s.revoked_at is null;

    perform gavel.audit_add(a.id, 'admin.create', 'user:' || a.id, '{}',
                            '{}');
    return 'promoted';
end
$$;

create or replace function gavel.admin_account_json(a gavel.account)
returns jsonb language sql stable security definer as $$
    select gavel.account_json(a) || jsonb_build_object(
               'status_reason', a.status_reason,
               'status_until', gavel.iso(a.status_until),
               'blocked', gavel.account_blocked(a))
$$;

-- search: a part of a name, address or number
create or replace function gavel.admin_users(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
declare
    p     record := gavel.page_of(params);
    part  text := lower(params->>'search');
    role  int := gavel.role_bits(jsonb_build_array(params->>'role'));
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    with hits as not materialized (
        select a.id, a
        from gavel.account a
        where (part is null
               or position(part in lower(concat_ws(' ', a.username, a.email,
                      a.phone, a.display_name, a.full_name))) > 0)
          and (params->>'status' is null or a.status = params->>'status')
          and (params->>'role' is null or a.roles & role = role)
    ), shown as (
        select * from hits h
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/admin/users', params,
               (select count(*) from hits),
               array_agg(gavel.admin_account_json(s.a)::text
                         order by s.id desc))
    into status, body
    from shown s;
end
$$;

-- status, roles, kyc: what was given is set.  An admin cannot lock himself
-- out.
create or replace function gavel.admin_user_update(actor bigint,
    params jsonb, out status int, out code text, out body text,
    out etag text)
language plpgsql volatile security definer as $$
declare
    target  bigint := (params->>'user')::bigint;
    bits    int;
    old     gavel.account;
    a       gavel.account;
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    select * into old from gavel.account x where x.id = target for update;

    if not found or old.status = 'erased' then
        status := 404;
        code := 'not_found';
        return;
    end if;

    bits := case when jsonb_typeof(params->'roles') = 'array'
                 then gavel.role_bits(params->'roles') else old.roles end;

    if bits is null or jsonb_typeof(params->'roles') = 'object' then
        status := 422;
        code := 'invalid_params';
        body := jsonb_build_object('roles',
                    'must be a list of member, seller, admin, support');
        return;
    end if;

    if target = actor
        and (bits & 4 = 0
             or coalesce(params->>'status', 'active') <> 'active')
    then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    update gavel.account x
    set roles = bits,
        kyc_status = coalesce(params->>'kyc', x.kyc_status),
        status = coalesce(params->>'status', x.status),
        status_reason = case when params ? 'status'
                             then params->>'reason'
                             else x.status_reason end,
        status_until = case when params ? 'status'
                            then (params->>'until')::timestamptz
                            else x.status_until end,
        version = x.version + 1, updated_at = now()
    where x.id = target
    returning * into a;

    if gavel.account_blocked(a) then
        update gavel.session s
        set revoked_at = now(), revoked_why = a.status
        where s.account_id = target and s.revoked_at is null;
    end if;

    perform gavel.audit_add(actor, 'user.update', 'user:' || target,
        jsonb_build_object(
            'before', jsonb_build_object('status', old.status,
                          'roles', gavel.role_names(old.roles),
                          'kyc', old.kyc_status),
            'after', jsonb_build_object('status', a.status,
                         'roles', gavel.role_names(a.roles),
                         'kyc', a.kyc_status),
            'reason', params->>'reason', 'until', params->>'until'),
        params);

    status := 200;
    body := gavel.admin_account_json(a);
    etag := '"' || a.version || '"';
end
$$;

create or replace function gavel.admin_user_ban(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql volatile security definer as $$
    select * from gavel.admin_user_update(actor, params - 'roles' - 'kyc'
                                          || '{"status": "banned"}')
$$;
