# What went wrong in other auction houses: each bug as somebody would meet it
# in Gavel, through its public interface.  Who may do what (T-22, T-23, T-26) is in 11 and
# 17, refresh tokens (T-43) are in 12.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Time::HiRes qw(time sleep);
use Time::Local qw(timegm);

my $t = Gavel::Test->new(nodes => 2);
my @people = $t->crowd(8, 'field');
my ($kim, $lee, $park) = @people;

my %manual = (currency => 'KRW', ladder => [[0, 10]], auto_next_ms => -1);

# A live auction with its first lot open.
sub open_lot {
    my ($clock, %o) = @_;

    $t->auction('live', lots => 1,
        rules => { %manual, $clock ? (clock => $clock) : () }, %o);

    return ($t->lots)[0];
}

sub lot {
    my ($id) = @_;
    my ($lot) = grep { $_->{lot_id} == $id } @{ $t->snapshot->{state}{lots} };
    return $lot;
}

# The same moment for all: requests are sent, and only then answers read.
sub together {
    my (@bids) = @_;

    my $id = $t->auction_id;
    my $n = 0;
    my @sockets;

    for (@bids) {
        my ($user, $amount, $request) = @$_;
        my $body = qq({"amount":$amount});
        my $socket = Gavel::Http::open_socket($t->node($n++ % 2)->port);

        $request //= "at-once-$$-" . ++$Gavel::House::requests;
        print $socket "POST /api/v1/auctions/$id/bids HTTP/1.1\r\nHost: x\r\n"
            . "Connection: close\r\nAuthorization: Bearer $user->{access}\r\n"
            . "Idempotency-Key: $request\r\nContent-Type: application/json\r\n"
            . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
        $socket->flush;
        push @sockets, $socket;
    }

    return map { my $r = Gavel::Http::exchange($_, '', 5);
                 +{ %{ $r->{json} }, status => $r->{status} } } @sockets;
}

sub stood { return scalar grep { $_->{status} == 201 } @_ }

sub events_of {
    my ($type) = @_;
    return grep { $_->{type} eq $type } $t->log_events;
}

sub ms {
    my ($y, $m, $d, $h, $min, $s, $ms) = $_[0] =~ /\d+/g;
    return 1000 * timegm($s, $min, $h, $d, $m - 1, $y) + $ms;
}

my ($lot, @r, $r);


# --- equal bids (T-01, T-05, T-58) ---

$lot = open_lot();

is stood(@r = together(map { [ $_, 100 ] } @people)), 1,
    'T-01: of eight equal bids at once one stands';
is_deeply [ grep { $_->{status} != 201 && $_->{code} ne 'too_low' } @r ], [],
    'T-01: the others are too low';
is stood(together(map { [ $_, 110 ] } @people)), 1, 'T-01: and so at each price';
is lot($lot)->{bid_count}, 2, 'T-01: two bids count';

my ($second) = grep { $_->{id} != lot($lot)->{leader_id} } @people;
$r = $second->bid(110);
is "$r->{code} $r->{min_next}", 'too_low 120',
    'T-05: the price that stands is no bid';

@r = together(map { [ $people[$_], 200 + 10 * $_ ] } 0 .. 7);
my @log = map { $_->{data}{amount} } events_of('bid.accepted');
is_deeply \@log, [ sort { $a <=> $b } @log ], 'T-58: the order is the log\'s';
my @ts = map { $_->{ts} } $t->log_events;
is_deeply \@ts, [ sort @ts ], 'T-58: and no stamp precedes its predecessor\'s';
is lot($lot)->{price}, $log[-1], 'T-58: the last of the log leads';
is_deeply [ sort { $a <=> $b } map { $_->{price} } grep { $_->{status} == 201 } @r ],
    [ grep { $_ >= 200 } @log ], 'T-58: who was told so stands in it';


# --- against oneself (T-03, T-50) ---

