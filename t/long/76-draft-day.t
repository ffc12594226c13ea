#!/usr/bin/perl

# A whole draft over the interface: 8 teams and 60 players in pots, snake
# nomination, two cycles of the unsold, folds, an undo, a pause, all workers
# killed in the middle, and an auto-fill at its end.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use List::Util qw(sum0 shuffle);
use Test::More;

my $seed = $ENV{SEED} // int rand 1e9;
srand $seed;
diag "seed $seed";

my $teams = 8;
my $players = 60;
my $slots = 8;

my $t = Gavel::Test->new->auction('draft', leaders => $teams, lots => 0,
    until => 'draft', rules => {
        roster_max => $slots, roster_min => 1, order => 'pots',
        nomination => 'snake', team_order => 'drawn', auto_next_ms => 0,
        cycles => 2, cycle_base_percent => 50, auto_fill => \1,
        quotas => { top => [ 0, 8 ], mid => [ 0, 8 ] },
        clock => { preset => 'reset_to', duration_ms => 600_000,
                   window_ms => 8000 } });

my $id = $t->auction_id;
my @leaders = $t->leaders;
my %leader = map { ($t->teams)[$_] => $leaders[$_] } 0 .. $#leaders;

for my $n (1 .. $players) {
    $t->must("auctions/$id/lots", { title => "Player $n", kind => 'player',
        base_price => 10, pot => 1 + $n % 3,
        role => $n % 2 ? 'top' : 'mid' });
}

$t->must("auctions/$id/publish");
$t->must("auctions/$id/start");

sub state_now { return $t->snapshot->{state} }

sub block {
    my ($s) = @_;
    return (grep { $_->{status} eq 'open' } @{ $s->{lots} })[0];
}

# Until a team is to nominate, a lot is open, or all is over.
sub something {
    my $s;

    eventually {
        $s = state_now();
        $s->{status} ne 'live' || block($s) || $s->{turn};
    } 20 or die 'nothing goes on';

    return $s;
}

# The last team hardly bids: what is left at the end is its own.
my $lazy = ($t->teams)[-1];

sub bidders {
    my ($s, $lot) = @_;

    my %team = map { $_->{team_id} => $_ } @{ $s->{teams} };

    return grep { $_ != $lazy && $_ != ($lot->{leader_team_id} // 0)
                  && $team{$_}{max_bid} >= $lot->{min_next} } keys %leader;
}


my %acked;

sub play_lot {
    my ($s, $how) = @_;

    my $lot = block($s);
    my $open = "auctions/$id/lots/$lot->{lot_id}";

    if ($how ne 'nobody') {
        for (1 .. 1 + int rand 3) {
            $s = state_now();
            $lot = block($s) or return;
            my ($team) = shuffle(bidders($s, $lot)) or last;

            my $r = $leader{$team}->bid($lot->{min_next} + 10 * int rand 4,
                                        lot_id => $lot->{lot_id});

            if ($r->{status} == 201) {
                $acked{ $r->{seq} } = $r->{bid}{id};

            } else {
                like $r->{code}, qr/^(?:reserve_violation|budget_exceeded
                                     |already_leading|roster_full)$/x,
                    'a bid is refused for a reason';
            }
        }
    }

    if ($how eq 'folds') {
        for my $team (keys %leader) {
            $leader{$team}->post("$open/fold");
        }
    }

    $s = state_now();
    my ($now) = grep { $_->{lot_id} == $lot->{lot_id} } @{ $s->{lots} };

    $t->must("$open/close") if $now->{status} eq 'open';
}


for my $round (1 .. 400) {
    my $s = something();

    last if $s->{status} ne 'live';

    if (!block($s)) {
        my $team = $s->{turn}{team_id};
        my @queue = sort { $a->{position} <=> $b->{position} }
                    grep { $_->{status} eq 'queued' } @{ $s->{lots} };
        my $pick = $queue[ int rand(@queue < 5 ? @queue : 5) ];

        my ($other) = grep { $_ != $team } keys %leader;
        is $leader{$other}->post(
               "auctions/$id/lots/$pick->{lot_id}/nominate")->{json}{code},
           'not_authorized', 'only whose turn it is nominates' if $round < 3;

        my $r = $leader{$team}->post(
            "auctions/$id/lots/$pick->{lot_id}/nominate");
        is $r->{status}, 200, 'the team on turn nominates'
            or diag $r->{body};
        next;
    }

    if ($round == 30) {
        $t->must("auctions/$id/pause");
        is $leaders[0]->bid(500)->{code}, 'auction_paused', 'a pause';
        $t->must("auctions/$id/resume");
    }

    if ($round == 45) {
        $t->kill_a_worker for $t->workers;
        my $back = eventually { $t->get('/readyz')->{status} == 200 } 20;
        ok $back, 'all workers died, and others came';
    }

    my $lot = block($s);

    play_lot($s, $round % 7 == 3 ? 'nobody' : $round % 3 ? 'hammer' : 'folds');

    if ($round == 60) {
        my ($was) = grep { $_->{lot_id} == $lot->{lot_id} }
                    @{ state_now()->{lots} };
        $t->must("auctions/$id/lots/$lot->{lot_id}/undo");

        my $is = block(state_now());
        is_deeply [ @{$is}{qw(lot_id price leader_team_id)} ],
                  [ @{$was}{qw(lot_id price leader_team_id)} ],
                  'an undo brings the lot back as it was';
        $t->must("auctions/$id/lots/$lot->{lot_id}/close");
    }
}

my $end = state_now();
is $end->{status}, 'ended', 'the draft came to its end';

my @log = $t->log_events;
my %types;
$types{ $_->{type} }++ for @log;

cmp_ok $types{'cycle.started'} // 0, '>=', 1, 'the unsold came again';
cmp_ok $types{'lot.folded'} // 0, '>', 10, 'teams folded';
cmp_ok $types{'turn.started'} // 0, '>', 20, 'teams took turns';
cmp_ok $types{'lot.assigned'} // 0, '>=', 1, 'the last team got the rest';
is $types{'draw.committed'}, 1, 'a draw was committed to';
is $types{'draw.revealed'}, 1, 'and revealed';

my %seq = map { $_->{seq} => $_ } @log;
is_deeply [ grep { ($seq{$_}{data}{bid_id} // 0) != $acked{$_} } keys %acked ],
          [], 'every acknowledged bid is in the log';


# --- rosters, purses and the ledger agree ---

my $list = $t->get("auctions/$id/teams")->{json}{results};
my %on;

for my $team (@$list) {
    $on{ $_->{lot_id} }++ for @{ $team->{roster} };
    is $team->{spent}, sum0(map { $_->{price} } @{ $team->{roster} }),
        "$team->{name}: what it paid is what its players cost";
    cmp_ok $team->{roster_count}, '<=', $slots, 'and there is a seat for each';
    is scalar @{ $team->{roster} }, $team->{roster_count}, 'counted';

    is_deeply [ map { $t->sql("select coalesce(sum(case when credit = '$_'
        then amount else - amount end), 0) from gavel.ledger
        where team_id = $team->{id} and '$_' in (debit, credit)") }
        qw(available held spent) ],
        [ @{$team}{qw(available held spent)} ],
        'its ledger adds up to its purse';
}

is_deeply [ grep { $on{$_} > 1 } keys %on ], [], 'nobody is in two teams';
is scalar keys %on,
   (grep { $_->{status} =~ /^(?:sold|assigned)$/ } @{ $end->{lots} }) + 0,
   'who was sold or assigned is on a roster';

is $t->verified($id), '', 'gavel-verify finds nothing wrong';

$t->finish;
