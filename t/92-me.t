# The personal channel: who is outbid, wins, or has points held hears of it,
# once, wherever he is; it can be resumed, and is nobody else's.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time);

my $t = Gavel::Test->new(nodes => 2, workers => 2, redis => 'own')
    ->auction('live', lots => 4);
my $id = $t->auction_id;
my $host = $t->host;
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

sub me {
    my ($who, %o) = @_;

    my $ws = $who->ws(node => delete $o{node});
    $ws->subscribe(channel => 'me', fresh => 1, %o);
    $ws->{snapshot} = $ws->expect('snapshot') if !$ws->{subscribed}{resumed};

    return $ws;
}

my $kims = me($kim, node => 0);
my $there = me($kim, node => 1);
my $lees = me($lee, node => 1);

is_deeply $kims->{snapshot}{state}, { events => [] }, 'it begins empty';


# --- outbid ---

is $kim->bid(100)->{status}, 201, 'a bid';
is $lee->bid(200, node => 1)->{status}, 201, 'a higher one';

for my $ws ($kims, $there) {
    my $e = $ws->event('me.outbid', 10);
    is_deeply [ @{$e}{qw(type seq auction_id amount price)} ],
        [ 'me.outbid', 1, $id, 100, 200 ], 'the outbid hears of it';
    ok $e->{lot} && $e->{lot_id}, 'and of which lot';
}

is $kim->bid(300)->{status}, 201, 'he goes on';
is $lees->event('me.outbid', 10)->{price}, 300, 'now it is the other';
is $kims->recv(0.3), undef, 'who leads hears nothing';


# --- won ---

my $lot = $t->get("auctions/$id/lots?status=open")->{json}{results}[0]{id};
my $r = $host->post("auctions/$id/lots/$lot/hammer");
like $r->{status}, qr/^20/, 'sold' or diag $r->{body};

my $won = $kims->event('me.won', 10);
is $won->{price}, 300, 'the winner hears of it';
is $won->{lot_id}, $lot, 'and what he won';
is $won->{seq}, 2, 'next in his sequence';
is $lees->recv(0.3), undef, 'who lost does not';


# --- coming back ---

my $back = me($kim, last_seq => 1);
ok $back->{subscribed}{resumed}, 'who comes back resumes';
is $back->event->{type}, 'me.won', 'with what he missed';
is me($kim)->{snapshot}{state}{events}[0]{type}, 'me.outbid',
    'who comes new sees the last ones';

$r = $kim->get('users/me/events?after=1')->{json};
is $r->{seq}, 2, 'REST tells the same';
is_deeply [ map { $_->{type} } @{ $r->{results} } ], [ 'me.won' ],
    'after a place';


# --- whose it is ---

my $guest = $t->ws;
$guest->send({ type => 'subscribe', channel => 'me' });
is $guest->expect('error')->{code}, 'not_authenticated', 'a guest has none';
is $t->get('users/me/events')->{status}, 401, 'nor by REST';
ok !grep({ $_->{auction_id} && $_->{type} eq 'me.won' }
         @{ $lee->get('users/me/events')->{json}{results} }),
    "nobody sees another's";


# --- ending soon ---

like $lee->post("auctions/$id/watch")->{status}, qr/^20/, 'somebody watches';
$t->sql("update gavel.auction set ends_at = now() + interval '2 minutes' "
        . "where id = $id");
my $soon = $lees->event('me.ending_soon', 10);
is $soon->{auction_id}, $id, 'what he watches will end soon';
is $kims->recv(0.3), undef, 'who does not watch is left alone';
is $t->sql("select count(*) from gavel.me_event "
           . "where kind = 'ending_soon'"), 1, 'once';


# A lot has been open for long and will end soon, as the tables beside the
# log have it.
sub soon {
    my ($which) = @_;
    $t->sql("update gavel.lot set opened_at = opened_at - 3600000, ends_at = "
            . "extract(epoch from now()) * 1000 + 40000 where id = $which");
    $t->sql("insert into gavel.due (auction_id, at) values ($id, "
            . "extract(epoch from now()) * 1000 + 40000) on conflict "
            . "(auction_id) do update set at = least(due.at, excluded.at)");
}

my ($watched) = map { $_->{id} }
    @{ $t->get("auctions/$id/lots?status=queued")->{json}{results} };
$host->post("auctions/$id/lots/$watched/open");
like $_->put("watchlist/lots/$watched")->{status}, qr/^20/, 'a lot is watched'
    for $kim, $lee;
soon($watched);

for my $ws ($kims, $there, $lees) {
    my $e = $ws->event('me.ending_soon', 10);
    is_deeply [ @{ $e || {} }{qw(auction_id lot_id)} ], [ $id, $watched ],
        'each who watches it hears of it, wherever he is';
}

my $last = (map { $_->{seq} }
            @{ $kim->get('users/me/events')->{json}{results} })[-1];
my $later = me($kim, node => 1, last_seq => $last - 1);
ok $later->{subscribed}{resumed}, 'who was away';
is $later->event->{type}, 'me.ending_soon', '... hears of it, too';

