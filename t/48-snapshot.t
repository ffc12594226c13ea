#!/usr/bin/perl

# The state is copied beside the log now and then: whoever loads it takes the
# copy and the events behind it, comes to the same hash, and does not believe
# a copy that is damaged.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

for my $redis (qw(shared off)) {
    my $t = Gavel::Test->new(workers => 1, redis => $redis);
    my $with = $redis eq 'off' ? 'without Redis' : 'with Redis';

    $t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
        clock => { preset => 'hard', duration_ms => 600_000 } });

    my $id = $t->auction_id;
    my @sockets = map { $_->ws } $t->crowd(8);

    bid_to($t, \@sockets, 1100);

    ok eventually(sub {
        $t->sql("select count(*) from gavel.snapshot where auction_id = $id");
    }, 10), "$with: a snapshot is written after 1,000 events";

    bid_to($t, \@sockets, 1200);

    my $before = $t->snapshot;

    is restarted($t)->{state}{head}, $before->{state}{head},
        "$with: snapshot and tail give the hash of the log";
    is_deeply $t->snapshot->{state}, $before->{state},
        "$with: and the same state";

    $t->sql("update gavel.snapshot set state = set_byte(state, 300,
             get_byte(state, 300) # 255) where auction_id = $id");

    is_deeply restarted($t)->{state}, $before->{state},
        "$with: a damaged snapshot is not believed";
    is $t->leader_bid(10_000), 201, "$with: and bidding goes on";

    $t->finish;
}


# Bids until the log has so many events, eight people in turn.

sub bid_to {
    my ($t, $sockets, $length) = @_;

    my $amount = $t->{amount} // 0;

    for my $n ($t->log_length + 1 .. $length) {
        my $ack = $sockets->[$n % @$sockets]->bid(++$amount);
        die "bid $amount was refused" if !$ack || !$ack->{ok};
    }

    $t->{amount} = $amount;
}


sub restarted {
    my ($t) = @_;

    $t->quit;
    $t->{running} = 0;
    $t->run;

    return $t->snapshot;
}


sub Gavel::Test::leader_bid {
    my ($t, $amount) = @_;
    return $t->user('late')->bid($amount)->{status};
}
