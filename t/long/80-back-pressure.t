# Who is slow: what may wait for him, what is dropped, and who goes first.

use strict;
use warnings;
use Test::More;
use Socket;
use Gavel::Test;

# A door behind which little fits into the kernel, so that queues fill.

my $door = Gavel::Test::port();
my $small = "listen 127.0.0.1:$door sndbuf=4k;";

my $t = Gavel::Test->new(workers => 1, server => $small, http =>
    'gavel_heartbeat 1s; gavel_queue 1m; gavel_worker_queue 512k;'
    . ' gavel_message_timeout 1s;')->auction('live', lots => 100);
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));
my $channel = 'auction:' . $t->auction_id;

sub metric {
    my ($name, $label) = (@_, '');
    my ($n) = $t->get('/metrics')->{body}
        =~ /^gavel_room_$name\{.*?$label\} (\d+)$/m;
    return $n;
}

# A client that reads nothing and follows again and again: each time it is
# sent a snapshot.  Other watchers keep the auction in memory.

my $watcher = $t->ws->subscribe(fresh => 1);
my $subscribe = Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', channel => $channel }));

sub narrow {
    socket my $socket, PF_INET, SOCK_STREAM, 0 or die $!;
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, 4096;
    connect $socket, pack_sockaddr_in($door, INADDR_LOOPBACK) or die $!;
    return IO::Socket->new_from_fd(fileno $socket, 'r+');
}

sub lazy {
    my ($n) = @_;
    no warnings 'redefine';
    local *Gavel::Http::open_socket = \&narrow;
    return $t->ws->raw($subscribe x $n);
}

sub closed { return metric('closes_total', 'code="4000"') }


# --- state is kept, the rest is not ---

my $slow = lazy(20);
ok eventually(sub { metric('blocked') == 1 }), 'a client does not read';

my ($queued, $conflated) = (metric('queue_bytes'), metric('conflated_total'));
ok eventually(sub { metric('conflated_total') >= $conflated + 2 }, 10),
    'heartbeats for it take the place of each other';

my $ack = $kim->ws->bid(100);
ok $ack->{ok}, 'others bid';
is $watcher->event('bid.accepted')->{seq}, $ack->{seq}, 'and watch';

my (@heartbeats, $last);
ok eventually(sub {
    my $m = $slow->recv(1) // return 0;
    push @heartbeats, $m if $m->{type} eq 'heartbeat';
    $last = $m->{event}{seq} if $m->{type} eq 'event';
    return @heartbeats;
}, 20), 'it reads again, and hears a heartbeat';
is $last, $ack->{seq}, '... behind all state, the last bid too';
is @heartbeats, 1, '... and one is enough';
is metric('blocked'), 0, 'it is no longer behind';
is metric('dropped_total'), 0, 'nothing was dropped that one could not miss';
cmp_ok metric('queue_bytes'), '<', $queued, 'its queue is gone';
is closed(), 0, 'and it was never closed';
$slow->drop;


# --- one has too much ---

my $before = Gavel::Test::rss(($t->workers)[0]);
$slow = lazy(60);
ok eventually(sub { closed() == 1 }),
    'a client for whom more than gavel_queue waits goes';
is $slow->close_code(20), 4000, '... told to come back';
is $slow->{close_reason}, 'too slow: resume',
    '... for a snapshot, because one is among what it missed';
cmp_ok Gavel::Test::rss(($t->workers)[0]) - $before, '<', 8 * 1024,
    'and held no more than its limit (KiB)';

my $again = $t->ws->subscribe(epoch => 1, last_seq => $ack->{seq} - 1);
ok $again->{subscribed}{resumed}, 'it comes back';
is $again->event('bid.accepted')->{seq}, $ack->{seq}, 'and resumes';
$again->drop;


# --- all have too much ---

my @many;
my $closed = closed();
ok eventually(sub { push @many, lazy(30) if @many < 40; closed() > $closed }, 20),
    'beyond gavel_worker_queue some of many go';
cmp_ok @many, '>', 2, '... of whom none alone had too much';
cmp_ok metric('queue_bytes'), '<', 512 * 1024, '... and it is enough';

my $next = $lee->ws->bid(500);
ok $next->{ok}, 'others bid';
is $watcher->event('bid.accepted')->{seq}, $next->{seq}, 'and watch';
$_->drop for @many;
ok eventually(sub { metric('blocked') == 0 }), 'all is given back';


# --- slow writers ---

my $writer = $t->ws;
my $frame = Gavel::Ws::frame_bytes(1, '{"type":"ping","t":1}');
$writer->raw(substr $frame, 0, 10);
is $writer->close_code(8), 4005, 'a message that never ends';
is $writer->{close_reason}, 'unfinished message', '... is told why';

$writer = $t->ws;
$writer->raw_frame(1, '{"type":', fin => 0);
is $writer->close_code(8), 4005, 'in fragments, too';

