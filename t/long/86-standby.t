# A primary dies and its standby takes over.  With a synchronous one nothing
# that was acknowledged is lost; with one that lagged the log has lost its
# tail, which opens a new epoch.

use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep);
use Gavel::Pair;
use Gavel::Test;

sub house {
    my $t = Gavel::Test->new(nodes => 2, pg => 'own');
    my $pair = Gavel::Pair->new($t->pg, @_);

    $t->pg->{conninfo} = $pair->conninfo;
    $t->auction('live', lots => 1, base => 1,
        rules => { ladder => 1, auto_next_ms => -1,
                   clock => { preset => 'hard', duration_ms => 50_000 } });

    return ($t, $pair);
}

# The old primary never comes back: that would be another past.

sub fail_over {
    my ($t, $pair) = @_;

    $pair->fail_over;
    $t->{the_pg} = $pair->primary;
}

sub ready {
    my ($t) = @_;

    return eventually { !grep { $t->get('/readyz', node => $_)->{status} != 200
        } 0, 1 } 30;
}


# --- synchronous ---

my ($t, $pair) = house();
my $id = $t->auction_id;

ok $pair->caught_up, 'a synchronous standby';

my $load = Gavel::Load->new($t);
my @ws = map { $t->ws(node => $_)->subscribe } 0, 1;
ok $load->more(20), 'bids';

fail_over($t, $pair);
ok $load->more(20), 'bids go on with the other server';
ok ready($t), 'both nodes are well';

$load->end;
is_deeply [ $load->faults ], [], 'every bid was accepted, and is in the log';
is $t->sql("select epoch from gavel.log_head where auction_id = $id"), 1,
    'the epoch is the same';

for (@ws) {
    is_deeply [ $_->seqs(10) ], [ 1 .. $t->log_length ],
        'a watcher saw everything once, in order';
}

$t->finish;


# --- one that lagged ---

($t, $pair) = house(synchronous => 0);
$id = $t->auction_id;

my @bidders = map { $t->user($_) } qw(kim lee);
@ws = map { $t->ws(node => $_)->subscribe } 0, 1;

$bidders[$_ % 2]->bid($_) for 1 .. 6;
ok $pair->caught_up, 'a standby that has all';

my $kept = $t->log_length;

$pair->cut_off;
is $bidders[$_ % 2]->bid($_)->{status}, 201, "a bid that it has not: $_"
    for 7 .. 10;

my $length = $t->log_length;
is scalar($_->seqs), $length, 'a watcher' for @ws;

# Long enough that time is owed to open lots.

$pair->primary->kill;
sleep 1.5;
fail_over($t, $pair);
ok ready($t), 'both nodes are well';

ok eventually(sub { $t->sql("select epoch from gavel.log_head
    where auction_id = $id") == 2 }, 30), 'a new epoch';
is $t->sql("select count(*) from gavel.event where auction_id = $id
    and epoch = 1"), $kept, 'the log has lost its tail';
is $t->sql("select string_agg(seq::text, ' ') from gavel.event
    where auction_id = $id and type = 13"), $kept + 1,
    'the new epoch is opened once, before anything else is decided';

for my $ws (@ws) {
    my $told = $ws->expect('subscribed', timeout => 20);
    my $snapshot = $ws->expect('snapshot');

    is $told->{reason}, 'epoch', 'a watcher is told why';
    is $snapshot->{state}{lots}[0]{price}, 6, 'and what the log is now';
    ok $snapshot->{epoch} == 2 || $ws->event('auction.recovered', 20)->{epoch}
        == 2, 'in a new epoch';
}

is $bidders[1]->bid(7, node => 0)->{status}, 201, 'bids go on';
is $bidders[0]->bid(8, node => 1)->{status}, 201, 'everywhere';
ok +(grep { $_->{type} eq 'lot.timer' && $_->{data}{how} eq 'recovery' }
     $t->log_events), 'and lots have got back the time that was lost';

my $late = $t->ws->subscribe(epoch => 1, last_seq => $length + 0);
is $late->{subscribed}{reason}, 'epoch', 'who comes back hears of it, too';
is $late->expect('snapshot')->{epoch}, 2, 'and sees the new epoch';

END { local $?; undef $pair }