$lot = open_lot();
is $kim->bid(100)->{status}, 201, 'T-03: a first bid';
is $kim->bid(200)->{code}, 'already_leading', 'T-03: the leader does not raise';
is lot($lot)->{price}, 100, 'T-03: and moves no price';
is stood(together(map { [ $lee, 110 ] } 1 .. 6)), 1,
    'T-50: repeated clicks are one bid';
@r = together(map { [ $kim, 120, 'one-click' ] } 1 .. 6);
is stood(@r), 6, 'T-50: and the same request is answered';
is scalar(keys %{{ map { $_->{seq} => 1 } @r }}), 1, 'T-50: with one bid';
is lot($lot)->{bid_count}, 3, 'T-50: three in all';


# --- bids that do not stand (T-12, T-15) ---

$t->auction('draft', leaders => 2, lots => 2, points => 500, rules => {
    %manual, clock => { preset => 'reset_to', duration_ms => 9000,
                        window_ms => 8900 } });
my ($red, $blue) = $t->leaders;
($lot) = $t->lots;

my $watcher = $t->ws(as => $red)->subscribe;
my $first = $red->bid(100);
my $before = lot($lot);
my $overlay = sub { return $t->get("lots/$lot")->{body} };
my ($shown, $log) = ($overlay->(), $t->log_length);

sleep 0.3;
is $red->bid(110)->{code}, 'already_leading', 'T-12: not by the leader';
is $blue->bid(105)->{code}, 'too_low', 'T-12: not too low';
is $blue->bid(5000)->{status}, 422, 'T-12: not more than there is';
is $kim->bid(110)->{status}, 403, 'T-12: not without a team';
is $t->post('auctions/' . $t->auction_id . '/bids', { amount => 300 })->{status},
    401, 'T-12: not by a guest';
is $blue->bid(-1)->{status}, 422, 'T-12: not less than nothing';
is_deeply lot($lot), $before, 'T-12: nothing of it is shown';
is $overlay->(), $shown, 'T-12: nowhere';
is $t->log_length, $log, 'T-12: nor kept';
is lot($lot)->{ends_at}, $before->{ends_at}, 'T-15: nor does it give time';

my $end = ms($before->{ends_at});

ok eventually(sub { lot($lot)->{status} eq 'sold' }, 20), 'T-15: it is sold';
my ($sold) = events_of('lot.sold');
cmp_ok ms($sold->{ts}) - $end, '>=', 0, 'T-15: not before its end';
ok $watcher->event('lot.sold'), 'T-12: a watcher';
is_deeply [ map { $_->{data}{amount} } grep { $_->{type} eq 'bid.accepted' }
            $watcher->events_seen ], [ 100 ], 'T-12: saw one bid';


# --- holds (T-24, T-25) ---

$t->must('auctions/' . $t->auction_id . '/lots/' . ($t->lots)[1] . '/open');
is $red->bid(100)->{status}, 201, 'T-24: red';
is $blue->bid(110)->{status}, 201, 'T-24: blue';
is $red->bid(120)->{status}, 201, 'T-24: red';

my $id = $t->auction_id;
my $hammer = "/api/v1/auctions/$id/lots/" . ($t->lots)[1];
my @sockets;

for my $n (0 .. 7) {
    my $socket = Gavel::Http::open_socket($t->node($n % 2)->port);
    my $path = "$hammer/" . ($n % 3 ? 'close' : 'award');
    print $socket "POST $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        . 'Authorization: Bearer ' . $t->host->{access} . "\r\n"
        . "Idempotency-Key: hammer-$n\r\nContent-Type: application/json\r\n"
        . "Content-Length: 2\r\n\r\n{}";
    $socket->flush;
    push @sockets, $socket;
}

my @status = map { Gavel::Http::exchange($_, '', 5)->{status} } @sockets;
is scalar(grep { $_ == 200 } @status), 1,
    'T-25: of eight hammers one falls' or diag "@status";
