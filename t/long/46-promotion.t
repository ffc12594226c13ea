# The primary is lost, its synchronous standby takes over: the log is the same,
# so nothing is lost, no epoch begins, and who follows needs no snapshot.

use strict;
use warnings;
use Test::More;
use Gavel::Pair;
use Gavel::Test;

my $t = Gavel::Test->new(pg => 'own');
my $pair = Gavel::Pair->new($t->pg);

$t->{node} = [ Gavel::Node->new($t, 0) ];
$t->{node}[0]{database} = $pair->conninfo;

$t->auction('live', base => 1, rules => { ladder => 1 });

my @bidders = map { $t->user($_) } qw(kim lee);
my @watchers = map { $t->ws->subscribe } 1 .. 4;

is $bidders[$_ % 2]->bid($_)->{status}, 201, "a bid of $_" for 1 .. 5;
$_->seqs for @watchers;

ok $pair->caught_up, 'the standby has everything';
$pair->fail_over;
$t->{the_pg} = $pair->primary;

for my $amount (6 .. 8) {
    ok eventually(sub { $bidders[$amount % 2]->bid($amount,
        request_id => "late-$amount")->{status} == 201 }, 15),
        "a bid of $amount at the new primary";
}

is $t->sql('select max(epoch) from gavel.log_head'), 1, 'the epoch goes on';

for my $watcher (@watchers) {
    is_deeply [ $watcher->seqs ], [ 1 .. $t->log_length ],
        'a watcher saw all of it, once';
    ok !(grep { ref eq 'HASH' && ($_->{type} // '') eq 'snapshot' }
         @{ $watcher->{seen} }), 'and needed no snapshot';
}

END { local $?; undef $pair }
