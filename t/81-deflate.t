# permessage-deflate: what is agreed, what comes compressed and goes so, and
# what is no message.

use strict;
use warnings;
use Test::More;
use Compress::Raw::Zlib;
use Gavel::Test;

use constant { TEXT => 1, PING => 9 };

my $t = Gavel::Test->new(workers => 1)->auction('live', lots => 60);

sub metric {
    my ($name) = @_;
    my ($n) = $t->get('/metrics')->{body}
        =~ /^gavel_room_$name\{[^}]*\} (\d+)$/m;
    return $n;
}


# --- what is agreed ---

sub answer {
    my ($offer) = @_;
    my $ws = $t->ws(hello => 0,
                    headers => { 'Sec-WebSocket-Extensions' => $offer });
    my $a = $ws->answer;
    return $a->{status} == 101 ? $a->{headers}{'sec-websocket-extensions'}
                               : $a->{status};
}

my $agreed = 'permessage-deflate; server_no_context_takeover; '
    . 'client_no_context_takeover';

is answer('permessage-deflate; client_max_window_bits'), $agreed,
    'as browsers ask';
is answer('permessage-deflate; server_max_window_bits=15'),
    "$agreed; server_max_window_bits=15", 'the full window, if it is asked for';
is answer('permessage-deflate; server_max_window_bits=9'), undef,
    'a small window would need messages of its own';
is answer('permessage-deflate; colour=red'), undef, 'what is unknown';
is answer('x-snappy'), undef, 'another extension';
is answer(undef), undef, 'no offer';
is answer('permessage-deflate;;'), 400, 'a header that is wrong';
is answer([ 'x-snappy', 'permessage-deflate' ]), $agreed,
    'an offer in the second of two lines';
is answer([ 'x-snappy', 'permessage-deflate;;' ]), 400,
    'what is wrong there is wrong';
is answer([ 'permessage-deflate; server_max_window_bits=9',
            'permessage-deflate' ]), $agreed, 'the first that can be met';


# --- there and back ---

sub ws {
    my $ws = $t->ws(headers => {
        'Sec-WebSocket-Extensions' => 'permessage-deflate' }, @_);
    return $ws;
}

sub squeeze {
    my ($text) = @_;

    my $d = Compress::Raw::Zlib::Deflate->new(-WindowBits => -15,
                                              -AppendOutput => 1);
    my $out = '';
    $d->deflate($text, $out);
    $d->flush($out, Z_SYNC_FLUSH);

    return substr $out, 0, -4;
}

my @followers = map { ws() } 1 .. 3;
my $plain = $t->ws;
$_->send({ type => 'subscribe', channel => 'auction:' . $t->auction_id })
    for @followers, $plain;

my $whole = $plain->expect('snapshot');
my @snapshots = map { $_->expect('snapshot') } @followers;
is_deeply $_->{state}, $whole->{state}, 'a snapshot comes compressed'
    for @snapshots;
is $_->{inflated}, 1, '... and nothing else, for all else is short'
    for @followers;
is $plain->{inflated}, undef, 'who did not agree gets it plain';

my $ack = $t->user('kim')->ws->bid(100);
is $_->event('bid.accepted')->{seq}, $ack->{seq}, 'events follow'
    for @followers, $plain;

my $ws = $followers[0];
my $ping = '{"type":"ping","t":7}';

for ([ 'a compressed message', sub { $ws->raw_frame(TEXT, squeeze($ping), rsv => 4) } ],
     [ 'one byte at a time',
       sub { $ws->raw_frame(TEXT, squeeze($ping), rsv => 4, split => 1) } ],
     [ 'in fragments', sub {
         my $text = squeeze($ping);
         $ws->raw_frame(TEXT, substr($text, 0, 5), fin => 0, rsv => 4)
            ->ping('between')->raw_frame(0, substr $text, 5);
     } ],
     [ 'a plain one, although compression was agreed',
       sub { $ws->raw_frame(TEXT, $ping) } ],
     [ 'one of the largest size', sub {
         my $text = '{"type":"ping","t":7,"x":"' . 'y' x 32740 . '"}';
         $ws->raw_frame(TEXT, squeeze($text), rsv => 4);
     } ])
{
    my ($name, $do) = @$_;
    $do->();
    ok $ws->expect('pong', t => 7), $name;
}

is metric('inflated_total'), 4, 'four came compressed';


# --- what is wrong ---

