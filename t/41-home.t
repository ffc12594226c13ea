#!/usr/bin/perl

# The home: one worker decides, whoever took the bid; when it dies or falls
# silent another one follows, and without Redis everybody decides.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(sleep);

my $t = Gavel::Test->new(nodes => 2, redis => 'own');

$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
my $id = $t->auction_id;
my @bidders = map { $t->user($_) } qw(kim lee);
my $amount = 0;

# Bids in turn over both nodes; how many stood.

sub bids {
    my ($n) = @_;
    my $stood = 0;

    for (1 .. $n) {
        $amount++;
        my $answer;

        # As a client does: again, under the same request id.

        for my $try (1 .. 20) {
            $answer = $bidders[$amount % 2]->bid($amount, node => $_ % 2,
                request_id => "r-$amount");
            last if ($answer->{status} || 0) != 503;
            sleep 0.1;
        }

        $stood++ if $answer->{status} == 201;
        diag explain $answer if $answer->{status} != 201;
    }

    return $stood;
}

sub metric {
    my ($name) = @_;
    my $sum = 0;

    for my $node (0, 1) {
        for (1 .. 12) {
            my $text = $t->get('/metrics', node => $node)->{body};
            my ($v) = $text =~ /^gavel_\w*$name\w*(?:\{[^}]*\})? (\d+)/m;
            $sum = $v if defined $v && $v > $sum;
        }
    }

    return $sum;
}

my $stood = bids(40);
is $stood, 40, 'all bids on both nodes stand';
cmp_ok metric('forwarded'), '>', 0, 'some went to a home elsewhere';

# The home dies; its successor needs no more than a moment.

for my $node (0, 1) {
    $t->kill_a_worker($node);
    $stood = bids(10);
    is $stood, 10, "a worker of node $node died: all bids stand";
}

# A home that is stopped, not dead: silence, and somebody else.

my @pids = $t->workers(0);
kill STOP => $pids[0];
$amount++;
my $answer;
eventually {
    $answer = $bidders[$amount % 2]->bid($amount, node => 1,
        request_id => "r-$amount");
    $answer->{status} != 503;
};
is $answer->{status}, 201, 'a worker hangs: a bid by another stands';
kill CONT => $pids[0];
sleep 0.5;
($stood) = bids(10);
is $stood, 10, 'and it comes back';

# Without Redis.

$t->kill_redis;
sleep 0.2;
$stood = bids(20);
is $stood, 20, 'Redis is away: all bids stand';

$t->restart_redis;
sleep 4;
($stood) = bids(10);
is $stood, 10, 'and with it again';

is $t->sql("select count(*) = max(seq) from gavel.event
             where auction_id = $id"), 't', 'no gap';
is $t->sql("select count(*) from gavel.bid where auction_id = $id"), $amount,
    'each bid is there once';

$t->finish;
