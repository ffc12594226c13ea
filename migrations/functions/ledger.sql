-- ledger: points of a draft, as double entries.

create or replace function gavel.ledger_json(g gavel.ledger, p_ts bigint)
returns json language sql stable parallel safe security definer as $$
    select json_build_object(
               'seq', g.seq, 'kind', g.kind, 'team_id', g.team_id,
               'lot_id', g.lot_id,
               'entries', json_build_array(
                   json_build_object('account', g.debit,
                                     'amount', - g.amount),
                   json_build_object('account', g.credit,
                                     'amount', g.amount)),
               'at', gavel.iso_ms(p_ts))
$$;

-- The cursor is seq * 1000 + no: of the last row shown.
create or replace function gavel.ledger_list(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    team     bigint := (params->>'team_id')::bigint;
    p        record := gavel.page_of(params);
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    with hits as not materialized (
        select g.seq, g.no, g
          from gavel.ledger g
         where g.auction_id = auction
           and (team is null or g.team_id = team)
    ), shown as (
        select * from hits h
         where (h.seq, h.no) < (p.after / 1000, p.after % 1000)
         order by h.seq desc, h.no desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/auctions/' || auction || '/ledger',
               params - 'auction_id',
               (select count(*) from (select from hits limit 1000) x),
               array_agg(gavel.ledger_json(s.g, e.ts)::text
                         order by s.seq desc, s.no desc),
               min(s.seq * 1000 + s.no))
      into status, body
      from shown s
     cross join lateral (
           select e.ts from gavel.event e
            where e.auction_id = auction and e.seq = s.seq
            offset 0) e;
end
$$;
