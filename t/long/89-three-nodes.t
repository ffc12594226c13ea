# Three nodes behind one nginx: nothing depends on which of them a client
# reaches, before and after one of them has died.

use strict;
use warnings;
use Test::More;
use Gavel::Front;
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 3, workers => 1,
    http => 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;')
    ->run;
my $front = Gavel::Front->new($t);
my $n = $front->n;

$t->auction('live', lots => 1, base => 1,
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });
my $id = $t->auction_id;

# By turns, as long as nobody else comes: some are at each of the nodes.

my @ws = map { $t->ws(node => $n)->subscribe } 1 .. 9;
my @sse = map { $t->sse(node => $n) } 1 .. 3;
my $load = Gavel::Load->new($t, ports => [ $front->port ]);

ok $load->more(30), 'bids through the front';

# One answer for one key, wherever it is asked.

my ($key) = sort keys %{ { $load->told } };
my %told = $load->told;
my $bidder = $load->{bidders}[$told{$key}{amount} % 2];

is_deeply [ map { $bidder->bid($told{$key}{amount}, request_id => $key,
                               node => $_)->{seq} } 0 .. 2 ],
          [ ($told{$key}{seq}) x 3 ], 'a repeated bid has one answer everywhere';

# Log in here, refresh there.

my $r = $t->post('auth/login', { identifier => 'kim',
    password => Gavel::House::PASSWORD() }, node => 0);
is $t->get('users/me', as => $r->{json}{access}, node => 1)->{status}, 200,
    'a token of one node is good at another';
is $t->post('auth/refresh', { refresh => $r->{json}{refresh} }, node => 2)
    ->{status}, 200, 'so is a refresh token';


# --- a node dies ---

my $dead = $t->{node}[0];
$dead->crash;

ok $load->more(30), 'bids while one node is dead';

ok eventually(sub { $_->close_code(0.1) for @ws; grep { $_->{closed} } @ws }),
    'who was at the dead node has noticed';

for (grep { $_->{closed} } @ws) {
    $_->resume;
    ok $_->{subscribed}{resumed}, 'back at another node, where it was';
}

$dead->start;
ok $load->more(30), 'bids when it is back';

$load->end;
is_deeply [ $load->faults ], [], 'every bid was accepted, and is in the log';

my $length = $t->log_length;

for (@ws) {
    is_deeply [ $_->seqs(20) ], [ 1 .. $length ],
        'a watcher saw everything once, in order';
}

for (@sse) {
    my @seqs = $_->seqs(20);
    is_deeply \@seqs, [ $seqs[0] .. $length ], 'so did who read a stream';
}
