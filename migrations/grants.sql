-- The application role may call the functions, and nothing else.  Run by
-- scripts/migrate after everything else.

revoke all on all tables in schema gavel
    from public, gavel_app, gavel_operator;
revoke all on all sequences in schema gavel
    from public, gavel_app, gavel_operator;
revoke all on all functions in schema gavel from public, gavel_operator;
grant execute on all functions in schema gavel to gavel_app;

-- This one is for who installs.
revoke execute on function gavel.admin_create(text, text) from gavel_app;

-- These are for gavel-verify.
do $$
declare
    f  text;
begin
    for f in select p.oid::regprocedure from pg_proc p
              where p.pronamespace = 'gavel'::regnamespace
                and p.proname like 'verify\_%'
    loop
        execute format('revoke execute on function %s from gavel_app', f);
        execute format('grant execute on function %s to gavel_operator', f);
    end loop;
end
$$;

grant execute on function gavel.log_events(bigint, bigint, int)
    to gavel_operator;
