# PostgreSQL in the event loop: outcomes, order, commits, bounds.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Test;

my $p = Gavel::Probe->new(redis => 'off',
                          probe => ['queue 8', 'statement_timeout 2000']);

sub ops { return [ $p->ops(@_) ] }

eventually { $p->stats->{lanes_up} == 3 };
is $p->stats->{lanes_up}, 3, 'two read lanes and a bid lane';
is $p->stats->{bid_connects}, 1, 'told of the bid lane';


# --- reads ---

is_deeply [ sort { $a cmp $b } $p->ops('read', 'echo:a', 'echo:b', 'echo:null') ],
    ['echo done - ', 'echo done - a', 'echo done - b'],
    'reads answer, a null is a null';
is_deeply ops('read', 'echo:%ED%95%9C'), ["echo done - \xED\x95\x9C"],
    'text is UTF-8';
is_deeply [ sort { $a cmp $b } $p->ops('read', 'die:P0001', 'echo:a', 'echo:b') ],
    [ 'die error P0001 -', 'echo done - a', 'echo done - b' ],
    'a failing read is alone';
is_deeply ops('read', 'missing:1'), ['missing error 42883 -'],
    'a function that is not there';
$p->the_pg->psql(q{create function gavel.missing(text) returns text
                   language sql as 'select $1'});
is_deeply ops('read', 'missing:1'), ['missing done - 1'],
    'is called when it is there';
$p->the_pg->psql(q{create function gavel.compiles(text) returns text
                   language sql as 'select current_setting(''jit'')'});
is_deeply ops('read', 'compiles:1'), ['compiles done - off'],
    'no plan is compiled first';
is_deeply ops('read', 'echo:%ff'), ['echo error 22021 -'],
    'what is not UTF-8 is refused by the server';
is_deeply ops('read', 'echo:a%00b'), ['echo error 22021 -'],
    'a zero byte is refused and does not cut';

is_deeply ops('read', 'big:60000'), ['big done - ' . 'x' x 60000],
    'a large answer';

is_deeply [ sort map { (split)[1] } $p->ops('read', ('echo:a') x 20) ],
    [ ('done') x 16, ('full') x 4 ], 'the queue is bounded';

is $p->ops('replica', 'whoami'), 1, 'a read of the replica';
is_deeply ops('replica', 'whoami'), ['whoami done - probe'],
    'goes to the primary when there is none';


# --- the bid lane ---

is_deeply ops('bid', 'put:1', 'put:2'), ['put done - 1', 'put done - 2'],
    'one sync';
is_deeply ops('bid', 'put:3', 'die:P0001', 'put:4'),
    ['put aborted P0001 -', 'die error P0001 -', 'put aborted P0001 -'],
    'an error takes the whole sync with it';
is_deeply ops('bid', 'put:5', 'put:1', 'echo:x'),
    ['put aborted 23505 -', 'put aborted 23505 -', 'echo aborted 23505 -'],
    'a commit fails after all has succeeded (PROTOCOL 2)';
is_deeply ops('bid', 'put:1'), ['put error 23505 -'],
    'and who was alone in it knows that it was he';
is $p->the_pg->sql('select count(*) from gavel.probe'), 2,
    'only what was told as done is there';
is_deeply ops('bid', 'put:6'), ['put done - 6'], 'the lane goes on';
is_deeply ops('bid', 'fresh:1', 'put:7'),
    ['fresh error 42883 -', 'put aborted 42883 -'],
    'a missing function says so, not that its statement is missing';


# --- plans that grow old ---

is_deeply ops('bid', 'whoami'), ['whoami done - probe'], 'prepared';

$p->the_pg->psql(q{
    drop function gavel.whoami();
    create function gavel.whoami() returns table (a text, b text)
        language sql as $$ select 'new'::text, 'b'::text $$});

my @first = $p->ops('read', 'whoami');
like $first[0], qr/^whoami (?:done - new|error 0A000 -)$/,
    'a replaced function fails at most once on each connection';
eventually { ($p->ops('read', 'whoami'))[0] eq 'whoami done - new' };
is_deeply ops('read', 'whoami'), ['whoami done - new'],
    'then it is prepared anew';

my ($stale) = $p->ops('bid', 'whoami', 'echo:x');
like $stale, qr/^whoami (?:done - new|error 0A000 -)$/,
    'the same on the bid lane';
is_deeply ops('bid', 'whoami', 'put:9'),
    ['whoami done - new', 'put done - 9'],
    'what comes next waits for the new connection';

my $before = $p->stats->{bid_connects};

is_deeply ops('bid', 'die:0A000'), ['die error 0A000 -'],
    'a function that says 0A000 itself';
is_deeply ops('bid', 'echo:x'), ['echo done - x'], 'is used on';
is $p->stats->{bid_connects}, $before, 'and costs no connection';


# --- time ---

is_deeply ops('read', 'nap:3000'), ['nap error 57014 -'],
    "the server's statement timeout";
is_deeply ops('read', 'echo:a'), ['echo done - a'], 'and on';

my $slow = $p->begin('/pg?lane=read&ops=nap:1200');
is_deeply ops('read', 'echo:a'), ['echo done - a'],
    'a read goes to the lane that is not busy';
like $p->end($slow)->{body}, qr/slept/, 'the slow one ends';


# --- clients that leave ---

my $gone = $p->begin('/pg?lane=read&ops=nap:1900');
ok eventually { $p->stats->{pending} == 1 }, 'a statement is under way';
close $gone;
ok eventually { $p->stats->{gone} == 1 }, 'a client has left';
ok eventually { $p->stats->{pending} == 0 }, 'its statement ends unheard';
is $p->stats->{kept}, 1, 'nothing is left but this request';


# --- the usual SQL of commands ---

my $r = $p->get('/sql?fn=cmd&params=%7B%22x%22:1%7D');
is "$r->{status} $r->{body}", '201 {"x": 1, "actor": 42}', 'a command';
$r = $p->get('/sql?fn=cmd&params=%7B%22code%22:%22too_low%22%7D');
is "$r->{status} $r->{body}", '422 too_low', 'a refusal';

for (['23505', 409], ['40001', 503], ['55P03', 503], ['53300', 503],
     ['57P01', 503], ['22P05', 422], ['XX000', 500])
{
    is $p->get("/sql?fn=cmd&params=%7B%22raise%22:%22$_->[0]%22%7D")->{status},
        $_->[1], "SQLSTATE $_->[0]";
}

is $p->get('/sql?fn=cmd&params=nonsense')->{status}, 422,
    'what is no JSON to PostgreSQL is the client\'s';


# --- an idle worker sleeps ---

my $cpu = $p->cpu;
select undef, undef, undef, 1;
cmp_ok $p->cpu - $cpu, '<=', 0.05, 'an idle client uses no time';
