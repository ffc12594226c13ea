# An event goes round: to hundreds it takes several turns of the loop, and
# whoever comes, goes or comes back meanwhile still sees each event once.

use strict;
use warnings;
use IO::Select;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(workers => 1)->auction('live');
my $channel = 'auction:' . $t->auction_id;
my @bidders = map { $t->user($_)->ws } qw(kim lee);
my ($worker) = $t->workers;
my ($tries, $leader) = (0, 0);

# Who came last is told first.
my $last = $t->ws->subscribe;
my @restless = map { $t->ws->subscribe } 1 .. 60;
my @crowd = map { $t->ws->subscribe(fresh => 1) } 1 .. 400;
my @stay = map { $t->ws->subscribe } 1 .. 20;
my @new;

sub has_news { return IO::Select->new($_[0]{socket})->can_read(0) }

# Bids until the worker was stopped while the event of one was on its way, and
# does something then, of which the worker hears when it goes on.  It is given
# one of the first who are told.
sub meanwhile {
    my ($do) = @_;

    for (1 .. 40) {
        my $done;
        my $first = $t->ws->subscribe;

        push @new, $first;
        $_->seqs for $first, $last;

        bids(1, sub {
            for (1 .. 5000) {
                kill 'STOP', $worker;
                my $over = has_news($last);
                $done = !$over && has_news($first);
                $do->($first) if $done;
                kill 'CONT', $worker;
                last if $over || $done;
                select undef, undef, undef, 0.0002;
            }
        });

        return pass('an event was on its way') if $done;
    }

    die 'no event was met on its way';
}

# So many bids one behind the other, by turns, first by who does not lead: how
# many of them were accepted.
sub bids {
    my ($n, $do) = @_;

    $tries++ if ($tries + 1) % 2 == $leader;

    my @tries = map { ++$tries } 1 .. $n;

    $bidders[$_ % 2]->send({ type => 'bid', auction_id => $t->auction_id,
        amount => 1000 * $_, request_id => "bid-$_" }) for @tries;
    $do->() if $do;

    my @accepted = grep {
        $bidders[$_ % 2]->expect('ack', request_id => "bid-$_")->{ok}
    } @tries;

    $leader = $accepted[-1] % 2 if @accepted;

    return scalar @accepted;
}

sub each_event_once {
    my ($who, @ws) = @_;

    my $all = join ' ', 1 .. $t->log_length;
    my @bad = grep { join(' ', $_->seqs) ne $all } @ws;

    is @bad, 0, "$who (" . @ws . ') saw each event once, in order'
        or diag join ' ', $bad[0]->seqs;
}

for (1 .. 7) {
    my @leave = splice @restless, 0, 8;
    my $gone = pop @leave;
    my $comes = $t->ws;

    meanwhile(sub {
        $_->send({ type => 'unsubscribe', channel => $channel }) for @leave;
        $gone->drop;
        $comes->send({ type => 'subscribe', channel => $channel,
                       epoch => 1, last_seq => 0 });
    });

    push @new, $comes;

    for my $ws (@leave) {
        $ws->expect('unsubscribed');
        $ws->subscribe(epoch => 1, last_seq => ($ws->events_seen)[-1]{seq});
        push @restless, $ws;
    }
}

each_event_once('who stayed', $last, @stay);
each_event_once('who left and came back', @restless);
each_event_once('who came', @new);


# --- who asks meanwhile is answered before the last of all has the event ---

my $overtaken = 0;

for my $n (1 .. 10) {
    my ($before, $sent);

    meanwhile(sub {
        my ($first) = @_;

        $last->send({ type => 'ping', t => $n });
        1 while defined $first->recv(0.05);
        $before = () = $last->events_seen;
        $sent = (() = $first->events_seen) > $before;
    });

    $last->expect('pong', t => $n);
    $overtaken ||= $sent && (() = $last->events_seen) == $before;
    last if $overtaken;
}

ok $overtaken, 'an answer overtakes an event on its way';


# --- a later event ends the round of an earlier one ---

cmp_ok bids(10), '>=', 2, 'some bids at once';

each_event_once('who stayed', $last, @stay);


# --- all leave ---

meanwhile(sub { $_->drop for $last, @restless, @crowd, @stay, @new });

each_event_once('who comes then', $t->ws->subscribe);

$t->finish;
