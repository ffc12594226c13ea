# Registering, logging in and out, sessions, and what people are to others.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

# One worker: what it says of an ended session, the next request sees, too.
my $t = Gavel::Test->new(workers => 1);

sub login {
    my ($name, $password, %more) = @_;
    return $t->post('auth/login', { identifier => $name,
        password => $password // 'correct horse', %more });
}


# --- registering ---

my $r = $t->post('auth/register', { username => 'kim', password => 'correct horse',
    email => 'Kim@Example.com', phone => '010-1234-5678',
    full_name => 'Kim Minji' });

is $r->{status}, 201, 'a new account';
is $r->{json}{user}{phone}, '+821012345678', 'a phone number is made E.164';
is $r->{json}{token_type}, 'Bearer', 'with tokens';
is $r->{json}{expires_in}, 900, 'that live for 15 minutes';
is_deeply $r->{json}{user}{roles}, ['member', 'seller'], 'anybody may sell';
like $r->{headers}{'cache-control'}, qr/no-store/, 'nobody keeps the answer';
unlike $r->{body}, qr/hash|horse/, 'no password in it';

my $kim = $r->{json};

is $t->get('users/me', as => $kim->{access})->{json}{email},
    'Kim@Example.com', 'the token works at once';

for my $twice ([ username => 'KIM' ], [ email => 'kim@example.COM' ],
               [ phone => '+82 10 1234 5678' ])
{
    $r = $t->post('auth/register', { @$twice, password => 'correct horse' });
    is $r->{status}, 409, "$twice->[0] is taken";
    is $r->{json}{code}, 'already_exists', '... and the code says so';
    ok $r->{json}{errors}{ $twice->[0] }, '... and which it is';
}

for my $bad ([ { password => 'correct horse' }, 'identifier' ],
             [ { username => 'lee', password => 'short' }, 'password' ],
             [ { username => 'lee', password => 'x' x 129 }, 'password' ],
             [ { username => 'l@e', password => 'correct horse' }, 'username' ],
             [ { username => "l\x{200b}ee", password => 'correct horse' },
               'username' ],
             [ { username => "\x{202e}lee", password => 'correct horse' },
               'username' ],
             [ { username => "lee\x{3164}", password => 'correct horse' },
               'username' ],
             [ { username => "lee\x{a0}b", password => 'correct horse' },
               'username' ],
             [ { username => 'lee', password => 'correct horse',
                 display_name => '  ' }, 'display_name' ],
             [ { username => '0101234567', password => 'correct horse' },
               'username' ],
             [ { email => 'lee', password => 'correct horse' }, 'email' ],
             [ { phone => '12', password => 'correct horse' }, 'phone' ])
{
    $r = $t->post('auth/register', $bad->[0]);
    is $r->{status}, 422, "no account: $bad->[1]";
    is_deeply [ keys %{ $r->{json}{errors} } ], [ $bad->[1] ],
        '... for that reason alone';
}

is $t->post('/api/users/register/', { username => 'lee', full_name => 'Lee',
    email => 'lee@example.com', password => 'x' x 100 })->{status}, 201,
    'the path of S3, and a password that bcrypt would cut';
is login('lee', 'x' x 100)->{status}, 200, 'it is good';
is login('lee', 'x' x 99)->{status}, 401, 'as a whole only';

$r = $t->post('auth/register', { username => 'buyer', seller => JSON::PP::false(),
    password => 'correct horse' });
is_deeply $r->{json}{user}{roles}, ['member'], 'nobody has to sell';

$t->sql("insert into gavel.setting (key, value) values ('open_selling', 'false')");
$r = $t->post('auth/register', { username => 'wants', password => 'correct horse' });
is_deeply $r->{json}{user}{roles}, ['member'], 'a site may choose its sellers';


# --- logging in ---

for my $by ([ identifier => 'kim' ], [ username => 'KIM' ],
            [ email => 'kim@example.com' ], [ phone => '01012345678' ],
            [ identifier => '+82-10-1234-5678' ])
{
    $r = $t->post('auth/login', { @$by, password => 'correct horse' });
    is $r->{status}, 200, "log in by $by->[0] $by->[1]";
    is $r->{json}{user}{id}, $kim->{user}{id}, '... the same person';
}

is $t->post('/api/auth/token/', { username => 'kim',
    password => 'correct horse' })->{status}, 200, 'the path of S3';

$r = login('kim', 'wrong horse');
is $r->{status}, 401, 'a wrong password';
my $unknown = login('nobody', 'wrong horse');
is_deeply $unknown->{json}, $r->{json}, 'an unknown name is answered the same';

$t->sql("update gavel.account set password_hash = '\$2b\$05\$' || "
        . "substr(password_hash, 8) where username = 'buyer'");
is login('buyer')->{status}, 401, 'a hash that was changed';

chomp(my $hash = `printf 'correct horse' | GAVEL_BCRYPT_COST=5 $Gavel::Test::ROOT/scripts/bcrypt`);
$t->sql("update gavel.account set password_hash = '$hash' where username = 'buyer'");
is login('buyer')->{status}, 200, 'a hash of another cost';
like $t->sql("select password_hash from gavel.account where username = 'buyer'"),
    qr/^\$2b\$04\$/, '... is made anew at the log-in';
is login('buyer')->{status}, 200, '... and is good';


# --- sessions ---

my $here = login('kim')->{json};
my $there = login('kim')->{json};

my $list = $t->get('auth/sessions', as => $here->{access})->{json};
ok $list->{count} >= 2, 'all sessions are listed';
is scalar(grep { $_->{current} } @{ $list->{results} }), 1, 'one is this one';

my ($other) = grep { !$_->{current} } @{ $list->{results} };
is $t->delete("auth/sessions/$other->{id}", as => $here->{access})->{status},
    204, 'one is logged out from here';
is $t->delete("auth/sessions/$other->{id}", as => $here->{access})->{status},
    404, 'once';

my $lee = login('lee', 'x' x 100)->{json};
is $t->delete("auth/sessions/" . (grep { $_->{current} } @{ $list->{results} })[0]{id},
    as => $lee->{access})->{status}, 404, "nobody else's";

sub refresh { $t->post('auth/refresh', { refresh => $_[0]{refresh} }) }

$here = refresh($here)->{json};
is $t->post('auth/logout', {}, as => $here->{access})->{status}, 204, 'log out';
is refresh($here)->{status}, 401, 'the refresh token is dead';
is $t->post('auth/logout', { refresh => 'x' })->{status}, 204, 'always 204';
is $t->post('auth/logout', {}, as => $t->sign({ exp => time - 60 }))->{status},
    204, 'even with a token that is over';

($here, $there) = map { login('kim')->{json} } 1, 2;
is $t->post('/api/auth/logout/', { refresh => $here->{refresh} })->{status}, 204,
    'log out by the refresh token alone';
is refresh($here)->{status}, 401, 'here it is over';
is refresh($there)->{status}, 200, 'there it is not';

$here = login('kim')->{json};
$there = login('kim')->{json};
is $t->post('auth/logout', { all => JSON::PP::true() },
    as => $here->{access})->{status}, 204, 'log out everywhere';
is refresh($_)->{status}, 401, 'there too' for $here, $there;


# --- another password ---

($here, $there) = map { login('kim')->{json} } 1, 2;

is $t->post('auth/change-password', { current => 'wrong horse',
    new => 'battery staple' }, as => $here->{access})->{json}{code},
    'credentials', 'not without the old one';
is $t->post('auth/change-password', { current => 'correct horse',
    new => 'short' }, as => $here->{access})->{status}, 422, 'nor a short one';
is $t->post('auth/change-password', { current => 'correct horse',
    new => 'battery staple' }, as => $here->{access})->{status}, 204,
    'a new password';
is login('kim')->{status}, 401, 'the old one is no good';
is login('kim', 'battery staple')->{status}, 200, 'the new one is';
is refresh($here)->{status}, 200, 'this session goes on';
is refresh($there)->{status}, 401, 'the others have ended';


# --- oneself and others ---

$kim = login('kim', 'battery staple')->{json};
my $id = $kim->{user}{id};

# What others see of who gave no name to be called by.

for my $who ({ email => 'secret.mail@test.gavel', full_name => 'Secret Name' },
             { phone => '+821055554444' })
{
    my $new = $t->post('auth/register', { %$who, password => 'correct horse' });
    my $shown = $t->get("users/$new->{json}{user}{id}");

    is $shown->{json}{display_name}, "#$new->{json}{user}{id}", 'a number';
    unlike $shown->{body}, qr/secret|5555|4444/i,
        'nothing of what is his own';
}

$r = $t->put('users/me/profile', { display_name => 'Minji', bio => 'Hi',
    game_stats => { tier => 'Diamond' } }, as => $kim->{access});
is $r->{status}, 200, 'a profile';
is $r->{json}{full_name}, 'Kim Minji', 'what is left out stays';
is $t->patch('/api/users/profile/', { bio => undef },
    as => $kim->{access})->{json}{bio}, undef, 'null takes away';
is $t->get('auth/profile', as => $kim->{access})->{json}{profile}{display_name},
    'Minji', 'the profile of S2 has both parts';

is $t->get('users/me', as => $kim->{access})->{json}{locale}, undef,
    'who chose no language has none';
is $t->put('users/me/profile', { locale => 'ko' }, as => $kim->{access})
    ->{json}{locale}, 'ko', 'a profile has a language';
is $t->get('users/me', as => $kim->{access})->{json}{locale}, 'ko',
    'which its owner is told';
is login('kim', 'battery staple')->{json}{user}{locale}, 'ko',
    'with his login, too';
is $t->put('users/me/profile', { locale => 'fr' }, as => $kim->{access})
    ->{json}{code}, 'invalid_params', 'one of ours';

$r = $t->get("users/$id");
is $r->{json}{display_name}, 'Minji', 'others see a person';
ok !exists $r->{json}{$_}, "but no $_" for qw(email phone full_name status);
is $t->get('users/999999')->{status}, 404, 'nobody';
is $t->get('users/0')->{status}, 404, 'nobody is 0';
is $t->get('users/foo')->{status}, 404, 'ids are digits';

is $t->get('users/me/business', as => $kim->{access})->{status}, 404,
    'no business yet';
is $t->put('users/me/business', { legal_name => 'Minji Trading' },
    as => $kim->{access})->{json}{status}, 'pending', 'the first PUT makes it';
is $t->get('/api/users/business/', as => $kim->{access})->{json}{legal_name},
    'Minji Trading', 'there it is';


# --- cookies ---

$r = login('kim', 'battery staple', cookies => JSON::PP::true());
is $r->{status}, 200, 'log in with cookies';
ok !exists $r->{json}{$_}, "no $_ token in the body" for qw(access refresh);

my %cookie = map { /^(\w+)=([^;]*)/ ? ($1 => $2) : () } @{ $r->{headers}{'set-cookie'} };
my ($access) = grep { /^gavel_access=/ } @{ $r->{headers}{'set-cookie'} };
my ($refresh) = grep { /^gavel_refresh=/ } @{ $r->{headers}{'set-cookie'} };
my ($csrf) = grep { /^gavel_csrf=/ } @{ $r->{headers}{'set-cookie'} };
like $access, qr{; Path=/; HttpOnly; SameSite=Strict; Max-Age=900}, 'an access cookie';
like $refresh, qr{; Path=/api/v1/auth; HttpOnly; SameSite=Strict}, 'a refresh cookie';
unlike $csrf, qr/HttpOnly/, 'a CSRF cookie that pages can read';
is $cookie{gavel_csrf}, $r->{json}{csrf}, 'the body says it too';

sub jar { (Cookie => join '; ', map { "$_=$cookie{$_}" } @_) }

is $t->get('users/me', headers => { jar('gavel_access') })->{status}, 200,
    'reading by cookie';
$r = $t->put('users/me/profile', { bio => 'x' }, headers => { jar('gavel_access') });
is $r->{json}{code}, 'csrf', 'no change without the CSRF token';
is $t->put('users/me/profile', { bio => 'x' }, headers => { jar('gavel_access'),
    'X-CSRF-Token' => 'x' x 43 })->{json}{code}, 'csrf', 'nor with a wrong one';
is $t->put('users/me/profile', { bio => 'x' }, headers => { jar('gavel_access'),
    'X-CSRF-Token' => $cookie{gavel_csrf} })->{status}, 200, 'but with it';
is $t->put('users/me/profile', { bio => 'x' }, as => $kim->{access})->{status}, 200,
    'a bearer needs none';

# A browser may have several cookies of one name: the good one counts.

my $old = login('kim', 'battery staple')->{json};
my $far = join '; ', map { "gavel_access=$_" } 1 .. 4;
my @junk = map { my $name = $_; map { "$name=$_" }
    'junk', 'x' x 43 } qw(gavel_access gavel_refresh);

sub crowded { (Cookie => join '; ', @junk, map { "$_=$cookie{$_}" } @_) }

my ($session) = grep { $_->{current} }
    @{ $t->get('auth/sessions', as => $old->{access})->{json}{results} };
is $t->delete("auth/sessions/$session->{id}", as => $old->{access})->{status},
    204, 'a session that is over';
push @junk, "gavel_access=$old->{access}", "gavel_refresh=$old->{refresh}";
ok eventually { $t->get('users/me', as => $old->{access})->{status} == 401 },
    'and known to be over';

is $t->get('users/me', headers => { crowded('gavel_access') })->{status}, 200,
    'reading with a cookie behind others of its name';
is $t->get('users/me', headers => { Cookie => 'gavel_access=junk',
    cookie => "gavel_access=$cookie{gavel_access}" })->{status}, 200,
    'or in the next line';
is $t->get('users/me', headers => { Cookie =>
    "$far; gavel_access=$cookie{gavel_access}" })->{status}, 401,
    'but not behind any number of them';
is $t->get('users/me', headers => { Cookie =>
    "not_gavel_access=$cookie{gavel_access}; gavel_access; gavel_access=" })
    ->{status}, 401, 'nor by another name';
is $t->put('users/me/profile', { bio => 'x' }, headers => {
    crowded('gavel_access'), 'X-CSRF-Token' => "junk, $cookie{gavel_csrf}" })
    ->{status}, 200, 'a CSRF token among others';
is $t->put('users/me/profile', { bio => 'x' }, headers => {
    crowded('gavel_access'), 'X-CSRF-Token' => 'junk, ' . 'x' x 43 })
    ->{json}{code}, 'csrf', 'not among others it is missing';

$r = $t->post('auth/refresh', {}, headers => { Cookie => 'gavel_refresh=junk' });
is $r->{status}, 401, 'no refresh by junk';
is scalar(grep { /=; .*Max-Age=0/ } @{ $r->{headers}{'set-cookie'} }), 3,
    'which is taken back';

$r = $t->post('auth/refresh', {}, headers => { crowded('gavel_refresh') });
is $r->{status}, 200, 'refresh by a cookie behind others of its name';
my $spent = $cookie{gavel_refresh};
%cookie = map { /^(\w+)=([^;]*)/ ? ($1 => $2) : () } @{ $r->{headers}{'set-cookie'} };
isnt $cookie{gavel_refresh}, $spent, 'gives another';

$t->sql("update gavel.session_spent set spent_at = now() - interval '1 hour'");
unshift @junk, "gavel_refresh=$spent";
splice @junk, 3, 1;
$r = $t->post('auth/refresh', {}, headers => { crowded('gavel_refresh') });
is $r->{status}, 200, 'one spent long ago beside it is no theft';
%cookie = map { /^(\w+)=([^;]*)/ ? ($1 => $2) : () } @{ $r->{headers}{'set-cookie'} };

$r = $t->post('auth/refresh', {}, headers => { jar('gavel_refresh') });
is $r->{status}, 200, 'refresh by cookie';
is scalar @{ $r->{headers}{'set-cookie'} }, 3, 'gives cookies again';
%cookie = map { /^(\w+)=([^;]*)/ ? ($1 => $2) : () } @{ $r->{headers}{'set-cookie'} };
ok !exists $r->{json}{refresh}, 'and no token';

$r = $t->post('auth/logout', {}, headers => { jar('gavel_access', 'gavel_refresh'),
    'X-CSRF-Token' => $cookie{gavel_csrf} });
is $r->{status}, 204, 'log out';
is scalar(grep { /=; .*Max-Age=0/ } @{ $r->{headers}{'set-cookie'} }), 3,
    'takes the cookies back';
is $t->post('auth/refresh', {}, headers => { jar('gavel_refresh') })->{status},
    401, 'and ends the session';

$r = login('kim', 'battery staple', cookies => JSON::PP::true());
%cookie = map { /^(\w+)=([^;]*)/ ? ($1 => $2) : () } @{ $r->{headers}{'set-cookie'} };
$r = $t->post('auth/logout', {}, headers => { crowded('gavel_refresh') });
is $r->{status}, 204, 'log out when the access ran out';
is $t->post('auth/refresh', {}, headers => { jar('gavel_refresh') })->{status},
    401, 'also ends it, behind others of its name';


# --- admins ---

my $admin = $t->user('boss', 'member', 'admin');

is $t->get('admin/users', as => $kim->{access})->{status}, 403, 'not for everybody';
is $t->get('admin/users')->{status}, 401, 'nor for guests';

$r = $admin->get('admin/users?search=kim&page_size=1');
is $r->{json}{count}, 1, 'an admin finds people';
is $r->{json}{results}[0]{email}, 'Kim@Example.com', 'and sees all of them';

$r = $admin->patch("admin/users/$id", { roles => ['member'], kyc => 'verified' });
is_deeply $r->{json}{roles}, ['member'], 'roles are set';
is $r->{json}{kyc_status}, 'verified', 'and the verification';
is $admin->patch("admin/users/$id", { roles => ['king'] })->{status}, 422,
    'no such role';
is $admin->patch("admin/users/$admin->{id}", { roles => ['member'] })->{status},
    403, 'an admin does not lock himself out';

is $admin->post("admin/users/$id/ban", { })->{status}, 422, 'a ban has a reason';
$r = $admin->post("admin/users/$id/ban", { reason => 'shill bidding' });
is $r->{json}{status}, 'banned', 'a ban';
is login('kim', 'battery staple')->{json}{code}, 'account_blocked',
    'he cannot log in';
is login('kim', 'wrong')->{json}{code}, 'credentials',
    'and who does not know the password learns nothing';
is $t->post('auth/refresh', { refresh => $kim->{refresh} })->{status}, 401,
    'his sessions have ended';

is $admin->patch("admin/users/$id", { status => 'suspended',
    until => '2001-01-01T00:00:00Z' })->{json}{blocked}, JSON::PP::false(),
    'a suspension that is over';
is login('kim', 'battery staple')->{status}, 200, 'is over';

is $t->sql("select count(*) from gavel.audit where target = 'user:$id' "
           . "and action = 'user.update' and actor_id = $admin->{id}"), 3,
    'all of it is in the audit log';

$t->sql("update gavel.account set roles = 1 where id = $admin->{id}");
is $admin->get('admin/users')->{status}, 403,
    'a token that is older than the loss of a role is no right';
