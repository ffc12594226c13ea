#!/usr/bin/perl

# Queues of commands are bounded, an auction's and a worker's: what is too
# much is told to come again at once, what is in them is decided.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use IO::Select;
use Test::More;

use constant { QUEUE => 1024, WORKER => 16384 };

my $t = Gavel::Test->new(workers => 1, redis => 'off', pg => 'own');
my %quiet = (ladder => 1, auto_next_ms => -1,
             clock => { preset => 'hard', duration_ms => 600_000 });
my @bidders = $t->crowd(280);     # a socket may have 64 commands under way
my $round = 0;

# So many bids for each of these auctions, faster than a worker drops what
# waits for too long, while nothing can be written; what was told, by code.

sub flood {
    my ($each, @ids) = @_;

    $round++;

    my @ws = map { $_->ws } @bidders[0 .. $each * @ids / 61];
    my @bytes = ('') x @ws;
    my ($first, %told, @wait);

    for my $n (0 .. $each * @ids - 1) {
        $bytes[$n % @ws] .= Gavel::Ws::frame_bytes(Gavel::Ws::TEXT,
            Gavel::Http::encode({ type => 'bid', auction_id => $ids[$n % @ids],
                amount => 100 * $round, request_id => "$round-$n" }));
        $wait[$n % @ws]++;
        $first = substr $bytes[0], 0, length $bytes[0], '' if $n == 0;
    }

    # The first is being written all the time, and counts as long as it is.

    my $held = $t->pg->hold('lock table gavel.log_head in exclusive mode');
    $ws[0]->raw($first);
    eventually { $t->sql("select count(*) from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%gavel.append(%'") } 30
        or die 'nothing is being written';
    $ws[$_]->raw($bytes[$_] . Gavel::Ws::frame_bytes(Gavel::Ws::TEXT,
        '{"type":"ping"}')) for 0 .. $#ws;

    my $take = sub {
        my ($i) = @_;

        while ($wait[$i]) {
            my $m = $ws[$i]->recv(0.2) or last;
            return 1 if $m->{type} eq 'pong';
            next if $m->{type} ne 'ack';
            $wait[$i]--;
            $told{ $m->{ok} ? 'ok' : $m->{code} }++;
        }
    };

    # One more, by REST: the queue is as full for that.  It may not overtake
    # what fills the queue: who is told anything is told that it is full.

    IO::Select->new(map { $_->{socket} } @ws)->can_read(60);

    my $rest = $t->post("auctions/$ids[0]/bids", { amount => 1 },
        as => $bidders[0], headers => { 'Idempotency-Key' => "$round-rest" });

    # What waits too long is not decided any more (HOST_AGE_MAX): let go as
    # soon as all have been heard.

    for my $i (0 .. $#ws) {
        eventually { $take->($i) } or die 'no pong';
    }

    $t->pg->let_go($held);

    ok eventually(sub { $take->($_) for 0 .. $#ws; !grep { $_ } @wait }, 120),
        'every command has its answer';

    return ($rest, \%told);
}

sub auctions {
    return map { $t->auction('live', lots => 1, rules => \%quiet)->auction_id }
               1 .. shift;
}

# An auction's.

my ($id) = auctions(1);
my $over = 300;
my ($rest, $told) = flood(QUEUE + $over, $id);

is $rest->{status}, 503, 'the queue of the auction is full';
is $rest->{json}{code}, 'busy', 'busy';
cmp_ok $rest->{headers}{'retry-after'}, '>=', 1, 'with Retry-After';
cmp_ok $told->{busy}, '>=', $over,
    'what is too much was told, what is being written counts';
cmp_ok $told->{busy}, '<', QUEUE, 'but not all';
is $told->{ok}, 1, 'one bid stands';
cmp_ok $told->{too_low}, '>', QUEUE / 2, 'what was in the queue was decided';

# A worker's: none of the auctions' queues is full.

my @ids = auctions(17);
my $each = 1000;
my $all = $each * @ids;
($rest, $told) = flood($each, @ids);

is $rest->{status}, 503, 'the queues of the worker are full';
cmp_ok $rest->{headers}{'retry-after'}, '>=', 1, 'with Retry-After';
cmp_ok $told->{busy}, '>=', $all - WORKER, 'what is too much was told';
cmp_ok $told->{too_low}, '>', WORKER / 2, 'what was in them was decided';

is $t->user('lee')->bid(5000, auction => $ids[0])->{status}, 201,
    'and then there is room again';

$t->finish;
