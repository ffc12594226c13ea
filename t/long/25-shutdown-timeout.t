# worker_shutdown_timeout runs out: old workers end in time, whoever will not
# leave; he comes back elsewhere and has missed nothing.

use strict;
use warnings;
use Socket;
use Test::More;
use Time::HiRes qw(time);
use Gavel::Test;

use constant TIMEOUT => 3;

my $door = Gavel::Test::port();

my $t = Gavel::Test->new(main => 'worker_shutdown_timeout ' . TIMEOUT . 's;',
    http => 'gavel_drain 60s; gavel_send_timeout 60s;',
    server => "listen 127.0.0.1:$door sndbuf=4k;");

$t->auction('live', lots => 100, base => 1,
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });

# One who reads nothing, and for whom much waits.

sub lazy {
    my $subscribe = Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
        { type => 'subscribe', channel => 'auction:' . $t->auction_id }));

    no warnings 'redefine';
    local *Gavel::Http::open_socket = sub {
        socket my $socket, PF_INET, SOCK_STREAM, 0 or die $!;
        setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4096;
        connect $socket, pack_sockaddr_in($door, INADDR_LOOPBACK) or die $!;
        return IO::Socket->new_from_fd(fileno $socket, 'r+');
    };

    return $t->ws->raw($subscribe x 10);
}

my $kim = $t->user('kim');
my $load = Gavel::Load->new($t);
my @stay = map { $t->ws->subscribe } 1 .. 10;
my $both = $kim->ws->subscribe;
$both->subscribe(channel => 'chat:' . $t->auction_id, fresh => 1);
my @streams = map { $t->sse } 1 .. 3;
my @deaf = map { lazy() } 1 .. 3;
my $half = $t->ws->raw(substr Gavel::Ws::frame_bytes(1, '{"type":"ping"}'),
                       0, 5);

ok $load->more(20), 'bids before a reload';

my $start = time;
$t->reload;
ok $load->more(20), 'bids behind it';
ok $t->node->old_workers_gone(TIMEOUT + 25), 'the old workers have gone';

my $took = time - $start;
cmp_ok $took, '>', TIMEOUT - 0.5, '... when their time had run out';
cmp_ok $took, '<', TIMEOUT + 30, '... and long before gavel_drain is over';

for (@stay, $both, $half) {
    like $_->close_code(5), qr/^(?:1006|4004)$/, 'who stayed is closed';
}

for (@streams) {
    1 while $_->recv(5);
    ok $_->{closed}, 'a stream ends';
}

ok $load->more(10), 'bids go on';


# --- what was missed ---

$load->end;
is_deeply [ $load->faults ], [], 'every bid was accepted, and is in the log';

my $length = $t->log_length;

for (@stay) {
    $_->resume;
    ok $_->{subscribed}{resumed}, 'who comes back resumes';
    is_deeply [ $_->seqs(10) ], [ 1 .. $length ], '... and has missed nothing';
}

for (@streams) {
    my $had = @{ $_->{seen} };
    my @seqs = $_->seqs(10);
    ok $_->{seen}[$had]{json}{resumed}, 'a stream resumes';
    is_deeply \@seqs, [ $seqs[0] .. $length ], '... and has missed nothing';
}

$t->log_unlike(qr/open socket|\[alert\]/, 'nothing is left');
