#!/usr/bin/perl

# The feed: every event reaches every worker's watchers once and in order,
# also when Redis loses some, is away, or lies.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use IO::Socket::UNIX;
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

# An event that only a newer engine knows, and one behind it: the auction is
# not decided here any more, and PostgreSQL is asked for it once.

$t->stop;
$t = Gavel::Test->new(workers => 1)->auction('live');
$id = $t->auction_id;

my $kim = $t->user('kim');
my $watcher = $t->ws->subscribe;
my $seq = $kim->bid(100)->{seq};
my $public = $t->sql("select public from gavel.event where auction_id = $id
                      and seq = $seq");

sub counted {
    return ($t->get('/metrics')->{body}
            =~ /^gavel_auction_$_[0]_total\S* (\d+)$/m)[0];
}

ok eventually { $t->redis->cli('pubsub', 'numsub', $t->redis->prefix
    . "auction:$id") =~ /\b1\z/ }, 'its events come by Redis';

my $before = counted('filled');
my $redis = IO::Socket::UNIX->new($t->redis->path);

for my $type ('bid.unheard_of', 'bid.accepted') {
    my $text = $public =~ s/"seq":\d+/'"seq":' . ++$seq/er
                       =~ s/bid\.accepted/$type/r;
    my @words = ('publish', $t->redis->prefix . "auction:$id",
        pack 'C L2 x16 x32 a*', 1, length $text, 0, $text);

    print $redis '*3', map { "\r\n\$" . length($_) . "\r\n$_" } @words;
    print $redis "\r\n";
    is <$redis>, ":1\r\n", "an event, $type";
}

is $kim->bid(200)->{code}, 'engine_halted', 'it is not decided here';
is $watcher->event('bid.accepted')->{seq}, $seq - 2, 'what was known is told';
is $watcher->event(undef, 0.5), undef, '... and no more';
is counted('filled'), $before, '... for which nobody goes on asking';

my $healed = counted('healed');
$t->pg->psql("update gavel.log_head set seq = seq + 1 where auction_id = $id");
ok !eventually(sub { counted('healed') > $healed }, 2.5),
    '... nor for what newer ones have written since';
$t->pg->psql("update gavel.log_head set seq = seq - 1 where auction_id = $id");

$t->finish;
