# A client that does not read is let go, and hurts nobody.

use strict;
use warnings;
use Test::More;
use Socket;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1)->auction('live', lots => 60);
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));
my $watcher = $t->ws->subscribe(fresh => 1);

# Each subscribe is a snapshot: the cheapest way to be sent a lot.

my $slow = $t->ws;
setsockopt $slow->{socket}, SOL_SOCKET, SO_RCVBUF, 4096;

my $subscribe = Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', channel => 'auction:' . $t->auction_id }));
my $sent = 0;
my ($worker) = $t->workers;
my $before = Gavel::Test::rss($worker);

while ($sent++ < 3000) {
    last if !defined syswrite $slow->{socket}, $subscribe;
}

my $ack = $kim->ws->bid(100);
ok $ack->{ok}, 'others bid';
is $watcher->event('bid.accepted')->{seq}, $ack->{seq}, 'and watch';

is $slow->close_code(20), 4000, 'the slow one is closed: come back';

cmp_ok Gavel::Test::rss($worker) - $before, '<', 64 * 1024,
    'and held no more than its limit (KiB)';

my $again = $t->ws->subscribe(epoch => 1, last_seq => $ack->{seq} - 1);
ok $again->{subscribed}{resumed}, 'it comes back';
is $again->event('bid.accepted')->{seq}, $ack->{seq}, 'and resumes';
