# PostgreSQL hangs while bids come: when it goes on, what is decided first is
# the time that is owed to open lots, not the bids that waited.

use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use Gavel::Test;
use Gavel::Witness;

my $t = Gavel::Test->new(pg => 'own', workers => 1);
my @ids;

sub wait_for {
    my ($at) = @_;

    my $left = $at - time;
    sleep $left if $left > 0;
}

$t->run;
my @ws = map { $t->ws(as => $t->user($_)) } qw(kim lee);

for (1 .. 3) {
    $t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
        auto_next_ms => -1, clock => { preset => 'hard',
                                       duration_ms => 8000 } });
    push @ids, $t->auction_id;
}

my %opened = map { my $id = $_; $id => (grep { $_->{type} eq 'lot.opened' }
    $t->log_events($id))[0] } @ids;
my %end = map { $_ => Gavel::Witness::ms($opened{$_}{data}{ends_at}) / 1000 } @ids;
my $first = (sort { $a <=> $b } values %end)[0];

# The sign of life is kept waiting for a moment longer than the log.

wait_for($first - 3);
my $held = $t->pg->hold('select from gavel.pulse for update');
$t->pg->pause;
my $from = time;

for my $amount (1 .. 20) {
    $ws[$amount % 2]->send({ type => 'bid', auction_id => $_,
        lot_id => $opened{$_}{data}{lot_id}, amount => $amount,
        request_id => "bid-$_-$amount" }) for @ids;
    sleep 0.05;
}

wait_for($from + 4.2);
$t->pg->resume;
sleep 0.3;
my $to = time;
$t->pg->let_go($held);

for my $id (@ids) {
    my ($sold) = eventually { grep { $_->{type} =~ /^lot\.(?:un)?sold$/ }
                              $t->log_events($id) } 20;
    ok $sold, "the lot of auction $id closes";
}

for my $id (@ids) {
    my @log = $t->log_events($id);
    my ($sold) = grep { $_->{type} =~ /^lot\.(?:un)?sold$/ } @log;
    my $left = $end{$id} - $from;

    ok +(grep { $_->{type} eq 'lot.timer' && $_->{data}{how} eq 'recovery' }
        @log), "it got time back";
    cmp_ok Gavel::Witness::ms($sold->{ts}) / 1000 - $to, '>', $left - 1,
        sprintf 'of the %.1f s that it had left, most', $left;
}


# A bid that is decided while nobody knows yet is written when all is over, and
# takes nothing from what is owed.

$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard', duration_ms => 8000 } });

my $id = $t->auction_id;
my ($lot) = grep { $_->{type} eq 'lot.opened' } $t->log_events($id);
my $end = Gavel::Witness::ms($lot->{data}{ends_at}) / 1000;

wait_for($end - 3.5);
$t->pg->pause;
$from = time;

sleep 0.9;
$ws[0]->send({ type => 'bid', auction_id => $id, amount => 1,
    lot_id => $lot->{data}{lot_id}, request_id => 'late' });
wait_for($from + 4.2);
$to = time;
$t->pg->resume;

ok eventually(sub { grep { $_->{type} eq 'lot.sold' } $t->log_events($id) },
    20), 'the bid was in time';
my ($sold) = grep { $_->{type} eq 'lot.sold' } $t->log_events($id);
cmp_ok Gavel::Witness::ms($sold->{ts}) / 1000 - $to, '>', $end - $from - 0.6,
    'all of the time is given back';
