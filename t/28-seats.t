# How many sockets a person and an address may have open on a node, whichever
# of its workers has them, how many an address may open in a minute, and what
# the log says of each at its end.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 2, rate_limits => 'on')->auction('live');
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);

# Who is let in is answered; who is not is closed instead.
sub seated {
    my ($ws) = @_;

    $ws->send({ type => 'ping', t => 1 });

    return $ws->expect('pong');
}

my @ws = map { $kim->ws } 1 .. 20;
is $ws[-1]->subscribe->bid(100)->{ok}, 1, 'twenty sockets';

my %mine = (headers => { Authorization => "Bearer $kim->{access}" });
my $more = $t->ws(%mine);
is $more->close_code, 4003, 'one more is closed';
is $more->{close_reason}, 'too many sockets', '... and told why';

$more = $t->ws;
$more->send({ type => 'auth', token => $kim->{access} });
is $more->close_code, 4003, 'also when it logs in later';

ok $lee->ws->subscribe->bid(200)->{ok}, 'another person is another matter';
ok $t->ws->subscribe, 'and so are guests';

(pop @ws)->drop;
my $again;
ok eventually(sub {
    $again = $t->ws(%mine);
    return seated($again);
}), 'when one has left there is room again';

ok eventually(sub {
    $t->log_text =~ /gavel ws: closed 4003, client: 127\.0\.0\.1, user: $kim->{id}, seconds: \d+, in: \d+, out: \d+/;
}), 'the log tells of the end';
unlike $t->log_text, qr/\Q$kim->{access}\E/, '... without the token';


# --- a worker that is killed takes nobody's seat with it ---

my @fresh = map { $t->ws(%mine) } 1 .. 3;
is_deeply [ map { $_->close_code } @fresh ], [ (4003) x 3 ],
    'all seats are taken';
$t->kill_a_worker for 1 .. 2;

my @after;
ok eventually(sub {
    my $ws = eval { $t->ws(%mine) } or return 0;
    push @after, $ws if seated($ws);
    return @after == 20;
}, 20), 'after the workers were killed there is room for twenty again';
is $t->ws(%mine)->close_code, 4003, '... and no more';

$t->reload;
is $t->ws(%mine)->close_code, 4003,
    'also on new workers, while old ones have them still';
$_->drop for @after;
$t->node->old_workers_gone;
ok eventually(sub { seated($t->ws(%mine)) }),
    'when they are gone there is room';


# --- in a minute ---

# Who opens too many in a minute is told when to come again, by the other
# worker a moment later.

my $r;

for (1 .. 1300) {
    $r = $t->get('auctions/999999999/events/stream');
    last if $r->{status} == 429;
}

is $r->{status}, 429, 'an address opens so many in a minute';
is $r->{json}{code}, 'rate_limited', 'not more';
is $r->{json}{type}, 'urn:gavel:problem:rate_limited', 'as a problem';
is $r->{headers}{'retry-after'}, 60, 'with Retry-After';
ok eventually(sub { $t->ws(hello => 0)->answer->{status} == 429 }),
    'a WebSocket neither';


# --- addresses ---

$t->stop;
$t = Gavel::Test->new(workers => 2, rate_limits => 'on',
    http => 'gavel_sockets_per_address 5;')->auction('live');

my @open = ((map { $t->ws } 1 .. 3), map { $t->sse } 1 .. 2);
is $open[-1]->answer->{status}, 200, 'sockets and streams';
is $t->ws(hello => 0)->answer->{status}, 429, 'one more socket is refused';
is $t->sse->answer->{status}, 429, '... or stream';
(shift @open)->drop;
ok eventually(sub { $t->sse->answer->{status} == 200 }), 'until one has left';