for ([ 'a bomb', 1009,
       sub { $_[0]->raw_frame(TEXT, squeeze(' ' x 10_000_000), rsv => 4) } ],
     [ 'a byte too much', 1009,
       sub { $_[0]->raw_frame(TEXT, squeeze(' ' x 32769), rsv => 4) } ],
     [ 'no compressed data', 1007,
       sub { $_[0]->raw_frame(TEXT, 'hello', rsv => 4) } ],
     [ 'half of it', 1007,
       sub { $_[0]->raw_frame(TEXT, substr(squeeze($ping), 0, 5), rsv => 4) } ],
     [ 'no UTF-8 in it', 1007,
       sub { $_[0]->raw_frame(TEXT, squeeze("\"\xff\""), rsv => 4) } ],
     [ 'bytes', 1003, sub { $_[0]->raw_frame(2, squeeze($ping), rsv => 4) } ],
     [ 'a compressed ping', 1002, sub { $_[0]->raw_frame(PING, '', rsv => 4) } ],
     [ 'a compressed continuation', 1002, sub {
         $_[0]->raw_frame(TEXT, 'x', fin => 0, rsv => 4)
              ->raw_frame(0, 'y', rsv => 4)
     } ],
     [ 'another reserved bit', 1002,
       sub { $_[0]->raw_frame(TEXT, squeeze($ping), rsv => 6) } ])
{
    my ($name, $code, $do) = @$_;
    my $ws = ws();
    $do->($ws);
    is $ws->close_code, $code, $name;
}

$plain->raw_frame(TEXT, squeeze($ping), rsv => 4);
is $plain->close_code, 1002, 'compressed, although nothing was agreed';


# --- another program ---

my $port = $t->node->port;
my $said = Gavel::Http::decode(
    scalar `node $Gavel::Test::ROOT/t/lib/deflate.mjs $port @{[ $t->auction_id ]}`);

is $said->{extensions}, 'permessage-deflate', 'the ws package agrees';
is $said->{lots}, 60, '... reads the snapshot';
is $said->{t}, 7, '... is understood';
is $said->{code}, 1000, '... and goes in peace';
is $said->{error}, undef, '... without an error';


# --- compressed once ---

my $before = metric('compressed_total');
my @crowd = map { ws() } 1 .. 50;
my $subscribe = { type => 'subscribe', channel => 'auction:' . $t->auction_id };
$_->send($subscribe) for @crowd;
$_->expect('snapshot') or last for @crowd;
is scalar(grep { $_->{inflated} } @crowd), 50, 'fifty read it compressed';
cmp_ok metric('compressed_total') - $before, '<=', 50, '... at most once each';

$t->stop;
$t = Gavel::Test->new(workers => 1, http => 'gavel_deflate 100;')
    ->auction('live', lots => 2);
@crowd = map { ws()->subscribe(fresh => 1) } 1 .. 20;
$before = metric('compressed_total');
$ack = $t->user('lee')->ws->bid(100);
is scalar(grep { $_->event('bid.accepted')->{seq} == $ack->{seq} } @crowd), 20,
    'twenty are told of a bid';
is metric('compressed_total') - $before, 1, '... in one message made once';

# Chat and what concerns a person go the same way.

sub follow {
    my ($channel, @who) = @_;

    return map { my $ws = ws(as => $_)->subscribe(channel => $channel,
                                                  fresh => 1);
                 $ws->expect('snapshot');
                 $ws } @who;
}

my $lee = $t->user('lee');
my @chat = follow('chat:' . $t->auction_id, (undef) x 10);
my @me = follow('me', ($lee) x 3);
my @quiet = map { $_->{inflated} // 0 } @chat, @me;

$before = metric('compressed_total');
is $lee->post('auctions/' . $t->auction_id . '/comments',
              { comment => 'it goes to ten' })->{status}, 201, 'a line';
is scalar(grep { $_->event('chat.message') } @chat), 10, '... goes to ten';
is metric('compressed_total') - $before, 1, '... compressed once';

$_->close for @crowd;
ok $t->user('kim')->bid($ack->{min_next})->{status} == 201, 'he is outbid';
is scalar(grep { $_->event('me.outbid', 10) } @me), 3, '... and hears of it';
is metric('compressed_total') - $before, 2, '... compressed once';
is_deeply [ map { $_->{inflated} } @chat, @me ], [ map { $_ + 1 } @quiet ],
    'nobody got it plain';

$t->stop;
$t = Gavel::Test->new(workers => 1, http => 'gavel_deflate off;')
    ->auction('live', lots => 2);
is answer('permessage-deflate'), undef, 'it can be switched off';
is answer('permessage-deflate;;'), 400, 'a wrong header stays wrong';
