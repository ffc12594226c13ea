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
language plpgsql stable security definer as $$
declare
    auction  bigint := (params->>'auction_id')::bigint;
    team     bigint := (params->>'team_id')::bigint;
    page     int := coalesce((params->>'page')::int, 1);
    size     int := coalesce((params->>'page_size')::int, 20);
    after    bigint := gavel.cursor_id(params);
    total    bigint;
    results  text;
    shown    bigint;
    last     bigint;
begin
    if (gavel.auction_for(actor, auction)).id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    select count(*) into total
      from (select from gavel.ledger g
             where g.auction_id = auction
               and (team is null or g.team_id = team) limit 1000) x;

    select string_agg(gavel.ledger_json(x.g, x.ts)::text, ','
                      order by (x.g).seq desc, (x.g).no desc),
           count(*), min((x.g).seq * 1000 + (x.g).no)
      into results, shown, last
      from (select g, e.ts
              from gavel.ledger g
              join gavel.event e
                on e.auction_id = g.auction_id and e.seq = g.seq
             where g.auction_id = auction
               and (team is null or g.team_id = team)
               and (after is null
                    or (g.seq, g.no) < (after / 1000, after % 1000))
             order by g.seq desc, g.no desc
             limit size
            offset case when after is null then (page - 1)::bigint * size
                        else 0 end) x;

    status := 200;
    body := gavel.page_text('/api/v1/auctions/' || auction || '/ledger',
                            params - 'auction_id', total, results,
                            case when shown = size then last::text end);
end
$$;
