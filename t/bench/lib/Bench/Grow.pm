package Bench::Grow;

# How costs grow with sockets, rooms, events and workers; one at a time.

use strict;
use warnings;

use Bench;
use Bench::Bids;
use Bench::Fanout;
use Bench::Memory;

my $most = 12_500;               # watchers of one process


sub grow {
    local $Bench::seconds = 3;

    for my $part (map { split /,/ } $ENV{GROW_BY}
                  || 'sockets,rooms,events,workers')
    {
        (__PACKAGE__->can($part) || die "nothing grows by $part\n")->();
    }
}


# About fifty thousand deliveries a second to more and more sockets, of which
# one process counts what it sees; memory beside it.
sub sockets {
    for my $n (1_000, 5_000, 20_000, 50_000) {
        my ($t, $port) = Bench::Memory::wide(50_000);
        my $lot = hot_auction($t);
        my $counted = $n < $most ? $n : $most;
        my $before = Bench::Memory::resident($t->workers);
        my @held = Bench::Memory::crowds($n - $counted, port => $port,
            path => '/api/v1/ws', frame => subscribe($t->auction_id));
        my $r = Bench::Fanout::gavel($t, lot => $lot,
            rate => $n < 50_000 ? int 50_000 / $n : 1, seconds => 5,
            port => $port, sockets => $counted);

        $r->{cpu_us} *= $counted / $n;
        $r->{kib_per_socket} =
            (Bench::Memory::resident($t->workers) - $before) / $n;
        $r->{sockets} = $n;
        note('grow', "$n sockets", %$r);

        end_child($_) for @held;
        $t->finish;
    }
}

# Two hundred bids a second, and five thousand watchers, spread over rooms; one
# room has twenty.
sub rooms {
    my $t = durable(workers => 2);
    my @sizes = (1, 100, 1_000, 5_000);
    my @rooms = many($t, 6_104);         # each is bid in for one size

    for my $n (@sizes) {
        my $file = $t->dir . "/rooms$n";

        spew($file, join '', splice @rooms, 0, $n);
        note('grow', "$n rooms", %{ Bench::Fanout::gavel($t, rooms => $file,
            rate => $n == 1 ? 20 : 200, sockets => 5_000,
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
    my $port = $t->node->port;

    wait_for($_) for map {
        child({}, sub { open_rooms($port, $host->{access}, $n / 8) });
    } 1 .. 8;

    return map { "$_->[0] $_->[1]\n" } $t->sql_rows(
        "select auction_id, id from gavel.lot where status = 'open'
         order by auction_id");
}

sub open_rooms {
    my ($port, $token, $n) = @_;

    my ($socket, $asked);
    my $post = sub {
        my ($path, $json) = @_;
        my $body = Gavel::Http::encode($json || {});
        my $r = Gavel::Http::exchange($socket,
            "POST /api/v1/auctions$path HTTP/1.1\r\nHost: localhost\r\n"
            . "Authorization: Bearer $token\r\n"
            . "Idempotency-Key: room-$$-@{[ ++$asked ]}\r\n"
            . "Content-Type: application/json\r\n"
            . 'Content-Length: ' . length($body) . "\r\n\r\n$body", 30);

        die "$path: $r->{status} $r->{body}\n" if $r->{status} !~ /^2/;
        return $r->{json};
    };

    for (1 .. $n) {
        $socket = Gavel::Http::open_socket($port);

        my $id = $post->('', { mode => 'live', title => 'A room',
            starts_at => Gavel::House::iso(time + 1), rules => {
                currency => 'KRW', ladder => 1,
                clock => { preset => 'hard', duration_ms => 3_600_000 } } }
            )->{id};
        my $lot = $post->("/$id/lots", { title => 'A lot', base_price => 1 });

        $post->("/$id/publish");
        $post->("/$id/start");
        $post->("/$id/lots/" . ($lot->{id} // $lot->{lot_id}) . '/open');
    }
}

1;
