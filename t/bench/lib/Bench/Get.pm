package Bench::Get;

# What is only read: a list that a worker keeps, beside nginx's own `return`; a
# snapshot, for which the primary is asked how far it is; and a list out of the
# database beside a Node server.

use strict;
use warnings;

use Bench;


sub get {
    my $t = durable(workers => 1);

    hot_auction($t) for 1 .. 40;

    list($t);
    cached($t);
    $t->finish;
}

sub cached {
    my ($t) = @_;

    my $node = $t->node;
    my $path = '/api/v1/auctions';
    my $snapshot = "$path/" . $t->auction_id . '/snapshot';
    my $size = length $t->get($path)->{body};

    $t->{http} = 'gavel_cache 1s;';
    # nginx takes no longer words
    $t->{server} = "location = /same { default_type application/json; "
        . "set \$k '" . 'x' x 1000 . "'; return 200 '" . '${k}' x ($size / 1000)
        . 'x' x ($size % 1000) . "'; }";
    $node->write;
    $node->reload;
    $node->old_workers_gone;

    for (1 .. $Bench::runs) {
        note('get', 'cached list of 20', asked($node->port, $path));
        note('get', 'nginx return 200', asked($node->port, '/same'));
        note('get', 'snapshot', asked($node->port, $snapshot));
    }

    ratio('get', 'cached list of 20', 'nginx return 200', 'per_second',
          '>= 0.7');
}

sub list {
    my ($t) = @_;

    my $port = Gavel::Test::port();
    my $path = '/api/v1/auctions';
    my $peer = child({ env => peer_env($t) }, 'node', 't/bench/peers/list.mjs',
                     $port);

    listening($port);

    my ($ours, $theirs) = map { results($_, $path) } $t->node->port, $port;
    $ours eq $theirs or die "two lists:\n$ours\n$theirs";

    for (1 .. $Bench::runs) {
        note('get', 'list of 20', asked($t->node->port, $path));
        note('get', 'node, list of 20', asked($port, $path));
    }

    end_child($peer);
    ratio('get', 'list of 20', 'node, list of 20', 'per_second', '>= 4');
}

sub results {
    my ($port, $path) = @_;

    my $r = Gavel::Http::request(port => $port, method => 'GET',
                                 path => $path);

    return Gavel::Http::encode($r->{json}{results});
}

# By 64 connections of one thread.
sub asked {
    my ($port, $path) = @_;

    my $said = run('wrk', '-t1', '-c64', "-d${Bench::seconds}s", '--latency',
        "http://127.0.0.1:$port$path");

    die $said if $said =~ /Non-2xx or 3xx|Socket errors/;

    my ($rate) = $said =~ m{Requests/sec:\s+([\d.]+)} or die $said;
    my ($p99, $unit) = $said =~ m{99%\s+([\d.]+)(us|ms|s)} or die $said;

    return (per_second => $rate, p99_ms => $p99
            * { us => 0.001, ms => 1, s => 1000 }->{$unit});
}

1;
