package Bench::Fanout;

# What one delivered event costs the server, and when the last watcher has it.

use strict;
use warnings;

use Bench;

my %start;                       # amounts only rise


# Fifty events a second, each written at once.
sub fanout {
    beside('fanout', durable(workers => 1), 50, close => 1);

    ratio('fanout', 'gavel', 'epoll loop', 'cpu_us', '<= 1.15');
    ratio('fanout', $_, 'epoll loop', 'cpu_us') for 'nchan', 'socket.io';
}

# Four hundred, gathered.
sub gather {
    beside('gather', durable(workers => 1, http => 'gavel_gather 10ms;'), 400);

    ratio('gather', 'gavel', 'epoll loop', 'cpu_us', '<= 0.5');
    ratio('gather', $_, 'epoll loop', 'cpu_us') for 'nchan', 'socket.io';
    target('gather', 'gavel', 'p99_ms', '<= 30');
}

# From a bid that is sent to the last of all watchers who has it.
sub last_watcher {
    for ([ 1000, 'gavel_gather 10ms;', 'gathered' ], [ 100, '', 'at once' ]) {
        my ($rate, $http, $how) = @$_;
        my $who = "$rate bids/s $how";
        my $t = durable(http => $http, workers => 1);  # two cores hold no more
        my $lot = hot_auction($t);

        note('last', $who, %{ gavel($t, lot => $lot, rate => $rate) })
            for 1 .. $Bench::runs;

        target('last', $who, 'last_p99_ms', '<= 50');
        target('last', $who, 'ack_p99_ms', '<= 15');
        $t->finish;
    }
}


# Gavel and its peers, one after the other, with the same payload; in a close
# race Gavel and the loop run by turns.
sub beside {
    my ($row, $t, $rate, %o) = @_;      # one worker, as the loop beside it

    my $lot = hot_auction($t);
    my $bytes = gavel($t, lot => $lot, rate => $rate)->{bytes};

    $bytes = int($bytes) - 4;           # without the frame's head

    for (1 .. $Bench::runs) {
        if ($o{close}) {
            by_turns($row, $t, $bytes, lot => $lot, rate => $rate) for 1 .. 3;

        } else {
            note($row, 'gavel', %{ gavel($t, lot => $lot, rate => $rate) });
            note($row, 'epoll loop', %{ epoll($bytes, rate => $rate) });
        }

        note($row, 'nchan', %{ nchan($rate, $bytes) });
        note($row, 'socket.io', %{ socketio($rate, $bytes) });
    }

    $t->finish;
}

# Every tenth of a second it is the other's turn: the machine's slow moments
# last for seconds, and come to both.
sub by_turns {
    my ($row, $t, $bytes, %o) = @_;

    my %turns = (rate => $o{rate}, seconds => 2 * $Bench::seconds);
    my $loop = meanwhile(sub { epoll($bytes, %turns, turn => 1) });

    note($row, 'gavel', %{ gavel($t, %o, %turns, turn => 0) });
    note($row, 'epoll loop', %{ $loop->() });
}

# Watchers of an auction, or of a file of rooms, while bids come in.  Options:
# lot or rooms, rate, turn, sockets, seconds, port, source, bidders.
sub gavel {
    my ($t, %o) = @_;

    my $pipe = Bench::pipe_of();
    my $id = $t->auction_id // 0;
    my $start = $start{$t} += 100_000;
    my ($bids, $told);

    my $r = watch(%o, pipe => $pipe, port => $o{port} // $t->node->port,
        path => '/api/v1/ws', pids => join(',', $t->workers),
        frame => subscribe($o{rooms} ? '%ld' : $id),
        start => sub {
            $bids = bidding($t, lot => $o{lot}, rate => $o{rate},
                turn => $o{turn}, auction => $o{rooms}, tell => $pipe,
                start => $start,
                bidders => bidders($t, $t->node->port, $o{bidders} // 64));
        },
        stop => sub { $told = told($bids) });

    $r->{"ack_$_"} = $told->{$_} for qw(p50_ms p99_ms);
    $r->{refused} = $told->{refused};

    return $r;
}

sub epoll {
    my ($bytes, %o) = @_;

    my $port = Gavel::Test::port();
    my $pipe = Bench::pipe_of();
    my $pid = child({}, 'sh', '-c',
        "exec build/bench/epoll $port $o{rate} $bytes "
        . ($o{turn} // '') . " > $pipe");
    my $r = watch(%o, pipe => $pipe, port => $port, path => '/',
                  pids => $pid);

    end_child($pid);

    return $r;
}

sub nchan {
    my ($rate, $bytes) = @_;

    my $dir = File::Temp::tempdir(CLEANUP => 1);
    my $port = Gavel::Test::port();
    my $pipe = Bench::pipe_of();
    my $conf = slurp('t/bench/peers/nchan.conf');

    chmod 0777, $dir;
    $conf =~ s/%%DIR%%/$dir/g;
    $conf =~ s/%%PORT%%/$port/g;
    spew("$dir/nginx.conf", $conf);

    my $server = child({}, '/usr/sbin/nginx', '-p', $dir, '-c',
                       "$dir/nginx.conf");
    listening($port);

    my $publisher = child({}, 'sh', '-c', 'exec t/bench/peers/publish.pl '
        . "$port $rate $bytes 600 > $pipe");
    my $r = watch(pipe => $pipe, port => $port, path => '/watch',
                  pids => join(',', Gavel::Node::children($server)));

    end_child($publisher);
    end_child($server);

    return $r;
}

sub socketio {
    my ($rate, $bytes) = @_;

    my $port = Gavel::Test::port();
    my $pipe = Bench::pipe_of();
    my $pid = child({}, 'sh', '-c', 'exec node t/bench/peers/socketio.mjs '
                                    . "$port $rate $bytes > $pipe");
    my $r = watch(pipe => $pipe, port => $port, pids => $pid, frame => '40',
                  path => '/socket.io/?EIO=4&transport=websocket');

    end_child($pid);

    return $r;
}

1;
