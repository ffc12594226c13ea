-- base: what all other functions use.

-- A time as clients see it: ISO 8601 in UTC with milliseconds; null stays.
create or replace function gavel.iso(t timestamptz)
returns text language sql immutable parallel safe security definer as $$
    select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- The same from milliseconds since 1970.
create or replace function gavel.iso_ms(ms bigint)
returns text language sql immutable parallel safe security definer as $$
    select to_char(to_timestamp(ms / 1000.0) at time zone 'UTC',
                   'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- May these be attributes, of a thing or a person?  Lists show many of them.
create or replace function gavel.attributes_ok(a jsonb)
returns boolean language sql immutable parallel safe security definer as $$
    select coalesce(jsonb_typeof(a), 'null') = 'null'
           or (jsonb_typeof(a) = 'object' and octet_length(a::text) <= 16384)
$$;
