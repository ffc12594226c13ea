# Access tokens: what must not be taken for one (T-22, T-23).

use strict;
use warnings;
use Test::More;
use Gavel::Test;
use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(encode_base64url decode_base64url);

my $t = Gavel::Test->new;
my $kim = $t->user('kim');

my @sub = (sub => "$kim->{id}");
my ($key) = (sort glob $t->keys_dir . '/*.pem')[-1];
my ($kid) = $key =~ m{([^/]+)\.pem$};

sub code {
    my ($token) = @_;
    my $r = $t->get('users/me', as => $token);
    return $r->{json}{code} // $r->{status};
}

sub part { encode_base64url(Gavel::Http::encode($_[0])) }

is code($kim->{access}), 200, 'the real one';
is code($t->sign({ @sub })), 200, 'one that the server could have written';


# --- the header ---

my ($head, $body, $signature) = split /\./, $t->sign({ @sub });

is code(part({ alg => 'none', typ => 'JWT', kid => $kid }) . ".$body."),
    'invalid_token', 'alg none';
is code(part({ alg => 'none', typ => 'JWT', kid => $kid }) . ".$body.$signature"),
    'invalid_token', 'alg none with a signature';
is code(part({ alg => 'None', typ => 'JWT', kid => $kid }) . ".$body.x"),
    'invalid_token', 'alg None';

# HS256 with what everybody can have: the public key

my $public = `openssl pkey -in $key -pubout`;
my $jwk = $t->get('/.well-known/jwks.json')->{json}{keys};

for my $secret ($public, $public =~ s/\n\z//r, '', decode_base64url($jwk->[0]{n})) {
    my $text = part({ alg => 'HS256', typ => 'JWT', kid => $kid }) . ".$body";
    is code("$text." . encode_base64url(hmac_sha256($text, $secret))),
        'invalid_token', 'HS256 with the public key as its secret';
}

is code($t->sign({ @sub }, header => { alg => 'RS512' })), 'invalid_token',
    'another algorithm in a header that is signed';
is code($t->sign({ @sub }, header => { alg => 'PS256' })), 'invalid_token',
    'and one of the same key';
is code($t->sign({ @sub }, header => { alg => [ 'RS256' ] })), 'invalid_token',
    'an algorithm that is a list';
is code($t->sign({ @sub }, header => { kid => 'other' })), 'invalid_token',
    'an unknown kid';
is code($t->sign({ @sub }, header => { kid => "../$kid" })), 'invalid_token',
    'a kid that is a path';
is code($t->sign({ @sub }, header => { kid => undef })), 'invalid_token', 'no kid';
is code($t->sign({ @sub }, header => { typ => 'at+jwt' })), 'invalid_token',
    'another type';
is code($t->sign({ @sub }, header => { crit => ['b64'] })), 'invalid_token',
    'an extension that must be understood';

# a key of one's own, even if the token brings it along

my $own = "$t->{dir}/own.pem";
system("openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $own 2>/dev/null");
is code($t->sign({ @sub }, key => $own, header => { kid => $kid })),
    'invalid_token', 'signed by another key';
is code($t->sign({ @sub }, key => $own, header => { kid => $kid, jwk => $jwk->[0] })),
    'invalid_token', 'that it brings along';


# --- the claims ---

my $now = time;

is code($t->sign({ @sub, exp => $now - 1 })), 'token_expired', 'expired';
is code($t->sign({ @sub, exp => $now - 1 }, key => $own, header => { kid => $kid })),
    'invalid_token', 'expired and forged: forged';
is code($t->sign({ @sub, nbf => $now + 60 })), 'invalid_token', 'not yet valid';
is code($t->sign({ @sub, iss => 'other' })), 'invalid_token', 'another issuer';
is code($t->sign({ @sub, $_ => undef })), 'invalid_token', "no $_"
    for qw(iss sub exp nbf roles);
is code($t->sign({ sub => $_ })), 'invalid_token', "a subject '$_'"
    for '0', '-1', 'kim', '', '1.5', ' 1';
is code($t->sign({ sub => 1 + $kim->{id} - 1 })), 'invalid_token',
    'a subject that is a number';
is code($t->sign({ @sub, exp => "$now" })), 'invalid_token', 'a time that is text';
is code($t->sign({ @sub, exp => $now + 0.5 })), 'invalid_token', 'half a second';


# --- the bytes ---

my $forged = encode_base64url(decode_base64url($body) =~ s/"roles":1/"roles":7/r);
is code("$head.$forged.$signature"), 'invalid_token', 'tampered claims';
is code("$head.$body." . ($signature =~ s/^(.)/$1 eq 'A' ? 'B' : 'A'/er)),
    'invalid_token', 'a tampered signature';
is code("$head.$body.$signature=AAAA"), 'invalid_token', 'bytes behind it';
is code($_), 'invalid_token', 'malformed: ' . substr $_, 0, 20
    for '.', '..', "$head.$body", "$head.$body.", ".$body.$signature",
        "$head.$body.$signature.", "$head..$signature", 'x.y.z',
        'x' x 5000 . '.y.z', "$head.$body.$signature\x{7f}";
is $t->get('users/me', headers => { Authorization => 'Basic eDp5' })->{status},
    401, 'another scheme';


# --- who is who ---

my $lee = $t->user('lee');

for my $name (qw(userId user_id bidderId bidder_id)) {
    is $kim->put('users/me/profile', { bio => 'x', $name => $lee->{id} })->{status},
        403, "$name of somebody else is refused";
    is $kim->put('users/me/profile', { bio => 'x', $name => $kim->{id} })->{status},
        200, '... and one\'s own is not';
}


# --- keys ---

is $jwk->[0]{kid}, $kid, 'the key is published';
is_deeply [ sort keys %{ $jwk->[0] } ], [ qw(alg e kid kty n use) ],
    'and no private part of it';