is scalar(events_of('lot.sold')), 2, 'T-25: one sale a lot';
is $t->sql("select count(*) from gavel.sale where auction_id = $id"), 2,
    'T-25: and one row';

my %purse = map { $_->{team_id} => $_ }
    @{ $t->get("auctions/$id/points", as => $t->host)->{json}{results} };
my ($reds, $blues) = @purse{ $t->teams };
is $reds->{available}, 500 - 100 - 120, 'T-25: the winner paid once';
is $blues->{available}, 500, 'T-24: who lost has all his points';
is $t->sql("select coalesce(sum(held), 0) from gavel.team
             where auction_id = $id"), 0, 'T-24: nothing is held';


# --- the end, for the clock and for bidders (T-07, T-08, T-31, T-38, T-51) ---

$lot = open_lot({ preset => 'hard', duration_ms => 8000 });
my $room = $t->ws->subscribe(fresh => 1);

$r = $kim->bid(100, request_id => "lot:$lot:1:clock");
is $r->{status}, 201, 'T-31: a bid with an id as the clock might use';
$lee->bid(110, request_id => $_)
    for "$lot:1:1", "close:$lot", "~$lot", "clock-$lot-1";
is $kim->bid(105, request_id => 'refused')->{code}, 'too_low',
    'T-31: a refusal';
my $ends = lot($lot)->{ends_at};
is $kim->bid(120)->{status}, 201, 'T-31: and another bid';
is $lee->bid(130, request_id => "lot:$lot:1:clock")->{bid}{bidder_id},
    $lee->{id}, "T-31: an id is everybody's own";
is $kim->bid(140, request_id => 'refused')->{status}, 201,
    'T-31: a refusal is not remembered';

for ([ 'an answer', $r->{ends_at} ],
     [ 'an event', $room->event('bid.accepted')->{data}{ends_at} ],
     [ 'the lot', $t->get("lots/$lot", node => 1)->{json}{ends_at} ],
     [ 'the other node', $t->snapshot(node => 1)->{state}{lots}[0]{ends_at} ])
{
    is $_->[1], $ends, "T-07: $_->[0] says the same end";
}

like $ends, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'T-07: in UTC';

# One after the other they say rising times, but for so little.

my @clock = map { ms($t->snapshot(node => $_)->{server_time}) } 0, 1, 0;
ok $clock[0] - 500 < $clock[1] && $clock[1] - 500 < $clock[2],
    'T-07: and nodes agree on the time' or diag "@clock";

# Bids until the end and beyond it.

my ($amount, %told) = (200);
my $until = ms($ends) / 1000 + 5;

while (time < $until) {
    $amount += 10;
    $r = $people[$amount / 10 % 8]->bid($amount, node => $amount / 10 % 2);
    $told{ $r->{status} == 201 ? 'ok' : $r->{code} }++;
    last if ($r->{code} // '') eq 'lot_not_open';
}

is_deeply [ sort keys %told ], [ grep { $told{$_} } 'after_end', 'lot_not_open',
    'ok' ], 'T-08: a bid stands, or came after the end' or diag explain \%told;
ok eventually { lot($lot)->{status} eq 'sold' }, 'T-08: the lot is sold';
($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-08: not before its end';
my @late = grep { $_->{data}{at} ge $ends } events_of('bid.accepted');
is scalar @late, 0, 'T-08: no bid after it stands';
is lot($lot)->{price}, (events_of('bid.accepted'))[-1]{data}{amount},
    'T-08: to the last bid';
is lot($lot)->{ends_at}, $ends, 'T-31: nobody moved the end';
is scalar(grep { $_->{type} =~ /^lot\.(?:sold|unsold)$/ } $t->log_events), 1,
    'T-08: once';

is $kim->bid(9000)->{code}, 'lot_not_open', 'T-51: no bid after the sale';
$t->must('auctions/' . $t->auction_id . '/end');
is $kim->bid(9000)->{status}, 409, 'T-51: nor after the auction';
$t->auction('live', lots => 1, until => 'published', rules => \%manual);
is $kim->bid(100)->{status}, 409, 'T-51: nor before it';
$t->must('auctions/' . $t->auction_id . '/start');
is $kim->bid(100)->{status}, 409, 'T-51: nor between lots';
$t->must('auctions/' . $t->auction_id . '/lots/' . ($t->lots)[0] . '/open');
$t->must('auctions/' . $t->auction_id . '/pause');
is $kim->bid(100)->{status}, 409, 'T-51: nor in a break';
$t->must('auctions/' . $t->auction_id . '/resume');
is $kim->bid(100)->{status}, 201, 'T-51: but behind it';

# Bids in the last moments, each of which gives more time.

$lot = open_lot({ preset => 'reset_to', duration_ms => 5000,
                  window_ms => 4500 });
$amount = 100;

for my $n (1 .. 5) {
    my $left = ms(lot($lot)->{ends_at}) / 1000 - time;

    sleep $left - 3.5 if $left > 3.5;
    $r = $people[$n % 2]->bid($amount += 10, node => $n % 2);
    last if $r->{status} != 201;
}

is $r->{status}, 201, 'T-38: each bid in time';
is lot($lot)->{extensions}, 5, 'T-38: gave time';
is lot($lot)->{status}, 'open', 'T-38: and no old end closed the lot';
$ends = lot($lot)->{ends_at};
is $r->{ends_at}, $ends, 'T-57: the answer says the new end';
ok eventually(sub { lot($lot)->{status} eq 'sold' }, 15), 'T-38: until it is over';
($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-38: and not before';


# --- deploys (T-55) ---

$lot = open_lot({ preset => 'hard', duration_ms => 12_000 });
$ends = lot($lot)->{ends_at};
$amount = 100;
%told = ();

my $began = time;
my $reloads = 0;

while (time < $began + 6 || $reloads < 5) {
    if ($reloads < 5 && time > $began + 1 + $reloads) {
        kill 'HUP', $t->node($reloads++ % 2)->pid;
    }

    $amount += 10;

    # who is told "busy" asks again, as every client does

    for (1 .. 5) {
        $r = $people[$amount / 10 % 8]->bid($amount, node => $amount / 10 % 2,
                                            request_id => "deploy-$amount");
        last if ($r->{code} // '') ne 'busy';
    }

    $told{ $r->{status} == 201 ? 'ok' : $r->{code} }++;
}

is $reloads, 5, 'T-55: nodes were reloaded in turn';
is_deeply [ keys %told ], ['ok'], 'T-55: and no bid was refused'
    or diag explain \%told;
is lot($lot)->{bid_count}, $told{ok}, 'T-55: or lost';
ok eventually(sub { lot($lot)->{status} eq 'sold' }, 20), 'T-55: the lot is sold';
($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-55: not early';


# --- numbers (T-54) ---

$lot = open_lot();
$room = $t->ws(as => $kim);
$kim->bid(9007199254740990);
$id = $t->auction_id;

my $text = join "\n", map { $t->get($_)->{body} } "auctions/$id",
    "auctions/$id/events", "auctions/$id/snapshot", "auctions/$id/bids",
    "lots/$lot";
$text =~ s/"(?:[^"\\]|\\.)*"//g;

unlike $text, qr/\d[.eE][-+\d]/, 'T-54: there are only whole numbers';
like $text, qr/9007199254740990/, 'T-54: and large ones are exact';

for my $bad ('110.5', '1.1e2', '"110"', '110.0') {
    $room->raw_frame(1, qq({"type":"bid","auction_id":) . $t->auction_id
        . qq(,"amount":$bad,"request_id":"bad-$bad"})
        =~ s/"bad-"110""/"bad-text"/r);
    my $ack = $room->recv;
    is $ack->{code} // $ack->{error}{code} // '', 'invalid_amount',
        "T-54: $bad is no amount" or diag explain $ack;
}
