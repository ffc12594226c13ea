# Every directive: right, twice, and wrong.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new;
my $node = Gavel::Node->new($t, 0);
my $keys = $t->keys_dir;

my %base = (
    gavel_database => 'host=127.0.0.1',
    gavel_redis    => 'off',
    gavel_keys     => $keys,
);

sub conf {
    my ($http, $locations, $main) = @_;

    my $module = Gavel::Node::module();
    $main //= 'thread_pool gavel threads=1 max_queue=64;';

    return <<"CONF";
load_module $module;
$main
pid $node->{dir}/nginx.pid;
error_log $node->{dir}/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $node->{dir}/body;
    $http
    server {
        listen 127.0.0.1:$node->{port};
        $locations
    }
}
CONF
}

# The base with some directives in other words, undef: without it.
sub directives {
    my %d = (%base, @_);
    return join ' ', map { "$_ $d{$_};" } grep { defined $d{$_} } sort keys %d;
}

sub good {
    my ($name, $value, $title) = @_;

    my ($ok, $said) = $node->check(conf(directives($name => $value),
                                        'location / { gavel_api; }'));
    ok $ok, $title // "$name $value" or diag $said;
}

sub wrong {
    my ($name, $value, $why, $title) = @_;

    my ($ok, $said) = $node->check(conf(directives($name => $value),
                                        'location / { gavel_api; }'));
    ok !$ok && $said =~ $why, $title // "$name $value: refused"
        or diag $ok ? 'it was taken' : $said;
}


# --- one by one ---

my @table = (
    # directive, good ones, wrong ones
    [ gavel_database =>
        [ 'host=/run/postgresql dbname=gavel user=gavel_app',
          'host=10.0.0.1 host=10.0.0.2:5433 port=5434 target=read-write',
          'host=127.0.0.1 password=x sslmode=verify-full sslrootcert=/a',
          'host=127.0.0.1 read_lanes=4 bid_lanes=2 queue=64',
          'host=127.0.0.1 connect_timeout=500ms statement_timeout=10s',
          'host=127.0.0.1 password_file=/etc/password' ],
        [ 'dbname=gavel', 'host=127.0.0.1 port=0', 'host=127.0.0.1 port=70000',
          'host=127.0.0.1 read_lanes=0', 'host=127.0.0.1 bid_lanes=x',
          'host=127.0.0.1 queue=-1', 'host=127.0.0.1 colour=red',
          'host=127.0.0.1 statement_timeout=soon', 'host=no-such.invalid' ] ],
    [ gavel_database_replica =>
        [ 'host=127.0.0.1 dbname=gavel' ],
        [ 'user=x', 'host=127.0.0.1 port=x' ] ],
    [ gavel_redis =>
        [ 'off', 'unix:/run/redis.sock', '127.0.0.1:6379',
          '127.0.0.1 password=x db=3 prefix=g: command_timeout=2s',
          'master=g sentinel=127.0.0.1 sentinel=127.0.0.1:26380 '
          . 'sentinel_password=x' ],
        [ 'master=g', 'master= sentinel=127.0.0.1', 'sentinel=127.0.0.1',
          '127.0.0.1 sentinel=127.0.0.1', 'master=g sentinel=127.0.0.1:x',
          '127.0.0.1:x', '127.0.0.1 db=x', '127.0.0.1 colour=red',
          'no-such.invalid:6379' ] ],
    [ gavel_keys => [ $keys ], [ '/no/such/folder', "$keys $keys" ] ],
    [ gavel_issuer => [ 'auctions.example' ], [ 'a b' ] ],
    [ gavel_access_lifetime => [ '15m', '3600', '168h' ], [ 'long', '-1' ] ],
    [ gavel_refresh_lifetime => [ '30d' ], [ 'long' ] ],
    [ gavel_bcrypt_cost => [ '4', '15' ], [ '3', '16', 'high' ] ],
    [ gavel_rate_limits => [ 'on', 'off' ], [ 'some' ] ],
    [ gavel_cache => [ '0', '1s' ], [ 'a', '-1' ] ],
    [ gavel_cookie_secure => [ 'on', 'off' ], [ 'yes' ] ],
    [ gavel_cors_origins =>
        [ 'https://a.example', 'https://a.example https://b.example:8443' ],
        [] ],
    [ gavel_gather => [ '0', '10ms' ], [ 'a', '-1', '2m' ] ],
    [ gavel_drain => [ '0', '60s' ], [ 'a', '2m' ] ],
    ( map { [ "gavel_$_" => [ '1s', '2m' ], [ '0', '10ms', 'a' ] ] }
      qw(heartbeat host_grace ping pong send_timeout message_timeout close_timeout) ),
    ( map { [ "gavel_$_" => [ '1k', '64m' ], [ '0', '100', '2g', 'a' ] ] }
      qw(message_size queue spare_queue) ),
    [ gavel_deflate => [ 'off', '1', '4k' ], [ 'on', '-1', '2000m' ] ],
    [ gavel_sockets_zone => [ '64k', '16m' ], [ '0', '1k' ] ],
    [ gavel_worker_queue => [ '64k', '2000m' ], [ '0', '1k', 'a' ] ],
    ( map { [ "gavel_$_" => [ '1', '1000' ], [ '0', '-1', '70000', 'a' ] ] }
      qw(subscriptions calls replay) ),
    ( map { [ "gavel_$_" => [ '1', '100000' ], [ '0', '-1', '9999999' ] ] }
      qw(message_rate sockets_per_user sockets_per_address connect_rate) ),
);

