#!/usr/bin/perl

# Request ids are asked of an index, even on a connection that planned it when
# the table was known to be empty.

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

# How often the table itself was read: statistics come late.

sub seq_scans {
    $t->sql('select pg_stat_force_next_flush()');

    my ($last, $same) = (-1, 0);

    eventually {
        my $n = $t->sql("select seq_scan from pg_stat_user_tables
                          where schemaname = 'gavel' and relname = 'event'");
        $same = $n == $last ? $same + 1 : 0;
        $last = $n;
        $same > 60;
    } 10;

    return $last;
}

my $before = seq_scans();

$bidders[$_ % 2]->bid($_, request_id => "r-$_") for 31 .. 60;

my @again = map { $bidders[$_ % 2]->bid($_, request_id => "r-$_")->{seq} }
                31 .. 60;
my $length = $t->log_length;

is_deeply \@again, [ $length - 29 .. $length ],
    'a repeated request gets its first answer';
cmp_ok seq_scans() - $before, '<=', 4, 'and appends read the table never';

$t->finish;
