#!/usr/bin/perl

# What can go wrong between a decision and its commit: a worker dies, the
# database restarts, the commit itself fails, a command cannot be written.
# No acknowledged bid is lost, no request is there twice.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(nodes => 2, pg => 'own');

$t->auction('live', lots => 2, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
my $id = $t->auction_id;
my ($lot) = $t->lots;
my @bidders = map { $t->user($_) } qw(kim lee);
my $amount = 0;
my %told;

# One bid after another while something happens in between; retries with the
# same request id, as a client does.

sub bids {
    my ($n, $what) = @_;

    for my $i (1 .. $n) {
        my $bidder = $bidders[++$amount % 2];
        my $request = "r-$amount";

        $what->() if $i == int($n / 2);

        for (1 .. 40) {
            my $answer = eval { $bidder->bid($amount, request_id => $request,
                                             node => $i % 2) } || {};

            if (($answer->{status} || 0) == 201) {
                $told{$request} = $amount;
                last;
            }

            select undef, undef, undef, 0.25;
        }
    }
}

sub all_there {
    my ($what) = @_;

    is_deeply $t->logged_bids($id), \%told,
        "$what: what was told is in the log, once";
    is scalar(keys %told), $amount, "$what: every bid stands";
    is $t->sql("select count(*) = max(seq) from gavel.event
                 where auction_id = $id"), 't', "$what: no gap";
}

bids(10, sub { });
all_there('quiet');

bids(10, sub { $t->kill_a_worker });
all_there('a worker was killed');

# Who follows is told what he misses, and nothing else: the log is the same.

my @watchers = map { $t->ws(node => $_)->subscribe } 0, 1;

bids(10, sub { $t->pg->kill; $t->pg->start });
all_there('PostgreSQL crashed');

for my $n (0, 1) {
    is_deeply [ $watchers[$n]->seqs ], [ 1 .. $t->log_length ],
        "node $n: a watcher saw all of it, once";
    ok !(grep { ref eq 'HASH' && ($_->{type} // '') eq 'snapshot' }
         @{ $watchers[$n]{seen} }), "node $n: and needed no snapshot";
}

# A constraint that fails at the commit: the statement itself went well.

$t->pg->psql(<<'SQL');
create function gavel.break() returns trigger language plpgsql as
    $$ begin raise exception 'no' using errcode = '23514'; end $$;
create constraint trigger break after insert on gavel.bid
    deferrable initially deferred for each row
    when (new.amount = 1000) execute function gavel.break();
SQL

my $before = $t->log_length;
my $answer = $bidders[($amount + 1) % 2]->bid(1000, request_id => 'poison');
is $answer->{code}, 'internal', 'a commit that fails is no bid';
is $t->log_length, $before, 'nothing of it is in the log';
is $t->sql("select count(*) from gavel.bid where amount = 1000"), 0,
    'nor anywhere';

bids(2, sub { });
all_there('behind a poisoned command');

# A close that cannot be written leaves its lot frozen.

$t->pg->psql(<<'SQL');
create trigger break before insert on gavel.sale
    for each row execute function gavel.break();
SQL

$t->auction('live', lots => 2, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard', duration_ms => 5000 } });
$id = $t->auction_id;
is $bidders[0]->bid(5)->{status}, 201, 'a bid';

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id order by number limit 1") eq 'frozen' }, 20),
    'the lot is frozen';
like join('', map { $t->log_text($_) } 0, 1), qr/cannot be appended/,
    'and the log says why';

$t->finish;
