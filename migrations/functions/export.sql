-- export: an auction as files, page by page.

-- A cell.  What a spreadsheet would take for a formula gets a quote in front
-- (and so does what would look as if it had one), which import takes away.
create or replace function gavel.csv(t text)
returns text language sql immutable parallel safe as $$
    select case when t is null then ''
                when t ~ '^''*[=+@\t\r-]'
                then '"''' || replace(t, '"', '""') || '"'
                when t ~ '[",;\t\r\n]|^\s|\s$'
                then '"' || replace(t, '"', '""') || '"'
                else t
           end
$$;

create or replace function gavel.csv(n bigint)
returns text language sql immutable parallel safe as $$
    select coalesce(n::text, '')
$$;

-- An attribute that a column of its own can say, and the rest of them.
create or replace function gavel.export_column(a jsonb, key text)
returns text language sql immutable parallel safe security definer as $$
    select case when jsonb_typeof(a->key) = 'string' then a->>key
                when key = any ('{positions,champions}'::text[])
                     and gavel.export_listed(a->key)
                then (select string_agg(x, '/')
                      from jsonb_array_elements_text(a->key) x)
           end
$$;

create or replace function gavel.export_listed(list jsonb)
returns boolean language plpgsql immutable parallel safe security definer
as $$
begin
    return jsonb_typeof(list) = 'array' and jsonb_array_length(list) > 0
       and not exists (select from jsonb_array_elements(list) x
                       where jsonb_typeof(x) <> 'string'
                          or x #>> '{}' ~ '[,/|;\n]|^\s|\s$|^$');
end
$$;

create or replace function gavel.export_rest(a jsonb)
returns text language sql immutable parallel safe security definer as $$
    select nullif(a - array(
        select k from unnest('{nickname,tag,name,tier,peak_tier,position,'
                             'positions,champions,stats,score,pot}'::text[]) k
        where gavel.export_column(a, k) is not null), '{}')::text
$$;

-- Each of these gives lines behind a place, in order.
create or replace function gavel.export_lots(a gavel.auction, as_csv boolean,
    host boolean, after bigint, max int)
returns table (place bigint, line text)
language sql stable security definer as $$
    select l.number::bigint,
           case when as_csv then
               concat(l.number, ',', l.id, ',', gavel.csv(
                   case when host then (
                       select substr(k.key, 3) from gavel.import_key k
                       where k.auction_id = a.id and k.item_id = l.item_id
                         and k.key like 'x:%' limit 1) end), ',',
                   gavel.csv(i.title), ',', i.kind, ',',
                   (select string_agg(gavel.csv(
                               gavel.export_column(i.attributes, k)), ','
                               order by n)
                    from unnest('{nickname,tag,name,tier,peak_tier,position,'
                                'positions,champions,stats,score,pot}'
                                ::text[]) with ordinality u (k, n)), ',',
                   gavel.csv(i.description), ',', gavel.csv(i.image_url), ',',
                   l.base_price, ',',
                   case when host then nullif(m.reserve, 0) end, ',',
                   nullif(m.buy_now, 0), ',', nullif(m.ceiling, 0), ',',
                   nullif(m.quantity, 0), ',', l.status, ',',
                   case when l.status = 'sold' then l.price end, ',',
                   gavel.csv(gavel.export_rest(i.attributes)))
           else gavel.lot_json(l, i, host)::text end
    from gavel.lot l
    left join gavel.item i on i.id = l.item_id
    left join gavel.lot_terms m on m.lot_id = l.id
    where l.auction_id = a.id and l.number > coalesce(after, 0)
    order by l.number limit max
$$;

-- A line for each sale, as a lot of several units has several, and one for a
-- lot without any.
create or replace function gavel.export_results(a gavel.auction,
    as_csv boolean, after bigint, max int)
returns table (place bigint, line text)
language sql stable security definer as $$
    select l.number::bigint,
           case when as_csv then
               concat_ws(',', l.number, l.id, gavel.csv(i.title),
                   case when s.winner is null then l.status else 'sold' end,
                   gavel.csv(s.price), l.base_price, l.bid_count,
                   gavel.csv(s.winner), gavel.csv(w.display_name),
                   gavel.csv(s.team), gavel.csv(t.name))
           else json_build_object('number', l.number, 'lot_id', l.id,
                   'item_id', l.item_id, 'title', i.title,
                   'status', case when s.winner is null then l.status
                                  else 'sold' end,
                   'price', s.price,
                   'base_price', l.base_price, 'bid_count', l.bid_count,
                   'winner_id', s.winner, 'winner', w.display_name,
                   'team_id', s.team, 'team', t.name)::text end
    from (select * from gavel.lot x
          where x.auction_id = a.id and x.number > coalesce(after, 0)
          order by x.number limit max) l
    left join gavel.item i on i.id = l.item_id
    left join lateral (
        select x.price, x.winner_id as winner, x.team_id as team, x.round
        from gavel.sale x where x.lot_id = l.id
        union all
        select l.price, l.leader_id, l.leader_team, l.round
        where l.status = 'sold'
          and not exists (select from gavel.sale x where x.lot_id = l.id)
    ) s on true
    left join gavel.account w on w.id = s.winner
    left join gavel.team t on t.id = s.team
    order by l.number, s.round
$$;

-- A line for each player of a team, one without a player for a team that has
-- none; all of a team at once.
create or replace function gavel.export_rosters(a gavel.auction,
    as_csv boolean, after bigint, max int)
returns table (place bigint, line text)
language sql stable security definer as $$
    select t.id,
           case when as_csv then
               (select string_agg(concat_ws(',', t.id, gavel.csv(t.name),
                           gavel.csv(p.display_name), t.budget, t.spent,
                           t.budget - t.held - t.spent, gavel.csv(l.id),
                           gavel.csv(i.title),
                           gavel.csv(i.attributes->>'position'),
                           gavel.csv(r.price), gavel.csv(r.via)), E'\r\n'
                           order by r.lot_id)
                from (select 1) one
                left join gavel.roster r on r.team_id = t.id
                left join gavel.lot l on l.id = r.lot_id
                left join gavel.item i on i.id = l.item_id)
           else gavel.team_json(t)::text end
    from (select * from gavel.team x
          where x.auction_id = a.id and x.joined and not x.gone
            and x.id > coalesce(after, 0)
          order by x.id limit max) t
    left join gavel.account p on p.id = t.leader_id
    order by t.id
$$;

create or replace function gavel.export_bids(a gavel.auction,
    as_csv boolean, after bigint, max int)
returns table (place bigint, line text)
language sql stable security definer as $$
    select x.id,
           case when as_csv then
               concat_ws(',', x.id, gavel.csv((j->>'lot_id')::bigint),
                   gavel.csv(x.number::bigint), gavel.csv(i.title),
                   gavel.csv(j->>'round'),
                   gavel.csv((j->'bidder'->>'id')::bigint),
                   gavel.csv(j->'bidder'->>'display_name'),
                   gavel.csv((j->>'team_id')::bigint), gavel.csv(t.name),
                   gavel.csv((j->>'amount')::bigint), gavel.csv(j->>'state'),
                   gavel.csv(j->>'created_at'))
           else j::text end
    from (select b.id, l.number, l.item_id, gavel.bid_json(b, l) as j
          from gavel.bid b
          left join gavel.lot l on l.id = b.lot_id
          where b.id > coalesce(after, a.id << 22)
            and b.id < (a.id + 1) << 22
          order by b.id limit max) x
    left join gavel.item i on i.id = x.item_id
    left join gavel.team t on t.id = (j->>'team_id')::bigint
    order by x.id
$$;

-- The log as it is kept: `public` is the very text that was hashed.  Of a
-- private part that is not shown there is its digest, so that everybody can
-- follow the chain:
-- hash = SHA-256(hash before || public || SHA-256(nonce || private)).
create or replace function gavel.export_log(a gavel.auction, as_csv boolean,
    secrets boolean, after bigint, max int)
returns table (place bigint, line text)
language sql stable security definer
set enable_seqscan = off set enable_bitmapscan = off
as $$
    select e.seq,
           case when as_csv then
               concat_ws(',', e.seq, e.public::json->>'type',
                   gavel.iso_ms(e.ts), gavel.csv(e.public),
                   encode(e.hash, 'hex'))
           else concat('{"seq":', e.seq, ',"public":', to_json(e.public),
                   ',"hash":"', encode(e.hash, 'hex'), '"',
                   case when e.private is null or e.private = '' then ''
                        when secrets then
                            concat(',"private":', to_json(e.private),
                                   ',"nonce":"', encode(e.nonce, 'hex'), '"')
                        else concat(',"private_hash":"', encode(sha256(
                            e.nonce || convert_to(e.private, 'UTF8')), 'hex'),
                            '"') end, '}') end
    from gavel.event e
    where e.auction_id = a.id and e.seq > coalesce(after, 0)
    order by e.seq limit max
$$;

create or replace function gavel.export_header(what text, ko boolean)
returns text language sql immutable parallel safe as $$
    select case when ko then case what
        when 'lots' then '번호,lot_id,external_id,제목,종류,닉네임,태그,이름,'
            '티어,최고티어,포지션,positions,챔피언,전적,점수,포트,설명,이미지,'
            '시작가,내정가,즉시구매가,상한가,수량,상태,낙찰가,attributes'
        when 'results' then '번호,lot_id,제목,상태,낙찰가,시작가,입찰수,'
            '낙찰자_id,낙찰자,팀_id,팀'
        when 'rosters' then '팀_id,팀,팀장,포인트,사용,잔여포인트,lot_id,선수,'
            '포지션,가격,방법'
        when 'bids' then 'bid_id,lot_id,번호,제목,라운드,입찰자_id,입찰자,'
            '팀_id,팀,금액,상태,시각'
        else 'seq,type,ts,public,hash' end
    else case what
        when 'lots' then 'number,lot_id,external_id,title,kind,nickname,tag,'
            'name,tier,peak_tier,position,positions,champions,stats,score,'
            'pot,description,image_url,base_price,reserve,buy_now,ceiling,'
            'quantity,status,price,attributes'
        when 'results' then 'number,lot_id,title,status,price,base_price,'
            'bid_count,winner_id,winner,team_id,team'
        when 'rosters' then 'team_id,team,leader,budget,spent,remaining,'
            'lot_id,player,position,price,via'
        when 'bids' then 'bid_id,lot_id,number,title,round,bidder_id,bidder,'
            'team_id,team,amount,state,created_at'
        else 'seq,type,ts,public,hash' end
    end
$$;

-- A page of a file.  body is its text; etag where the next page begins, or
-- null behind the last.  With no place (`after`) it is the first.
create or replace function gavel.export_page(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a        gavel.auction;
    what     text := params->>'what';
    as_csv   boolean := params->>'format' = 'csv';
    after    bigint := (params->>'after')::bigint;
    max      int := case what when 'rosters' then 100 else 500 end;
    host     boolean;
    array_of boolean := not as_csv and what <> 'log';
    n        int;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    host := gavel.auction_host(a, actor);

    select string_agg(x.line, case when as_csv then E'\r\n'
                                   when array_of then E',\n'
                                   else E'\n' end order by x.place),
           count(*), max(x.place)
    into body, n, etag
    from (select * from gavel.export_lots(a, as_csv, host, after, max)
          where what = 'lots'
          union all
          select * from gavel.export_results(a, as_csv, after, max)
          where what = 'results'
          union all
          select * from gavel.export_rosters(a, as_csv, after, max)
          where what = 'rosters'
          union all
          select * from gavel.export_bids(a, as_csv, after, max)
          where what = 'bids'
          union all
          -- nobody learns maxima by calling an auction off
          select * from gavel.export_log(a, as_csv,
              host and a.status in ('ended', 'settled'), after, max)
          where what = 'log') x;

    status := 200;

    if n < max then
        etag := null;
    end if;

    body := concat(
        case when after is null then
            concat(case when (params->>'bom')::boolean and as_csv
                        then chr(65279) end,
                   case when as_csv
                        then gavel.export_header(what,
                                 coalesce((params->>'korean')::boolean, false))
                             || E'\r\n'
                        when array_of then '[' end)
             when array_of and n > 0 then E',\n' end,
        body,
        case when as_csv and n > 0 then E'\r\n'
             when array_of and etag is null then E']\n'
             when not array_of and not as_csv and n > 0 then E'\n' end);
end
$$;

-- Under which name a file is kept.
create or replace function gavel.export_open(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    a  gavel.auction;
begin
    select * into a
    from gavel.auction_for(actor, (params->>'auction_id')::bigint);

    if a.id is null then
        status := 404;
        code := 'not_found';
        return;
    end if;

    status := 200;
    body := jsonb_build_object('title', left(a.title, 80));
end
$$;
