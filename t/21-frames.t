# Frames as they should not be, and as they may be: RFC 6455 on the wire.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

use constant { TEXT => 1, BINARY => 2, CLOSE => 8, PING => 9, PONG => 10 };

my $t = Gavel::Test->new(workers => 1)->auction('live');
my $watcher = $t->ws->subscribe(fresh => 1);

my $ping = '{"type":"ping","t":7}';

sub code {
    my ($do) = @_;
    my $ws = $t->ws;
    $do->($ws);
    return $ws->close_code;
}


# --- malformed ---

for ([ 'no mask',             sub { $_[0]->raw_frame(TEXT, $ping, mask => 0) }, 1002 ],
     [ 'RSV1',                sub { $_[0]->raw_frame(TEXT, $ping, rsv => 4) }, 1002 ],
     [ 'RSV2',                sub { $_[0]->raw_frame(TEXT, $ping, rsv => 2) }, 1002 ],
     [ 'RSV3',                sub { $_[0]->raw_frame(TEXT, $ping, rsv => 1) }, 1002 ],
     [ 'a reserved opcode',   sub { $_[0]->raw_frame(3, 'x') }, 1002 ],
     [ 'a reserved control',  sub { $_[0]->raw_frame(11, 'x') }, 1002 ],
     [ 'a ping of 126',       sub { $_[0]->raw_frame(PING, 'x' x 126) }, 1002 ],
     [ 'half a ping',         sub { $_[0]->raw_frame(PING, 'x', fin => 0) }, 1002 ],
     [ 'a lone continuation', sub { $_[0]->raw_frame(0, 'x') }, 1002 ],
     [ 'a text in a text',    sub { $_[0]->raw_frame(TEXT, 'x', fin => 0)
                                         ->raw_frame(TEXT, 'y') }, 1002 ],
     [ 'a long form',         sub { $_[0]->raw_frame(TEXT, 'x', long => 1) }, 1002 ],
     [ 'bytes',               sub { $_[0]->raw_frame(BINARY, $ping) }, 1003 ],
     [ 'no UTF-8',            sub { $_[0]->raw_frame(TEXT, "\xff") }, 1007 ],
     [ 'half a character',    sub { $_[0]->raw_frame(TEXT, "\xea\xb2", fin => 0)
                                         ->raw_frame(0, 'x') }, 1007 ],
     [ 'too large',           sub { $_[0]->raw_frame(TEXT, 'x' x 32769) }, 1009 ],
     [ 'claims 2^62',         sub { $_[0]->raw_frame(TEXT, 'x', length => 2**62) }, 1009 ],
     [ 'too large in parts',  sub { $_[0]->raw_frame(TEXT, 'x' x 32768, fin => 0)
                                         ->raw_frame(0, 'x') }, 1009 ],
     [ 'a close of 1 byte',   sub { $_[0]->raw_frame(CLOSE, 'x') }, 1002 ],
     [ 'close 1005',          sub { $_[0]->raw_frame(CLOSE, pack 'n', 1005) }, 1002 ],
     [ 'close 1006',          sub { $_[0]->raw_frame(CLOSE, pack 'n', 1006) }, 1002 ],
     [ 'close 999',           sub { $_[0]->raw_frame(CLOSE, pack 'n', 999) }, 1002 ],
     [ 'close 5000',          sub { $_[0]->raw_frame(CLOSE, pack 'n', 5000) }, 1002 ],
     [ 'a reason not UTF-8',  sub { $_[0]->raw_frame(CLOSE, pack('n', 1000) . "\xff") }, 1007 ],
     [ 'close 1000',          sub { $_[0]->raw_frame(CLOSE, pack 'n', 1000) }, 1000 ],
     [ 'close 4999',          sub { $_[0]->raw_frame(CLOSE, pack 'n', 4999) }, 4999 ],
     [ 'an empty close',      sub { $_[0]->raw_frame(CLOSE, '') }, 1005 ])
{
    my ($name, $do, $code) = @$_;
    is code($do), $code, $name;
}


# --- well formed, if unusual ---

my $ws = $t->ws;

for my $n (1 .. length($ping) + 6) {
    $ws->raw(Gavel::Ws::frame_bytes(TEXT, $ping), $n);
    ok $ws->expect('pong', t => 7), "in pieces of $n bytes" or last;
}

$ws->raw_frame(TEXT, '{"type":', fin => 0)->ping('in between')
   ->raw_frame(0, '"ping",', fin => 0)->raw_frame(0, '"t":7}');
ok $ws->expect('pong', t => 7), 'in fragments';
is_deeply $ws->{pongs}, ['in between'], 'with a ping between them';

$ws->raw(join '', map { Gavel::Ws::frame_bytes(TEXT, qq({"type":"ping","t":$_})) }
                  1 .. 20);
is_deeply [map { $ws->expect('pong')->{t} } 1 .. 20], [1 .. 20],
    'twenty frames in one piece';

$ws->raw_frame(TEXT, '{"type":"ping","t":7,"x":"' . 'y' x 30000 . '"}');
ok $ws->expect('pong', t => 7), 'a large one';

$ws->raw_frame(PONG, 'nobody asked');
$ws->raw_frame(TEXT, $ping);
ok $ws->expect('pong', t => 7), 'an unasked pong means nothing';

my $early = $t->ws(hello => 0,
                   early => Gavel::Ws::frame_bytes(TEXT, $ping));
ok $early->expect('pong', t => 7), 'a frame right behind the handshake';

my $half = Gavel::Ws::frame_bytes(TEXT, $ping);
$early = $t->ws(hello => 0, early => substr($half, 0, 9));
$early->raw(substr $half, 9);
ok $early->expect('pong', t => 7), 'half a frame behind the handshake';

$early = $t->ws(hello => 0, early => Gavel::Ws::frame_bytes(TEXT, 'x' x 2000)
                                     . Gavel::Ws::frame_bytes(TEXT, $ping));
ok $early->expect('pong', t => 7), 'a lot behind the handshake';


# --- nobody else notices ---

$t->ws->drop for 1 .. 20;
$t->ws->raw("\x81")->drop for 1 .. 20;

$watcher->send({ type => 'ping', t => 8 });
ok $watcher->expect('pong', t => 8), 'the watcher saw nothing of it';
