package Bench::Grow;

# How costs grow with sockets, rooms, events and workers; one at a time.

use strict;
use warnings;

use Bench;
use Bench::Fanout;
use Bench::Memory;
use IO::Socket::INET;

my $most = 12_500;               # watchers of one process


sub grow {
    local $Bench::seconds = 3;

    sockets();
    rooms();
    events();
    workers();
}


# Ten events a second to more and more sockets, of which one process counts
# what it sees; memory beside it.
sub sockets {
    for my $n (1_000, 5_000, 20_000, 50_000) {
        my ($t, $port) = Bench::Memory::wide(50_000);
        my $lot = hot_auction($t);
        my $counted = $n < $most ? $n : $most;
        my $before = Bench::Memory::resident($t->workers);
        my @held = Bench::Memory::crowds($n - $counted, port => $port,
            path => '/api/v1/ws', frame => subscribe($t->auction_id));
        my $r = Bench::Fanout::gavel($t, lot => $lot, rate => 10,
            port => $port, sockets => $counted,
            pids => join(',', $t->workers));

        $r->{cpu_us} *= $counted / $n;
        $r->{kib_per_socket} =
            (Bench::Memory::resident($t->workers) - $before) / $n;
        $r->{sockets} = $n;
        note('grow', "$n sockets", %$r);

        end_child($_) for @held;
        $t->finish;
    }
}

# Five hundred bids a second, spread over rooms; five thousand watchers, too.
sub rooms {
    my $t = durable(workers => 2);
    my @rooms = many($t, 5_000);

    for my $n (1, 100, 1_000, 5_000) {
        my $file = $t->dir . "/rooms$n";

        spew($file, join '', @rooms[0 .. $n - 1]);
        note('grow', "$n rooms", %{ Bench::Fanout::gavel($t, rooms => $file,
            rate => $n == 1 ? 50 : 500, sockets => 5_000,
            bidders => 256) });
    }

    $t->finish;
}

# To a thousand sockets.
sub events {
    for my $rate (10, 50, 400, 2_000) {
        my $t = durable(workers => 2,
                        http => $rate > 100 ? 'gavel_gather 10ms;' : '');
        my $lot = hot_auction($t);

        note('grow', "$rate events/s", %{ Bench::Fanout::gavel($t,
            lot => $lot, rate => $rate, bidders => 256) });
        $t->finish;
    }
}

# What a hundred events a second to a thousand sockets cost, and how many bids
# are taken.
sub workers {
    for my $n (1, 2, 4) {
        my $port = Gavel::Test::port();
        my $t = durable(workers => $n,
                        server => "listen 127.0.0.1:$port reuseport;");
        my $lot = hot_auction($t);
        my $r = Bench::Fanout::gavel($t, lot => $lot, rate => 100,
                                     port => $port);
        my $bids = Bench::Bids::load_bids(bidders($t, $port), $t->auction_id,
                                          $lot, 1e6);

        $r->{bids_per_second} = $bids->{per_second};
        note('grow', "$n workers", %$r);
        $t->finish;
    }
}


# So many open auctions with one lot each, made by eight at a time: lines
# "auction lot".
sub many {
    my ($t, $n) = @_;

    my $host = $t->user('host', 'seller');
    my $hands = 8;
    my @pids;

    for my $hand (0 .. $hands - 1) {
        push @pids, child({}, $^X, 't/bench/lib/rooms.pl', $t->node->port,
            $host->{access}, $n / $hands);
    }

    waitpid $_, 0 for @pids;

    return map { "$_->[0] $_->[1]\n" } $t->sql_rows(
        "select auction_id, id from gavel.lot where status = 'open'
         order by auction_id");
}

1;
