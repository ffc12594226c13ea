#!/usr/bin/perl

# The clock: a lot closes when its time is up, never before, whether somebody
# watches or not, and gives back time in which nobody could bid.

use strict;
use warnings;

use lib 't/lib';

use Gavel::Test;
use Test::More;
use Time::HiRes qw(time);

sub closed_after {
    my ($t, $id) = @_;

    return $t->sql("select s.ts - l.ends_at
                      from gavel.event s join gavel.lot l using (auction_id)
                     where auction_id = $id and s.type in (22, 23)
                       and l.status in ('sold', 'unsold')");
}

my %clock = (ladder => 10, auto_next_ms => -1,
             clock => { preset => 'hard', duration_ms => 3000 });

my $t = Gavel::Test->new(nodes => 2, pg => 'own');
$t->auction('live', lots => 1, rules => \%clock);
my $id = $t->auction_id;
my $kim = $t->user('kim');

is $kim->bid(100)->{status}, 201, 'a bid';

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'sold' }, 8), 'the lot is sold by the clock';

my $late = closed_after($t, $id);
cmp_ok $late, '>=', 0, "not early ($late ms)";
is $kim->bid(200)->{status}, 409, 'it takes no more bids';

# Nobody has it in memory: both nodes begin anew while it runs.

$t->auction('live', lots => 1, rules => \%clock);
$id = $t->auction_id;
$t->stop;
$t->run;

ok eventually(sub { $t->sql("select status from gavel.lot
    where auction_id = $id") eq 'unsold' }, 10), 'a lot closes unwatched';
cmp_ok closed_after($t, $id), '>=', 0, 'not early';

# PostgreSQL is away for longer than a second before the end.

$t->auction('live', lots => 1, rules => { %clock,
    clock => { preset => 'hard', duration_ms => 5000 } });
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
cmp_ok closed_after($t, $id), '>=', 0, 'and the close was not early';
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
        clock => { preset => 'hard', duration_ms => 4000 } });

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
    cmp_ok closed_after($t, $id), '>=', 0, '... the close was not early';
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
