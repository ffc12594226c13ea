-- account: who people are: themselves, to others, and to the log-in.

create or replace function gavel.role_names(roles int)
returns jsonb language sql immutable parallel safe security definer as $$
    select coalesce(jsonb_agg(name order by bit), '[]')
    from (values (1, 'member'), (2, 'seller'), (4, 'admin'), (8, 'support'))
         r (bit, name)
    where roles & bit <> 0
$$;

-- null: a name that is none
create or replace function gavel.role_bits(names jsonb)
returns int language sql immutable parallel safe security definer as $$
    select case when count(*) = count(r.bit)
                then coalesce(bit_or(r.bit), 0) | 1 end
    from jsonb_array_elements_text(names) n
    left join (values (1, 'member'), (2, 'seller'), (4, 'admin'),
                      (8, 'support')) r (bit, name) on r.name = n
$$;

create or replace function gavel.is_admin(actor bigint)
returns boolean language sql stable security definer as $$
    select exists (select from gavel.account a
                   where a.id = actor and a.roles & 4 <> 0
                     and not gavel.account_blocked(a))
$$;

create or replace function gavel.account_blocked(a gavel.account)
returns boolean language sql stable security definer as $$
    select a.status = 'erased'
           or (a.status in ('suspended', 'banned')
               and (a.status_until is null
                    or a.status_until > clock_timestamp()))
$$;

create or replace function gavel.profile_json(a gavel.account)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'display_name', a.display_name, 'full_name', a.full_name,
               'bio', a.bio, 'avatar_url', a.avatar_url,
               'game_stats', a.game_stats, 'locale', a.locale)
$$;

-- What a person sees of himself, and an admin of him.
create or replace function gavel.account_json(a gavel.account)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'id', a.id, 'username', a.username, 'email', a.email,
               'phone', a.phone, 'display_name', a.display_name,
               'full_name', a.full_name, 'avatar_url', a.avatar_url,
               'roles', gavel.role_names(a.roles), 'status', a.status,
               'type', a.type, 'locale', a.locale,
               'kyc_status', a.kyc_status,
               'created_at', gavel.iso(a.created_at),
               'updated_at', gavel.iso(a.updated_at))
$$;

-- What everybody sees of a person.
create or replace function gavel.account_public(a gavel.account)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'id', a.id, 'username', a.username,
               'display_name', a.display_name, 'type', a.type,
               'avatar_url', a.avatar_url, 'bio', a.bio,
               'game_stats', a.game_stats,
               'seller', a.roles & 2 <> 0,
               'created_at', gavel.iso(a.created_at))
$$;

create or replace function gavel.audit_add(actor bigint, action text,
    target text, detail jsonb, params jsonb)
returns void language sql volatile security definer as $$
    insert into gavel.audit (actor_id, action, target, detail, ip,
                             request_id)
    values (actor, action, target, detail, params->>'_ip',
            params->>'_request_id')
$$;

