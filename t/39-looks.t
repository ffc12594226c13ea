# Questions look at what they answer, whatever else is in the database.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new;

# 3,000 auctions, almost all of them over; the first is a timed sale with 10,000
# bids for 500 lots, 400 have 10 lots.

$t->pg->psql(q{
    set search_path = gavel;

    insert into account (display_name, roles)
    select 'User ' || i, case i when 1 then 7 else 1 end
    from generate_series(1, 200) i;

    insert into auction (owner_id, mode, title, status, starts_at, ends_at)
    select case when i % 2 = 0 then 2 else 3 + i % 50 end,
           case when i = 1 then 'timed' else 'live' end, 'An auction',
           case when i in (1, 7) then 'live' else 'settled' end,
           now() - i * interval '1 day', now() - i * interval '1 day'
    from generate_series(1, 3000) i;

    insert into item (owner_id, title)
    select a.owner_id, 'Item ' || k from auction a, generate_series(1, 10) k
    where a.id <= 400
    order by a.id, k;

    insert into lot (id, auction_id, item_id, number, position, status,
                     base_price, bid_count, opened_at, ends_at)
    select (a.id << 22) + k, a.id, (a.id - 1) * 10 + 1 + k % 10, k, k,
           case when a.status = 'live' then 'open' else 'sold' end, 1, 1, 0,
           case when k = 1 and a.id = 1
                then extract(epoch from now()) * 1000 + 30000 end
    from auction a, generate_series(1, case a.id when 1 then 500 else 10 end) k
    where a.id <= 400;

    insert into event (auction_id, seq, epoch, type, ts, public, hash)
    select 1, i, 1, 10, 0, '{"data":{"bid_count":'
           || case when i <= 500 then 1 else 2 end || '}}', ''
    from generate_series(1, 10000) i;

    insert into bid (id, auction_id, lot_id, round, bidder_id, amount,
                     origin, at)
    select (1 << 22) + i, 1, (1 << 22) + 1 + i % 500, 0,
           2 + i / 500 % 2, i, 0, 0
    from generate_series(1, 10000) i;

    insert into bid (id, auction_id, lot_id, round, bidder_id, amount,
                     origin, at)
    select l.id + 100, l.auction_id, l.id, 0, 3, 1, 0, 0
    from lot l where l.auction_id > 1;

    insert into log_head (auction_id, seq) select 1, 10000;
    insert into me_place (auction_id, seq) values (1, 0);
    insert into due (auction_id, at) values (1, 0);

    insert into sale (lot_id, round, auction_id, winner_id, price, bid_id, ts)
    select id, 0, auction_id, 3, 1, id, 0 from lot where auction_id > 1;

    insert into roster (lot_id, auction_id, team_id, price, via)
    select id, auction_id, 1, 1, 'sale' from lot where auction_id > 1;

    insert into auto_bid (id, auction_id, lot_id, bidder_id, max_amount, ts)
    select id, auction_id, id, 3, 1, 0 from lot where auction_id > 1;

    insert into sealed_bid (lot_id, round, bidder_id, auction_id, amount, ts)
    select id, 0, 3, auction_id, 1, 0 from lot where auction_id > 1;

    insert into team (auction_id, name, leader_id, joined)
    select a.id, 'Team ' || k, 1 + (a.id * 5 + k) % 200, true
    from auction a, generate_series(1, 5) k;

    insert into ledger (auction_id, seq, no, kind, team_id, debit, credit,
                        amount)
    select 1, i, 1, 'hold', case when i % 400 = 0 then 2 else 1 end,
           'available', 'held', 1
    from generate_series(1, 10000) i
    union all
    select 2, i, 1, 'grant', i, 'bank', 'available', 1
    from generate_series(3, 5000) i;

    insert into watch (account_id, auction_id, lot_id)
    select 5, 1, (1 << 22) + i from generate_series(1, 3000) i;

    insert into session (account_id, refresh_hash, expires_at, revoked_at)
    select 1 + i % 200, sha256(i::text::bytea), now() + interval '1 day',
           case when i % 2 = 0 then now() end
    from generate_series(1, 4000) i;

    insert into idempotency (account_id, key, body_hash, status)
    select 5, i, '', 200 from generate_series(1, 3000) i;

    insert into audit (actor_id, action, target)
    select 1 + i % 200, 'x', 'user:' || i % 200
    from generate_series(1, 4000) i;

    analyze;
});


