-- cluster: what workers ask to know what time it is.

-- The primary's clock, in milliseconds since 1970: every worker follows it.
create or replace function gavel.clock(out now_ms bigint)
language sql volatile security definer as $$
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint
$$;
