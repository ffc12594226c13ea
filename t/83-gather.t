# gavel_gather: events wait for each other and leave in one write; what
# somebody asked for does not wait, and takes along what does.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

sub writes {
    my ($t) = @_;
    my ($n) = $t->get('/metrics')->{body}
        =~ /^gavel_room_writes_total\{[^}]*\} (\d+)$/m;
    return $n;
}

sub ask {
    my ($ws) = @_;
    $ws->send({ type => 'ping', t => ++$ws->{asked} });
    return $ws->expect('pong', t => $ws->{asked});
}


# --- a minute: nothing of it passes in this test ---

my $t = Gavel::Test->new(workers => 1, http => 'gavel_gather 60s;')
    ->auction('live', base => 50);
my ($kim, $lee) = map { $t->user($_)->ws } qw(kim lee);
my $watcher = $t->ws->subscribe;

ok ask($watcher), 'an answer does not wait';

ok $kim->bid(50)->{ok}, 'a bid';
ok ask($watcher), 'and all that waited is seen';

my $before = writes($t);
my @acks = map { ($_ % 2 ? $lee : $kim)->bid(1000 * $_) } 1 .. 10;
is scalar(grep { $_->{ok} } @acks), 10, 'nor do answers to bids';
is writes($t) - $before, 10, 'ten writes: the events of them wait';

$before = writes($t);
ok ask($watcher), 'the watcher asks for something';
is writes($t) - $before, 1, '... and is answered in one write';

my (undef, @bids) = grep { $_->{type} eq 'bid.accepted' }
                    $watcher->events_seen;
is_deeply [ map { $_->{seq} } @bids ], [ map { $_->{seq} } @acks ],
    '... in which all ten events come first, in order';


# --- as it is used ---

$t->stop;
$t = Gavel::Test->new(workers => 2, http => 'gavel_gather 10ms;')
    ->auction('live');
my @bidders = map { $t->user($_)->ws } qw(kim lee);
my @watchers = map { $t->ws->subscribe } 1 .. 10;
my $stream = $t->sse;

@acks = map { $bidders[$_ % 2]->bid(int 10_000 * 1.2 ** $_) } 1 .. 100;
is scalar(grep { $_->{ok} } @acks), 100, 'a hundred bids';
my $length = $t->log_length;

is_deeply [ $_->seqs ], [ 1 .. $length ], 'a watcher sees all of it in order'
    for @watchers;

my $last;
ok eventually(sub {
    my $e = $stream->recv(1) // return 0;
    $last = $e->{json}{event}{seq} if $e->{json}{type} eq 'event';
    return ($last // 0) == $length;
}), 'and so does a stream' or diag $last;

$_->drop for @watchers[0 .. 4];
my $ack = $bidders[1]->bid(10 ** 13);
is $_->event('bid.accepted', 5)->{seq}, $ack->{seq},
    'those who left hold up nobody'
    for @watchers[5 .. 9];
