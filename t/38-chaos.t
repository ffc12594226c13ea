# Everything at once: requests that stay and leave, connections that break.
# At the end nothing is under way, and everything works.

use strict;
use warnings;
use Test::More;
use Gavel::Probe;
use Gavel::Proxy;
use Gavel::Test;
use Time::HiRes qw(time sleep);

my $p = Gavel::Probe->new(pg => 'own', redis => 'own', start => 0);
my $pg = Gavel::Proxy->new($p->the_pg->{host} . '/.s.PGSQL.5432');
my $redis = Gavel::Proxy->new($p->the_test->redis->path);

$p->{probe} = ['host 127.0.0.1=' . $pg->port, 'connect_timeout 200',
               'statement_timeout 300', 'queue 32', 'redis_host 127.0.0.1',
               'redis_port ' . $redis->port];
$p->start;

my $seed = $ENV{SEED} // int rand 1e9;
srand $seed;
diag "SEED=$seed" if $ENV{TEST_VERBOSE};

my @paths = (
    '/pg?lane=read&ops=echo:a,echo:b,die:P0001',
    '/pg?lane=bid&ops=echo:a,put:same,put:same',
    '/pg?lane=bid&ops=echo:a,echo:b,nap:20',
    '/pg?lane=read&ops=nap:100', '/pg?lane=read&ops=big:20000',
    '/sql?fn=cmd&params=%7B%7D', '/redis?args=INCR,n',
    '/redis?args=GET,none', '/publish?ch=a&m=x', '/subscribe?ch=a',
    '/unsubscribe?ch=a', '/task?ms=2', '/early', '/fail', '/none',
);

my @modes = ('pass', 'pass', 'pass', 'cut 1', 'cut 40', 'mute', 'split 100');
my (@open, %status);
my $end = time + 5;
my $next = 0;

# Where little is answered in this time, a little more.

while (time < $end
       || ($status{200} // 0) <= 100 && time < $end + 30)
{
    if (time > $next) {
        $_->mode($modes[rand @modes]) for $pg, $redis;
        $next = time + 0.1 + rand 0.3;
    }

    push @open, $p->begin($paths[rand @paths]);

    if (@open > 60) {
        my $socket = splice @open, rand @open, 1;

        if (rand() < 0.3) {
            close $socket;
        } else {
            $status{ $p->end($socket)->{status} }++;
        }
    }
}

$_->mode('pass') for $pg, $redis;
$status{ $p->end($_)->{status} }++ for @open;

cmp_ok $status{200}, '>', 100, 'much of it was answered';
is_deeply [ grep { !/^(?:200|201|204|409|500|503)$/ } keys %status ], [],
    'and nothing strange';

ok eventually(sub {
    my $s = $p->stats;
    return $s->{lanes_up} == 3 && $s->{redis_ready} && $s->{pending} == 0
        && $s->{redis_pending} == 0 && $s->{kept} == 1;
}, 10), 'then all is up and nothing under way' or diag explain $p->stats;

is_deeply [ $p->ops('bid', 'echo:a', 'echo:b') ],
    ['echo done - a', 'echo done - b'], 'PostgreSQL answers';
like $p->text('/redis?args=PING'), qr/PONG/, 'Redis answers';

my @old = $p->reload;
ok eventually(sub { !kill 0, @old }, 5), 'the worker goes';
unlike $p->log_text, qr/exited on signal/, 'none has crashed';
