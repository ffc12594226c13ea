#!/usr/bin/perl

# run: measures Gavel and its peers side by side, prints two tables, what was
# measured and what was to be reached, and writes build/bench.json.
#
#   run.pl [ROW...]     rows: engine append bids open hot comments fanout
#                       gather last memory idle50k get; and contend and grow
#                       when they are named (GROW=1 adds grow to all others)
#
# RUNS=3 repeats what is compared, alternated, and takes medians; SECONDS=5 is
# how long one measurement lasts, WATCHERS=1000 how many watch, IDLE=50000 how
# many sockets idle50k opens, HOT=20 for how long two nodes with 200 bidders
# are tried, with Redis and without.

use strict;
use warnings;

use lib 't/lib', 't/bench/lib';

use Bench;
use Bench::Bids;
use Bench::Fanout;
use Bench::Get;
use Bench::Grow;
use Bench::Log;
use Bench::Memory;

my @rows = (
    engine   => \&Bench::Log::engine,
    append   => \&Bench::Log::append,
    bids     => \&Bench::Bids::bids,
    open     => \&Bench::Bids::open_loop,
    hot      => \&Bench::Bids::hot,
    comments => \&Bench::Bids::comments,
    fanout   => \&Bench::Fanout::fanout,
    gather   => \&Bench::Fanout::gather,
    last     => \&Bench::Fanout::last_watcher,
    memory   => \&Bench::Memory::memory,
    idle50k  => \&Bench::Memory::idle50k,
    get      => \&Bench::Get::get,
);

my %row = (@rows, contend => \&Bench::Log::contend,
           grow => \&Bench::Grow::grow);

my @wanted = @ARGV ? @ARGV
           : ((grep { !ref } @rows), $ENV{GROW} ? 'grow' : ());

local $SIG{INT} = $SIG{TERM} = sub { exit 1 };

$row{$_} or die "no row $_\n" for @wanted;
$row{$_}->() for @wanted;

Bench::table();
