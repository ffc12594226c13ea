# make run: starts everything, says so in one line, stops all of it, goes on
# where it was; and what is in the demo.

use strict;
use warnings;
use Test::More;
use POSIX ();
use Gavel::Test;

my $root = $Gavel::Test::ROOT;
my $dir = File::Temp::tempdir('gavel-run-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $port = Gavel::Test::port();
my $pid;

chmod 0755, $dir;

# A folder with a long name: a socket in it could not be reached.
my $data = "$dir/" . 'long' x 20;
my $short = '/tmp/gavel-' . substr `printf '%s\n' '$data' | sha256sum`, 0, 8;

sub output { open my $f, '<', "$dir/out" or return ''; local $/; <$f> // '' }

# Starts, and waits for the line; %env in addition.
sub start {
    my ($demo, %env) = @_;

    unlink "$dir/out";
    $pid = fork // die "fork: $!";

    if ($pid == 0) {
        delete @ENV{grep { /^(?:PG|DB_|REDIS_|JWT_|GAVEL_)/ } keys %ENV};
        @ENV{keys %env} = values %env;
        $ENV{GAVEL_BCRYPT_COST} = 4;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$dir/out";
        open STDERR, '>&', \*STDOUT;
        exec "$root/scripts/run", $port, $data, 2, $demo or POSIX::_exit(127);
    }

    return eventually(sub {
        return 'gone' if waitpid($pid, POSIX::WNOHANG()) == $pid;
        return output() =~ m{^ready http://127\.0\.0\.1:$port/$}m;
    }, 60);
}

sub status {
    my ($path) = @_;
    my $r = eval { Gavel::Http::request(port => $port, method => 'GET',
                                        path => $path) };
    return $r ? $r->{status} : 0;
}

# Command lines of processes that know the folder.
sub left {
    my @left;

    for my $file (glob '/proc/[0-9]*/cmdline') {
        next if $file eq "/proc/$$/cmdline";
        open my $f, '<', $file or next;
        my $line = <$f> // next;
        push @left, $line =~ tr/\0/ /r if $line =~ /\Q$data\E|\Q$short\E/;
    }

    return @left;
}

sub ended {
    my ($signal) = @_;
    kill $signal, $pid;
    my $end = eventually(sub { waitpid($pid, POSIX::WNOHANG()) == $pid }, 30);
    undef $pid;
    return $end;
}

sub api {
    my ($method, $path, $json, $token) = @_;
    return Gavel::Http::request(port => $port, method => $method,
        path => "/api/v1/$path", json => $json,
        headers => { $token ? (Authorization => "Bearer $token") : () });
}

sub login { return api('POST', 'auth/login', { identifier => "$_[0]\@demo.gavel",
                                               password => 'gavel-demo' }) }

END { if ($pid) { my $code = $?; ended('TERM'); $? = $code } }


# --- the first time, with the demo ---

is start(1, JWT_SECRET => 'x', GAVEL_ADMIN_EMAIL => 'root@example.com',
         GAVEL_ADMIN_PASSWORD => 'a good password'), 1, 'it is ready'
    or do { diag output(); BAIL_OUT('make run does not start') };

is scalar(() = output() =~ /^ready /mg), 1, 'it says so once';
like output(), qr/admin\@demo\.gavel.*gavel-demo/, 'and how to log in';
like output(), qr/JWT_SECRET is ignored/, 'it warns of a variable';
for my $path (qw(/healthz /readyz /metrics / /calendar /docs)) {
    ok eventually(sub { status($path) == 200 }), $path;
}

is login($_)->{status}, 200, "$_ logs in"
    for qw(admin host leader1 leader2 leader3 leader4);

my $r = api('POST', 'auth/login', { identifier => 'root@example.com',
                                    password => 'a good password' });
is $r->{status}, 200, 'the first admin logs in';
ok((grep { $_ eq 'admin' } @{ $r->{json}{user}{roles} || [] }), 'and is one');

my @auctions = @{ api('GET', 'auctions')->{json}{results} || [] };
my %by = map { $_->{mode} => $_ } @auctions;
is_deeply [ map { $by{$_}{status} // 'none' } qw(team_draft timed live) ],
          [ qw(live live scheduled) ], 'three auctions';

my $id = $by{team_draft}{id};
my $teams = api('GET', "auctions/$id/teams")->{json};
$teams = $teams->{results} if ref $teams eq 'HASH';
is_deeply [ map { $_->{budget} } @{ $teams || [] } ], [ (1000) x 4 ],
    'four teams of 1,000 points';

my $state = api('GET', "auctions/$id/snapshot")->{json}{state};
my @lots = @{ $state->{lots} || [] };
is scalar @lots, 12, 'twelve players';
is scalar(grep { $_->{status} eq 'open' } @lots), 1, 'one on the block';

my $token = login('leader1')->{json}{access};
my ($open) = grep { $_->{status} eq 'open' } @lots;
is api('POST', "auctions/$id/bids", { amount => $open->{base_price},
                                  lot_id => $open->{lot_id} },
       $token)->{status}, 201, 'a leader bids';

my $owner = (stat "$data/keys")[2] & 0777;
is $owner, 0700, 'the keys are for nobody else';

ok ended('TERM'), 'TERM ends it';
ok eventually(sub { !left() }), 'and all that it started'
    or diag join "\n", left();


# --- again ---

is start(1), 1, 'it starts again' or diag output();
my $again = api('GET', 'auctions')->{json}{results} || [];
is scalar @$again, scalar @auctions, 'with what there was';
is api('GET', "auctions/$id/bids")->{json}{results}[0]{amount},
    $open->{base_price}, 'and the bid';

my $second = `$root/scripts/run $port $data 2 0 2>&1`;
like $second, qr/another one runs/, 'not twice at a time';


like scalar(`$root/scripts/run $port $dir/other 2 0 2>&1`),
    qr/port $port is taken/, 'nor on a port that is taken';
ok !-e "$dir/other/run/redis.pid", 'and then nothing is left';


# --- after kill -9 ---

kill 'KILL', $pid;
waitpid $pid, 0;
cmp_ok scalar(left()), '>', 0, 'kill -9 leaves servers behind';

is start(0), 1, 'the next run copes' or diag output();
unlike output(), qr/demo/, 'without the demo nothing is said of it';
ok eventually(sub { status('/readyz') == 200 }), 'all of it is ready';
ok ended('INT'), 'Ctrl-C ends it';
ok eventually(sub { !left() }), 'and all that it started'
    or diag join "\n", left();
ok !-e $short, 'nothing is left in /tmp';

done_testing;
