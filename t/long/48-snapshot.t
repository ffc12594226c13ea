#!/usr/bin/perl

# The state is copied beside the log now and then: whoever loads it takes the
# copy and the events behind it, comes to the same hash, and does not believe
# a copy that is damaged.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use POSIX ();
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

    # Another price, which nothing but the hash tells from a sound one.

    is $t->sql("select count(*) from gavel.snapshot
                 where auction_id = $id and seq > 1150"), 0,
        "$with: there is a tail";
    $t->sql("update gavel.snapshot
                set state = decode(regexp_replace(encode(state, 'hex'),
                    '([1-9a-f][0-9a-f]|[0-9a-f][1-9a-f])([0-9a-f]{2})0{12}',
                    '9999000000000000', 'g'), 'hex') where auction_id = $id");

    $t->kill_a_worker(0);
    is_deeply $t->snapshot->{state}, $before->{state},
        "$with: a damaged snapshot is not believed";
    like $t->node(0)->log_text, qr/its snapshot is damaged/,
        "$with: and the log says so";
    is $t->leader_bid(10_000), 201, "$with: and bidding goes on";

    $t->finish;
}


# A load while another worker writes one snapshot after the other.

my $t = Gavel::Test->new(workers => 1)->auction('live', lots => 1, base => 1,
    rules => { ladder => 1 });
my $id = $t->auction_id;
my $ws = $t->user('kim')->ws;
$ws = [ $ws, $t->user('lee')->ws ];
bid_to($t, $ws, 300);
$t->quit;

my $writer = fork // die "fork: $!";

if ($writer == 0) {
    $t->pg->psql("do \$\$
begin
    for i in 1 .. 250 loop
        insert into gavel.snapshot (auction_id, seq, engine_rev, state,
            state_hash) values ($id, i, 99, '', '') on conflict do nothing;
        commit;
        perform pg_sleep(0.02);
    end loop;
end \$\$");
    POSIX::_exit(0);
}

my ($loads, $torn) = (0, 0);

while (waitpid($writer, POSIX::WNOHANG) == 0) {
    $torn += $t->sql("select count(*)
        from generate_series(1, 50) i, lateral (
            select max(seq) filter (where kind = 'snapshot') at,
                   min(seq) filter (where kind = 'event') next
              from gavel.log_load($id + i * 0, -1, false, 1000, 99)) l
       where l.next <> l.at + 1");
    $loads += 50;
}

cmp_ok $loads, '>', 100, 'loads while snapshots are written';
is $torn, 0, 'what follows a snapshot follows it at once';
$t->finish;


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