for (@table) {
    my ($name, $good, $bad) = @$_;

    good($name, $_) for @$good;
    wrong($name, $_, qr/\[emerg\]/) for @$bad;
    wrong($name, "$good->[0]; $name $good->[0]", qr/duplicate/,
          "$name twice: refused");
    wrong($name, '', qr/number of arguments|\[emerg\]/, "$name: needs a value");
}


# --- from the environment ---

{
    local %ENV = (%ENV, G_HOST => '127.0.0.1', G_COST => '5', G_BAD => 'x');

    good(gavel_database => 'host=env:G_HOST port=env:G_NONE',
         'a value from the environment');
    good(gavel_bcrypt_cost => 'env:G_COST', 'a number too');
    good(gavel_bcrypt_cost => 'env:G_NONE', 'no variable: the default');
    good(gavel_rate_limits => 'env:G_NONE', 'of a flag too');
    wrong(gavel_bcrypt_cost => 'env:G_BAD', qr/\[emerg\]/, 'a wrong variable');

    local $ENV{G_SECRET} = 'pa55word';
    my (undef, $said) = $node->check(conf(directives(gavel_database =>
        'host=127.0.0.1 password=env:G_SECRET colour=env:G_SECRET'),
        'location / { gavel_api; }'));
    unlike $said, qr/pa55word/, 'a secret is not told';
}


# --- what belongs together ---

sub whole {
    my ($ok_wanted, $title, @conf) = @_;
    my ($ok, $said) = $node->check(conf(@conf));
    ok !$ok == !$ok_wanted, $title or diag $said;
}

my $all = directives();

whole(1, 'loaded and not in use', '', '');
whole(0, 'a location without gavel_database',
      directives(gavel_database => undef), 'location / { gavel_api; }');
whole(0, 'without gavel_redis', directives(gavel_redis => undef),
      'location / { gavel_api; }');
whole(0, 'without gavel_keys', directives(gavel_keys => undef),
      'location / { gavel_api; }');
whole(0, 'without the thread pool', $all, 'location / { gavel_api; }', '');

for my $name (qw(gavel_api gavel_ws gavel_sse)) {
    whole(1, $name, $all, "location / { $name; }");
    whole(0, "$name twice", $all, "location / { $name; $name; }");
    whole(0, "$name with a value", $all, "location / { $name on; }");
    whole(0, "$name in a server", $all, "$name;");
}

whole(0, 'two in one location', $all, 'location / { gavel_api; gavel_ws; }');


# --- the files of conf/ ---

whole(1, 'gavel.conf', $all, "include $Gavel::Test::ROOT/conf/gavel.conf;");

{
    my $run = $node->{dir};
    my %word = (MODULE => Gavel::Node::module(), USER => 'root root',
        WORKERS => 2, RUN => $run, LOG_LEVEL => 'warn', FILES => 1024,
        ACCESS_LOG => "$run/access.log gavel", HTML => $run,
        LISTEN => "127.0.0.1:$node->{port}", CONF => "$Gavel::Test::ROOT/conf");

    open my $f, '<', "$Gavel::Test::ROOT/conf/nginx.conf" or die $!;
    my $text = do { local $/; <$f> };
    $text =~ s/\@(\w+)\@/$word{$1} || die "unknown $1"/ge;

    local %ENV = (%ENV, DB_HOST => '127.0.0.1', GAVEL_REDIS => 'off',
                  GAVEL_KEYS => $keys);
    my ($ok, $said) = $node->check($text);
    ok $ok, 'nginx.conf' or diag $said;
}

system('openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x '
       . "-keyout $node->{dir}/gavel.key -out $node->{dir}/gavel.pem "
       . '2> /dev/null');
open my $f, '<', "$Gavel::Test::ROOT/conf/proxy.conf" or die $!;
my $proxy = do { local $/; <$f> };
$proxy =~ s{/etc/ssl/(?:certs|private)}{$node->{dir}}g;
$proxy =~ s{listen  (?:80|443)}{'listen 127.0.0.1:' . Gavel::Test::port()}ge;
whole(1, 'proxy.conf', $proxy, '');
