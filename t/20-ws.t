# The WebSocket: its handshake, who one is, and the frames of the protocol.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('live');
my $channel = 'auction:' . $t->auction_id;
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));


# --- the handshake ---

sub shakes {
    my (%o) = @_;
    my $ws = $t->ws(hello => 0, %o);
    return $ws->answer->{status};
}

is shakes(), 101, 'a handshake';
is shakes(headers => { Connection => 'keep-alive, Upgrade' }), 101,
   'as Firefox says it';
is shakes(headers => { Upgrade => undef }), 426, 'no upgrade';
is shakes(headers => { Upgrade => 'h2c' }), 426, 'another upgrade';
is shakes(headers => { 'Sec-WebSocket-Version' => 8 }), 426, 'an old version';
is shakes(headers => { Connection => 'close' }), 400, 'no connection upgrade';
is shakes(headers => { 'Sec-WebSocket-Key' => undef }), 400, 'no key';
is shakes(headers => { 'Sec-WebSocket-Key' => 'eHh4' }), 400, 'a short key';
is shakes(headers => { 'Sec-WebSocket-Key' => '=' x 24 }), 400, 'a bad key';
is $t->get('ws')->{status}, 426, 'a plain GET';
is $t->post('ws', {})->{status}, 405, 'a POST';

is shakes(headers => { Origin => 'http://localhost' }), 101, 'our own page';
is shakes(headers => { Origin => 'http://evil.example' }), 403,
   'the page of another';
is shakes(headers => { Origin => 'null' }), 403, 'the page of nobody';

my $ws = $t->ws(hello => 0,
                protocol => [ 'gavel', 'bearer.' . $kim->{access} ]);
is $ws->expect('hello')->{user_id}, $kim->id, 'protocols in two lines';

for (['Sec-WebSocket-Key', 400], ['Sec-WebSocket-Version', 426]) {
    my ($name, $status) = @$_;
    my $value = $name =~ /Key/ ? 'dGhlIHNhbXBsZSBub25jZQ==' : 13;
    is $t->ws(hello => 0, headers => { $name => [ ($value) x 2 ] })
        ->answer->{status}, $status, "$name twice";
}

$ws = $t->ws(hello => 0, protocol => 'gavel, bearer.' . $kim->{access});
my $hello = $ws->expect('hello');
is $ws->answer->{headers}{'sec-websocket-protocol'}, 'gavel',
   'the subprotocol, without the token';
is $hello->{user_id}, $kim->id, 'a token in the subprotocol';
like $hello->{server_time}, qr/^\d{4}-.*Z$/, 'the server has a clock';
is $hello->{heartbeat_ms}, 15000, 'and a heart';
is $hello->{max_frame}, 32768, 'and a limit';
ok $hello->{conn_id}, 'each socket has a name';

$ws = $t->ws(hello => 0,
             headers => { Cookie => "x=1; gavel_access=$kim->{access}",
                          Origin => 'http://localhost' });
is $ws->expect('hello')->{user_id}, $kim->id, 'a token in a cookie';

$ws = $t->ws(hello => 0, headers => { Cookie =>
    "gavel_access=junk; x=1; gavel_access=$kim->{access}" });
is $ws->expect('hello')->{user_id}, $kim->id, 'behind another of its name';

$ws = $t->ws(hello => 0, headers => { Cookie => 'gavel_access=old' });
is $ws->expect('hello')->{user_id}, undef, 'a stale cookie makes a guest';

$ws = $t->ws(hello => 0, headers => { Authorization => 'Bearer x.y.z' });
is $ws->close_code, 4001, 'a bad token is told by a close code';
is $ws->{close_reason}, 'invalid_token', 'and why';


# --- frames about the socket ---

$ws = $t->ws;
$ws->send({ type => 'ping', t => 42 });
my $pong = $ws->expect('pong');
is $pong->{t}, 42, 'a ping comes back';
like $pong->{server_time}, qr/Z$/, 'with the time';

$ws->send({ type => 'auth', token => $kim->{access}, request_id => 'a1' });
my $auth = $ws->expect('authenticated');
is $auth->{user_id}, $kim->id, 'logged in on the open socket';
is $auth->{request_id}, 'a1', 'with the request id';

$ws->send({ type => 'auth', token => $lee->{access} });
is $ws->expect('error')->{code}, 'conflict', 'it stays one person';

$ws->send({ type => 'auth', token => 'x' });
is $ws->expect('error')->{code}, 'invalid_token', 'a bad token';
is $ws->close_code, 4001, 'closes';

