package Bench::Bids;

# Bids and lines of a chat that are stored and acknowledged.

use strict;
use warnings;

use Bench;


# Accepted and acknowledged bids, 256 bidders, one hot lot.  A server that
# takes bids out of order refuses more of the rising amounts, so all answers
# are compared as well.

sub bids {
    my $t = durable();
    my $lot = hot_auction($t);
    my $gavel = bidders($t, $t->node->port);
    my $port = Gavel::Test::port();
    my $peer = child({ env => peer_env($t) }, 'node', 't/bench/peers/bids.mjs', $port);

    listening($port);

    my $node = bidders($t, $port);
    my $start = 1;

    for (1 .. $Bench::runs) {
        my $r = load_bids($gavel, $t->auction_id, $lot, $start);
        note('bids', 'gavel', %$r);
        $start += 10_000_000;

        note('bids', 'node', %{ load_bids($node, 1, 1, $start) });
        $start += 10_000_000;
    }

    end_child($peer);
    ratio('bids', 'gavel', 'node', 'per_second', '>= 10');
    ratio('bids', 'gavel', 'node', 'answered_per_second');
    $t->finish;
}


# Two thousand bids a second, whether the last were answered or not.

sub open_loop {
    my $t = durable();
    my $lot = hot_auction($t);
    my $file = bidders($t, $t->node->port);

    for (1 .. $Bench::runs) {
        note('open', '2,000 bids/s',
             %{ load_bids($file, $t->auction_id, $lot, 1e6 * $_, 2000) });
    }

    target('open', '2,000 bids/s', 'p999_ms', '<= 100');
    target('open', '2,000 bids/s', 'answered_per_second', '>= 1900');
    $t->finish;
}


# The test of two nodes and one hot lot, longer than in make test.

sub hot {
    local $ENV{GAVEL_HOT_SECONDS} = $ENV{HOT} || 20;

    my $tap = run($^X, '-It/lib', 't/long/50-hot.t');

    note('hot', $1, accepted => $2 + 0, per_second => $2 / $ENV{GAVEL_HOT_SECONDS})
        while $tap =~ /^ok \d+ - (with(?:out)? Redis): (\d+) bids/mg;
}


# Lines of one chat, stored and acknowledged: as many as 256 people can write,
# and 2,000 a second.

sub comments {
    my $t = durable();

    $t->auction('live');

    my $file = bidders($t, $t->node->port);

    for (1 .. $Bench::runs) {
        for my $rate (0, 2000) {
            my $r = load_bids($file, $t->auction_id, 0, 1, $rate);
            note('comments', $rate ? "$rate a second" : 'at most', %$r);
        }
    }

    my ($stored, $seq) = @{ ($t->sql_rows(
        'select count(*), max(seq) from gavel.comment'))[0] };
    die "$stored lines, but the last is $seq" if $stored != $seq;

    $t->finish;
}


sub load_bids {
    my ($file, $auction, $lot, $start, $rate) = @_;

    return decode(run('sh', '-c', 'exec build/bench/load bids "$@" < '
        . $file, 'sh', $auction, $lot, $Bench::seconds, 1, $start,
        '/dev/null', $rate || ()));
}

1;
