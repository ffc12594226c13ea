# Redis with a replica and three sentinels: bids go on while its master is
# killed, and workers come to the new one, never to a replica.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 2, workers => 1, redis => 'sentinel');
my $redis = $t->redis;
my ($one, $two) = $redis->servers;

$t->auction('live', lots => 1, base => 1,
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });

sub at {
    my ($master, $other, $what) = @_;

    ok eventually(sub { $redis->clients($master) == 4 }, 30),
        "$what: both connections of both workers are at the master";
    ok eventually(sub { $redis->clients($other) == 0 }, 10),
        "$what: none at the other" if $redis->{pids}{$other};
    ok eventually(sub { !grep { $t->get('/readyz', node => $_)->{status} != 200
        } 0, 1 }, 10), "$what: both nodes are ready";
}

sub master {
    my ($port) = @_;
    return eventually { $redis->cli($port, 'role') =~ /^master/ } 30;
}

at($one, $two, 'at first');

my $load = Gavel::Load->new($t);
my @ws = map { $t->ws(node => $_)->subscribe } 0, 1;
ok $load->more(20), 'bids';


# --- the master dies ---

$redis->kill($one);
ok $load->more(20), 'bids go on without it';
ok master($two), 'the sentinels promote the replica';
at($two, $one, 'after that');
ok $load->more(20), 'bids with the new one';

$redis->start($one, '--replicaof', '127.0.0.1', $two);
ok eventually(sub { $redis->cli($two, 'info', 'replication')
    =~ /connected_slaves:1/ }, 30), 'the old one is a replica now';
is $redis->clients($one), 0, 'where nobody goes';


# --- the sentinel that is asked dies, too ---

my ($asked) = grep { $redis->clients($_) } $redis->sentinels;
my @others = grep { $_ != $asked } $redis->sentinels;
$redis->kill($asked);
ok eventually(sub {
    my $n = 0;
    $n += $redis->clients($_) for @others;
    return $n == 2;
}, 20), 'another one is asked';


# --- the master becomes a replica while it lives ---

ok eventually(sub { $redis->cli($others[0], 'sentinel', 'failover', 'gavel')
    eq 'OK' }, 30), 'a failover that was asked for';
ok master($one), 'and done';
at($one, $two, 'again');
ok $load->more(20), 'bids';

# Without a sentinel's help: a server that says READONLY is left.

$redis->kill($_) for @others;
$redis->cli($one, 'replicaof', '127.0.0.1', $two);
ok eventually(sub { $redis->clients($one) == 0 }, 20), 'a replica is left';
ok $load->more(20), 'bids go on';

my %told = $load->end;
is_deeply [ grep { $_->{status} != 201 } values %told ], [],
    'every bid was accepted';

for (@ws) {
    is_deeply [ $_->seqs(15) ], [ 1 .. $t->log_length ],
        'a watcher saw everything once, in order';
}
