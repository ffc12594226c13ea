#!/usr/bin/perl

# Whether the host is there: the room is told when he has left and when he is
# back, on every node, and not for a moment's absence or a worker's death.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(time sleep);

my $t = Gavel::Test->new(nodes => 2, workers => 2, redis => 'own',
                         http => 'gavel_host_grace 4s;')
    ->auction('live');
my $id = $t->auction_id;
my $host = $t->host;

sub watch {
    my ($node, $who) = @_;
    return ($who || $t)->ws(node => $node)->subscribe(fresh => 1);
}

# What each of these is told of the host, within so many seconds.
sub told {
    my ($s, @who) = @_;

    my $end = time + $s;
    my @told;

    for my $ws (@who) {
        my $m;

        do {
            $m = $ws->recv($end - time > 0.01 ? $end - time : 0.01);
        } while ($m && $m->{type} !~ /^host\./);

        push @told, $m ? $m->{type} : 'nothing';
    }

    return join ' ', @told;
}

# The host, once the node lets him.
sub comes {
    my ($node) = @_;
    my $ws;
    eventually { $ws = eval { watch($node, $host) } } 10;
    return $ws;
}


# --- he comes and goes ---

my $hosts = watch(0, $host);
my ($here, $there);         # other workers may hear of him a moment later
ok eventually {
    ($here, $there) = map { watch($_) } 0, 1;
    return $here->{subscribed}{host} && $there->{subscribed}{host};
}, 'he is there';

my $kims = watch(0, $t->user('kim'));
$kims->close;
is told(4, $here), 'nothing', 'somebody else leaves';

$hosts->close;
is told(15, $here, $there), 'host.left host.left', 'he leaves';
my $late;                # the other worker may hear of it a moment later
ok eventually(sub {
    $late = watch(1);
    exists $late->{subscribed}{host} && !$late->{subscribed}{host};
}, 5), 'who comes now sees that';

$hosts = watch(1, $host);
is told(10, $here, $there, $late), join(' ', ('host.returned') x 3),
    'he is back, elsewhere';

my $second = watch(0, $host);
$hosts->close;
is told(7, $there), 'nothing', 'another page of his is open';
$second->close;
sleep 0.7;
$hosts = watch(1, $host);
is told(7, $here, $there), 'nothing nothing', 'a page opened anew is no leave';

my $stream = $t->sse;
$hosts->close;
ok eventually(sub {
    (($stream->recv(1) // {})->{data} // '') =~ /"type":"host\.left"/;
}, 15), 'a stream hears of it, too';
is told(10, $here), 'host.left', '... as all do';
my $own = $t->sse(as => $host);
is told(3, $here), 'nothing', 'nobody conducts from a stream';
$_->close for $stream, $own;


# --- what dies ---

$hosts = watch(1, $host);
told(10, $here);
my @on = $t->workers(1);
$t->forgive(@on);
kill 'KILL', @on;
ok eventually(sub { $hosts = eval { watch(0, $host) } }, 5), 'the workers of a node die, he goes to the other';
is told(8, $here), 'nothing', '... and has never left';

$hosts->close;
$hosts = comes(1);
is told(7, $here), 'nothing', 'and to the new ones';
@on = $t->workers(1);
$t->forgive(@on);
kill 'KILL', @on;
is told(20, $here), 'host.left', 'who does not come back after that has left';

$hosts = comes(1);
is told(10, $here), 'host.returned', 'and comes later';

$there = watch(1);
$t->kill_redis;
is told(7, $here, $there), 'nothing nothing',
    'without Redis nobody is said to have left';
$t->restart_redis;
is told(7, $here, $there), 'nothing nothing', 'nor afterwards';


# --- when it matters ---

$t->must("auctions/$id/end");
$hosts->close;
is told(7, $here), 'nothing', 'behind the end he may go';
ok !exists watch(0)->{subscribed}{host}, '... and nobody asks';

$t->auction('timed', until => 'started',
            ends_at => Gavel::House::iso(time + 3600));
ok !exists watch(0)->{subscribed}{host}, 'a timed sale needs no host';

$t->finish;
