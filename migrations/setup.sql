-- What stands before the first migration: the three roles, the schema, and the
-- book of what was applied.  Run by scripts/migrate as an administrator,
-- each time, so all of it may be there already.

select format('create role %I login', name)
  from (values ('gavel_owner'), ('gavel_app'), ('gavel_operator'))
       as needed(name)
 where not exists (select from pg_roles where rolname = name)
\gexec

-- An administrator who is not a superuser must be a member to make objects
-- in the owner's name.
select format('grant gavel_owner to %I', current_user)
 where not pg_has_role(current_user, 'gavel_owner', 'member')
\gexec

select format('revoke all on database %I from public', current_database()),
       format('grant connect on database %I to gavel_owner, gavel_app, '
              'gavel_operator', current_database()),
       format('grant create on database %I to gavel_owner',
              current_database()),
       format('alter role gavel_app in database %I '
              'set search_path = gavel, pg_temp', current_database())
\gexec

revoke create on schema public from public;

set role gavel_owner;

create schema if not exists gavel;
revoke all on schema gavel from public;
grant usage on schema gavel to gavel_app, gavel_operator;

create table if not exists gavel.migration (
    name        text primary key,
    applied_at  timestamptz not null default now()
);

create table if not exists gavel.function_file (
    name        text primary key,
    checksum    text not null
);

-- The same string as scripts/schema prints for the tree: the newest
-- migration, and a checksum over sha256sum's lines for the function files.
create or replace function gavel.schema_version()
    returns text
    language sql stable security definer
begin atomic
    select coalesce((select max(name collate "C") from gavel.migration),
                    'none')
        || ':'
        || left(encode(sha256(convert_to(coalesce(string_agg(
               checksum || '  ' || name || E'\n', '' order by name collate "C"
           ), ''), 'UTF8')), 'hex'), 12)
      from gavel.function_file;
end;
