# Bad input: every error has its code, all of them are told together, and
# nobody else notices.

use strict;
use warnings;
use Test::More;
use Gavel::Test;

my $t = Gavel::Test->new->auction('draft', leaders => 2);
my ($kim) = $t->leaders;
my $id = $t->auction_id;


# --- bodies ---

sub raw {
    my ($body, %o) = @_;
    return $t->http('PUT', 'users/me/profile', body => $body, as => $kim,
        headers => { 'Content-Type' => $o{type} // 'application/json' });
}

for my $bad ('{', '{"bio":', 'bio', "{\"bio\":\"\xff\"}", '{"bio":"\ud800"}',
             '{"bio":"a","bio":"b"}', '{} {}', '[' x 1000, '{"bio":1e309}',
             '{"bio":99999999999999999999}')
{
    my $r = raw($bad);
    is $r->{status}, 400, 'no JSON: ' . substr $bad, 0, 20;
    is $r->{json}{code}, 'invalid_json', '... and it is told';
}

is raw($_)->{status}, 400, "no object: $_" for '[]', '1', '"x"', 'null';
is raw('{"bio":"x"}', type => 'text/xml')->{status}, 415, 'no JSON at all';
is raw('{"bio":"' . 'x' x 2000 . '"}')->{status}, 200, 'long';
is raw('{"bio":"' . 'x' x 2001 . '"}')->{status}, 422, 'too long';
is raw('{"bio":"' . "\xea\xb0\x80" x 2000 . '"}')->{status}, 200,
    'characters are counted, not bytes';
is raw('{"bio":"x","unknown":{"a":1}}')->{status}, 200, 'unknown members pass';
is raw('{"bio":5}')->{status}, 422, 'a number is no text';
is raw("{\"bio\":\"a\\u0000b\"}")->{status}, 400, 'no zero byte';

my $r = $t->http('PUT', 'users/me/profile', body => 'x' x 10_000_000,
    as => $kim, headers => { 'Content-Type' => 'application/json' });
is $r->{status}, 413, '10 MB';


# --- all errors together, in two languages ---

my %bad = (email => 'x', phone => 'y', password => 'z', locale => 'fr');

$r = $t->post('auth/register', \%bad);
is $r->{json}{code}, 'invalid_params', 'several errors';
is_deeply [ sort keys %{ $r->{json}{errors} } ], [ sort keys %bad ],
    'are told together';
is $r->{json}{status}, 422, 'a problem says its status';
like $r->{headers}{'content-type'}, qr{^application/problem\+json},
    'and has its type';
like $r->{json}{errors}{locale}, qr/ko\|en/, 'what is possible is named';

$r = $t->post('auth/register', \%bad, headers => { 'Accept-Language' => 'ko' });
like $r->{json}{title}, qr/\p{Hangul}/, 'in Korean too';


# --- secrets ---

$t->user('secret');

my %login = (identifier => 'secret', password => 'correct horse');

is $t->post('auth/login', \%login)->{status}, 200, 'a password in the body';

for my $place ('auth/login?identifier=secret&password=correct+horse',
    'auth/register?username=new&password=correct+horse',
    'auth/token/?password=x', 'auth/refresh?refresh=x',
    'auth/refresh?refresh_token=x', 'auth/logout?refresh=x',
    'auth/change-password?old_password=x&new_password=y')
{
    $r = $t->post($place, \%login, as => $kim);
    is $r->{json}{code}, 'invalid_params', "in a URL: $place";
    like join(' ', values %{ $r->{json}{errors} }), qr/in the body/,
        '... and it is told where';
}

is $t->post('auth/login?identifier=secret', { password => 'correct horse' })
    ->{status}, 200, 'what is no secret may be there';


# --- amounts ---

sub amount {
    my ($text) = @_;
    return $t->http('POST', "auctions/$id/bids", body => "{\"amount\":$text}",
        as => $kim, headers => { 'Content-Type' => 'application/json' })->{json}{code};
}

is amount($_), 'invalid_amount', "amount $_"
    for '0', '-1', '-0', '9007199254740992', '9223372036854775807', '"100"',
        '100.5', '100.0', '1e2', 'true', '[]', '{}';
is amount('1e309'), 'invalid_json', 'amount 1e309';
is amount('null'), 'invalid_params', 'no amount';
is amount('9007199254740991'), 'budget_exceeded', 'the largest is one';


# --- ids, queries, paths, methods ---

is $t->get("auctions/$_")->{status}, 404, "auction $_"
    for '0', '-1', '9007199254740992', '99999999999999999999', 'x', '1.5';
is $t->get('auctions?page=0')->{status}, 422, 'page 0';
is $t->get('auctions?page=x')->{status}, 422, 'page x';
is $t->get('auctions?page_size=101')->{status}, 422, 'too many a page';
is $t->get('auctions?page=1&nonsense=%ff')->{status}, 400, 'no UTF-8';
is $t->get('auctions?nonsense=1')->{status}, 200, 'an unknown filter';

is $t->get('nothing')->{json}{code}, 'unknown_path', 'no such path';
is $t->get('auctions/999999')->{json}{code}, 'not_found', 'no such object';
$r = $t->delete('auth/login');
is $r->{json}{code}, 'method_not_allowed', 'no such method';
like $r->{headers}{allow}, qr/POST/, '... but others';

is $kim->post("auctions/$id/bids", { amount => 100 },
    headers => { 'Idempotency-Key' => 'x' x 65 })->{json}{code}, 'bad_request',
    'a long request id';
is $kim->post("auctions/$id/bids", { amount => 100, request_id => 5 })->{json}{code},
    'bad_request', 'a request id that is a number';

is $kim->bid(100)->{status}, 201, 'and after all that a bid stands';
