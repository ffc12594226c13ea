# With a resolver, names of PostgreSQL and Redis are looked up again when a
# connection was lost: both move to another address under one name.

use strict;
use warnings;
use Test::More;
use Gavel::Dns;
use Gavel::Proxy;
use Gavel::Test;

my $dns = Gavel::Dns->new('127.0.0.1');
my $t = Gavel::Test->new(redis => 'own',
    http => 'resolver 127.0.0.1:' . $dns->port . ' valid=1s ipv6=off;');

my $pg = $t->pg;
my @targets = ("$pg->{host}/.s.PGSQL.5432", $t->redis->path);
my @proxies = map { Gavel::Proxy->new($_) } @targets;
my @ports = map { $_->port } @proxies;

$pg->{conninfo} = "host=localhost:$ports[0] dbname=$pg->{name}";
$t->redis->{conninfo} = "localhost:$ports[1]";

$t->auction('live', lots => 1, base => 1,
    rules => { ladder => 1, auto_next_ms => -1,
               clock => { preset => 'hard', duration_ms => 600_000 } });

my $load = Gavel::Load->new($t);
my $ws = $t->ws->subscribe;
ok $load->more(10), 'bids';

sub move {
    my ($address) = @_;

    $dns->say($address);
    $_->stop for @proxies;
    @proxies = map { Gavel::Proxy->new($targets[$_], 'pass',
        port => $ports[$_], address => $address) } 0, 1;
}

move('127.0.0.2');
ok $load->more(10), 'bids at another address';
ok eventually(sub { $t->get('/readyz')->{status} == 200 }, 20),
    'Redis was found, too';

# The name's server is silent for a while: what was known is tried again.

$dns->say();
$_->stop for @proxies;
@proxies = map { Gavel::Proxy->new($targets[$_], 'pass',
    port => $ports[$_], address => '127.0.0.2') } 0, 1;
ok $load->more(10), 'a name that has no address keeps those it had';

# One of two addresses is right.

$dns->say('127.0.0.4', '127.0.0.3');
$_->stop for @proxies;
@proxies = map { Gavel::Proxy->new($targets[$_], 'pass',
    port => $ports[$_], address => '127.0.0.4') } 0, 1;
ok $load->more(10), 'of several addresses the one that answers is used';
ok eventually(sub { $t->get('/readyz')->{status} == 200 }, 20),
    'by Redis, too';

my %told = $load->end;
is_deeply [ grep { $_->{status} != 201 } values %told ], [],
    'every bid was accepted';
is_deeply [ $ws->seqs(10) ], [ 1 .. $t->log_length ],
    'the watcher saw everything once, in order';
