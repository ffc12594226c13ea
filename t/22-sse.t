# Server-sent events: the same JSON, with places to come back to.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('live');
my ($kim, $lee) = ($t->user('kim'), $t->user('lee'));

# Who watches, and whether the host does, may be told in between.

sub heard {
    my ($s) = @_;

    while (my $e = $s->recv) {
        return $e if $e->{json}{type} !~ /^(?:presence|host\..*)$/;
    }

    return;
}

my $s = $t->sse;
is $s->answer->{status}, 200, 'a stream';
like $s->answer->{headers}{'content-type'}, qr{^text/event-stream}, 'its type';
is $s->answer->{headers}{'cache-control'}, 'no-store', 'not stored';
is $s->answer->{headers}{'x-accel-buffering'}, 'no', 'not held back by others';

my $first = $s->recv;
is $first->{json}{type}, 'subscribed', 'subscribed';
is $first->{json}{reason}, 'new', 'from now';
ok $s->{retry}, 'when to come back';

my $snapshot = heard($s);
is $snapshot->{json}{type}, 'snapshot', 'then a snapshot';
is $snapshot->{id}, "1:$snapshot->{json}{seq}", 'with its place';

my $ws = $kim->ws->subscribe(fresh => 1);
my $ack = $ws->bid(100);
ok $ack->{ok}, 'a bid' or diag explain $ack;

my $event = heard($s);
is $event->{json}{type}, 'event', 'then events';
is $event->{id}, "1:$ack->{seq}", 'each with its place';
is_deeply $event->{json}{event}, ($ws->events)[-1],
   'the same JSON as in a frame';


# --- coming back ---

$s->close;
ok $lee->ws->bid($ack->{min_next})->{ok}, 'another bid';

$s = $t->sse(last => $event->{id});
my $back = $s->recv->{json};
ok $back->{resumed}, 'resumed by Last-Event-ID';
is heard($s)->{json}{event}{data}{amount}, $ack->{min_next}, 'what was missed';
$s->close;

$s = $t->sse(last => '9:1');
is $s->recv->{json}{reason}, 'epoch', 'another epoch';
is heard($s)->{json}{type}, 'snapshot', 'is a snapshot';
$s->close;

$s = $t->sse(last => 'nonsense');
is $s->recv->{json}{reason}, 'new', 'nonsense is nothing';
$s->close;

for my $name (qw(If-Match If-None-Match If-Unmodified-Since)) {
    my $value = $name =~ /Since/ ? 'Thu, 01 Jan 1970 00:00:00 GMT'
              : $name =~ /None/  ? '*' : '"x"';

    $s = $t->sse(headers => { $name => $value });
    is $s->answer->{status}, 200, "$name says nothing of a stream";
    is $s->recv->{json}{type}, 'subscribed', '... and does not stop it';
    $s->close;
}


# --- what there is not ---

my $r = $t->get('auctions/999999999/events/stream');
is $r->{status}, 404, 'no such auction';
is $r->{json}{code}, 'not_found', 'as a problem';
like $r->{headers}{'content-type'}, qr{^application/problem\+json}, 'its type';
is $r->{headers}{'cache-control'}, 'no-store', 'not kept';

my %korean = (headers => { 'Accept-Language' => 'ko-KR,ko;q=0.9,en' });
my $other = $t->get('auctions/999999999', %korean)->{json};
is_deeply $t->get('auctions/999999999/events/stream', %korean)->{json},
   $other, 'the same problem as anywhere, in the same language';
like $other->{title}, qr/\p{Hangul}/, 'which is Korean';

$r = $t->post('auctions/' . $t->auction_id . '/events/stream', {});
is $r->{status}, 405, 'a POST';
is $r->{headers}{allow}, 'GET', 'is told what may be done';

$r = $t->get('auctions/' . $t->auction_id . '/events/stream', as => 'x.y.z');
is $r->{status}, 401, 'a bad token';
is $r->{headers}{'www-authenticate'}, 'Bearer', 'is told which it has to be';


# --- no longer than its token ---

sub ends {
    my ($s, $seconds) = @_;

    my $last;

    while (my $e = $s->recv($seconds)) {
        $last = $e;
    }

    return $s->{closed} && $last ? $last->{json} : {};
}

my $short = $t->sign({ sub => $kim->id . '', exp => int(time) + 6 });
my $cookie = $t->sse(headers => {
    Cookie => "gavel_access=junk; gavel_access=$short" });
$s = $t->sse(as => $short);
my $end = ends($s, 20);
is $end->{type}, 'error', 'a stream ends with its token';
is $end->{code}, 'token_expired', '... and says so';
ok $end->{message}, '... in words';

is ends($cookie, 20)->{code}, 'token_expired',
    'also when it came in the second cookie of its name';

my $guest = $t->sse;
1 while $guest->recv(1);
ok !$guest->{closed}, 'that of a guest does not';
$guest->close;


# --- many, and leaving ---

my @s = map { $t->sse } 1 .. 50;
ok $kim->ws->bid($t->snapshot->{state}{lots}[0]{min_next})->{ok}, 'a bid';

sub hears {
    my ($s) = @_;

    while (my $e = $s->recv) {
        return 1 if $e->{json}{type} eq 'event';
    }

    return 0;
}

is scalar(grep { hears($_) } @s), 50, 'fifty streams hear of it';
$_->close for @s;

is $t->get('/healthz')->{status}, 200, 'and are gone';