$writer = $t->ws;
$writer->raw($frame x 2 . substr $frame, 0, 5);
$writer->raw(substr $frame, 5);
is $writer->close_code(3), 0, 'a message that does end is none';


# --- memory ---

$watcher->close;
$_->close for $writer, $t->ws;
ok eventually(sub { metric('sockets') == 0 }), 'all have left';
ok eventually(sub { metric('memory_bytes') == 0 }),
    'and nothing is kept for them'
    or diag metric('memory_bytes');
is metric('queue_bytes'), 0, 'no message either';



# --- the place ---

$t->stop;
$t = Gavel::Test->new(workers => 1, server => $small,
                      http => 'gavel_queue 8k;')->auction('live', lots => 150);

$subscribe = Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', channel => 'auction:' . $t->auction_id,
      epoch => 1, last_seq => 0 }));

$slow = lazy(1);
is $slow->close_code(20), 4000, 'who is sent too many events goes';
my ($place) = $slow->{close_reason} =~ /^too slow: resume=1:(\d+)$/;
ok $place, '... and hears behind what place to resume'
    or diag $slow->{close_reason};

my ($got) = reverse map { $_->{seq} } $slow->events_seen;
is $got, $place, '... which is where it was';


# --- the places, of several channels ---

my $one = $t->auction_id;
my $two = $t->auction('live', lots => 150)->auction_id;

$subscribe = join '', map { Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', epoch => 1, last_seq => 0, channel => $_ })) }
    "chat:$one", "auction:$one", "auction:$two";

$slow = lazy(1);
is $slow->close_code(20), 4000, 'who follows two auctions, and is sent too much';

my $last_words = $slow->{seen}[-1];
is $last_words->{type}, 'resume', '... is told all places before';
is $last_words->{code}, 4000, '... and what follows';

my %places = map { $_->{channel} => $_ } @{ $last_words->{channels} };
is_deeply [ sort keys %places ],
    [ "auction:$one", "auction:$two", "chat:$one" ], '... of all channels';

my %reached = ("auction:$one" => 0, "auction:$two" => 0, "chat:$one" => 0);
$reached{ $_->{channel} } = $_->{event}{seq}
    for grep { $_->{type} eq 'event' } @{ $slow->{seen} };
is_deeply { map { $_ => $places{$_}{last_seq} } keys %places }, \%reached,
    '... which are where it was';

$again = $t->ws;
$again->send({ type => 'subscribe', %$_ }) for values %places;
my %back;
while (keys %back < 3 and my $m = $again->expect('subscribed')) {
    $back{ $m->{channel} } = $m;
}
is scalar(grep { $_->{resumed} || $_->{channel} =~ /^chat/ } values %back), 3,
    '... and as subscribe takes them';
$again->drop;

# A snapshot that it never got leaves no place, of a chat either.

my $reader = $t->ws->subscribe(channel => "auction:$one", fresh => 1)
    ->subscribe(channel => "chat:$one", fresh => 1);
$subscribe = join '', map { Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', %$_ })) }
    { channel => "auction:$one", epoch => 1, last_seq => 0 },
    { channel => "chat:$one" };

$slow = lazy(1);
is $slow->close_code(20), 4000, 'who does not get as far as the chat';
ok !grep({ $_->{type} eq 'snapshot' } @{ $slow->{seen} }), '... not at all';
is_deeply [ grep { $_->{channel} =~ /^chat/ }
            @{ $slow->{seen}[-1]{channels} } ],
    [ { channel => "chat:$one" } ], '... begins with it anew';
$_->drop for $slow, $reader;


# --- who takes nothing at all ---

$t->stop;
$t = Gavel::Test->new(workers => 1, server => $small,
                      http => 'gavel_queue 64m; gavel_send_timeout 2s;')
    ->auction('live', lots => 150);
$subscribe = Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'subscribe', channel => 'auction:' . $t->auction_id,
      epoch => 1, last_seq => 0 }));
$watcher = $t->ws->subscribe(fresh => 1);
($kim, $lee) = map { $t->user($_)->ws } qw(kim lee);

$slow = lazy(1);
ok eventually(sub { metric('blocked') == 1 }), 'a client does not read';

my ($tries, $bids, $price) = (0, 0, 1000);
ok eventually(sub {
    my $ack = ($tries++ % 2 ? $kim : $lee)->bid($price = int $price * 1.08);
    $bids++ if $ack->{ok};
    return closed() == 1;
}, 20), 'it goes after a while, however much is added meanwhile';
cmp_ok $bids, '>', 0, 'others bid';
is $slow->close_code(20), 4000, '... told to come back';
like $slow->{close_reason}, qr/^stalled: resume=1:\d+$/, '... to a place';
is scalar(grep { $_->{type} eq 'bid.accepted' } $watcher->events), $bids,
    'and watch all of them';
