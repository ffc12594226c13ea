#!/usr/bin/perl

# The log lost its tail (a standby that lagged was promoted): the first who
# notices opens a new epoch, clients start again from a snapshot, and a newer
# engine's auction is served but not decided.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(nodes => 2, pg => 'own');

$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
my $id = $t->auction_id;
my @bidders = map { $t->user($_) } qw(kim lee);

$bidders[$_ % 2]->bid($_, node => $_ % 2) for 1 .. 6;
my $length = $t->log_length;

# The log up to a place, and the bids up to an amount.
sub lose_tail {
    my ($seq, $amount, $more) = @_;

    $t->pg->psql("begin;
        delete from gavel.event where auction_id = $id and seq > $seq;
        delete from gavel.bid where auction_id = $id and amount > $amount;
        delete from gavel.snapshot where auction_id = $id;
        update gavel.log_head h set seq = e.seq, head = e.hash
          from gavel.event e
         where h.auction_id = $id and e.auction_id = $id and e.seq = $seq;
        @{[ $more // '' ]}
        commit;");
}

my $watcher = $t->ws(node => 0)->subscribe;
is scalar($watcher->seqs), $length, 'a watcher';

# What the promoted standby would have: everything but the last two bids.

my $lot = ($t->lots)[0];
lose_tail($length - 2, 4);

ok eventually(sub { $t->sql("select epoch from gavel.log_head
    where auction_id = $id") == 2 }, 8), 'a new epoch';
is $t->sql("select count(*) from gavel.event where auction_id = $id
    and type = 13"), 1, 'is opened once';
ok eventually(sub { ($t->get("auctions/$id/snapshot", node => 1)->{json}{epoch}
    // 0) == 2 }, 5), 'the other node comes to it';

for my $n (0, 1) {
    my $s = $t->get("auctions/$id/snapshot", node => $n)->{json};
    is $s->{state}{lots}[0]{price}, 4, "node $n: the price is what the log says";
}

is $bidders[1]->bid(5, node => 0)->{status}, 201, 'bids go on';
is $bidders[0]->bid(6, node => 1)->{status}, 201, 'everywhere';

# Those who know of a lost tail are busy when others read the log for the first
# time: these do not go on in the epoch that has ended.

my $follower = $t->ws(node => 1)->subscribe;
$length = $t->log_length;
ok $follower->{subscribed}, 'a watcher of the other node';
my @knowing = $t->workers(1);
my @strange = $t->workers(0);
kill 'STOP', @knowing, @strange;

lose_tail($length - 1, 5, "update gavel.timeline set name = 'before';");

$t->forgive(@strange);
kill 'KILL', @strange;
ok eventually(sub { $t->node(0)->ready
    && !grep { my $w = $_; grep { $_ == $w } @strange } $t->workers(0) }, 10),
    'workers who know nothing';

my $early = $bidders[1]->ws(node => 0);
$early->send({ type => 'bid', auction_id => $id, lot_id => $lot,
               amount => 9, request_id => 'early' });
is $early->expect('ack', timeout => 1), undef, 'leave it to those who know';

kill 'CONT', @knowing;
ok eventually(sub { $t->sql("select epoch from gavel.log_head
    where auction_id = $id") == 3 }, 8), '... who open a new epoch';
is $t->sql("select count(*) from gavel.event where auction_id = $id
    and request_id = 'early' and epoch < 3"), 0, '... before any bid';
is $bidders[0]->bid(20, node => 0)->{status}, 201, '... and bids go on';

# A newer engine has written.

$t->pg->psql("update gavel.log_head set engine_rev = 99
              where auction_id = $id");
is $bidders[1]->bid(7)->{code}, 'engine_halted', 'this one does not decide';
is $t->get("auctions/$id/snapshot")->{status}, 200, 'but serves';

# The promoted standby has not even heard of an auction.

$t->auction('live', lots => 1);
$id = $t->auction_id;
$watcher = $t->ws(node => 0)->subscribe;
my @workers = $t->workers(0);

$t->pg->psql(<<"SQL");
begin;
set local session_replication_role = replica;
delete from gavel.event where auction_id = $id;
delete from gavel.snapshot where auction_id = $id;
delete from gavel.log_head where auction_id = $id;
delete from gavel.auction where id = $id;
commit;
SQL

is $t->get("auctions/$id/snapshot", node => 0)->{status}, 404,
    'it is not there any more';

# His worker hears of it when it is the one that is asked.

my $told;
eventually {
    $t->get("auctions/$id/snapshot", node => 0);
    $told = $watcher->expect('error', timeout => 0.2);
} 20;
is $told && $told->{code}, 'not_found', 'who follows it is told';
$watcher->send({ type => 'ping', t => 1 });
ok $watcher->expect('pong'), '... on a socket that goes on';
is_deeply [ $t->workers(0) ], [ @workers ], '... of a worker that lives';

# The log loses its tail, and what a client had of it, while what he missed is
# being read.

$t->stop;
$t = Gavel::Test->new(workers => 1, http => 'gavel_replay 2000;');
$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
$id = $t->auction_id;
@bidders = map { $t->user($_)->ws } qw(kim lee);
$length = $t->log_length;
$bidders[$_ % 2]->bid($_) for 1 .. 540;
is $t->log_length, $length + 540, 'more bids than are kept in memory';

$t->pg->psql(<<'SQL');
alter function gavel.log_events(bigint, bigint, int) rename to log_events_read;
create function gavel.log_events(p_auction bigint, p_after bigint, p_max int)
returns table (kind text, seq bigint, epoch int, ts bigint, type int,
    actor_id bigint, request_id text, body_hash bytea, public text,
    private text, nonce bytea, hash bytea)
language plpgsql volatile security definer as $$
begin
    if p_max = 2000 then
        perform pg_advisory_xact_lock_shared(46);
    end if;
    return query select * from gavel.log_events_read(p_auction, p_after, p_max);
end
$$;
grant execute on function gavel.log_events(bigint, bigint, int) to gavel_app;
SQL

$watcher = $t->ws->subscribe(fresh => 1);
my $held = $t->pg->hold('select pg_advisory_xact_lock(46)');
my $late = $t->ws;
$late->send({ type => 'subscribe', channel => "auction:$id", epoch => 1,
              last_seq => $length + 20 });
ok eventually(sub { $t->pg->sql("select count(*) from pg_locks
    where locktype = 'advisory' and not granted") }), 'somebody comes back';

$t->pg->psql(<<"SQL");
begin;
delete from gavel.event where auction_id = $id and seq > $length + 2;
delete from gavel.bid where auction_id = $id and amount > 2;
delete from gavel.snapshot where auction_id = $id;
update gavel.log_head h set seq = e.seq, head = e.hash from gavel.event e
 where h.auction_id = $id and e.auction_id = $id and e.seq = $length + 2;
commit;
SQL

ok eventually(sub { ($t->snapshot->{epoch} // 0) == 2 }), 'a new epoch meanwhile';
$t->pg->let_go($held);
is $late->expect('subscribed')->{reason}, 'epoch', '... he is told';
ok $bidders[1]->bid(3)->{ok}, 'a bid';
is $late->event('bid.accepted')->{data}{amount}, 3, '... which he sees';

$t->finish;
