#!/usr/bin/perl

# The clock: a lot closes when its time is up, never before, whether somebody
# watches or not.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my %clock = (ladder => 10, auto_next_ms => -1,
             clock => { preset => 'hard', duration_ms => 6000 });

my $t = Gavel::Test->new(nodes => 2, pg => 'own');
my $kim = $t->user('kim');
$t->auction('live', lots => 1, rules => \%clock);
my $id = $t->auction_id;

is $kim->bid(100)->{status}, 201, 'a bid';

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'sold' }, 20), 'the lot is sold by the clock';

my $late = $t->closed_after($id);
cmp_ok $late, '>=', 0, "not early ($late ms)";
is $kim->bid(200)->{status}, 409, 'it takes no more bids';

# Nobody has it in memory: both nodes begin anew while it runs.

$t->auction('live', lots => 1, rules => \%clock);
$id = $t->auction_id;
$t->stop;
$t->run;

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'unsold' }, 30), 'a lot closes unwatched';
cmp_ok $t->closed_after($id), '>=', 0, 'not early';

$t->finish;
