# How much one socket may do, and how long it may take.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1, rate_limits => 'on',
    server => 'client_header_timeout 3s;',
    http => 'gavel_subscriptions 1; gavel_message_rate 5; '
          . 'gavel_message_size 2k; gavel_calls 3; gavel_ping 1s; '
          . 'gavel_pong 3s; gavel_close_timeout 1s;')->auction('live');
my $first = $t->auction_id;
my $second = $t->auction('live')->auction_id;
my $kim = $t->user('kim');


# --- how much ---

my $ws = $t->ws->subscribe(channel => "auction:$first");
$ws->send({ type => 'subscribe', channel => "auction:$second",
            request_id => 's2' });
my $e = $ws->expect('error');
is $e->{code}, 'limit_reached', 'one auction a socket';
is $e->{channel}, "auction:$second", '... and which is told';
$ws->send({ type => 'unsubscribe', channel => "auction:$first" });
ok $ws->expect('unsubscribed'), 'another one';
$ws->subscribe(channel => "auction:$second");
is $ws->{subscribed}{channel}, "auction:$second", '... instead';

$ws = $t->host->ws->subscribe(channel => "chat:$second", fresh => 1);

for my $channel ("auction:$second", "host:$second", 'me') {
    $ws->send({ type => 'subscribe', channel => $channel });
    is $ws->expect('error', channel => $channel)->{code}, 'limit_reached',
        "or one channel of another kind: $channel";
}

is $t->get("auctions/$second/events/stream?channels=chat")->{status}, 409,
    '... or stream';

# A line is answered when it is stored.

$ws = $kim->ws;
$ws->raw(join '', map { Gavel::Ws::frame_bytes(1, Gavel::Http::encode(
    { type => 'comment', auction_id => $second, comment => "line $_",
      request_id => "c$_" })) } 1 .. 5);
is_deeply [ sort map { ($_->{ok} ? '' : 'not ') . $_->{request_id} }
            map { my $id = "c$_"; $ws->expect('ack', request_id => $id) }
            1 .. 3 ], [ qw(c1 c2 c3) ], 'three commands at a time';
is_deeply { map { $_->{request_id} => $_->{code} }
            grep { $_->{type} eq 'error' } @{ $ws->{seen} } },
    { c4 => 'busy', c5 => 'busy' }, '... others are refused';
$ws->close;

$ws = $t->ws;
$ws->raw_frame(1, '{"type":"ping","t":1,"x":"' . 'x' x 2000 . '"}');
ok $ws->expect('pong'), 'a message of nearly the size';
$ws->raw_frame(1, 'x' x 2049);
is $ws->close_code, 1009, 'one of more';

my $ping = Gavel::Ws::frame_bytes(1, '{"type":"ping","t":1}');
$ws = $t->ws;
$ws->raw($ping x 10);
is scalar(grep { $_ } map { $ws->expect('pong') } 1 .. 10), 10,
    'twice the rate at once';
$ws->raw($ping x 30);
is $ws->close_code, 4003, 'much more closes';
is $ws->{close_reason}, 'too many frames', '... and tells why';

$ws = $t->ws;
$ws->raw(Gavel::Ws::frame_bytes(9, 'x') x 40);
is $ws->close_code, 4003, 'pings of the protocol count, too';


# --- how long ---

my $half = Gavel::Http::open_socket($t->node->port);
Gavel::Http::send_all($half, "GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\n"
                             . "Upgrade: websocket\r\n", time + 5);
my $buf = '';
my $n;
ok eventually(sub {
    $n = Gavel::Http::read_some($half, \$buf, time + 1);
    return defined $n && !$n;
}), 'half a handshake is not waited for';
unlike $buf, qr/ 101 /, '... and not answered as a whole one';

sub sockets {
    my ($n) = $t->get('/metrics')->{body}
        =~ /^gavel_room_sockets\{[^}]*\} (\d+)$/m;
    return $n;
}

$ws = $t->ws;
my $silent = $t->ws;
ok eventually(sub {
    $ws->recv(0.5);                      # it goes on answering
    return sockets() == 1;
}, 20), 'a socket that does not answer pings ends';
is $ws->{closed}, 0, '... and one that does stays';

$ws->raw_frame(8, pack 'n', 1000);
is $ws->close_code, 1000, 'a close is answered';

$silent = $t->ws;
$silent->raw($ping x 40);                # it is closed, and does not answer
ok eventually(sub { sockets() == 0 }, 20),
    'nor is an answer to our close waited for long';
