# What of Redis Cluster works: a server that has all slots of one hash tag
# does as well as a lone one.

use strict;
use warnings;
use File::Temp ();
use POSIX ();
use Test::More;
use Gavel::Test;

my $dir = File::Temp::tempdir('gavel-rc-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $port = Gavel::Test::port();
my $pid = fork // die "fork: $!";

if ($pid == 0) {
    POSIX::setsid();
    open STDOUT, '>', "$dir/log";
    exec 'redis-server', '--port', $port, '--bind', '127.0.0.1', '--dir',
        $dir, '--cluster-enabled', 'yes', '--cluster-port',
        Gavel::Test::port(), '--save', '' or POSIX::_exit(127);
}

sub cli {
    my $text = `redis-cli -p $port @_ 2>&1`;
    chomp $text;
    return $text;
}

END {
    if ($pid) {
        local $?;
        kill 'KILL', $pid;
        waitpid $pid, 0;
    }
}

ok eventually(sub { cli('ping') eq 'PONG' }, 10), 'a server';
is cli('cluster addslotsrange 0 16383'), 'OK', 'that has all slots';
ok eventually(sub { cli('cluster info') =~ /cluster_state:ok/ }, 10),
    'is a cluster';

my $t = Gavel::Test->new(nodes => 2, workers => 1, redis => 'own');
$t->redis->{conninfo} = qq{127.0.0.1:$port "prefix={gavel}:"};
$t->redis->{prefix} = '';

$t->auction('live', lots => 1, base => 1,
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });

my $load = Gavel::Load->new($t);
my $ws = $t->ws(node => 1)->subscribe;
ok $load->more(30), 'bids at two nodes';

my %told = $load->end;
is_deeply [ grep { $_->{status} != 201 } values %told ], [],
    'every bid was accepted';
is_deeply [ $ws->seqs ], [ 1 .. $t->log_length ], 'a watcher sees them';
like cli('--scan'), qr/^\{gavel\}:/, 'homes are in the cluster';
unlike cli('info errorstats'), qr/CROSSSLOT|MOVED/, 'and nothing was refused';
