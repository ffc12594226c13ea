package Bench::Get;

# What is only read: a snapshot out of a worker's memory beside nginx's own
# `return`, and a list out of the database beside a Node server.

use strict;
use warnings;

use Bench;


sub get {
    my $t = durable(workers => 1);

    hot_auction($t) for 1 .. 40;

    cached($t);
    list($t);
    $t->finish;
}

sub cached {
    my ($t) = @_;

    my $node = $t->node;
    my $path = 'auctions/' . $t->auction_id . '/snapshot';
    my $answer = $t->get($path);
    my $same = 'x' x length $answer->{body};
    my $etag = $answer->{headers}{etag};

    $t->{server} = "location = /same { default_type application/json; "
                 . "return 200 '$same'; }";
    $node->write;
    $node->reload;
    $node->old_workers_gone;
    $t->get($path);

    for (1 .. $Bench::runs) {
        note('get', 'snapshot', asked($node->port, $t->path($path)));
        note('get', 'nginx return 200', asked($node->port, '/same'));
        note('get', 'snapshot, not modified',
             asked($node->port, $t->path($path), "If-None-Match: $etag"));
    }

    ratio('get', 'snapshot', 'nginx return 200', 'per_second', '>= 0.7');
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
    my ($port, $path, @headers) = @_;

    my $said = run('wrk', '-t1', '-c64', "-d${Bench::seconds}s", '--latency',
        (map { ('-H', $_) } @headers), "http://127.0.0.1:$port$path");

    die $said if $said =~ /Non-2xx or 3xx|Socket errors/;

    my ($rate) = $said =~ m{Requests/sec:\s+([\d.]+)} or die $said;
    my ($p99, $unit) = $said =~ m{99%\s+([\d.]+)(us|ms|s)} or die $said;

    return (per_second => $rate, p99_ms => $p99
            * { us => 0.001, ms => 1, s => 1000 }->{$unit});
}

1;
