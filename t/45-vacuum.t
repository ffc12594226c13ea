#!/usr/bin/perl

# The look-up of request ids stays an index probe, even on a connection that
# planned it when the table was known to be empty.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;

my $t = Gavel::Test->new(pg => 'own', workers => 1);

$t->run;
$t->pg->psql('vacuum analyze gavel.event');

$t->auction('live', lots => 1, base => 1, rules => { ladder => 1,
    auto_next_ms => -1, clock => { preset => 'hard',
                                   duration_ms => 600_000 } });
my $id = $t->auction_id;
my @bidders = map { $t->user($_) } qw(kim lee);

$bidders[$_ % 2]->bid($_, request_id => "r-$_") for 1 .. 30;

sub scans {
    $t->sql('select pg_stat_force_next_flush()');
    select undef, undef, undef, 1.2;
    return $t->sql("select idx_scan from pg_stat_user_indexes
                     where indexrelname = '$_[0]'");
}

my $probes = scans('event_request');
my $seq_scans = $t->sql("select seq_scan from pg_stat_user_tables
                          where relname = 'event'");

$bidders[$_ % 2]->bid($_, request_id => "r-$_") for 31 .. 60;

cmp_ok scans('event_request') - $probes, '>=', 30, 'each append probes the index';
cmp_ok $t->sql("select seq_scan from pg_stat_user_tables
                 where relname = 'event'") - $seq_scans, '<=', 2,
    'and reads the table never';

$t->finish;
