# A worker that has just begun does not know the cluster's time yet: whoever
# bids then waits for a moment, and is not sent away.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1)->auction('live');
my ($kim, $lee) = map { $t->user($_) } qw(kim lee);
my $amount = 0;

sub bids {
    my ($n, $name) = @_;
    my @refused;

    for (1 .. $n) {
        my $r = ($_ % 2 ? $kim : $lee)->bid($amount += 100);
        push @refused, explain $r if $r->{status} != 201;
    }

    is_deeply \@refused, [], "$name: all bids stand";
}

bids(2, 'at first');

for (1 .. 3) {
    $t->kill_a_worker;
    bids(4, 'right behind a crash');
}

$t->reload;
bids(4, 'right behind a reload');

$t->{ready} = 0;
$t->stop;
$t->run;
bids(4, 'right behind a start');
