# Ends of lots as they went wrong in other auction houses, for the clock, for
# bidders, and for those who deploy: as t/60-field.t, with lots that last.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Gavel::Witness;
use Time::HiRes qw(time sleep);

my $t = Gavel::Test->new(nodes => 2);
my @people = $t->crowd(8, 'field');
my ($kim, $lee) = @people;

my %manual = (currency => 'KRW', ladder => [[0, 10]], auto_next_ms => -1);

# A live auction with its only lot open.
sub open_lot {
    my ($clock) = @_;

    $t->auction('live', lots => 1, rules => { %manual, clock => $clock });
}

sub lot { return $t->snapshot->{state}{lots}[0] }

sub events_of {
    my ($type) = @_;
    return grep { $_->{type} eq $type } $t->log_events;
}

sub ms { return Gavel::Witness::ms(@_) }


# --- the end, for the clock and for bidders (T-07, T-08, T-31, T-38, T-51) ---

open_lot({ preset => 'hard', duration_ms => 8000 });
my ($lot) = $t->lots;
my $room = $t->ws->subscribe(fresh => 1);

my $r = $kim->bid(100, request_id => "lot:$lot:1:clock");
is $r->{status}, 201, 'T-31: a bid with an id as the clock might use';
$lee->bid(110, request_id => $_)
    for "$lot:1:1", "close:$lot", "~$lot", "clock-$lot-1";
is $kim->bid(105, request_id => 'refused')->{code}, 'too_low',
    'T-31: a refusal';
my $ends = lot()->{ends_at};
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
ok eventually { lot()->{status} eq 'sold' }, 'T-08: the lot is sold';
my ($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-08: not before its end';
my @late = grep { $_->{data}{at} ge $ends } events_of('bid.accepted');
is scalar @late, 0, 'T-08: no bid after it stands';
is lot()->{price}, (events_of('bid.accepted'))[-1]{data}{amount},
    'T-08: to the last bid';
is lot()->{ends_at}, $ends, 'T-31: nobody moved the end';
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

open_lot({ preset => 'reset_to', duration_ms => 5000,
                  window_ms => 4500 });
$amount = 100;

for my $n (1 .. 5) {
    my $left = ms(lot()->{ends_at}) / 1000 - time;

    sleep $left - 3.5 if $left > 3.5;
    $r = $people[$n % 2]->bid($amount += 10, node => $n % 2);
    last if $r->{status} != 201;
}

is $r->{status}, 201, 'T-38: each bid in time';
is lot()->{extensions}, 5, 'T-38: gave time';
is lot()->{status}, 'open', 'T-38: and no old end closed the lot';
$ends = lot()->{ends_at};
is $r->{ends_at}, $ends, 'T-57: the answer says the new end';
ok eventually(sub { lot()->{status} eq 'sold' }, 15), 'T-38: until it is over';
($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-38: and not before';


# --- deploys (T-55) ---

open_lot({ preset => 'hard', duration_ms => 12_000 });
$ends = lot()->{ends_at};
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
is lot()->{bid_count}, $told{ok}, 'T-55: or lost';
ok eventually(sub { lot()->{status} eq 'sold' }, 20), 'T-55: the lot is sold';
($sold) = events_of('lot.sold');
cmp_ok $sold->{ts}, 'ge', $ends, 'T-55: not early';
