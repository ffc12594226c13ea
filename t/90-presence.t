# How many watch: right on every worker of every node, told when it changes,
# and right again after a worker, a node or Redis has died.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time sleep);

my $t = Gavel::Test->new(nodes => 2, workers => 2, redis => 'own')
    ->auction('live');
my $id = $t->auction_id;

# What this socket was last told, once it is `n`.
sub told {
    my ($ws, $n) = @_;

    my $end = time + 10;

    while (time < $end) {
        my $m = $ws->expect('presence', timeout => $end - time) // last;
        return $n if $m->{viewers} == $n;
    }

    return 'something else';
}

# Those whose connection is still there.
sub alive { return grep { 1 while defined $_->recv(0.05); !$_->{closed} } @_ }

my @watchers;

sub watch {
    my ($node) = @_;

    push @watchers, $t->ws(node => $node)->subscribe(fresh => 1);
    return $watchers[-1];
}

# Polls as eventually() does, while those who watch answer pings.
sub watched(&$) {
    my ($block, $seconds) = @_;

    return eventually {
        $_->recv(0.001) for @watchers;
        return $block->();
    } $seconds;
}


# --- counting ---

my $one = watch(0);
cmp_ok $one->{subscribed}{viewers}, '>=', 1, 'who comes counts at once';

my @more = map { watch($_ % 2) } 1 .. 9;

is told($one, 10), 10, 'all are counted, of all workers and nodes';
is told($more[0], 10), 10, 'and the other node says the same';

my $stream = $t->sse(node => 1);
ok eventually(sub {
    2 == grep { $t->get("auctions/$id/presence", node => $_)->{json}{viewers}
                == 11 } 0, 1;
}, 15), 'a stream counts, too, and REST tells it';

undef $stream;
ok count_is(10, 0), 'who leaves is counted no more';

$_->close for splice @more, 0, 4;
is told($one, 6), 6, 'nor are these';

ok eventually(sub { $t->get("auctions/$id/snapshot")->{json}{viewers} == 6 }),
    'the snapshot has it';


# --- how often ---

my @burst = map { watch(0) } 1 .. 5;
my $n = $one->expect('presence') ? 1 : 0;
my $end = time + 3;

while (time < $end) {
    $n++ if $one->expect('presence', timeout => $end - time);
}

cmp_ok $n, '<=', 4, 'many at once are one message a second';
cmp_ok $n, '>=', 1, 'but there is one';
$_->close for @burst;
is told($one, 6), 6, 'back to six';


# --- a worker dies ---

sub count_is {
    my ($n, $node) = @_;
    return watched {
        my $r = $t->get("auctions/$id/presence", node => $node);
        return ($r->{json}{viewers} // -1) == $n;
    } 15;
}

my $pid = $t->kill_a_worker(1);
my @alive = alive($one, @more);
ok count_is(scalar @alive, 0), 'those of a killed worker are gone'
    or diag $t->get("auctions/$id/presence")->{body};
ok count_is(scalar @alive, 1), 'on both nodes';


# --- a node dies ---

my @here = map { watch(0) } 1 .. 3;
my @there = map { watch(1) } 1 .. 3;
ok count_is(@alive + 6, 0), 'six more';

$t->node(1)->crash;

my @left = alive(@alive, @here, @there);
ok count_is(scalar @left, 0), 'those of a dead node are gone';


# --- Redis dies ---

$t->kill_redis;

my $late = watch(0);
ok count_is(@left + 1, 0), 'without Redis a node knows its own workers';
ok !grep({ $_->{type} eq 'error' } map { @{ $_->{seen} } } $late, @left),
    'and nobody sees an error';

$t->restart_redis;
my $last = watch(0);
ok count_is(@left + 2, 0), 'and with it all goes on';


# --- analytics ---

my $host = $t->host;
my $r = $host->get("auctions/$id/analytics");
is $r->{status}, 200, 'the host sees analytics';
is $r->{json}{auction_id}, $id, 'of his auction';

my @crowd = map { watch(0) } 1 .. 10;

ok watched(sub {
    $host->get("auctions/$id/analytics")->{json}{viewers} == @left + 12;
}, 25), 'how many there are';
ok watched(sub {
    my $a = $host->get("auctions/$id/analytics")->{json};
    return $a->{peak} >= 10 && defined $a->{average} && $a->{average} > 0;
}, 25), 'how many there were at most, and on average';


# The worker that writes may die soon after a peak.
my $now = @left + 12;
my @many = map { watch(0) } 1 .. 30;
ok count_is($now + 30, 0), 'many more come';
ok eventually(sub {
    $t->sql("select peak from gavel.viewing where auction_id = $id")
        >= $now + 30;
}, 10), 'which is written down';
$t->kill_a_worker(0);
$t->kill_a_worker(0);
watch(0);

ok watched(sub {
    my $a = $host->get("auctions/$id/analytics")->{json};
    return $a->{viewers} < 30 && $a->{peak} >= $now + 30;
}, 10), 'the peak outlives those who wrote it down'
    or diag $host->get("auctions/$id/analytics")->{body};
cmp_ok $host->get("auctions/$id/analytics")->{json}{average}, '>', 0,
    '... and so does the average';

is $t->get("auctions/$id/analytics")->{status}, 401, 'a guest does not';
is $t->user('lee')->get("auctions/$id/analytics")->{status}, 403,
    'nor does anybody else';
