# What every other test stands on: an auction from nothing, two who bid, one
# who watches, and a worker that dies.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('draft', leaders => 2);
my ($kim, $lee) = $t->leaders;
my $watcher = $t->ws->subscribe;
my $stream = $t->sse;

is $kim->bid(100)->{price}, 100, 'a first bid at the base price stands';
is $kim->bid(110)->{code}, 'already_leading', 'the leader cannot raise himself';
$t->kill_a_worker;
is $lee->bid(110)->{price}, 110, 'a bid after a worker died';
is_deeply [ $watcher->seqs ], [ 1 .. $t->log_length ],
    'the watcher saw everything once, in order';
is_deeply [ map { $_->{seq} } $t->log_events ], [ 1 .. $t->log_length ],
    'the log has no gap';
is $t->snapshot->{seq}, $t->log_length, 'the snapshot is as new';
is $stream->answer->{status}, 200, 'a stream';
like $stream->answer->{headers}{'content-type'}, qr{^text/event-stream},
    'of events';
is $lee->ws->bid(120)->{code}, 'already_leading', 'a bid by a socket';
is $kim->ws->bid(120)->{price}, 120, 'is as good as one by REST';
