# What went wrong in other auction houses: each bug as somebody would meet it
# in Gavel, through its public interface.  Who may do what (T-22, T-23, T-26)
# is in 11 and 17, refresh tokens (T-43) are in 12, ends and deploys, which one
# has to wait for, in long/60-ends.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Gavel::Witness;
use Time::HiRes qw(sleep);

my $t = Gavel::Test->new(nodes => 2);
my @people = $t->crowd(8, 'field');
my ($kim, $lee, $park) = @people;

my %manual = (currency => 'KRW', ladder => [[0, 10]], auto_next_ms => -1);

# A live auction with its first lot open.
sub open_lot {
    $t->auction('live', lots => 1, rules => \%manual);

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

my $end = Gavel::Witness::ms($before->{ends_at});

ok eventually(sub { lot($lot)->{status} eq 'sold' }, 20), 'T-15: it is sold';
my ($sold) = events_of('lot.sold');
cmp_ok Gavel::Witness::ms($sold->{ts}) - $end, '>=', 0, 'T-15: not before its end';
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


# --- numbers (T-54) ---

$lot = open_lot();
my $room = $t->ws(as => $kim);
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
