-- The application role may call the functions, and nothing else.  Run by
-- scripts/migrate after everything else.

revoke all on all tables in schema gavel from public, gavel_app;
revoke all on all sequences in schema gavel from public, gavel_app;
revoke all on all functions in schema gavel from public;
grant execute on all functions in schema gavel to gavel_app;

-- This one is for who installs.
revoke execute on function gavel.admin_create(text, text) from gavel_app;