-- Registering opens the first session too: params carry what session_add
-- wants.  Who gives no name to be called by is a number to others: mail,
-- phone and full name are his own.
create or replace function gavel.account_register(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
declare
    a      gavel.account;
    taken  text;
    ko     boolean := params->>'_locale' = 'ko';
    selling  boolean := coalesce((select s.value from gavel.setting s
                                where s.key = 'open_selling')
                               <> 'false'::jsonb, true);
begin
    insert into gavel.account (username, email, phone, display_name,
                               full_name, locale, roles, password_hash)
    values (params->>'username', params->>'email', params->>'phone',
            coalesce(params->>'display_name', params->>'username', ''),
            params->>'full_name',
            params->>'locale',
            case when selling and coalesce((params->>'seller')::boolean, true)
                 then 3 else 1 end,
            params->>'password_hash')
    returning * into a;

    if a.display_name = '' then
        update gavel.account x set display_name = '#' || a.id
        where x.id = a.id returning * into a;
    end if;

    status := 201;
    body := jsonb_build_object('user', gavel.account_json(a),
                               'roles', a.roles,
                               'session', gavel.session_add(a.id, params));

exception when unique_violation then
    get stacked diagnostics taken = constraint_name;
    status := 409;
    code := 'already_exists';
    body := jsonb_build_object(replace(taken, 'account_', ''),
                               case when ko then '이미 사용 중입니다'
                                    else 'is taken' end);
end
$$;

-- For the log-in only: the hash of whoever goes by this identifier.  phone is
-- the identifier in E.164 form, if it could be one.
create or replace function gavel.account_login(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.account;
begin
    select * into a from gavel.account x
    where lower(x.email) = lower(params->>'identifier')
       or lower(x.username) = lower(params->>'identifier')
       or x.phone = params->>'phone'
    order by x.id
    limit 1;

    if not found or a.password_hash is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('id', a.id, 'hash', a.password_hash,
                               'blocked', gavel.account_blocked(a));
end
$$;

-- For a change of password: the actor's own hash.
create or replace function gavel.account_hash(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200, jsonb_build_object('hash', a.password_hash)
    into status, body
    from gavel.account a
    where a.id = actor and not gavel.account_blocked(a);

    if not found then
        status := 403;
        code := 'account_blocked';
    end if;
end
$$;

-- A new password ends all sessions but the one that asked.
create or replace function gavel.account_password(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    update gavel.account a
    set password_hash = params->>'password_hash', updated_at = now()
    where a.id = actor;

    update gavel.session s
    set revoked_at = now(), revoked_why = 'password'
    where s.account_id = actor and s.revoked_at is null
      and s.id <> (params->>'_session')::bigint;

    perform gavel.audit_add(actor, 'account.password', 'user:' || actor,
                            '{}', params);
    status := 204;
end
$$;

create or replace function gavel.user_me(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200,
           gavel.account_json(a) || jsonb_build_object(
               'profile', gavel.profile_json(a)),
           '"' || a.version || '"'
    into status, body, etag
    from gavel.account a where a.id = actor;

    if not found then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

create or replace function gavel.user_profile(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200, gavel.profile_json(a), '"' || a.version || '"'
    into status, body, etag
    from gavel.account a where a.id = actor;

    if not found then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

-- What was not given stays; null takes it away, where it may be away.
create or replace function gavel.user_profile_set(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    if not gavel.attributes_ok(params->'game_stats') then
        status := 422;
        code := 'invalid_params';
        body := '{"game_stats":"must be an object of at most 16 KiB"}';
        return;
    end if;

    update gavel.account a
    set display_name = coalesce(params->>'display_name', a.display_name),
        locale = coalesce(params->>'locale', a.locale),
        full_name = case when params ? 'full_name'
                         then params->>'full_name' else a.full_name end,
        bio = case when params ? 'bio' then params->>'bio' else a.bio end,
        game_stats = case when jsonb_typeof(params->'game_stats') = 'object'
                          then params->'game_stats' else a.game_stats end,
        version = a.version + 1,
        updated_at = now()
    where a.id = actor
    returning 200, gavel.profile_json(a), '"' || a.version || '"'
    into status, body, etag;

    if not found then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

create or replace function gavel.business_json(b gavel.business)
returns jsonb language sql stable security definer as $$
    select jsonb_build_object(
               'legal_name', b.legal_name, 'tax_id', b.tax_id,
               'address', b.address, 'status', b.status,
               'updated_at', gavel.iso(b.updated_at))
$$;

create or replace function gavel.user_business(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200, gavel.business_json(b) into status, body
    from gavel.business b where b.account_id = actor;

    if not found then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

-- The first one creates it.  Who changes what was checked is checked anew.
create or replace function gavel.user_business_set(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql volatile security definer as $$
begin
    insert into gavel.business as b (account_id, legal_name, tax_id, address)
    values (actor, params->>'legal_name', params->>'tax_id',
            params->>'address')
    on conflict (account_id) do update
    set legal_name = excluded.legal_name, tax_id = excluded.tax_id,
        address = excluded.address, status = 'pending', updated_at = now()
    returning 200, gavel.business_json(b) into status, body;
end
$$;

create or replace function gavel.user_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language sql stable security definer as $$
    select 200, null::text,
           jsonb_build_object('count', count(*), 'next', null,
                              'previous', null, 'results',
                              coalesce(jsonb_agg(gavel.account_public(a)
                                                 order by a.id), '[]'))::text,
           null::text
    from gavel.account a
    where a.id in (select jsonb_array_elements_text(params->'ids')::bigint)
          and a.status <> 'erased'
$$;


-- Whom a host means who writes this.  An address says nothing of who else has
-- one: it is there, or not.
create or replace function gavel.user_search(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    q  text := lower(btrim(params->>'q'));
begin
    if not gavel.is_admin(actor)
       and not exists (select from gavel.auction a where a.owner_id = actor)
    then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    select 200, jsonb_build_object('count', count(*), 'next', null,
                    'previous', null, 'results',
                    coalesce(jsonb_agg(jsonb_build_object(
                                 'id', x.id, 'display_name', x.display_name)
                             order by x.place, lower(x.display_name), x.id),
                             '[]'))
    into status, body
    from (select a.id, a.display_name, min(m.place) as place
          from (select a.id, 0 as place from gavel.account a
                where lower(a.email) = q
                union all
                select a.id, 0 from gavel.account a
                where lower(a.username) = q
                union all
                (select a.id, 1 from gavel.account a
                 where length(q) >= 2 and lower(a.display_name) ~>=~ q
                   and lower(a.display_name) ~<~ (q || chr(1114111))
                   and not gavel.account_blocked(a)
                 order by lower(a.display_name) using ~<~, a.id limit 10)) m
          join gavel.account a on a.id = m.id
          where not gavel.account_blocked(a)
          group by a.id, a.display_name
          order by min(m.place), lower(a.display_name), a.id limit 10) x;
end
$$;

create or replace function gavel.user_public(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
begin
    select 200, gavel.account_public(a), '"' || a.version || '"'
    into status, body, etag
    from gavel.account a
    where a.id = (params->>'user')::bigint and a.status <> 'erased';

    if not found then
        status := 404;
        code := 'not_found';
    end if;
end
$$;

-- What tokens of the last `lifetime` seconds may not know yet: accounts that
-- are blocked (roles: null), roles of now, and sessions that were ended.
create or replace function gavel.standing(lifetime int)
returns table (account_id bigint, roles int, session_id bigint)
language sql stable security definer as $$
    select a.id, null::int, null::bigint from gavel.account a
    where a.status in ('suspended', 'banned', 'erased')
      and a.updated_at > now() - make_interval(secs => lifetime + 60)
      and gavel.account_blocked(a)
    union all
    select a.id, a.roles, null from gavel.account a
    where a.roles_at > now() - make_interval(secs => lifetime + 60)
      and not gavel.account_blocked(a)
    union all
    select s.account_id, null, s.id from gavel.session s
    where s.revoked_why in ('everywhere', 'revoked', 'password', 'reuse',
                            'admin', 'logout')
      and s.revoked_at > now() - make_interval(secs => lifetime + 60)
    limit 100000
$$;
