-- cluster: what workers ask to know what time it is.

-- The primary's clock, in milliseconds since 1970: every worker follows it.
create or replace function gavel.clock(out now_ms bigint)
language sql volatile security definer as $$
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint
$$;


-- A worker lives and can write.  Answers the last outage, in which for more
-- than p_gap ms nobody could: it ends with the first sign of life after it.
-- One that begins within p_near ms of the end of another goes on with it, and
-- gap is where this part of it began: between gap and until nothing was
-- committed.  A clock that was set forward looks the same, and has taken as
-- much time from everything that ends by it; one that was set back is no
-- outage.  The sign is committed like an append: what holds that up holds this
-- up.
create or replace function gavel.sign(p_every int, p_gap int, p_near int,
    out since bigint, out until bigint, out gap bigint)
language plpgsql volatile security definer as $$
declare
    p    gavel.pulse;
    now  bigint := gavel.clock();
begin
    select * into p from gavel.pulse;

    if now not between p.at and p.at + p_every then

        -- Who waited here looks again: another worker has been at it.

        select * into p from gavel.pulse for update;
        now := gavel.clock();

        if now not between p.at and p.at + p_every then

            if p.at > 0 and now - p.at > p_gap then
                if p.at > p.until + p_near or p.at < p.until then
                    p.since := p.at;
                end if;

                p.gap := p.at;
                p.until := now;
            end if;

            update gavel.pulse
               set at = now, since = p.since, until = p.until, gap = p.gap;
        end if;
    end if;

    since := p.since;
    until := p.until;
    gap := p.gap;
end
$$;
