# The harness itself, and what the application's role may do.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(redis => 'own');

is $t->redis->cli('ping'), 'PONG', 'Redis answers';
$t->kill_redis;
$t->restart_redis;
is $t->redis->cli('ping'), 'PONG', 'and again after a crash';

is $t->sql('select 1 + 1'), 2, 'PostgreSQL answers';

sub app { return eval { $t->pg->psql($_[0], undef, 'gavel_app') } // $@ }

like app('select gavel.schema_version()'), qr/^\d{4}_\w+:[0-9a-f]{12}$/,
    'the application calls functions';
chomp(my $tree = `$Gavel::Test::ROOT/scripts/schema`);
is app('select gavel.schema_version()'), $tree,
    'the database is what the tree expects';
like app('select * from gavel.account'), qr/permission denied/,
    'it reads no table';
like app('delete from gavel.event'), qr/permission denied/, 'nor writes one';
like app('create table gavel.x (i int)'), qr/permission denied/,
    'it creates nothing';
like app('create temp table x (i int)'), qr/permission denied/,
    'not even for a moment';

my @open = $t->sql_rows(q{
    select p.oid::regprocedure from pg_proc p
     where pronamespace = 'gavel'::regnamespace and not prosecdef
       and prorettype <> 'trigger'::regtype
       and coalesce(prosrc, '') ~* '\m(from|insert|update|delete|perform|execute)\M'
});
is_deeply \@open, [], 'what touches a table runs with the rights of its owner';

my @public = $t->sql_rows(q{
    select p.oid::regprocedure from pg_proc p
     where pronamespace = 'gavel'::regnamespace
       and has_function_privilege('pg_monitor', p.oid, 'execute')
});
is_deeply \@public, [], 'and is not for everybody';