# what could make it be told again: workers, more of the channel than is
# kept, a list made anew, the lot made to end soon once more
$t->kill_a_worker($_) for 0, 1;
($kims, $there, $lees) = (me($kim, node => 0), me($kim, node => 1),
                          me($lee, node => 1));
$kim->delete("watchlist/lots/$watched");
$kim->put("watchlist/lots/$watched");
$t->sql("delete from gavel.me_event where user_id = " . $lee->id
        . " and kind = 'ending_soon'");
soon($watched);
select undef, undef, undef, 3.5;
is $t->sql("select seq from gavel.me_head where user_id = " . $kim->id), $last,
    'and never again';
is $t->sql("select count(*) from gavel.me_event where user_id = " . $lee->id
           . " and kind = 'ending_soon'"), 0, '... nobody';


# --- points held ---

my $teams = Gavel::Test->new(pg => 'shared')->auction('draft', leaders => 2);
my ($one, $two) = $teams->leaders;
my $ones = $one->ws;
$ones->subscribe(channel => 'me', fresh => 1);
is $one->bid(100)->{status}, 201, 'a leader bids';
my $held = $ones->event('me.hold', 10);
is $held->{held}, 100, 'and hears what is held of his points';
is $two->bid(110)->{status}, 201, 'the other';
is $ones->event('me.outbid', 10)->{price}, 110, 'and that they are free again';


# --- a long log ---

my $looked = q{select sum(idx_tup_fetch + seq_tup_read)
    from pg_stat_xact_user_tables where relname in ('event', 'bid');};

my @told = map { $_->[0] } grep { $_->[0] =~ /^\d+$/ } $t->sql_rows(qq{
    begin;
    delete from gavel.event;
    delete from gavel.bid;
    insert into gavel.event (auction_id, seq, epoch, type, ts, public, hash)
    select 77, i, 1, 10, 0, '{}', '' from generate_series(1, 20000) i;
    insert into gavel.bid (id, auction_id, lot_id, round, bidder_id, amount,
                           origin, at)
    select (77 << 22) + i, 77, 1, 1, 1, i, 0, 0
    from generate_series(1, 20000) i;
    analyze gavel.event, gavel.bid;
    $looked
    select count(*) from gavel.me_read('{77}', '{19000}', '{19010}');
    $looked
    rollback});

is $told[1], 0, 'one who bids against himself hears nothing';
cmp_ok $told[2] - $told[0], '<', 40, '... and only what came was looked at';


@told = map { $_->[0] } grep { $_->[0] =~ /^\d+$/ } $t->sql_rows(q{
    begin;
    do $$ begin
        for i in 1 .. 600 loop
            perform gavel.me_add('{77}', '{77}', array[i], '{won}', '{x}');
        end loop;
    end $$;
    select max(seq) from gavel.me_event where user_id = 77;
    select max(seq) - min(seq) + 1 from gavel.me_event where user_id = 77;
    rollback});

is $told[0], 600, 'many things concern one';
cmp_ok $told[1], '>=', 200, '... and the last 200 are kept';
cmp_ok $told[1], '<', 264, '... but not all of them';


# --- whatever dies ---

# Sockets that nobody has read from for long are closed.
($there, $lees) = map { me($_, node => 1) } $kim, $lee;

my $park = $t->user('park');
my $parks = me($park);

sub add {
    my ($from, $to) = @_;

    $t->pg->psql(qq{do \$\$ begin
        for i in $from .. $to loop
            perform gavel.me_add('{@{[ $park->id ]}}', '{$id}',
                                 array[1000000 + i], '{won}', '{"\\"n\\":1"}');
        end loop;
    end \$\$});
}

$t->kill_redis;
is $kim->bid(100)->{status}, 201, 'without Redis';
is $lee->bid(200)->{status}, 201, 'both bid';
is $there->event('me.outbid', 20)->{price}, 200, 'and it is told';

add(1, 600);
is $parks->expect('subscribed', timeout => 20)->{reason}, 'gap',
    'what is not kept any more cannot be told';
add(601, 601);
my @left = map { $_->{seq} } @{ $parks->expect('snapshot')->{state}{events} };
push @left, $parks->event('me.won', 20)->{seq} while $left[-1] < 601;
is_deeply \@left, [ $left[0] .. 601 ], '... but what is left, and comes then';

$t->restart_redis;
$t->kill_a_worker(0);
is $kim->bid(300)->{status}, 201, 'after a worker died';
is $lees->event('me.outbid', 20)->{price}, 300, 'it is told, too';

my $all = $kim->get('users/me/events')->{json}{results};
is_deeply [ map { $_->{seq} } @$all ], [ 1 .. @$all ], 'each at its place';

is $t->sql("select count(*) from (select from gavel.me_event group by "
           . "user_id, auction_id, log_seq, kind having count(*) > 1) x"), 0,
    'nothing twice';
ok eventually(sub {
    !$t->sql("select count(*) from gavel.outbox where topic = 'me'");
}, 5), 'and nothing is left to do';
