# Rate limits: in a minute 100 calls, 20 tries of a password, on all nodes.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(rate_limits => 'on', nodes => 2);

my ($kim, $lee) = $t->crowd(2);


# --- passwords: by address ---

my @login = map {
    $t->post('auth/login', { identifier => 'nobody', password => "guess $_" },
             node => $_ % 2)
} 1 .. 30;

ok !(grep { $_->{status} != 401 } @login[0 .. 9]), 'the first tries are answered';
my @refused = grep { $_->{status} == 429 } @login;
ok @refused >= 5 && @refused <= 15, 'of 30 about 10 are refused, on both nodes'
    or diag scalar @refused;
is $login[-1]{status}, 429, 'the last one among them';
is $login[-1]{json}{code}, 'rate_limited', 'with its code';
like $login[-1]{headers}{'retry-after'}, qr/^\d+$/, 'and when to come back';

is $t->get('users/me', as => $kim)->{status}, 200, 'all else goes on';


# --- calls: by user ---

my @calls = map { $kim->get('users/me')->{status} } 1 .. 110;
is $calls[50], 200, 'a person makes many calls';
is $calls[-1], 429, 'but not too many';
is $lee->get('users/me')->{status}, 200, 'another person is another matter';
is $t->get('/healthz')->{status}, 200, 'and health is not counted';
