#!/usr/bin/perl

# Time in which nobody could bid is given back, whoever is left to remember it.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(time);

my %clock = (ladder => 10, auto_next_ms => -1);
my $t = Gavel::Test->new(nodes => 2, pg => 'own');
my $kim = $t->user('kim');
my $id;

# PostgreSQL is away for longer than a second before the end.

$t->auction('live', lots => 1, rules => { %clock,
    clock => { preset => 'hard', duration_ms => 8000 } });
$id = $t->auction_id;
is $kim->bid(100)->{status}, 201, 'a bid';
my $before = $t->sql("select ends_at from gavel.lot where auction_id = $id");

$t->pg->halt;
select undef, undef, undef, 2.5;
$t->pg->start;

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'sold' }, 20), 'sold after an outage';

my $after = $t->sql("select ends_at from gavel.lot where auction_id = $id");
cmp_ok $after - $before, '>', 1500, 'the time was given back ('
    . ($after - $before) . ' ms)';
cmp_ok $t->closed_after($id), '>=', 0, 'and the close was not early';
is $t->sql("select sum((public::json->'data'->>'ms')::bigint) <= max(ts)
                   - (select max(ts) from gavel.event
                       where auction_id = $id and type = 24)
              from gavel.event where auction_id = $id and type = 19"), 't',
    'once: no more than has passed since the bid';

# It is away over the end, and the only node that knew the lot goes meanwhile:
# the others take what is due within 5 seconds.

$t->auction('live', lots => 1, rules => { %clock,
    clock => { preset => 'hard', duration_ms => 8000 } });
$id = $t->auction_id;
is $kim->bid(100)->{status}, 201, 'a bid';
my $ends = $t->sql("select ends_at from gavel.lot where auction_id = $id");

$t->pg->halt;
$t->node(0)->quit;
select undef, undef, undef, 0.1 until time > $ends / 1000 + 0.5;
$t->pg->start;

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'sold' }, 30), 'sold by who had not known it';
cmp_ok $t->sql("select ends_at from gavel.lot where auction_id = $id") - $ends,
    '>', 1000, 'the time was given back';

$t->start_node(0);

# Nobody is left who saw it go: PostgreSQL is away over the end, and so for a
# while is whoever could remember.

sub given_back {
    my ($what, $away) = @_;

    $t->auction('live', lots => 1, rules => { %clock,
        clock => { preset => 'hard', duration_ms => 7000 } });

    my $id = $t->auction_id;
    is $kim->bid(100)->{status}, 201, "$what: a bid";
    my $ends = $t->sql("select ends_at from gavel.lot where auction_id = $id");

    $away->(sub { select undef, undef, undef, 0.1
                      until time > $ends / 1000 + 1.5 });

    ok eventually(sub { $t->sql("select status from gavel.lot
        where auction_id = $id") eq 'sold' }, 30), '... sold in the end';
    cmp_ok $t->sql("select ends_at from gavel.lot where auction_id = $id")
        - $ends, '>', 1500, '... the time was given back';
    is $t->sql("select public::json->'data'->>'how' from gavel.event
                 where auction_id = $id and type = 19"), 'recovery',
        '... and the log says so';
    cmp_ok $t->closed_after($id), '>=', 0, '... the close was not early';
}

given_back('all workers killed', sub {
    my ($wait) = @_;
    $t->pg->halt;
    my @pids = map { $t->node($_)->workers } 0, 1;
    $t->forgive(@pids);
    kill 'KILL', @pids;
    $wait->();
    $t->pg->start;
});

given_back('all nodes begin anew', sub {
    my ($wait) = @_;
    $t->pg->halt;
    $t->stop;
    $t->{ready} = 0;
    $t->run;
    $wait->();
    $t->pg->start;
});

given_back('the power goes off', sub {
    my ($wait) = @_;
    $t->pg->kill;
    $t->stop;
    $wait->();
    $t->pg->start;
    $t->run;
});

# It is there, but takes nothing: no connection is lost.

given_back('it hangs', sub {
    my ($wait) = @_;
    $t->pg->pause;
    $wait->();
    $t->pg->resume;
});

$t->finish;
