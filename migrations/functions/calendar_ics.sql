-- calendar_ics: the calendar as a feed that other calendars follow, RFC 5545.

create or replace function gavel.ics_text(t text)
returns text language sql immutable parallel safe security definer as $$
    select regexp_replace(replace(replace(replace(replace(replace(t,
               '\', '\\'), ';', '\;'), ',', '\,'), E'\r\n', '\n'),
               E'\n', '\n'), '[\u0001-\u001f\u007f]', '', 'g')
$$;

create or replace function gavel.ics_time(t timestamptz)
returns text language sql immutable parallel safe security definer as $$
    select to_char(t at time zone 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')
$$;

-- A content line: at most 75 octets, then CRLF and a blank; no character is
-- taken apart.
create or replace function gavel.ics_line(line text)
returns text language plpgsql immutable parallel safe security definer as $$
declare
    octets  bytea := convert_to(line, 'UTF8');
    n       int := length(octets);
    at      int := 0;
    cut     int := 75;
    folded  text := '';
begin
    while n - at > cut loop
        while get_byte(octets, at + cut) & 192 = 128 loop
            cut := cut - 1;
        end loop;

        folded := folded || convert_from(substring(octets from at + 1
                                                   for cut), 'UTF8')
                  || E'\r\n ';
        at := at + cut;
        cut := 74;
    end loop;

    return folded || convert_from(substring(octets from at + 1), 'UTF8')
           || E'\r\n';
end
$$;

create or replace function gavel.ics_event(a gavel.auction, house text,
    site text)
returns text language sql stable security definer as $$
    select string_agg(gavel.ics_line(x.name || ':' || x.value), ''
                      order by x.n)
    from gavel.schedule_entry e
    right join (select 1) one on e.auction_id = a.id
    cross join lateral (values
        (1, 'BEGIN', 'VEVENT'),
        (2, 'UID', 'auction-' || a.id || '@' || house),
        (3, 'DTSTAMP', gavel.ics_time(greatest(a.updated_at,
                                               e.updated_at))),
        (4, 'CREATED', gavel.ics_time(a.created_at)),
        (5, 'LAST-MODIFIED', gavel.ics_time(greatest(a.updated_at,
                                                     e.updated_at))),
        (6, 'SEQUENCE', (a.version + coalesce(e.version, 0))::text),
        (7, 'DTSTART', gavel.ics_time(a.starts_at)),
        (8, 'DTEND', case when coalesce(a.ended_at, a.ends_at) > a.starts_at
                          then gavel.ics_time(coalesce(a.ended_at,
                                                       a.ends_at)) end),
        (9, 'SUMMARY', gavel.ics_text(concat_ws(' ',
                gavel.icon_prices()->'icons'->e.icon->>'glyph', a.title,
                '[' || e.label || ']'))),
        (10, 'DESCRIPTION', nullif(gavel.ics_text(left(a.description, 500)),
                                   '')),
        (11, 'STATUS', case when a.status in ('cancelled', 'aborted')
                            then 'CANCELLED' else 'CONFIRMED' end),
        (12, 'TRANSP', case a.mode when 'timed' then 'TRANSPARENT'
                                   else 'OPAQUE' end),
        (13, 'CATEGORIES', upper(replace(a.mode, '_', '-'))),
        (14, 'COLOR', e.color),
        (15, 'URL', site || '/auctions/' || a.id),
        (16, 'END', 'VEVENT')) x (n, name, value)
    where x.value is not null
$$;

-- streamer, auction: whose, which; neither: all of them.  What was more than
-- 90 days ago is left out, and so are drafts: whoever has the address may
-- read this.
create or replace function gavel.calendar_ics(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    streamer  bigint := (params->>'streamer')::bigint;
    auction   bigint := (params->>'auction')::bigint;
    house     text := (select s.value #>> '{}' from gavel.setting s
                       where s.key = 'calendar_uid');
    site      text := coalesce(
                       (select rtrim(s.value #>> '{}', '/')
                        from gavel.setting s where s.key = 'public_url'
                          and s.value #>> '{}' ~ '^https?://[^\s]+$'),
                       (select params->>'site' where params->>'site'
                               ~ '^https?://[][A-Za-z0-9._:-]+$'));
    name      text := 'Gavel';
begin
    if streamer is not null then
        name := (select p.display_name from gavel.account p
                 where p.id = streamer and p.status <> 'erased');
    end if;

    if auction is not null then
        name := (select a.title from gavel.auction_for(0, auction) a
                 where a.starts_at is not null
                   and (streamer is null or a.owner_id = streamer));
    end if;

    if name is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := gavel.ics_line('BEGIN:VCALENDAR')
        || gavel.ics_line('VERSION:2.0')
        || gavel.ics_line('PRODID:-//Gavel//Calendar//EN')
        || gavel.ics_line('CALSCALE:GREGORIAN')
        || gavel.ics_line('NAME:' || gavel.ics_text(name))
        || gavel.ics_line('X-WR-CALNAME:' || gavel.ics_text(name))
        || gavel.ics_line('REFRESH-INTERVAL;VALUE=DURATION:PT15M')
        || gavel.ics_line('X-PUBLISHED-TTL:PT15M')
        || coalesce((
               select string_agg(gavel.ics_event(a, house, site), ''
                                 order by a.starts_at, a.id)
               from gavel.calendar_span(0, streamer, auction,
                        case when auction is null
                             then now() - interval '90 days'
                             else '-infinity' end, 'infinity') a), '')
        || gavel.ics_line('END:VCALENDAR');
    etag := '"' || md5(body) || '"';
end
$$;
