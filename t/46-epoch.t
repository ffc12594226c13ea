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

my $watcher = $t->ws(node => 0)->subscribe;
is scalar($watcher->seqs), $length, 'a watcher';

# What the promoted standby would have: everything but the last two bids.

my $lot = ($t->lots)[0];
$t->pg->psql(<<"SQL");
begin;
delete from gavel.event where auction_id = $id and seq > $length - 2;
delete from gavel.bid where auction_id = $id and amount > 4;
delete from gavel.snapshot where auction_id = $id;
update gavel.log_head h set seq = e.seq, head = e.hash from gavel.event e
 where h.auction_id = $id and e.auction_id = $id and e.seq = $length - 2;
commit;
SQL

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
is $watcher->expect('error')->{code}, 'not_found', 'who follows it is told';
$watcher->send({ type => 'ping', t => 1 });
ok $watcher->expect('pong'), '... on a socket that goes on';
is_deeply [ $t->workers(0) ], [ @workers ], '... of a worker that lives';

$t->finish;
