# Refresh tokens: rotation, the grace, and what a stolen one does (T-43).

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use IO::Select;

my $t = Gavel::Test->new(nodes => 2);

sub login { $t->post('auth/login', { identifier => 'kim',
    password => 'correct horse' })->{json} }

sub refresh {
    my ($token, @o) = @_;
    return $t->post('auth/refresh', { refresh => $token }, @o);
}

$t->user('kim');

my $one = login();
my $two = refresh($one->{refresh});
is $two->{status}, 200, 'a new pair';
isnt $two->{json}{refresh}, $one->{refresh}, 'with another refresh token';
is $t->get('users/me', as => $two->{json}{access})->{status}, 200,
    'and an access token that works';
is refresh($one->{refresh}, node => 1)->{json}{refresh}, $two->{json}{refresh},
    'within the grace the old one gives the same successor, on any node';

my $three = refresh($two->{json}{refresh})->{json};
is refresh($one->{refresh})->{json}{refresh}, $two->{json}{refresh},
    'also when the successor was used already';
is refresh($two->{json}{refresh})->{json}{refresh}, $three->{refresh},
    '... which is good for the grace as well';


# --- twenty at once ---

my $start = login();
my @sockets;

for my $n (1 .. 20) {
    my $socket = Gavel::Http::open_socket($t->node($n % 2)->port);
    my $body = Gavel::Http::encode({ refresh => $start->{refresh} });
    push @sockets, [ $socket, "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\n"
        . "Connection: close\r\nContent-Type: application/json\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body" ];
}

syswrite $_->[0], $_->[1] for @sockets;

my %seen;

for (@sockets) {
    my $r = Gavel::Http::exchange($_->[0], '', 10);
    $seen{"$r->{status} " . ($r->{json}{refresh} // $r->{body})}++;
}

is_deeply [ values %seen ], [ 20 ], 'twenty at once get one successor';
my ($next) = (keys %seen)[0] =~ /^200 (.+)/;
is refresh($next)->{status}, 200, 'and the family lives';


# --- reuse ---

$one = login();
$two = refresh($one->{refresh})->{json};
my $other = login();

$t->sql("update gavel.session_spent set spent_at = spent_at - interval '11 seconds'");

is refresh($one->{refresh})->{status}, 401, 'after the grace an old one is refused';
ok eventually(sub { !grep { $t->get('users/me', as => $two->{access},
        node => $_ % 2)->{status} != 401 } 1 .. 10 }, 6),
    'and the access tokens of its family, on every node at once';
is refresh($two->{refresh})->{status}, 401, 'and its family is dead';
is refresh($other->{refresh})->{status}, 200, 'no other family is';
is $t->sql("select count(*) from gavel.audit where action = 'session.reuse'"), 1,
    'it is written down once';


# --- what is none ---

is refresh('x' x 43)->{json}{code}, 'invalid_token', 'a made-up token';
is refresh('x')->{json}{code}, 'invalid_token', 'no token';
is refresh('')->{json}{code}, 'not_authenticated', 'nothing at all';
is refresh({})->{status}, 422, 'not even text';
is refresh($other->{access})->{status}, 422, 'an access token';

$one = login();
$t->sql("update gavel.session set expires_at = now() - interval '1 second'");
is refresh($one->{refresh})->{status}, 401, 'an expired one';

is $t->sql("select count(*) from gavel.session where refresh_hash::text like "
           . "'%$one->{refresh}%'"), 0, 'only hashes are kept';

$one = login();
is refresh($one->{refresh}, as => $t->sign({ exp => time - 60 }))->{status}, 200,
    'an expired access token does not stand in the way';
is $t->post('/api/auth/token/refresh/', { refresh => login()->{refresh} })->{status},
    200, 'the path of S3';
