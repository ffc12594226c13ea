# A primary that hangs, is replaced by its synchronous standby, and goes on:
# it takes connections and commands, but nothing that it says is true any more.
# Workers leave it, nothing is acknowledged twice, and nobody is told that the
# log lost its tail.

use strict;
use warnings;
use Test::More;
use Gavel::Pair;
use Gavel::Test;

my $t = Gavel::Test->new(nodes => 2, workers => 1, pg => 'own', ready => 0,
                         database => 'statement_timeout=2500ms');
my $pair = Gavel::Pair->new($t->pg);

for my $n (0, 1) {
    $t->{node}[$n] = Gavel::Node->new($t, $n);
    $t->{node}[$n]{database} = $pair->conninfo;
}

$t->run;
ok eventually(sub { 2 == grep { $_->ready } @{ $t->{node} } }, 10), 'ready';
$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });

my $id = $t->auction_id;
my @bidders = map { $t->user($_) } qw(kim lee);

sub bid {
    my ($amount, $node, $seconds) = @_;

    return eventually {
        my $r = eval { $bidders[$amount % 2]->bid($amount, node => $node,
            request_id => "bid-$amount") };
        return $r && $r->{status} == 201;
    } $seconds;
}

my @watchers = map { $t->ws(node => $_)->subscribe } 0, 1;

ok bid($_, $_ % 2, 60), "a bid of $_" for 1 .. 5;
ok $pair->caught_up, 'the standby has everything';

my $old = $pair->primary;
my $had = $old->sql('select count(*) from gavel.event');

# A commit that waits there for ever, and what waits for it: the server answers
# that it took too long, and all else as if nothing were wrong.

my $held = $old->hold('select from gavel.pulse for update');

$old->pause;
$pair->fail_over(undead => 1);
$t->{the_pg} = $pair->primary;
$old->resume;

ok bid(6, 0, 60), 'a bid at the new primary, while the old one lives';
ok bid($_, $_ % 2, 60), "a bid of $_" for 7 .. 9;
is $old->sql('select count(*) from gavel.event'), $had,
    'what the old one took is nowhere to be seen';

for (@watchers) {
    is_deeply [ $_->seqs(60) ], [ 1 .. $t->log_length ],
        'a watcher saw all of it, once';
    ok !(grep { ref eq 'HASH' && ($_->{type} // '') eq 'snapshot' }
         @{ $_->{seen} }), 'and needed no snapshot';
}


# --- a node that begins with the old one ---

$t->node(1)->crash;
$t->node(1)->start;

my ($length, $told) = $t->log_length;

# Whoever has heard more than it has may wait, but is told nothing wrong.

ok eventually(sub {
    my $ws = $t->ws(node => 1);
    $ws->send({ type => 'subscribe', channel => "auction:$id", epoch => 1,
                last_seq => $length + 0 });
    $told = eventually {
        my $m = $ws->recv(0.5) // return $ws->{closed};
        return $m->{type} =~ /^(?:subscribed|error)$/ ? $m : 0;
    } 10;
    return ref $told && $told->{type} eq 'subscribed';
}, 60), 'a client that has heard more is served';
ok $told->{resumed}, 'from where it was' or diag explain $told;

ok bid(10, 1, 60), 'and a bid is taken there';
is $t->sql('select max(epoch) from gavel.log_head'), 1, 'the epoch goes on';
is $t->sql("select count(*) from gavel.event where auction_id = $id
    and type = 24"), 10, 'each bid stands once';

$old->let_go($held);
$old->kill;

END { local $?; undef $pair }
