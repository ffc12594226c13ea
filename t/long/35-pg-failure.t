# PostgreSQL goes, stalls, and answers by halves; workers go.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Proxy;
use Gavel::Test;
use Time::HiRes qw(time);

my $p = Gavel::Probe->new(pg => 'own', redis => 'off', start => 0);
my $pg = $p->the_pg;
my $socket = "$pg->{host}/.s.PGSQL.5432";
my $proxy = Gavel::Proxy->new($socket);

$p->{probe} = ['host 127.0.0.1=' . $proxy->port, 'connect_timeout 500',
               'statement_timeout 4000'];
$p->start;

sub ops { return [ $p->ops(@_) ] }
sub up { my $n = shift; return eventually(sub { $p->stats->{lanes_up} == $n }, 8) }

ok up(3), 'through a proxy';


# PostgreSQL has been asked for this, and works on it.
sub naps {
    ok eventually { $pg->sql("select count(*) from pg_stat_activity
        where application_name like 'probe%' and state = 'active'
          and query like '%nap%' and pid <> pg_backend_pid()") },
        'it is under way';
}


# --- pieces ---

$proxy->mode('split 7');
is_deeply ops('read', 'echo:abcdefghijklmnopqrstuvwxyz'),
    ['echo done - abcdefghijklmnopqrstuvwxyz'], 'a reply in small pieces';
$proxy->mode('pass');


# --- half a reply ---

$proxy->mode('cut 20');
is_deeply ops('bid', 'put:half', 'echo:x'), ['put lost - -', 'echo lost - -'],
    'half a reply: nobody knows';
$proxy->mode('pass');
ok up(3), 'connected again';
is_deeply ops('bid', 'echo:y'), ['echo done - y'], 'and well';


# --- silence ---

$proxy->mode('mute');
my $start = time;
is_deeply ops('read', 'echo:x'), ['echo lost - -'], 'silence: lost';
cmp_ok time - $start, '<', 9, 'after the statement timeout and half a second';
is $p->stats->{timeouts} > 0, 1, 'counted';
$proxy->mode('pass');
ok up(3), 'connected again after silence';


# --- backends that are stopped by the administrator ---

my $op = $p->begin('/pg?lane=bid&ops=nap:3900,echo:x');
naps();
$pg->psql(q{select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'probe'});
is $p->end($op)->{body}, "nap lost - -\necho lost - -\n",
    'a terminated backend: lost';
ok up(3), 'connected again after that';


# --- the server goes ---

$op = $p->begin('/pg?lane=read&ops=nap:3900');
naps();
$pg->kill;
is $p->end($op)->{body}, "nap lost - -\n", 'under way: lost';
ok eventually { $p->ops('read', 'echo:x') && ($p->ops('read', 'echo:x'))[0] eq 'echo away - -' },
    'later: never sent';
ok eventually { ($p->ops('bid', 'echo:x'))[0] eq 'echo away - -' },
    'nor to the bid lane';
is $p->get('/sql?fn=cmd')->{body}, 'unavailable', 'a flow says so';
is $p->stats->{pg_ready}, 0, 'not ready';

my $cpu = $p->cpu;
select undef, undef, undef, 1.5;
cmp_ok $p->cpu - $cpu, '<=', 0.08, 'no time is spent on a lost server';

my @complaints = $p->log_text =~ /\[error\].*gavel pg: /g;
cmp_ok scalar @complaints, '<=', 6, 'the log hears of it once';

$pg->start;
ok up(3), 'the server is back';
is_deeply ops('bid', 'echo:z'), ['echo done - z'], 'and answers';
like $p->log_text, qr/\[notice\].*gavel pg: connected/, 'the log hears of it';


# --- workers go ---

$op = $p->begin('/pg?lane=read&ops=nap:2000');
naps();
my @old = $p->reload;
is $p->end($op)->{body}, "nap done - slept\n",
    'a worker that goes ends what is under way';
ok eventually(sub { !kill 0, @old }), 'and goes';
ok up(3), 'the new worker has its own lanes';

@old = $p->reload;
ok eventually(sub { !kill 0, @old }), 'an idle worker goes';
$p->quit(5);
unlike $p->log_text, qr/open socket/, 'nothing is left open';


# --- several hosts ---

my $mute = Gavel::Proxy->new($socket, 'mute');
my $nobody = Gavel::Test::port();

$p->{probe} = ["host 127.0.0.1=$nobody", "host 127.0.0.1=$nobody",
               "host $pg->{host}"];
$p->start;
ok up(3), 'the first hosts refuse, the third serves';
is_deeply ops('read', 'echo:x'), ['echo done - x'], 'well';
$p->quit(5);

$p->{probe} = ['host 127.0.0.1=' . $mute->port, "host $pg->{host}",
               'connect_timeout 300'];
$p->start;
ok up(3), 'the first host is silent, the second serves';
$p->quit(5);


# --- the primary among several, and a replica ---

my $other = Gavel::Pg->new(own => 1);
$other->psql('create schema if not exists gavel; '
    . 'create function gavel.echo(text) returns text language sql '
    . "as 'select \$1'; "
    . 'create function gavel.whoami() returns text language sql '
    . q{as $$ select current_setting('application_name') $$});
$other->restart('fsync=off', 'default_transaction_read_only=on');

$p->{probe} = ["host $other->{host}", "host $pg->{host}",
               "replica $other->{host}"];
$p->start;
ok up(3), 'a server that cannot write is passed over';
is_deeply ops('read', 'writable'), ['writable done - off'],
    'the other one is the primary';
ok eventually { ($p->ops('replica', 'whoami'))[0] eq
                'whoami done - probe-replica' }, 'reads go to the replica';
$other->kill;
ok eventually { ($p->ops('replica', 'whoami'))[0] eq 'whoami done - probe' },
    'or to the primary when it is away';
$p->quit(5);
$other->stop;


# --- a worker that may not wait for ever ---

$p->the_test->{main} = 'worker_shutdown_timeout 1s;';
$p->{probe} = ['statement_timeout 20000', "host $pg->{host}"];
$p->start;
ok up(3), 'with worker_shutdown_timeout';
$op = $p->begin('/pg?lane=read&ops=nap:18000');
naps();
@old = $p->reload;
ok eventually(sub { !kill 0, @old }, 10), 'a busy worker is ended by it';
close $op;