(my $short, $ws) = map { $t->ws(as => $t->sign({ sub => $kim->id . "",
    exp => int(time) + 6 })) } 1, 2;
$ws->send({ type => 'auth', token => $kim->{access}, request_id => 'again' });
ok $ws->expect('authenticated', request_id => 'again'), 'a token is renewed';
is $short->close_code(20), 4001, 'another expires on the open socket';
is $short->{close_reason}, 'token_expired', 'and is called expired';
is $ws->close_code(2), 0, 'the renewed one does not';


# --- following ---

$ws->send({ type => 'subscribe', channel => $channel, request_id => 's' });
my $s = $ws->expect('subscribed');
is $s->{channel}, $channel, 'subscribed';
ok !$s->{resumed}, 'from now on';
is $s->{reason}, 'new', 'because it is new';

my $snapshot = $ws->expect('snapshot');
is $snapshot->{state}{auction_id}, $t->auction_id, 'a snapshot';
is $snapshot->{seq}, $s->{seq}, 'of that place';

my $ack = $ws->bid(100);
ok $ack->{ok}, 'a bid' or diag explain $ack;
is $ack->{price}, 100, 'stands';
ok $ack->{min_next} > 100, 'and the next must be higher';
ok scalar(grep { $_->{seq} == $ack->{seq} } $ws->events), 'its event comes';

my $r = $lee->ws->bid(100);
ok !$r->{ok}, 'a bid that is too low';
is $r->{code}, 'too_low', 'is called so';
is $r->{min_next}, $ack->{min_next}, 'and told what would do';

is $t->ws->bid(200)->{code}, 'not_authenticated', 'guests watch';

$ws->send({ type => 'bid', channel => $channel, amount => 'much',
            request_id => 'x1' });
$r = $ws->expect('ack', request_id => 'x1');
ok !$r->{ok}, 'a bid that is no number';
ok $r->{code} =~ /^invalid_/, 'is refused';

$ws->send({ type => 'bid', auction_id => $t->auction_id, amount => 500,
            userId => $lee->id, request_id => 'x2' });
ok !$ws->expect('ack', request_id => 'x2')->{ok}, 'for somebody else (T-23)';

$ws->send({ type => 'unsubscribe', channel => $channel });
is $ws->expect('unsubscribed')->{channel}, $channel, 'unsubscribed';
$ws->send({ type => 'unsubscribe', channel => $channel });
is $ws->expect('error')->{code}, 'not_found', 'only once';


# --- what is wrong ---

$ws = $t->ws;

for ([ '{', 'invalid_json' ], [ '[]', 'invalid_json' ], [ '', 'invalid_json' ],
     [ '"x"', 'invalid_json' ], [ '{"type":"x","type":"y"}', 'invalid_json' ],
     [ '[' x 2000, 'invalid_json' ],
     [ '{}', 'unknown_command' ], [ '{"type":7}', 'unknown_command' ],
     [ '{"type":"fly"}', 'unknown_command' ],
     [ '{"type":"subscribe"}', 'invalid_params' ],
     [ '{"type":"subscribe","channel":"auction:"}', 'invalid_params' ],
     [ '{"type":"subscribe","channel":"auction:-1"}', 'invalid_params' ],
     [ '{"type":"subscribe","channel":"auction:1e3"}', 'invalid_params' ],
     [ '{"type":"subscribe","channel":"auction:1","epoch":"1","last_seq":1}',
       'invalid_params' ],
     [ '{"type":"subscribe","channel":"auction:999999999"}', 'not_found' ])
{
    my ($text, $code) = @$_;
    $ws->raw_frame(Gavel::Ws::TEXT, $text);
    my $e = $ws->expect('error') || {};
    is $e->{code}, $code, 'frame ' . substr $text, 0, 60;
}

$ws->send({ type => 'fly', request_id => 'r9' });
my $e = $ws->expect('error');
is $e->{request_id}, 'r9', 'errors name the request';
ok $e->{message}, 'and say it for people';

$ws->send({ type => 'ping', t => 1 });
ok $ws->expect('pong'), 'and the socket lives on';

my $ko = $t->ws(path => '/api/v1/ws?locale=ko');
$ko->send({ type => 'fly' });
like $ko->expect('error')->{message}, qr/[^\x00-\x7f]/, 'in Korean';


# --- a socket of an auction ---

$ws = $t->ws(hello => 0, path => '/ws/auction/' . $t->auction_id . '/');
ok $ws->expect('snapshot'), 'its path alone follows it';
