#!/usr/bin/perl

# The feed: every event reaches every worker's watchers once and in order,
# also when Redis loses some, is away, or lies.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(sleep);

my $t = Gavel::Test->new(nodes => 2, redis => 'own');

$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
my $id = $t->auction_id;
my @bidders = map { $t->user($_) } qw(kim lee);
my $amount = 0;

# Enough of them that each worker has some.

my @watchers = map { $t->ws(node => $_ % 2)->subscribe } 1 .. 12;

sub bids {
    for (1 .. $_[0]) {
        $amount++;
        $bidders[$amount % 2]->bid($amount, node => $_ % 2,
                                   request_id => "r-$amount");
    }
}

sub everybody {
    my ($what) = @_;

    my @all = (1 .. $t->log_length);
    my $wrong = grep { "@{[ $_->seqs ]}" ne "@all" } @watchers;

    is $wrong, 0, "$what: all saw everything once, in order";
}

bids(20);
everybody('quiet');

# Subscriptions are cut while bids go on: what was published meanwhile is
# lost, and comes from PostgreSQL.

for (1 .. 5) {
    $t->redis->cli('client', 'kill', 'type', 'pubsub');
    bids(4);
}

everybody('cut subscriptions');

$t->kill_redis;
bids(20);
everybody('without Redis');

$t->restart_redis;
sleep 2;
bids(5);
everybody('with it again');

# An event that never was, and noise.

$t->redis->cli('publish', $t->redis->prefix . "auction:$id", $_)
    for "\x01garbage", 'x' x 500, '';
bids(5);
everybody('noise');

$t->finish;