# Plans are made for what is asked, or once for all that may be.

sub looks {
    my ($name, $most, $tables, $question, $before) = @_;

    for my $how (qw(custom generic)) {
        cmp_ok $t->looked($tables, $question, ($before // '')
                . ";set local plan_cache_mode = force_${how}_plan"),
            '<=', $most, "$name ($how)";
    }
}



# --- people ---

looks 'a session that is opened', 60, 'session',
    q{select gavel.session_add(7, '{"refresh_hash":"00","lifetime":9}')};
looks 'points of one', 100, 'team', q{select gavel.points_mine(7, '{}')};
looks 'a call that is kept', 30, 'idempotency', q{select gavel.once(5,
    '{"function":"user_me","key":"new","body_hash":"00","params":{}}')};
looks 'what an admin did', 50, 'audit',
    q{select gavel.admin_audit(1, '{"actor_id":9}')};
looks 'what was done to one', 50, 'audit',
    q{select gavel.admin_audit(1, '{"target":"user:9"}')};


# --- auctions ---

looks 'the few that are live', 10, 'auction',
    q{select gavel.auction_list(0, '{"status":"live"}')};
looks 'some of many', 1100, 'auction',
    q{select gavel.auction_list(0, '{"mode":"live"}')};
looks 'the calendar of one auction', 10, 'auction',
    q{select gavel.calendar_ics(0, '{"auction":300}')};
looks 'the calendar of a month', 60, 'auction',
    q{select gavel.calendar_list(0, '{"from":"2020-01-01",
                                      "to":"2020-01-31"}')};
looks 'the calendar of one streamer', 60, 'auction',
    q{select gavel.calendar_list(0, '{"streamer":5,"from":"2020-01-01",
                                      "to":"2020-01-31"}')};
looks 'what is in the way of an auction', 10, 'auction',
    q{select gavel.calendar_conflicts(a, now(), now())
      from gavel.auction a where a.id = 200};
looks 'which auction a link shows', 10, 'auction',
    q{select gavel.overlay_show(0, '{"token":"t"}')},
    q{insert into gavel.overlay_token (account_id, token_hash)
      values (2, sha256('t'))};
looks 'sums of one', 40, 'sale,lot',
    q{select gavel.auction_analytics(1, '{"auction_id":9}')};
looks 'may an item change', 50, 'auction,lot',
    q{select gavel.item_has_bids(i) from gavel.item i where i.id = 15};
looks 'lines that come in', 2500, 'lot',
    q{select gavel.import_rows(3, jsonb_build_object('auction_id', 1,
          'bytes', 0, 'rows', (select jsonb_agg(jsonb_build_object('line', k,
          'title', 'Item ' || k)) from generate_series(1, 10) k)))},
    'update gavel.auction set owner_id = 3 where id = 1';
looks "$_ of one auction", 20, $_, "select gavel.verify_rows(9, '$_')"
    for qw(sale roster auto_bid sealed_bid);


# --- bids and points ---

looks 'my bids in one auction', 60, 'bid',
    q{select gavel.bid_mine(3, '{"auction_id":9}')};
looks 'what I have lost there', 80, 'bid',
    q{select gavel.bid_mine(3, '{"auction_id":9,"state":"lost"}')};
looks 'what I have lost', 40000, 'bid',
    q{select gavel.bid_mine(3, '{"state":"lost"}')};
looks 'points of a team', 80, 'ledger,event',
    q{select gavel.ledger_list(1, '{"auction_id":1,"team_id":2}')};
looks 'what a team began with', 5, 'ledger',
    q{select gavel.team_budget(t) from gavel.team t where t.id = 1},
    'update gavel.team set auction_id = 1 where id = 1';


# --- what concerns people ---

my $read = q{
    insert into gavel.outbox (auction_id, seq, topic) values (1, %d, 'me');
    select count(*) from gavel.me_make(64)};

looks 'who led before', 40, 'bid', sprintf($read, 9010),
    sprintf $read, 9000;
looks 'first bids', 30, 'bid', sprintf($read, 10),
    'delete from gavel.outbox';
looks 'who watches what ends soon', 10, 'watch',
    'select * from gavel.me_soon()';

$t->finish;
