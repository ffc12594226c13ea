# A client that comes back has seen everything exactly once, or is told why
# not (T-21, T-44).

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('live');
my $channel = 'auction:' . $t->auction_id;
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));
my @bidders = ($kim->ws, $lee->ws);

my $next = 100;
my $turn = 0;

sub bid {
    my $ack = $bidders[$turn++ % 2]->bid($next);
    ok $ack->{ok}, "a bid of $next" or diag explain $ack;
    $next = $ack->{min_next};
    return $ack;
}

bid() for 1 .. 5;

my $ws = $t->ws->subscribe;
ok $ws->{subscribed}{resumed}, 'from the very first event';
is_deeply [ $ws->seqs ], [ 1 .. $t->log_length ], 'all of it, in order';

$ws->drop;
my $last = ($ws->events_seen)[-1]{seq};

bid() for 1 .. 3;

$ws = $t->ws->subscribe(epoch => 1, last_seq => $last);
ok $ws->{subscribed}{resumed}, 'back again';
is_deeply [ $ws->seqs ], [ $last + 1 .. $t->log_length ],
    'what was missed, and nothing else';
ok !grep({ $_->{type} eq 'snapshot' } @{ $ws->{seen} }), 'without a snapshot';

$last = ($ws->events_seen)[-1]{seq};
$ws = $t->ws->subscribe(epoch => 1, last_seq => $last);
ok $ws->{subscribed}{resumed}, 'nothing was missed';
bid();
is $ws->event('bid.accepted')->{seq}, $last + 1, 'and it goes on';

$ws = $t->ws->subscribe(epoch => 7, last_seq => 3);
is $ws->{subscribed}{reason}, 'epoch', 'of another epoch';
is $ws->expect('snapshot')->{epoch}, 1, 'a snapshot of this one';

$ws = $t->ws->subscribe(epoch => 1, last_seq => $t->log_length + 100);
is $ws->{subscribed}{reason}, 'epoch', 'ahead of the log: it lost its tail';
ok $ws->expect('snapshot'), 'a snapshot';

$ws = $t->ws->subscribe(fresh => 1);
$ws->subscribe(epoch => 1, last_seq => 0);
ok $ws->{subscribed}{resumed}, 'subscribing again begins anew';


# --- while it goes on: joins in the middle of a stream of bids ---

my @late;

for my $n (1 .. 40) {
    $bidders[$turn++ % 2]->send({ type => 'bid', amount => $next,
        auction_id => $t->auction_id, request_id => "race-$n" });
    my $from = int rand $t->log_length if $n % 4 == 0;
    push @late, [ $from, $t->ws->subscribe(epoch => 1, last_seq => $from) ]
        if defined $from;

    my $ack = $bidders[($turn - 1) % 2]->expect('ack', request_id => "race-$n");
    $next = $ack->{min_next} if $ack->{ok};
}

my $end = $t->log_length;

for (@late) {
    my ($from, $ws) = @$_;
    is_deeply [ $ws->seqs ], [ $from + 1 .. $end ],
        "from $from on: no gap, nothing twice";
}


# --- too much was missed ---

$t->crowd(1);

for my $n (1 .. 520) {
    $bidders[$turn++ % 2]->send({ type => 'bid', amount => $next,
        auction_id => $t->auction_id, request_id => "many-$n" });
    my $ack = $bidders[($turn - 1) % 2]->expect('ack', request_id => "many-$n");
    $next = $ack->{min_next} if $ack->{ok};
}

$ws = $t->ws->subscribe;
is $ws->{subscribed}{reason}, 'gap', 'more than 500 events';
my $snapshot = $ws->expect('snapshot');     # a worker may be a moment behind
is_deeply [ $ws->seqs($snapshot->{seq} < $t->log_length ? 10 : 3) ],
    [ $snapshot->{seq} + 1 .. $t->log_length ],
    'are a snapshot';
