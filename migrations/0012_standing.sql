-- What tokens that were given before do not know: roles that have changed,
-- and sessions that were ended by something else than leaving.  Workers ask
-- for the latest often.

alter table gavel.account add roles_at timestamptz;

create index account_roles_at on gavel.account (roles_at)
    where roles_at is not null;

create function gavel.account_roles_change()
returns trigger language plpgsql as $$
begin
    new.roles_at := clock_timestamp();
    return new;
end
$$;

create trigger account_roles before update of roles on gavel.account
    for each row when (old.roles is distinct from new.roles)
    execute function gavel.account_roles_change();

create index session_ended on gavel.session (revoked_at)
    where revoked_why in ('everywhere', 'revoked', 'password', 'reuse',
                          'admin');
