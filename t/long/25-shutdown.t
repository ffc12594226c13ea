# A worker that goes says goodbye: sockets are closed with 4004, spread over
# time, streams end, and nothing is left behind.

use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time);
use Socket qw(SOL_SOCKET SO_LINGER);
use Gavel::Test;

my $t = Gavel::Test->new->auction('live');
my $kim = $t->user('kim');

my @ws = map { $t->ws->subscribe(fresh => 1) } 1 .. 20;

# One who follows more.

my $more = $kim->ws->subscribe(fresh => 1);
$more->subscribe(channel => 'me', fresh => 1)
     ->subscribe(channel => 'chat:' . $t->auction_id, fresh => 1);
my @sse = map { $t->sse } 1 .. 5;
$_->recv for @sse, @sse;


$t->reload;

my %second;
my $start = time;
my @open = @ws;

while (@open && time < $start + 30) {
    $_->recv(0.01) for @open;
    my $closed = grep { $_->{closed} } @open;
    $second{ int((time - $start) * 2) } += $closed if $closed;
    @open = grep { !$_->{closed} } @open;
}

for (@ws) {
    is $_->{close_code}, 4004, 'closed: draining';
    like $_->{close_reason}, qr/^retry_ms=\d+$/, 'with a time to come back';
    $_->drop;
}

cmp_ok scalar keys %second, '>', 1, 'not all at once';

is $more->close_code(10), 4004, 'who follows more is closed like others';
my $resume = $more->{seen}[-1];
is $resume->{type}, 'resume', '... and told where he is';
is_deeply $resume->{channels}, [
    { channel => 'auction:' . $t->auction_id, epoch => 1,
      last_seq => $t->log_length },
    { channel => 'me', epoch => 1, last_seq => 0 },
    { channel => 'chat:' . $t->auction_id, epoch => 1, last_seq => 0 } ],
    '... in each of the channels'
    or diag explain $resume;

for (@sse) {
    1 while $_->recv(8);
    ok $_->{closed}, 'a stream ends';
    ok $_->{retry} && $_->{retry} != 2000, 'with a time to come back';
}

ok $t->node->old_workers_gone(15), 'the old workers have gone';


my $ws = $kim->ws->subscribe;
ok $ws->{subscribed}{resumed}, 'back on a new worker';
my $ack = $ws->bid(100);
ok $ack->{ok}, 'where bids go on' or diag explain $ack;
is_deeply [ $ws->seqs ], [ 1 .. $t->log_length ], 'nothing was missed';


# --- the end at once, and sockets were reset that nobody has looked at ---

my @workers = $t->workers;
my @reset = map { $t->ws->subscribe(fresh => 1) } 1 .. 6;

kill STOP => @workers;

for (@reset) {
    setsockopt $_->{socket}, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
    $_->drop;
}

kill TERM => @workers;
kill CONT => @workers;

ok eventually(sub { !grep { kill 0, $_ } @workers }), 'workers end at once';
ok eventually(sub { $t->workers == @workers }), '... and others begin';
unlike $t->log_text, qr/worker process (\d+) exited (on signal|with code [^0])/,
    '... of which none crashed';


# --- quit with sockets open, one of which does not answer ---

my $silent = $t->ws->subscribe(fresh => 1);
$start = time;
$t->quit;
cmp_ok time - $start, '<', 15, 'quit does not wait for ever';

$t->log_unlike(qr/open socket|\[alert\]/, 'nothing is left');


# --- bids go on meanwhile: who is sent away is told where he really is ---

$t = Gavel::Test->new(workers => 1, http => 'gavel_drain 1s;')
    ->auction('live', base => 1);
@ws = map { $t->ws->subscribe(fresh => 1) } 1 .. 15;
$t->reload;

my @bidders = map { $t->user($_)->ws } qw(kim lee);
my $n = 0;

while ($t->node->workers(all => 1) > 1) {
    $bidders[++$n % 2]->send({ type => 'bid', amount => 10_000 * $n,
                               auction_id => $t->auction_id,
                               request_id => "go-$n" })
        for 1 .. 5;
}

my @wrong = grep {
    1 while $_->recv(5);
    my ($last) = grep { $_->{type} eq 'event' } reverse @{ $_->{seen} };
    $last && $_->{seen}[-1]{channels}[0]{last_seq} != $last->{event}{seq};
} @ws;

is scalar(@wrong), 0, 'it is the last event that he was sent';
