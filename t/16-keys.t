# Keys: rotation without anybody noticing, and folders that are none.

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use MIME::Base64 ();

my $t = Gavel::Test->new;
my $dir = $t->{keys} = "$t->{dir}/keys";

sub script { system("$Gavel::Test::ROOT/scripts/keys", $dir) == 0 or die }
sub kid { (split /"/, (MIME::Base64::decode_base64url((split /\./, $_[0])[0])
               =~ /"kid":(".*?")/)[0])[1] }
sub me { $t->get('users/me', as => $_[0])->{status} }

script();
my $old = $t->user('kim')->{access};
my ($old_kid) = map { m{([^/]+)\.pem$} } glob "$dir/*.pem";
is kid($old), $old_kid, 'a token names the key of its signature';

# a key with a later name signs, the one before still verifies

system("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 "
       . "-out $dir/99999999.pem 2>/dev/null");
$t->reload;
ok $t->node->old_workers_gone, 'the old workers leave';

my $kim = $t->user('kim')->login;
is kid($kim->{access}), '99999999', 'after a reload the newest key signs';
is me($kim->{access}), 200, 'which is good';
is me($old), 200, 'and so is what the old one signed';
is_deeply [ map { $_->{kid} } @{ $t->get('/.well-known/jwks.json')->{json}{keys} } ],
    [ $old_kid, '99999999' ], 'both are published';

is $t->post('auth/refresh', { refresh => $kim->{refresh} })->{status}, 200,
    'the secret is the same';

# the old one goes

unlink "$dir/$old_kid.pem";
$t->reload;
ok $t->node->old_workers_gone, 'the old workers leave';
is me($old), 401, 'a key that is gone verifies nothing';
is me($kim->{access}), 200, 'the others do';

# what is no folder of keys stops the start, and a reload is refused whole

my $node = $t->node;
$t->{expect} = qr{\[emerg\].*$dir};

sub refused {
    my ($pattern, $name) = @_;
    my ($ok, $said) = $node->check;
    ok !$ok, $name;
    like $said, $pattern, '... and is told';
}

rename "$dir/secret", "$dir/secret.not";
refused(qr/secret.*No such file/, 'no secret');

open my $f, '>', "$dir/secret" or die $!;
print $f 'x' x 31;
close $f;
refused(qr/32 random bytes/, 'a short secret');
rename "$dir/secret.not", "$dir/secret";

open $f, '>', "$dir/1.pem" or die $!;
print $f "no key\n";
close $f;
refused(qr/no private key in/, 'a file that is no key');

kill 'HUP', $node->{pid};
ok eventually(sub { $t->log_text =~ /no private key in/ }), 'a reload is refused';
is me($kim->{access}), 200, 'the server goes on';
$t->forgive($node->workers);
kill 'KILL', $node->workers;
ok eventually(sub { eval { me($kim->{access}) } == 200 }),
    'and workers that start now have the old keys';

system("openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
       . "-out $dir/1.pem 2>/dev/null");
refused(qr/not an RSA key/, 'a key of another kind');
system("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024 "
       . "-out $dir/1.pem 2>/dev/null");
refused(qr/not an RSA key of 2048/, 'a short key');

unlink glob "$dir/*.pem";
refused(qr/no \*\.pem key/, 'no key at all');
