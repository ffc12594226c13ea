# Rate limits: in a minute 100 calls and 20 tries of a password, on all nodes
# together.  Workers tell each other several times a second, so a limit holds
# exactly only after a moment.  A node has one worker here: what it counted
# itself it knows at once.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new(rate_limits => 'on', nodes => 2, workers => 1,
    http => 'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;');

my ($kim, $lee) = $t->crowd(2);

sub guess {
    return $t->post('auth/login', { identifier => 'nobody',
        password => "guess $_[0]" }, node => $_[0] % 2);
}


# --- passwords: by address ---

my @first = map { guess($_) } 1 .. 20;
is scalar(grep { $_->{status} == 401 } @first), 20, 'twenty tries are answered';

ok eventually(sub { !grep { guess($_)->{status} != 429 } 1 .. 8 }),
    'more are not, by no node';

my $more = guess(1);
is $more->{json}{code}, 'rate_limited', 'they have a code';
like $more->{headers}{'retry-after'}, qr/^\d+$/, 'and say when to come back';

is $t->get('users/me', as => $kim)->{status}, 200, 'all else goes on';


sub guess_from {
    return $t->post('auth/login', { identifier => 'nobody', password => 'guess' },
        headers => { 'X-Forwarded-For' => $_[0] })->{status};
}

my $i = 1;
ok eventually(sub { guess_from('2001:db8:0:1::' . $i++) == 429 }),
    'who has all addresses of a network is one';
is guess_from('2001:db8:0:2::1'), 401, 'the next network is another';
ok eventually(sub { guess_from('::ffff:192.0.2.1') == 429 }),
    'IPv4 by way of IPv6';
is guess_from('192.0.2.1'), 429, '... is the same';
is guess_from('::ffff:192.0.2.2'), 401, '... and each address one';


# --- calls: by user ---

my @calls = map { $kim->get('users/me')->{status} } 1 .. 99;
is scalar(grep { $_ == 200 } @calls), 99, 'a person makes a hundred calls';
ok eventually(sub { $kim->get('users/me')->{status} == 429 }), 'but not more';
ok eventually(sub { $kim->get('users/me', node => 1)->{status} == 429 }),
    'and on no other node';

is $lee->get('users/me')->{status}, 200, 'another person is another matter';
is $t->get('/healthz')->{status}, 200, 'and health is not counted';
